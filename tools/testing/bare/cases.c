// SPDX-License-Identifier: GPL-2.0
/* What a turn may be about. */
#include "bare.h"

/* What a register has */
#define PATTERN(factor, nr)	(0x0101010101010101UL * (factor) * (nr))

static const struct nacc_sbi_gate *gate(void)
{
	return VA(record);
}

/* An instruction that traps again and again, and is gone then */
static void again(const char *what, u32 insn, u64 cause, u64 value, int is_short)
{
	const struct turn first = { what, cause, value, -1, 0 };
	const struct turn more = { what, cause, value, is_short, 0 };

	begin("exceptions");
	place(one.x[REG_PC], insn);
	expect(&one, &first);
	for (int i = 0; i < 4; i++)
		expect(&one, &more);
	place(one.x[REG_PC], NOP);
	/* The thread makes it, and the call behind it. */
	place(one.x[REG_PC] + 4, ECALL);
	go(&one);
	is("behind it", one.cause, USER_CALL);
	one.x[REG_PC] += 4;
	one.status = STATUS_SPIE;
}

/* ld a1, 0(zero) would be in the first page: nothing is there. */
static void exceptions(void)
{
	again("ebreak", EBREAK, BREAKPOINT, tells_pc ? one.x[REG_PC] : 0, 1);
	again("an illegal instruction", NO_INSN, ILLEGAL, NO_INSN, 0);
	again("ld", 0x03U | 3 << 12 | REG_A1 << 7 | 8 << 20, LOAD_FAULT, 8, 1);
	again("sd", 0x23U | 3 << 12 | REG_A1 << 20 | 8 << 7, STORE_FAULT, 8, 1);
}

/* A software interrupt that is there when the thread goes */
static void pending(void)
{
	const struct turn turn = { "of software", BY_SOFTWARE, 0, 1, 0 };

	begin("interrupts");
	__asm__ volatile("csrs sie, %0\n\tcsrs sip, %0" : : "r"(2UL));
	place(one.x[REG_PC], ECALL);
	for (int i = 0; i < 3; i++)
		expect(&one, &turn);
	__asm__ volatile("csrc sip, %0" : : "r"(2UL));
	call(&one, "with sie.SSIE", 1);
	__asm__ volatile("csrc sie, %0" : : "r"(2UL));
}

/* Of each register another value: the thread has its own all the same. */
static void changed_registers(u32 insn, u64 cause, u64 behind)
{
	u64 i, refused, value;
	struct thread was;

	begin("a register that was changed");
	place(one.x[REG_PC], insn);
	go(&one);
	is("trap", one.cause, cause);
	one.x[REG_PC] += behind;
	one.status = STATUS_SPIE;
	for (i = 0; i < 32; i++) {
		/* It goes on behind the call, whose result that is. */
		if (behind && i == REG_A0)
			continue;
		refused = gate()->refused;
		place(one.x[REG_PC], insn);
		was = one;
		value = cause == BREAKPOINT && tells_pc ? one.x[REG_PC] : 0;
		one.x[i] ^= 0x40;
		go(&one);
		is("refused", gate()->refused, refused + 1);
		is("cause", one.cause, cause);
		is("stval", one.value, value);
		for (u64 n = 0; n < 32; n++)
			is("register", one.x[n], was.x[n]);
		is("took", took(&one) > SHORT, 1);
		one.x[REG_PC] += behind;
		one.status = STATUS_SPIE;
	}
	if (behind)
		return;
	place(one.x[REG_PC], ECALL);
	go(&one);
	one.x[REG_PC] += 4;
	one.status = STATUS_SPIE;
}

/* The thread makes that call, behind another whose result is this: by the vector alone? */
static void call_number(u64 nr, u64 result, const char *what, u64 is_short)
{
	place(one.x[REG_PC], LI(REG_A7, nr));
	place(one.x[REG_PC] + 4, ECALL);
	one.x[REG_A0] = result;
	go(&one);
	is("trap", one.cause, USER_CALL);
	is("a7", one.x[REG_A7], nr);
	is("a0", one.x[REG_A0], result);
	is(what, took(&one) <= SHORT, is_short && !vector_is_left());
	one.x[REG_PC] += 4;
	one.status = STATUS_SPIE;
}

