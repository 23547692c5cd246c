// SPDX-License-Identifier: GPL-2.0
/*
 * Demotion: the page tables of a live address space go back to ordinary memory.
 *
 * The mirror of promotion, under the same locks: a tree of ordinary pages is
 * built from the frames, the root is switched on all CPUs, the A and D bits set
 * meanwhile are merged, and the shim releases the frames.
 */
#include <linux/memcontrol.h>
#include <linux/mmap_lock.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <asm/pgalloc.h>

#include "tables/tables.h"
#include "trace.h"

/**
 * struct move - a frame and the ordinary page that takes its place
 * @frame: the table in the pool
 * @page: the ordinary page
 */
struct move {
	u64 *frame;
	struct page *page;
};

/**
 * struct demotion - a demotion under way
 * @spare: by level: ordinary page-table pages, linked by page->lru
 * @need: by level: pages needed
 * @have: by level: pages in @spare
 * @moves: tables done
 * @nr: number of @moves
 * @max: room in @moves
 * @sw: the switch from the old root to the new
 */
struct demotion {
	struct list_head spare[NACC_MAX_LEVELS];
	unsigned int need[NACC_MAX_LEVELS];
	unsigned int have[NACC_MAX_LEVELS];
	struct move *moves;
	unsigned int nr;
	unsigned int max;
	struct nacc_switch sw;
};

static unsigned int count_deposits(struct page *pmd)
{
	struct page *page;
	unsigned int n = 0;

	for (page = nacc_deposit_first(pmd); page;
	     page = nacc_deposit_next(pmd, page))
		n += nacc_in_pool(page_to_phys(page));
	return n;
}

/* Deposits can be looked at under all locks only. */
static void count_tables(struct demotion *d, const u64 *table,
			 unsigned int level, bool locked)
{
	unsigned int i, nr = nacc_entries(level);

	d->need[level]++;
	if (!level)
		return;
	if (level == 1 && locked)
		d->need[0] += count_deposits(virt_to_page(table));
	for (i = nacc_next_entry(table, 0, nr); i < nr;
	     i = nacc_next_entry(table, i + 1, nr)) {
		u64 pte = READ_ONCE(table[i]);

		if (nacc_pte_link(pte))
			count_tables(d, __va(nacc_pte_pa(pte)), level - 1,
				     locked);
	}
}

static void count_all(struct demotion *d, struct mm_struct *mm, bool locked)
{
	memset(d->need, 0, sizeof(d->need));
	count_tables(d, (u64 *)mm->pgd, nacc_top_level(), locked);
}

static struct page *take_spare(struct demotion *d, unsigned int level)
{
	struct page *page = list_first_entry(&d->spare[level], struct page,
					     lru);

	list_del(&page->lru);
	d->have[level]--;
	/* lru shares its place with pmd_huge_pte. */
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	page_ptdesc(page)->pmd_huge_pte = NULL;
#endif
	return page;
}

/* Deposited tables that came to be frames must leave the pool as well. */
static void copy_deposits(struct demotion *d, struct page *from,
			  struct page *to)
{
	struct page *page;

	while ((page = nacc_deposit_get(from))) {
		if (nacc_in_pool(page_to_phys(page)))
			page = take_spare(d, 0);
		nacc_deposit_put(to, page);
	}
}

static struct page *copy_back(struct demotion *d, u64 *frame,
			      unsigned int level)
{
	struct page *page = take_spare(d, level);
	u64 *copy = page_address(page);
	unsigned int i, nr = level ? nacc_entries(level) : 0;

	/* It copies 8 bytes at a time, so an entry is old or new, never mixed. */
	memcpy(copy, frame, PAGE_SIZE);
	for (i = nacc_next_entry(copy, 0, nr); i < nr;
	     i = nacc_next_entry(copy, i + 1, nr)) {
		struct page *child;

		if (!nacc_pte_link(copy[i]))
			continue;
		child = copy_back(d, __va(nacc_pte_pa(copy[i])), level - 1);
		copy[i] = nacc_pte_relink(copy[i], page_to_phys(child));
	}
	if (level == 1)
		copy_deposits(d, virt_to_page(frame), page);
	d->moves[d->nr++] = (struct move){ frame, page };
	cond_resched();
	return page;
}

/* The walker may set bits in the new table at the same time: only ever or. */
static void merge_ad(const struct move *m)
{
	const u64 ad = _PAGE_ACCESSED | _PAGE_DIRTY;
	u64 *copy = page_address(m->page);
	unsigned int i;

	for (i = 0; i < PTRS_PER_PTE; i++) {
		u64 was = READ_ONCE(m->frame[i]);
		u64 now = READ_ONCE(copy[i]);

		if ((was & ~now & ad) && !((was ^ now) & ~ad) &&
		    nacc_pte_present(was) && !nacc_pte_link(was))
			atomic64_or(was & ad, (atomic64_t *)&copy[i]);
	}
}

static void spare_free(struct demotion *d)
{
	unsigned int level;

	for (level = 0; level <= nacc_top_level(); level++)
		while (d->have[level])
			nacc_table_free(take_spare(d, level), level);
	kvfree(d->moves);
}

/*
 * Who is charged. An exec that fails may have dropped the mm meanwhile: its owner can
 * be gone then (mm_update_next_owner() does not know it), but not before the end of a
 * grace period that begins afterwards. Of three references one would be missing.
 */
