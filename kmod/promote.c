// SPDX-License-Identifier: GPL-2.0
/*
 * Promotion: the page tables of a live address space move into the pool.
 *
 * With the mmap lock held for writing and mm_take_all_locks(), no fault, no
 * unmap and no reverse mapping can touch the tables. What is left are the
 * hardware walker (A and D bits only) and lockless readers. So the whole tree is
 * copied bottom up, the root is switched on all CPUs, and only then the A and D
 * bits that the walker set in the old tables meanwhile are merged. No moment is
 * there at which an entry is missing, which a reverse mapping walk or a fault in
 * atomic context would notice.
 */
#include <linux/mmap_lock.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "nacc.h"
#include "trace.h"

/**
 * struct pair - an old table and its twin
 * @old: the ordinary page
 * @twin: physical address of the frame
 * @level: level of both
 */
struct pair {
	struct page *old;
	phys_addr_t twin;
	unsigned int level;
};

/**
 * struct build - a promotion under way
 * @root: the new root
 * @scratch: by level: a page with links already turned to twins
 * @pairs: tables done
 * @nr: number of @pairs
 * @max: room in @pairs
 */
struct build {
	phys_addr_t root;
	u64 *scratch[NACC_MAX_LEVELS];
	struct pair *pairs;
	unsigned int nr;
	unsigned int max;
};

static int refusal_errno(int ret, unsigned long reason)
{
	if (ret == -EPERM)
		pr_warn_ratelimited("the firmware refused a page table: %s\n",
				    nacc_reason_name(reason));
	return ret;
}

/* Page tables shared between mms cannot have one owner. */
static bool is_shared(struct page *page, unsigned int level)
{
#ifdef CONFIG_HUGETLB_PMD_PAGE_TABLE_SHARING
	return level == 1 && ptdesc_pmd_pts_count(page_ptdesc(page)) > 0;
#else
	return false;
#endif
}

static int copy_table(struct build *b, u64 *table, unsigned int level,
		      phys_addr_t *twin);

/* Copy a table with children: its links name the children's twins. */
static int copy_links(struct build *b, const u64 *table, unsigned int level)
{
	unsigned int i;

	for (i = 0; i < nacc_entries(level); i++) {
		u64 pte = READ_ONCE(table[i]);
		phys_addr_t child;

		if (nacc_pte_link(pte)) {
			int ret = copy_table(b, __va(nacc_pte_pa(pte)),
					     level - 1, &child);

			if (ret)
				return ret;
			pte = nacc_pte_relink(pte, child);
		}
		b->scratch[level][i] = pte;
	}
	return 0;
}

static int copy_table(struct build *b, u64 *table, unsigned int level,
		      phys_addr_t *twin)
{
	struct page *page = virt_to_page(table);
	u64 *source = level ? b->scratch[level] : table;
	unsigned long value;
	int ret;

	if (b->nr == b->max)
		return -ENOSPC;
	if (is_shared(page, level))
		return -EOPNOTSUPP;
	if (level) {
		ret = copy_links(b, table, level);
		if (ret)
			return ret;
	}
	if (b->nr == b->max)
		return -ENOSPC;
	if (level == nacc_top_level()) {
		ret = nacc_sbi_call(NACC_SBI_AS_FILL, b->root, __pa(source), 0,
				    &value);
		*twin = b->root;
	} else {
		ret = nacc_sbi_call(NACC_SBI_TABLE_ADOPT, b->root, level,
				    __pa(source), &value);
		*twin = value;
	}
	if (ret)
		return refusal_errno(ret, value);
	b->pairs[b->nr++] = (struct pair){ page, *twin, level };
	return 0;
}

static void finish_pairs(struct build *b)
{
	unsigned int i;

	for (i = 0; i < b->nr; i++) {
		struct pair *p = &b->pairs[i];

		nacc_sbi_call(NACC_SBI_MERGE_AD, p->twin, page_to_phys(p->old),
			      0, NULL);
		if (p->level == 1)
			nacc_move_deposits(p->old, phys_to_page(p->twin));
	}
}

