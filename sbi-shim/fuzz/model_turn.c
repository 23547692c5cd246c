// SPDX-License-Identifier: BSD-2-Clause
/* Turns at the gate, from contexts/turn.h: a thread goes to user mode, or comes from there. */
#include "model.h"
#include "turn.h"

#define PC	0
#define RA	1
#define SP	2
#define TP	4
#define A0	10
#define A1	11
#define A2	12
#define A3	13
#define A7	17

#define VDSO		(USER_BASE + 0x100)
#define RSEQ_SIG	0x10053U
#define CODE		(USER_BASE + 0x300)

/* A program's memory: the code of the vDSO, a place to abort to, frames, handlers to tell of */
void user_begin(void)
{
	memset(user_at(USER_BASE), 0, USER_PAGES * PAGE);
	*user_at(VDSO) = 0x0000007308b00893UL;
	*user_at(VDSO - 8) = 0x17UL << 32;
	*user_at(USER_BASE + 0x200) = RSEQ_SIG;
	*user_at(USER_BASE + 0x208) = 0xf1401073;
	/* ld, c.ld twice, fld; c.lwsp, c.lhu, sd, c.sd; at the end of what is mapped, too */
	*user_at(CODE) = 0x0005b4876184ULL << 16 | 0x6184;
	*user_at(CODE + 8) = 0x0095b023858444a2ULL;
	*user_at(CODE + 16) = 0x0005b483e1842184ULL;
	*user_at(USER_BASE + USER_PAGES * PAGE - 8) = 0x6184ULL << 48 | 0x0005b483UL;
	for (int i = 0; i < 8; i++)
		*user_at(USER_BASE + 0x400 + 8 * i) = i < 2 ? i : USER_BASE + 0x800 + 4 * i;
	for (int i = 0; i < 512; i++)
		*user_at(USER_BASE + PAGE + 8 * i) = 0x1000 + i;
}

nacc_u64 handler_arg(void)
{
	return below(16) ? USER_BASE + 0x800 + 4 * below(8) : wild();
}

nacc_u64 register_arg(int reg)
{
	static const nacc_u64 calls[] = { 63, 128, 134, 139, 220, 293, 435, 511, 512 };

	switch (below(reg == A7 ? 2 : 6)) {
	case 0:
		return reg == A7 ? calls[below(ARRAY_SIZE(calls))] : below(70);
	case 1:
		return reg == A7 ? below(255) : USER_BASE + 0x400 + 8 * below(8);
	case 2:
		return USER_BASE + PAGE + 16 * below(200);
	case 3:
		return handler_arg();
	case 4:
		return reg == PC ? CODE + 2 * below(14) : VDSO;
	default:
		return wild();
	}
}

/* Some registers become something else. */
void change_some(nacc_u64 *x)
{
	for (unsigned int n = below(4); n; n--) {
		int reg = below(32);

		x[reg] = register_arg(reg);
	}
}

static int of_call(const struct nacc_sbi_context *c, int state)
{
	return state == NACC_CONTEXT_KERNEL && (c->cause & ~NACC_CONTEXT_BORE) == 8;
}

/* Do they differ in these registers only? */
static int only(const nacc_u64 *a, const nacc_u64 *b, nacc_u32 regs)
{
	for (int i = 0; i < 32; i++)
		if (a[i] != b[i] && !(regs >> i & 1))
			return 0;
	return 1;
}

static int is_performed(const struct nacc_sbi_context *c, int state, const nacc_u64 *x)
{
	nacc_u64 performed[32];

	return performs(c, state, performed) && only(performed, x, 0);
}

/* pc and a0 that a thread goes on with, when all handlers are done that just begin */
static nacc_u64 goes_on[2];

