// SPDX-License-Identifier: GPL-2.0
/*
 * Room: armed frames that are promised to someone who is about to use them.
 *
 * Between the moment at which the kernel decides to allocate a page table and that
 * at which it links it, it may sleep for as long as a process can be made to. So
 * it is not enough that a frame is there when it begins. Whoever has room will
 * find as many frames as he has asked for, provided that all ask.
 */
#include <linux/atomic.h>
#include <linux/kprobes.h>
#include <linux/minmax.h>

#include "tables/tables.h"

/*
 * Frames for stores that did not ask: where a function could not be hooked, or a
 * table vanished and came again in between.
 */
#define RESERVE_MAX		128

static atomic_t promised;

/**
 * nacc_room_reserve() - frames that nobody is promised
 *
 * Context: any, probes included.
 */
unsigned int notrace nacc_room_reserve(void)
{
	return min(RESERVE_MAX, nacc_pool.nr / 8);
}

NOKPROBE_SYMBOL(nacc_room_reserve);

/**
 * nacc_room_take() - ask for armed frames
 * @nr: how many
 * @kept: how many more there must be: those are kept for others. NACC_ROOM_NONE:
 *	there is no room for the caller
 *
 * What the shim counts as armed goes down when a frame is used, and only then is
 * the promise taken back: someone else sees too few for a moment, never too many.
 *
 * Context: any, probes included.
 * Return: true if they are there; the caller ends with nacc_room_give().
 */
bool notrace nacc_room_take(unsigned int nr, unsigned int kept)
{
	unsigned long need;

	if (kept == NACC_ROOM_NONE)
		return false;
	/* Full barrier: the promise is seen before the armed frames are counted. */
	need = (unsigned int)atomic_add_return(nr, &promised);
	need += (unsigned long)nacc_room_reserve() + kept;
	if (nacc_sbi_info(NACC_INFO_ARMED) >= need)
		return true;
	nacc_room_give(nr);
	return false;
}

NOKPROBE_SYMBOL(nacc_room_take);

/**
 * nacc_room_give() - the frames have been used, or are not needed
 * @nr: how many were asked for
 *
 * Context: any, probes included.
 */
void notrace nacc_room_give(unsigned int nr)
{
	/* Behind what the firmware has counted in the name of this hart. */
	atomic_fetch_sub_release(nr, &promised);
}

NOKPROBE_SYMBOL(nacc_room_give);

#ifdef NACC_KUNIT
#include "room_test.c"
#endif
