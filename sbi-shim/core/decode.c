// SPDX-License-Identifier: BSD-2-Clause
/*
 * Which trapped instructions the shim performs: integer stores and AMOs.
 *
 * Everything else that can raise a store fault is refused on purpose: Linux
 * writes no page table with it (DESIGN.md F6), so meeting one is news.
 */
#include "nacc_internal.h"

/* funct5 of the AMOs to operation + 1; lr, sc and amocas stay 0 */
static const nacc_u8 amo_ops[32] = {
	[0x00] = NACC_OP_ADD + 1, [0x01] = NACC_OP_SWAP + 1, [0x04] = NACC_OP_XOR + 1,
	[0x08] = NACC_OP_OR + 1, [0x0c] = NACC_OP_AND + 1, [0x10] = NACC_OP_MIN + 1,
	[0x14] = NACC_OP_MAX + 1, [0x18] = NACC_OP_MINU + 1, [0x1c] = NACC_OP_MAXU + 1,
};

enum nacc_reason nacc_decode(nacc_u32 insn, struct nacc_insn *out)
{
	nacc_u32 funct3 = insn >> 12 & 7, rs2 = insn >> 20 & 31, opcode = insn & 0x7f;

	*out = (struct nacc_insn){ .op = NACC_OP_STORE, .length = 4 };
	if ((insn & 3) != 3) {
		out->length = 2;
		/* c.sw and c.sd of quadrant 0 (rs2' from x8), c.swsp and c.sdsp of 2 */
		if ((insn & 3) == 1 || (insn >> 14 & 3) != 3)
			return NACC_REASON_NOT_A_STORE;
		funct3 = insn & 1U << 13 ? 3 : 2;
		rs2 = insn & 2 ? insn >> 2 & 31 : 8 + (insn >> 2 & 7);
	} else if (opcode == 0x2f) {
		if (!amo_ops[insn >> 27] || (funct3 != 2 && funct3 != 3))
			return NACC_REASON_NOT_A_STORE;
		out->op = amo_ops[insn >> 27] - 1;
		out->rd = insn >> 7 & 31;
	} else if (opcode != 0x23 || funct3 > 3) {
		return NACC_REASON_NOT_A_STORE;
	}
	out->rs2 = rs2;
	out->width = 1 << funct3;
	return NACC_REASON_NONE;
}
