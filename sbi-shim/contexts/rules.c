// SPDX-License-Identifier: BSD-2-Clause
/* The contract of turn.h: what a thread may go back to user mode with. */
#include "mem.h"
#include "pte.h"
#include "rules.h"

/* rt_sigframe of riscv Linux (kernel/signal.c): siginfo, ucontext, and in that the registers */
#define FRAME_UCONTEXT	128
#define FRAME_REGS	(FRAME_UCONTEXT + 176)
#define FRAME_FLOAT	(FRAME_REGS + 256)
/* Behind those further parts, each with its magic and its size before it; the last has none. */
#define FRAME_PARTS	(FRAME_FLOAT + 520)
#define PARTS_MAX	8
#define PART_VECTOR	0x53465457U	/* RISCV_V_MAGIC */
#define PART_HEADER	8

/* Of a part with vector registers: struct __riscv_v_ext_state, five CSRs and where v0 begins */
#define VECTOR_CSRS	5
#define VECTOR_WORDS	6

/* Most handlers that begin within each other before one of them has run: one a signal */
#define NESTED_MAX	NACC_GATE_SIGNALS

/* What a call has come to that cannot be made again */
#define MINUS_EINTR	(-4ULL)

/* li a7, 139; ecall: what the vDSO has for ra */
#define SIGRETURN_CODE	0x0000007308b00893ULL

/* lpad: auipc to zero, with a label in the upper bits ("Landing Pad", Zicfilp) */
#define LPAD_MASK	0xfffU
#define LPAD		0x017U

#define BIT(n)		(1U << (n))

/* A signal's: pc, ra, sp, a0 to a2 are others. */
#define BY_SIGNAL	(BIT(NACC_REG_PC) | BIT(NACC_REG_RA) | BIT(NACC_REG_SP) | \
			 BIT(NACC_REG_A0) | BIT(NACC_REG_A1) | BIT(NACC_REG_A2))

/**
 * struct rules - what a return is compared with
 * @core: the core
 * @turn: the return
 * @root: of the address space
 * @want: the registers that the thread would have if nothing had happened to it
 * @free: those of them that may be any, as a set
 */
struct rules {
	struct nacc_core *core;
	struct nacc_turn *turn;
	struct nacc_frame *root;
	const nacc_u64 *want;
	nacc_u32 free;
};

/* The registers that differ, as a set */
static nacc_u32 differ(const nacc_u64 *a, const nacc_u64 *b)
{
	nacc_u32 set = 0;

	for (nacc_u32 i = 0; i < 32; i++)
		set |= a[i] != b[i] ? BIT(i) : 0;
	return set;
}

static int is_sigreturn(const struct nacc_turn *turn)
{
	return is_call(turn) && turn->context->x[NACC_REG_A7] == NACC_NR_RT_SIGRETURN;
}

/* Registers of a signal's frame: where it is, by what its handler begins with */
static int read_frame(const struct rules *r, nacc_u64 sp, nacc_u64 *to)
{
	return read_words(r->core, r->turn, (sp + FRAME_REGS) & ~7ULL, to, 32);
}

/* Once a call has its child Linux does not make it again: it would have another. */
static int has_child(const struct nacc_turn *turn)
{
	return !!(turn->context->cause & NACC_CONTEXT_BORE);
}

static int is_restarted(const struct nacc_turn *turn, const nacc_u64 *x)
{
	nacc_u32 set = differ(turn->context->x, x);

	return is_call(turn) && !has_child(turn) &&
	       (!set || (set == BIT(NACC_REG_A7) && x[NACC_REG_A7] == NACC_NR_RESTART_SYSCALL));
}

/*
 * A critical section has no system calls (rseq(2)), so behind one nothing is aborted. Which
 * section it was the kernel has cleared in the program's memory by now.
 */
static int is_aborted(const struct rules *r, const nacc_u64 *x, nacc_u32 set)
{
	const struct nacc_sbi_context *context = r->turn->context;
	nacc_u64 missing = r->turn->missing, code = 0;
	int aborted = !is_call(r->turn) && set == BIT(NACC_REG_PC) &&
		      (context->flags & NACC_CONTEXT_RSEQ) &&
		      read_code(r->core, r->turn, x[NACC_REG_PC] - 4, 4, &code) &&
		      (nacc_u32)code == context->rseq_sig;

	/* The kernel has looked for it there just now: else it was not that. */
	r->turn->missing = missing;
	return aborted;
}

/*
 * What a misaligned access leaves that the kernel has performed: the thread behind it, with
 * what the program's memory has in the register that a load writes. @x: out; of what no kernel
 * performs, or cannot be read, nothing is.
 */
