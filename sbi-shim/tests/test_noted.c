// SPDX-License-Identifier: BSD-2-Clause
/* Which handlers of signals the firmware knows, by what rt_sigaction(2) comes to. */
#include "race.h"
#include "sigactions.h"

#define ACT		(STACK + 256)
#define SIG		7
#define MINUS_EFAULT	-14UL

static nacc_u64 *known(void)
{
	return threads(gated)->handlers[SIG - 1];
}

/* Of that signal, and asking for the old action there */
static void registers_one(nacc_u64 act, nacc_u64 handler, nacc_u64 oact)
{
	sigaction_asking(SIG, act, handler, oact);
}

/* Where the old action cannot be written, with -EFAULT, the new one is registered all the same. */
static void old_action(void **state)
{
	(void)state;
	in_kernel(TASK, PAGE_FAULT);
	assert_goes();
	registers_one(ACT, HANDLER, 0x10);
	t.x[NACC_REG_A0] = MINUS_EFAULT;
	assert_goes();
	assert_int_equal(known()[0], HANDLER);
	assert_sent(SIG, HANDLER, 1);
	/* So it is if another signal comes just then. */
	registers_one(ACT, HANDLER + 4, 0x10);
	t.x[NACC_REG_A0] = MINUS_EFAULT;
	signalled(SIG, HANDLER);
	assert_goes();
	assert_sent(SIG, HANDLER + 4, 1);
	/* Who does not ask for the old one has registered none, nor has who got another error, */
	registers_one(ACT, HANDLER + 8, 0);
	t.x[NACC_REG_A0] = MINUS_EFAULT;
	assert_goes();
	assert_sent(SIG, HANDLER + 8, 0);
	for (nacc_u64 error = 1; error < 40; error++) {
		registers_one(ACT, HANDLER + 8, 0x10);
		t.x[NACC_REG_A0] = error == 14 ? 1 : -error;
		assert_goes();
		assert_sent(SIG, HANDLER + 8, 0);
	}
	/* or who makes the call again. */
	registers_one(ACT, HANDLER + 8, 0x10);
	t.x[NACC_REG_PC] -= 4;
	t.x[NACC_REG_A0] = SIG;
	assert_goes();
	assert_sent(SIG, HANDLER + 8, 0);
	assert_int_equal(known()[0], HANDLER + 4);
	assert_int_equal(known()[1], HANDLER);
}

/* The same call, while what it names is not mapped, as little as when it comes back */
static void unseen_call(nacc_u64 handler, nacc_u64 oact)
{
	m.holes = 4;
	registers_one(ACT, handler, oact);
}

/*
 * What is named is nowhere, and another signal comes as that is said: nobody is asked for it,
 * which would be the program's end. Elsewhere than at a handler's beginning, likewise.
 */
static void nowhere(void **state)
{
	(void)state;
	add_handler(SIG + 1, HANDLER);
	in_kernel(TASK, PAGE_FAULT);
	assert_goes();
	unseen_call(HANDLER + 4, 0);
	t.x[NACC_REG_A0] = MINUS_EFAULT;
	t.x[NACC_REG_SP] = STACK - 16;
	t.context->x[NACC_REG_SP] = STACK - 16;
	signalled(SIG + 1, HANDLER);
	assert_goes();
	assert_int_equal(t.context->signal, 0);
	/* Behind the call, with the error; to the call again */
	unseen_call(HANDLER + 4, 0);
	t.x[NACC_REG_A0] = MINUS_EFAULT;
	assert_goes();
	unseen_call(HANDLER + 4, 0);
	t.x[NACC_REG_PC] -= 4;
	t.x[NACC_REG_A0] = SIG;
	assert_goes();
	/* To a handler that nobody has registered it is refused, not put off. */
	unseen_call(HANDLER + 4, 0);
	t.x[NACC_REG_SP] = STACK - 16;
	t.context->x[NACC_REG_SP] = STACK - 16;
	signalled(SIG, HANDLER + 4);
	assert_refused_at(NACC_REG_PC, USER_BASE + 0x14);
	assert_int_equal(known()[0], 0);
	/* One that has succeeded has had it there, and it is wanted. */
	unseen_call(HANDLER + 4, 0);
	assert_missing(ACT);
	m.holes = 0;
	assert_goes();
	assert_sent(SIG, HANDLER + 4, 1);
	/* So it is looked at if it is there again, whatever the call says. */
	unseen_call(HANDLER + 8, 0x10);
	t.x[NACC_REG_A0] = MINUS_EFAULT;
	m.holes = 0;
	assert_goes();
	assert_sent(SIG, HANDLER + 8, 1);
}

