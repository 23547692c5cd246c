// SPDX-License-Identifier: GPL-2.0
/*
 * The pool in the kernel's linear map.
 *
 * The device tree gives the kernel the pool without a mapping ("no-map"), so that it
 * keeps its hands off what it cannot write: a hibernation image, say, holds every
 * page that is mapped, and resume stores it back. Page tables, though, are reached
 * through the linear map, so the pool is put there while the module needs it.
 */
#include <linux/pgtable.h>
#include <linux/smp.h>
#include <asm/tlbflush.h>

#include "tables/tables.h"

static bool ours;	/* we have mapped it */

static unsigned long pool_va(void)
{
	return (unsigned long)__va(nacc_pool.region_base);
}

/* A translation that was not there may be remembered as such. */
static void flush_here(void *unused)
{
	local_flush_tlb_all();
}

/*
 * Every mm has a copy of the kernel's half of the root, so what is there must be there
 * already: what is added below it is seen by all.
 */
static bool root_has_room(void)
{
	return !pgd_none(*pgd_offset_pgd(nacc_ksym.init_mm->pgd, pool_va())) &&
	       !pgd_none(*pgd_offset_pgd(nacc_ksym.init_mm->pgd,
					 pool_va() + nacc_pool.region_size - 1));
}

/**
 * nacc_linear_foreign() - is the pool mapped, and not by us?
 *
 * Then the kernel counts it as memory that it may save and write.
 */
bool nacc_linear_foreign(void)
{
	return !ours &&
	       nacc_ksym.kernel_page_present(phys_to_page(nacc_pool.region_base));
}

/**
 * nacc_linear_map() - map the pool, unless it is
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM, or -EOPNOTSUPP after one sentence.
 */
int nacc_linear_map(void)
{
	unsigned long va = pool_va();
	int ret;

	if (ours || nacc_linear_foreign())
		return 0;
	if (IS_ENABLED(CONFIG_KASAN)) {
		pr_err("this kernel has KASAN and no shadow for the pool: it is not supported\n");
		return -EOPNOTSUPP;
	}
	if (!root_has_room()) {
		pr_err("this kernel has no place for the pool in its linear map: use a smaller one (nacc_pool=)\n");
		return -EOPNOTSUPP;
	}
	ret = nacc_ksym.vmap_page_range(va, va + nacc_pool.region_size,
					nacc_pool.region_base, PAGE_KERNEL);
	ours = true;
	if (ret)
		nacc_linear_unmap();
	else
		on_each_cpu(flush_here, NULL, 1);
	return ret;
}

/**
 * nacc_linear_unmap() - take back what nacc_linear_map() did
 *
 * Page tables that it made stay, so mapping it again needs no memory.
 *
 * Context: may sleep; no frame is in use, and nobody looks at one.
 */
void nacc_linear_unmap(void)
{
	unsigned long va = pool_va();

	if (!ours)
		return;
	nacc_ksym.vunmap_range(va, va + nacc_pool.region_size);
	ours = false;
}
