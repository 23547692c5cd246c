// SPDX-License-Identifier: BSD-2-Clause
/* Children at the gate: what they begin with, by the arguments of the call that made them. */
#include "clones.h"
#include "rules.h"

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

static void child_by_vfork(void **state)
{
	(void)state;
	in_clone(NACC_NR_CLONE, VM | VFORK | 17, 0, 0x7777);
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

/* The child's one and only return, with this; it begins with @want instead, or just so. */
static void begins_at(unsigned int reg, nacc_u64 val, nacc_u64 want)
{
	struct nacc_turn parent = t;

	born(gated);
	t.x[NACC_REG_SP] = context(gated, CHILD)->x[NACC_REG_SP];
	t.x[NACC_REG_TP] = context(gated, CHILD)->x[NACC_REG_TP];
	t.x[reg] = val;
	if (val == want)
		assert_goes();
	else
		assert_refused_at(reg, want);
	come(PAGE_FAULT);
	must(context_call(gated, CHILD, NACC_CONTEXT_END, 0));
	t = parent;
}

static void child_by_clone3(void **state)
{
	const nacc_u64 sp = t.x[NACC_REG_SP], tp = t.x[NACC_REG_TP];

	(void)state;
	in_clone3(ARGS, SETTLS, STACK + 512, 1024, 0x7777);
	begins_at(NACC_REG_SP, STACK + 1536, STACK + 1536);
	/* Not where it ends, where its parent's is, or anywhere else; nor with that of another */
	begins_at(NACC_REG_SP, STACK + 512, STACK + 1536);
	begins_at(NACC_REG_SP, sp, STACK + 1536);
	begins_at(NACC_REG_SP, 0x1230, STACK + 1536);
	begins_at(NACC_REG_TP, 0x7777, 0x7777);
	begins_at(NACC_REG_TP, 0x4560, 0x7777);
	begins_at(NACC_REG_TP, tp, 0x7777);
	begins_at(8, t.x[8] + 1, t.x[8]);
	/* What the kernel, or another thread, makes of the arguments afterwards is too late. */
	user_at(ARGS)[5] = 0x1230;
	user_at(ARGS)[7] = 0x4560;
	begins_at(NACC_REG_SP, 0x1230 + 1024, STACK + 1536);
	begins_at(NACC_REG_TP, 0x4560, 0x7777);
	/* And its parent goes on; the next call is one of its own, without TLS, or a stack. */
	t.x[NACC_REG_PC] += 4;
	t.x[NACC_REG_A0] = 815;
	assert_goes();
	registers();
	*user_at(ARGS) = VM | 1;
	user_at(ARGS)[5] = 0;
	t.x[NACC_REG_A0] = ARGS;
	t.x[NACC_REG_A7] = NACC_NR_CLONE3;
	come(ECALL);
	begins_at(NACC_REG_SP, sp, sp);
	begins_at(NACC_REG_SP, 1024, sp);
	begins_at(NACC_REG_TP, tp, tp);
	begins_at(NACC_REG_TP, 0x4560, tp);
}

/* What a call says it says for one call. */
static void child_by_another_call(void **state)
{
	(void)state;
	in_clone3(ARGS, SETTLS, STACK + 512, 1024, 0x7777);
	begins_at(NACC_REG_SP, STACK + 1536, STACK + 1536);
	t.x[NACC_REG_PC] += 4;
	t.x[NACC_REG_A0] = 815;
	assert_goes();
	registers();
	t.x[NACC_REG_A0] = VM | 17;
	t.x[NACC_REG_A1] = 0;
	t.x[NACC_REG_A7] = NACC_NR_CLONE;
	come(ECALL);
	begins_at(NACC_REG_SP, STACK, STACK);
	begins_at(NACC_REG_SP, STACK + 1536, STACK);
}

/* They may lie at any address, in two pages. */
static void arguments_across(void **state)
{
	(void)state;
	in_clone3(STACK + PAGE - 43, SETTLS, STACK + 512, 1024, 0x7777);
	begins_at(NACC_REG_SP, STACK + 1536, STACK + 1536);
	begins_at(NACC_REG_TP, 0x7777, 0x7777);
}

/* Not there when the call was made, but when the kernel has read them */
static void arguments_later(void **state)
{
	(void)state;
	for (int hole = 4; hole <= 8; hole *= 2) {
		t.x[NACC_REG_SP] = STACK;
		m.holes = hole;
		in_clone3(STACK + PAGE - 56, SETTLS, STACK + 512, 1024, 0x7777);
		assert_call(context_call(gated, CHILD, NACC_CONTEXT_OF_CHILD, TASK), BAD_ADDRESS,
			    NACC_REASON_BAD_ADDRESS);
		assert_null(context(gated, CHILD));
		assert_int_equal(context(gated, TASK)->state, NACC_CONTEXT_KERNEL);
		m.holes = 0;
		begins_at(NACC_REG_SP, STACK + 1536, STACK + 1536);
		begins_at(NACC_REG_TP, 0x4560, 0x7777);
		registers();
		t.task = TASK;
		must(context_call(gated, TASK, NACC_CONTEXT_END, 0));
	}
}

/* Who names none of the program's memory has no child made, unless that is only on record. */
static void arguments_nowhere(void **state)
{
	static const nacc_u64 offsets[] = { 0, 8, 16, 24, 40, 48, 56, 64 };
	const nacc_u64 end = USER_BASE + USER_PAGES * PAGE;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(offsets); i++) {
		*user_at(end - 64) = VM;
		in_clone(NACC_NR_CLONE3, end - offsets[i], 64, 3);
		if (offsets[i] == 64) {
			must(context_call(gated, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
			break;
		}
		assert_call(context_call(gated, CHILD, NACC_CONTEXT_OF_CHILD, TASK), BAD_ADDRESS,
			    NACC_REASON_BAD_ADDRESS);
		assert_null(context(gated, CHILD));
		registers();
		must(context_call(gated, TASK, NACC_CONTEXT_END, 0));
	}
	must(context_call(gated, CHILD, NACC_CONTEXT_END, 0));
	must(context_call(gated, TASK, NACC_CONTEXT_END, 0));
	registers();
	in_clone(NACC_NR_CLONE3, end, 64, 3);
	set_mode(NACC_GATE_AUDIT);
	must(context_call(gated, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
	assert_int_equal(context(gated, CHILD)->state, NACC_CONTEXT_ADOPT);
	/* Told of once more it stays that, though it is enforced by now. */
	set_mode(NACC_GATE_ENFORCE);
	must(context_call(gated, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
	assert_int_equal(context(gated, CHILD)->state, NACC_CONTEXT_ADOPT);
	set_mode(NACC_GATE_ENFORCE | NACC_GATE_PTRACE);
	must(context_call(gated, OTHER_TASK, NACC_CONTEXT_OF_CHILD, TASK));
	assert_int_equal(context(gated, OTHER_TASK)->state, NACC_CONTEXT_ADOPT);
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
	childless();
	must(context_call(gated, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
	signalled(1, HANDLER);
	saved(t.x[NACC_REG_SP])[NACC_REG_A0] = 1;
	assert_refused_at(NACC_REG_PC, USER_BASE + 0x14);
	come(PAGE_FAULT);
	must(context_call(gated, CHILD, NACC_CONTEXT_END, 0));
	childless();
	must(context_call(gated, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
	signalled(1, HANDLER);
	assert_goes();
}

static void child_by_clone3_is_signalled(void **state)
{
	nacc_u64 sp[] = { STACK - 144, STACK - 128 };

	(void)state;
	add_handler(1, HANDLER);
	in_clone3(ARGS, SETTLS, STACK - 1152, 1024, 0x4560);
	for (int i = 0; i < 2; i++) {
		born(gated);
		t.x[NACC_REG_SP] = sp[i];
		t.x[NACC_REG_TP] = 0x4560;
		signalled(1, HANDLER);
		if (sp[i] == STACK - 128) {
			assert_goes();
			break;
		}
		assert_refused_at(NACC_REG_PC, USER_BASE + 0x14);
		come(PAGE_FAULT);
		must(context_call(gated, CHILD, NACC_CONTEXT_END, 0));
		t.x[NACC_REG_PC] = USER_BASE + 0x10;
	}
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
	t.x[NACC_REG_A0] = VM;
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
	/* A thread of that */
	tell_handler(root, 2, HANDLER + 4);
	add_handler(2, HANDLER + 8);
	childless();
	set_mode(NACC_GATE_AUDIT);
	must(context_call(root, OTHER_TASK, NACC_CONTEXT_OF_CHILD, TASK));
	set_mode(NACC_GATE_ENFORCE);
	assert_int_equal(threads(root)->handlers[1][0], HANDLER + 4);
	assert_int_equal(context(root, OTHER_TASK)->flags, 0);
	/* Not into another domain */
	record2 = must(call(NACC_SBI_GATE_OPEN, TAG + 1, 0, 0));
	other = more_root(TAG + 1);
	must(call(NACC_SBI_AS_GATE, other, record2, 0));
	childless();
	assert_call(context_call(other, CHILD, NACC_CONTEXT_OF_CHILD, TASK), DENIED,
		    NACC_REASON_OWNER);
	assert_null(context(other, CHILD));
}

/* What others register while it is made it may have, too. */
static void child_meanwhile(void **state)
{
	nacc_u64 root = more_gated(OTHER_MM);
	nacc_u64 (*known)[NACC_GATE_HANDLERS] = threads(root)->handlers;
	struct nacc_turn parent;

	(void)state;
	add_handler(1, HANDLER + 4);
	add_handler(1, HANDLER);
	in_clone(NACC_NR_CLONE, 17, 0, 0);
	parent = t;
	for (int i = 0; i < 2; i++) {
		registers();
		*user_at(ARGS) = HANDLER + 8;
		t.x[NACC_REG_A0] = 1 + i;
		t.x[NACC_REG_A1] = ARGS;
		in_call(i ? CHILD + 64 : OTHER_TASK, NACC_NR_RT_SIGACTION);
	}
	t = parent;
	/* One has gone meanwhile. */
	must(context_call(gated, CHILD + 64, NACC_CONTEXT_END, 0));
	must(context_call(root, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
	assert_int_equal(known[0][0], HANDLER + 8);
	assert_int_equal(known[0][1], HANDLER);
	assert_int_equal(known[1][0], 0);
	assert_int_equal(threads(gated)->handlers[0][0], HANDLER);
}

static nacc_u64 meanwhile;

/* Just when those of its maker have been copied that is another's. */
static void registered_then(nacc_u64 pa)
{
	(void)pa;
	m.on_phys = NULL;
	if (threads(meanwhile)->handlers[0][0] == HANDLER)
		nacc_handler_add(threads(gated), 1, HANDLER + 8);
	else
		m.on_phys = registered_then;
}

static void child_just_then(void **state)
{
	(void)state;
	meanwhile = more_gated(OTHER_MM);
	add_handler(1, HANDLER);
	in_clone(NACC_NR_CLONE, 17, 0, 0);
	m.on_phys = registered_then;
	must(context_call(meanwhile, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
	assert_null(m.on_phys);
	assert_int_equal(threads(meanwhile)->handlers[0][0], HANDLER + 8);
	assert_int_equal(threads(meanwhile)->handlers[0][1], HANDLER);
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
	TEST(child_by_vfork),
	TEST(child_by_clone3),
	TEST(child_by_another_call),
	TEST(arguments_across),
	TEST(arguments_later),
	TEST(arguments_nowhere),
	TEST(child_is_signalled),
	TEST(child_by_clone3_is_signalled),
	TEST(child_of_nobody),
	TEST(child_on_a_new_root),
	TEST(child_meanwhile),
	TEST(child_just_then),
	TEST(child_of_others),
};

const struct suite children_suite = {
	"children", tests, ARRAY_SIZE(tests)
};
