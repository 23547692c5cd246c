// SPDX-License-Identifier: BSD-2-Clause
/* Threads at the gate: how they come to be, whose they are, and how they end. */
#include "gated.h"
#include "race.h"

static void new_program(void **state)
{
	(void)state;
	/* A program begins with a0 = 0, once for each root. */
	assert_no_thread(gated);
	t.x[NACC_REG_A0] = 0;
	assert_goes();
	assert_int_equal(threads(gated)->entered, 1);
	t.task = OTHER_TASK;
	assert_no_thread(gated);
	t.task = 0;
	assert_no_thread(gated);
	/* Nor if it has ended */
	must(call(NACC_SBI_CONTEXT, gated, OTHER_TASK, NACC_CONTEXT_END));
	t.task = TASK;
	t.context = context(gated, TASK);
	come(PAGE_FAULT);
	must(call(NACC_SBI_CONTEXT, gated, TASK, NACC_CONTEXT_END));
	assert_null(context(gated, TASK));
	assert_no_thread(gated);
}

static void new_program_without_a_frame(void **state)
{
	nacc_u64 root = more_gated(OTHER_MM);

	(void)state;
	/* All places of the first frame are taken. */
	for (nacc_u64 i = 0; i < 2; i++)
		adopt(root, TASK + 64 * i);
	threads(root)->entered = 0;
	for (nacc_u32 i = 0; i < m.core.nr_frames; i++)
		call(NACC_SBI_DISARM, i, 1, 0);
	t.satp = satp_of(root);
	t.task = CHILD;
	t.x[NACC_REG_A0] = 0;
	assert_no_thread(root);
}

static void adopted(void **state)
{
	(void)state;
	adopt(gated, TASK);
	for (int i = 0; i < 32; i++)
		t.x[i] = ~0UL - i;
	assert_goes();
	come(PAGE_FAULT);
	t.x[5]++;
	assert_refused_at(5, ~0UL - 5);
}

static void on_its_own_root(void **state)
{
	nacc_u64 root = more_gated(OTHER_MM);

	(void)state;
	in_kernel(TASK, PAGE_FAULT);
	t.satp = satp_of(root);
	assert_no_thread(root);
	assert_int_equal(context(gated, TASK)->state, NACC_CONTEXT_KERNEL);
	t.satp = satp_of(gated);
	assert_goes();
	/* On roots that have no gate, or none that is bound, it is not gated. */
	t.satp = satp_of(KERNEL_ROOT);
	assert_int_equal(go(), NACC_TURN_FREE);
	root = more_root(TAG);
	t.satp = satp_of(root);
	assert_int_equal(go(), NACC_TURN_FREE);
	must(call(NACC_SBI_AS_BIND, root, 0xff60000004713000UL, NACC_BOUND));
	assert_int_equal(go(), NACC_TURN_FREE);
	must(call(NACC_SBI_AS_GATE, root, record, 0));
	assert_no_thread(root);
	t.satp = root >> 12;
	assert_int_equal(go(), NACC_TURN_FREE);
}

static void twice_in_user_mode(void **state)
{
	struct nacc_turn first;

	(void)state;
	in_kernel(TASK, PAGE_FAULT);
	assert_goes();
	first = t;
	t.hart = 4;
	t.x[NACC_REG_A0] = 0;
	assert_no_thread(gated);
	assert_int_equal(context(gated, TASK)->hart, 3);
	t = first;
	assert_int_equal(come(PAGE_FAULT), 1);
	t.hart = 4;
	assert_goes();
}

/* With the gate only watching it is let by, but without a context. */
static void unknown_is_watched(void **state)
{
	(void)state;
	set_mode(NACC_GATE_AUDIT);
	assert_int_equal(go(), NACC_TURN_FREE);
	assert_null(t.context);
	assert_int_equal(gate()->refused, 1);
	assert_int_equal(m.core.reasons[NACC_REASON_THREAD], 1);
	assert_int_equal(last_record()->reason, NACC_REASON_THREAD);
	assert_int_equal(last_record()->flags, NACC_AUDIT_TURN | NACC_AUDIT_PERFORMED);
}

