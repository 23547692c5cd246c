// SPDX-License-Identifier: BSD-2-Clause
/*
 * Signals: to which handlers a thread may be sent, with which registers, and what the frames
 * that it will go back by must have.
 */
#include "gated.h"

#define PC0	(USER_BASE + 0x10)	/* of registers() */

/* The thread has come by this trap, and has three handlers. */
static void interrupted(nacc_u64 cause)
{
	add_handler(1, HANDLER);
	add_handler(64, HANDLER + 4);
	add_handler(2, HANDLER + 8);
	in_kernel(TASK, cause);
}

/* It has come again, by that, with what it had first. */
static void again(nacc_u64 cause)
{
	registers();
	come(cause);
}

static void again_in_call(nacc_u64 nr)
{
	registers();
	t.x[NACC_REG_A7] = nr;
	come(ECALL);
}

static void comes(void **state)
{
	(void)state;
	interrupted(PAGE_FAULT);
	signalled(1, HANDLER);
	assert_goes();
	/* The one before the last */
	add_handler(1, HANDLER + 12);
	again(PAGE_FAULT);
	signalled(1, HANDLER);
	assert_goes();
	/* The code of the vDSO may lie at any even address, at the end of a page, too. */
	again(PAGE_FAULT);
	*user_at(USER_BASE + PAGE - 8) = 0x08b0089300000000UL;
	*user_at(USER_BASE + PAGE) = 0x00000073;
	signalled(1, HANDLER);
	t.x[NACC_REG_RA] = USER_BASE + PAGE - 4;
	assert_goes();
	/* And begin with a landing pad, of any label; not with two, or what writes a register */
	for (int i = 0; i < 5; i++) {
		static const nacc_u32 pads[] = { 0x17, 0xfffff017, 0x97, 0x37, 0x17 };

		again(PAGE_FAULT);
		*user_at(SIGRETURN - 8) = (nacc_u64)pads[i] << 32 | 0x17;
		signalled(1, HANDLER);
		t.x[NACC_REG_RA] = SIGRETURN - 4 - 4 * (i == 4);
		if (i < 2)
			assert_goes();
		else
			assert_refused_at(NACC_REG_PC, PC0);
	}
	again(PAGE_FAULT);
	*user_at(USER_BASE + USER_PAGES * PAGE - 8) = 0x0000007300000017UL;
	signalled(1, HANDLER);
	t.x[NACC_REG_RA] = USER_BASE + USER_PAGES * PAGE - 8;
	assert_refused_at(NACC_REG_PC, PC0);
	/* On another stack, in two pages */
	again(PAGE_FAULT);
	signalled(1, HANDLER);
	t.x[NACC_REG_SP] = STACK + PAGE - 304 - 128;
	t.x[NACC_REG_A1] = t.x[NACC_REG_SP];
	t.x[NACC_REG_A2] = t.x[NACC_REG_SP] + 128;
	memcpy(saved(t.x[NACC_REG_SP]), t.context->x, sizeof(t.x));
	m.holes = 8;
	assert_missing(STACK + PAGE);
	m.holes = 0xc;
	assert_missing(STACK + PAGE - 128);
	m.holes = 0;
	assert_goes();
}

