// SPDX-License-Identifier: BSD-2-Clause
/* The turn at the gate: threads come in, and go out by the contract of turn.h. */
#include "audit.h"
#include "frame.h"
#include "lock.h"
#include "mem.h"
#include "page.h"
#include "roots.h"
#include "rules.h"
#include "secret.h"
#include "state.h"
#include "turn.h"

static nacc_u32 lowest(nacc_u32 set)
{
	nacc_u32 i = 0;

	while (!(set >> i & 1))
		i++;
	return i;
}

static void record(struct nacc_core *core, const struct nacc_turn *turn,
		   const struct nacc_frame *root, enum nacc_reason reason, nacc_u32 reg,
		   nacc_u64 want)
{
	const struct nacc_sbi_context *context = turn->context;
	const struct nacc_sbi_gate *gate = root ? nacc_gate_of(core, root) : 0;
	int enforced = gate && (load32(&gate->mode) & NACC_GATE_MODE) == NACC_GATE_ENFORCE;
	struct nacc_sbi_audit audit = {
		.time = turn->time,
		.pc = turn->x[NACC_REG_PC],
		.addr = context ? nacc_cause_of(context) : 0,
		.old = want,
		.val = turn->x[reg],
		.root = root ? frame_pa(core, root) : 0,
		.reason = reason,
		.insn = reg,
		.hart = turn->hart,
		.level = (nacc_u16)core->top_level,
		.flags = NACC_AUDIT_TURN | (enforced ? 0 : NACC_AUDIT_PERFORMED),
		.tag = root ? load64(&root->tag) : 0,
		.task = turn->task,
	};

	nacc_count(&core->reasons[reason]);
	nacc_audit_record(core, &audit);
}

/* What is refused is shown to who it is of, unless the address space ends just now. */
static void show(const struct nacc_core *core, const struct nacc_frame *root)
{
	const struct nacc_frame *its = nacc_record_of(core, root);

	if (its)
		nacc_page_turned(core, its);
}

/* The thread that would return, from now on in user mode; NULL: it is none of this root's. */
static struct nacc_sbi_context *whose(struct nacc_core *core, struct nacc_turn *turn,
				      struct nacc_frame *root)
{
	struct nacc_sbi_context *context = nacc_context_of(core, root, turn->task);

	if (!context && !turn->x[NACC_REG_A0])
		context = nacc_context_first(core, root, turn->task);
	return context && nacc_context_claim(context, turn->task, &turn->was) ? context : 0;
}

/* Of what is not judged, or does not fit and happens: behind a call, which has not failed */
static void suppose(struct nacc_turn *turn)
{
	nacc_u64 a0 = turn->x[NACC_REG_A0];

	turn->on_pc = is_call(turn) ? turn->context->x[NACC_REG_PC] + NACC_ECALL_LENGTH :
				      turn->x[NACC_REG_PC];
	turn->on_a0 = a0 < NACC_ERRORS ? 0 : a0;
}

/* What differs, and if so what it goes on with in place of that */
static nacc_u32 judge(struct nacc_core *core, struct nacc_turn *turn, struct nacc_frame *root,
		      nacc_u32 mode, nacc_u64 *want)
{
	nacc_u32 set = nacc_turn_judge(core, turn, root, want);

	/* With the registers that it may have, but as they are meant: pc is what means another. */
	if (!set && turn->is_odd) {
		copy64(want, turn->x, 32);
		return 1U << NACC_REG_PC;
	}
	if (set && (mode & NACC_GATE_MODE) != NACC_GATE_ENFORCE) {
		suppose(turn);
	} else if (set) {
		turn->on_pc = want[NACC_REG_PC];
		turn->on_a0 = want[NACC_REG_A0];
	}
	return set;
}

/* What does not fit: @set of the registers, of which @want has others */
static enum nacc_turned undo(struct nacc_core *core, struct nacc_turn *turn,
			     struct nacc_frame *root, nacc_u32 mode, const nacc_u64 *want,
			     nacc_u32 set)
{
	record(core, turn, root, NACC_REASON_CONTEXT, lowest(set), want[lowest(set)]);
	nacc_count(&((struct nacc_sbi_gate *)nacc_phys(turn->context->gate))->refused);
	show(core, root);
	if ((mode & NACC_GATE_MODE) != NACC_GATE_ENFORCE)
		return NACC_TURN_GO;
	copy64(turn->x, want, 32);
	return NACC_TURN_RESTORED;
}

static enum nacc_turned settle(struct nacc_core *core, struct nacc_turn *turn,
			       struct nacc_frame *root, struct nacc_sbi_gate *gate)
{
	nacc_u32 set = 0, mode = load32(&gate->mode);
	nacc_u64 want[32];

