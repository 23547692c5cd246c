/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR BSD-2-Clause */
/*
 * /dev/nacc: mark processes whose page tables only firmware may change.
 *
 * This header is the manual of the ABI; docs/uapi.md is its prose twin, which
 * also describes the text files in /proc/nacc.
 *
 * Every structure starts with its size, set by the caller to sizeof(struct).
 * A smaller structure than version 1 knows is refused with -EINVAL; a larger
 * one is accepted if the bytes that this kernel does not know are zero, else
 * -E2BIG. Unknown flags are refused with -EINVAL, unknown calls with -ENOTTY.
 * Opening the device and each call need CAP_SYS_ADMIN in the initial user namespace,
 * else -EPERM. Where the kernel is locked down for confidentiality, no physical
 * address is told.
 */
#ifndef _UAPI_LINUX_NACC_H
#define _UAPI_LINUX_NACC_H

#include <linux/ioctl.h>
#include <linux/types.h>

/** NACC_UAPI_VERSION - major in the high half, minor in the low half */
#define NACC_UAPI_VERSION	0x00010004

/** NACC_NAME_LEN - bytes of a domain's name, the final zero included */
#define NACC_NAME_LEN		32

/**
 * struct nacc_info - what is protected and by what (NACC_IOC_INFO)
 * @size: sizeof(struct nacc_info)
 * @flags: zero
 * @uapi_version: NACC_UAPI_VERSION of the module
 * @sbi_version: NACC_SBI_ABI_VERSION of the shim
 * @levels: page-table levels: 3 (Sv39), 4 (Sv48) or 5 (Sv57)
 * @ad: enum nacc_ad of nacc_sbi.h: 0 the hart decides, 1 held off by the shim
 * @region_base: physical address of the region that PMP makes read-only; 0 under
 *	lockdown for confidentiality
 * @region_size: its size in bytes
 * @frames: page-table pages the pool can hold
 * @frames_used: of these, in use by marked processes now
 * @domains: marked containers now
 * @harts: harts on which the refusal of a store was seen at load
 * @harts_online: harts online when the module was loaded
 * @pad: zero
 */
struct nacc_info {
	__u32 size;
	__u32 flags;
	__u32 uapi_version;
	__u32 sbi_version;
	__u32 levels;
	__u32 ad;
	__u64 region_base;
	__u64 region_size;
	__u64 frames;
	__u64 frames_used;
	__u32 domains;
	__u32 harts;
	__u32 harts_online;
	__u32 pad;
};

/**
 * struct nacc_mark - mark a process (NACC_IOC_MARK)
 * @size: sizeof(struct nacc_mark)
 * @flags: zero
 * @pidfd: a pidfd (pidfd_open(2)) of a thread group leader
 * @domain: out: ID of the new domain, never 0, not reused before the machine is reset
 * @name: label shown by /proc/nacc/domains; zero-terminated; empty: the
 *	process's comm
 *
 * The process and all its threads are protected when the call returns; so are
 * its later children and the programs they execute, before they run in user
 * mode.
 *
 * Errors: -EBADF (no pidfd), -ESRCH (has exited), -EINVAL (kernel thread,
 * flags), -EEXIST (marked already; @domain says where), -ENOMEM (pool too
 * small for its tables), -ESHUTDOWN (the machine goes down, or the module is not
 * loaded yet or any more), -ENOSPC (no ID is left), -EOPNOTSUPP (holds shared huge-page tables),
 * -EUNATCH (a function that must be hooked is not, now or on this kernel),
 * -EINTR (a signal arrived; nothing has changed).
 */
struct nacc_mark {
	__u32 size;
	__u32 flags;
	__s32 pidfd;
	__u32 domain;
	char name[NACC_NAME_LEN];
};

/**
 * struct nacc_unmark - end the protection of a domain (NACC_IOC_UNMARK)
 * @size: sizeof(struct nacc_unmark)
 * @flags: zero
 * @domain: ID of the domain
 * @pad: zero
 *
 * All its address spaces go back to ordinary page tables; the processes go on.
 *
 * Errors: -ENOENT (no such domain), -EBUSY (someone else is unmarking it), -EPERM (the
 * system profile is on), -ENOMEM (no ordinary pages for the tables; still marked), -EINTR
 * (some address spaces may be unmarked; call again), -EUCLEAN (the kernel's pgd of one
 * is not its root: somebody has forged it; still marked).
 */
struct nacc_unmark {
	__u32 size;
	__u32 flags;
	__u32 domain;
	__u32 pad;
};

/**
 * struct nacc_entry - one page-table entry that is not zero
 * @va: first virtual address it covers
 * @value: the entry (privileged spec, Sv39)
 * @table: physical address of the table that holds it
 * @level: level of that table, 0 for 4 KiB leaves
 * @flags: NACC_ENTRY_*
 */
struct nacc_entry {
	__u64 va;
	__u64 value;
	__u64 table;
	__u32 level;
	__u32 flags;
};