/* In a call: behind it, with any result; or before it again */
static void in_a_call(void **state)
{
	nacc_u64 *frame;

	(void)state;
	interrupted(PAGE_FAULT);
	assert_goes();
	again_in_call(63);
	t.x[NACC_REG_PC] += 4;
	t.x[NACC_REG_A0] = -4UL;
	signalled(64, HANDLER + 4);
	assert_goes();
	again_in_call(63);
	signalled(1, HANDLER);
	assert_goes();
	again_in_call(63);
	t.x[NACC_REG_A7] = NACC_NR_RESTART_SYSCALL;
	signalled(1, HANDLER);
	assert_goes();
	/* Again, but with another argument, or as another call; behind it, with other registers */
	again_in_call(63);
	signalled(1, HANDLER);
	saved(t.x[NACC_REG_SP])[NACC_REG_A0]++;
	assert_refused_at(NACC_REG_PC, PC0 + 4);
	again_in_call(63);
	t.x[NACC_REG_A7] = 221;
	signalled(1, HANDLER);
	assert_refused_at(NACC_REG_PC, PC0 + 4);
	again_in_call(63);
	t.x[NACC_REG_PC] += 4;
	signalled(1, HANDLER);
	frame = saved(t.x[NACC_REG_SP]);
	frame[NACC_REG_SP]++;
	assert_refused_at(NACC_REG_PC, PC0 + 4);
	again_in_call(63);
	t.x[NACC_REG_PC] += 8;
	signalled(1, HANDLER);
	assert_refused_at(NACC_REG_PC, PC0 + 4);
	/* Restarted, by no call */
	again(PAGE_FAULT);
	t.x[NACC_REG_A7] = NACC_NR_RESTART_SYSCALL;
	signalled(1, HANDLER);
	assert_refused_at(NACC_REG_PC, PC0);
	/* The thread's a7 and the frame's are one. */
	again_in_call(63);
	signalled(1, HANDLER);
	t.x[NACC_REG_A7] = NACC_NR_RESTART_SYSCALL;
	assert_refused_at(NACC_REG_PC, PC0);
}

/* Behind a call with that result, or to it again; then a handler was to begin */
static struct nacc_turn interrupted_call(int restarted)
{
	struct nacc_turn was;

	again_in_call(63);
	if (!restarted) {
		t.x[NACC_REG_PC] += 4;
		t.x[NACC_REG_A0] = 77;
	}
	was = t;
	signalled(1, HANDLER);
	return was;
}

/*
 * A handler that does not begin as it should: the call has its result all the same, not the
 * number of the signal, or is made again; and the thread is where it was.
 */
static void without_handler(void **state)
{
	struct nacc_turn was;

	(void)state;
	interrupted(PAGE_FAULT);
	assert_goes();
	for (unsigned int reg = 0; reg < 64; reg++) {
		was = interrupted_call(reg / 32);
		assert_goes();
		was = interrupted_call(reg / 32);
		t.x[reg % 32] ^= 1UL << (reg % 32 + 5);
		assert_int_equal(go(), NACC_TURN_RESTORED);
		assert_memory_equal(t.x, was.x, sizeof(t.x));
	}
	/* Where the frame is two registers must agree, */
	was = interrupted_call(0);
	t.x[NACC_REG_SP] += 16;
	t.x[NACC_REG_A2] += 32;
	assert_refused_at(NACC_REG_PC, PC0 + 4);
	assert_int_equal(t.x[NACC_REG_A0], 1);
	/* it must be there, though nobody is asked for it, */
	was = interrupted_call(0);
	t.x[NACC_REG_RA] += 8;
	m.holes = 2;
	assert_refused_at(NACC_REG_PC, PC0 + 4);
	assert_int_equal(t.x[NACC_REG_A0], 1);
	m.holes = 0;
	/* and what it has must be the thread's. */
	was = interrupted_call(0);
	saved(t.x[NACC_REG_SP])[NACC_REG_TP] ^= 8;
	assert_refused_at(NACC_REG_PC, PC0 + 4);
	assert_int_equal(t.x[NACC_REG_TP], was.x[NACC_REG_TP]);
	/* Behind the call there is no handler, whatever a1 and a2 are. */
	was = interrupted_call(1);
	t.x[NACC_REG_PC] = PC0 + 4;
	assert_refused_at(NACC_REG_RA, was.x[NACC_REG_RA]);
	assert_int_equal(t.x[NACC_REG_A0], 1);
}