/* May the thread go on with this, or have had it when a signal came? */
static int may_have(const struct nacc_sbi_context *c, int state, const nacc_u64 *want,
		    const nacc_u64 *x)
{
	nacc_u32 free = of_call(c, state) ? 1U << A0 : 0;
	nacc_u64 code;
	int may = only(want, x, free) || is_performed(c, state, x);

	if (of_call(c, state) && !(c->cause & NACC_CONTEXT_BORE) &&
	    (only(c->x, x, 0) || (only(c->x, x, 1U << A7) && x[A7] == 128)))
		may = 1;
	if (!of_call(c, state) && (c->flags & NACC_CONTEXT_RSEQ) && only(want, x, 1) &&
	    read_user(x[PC] - 4, 4, &code) && code == c->rseq_sig)
		may = 1;
	if (may) {
		goes_on[0] = x[PC];
		goes_on[1] = x[A0];
	}
	return may;
}

/* What is saved in the frame of a signal */
int read_saved(nacc_u64 sp, nacc_u64 *to)
{
	nacc_u64 va = (sp + 304) & ~7UL;

	if (!is_user(va, 256))
		return 0;
	memcpy(to, user_at(va), 256);
	return 1;
}

/* A handler begins with these, and goes back to @frame. */
static int begins(int root, const nacc_u64 *x, nacc_u64 *frame)
{
	nacc_u64 code;

	if (x[A0] < 1 || x[A0] > 64 || !x[PC] || x[SP] % 16 || !is_handler(root, x[A0], x[PC]))
		return 0;
	if (x[A1] != x[SP] || x[A2] != x[SP] + 128 || !read_user(x[RA], 8, &code))
		return 0;
	/* A landing pad */
	if (code % 4096 == 0x17 && !read_user(x[RA] + 4, 8, &code))
		return 0;
	return code == 0x0000007308b00893UL && read_saved(x[SP], frame) &&
	       only(frame, x, 1U << PC | 1U << RA | 1U << SP | 1U << A0 | 1U << A1 | 1U << A2);
}

static int is_sigreturn(const struct nacc_sbi_context *c, int state)
{
	return of_call(c, state) && c->x[A7] == 139;
}

static int is_legal(int root, const struct nacc_sbi_context *c, int state, const nacc_u64 *want,
		    const nacc_u64 *x)
{
	nacc_u64 outer[32], frame[32];

	memcpy(outer, x, sizeof(outer));
	for (int i = 0; i < 64 && begins(root, outer, frame); i++) {
		if (is_sigreturn(c, state) || may_have(c, state, want, frame))
			return 1;
		memcpy(outer, frame, sizeof(outer));
	}
	if (is_sigreturn(c, state))
		return read_saved(c->x[SP], frame) && only(frame, x, 0);
	return may_have(c, state, want, x);
}

/* Of rt_sigaction(2) as it is called */
static void note_action(struct nacc_sbi_context *c)
{
	nacc_u64 handler = 0;

	if (c->x[A1])
		read_user(c->x[A1], 8, &handler);
	c->handler = handler;
	c->signal = c->x[A0] & 0xffffffff;
	if (c->signal > 64 || handler < 2)
		c->signal = 0;
}

/* What a call has registered, unless it has failed */
static void note(int root, struct nacc_sbi_context *c)
{
	int succeeds = goes_on[0] == c->x[PC] + 4 && !goes_on[1];

	if (c->x[A7] == 134) {
		/* The old action could not be written: that comes last. */
		if (c->x[A2] && goes_on[0] == c->x[PC] + 4 && goes_on[1] == -14UL)
			succeeds = 1;
		if (c->signal && succeeds)
			note_handler(root, c->signal, c->handler);
		c->signal = 0;
	}
	if (c->x[A7] == 293 && succeeds) {
		c->rseq_sig = (nacc_u32)c->x[A3];
		c->flags = (c->flags & ~NACC_CONTEXT_RSEQ) | (c->x[A2] & 1 ? 0 : NACC_CONTEXT_RSEQ);
	}
}

/* What it would go on with; its place in the context is left as it is. */
static void wanted(const struct nacc_sbi_context *c, int state, const nacc_u64 *x, nacc_u64 *want)
{
	memcpy(want, c->x, 32 * 8);
	if (is_sigreturn(c, state)) {
		read_saved(c->x[SP], want);
	} else if (of_call(c, state)) {
		want[PC] += 4;
		want[A0] = x[A0];
	}
}