static struct mem_cgroup *memcg_of(struct mm_struct *mm)
{
	struct mem_cgroup *memcg = NULL;

	rcu_read_lock();
	if (atomic_read(&mm->mm_count) > 2)
		memcg = get_mem_cgroup_from_mm(mm);
	rcu_read_unlock();
	return memcg;
}

static int spare_fill(struct demotion *d, struct mm_struct *mm)
{
	struct mem_cgroup *memcg = memcg_of(mm);
	struct mem_cgroup *old = set_active_memcg(memcg);
	unsigned int level, total = 0;
	int ret = 0;

	for (level = 0; level <= nacc_top_level() && !ret; level++) {
		total += d->need[level];
		while (d->have[level] < d->need[level]) {
			struct page *page = nacc_table_alloc(level,
							     GFP_PGTABLE_USER);

			if (!page) {
				ret = -ENOMEM;
				break;
			}
			list_add(&page->lru, &d->spare[level]);
			d->have[level]++;
		}
	}
	set_active_memcg(old);
	mem_cgroup_put(memcg);
	if (ret)
		return ret;
	kvfree(d->moves);
	d->moves = kvmalloc_array(total, sizeof(*d->moves),
				  GFP_KERNEL);
	d->max = d->moves ? total : 0;
	return d->moves ? 0 : -ENOMEM;
}

static bool spare_suffices(const struct demotion *d)
{
	unsigned int level, total = 0;

	for (level = 0; level <= nacc_top_level(); level++) {
		if (d->need[level] > d->have[level])
			return false;
		total += d->need[level];
	}
	return total <= d->max;
}

/*
 * With all locks held nothing can change between the count and the copy.
 * Return: 1 if it is done, 0 if there are too few spare pages, or an error of the shim.
 */
static int copy_and_switch(struct mm_struct *mm, struct demotion *d)
{
	struct page *root;
	unsigned int i;
	int ret;

	count_all(d, mm, true);
	if (!spare_suffices(d))
		return 0;
	/* Retiring it ends the rest. Another's root is not this mm's to leave. */
	ret = nacc_bind(__pa(mm->pgd), mm, NACC_BOUND_LEAVING);
	if (ret)
		return ret;
	root = copy_back(d, (u64 *)mm->pgd, nacc_top_level());
	nacc_switch_root(mm, page_to_phys(root), &d->sw);
	for (i = 0; i < d->nr; i++) {
		merge_ad(&d->moves[i]);
		cond_resched();
	}
	return 1;
}

static int demote_locked(struct mm_struct *mm, struct demotion *d)
{
	int done, ret;

	/* A guess that is nearly always right: the locks are taken once. */
	rcu_read_lock();
	count_all(d, mm, false);
	rcu_read_unlock();
	ret = spare_fill(d, mm);
	if (ret)
		return ret;
	do {
		ret = nacc_lock_all(mm, false);
		if (ret)
			return ret;
		done = copy_and_switch(mm, d);
		nacc_unlock_all(mm);
		/*
		 * Reclaim, which the allocation may enter, needs those locks,
		 * and may split huge pages meanwhile, which adds tables.
		 */
		if (!done)
			ret = spare_fill(d, mm);
	} while (!done && !ret);
	return done < 0 ? done : ret;
}

static int demote_with(struct mm_struct *mm, struct demotion *d,
		       void (*leave)(struct mm_struct *mm, bool leaves))
{
	int ret;

	if (leave)
		leave(mm, true);
	ret = demote_locked(mm, d);
	if (ret && leave)
		leave(mm, false);
	return ret;
}

static void demotion_init(struct demotion *d)
{
	unsigned int level;

	for (level = 0; level < NACC_MAX_LEVELS; level++)
		INIT_LIST_HEAD(&d->spare[level]);
}

/**
 * nacc_demote() - move the page tables of an mm out of the pool
 * @mm: a marked address space; the caller holds mm_users
 * @root: physical address of its root
 * @leave: called with the mmap lock held and true before, and with false if it stays marked
 *	after all. May sleep. May be NULL
 *
 * Context: may sleep; takes the mmap lock for writing.
 * Return: 0; -ENOENT (not marked); -ENOMEM; -EINTR (a signal is pending); -EAGAIN (it
 * is that of a fork that has failed, and is about to end); -EUCLEAN (its pgd is another
 * root: somebody has forged it). On error nothing has changed.
 */
int nacc_demote(struct mm_struct *mm, phys_addr_t root,
		void (*leave)(struct mm_struct *mm, bool leaves))
{
	struct demotion d = { };
	int ret;

	demotion_init(&d);
	nacc_promote_finish();
	if (mmap_write_lock_killable(mm))
		return -EINTR;
	if (!nacc_in_pool(root))
		ret = -ENOENT;
	else if (__pa(READ_ONCE(mm->pgd)) != root)
		ret = -EUCLEAN;
	else
		ret = demote_with(mm, &d, leave);
	mmap_write_unlock(mm);
	spare_free(&d);
	if (ret)
		return ret;
	nacc_switch_settle(&d.sw);
	nacc_pool_retire_unfit(root);
	nacc_count(NACC_COUNT_DEMOTED_TABLES, d.nr);
	trace_nacc_demote(mm, root, d.nr);
	return 0;
}

#ifdef NACC_KUNIT
#include "demote_test.c"
#endif
