// SPDX-License-Identifier: GPL-2.0
/*
 * The pool: frames change between free, armed, in use and released.
 *
 * The shim owns the truth about frames; this file owns their struct pages. While
 * something is marked every free frame is kept armed, so that a page-table
 * store of the kernel finds one whatever context it runs in. The pool holds one
 * reference on each page for ever; a fitted page has one more, which the
 * kernel's own free path drops. So a page with a count of one is back.
 */
#include <linux/bitmap.h>
#include <linux/gfp.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "tables/tables.h"
#include "trace.h"

struct nacc_pool nacc_pool = {
	.lock = __MUTEX_INITIALIZER(nacc_pool.lock),
};

static struct page *frame_page(unsigned int frame)
{
	return phys_to_page(nacc_frame_pa(frame));
}

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

/* Call fn for each frame as the shim describes it. */
static void visit_frames(void (*fn)(unsigned int frame,
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
	if (!nacc_pool.nr) {
		pr_err("the firmware does not say that it has a pool\n");
		return -ENODEV;
	}
	for (i = 0; i < nacc_pool.nr; i++) {
		if (pfn_valid(PHYS_PFN(nacc_frame_pa(i))) &&
		    PageReserved(frame_page(i)))
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
	if (nacc_pool.fitted && nacc_pool.released && nacc_pool.unbuilt &&
	    nacc_pool.left && nacc_pool.freed && nacc_pool.page)
		return 0;
	nacc_pool_exit();
	return -ENOMEM;
}

/**
 * nacc_pool_exit() - forget the pool; no frame is armed or in use
 */
void nacc_pool_exit(void)
{
	bitmap_free(nacc_pool.fitted);
	bitmap_free(nacc_pool.released);
	bitmap_free(nacc_pool.unbuilt);
	bitmap_free(nacc_pool.left);
	bitmap_free(nacc_pool.freed);
	free_page((unsigned long)nacc_pool.page);
}

static int fit_range(unsigned int start, unsigned int count)
{
	unsigned int i;

	for (i = start; i < start + count; i++) {
		int ret;

		if (test_bit(i, nacc_pool.fitted))
			continue;
		ret = nacc_page_fit(frame_page(i));
		if (ret)
			return ret;
		__set_bit(i, nacc_pool.fitted);
	}
	return 0;
}

static int arm_range(unsigned int start, unsigned int count)
{
	int ret = fit_range(start, count);

	if (ret)
		return ret;
	return nacc_sbi_call(NACC_SBI_ARM, start, count, 0, NULL);
}

/**
 * nacc_pool_arm() - make every free frame ready for adoption
 *
 * A frame that is released but not yet reclaimed is fitted early; the shim arms
 * it at a later call, when it is free.
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int nacc_pool_arm(void)
{
	unsigned int start, count;
	int ret = 0;

	mutex_lock(&nacc_pool.lock);
	for (start = 0; start < nacc_pool.nr && !ret; start += count) {
		count = min_t(unsigned int, nacc_pool.nr - start,
			      NACC_SBI_ARM_MAX);
		ret = arm_range(start, count);
		cond_resched();
	}
	mutex_unlock(&nacc_pool.lock);
	return ret;
}

static void unfit_if_free(unsigned int frame, const struct nacc_sbi_frame *f)
{
	if (f->type == NACC_FRAME_FREE &&
	    __test_and_clear_bit(frame, nacc_pool.fitted))
		nacc_page_unfit(frame_page(frame), 0, false);
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
	for (start = 0; start < nacc_pool.nr; start += count) {
		count = min_t(unsigned int, nacc_pool.nr - start,
			      NACC_SBI_ARM_MAX);
		nacc_sbi_call(NACC_SBI_DISARM, start, count, 0, NULL);
	}
	visit_frames(unfit_if_free);
	mutex_unlock(&nacc_pool.lock);
}

/* The original of an adopted table: nothing names it any more. */
static void free_original(const struct nacc_sbi_adoption *a)
{
	struct page *page = phys_to_page(a->original);

	trace_nacc_adopt(a->root, a->original, a->twin, a->level);
	if (page_count(page) != 1 || nacc_page_is_shared(page, a->level) ||
	    nacc_page_is_table(page) != nacc_level_accounted(a->level)) {
		pr_warn_ratelimited("adopted page %#llx is not a page-table page any more: kept\n",
				    a->original);
		nacc_count(NACC_COUNT_LEAKED, 1);
		return;
	}
	nacc_page_move_account(page, phys_to_page(a->twin), a->level);
	__free_page(page);
	nacc_count(NACC_COUNT_ORIGINALS, 1);
}

static void drain(void)
{
	const struct nacc_sbi_adoption *a = nacc_pool.page;
	unsigned long i, n;

	lockdep_assert_held(&nacc_pool.lock);
	do {
		if (nacc_sbi_call(NACC_SBI_DRAIN, __pa(nacc_pool.page), 0, 0,
				  &n))
			return;
		for (i = 0; i < n; i++)
			free_original(&a[i]);
	} while (n == NACC_SBI_DRAIN_MAX);
}

/* Call fn for each frame of a list that the shim has written. */
static void visit_list(void (*fn)(unsigned int frame, unsigned int level))
{
	const u32 *list = nacc_pool.page;
	u32 i, nr = list[0];

	lockdep_assert_held(&nacc_pool.lock);
	for (i = 1; i <= nr; i++)
		fn(list[i] & (BIT(NACC_SBI_LEVEL_SHIFT) - 1),
		   list[i] >> NACC_SBI_LEVEL_SHIFT);
}

static void note_freed(unsigned int frame, unsigned int level)
{
	struct page *page = frame_page(frame);

	if (page_count(page) == 1 && !nacc_page_is_shared(page, level))
		__set_bit(frame, nacc_pool.freed);
}

static void release_freed(void)
{
	unsigned int frame, nr;

	for_each_set_bit(frame, nacc_pool.freed, nacc_pool.nr) {
		nr = min(BITS_PER_LONG, nacc_pool.nr - frame);
		if (nacc_sbi_call(NACC_SBI_TABLE_RELEASE, nacc_frame_pa(frame),
				  bitmap_read(nacc_pool.freed, frame, nr), 0,
				  NULL))
			bitmap_clear(nacc_pool.freed, frame, nr);
		frame += nr - 1;
	}
}

static void unfit_freed(unsigned int frame, unsigned int level)
{
	if (!__test_and_clear_bit(frame, nacc_pool.freed))
		return;
	__clear_bit(frame, nacc_pool.fitted);
	__set_bit(frame, nacc_pool.released);
	nacc_page_unfit(frame_page(frame), level, false);
}

/* Unlinked tables are released once the kernel has freed them, many at a time. */
static void collect_unlinked(void)
{
	if (nacc_sbi_call(NACC_SBI_UNLINKED, __pa(nacc_pool.page), 0, 0, NULL))
		return;
	visit_list(note_freed);
	release_freed();
	visit_list(unfit_freed);
}

static void reclaim_range(unsigned int start, unsigned int count, bool arm)
{
	unsigned long done;

	if (nacc_sbi_call(NACC_SBI_RECLAIM, start, count, 0, &done))
		return;
	if (done == count)
		bitmap_clear(nacc_pool.released, start, count);
	if (done && arm)
		arm_range(start, count);
	cond_resched();
}

/**
 * nacc_pool_reclaim() - fence, then make released frames free
 * @nr: released frames, as the shim counts them
 * @arm: arm them again
 *
 * Context: may sleep; waits for all harts.
 */
void nacc_pool_reclaim(u64 nr, bool arm)
{
	unsigned int start, end, count;

	mutex_lock(&nacc_pool.lock);
	drain();
	nacc_sbi_call(NACC_SBI_FENCE, 0, 0, 0, NULL);
	/* A promotion that failed, or the shim, has released others: look at all. */
	if (bitmap_weight(nacc_pool.released, nacc_pool.nr) != nr)
		bitmap_fill(nacc_pool.released, nacc_pool.nr);
	for_each_set_bitrange(start, end, nacc_pool.released, nacc_pool.nr) {
		for (; start < end; start += count) {
			count = min_t(unsigned int, end - start,
				      NACC_SBI_RECLAIM_MAX);
			reclaim_range(start, count, arm);
		}
	}
	mutex_unlock(&nacc_pool.lock);
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

static void retire_failed(phys_addr_t root, int error, unsigned long reason)
{
	pr_warn_ratelimited("the firmware would not retire the tables of %pa: error %d, %s\n",
			    &root, error, nacc_reason_name(reason));
}

/**
 * nacc_pool_retire() - let the shim release all frames of an address space
 * @root: physical address of its root, on which no CPU has run yet
 *
 * The frames stay fitted, ready to be armed again when they are reclaimed. On an
 * error the keeper tries again: what is not retired is lost to the pool.
 *
 * Context: any that may take time; takes no lock.
 */
void nacc_pool_retire(phys_addr_t root)
{
	unsigned long value;
	int ret;

	do {
		ret = nacc_sbi_call(NACC_SBI_AS_RETIRE, root, 0, 0, &value);
	} while (!ret && value != NACC_SBI_RETIRE_DONE);
	if (!ret)
		return;
	retire_failed(root, ret, value);
	/* Unless it is no root. */
	if (ret != -EFAULT)
		set_bit(nacc_frame_index(root), nacc_pool.unbuilt);
}

static void unfit_released(unsigned int frame, unsigned int level)
{
	__set_bit(frame, nacc_pool.released);
	if (__test_and_clear_bit(frame, nacc_pool.fitted))
		nacc_page_unfit(frame_page(frame), level,
				nacc_level_accounted(level));
}

/* Returns true if there is nothing left to retire. */
static bool retire_unfit(unsigned int frame)
{
	phys_addr_t root = nacc_frame_pa(frame);
	unsigned long value;
	int ret;

	do {
		ret = nacc_sbi_call(NACC_SBI_AS_RETIRE, root,
				    __pa(nacc_pool.page), 0, &value);
		if (ret)
			break;
		visit_list(unfit_released);
	} while (value != NACC_SBI_RETIRE_DONE);
	if (ret)
		retire_failed(root, ret, value);
	return !ret || ret == -EFAULT;
}

static void retire_left(void)
{
	unsigned int frame;

	for_each_set_bit(frame, nacc_pool.left, nacc_pool.nr)
		if (retire_unfit(frame))
			__clear_bit(frame, nacc_pool.left);
	for_each_set_bit(frame, nacc_pool.unbuilt, nacc_pool.nr) {
		clear_bit(frame, nacc_pool.unbuilt);
		nacc_pool_retire(nacc_frame_pa(frame));
	}
}

/**
 * nacc_pool_retire_unfit() - release address spaces that Linux has left
 * @roots: bitmap of frames: their roots
 *
 * Nothing walks the tables any more: no CPU, no mm, no reader under RCU, no
 * pending free. Pages that the kernel's own teardown has freed already and
 * those it has not are put into the same state.
 *
 * Context: may sleep.
 */
void nacc_pool_retire_unfit(const unsigned long *roots)
{
	/* Tables freed through RCU drop their reference in the callback. */
	rcu_barrier();
	mutex_lock(&nacc_pool.lock);
	/* First the accounting moves over from the originals, then it ends. */
	drain();
	bitmap_or(nacc_pool.left, nacc_pool.left, roots, nacc_pool.nr);
	retire_left();
	mutex_unlock(&nacc_pool.lock);
}

/**
 * nacc_pool_collect() - free originals, release what the kernel has freed
 *
 * Context: may sleep.
 */
void nacc_pool_collect(void)
{
	mutex_lock(&nacc_pool.lock);
	drain();
	collect_unlinked();
	retire_left();
	mutex_unlock(&nacc_pool.lock);
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
