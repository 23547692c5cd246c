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
 * nacc_room_promised() - armed frames that somebody has been promised
 *
 * Context: any.
 */
unsigned int nacc_room_promised(void)
{
	return atomic_read(&promised);
}

/* Are there @need armed frames, and @kept others that are or can be? */
static bool notrace is_room(unsigned long need, unsigned int kept, bool *to_arm)
{
	unsigned long armed = nacc_sbi_info(NACC_INFO_ARMED);
	unsigned long all;

	/* A frame that has been armed since is not counted at all: pairs with arm.c. */
	smp_rmb();
	all = armed + READ_ONCE(nacc_pool.spare);
	*to_arm = armed < need && all >= need + kept;
	return armed >= need && all >= need + kept;
}

NOKPROBE_SYMBOL(is_room);

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
	bool to_arm;

	if (kept == NACC_ROOM_NONE)
		return false;
	/* Full barrier: the promise is seen before the armed frames are counted. */
	need = (unsigned int)atomic_add_return(nr, &promised);
	if (is_room(need + nacc_room_reserve(), kept, &to_arm))
		return true;
	nacc_room_give(nr);
	return false;
}

NOKPROBE_SYMBOL(nacc_room_take);

/**
 * nacc_room_unarmed() - is it only that frames are not armed what nacc_room_take() lacks?
 * @nr: how many frames it was to take
 * @kept: as for nacc_room_take()
 *
 * Context: any.
 */
bool nacc_room_unarmed(unsigned int nr, unsigned int kept)
{
	unsigned long need = (unsigned long)nacc_room_promised() + nr + nacc_room_reserve();
	bool to_arm;

	if (kept == NACC_ROOM_NONE)
		return false;
	is_room(need, kept, &to_arm);
	return to_arm;
}

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
