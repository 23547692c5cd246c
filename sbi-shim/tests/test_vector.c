// SPDX-License-Identifier: BSD-2-Clause
/* Vector registers at the gate: where they are kept, and which a thread goes on with. */
#include "gated.h"

#define VLENB	16
#define BYTES	(32 * VLENB)
#define PARTS	(STACK + 128 + 176 + 256 + 520)
#define MAGIC	0x53465457UL
#define PART	(MAGIC | (8UL + 48 + BYTES) << 32)

static struct nacc_sbi_context *c;

static int setup_vector(void **state)
{
	machine_vlenb = VLENB;
	setup_gated(state);
	in_kernel(TASK, PAGE_FAULT);
	c = context(gated, TASK);
	return 0;
}

static int teardown_vector(void **state)
{
	machine_vlenb = 0;
	return teardown(state);
}

/* It came with these, which were kept: by the glue, as the core has none. */
static void keep(nacc_u8 value)
{
	memset(page_at(c->vector), value, BYTES);
	c->vstart = 1;
	c->vl = value;
	c->vtype = 3;
	c->vcsr = 4;
	c->flags |= NACC_CONTEXT_VECTOR;
}

static void assert_kept(nacc_u8 value)
{
	assert_int_equal(nacc_turn_has_vector(c), 1);
	for (int i = 0; i < BYTES; i++)
		assert_int_equal(((nacc_u8 *)page_at(c->vector))[i], value);
	assert_int_equal(c->vl, value);
}

static void assert_dropped(void)
{
	assert_int_equal(nacc_turn_has_vector(c), 0);
	assert_int_equal(c->flags & NACC_CONTEXT_VECTOR, 0);
}

static void in_enforced_ones(void **state)
{
	(void)state;
	assert_goes();
	assert_dropped();
	come(PAGE_FAULT);
	keep(0x11);
	assert_goes();
	assert_kept(0x11);
	/* Interrupted again before it has used them, which is nothing new */
	come(1UL << 63 | 5);
	assert_goes();
	assert_kept(0x11);
	/* Also if it is not what it came with that it would go with */
	come(PAGE_FAULT);
	t.x[5]++;
	assert_refused_at(5, t.x[5] - 1);
	assert_kept(0x11);
	/* In user mode when the gate is switched: what the hart has is what it had. */
	set_mode(NACC_GATE_AUDIT);
	assert_int_equal(nacc_turn_has_vector(c), 0);
	set_mode(NACC_GATE_ENFORCE);
	assert_kept(0x11);
	come(PAGE_FAULT);
	set_mode(NACC_GATE_AUDIT);
	assert_goes();
	assert_dropped();
	come(PAGE_FAULT);
	keep(0x22);
	set_mode(NACC_GATE_ENFORCE | NACC_GATE_PTRACE);
	assert_goes();
	assert_dropped();
	/* What was not enforced once does not come back. */
	come(PAGE_FAULT);
	set_mode(NACC_GATE_ENFORCE);
	assert_goes();
	assert_dropped();
}

/* What a call leaves of them is not said: nothing is kept, nor comes back later. */
static void not_of_a_call(void **state)
{
	(void)state;
	keep(0x11);
	assert_goes();
	t.x[NACC_REG_A7] = 63;
	come(ECALL);
	t.x[NACC_REG_PC] += 4;
	assert_goes();
	assert_dropped();
	/* A fault is none. */
	come(PAGE_FAULT);
	keep(0x22);
	assert_goes();
	assert_kept(0x22);
}

/* A frame with a part of another kind before that with vector registers, and these elsewhere */
static void frame(nacc_u64 first, nacc_u64 data)
{
	memset(user_at(STACK), 0, PAGE);
	*user_at(PARTS) = first;
	*user_at(PARTS + 24) = PART;
	for (int i = 0; i < 4; i++)
		*user_at(PARTS + 32 + 8 * i) = 0x40 + i;
	*user_at(PARTS + 64) = VLENB;
	*user_at(PARTS + 72) = data;
	for (int i = 0; i < BYTES / 8; i++)
		*user_at((data & ~7UL) + 8 * i) = 0xf00000000000UL + i;
}

static void sigreturn(void)
{
	registers();
	t.x[NACC_REG_A7] = NACC_NR_RT_SIGRETURN;
	come(ECALL);
	memset(t.x, 0, sizeof(t.x));
}

static void assert_of_the_frame(void)
{
	assert_int_equal(nacc_turn_has_vector(c), 1);
	for (int i = 0; i < BYTES / 8; i++)
		assert_int_equal(page_at(c->vector)[i], 0xf00000000000UL + i);
	assert_int_equal(c->vstart, 0x40);
	assert_int_equal(c->vl, 0x41);
	assert_int_equal(c->vtype, 0x42);
	assert_int_equal(c->vcsr, 0x43);
	assert_int_equal(c->vlenb, VLENB);
}

#define ELSEWHERE	(STACK + PAGE - 64)

