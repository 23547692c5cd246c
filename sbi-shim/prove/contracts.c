// SPDX-License-Identifier: BSD-2-Clause
/*
 * What stands in for a function of the core in the proofs of its callers ("assume,
 * guarantee"): it may do whatever the function's own proof leaves open.
 */
#include "seals.h"
#include "world.h"

#ifdef ASSUME_nacc_check_leaf
/* Guaranteed by proof_leaf (what is legal) and proof_plain (what surely is). */
enum nacc_reason nacc_check_leaf(const struct nacc_core *c, nacc_u64 pte, nacc_u32 level)
{
	(void)c;
	return leaf_ok(pte, level) ? NACC_REASON_NONE : NACC_REASON_LEAF_POOL;
}
#endif

#ifdef ASSUME_nacc_table_adopt
/* Guaranteed by proof_adopt_flat, for what a store asks for: no nested tables. */
enum nacc_reason nacc_table_adopt(struct nacc_core *c, nacc_u32 owner, nacc_u32 level,
				  const nacc_u64 *source, const nacc_u64 *whole,
				  struct nacc_frame **twin)
{
	struct nacc_frame *frame;
	nacc_u32 live = 0, at;

	(void)source;
	claim(whole != 0, "what the contract is for");
	claim(owner < FRAMES && frames[owner].type == NACC_FRAME_ROOT && level < c->top_level,
	      "what the contract wants");
	if (c->piles[0].armed == NACC_FRAME_NONE)
		return NACC_REASON_EXHAUSTED;
	if (any() & 1)
		return NACC_REASON_NESTED;
	at = c->piles[0].armed;
	frame = nacc_frame_take(c, owner, level);
	for (int i = 0; i < NACC_SBI_ENTRIES; i++) {
		nacc_u64 pte = any64();

		assume(!(pte & PTE_V) || ((pte & PTE_RWX) && leaf_ok(pte, level)));
		memory[at * NACC_SBI_ENTRIES + i] = pte;
		live += pte != 0;
	}
	frame->live = live;
	nacc_frame_own(c, frame, 0, 0);
	*twin = frame;
	return NACC_REASON_NONE;
}
#endif

#ifdef ASSUME_nacc_seals_meet
/* Guaranteed by proof_sealed_meets and the two of the levels above. Of what else, anything */
int nacc_seals_meet(const struct nacc_core *c, const struct nacc_frame *frame,
		    nacc_u32 first, nacc_u32 nr)
{
	(void)c;
	return (sealed_entry && frame == &frames[0] && first <= 1 && 1 - first < nr) ||
	       (any() & 1);
}
#endif

#ifdef ASSUME_nacc_seal_forbids
/* Likewise */
int nacc_seal_forbids(const struct nacc_core *c, const struct nacc_frame *frame, nacc_u32 slot,
		      nacc_u64 old, nacc_u64 val)
{
	(void)c;
	return (sealed_entry && frame == &frames[0] && slot == 1 && ((old ^ val) & ~AD)) ||
	       (any() & 1);
}
#endif