/* In user mode a context is its hart's, whatever the kernel calls. */
static void nobody_takes_it_away(void **state)
{
	nacc_u64 before[33];

	(void)state;
	in_kernel(TASK, PAGE_FAULT);
	assert_goes();
	memcpy(before, t.context->x, sizeof(t.context->x));
	for (nacc_u64 what = 0; what < NACC_CONTEXT_CALL_MAX; what++) {
		struct nacc_ret ret = call_on(KERNEL_ROOT, NACC_SBI_CONTEXT, gated, TASK, what, 0);

		/* Watched it goes on being watched. */
		if (what == NACC_CONTEXT_END)
			assert_call(ret, DENIED, NACC_REASON_THREAD);
		else
			must(ret);
		assert_int_equal(t.context->state, NACC_CONTEXT_USER);
		assert_int_equal(t.context->task, TASK);
		assert_memory_equal(before, t.context->x, sizeof(t.context->x));
	}
	/* Nor while the gate is off, when it may have been elsewhere since. */
	set_mode(NACC_GATE_OFF);
	assert_call(context_call(gated, TASK, NACC_CONTEXT_OF_OTHER, 0), DENIED,
		    NACC_REASON_THREAD);
	set_mode(NACC_GATE_ENFORCE);
	/* What it comes back with is its own still. */
	t.x[7] = 7;
	assert_int_equal(come(PAGE_FAULT), 1);
	assert_int_equal(context(gated, TASK)->x[7], 7);
	must(call(NACC_SBI_CONTEXT, gated, TASK, NACC_CONTEXT_END));
}

/* Another hart, while the return is judged */
static void steal_in_judging(nacc_u64 va)
{
	(void)va;
	assert_call(call(NACC_SBI_CONTEXT, gated, TASK, NACC_CONTEXT_END), DENIED,
		    NACC_REASON_THREAD);
	must(call(NACC_SBI_CONTEXT, gated, TASK, NACC_CONTEXT_OF_OTHER));
}

static void no_race_for_a_context(void **state)
{
	struct nacc_sbi_context *c;
	nacc_u32 was;

	(void)state;
	in_kernel(TASK, PAGE_FAULT);
	m.on_user = steal_in_judging;
	add_handler(1, HANDLER);
	signalled(1, HANDLER);
	assert_goes();
	m.on_user = NULL;
	registers();
	come(PAGE_FAULT);
	/* Found, and then another's */
	c = context(gated, TASK);
	must(call(NACC_SBI_CONTEXT, gated, TASK, NACC_CONTEXT_END));
	adopt(gated, OTHER_TASK);
	assert_ptr_equal(c, context(gated, OTHER_TASK));
	assert_int_equal(nacc_context_claim(c, TASK, &was), 0);
	assert_int_equal(c->state, NACC_CONTEXT_ADOPT);
	must(call(NACC_SBI_CONTEXT, gated, OTHER_TASK, NACC_CONTEXT_END));
	assert_int_equal(nacc_context_claim(c, OTHER_TASK, &was), 0);
	assert_int_equal(c->state, NACC_CONTEXT_FREE);
}

/* Another hart lets go of it, or goes with it, between the look and the swap. */
static void gone(unsigned long *state)
{
	race = NULL;
	*(nacc_u32 *)state = NACC_CONTEXT_FREE;
}

static void taken(unsigned long *state)
{
	race = NULL;
	*(nacc_u32 *)state = NACC_CONTEXT_USER;
}

static void lost_races(void **state)
{
	(void)state;
	in_kernel(TASK, PAGE_FAULT);
	race = gone;
	assert_no_thread(gated);
	in_kernel(TASK, PAGE_FAULT);
	race = taken;
	assert_no_thread(gated);
	assert_int_equal(context(gated, TASK)->state, NACC_CONTEXT_USER);
	t.context = context(gated, TASK);
	come(PAGE_FAULT);
	race = taken;
	assert_call(context_call(gated, TASK, NACC_CONTEXT_END, 0), DENIED, NACC_REASON_THREAD);
	assert_int_equal(context(gated, TASK)->state, NACC_CONTEXT_USER);
	assert_null(nacc_context_first(&m.core, frame_of(more_root(TAG)), TASK));
}

/* Who asks, and of what: of a root that has this mode, is bound so, and has had threads or not */
struct asked {
	nacc_u64 mode;
	nacc_u32 bound;
	nacc_u32 entered;
	int is_gated;
	int may;
};