static void of_the_frame(void **state)
{
	(void)state;
	keep(0x11);
	assert_goes();
	frame(0x11UL | 24UL << 32, ELSEWHERE);
	sigreturn();
	assert_goes();
	assert_of_the_frame();
	/* At once, where it is the first */
	come(PAGE_FAULT);
	assert_goes();
	frame(0, ELSEWHERE);
	memmove(user_at(PARTS), user_at(PARTS + 24), 56);
	sigreturn();
	assert_goes();
	assert_of_the_frame();
	/* Whatever the kernel makes of the other registers */
	sigreturn();
	t.x[NACC_REG_PC] = 0x666;
	assert_refused_at(NACC_REG_PC, 0);
	assert_of_the_frame();
	/* A frame without: nothing is kept. */
	frame(0, ELSEWHERE);
	sigreturn();
	assert_goes();
	assert_dropped();
	/* Without an end */
	frame(0x11UL, ELSEWHERE);
	sigreturn();
	assert_goes();
	assert_dropped();
	/* Nor in a place that it could not be in */
	frame(0x11UL | 24UL << 32, ELSEWHERE + 4);
	sigreturn();
	assert_goes();
	assert_dropped();
	/* Those of another call are none. */
	frame(0x11UL | 24UL << 32, ELSEWHERE);
	registers();
	t.x[NACC_REG_A7] = 63;
	come(ECALL);
	t.x[NACC_REG_PC] += 4;
	assert_goes();
	assert_dropped();
	/* Nor is anything read where that is not enforced. */
	set_mode(NACC_GATE_AUDIT);
	sigreturn();
	assert_goes();
	set_mode(NACC_GATE_ENFORCE);
	assert_dropped();
}

/* What is not there the kernel is asked for; what is not the program's is not read. */
static void of_memory_that_is_not_there(void **state)
{
	(void)state;
	assert_goes();
	frame(0x11UL | 24UL << 32, ELSEWHERE);
	sigreturn();
	m.holes = 8;
	assert_missing(STACK + PAGE);
	m.holes = 0;
	assert_goes();
	assert_of_the_frame();
	/* Registers of a frame at the end of a page, parts in the next one */
	registers();
	t.x[NACC_REG_SP] = STACK + PAGE - (PARTS - STACK);
	t.x[NACC_REG_A7] = NACC_NR_RT_SIGRETURN;
	come(ECALL);
	memset(user_at(t.x[NACC_REG_SP]), 0, 2 * PAGE);
	memset(t.x, 0, sizeof(t.x));
	m.holes = 8;
	assert_missing(STACK + PAGE);
	m.holes = 0;
	assert_goes();
	assert_dropped();
	/* Half of them */
	frame(0x11UL | 24UL << 32, ELSEWHERE);
	*user_at(PARTS + 72) = USER_BASE + USER_PAGES * PAGE - 256;
	sigreturn();
	assert_goes();
	assert_dropped();
	/* The part itself */
	frame(0x11UL | (USER_PAGES * PAGE - PARTS + USER_BASE - 16) << 32, ELSEWHERE);
	*user_at(USER_BASE + USER_PAGES * PAGE - 16) = PART;
	sigreturn();
	assert_goes();
	assert_dropped();
}

/* Where they are not kept at all, not by that either */
static void not_where_there_are_none(void **state)
{
	(void)state;
	machine_off();
	machine_vlenb = 0;
	setup_gated(state);
	in_kernel(TASK, PAGE_FAULT);
	c = context(gated, TASK);
	assert_int_equal(c->vector, 0);
	assert_int_equal(frame_of(gated)->tables, 1);
	assert_int_equal(must(call(NACC_SBI_GET_INFO, NACC_INFO_VECTOR, 0, 0)), 0);
	assert_goes();
	frame(0x11UL | 24UL << 32, ELSEWHERE);
	sigreturn();
	assert_goes();
	assert_dropped();
}

/* A load that the kernel has performed was to none of them. */
static void of_a_load(void **state)
{
	(void)state;
	/* vle8.v v8, (a1), each of them */
	for (int i = 0; i < 8; i++)
		*user_at(USER_BASE + 0x10 + 8 * i) = 0x0205840702058407UL;
	keep(0x11);
	assert_goes();
	come(NACC_CAUSE_LOAD_MISALIGNED);
	assert_goes();
	assert_kept(0x11);
	come(NACC_CAUSE_STORE_MISALIGNED);
	t.x[NACC_REG_PC] += 4;
	assert_goes();
	assert_kept(0x11);
	/* Nobody performs it for a program, so nobody has. */
	come(NACC_CAUSE_LOAD_MISALIGNED);
	t.x[NACC_REG_PC] += 4;
	assert_refused_at(NACC_REG_PC, t.x[NACC_REG_PC] - 4);
	assert_kept(0x11);
}

