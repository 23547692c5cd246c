/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The locks of the core: what each protects, in which order they are taken, and why
 * what takes none needs none.
 *
 * 1. Of an address space, in the record of its root (struct nacc_frame.lock): what its
 *    frames are from TABLE or ROOT on until they are RELEASED, its state, the links
 *    between its tables (entries above level 0, parent, slot), the list of them. Taken
 *    by stores above level 0 and by calls that name a table or a root.
 * 2. Of a pile (struct nacc_pile.lock). Frames are dealt to piles by their number. What
 *    the frames of a pile are while they are FREE or ARMED, and from RELEASED on; the
 *    lists of those that are armed, unlinked, not drained.
 * 3. audit_lock: the records; secrets_lock: whose secret pages are (page/secret.h).
 *
 * In this order, and no two of one kind: so nobody waits in a circle, and as M-mode
 * runs with interrupts off, nobody for himself. Two address spaces that share neither
 * a root nor, for a moment, a pile do not wait for each other. None is held while
 * FENCE waits, which takes none at all. Under 1 the work is bounded by a table,
 * NACC_SBI_RETIRE_BATCH frames, the contexts or the secret pages of an address space; under 2
 * by a page to zero, or NACC_SBI_UNLINKED_MAX frames to name.
 *
 * core->lock is for the time before the set-up is locked, when it may still change: all
 * calls run under it then, before any other. Nobody takes it afterwards.
 *
 * How the first lock is found: by way of a frame that was seen to be TABLE or ROOT.
 * Such a frame has its owner until it is reclaimed, and so has its root. That takes a
 * fence that begins after the release, and the fence waits for this hart to leave
 * M-mode. So in here an owner does not change, and the record of a root is not one of
 * something else; but it may have been released before the lock was got, and is looked
 * at once more.
 *
 * For the same reason stores to level 0, and calls that change nothing else, take no
 * lock at all: what they find to be a table of level 0 stays memory that is nothing
 * else while they are in here, whatever becomes of it, and they change an entry by one
 * swap. What they have left there is counted (struct nacc_frame.live) before they leave,
 * so that RECLAIM, behind the fence, finds the count exact.
 *
 * Epochs have no lock either. A release makes a frame RELEASED and then reads the epoch;
 * a fence counts the epoch up and then interrupts the others. Both are one atomic update
 * of the epoch, so one comes first. If that is the release, the fence covers it, and
 * whoever answers the fence finds the frame released from then on; if it is the fence,
 * the release has read a later epoch, which wants a later fence.
 */
#ifndef NACC_LOCK_H
#define NACC_LOCK_H

#include "mem.h"
#include "nacc_core.h"

/* The calling hart's share of what harts would fight for. */
static inline struct nacc_percpu *this_cpu(struct nacc_core *core)
{
	return &core->percpu[nacc_this_hart() % NACC_PERCPU];
}

static inline void nacc_lock(struct nacc_core *core, nacc_u32 *lock)
{
	if (!__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE))
		return;
	nacc_count(&this_cpu(core)->waits);
	do {
		while (load32(lock))
			;
	} while (__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE));
}

static inline void nacc_unlock(nacc_u32 *lock)
{
	__atomic_store_n(lock, 0, __ATOMIC_RELEASE);
}

/* Opens a fence. Returns the epoch that it will cover. */
static inline nacc_u64 nacc_fence_begin(struct nacc_core *core)
{
	return __atomic_fetch_add(&core->epoch, 1, __ATOMIC_ACQ_REL);
}

/* Every hart has acknowledged it: what was released in @epoch or before may be reclaimed. */
static inline void nacc_fence_end(struct nacc_core *core, nacc_u64 epoch)
{
	raise64(&core->fenced, epoch);
	nacc_count(&core->stats[NACC_STAT_FENCES]);
}

#endif /* NACC_LOCK_H */
