// SPDX-License-Identifier: GPL-2.0
/*
 * Deposits: page tables that Linux keeps ready for the split of its huge pages.
 *
 * A split cannot fail: it links the table that was deposited when the huge page was
 * mapped. So of a marked address space every deposit is a frame already, a table
 * that no entry links yet, and its link needs none.
 */
#include "tables/tables.h"
#include "trace.h"

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
/**
 * nacc_deposit_first() - a table deposited with a PMD page
 * @pmd: the PMD page
 *
 * Context: under its lock, or mm_take_all_locks().
 * Return: the table, or NULL.
 */
struct page *nacc_deposit_first(struct page *pmd)
{
	return page_ptdesc(pmd)->pmd_huge_pte;
}

/**
 * nacc_deposit_next() - the next table deposited with a PMD page
 * @pmd: the PMD page
 * @page: the one before
 *
 * Context: as nacc_deposit_first().
 * Return: the table, or NULL.
 */
struct page *nacc_deposit_next(struct page *pmd, struct page *page)
{
	struct page *next = list_next_entry(page, lru);

	return next == nacc_deposit_first(pmd) ? NULL : next;
}

/**
 * nacc_deposit_get() - take back a deposited table
 * @pmd: the PMD page
 *
 * As pgtable_trans_huge_withdraw() does.
 *
 * Context: as nacc_deposit_first().
 * Return: the table, or NULL.
 */
struct page *nacc_deposit_get(struct page *pmd)
{
	struct ptdesc *ptdesc = page_ptdesc(pmd);
	struct page *page = ptdesc->pmd_huge_pte;

	if (!page)
		return NULL;
	ptdesc->pmd_huge_pte = list_first_entry_or_null(&page->lru,
							struct page, lru);
	if (ptdesc->pmd_huge_pte)
		list_del(&page->lru);
	return page;
}

/**
 * nacc_deposit_put() - deposit a table
 * @pmd: the PMD page
 * @page: the table
 *
 * As pgtable_trans_huge_deposit() does.
 *
 * Context: as nacc_deposit_first().
 */
void nacc_deposit_put(struct page *pmd, struct page *page)
{
	struct ptdesc *ptdesc = page_ptdesc(pmd);

	if (!ptdesc->pmd_huge_pte)
		INIT_LIST_HEAD(&page->lru);
	else
		list_add(&page->lru, &ptdesc->pmd_huge_pte->lru);
	ptdesc->pmd_huge_pte = page;
}

/**
 * nacc_deposit_exchange() - a frame in the place of a table to be deposited
 * @mm: a marked address space
 * @page: an ordinary table that is to be deposited: empty, and used by nobody
 *
 * Context: any; under the lock of a PMD page. Linux itself frees tables there.
 * Return: the frame, with @page freed; @page itself if there is no frame.
 */
struct page *nacc_deposit_exchange(struct mm_struct *mm, struct page *page)
{
	phys_addr_t root = __pa(mm->pgd);
	unsigned long table;

	if (nacc_sbi_call(NACC_SBI_TABLE_NEW, root, 0, 0, &table))
		return page;
	trace_nacc_adopt(root, page_to_phys(page), table, 0);
	nacc_page_move_account(page, phys_to_page(table), 0);
	__free_page(page);
	nacc_count(NACC_COUNT_ORIGINALS, 1);
	return phys_to_page(table);
}
#else
struct page *nacc_deposit_first(struct page *pmd) { return NULL; }
struct page *nacc_deposit_next(struct page *pmd, struct page *page) { return NULL; }
struct page *nacc_deposit_get(struct page *pmd) { return NULL; }
void nacc_deposit_put(struct page *pmd, struct page *page) { }
struct page *nacc_deposit_exchange(struct mm_struct *mm, struct page *page) { return page; }
#endif

#ifdef NACC_KUNIT
#include "deposit_test.c"
#endif