/** The table that holds the entry is in the pool */
#define NACC_ENTRY_IN_POOL	(1U << 0)
/** The entry maps memory; otherwise it names a table or is not present */
#define NACC_ENTRY_LEAF		(1U << 1)
/** The entry is present (V=1) */
#define NACC_ENTRY_PRESENT	(1U << 2)

/** NACC_DUMP_MAX - most entries one NACC_IOC_DUMP may ask for */
#define NACC_DUMP_MAX		65536

/**
 * struct nacc_dump - read a process's user page tables (NACC_IOC_DUMP)
 * @size: sizeof(struct nacc_dump)
 * @flags: zero
 * @pidfd: pidfd of any user process, marked or not
 * @count: in: room in @entries (1..NACC_DUMP_MAX); out: entries written
 * @cursor: in: skip entries before this (0 to begin); out: go on from here, or
 *	0 at the end. Opaque.
 * @entries: user pointer to an array of struct nacc_entry
 * @root: out: physical address of the root table
 * @domain: out: ID of its domain, or 0
 * @levels: out: page-table levels
 *
 * Entries come depth first in order of address, each non-leaf before what it
 * names. A listing read in several calls is not one snapshot.
 *
 * Errors: -EBADF, -ESRCH, -EINVAL (kernel thread, count), -EFAULT, -ENOMEM,
 * -EINTR (a signal arrived), -EPERM (lockdown for confidentiality).
 */
struct nacc_dump {
	__u32 size;
	__u32 flags;
	__s32 pidfd;
	__u32 count;
	__u64 cursor;
	__u64 entries;
	__u64 root;
	__u32 domain;
	__u32 levels;
};

/**
 * struct nacc_verify - compare firmware, tables and VMAs (NACC_IOC_VERIFY)
 * @size: sizeof(struct nacc_verify)
 * @flags: zero
 * @pidfd: pidfd of a marked process
 * @domain: out: ID of its domain
 * @tables_linux: out: tables reached from mm->pgd, the root included
 * @tables_firmware: out: frames the shim counts to this address space and that
 *	are linked, the root included
 * @unlinked: out: further frames of it that are not linked (deposits of huge
 *	pages, tables being freed)
 * @leaves: out: present leaves
 * @outside_pool: out: tables reached that are not in the pool
 * @bad_frame: out: tables whose type, level, owner or parent in the shim's
 *	records does not fit their place in the tree
 * @bad_entry: out: tables that the shim refused when it checked all entries
 * @bad_vma: out: present leaves outside every VMA, or with more rights than
 *	theirs
 * @first_bad_va: out: virtual address of the first thing found wrong, or 0
 * @first_bad_value: out: entry there; 0 under lockdown for confidentiality
 *
 * The call succeeds also when something is wrong: look at the counts.
 *
 * Errors: -EBADF, -ESRCH, -EINVAL (kernel thread), -ENOENT (not marked),
 * -ENOMEM, -EINTR.
 */
struct nacc_verify {
	__u32 size;
	__u32 flags;
	__s32 pidfd;
	__u32 domain;
	__u64 tables_linux;
	__u64 tables_firmware;
	__u64 unlinked;
	__u64 leaves;
	__u64 outside_pool;
	__u64 bad_frame;
	__u64 bad_entry;
	__u64 bad_vma;
	__u64 first_bad_va;
	__u64 first_bad_value;
};

/**
 * struct nacc_lock - lock the firmware's set-up until reset (NACC_IOC_LOCK)
 * @size: sizeof(struct nacc_lock)
 * @flags: zero
 *
 * From here on no call can change what the firmware knows of this kernel or the
 * provenance mode. The first mark does the same. Since version 1.1.
 */
struct nacc_lock {
	__u32 size;
	__u32 flags;
};

/** Writes by the kernel for others into pages that the process cannot write */
#define NACC_FORBID_FORCE_WRITE	(1U << 0)
/** Pins of pages that have no end in sight, for DMA or shared rings */
#define NACC_FORBID_PIN		(1U << 1)

/** NACC_RULES_MAX - most rules a domain can have */
#define NACC_RULES_MAX		16

/**
 * struct nacc_forbid - forbid something in a domain (NACC_IOC_FORBID)
 * @size: sizeof(struct nacc_forbid)
 * @flags: zero
 * @domain: ID of the domain
 * @forbid: NACC_FORBID_*, at least one
 * @start: first address
 * @end: address behind the last; 0 and ~0: everywhere
 *
 * The rule is for all address spaces of the domain, for as long as they are
 * marked; it cannot be taken back. The same range again adds what is new.
 *
 * NACC_FORBID_FORCE_WRITE is about ptrace(2) and /proc/PID/mem, which write also
 * where the mapping is read-only: these fail as for an address that is not
 * mapped (-EIO). Where the process can write itself they go on as before.
 * NACC_FORBID_PIN is about buffers registered with io_uring, RDMA, VFIO, XDP:
 * registering fails with -EPERM, or what its interface makes of it. What is
 * pinned already stays. Direct I/O, which pins for a single transfer, goes on.
 *
 * This is a policy that the kernel keeps, not the firmware. Since version 1.2.
 *
 * Errors: -ENOENT (no such domain), -EINVAL (nothing or something unknown to
 * forbid, empty range), -ENOSPC (NACC_RULES_MAX), -EOPNOTSUPP (the kernel's
 * functions cannot be hooked).
 */
