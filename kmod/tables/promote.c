// SPDX-License-Identifier: GPL-2.0
/*
 * Promotion: the page tables of a live address space move into the pool.
 *
 * With the mmap lock held for writing and nacc_lock_all(), no fault, no
 * unmap and no reverse mapping can touch the tables. What is left are the
 * hardware walker (A and D bits only) and lockless readers. So the whole tree is
 * copied bottom up, the root is switched on all CPUs, and only then the A and D
 * bits that the walker set in the old tables meanwhile are merged. No moment is
 * there at which an entry is missing, which a reverse mapping walk or a fault in
 * atomic context would notice.
 */
#include <linux/kprobes.h>
#include <linux/mmap_lock.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "tables/tables.h"
#include "trace.h"

/**
 * struct pair - an old table and its twin
 * @old: the ordinary page
 * @twin: physical address of the frame
 * @level: level of both
 * @deposit: kept for a huge page of the next pair of level 1
 */
struct pair {
	struct page *old;
	phys_addr_t twin;
	unsigned int level;
	bool deposit;
};

/**
 * struct build - a promotion under way
 * @node: in old_trees when it is through
 * @sw: the switch from the old root to the new
 * @how: what was asked for; until the new root is in force
 * @root: the new root
 * @scratch: by level: a page with links already turned to twins
 * @pairs: tables done
 * @nr: number of @pairs
 * @max: room in @pairs
 */
