// SPDX-License-Identifier: BSD-2-Clause
/* Handlers of signals: which are registered, when, and for whom. */
#include "sigactions.h"

static void handlers_are_known(void **state)
{
	const nacc_u64 act = STACK + 256;
	nacc_u64 *known = threads(gated)->handlers[4];

	(void)state;
	in_kernel(TASK, PAGE_FAULT);
	assert_goes();
	sigaction_call(5, act, HANDLER);
	assert_goes();
	assert_int_equal(known[0], HANDLER);
	/* The same; to ignore it, or the default; a question; one that is not there */
	sigaction_call(5, act, HANDLER);
	assert_goes();
	for (nacc_u64 none = 0; none < 2; none++) {
		sigaction_call(5, act, none);
		assert_goes();
	}
	sigaction_call(5, 0, 0);
	assert_goes();
	sigaction_call(65, act, HANDLER);
	assert_goes();
	sigaction_call(0, act, HANDLER);
	assert_goes();
	registers();
	t.x[NACC_REG_A0] = 5;
	t.x[NACC_REG_A1] = USER_BASE - 8;
	t.x[NACC_REG_A7] = NACC_NR_RT_SIGACTION;
	come(ECALL);
	t.x[NACC_REG_PC] += 4;
	t.x[NACC_REG_A0] = 0;
	assert_goes();
	assert_int_equal(known[0], HANDLER);
	assert_int_equal(known[1], 0);
	/* One that fails has registered none; the number of a signal is an int. */
	sigaction_call(5, act, HANDLER + 8);
	t.x[NACC_REG_A0] = -22UL;
	assert_goes();
	assert_int_equal(known[0], HANDLER);
	assert_int_equal(known[1], 0);
	sigaction_call(1UL << 32 | 5, act, HANDLER + 8);
	assert_goes();
	assert_int_equal(known[0], HANDLER + 8);
	/* Three are known, the last first: the one before may just be run. */
	sigaction_call(5, act, HANDLER + 4);
	assert_goes();
	sigaction_call(5, act, HANDLER);
	assert_goes();
	assert_int_equal(known[0], HANDLER);
	assert_int_equal(known[1], HANDLER + 4);
	assert_int_equal(known[2], HANDLER + 8);
	sigaction_call(5, act, HANDLER + 16);
	assert_goes();
	assert_int_equal(known[0], HANDLER + 16);
	assert_int_equal(known[1], HANDLER);
	registers();
	come(PAGE_FAULT);
	signalled(5, HANDLER + 8);
	assert_refused_at(NACC_REG_PC, USER_BASE + 0x10);
	registers();
	come(PAGE_FAULT);
	signalled(5, HANDLER);
	assert_goes();
	/* Another call has no such effect. */
	registers();
	t.x[NACC_REG_A0] = 5;
	t.x[NACC_REG_A1] = act;
	*user_at(act) = HANDLER;
	come(ECALL);
	t.x[NACC_REG_PC] += 4;
	t.x[NACC_REG_A0] = 0;
	assert_goes();
	assert_int_equal(known[0], HANDLER + 16);
}

/* The signal is there already when its handler is registered. */
static void handler_at_once(void **state)
{
	(void)state;
	in_kernel(TASK, PAGE_FAULT);
	assert_goes();
	sigaction_call(5, STACK + 256, HANDLER);
	signalled(5, HANDLER);
	assert_goes();
	registers();
	come(PAGE_FAULT);
	sigaction_call(6, STACK + 256, HANDLER + 2);
	signalled(5, HANDLER + 2);
	assert_refused_at(NACC_REG_PC, USER_BASE + 0x14);
	/* It has gone on behind that, which has succeeded. */
	assert_int_equal(threads(gated)->handlers[5][0], HANDLER + 2);
}

/* The call of TASK again, while what it names is not mapped */
static void sigaction_unseen(nacc_u64 sig, nacc_u64 handler)
{
	m.holes = 0xc;
	sigaction_call(sig, STACK + 256, handler);
	assert_int_equal(t.context->signal, 0);
	m.holes = 0;
}

/* One that is not there when it is looked at is noted as the call comes back. */
static void handler_unseen(void **state)
{
	(void)state;
	in_kernel(TASK, PAGE_FAULT);
	assert_goes();
	sigaction_unseen(8, HANDLER);
	t.x[NACC_REG_A0] = -14UL;
	m.holes = 0xc;
	assert_goes();
	assert_int_equal(threads(gated)->handlers[7][0], 0);
	sigaction_unseen(8, HANDLER);
	m.holes = 0xc;
	assert_missing(STACK + 256);
	m.holes = 0;
	assert_goes();
	assert_int_equal(threads(gated)->handlers[7][0], HANDLER);
	sigaction_unseen(8, HANDLER + 4);
	signalled(8, HANDLER + 4);
	assert_goes();
	assert_int_equal(threads(gated)->handlers[7][0], HANDLER + 4);
	/* What was seen is not looked at once more, whatever is there now. */
	sigaction_call(8, STACK + 256, HANDLER + 8);
	*user_at(STACK + 256) = HANDLER + 12;
	m.holes = 0xc;
	assert_goes();
	assert_int_equal(threads(gated)->handlers[7][0], HANDLER + 8);
}

static struct nacc_turn two[2];

/* The other of the two threads */
static void other_thread(void)
{
	two[t.task == OTHER_TASK] = t;
	t = two[t.task != OTHER_TASK];
}

