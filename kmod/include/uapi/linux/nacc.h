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
 * Each call needs CAP_SYS_ADMIN in the initial user namespace, else -EPERM; what
 * others may do, if the module was loaded so, stands at struct nacc_mark, struct
 * nacc_info, struct nacc_event and in nacc_gate.h. Where the kernel is locked down for
 * confidentiality, no physical address is told.
 */
#ifndef _UAPI_LINUX_NACC_H
#define _UAPI_LINUX_NACC_H

#include <linux/ioctl.h>
#include <linux/types.h>

/** NACC_UAPI_VERSION - major in the high half, minor in the low half */
#define NACC_UAPI_VERSION	0x00010008

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
 *
 * Also for who has not CAP_SYS_ADMIN, but may mark himself or read events;
 * @region_base is 0 then.
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

/** Join a domain that is there: @domain of struct nacc_mark says which. Since 1.5 */
#define NACC_MARK_JOIN		(1U << 0)
/** @fd of struct nacc_mark is a cgroup: all that is in it, or ever will be. Since 1.5 */
#define NACC_MARK_CGROUP	(1U << 1)

/**
 * struct nacc_mark - mark a process, or a cgroup (NACC_IOC_MARK)
 * @size: sizeof(struct nacc_mark)
 * @flags: NACC_MARK_*, or zero
 * @pidfd: a pidfd (pidfd_open(2)) of a thread group leader
 * @fd: with NACC_MARK_CGROUP, instead: a descriptor of the directory of a cgroup of
 *	the unified hierarchy (v2), not of its root
 * @domain: out: ID of the domain, never 0, not reused before the machine is reset.
 *	In, with NACC_MARK_JOIN: the domain to join
 * @name: label shown by /proc/nacc/domains; zero-terminated; empty: the
 *	process's comm, or the cgroup's name. Not looked at with NACC_MARK_JOIN
 *
 * The process and all its threads are protected when the call returns; so are
 * its later children and the programs they execute, before they run in user
 * mode. Without NACC_MARK_JOIN it is a new domain's first.
 *
 * With NACC_MARK_CGROUP the cgroup is a domain: every process that has a thread in it
 * or in a descendant is protected when the call returns, and every process that enters
 * (fork, CLONE_INTO_CGROUP, a write to cgroup.procs or cgroup.threads) before
 * it next runs in user mode; one that cannot be protected is killed. A process that
 * leaves stays protected. One that is marked already stays in its domain, unless that is
 * the system profile's, as does a descendant that is a domain of its own. A vfork(2)
 * child runs on its parent's address space and is protected when it executes a program.
 * The domain ends when the cgroup is removed, or by NACC_IOC_UNMARK. Marking the same
 * cgroup again succeeds, if @name is the same or empty; it protects what an unmark that
 * has failed has let go.
 *
 * Who has not CAP_SYS_ADMIN may mark himself, if the module was loaded with self=FRAMES
 * and the device may be opened: @pidfd is the caller's own, @flags zero, and he is in the
 * initial user namespace. All that a user has marked so is one domain, which
 * has FRAMES as its quota, and which only an administrator can unmark. Since 1.5.
 *
 * Errors: -EBADF (no pidfd; no cgroup), -ESRCH (has exited), -EINVAL (kernel thread,
 * flags, root of the hierarchy), -EEXIST (marked already, elsewhere; @domain says
 * where), -ENOMEM (pool or quota too small for its tables), -ESHUTDOWN (the machine
 * goes down, or the module is not loaded yet or any more), -ENOSPC (no ID is left),
 * -EOPNOTSUPP (holds shared huge-page tables; a cgroup of a v1 hierarchy),
 * -EUNATCH (a function that must be hooked is not, now or on this kernel),
 * -EXDEV (see nacc_gate.h),
 * -ENOENT (no domain to join; the cgroup is being removed), -EBUSY (it is just being
 * marked or unmarked by somebody else, or the domain to join is just being made),
 * -EAGAIN (a vfork child, which runs on the address space of who made it until it
 * executes something), -EOWNERDEAD (the domain is being ended), -EPERM (not himself, or
 * not allowed), -EINTR (a signal arrived; nothing has changed).
 */
