// SPDX-License-Identifier: BSD-2-Clause
/*
 * What stands in for a function of the core in the proofs of its callers ("assume,
 * guarantee"): it may do whatever the function's own proof leaves open.
 */
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
	struct nacc_frame *frame = &frames[c->armed_head];

	(void)source;
	claim(whole != 0, "what the contract is for");
	claim(owner < FRAMES && frames[owner].type == NACC_FRAME_ROOT && level < c->top_level,
	      "what the contract wants");
	if (c->armed_head == NACC_FRAME_NONE)
		return NACC_REASON_EXHAUSTED;
	if (any() & 1)
		return NACC_REASON_NESTED;
	for (int i = 0; i < NACC_SBI_ENTRIES; i++) {
		nacc_u64 pte = any64();

		assume(!(pte & PTE_V) || ((pte & PTE_RWX) && leaf_ok(pte, level)));
		memory[c->armed_head * NACC_SBI_ENTRIES + i] = pte;
	}
	frame->level = level;
	frame->owner = owner;
	frame->live = any32();
	nacc_frame_disarm(c, frame);
	nacc_frame_own(c, frame);
	*twin = frame;
	return NACC_REASON_NONE;
}
#endif
