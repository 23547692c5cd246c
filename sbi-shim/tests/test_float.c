// SPDX-License-Identifier: BSD-2-Clause
/* Floating-point registers at the gate: which a thread goes on with. */
#include "gated.h"

#define FLOATS	(STACK + 128 + 176 + 256)

static struct nacc_sbi_context *c;

/* It came with these, which were kept: by the glue, as the core has none. */
static void keep(nacc_u64 first)
{
	for (int i = 0; i < 32; i++)
		c->f[i] = first + i;
	c->fcsr = 3;
	c->flags |= NACC_CONTEXT_FLOAT;
}

static int setup_float(void **state)
{
	setup_gated(state);
	in_kernel(TASK, PAGE_FAULT);
	c = context(gated, TASK);
	return 0;
}

static void in_enforced_ones(void **state)
{
	(void)state;
	assert_goes();
	assert_int_equal(nacc_turn_has_float(c), 0);
	come(PAGE_FAULT);
	keep(0x100);
	assert_goes();
	assert_int_equal(nacc_turn_has_float(c), 1);
	/* Also if it is not what it came with that it would go with */
	come(PAGE_FAULT);
	t.x[5]++;
	assert_refused_at(5, t.x[5] - 1);
	assert_int_equal(nacc_turn_has_float(c), 1);
	come(PAGE_FAULT);
	set_mode(NACC_GATE_AUDIT);
	assert_goes();
	assert_int_equal(nacc_turn_has_float(c), 0);
	come(PAGE_FAULT);
	set_mode(NACC_GATE_ENFORCE | NACC_GATE_PTRACE);
	assert_goes();
	assert_int_equal(nacc_turn_has_float(c), 0);
}

static void of_the_frame(void **state)
{
	(void)state;
	assert_goes();
	memset(user_at(STACK), 0, PAGE);
	for (int i = 0; i < 33; i++)
		*user_at(FLOATS + 8 * i) = 0xf00000000000UL + i;
	t.x[NACC_REG_A7] = NACC_NR_RT_SIGRETURN;
	come(ECALL);
	keep(0x100);
	memset(t.x, 0, sizeof(t.x));
	assert_goes();
	assert_int_equal(nacc_turn_has_float(c), 1);
	for (int i = 0; i < 32; i++)
		assert_int_equal(c->f[i], 0xf00000000000UL + i);
	/* Of fcsr the frame has half a word. */
	assert_int_equal(c->fcsr, 32);
	/* So whatever the kernel makes of the other registers; but not if it has no frame. */
	registers();
	t.x[NACC_REG_A7] = NACC_NR_RT_SIGRETURN;
	come(ECALL);
	keep(0x200);
	t.x[NACC_REG_PC] = 0x666;
	assert_refused_at(NACC_REG_PC, 0);
	assert_int_equal(c->f[1], 0xf00000000001UL);
	registers();
	t.x[NACC_REG_SP] = USER_BASE + USER_PAGES * PAGE;
	t.x[NACC_REG_A7] = NACC_NR_RT_SIGRETURN;
	come(ECALL);
	keep(0x200);
	t.x[NACC_REG_PC] += 4;
	t.x[NACC_REG_A0] = -14UL;
	assert_refused_at(NACC_REG_PC, USER_BASE + 0x10);
	assert_int_equal(c->f[1], 0x201);
	/* They may be in a page that is not there. */
	registers();
	t.x[NACC_REG_SP] = STACK + PAGE - (FLOATS - STACK);
	t.x[NACC_REG_A7] = NACC_NR_RT_SIGRETURN;
	come(ECALL);
	memset(user_at(t.x[NACC_REG_SP]), 0, PAGE);
	memset(t.x, 0, sizeof(t.x));
	m.holes = 8;
	assert_missing(STACK + PAGE);
	m.holes = 0;
	assert_goes();
	keep(0x200);
	/* Or half of them in none of the program's: then it has none. */
	registers();
	t.x[NACC_REG_SP] = USER_BASE + USER_PAGES * PAGE - (FLOATS - STACK) - 128;
	t.x[NACC_REG_A7] = NACC_NR_RT_SIGRETURN;
	come(ECALL);
	memset(user_at(t.x[NACC_REG_SP]), 0, FLOATS - STACK);
	memset(t.x, 0, sizeof(t.x));
	assert_goes();
	assert_int_equal(c->f[1], 0x201);
	/* Those of another call are none. */
	registers();
	t.x[NACC_REG_A7] = 63;
	come(ECALL);
	t.x[NACC_REG_PC] += 4;
	assert_goes();
	assert_int_equal(c->f[1], 0x201);
}

