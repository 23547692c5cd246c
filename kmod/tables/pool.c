// SPDX-License-Identifier: GPL-2.0
/*
 * The pool: frames change between free, armed, in use and released.
 *
 * The shim owns the truth about frames; this floor owns their struct pages. The pool
 * holds NACC_PAGE_OURS references on each page; a fitted page has one more, which the
 * kernel's own free path drops. Which frames are armed, and when: arm.c.
 */
#include <linux/bitmap.h>
#include <linux/gfp.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "tables/internal.h"

struct nacc_pool nacc_pool = {
	.lock = __MUTEX_INITIALIZER(nacc_pool.lock),
};

/* Read descriptions of up to NACC_SBI_FRAMES_MAX frames into nacc_pool.page. */
static unsigned int read_frames(unsigned int start)
{
	unsigned long n;

	lockdep_assert_held(&nacc_pool.lock);
	if (nacc_sbi_call(NACC_SBI_FRAMES, start, NACC_SBI_FRAMES_MAX,
			  __pa(nacc_pool.page), &n))
		return 0;
	return n;
}

/**
 * nacc_pool_visit() - call a function for each frame, as the shim describes it
 * @fn: the function
 *
 * Context: under nacc_pool.lock; may sleep. Uses nacc_pool.page.
 */
void nacc_pool_visit(void (*fn)(unsigned int frame,
				const struct nacc_sbi_frame *f))
{
	const struct nacc_sbi_frame *f = nacc_pool.page;
	unsigned int start, i, n, tries;

	for (start = 0; start < nacc_pool.nr; start += n) {
		/* Half a visit is worse than none: not for one error. */
		for (tries = 0, n = 0; !n && tries < 3; tries++)
			n = read_frames(start);
		if (WARN_ON_ONCE(!n))
			return;
		for (i = 0; i < n; i++)
			fn(start + i, &f[i]);
		cond_resched();
	}
}

static void free_maps(void)
{
	bitmap_free(nacc_pool.fitted);
	bitmap_free(nacc_pool.released);
	bitmap_free(nacc_pool.unbuilt);
	bitmap_free(nacc_pool.left);
	bitmap_free(nacc_pool.freed);
	free_page((unsigned long)nacc_pool.page);
}

/* What the firmware says of its pool: an item that it does not know is zero. */
static bool makes_sense(void)
{
	phys_addr_t size = (phys_addr_t)nacc_pool.nr << PAGE_SHIFT;
	phys_addr_t into = nacc_pool.base - nacc_pool.region_base;

	return nacc_pool.nr && nacc_pool.region_base &&
	       nacc_pool.base > nacc_pool.region_base &&
	       into < nacc_pool.region_size &&
	       size <= nacc_pool.region_size - into;
}

/**
 * nacc_pool_init() - find the pool and its struct pages
 *
 * Context: module load, may sleep.
 * Return: 0, -ENODEV after one sentence, -ENOMEM.
 */
int __init nacc_pool_init(void)
{
	unsigned int i;

	nacc_pool.base = nacc_sbi_info(NACC_INFO_FRAME_BASE);
	nacc_pool.nr = nacc_sbi_info(NACC_INFO_NR_FRAMES);
	nacc_pool.vlenb = nacc_sbi_info(NACC_INFO_VECTOR);
	nacc_pool.region_base = nacc_sbi_info(NACC_INFO_REGION_BASE);
	nacc_pool.region_size = nacc_sbi_info(NACC_INFO_REGION_SIZE);
	if (!makes_sense()) {
		pr_err("the firmware does not say that it has a pool\n");
		return -ENODEV;
	}
	for (i = 0; i < nacc_pool.nr; i++) {
		if (pfn_valid(PHYS_PFN(nacc_frame_pa(i))) &&
		    PageReserved(nacc_frame_page(i)))
			continue;
		pr_err("the pool at %pa is not reserved memory of this kernel: the device tree of the firmware did not reach it\n",
		       &nacc_pool.region_base);
		return -ENODEV;
	}
	nacc_pool.fitted = bitmap_zalloc(nacc_pool.nr, GFP_KERNEL);
	nacc_pool.released = bitmap_zalloc(nacc_pool.nr, GFP_KERNEL);
	nacc_pool.unbuilt = bitmap_zalloc(nacc_pool.nr, GFP_KERNEL);
	nacc_pool.left = bitmap_zalloc(nacc_pool.nr, GFP_KERNEL);
	nacc_pool.freed = bitmap_zalloc(nacc_pool.nr, GFP_KERNEL);
	nacc_pool.page = (void *)get_zeroed_page(GFP_KERNEL);
	if (!nacc_pool.fitted || !nacc_pool.released || !nacc_pool.unbuilt ||
	    !nacc_pool.left || !nacc_pool.freed || !nacc_pool.page) {
		free_maps();
		return -ENOMEM;
	}
	for (i = 0; i < nacc_pool.nr; i++)
		get_page(nacc_frame_page(i));
	nacc_table_classes();
	return 0;
}

