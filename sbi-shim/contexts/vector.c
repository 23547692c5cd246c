// SPDX-License-Identifier: BSD-2-Clause
/* Where the vector registers of threads are kept. */
#include "contexts.h"
#include "frame.h"
#include "mem.h"
#include "turn.h"

/* Bytes that the registers of one thread take, and words */
static nacc_u32 bytes_of(const struct nacc_core *core)
{
	return 32 * core->layout.vlenb;
}

int nacc_vector_add(struct nacc_core *core, const struct nacc_frame *frame, nacc_u32 first)
{
	nacc_u32 nr = NACC_VECTOR_FRAMES(core->layout.vlenb, NACC_CONTEXT_PER_FRAME - first);
	struct nacc_sbi_context *contexts = nacc_phys(frame_pa(core, frame));
	struct nacc_frame *taken[NACC_CONTEXT_PER_FRAME];
	nacc_u32 bytes = bytes_of(core), at = 0;

	for (nacc_u32 i = 0; i < nr; i++) {
		taken[i] = nacc_frame_take(core, frame->owner, NACC_LEVEL_CONTEXT);
		if (taken[i])
			continue;
		while (i)
			nacc_frame_put_back(core, taken[--i]);
		return 0;
	}
	for (nacc_u32 i = 0; i < nr; i++)
		nacc_frame_own(core, taken[i], frame, i);
	for (nacc_u32 i = first; bytes && i < NACC_CONTEXT_PER_FRAME; i++, at += bytes) {
		store64(&contexts[i].vlenb, core->layout.vlenb);
		store64(&contexts[i].vector,
			frame_pa(core, taken[at / PAGE_SIZE]) + at % PAGE_SIZE);
	}
	return 1;
}

int nacc_turn_has_vector(const struct nacc_sbi_context *context)
{
	const struct nacc_sbi_gate *gate = nacc_phys(context->gate);

	return (context->flags & NACC_CONTEXT_VECTOR) && nacc_gate_is_strict(load32(&gate->mode));
}