/* Return: the caller, @gated_one if it is one. */
static nacc_u64 asker(const struct asked *asked, nacc_u64 root, nacc_u64 gated_one)
{
	set_mode(asked->mode);
	frame_of(root)->slot = asked->bound;
	threads(root)->entered = asked->entered;
	return asked->is_gated ? gated_one : KERNEL_ROOT;
}

/* What it was registering when it was found counts. */
static nacc_u32 joined_of(const struct asked *asked)
{
	return asked->mode & NACC_GATE_MODE && asked->bound == NACC_BOUND ? 0 :
									     NACC_CONTEXT_JOINED;
}

/* Who is taken as it is: before the gate is on, on the way in, or of who is not gated. */
static void may_be_adopted(void **state)
{
	static const struct asked cases[] = {
		{ NACC_GATE_OFF, NACC_BOUND, 0, 0, 1 },
		{ NACC_GATE_OFF, NACC_BOUND, 1, 1, 1 },
		{ NACC_GATE_OFF | NACC_GATE_LIST, NACC_BOUND, 1, 0, 1 },
		{ NACC_GATE_ENFORCE, NACC_BOUND_NOT, 1, 1, 1 },
		{ NACC_GATE_ENFORCE, NACC_BOUND_NOT, 0, 0, 1 },
		{ NACC_GATE_ENFORCE, NACC_BOUND_JOINING, 1, 1, 1 },
		{ NACC_GATE_AUDIT, NACC_BOUND_JOINING, 1, 0, 1 },
		{ NACC_GATE_ENFORCE, NACC_BOUND, 0, 0, 1 },
		{ NACC_GATE_AUDIT, NACC_BOUND, 0, 0, 1 },
		{ NACC_GATE_ENFORCE, NACC_BOUND, 0, 1, 0 },
		{ NACC_GATE_ENFORCE, NACC_BOUND, 1, 0, 0 },
		{ NACC_GATE_ENFORCE, NACC_BOUND, 1, 1, 0 },
		{ NACC_GATE_AUDIT, NACC_BOUND, 0, 1, 0 },
		{ NACC_GATE_AUDIT | NACC_GATE_PTRACE, NACC_BOUND, 1, 0, 0 },
	};
	nacc_u64 record2 = must(call(NACC_SBI_GATE_OPEN, TAG + 1, 0, 0)), root;
	nacc_u64 other = more_root(TAG + 1);

	(void)state;
	must(call(NACC_SBI_AS_GATE, other, record2, 0));
	must(call(NACC_SBI_GATE_SET, record2, NACC_GATE_ENFORCE, 0));
	must(call(NACC_SBI_AS_BIND, other, OTHER_MM, NACC_BOUND));
	root = more_root(TAG);
	must(call(NACC_SBI_AS_GATE, root, record, 0));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nacc_ret ret = call_on(asker(&cases[i], root, other), NACC_SBI_CONTEXT, root,
					      CHILD, NACC_CONTEXT_OF_OTHER, 0);

		if (cases[i].may) {
			must(ret);
			assert_int_equal(context(root, CHILD)->state, NACC_CONTEXT_ADOPT);
			assert_int_equal(context(root, CHILD)->flags,
					 NACC_CONTEXT_RSEQ | joined_of(&cases[i]));
			assert_int_equal(context(root, CHILD)->rseq_sig, 0xf1401073);
			must(call(NACC_SBI_CONTEXT, root, CHILD, NACC_CONTEXT_END));
			continue;
		}
		assert_call(ret, DENIED, NACC_REASON_THREAD);
		assert_null(context(root, CHILD));
		assert_int_equal(threads(root)->entered, cases[i].entered);
	}
	frame_of(root)->slot = NACC_BOUND_NOT;
}