static int performs(const struct rules *r, nacc_u64 *x)
{
	int is_load = is_from(r->turn, NACC_CAUSE_LOAD_MISALIGNED);
	struct nacc_user_load load;
	nacc_u64 value;

	if ((!is_load && !is_from(r->turn, NACC_CAUSE_STORE_MISALIGNED)) ||
	    !nacc_user_load_at(r->core, r->turn, &load))
		return 0;
	copy64(x, r->turn->context->x, 32);
	x[NACC_REG_PC] += load.length;
	if (!is_load)
		return 1;
	if (!load.bytes || !nacc_user_load_value(r->core, r->turn, &load, &value))
		return 0;
	if (load.rd && !load.is_float)
		x[load.rd] = value;
	return 1;
}

static int is_performed(const struct rules *r, const nacc_u64 *x)
{
	nacc_u64 performed[32];

	return performs(r, performed) && !differ(performed, x);
}

/* What the thread goes on with, or what was saved of it for a handler to go back to */
static int may_stand(const struct rules *r, const nacc_u64 *x)
{
	nacc_u32 set = differ(r->want, x) & ~r->free;

	if (set && !is_restarted(r->turn, x) && !is_aborted(r, x, set) && !is_performed(r, x))
		return 0;
	r->turn->on_pc = x[NACC_REG_PC];
	r->turn->on_a0 = x[NACC_REG_A0];
	return 1;
}

/* Code that calls rt_sigreturn(2); the vDSO for harts with landing pads has one before it. */
static int is_restorer(const struct rules *r, nacc_u64 ra)
{
	nacc_u64 code;

	if (!read_code(r->core, r->turn, ra, 8, &code))
		return 0;
	if ((code & LPAD_MASK) == LPAD && !read_code(r->core, r->turn, ra + 4, 8, &code))
		return 0;
	return code == SIGRETURN_CODE;
}

/* A handler is about to begin; @frame: out: what was saved of the thread for it */
static int is_entry(const struct rules *r, const nacc_u64 *x, nacc_u64 *frame)
{
	if (x[NACC_REG_A0] - 1 >= NACC_GATE_SIGNALS || !x[NACC_REG_PC] ||
	    (x[NACC_REG_SP] & 15) || x[NACC_REG_A1] != x[NACC_REG_SP] ||
	    x[NACC_REG_A2] != x[NACC_REG_SP] + FRAME_UCONTEXT)
		return 0;
	return nacc_handler_known(r->core, r->root, x[NACC_REG_A0], x[NACC_REG_PC]) &&
	       is_restorer(r, x[NACC_REG_RA]) && read_frame(r, x[NACC_REG_SP], frame) &&
	       !(differ(frame, x) & ~BY_SIGNAL);
}

/*
 * One handler, or several, of which each would go back to the beginning of the next. With
 * rt_sigreturn(2) what was interrupted is what the program's frame had, which may have had
 * its place where the new one is.
 */
static int is_signalled(const struct rules *r)
{
	nacc_u64 x[32], frame[32];

	copy64(x, r->turn->x, 32);
	for (nacc_u32 i = 0; i < NESTED_MAX && is_entry(r, x, frame); i++) {
		if (is_sigreturn(r->turn) || may_stand(r, frame))
			return 1;
		copy64(x, frame, 32);
	}
	return 0;
}

/*
 * What was saved for a handler that does not begin as it should: two of the three registers
 * that name its frame still agree, and the thread may go on with what that has.
 */
static int is_saved(const struct rules *r, nacc_u64 *frame)
{
	const nacc_u64 *x = r->turn->x;
	nacc_u64 sp = x[NACC_REG_A1], missing = r->turn->missing;
	int saved;

	if (x[NACC_REG_A2] == x[NACC_REG_SP] + FRAME_UCONTEXT)
		sp = x[NACC_REG_SP];
	else if (sp != x[NACC_REG_SP] && x[NACC_REG_A2] != sp + FRAME_UCONTEXT)
		return 0;
	saved = read_frame(r, sp, frame) && may_stand(r, frame);
	/* The kernel has written it just now: else it was not that. */
	r->turn->missing = missing;
	return saved;
}

/*
 * A call whose return does not fit: a0 is its result only behind it. Where it was to be made
 * again it is, if it may, and where a handler was to begin the thread goes on without.
 */
