// SPDX-License-Identifier: BSD-2-Clause
/* Children at the gate: what they begin with, by the arguments of the call that made them. */
#include "gated.h"

#define SETTLS	0x80000UL

/* The calling thread is in clone(2), or what it is, with these arguments. */
static void in_clone(nacc_u64 nr, nacc_u64 flags, nacc_u64 sp, nacc_u64 tls)
{
	t.x[NACC_REG_A0] = flags;
	t.x[NACC_REG_A1] = sp;
	t.x[NACC_REG_A3] = tls;
	in_call(TASK, nr);
}

static void born(nacc_u64 root)
{
	must(context_call(root, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
	assert_int_equal(context(root, CHILD)->state, NACC_CONTEXT_CHILD);
	assert_int_equal(context(gated, TASK)->state, NACC_CONTEXT_KERNEL);
	t.task = CHILD;
	t.x[NACC_REG_PC] += 4;
	t.x[NACC_REG_A0] = 0;
}

static void child_by_clone(void **state)
{
	struct nacc_turn parent;

	(void)state;
	in_clone(NACC_NR_CLONE, SETTLS, STACK + 4096, 0x7777);
	parent = t;
	born(gated);
	/* Not with the stack and the thread pointer of its parent */
	assert_refused_at(NACC_REG_SP, STACK + 4096);
	assert_int_equal(t.x[NACC_REG_TP], 0x7777);
	come(PAGE_FAULT);
	must(context_call(gated, CHILD, NACC_CONTEXT_END, 0));
	t = parent;
	born(gated);
	t.x[NACC_REG_SP] = STACK + 4096;
	assert_refused_at(NACC_REG_TP, 0x7777);
	come(PAGE_FAULT);
	must(context_call(gated, CHILD, NACC_CONTEXT_END, 0));
	t = parent;
	born(gated);
	t.x[NACC_REG_SP] = STACK + 4096;
	t.x[NACC_REG_TP] = 0x7777;
	assert_goes();
	/* And its parent goes on. */
	t = parent;
	t.x[NACC_REG_PC] += 4;
	t.x[NACC_REG_A0] = 815;
	assert_goes();
}

static void child_by_fork(void **state)
{
	(void)state;
	in_clone(NACC_NR_CLONE, 17, 0, 0x7777);
	born(gated);
	t.x[NACC_REG_A0] = 1;
	assert_refused_at(NACC_REG_A0, 0);
	come(PAGE_FAULT);
	must(context_call(gated, CHILD, NACC_CONTEXT_END, 0));
	t.task = TASK;
	t.x[NACC_REG_PC] = context(gated, TASK)->x[NACC_REG_PC];
	born(gated);
	t.x[NACC_REG_TP] = context(gated, TASK)->x[NACC_REG_TP];
	assert_goes();
}

static void child_by_clone3(void **state)
{
	(void)state;
	in_clone(NACC_NR_CLONE3, 1, 2, 3);
	born(gated);
	t.x[NACC_REG_SP] = 0x1230;
	t.x[NACC_REG_TP] = 0x4560;
	t.x[8]++;
	assert_refused_at(8, t.x[8] - 1);
	assert_int_equal(t.x[NACC_REG_SP], 0x1230);
	assert_int_equal(t.x[NACC_REG_TP], 0x4560);
	/* The first time only */
	come(PAGE_FAULT);
	t.x[NACC_REG_SP] = 0x9990;
	assert_refused_at(NACC_REG_SP, 0x1230);
}

/* Before it has run: what was saved of it is what it would have begun with. */
static void child_is_signalled(void **state)
{
	const nacc_u64 sp = STACK - 512;

	(void)state;
	add_handler(1, HANDLER);
	in_clone(NACC_NR_CLONE, SETTLS, sp, 0x7777);
	born(gated);
	t.x[NACC_REG_SP] = sp;
	t.x[NACC_REG_TP] = 0x7777;
	signalled(1, HANDLER);
	/* Not with another stack to go back to, a result, or behind another call */
	saved(t.x[NACC_REG_SP])[NACC_REG_SP] -= 16;
	assert_refused_at(NACC_REG_PC, USER_BASE + 0x14);
	come(PAGE_FAULT);
	must(context_call(gated, CHILD, NACC_CONTEXT_END, 0));
	must(context_call(gated, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
	signalled(1, HANDLER);
	saved(t.x[NACC_REG_SP])[NACC_REG_A0] = 1;
	assert_refused_at(NACC_REG_PC, USER_BASE + 0x14);
	come(PAGE_FAULT);
	must(context_call(gated, CHILD, NACC_CONTEXT_END, 0));
	must(context_call(gated, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
	signalled(1, HANDLER);
	assert_goes();
}

/* With clone3(2) its stack is what the kernel says, in a frame, too. */
static void child_by_clone3_is_signalled(void **state)
{
	nacc_u64 *frame;

	(void)state;
	add_handler(1, HANDLER);
	in_clone(NACC_NR_CLONE3, 1, 2, 3);
	born(gated);
	t.x[NACC_REG_SP] = STACK - 128;
	t.x[NACC_REG_TP] = 0x4560;
	signalled(1, HANDLER);
	frame = saved(t.x[NACC_REG_SP]);
	frame[8]++;
	assert_refused_at(NACC_REG_PC, USER_BASE + 0x14);
	come(PAGE_FAULT);
	must(context_call(gated, CHILD, NACC_CONTEXT_END, 0));
	must(context_call(gated, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
	t.x[NACC_REG_SP] = STACK - 128;
	signalled(1, HANDLER);
	assert_goes();
}

static void child_of_nobody(void **state)
{
	(void)state;
	assert_call(context_call(gated, CHILD, NACC_CONTEXT_OF_CHILD, TASK), DENIED,
		    NACC_REASON_THREAD);
	/* In another call, by another trap, in user mode, of one that has not run, of itself */
	in_call(TASK, 63);
	assert_call(context_call(gated, CHILD, NACC_CONTEXT_OF_CHILD, TASK), DENIED,
		    NACC_REASON_THREAD);
	t.x[NACC_REG_A7] = NACC_NR_CLONE;
	assert_int_equal(go(), NACC_TURN_RESTORED);
	t.x[NACC_REG_A7] = NACC_NR_CLONE;
	come(PAGE_FAULT);
	assert_call(context_call(gated, CHILD, NACC_CONTEXT_OF_CHILD, TASK), DENIED,
		    NACC_REASON_THREAD);
	assert_goes();
	assert_call(context_call(gated, CHILD, NACC_CONTEXT_OF_CHILD, TASK), DENIED,
		    NACC_REASON_THREAD);
	come(ECALL);
	assert_call(context_call(gated, TASK, NACC_CONTEXT_OF_CHILD, TASK), DENIED,
		    NACC_REASON_THREAD);
	assert_int_equal(context(gated, TASK)->state, NACC_CONTEXT_KERNEL);
	must(context_call(gated, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
	assert_call(context_call(gated, OTHER_TASK, NACC_CONTEXT_OF_CHILD, CHILD), DENIED,
		    NACC_REASON_THREAD);
	assert_null(context(gated, OTHER_TASK));
}

/* A new process has the handlers of its maker; one that is there keeps its own. */
static void child_on_a_new_root(void **state)
{
	nacc_u64 root = more_gated(OTHER_MM), other, record2;

	(void)state;
	add_handler(1, HANDLER);
	in_clone(NACC_NR_CLONE, 17, 0, 0);
	context(gated, TASK)->flags = NACC_CONTEXT_RSEQ;
	context(gated, TASK)->rseq_sig = 0x10053;
	must(context_call(root, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
	assert_int_equal(threads(root)->handlers[0][0], HANDLER);
	assert_int_equal(context(root, CHILD)->flags, NACC_CONTEXT_RSEQ);
	assert_int_equal(context(root, CHILD)->rseq_sig, 0x10053);
	tell_handler(root, 2, HANDLER + 4);
	add_handler(2, HANDLER + 8);
	must(context_call(root, OTHER_TASK, NACC_CONTEXT_OF_CHILD, TASK));
	assert_int_equal(threads(root)->handlers[1][0], HANDLER + 4);
	assert_int_equal(context(root, OTHER_TASK)->flags, 0);
	/* Not into another domain */
	record2 = must(call(NACC_SBI_GATE_OPEN, TAG + 1, 0, 0));
	other = more_root(TAG + 1);
	must(call(NACC_SBI_AS_GATE, other, record2, 0));
	assert_call(context_call(other, CHILD, NACC_CONTEXT_OF_CHILD, TASK), DENIED,
		    NACC_REASON_OWNER);
	assert_null(context(other, CHILD));
}

/* Of a caller that is not gated, or whose own first return is still to come */
static void child_of_others(void **state)
{
	nacc_u64 root = more_gated(OTHER_MM);

	(void)state;
	must(call_on(KERNEL_ROOT, NACC_SBI_CONTEXT, gated, TASK, NACC_CONTEXT_OF_CHILD, 0));
	assert_int_equal(context(gated, TASK)->state, NACC_CONTEXT_ADOPT);
	add_handler(1, HANDLER);
	must(context_call(root, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
	assert_int_equal(context(root, CHILD)->state, NACC_CONTEXT_ADOPT);
	assert_int_equal(threads(root)->handlers[0][0], HANDLER);
	/* With its gate off no caller is gated. */
	set_mode(NACC_GATE_OFF);
	must(context_call(gated, OTHER_TASK, NACC_CONTEXT_OF_CHILD, 4711));
	assert_int_equal(context(gated, OTHER_TASK)->state, NACC_CONTEXT_ADOPT);
	/* Nor one whose root is not bound */
	set_mode(NACC_GATE_ENFORCE);
	root = more_root(TAG);
	must(call_on(root, NACC_SBI_CONTEXT, gated, OTHER_TASK, NACC_CONTEXT_OF_CHILD, 4711));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_gated, teardown)
static const struct CMUnitTest tests[] = {
	TEST(child_by_clone),
	TEST(child_by_fork),
	TEST(child_by_clone3),
	TEST(child_is_signalled),
	TEST(child_by_clone3_is_signalled),
	TEST(child_of_nobody),
	TEST(child_on_a_new_root),
	TEST(child_of_others),
};

const struct suite children_suite = {
	"children", tests, ARRAY_SIZE(tests)
};
