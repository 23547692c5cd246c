// SPDX-License-Identifier: GPL-2.0
/* Every lock under which the tables of an address space change. */
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/sched/signal.h>
#include <linux/xarray.h>

#include "compat.h"
#include "tables/tables.h"

/**
 * nacc_lock_mmap() - take the mmap lock for writing
 * @mm: the mm
 * @tries: who has it is not waited for
 *
 * Context: may sleep.
 * Return: 0, and the caller ends with mmap_write_unlock(); -EINTR (he has been killed);
 * -EBUSY (somebody else has it, with @tries).
 */
int nacc_lock_mmap(struct mm_struct *mm, bool tries)
{
	if (!tries)
		return mmap_write_lock_killable(mm);
	if (!down_write_trylock(&mm->mmap_lock))
		return -EBUSY;
	/* As mmap_write_lock(): there is none that tries. */
	mm_lock_seqcount_begin(mm);
	return 0;
}

/*
 * Who faults with the lock of a VMA held may wait for user space: for the server of a
 * file of FUSE. mm_take_all_locks() would wait for him with a mutex held that the
 * whole machine has one of, and could not be killed.
 */
static int lock_vmas(struct mm_struct *mm, bool tries)
{
	VMA_ITERATOR(vmi, mm, 0);
	struct vm_area_struct *vma;

	for_each_vma(vmi, vma) {
		int ret;

		/*
		 * Where a fork has failed half way something that is no VMA stands for
		 * those that are not there, until the mm ends.
		 */
		if (xa_is_zero(vma))
			return -EAGAIN;
		if (signal_pending(current))
			return -EINTR;
		ret = nacc_vma_lock(vma, tries);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * nacc_lock_all() - keep every fault, unmap, collapse and reverse mapping off an mm
 * @mm: the mm; the caller holds its mmap lock for writing
 * @tries: who holds the lock of a VMA is not waited for
 *
 * Context: may sleep.
 * Return: 0, and the caller ends with nacc_unlock_all(); -EINTR (a signal is pending, or
 * the caller has been killed while he waited); -EBUSY (somebody else has a lock, with
 * @tries); -EAGAIN (it is that of a fork that has failed, and is about to end).
 */
int nacc_lock_all(struct mm_struct *mm, bool tries)
{
	int ret = lock_vmas(mm, tries);

	return ret ? ret : nacc_ksym.mm_take_all_locks(mm);
}

/**
 * nacc_unlock_all() - the end of nacc_lock_all()
 * @mm: the mm
 *
 * The VMAs stay locked until the mmap lock is given up.
 *
 * Context: any that may sleep.
 */
void nacc_unlock_all(struct mm_struct *mm)
{
	nacc_ksym.mm_drop_all_locks(mm);
}