/* Of a load that the kernel has performed, and of nothing else, one register is read again. */
static void assert_loads(nacc_u64 code, int length, int rd, nacc_u64 value)
{
	registers();
	*user_at(USER_BASE + 0x10) = code;
	t.x[8] = STACK + 256 + 1;
	t.x[NACC_REG_A1] = STACK + 1;
	t.x[NACC_REG_SP] = STACK + 2;
	keep(0x100);
	come(NACC_CAUSE_LOAD_MISALIGNED);
	assert_goes();
	assert_int_equal(c->f[rd], 0x100 + rd);
	come(NACC_CAUSE_STORE_MISALIGNED);
	t.x[NACC_REG_PC] += length;
	assert_goes();
	assert_int_equal(c->f[rd], 0x100 + rd);
	t.x[NACC_REG_PC] -= length;
	come(NACC_CAUSE_LOAD_MISALIGNED);
	t.x[NACC_REG_PC] += 8;
	assert_refused_at(NACC_REG_PC, USER_BASE + 0x10);
	assert_int_equal(c->f[rd], 0x100 + rd);
	come(NACC_CAUSE_LOAD_MISALIGNED);
	t.x[NACC_REG_PC] += length;
	assert_goes();
	for (int i = 0; i < 32; i++)
		assert_int_equal(c->f[i], i == rd ? value : 0x100UL + i);
	assert_int_equal(nacc_turn_has_float(c), 1);
	assert_int_equal(c->fcsr, 3);
}

static void of_a_load(void **state)
{
	(void)state;
	for (int i = 0; i < 1024; i++)
		((nacc_u8 *)user_at(STACK))[i] = i % 251;
	assert_goes();
	/* fld fs1, (a1); fld fs1, -1(s0); flw ft0, 1(a1); flh ft11, 3(a1) */
	assert_loads(0x0005b487, 4, 9, 0x0807060504030201UL);
	assert_loads(0xfff43487, 4, 9, 0x0c0b0a0908070605UL);
	assert_loads(0x0015a007, 4, 0, 0xffffffff05040302UL);
	assert_loads(0x00359f87, 4, 31, 0xffffffffffff0504UL);
	/* c.fld fs1, 8(s0); c.fldsp fa0, 72(sp) */
	assert_loads(0x2404, 2, 9, 0x1514131211100f0eUL);
	assert_loads(0x2526, 2, 10, 0x51504f4e4d4c4b4aUL);
}