static void not_of_a_child(void **state)
{
	(void)state;
	keep(0x11);
	assert_goes();
	t.x[NACC_REG_A7] = NACC_NR_CLONE;
	t.x[NACC_REG_A0] = 0x100;
	t.x[NACC_REG_A1] = 0;
	come(ECALL);
	must(context_call(gated, CHILD, NACC_CONTEXT_OF_CHILD, TASK));
	c = context(gated, CHILD);
	assert_dropped();
	assert_true(c->vector && c->vector != context(gated, TASK)->vector);
	/* Of a new thread in the place of one that has ended */
	keep(0x22);
	must(call(NACC_SBI_CONTEXT, gated, CHILD, NACC_CONTEXT_END));
	t.x[NACC_REG_PC] += 4;
	assert_goes();
	come(ECALL);
	must(context_call(gated, OTHER_TASK, NACC_CONTEXT_OF_CHILD, TASK));
	assert_ptr_equal(context(gated, OTHER_TASK), c);
	assert_dropped();
	assert_int_equal(c->vstart | c->vl | c->vtype | c->vcsr, 0);
}

static nacc_u64 frames(void)
{
	return stat(NACC_STAT_FRAMES_CONTEXT);
}

/* Thousands of threads, one after the other, and many at once: as many frames as are said */
static void room(void **state)
{
	for (nacc_u32 vlenb = 1; vlenb <= NACC_VLENB_MAX; vlenb *= 2) {
		nacc_u64 before;

		machine_off();
		machine_vlenb = vlenb;
		setup_gated(state);
		assert_int_equal(must(call(NACC_SBI_GET_INFO, NACC_INFO_VECTOR, 0, 0)), vlenb);
		set_mode(NACC_GATE_OFF);
		assert_int_equal(frame_of(gated)->tables, 1 + (vlenb <= 64 ? 1 : 2));
		before = frames();
		for (nacc_u64 i = 0; i < 4000; i++) {
			must(call(NACC_SBI_CONTEXT, gated, TASK + 64 * i, NACC_CONTEXT_OF_OTHER));
			must(call(NACC_SBI_CONTEXT, gated, TASK + 64 * i, NACC_CONTEXT_END));
		}
		assert_int_equal(frames(), before);
		for (nacc_u64 i = 0; i < 10; i++)
			must(call(NACC_SBI_CONTEXT, gated, TASK + 64 * i, NACC_CONTEXT_OF_OTHER));
		assert_int_equal(frames(), before + 2 * (1 + NACC_VECTOR_FRAMES(vlenb, 4)));
		assert_machine_ok();
		must(call(NACC_SBI_AS_RETIRE, gated, 0, 0));
		assert_int_equal(frames(), 1);
		assert_machine_ok();
	}
}

/* Arms so many frames, after all were disarmed. */
static void arm(nacc_u64 nr)
{
	for (nacc_u32 i = 0; i < m.core.nr_frames; i++)
		call(NACC_SBI_DISARM, i, 1, 0);
	assert_int_equal(stat(NACC_STAT_FRAMES_ARMED), 0);
	for (nacc_u32 i = 0; i < m.core.nr_frames && stat(NACC_STAT_FRAMES_ARMED) < nr; i++)
		call(NACC_SBI_ARM, i, 1, 0);
	assert_int_equal(stat(NACC_STAT_FRAMES_ARMED), nr);
}

/* All of the frames that it takes, or none. */
static void or_no_room(void **state)
{
	nacc_u64 root, before;

	(void)state;
	machine_off();
	machine_vlenb = 128;
	setup_gated(state);
	set_mode(NACC_GATE_OFF);
	root = more_root(TAG);
	before = frames();
	for (nacc_u64 nr = 0; nr < 3; nr++) {
		arm(nr);
		assert_call(call(NACC_SBI_AS_GATE, root, record, 0), NO_SHMEM,
			    NACC_REASON_EXHAUSTED);
		assert_int_equal(stat(NACC_STAT_FRAMES_ARMED), nr);
		assert_int_equal(gate()->roots, 1);
		assert_machine_ok();
	}
	arm(3);
	must(call(NACC_SBI_AS_GATE, root, record, 0));
	assert_int_equal(frames(), before + 3);
	must(call(NACC_SBI_CONTEXT, root, TASK, NACC_CONTEXT_OF_OTHER));
	must(call(NACC_SBI_CONTEXT, root, OTHER_TASK, NACC_CONTEXT_OF_OTHER));
	for (nacc_u64 nr = 0; nr < 5; nr++) {
		arm(nr);
		assert_call(call(NACC_SBI_CONTEXT, root, CHILD, NACC_CONTEXT_OF_OTHER), NO_SHMEM,
			    NACC_REASON_EXHAUSTED);
		assert_int_equal(stat(NACC_STAT_FRAMES_ARMED), nr);
		assert_int_equal(frames(), before + 3);
		assert_machine_ok();
	}
	arm(5);
	must(call(NACC_SBI_CONTEXT, root, CHILD, NACC_CONTEXT_OF_OTHER));
	assert_int_equal(frames(), before + 8);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_vector, teardown_vector)
static const struct CMUnitTest tests[] = {
	TEST(in_enforced_ones),
	TEST(not_of_a_call),
	TEST(of_the_frame),
	TEST(of_memory_that_is_not_there),
	TEST(not_where_there_are_none),
	TEST(of_a_load),
	TEST(not_of_a_child),
	TEST(room),
	TEST(or_no_room),
};

const struct suite vector_suite = {
	"vector", tests, ARRAY_SIZE(tests)
};
