// SPDX-License-Identifier: BSD-2-Clause
/* Misaligned accesses that the kernel has performed: where a thread is then, and with what. */
#include "gated.h"

#define DATA	(STACK + 513)		/* what a1 names, and sp eight below */

/* A misaligned access of this instruction */
static void misaligned_at(nacc_u64 pc, nacc_u32 insn, nacc_u64 cause)
{
	registers();
	t.x[NACC_REG_PC] = pc;
	t.x[NACC_REG_SP] = DATA - 8;
	t.x[NACC_REG_A1] = DATA;
	memcpy((char *)user_at(pc & ~7UL) + pc % 8, &insn, (insn & 3) == 3 ? 4 : 2);
	come(cause);
}

/* What it has loaded; of bytes whose highest bits are set, and are not */
static nacc_u64 data(int bytes, int is_signed, int high)
{
	static const nacc_u8 byte[2][8] = {
		{ 0x11, 0x72, 0x33, 0x74, 0x55, 0x66, 0x77, 0x78 },
		{ 0x91, 0xf2, 0xb3, 0xf4, 0xd5, 0xe6, 0xf7, 0xf8 },
	};
	nacc_u64 value = is_signed && high ? ~0UL : 0;

	memcpy((char *)user_at(STACK) + (DATA - STACK), byte[high], 8);
	memcpy(&value, byte[high], bytes);
	return value;
}

static void misaligned(void **state)
{
	static const struct {
		nacc_u32 insn;
		nacc_u32 rd;		/* 0: none of those */
		int bytes, is_signed;
	} loads[] = {
		{ 0x0005b483, 9, 8, 0 }, { 0x00059483, 9, 2, 1 }, { 0x0005d483, 9, 2, 0 },
		{ 0x0005af83, 31, 4, 1 }, { 0x0005b083, 1, 8, 0 }, { 0x0005e483, 9, 4, 0 },
				/* ld, lh, lhu, lw; rd of all bits; lwu */
		{ 0x00058483, 9, 1, 1 }, { 0x0005c483, 9, 1, 0 },	/* lb, lbu */
		{ 0x4184, 9, 4, 1 }, { 0x419c, 15, 4, 1 }, { 0x6184, 9, 8, 0 },
		{ 0x8584, 9, 2, 0 }, { 0x85c4, 9, 2, 1 },
		{ 0x44a2, 9, 4, 1 }, { 0x6fa2, 31, 8, 0 },
				/* c.lw, c.ld, c.lhu, c.lh, c.lwsp, c.ldsp */
		{ 0x0005b487, 0, 0, 0 }, { 0x0005a487, 0, 0, 0 }, { 0x2184, 0, 0, 0 },
		{ 0x24a2, 0, 0, 0 }, { 0x0005b003, 0, 0, 0 },
				/* fld, flw, c.fld, c.fldsp, to zero */
	};
	static const nacc_u32 stores[] = { 0x0095b023, 0xe184, 0xe426, 0x0095b027 };

	(void)state;
	in_kernel(TASK, PAGE_FAULT);
	assert_goes();
	for (size_t i = 0; i < 2 * ARRAY_SIZE(loads); i++) {
		size_t n = i / 2;
		nacc_u64 length = (loads[n].insn & 3) == 3 ? 4 : 2, pc = USER_BASE + 0x406;
		nacc_u64 value = data(loads[n].bytes, loads[n].is_signed, i % 2), was;

		for (nacc_u32 reg = 1; reg < 32; reg++) {
			misaligned_at(pc, loads[n].insn, NACC_CAUSE_LOAD_MISALIGNED);
			t.x[NACC_REG_PC] += length;
			if (loads[n].rd)
				t.x[loads[n].rd] = value;
			was = t.x[reg];
			t.x[reg] ^= 0x100;
			assert_refused_at(reg, was);
			assert_int_equal(t.x[NACC_REG_PC], pc + length);
		}
		misaligned_at(pc, loads[n].insn, NACC_CAUSE_LOAD_MISALIGNED);
		t.x[NACC_REG_PC] += length;
		if (loads[n].rd)
			t.x[loads[n].rd] = value;
		assert_goes();
		/* By another length; or what it reads, but not behind it */
		misaligned_at(pc, loads[n].insn, NACC_CAUSE_LOAD_MISALIGNED);
		t.x[NACC_REG_PC] += 6 - length;
		assert_refused_at(NACC_REG_PC, pc);
		misaligned_at(pc, loads[n].insn, NACC_CAUSE_LOAD_MISALIGNED);
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
		assert_refused_at(9, t.x[9] - 1);
	}
	/* It was a store, whatever is there now. */
	misaligned_at(USER_BASE + 0x400, loads[0].insn, NACC_CAUSE_STORE_MISALIGNED);
	t.x[NACC_REG_PC] += 4;
	t.x[loads[0].rd]++;
	assert_refused_at(loads[0].rd, t.x[loads[0].rd] - 1);
	/* Of another trap */
	misaligned_at(USER_BASE + 0x400, loads[0].insn, PAGE_FAULT);
	t.x[NACC_REG_PC] += 4;
	assert_refused_at(NACC_REG_PC, USER_BASE + 0x400);
}