struct nacc_forbid {
	__u32 size;
	__u32 flags;
	__u32 domain;
	__u32 forbid;
	__u64 start;
	__u64 end;
};

/** NACC_QUOTA_ASK - leave the quota as it is */
#define NACC_QUOTA_ASK		(~0ULL)

/**
 * struct nacc_quota - how much of the pool a domain may use (NACC_IOC_QUOTA)
 * @size: sizeof(struct nacc_quota)
 * @flags: zero
 * @domain: ID of the domain
 * @pad: zero
 * @frames: in: most frames that its page tables may take; 0: as many as others
 *	leave; NACC_QUOTA_ASK: as before. Out: what is in force
 * @used: out: frames that its page tables take, about: at least so many
 * @share: out: frames that it may have at any time, as nobody else gets them
 *
 * What would take a domain beyond its quota fails as if memory was exhausted
 * (-ENOMEM; a fault that cannot be answered otherwise kills its process), in this
 * domain only. Tables that it has already stay. A quota does not set frames apart:
 * @share says what is. Since version 1.3.
 *
 * Errors: -ENOENT (no such domain), -EINVAL (@frames is more than the pool has).
 */
struct nacc_quota {
	__u32 size;
	__u32 flags;
	__u32 domain;
	__u32 pad;
	__u64 frames;
	__u64 used;
	__u64 share;
};

/** NACC_PROTECT_ASK - say whether the system profile is on */
#define NACC_PROTECT_ASK	0
/** NACC_PROTECT_SYSTEM - turn it on */
#define NACC_PROTECT_SYSTEM	1
/** NACC_PROTECT_OFF - turn it off */
#define NACC_PROTECT_OFF	2

/** NACC_EXCEPT_MAX - most programs that can be excepted */
#define NACC_EXCEPT_MAX		8

/**
 * struct nacc_protect - mark every user address space (NACC_IOC_PROTECT)
 * @size: sizeof(struct nacc_protect)
 * @flags: zero
 * @what: NACC_PROTECT_*
 * @nr_except: in: entries of @except; out: programs that are excepted
 * @except: descriptors of programs (O_PATH is enough) that are not to be marked
 * @domain: out: ID of the domain of all that is in no other, or 0: the profile is off
 * @pid: out: process that could not be marked, or 0
 *
 * With NACC_PROTECT_SYSTEM every user address space is marked when the call returns, and
 * so is each that comes, whoever makes it: in the domain of its maker, or else in @domain.
 * A process of that domain can be marked as any other (NACC_IOC_MARK); it has a domain of
 * its own then. What is refused for a process of @domain ends that process only.
 * No hart loads a root then that is neither bound to an mm nor the kernel's; but if
 * programs are excepted, those that they run on are.
 *
 * A program that is excepted is one that runs from this very file. A process of another
 * domain stays marked, whatever it executes. NACC_PROTECT_OFF unmarks what is in
 * @domain. Since version 1.4.
 *
 * Errors: -EINVAL, -EBADF (no regular file), -EEXIST (it is on), -EPROTO (the
 * firmware does not choose roots here: strict=), -EUNATCH (children cannot be marked
 * before they run on this kernel), -EAGAIN (too many processes began meanwhile); errors of
 * NACC_IOC_MARK, for @pid; nothing has changed then. For NACC_PROTECT_OFF those of
 * NACC_IOC_UNMARK: the profile is off all the same; call again for what is left.
 */
struct nacc_protect {
	__u32 size;
	__u32 flags;
	__u32 what;
	__u32 nr_except;
	__s32 except[NACC_EXCEPT_MAX];
	__u32 domain;
	__s32 pid;
};

#define NACC_IOC_MAGIC		0xCE
#define NACC_IOC_INFO		_IOWR(NACC_IOC_MAGIC, 0, struct nacc_info)
#define NACC_IOC_MARK		_IOWR(NACC_IOC_MAGIC, 1, struct nacc_mark)
#define NACC_IOC_UNMARK		_IOWR(NACC_IOC_MAGIC, 2, struct nacc_unmark)
#define NACC_IOC_DUMP		_IOWR(NACC_IOC_MAGIC, 3, struct nacc_dump)
#define NACC_IOC_VERIFY		_IOWR(NACC_IOC_MAGIC, 4, struct nacc_verify)
#define NACC_IOC_LOCK		_IOWR(NACC_IOC_MAGIC, 5, struct nacc_lock)
#define NACC_IOC_FORBID		_IOWR(NACC_IOC_MAGIC, 6, struct nacc_forbid)
#define NACC_IOC_QUOTA		_IOWR(NACC_IOC_MAGIC, 7, struct nacc_quota)
#define NACC_IOC_PROTECT	_IOWR(NACC_IOC_MAGIC, 8, struct nacc_protect)

#endif /* _UAPI_LINUX_NACC_H */