/* Calls that register something are looked at, and what comes of them */
static void numbers(void)
{
	static const struct {
		u64 nr, result;
		u64 in, out;
	} of[] = {
		{ 172, 0, 1, 1 }, { 133, 0, 1, 1 }, { 134, 0, 0, 0 }, { 134, -22UL, 0, 0 },
		{ 135, 0, 1, 1 }, { 220, 0, 1, 1 }, { 293, 0, 1, 0 }, { 293, -22UL, 1, 1 },
		{ 434, 0, 1, 1 }, { 136, 0, 1, 1 }, { 138, -22UL, 1, 1 },
		{ 435, 0, 0, 1 }, { 435, -22UL, 0, 1 }, { 436, 0, 1, 1 },
		{ 439, -2UL, 1, 1 }, { 511, 0, 1, 1 }, { 512, 0, 0, 1 }, { -1UL, 0, 0, 1 },
	};

	begin("calls by number");
	for (u64 i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		call_number(172, 7, "before it, by the vector", 1);
		call_number(of[i].nr, 7, "there, by the vector", of[i].in);
		call_number(172, of[i].result, "back, by the vector", of[i].out);
	}
}

static void by_turns(void)
{
	begin("two threads");
	call(&two, "the other's first", -1);
	for (int i = 0; i < 5; i++) {
		call(&one, "one", i ? 1 : -1);
		call(&two, "two", i ? 1 : -1);
	}
	must(NACC_SBI_FENCE, 0, 0, 0);
	call(&two, "behind a fence", 0);
	call(&one, "the other, behind a fence", 0);
	call(&two, "behind one, and a turn", 1);
}

static void own_returns(void)
{
	static u64 registers[32];
	u64 status, i;

	for (status = 0; status < 2; status++) {
		for (i = 1; i < 32; i++)
			registers[i] = PATTERN(3, i);
		is("a return to S-mode, sstatus",
		   back_to_self(STATUS_SPP | (status ? STATUS_SPIE : 0), registers) &
		   (STATUS_SIE | STATUS_SPIE | STATUS_SPP),
		   STATUS_SPIE | (status ? STATUS_SIE : 0));
		__asm__ volatile("csrc sstatus, %0" : : "r"(STATUS_SIE));
		for (i = 1; i < 32; i++)
			is("a return to S-mode, register", registers[i], PATTERN(3, i));
	}
	for (i = 1; i < 32; i++)
		registers[i] = PATTERN(5, i);
	fences(registers);
	for (i = 1; i < 32; i++)
		is("fences, register", registers[i], PATTERN(5, i));
}

/* The gate's root, another one's, and back */
static void roots(void)
{
	static u64 registers[32];
	u64 satp, i, round;

	__asm__ volatile("csrr %0, satp" : "=r"(satp));
	for (round = 0; round < 3; round++) {
		for (i = 1; i < 32; i++)
			registers[i] = PATTERN(7, i);
		load_satp(satp, MM, registers);
		is("satp, a0", registers[REG_A0], satp);
		is("satp, a1", registers[REG_A1], MM);
		for (i = 1; i < 32; i++)
			if (i != REG_A0 && i != REG_A1)
				is("satp, register", registers[i], PATTERN(7, i));
		begin("satp was written");
		call(&one, "a call", round ? 1 : -1);
	}
}

/* Names the thread of one root on another: it is none of that, and stays what it is. */
static void elsewhere(void)
{
	static u64 registers[32];
	u64 refused = gate()->refused, nr;
	struct thread was;

	/* With zero it could be the first of a new program. */
	one.x[REG_A0] = 5;
	was = one;
	place(one.x[REG_PC], ECALL);
	for (nr = 1; nr < 4; nr++) {
		load_satp(satp_mode << 60 | other_root >> 12, OTHER_MM, registers);
		go(&one);
		is("on another root, cause", one.cause, ILLEGAL);
		is("on another root, refused", gate()->refused, refused + nr);
		for (u64 i = 0; i < 32; i++)
			is("on another root, register", one.x[i], was.x[i]);
		one = was;
		load_satp(satp_mode << 60 | root >> 12, MM, registers);
		begin("back on its own");
		place(one.x[REG_PC], ECALL);
		call(&one, "a call", -1);
		one.x[REG_A0] = nr;
		place(one.x[REG_PC], ECALL);
		was = one;
	}
}

