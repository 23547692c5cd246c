// SPDX-License-Identifier: BSD-2-Clause
/*
 * What a thread goes back to user mode with: each rule of turn.h, what it lets by and what
 * it does not.
 */
#include "gated.h"

/* Each of the registers by itself, other than those of a set, is refused. */
static void assert_others_refused(nacc_u32 but, nacc_u64 cause)
{
	for (unsigned int reg = 0; reg < 32; reg++) {
		struct nacc_turn was = t;

		if (but >> reg & 1)
			continue;
		t.x[reg] ^= 1UL << (reg + 5);
		assert_refused_at(reg, was.x[reg]);
		assert_memory_equal(t.x, was.x, sizeof(t.x));
		/* It goes on, and comes back as it was. */
		t = was;
		t.context = context(gated, t.task);
		memcpy(t.x, t.context->x, sizeof(t.x));
		assert_int_equal(come(cause), 1);
		t = was;
	}
}

static void comes_back_the_same(void **state)
{
	(void)state;
	in_kernel(TASK, PAGE_FAULT);
	assert_others_refused(0, PAGE_FAULT);
	assert_goes();
}

static void result_of_a_call(void **state)
{
	(void)state;
	in_call(TASK, 63);
	t.x[NACC_REG_PC] += 4;
	assert_others_refused(1U << NACC_REG_A0, ECALL);
	t.x[NACC_REG_A0] = -11UL;
	assert_goes();
	/* A fault has no result, and is at the same place. */
	come(PAGE_FAULT);
	t.x[NACC_REG_A0] = 0;
	assert_refused_at(NACC_REG_A0, -11UL);
	come(PAGE_FAULT);
	t.x[NACC_REG_PC] += 4;
	assert_refused_at(NACC_REG_PC, t.x[NACC_REG_PC] - 4);
}

static void call_again(void **state)
{
	nacc_u64 a0 = t.x[NACC_REG_A0];

	(void)state;
	in_call(TASK, 63);
	/* What does not fit: to the call all the same, since a0 is no result there */
	assert_others_refused(1U << NACC_REG_PC, ECALL);
	assert_goes();
	come(ECALL);
	t.x[NACC_REG_A7] = NACC_NR_RESTART_SYSCALL;
	t.x[NACC_REG_TP] ^= 8;
	assert_refused_at(NACC_REG_TP, t.x[NACC_REG_TP] ^ 8);
	assert_int_equal(t.x[NACC_REG_A7], NACC_NR_RESTART_SYSCALL);
	come(ECALL);
	t.x[NACC_REG_A7] = NACC_NR_RESTART_SYSCALL;
	assert_goes();
	come(ECALL);
	t.x[NACC_REG_A7] = 221;
	assert_refused_at(NACC_REG_A7, NACC_NR_RESTART_SYSCALL);
	/* Again, but with another argument */
	come(ECALL);
	t.x[NACC_REG_A0] = a0 + 1;
	assert_refused_at(NACC_REG_A0, a0);
	come(PAGE_FAULT);
	t.x[NACC_REG_A7] = NACC_NR_RESTART_SYSCALL + 1;
	assert_refused_at(NACC_REG_A7, NACC_NR_RESTART_SYSCALL);
	come(PAGE_FAULT);
	t.x[NACC_REG_A7] = 221;
	assert_refused_at(NACC_REG_A7, NACC_NR_RESTART_SYSCALL);
}

/* A frame of a signal on the stack of the program, with these registers */
static nacc_u64 sigframe(nacc_u64 sp, nacc_u64 first)
{
	for (int i = 0; i < 32; i++)
		*user_at(sp + 128 + 176 + 8 * i) = first + i;
	return sp;
}

