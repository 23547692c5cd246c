// SPDX-License-Identifier: GPL-2.0
/* Marked address spaces that come to their end. */
#include <linux/bitmap.h>
#include <linux/rcupdate.h>

#include "domain/internal.h"
#include "trace.h"

static LIST_HEAD(left_mms);		/* under nacc_domain_lock */

/* Only our reference is left: exit_mmap() is through, no CPU is lazy on it. */
static bool mm_is_dead(struct mm_struct *mm)
{
	return !atomic_read(&mm->mm_users) && atomic_read(&mm->mm_count) == 1;
}

/* Nobody else forgets those: who unmarks looks for mms that are in use. */
static void take_dead(struct list_head *dead)
{
	struct nacc_mm *entry, *next;

	mutex_lock(&nacc_domain_lock);
	list_for_each_entry_safe(entry, next, &nacc_mms, node)
		if (mm_is_dead(entry->mm))
			list_move_tail(&entry->node, dead);
	mutex_unlock(&nacc_domain_lock);
}

static struct nacc_mm *exiting_begin(struct mm_struct *mm)
{
	struct nacc_mm *entry;

	mutex_lock(&nacc_domain_lock);
	entry = nacc_mm_find(__pa(mm->pgd));
	/* With a root of another, forged, it takes nothing of the other with it. */
	if (entry && entry->mm != mm)
		entry = NULL;
	if (entry)
		entry->exiting = true;
	mutex_unlock(&nacc_domain_lock);
	return entry;
}

/**
 * nacc_leave_exiting() - let an mm on its way into exit_mmap() leave the pool
 * @mm: a marked mm that nobody uses any more
 *
 * Its frames are retired later, by the keeper.
 *
 * Context: may sleep.
 * Return: true; false if it could not leave, and stays as it is.
 */
bool nacc_leave_exiting(struct mm_struct *mm)
{
	struct nacc_mm *entry = exiting_begin(mm);

	if (!entry || nacc_demote_exiting(mm, &entry->sw))
		return false;
	mutex_lock(&nacc_domain_lock);
	list_move_tail(&entry->node, &left_mms);
	mutex_unlock(&nacc_domain_lock);
	return true;
}

/* Mms that have left: out of use but for those who have not noticed yet. */
static void reap_left(unsigned long *roots)
{
	struct nacc_mm *entry, *next;
	LIST_HEAD(list);

	mutex_lock(&nacc_domain_lock);
	list_splice_init(&left_mms, &list);
	mutex_unlock(&nacc_domain_lock);
	if (list_empty(&list))
		return;
	synchronize_rcu();
	list_for_each_entry_safe(entry, next, &list, node) {
		nacc_switch_again(&entry->sw);
		__set_bit(nacc_frame_index(entry->root), roots);
		nacc_mm_forget(entry);
		nacc_count(NACC_COUNT_REAPED, 1);
	}
}

static bool nothing_to_reap(void)
{
	bool nothing;

	mutex_lock(&nacc_domain_lock);
	nothing = list_empty(&nacc_mms) && list_empty(&left_mms);
	mutex_unlock(&nacc_domain_lock);
	return nothing;
}

/**
 * nacc_reap_dead() - release the frames of address spaces that are gone
 *
 * They have left at exit, or the kernel's own code has torn them down to the
 * root.
 *
 * Context: may sleep; the keeper only.
 */
void nacc_reap_dead(void)
{
	struct nacc_mm *entry, *next;
	unsigned long *roots;
	LIST_HEAD(dead);

	if (nothing_to_reap())
		return;
	roots = bitmap_zalloc(nacc_pool.nr, GFP_KERNEL);
	if (!roots)
		return;
	reap_left(roots);
	/* All at once: what has to be waited for is waited for once. */
	take_dead(&dead);
	list_for_each_entry_safe(entry, next, &dead, node) {
		__set_bit(nacc_frame_index(entry->root), roots);
		trace_nacc_teardown(entry->domain->id, entry->root);
		/* Drops the mm, and with it the kernel's reference to the root. */
		nacc_mm_forget(entry);
		nacc_count(NACC_COUNT_REAPED, 1);
	}
	if (!bitmap_empty(roots, nacc_pool.nr))
		nacc_pool_retire_unfit(roots);
	bitmap_free(roots);
}
