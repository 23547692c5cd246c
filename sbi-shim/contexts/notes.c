// SPDX-License-Identifier: BSD-2-Clause
/* What calls register that the rules of turn.h depend on. */
#include "mem.h"
#include "rules.h"

/* rseq(2): of its flags, which are an int; others do not change what is registered */
#define RSEQ_UNREGISTER	1U

/* The instruction */
#define ECALL	0x00000073U

#define MINUS_EFAULT	(-14ULL)

static int is_sigaction(const struct nacc_turn *turn)
{
	return turn->context->x[NACC_REG_A7] == NACC_NR_RT_SIGACTION;
}

/*
 * Has rt_sigaction(2) with these arguments and that result registered what it was to? So it has
 * with -EFAULT, too, where it was only the old action that could not be written: Linux does
 * that last.
 */
static int has_registered(const nacc_u64 *x, nacc_u64 result)
{
	return !result || (result == MINUS_EFAULT && x[NACC_REG_A2]);
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
	const struct nacc_sbi_context *context = turn->context;

	if (!is_call(turn) || !is_sigaction(turn) || !(context->flags & NACC_CONTEXT_UNREAD))
		return;
	note_sigaction(core, turn, root);
	/* Of a call that has failed it need not be anywhere; with a handler it cannot be told. */
	if (turn->x[NACC_REG_PC] != context->x[NACC_REG_PC] + NACC_ECALL_LENGTH ||
	    turn->x[NACC_REG_A0])
		turn->missing = 0;
}

void nacc_turn_note_first(struct nacc_core *core, struct nacc_turn *turn, struct nacc_frame *root)
{
	const nacc_u64 *x = turn->x;
	nacc_u64 code, handler;

	if (!(turn->context->flags & NACC_CONTEXT_JOINED))
		return;
	turn->context->flags &= ~NACC_CONTEXT_JOINED;
	if (x[NACC_REG_A7] == NACC_NR_RT_SIGACTION && has_registered(x, x[NACC_REG_A0]) &&
	    x[NACC_REG_A1] &&
	    read_code(core, turn, x[NACC_REG_PC] - NACC_ECALL_LENGTH, 4, &code) &&
	    (nacc_u32)code == ECALL && read_code(core, turn, x[NACC_REG_A1], 8, &handler) &&
	    handler > 1)
		nacc_handler_of_any(core, root, handler);
	turn->missing = 0;
}

void nacc_turn_note_result(struct nacc_core *core, struct nacc_turn *turn,
			   struct nacc_frame *root)
{
	struct nacc_sbi_context *context = turn->context;
	const nacc_u64 *x = context->x;
	int is_behind = turn->on_pc == x[NACC_REG_PC] + NACC_ECALL_LENGTH;

	if (!is_call(turn))
		return;
	if (is_sigaction(turn) && context->signal)
		nacc_handler_end(core, root, context,
				 is_behind && has_registered(x, turn->on_a0));
	if (x[NACC_REG_A7] == NACC_NR_RSEQ && is_behind && !turn->on_a0) {
		context->rseq_sig = (nacc_u32)x[NACC_REG_A3];
		context->flags &= ~NACC_CONTEXT_RSEQ;
		context->flags |= x[NACC_REG_A2] & RSEQ_UNREGISTER ? 0 : NACC_CONTEXT_RSEQ;
	}
}