/**
 * nacc_pool_exit() - forget the pool; no frame is armed or in use
 */
void nacc_pool_exit(void)
{
	unsigned int i;

	for (i = 0; i < nacc_pool.nr; i++)
		put_page(nacc_frame_page(i));
	free_maps();
}

/**
 * nacc_pool_busy() - is there something that has to be tried again?
 *
 * Context: may sleep.
 */
bool nacc_pool_busy(void)
{
	bool busy;

	mutex_lock(&nacc_pool.lock);
	busy = (nacc_pool.armed == NACC_ARMED_ALL && nacc_pool.busy) ||
	       READ_ONCE(nacc_pool.again);
	mutex_unlock(&nacc_pool.lock);
	return busy;
}

/**
 * nacc_pool_idle() - is every frame free and every struct page as it was?
 *
 * Context: may sleep.
 */
bool nacc_pool_idle(void)
{
	u64 stats[NACC_STAT_MAX + NACC_REASON_MAX];

	nacc_sbi_stats(stats);
	return stats[NACC_STAT_FRAMES_FREE] == nacc_pool.nr &&
	       bitmap_empty(nacc_pool.fitted, nacc_pool.nr);
}

/**
 * nacc_pool_same() - has the firmware of now the pool that was found at load?
 */
bool nacc_pool_same(void)
{
	return nacc_sbi_info(NACC_INFO_REGION_BASE) == nacc_pool.region_base &&
	       nacc_sbi_info(NACC_INFO_REGION_SIZE) == nacc_pool.region_size &&
	       nacc_sbi_info(NACC_INFO_FRAME_BASE) == nacc_pool.base &&
	       nacc_sbi_info(NACC_INFO_NR_FRAMES) == nacc_pool.nr;
}

/**
 * nacc_pool_snapshot_alloc() - room for nacc_pool_snapshot()
 *
 * Context: may sleep.
 * Return: room for nacc_pool.nr descriptions, to be freed with vfree(), or NULL.
 */
struct nacc_sbi_frame *nacc_pool_snapshot_alloc(void)
{
	return vzalloc(array_size(nacc_pool.nr, sizeof(struct nacc_sbi_frame)));
}

/**
 * nacc_pool_snapshot() - describe all frames
 * @all: room from nacc_pool_snapshot_alloc()
 *
 * The descriptions of NACC_SBI_FRAMES_MAX frames fill a page, so the shim writes
 * them in place.
 *
 * Context: any; takes no lock.
 */
void nacc_pool_snapshot(struct nacc_sbi_frame *all)
{
	unsigned int start;

	static_assert(NACC_SBI_FRAMES_MAX * sizeof(*all) == PAGE_SIZE);
	for (start = 0; start < nacc_pool.nr; start += NACC_SBI_FRAMES_MAX)
		nacc_sbi_call(NACC_SBI_FRAMES, start, NACC_SBI_FRAMES_MAX,
			      page_to_phys(vmalloc_to_page(&all[start])), NULL);
}

#ifdef NACC_KUNIT
#include "pool_test.c"
#endif
