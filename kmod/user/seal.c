// SPDX-License-Identifier: GPL-2.0
/* NACC_IOC_SEAL: see include/uapi/linux/nacc_seal.h. */
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "user/user.h"

static int list(struct nacc_seal *seal, struct mm_struct *mm)
{
	struct nacc_seal_range *ranges = kvcalloc(NACC_SEAL_RANGES, sizeof(*ranges), GFP_KERNEL);
	const u32 room = seal->count;
	int ret = 0;

	static_assert(NACC_SEAL_RANGES == NACC_SBI_SEALS_MAX);
	if (!ranges)
		return -ENOMEM;
	if (mmap_read_lock_killable(mm)) {
		kvfree(ranges);
		return -EINTR;
	}
	seal->count = nacc_seals_get(mm, ranges);
	mmap_read_unlock(mm);
	if (copy_to_user(u64_to_user_ptr(seal->ranges), ranges,
			 min(seal->count, room) * sizeof(*ranges)))
		ret = -EFAULT;
	kvfree(ranges);
	return ret;
}

/**
 * nacc_ioctl_seal() - NACC_IOC_SEAL
 * @seal: the caller's structure, copied in; results are put into it
 *
 * Context: may sleep.
 */
long nacc_ioctl_seal(struct nacc_seal *seal)
{
	const bool lists = seal->flags & NACC_SEAL_LIST;
	struct mm_struct *mm;
	int ret;

	if (seal->flags & ~NACC_SEAL_LIST ||
	    (lists ? seal->start || seal->end : seal->count || seal->ranges))
		return -EINVAL;
	ret = nacc_pidfd_mm(seal->pidfd, &mm);
	if (ret)
		return ret;
	ret = lists ? list(seal, mm) : nacc_seal(mm, seal->start, seal->end);
	mmput_async(mm);
	return ret;
}
