/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR BSD-2-Clause */
/*
 * /dev/nacc: seals, ranges of a marked process whose mapping nobody changes any more;
 * part of nacc.h.
 */
#ifndef _UAPI_LINUX_NACC_SEAL_H
#define _UAPI_LINUX_NACC_SEAL_H

#include <linux/ioctl.h>
#include <linux/types.h>

/** NACC_SEAL_LIST - flag: seal nothing, tell what is sealed */
#define NACC_SEAL_LIST		(1U << 0)

/** NACC_SEAL_RANGES - most ranges that a process can have; those that meet are one */
#define NACC_SEAL_RANGES	255

/** struct nacc_seal_range - virtual addresses, @end is behind the last */
struct nacc_seal_range {
	__u64 start;
	__u64 end;
};

/**
 * struct nacc_seal - seal a range of a marked process, or tell its seals (NACC_IOC_SEAL)
 * @size: sizeof(struct nacc_seal)
 * @flags: NACC_SEAL_LIST, or zero
 * @pidfd: pidfd of a marked process
 * @count: with NACC_SEAL_LIST, in: room in @ranges; out: how many there are, of which as
 *	many are written as there is room for. Else zero
 * @start: first address of the range. With NACC_SEAL_LIST zero
 * @end: address behind its last; likewise
 * @ranges: with NACC_SEAL_LIST: user pointer to an array of struct nacc_seal_range. Else zero
 *
 * The range is one or more whole mappings (lines of /proc/PID/maps), private, readable and
 * not writable. Its pages become the process's own (copies, where they are of a file), and
 * are pinned. From then on the firmware refuses every change of what translates the range,
 * by whomever; Linux refuses munmap, mprotect, mremap and madvise there, debuggers and
 * uprobes get an error. A child has the seals of its parent, with pages of its own; a new
 * program has none. Seals end with the address space, and not before: a domain with one
 * cannot be unmarked.
 *
 * Errors: -EBADF, -ESRCH, -EINVAL (kernel thread; flags; no page addresses; not whole
 * mappings), -ENOENT (not marked), -ENOMEM (part of it is not mapped; pool or memory too
 * small), -ENOSPC (more than NACC_SEAL_RANGES), -EACCES (a mapping is writable, or cannot be
 * read), -EOPNOTSUPP (a shared or special mapping, huge pages, or KSM; the kernel chooses
 * roots; a function that must be hooked is not), -EPERM (a rule forbids pins), -EAGAIN (the
 * mapping changes all the time), -EINTR, -EFAULT.
 */
struct nacc_seal {
	__u32 size;
	__u32 flags;
	__s32 pidfd;
	__u32 count;
	__u64 start;
	__u64 end;
	__u64 ranges;
};

#define NACC_IOC_SEAL		_IOWR(NACC_IOC_MAGIC, 13, struct nacc_seal)

#endif /* _UAPI_LINUX_NACC_SEAL_H */
