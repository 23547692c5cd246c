/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Seals: ranges of an address space whose translation does not change any more (I17).
 *
 * A root names the frame with its ranges (parent), and each table on the way to a sealed
 * page has a flag. So a table without costs one look at its flags, and none in the trap
 * vector, whose gate of a flagged table is closed. For one with a flag the addresses that
 * its entries translate are found by walking up: as no link on the way changes any more
 * that takes no lock.
 *
 * A store to level 0 that was judged before its table got its flag may be performed after
 * it, on another hart: so a seal is in force on all of them from the next FENCE.
 */
#ifndef NACC_SEALS_H
#define NACC_SEALS_H

#include "frame.h"
#include "mem.h"
#include "request.h"

/** nacc_seal_handler - what performs NACC_SBI_SEAL */
extern const struct nacc_handler nacc_seal_handler;

/**
 * nacc_seals_meet() - does what some entries translate meet a sealed range?
 * @core: the core
 * @frame: table or root of a live address space; any hart, without its lock
 * @first: number of the first entry
 * @nr: how many
 *
 * Return: 1 or 0. Of a frame that is just being released it may be either.
 */
int nacc_seals_meet(const struct nacc_core *core, const struct nacc_frame *frame,
		    nacc_u32 first, nacc_u32 nr);

/**
 * nacc_seal_forbids() - may this entry not become that, for a seal?
 * @core: the core
 * @frame: see nacc_seals_meet()
 * @slot: number of the entry
 * @old: what it holds
 * @val: what it would hold
 *
 * Return: 1 or 0.
 */
int nacc_seal_forbids(const struct nacc_core *core, const struct nacc_frame *frame,
		      nacc_u32 slot, nacc_u64 old, nacc_u64 val);

/**
 * nacc_seals_have() - is anything of a range of addresses sealed?
 * @seals: what is sealed; any hart, without a lock
 * @start: the first address
 * @end: that behind the last
 *
 * Return: 1 or 0.
 */
int nacc_seals_have(const struct nacc_sbi_seals *seals, nacc_u64 start, nacc_u64 end);

/**
 * nacc_seals_add() - one range more; those that overlap or adjoin become one
 * @seals: what is sealed, of no two that do; its root is locked
 * @start: the first address
 * @end: that behind the last, more than that
 *
 * Others look meanwhile, from the highest number to the lowest. So a range grows where it is,
 * and what has an address comes to stand at the same number or a lower one, and stands there
 * before it is gone from where it was.
 *
 * Return: 1; 0: there is no room, and nothing has changed.
 */
int nacc_seals_add(struct nacc_sbi_seals *seals, nacc_u64 start, nacc_u64 end);

/* Can anything be sealed that it translates? What nearly every table needs to be asked */
static inline int nacc_has_seals(const struct nacc_core *core, const struct nacc_frame *frame)
{
	return (frame_flags(frame) & NACC_FRAME_FLAG_SEALED) ||
	       frame->owner == frame_index(core, frame);
}

/* Of a root, its address space locked: is anything of it sealed? */
static inline int nacc_is_sealed(const struct nacc_frame *root)
{
	return root->parent != NACC_FRAME_NONE;
}

/* What is in a frame that has them, by the number of that */
static inline struct nacc_sbi_seals *nacc_seals_at(const struct nacc_core *core, nacc_u32 frame)
{
	return nacc_phys(frame_pa(core, &core->frames[frame]));
}

/* Of a root, its address space locked: how many ranges are sealed? */
static inline nacc_u32 nacc_seals_nr(const struct nacc_core *core, const struct nacc_frame *root)
{
	return nacc_is_sealed(root) ? load32(&nacc_seals_at(core, root->parent)->nr) : 0;
}

/* It is retiring, and no hart has its root: its seals fall. */
static inline void nacc_seals_end(struct nacc_frame *root)
{
	set_field(&root->parent, NACC_FRAME_NONE);
}

#endif /* NACC_SEALS_H */