/* Has this hart user mode of 32 bits, too? */
static u64 has_32(void)
{
	u64 was, is;

	__asm__ volatile("csrr %0, sstatus" : "=r"(was));
	__asm__ volatile("csrw sstatus, %1\n\tcsrr %0, sstatus\n\tcsrw sstatus, %2"
			 : "=&r"(is)
			 : "r"((was & ~STATUS_UXL) | STATUS_UXL_OF(32)),
			   "r"((was & ~STATUS_UXL) | STATUS_UXL_OF(64)));
	return (is & STATUS_UXL) == STATUS_UXL_OF(32);
}

/* A kernel would have the thread go on in the same code, but as if it were of 32 bits. */
static void of_32_bits(void)
{
	u64 refused = gate()->refused, can = has_32(), s1;

	begin("registers of 32 bits");
	for (u64 nr = 1; nr < 4; nr++) {
		place(one.x[REG_PC], C_ADDIW_S1_1);
		place(one.x[REG_PC] + 4, ECALL);
		one.status = STATUS_SPIE | STATUS_UXL_OF(32);
		s1 = one.x[REG_S1];
		go(&one);
		is("cause", one.cause, USER_CALL);
		is("c.addiw", one.x[REG_S1], (u64)(long)(int)(s1 + 1));
		is("sstatus", one.status & STATUS_UXL, STATUS_UXL_OF(64));
		is("refused", gate()->refused, refused + can * nr);
		one.x[REG_PC] += 4;
		one.status = STATUS_SPIE | STATUS_UXL_OF(64);
		call(&one, "of 64 bits", -1);
		call(&one, "of 64 bits", 1);
	}
	say("user mode of 32 bits", can, 10);
}

/* It makes a call by which it has a child. */
static void bear(struct thread *child)
{
	place(one.x[REG_PC], LI(REG_A7, NR_CLONE));
	place(one.x[REG_PC] + 4, LI(REG_A0, CLONE_VM));
	place(one.x[REG_PC] + 8, ECALL);
	place(one.x[REG_PC] + 12, ECALL);
	go(&one);
	is("trap", one.cause, USER_CALL);
	must4(NACC_SBI_CONTEXT, root, (u64)child, NACC_CONTEXT_OF_CHILD, (u64)&one);
	one.status = STATUS_SPIE;
}

/* It comes back from that: a kernel that would have it made again has it behind it, too. */
static void bore(const char *what, u64 pc, u64 result, u64 is_short)
{
	go(&one);
	is("trap", one.cause, USER_CALL);
	is(what, one.x[REG_PC], pc);
	is("its result", one.x[REG_A0], result);
	is("by the vector", took(&one) <= SHORT, is_short && !vector_is_left());
	one.x[REG_PC] += 4;
	one.status = STATUS_SPIE;
}

static void children(void)
{
	static struct thread child[3];
	u64 refused = gate()->refused, pc;

	begin("a call that has its child");
	for (u64 nr = 0; nr < 3; nr++) {
		pc = one.x[REG_PC] + 12;
		bear(&child[nr]);
		if (nr == 1) {
			one.x[REG_PC] = pc;
			one.x[REG_A0] = 7;
		}
		bore("is not made again", pc, nr == 1 ? 7 : -4UL, nr == 1);
		must4(NACC_SBI_CONTEXT, root, (u64)&child[nr], NACC_CONTEXT_END, 0);
	}
	is("refused", gate()->refused, refused + 2);
	call_number(172, 7, "behind it, by the vector", 1);
}