static void note_float(struct nacc_sbi_context *c, int state)
{
	nacc_u64 frame = (c->x[SP] + 560) & ~7UL;

	if (state == NACC_CONTEXT_KERNEL && c->cause == 4)
		load_float(c, goes_on[0]);
	if (is_sigreturn(c, state) && is_user(frame, 264)) {
		memcpy(c->f, user_at(frame), 256);
		c->fcsr = *user_at(frame + 256) & 0xffffffff;
	}
}

/*
 * Where the result of a call is not one: to the call again, or without the handler, or behind
 * what has made a child. Where something was performed it was.
 */
static void wanted_instead(const struct nacc_sbi_context *c, int state, const nacc_u64 *x,
			   nacc_u64 *want)
{
	int by_a2 = x[A2] == x[SP] + 128, named = by_a2 || x[A1] == x[SP] || x[A2] == x[A1] + 128;
	int bore = !!(c->cause & NACC_CONTEXT_BORE);
	nacc_u64 frame[32];

	if (is_sigreturn(c, state))
		return;
	if (!of_call(c, state)) {
		if (performs(c, state, frame) && frame[PC] == x[PC])
			memcpy(want, frame, 32 * 8);
	} else if (x[PC] == c->x[PC] && !bore) {
		memcpy(want, c->x, 32 * 8);
		want[A7] = x[A7] == 128 ? 128 : want[A7];
	} else if (x[PC] != c->x[PC] + 4 && named &&
		   read_saved(by_a2 ? x[SP] : x[A1], frame) && may_have(c, state, want, frame)) {
		memcpy(want, frame, 32 * 8);
	} else if (x[PC] != c->x[PC] + 4 && bore) {
		want[A0] = -4UL;
	}
}

/* Where a thread goes on that is not looked at, or does not fit and may: behind a call */
static void suppose(const struct nacc_sbi_context *c, int state, const nacc_u64 *x)
{
	goes_on[0] = of_call(c, state) ? c->x[PC] + 4 : x[PC];
	goes_on[1] = x[A0] >= -4095UL ? x[A0] : 0;
}

/* Does it fit? If not @want is what it goes on with instead, where that is enforced. */
static int judge(int root, const struct nacc_sbi_context *c, int state, const nacc_u64 *x,
		 nacc_u64 *want)
{
	wanted(c, state, x, want);
	if (is_legal(root, c, state, want, x))
		return 1;
	if ((gate_at(record_of(root))->mode & 3) != NACC_GATE_ENFORCE) {
		suppose(c, state, x);
		return 0;
	}
	wanted_instead(c, state, x, want);
	goes_on[0] = want[PC];
	goes_on[1] = want[A0];
	return 0;
}

static int refuse(int root, nacc_u64 *x, const nacc_u64 *want)
{
	struct nacc_sbi_gate *gate = gate_at(record_of(root));

	gate->refused++;
	note_turns(record_of(root));
	if ((gate->mode & 3) != NACC_GATE_ENFORCE)
		return NACC_TURN_GO;
	memmove(x, want, 32 * 8);
	return NACC_TURN_RESTORED;
}

/* @odd: it would go on with other registers than those of 64 bits */
static int settle(int root, struct nacc_sbi_context *c, nacc_u64 *x, int odd)
{
	struct nacc_sbi_gate *gate = gate_at(record_of(root));
	int state = c->state, legal;
	nacc_u64 want[32];

	c->state = NACC_CONTEXT_USER;
	odd &= !(gate->mode & NACC_GATE_PTRACE);
	if (state == NACC_CONTEXT_ADOPT) {
		secrets_lost(root);
		if (c->flags & NACC_CONTEXT_JOINED)
			note_first(root, x);
		c->flags &= ~NACC_CONTEXT_JOINED;
		return odd ? refuse(root, x, x) : NACC_TURN_GO;
	}
	suppose(c, state, x);
	if (gate->mode & NACC_GATE_PTRACE)
		c->flags &= ~NACC_CONTEXT_FLOAT;
	legal = gate->mode & NACC_GATE_PTRACE || judge(root, c, state, x, want);
	if (!(gate->mode & NACC_GATE_PTRACE))
		note_float(c, state);
	if (of_call(c, state) || (gate->mode & 7) != NACC_GATE_ENFORCE)
		note_vector(c, is_sigreturn(c, state) && (gate->mode & 7) == NACC_GATE_ENFORCE);
	if (of_call(c, state))
		note(root, c);
	c->cause &= ~NACC_CONTEXT_BORE;
	if (legal && odd)
		return refuse(root, x, x);
	return legal ? NACC_TURN_GO : refuse(root, x, want);
}

