// SPDX-License-Identifier: GPL-2.0
/*
 * Page-table pages as Linux sees them: what makes a struct page one, and what is
 * accounted for it.
 */
#include <linux/gfp.h>
#include <linux/memcontrol.h>
#include <asm/pgalloc.h>

#include "compat.h"
#include "tables/tables.h"

/**
 * nacc_top_level() - level of the root: 2 (Sv39), 3 (Sv48) or 4 (Sv57)
 */
unsigned int nacc_top_level(void)
{
	return pgtable_l5_enabled ? 4 : pgtable_l4_enabled ? 3 : 2;
}

static bool lock_alloc(struct ptdesc *ptdesc)
{
#if ALLOC_SPLIT_PTLOCKS
	if (!nacc_ksym.ptlock_alloc(ptdesc))
		return false;
#endif
	spin_lock_init(ptlock_ptr(ptdesc));
	return true;
}

/* Tables above the PMD pass a constructor that allocates no lock. */
static void lock_free(struct ptdesc *ptdesc)
{
#if ALLOC_SPLIT_PTLOCKS
	if (ptdesc->ptl)
		nacc_ksym.ptlock_free(ptdesc);
	ptdesc->ptl = NULL;
#endif
}

/* What pagetable_pmd_ctor() sets up beyond the lock. */
static void clear_fields(struct ptdesc *ptdesc)
{
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	ptdesc->pmd_huge_pte = NULL;
#endif
#ifdef CONFIG_HUGETLB_PMD_PAGE_TABLE_SHARING
	atomic_set(&ptdesc->pt_share_count, 0);
#endif
}

/**
 * nacc_page_is_table() - has the kernel marked this page as a page table?
 * @page: the page
 */
bool nacc_page_is_table(struct page *page)
{
	return folio_test_pgtable(page_folio(page));
}

/**
 * nacc_page_is_shared() - is this PMD page in the trees of several mms?
 * @page: a page-table page
 * @level: its level
 *
 * hugetlb shares them; the count is kept beside the page's reference count.
 */
bool nacc_page_is_shared(struct page *page, unsigned int level)
{
#ifdef CONFIG_HUGETLB_PMD_PAGE_TABLE_SHARING
	return level == 1 && ptdesc_pmd_pts_count(page_ptdesc(page)) > 0;
#else
	return false;
#endif
}

/**
 * nacc_page_fit() - make a frame's struct page fit to be a page-table page
 * @page: a frame that no table is in
 *
 * Does what pagetable_{pte,pmd}_ctor() do, except for NR_PAGETABLE, which moves
 * over from the original when the frame is adopted: an armed frame is no page
 * table yet. Takes the reference that the kernel's free path will drop.
 *
 * Whoever goes through all pages (compaction, memory failure) may hold a frame for
 * a moment. Then it is not taken, so that a fit page has exactly one reference
 * beyond those of the pool.
 *
 * Context: may sleep.
 * Return: 0, -EBUSY or -ENOMEM.
 */
int nacc_page_fit(struct page *page)
{
	struct ptdesc *ptdesc = page_ptdesc(page);

	if (!page_ref_freeze(page, NACC_PAGE_OURS))
		return -EBUSY;
	clear_fields(ptdesc);
	if (!lock_alloc(ptdesc)) {
		page_ref_unfreeze(page, NACC_PAGE_OURS);
		return -ENOMEM;
	}
	__folio_set_pgtable(page_folio(page));
	page_ref_unfreeze(page, NACC_PAGE_OURS + 1);
	return 0;
}

/* Copes with a page on which the kernel's own destructor has run. */
static void strip(struct page *page, unsigned int level, bool accounted)
{
	struct folio *folio = page_folio(page);

	/* It has freed the lock then, if it does that at this level. */
	if (folio_test_pgtable(folio) || !nacc_dtor_frees_lock(level))
		lock_free(page_ptdesc(page));
	if (folio_test_pgtable(folio)) {
		__folio_clear_pgtable(folio);
		if (accounted)
			lruvec_stat_sub_folio(folio, NR_PAGETABLE);
	}
	clear_fields(page_ptdesc(page));
}

/**
 * nacc_page_unfit() - take back what nacc_page_fit() did
 * @page: a frame that has not been a table since
 */
void nacc_page_unfit(struct page *page)
{
	strip(page, 0, false);
	put_page(page);
}

/**
 * nacc_page_freed() - has the kernel freed this table?
 * @page: a frame that is a table and that no entry links
 * @level: its level
 *
 * Its destructor has run, where the level has one, and its reference has been
 * dropped, RCU included. A reference that someone holds for a moment makes this
 * false for as long.
 */
bool nacc_page_freed(struct page *page, unsigned int level)
{
	return page_count(page) == NACC_PAGE_OURS &&
	       !nacc_page_is_shared(page, level) &&
	       !(nacc_level_accounted(level) && nacc_page_is_table(page));
}

/**
 * nacc_page_unfit_freed() - the same for a table that the kernel has freed
 * @page: a frame, nacc_page_freed() since it was unlinked
 * @level: its level
 */
void nacc_page_unfit_freed(struct page *page, unsigned int level)
{
	strip(page, level, false);
}

