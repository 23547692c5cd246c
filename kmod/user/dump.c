// SPDX-License-Identifier: GPL-2.0
/* NACC_IOC_DUMP: read the user page tables of a process. */
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "user/user.h"

/**
 * struct listing - entries being collected
 * @entries: where to
 * @nr: entries collected
 * @max: room
 * @skip: entries to pass over before the first
 * @seen: entries passed over
 * @more: there was no room for all
 */
struct listing {
	struct nacc_entry *entries;
	u32 nr;
	u32 max;
	u64 skip;
	u64 seen;
	bool more;
};

static void add_entry(struct listing *l, const u64 *table, u64 va, u64 pte,
		      unsigned int level)
{
	struct nacc_entry *e;

	if (l->seen < l->skip) {
		l->seen++;
		return;
	}
	if (l->nr == l->max) {
		l->more = true;
		return;
	}
	e = &l->entries[l->nr++];
	*e = (struct nacc_entry){
		.va = va,
		.value = pte,
		.table = __pa(table),
		.level = level,
	};
	if (nacc_in_pool(e->table))
		e->flags |= NACC_ENTRY_IN_POOL;
	if (nacc_pte_present(pte))
		e->flags |= NACC_ENTRY_PRESENT;
	if (nacc_pte_present(pte) && !nacc_pte_link(pte))
		e->flags |= NACC_ENTRY_LEAF;
}

static void list_table(struct listing *l, const u64 *table, u64 va,
		       unsigned int level)
{
	const unsigned int shift = PAGE_SHIFT + 9 * level;
	unsigned int i;

	for (i = 0; i < nacc_entries(level) && !l->more; i++) {
		u64 pte = READ_ONCE(table[i]);
		u64 at = va + ((u64)i << shift);

		if (!pte)
			continue;
		add_entry(l, table, at, pte, level);
		if (level && nacc_pte_link(pte))
			list_table(l, __va(nacc_pte_pa(pte)), at, level - 1);
	}
	cond_resched();
}

/*
 * The mmap lock alone keeps no table: the page cache collapses those of its files, and
 * hugetlb lets go of those that it shares, with the locks of files only.
 */
static int list_mm(struct nacc_dump *dump, struct listing *l,
		   struct mm_struct *mm)
{
	struct nacc_domain *domain;
	int ret;

	if (mmap_write_lock_killable(mm))
		return -EINTR;
	domain = nacc_domain_get_by_mm(mm);
	dump->domain = domain ? domain->id : 0;
	dump->root = __pa(mm->pgd);
	ret = nacc_lock_all(mm, false);
	if (!ret) {
		list_table(l, (u64 *)mm->pgd, 0, nacc_top_level());
		nacc_unlock_all(mm);
	}
	mmap_write_unlock(mm);
	if (domain)
		nacc_domain_put(domain);
	return ret;
}

/**
 * nacc_ioctl_dump() - NACC_IOC_DUMP
 * @dump: the caller's structure, copied in; results are put into it
 *
 * Context: may sleep.
 */
long nacc_ioctl_dump(struct nacc_dump *dump)
{
	struct listing l = { .max = dump->count, .skip = dump->cursor };
	struct mm_struct *mm;
	int ret;

	if (!dump->count || dump->count > NACC_DUMP_MAX)
		return -EINVAL;
	/* Nothing would be left of it without physical addresses. */
	if (!nacc_physical_mask())
		return -EPERM;
	ret = nacc_pidfd_mm(dump->pidfd, &mm);
	if (ret)
		return ret;
	l.entries = kvcalloc(l.max, sizeof(*l.entries), GFP_KERNEL);
	ret = l.entries ? list_mm(dump, &l, mm) : -ENOMEM;
	mmput_async(mm);
	if (!ret && copy_to_user(u64_to_user_ptr(dump->entries), l.entries,
				 l.nr * sizeof(*l.entries)))
		ret = -EFAULT;
	kvfree(l.entries);
	dump->count = l.nr;
	dump->cursor = l.more ? l.skip + l.nr : 0;
	dump->levels = nacc_top_level() + 1;
	return ret;
}