static void arrange(int root, const struct nacc_sbi_context *c, nacc_u64 *x)
{
	nacc_u64 done[32];

	memcpy(x, c->x, 32 * 8);
	if (of_call(c, c->state) && below(4)) {
		x[PC] += 4;
		x[A0] = below(2) ? 0 : -(nacc_u64)below(40);
	}
	switch (below(8)) {
	case 0:
		break;
	case 1:
		if (performs(c, c->state, done))
			memcpy(x, done, sizeof(done));
		else
			x[PC] += 2 + 2 * below(2);
		if (!below(4))
			x[8 + below(8)] = wild();
		break;
	case 2:
		x[PC] = USER_BASE + 0x204 + 8 * below(2);
		break;
	case 3:
		memcpy(x, user_at(USER_BASE + PAGE + 8 * below(200)), 32 * 8);
		break;
	}
	if (below(2))
		change_some(x);
	for (unsigned int n = below(4); n > 1; n--)
		make_signal(root, x);
	if (!below(4))
		change_some(x);
}

/* A thread goes to user mode with these registers, or others: it has them then. */
void go_out(int root, nacc_u64 task, nacc_u64 *x)
{
	int armed = armed_frames() >= context_frames(0), wants = NACC_TURN_FREE, got;
	struct nacc_turn t = { .satp = (nacc_u64)m.mode << 60 | frame_pa_of(root) >> 12,
		.task = task, .hart = below(4), .is_odd = !below(16) };
	struct nacc_sbi_context *c = NULL;
	int floats = 0, vectors = 0;

	memcpy(t.x, x, sizeof(t.x));
	got = nacc_turn_out(&m.core, &t);
	if (gated_hart(root)) {
		c = place_of(root, t.task, 0);
		if (!c && !x[A0] && !threads_at(root)->entered) {
			c = add_context(root, t.task, armed);
			if (c) {
				c->state = NACC_CONTEXT_ADOPT;
				memset(threads_at(root)->handlers, 0,
				       sizeof(threads_at(root)->handlers));
			}
		}
		if (c && c->state != NACC_CONTEXT_USER) {
			wants = settle(root, c, x, t.is_odd);
			floats = (c->flags & NACC_CONTEXT_FLOAT) &&
				 (gate_at(record_of(root))->mode & 7) == NACC_GATE_ENFORCE;
			vectors = (c->flags & NACC_CONTEXT_VECTOR) != 0;
			c->hart = t.hart;
			same("whose", t.context == in_core(c), 1);
		} else {
			struct nacc_sbi_gate *gate = gate_at(record_of(root));

			gate->refused++;
			note_turns(record_of(root));
			wants = (gate->mode & 3) == NACC_GATE_ENFORCE ? NACC_TURN_REFUSED :
				NACC_TURN_FREE;
		}
	}
	same("turn", got, wants);
	same("floats", t.context && nacc_turn_has_float(t.context), floats);
	same("vectors", t.context && nacc_turn_has_vector(t.context), vectors);
	if (memcmp(x, t.x, sizeof(t.x)))
		bad("registers of a turn", got, t.task);
}

void step_go(void)
{
	int root = gated_arg();
	nacc_u64 task = below(16) ? task_arg() : 0, x[32] = { 0 };
	struct nacc_sbi_context *c = gated_hart(root) ? place_of(root, task, 0) : NULL;

	if (c)
		arrange(root, c, x);
	else
		change_some(x);
	go_out(root, task, x);
}