static void want_of_call(const struct rules *r, nacc_u64 *want)
{
	const nacc_u64 *x = r->turn->x, *came = r->turn->context->x;
	nacc_u64 frame[32];

	if (x[NACC_REG_PC] == came[NACC_REG_PC] && !has_child(r->turn)) {
		copy64(want, came, 32);
		if (x[NACC_REG_A7] == NACC_NR_RESTART_SYSCALL)
			want[NACC_REG_A7] = x[NACC_REG_A7];
	} else if (x[NACC_REG_PC] != want[NACC_REG_PC] && is_saved(r, frame)) {
		copy64(want, frame, 32);
	} else if (x[NACC_REG_PC] != want[NACC_REG_PC] && has_child(r->turn)) {
		want[NACC_REG_A0] = MINUS_EINTR;
	}
}

/* It was performed; no other register is the kernel's word, nor that. */
static void load_float(const struct nacc_core *core, struct nacc_turn *turn)
{
	struct nacc_sbi_context *context = turn->context;
	struct nacc_user_load load;
	nacc_u64 value;

	if (!nacc_user_load_at(core, turn, &load) || !load.is_float ||
	    turn->on_pc != context->x[NACC_REG_PC] + load.length)
		return;
	if (load.bytes && nacc_user_load_value(core, turn, &load, &value))
		store64(&context->f[load.rd], value);
}

void nacc_turn_note_float(const struct nacc_core *core, struct nacc_turn *turn)
{
	struct nacc_sbi_context *context = turn->context;
	nacc_u64 frame[33];

	if (is_from(turn, NACC_CAUSE_LOAD_MISALIGNED) &&
	    turn->on_pc != context->x[NACC_REG_PC])
		load_float(core, turn);
	if (is_sigreturn(turn) &&
	    read_words(core, turn, (context->x[NACC_REG_SP] + FRAME_FLOAT) & ~7ULL, frame, 33)) {
		copy64(context->f, frame, 32);
		store64(&context->fcsr, (nacc_u32)frame[32]);
	}
}

/* Where the part of a signal's frame begins that has vector registers; 0: it has none */
static nacc_u64 find_vector(const struct nacc_core *core, struct nacc_turn *turn)
{
	nacc_u64 at = (turn->context->x[NACC_REG_SP] + FRAME_PARTS) & ~7ULL, header;

	for (nacc_u32 i = 0; i < PARTS_MAX; i++) {
		if (!read_words(core, turn, at, &header, 1) || !header)
			return 0;
		if ((nacc_u32)header == PART_VECTOR)
			return at + PART_HEADER;
		at += header >> 32 & ~7ULL;
	}
	return 0;
}

/* What is half read is not there, as nothing was before. */
void nacc_turn_note_vector(const struct nacc_core *core, struct nacc_turn *turn, nacc_u32 mode)
{
	struct nacc_sbi_context *context = turn->context;
	nacc_u64 state[VECTOR_WORDS], at;

	if (is_call(turn) || !nacc_gate_is_strict(mode))
		context->flags &= ~NACC_CONTEXT_VECTOR;
	if (!is_sigreturn(turn) || !nacc_gate_is_strict(mode) || !context->vlenb)
		return;
	at = find_vector(core, turn);
	if (!at || !read_words(core, turn, at, state, VECTOR_WORDS) || state[5] % 8 ||
	    !read_words(core, turn, state[5], nacc_phys(context->vector), 4 * context->vlenb))
		return;
	copy64(&context->vstart, state, VECTOR_CSRS - 1);
	context->flags |= NACC_CONTEXT_VECTOR;
}

unsigned int nacc_turn_judge(struct nacc_core *core, struct nacc_turn *turn,
			     struct nacc_frame *root, nacc_u64 *want)
{
	const struct nacc_sbi_context *context = turn->context;
	struct rules r = { core, turn, root, want, 0 };
	nacc_u64 frame[32];

	copy64(want, context->x, 32);
	if (is_call(turn)) {
		want[NACC_REG_PC] += NACC_ECALL_LENGTH;
		want[NACC_REG_A0] = turn->x[NACC_REG_A0];
		r.free = BIT(NACC_REG_A0);
	}
	if (is_signalled(&r))
		return 0;
	if (is_sigreturn(turn)) {
		/* It does not come back behind the call: without a frame it calls again. */
		if (!read_frame(&r, context->x[NACC_REG_SP], frame)) {
			copy64(want, context->x, 32);
			return BIT(NACC_REG_PC);
		}
		copy64(want, frame, 32);
		return differ(want, turn->x);
	}
	if (may_stand(&r, turn->x))
		return 0;
	if (is_call(turn))
		want_of_call(&r, want);
	else if (performs(&r, frame) && turn->x[NACC_REG_PC] == frame[NACC_REG_PC])
		copy64(want, frame, 32);
	return differ(want, turn->x);
}
