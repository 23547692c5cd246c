// SPDX-License-Identifier: BSD-2-Clause
/*
 * Which trapped instructions the shim performs: integer stores and AMOs.
 *
 * Everything else that can raise a store fault is refused on purpose: Linux
 * writes no page table with it (DESIGN.md F6), so meeting one is news.
 */
#include "decode.h"

/* funct5 of the AMOs to operation + 1; lr, sc and amocas stay 0 */
static const nacc_u8 amo_ops[32] = {
	[0x00] = NACC_OP_ADD + 1, [0x01] = NACC_OP_SWAP + 1, [0x04] = NACC_OP_XOR + 1,
	[0x08] = NACC_OP_OR + 1, [0x0c] = NACC_OP_AND + 1, [0x10] = NACC_OP_MIN + 1,
	[0x14] = NACC_OP_MAX + 1, [0x18] = NACC_OP_MINU + 1, [0x1c] = NACC_OP_MAXU + 1,
};

/* @nr bits of the instruction, from bit @from on, moved to bit @to */
static nacc_u32 field(nacc_u32 insn, int from, int nr, int to)
{
	return (insn >> from & ((1U << nr) - 1)) << to;
}

/* c.sw and c.sd (quadrant 0), c.swsp and c.sdsp (quadrant 2) */
static void decode_short(nacc_u32 insn, struct nacc_insn *out)
{
	int wide = field(insn, 13, 1, 0);

	out->width = wide ? 8 : 4;
	if (field(insn, 1, 1, 0)) {
		out->rs1 = 2;
		out->rs2 = field(insn, 2, 5, 0);
		out->imm = wide ? field(insn, 10, 3, 3) | field(insn, 7, 3, 6) :
				  field(insn, 9, 4, 2) | field(insn, 7, 2, 6);
	} else {
		out->rs1 = 8 + field(insn, 7, 3, 0);
		out->rs2 = 8 + field(insn, 2, 3, 0);
		out->imm = field(insn, 10, 3, 3) |
			   (wide ? field(insn, 5, 2, 6) :
				   field(insn, 6, 1, 2) | field(insn, 5, 1, 6));
	}
}

enum nacc_reason nacc_decode(nacc_u32 insn, struct nacc_insn *out)
{
	nacc_u32 funct3 = field(insn, 12, 3, 0), opcode = field(insn, 0, 7, 0);

	*out = (struct nacc_insn){ .op = NACC_OP_STORE, .length = 4 };
	if ((insn & 3) != 3) {
		out->length = 2;
		if ((insn & 3) == 1 || field(insn, 14, 2, 0) != 3)
			return NACC_REASON_NOT_A_STORE;
		decode_short(insn, out);
		return NACC_REASON_NONE;
	}
	if (opcode == 0x2f) {
		if (!amo_ops[insn >> 27] || (funct3 != 2 && funct3 != 3))
			return NACC_REASON_NOT_A_STORE;
		out->op = amo_ops[insn >> 27] - 1;
		out->rd = field(insn, 7, 5, 0);
	} else {
		if (opcode != 0x23 || funct3 > 3)
			return NACC_REASON_NOT_A_STORE;
		/* Bit 31 is the sign. */
		out->imm = ((int)insn >> 25) * 32 + (int)field(insn, 7, 5, 0);
	}
	out->rs1 = field(insn, 15, 5, 0);
	out->rs2 = field(insn, 20, 5, 0);
	out->width = 1 << funct3;
	return NACC_REASON_NONE;
}