/* Who is in user mode, by number, or NULL */
struct nacc_sbi_context *nth_user(unsigned int nth)
{
	for (int i = 0; i < mo.nr; i++) {
		struct nacc_sbi_context *c = (void *)mo.f[i].e;
		int first = mo.f[i].kind == K_CONTEXT && mo.f[i].owner != i &&
			    mo.f[i].parent == NO ?
			    mo.f[mo.f[i].owner].first : NO;

		for (int n = first == i ? 2 : 0; first != NO && n < 4; n++)
			if (c[n].state == NACC_CONTEXT_USER && !nth--)
				return &c[n];
	}
	return NULL;
}

/* clone3(2): flags, stack and its size, TLS */
void note_clone(struct nacc_sbi_context *c)
{
	nacc_u64 flags, stack, size, tls, at = c->x[A0];

	c->flags &= ~(NACC_CONTEXT_CLONE | NACC_CONTEXT_SHARES);
	if (!read_user(at, 8, &flags) || !read_user(at + 40, 8, &stack) ||
	    !read_user(at + 48, 8, &size) || !read_user(at + 56, 8, &tls))
		return;
	c->flags |= NACC_CONTEXT_CLONE | (flags >> 8 & 1 ? NACC_CONTEXT_SHARES : 0);
	c->child_sp = stack ? stack + size : c->x[SP];
	c->child_tp = flags >> 19 & 1 ? tls : c->x[TP];
}

/* Who is in user mode comes from there with these registers. */
void come_in(struct nacc_sbi_context *c, nacc_u64 cause, const nacc_u64 *x)
{
	struct nacc_sbi_gate *gate = gate_at(index_of(c->gate));
	struct nacc_turn t = { .hart = below(4), .context = in_core(c) };
	nacc_u64 nr = x[A7];
	int allowed = 1, root;

	memcpy(t.x, x, sizeof(t.x));
	if (cause == 8 && nr < 512)
		gate->calls[nr] += gate->calls[nr] < NACC_GATE_CALLS_MAX;
	if (cause == 8 && nr >= 512)
		gate->other_calls++;
	if (cause == 8 && gate->mode & NACC_GATE_LIST)
		allowed = nr == 128 || nr == 139 ||
			  (nr < 512 && gate->allowed[nr / 64] >> nr % 64 & 1);
	gate->refused_calls += !allowed;
	if (!allowed)
		note_turns(index_of(c->gate));
	/* The glue's, if they have changed */
	if (!below(4)) {
		nacc_u64 value = wild();

		c->flags |= NACC_CONTEXT_FLOAT | (value & 1 ? NACC_CONTEXT_VECTOR : 0);
		c->f[below(32)] = value;
		t.context->flags = c->flags;
		memcpy(t.context->f, c->f, sizeof(c->f));
	}
	memcpy(c->x, t.x, sizeof(t.x));
	c->cause = cause;
	c->state = NACC_CONTEXT_KERNEL;
	root = index_of(c->root & ~1UL);
	allowed |= (gate->mode & 3) != NACC_GATE_ENFORCE;
	if (cause == 8 && allowed && mo.f[root].bound && nr == 134)
		note_action(c);
	if (cause == 8 && allowed && mo.f[root].bound && nr == 435)
		note_clone(c);
	t.satp = (nacc_u64)m.mode << 60 | c->root >> 12;
	same("come", nacc_turn_in(&m.core, &t, cause), allowed);
	nacc_context_set_state(t.context, NACC_CONTEXT_KERNEL);
}

void step_come(void)
{
	static const nacc_u64 causes[] = { 8, 8, 8, 8, 4, 6, 13, 1UL << 63 | 5 };
	struct nacc_sbi_context *c = nth_user(below(4));
	nacc_u64 cause = causes[below(ARRAY_SIZE(causes))], x[32];

	if (!c)
		return;
	memcpy(x, c->x, sizeof(x));
	change_some(x);
	if (below(2))
		x[A7] = register_arg(A7);
	come_in(c, cause, x);
}