struct nacc_mark {
	__u32 size;
	__u32 flags;
	union {
		__s32 pidfd;
		__s32 fd;
	};
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
 * All its address spaces go back to ordinary page tables; the processes go on. Those
 * that have a thread in the cgroup of another domain become a part of that instead, with
 * an event NACC_EVENT_JOIN.
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
 * its own then, or that of its cgroup. What is refused for a process of @domain ends
 * that process only.
 * No hart loads a root then that is neither bound to an mm nor the kernel's; but if
 * programs are excepted, those that they run on are.
 *
 * A program that is excepted is one that runs from this very file. A process of another
 * domain stays marked, whatever it executes, and so does one in a cgroup that is a
 * domain. NACC_PROTECT_OFF unmarks what is in @domain. Since version 1.4.
 *
 * Errors: -EINVAL, -EBADF (no regular file), -EEXIST (it is on), -EPROTO (the
 * firmware does not choose roots here: strict=), -EUNATCH (children cannot be marked
 * before they run on this kernel), -EINTR (what was marked may stay so, in a domain of its
 * own, which NACC_PROTECT_OFF ends), -ECANCELED (the machine goes down), -EAGAIN (too many
 * processes began meanwhile); errors of NACC_IOC_MARK, for @pid; but for -EINTR nothing has
 * changed then. For NACC_PROTECT_OFF those of NACC_IOC_UNMARK: the profile is off all the
 * same; call again for what is left.
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

/** NACC_COMM_LEN - bytes of a process's name, the final zero included */
#define NACC_COMM_LEN		16

/**
 * enum nacc_event_type - what has happened
 *
 * @NACC_EVENT_MARK: a domain was made
 * @NACC_EVENT_JOIN: a process joined a domain that was there: by NACC_MARK_JOIN, by
 *	entering its cgroup, or by marking himself. Not: children and new programs
 * @NACC_EVENT_LEAVE: a domain has ended: it was unmarked, or nobody is in it any more
 * @NACC_EVENT_REFUSE: the firmware has refused a store or a call, or (provenance=audit)
 *	has performed and recorded it
 * @NACC_EVENT_CONDEMN: a domain is ended, with all that runs in it; of the system
 *	profile's domain only @pid
 * @NACC_EVENT_EXHAUST: a domain has not got a frame: its quota or the pool is used up.
 *	At most one for each domain and second
 * @NACC_EVENT_KILL: a process was killed because it could not be protected
 * @NACC_EVENT_MAX: number of types
 */
enum nacc_event_type {
	NACC_EVENT_MARK,
	NACC_EVENT_JOIN,
	NACC_EVENT_LEAVE,
	NACC_EVENT_REFUSE,
	NACC_EVENT_CONDEMN,
	NACC_EVENT_EXHAUST,
	NACC_EVENT_KILL,
	NACC_EVENT_MAX,
};

/**
 * struct nacc_event - what read(2) of /dev/nacc gives, one or more
 * @seq: its number; a gap: so many were lost, as the reader was too slow
 * @time: when, in ns since 1970
 * @type: enum nacc_event_type
 * @domain: the domain, or 0
 * @pid: the process in the initial PID namespace, or 0: none, or not known. Of
 *	NACC_EVENT_REFUSE the one that stored
 * @reason: of NACC_EVENT_REFUSE enum nacc_reason of nacc_sbi.h; of NACC_EVENT_KILL an
 *	errno
 * @comm: the process's name
 * @name: the domain's label
 *
 * An open device gives the events from its opening on; poll(2) says EPOLLIN while there
 * is one. read(2) waits for one, unless O_NONBLOCK (-EAGAIN), and gives as many as there
 * are and fit, each whole (-EINVAL if none fits). Needs CAP_SYS_ADMIN in the initial user
 * namespace, or the group that the module was loaded with (monitor=GID). The same, as
 * attributes, is multicast by the generic netlink family NACC_GENL_NAME. Since 1.5.
 */
struct nacc_event {
	__u64 seq;
	__u64 time;
	__u32 type;
	__u32 domain;
	__s32 pid;
	__u32 reason;
	char comm[NACC_COMM_LEN];
	char name[NACC_NAME_LEN];
};

/** NACC_GENL_NAME - generic netlink family whose only purpose is its group */
#define NACC_GENL_NAME		"nacc"
/** NACC_GENL_VERSION - its version */
#define NACC_GENL_VERSION	1
/** NACC_GENL_GROUP - its multicast group; joining it needs CAP_SYS_ADMIN */
#define NACC_GENL_GROUP		"events"
/** NACC_GENL_EVENT - the only command, from the kernel: an event */
#define NACC_GENL_EVENT		1

/**
 * enum nacc_genl_attr - attributes of NACC_GENL_EVENT, as in struct nacc_event
 *
 * @NACC_GENL_UNSPEC: none
 * @NACC_GENL_SEQ: u64
 * @NACC_GENL_TIME: u64
 * @NACC_GENL_TYPE: u32
 * @NACC_GENL_DOMAIN: u32
 * @NACC_GENL_PID: u32
 * @NACC_GENL_REASON: u32
 * @NACC_GENL_COMM: string
 * @NACC_GENL_DOMAIN_NAME: string
 * @NACC_GENL_PAD: for alignment
 * @NACC_GENL_ATTR_MAX: the last
 */
enum nacc_genl_attr {
	NACC_GENL_UNSPEC,
	NACC_GENL_SEQ,
	NACC_GENL_TIME,
	NACC_GENL_TYPE,
	NACC_GENL_DOMAIN,
	NACC_GENL_PID,
	NACC_GENL_REASON,
	NACC_GENL_COMM,
	NACC_GENL_DOMAIN_NAME,
	NACC_GENL_PAD,
	NACC_GENL_ATTR_MAX = NACC_GENL_PAD,
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

#include "nacc_gate.h"
#include "nacc_seal.h"
#include "nacc_report.h"

#endif /* _UAPI_LINUX_NACC_H */
