// SPDX-License-Identifier: BSD-2-Clause
/* Decoding: every encoding form against an independent table. */
#include "machine.h"

/* Masks and matches as in the instruction listings of the specification. */
static const struct form {
	nacc_u32 mask, match;
	nacc_u8 op, width, compressed;	/* 1: rs2' (c.sw), 2: rs2 (c.swsp) */
} forms[] = {
	{ 0x0000707f, 0x00000023, NACC_OP_STORE, 1, 0 },
	{ 0x0000707f, 0x00001023, NACC_OP_STORE, 2, 0 },
	{ 0x0000707f, 0x00002023, NACC_OP_STORE, 4, 0 },
	{ 0x0000707f, 0x00003023, NACC_OP_STORE, 8, 0 },
	{ 0xf800707f, 0x0000202f, NACC_OP_ADD, 4, 0 },
	{ 0xf800707f, 0x0000302f, NACC_OP_ADD, 8, 0 },
	{ 0xf800707f, 0x0800202f, NACC_OP_SWAP, 4, 0 },
	{ 0xf800707f, 0x0800302f, NACC_OP_SWAP, 8, 0 },
	{ 0xf800707f, 0x2000202f, NACC_OP_XOR, 4, 0 },
	{ 0xf800707f, 0x2000302f, NACC_OP_XOR, 8, 0 },
	{ 0xf800707f, 0x4000202f, NACC_OP_OR, 4, 0 },
	{ 0xf800707f, 0x4000302f, NACC_OP_OR, 8, 0 },
	{ 0xf800707f, 0x6000202f, NACC_OP_AND, 4, 0 },
	{ 0xf800707f, 0x6000302f, NACC_OP_AND, 8, 0 },
	{ 0xf800707f, 0x8000202f, NACC_OP_MIN, 4, 0 },
	{ 0xf800707f, 0x8000302f, NACC_OP_MIN, 8, 0 },
	{ 0xf800707f, 0xa000202f, NACC_OP_MAX, 4, 0 },
	{ 0xf800707f, 0xa000302f, NACC_OP_MAX, 8, 0 },
	{ 0xf800707f, 0xc000202f, NACC_OP_MINU, 4, 0 },
	{ 0xf800707f, 0xc000302f, NACC_OP_MINU, 8, 0 },
	{ 0xf800707f, 0xe000202f, NACC_OP_MAXU, 4, 0 },
	{ 0xf800707f, 0xe000302f, NACC_OP_MAXU, 8, 0 },
	{ 0x0000e003, 0x0000c000, NACC_OP_STORE, 4, 1 },
	{ 0x0000e003, 0x0000e000, NACC_OP_STORE, 8, 1 },
	{ 0x0000e003, 0x0000c002, NACC_OP_STORE, 4, 2 },
	{ 0x0000e003, 0x0000e002, NACC_OP_STORE, 8, 2 },
};

static const struct form *form_of(nacc_u32 insn)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if ((insn & forms[i].mask) == forms[i].match)
			return &forms[i];
	return NULL;
}

/*
 * The offset, as the specification lists it: for each bit of the instruction from
 * 31 down the bit of the offset that it is, or none. Bit 11 of sd is the sign.
 */
static int imm_of(nacc_u32 insn, const struct form *form)
{
#define NONE	-1
	static const signed char long_form[32] = {
		11, 10, 9, 8, 7, 6, 5, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE,
		NONE, NONE, NONE, NONE, 4, 3, 2, 1, 0, NONE, NONE, NONE, NONE, NONE, NONE, NONE,
	};
	/* Of the short ones bits 12..2: c.sw, c.sd, c.swsp, c.sdsp */
	static const signed char short_forms[4][11] = {
		{ 5, 4, 3, NONE, NONE, NONE, 2, 6, NONE, NONE, NONE },
		{ 5, 4, 3, NONE, NONE, NONE, 7, 6, NONE, NONE, NONE },
		{ 5, 4, 3, 2, 7, 6, NONE, NONE, NONE, NONE, NONE },
		{ 5, 4, 3, 8, 7, 6, NONE, NONE, NONE, NONE, NONE },
	};
	const signed char *bits = long_form;
	int top = 31, nr = 32, imm = 0;

	if ((form->match & 0x7f) == 0x2f)
		return 0;
	if (form->compressed) {
		bits = short_forms[(form->compressed - 1) * 2 + (form->width == 8)];
		top = 12;
		nr = 11;
	}
	for (int i = 0; i < nr; i++)
		if (bits[i] != NONE && (insn >> (top - i) & 1))
			imm += bits[i] == 11 ? -2048 : 1 << bits[i];
	return imm;
}

