// SPDX-License-Identifier: GPL-2.0
/* Address spaces that begin in the pool: nothing is copied, nobody has to wait. */
#include <linux/gfp.h>

#include "tables/tables.h"

/**
 * nacc_born() - give an address space that nobody has seen a root from the pool
 * @mm: the mm, as mm_init() leaves it: no table below its root
 * @tag: what the firmware's records about it are to carry
 * @gate: physical address of the record by which it is gated, or 0. More than one frame is
 *	taken then: nacc_threads_frames()
 *
 * No CPU runs on it, no list has it: so the root is exchanged without a lock.
 *
 * Context: may sleep. Armed frames are there.
 * Return: 0 or an error of the shim. On error nothing has changed.
 */
int nacc_born(struct mm_struct *mm, u64 tag, phys_addr_t gate)
{
	struct page *old = virt_to_page(mm->pgd);
	unsigned long root;
	int ret;

	ret = nacc_sbi_call(NACC_SBI_AS_CREATE, tag, NACC_SBI_AS_LIVE, 0, &root);
	if (ret)
		return ret;
	if (gate)
		ret = nacc_sbi_call(NACC_SBI_AS_GATE, root, gate, 0, NULL);
	if (!ret)
		ret = nacc_bind(root, mm, NACC_BOUND);
	if (ret) {
		nacc_pool_retire(root);
		return ret;
	}
	WRITE_ONCE(mm->pgd, __va(root));
	/* Where a counter of Linux knows of roots. */
	nacc_page_move_account(old, phys_to_page(root), nacc_top_level());
	__free_page(old);
	return 0;
}
