// SPDX-License-Identifier: GPL-2.0
/*
 * How frames come back to the pool: what Linux has freed, or left behind as a
 * whole, is released to the shim, and free again after a fence.
 */
#include <linux/bitmap.h>
#include <linux/rcupdate.h>

#include "tables/internal.h"
#include "trace.h"

/*
 * Is it what it was? References do not tell: who goes through all pages may hold
 * one, and will free the page then. But the levels that the kernel does not mark
 * as tables have nothing else.
 */
static bool is_original(struct page *page, unsigned int level)
{
	if (nacc_level_accounted(level))
		return nacc_page_is_table(page);
	return !nacc_page_is_table(page) && page_count(page) == 1;
}

/* The original of an adopted table: nothing names it any more. */
static void free_original(const struct nacc_sbi_adoption *a)
{
	struct page *page = phys_to_page(a->original);

	trace_nacc_adopt(a->root, a->original, a->twin, a->level);
	if (nacc_page_is_shared(page, a->level) || !is_original(page, a->level)) {
		pr_warn_ratelimited("adopted page %#llx is not a page-table page any more: kept\n",
				    a->original & nacc_physical_mask());
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
	if (nacc_page_freed(nacc_frame_page(frame), level))
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
	nacc_page_unfit_freed(nacc_frame_page(frame), level);
}

static void note_if_unlinked(unsigned int frame, const struct nacc_sbi_frame *f)
{
	if (f->type == NACC_FRAME_TABLE && f->parent == NACC_FRAME_NONE)
		note_freed(frame, f->level);
}

static void unfit_if_freed(unsigned int frame, const struct nacc_sbi_frame *f)
{
	unfit_freed(frame, f->level);
}

/*
 * Unlinked tables are released once the kernel has freed them, many at a time.
 * Among them are those that Linux keeps for its huge pages, which may be more than
 * the list has room for, and the newest are its first: then all frames are gone
 * through.
 */
static void collect_unlinked(void)
{
	unsigned long nr;

	if (nacc_sbi_call(NACC_SBI_UNLINKED, __pa(nacc_pool.page), 0, 0, &nr))
		return;
	if (nr <= NACC_SBI_UNLINKED_MAX) {
		visit_list(note_freed);
		release_freed();
		visit_list(unfit_freed);
		return;
	}
	nacc_pool_visit(note_if_unlinked);
	release_freed();
	nacc_pool_visit(unfit_if_freed);
}

static void reclaim_range(unsigned int start, unsigned int count)
{
	unsigned long done;

	if (nacc_sbi_call(NACC_SBI_RECLAIM, start, count, 0, &done))
		return;
	if (done == count)
		bitmap_clear(nacc_pool.released, start, count);
	if (done)
		nacc_pool_arm_again(start, count, done);
	cond_resched();
}

/**
 * nacc_pool_reclaim() - fence, then make released frames free
 * @nr: released frames, as the shim counts them
 *
 * They are armed again as they are needed.
 *
 * Context: may sleep; waits for all harts.
 */
void nacc_pool_reclaim(u64 nr)
{
	unsigned int start, end, count;
	bool all;

	mutex_lock(&nacc_pool.lock);
	drain();
	nacc_sbi_call(NACC_SBI_FENCE, 0, 0, 0, NULL);
	/* A promotion that failed, or the shim, has released others: look at all. */
	all = bitmap_weight(nacc_pool.released, nacc_pool.nr) != nr;
	if (all)
		bitmap_fill(nacc_pool.released, nacc_pool.nr);
	for_each_set_bitrange(start, end, nacc_pool.released, nacc_pool.nr) {
		for (; start < end; start += count) {
			count = min_t(unsigned int, end - start,
				      NACC_SBI_RECLAIM_MAX);
			reclaim_range(start, count);
		}
	}
	/* If one is left there will be one more than is known here. */
	if (all)
		bitmap_zero(nacc_pool.released, nacc_pool.nr);
	nacc_pool_arm_rest();
	mutex_unlock(&nacc_pool.lock);
}

static void retire_failed(phys_addr_t root, int error, unsigned long reason)
{
	pr_warn_ratelimited("the firmware would not retire the tables of frame %u: error %d, %s\n",
			    nacc_frame_index(root), error, nacc_reason_name(reason));
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
	if (ret != -EFAULT) {
		set_bit(nacc_frame_index(root), nacc_pool.unbuilt);
		/* Pairs with retire_left(). */
		smp_store_release(&nacc_pool.again, true);
	}
}

static void unfit_released(unsigned int frame, unsigned int level)
{
	__set_bit(frame, nacc_pool.released);
	if (!__test_and_clear_bit(frame, nacc_pool.fitted))
		return;
	if (level == NACC_LEVEL_CONTEXTS)
		nacc_page_unfit(nacc_frame_page(frame));
	else
		nacc_page_unfit_left(nacc_frame_page(frame), level);
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

	/* Full barrier: a bit that comes later is found the next time. */
	if (!READ_ONCE(nacc_pool.again) || !xchg(&nacc_pool.again, false))
		return;
	for_each_set_bit(frame, nacc_pool.left, nacc_pool.nr)
		if (retire_unfit(frame))
			__clear_bit(frame, nacc_pool.left);
		else
			WRITE_ONCE(nacc_pool.again, true);
	for_each_set_bit(frame, nacc_pool.unbuilt, nacc_pool.nr) {
		clear_bit(frame, nacc_pool.unbuilt);
		nacc_pool_retire(nacc_frame_pa(frame));
	}
}

/**
 * nacc_pool_retire_unfit() - release an address space that Linux has left
 * @root: physical address of its root
 *
 * Nothing walks the tables any more: no CPU, no mm, no reader under RCU, no
 * pending free. Pages that the kernel's own teardown has freed already and
 * those it has not are put into the same state.
 *
 * On an error the keeper tries again.
 *
 * Context: may sleep.
 */
void nacc_pool_retire_unfit(phys_addr_t root)
{
	/* Tables freed through RCU drop their reference in the callback. */
	rcu_barrier();
	mutex_lock(&nacc_pool.lock);
	/* First the accounting moves over from the originals, then it ends. */
	drain();
	__set_bit(nacc_frame_index(root), nacc_pool.left);
	WRITE_ONCE(nacc_pool.again, true);
	retire_left();
	mutex_unlock(&nacc_pool.lock);
}

/**
 * nacc_pool_retire_now() - the same, and on an error it is for the caller to try again
 * @root: physical address of the root
 *
 * Context: may sleep.
 * Return: whether it is done: until then the root is bound to its mm.
 */
bool nacc_pool_retire_now(phys_addr_t root)
{
	bool done;

	rcu_barrier();
	mutex_lock(&nacc_pool.lock);
	drain();
	done = retire_unfit(nacc_frame_index(root));
	mutex_unlock(&nacc_pool.lock);
	return done;
}

/*
 * A dead address space that is being retired, and what its root linked; under
 * nacc_pool.lock. The firmware empties a root first of all, so if it has to be tried
 * again that is not read again.
 */
static struct mm_struct *dead;
static u64 dead_links[NACC_USER_ROOT_ENTRIES];
static phys_addr_t dead_root;

/* Was a table of the level below linked by the root? */
static bool root_linked(phys_addr_t table)
{
	unsigned int i;

	for (i = 0; i < NACC_USER_ROOT_ENTRIES; i++)
		if (nacc_pte_link(dead_links[i]) && nacc_pte_pa(dead_links[i]) == table)
			return true;
	return false;
}

/*
 * What the kernel has freed of it may still wait for a grace period: such a page has
 * one reference more for that long, and is not armed again before.
 */
static void unfit_dead(unsigned int frame, unsigned int level)
{
	struct page *page = nacc_frame_page(frame);
	bool freed;

	__set_bit(frame, nacc_pool.released);
	if (level == nacc_top_level() ||
	    !__test_and_clear_bit(frame, nacc_pool.fitted))
		return;
	if (level == NACC_LEVEL_CONTEXTS) {
		nacc_page_unfit(page);
		return;
	}
	if (nacc_level_accounted(level))
		freed = !nacc_page_is_table(page);
	else
		freed = !root_linked(nacc_frame_pa(frame));
	if (!freed && level == 0)
		mm_dec_nr_ptes(dead);
	else if (!freed && level == 1)
		mm_dec_nr_pmds(dead);
	else if (!freed && level == 2)
		mm_dec_nr_puds(dead);
	nacc_page_unfit_dead(page, level, freed);
}

/**
 * nacc_pool_retire_dead() - release an address space that is out of use
 * @mm: the mm, on which nobody runs and that nobody but the caller has; its VMAs and
 *	what they mapped are gone. Tables are there as far as the kernel has left them
 * @root: physical address of its root
 *
 * What the kernel counts for the tables is taken back. The root is left as it is until
 * the mm is freed: then nacc_pool_unfit_root().
 *
 * Context: may sleep.
 * Return: 0, or an error of the shim: to be tried again.
 */
int nacc_pool_retire_dead(struct mm_struct *mm, phys_addr_t root)
{
	unsigned long value;
	int ret;

	mutex_lock(&nacc_pool.lock);
	/* First the accounting moves over from the originals, then it ends. */
	drain();
	dead = mm;
	if (dead_root != root)
		memcpy(dead_links, __va(root), sizeof(dead_links));
	dead_root = root;
	do {
		ret = nacc_sbi_call(NACC_SBI_AS_RETIRE, root,
				    __pa(nacc_pool.page), 0, &value);
		if (!ret)
			visit_list(unfit_dead);
	} while (!ret && value != NACC_SBI_RETIRE_DONE);
	dead = NULL;
	if (!ret || ret == -EFAULT)
		dead_root = 0;
	mutex_unlock(&nacc_pool.lock);
	/* It is no root any more. */
	if (ret == -EFAULT)
		return 0;
	if (ret)
		retire_failed(root, ret, value);
	return ret;
}

/**
 * nacc_pool_unfit_root() - the mm of a released root has been freed
 * @root: physical address of the root
 *
 * Context: may sleep.
 */
void nacc_pool_unfit_root(phys_addr_t root)
{
	unsigned int frame = nacc_frame_index(root);

	mutex_lock(&nacc_pool.lock);
	if (__test_and_clear_bit(frame, nacc_pool.fitted))
		nacc_page_unfit_dead(nacc_frame_page(frame), nacc_top_level(),
				     true);
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
	nacc_pool_arm_rest();
	mutex_unlock(&nacc_pool.lock);
}