static unsigned int rs1_of(nacc_u32 insn, const struct form *form)
{
	if (form->compressed == 1)
		return 8 + (insn >> 7 & 7);
	return form->compressed == 2 ? 2 : insn >> 15 & 31;
}

/* 1 if the core decodes as the table says. */
static int agrees(nacc_u32 insn)
{
	const struct form *form = form_of(insn);
	struct nacc_insn out;
	unsigned int reason, rs2, rd = 0;

	memset(&out, 0xff, sizeof(out));
	reason = nacc_decode(insn, &out);
	if (out.length != ((insn & 3) == 3 ? 4 : 2))
		return 0;
	if (!form)
		return reason == NACC_REASON_NOT_A_STORE;
	rs2 = insn >> 20 & 31;
	if (form->compressed == 1)
		rs2 = 8 + (insn >> 2 & 7);
	if (form->compressed == 2)
		rs2 = insn >> 2 & 31;
	if ((form->match & 0x7f) == 0x2f)
		rd = insn >> 7 & 31;
	return reason == NACC_REASON_NONE && out.op == form->op &&
	       out.width == form->width && out.rs2 == rs2 && out.rd == rd &&
	       out.rs1 == rs1_of(insn, form) && out.imm == imm_of(insn, form);
}

/* As GNU as 2.40 assembles them. */
static const struct sample {
	const char *text;
	nacc_u32 insn;
	nacc_u8 ok, op, width, rs2, rd, length, rs1;
	short imm;
} samples[] = {
	{ "sb zero,0(a0)", 0x00050023, 1, NACC_OP_STORE, 1, 0, 0, 4, 10, 0 },
	{ "sb t6,-1(sp)", 0xfff10fa3, 1, NACC_OP_STORE, 1, 31, 0, 4, 2, -1 },
	{ "sh a1,2(a0)", 0x00b51123, 1, NACC_OP_STORE, 2, 11, 0, 4, 10, 2 },
	{ "sw a2,2047(a0)", 0x7ec52fa3, 1, NACC_OP_STORE, 4, 12, 0, 4, 10, 2047 },
	{ "sd a3,-2048(s1)", 0x80d4b023, 1, NACC_OP_STORE, 8, 13, 0, 4, 9, -2048 },
	{ "sd zero,8(zero)", 0x00003423, 1, NACC_OP_STORE, 8, 0, 0, 4, 0, 8 },
	{ "sd t6,8(t6)", 0x01ffb423, 1, NACC_OP_STORE, 8, 31, 0, 4, 31, 8 },
	{ "amoadd.w a0,a1,(a2)", 0x00b6252f, 1, NACC_OP_ADD, 4, 11, 10, 4, 12, 0 },
	{ "amoadd.d a0,a1,(a2)", 0x00b6352f, 1, NACC_OP_ADD, 8, 11, 10, 4, 12, 0 },
	{ "amoswap.w zero,zero,(a2)", 0x0806202f, 1, NACC_OP_SWAP, 4, 0, 0, 4, 12, 0 },
	{ "amoswap.d t6,t5,(t4)", 0x09eebfaf, 1, NACC_OP_SWAP, 8, 30, 31, 4, 29, 0 },
	{ "amoswap.d.aq", 0x0cb6352f, 1, NACC_OP_SWAP, 8, 11, 10, 4, 12, 0 },
	{ "amoswap.d.rl", 0x0ab6352f, 1, NACC_OP_SWAP, 8, 11, 10, 4, 12, 0 },
	{ "amoswap.d.aqrl", 0x0eb6352f, 1, NACC_OP_SWAP, 8, 11, 10, 4, 12, 0 },
	{ "amoxor.d a0,a1,(a2)", 0x20b6352f, 1, NACC_OP_XOR, 8, 11, 10, 4, 12, 0 },
	{ "amoor.d a0,a1,(a2)", 0x40b6352f, 1, NACC_OP_OR, 8, 11, 10, 4, 12, 0 },
	{ "amoand.d a0,a1,(a2)", 0x60b6352f, 1, NACC_OP_AND, 8, 11, 10, 4, 12, 0 },
	{ "amomin.d a0,a1,(a2)", 0x80b6352f, 1, NACC_OP_MIN, 8, 11, 10, 4, 12, 0 },
	{ "amomax.d a0,a1,(a2)", 0xa0b6352f, 1, NACC_OP_MAX, 8, 11, 10, 4, 12, 0 },
	{ "amominu.d a0,a1,(a2)", 0xc0b6352f, 1, NACC_OP_MINU, 8, 11, 10, 4, 12, 0 },
	{ "amomaxu.d a0,a1,(a2)", 0xe0b6352f, 1, NACC_OP_MAXU, 8, 11, 10, 4, 12, 0 },
	{ "c.sw a0,4(a1)", 0xc1c8, 1, NACC_OP_STORE, 4, 10, 0, 2, 11, 4 },
	{ "c.sd a0,8(a1)", 0xe588, 1, NACC_OP_STORE, 8, 10, 0, 2, 11, 8 },
	{ "c.sd s0,0(s1)", 0xe080, 1, NACC_OP_STORE, 8, 8, 0, 2, 9, 0 },
	{ "c.sd a5,248(a5)", 0xfffc, 1, NACC_OP_STORE, 8, 15, 0, 2, 15, 248 },
	{ "c.swsp a0,4(sp)", 0xc22a, 1, NACC_OP_STORE, 4, 10, 0, 2, 2, 4 },
	{ "c.swsp zero,0(sp)", 0xc002, 1, NACC_OP_STORE, 4, 0, 0, 2, 2, 0 },
	{ "c.sdsp zero,0(sp)", 0xe002, 1, NACC_OP_STORE, 8, 0, 0, 2, 2, 0 },
	{ "c.sdsp t6,504(sp)", 0xfffe, 1, NACC_OP_STORE, 8, 31, 0, 2, 2, 504 },
	{ "lr.w a0,(a1)", 0x1005a52f, 0, 0, 0, 0, 0, 4, 0, 0 },
	{ "lr.d a0,(a1)", 0x1005b52f, 0, 0, 0, 0, 0, 4, 0, 0 },
	{ "sc.w a0,a1,(a2)", 0x18b6252f, 0, 0, 0, 0, 0, 4, 0, 0 },
	{ "sc.d a0,a1,(a2)", 0x18b6352f, 0, 0, 0, 0, 0, 4, 0, 0 },
	{ "sc.d.aqrl a0,a1,(a2)", 0x1eb6352f, 0, 0, 0, 0, 0, 4, 0, 0 },
	{ "fsw fa0,0(a0)", 0x00a52027, 0, 0, 0, 0, 0, 4, 0, 0 },
	{ "fsd fa0,0(a0)", 0x00a53027, 0, 0, 0, 0, 0, 4, 0, 0 },
	{ "c.fsd fa0,8(a1)", 0xa588, 0, 0, 0, 0, 0, 2, 0, 0 },
	{ "c.fsdsp fa0,8(sp)", 0xa42a, 0, 0, 0, 0, 0, 2, 0, 0 },
	{ "ld a0,0(a1)", 0x0005b503, 0, 0, 0, 0, 0, 4, 0, 0 },
	{ "lw a0,0(a1)", 0x0005a503, 0, 0, 0, 0, 0, 4, 0, 0 },
	{ "c.ld a0,8(a1)", 0x6588, 0, 0, 0, 0, 0, 2, 0, 0 },
	{ "c.lw a0,4(a1)", 0x41c8, 0, 0, 0, 0, 0, 2, 0, 0 },
	{ "c.ldsp a0,8(sp)", 0x6522, 0, 0, 0, 0, 0, 2, 0, 0 },
	{ "cbo.zero (a0)", 0x0045200f, 0, 0, 0, 0, 0, 4, 0, 0 },
	{ "vse64.v v8,(a0)", 0x02057427, 0, 0, 0, 0, 0, 4, 0, 0 },
	{ "vs1r.v v8,(a0)", 0x02850427, 0, 0, 0, 0, 0, 4, 0, 0 },
	{ "amocas.d a0,a1,(a2)", 0x28b6352f, 0, 0, 0, 0, 0, 4, 0, 0 },
	{ "amocas.w a0,a1,(a2)", 0x28b6252f, 0, 0, 0, 0, 0, 4, 0, 0 },
	{ "amocas.q a0,a2,(a4)", 0x28c7452f, 0, 0, 0, 0, 0, 4, 0, 0 },
	{ "amoadd.b a0,a1,(a2)", 0x00b6052f, 0, 0, 0, 0, 0, 4, 0, 0 },
	{ "amoadd.h a0,a1,(a2)", 0x00b6152f, 0, 0, 0, 0, 0, 4, 0, 0 },
	{ "amoswap.b a0,a1,(a2)", 0x08b6052f, 0, 0, 0, 0, 0, 4, 0, 0 },
	{ "c.sb a0,0(a1)", 0x8988, 0, 0, 0, 0, 0, 2, 0, 0 },
	{ "c.sh a0,0(a1)", 0x8d88, 0, 0, 0, 0, 0, 2, 0, 0 },
	{ "cm.push {ra},-16", 0xb842, 0, 0, 0, 0, 0, 2, 0, 0 },
	{ "hsv.d a0,(a1)", 0x6ea5c073, 0, 0, 0, 0, 0, 4, 0, 0 },
	{ "addi a0,a0,1", 0x00150513, 0, 0, 0, 0, 0, 4, 0, 0 },
	{ "ecall", 0x00000073, 0, 0, 0, 0, 0, 4, 0, 0 },
	{ "fence", 0x0ff0000f, 0, 0, 0, 0, 0, 4, 0, 0 },
	{ "c.nop", 0x0001, 0, 0, 0, 0, 0, 2, 0, 0 },
	{ "c.ebreak", 0x9002, 0, 0, 0, 0, 0, 2, 0, 0 },
	{ "all zeros", 0x00000000, 0, 0, 0, 0, 0, 2, 0, 0 },
	{ "all ones", 0xffffffff, 0, 0, 0, 0, 0, 4, 0, 0 },
};

