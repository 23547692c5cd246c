// SPDX-License-Identifier: GPL-2.0
/*
 * The pool: frames change between free, armed, in use and released.
 *
 * The shim owns the truth about frames; this file owns their struct pages. While
 * something is marked every free frame is kept armed, so that a page-table
 * store of the kernel finds one whatever context it runs in. The pool holds
 * NACC_PAGE_OURS references on each page; a fitted page has one more, which the
 * kernel's own free path drops.
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

static int fit_range(unsigned int start, unsigned int count)
{
	unsigned int i;

	for (i = start; i < start + count; i++) {
		int ret;

		if (test_bit(i, nacc_pool.fitted))
			continue;
		ret = nacc_page_fit(nacc_frame_page(i));
		if (!ret)
			__set_bit(i, nacc_pool.fitted);
		else if (ret == -EBUSY)
			nacc_pool.busy = true;
		else
			return ret;
	}
	return 0;
}

/**
 * nacc_pool_arm_range() - arm the free frames of a range
 * @start: its first frame
 * @count: how many it has
 *
 * Those that someone holds just now are left out, to be tried again.
 *
 * Context: under nacc_pool.lock; may sleep.
 * Return: 0, -ENOMEM, or an error of the shim.
 */
int nacc_pool_arm_range(unsigned int start, unsigned int count)
{
	unsigned int end = start + count;
	int ret = fit_range(start, count);

	while (!ret && start < end) {
		start = find_next_bit(nacc_pool.fitted, end, start);
		count = find_next_zero_bit(nacc_pool.fitted, end, start) - start;
		if (count)
			ret = nacc_sbi_call(NACC_SBI_ARM, start, count, 0, NULL);
		start += count;
	}
	return ret;
}

static int arm_all(void)
{
	unsigned int start, count;
	int ret = 0;

	nacc_pool.busy = false;
	for (start = 0; start < nacc_pool.nr && !ret; start += count) {
		count = min_t(unsigned int, nacc_pool.nr - start,
			      NACC_SBI_ARM_MAX);
		ret = nacc_pool_arm_range(start, count);
		cond_resched();
	}
	return ret;
}

/**
 * nacc_pool_arm() - make every free frame ready for adoption, now and later
 *
 * A frame that is released but not yet reclaimed is fitted early; it is armed
 * when it is free.
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int nacc_pool_arm(void)
{
	int ret;

	mutex_lock(&nacc_pool.lock);
	nacc_pool.armed = true;
	ret = arm_all();
	mutex_unlock(&nacc_pool.lock);
	return ret;
}

/**
 * nacc_pool_arm_busy() - arm what could not be armed before
 *
 * Context: under nacc_pool.lock; may sleep.
 */
void nacc_pool_arm_busy(void)
{
	if (nacc_pool.armed && nacc_pool.busy)
		arm_all();
}

static void unfit_if_free(unsigned int frame, const struct nacc_sbi_frame *f)
{
	if (f->type == NACC_FRAME_FREE &&
	    __test_and_clear_bit(frame, nacc_pool.fitted))
		nacc_page_unfit(nacc_frame_page(frame));
}

/**
 * nacc_pool_disarm() - take back every armed frame
 *
 * Context: may sleep.
 */
void nacc_pool_disarm(void)
{
	unsigned int start, count;

	mutex_lock(&nacc_pool.lock);
	nacc_pool.armed = false;
	for (start = 0; start < nacc_pool.nr; start += count) {
		count = min_t(unsigned int, nacc_pool.nr - start,
			      NACC_SBI_ARM_MAX);
		nacc_sbi_call(NACC_SBI_DISARM, start, count, 0, NULL);
	}
	nacc_pool_visit(unfit_if_free);
	mutex_unlock(&nacc_pool.lock);
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
	busy = (nacc_pool.armed && nacc_pool.busy) ||
	       !bitmap_empty(nacc_pool.left, nacc_pool.nr) ||
	       !bitmap_empty(nacc_pool.unbuilt, nacc_pool.nr);
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