struct build {
	struct list_head node;
	struct nacc_switch sw;
	const struct nacc_promotion *how;
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

static int copy_table(struct build *b, u64 *table, unsigned int level,
		      phys_addr_t *twin);

/* There is room for as many tables as were asked for, and for no more. */
static int add_pair(struct build *b, struct page *old, unsigned int level,
		    phys_addr_t source, bool deposit)
{
	unsigned int fid = level == nacc_top_level() ? NACC_SBI_AS_FILL :
						       NACC_SBI_TABLE_ADOPT;
	unsigned long value = 0;
	int ret;

	if (b->nr == b->max)
		return -ENOSPC;
	if (fid == NACC_SBI_AS_FILL)
		ret = nacc_sbi_call(fid, b->root, source, 0, &value);
	else
		ret = nacc_sbi_call(fid, b->root, level, source, &value);
	if (ret)
		return refusal_errno(ret, value);
	b->pairs[b->nr++] = (struct pair){
		.old = old,
		.twin = fid == NACC_SBI_AS_FILL ? b->root : value,
		.level = level,
		.deposit = deposit,
	};
	return 0;
}

static int copy_deposits(struct build *b, struct page *pmd)
{
	struct page *page;
	int ret = 0;

	for (page = nacc_deposit_first(pmd); page && !ret;
	     page = nacc_deposit_next(pmd, page))
		ret = add_pair(b, page, 0, page_to_phys(page), true);
	return ret;
}

/* Copy a table with children: its links name the children's twins. */
static int copy_links(struct build *b, const u64 *table, unsigned int level)
{
	unsigned int i, nr = nacc_entries(level);

	memset(b->scratch[level], 0, nr * sizeof(u64));

	for (i = nacc_next_entry(table, 0, nr); i < nr;
	     i = nacc_next_entry(table, i + 1, nr)) {
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
	int ret = 0;

	/* A table in the trees of several mms cannot have one owner. */
	if (nacc_page_is_shared(page, level))
		return -EOPNOTSUPP;
	if (level)
		ret = copy_links(b, table, level);
	if (!ret && level == 1)
		ret = copy_deposits(b, page);
	if (!ret)
		ret = add_pair(b, page, level, __pa(source), false);
	if (!ret)
		*twin = b->pairs[b->nr - 1].twin;
	/* All locks that are held are such as may be slept with. */
	cond_resched();
	return ret;
}

/*
 * Nobody but this task runs on the tables, and it is not using them just now, as
 * with a child or new image on its way to user mode. What the walker sets ahead
 * of time is A, never D.
 */
static bool is_idle(const struct mm_struct *mm)
{
	return mm == current->mm && atomic_read(&mm->mm_users) == 1;
}

/* The deposits of a PMD page are the pairs before its own. */
static void move_deposits(const struct pair *pmd)
{
	const struct pair *p = pmd;

	while (nacc_deposit_get(pmd->old))
		nacc_deposit_put(phys_to_page(pmd->twin),
				 phys_to_page((--p)->twin));
}

static void finish_pairs(struct mm_struct *mm, struct build *b)
{
	unsigned int i;

	for (i = 0; i < b->nr; i++) {
		struct pair *p = &b->pairs[i];

		if (!is_idle(mm) && !p->deposit)
			nacc_sbi_call(NACC_SBI_MERGE_AD, p->twin,
				      page_to_phys(p->old), 0, NULL);
		if (p->level == 1)
			move_deposits(p);
		cond_resched();
	}
}

/* Trees that are out of use but for those who have not noticed yet. */
static DEFINE_MUTEX(finish_lock);	/* those that are through are being finished */
static DEFINE_SPINLOCK(old_trees_lock);
static LIST_HEAD(old_trees);		/* under old_trees_lock */

static void build_free(struct build *b)
{
	unsigned int i;

	for (i = 0; i < NACC_MAX_LEVELS; i++)
		free_page((unsigned long)b->scratch[i]);
	kvfree(b->pairs);
	kfree(b);
}

static void free_old_tables(struct build *b)
{
	unsigned int i;

	for (i = 0; i < b->nr; i++) {
		struct pair *p = &b->pairs[i];

		nacc_page_move_account(p->old, phys_to_page(p->twin), p->level);
		__free_page(p->old);
		cond_resched();
	}
}

static void finish_all(void)
{
	struct build *b, *next;
	LIST_HEAD(list);

	spin_lock(&old_trees_lock);
	list_splice_init(&old_trees, &list);
	spin_unlock(&old_trees_lock);
	if (list_empty(&list))
		return;
	synchronize_rcu();
	list_for_each_entry_safe(b, next, &list, node) {
		nacc_switch_again(&b->sw);
		/* No CPU has read the old root and not written it. */
		nacc_bind(b->root, b->sw.mm, NACC_BOUND);
		free_old_tables(b);
		build_free(b);
	}
}

/**
 * nacc_promote_finish() - free the tables that promotions have left behind
 *
 * No root of theirs may be retired before: what is done for it here would be done to
 * whoever has its frame next.
 *
 * Context: may sleep; the caller holds no mmap lock.
 */
void nacc_promote_finish(void)
{
	mutex_lock(&finish_lock);
	finish_all();
	mutex_unlock(&finish_lock);
}

/*
 * The old tables are freed later, those of many at once: a child or new image
 * need not wait for it.
 */
static void leave_to_keeper(struct build *b)
{
	spin_lock(&old_trees_lock);
	list_add_tail(&b->node, &old_trees);
	spin_unlock(&old_trees_lock);
	nacc_kick_soon();
}

static int copy_and_switch(struct mm_struct *mm, struct build *b)
{
	unsigned long value;
	phys_addr_t root;
	int ret;

	b->nr = 0;
	ret = nacc_sbi_call(NACC_SBI_AS_CREATE, b->how->tag, 0, 0, &value);
	if (ret)
		return ret;
	b->root = value;
	ret = copy_table(b, (u64 *)mm->pgd, nacc_top_level(), &root);
	if (!ret && b->how->ready)
		ret = b->how->ready(b->root, b->how->arg);
	if (!ret)
		ret = nacc_bind(b->root, mm, NACC_BOUND_JOINING);
	if (ret) {
		nacc_pool_retire(b->root);
		return ret;
	}
	nacc_switch_root(mm, b->root, &b->sw);
	finish_pairs(mm, b);
	return 0;
}

static struct build *build_alloc(const struct nacc_promotion *how)
{
	struct build *b = kzalloc(sizeof(*b), GFP_KERNEL);
	unsigned int i;

	if (!b)
		return NULL;
	b->how = how;
	for (i = 1; i <= nacc_top_level(); i++) {
		b->scratch[i] = (u64 *)get_zeroed_page(GFP_KERNEL);
		if (!b->scratch[i])
			goto fail;
	}
	b->max = how->room;
	b->pairs = kvmalloc_array(b->max, sizeof(*b->pairs), GFP_KERNEL);
	if (b->pairs)
		return b;
fail:
	build_free(b);
	return NULL;
}

/* Nothing may be allocated while all locks are held: reclaim needs them. */
static int promote_locked(struct mm_struct *mm, struct build *b, bool tries)
{
	int ret = nacc_lock_all(mm, tries);

	if (ret)
		return ret;
	ret = copy_and_switch(mm, b);
	nacc_unlock_all(mm);
	return ret;
}

/**
 * nacc_promote_room() - how many frames an address space will take
 * @mm: the mm
 *
 * An estimate, since pgtables_bytes leaves out the topmost levels.
 *
 * Context: any, probes included.
 */
unsigned int notrace nacc_promote_room(const struct mm_struct *mm)
{
	return mm_pgtables_bytes(mm) / PAGE_SIZE + NACC_MAX_LEVELS;
}

NOKPROBE_SYMBOL(nacc_promote_room);

/**
 * nacc_promote() - move the page tables of an mm into the pool
 * @mm: a user address space; the caller holds mm_users
 * @how: what is asked for
 *
 * Context: may sleep; takes the mmap lock for writing. Armed frames are there.
 * Return: 0; -EEXIST (in the pool already); -ENOSPC (more tables than there is room for);
 * -ENOMEM (pool or memory too small);
 * -EOPNOTSUPP (shared huge-page tables); -EINTR (a signal is pending); -EBUSY (somebody has
 * a lock); -EPERM (an entry breaks a rule of the shim); an error of @how->ready. On error
 * nothing has changed.
 */
int nacc_promote(struct mm_struct *mm, const struct nacc_promotion *how)
{
	struct build *b;
	int ret;

	ret = nacc_lock_mmap(mm, how->tries);
	if (ret)
		return ret;
	if (nacc_mm_marked(mm)) {
		mmap_write_unlock(mm);
		return -EEXIST;
	}
	b = build_alloc(how);
	ret = b ? promote_locked(mm, b, how->tries) : -ENOMEM;
	if (!ret)
		how->publish(b->root, how->arg);
	mmap_write_unlock(mm);
	if (!ret) {
		nacc_count(NACC_COUNT_PROMOTED_TABLES, b->nr);
		trace_nacc_promote(mm, b->root, b->nr);
		leave_to_keeper(b);
	} else if (b) {
		build_free(b);
	}
	return ret;
}

#ifdef NACC_KUNIT
#include "promote_test.c"
#endif
