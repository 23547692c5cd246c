// SPDX-License-Identifier: GPL-2.0
/* Tables from the pool: linked by a call, with nothing to copy, check or give back. */
#include <linux/memcontrol.h>

#include "tables/tables.h"

/* What the kernel's own code counts for a table */
static void count_table(struct mm_struct *mm, phys_addr_t table, unsigned int level)
{
	if (nacc_level_accounted(level))
		lruvec_stat_add_folio(page_folio(phys_to_page(table)),
				      NR_PAGETABLE);
	if (level == 0)
		mm_inc_nr_ptes(mm);
	else if (level == 1)
		mm_inc_nr_pmds(mm);
	else if (level == 2)
		mm_inc_nr_puds(mm);
}

/**
 * nacc_table_link() - an empty table in an entry of a protected table
 * @mm: the marked address space, for its counts
 * @entry: the entry, of a table of the next higher level
 * @level: level of the new table
 *
 * What the kernel's own code counts for a table is counted.
 *
 * Context: any; under the lock of the table that @entry is in.
 * Return: 0, also if the entry is not empty; -ENOMEM without an armed frame, or an
 * error of the shim: nothing has changed then.
 */
int nacc_table_link(struct mm_struct *mm, void *entry, unsigned int level)
{
	const phys_addr_t pa = __pa(entry);
	unsigned long table;
	int ret;

	if (READ_ONCE(*(u64 *)entry))
		return 0;
	ret = nacc_sbi_call(NACC_SBI_TABLE_LINK, pa & PAGE_MASK,
			    (pa & ~PAGE_MASK) / sizeof(u64), 0, &table);
	if (ret)
		return ret == -EEXIST ? 0 : ret;
	count_table(mm, table, level);
	return 0;
}

/**
 * nacc_page_put() - the page of the firmware's stands in its place in a marked address space
 * @mm: the mm, its mmap lock held
 * @pmd: the entry for NACC_PAGE_VA
 * @root: physical address of its root
 * @page: that of the page
 *
 * Room for its table is the caller's affair. Its entry is none that Linux counts.
 *
 * Context: any.
 * Return: 0, also if it stands there; -ENOMEM without an armed frame; an error of the shim.
 */
int nacc_page_put(struct mm_struct *mm, pmd_t *pmd, phys_addr_t root, phys_addr_t page)
{
	spinlock_t *ptl = pmd_lock(mm, pmd);
	const bool is_new = pmd_none(*pmd);
	unsigned long table;
	int ret;

	ret = nacc_sbi_call(NACC_SBI_AS_PAGE, root, page, _PAGE_SPECIAL, &table);
	if (!ret && is_new)
		count_table(mm, table, 0);
	spin_unlock(ptl);
	return ret;
}

#ifdef NACC_KUNIT
#include "link_test.c"
#endif
