// SPDX-License-Identifier: GPL-2.0
/* Marked address spaces that come to their end. */
#include <linux/maple_tree.h>
#include <linux/mmap_lock.h>
#include <linux/gfp.h>
#include <linux/rcupdate.h>

#include "domain/internal.h"
#include "trace.h"

/*
 * Only our reference is left: exit_mmap() is through, no CPU is lazy on it. An exec that
 * fails early drops its mm without having put it. It has neither VMAs nor tables, and
 * from now on nobody gets it any more (mmget_not_zero()).
 */
static bool mm_is_dead(struct mm_struct *mm)
{
	if (atomic_read(&mm->mm_count) != 1)
		return false;
	return !atomic_read(&mm->mm_users) ||
	       atomic_cmpxchg(&mm->mm_users, 1, 0) == 1;
}

/*
 * Whoever holds a descriptor of it (userfaultfd, /proc/PID/mem) may keep an mm for as
 * long as he likes: its root, but not its tables. Most are free a moment later, and
 * then all of it goes at once: so not when it is first seen.
 */
static void trim(struct nacc_mm *entry)
{
	struct mm_struct *mm = entry->mm;

	/* What is sealed is not taken apart. */
	if (!entry->dying || entry->sealed || !mm_pgtables_bytes(mm) || !mmap_read_trylock(mm)) {
		entry->dying = true;
		return;
	}
	if (mtree_empty(&mm->mm_mt))
		nacc_free_all(mm);
	mmap_read_unlock(mm);
}

/* Return: whether others are about to follow. */
static bool take_dead(struct list_head *list)
{
	struct nacc_mm *entry, *next;
	bool dying = false;

	mutex_lock(&nacc_domain_lock);
	list_for_each_entry_safe(entry, next, &nacc_mms, node) {
		if (mm_is_dead(entry->mm)) {
			list_move_tail(&entry->node, list);
		} else if (!atomic_read(&entry->mm->mm_users)) {
			trim(entry);
			dying = true;
		}
	}
	mutex_unlock(&nacc_domain_lock);
	return dying;
}

static void give_back(struct nacc_mm *entry)
{
	mutex_lock(&nacc_domain_lock);
	list_move_tail(&entry->node, &nacc_mms);
	mutex_unlock(&nacc_domain_lock);
}

/*
 * Its pgd is another than was published: somebody has forged it. The kernel has torn
 * down what it found there, and frees that as its root.
 */
static bool is_forged(const struct nacc_mm *entry)
{
	return __pa(READ_ONCE(entry->mm->pgd)) != entry->root;
}

/*
 * What it names the kernel frees with it, unless that is of the pool. As long as
 * its own root is bound to it nobody else may have its address.
 */
static bool retire_forged(struct mm_struct *mm, phys_addr_t root)
{
	if (nacc_in_pool(__pa(READ_ONCE(mm->pgd)))) {
		struct page *empty = nacc_table_alloc(nacc_top_level(),
						      GFP_KERNEL | __GFP_ZERO);

		if (!empty)
			return false;
		WRITE_ONCE(mm->pgd, page_address(empty));
	}
	if (!nacc_pool_retire_now(root))
		return false;
	/* Of what was torn down and what was not nobody has kept count. */
	atomic_long_set(&mm->pgtables_bytes, 0);
	return true;
}

/* Return: whether it is done; else it is to be tried again. */
static bool reap(struct nacc_mm *entry)
{
	const phys_addr_t root = entry->root;
	const bool forged = is_forged(entry);

	/* Nobody moves the root of one that is being unmarked and dies. */
	if (forged ? !retire_forged(entry->mm, root) :
		     nacc_pool_retire_dead(entry->mm, root))
		return false;
	trace_nacc_teardown(entry->domain->id, root);
	nacc_share_end(entry);
	/* Drops the mm, and with it the kernel's reference to the root. */
	nacc_mm_forget(entry);
	if (!forged)
		nacc_pool_unfit_root(root);
	nacc_count(NACC_COUNT_REAPED, 1);
	return true;
}

/*
 * Nobody who has looked without a lock, if anybody can, looks any more; and what the
 * kernel was to free of it is free. A table that is freed by call_rcu() as a whole
 * (pte_free_defer(), of a huge page in its place) has until then its RCU head where a
 * table has its deposits. A grace period is not the end of its callbacks.
 */
static void wait_for_others(void)
{
	u64 stats[NACC_STAT_MAX + NACC_REASON_MAX];

	synchronize_rcu();
	nacc_sbi_stats(stats);
	if (stats[NACC_STAT_UNLINKED])
		rcu_barrier();
}

/**
 * nacc_reap_dead() - release the frames of address spaces that are gone
 *
 * The kernel has unmapped what they mapped, and left their tables behind, or has torn
 * them down to the root.
 *
 * Context: may sleep; the keeper only.
 * Return: whether there will be more before long.
 */
bool nacc_reap_dead(void)
{
	struct nacc_mm *entry, *next;
	LIST_HEAD(dead);
	bool more = take_dead(&dead);

	if (list_empty(&dead))
		return more;
	/* Once for all of them */
	nacc_promote_finish();
	wait_for_others();
	list_for_each_entry_safe(entry, next, &dead, node) {
		if (reap(entry))
			continue;
		give_back(entry);
		more = true;
	}
	return more;
}