static void decode_samples(void **state)
{
	struct nacc_insn o;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		const struct sample *s = &samples[i];
		unsigned int reason = nacc_decode(s->insn, &o);

		if (o.length != s->length ||
		    reason != (s->ok ? NACC_REASON_NONE : NACC_REASON_NOT_A_STORE))
			fail_msg("%s: reason %u, length %u", s->text, reason,
				 o.length);
		if (s->ok && (o.op != s->op || o.width != s->width ||
			      o.rs2 != s->rs2 || o.rd != s->rd ||
			      o.rs1 != s->rs1 || o.imm != s->imm))
			fail_msg("%s: op %u width %u rs2 %u rd %u rs1 %u imm %d", s->text,
				 o.op, o.width, o.rs2, o.rd, o.rs1, o.imm);
	}
}

static void decode_every_form(void **state)
{
	(void)state;
	/* All registers (and aq, rl, immediates by chance) in all forms. */
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		for (nacc_u32 free_bits = 0; free_bits < 1 << 17; free_bits++) {
			nacc_u32 spread = free_bits << 7 | free_bits << 15;
			nacc_u32 insn = forms[i].match | (spread & ~forms[i].mask);

			if (!agrees(insn) || form_of(insn) != &forms[i])
				fail_msg("%#x", insn);
		}
}

