// SPDX-License-Identifier: BSD-2-Clause
/*
 * Misaligned loads that the kernel has performed for a thread: what they have loaded is read
 * here once more. See turn.h.
 */
#include "mem.h"
#include "rules.h"

/* Opcodes (unprivileged spec: "RV32/64G Instruction Set Listings"), and width by funct3 */
#define OPCODE		0x7f
#define LOAD		0x03
#define LOAD_FP		0x07
#define FUNCT3		7U
#define IS_UNSIGNED	4U

/* A word, or a doubleword, in order of bits 15 to 13: "C", integer and floating point */
static nacc_u64 word_offset(nacc_u64 insn)
{
	return (insn >> 7 & 0x38) | (insn >> 4 & 0x4) | (insn << 1 & 0x40);
}

static nacc_u64 double_offset(nacc_u64 insn)
{
	return (insn >> 7 & 0x38) | (insn << 1 & 0xc0);
}

static nacc_u64 word_offset_sp(nacc_u64 insn)
{
	return (insn >> 7 & 0x20) | (insn >> 2 & 0x1c) | (insn << 4 & 0xc0);
}

static nacc_u64 double_offset_sp(nacc_u64 insn)
{
	return (insn >> 7 & 0x20) | (insn >> 2 & 0x18) | (insn << 4 & 0x1c0);
}

/* Of four bytes */
static void decode_long(nacc_u64 insn, const nacc_u64 *x, struct nacc_user_load *load)
{
	nacc_u32 base = insn >> 15 & 31, width = insn >> 12 & FUNCT3;

	load->is_float = (insn & OPCODE) == LOAD_FP;
	if (load->is_float ? width < 1 || width > 3 :
	    (insn & OPCODE) != LOAD || width == FUNCT3)
		return;
	load->bytes = 1U << (width & ~IS_UNSIGNED);
	load->is_signed = !(width & IS_UNSIGNED);
	load->rd = insn >> 7 & 31;
	load->va = (base ? x[base] : 0) + (nacc_u64)(long)((int)insn >> 20);
}

/* By sp: c.fldsp, c.lwsp, c.ldsp */
static void decode_sp(nacc_u64 insn, const nacc_u64 *x, struct nacc_user_load *load)
{
	nacc_u32 kind = insn >> 13 & FUNCT3;

	if (kind < 1 || kind > 3)
		return;
	load->is_float = kind == 1;
	load->bytes = kind == 2 ? 4 : 8;
	load->rd = insn >> 7 & 31;
	load->va = x[NACC_REG_SP] + (kind == 2 ? word_offset_sp(insn) : double_offset_sp(insn));
}

/* c.fld, c.lw, c.ld; c.lhu, c.lh (Zcb) */
static void decode_short(nacc_u64 insn, const nacc_u64 *x, struct nacc_user_load *load)
{
	nacc_u32 kind = insn >> 13 & FUNCT3;
	nacc_u64 base = x[8 + (insn >> 7 & 7)];

	load->rd = 8 + (insn >> 2 & 7);
	if (kind == 4 && (insn >> 10 & 7) == 1) {
		load->bytes = 2;
		load->is_signed = insn >> 6 & 1;
		load->va = base + (insn >> 4 & 2);
	} else if (kind >= 1 && kind <= 3) {
		load->is_float = kind == 1;
		load->bytes = kind == 2 ? 4 : 8;
		load->va = base + (kind == 2 ? word_offset(insn) : double_offset(insn));
	}
}

/* If it has two bytes those above are of no matter. @x: the registers before */
static void decode(nacc_u64 insn, const nacc_u64 *x, struct nacc_user_load *load)
{
	*load = (struct nacc_user_load){ .is_signed = 1, .length = (insn & 3) == 3 ? 4 : 2 };
	if ((insn & 3) == 3)
		decode_long(insn, x, load);
	else if ((insn & 3) == 2)
		decode_sp(insn, x, load);
	else if (!(insn & 3))
		decode_short(insn, x, load);
}

int nacc_user_load_at(const struct nacc_core *core, struct nacc_turn *turn,
		      struct nacc_user_load *load)
{
	nacc_u64 pc = turn->context->x[NACC_REG_PC], insn;

	if (!read_code(core, turn, pc, 2, &insn) ||
	    ((insn & 3) == 3 && !read_code(core, turn, pc, 4, &insn)))
		return 0;
	decode(insn, turn->context->x, load);
	return 1;
}

/* Narrower values: "NaN Boxing of Narrower Values"; or the sign, or zeros */
static nacc_u64 extend(const struct nacc_user_load *load, nacc_u64 value)
{
	nacc_u32 above = 64 - 8 * load->bytes;
	nacc_u64 ones = above ? ~0ULL << (64 - above) : 0;

	value &= ~ones;
	if (load->is_float || (load->is_signed && value >> (63 - above)))
		value |= ones;
	return value;
}

int nacc_user_load_value(const struct nacc_core *core, struct nacc_turn *turn,
			 const struct nacc_user_load *load, nacc_u64 *value)
{
	if (!read_code(core, turn, load->va, load->bytes, value))
		return 0;
	*value = extend(load, *value);
	return 1;
}
