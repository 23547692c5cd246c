// SPDX-License-Identifier: GPL-2.0
/* Tables that nothing is mapped by any more: unlinked by one call for each above them. */
#include <linux/local_lock.h>
#include <linux/percpu.h>
#include <asm/pgalloc.h>
#include <asm/tlb.h>

#include "compat.h"
#include "tables/tables.h"

/**
 * struct unlinked - where the shim says what it has unlinked
 * @lock: on the CPU that has it. What is freed under it may sleep on PREEMPT_RT
 * @list: one page
 */
struct unlinked {
	local_lock_t lock;
	u32 *list;
};

static DEFINE_PER_CPU(struct unlinked, unlinked) = {
	.lock = INIT_LOCAL_LOCK(lock),
};

/*
 * As __pte_free_tlb() and the like: what is counted ends now or with the page, which goes by
 * RCU.
 */
static void free_table(struct mm_struct *mm, struct mmu_gather *tlb,
		       struct page *page, unsigned int level)
{
	struct ptdesc *ptdesc = page_ptdesc(page);

	nacc_table_dtor(ptdesc, level, tlb);
	if (level == 0)
		mm_dec_nr_ptes(mm);
	else if (level == 1)
		mm_dec_nr_pmds(mm);
	else if (level == 2)
		mm_dec_nr_puds(mm);
	if (tlb)
		nacc_ksym.tlb_remove_table(tlb, page);
	else
		put_page(page);
}

static void flush_later(struct mmu_gather *tlb, unsigned int level,
			unsigned long addr, unsigned long size)
{
	if (level == 1)
		tlb_flush_pmd_range(tlb, addr, size);
	else if (level == 2)
		tlb_flush_pud_range(tlb, addr, size);
	else
		tlb_flush_p4d_range(tlb, addr, size);
	tlb->freed_tables = 1;
}

/**
 * nacc_table_unlink() - free the empty tables below some entries of a table
 * @mm: the address space
 * @tlb: the caller's gather, which frees them; NULL: nobody walks them any more
 * @table: the table above them, of a marked address space
 * @level: its level, 1 or above
 * @addr: an address that the first of its entries maps
 * @first: number of the first entry
 * @nr: how many
 *
 * As free_pte_range() and the like, for all of them at once.
 *
 * Context: may sleep; nobody else uses what these entries map.
 * Return: how many were freed; -EBUSY if some entries are still there; or an error of
 * the shim.
 */
int nacc_table_unlink(struct mm_struct *mm, struct mmu_gather *tlb, u64 *table,
		      unsigned int level, unsigned long addr, unsigned int first,
		      unsigned int nr)
{
	unsigned long value;
	u32 i, nr_freed, *list;
	int ret;

	local_lock(&unlinked.lock);
	list = this_cpu_read(unlinked.list);
	ret = nacc_sbi_call(NACC_SBI_UNLINK, __pa(table), first | nr << 16,
			    __pa(list), &value);
	nr_freed = ret ? 0 : list[0];
	for (i = 1; i <= nr_freed; i++)
		free_table(mm, tlb, phys_to_page(nacc_frame_pa(list[i] &
			   (BIT(NACC_SBI_LEVEL_SHIFT) - 1))), level - 1);
	if (nr_freed && tlb)
		flush_later(tlb, level, addr,
			    (unsigned long)nr << (PAGE_SHIFT + 9 * level));
	local_unlock(&unlinked.lock);
	if (ret)
		return ret;
	return value >> 16 ? -EBUSY : nr_freed;
}

/**
 * nacc_unlink_exit() - undo nacc_unlink_init()
 */
void nacc_unlink_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		free_page((unsigned long)per_cpu(unlinked, cpu).list);
}

/**
 * nacc_unlink_init() - a page for each CPU
 *
 * Return: 0 or -ENOMEM.
 */
int __init nacc_unlink_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		per_cpu(unlinked, cpu).list = (u32 *)get_zeroed_page(GFP_KERNEL);
		if (!per_cpu(unlinked, cpu).list) {
			nacc_unlink_exit();
			return -ENOMEM;
		}
	}
	return 0;
}
