// SPDX-License-Identifier: BSD-2-Clause
/* Signals, as the kernel makes them: a handler begins, with a frame, and goes back. */
#include "model.h"

#define PC	0
#define RA	1
#define SP	2
#define A0	10
#define A1	11
#define A2	12
#define A7	17
#define VDSO	(USER_BASE + 0x100)

/* Three of each signal, the last first */
void note_handler(int root, nacc_u64 sig, nacc_u64 handler)
{
	nacc_u64 *known = threads_at(root)->handlers[sig - 1];

	if (known[0] == handler)
		return;
	known[2] = known[1];
	known[1] = known[0];
	known[0] = handler;
}

/* Threads of a root that are registering handlers, in the order of the chain */
static int each_registering(int root, int (*fn)(const struct nacc_sbi_context *c, int to), int to)
{
	int skip = 2, found = 0;

	for (int i = mo.f[root].first; i != NO; i = mo.f[i].next, skip = 0) {
		const struct nacc_sbi_context *c = (void *)mo.f[i].e;

		for (int n = skip; n < 4; n++)
			if (c[n].state && c[n].signal)
				found |= fn(&c[n], to);
	}
	return found;
}

static int add_registering(const struct nacc_sbi_context *c, int to)
{
	note_handler(to, c->signal, c->handler);
	return 0;
}

static nacc_u64 asked[2];

static int is_asked(const struct nacc_sbi_context *c, int to)
{
	(void)to;
	return c->signal == asked[0] && c->handler == asked[1];
}

/* Is it one of that signal's, or about to be? */
int is_handler(int root, nacc_u64 sig, nacc_u64 handler)
{
	const nacc_u64 *known = threads_at(root)->handlers[sig - 1];

	asked[0] = sig;
	asked[1] = handler;
	for (int i = 0; i < 3; i++)
		if (handler == known[i] || handler == threads_at(root)->handlers[64][i])
			return 1;
	return each_registering(root, is_asked, 0);
}

/* The call that it was in has registered a handler, of whatever signal. */
void note_first(int root, const nacc_u64 *x)
{
	nacc_u64 code, handler;

	if (x[A7] == 134 && (!x[A0] || (x[A0] == -14UL && x[A2])) && x[A1] &&
	    read_user(x[PC] - 4, 4, &code) && code == 0x73 &&
	    read_user(x[A1], 8, &handler) && handler > 1)
		note_handler(root, 65, handler);
}

/* Of one root those that another has, or is about to have */
void inherit_handlers(int own, int root)
{
	nacc_u64 (*from)[3] = threads_at(own)->handlers, (*to)[3] = threads_at(root)->handlers;

	memcpy(to, from, sizeof(threads_at(own)->handlers));
	each_registering(own, add_registering, root);
	for (int i = 0; i < 65; i++)
		if (from[i][0] && from[i][0] != to[i][1] && from[i][0] != to[i][2])
			note_handler(root, i + 1, from[i][0]);
}

/* A signal's frame gets some parts. */
static void make_parts(nacc_u64 sp)
{
	nacc_u64 at = (sp + 1080) & ~7UL, data = USER_BASE + PAGE + 8 * below(300);

	if (!is_user(at, 512))
		return;
	/* One of something else in front, whose size is rounded */
	if (!below(4)) {
		nacc_u64 size = byte();

		*user_at(at) = 1 + below(200) | size << 32;
		at += size & ~7UL;
	}
	*user_at(at) = below(8) ? V_MAGIC | 48UL << 32 : 0;
	for (int i = 1; i < 5; i++)
		user_at(at)[i] = wild();
	user_at(at)[5] = m.layout.vlenb;
	user_at(at)[6] = below(8) ? data : below(2) ? data + 1 : wild();
}

/* A signal, if there is a handler of it */
void make_signal(int root, nacc_u64 *x)
{
	nacc_u64 sig = 1 + below(64), sp, *frame;

	/* One that has a handler */
	for (int i = 0; i < 64 && !threads_at(root)->handlers[sig - 1][0]; i++)
		sig = sig % 64 + 1;

	sp = (x[SP] - 512) & ~(below(8) ? 15UL : 7UL);
	if (!is_user(sp + 304, 256))
		sp = USER_BASE + 2 * PAGE + 16 * below(256);
	frame = user_at(sp + 304);
	memcpy(frame, x, 32 * 8);
	if (!below(8))
		frame[below(32)] = register_arg(below(32));
	x[PC] = threads_at(root)->handlers[sig - 1][below(3)];
	x[RA] = below(8) ? VDSO : VDSO - 4;
	x[SP] = sp;
	x[A0] = sig;
	x[A1] = x[SP];
	x[A2] = x[SP] + 128;
	if (m.layout.vlenb && below(2))
		make_parts(sp);
}

/* From user mode, and back with what the kernel has made of the registers, mostly */
static int there_and_back(struct nacc_sbi_context *c, nacc_u64 cause, nacc_u64 *x)
{
	int root = index_of(c->root & ~1UL);
	nacc_u64 frame[32];

	come_in(c, cause, x);
	if (cause == 8 && x[A7] == 139 && read_saved(x[SP], frame)) {
		memcpy(x, frame, sizeof(frame));
	} else if (cause == 8) {
		x[PC] += 4;
		x[A0] = 0;
	} else {
		make_signal(root, x);
	}
	if (!below(8))
		change_some(x);
	go_out(root, c->task, x);
	return c->state == NACC_CONTEXT_USER;
}

/* Of one signal all: rt_sigaction(2), the interrupt, the handler, rt_sigreturn(2) */
void step_signal(void)
{
	struct nacc_sbi_context *c = nth_user(below(2));
	nacc_u64 x[32];

	if (!c || !gated_hart(index_of(c->root & ~1UL)))
		return;
	memcpy(x, c->x, sizeof(x));
	x[A0] = 1 + below(64);
	x[A1] = USER_BASE + 0x400 + 8 * (2 + below(6));
	x[A7] = 134;
	if (!there_and_back(c, 8, x) || !there_and_back(c, 1UL << 63 | 5, x))
		return;
	x[A7] = 139;
	there_and_back(c, 8, x);
}