/* Of a thread that is enforced nobody but itself tells handlers: any address would be one. */
static void may_be_told(void **state)
{
	static const struct asked given[] = {
		{ NACC_GATE_OFF, NACC_BOUND, 1, 1, 1 },
		{ NACC_GATE_AUDIT, NACC_BOUND, 1, 1, 1 },
		{ NACC_GATE_AUDIT | NACC_GATE_LIST, NACC_BOUND, 1, 0, 1 },
		{ NACC_GATE_ENFORCE, NACC_BOUND_NOT, 1, 1, 1 },
		{ NACC_GATE_ENFORCE, NACC_BOUND_JOINING, 1, 0, 1 },
		{ NACC_GATE_ENFORCE, NACC_BOUND, 0, 0, 0 },
		{ NACC_GATE_ENFORCE, NACC_BOUND, 0, 1, 0 },
		{ NACC_GATE_ENFORCE, NACC_BOUND, 1, 0, 0 },
		{ NACC_GATE_ENFORCE, NACC_BOUND, 1, 1, 0 },
		{ NACC_GATE_ENFORCE | NACC_GATE_PTRACE, NACC_BOUND, 1, 0, 0 },
		{ NACC_GATE_ENFORCE, NACC_BOUND_LEAVING, 1, 0, 0 },
	};
	nacc_u64 root = more_gated(OTHER_MM);
	nacc_u64 *known = threads(root)->handlers[4];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(given); i++) {
		struct nacc_ret ret;

		known[0] = 0;
		ret = call_on(asker(&given[i], root, gated), NACC_SBI_HANDLER, root, 5, HANDLER, 0);
		if (given[i].may)
			must(ret);
		else
			assert_call(ret, DENIED, NACC_REASON_THREAD);
		assert_int_equal(known[0], given[i].may ? HANDLER : 0);
	}
	frame_of(root)->slot = NACC_BOUND;
}

static void tell_some(void)
{
	set_mode(NACC_GATE_AUDIT);
	must(call(NACC_SBI_HANDLER, gated, 1, HANDLER));
	must(call(NACC_SBI_HANDLER, gated, 1, HANDLER + 4));
	must(call(NACC_SBI_HANDLER, gated, 64, HANDLER));
	set_mode(NACC_GATE_ENFORCE);
}

static int handlers_of(nacc_u64 root)
{
	int nr = 0;

	for (nacc_u32 sig = 0; sig < NACC_GATE_SIGNALS; sig++)
		nr += !!threads(root)->handlers[sig][0] + !!threads(root)->handlers[sig][1];
	return nr;
}

/* What was told of its root before it was there is none of a new program's. */
static void new_program_has_no_handlers(void **state)
{
	(void)state;
	tell_some();
	assert_int_equal(handlers_of(gated), 3);
	t.x[NACC_REG_A0] = 0;
	assert_goes();
	assert_int_equal(handlers_of(gated), 0);
	assert_call(call(NACC_SBI_HANDLER, gated, 1, HANDLER), DENIED, NACC_REASON_THREAD);
}

/* Nor of who is named by another before it is there. */
static void who_is_named_first_has_no_handlers(void **state)
{
	(void)state;
	tell_some();
	must(call_on(KERNEL_ROOT, NACC_SBI_CONTEXT, gated, TASK, NACC_CONTEXT_OF_OTHER, 0));
	assert_int_equal(handlers_of(gated), 0);
	assert_goes();
	assert_int_equal(handlers_of(gated), 0);
	/* Who is on the way in has those that were told of. */
	frame_of(gated)->slot = NACC_BOUND_JOINING;
	must(call(NACC_SBI_HANDLER, gated, 1, HANDLER));
	must(call(NACC_SBI_CONTEXT, gated, CHILD, NACC_CONTEXT_OF_OTHER));
	assert_int_equal(handlers_of(gated), 1);
	frame_of(gated)->slot = NACC_BOUND;
}

/* What who is not gated calls a child is no other. */
static void child_of_who_is_not_gated(void **state)
{
	(void)state;
	must(call_on(KERNEL_ROOT, NACC_SBI_CONTEXT, gated, TASK, NACC_CONTEXT_OF_CHILD, 0));
	assert_call(call_on(KERNEL_ROOT, NACC_SBI_CONTEXT, gated, CHILD, NACC_CONTEXT_OF_CHILD,
			    TASK), DENIED, NACC_REASON_THREAD);
	assert_null(context(gated, CHILD));
	assert_call(context_call(gated, CHILD, NACC_CONTEXT_OF_OTHER, 0), DENIED,
		    NACC_REASON_THREAD);
	t.task = CHILD;
	t.x[NACC_REG_A0] = 0;
	assert_no_thread(gated);
}