static void free_old_tables(struct build *b)
{
	unsigned int i;

	/* Lockless readers may still look at the old tables. */
	synchronize_rcu();
	for (i = 0; i < b->nr; i++) {
		struct pair *p = &b->pairs[i];

		nacc_page_move_account(p->old, phys_to_page(p->twin));
		__free_page(p->old);
	}
}

static int copy_and_switch(struct mm_struct *mm, struct build *b)
{
	unsigned long value;
	phys_addr_t root;
	int ret;

	b->nr = 0;
	ret = nacc_sbi_call(NACC_SBI_AS_CREATE, 0, 0, 0, &value);
	if (ret)
		return ret;
	b->root = value;
	ret = copy_table(b, (u64 *)mm->pgd, nacc_top_level(), &root);
	if (ret) {
		nacc_pool_retire(b->root);
		return ret;
	}
	nacc_switch_root(mm, b->root);
	finish_pairs(b);
	return 0;
}

static void build_free(struct build *b)
{
	unsigned int i;

	for (i = 0; i < NACC_MAX_LEVELS; i++)
		free_page((unsigned long)b->scratch[i]);
	kvfree(b->pairs);
}

static int build_alloc(struct build *b, struct mm_struct *mm)
{
	unsigned int i;

	for (i = 1; i <= nacc_top_level(); i++) {
		b->scratch[i] = (u64 *)get_zeroed_page(GFP_KERNEL);
		if (!b->scratch[i])
			return -ENOMEM;
	}
	/* An estimate, since pgtables_bytes leaves out the topmost levels. */
	b->max = mm_pgtables_bytes(mm) / PAGE_SIZE + 16;
	b->pairs = kvmalloc_array(b->max, sizeof(*b->pairs), GFP_KERNEL);
	return b->pairs ? 0 : -ENOMEM;
}

/* Nothing may be allocated while all locks are held: reclaim needs them. */
static int grow_pairs(struct build *b)
{
	kvfree(b->pairs);
	b->max *= 2;
	b->pairs = kvmalloc_array(b->max, sizeof(*b->pairs), GFP_KERNEL);
	return b->pairs ? 0 : -ENOMEM;
}

static int promote_locked(struct mm_struct *mm, struct build *b)
{
	int ret;

	do {
		ret = nacc_ksym.mm_take_all_locks(mm);
		if (ret)
			return ret;
		ret = copy_and_switch(mm, b);
		nacc_ksym.mm_drop_all_locks(mm);
	} while (ret == -ENOSPC && !grow_pairs(b));
	return ret == -ENOSPC ? -ENOMEM : ret;
}

/**
 * nacc_promote() - move the page tables of an mm into the pool
 * @mm: a user address space; the caller holds mm_users
 * @publish: called when the new tables are in force, before the mmap lock is
 *	dropped
 * @arg: for @publish
 *
 * Context: may sleep; takes the mmap lock for writing. Armed frames are there.
 * Return: 0; -EEXIST (in the pool already); -ENOMEM (pool or memory too small);
 * -EOPNOTSUPP (shared huge-page tables); -EINTR (a signal is pending);
 * -EPERM (an entry breaks a rule of the shim). On error nothing has changed.
 */
int nacc_promote(struct mm_struct *mm,
		 void (*publish)(phys_addr_t root, void *arg), void *arg)
{
	struct build b = { };
	int ret;

	if (mmap_write_lock_killable(mm))
		return -EINTR;
	ret = -EEXIST;
	if (nacc_mm_marked(mm))
		goto unlock;
	ret = build_alloc(&b, mm);
	if (!ret)
		ret = promote_locked(mm, &b);
	if (!ret)
		publish(b.root, arg);
unlock:
	mmap_write_unlock(mm);
	if (!ret) {
		free_old_tables(&b);
		nacc_count(NACC_COUNT_PROMOTED_TABLES, b.nr);
		trace_nacc_promote(mm, b.root, b.nr);
	}
	build_free(&b);
	return ret;
}