/**
 * nacc_page_unfit_left() - the same for a table of a tree that Linux has left
 * @page: a frame that no CPU walks any more, and on which no free is pending
 * @level: its level
 *
 * The kernel has freed it or it has not. Its destructor leaves a trace of that,
 * the number of references does not: someone may hold one for a moment. Levels
 * without a destructor have nothing else; if that goes wrong the pool keeps a
 * reference too few, and nacc_page_fit() never takes the frame again.
 */
void nacc_page_unfit_left(struct page *page, unsigned int level)
{
	bool accounted = nacc_level_accounted(level), freed;

	if (accounted)
		freed = !nacc_page_is_table(page);
	else
		freed = page_count(page) <= NACC_PAGE_OURS;
	strip(page, level, accounted);
	if (!freed)
		put_page(page);
}

/**
 * nacc_page_unfit_dead() - the same where it is known what the kernel has done
 * @page: a frame that no CPU walks any more
 * @level: its level
 * @freed: the kernel has freed it, or will when a grace period is over
 */
void nacc_page_unfit_dead(struct page *page, unsigned int level, bool freed)
{
	strip(page, level, nacc_level_accounted(level));
	if (!freed)
		put_page(page);
}

/**
 * nacc_page_move_account() - let a twin be counted instead of its original
 * @from: the page that is no page table any more
 * @to: the frame that took its place
 * @level: their level
 *
 * A level that has no constructor is not counted.
 */
void nacc_page_move_account(struct page *from, struct page *to,
			    unsigned int level)
{
	struct folio *folio = page_folio(from);

	if (!folio_test_pgtable(folio))
		return;
	if (level < 2)
		lock_free(page_ptdesc(from));
	__folio_clear_pgtable(folio);
	lruvec_stat_sub_folio(folio, NR_PAGETABLE);
	lruvec_stat_add_folio(page_folio(to), NR_PAGETABLE);
}

/**
 * nacc_level_accounted() - does NR_PAGETABLE count tables of this level?
 * @level: level of the table
 *
 * Those that pass a constructor in the kernel.
 */
bool nacc_level_accounted(unsigned int level)
{
	return nacc_level_counted(level, nacc_top_level());
}

#ifdef CONFIG_DEBUG_LOCK_ALLOC
/* The class of a lock of page tables that the kernel has made */
static struct lock_class_key *kernel_key;
static const char *kernel_name;

/**
 * nacc_table_classes() - of which class of locks those of the kernel's page tables are
 *
 * Context: module load, of a process.
 */
void __init nacc_table_classes(void)
{
	const struct mm_struct *mm = current->mm;

	if (!mm)
		return;
	kernel_key = mm->page_table_lock.dep_map.key;
	kernel_name = mm->page_table_lock.dep_map.name;
}

/* Such a table outlives the module, and lockdep forgets classes of a module that goes. */
static void set_class(struct ptdesc *ptdesc)
{
	if (kernel_key)
		lockdep_set_class_and_name(ptlock_ptr(ptdesc), kernel_key, kernel_name);
}
#else
static void set_class(struct ptdesc *ptdesc)
{
}
#endif

static bool lock_init(struct ptdesc *ptdesc)
{
	if (!lock_alloc(ptdesc))
		return false;
	set_class(ptdesc);
	return true;
}

/**
 * nacc_table_init() - make a page a page-table page, as the kernel would
 * @page: an ordinary page
 * @level: its level
 *
 * Context: as alloc_page(GFP_KERNEL) where locks are allocated, else any.
 * Return: 0 or -ENOMEM.
 */
int nacc_table_init(struct page *page, unsigned int level)
{
	if (!nacc_level_accounted(level))
		return 0;
	clear_fields(page_ptdesc(page));
	if (level < 2 && !lock_init(page_ptdesc(page)))
		return -ENOMEM;
	__folio_set_pgtable(page_folio(page));
	lruvec_stat_add_folio(page_folio(page), NR_PAGETABLE);
	return 0;
}

/**
 * nacc_table_alloc() - an ordinary page-table page, as the kernel would have it
 * @level: its level
 * @gfp: how to allocate it; with __GFP_ACCOUNT charged to the active memory
 *	cgroup, the root only where the kernel does that
 *
 * Context: as @gfp.
 * Return: the page or NULL.
 */
struct page *nacc_table_alloc(unsigned int level, gfp_t gfp)
{
	struct page *page;

	if (level == nacc_top_level() && !nacc_root_charged())
		gfp &= ~__GFP_ACCOUNT;
	page = alloc_page(gfp);
	if (page && nacc_table_init(page, level)) {
		__free_page(page);
		return NULL;
	}
	return page;
}

/**
 * nacc_table_free() - free an ordinary page-table page
 * @page: the page; no table links it and no CPU walks it
 * @level: its level
 */
void nacc_table_free(struct page *page, unsigned int level)
{
	struct folio *folio = page_folio(page);

	if (folio_test_pgtable(folio)) {
		if (level < 2)
			lock_free(page_ptdesc(page));
		__folio_clear_pgtable(folio);
		lruvec_stat_sub_folio(folio, NR_PAGETABLE);
	}
	__free_page(page);
}