/* Behind what no kernel performs, or of what is none of the program's, it does not get. */
static void misaligned_otherwise(void **state)
{
	/*
	 * A load with 7 for a width, vle8.v, flq, lr.d; c.lbu, c.sd, c.addi4spn, addi, c.add,
	 * c.slli, c.addi
	 */
	static const nacc_u32 none[] = { 0x0005f483, 0x02058487, 0x0005c487, 0x1005b4af, 0x8184,
					 0xe184, 0x0024, 0x00158593, 0x94ae, 0x048a, 0x0485 };
	/* ld, c.ld, fld, c.fld; to zero */
	static const nacc_u32 some[] = { 0x0005b483, 0x6184, 0x0005b487, 0x2184, 0x0005b003 };

	(void)state;
	in_kernel(TASK, PAGE_FAULT);
	assert_goes();
	for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
		misaligned_at(USER_BASE + 0x400, none[i], NACC_CAUSE_LOAD_MISALIGNED);
		t.x[NACC_REG_PC] += (none[i] & 3) == 3 ? 4 : 2;
		assert_refused_at(NACC_REG_PC, USER_BASE + 0x400);
	}
	for (size_t i = 0; i < ARRAY_SIZE(some); i++) {
		misaligned_at(USER_BASE + 0x400, some[i], PAGE_FAULT);
		t.x[NACC_REG_A1] = USER_BASE + USER_PAGES * PAGE - 4;
		come(NACC_CAUSE_LOAD_MISALIGNED);
		t.x[NACC_REG_PC] += (some[i] & 3) == 3 ? 4 : 2;
		assert_refused_at(NACC_REG_PC, USER_BASE + 0x400);
		/* What is not there just now is asked for. */
		t.x[NACC_REG_A1] = STACK + PAGE - 4;
		come(NACC_CAUSE_LOAD_MISALIGNED);
		t.x[NACC_REG_PC] += (some[i] & 3) == 3 ? 4 : 2;
		m.holes = 8;
		assert_missing(STACK + PAGE);
		m.holes = 0;
	}
	/* Of a debugger nothing is. */
	set_mode(NACC_GATE_ENFORCE | NACC_GATE_PTRACE);
	m.holes = 8;
	assert_goes();
}

/* Zero is a value as any other, and so is 0 of pc: who has jumped there goes back there. */
static void zeros(void **state)
{
	(void)state;
	in_kernel(TASK, PAGE_FAULT);
	assert_goes();
	misaligned_at(USER_BASE + 0x400, 0x0005b483, NACC_CAUSE_LOAD_MISALIGNED);
	memset((char *)user_at(STACK) + (DATA - STACK), 0, 8);
	t.x[NACC_REG_PC] += 4;
	assert_refused_at(9, 0);
	misaligned_at(USER_BASE + 0x400, 0x0005b483, NACC_CAUSE_LOAD_MISALIGNED);
	t.x[NACC_REG_PC] += 4;
	t.x[9] = 0;
	assert_goes();
	/* A call of what is not there: a fault at 0, of which there is a signal, and back */
	add_handler(11, HANDLER);
	registers();
	t.x[NACC_REG_PC] = 0;
	come(12);
	t.x[NACC_REG_PC] = 4;
	assert_refused_at(NACC_REG_PC, 0);
	come(12);
	signalled(11, HANDLER);
	assert_goes();
	t.x[NACC_REG_PC] = SIGRETURN + 4;
	t.x[NACC_REG_A7] = NACC_NR_RT_SIGRETURN;
	come(ECALL);
	registers();
	t.x[NACC_REG_PC] = 0;
	assert_goes();
	/* To a handler at 0 nobody goes, whoever has not registered one, or has told of one. */
	for (int told = 0; told < 2; told++) {
		registers();
		come(PAGE_FAULT);
		signalled(12, 0);
		assert_refused_at(NACC_REG_PC, USER_BASE + 0x10);
		add_handler(12, 0);
	}
	/* Nor is what was saved at 0 where it did not come from. */
	registers();
	come(PAGE_FAULT);
	signalled(11, HANDLER);
	saved(t.x[NACC_REG_SP])[NACC_REG_PC] = 0;
	assert_refused_at(NACC_REG_PC, USER_BASE + 0x10);
}

#define PLACE(imm, from, nr, to)	(((imm) >> (from) & ((1U << (nr)) - 1)) << (to))