	if (turn->was == NACC_CONTEXT_ADOPT) {
		nacc_secret_lose(core, root);
		nacc_turn_note_first(core, turn, root);
		return turn->is_odd && !(mode & NACC_GATE_PTRACE) ?
		       undo(core, turn, root, mode, turn->x, 1U << NACC_REG_PC) : NACC_TURN_GO;
	}
	suppose(turn);
	nacc_turn_note(core, turn, root);
	/* Of what a debugger makes of a thread nothing is asked. */
	if (mode & NACC_GATE_PTRACE)
		turn->context->flags &= ~NACC_CONTEXT_FLOAT;
	else
		set = judge(core, turn, root, mode, want);
	if (!turn->missing && !(mode & NACC_GATE_PTRACE))
		nacc_turn_note_float(core, turn);
	if (!turn->missing)
		nacc_turn_note_vector(core, turn, mode);
	if (turn->missing)
		return NACC_TURN_MISSING;
	store64(&turn->context->cause, nacc_cause_of(turn->context));
	nacc_turn_note_result(core, turn, root);
	return set ? undo(core, turn, root, mode, want, set) : NACC_TURN_GO;
}

enum nacc_turned nacc_turn_out(struct nacc_core *core, struct nacc_turn *turn)
{
	struct nacc_frame *root = (struct nacc_frame *)
				  nacc_bound_at(core, nacc_satp_root(turn->satp));
	struct nacc_sbi_gate *gate = root ? nacc_gate_of(core, root) : 0;
	enum nacc_turned turned;

	turn->context = 0;
	turn->missing = 0;
	if (!gate)
		return NACC_TURN_FREE;
	turn->context = whose(core, turn, root);
	if (turn->context) {
		turned = settle(core, turn, root, gate);
		if (turned == NACC_TURN_MISSING) {
			nacc_context_set_state(turn->context, turn->was);
			return turned;
		}
		set_field(&turn->context->hart, turn->hart);
		return turned;
	}
	record(core, turn, root, NACC_REASON_THREAD, NACC_REG_PC, 0);
	nacc_count(&gate->refused);
	show(core, root);
	return (load32(&gate->mode) & NACC_GATE_MODE) == NACC_GATE_ENFORCE ? NACC_TURN_REFUSED :
									    NACC_TURN_FREE;
}

/* Two the kernel makes in the program's name. */
static int is_listed(const struct nacc_sbi_gate *gate, nacc_u64 nr)
{
	return nr == NACC_NR_RT_SIGRETURN || nr == NACC_NR_RESTART_SYSCALL ||
	       (nr < NACC_GATE_CALLS && load64(&gate->allowed[nr / 64]) >> nr % 64 & 1);
}

int nacc_turn_has_float(const struct nacc_sbi_context *context)
{
	const struct nacc_sbi_gate *gate = nacc_phys(context->gate);

	return (context->flags & NACC_CONTEXT_FLOAT) && nacc_gate_is_strict(load32(&gate->mode));
}

/* What a call is about to do is of no matter if it is not made. */
static int may_call(struct nacc_core *core, struct nacc_turn *turn, struct nacc_frame *root)
{
	struct nacc_sbi_gate *gate = nacc_phys(turn->context->gate);
	nacc_u32 mode = load32(&gate->mode);
	nacc_u64 nr = turn->x[NACC_REG_A7];

	if (nr < NACC_GATE_CALLS)
		nacc_count_call(&gate->calls[nr]);
	else
		nacc_count(&gate->other_calls);
	if (!(mode & NACC_GATE_LIST) || is_listed(gate, nr))
		return 1;
	record(core, turn, root, NACC_REASON_SYSCALL, NACC_REG_A7, 0);
	nacc_count(&gate->refused_calls);
	nacc_page_turned(core, frame_at(core, turn->context->gate));
	return (mode & NACC_GATE_MODE) != NACC_GATE_ENFORCE;
}

int nacc_turn_in(struct nacc_core *core, struct nacc_turn *turn, nacc_u64 cause)
{
	struct nacc_sbi_context *context = turn->context;
	struct nacc_frame *root = (struct nacc_frame *)
				  nacc_bound_at(core, context->root & ~NACC_CONTEXT_KEEPS);

	copy64(context->x, turn->x, 32);
	store64(&context->cause, cause);
	turn->missing = 0;
	if (cause != NACC_CAUSE_ECALL)
		return 1;
	if (!may_call(core, turn, root))
		return 0;
	if (root && nacc_threads_of(core, root))
		nacc_turn_note_call(core, turn, root);
	return 1;
}
