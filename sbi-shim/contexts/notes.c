// SPDX-License-Identifier: BSD-2-Clause
/* What calls register that the rules of turn.h depend on. */
#include "mem.h"
#include "rules.h"

/* rseq(2): of its flags, which are an int; others do not change what is registered */
#define RSEQ_UNREGISTER	1U

static int is_sigaction(const struct nacc_turn *turn)
{
	return turn->context->x[NACC_REG_A7] == NACC_NR_RT_SIGACTION;
}

/* Another thread may be sent to the handler before the call comes back, or fails. */
static void note_sigaction(struct nacc_core *core, struct nacc_turn *turn, struct nacc_frame *root)
{
	struct nacc_sbi_context *context = turn->context;
	const nacc_u64 *x = context->x;
	nacc_u64 sig = (nacc_u32)x[NACC_REG_A0], handler = 0;

	context->flags &= ~NACC_CONTEXT_UNREAD;
	if (x[NACC_REG_A1] && !read_code(core, turn, x[NACC_REG_A1], 8, &handler) && turn->missing)
		context->flags |= NACC_CONTEXT_UNREAD;
	if (sig - 1 >= NACC_GATE_SIGNALS || handler <= 1)
		sig = 0;
	nacc_handler_begin(core, root, context, sig, handler);
}

void nacc_turn_note_call(struct nacc_core *core, struct nacc_turn *turn, struct nacc_frame *root)
{
	if (is_sigaction(turn))
		note_sigaction(core, turn, root);
	if (turn->context->x[NACC_REG_A7] == NACC_NR_CLONE3)
		nacc_clone3_note(core, turn->satp, turn->context);
}

void nacc_turn_note(struct nacc_core *core, struct nacc_turn *turn, struct nacc_frame *root)
{
	if (is_call(turn) && is_sigaction(turn) && turn->context->flags & NACC_CONTEXT_UNREAD &&
	    turn->x[NACC_REG_A0] < NACC_ERRORS)
		note_sigaction(core, turn, root);
}

void nacc_turn_note_result(struct nacc_core *core, struct nacc_turn *turn,
			   struct nacc_frame *root)
{
	struct nacc_sbi_context *context = turn->context;
	const nacc_u64 *x = context->x;
	int succeeds = turn->on_pc == x[NACC_REG_PC] + NACC_ECALL_LENGTH && !turn->on_a0;

	if (!is_call(turn))
		return;
	if (is_sigaction(turn) && context->signal)
		nacc_handler_end(core, root, context, succeeds);
	if (x[NACC_REG_A7] == NACC_NR_RSEQ && succeeds) {
		context->rseq_sig = (nacc_u32)x[NACC_REG_A3];
		context->flags &= ~NACC_CONTEXT_RSEQ;
		context->flags |= x[NACC_REG_A2] & RSEQ_UNREGISTER ? 0 : NACC_CONTEXT_RSEQ;
	}
}