static void two_threads(void)
{
	in_kernel(OTHER_TASK, PAGE_FAULT);
	assert_goes();
	two[1] = t;
	registers();
	in_kernel(TASK, PAGE_FAULT);
	assert_goes();
	two[0] = t;
}

/* Another thread may be sent to it before the call has come back, and only if it may succeed. */
static void handler_for_others(void **state)
{
	const nacc_u64 act = STACK + 256;

	(void)state;
	two_threads();
	for (int fails = 0; fails < 2; fails++) {
		other_thread();
		assert_sent(7, HANDLER + 4 * fails, 0);
		other_thread();
		sigaction_call(7, act, HANDLER + 4 * fails);
		other_thread();
		assert_sent(7, HANDLER + 4 * fails, 1);
		assert_sent(6, HANDLER + 4 * fails, 0);
		assert_sent(7, HANDLER + 8, 0);
		/* The one before is still known. */
		assert_sent(7, HANDLER, 1);
		other_thread();
		t.x[NACC_REG_A0] = fails ? -1UL : 0;
		assert_goes();
		assert_int_equal(t.context->signal, 0);
		other_thread();
		assert_sent(7, HANDLER + 4 * fails, !fails);
		other_thread();
	}
	/* It is never known of a call that is not made, to the call again, or of who is gone. */
	gate()->allowed[0] = 0;
	set_mode(NACC_GATE_ENFORCE | NACC_GATE_LIST);
	registers();
	*user_at(act) = HANDLER + 12;
	t.x[NACC_REG_A0] = 7;
	t.x[NACC_REG_A1] = act;
	t.x[NACC_REG_A7] = NACC_NR_RT_SIGACTION;
	assert_int_equal(nacc_turn_in(&m.core, &t, ECALL), 0);
	nacc_context_set_state(t.context, NACC_CONTEXT_USER);
	set_mode(NACC_GATE_ENFORCE);
	other_thread();
	assert_sent(7, HANDLER + 12, 0);
	other_thread();
	sigaction_call(7, act, HANDLER + 12);
	t.x[NACC_REG_PC] -= 4;
	t.x[NACC_REG_A0] = 7;
	assert_goes();
	other_thread();
	assert_sent(7, HANDLER + 12, 0);
	other_thread();
	sigaction_call(7, act, HANDLER + 12);
	other_thread();
	assert_sent(7, HANDLER + 12, 1);
	must(context_call(gated, TASK, NACC_CONTEXT_END, 0));
	assert_sent(7, HANDLER + 12, 0);
}

/* Where what a call has come to is the kernel's word the program may believe it. */
static void handler_of_a_debugger(void **state)
{
	const nacc_u64 modes[] = { NACC_GATE_AUDIT, NACC_GATE_ENFORCE | NACC_GATE_PTRACE };
	const nacc_u64 act = STACK + 256;

	(void)state;
	in_kernel(TASK, PAGE_FAULT);
	assert_goes();
	for (nacc_u64 i = 0; i < 2; i++) {
		set_mode(modes[i]);
		sigaction_call(7 + i, act, HANDLER + 4);
		t.x[NACC_REG_PC] = 0x666;
		assert_int_equal(go(), NACC_TURN_GO);
		assert_int_equal(threads(gated)->handlers[6 + i][0], HANDLER + 4);
		sigaction_call(7 + i, act, HANDLER + 8);
		t.x[NACC_REG_PC] = 0x666;
		t.x[NACC_REG_A0] = -4095UL;
		assert_int_equal(go(), NACC_TURN_GO);
		assert_int_equal(threads(gated)->handlers[6 + i][0], HANDLER + 4);
	}
	/* Undone it is behind the call, with that result. */
	set_mode(NACC_GATE_ENFORCE);
	sigaction_call(7, act, HANDLER + 8);
	t.x[NACC_REG_TP]++;
	assert_refused_at(NACC_REG_TP, t.x[NACC_REG_TP] - 1);
	assert_int_equal(threads(gated)->handlers[6][0], HANDLER + 8);
	sigaction_call(7, act, HANDLER + 12);
	t.x[NACC_REG_A0] = -1UL;
	t.x[NACC_REG_TP]++;
	assert_refused_at(NACC_REG_TP, t.x[NACC_REG_TP] - 1);
	assert_int_equal(threads(gated)->handlers[6][0], HANDLER + 8);
}

/* Of a root that is not bound, or not gated, nothing is known. */
static void handler_of_nobody(void **state)
{
	nacc_u64 roots[] = { KERNEL_ROOT, more_root(TAG) };

	(void)state;
	must(call(NACC_SBI_AS_BIND, roots[1], OTHER_MM, NACC_BOUND));
	in_kernel(TASK, PAGE_FAULT);
	assert_goes();
	for (int i = 0; i < 2; i++) {
		t.context->root = roots[i];
		sigaction_call(7, STACK + 256, HANDLER);
		assert_int_equal(t.context->signal, 0);
	}
	t.context->root = gated;
	assert_goes();
	assert_int_equal(threads(gated)->handlers[6][0], 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_gated, teardown)
static const struct CMUnitTest tests[] = {
	TEST(handlers_are_known),
	TEST(handler_at_once),
	TEST(handler_unseen),
	TEST(handler_for_others),
	TEST(handler_of_a_debugger),
	TEST(handler_of_nobody),
};

const struct suite handlers_suite = {
	"handlers", tests, ARRAY_SIZE(tests)
};