/* Where an abort, or what the kernel has performed, has brought it */
static void elsewhere(void **state)
{
	(void)state;
	interrupted(PAGE_FAULT);
	assert_goes();
	/* The usual signature, behind which it goes on */
	*user_at(USER_BASE + 0x600) = 0xf1401073;
	again(PAGE_FAULT);
	t.x[NACC_REG_PC] = USER_BASE + 0x604;
	signalled(1, HANDLER);
	assert_goes();
	again(PAGE_FAULT);
	t.x[NACC_REG_PC] = USER_BASE + 0x606;
	signalled(1, HANDLER);
	assert_refused_at(NACC_REG_PC, PC0);
	again(PAGE_FAULT);
	t.x[NACC_REG_PC] = USER_BASE + 0x604;
	t.x[9]++;
	signalled(1, HANDLER);
	assert_refused_at(NACC_REG_PC, PC0);
	/* Not without rseq(2) */
	again_in_call(NACC_NR_RSEQ);
	t.x[NACC_REG_PC] += 4;
	t.x[NACC_REG_A0] = 0;
	assert_goes();
	again(PAGE_FAULT);
	t.x[NACC_REG_PC] = USER_BASE + 0x604;
	signalled(1, HANDLER);
	assert_refused_at(NACC_REG_PC, PC0);
	/* ld s1, (a1) */
	*user_at(USER_BASE + 0x10) = 0x0005b483;
	*user_at(STACK + 64) = 5;
	for (int reg = 9; reg < 12; reg++) {
		registers();
		t.x[NACC_REG_A1] = STACK + 64;
		come(NACC_CAUSE_LOAD_MISALIGNED);
		t.x[NACC_REG_PC] += 4;
		t.x[9] = reg == 10 ? 6 : 5;
		t.x[20] += reg == 11;
		signalled(1, HANDLER);
		if (reg == 9)
			assert_goes();
		else
			assert_refused_at(NACC_REG_PC, PC0);
	}
	again(NACC_CAUSE_STORE_MISALIGNED);
	t.x[NACC_REG_PC] += 4;
	signalled(1, HANDLER);
	assert_goes();
}

/* One within the other, frames below each other: the last begins first. */
static void nested(void **state)
{
	nacc_u64 sp[3];

	(void)state;
	interrupted(PAGE_FAULT);
	signalled(1, HANDLER);
	signalled(64, HANDLER + 4);
	assert_goes();
	again_in_call(63);
	t.x[NACC_REG_PC] += 4;
	t.x[NACC_REG_A0] = -4UL;
	signalled(1, HANDLER);
	signalled(2, HANDLER + 8);
	signalled(64, HANDLER + 4);
	assert_goes();
	/* Each of the frames counts, and each register of it; so do the ways to them. */
	for (int which = 0; which < 3; which++) {
		for (int reg = 0; reg < 32; reg++) {
			again(PAGE_FAULT);
			signalled(1, HANDLER);
			sp[0] = t.x[NACC_REG_SP];
			signalled(2, HANDLER + 8);
			sp[1] = t.x[NACC_REG_SP];
			signalled(64, HANDLER + 4);
			sp[2] = t.x[NACC_REG_SP];
			saved(sp[which])[reg] ^= 1UL << (reg + 6);
			assert_refused_at(NACC_REG_PC, PC0);
		}
	}
	/* The handler of another signal; one that nobody has registered */
	again(PAGE_FAULT);
	signalled(1, HANDLER + 8);
	signalled(64, HANDLER + 4);
	assert_refused_at(NACC_REG_PC, PC0);
	again(PAGE_FAULT);
	signalled(1, HANDLER);
	signalled(3, 0);
	signalled(64, HANDLER + 4);
	assert_refused_at(NACC_REG_PC, PC0);
	/* The frame in the middle is in no page now; then it is. */
	again(PAGE_FAULT);
	t.x[NACC_REG_SP] = STACK + 1024;
	come(PAGE_FAULT);
	signalled(1, HANDLER);
	signalled(64, HANDLER + 4);
	m.holes = 4;
	assert_missing(STACK + 304);
	m.holes = 0;
	assert_goes();
}

/* A frame as close to the one above as may be */
static void signalled_closely(nacc_u64 sig)
{
	nacc_u64 above = t.x[NACC_REG_SP];

	t.x[NACC_REG_SP] = above + 1024 - 256;
	signalled(sig, HANDLER + 4 * sig);
	saved(t.x[NACC_REG_SP])[NACC_REG_SP] = above;
}