/* Nor of one that loads another register, or by which nothing was loaded */
static void of_another_load(void **state)
{
	(void)state;
	assert_goes();
	/* ld s0, (a1); c.ldsp s0, 8(sp): what is there */
	for (int i = 0; i < 2; i++) {
		registers();
		*user_at(USER_BASE + 0x10) = i ? 0x6422 : 0x0005b403;
		*user_at(STACK + 8) = 0;
		t.x[NACC_REG_A1] = STACK + 8;
		keep(0x100);
		come(NACC_CAUSE_LOAD_MISALIGNED);
		t.x[NACC_REG_PC] += i ? 2 : 4;
		t.x[8] = 0;
		assert_goes();
		for (int f = 0; f < 32; f++)
			assert_int_equal(c->f[f], 0x100UL + f);
		assert_int_equal(nacc_turn_has_float(c), 1);
	}
	/* fld fs1, (a1): not where a signal comes before it is performed, but when it was */
	add_handler(1, HANDLER);
	*user_at(USER_BASE + 0x10) = 0x0005b487;
	for (nacc_u64 length = 0; length <= 4; length += 4) {
		registers();
		*user_at(STACK + 8) = 0x123;
		t.x[NACC_REG_A1] = STACK + 8;
		come(NACC_CAUSE_LOAD_MISALIGNED);
		t.x[NACC_REG_PC] += length;
		signalled(1, HANDLER);
		assert_goes();
		assert_int_equal(c->f[9], length ? 0x123 : 0x109);
	}
	/* Undone to be behind it, it has been loaded, too; also to what is zero. */
	registers();
	*user_at(STACK + 8) = 0;
	t.x[NACC_REG_A1] = STACK + 8;
	come(NACC_CAUSE_LOAD_MISALIGNED);
	t.x[NACC_REG_PC] += 4;
	t.x[20]++;
	assert_refused_at(20, t.x[20] - 1);
	assert_int_equal(c->f[9], 0);
	/* What is only on record happens; and of a debugger nothing is kept. */
	keep(0x100);
	set_mode(NACC_GATE_AUDIT);
	registers();
	t.x[NACC_REG_A1] = STACK + 8;
	come(NACC_CAUSE_LOAD_MISALIGNED);
	t.x[NACC_REG_PC] += 8;
	assert_int_equal(go(), NACC_TURN_GO);
	assert_int_equal(c->f[9], 0x109);
	registers();
	t.x[NACC_REG_A1] = STACK + 8;
	come(NACC_CAUSE_LOAD_MISALIGNED);
	t.x[NACC_REG_PC] += 4;
	assert_goes();
	assert_int_equal(c->f[9], 0);
	/* flq ft0, (a1) is none that is performed; nor is there anything at the end. */
	keep(0x100);
	for (int i = 0; i < 2; i++) {
		registers();
		*user_at(USER_BASE + 0x10) = i ? 0x0005b487 : 0x0005c007;
		t.x[NACC_REG_A1] = USER_BASE + USER_PAGES * PAGE - 8 * !i;
		come(NACC_CAUSE_LOAD_MISALIGNED);
		t.x[NACC_REG_PC] += 4;
		assert_int_equal(go(), NACC_TURN_GO);
		for (int f = 0; f < 32; f++)
			assert_int_equal(c->f[f], 0x100UL + f);
	}
	set_mode(NACC_GATE_ENFORCE | NACC_GATE_PTRACE);
	registers();
	t.x[NACC_REG_A1] = STACK + 8;
	come(NACC_CAUSE_LOAD_MISALIGNED);
	t.x[NACC_REG_PC] += 4;
	m.holes = 0xf;
	assert_goes();
	m.holes = 0;
	assert_int_equal(c->f[9], 0x109);
	set_mode(NACC_GATE_ENFORCE);
	/* Nor where there is no instruction: it is at its rseq(2) handler of aborts then. */
	registers();
	t.x[NACC_REG_PC] = 0x10;
	come(NACC_CAUSE_LOAD_MISALIGNED);
	*user_at(USER_BASE + 0x200) = 0xf1401073;
	t.x[NACC_REG_PC] = USER_BASE + 0x204;
	assert_goes();
	assert_int_equal(c->f[9], 0x109);
	/* What is not there now is asked for, and read then. */
	registers();
	t.x[NACC_REG_A1] = STACK + PAGE - 4;
	come(NACC_CAUSE_LOAD_MISALIGNED);
	t.x[NACC_REG_PC] += 4;
	m.holes = 8;
	assert_missing(STACK + PAGE);
	m.holes = 0;
	assert_goes();
	assert_int_equal(c->f[9] >> 32, *user_at(STACK + PAGE) & 0xffffffff);
}

static void of_a_child(void **state)
{
	nacc_u64 task = 0xff60000012347680UL;

	(void)state;
	keep(0x100);
	assert_goes();
	t.x[NACC_REG_A7] = NACC_NR_CLONE;
	t.x[NACC_REG_A0] = 0x100;
	t.x[NACC_REG_A1] = 0;
	come(ECALL);
	must(context_call(gated, task, NACC_CONTEXT_OF_CHILD, TASK));
	c = context(gated, task);
	assert_int_equal(c->flags & NACC_CONTEXT_FLOAT, NACC_CONTEXT_FLOAT);
	for (int i = 0; i < 32; i++)
		assert_int_equal(c->f[i], 0x100 + i);
	assert_int_equal(c->fcsr, 3);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_float, teardown)
static const struct CMUnitTest tests[] = {
	TEST(in_enforced_ones),
	TEST(of_the_frame),
	TEST(of_a_load),
	TEST(of_another_load),
	TEST(of_a_child),
};

const struct suite float_suite = {
	"float", tests, ARRAY_SIZE(tests)
};
