// SPDX-License-Identifier: BSD-2-Clause
/* Children at the gate: where they may be, and that a call has one. */
#include "clones.h"

static void assert_not_born(nacc_u64 root, nacc_u64 task)
{
	const struct nacc_sbi_context *own = context(root, task);
	const struct nacc_sbi_context was = *(own ? own : context(gated, TASK));

	assert_call(context_call(root, task, NACC_CONTEXT_OF_CHILD, TASK), DENIED,
		    NACC_REASON_THREAD);
	assert_ptr_equal(context(root, task), own);
	if (own)
		assert_memory_equal(own, &was, sizeof(was));
	assert_int_equal(context(gated, TASK)->state, NACC_CONTEXT_KERNEL);
	assert_machine_ok();
}

/* In its parent's memory, or in other, as the call says: else it were on a stack of another's. */
static void child_in_its_place(void **state)
{
	nacc_u64 used = more_gated(OTHER_MM), fresh = more_gated(OTHER_MM + PAGE);
	struct nacc_turn parent;

	(void)state;
	adopt(used, OTHER_TASK);
	in_clone(NACC_NR_CLONE, 17, 0, 0);
	parent = t;
	assert_not_born(gated, CHILD);
	assert_not_born(used, CHILD);
	/* Nor is it who has run there */
	context(used, OTHER_TASK)->state = NACC_CONTEXT_KERNEL;
	assert_not_born(used, OTHER_TASK);
	must(context_call(fresh, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
	/* Of a thread, and of vfork(2) */
	for (nacc_u64 flags = SETTLS; flags; flags = flags == SETTLS ? VM | VFORK | 17 : 0) {
		t = parent;
		t.x[NACC_REG_PC] += 4;
		assert_goes();
		memcpy(t.x, parent.x, sizeof(t.x));
		t.x[NACC_REG_A0] = flags;
		come(ECALL);
		assert_not_born(fresh, OTHER_TASK);
		assert_not_born(more_gated(flags << 12), OTHER_TASK);
		must(context_call(gated, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
		must(context_call(gated, CHILD, NACC_CONTEXT_END, 0));
	}
}

static void child_in_its_place_by_clone3(void **state)
{
	nacc_u64 root = more_gated(OTHER_MM);

	(void)state;
	in_clone3(ARGS, 0, 0, 0, 0);
	*user_at(ARGS) = VM;
	assert_not_born(gated, CHILD);
	must(context_call(root, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
	t.x[NACC_REG_PC] += 4;
	assert_goes();
	t.x[NACC_REG_A0] = ARGS;
	come(ECALL);
	assert_not_born(more_gated(OTHER_MM + PAGE), CHILD);
	must(context_call(gated, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
}

/* A call has one child, as long as it lasts; it is another call once it has been made again. */
static void one_child(void **state)
{
	struct nacc_turn parent;

	(void)state;
	add_handler(1, HANDLER);
	in_clone(NACC_NR_CLONE, SETTLS, STACK + 4096, 0x7777);
	parent = t;
	must(context_call(gated, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
	assert_not_born(gated, OTHER_TASK);
	/* To be told of it again is nothing new, until it has run. */
	must(context_call(gated, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
	born(gated);
	t.x[NACC_REG_SP] = STACK + 4096;
	t.x[NACC_REG_TP] = 0x7777;
	assert_goes();
	come(PAGE_FAULT);
	assert_not_born(gated, CHILD);
	/* A return that is put off does not end the call. */
	t = parent;
	t.x[NACC_REG_PC] += 4;
	t.x[NACC_REG_A0] = 815;
	signalled(1, HANDLER);
	m.holes = 1;
	assert_missing(SIGRETURN);
	m.holes = 0;
	assert_not_born(gated, OTHER_TASK);
	/* Refused it is the call's end, too; and on record as what it was. */
	t.x[8]++;
	assert_int_equal(go(), NACC_TURN_RESTORED);
	assert_int_equal(last_record()->addr, ECALL);
	assert_int_equal(context(gated, TASK)->cause, ECALL);
	memcpy(t.x, parent.x, sizeof(t.x));
	come(ECALL);
	must(context_call(gated, OTHER_TASK, NACC_CONTEXT_OF_CHILD, TASK));
	/* Who was taken as it is meanwhile is one that is told of. */
	childless();
	adopt(gated, CHILD + PAGE);
	must(context_call(gated, CHILD + PAGE, NACC_CONTEXT_OF_CHILD, TASK));
	assert_int_equal(context(gated, CHILD + PAGE)->state, NACC_CONTEXT_CHILD);
}

/* It is behind the call, which was not finished. */
static void assert_interrupted(const struct nacc_turn *parent, nacc_u64 a7)
{
	t.x[NACC_REG_A7] = a7;
	assert_refused_at(NACC_REG_PC, parent->x[NACC_REG_PC] + 4);
	assert_int_equal(t.x[NACC_REG_A0], -4UL);
	assert_int_equal(t.x[NACC_REG_A7], parent->x[NACC_REG_A7]);
	assert_int_equal(context(gated, TASK)->cause, ECALL);
}

/* Made again it would have another child: by whatever way. Without one it may be. */
static void not_again(void **state)
{
	struct nacc_turn parent;

	(void)state;
	add_handler(1, HANDLER);
	in_clone(NACC_NR_CLONE, SETTLS, STACK + 4096, 0x7777);
	parent = t;
	for (int i = 0; i < 3; i++) {
		must(context_call(gated, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
		if (i == 2)
			signalled(1, HANDLER);
		assert_interrupted(&parent, i == 1 ? NACC_NR_RESTART_SYSCALL : NACC_NR_CLONE);
		must(context_call(gated, CHILD, NACC_CONTEXT_END, 0));
		memcpy(t.x, parent.x, sizeof(t.x));
		come(ECALL);
	}
	assert_goes();
	come(ECALL);
	signalled(1, HANDLER);
	assert_goes();
	/* It has failed, for all that a child was made on its way. */
	memcpy(t.x, parent.x, sizeof(t.x));
	come(ECALL);
	must(context_call(gated, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
	t.x[NACC_REG_PC] += 4;
	t.x[NACC_REG_A0] = -11UL;
	assert_goes();
}

/* A new process whose threads were adopted before its maker has told of it */
static void child_adopted(void **state)
{
	nacc_u64 root = more_gated(OTHER_MM);

	(void)state;
	in_clone(NACC_NR_CLONE, 17, 0, 0);
	adopt(root, CHILD);
	assert_not_born(root, OTHER_TASK);
	must(context_call(root, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
	assert_int_equal(context(root, CHILD)->state, NACC_CONTEXT_CHILD);
	/* Where that is only on record, or a debugger may change the call, all of it happens. */
	set_mode(NACC_GATE_AUDIT);
	must(context_call(gated, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
	set_mode(NACC_GATE_ENFORCE | NACC_GATE_PTRACE);
	must(context_call(gated, OTHER_TASK, NACC_CONTEXT_OF_CHILD, TASK));
	assert_int_equal(context(gated, OTHER_TASK)->state, NACC_CONTEXT_CHILD);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_gated, teardown)
static const struct CMUnitTest tests[] = {
	TEST(child_in_its_place),
	TEST(child_in_its_place_by_clone3),
	TEST(one_child),
	TEST(not_again),
	TEST(child_adopted),
};

const struct suite births_suite = {
	"births", tests, ARRAY_SIZE(tests)
};