/* c.fld, c.lw, c.ld; c.fldsp, c.lwsp, c.ldsp; fld, ld; c.lhu: with this offset */
static nacc_u32 with_offset(int which, nacc_u32 imm)
{
	switch (which) {
	case 1:
	case 3:
		return which << 13 | PLACE(imm, 3, 3, 10) | PLACE(imm, 6, 2, 5);
	case 2:
		return 2 << 13 | PLACE(imm, 3, 3, 10) | PLACE(imm, 2, 1, 6) | PLACE(imm, 6, 1, 5);
	case 4:
		return 0x8400 | PLACE(imm, 1, 1, 5);
	case 5:
	case 7:
		return (which - 4) << 13 | 2 | PLACE(imm, 5, 1, 12) | PLACE(imm, 3, 2, 5) |
		       PLACE(imm, 6, 3, 2);
	case 6:
		return 2 << 13 | 2 | PLACE(imm, 5, 1, 12) | PLACE(imm, 2, 3, 4) |
		       PLACE(imm, 6, 2, 2);
	case 8:
		return imm << 20 | 0x00003007;
	default:
		return imm << 20 | 0x00003003;
	}
}

/* From there on, each place of memory is another. */
static void loads_from(int which, nacc_u32 imm, nacc_u64 va)
{
	const nacc_u32 rd = which < 5 ? PLACE(9, 0, 3, 2) : 9 << 7;
	const nacc_u32 base = which < 5 ? PLACE(11, 0, 3, 7) : which > 7 ? 11 << 15 : 0;
	const nacc_u32 insn = with_offset(which, imm) | rd | base;
	nacc_u64 value = 0;

	misaligned_at(USER_BASE + 0x400, insn, PAGE_FAULT);
	assert_goes();
	memcpy(&value, (char *)user_at(STACK) + (va + imm - STACK),
	       which == 4 ? 2 : which == 2 || which == 6 ? 4 : 8);
	if (which > 7 && imm & 0x800)
		memcpy(&value, (char *)user_at(STACK) + (va + imm - 0x1000 - STACK), 8);
	if (which == 2 || which == 6)
		value = (nacc_u64)(int)value;
	t.x[NACC_REG_A1] = va;
	t.x[NACC_REG_SP] = va;
	come(NACC_CAUSE_LOAD_MISALIGNED);
	t.x[NACC_REG_PC] += which > 7 ? 4 : 2;
	t.context->f[9] = 0x4711;
	if (which != 1 && which != 5 && which != 8) {
		t.x[9] = ~value;
		assert_refused_at(9, value);
		assert_int_equal(t.context->f[9], 0x4711);
	} else {
		assert_goes();
		assert_int_equal(t.context->f[9], value);
	}
}

static void offsets(void **state)
{
	/* By which the offset may be chosen, and how many bits it has */
	static const struct {
		int step, bits;
	} of[] = {
		{ 0, 0 }, { 8, 8 }, { 4, 7 }, { 8, 8 }, { 2, 2 }, { 8, 9 }, { 4, 8 }, { 8, 9 },
		{ 1, 12 }, { 1, 12 },
	};

	(void)state;
	in_kernel(TASK, PAGE_FAULT);
	assert_goes();
	for (int i = 0; i < (int)PAGE / 2; i++)
		((nacc_u16 *)user_at(STACK))[i] = i;
	for (int which = 1; which < (int)ARRAY_SIZE(of); which++) {
		loads_from(which, 0, STACK + 2049);
		for (int bit = 0; bit < of[which].bits; bit++)
			if (1 << bit >= of[which].step)
				loads_from(which, 1U << bit, STACK + 2049);
		loads_from(which, (1U << of[which].bits) - of[which].step, STACK + 2049);
	}
	/* Of zero, whatever is in that place */
	misaligned_at(USER_BASE + 0x400, 0x00803483, NACC_CAUSE_LOAD_MISALIGNED);
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
	misaligned_at(end - 4, 0x0005b483, NACC_CAUSE_LOAD_MISALIGNED);
	t.x[NACC_REG_PC] = end;
	t.x[9] = data(8, 0, 1);
	assert_goes();
	misaligned_at(end - 2, 0x4184, NACC_CAUSE_LOAD_MISALIGNED);
	t.x[NACC_REG_PC] = end;
	t.x[9] = data(4, 1, 0);
	assert_goes();
	misaligned_at(STACK + PAGE - 2, 0x0005b483, NACC_CAUSE_LOAD_MISALIGNED);
	t.x[NACC_REG_PC] += 4;
	t.x[9] = data(8, 0, 1);
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

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_gated, teardown)
static const struct CMUnitTest tests[] = {
	TEST(misaligned),
	TEST(misaligned_otherwise),
	TEST(zeros),
	TEST(offsets),
	TEST(misaligned_at_an_end),
};

const struct suite loads_suite = {
	"loads", tests, ARRAY_SIZE(tests)
};