static void sigreturn(void **state)
{
	(void)state;
	t.x[NACC_REG_SP] = sigframe(STACK, 0x4000);
	in_call(TASK, NACC_NR_RT_SIGRETURN);
	for (int i = 0; i < 32; i++)
		t.x[i] = 0x4000 + i;
	assert_others_refused(0, ECALL);
	assert_goes();
	/* Of the frame that sp names, and no other; one that is not there has nothing. */
	t.x[NACC_REG_SP] = sigframe(STACK + 1024, 0x5000);
	t.x[NACC_REG_A7] = NACC_NR_RT_SIGRETURN;
	come(ECALL);
	for (int i = 0; i < 32; i++)
		t.x[i] = 0x4000 + i;
	assert_refused_at(0, 0x5000);
	t.x[NACC_REG_A7] = NACC_NR_RT_SIGRETURN;
	t.x[NACC_REG_SP] = USER_BASE + USER_PAGES * PAGE - 400;
	come(ECALL);
	t.x[NACC_REG_PC] = 0x4000;
	assert_refused_at(0, t.context->x[0]);
	/* One that is not mapped now, or half of it, is when the kernel has been asked. */
	t.x[NACC_REG_SP] = sigframe(STACK + PAGE - 128 - 176 - 80, 0x6000);
	t.x[NACC_REG_A7] = NACC_NR_RT_SIGRETURN;
	come(ECALL);
	for (int i = 0; i < 32; i++)
		t.x[i] = 0x6000 + i;
	m.holes = 0xc;
	assert_missing(STACK + PAGE - 80);
	m.holes = 8;
	assert_missing(STACK + PAGE);
	m.holes = 0;
	assert_goes();
	/* Nor behind the call, whatever the kernel says has become of that; nor to it again */
	t.x[NACC_REG_SP] = USER_BASE + USER_PAGES * PAGE;
	t.x[NACC_REG_A7] = NACC_NR_RT_SIGRETURN;
	come(ECALL);
	t.x[NACC_REG_PC] += 4;
	t.x[NACC_REG_A0] = -14UL;
	assert_refused_at(NACC_REG_PC, t.x[NACC_REG_PC] - 4);
	registers();
	t.x[NACC_REG_SP] = STACK + 1024;
	t.x[NACC_REG_A7] = NACC_NR_RT_SIGRETURN;
	come(ECALL);
	t.x[NACC_REG_PC] += 4;
	assert_refused_at(NACC_REG_PC, 0x5000);
	registers();
	t.x[NACC_REG_SP] = STACK + 1024;
	t.x[NACC_REG_A7] = NACC_NR_RT_SIGRETURN;
	come(ECALL);
	assert_refused_at(NACC_REG_PC, 0x5000);
}

static void rseq_call(nacc_u64 flags, nacc_u64 result)
{
	registers();
	t.x[NACC_REG_A2] = flags;
	t.x[NACC_REG_A3] = 0x10053;
	t.x[NACC_REG_A7] = NACC_NR_RSEQ;
	come(ECALL);
	t.x[NACC_REG_PC] += 4;
	t.x[NACC_REG_A0] = result;
	assert_goes();
	registers();
	come(PAGE_FAULT);
	t.x[NACC_REG_PC] = USER_BASE + 0x604;
}

static void rseq(void **state)
{
	(void)state;
	in_kernel(TASK, PAGE_FAULT);
	/* Who was there before the gate may have it, with the usual signature. */
	*user_at(USER_BASE + 0x600) = 0xf1401073;
	t.x[NACC_REG_PC] = USER_BASE + 0x604;
	assert_goes();
	*user_at(USER_BASE + 0x600) = 0x10053;
	rseq_call(0, -22UL);
	assert_refused_at(NACC_REG_PC, USER_BASE + 0x10);
	/* Made again, a first argument that looks like success is none. */
	registers();
	t.x[NACC_REG_A0] = 0;
	t.x[NACC_REG_A3] = 0x10053;
	t.x[NACC_REG_A7] = NACC_NR_RSEQ;
	come(ECALL);
	assert_goes();
	come(PAGE_FAULT);
	t.x[NACC_REG_PC] = USER_BASE + 0x604;
	assert_refused_at(NACC_REG_PC, USER_BASE + 0x10);
	rseq_call(0, 0);
	assert_goes();
	/* Not behind it, not with another register, not where nothing is mapped */
	registers();
	come(PAGE_FAULT);
	t.x[NACC_REG_PC] = USER_BASE + 0x606;
	assert_refused_at(NACC_REG_PC, USER_BASE + 0x10);
	come(PAGE_FAULT);
	t.x[NACC_REG_PC] = USER_BASE + 0x604;
	t.x[NACC_REG_A1]++;
	assert_refused_at(NACC_REG_PC, USER_BASE + 0x10);
	come(PAGE_FAULT);
	t.x[NACC_REG_PC] = 2;
	assert_refused_at(NACC_REG_PC, USER_BASE + 0x10);
	/* No more; of the flags, which are an int, one says that */
	rseq_call(1, 0);
	assert_refused_at(NACC_REG_PC, USER_BASE + 0x10);
	rseq_call(1UL << 32, 0);
	assert_goes();
	rseq_call(1UL << 32 | 1, 0);
	assert_refused_at(NACC_REG_PC, USER_BASE + 0x10);
	rseq_call(2, 0);
	assert_goes();
	/* The signature has 32 bits, wherever it lies. */
	*user_at(USER_BASE + 0x600) = 0x10053UL << 32;
	registers();
	come(PAGE_FAULT);
	t.x[NACC_REG_PC] = USER_BASE + 0x608;
	assert_goes();
	*user_at(USER_BASE + 0x600) = 0x10054UL << 32;
	registers();
	come(PAGE_FAULT);
	t.x[NACC_REG_PC] = USER_BASE + 0x608;
	assert_refused_at(NACC_REG_PC, USER_BASE + 0x10);
	/* In a critical section there are no calls: nobody who sleeps in one is sent there. */
	*user_at(USER_BASE + 0x600) = 0x10053;
	for (int i = 0; i < 3; i++) {
		registers();
		t.x[NACC_REG_A7] = 63;
		come(ECALL);
		t.x[NACC_REG_PC] = USER_BASE + 0x604;
		t.x[NACC_REG_A0] += i == 1;
		if (i == 2) {
			add_handler(1, HANDLER);
			signalled(1, HANDLER);
		}
		assert_refused_at(NACC_REG_PC, USER_BASE + 0x14);
	}
}