static void added_again(void **state)
{
	struct nacc_sbi_context *c;

	(void)state;
	in_kernel(TASK, PAGE_FAULT);
	c = context(gated, TASK);
	must(context_call(gated, TASK, NACC_CONTEXT_OF_OTHER, 0));
	assert_int_equal(c->state, NACC_CONTEXT_KERNEL);
	/* What is there from before the gate was off is worth nothing. */
	set_mode(NACC_GATE_OFF);
	must(context_call(gated, TASK, NACC_CONTEXT_OF_OTHER, 0));
	set_mode(NACC_GATE_ENFORCE);
	assert_ptr_equal(c, context(gated, TASK));
	assert_int_equal(c->state, NACC_CONTEXT_ADOPT);
	assert_int_equal(c->x[5], 0);
	must(context_call(gated, TASK, NACC_CONTEXT_END, 0));
	must(context_call(gated, TASK, NACC_CONTEXT_END, 0));
	assert_null(context(gated, TASK));
	assert_int_equal(c->state, NACC_CONTEXT_FREE);
}

static void hostile_arguments(void **state)
{
	nacc_u64 bare = more_root(TAG), table = new_table(gated, 0);
	const nacc_u64 no_root[] = {
		0, 1, ~0UL, table, record, KERNEL_ROOT, gated + 8, frame_address(m.core.nr_frames),
		m.core.frame_base - PAGE, frame_address(frame_of(gated)->list.prev),
		frame_address(m.core.nr_frames - 1),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(no_root); i++) {
		assert_call(call(NACC_SBI_CONTEXT, no_root[i], TASK, 1), BAD_ADDRESS,
			    NACC_REASON_BAD_ADDRESS);
		assert_call(call(NACC_SBI_HANDLER, no_root[i], 1, HANDLER), BAD_ADDRESS,
			    NACC_REASON_BAD_ADDRESS);
	}
	assert_call(call(NACC_SBI_CONTEXT, gated, 0, 1), BAD_PARAM, NACC_REASON_BAD_COUNT);
	for (nacc_u64 bit = 2; bit < 64; bit++)
		assert_call(call(NACC_SBI_CONTEXT, gated, TASK, 1UL << bit | 1), BAD_PARAM,
			    NACC_REASON_BAD_COUNT);
	assert_call(call(NACC_SBI_CONTEXT, gated, TASK, 3), BAD_PARAM, NACC_REASON_BAD_COUNT);
	for (nacc_u64 what = 0; what < NACC_CONTEXT_CALL_MAX; what++)
		assert_call(call(NACC_SBI_CONTEXT, bare, TASK, what), BAD_STATE,
			    NACC_REASON_AS_STATE);
	assert_call(call(NACC_SBI_HANDLER, bare, 1, HANDLER), BAD_STATE, NACC_REASON_AS_STATE);
	for (nacc_u64 sig = 0; sig < 256; sig++)
		if (sig < 1 || sig > 64)
			assert_call(call(NACC_SBI_HANDLER, gated, sig, HANDLER), BAD_PARAM,
				    NACC_REASON_BAD_COUNT);
	assert_call(call(NACC_SBI_HANDLER, gated, ~0UL, HANDLER), BAD_PARAM,
		    NACC_REASON_BAD_COUNT);
	must(call(NACC_SBI_AS_RETIRE, bare, 0, 0));
	assert_call(call(NACC_SBI_CONTEXT, bare, TASK, 1), BAD_ADDRESS, NACC_REASON_BAD_ADDRESS);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_gated, teardown)
static const struct CMUnitTest tests[] = {
	TEST(new_program),
	TEST(new_program_without_a_frame),
	TEST(adopted),
	TEST(on_its_own_root),
	TEST(twice_in_user_mode),
	TEST(unknown_is_watched),
	TEST(nobody_takes_it_away),
	TEST(no_race_for_a_context),
	TEST(lost_races),
	TEST(may_be_adopted),
	TEST(may_be_told),
	TEST(new_program_has_no_handlers),
	TEST(who_is_named_first_has_no_handlers),
	TEST(child_of_who_is_not_gated),
	TEST(added_again),
	TEST(hostile_arguments),
};

const struct suite contexts_suite = {
	"contexts", tests, ARRAY_SIZE(tests)
};
