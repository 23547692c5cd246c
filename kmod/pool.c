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

#include "nacc.h"
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

typedef void (*frame_fn)(unsigned int frame, const struct nacc_sbi_frame *f,
			 void *arg);

/* Call fn for each frame as the shim describes it. */
static void visit_frames(frame_fn fn, void *arg)
{
	const struct nacc_sbi_frame *f = nacc_pool.page;
	unsigned int start, i, n;

	for (start = 0; start < nacc_pool.nr; start += n) {
		n = read_frames(start);
		if (WARN_ON_ONCE(!n))
			return;
		for (i = 0; i < n; i++)
			fn(start + i, &f[i], arg);
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
	for (i = 0; i < nacc_pool.nr; i++) {
		if (pfn_valid(PHYS_PFN(nacc_frame_pa(i))) &&
		    PageReserved(frame_page(i)))
			continue;
		pr_err("the pool at %pa is not reserved memory of this kernel: the device tree of the firmware did not reach it\n",
		       &nacc_pool.region_base);
		return -ENODEV;
	}
	nacc_pool.fitted = bitmap_zalloc(nacc_pool.nr, GFP_KERNEL);
	nacc_pool.page = (void *)get_zeroed_page(GFP_KERNEL);
	if (nacc_pool.fitted && nacc_pool.page)
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
		ret = fit_range(start, count);
		if (!ret)
			ret = nacc_sbi_call(NACC_SBI_ARM, start, count, 0,
					    NULL);
		cond_resched();
	}
	mutex_unlock(&nacc_pool.lock);
	return ret;
}

static void unfit_if_free(unsigned int frame, const struct nacc_sbi_frame *f,
			  void *arg)
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
	visit_frames(unfit_if_free, NULL);
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

/* An unlinked table that the kernel has freed, or NULL. */
static void release_if_freed(unsigned int frame,
			     const struct nacc_sbi_frame *f, void *arg)
{
	struct page *page = frame_page(frame);

	if (f->type != NACC_FRAME_TABLE || f->parent != NACC_FRAME_NONE ||
	    page_count(page) != 1 || nacc_page_is_shared(page, f->level))
		return;
	if (nacc_sbi_call(NACC_SBI_TABLE_RELEASE, nacc_frame_pa(frame), 0, 0,
			  NULL))
		return;
	__clear_bit(frame, nacc_pool.fitted);
	nacc_page_unfit(page, f->level, false);
}

/**
 * nacc_pool_collect() - free originals, release tables the kernel has freed
 *
 * Context: may sleep.
 */
void nacc_pool_collect(void)
{
	const u64 *stats = nacc_pool.page;
	u64 unlinked;

	mutex_lock(&nacc_pool.lock);
	drain();
	unlinked = 0;
	if (!nacc_sbi_call(NACC_SBI_STATS, __pa(nacc_pool.page), 0, 0, NULL))
		unlinked = stats[NACC_STAT_UNLINKED];
	if (unlinked)
		visit_frames(release_if_freed, NULL);
	mutex_unlock(&nacc_pool.lock);
}

/**
 * nacc_pool_reclaim() - fence, then make released frames free
 *
 * Context: may sleep; waits for all harts.
 */
void nacc_pool_reclaim(void)
{
	unsigned int start, count;

	mutex_lock(&nacc_pool.lock);
	drain();
	nacc_sbi_call(NACC_SBI_FENCE, 0, 0, 0, NULL);
	for (start = 0; start < nacc_pool.nr; start += count) {
		count = min_t(unsigned int, nacc_pool.nr - start,
			      NACC_SBI_RECLAIM_MAX);
		nacc_sbi_call(NACC_SBI_RECLAIM, start, count, 0, NULL);
		cond_resched();
	}
	mutex_unlock(&nacc_pool.lock);
}

/**
 * nacc_pool_stats() - read the shim's counters
 * @stats: enum nacc_stat, then the refusals by enum nacc_reason
 *
 * Context: may sleep. All zero if the shim does not answer.
 */