/* As many as there are signals, and no more; a frame that is its own has no end. */
static void nested_deep(void **state)
{
	(void)state;
	for (nacc_u64 sig = 1; sig <= 64; sig++)
		add_handler(sig, HANDLER + 4 * sig);
	in_kernel(TASK, PAGE_FAULT);
	assert_goes();
	for (nacc_u64 nr = 63; nr <= 65; nr++) {
		registers();
		t.x[NACC_REG_SP] = USER_BASE + (USER_PAGES - 1) * PAGE;
		come(PAGE_FAULT);
		for (nacc_u64 i = 0; i < nr; i++)
			signalled_closely(i % 64 + 1);
		if (nr < 65)
			assert_goes();
		else
			assert_refused_at(NACC_REG_PC, PC0);
	}
	again(PAGE_FAULT);
	signalled(1, HANDLER + 4);
	memcpy(saved(t.x[NACC_REG_SP]), t.x, sizeof(t.x));
	assert_refused_at(NACC_REG_PC, PC0);
}

/* What a thread's handler is given is its own: not memory as it is, nor another's frame. */
static void not_its_frame(void **state)
{
	struct nacc_turn first;
	nacc_u64 sp;

	(void)state;
	interrupted(PAGE_FAULT);
	/* None */
	signalled(1, HANDLER);
	memset(saved(t.x[NACC_REG_SP]), 0, sizeof(t.x));
	assert_refused_at(NACC_REG_PC, PC0);
	/* Data of the program that says where to go on (SROP), with its sp, or another */
	for (int i = 0; i < 2; i++) {
		again(PAGE_FAULT);
		signalled(1, HANDLER);
		sp = STACK - 2048;
		for (int reg = 0; reg < 32; reg++)
			saved(sp)[reg] = t.x[reg];
		saved(sp)[NACC_REG_PC] = USER_BASE + 0x666;
		saved(sp)[NACC_REG_SP] = i ? STACK : STACK + 64;
		t.x[NACC_REG_SP] = sp;
		t.x[NACC_REG_A1] = sp;
		t.x[NACC_REG_A2] = sp + 128;
		assert_refused_at(NACC_REG_PC, PC0);
	}
	/* In no memory of the program's */
	again(PAGE_FAULT);
	signalled(1, HANDLER);
	t.x[NACC_REG_SP] = USER_BASE + USER_PAGES * PAGE;
	t.x[NACC_REG_A1] = t.x[NACC_REG_SP];
	t.x[NACC_REG_A2] = t.x[NACC_REG_SP] + 128;
	assert_refused_at(NACC_REG_PC, PC0);
	/* An older one of its own, of another place */
	again(PAGE_FAULT);
	signalled(1, HANDLER);
	assert_goes();
	sp = t.x[NACC_REG_SP];
	registers();
	t.x[NACC_REG_PC] += 64;
	come(PAGE_FAULT);
	signalled(1, HANDLER);
	saved(sp)[NACC_REG_PC] = PC0;
	assert_refused_at(NACC_REG_PC, PC0 + 64);
	/* Another thread's, which is in order there */
	registers();
	t.x[NACC_REG_SP] = STACK + 2048;
	t.x[8] = 0x1234;
	in_kernel(OTHER_TASK, PAGE_FAULT);
	signalled(1, HANDLER);
	first = t;
	t.task = TASK;
	t.context = context(gated, TASK);
	again(PAGE_FAULT);
	memcpy(t.x, first.x, sizeof(t.x));
	assert_refused_at(NACC_REG_PC, PC0);
	again(PAGE_FAULT);
	signalled(1, HANDLER);
	t.x[NACC_REG_SP] = first.x[NACC_REG_SP];
	t.x[NACC_REG_A1] = first.x[NACC_REG_A1];
	t.x[NACC_REG_A2] = first.x[NACC_REG_A2];
	assert_refused_at(NACC_REG_PC, PC0);
	t = first;
	assert_goes();
}