/* What is audited happens, and what a debugger does is not even that. */
static void modes(void **state)
{
	nacc_u64 next;

	(void)state;
	in_kernel(TASK, PAGE_FAULT);
	set_mode(NACC_GATE_AUDIT);
	next = m.core.audit_next;
	t.x[NACC_REG_PC] = 0x666;
	assert_int_equal(go(), NACC_TURN_GO);
	assert_int_equal(t.x[NACC_REG_PC], 0x666);
	assert_int_equal(m.core.audit_next, next + 1);
	assert_int_equal(gate()->refused, 1);
	assert_int_equal(last_record()->val, 0x666);
	assert_int_equal(last_record()->flags, NACC_AUDIT_TURN | NACC_AUDIT_PERFORMED);
	set_mode(NACC_GATE_ENFORCE | NACC_GATE_PTRACE);
	come(PAGE_FAULT);
	t.x[NACC_REG_SP] = 0x777;
	assert_goes();
	/* Of what a debugger does nothing is asked, that might not be there. */
	t.context->flags = NACC_CONTEXT_RSEQ | NACC_CONTEXT_FLOAT;
	come(PAGE_FAULT);
	m.holes = 0xf;
	t.x[NACC_REG_PC] = STACK;
	assert_goes();
	assert_int_equal(t.context->flags, NACC_CONTEXT_RSEQ);
	set_mode(NACC_GATE_OFF);
	come(PAGE_FAULT);
	t.x[NACC_REG_PC] = 0x888;
	assert_int_equal(go(), NACC_TURN_FREE);
	assert_null(t.context);
	assert_int_equal(t.x[NACC_REG_PC], 0x888);
	/* Nothing is kept meanwhile, so it is what it was before that counts again. */
	set_mode(NACC_GATE_ENFORCE);
	assert_refused_at(NACC_REG_PC, STACK);
}

/* In the same code registers of 32 bits, or another order of bytes, are other instructions. */
static void of_64_bits(void **state)
{
	struct nacc_turn was = t;

	(void)state;
	in_kernel(TASK, PAGE_FAULT);
	t.is_odd = 1;
	assert_refused_at(NACC_REG_PC, was.x[NACC_REG_PC]);
	assert_memory_equal(t.x, was.x, sizeof(t.x));
	come(PAGE_FAULT);
	t.x[NACC_REG_SP] += 16;
	assert_refused_at(NACC_REG_SP, STACK);
	/* A call, with its result; and a handler, which begins all the same */
	come(ECALL);
	t.x[NACC_REG_PC] += 4;
	t.x[NACC_REG_A0] = 5;
	assert_refused_at(NACC_REG_PC, was.x[NACC_REG_PC] + 4);
	assert_int_equal(t.x[NACC_REG_A0], 5);
	add_handler(1, HANDLER);
	come(PAGE_FAULT);
	signalled(1, HANDLER);
	assert_refused_at(NACC_REG_PC, HANDLER);
	/* Whoever has just come in */
	t.task = OTHER_TASK;
	adopt(gated, OTHER_TASK);
	assert_refused_at(NACC_REG_PC, HANDLER);
	come(PAGE_FAULT);
	set_mode(NACC_GATE_ENFORCE | NACC_GATE_PTRACE);
	assert_goes();
	come(PAGE_FAULT);
	adopt(gated, CHILD);
	t.task = CHILD;
	assert_goes();
	come(PAGE_FAULT);
	set_mode(NACC_GATE_AUDIT);
	assert_int_equal(go(), NACC_TURN_GO);
	assert_int_equal(last_record()->flags, NACC_AUDIT_TURN | NACC_AUDIT_PERFORMED);
	/* The same of 64 bits is what it was. */
	come(PAGE_FAULT);
	set_mode(NACC_GATE_ENFORCE);
	t.is_odd = 0;
	assert_goes();
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_gated, teardown)
static const struct CMUnitTest tests[] = {
	TEST(comes_back_the_same),
	TEST(result_of_a_call),
	TEST(call_again),
	TEST(sigreturn),
	TEST(rseq),
	TEST(modes),
	TEST(of_64_bits),
};

const struct suite turn_suite = {
	"turn", tests, ARRAY_SIZE(tests)
};