static nacc_u32 contexts;

/* On another hart the address space ends, just then: its contexts are nobody's. */
static void ends(void)
{
	contexts = frame_of(gated)->list.prev;
	frame_of(gated)->list.prev = NACC_FRAME_NONE;
}

static void ends_by_user(nacc_u64 va)
{
	(void)va;
	m.on_user = NULL;
	ends();
}

static void ends_by_claim(unsigned long *state)
{
	(void)state;
	race = NULL;
	ends();
}

static void ends_not(void)
{
	assert_int_equal(frame_of(gated)->list.prev, NACC_FRAME_NONE);
	frame_of(gated)->list.prev = contexts;
	assert_machine_ok();
}

/* A turn, or a call, that is under way while that happens has nothing to do with it any more. */
static void its_end(void **state)
{
	nacc_u64 root = more_gated(OTHER_MM);

	(void)state;
	add_handler(SIG, HANDLER);
	in_kernel(TASK, PAGE_FAULT);
	assert_goes();
	/* Two handlers: between the first and the second */
	registers();
	come(PAGE_FAULT);
	signalled(SIG, HANDLER);
	signalled(SIG, HANDLER);
	m.on_user = ends_by_user;
	assert_int_equal(go(), NACC_TURN_RESTORED);
	ends_not();
	/* Its twin */
	registers();
	come(PAGE_FAULT);
	signalled(SIG, HANDLER);
	signalled(SIG, HANDLER);
	assert_goes();
	/* A handler that was registered, as another one begins */
	registers_one(ACT, HANDLER + 4, 0);
	signalled(SIG, HANDLER);
	m.on_user = ends_by_user;
	assert_int_equal(go(), NACC_TURN_GO);
	ends_not();
	assert_int_equal(known()[0], HANDLER);
	assert_int_equal(t.context->signal, 0);
	/* Who has a child made on another root */
	registers();
	t.x[NACC_REG_A0] = 17;
	t.x[NACC_REG_A7] = NACC_NR_CLONE;
	come(ECALL);
	race = ends_by_claim;
	assert_call(context_call(root, CHILD, NACC_CONTEXT_OF_CHILD, TASK), DENIED,
		    NACC_REASON_THREAD);
	ends_not();
	must(context_call(root, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
}

/* Who has no context is refused as ever. */
static void ends_for_others(void **state)
{
	(void)state;
	in_kernel(TASK, PAGE_FAULT);
	race = ends_by_claim;
	t.task = TASK;
	t.x[NACC_REG_TP]++;
	assert_int_equal(go(), NACC_TURN_RESTORED);
	ends_not();
	assert_int_equal(gate()->refused, 1);
}

/* Who comes in just then calls as ever, and nothing is noted of it. */
static void ends_as_it_comes(void **state)
{
	nacc_u32 bound = frame_of(gated)->slot;

	(void)state;
	in_kernel(TASK, PAGE_FAULT);
	assert_goes();
	ends();
	registers_one(ACT, HANDLER, 0);
	ends_not();
	assert_int_equal(t.context->signal, 0);
	assert_goes();
	frame_of(gated)->slot = 0;
	registers_one(ACT, HANDLER, 0);
	frame_of(gated)->slot = bound;
	assert_int_equal(t.context->signal, 0);
	assert_goes();
	assert_int_equal(known()[0], 0);
}

/* A walker has set A and D in the number of the signal: there is none such. */
static void not_a_signal(void **state)
{
	const struct nacc_sbi_threads *its = threads(gated);

	(void)state;
	in_kernel(TASK, PAGE_FAULT);
	assert_goes();
	for (nacc_u64 bits = A; bits <= (A | D); bits += A) {
		registers_one(ACT, HANDLER, 0);
		t.context->signal |= bits;
		assert_goes();
		for (size_t i = 0; i < ARRAY_SIZE(its->pad); i++)
			assert_int_equal(its->pad[i], 0);
		assert_int_equal(known()[0], 0);
	}
	assert_machine_ok();
}

static int turns;

/* Who was looked at has come back, or is in another call: a handler of another signal's. */
static void in_another_call(unsigned long *entry)
{
	struct nacc_sbi_context *other = context(gated, OTHER_TASK);

	if ((nacc_u64 *)entry != &other->handler)
		return;
	race = NULL;
	other->signal = turns ? SIG + 1 : 0;
	other->handler = HANDLER + 8;
}

/* OTHER_TASK registers one while TASK forks, and may be overtaken by that. */
static void forked_meanwhile(void **state)
{
	nacc_u64 root, (*its)[NACC_GATE_HANDLERS];

	(void)state;
	for (turns = 0; turns < 3; turns++) {
		root = more_gated(OTHER_MM + turns * PAGE);
		its = threads(root)->handlers;
		in_kernel(OTHER_TASK, PAGE_FAULT);
		assert_goes();
		registers_one(ACT, HANDLER + 4, 0);
		registers();
		t.x[NACC_REG_A0] = 17;
		t.x[NACC_REG_A1] = 0;
		t.x[NACC_REG_A7] = NACC_NR_CLONE;
		in_kernel(TASK, ECALL);
		race = turns < 2 ? in_another_call : NULL;
		must(context_call(root, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
		assert_null(race);
		assert_int_equal(its[SIG - 1][0], turns < 2 ? 0 : HANDLER + 4);
		assert_int_equal(its[SIG][0], 0);
		must(context_call(gated, TASK, NACC_CONTEXT_END, 0));
		must(context_call(gated, OTHER_TASK, NACC_CONTEXT_END, 0));
	}
}

/* As many threads as handlers are known, each in rt_sigaction(2), of HANDLER + 4, + 8, ... */
static struct nacc_turn several[NACC_GATE_HANDLERS];

static void register_several(int nr)
{
	for (int i = 0; i < nr; i++) {
		registers();
		in_kernel(OTHER_TASK + i * PAGE * 16, PAGE_FAULT);
		assert_goes();
		registers_one(ACT, HANDLER + 4 + 4 * i, 0);
		several[i] = t;
	}
}

/*
 * In which order the kernel has performed them nobody sees: whichever comes back last, the one
 * that the process has is among those that are known; and one more pushes the oldest out.
 */
static void several_at_once(void **state)
{
	(void)state;
	register_several(NACC_GATE_HANDLERS);
	for (int i = NACC_GATE_HANDLERS - 1; i >= 0; i--) {
		t = several[i];
		assert_goes();
		assert_int_equal(known()[0], HANDLER + 4 + 4 * i);
	}
	for (int i = 0; i < NACC_GATE_HANDLERS; i++)
		assert_sent(SIG, HANDLER + 4 + 4 * i, 1);
	assert_sent(SIG, HANDLER, 0);
	registers_one(ACT, HANDLER, 0);
	assert_goes();
	assert_sent(SIG, HANDLER, 1);
	for (int i = 0; i < NACC_GATE_HANDLERS; i++)
		assert_sent(SIG, HANDLER + 4 + 4 * i, i < NACC_GATE_HANDLERS - 1);
}

/* Who is made meanwhile knows the last one that its maker has, which it may have as well. */
static void forked_among_several(void **state)
{
	(void)state;
	for (int nr = 1; nr <= NACC_GATE_HANDLERS; nr++) {
		nacc_u64 root = more_gated(OTHER_MM + nr * PAGE);
		nacc_u64 *its = threads(root)->handlers[SIG - 1];

		add_handler(SIG, HANDLER);
		register_several(nr);
		registers();
		t.x[NACC_REG_A0] = 17;
		t.x[NACC_REG_A1] = 0;
		t.x[NACC_REG_A7] = NACC_NR_CLONE;
		in_kernel(TASK, ECALL);
		must(context_call(root, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
		assert_true(its[0] == HANDLER || its[1] == HANDLER || its[2] == HANDLER);
		/* One whose signal has had none so far pushes nothing out. */
		memset(threads(gated)->handlers, 0, sizeof(threads(gated)->handlers));
		root = more_gated(OTHER_MM + (8 + nr) * PAGE);
		its = threads(root)->handlers[SIG - 1];
		context(gated, TASK)->cause = ECALL;
		must(context_call(root, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
		for (int i = 0; i < nr; i++)
			assert_int_equal(its[nr - 1 - i], HANDLER + 4 + 4 * i);
		must(context_call(gated, TASK, NACC_CONTEXT_END, 0));
		for (int i = 0; i < nr; i++)
			must(context_call(gated, several[i].task, NACC_CONTEXT_END, 0));
	}
}

/* The gate finds it in rt_sigaction(2), when its handlers have been looked at already. */
static void found(nacc_u64 task, nacc_u64 act, nacc_u64 handler)
{
	adopt(gated, task);
	t.task = task;
	registers();
	*user_at(USER_BASE + 8) = 0x73UL << 32;
	*user_at(ACT) = handler;
	t.x[NACC_REG_A0] = 0;
	t.x[NACC_REG_A1] = act;
	t.x[NACC_REG_A7] = NACC_NR_RT_SIGACTION;
}

/* Of which signal that was about nobody knows any more. */
static void found_in_the_call(void **state)
{
	nacc_u64 root = more_gated(OTHER_MM);

	(void)state;
	found(TASK, ACT, HANDLER);
	assert_goes();
	assert_int_equal(context(gated, TASK)->flags & NACC_CONTEXT_JOINED, 0);
	assert_sent(SIG, HANDLER, 1);
	assert_sent(NACC_GATE_SIGNALS, HANDLER, 1);
	assert_sent(SIG, HANDLER + 4, 0);
	/* Its child has it, too. */
	registers();
	t.x[NACC_REG_A0] = 17;
	t.x[NACC_REG_A7] = NACC_NR_CLONE;
	come(ECALL);
	must(context_call(root, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
	assert_int_equal(threads(root)->handlers[NACC_GATE_SIGNALS][0], HANDLER);
	/* The old action could not be written. */
	come(ECALL);
	found(OTHER_TASK, ACT, HANDLER + 12);
	t.x[NACC_REG_A0] = -14UL;
	t.x[NACC_REG_A2] = 8;
	assert_goes();
	assert_sent(SIG, HANDLER + 12, 1);
	come(PAGE_FAULT);
	must(context_call(gated, OTHER_TASK, NACC_CONTEXT_END, 0));
	/* One that has failed, has asked only, or says SIG_IGN; one that is none; not there */
	for (int i = 0; i < 8; i++) {
		found(OTHER_TASK, i == 1 ? 0 : ACT, i == 2 ? 1 : HANDLER + 8);
		t.x[NACC_REG_A0] = i ? 0 : -22UL;
		t.x[NACC_REG_A7] += i == 3;
		*user_at(USER_BASE + 8) += i == 4 ? 1UL << 32 : 0;
		t.x[NACC_REG_A1] = i == 5 ? 0x10 : t.x[NACC_REG_A1];
		t.x[NACC_REG_PC] = i == 6 ? 0x14 : t.x[NACC_REG_PC];
		m.holes = i == 7 ? 0xf : 0;
		assert_goes();
		m.holes = 0;
		assert_sent(SIG, HANDLER + 8, 0);
		come(PAGE_FAULT);
		must(context_call(gated, OTHER_TASK, NACC_CONTEXT_END, 0));
	}
}

/* Who comes to be taken as he is while the gate is on has the kernel's word alone. */
static void not_found(void **state)
{
	nacc_u64 task = OTHER_TASK;

	(void)state;
	t.task = task;
	registers();
	*user_at(USER_BASE + 8) = 0x73UL << 32;
	*user_at(ACT) = HANDLER;
	t.x[NACC_REG_A0] = 0;
	t.x[NACC_REG_A1] = ACT;
	t.x[NACC_REG_A7] = NACC_NR_RT_SIGACTION;
	assert_goes();
	assert_sent(SIG, HANDLER, 0);
}

/* Its address space ends as that comes back. */
static void found_as_it_ends(void **state)
{
	(void)state;
	found(TASK, ACT, HANDLER);
	m.on_user = ends_by_user;
	assert_int_equal(go(), NACC_TURN_GO);
	ends_not();
	assert_int_equal(threads(gated)->handlers[NACC_GATE_SIGNALS][0], 0);
	assert_sent(SIG, HANDLER, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_gated, teardown)
static const struct CMUnitTest tests[] = {
	TEST(old_action),
	TEST(nowhere),
	TEST(its_end),
	TEST(ends_for_others),
	TEST(ends_as_it_comes),
	TEST(not_a_signal),
	TEST(forked_meanwhile),
	TEST(several_at_once),
	TEST(forked_among_several),
	TEST(found_in_the_call),
	TEST(not_found),
	TEST(found_as_it_ends),
};

const struct suite noted_suite = {
	"noted", tests, ARRAY_SIZE(tests)
};