static void decode_all_16_bit(void **state)
{
	(void)state;
	for (nacc_u32 insn = 0; insn < 0x10000; insn++)
		if ((insn & 3) != 3)
			if (!agrees(insn) || !agrees(insn | 0xdead0000))
				fail_msg("%#x", insn);
}

static void decode_all_opcodes(void **state)
{
	(void)state;
	/* Every opcode, funct3 and funct7, registers varied. */
	for (nacc_u32 i = 0; i < 1 << 17; i++) {
		nacc_u32 insn = (i & 0x7f) | (i >> 7 & 7) << 12 |
				(i >> 10) << 25 | (i * 2654435761U & 0x1ff8f80);

		if (!agrees(insn))
			fail_msg("%#x", insn);
	}
}

static void decode_random_32_bit(void **state)
{
	nacc_u64 seed = 0x4e414343;

	(void)state;
	for (int i = 0; i < 4000000; i++) {
		nacc_u32 insn = rnd(&seed) >> 32;

		/* Half of them near the opcodes that matter. */
		if (i & 1)
			insn = (insn & ~0x7fU) | (insn & 0x80 ? 0x23 : 0x2f);
		if (!agrees(insn))
			fail_msg("%#x", insn);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(decode_samples),
	cmocka_unit_test(decode_every_form),
	cmocka_unit_test(decode_all_16_bit),
	cmocka_unit_test(decode_all_opcodes),
	cmocka_unit_test(decode_random_32_bit),
};

const struct suite decode_suite = {
	"decode", tests, ARRAY_SIZE(tests)
};
