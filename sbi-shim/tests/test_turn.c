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

/* rt_sigaction(2) of the program with this at @act */
static void sigaction_call(nacc_u64 sig, nacc_u64 act, nacc_u64 handler)
{
	registers();
	t.x[NACC_REG_A0] = sig;
	t.x[NACC_REG_A1] = act;
	t.x[NACC_REG_A7] = NACC_NR_RT_SIGACTION;
	if (act)
		*user_at(act) = handler;
	come(ECALL);
	t.x[NACC_REG_PC] += 4;
	t.x[NACC_REG_A0] = 0;
}

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
	/* Two are known, the last first: the one before may just be run. */
	sigaction_call(5, act, HANDLER);
	assert_goes();
	assert_int_equal(known[0], HANDLER);
	assert_int_equal(known[1], HANDLER + 8);
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

/* The thread of @t, which has come, returns to that handler: it goes there, or is refused. */
static void assert_sent(nacc_u64 sig, nacc_u64 handler, int goes)
{
	registers();
	come(PAGE_FAULT);
	signalled(sig, handler);
	if (goes)
		assert_goes();
	else
		assert_refused_at(NACC_REG_PC, USER_BASE + 0x10);
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
	/* No more */
	rseq_call(1, 0);
	assert_refused_at(NACC_REG_PC, USER_BASE + 0x10);
}

/* A misaligned access of this instruction */
static void misaligned_at(nacc_u64 pc, nacc_u32 insn, nacc_u64 cause)
{
	registers();
	t.x[NACC_REG_PC] = pc;
	memcpy((char *)user_at(pc & ~7UL) + pc % 8, &insn, (insn & 3) == 3 ? 4 : 2);
	come(cause);
}

static void misaligned(void **state)
{
	static const struct {
		nacc_u32 insn;
		nacc_u32 rd;		/* 0: none of those */
	} loads[] = {
		{ 0x0005b483, 9 }, { 0x00059483, 9 }, { 0x0005d483, 9 }, { 0x0005af83, 31 },
		{ 0x0005b083, 1 },		/* ld, lh, lhu, lw; rd of all bits */
		{ 0x4184, 9 }, { 0x419c, 15 }, { 0x6184, 9 }, { 0x8584, 9 }, { 0x85c4, 9 },
		{ 0x44a2, 9 }, { 0x6fa2, 31 },	/* c.lw, c.ld, c.lhu, c.lh, c.lwsp, c.ldsp */
		{ 0x0005b487, 0 }, { 0x0005a487, 0 }, { 0x2184, 0 }, { 0x24a2, 0 },
		{ 0x0005b003, 0 },		/* fld, flw, c.fld, c.fldsp, to zero */
	};
	static const nacc_u32 stores[] = { 0x0095b023, 0xe184, 0xe426, 0x0095b027 };

	(void)state;
	in_kernel(TASK, PAGE_FAULT);
	assert_goes();
	for (size_t i = 0; i < ARRAY_SIZE(loads); i++) {
		nacc_u64 length = (loads[i].insn & 3) == 3 ? 4 : 2, pc = USER_BASE + 0x406;

		for (nacc_u32 reg = 1; reg < 32; reg++) {
			misaligned_at(pc, loads[i].insn, NACC_CAUSE_LOAD_MISALIGNED);
			t.x[NACC_REG_PC] += length;
			t.x[reg] ^= 0x100;
			if (reg == loads[i].rd)
				assert_goes();
			else
				assert_refused_at(NACC_REG_PC, pc);
		}
		misaligned_at(pc, loads[i].insn, NACC_CAUSE_LOAD_MISALIGNED);
		t.x[NACC_REG_PC] += length;
		assert_goes();
		/* By another length; or what it reads, but not behind it */
		misaligned_at(pc, loads[i].insn, NACC_CAUSE_LOAD_MISALIGNED);
		t.x[NACC_REG_PC] += 6 - length;
		assert_refused_at(NACC_REG_PC, pc);
		misaligned_at(pc, loads[i].insn, NACC_CAUSE_LOAD_MISALIGNED);
		t.x[9] ^= 1;
		assert_refused_at(9, t.x[9] ^ 1);
	}
	for (size_t i = 0; i < ARRAY_SIZE(stores); i++) {
		nacc_u64 pc = USER_BASE + 0x400, length = (stores[i] & 3) == 3 ? 4 : 2;

		misaligned_at(pc, stores[i], NACC_CAUSE_STORE_MISALIGNED);
		t.x[NACC_REG_PC] += length;
		assert_goes();
		misaligned_at(pc, stores[i], NACC_CAUSE_STORE_MISALIGNED);
		t.x[NACC_REG_PC] += length;
		t.x[9]++;
		assert_refused_at(NACC_REG_PC, pc);
	}
	/* It was a store, whatever is there now. */
	misaligned_at(USER_BASE + 0x400, loads[0].insn, NACC_CAUSE_STORE_MISALIGNED);
	t.x[NACC_REG_PC] += 4;
	t.x[loads[0].rd]++;
	assert_refused_at(NACC_REG_PC, USER_BASE + 0x400);
	/* Of another trap */
	misaligned_at(USER_BASE + 0x400, loads[0].insn, PAGE_FAULT);
	t.x[NACC_REG_PC] += 4;
	assert_refused_at(NACC_REG_PC, USER_BASE + 0x400);
}

/* Its instruction may be at the end of what is mapped, or none of the program's. */
static void misaligned_at_an_end(void **state)
{
	const nacc_u64 end = USER_BASE + USER_PAGES * PAGE;

	(void)state;
	in_kernel(TASK, PAGE_FAULT);
	assert_goes();
	for (int i = 0; i < 2; i++) {
		misaligned_at(end - 4, 0x0005b483, NACC_CAUSE_LOAD_MISALIGNED);
		t.x[NACC_REG_PC] = end;
		t.x[9]++;
		assert_goes();
		misaligned_at(end - 2, 0x4184, NACC_CAUSE_LOAD_MISALIGNED);
		t.x[NACC_REG_PC] = end;
		t.x[9]++;
		assert_goes();
	}
	misaligned_at(STACK + PAGE - 2, 0x0005b483, NACC_CAUSE_LOAD_MISALIGNED);
	t.x[NACC_REG_PC] += 4;
	t.x[9]++;
	m.holes = 8;
	assert_missing(STACK + PAGE);
	m.holes = 4;
	assert_missing(STACK + PAGE - 8);
	m.holes = 0;
	assert_goes();
	registers();
	t.x[NACC_REG_PC] = end;
	come(NACC_CAUSE_LOAD_MISALIGNED);
	t.x[NACC_REG_PC] += 4;
	assert_refused_at(NACC_REG_PC, end);
	come(NACC_CAUSE_LOAD_MISALIGNED);
	*user_at(end - 8) = 0x0003UL << 48;
	t.x[NACC_REG_PC] = end - 2;
	come(NACC_CAUSE_LOAD_MISALIGNED);
	t.x[NACC_REG_PC] += 4;
	assert_refused_at(NACC_REG_PC, end - 2);
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

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_gated, teardown)
static const struct CMUnitTest tests[] = {
	TEST(comes_back_the_same),
	TEST(result_of_a_call),
	TEST(call_again),
	TEST(sigreturn),
	TEST(handlers_are_known),
	TEST(handler_at_once),
	TEST(handler_unseen),
	TEST(handler_for_others),
	TEST(handler_of_a_debugger),
	TEST(rseq),
	TEST(misaligned),
	TEST(misaligned_at_an_end),
	TEST(modes),
};

const struct suite turn_suite = {
	"turn", tests, ARRAY_SIZE(tests)
};
