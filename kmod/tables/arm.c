// SPDX-License-Identifier: GPL-2.0
/*
 * Arming: free frames that a page-table store of the kernel finds whatever context it
 * runs in.
 *
 * Whoever is about to link a table asks for room first (room.c), and more frames are
 * armed when too few are. So the first mark arms a few, and what is taken back at the
 * last exit is what was in use. Stores that did not ask live on a reserve; where the
 * kernel's functions that allocate tables cannot be hooked nobody asks, and then every
 * free frame is kept armed.
 */
#include <linux/bitmap.h>

#include "tables/internal.h"

/* Frames armed at once, at least: a call of the shim and a lock for all of them. */
#define BATCH		256

/* What the firmware has that is free and not armed. */
static void count_spare(void)
{
	u64 stats[NACC_STAT_MAX + NACC_REASON_MAX];

	lockdep_assert_held(&nacc_pool.lock);
	nacc_sbi_stats(stats);
	WRITE_ONCE(nacc_pool.spare, stats[NACC_STAT_FRAMES_FREE]);
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

/* Arm those of a range that are fit for it. Return: how many, or an error of the shim. */
static int arm_fitted(unsigned int start, unsigned int count)
{
	unsigned int end = start + count, done = 0;
	unsigned long armed;

	for (;;) {
		int ret;

		start = find_next_bit(nacc_pool.fitted, end, start);
		if (start >= end)
			return done;
		count = find_next_zero_bit(nacc_pool.fitted, end, start) - start;
		ret = nacc_sbi_call(NACC_SBI_ARM, start, count, 0, &armed);
		if (ret)
			return ret;
		done += armed;
		start += count;
	}
}

/*
 * Those that someone holds just now are left out, to be tried again.
 * Return: how many were armed; -ENOMEM, or an error of the shim.
 */
static int arm_range(unsigned int start, unsigned int count)
{
	unsigned int spare = READ_ONCE(nacc_pool.spare);
	int ret;

	WRITE_ONCE(nacc_pool.spare, spare - min(count, spare));
	/* They never count twice: pairs with is_room(). */
	smp_wmb();
	ret = fit_range(start, count);
	return ret ?: arm_fitted(start, count);
}

static int arm_all(void)
{
	unsigned int start, count;
	int ret = 0;

	nacc_pool.busy = false;
	for (start = 0; start < nacc_pool.nr && ret >= 0; start += count) {
		count = min_t(unsigned int, nacc_pool.nr - start,
			      NACC_SBI_ARM_MAX);
		ret = arm_range(start, count);
		cond_resched();
	}
	return min(ret, 0);
}

/*
 * The next frames that are not fit, up to @nr. Some may be released and not yet reclaimed:
 * they are fitted early, and armed when they are free.
 */
static int arm_next(unsigned int *start, unsigned int nr)
{
	unsigned int first = find_next_zero_bit(nacc_pool.fitted, nacc_pool.nr, *start);
	unsigned int last = min(nacc_pool.nr,
				first + min_t(unsigned int, nr, NACC_SBI_ARM_MAX));

	last = find_next_bit(nacc_pool.fitted, last, first);
	*start = last;
	return first < last ? arm_range(first, last - first) : 0;
}

/*
 * The first that there are: what was used before is used again.
 * Return: how many were armed; -ENOMEM, or an error of the shim.
 */
static int arm_some(unsigned int nr)
{
	unsigned int at = 0, done = 0;
	int ret = 0;

	while (at < nacc_pool.nr && done < nr) {
		ret = arm_next(&at, nr - done);
		if (ret < 0)
			break;
		done += ret;
		cond_resched();
	}
	count_spare();
	return ret < 0 ? ret : done;
}

/**
 * nacc_pool_arm() - make frames ready to become tables, now and later
 * @all: every free one, and each that comes to be free: nobody asks for room
 *
 * What has been armed stays so on an error, until nacc_pool_disarm().
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM, or an error of the shim.
 */
int nacc_pool_arm(bool all)
{
	enum nacc_armed was;
	int ret = 0;

	mutex_lock(&nacc_pool.lock);
	was = nacc_pool.armed;
	if (all && was != NACC_ARMED_ALL) {
		nacc_pool.armed = NACC_ARMED_ALL;
		ret = arm_all();
		count_spare();
	} else if (was == NACC_ARMED_NONE) {
		nacc_pool.armed = NACC_ARMED_SOME;
		count_spare();
		ret = arm_some(nacc_room_reserve() + BATCH);
	}
	mutex_unlock(&nacc_pool.lock);
	return min(ret, 0);
}

/**
 * nacc_pool_arm_for() - have more frames armed than are promised
 * @nr: how many more, at least
 *
 * Context: may sleep; a marked mm's locks may be held.
 * Return: whether any has been armed.
 */
bool nacc_pool_arm_for(unsigned int nr)
{
	unsigned int armed;
	int done = 0;

	mutex_lock(&nacc_pool.lock);
	nr += nacc_room_promised() + nacc_room_reserve();
	armed = nacc_sbi_info(NACC_INFO_ARMED);
	if (nacc_pool.armed != NACC_ARMED_NONE && armed < nr)
		done = arm_some(max_t(unsigned int, nr - armed, BATCH));
	/* Else somebody else has done it. */
	else
		done = armed >= nr;
	mutex_unlock(&nacc_pool.lock);
	return done > 0;
}

/**
 * nacc_room_arm() - have more frames armed, if that is what nacc_room_take() lacks
 * @nr: how many frames it was to take
 * @kept: as for nacc_room_take()
 *
 * Context: may sleep; a marked mm's locks may be held.
 * Return: whether it is worth asking again.
 */
bool nacc_room_arm(unsigned int nr, unsigned int kept)
{
	return nacc_room_unarmed(nr, kept) && nacc_pool_arm_for(nr);
}

/**
 * nacc_pool_arm_again() - frames of a range have come to be free
 * @start: its first frame
 * @count: how many it has
 * @done: how many of them are free now
 *
 * Context: under nacc_pool.lock; may sleep.
 */
void nacc_pool_arm_again(unsigned int start, unsigned int count, unsigned int done)
{
	int armed;

	if (nacc_pool.armed == NACC_ARMED_NONE)
		return;
	if (nacc_pool.armed == NACC_ARMED_ALL)
		armed = arm_range(start, count);
	else
		/* Those that are fit already: nobody would look for them. */
		armed = arm_fitted(start, count);
	if (armed < 0)
		count_spare();
	else
		WRITE_ONCE(nacc_pool.spare,
			   nacc_pool.spare + done - min_t(unsigned int, armed, done));
}

/**
 * nacc_pool_arm_rest() - arm what could not be armed before, and what the reserve lacks
 *
 * Context: under nacc_pool.lock; may sleep.
 */
void nacc_pool_arm_rest(void)
{
	unsigned int least = nacc_room_promised() + nacc_room_reserve() + BATCH / 2;

	if (nacc_pool.armed == NACC_ARMED_ALL && nacc_pool.busy) {
		arm_all();
		count_spare();
	} else if (nacc_pool.armed == NACC_ARMED_SOME &&
		   nacc_sbi_info(NACC_INFO_ARMED) < least) {
		arm_some(BATCH);
	}
}

static void unfit_if_free(unsigned int frame, const struct nacc_sbi_frame *f)
{
	if (f->type == NACC_FRAME_FREE &&
	    __test_and_clear_bit(frame, nacc_pool.fitted))
		nacc_page_unfit(nacc_frame_page(frame));
}

/* Return: whether all of them were armed, and are free. */
static bool disarm_range(unsigned int start, unsigned int count)
{
	unsigned int i;
	unsigned long done;

	if (nacc_sbi_call(NACC_SBI_DISARM, start, count, 0, &done) || done != count)
		return false;
	for (i = start; i < start + count; i++)
		nacc_page_unfit(nacc_frame_page(i));
	bitmap_clear(nacc_pool.fitted, start, count);
	return true;
}

/**
 * nacc_pool_disarm() - take back every armed frame
 *
 * Context: may sleep.
 */
void nacc_pool_disarm(void)
{
	unsigned int start, end, count;
	bool all = true;

	mutex_lock(&nacc_pool.lock);
	nacc_pool.armed = NACC_ARMED_NONE;
	for_each_set_bitrange(start, end, nacc_pool.fitted, nacc_pool.nr) {
		for (; start < end; start += count) {
			count = min_t(unsigned int, end - start, NACC_SBI_ARM_MAX);
			all &= disarm_range(start, count);
			cond_resched();
		}
	}
	/* Some wait for a fence. */
	if (!all)
		nacc_pool_visit(unfit_if_free);
	mutex_unlock(&nacc_pool.lock);
}

#ifdef NACC_KUNIT
#include "arm_test.c"
#endif