/* What is wrong with a signal, each by itself; the frame is in order. */
static void forged(void **state)
{
	static const struct {
		unsigned int reg;
		nacc_u64 val;
	} wrong[] = {
		{ NACC_REG_PC, HANDLER + 2 }, { NACC_REG_PC, 0 }, { NACC_REG_PC, HANDLER + 64 },
		{ NACC_REG_A0, 0 }, { NACC_REG_A0, 3 }, { NACC_REG_A0, 65 },
		{ NACC_REG_A0, ~0UL }, { NACC_REG_A0, 1UL << 32 | 1 }, { NACC_REG_RA, HANDLER },
		{ NACC_REG_RA, SIGRETURN + 1 }, { NACC_REG_RA, SIGRETURN - 2 }, { NACC_REG_RA, 0 },
		{ NACC_REG_RA, ~0UL }, { NACC_REG_RA, USER_BASE + USER_PAGES * PAGE - 4 },
		{ NACC_REG_A1, STACK }, { NACC_REG_A2, STACK }, { NACC_REG_SP, STACK - 2048 },
		{ NACC_REG_TP, 1 }, { 3, 1 }, { 8, 1 }, { NACC_REG_A3, 1 },
		{ NACC_REG_A7, 1 }, { 31, 1 },
	};

	(void)state;
	interrupted(PAGE_FAULT);
	add_handler(3, HANDLER + 64);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		signalled(1, HANDLER);
		t.x[wrong[i].reg] = wrong[i].val;
		assert_refused_at(NACC_REG_PC, PC0);
		come(PAGE_FAULT);
	}
	/* Unaligned, all of it */
	signalled(1, HANDLER);
	t.x[NACC_REG_SP] = STACK - 1032;
	t.x[NACC_REG_A1] = t.x[NACC_REG_SP];
	t.x[NACC_REG_A2] = t.x[NACC_REG_SP] + 128;
	memcpy(saved(STACK - 1032), t.context->x, sizeof(t.x));
	assert_refused_at(NACC_REG_PC, PC0);
	/* The code of the vDSO is not there. */
	again(PAGE_FAULT);
	signalled(1, HANDLER);
	m.holes = 1;
	assert_missing(SIGRETURN);
	m.holes = 0;
	assert_goes();
}

/* On the way back from another: what the program's frame had is what the new one has. */
static void upon_another(void **state)
{
	nacc_u64 sp;

	(void)state;
	interrupted(PAGE_FAULT);
	signalled(1, HANDLER);
	sp = t.x[NACC_REG_SP];
	assert_goes();
	t.x[NACC_REG_PC] = SIGRETURN + 4;
	t.x[NACC_REG_A7] = NACC_NR_RT_SIGRETURN;
	come(ECALL);
	/* Where the first was, with the same registers */
	registers();
	signalled(64, HANDLER + 4);
	assert_int_equal(t.x[NACC_REG_SP], sp);
	assert_goes();
	/* Then two; that one could not go back is no reason to go on behind the call. */
	t.x[NACC_REG_PC] = SIGRETURN + 4;
	t.x[NACC_REG_A7] = NACC_NR_RT_SIGRETURN;
	come(ECALL);
	registers();
	signalled(64, HANDLER + 4);
	signalled(1, HANDLER);
	assert_goes();
	t.x[NACC_REG_SP] = USER_BASE + USER_PAGES * PAGE;
	t.x[NACC_REG_A7] = NACC_NR_RT_SIGRETURN;
	come(ECALL);
	t.x[NACC_REG_SP] = STACK;
	signalled(1, HANDLER);
	assert_goes();
	/* Its own frame counts, to which it is not in a call. */
	t.x[NACC_REG_PC] = SIGRETURN + 4;
	t.x[NACC_REG_A7] = NACC_NR_RT_SIGRETURN;
	come(ECALL);
	registers();
	signalled(64, HANDLER + 4);
	saved(t.x[NACC_REG_SP])[8]++;
	assert_int_equal(go(), NACC_TURN_RESTORED);
	assert_int_equal(last_record()->reason, NACC_REASON_CONTEXT);
	assert_int_equal(t.x[NACC_REG_PC], PC0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_gated, teardown)
static const struct CMUnitTest tests[] = {
	TEST(comes),
	TEST(in_a_call),
	TEST(without_handler),
	TEST(elsewhere),
	TEST(nested), TEST(nested_deep), TEST(not_its_frame),
	TEST(forged),
	TEST(upon_another),
};

const struct suite signal_suite = {
	"signal", tests, ARRAY_SIZE(tests)
};