void nacc_pool_stats(u64 stats[NACC_STAT_MAX + NACC_REASON_MAX])
{
	const size_t size = (NACC_STAT_MAX + NACC_REASON_MAX) * sizeof(u64);

	mutex_lock(&nacc_pool.lock);
	if (nacc_sbi_call(NACC_SBI_STATS, __pa(nacc_pool.page), 0, 0, NULL))
		memset(stats, 0, size);
	else
		memcpy(stats, nacc_pool.page, size);
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

	nacc_pool_stats(stats);
	return stats[NACC_STAT_FRAMES_FREE] == nacc_pool.nr &&
	       bitmap_empty(nacc_pool.fitted, nacc_pool.nr);
}

/**
 * nacc_pool_retire() - let the shim release all frames of an address space
 * @root: physical address of its root; no CPU runs on it
 *
 * The frames stay fitted, ready to be armed again when they are reclaimed.
 *
 * Context: any that may take time; takes no lock.
 */
void nacc_pool_retire(phys_addr_t root)
{
	unsigned long next = 0;

	do {
		if (nacc_sbi_call(NACC_SBI_AS_RETIRE, root, next, 0, &next)) {
			pr_warn("the firmware would not retire the tables of %pa: %s\n",
				&root, nacc_reason_name(next));
			return;
		}
	} while (next != NACC_SBI_RETIRE_DONE);
}

static void unfit_owned(unsigned int frame, const struct nacc_sbi_frame *f,
			void *arg)
{
	const unsigned long *roots = arg;

	if ((f->type != NACC_FRAME_ROOT && f->type != NACC_FRAME_TABLE) ||
	    f->owner >= nacc_pool.nr || !test_bit(f->owner, roots))
		return;
	if (__test_and_clear_bit(frame, nacc_pool.fitted))
		nacc_page_unfit(frame_page(frame), f->level,
				nacc_level_accounted(f->level));
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
	unsigned int frame;

	/* Tables freed through RCU drop their reference in the callback. */
	rcu_barrier();
	mutex_lock(&nacc_pool.lock);
	/* First the accounting moves over from the originals, then it ends. */
	drain();
	visit_frames(unfit_owned, (void *)roots);
	for_each_set_bit(frame, roots, nacc_pool.nr)
		nacc_pool_retire(nacc_frame_pa(frame));
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

static void seq_index(struct seq_file *m, u32 frame)
{
	if (frame == NACC_FRAME_NONE)
		seq_puts(m, " -");
	else
		seq_printf(m, " %u", frame);
}

/**
 * nacc_pool_seq() - print /proc/nacc/pool
 * @m: where to
 */
int nacc_pool_seq(struct seq_file *m)
{
	static const char * const names[NACC_FRAME_TYPE_MAX] = {
		"free", "armed", "root", "table", "released",
	};
	struct nacc_sbi_frame *all = nacc_pool_snapshot_alloc();
	unsigned int i;

	if (!all)
		return -ENOMEM;
	nacc_pool_snapshot(all);
	seq_puts(m, "frame pa type level live owner parent slot refs domain\n");
	for (i = 0; i < nacc_pool.nr; i++) {
		const struct nacc_sbi_frame *f = &all[i];

		if (f->type == NACC_FRAME_FREE || f->type == NACC_FRAME_ARMED ||
		    f->type >= NACC_FRAME_TYPE_MAX)
			continue;
		seq_printf(m, "%u %#llx %s %u %u", i, (u64)nacc_frame_pa(i),
			   names[f->type], f->level, f->live);
		seq_index(m, f->owner);
		seq_index(m, f->parent);
		seq_printf(m, " %u %d %u\n", f->slot,
			   page_count(frame_page(i)),
			   f->owner == NACC_FRAME_NONE ? 0 :
			   nacc_domain_of_root(nacc_frame_pa(f->owner)));
	}
	vfree(all);
	return 0;
}