/* This one, and one that is on the list; what is heard of first */
static void two_calls(u64 nr)
{
	place(one.x[REG_PC], LI(REG_A7, nr));
	place(one.x[REG_PC] + 4, ECALL);
	place(one.x[REG_PC] + 8, LI(REG_A7, 172));
	place(one.x[REG_PC] + 12, ECALL);
	go(&one);
}

static void not_listed(u64 nr)
{
	u64 refused = gate()->refused_calls;

	if (nr == NR_SIGRETURN || nr == NR_RESTART)
		return;
	two_calls(nr);
	is("a call not on the list", gate()->refused_calls, refused + 1);
	is("its result", one.x[REG_A0], -38UL);
	is("the one that is heard of", one.x[REG_A7], 172);
	one.x[REG_PC] += 4;
	one.status = STATUS_SPIE;
}

/* Calls that are on a list, and some that are not: these the kernel does not hear of. */
static void lists(void)
{
	u64 nr, word, refused;

	begin("a list");
	for (word = 0; word < NACC_GATE_CALLS / 64; word++)
		must(NACC_SBI_GATE_ALLOW, record, word, word == 2 ? 1UL << (172 - 128) : 0);
	mode(NACC_GATE_ENFORCE | NACC_GATE_LIST);
	call(&one, "the first", 0);
	for (int i = 0; i < 5; i++) {
		call(&one, "one on it", 1);
		is("a call on the list takes no more", by_vector(&one, 249), 1);
		one.x[REG_A0] = i + 1;
	}
	say("a gated call on a list", took(&one), 10);
	for (nr = 0; nr < 1024; nr += 9)
		not_listed(nr);
	/* Its neighbours, in its word and in others */
	for (nr = 44; nr < 512; nr += 64) {
		not_listed(nr - 1);
		not_listed(nr + 1);
		if (nr != 172)
			not_listed(nr);
	}
	/* Watched only it is heard of. */
	mode(NACC_GATE_AUDIT | NACC_GATE_LIST);
	refused = gate()->refused_calls;
	two_calls(171);
	is("audit: refused", gate()->refused_calls, refused + 1);
	is("audit: heard of", one.x[REG_A7], 171);
	one.x[REG_PC] += 4;
	one.status = STATUS_SPIE;
	go(&one);
	is("audit: the next", one.x[REG_A7], 172);
	is("audit: refused, behind it", gate()->refused_calls, refused + 1);
	one.x[REG_PC] += 4;
	one.status = STATUS_SPIE;
	mode(NACC_GATE_AUDIT);
	call(&one, "watched", -1);
	call(&one, "watched", 1);
	is("a watched call takes no more", by_vector(&one, 250), 1);
	say("a gated call, watched", took(&one), 10);
	mode(NACC_GATE_ENFORCE);
	call(&one, "without a list", -1);
	call(&one, "without a list", 1);
}

/* Of a count that is full no call is one too many. "run" writes it: S-mode cannot. */
static void last_counts(void)
{
	const volatile u32 *calls = &gate()->calls[173];
	const u32 last = NACC_GATE_CALLS_MAX;

	begin("a count that is full");
	put("bare: two are missing at ");
	put_number(PA(calls), 10);
	put("\n");
	while (*calls != last - 2)
		;
	for (u32 i = 1; i < 5; i++) {
		call_number(173, 7, "of a full count, by the vector", 1);
		is("how many", *calls, i == 1 ? last - 1 : last);
	}
	call_number(172, 7, "behind them, by the vector", 1);
}

void cases(void)
{
	begin("calls");
	call(&one, "the first", -1);
	call(&one, "the second", -1);
	for (int i = 0; i < 8; i++) {
		call(&one, "one more", 1);
		is("a gated call takes no more", by_vector(&one, 250), 1);
		one.x[REG_A0] = i + 1;
	}
	say("a gated call", took(&one), 10);
	exceptions();
	pending();
	changed_registers(EBREAK, BREAKPOINT, 0);
	changed_registers(ECALL, USER_CALL, 4);
	call(&one, "one more", -1);
	numbers();
	by_turns();
	own_returns();
	roots();
	elsewhere();
	of_32_bits();
	children();
	last_counts();
	lists();
}
