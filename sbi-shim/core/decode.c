// SPDX-License-Identifier: BSD-2-Clause
/*
 * Which trapped instructions the shim performs: integer stores and AMOs.
 *
 * Everything else that can raise a store fault is refused on purpose: Linux
 * writes no page table with it (DESIGN.md F6), so meeting one is news.
 */
#include "nacc_internal.h"

#define OPCODE(insn)	((insn) & 0x7f)
#define OPCODE_STORE	0x23
#define OPCODE_AMO	0x2f
#define FUNCT3(insn)	((insn) >> 12 & 0x7)
#define FUNCT5(insn)	((insn) >> 27)
#define RD(insn)	((insn) >> 7 & 0x1f)
#define RS2(insn)	((insn) >> 20 & 0x1f)

#define AMO_W		2
#define AMO_D		3

#define C_OP(insn)	((insn) & 0x3)
#define C_FUNCT3(insn)	((insn) >> 13 & 0x7)
#define C_SW		6
#define C_SD		7
/* rs2' of the CL/CS formats counts from x8, that of CSS is a full number */
#define C_RS2_SHORT(insn)	(8 + ((insn) >> 2 & 0x7))
#define C_RS2(insn)	((insn) >> 2 & 0x1f)

/* funct5 of the AMOs to operation + 1; lr, sc and amocas stay 0 */
static const nacc_u8 amo_ops[32] = {
	[0x00] = NACC_OP_ADD + 1,
	[0x01] = NACC_OP_SWAP + 1,
	[0x04] = NACC_OP_XOR + 1,
	[0x08] = NACC_OP_OR + 1,
	[0x0c] = NACC_OP_AND + 1,
	[0x10] = NACC_OP_MIN + 1,
	[0x14] = NACC_OP_MAX + 1,
	[0x18] = NACC_OP_MINU + 1,
	[0x1c] = NACC_OP_MAXU + 1,
};

static enum nacc_reason decode_compressed(nacc_u32 insn, struct nacc_insn *out)
{
	nacc_u32 op = C_OP(insn), funct3 = C_FUNCT3(insn);

	if (op == 1 || (funct3 != C_SW && funct3 != C_SD))
		return NACC_REASON_NOT_A_STORE;
	out->op = NACC_OP_STORE;
	out->width = funct3 == C_SD ? 8 : 4;
	out->rs2 = op == 0 ? C_RS2_SHORT(insn) : C_RS2(insn);
	return NACC_REASON_NONE;
}

static enum nacc_reason decode_amo(nacc_u32 insn, struct nacc_insn *out)
{
	nacc_u32 funct3 = FUNCT3(insn);
	nacc_u8 op = amo_ops[FUNCT5(insn)];

	if (!op || (funct3 != AMO_W && funct3 != AMO_D))
		return NACC_REASON_NOT_A_STORE;
	out->op = op - 1;
	out->width = 1 << funct3;
	out->rs2 = RS2(insn);
	out->rd = RD(insn);
	return NACC_REASON_NONE;
}

enum nacc_reason nacc_decode(nacc_u32 insn, struct nacc_insn *out)
{
	out->op = NACC_OP_STORE;
	out->width = 0;
	out->rs2 = 0;
	out->rd = 0;
	out->length = C_OP(insn) == 3 ? 4 : 2;

	if (out->length == 2)
		return decode_compressed(insn, out);
	if (OPCODE(insn) == OPCODE_AMO)
		return decode_amo(insn, out);
	if (OPCODE(insn) != OPCODE_STORE || FUNCT3(insn) > 3)
		return NACC_REASON_NOT_A_STORE;
	out->width = 1 << FUNCT3(insn);
	out->rs2 = RS2(insn);
	return NACC_REASON_NONE;
}
