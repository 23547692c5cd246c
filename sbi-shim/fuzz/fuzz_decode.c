// SPDX-License-Identifier: BSD-2-Clause
/*
 * nacc_decode() against the opcode table of the specification, as masks and
 * matches (riscv-opcodes), one line per instruction.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"

struct line {
	nacc_u32 mask, match;
	unsigned int op, width, length, has_rd;
	enum { FROM_R2, FROM_C2, FROM_C8 } rs2;
};

static const struct line lines[] = {
	/* sb, sh, sw, sd */
	{ 0x707f, 0x0023, NACC_OP_STORE, 1, 4, 0, FROM_R2 },
	{ 0x707f, 0x1023, NACC_OP_STORE, 2, 4, 0, FROM_R2 },
	{ 0x707f, 0x2023, NACC_OP_STORE, 4, 4, 0, FROM_R2 },
	{ 0x707f, 0x3023, NACC_OP_STORE, 8, 4, 0, FROM_R2 },
	/* amo*.w and amo*.d, aq and rl free */
	{ 0xf800707f, 0x0000202f, NACC_OP_ADD, 4, 4, 1, FROM_R2 },
	{ 0xf800707f, 0x0000302f, NACC_OP_ADD, 8, 4, 1, FROM_R2 },
	{ 0xf800707f, 0x0800202f, NACC_OP_SWAP, 4, 4, 1, FROM_R2 },
	{ 0xf800707f, 0x0800302f, NACC_OP_SWAP, 8, 4, 1, FROM_R2 },
	{ 0xf800707f, 0x2000202f, NACC_OP_XOR, 4, 4, 1, FROM_R2 },
	{ 0xf800707f, 0x2000302f, NACC_OP_XOR, 8, 4, 1, FROM_R2 },
	{ 0xf800707f, 0x4000202f, NACC_OP_OR, 4, 4, 1, FROM_R2 },
	{ 0xf800707f, 0x4000302f, NACC_OP_OR, 8, 4, 1, FROM_R2 },
	{ 0xf800707f, 0x6000202f, NACC_OP_AND, 4, 4, 1, FROM_R2 },
	{ 0xf800707f, 0x6000302f, NACC_OP_AND, 8, 4, 1, FROM_R2 },
	{ 0xf800707f, 0x8000202f, NACC_OP_MIN, 4, 4, 1, FROM_R2 },
	{ 0xf800707f, 0x8000302f, NACC_OP_MIN, 8, 4, 1, FROM_R2 },
	{ 0xf800707f, 0xa000202f, NACC_OP_MAX, 4, 4, 1, FROM_R2 },
	{ 0xf800707f, 0xa000302f, NACC_OP_MAX, 8, 4, 1, FROM_R2 },
	{ 0xf800707f, 0xc000202f, NACC_OP_MINU, 4, 4, 1, FROM_R2 },
	{ 0xf800707f, 0xc000302f, NACC_OP_MINU, 8, 4, 1, FROM_R2 },
	{ 0xf800707f, 0xe000202f, NACC_OP_MAXU, 4, 4, 1, FROM_R2 },
	{ 0xf800707f, 0xe000302f, NACC_OP_MAXU, 8, 4, 1, FROM_R2 },
	/* c.sw, c.sd, c.swsp, c.sdsp */
	{ 0xe003, 0xc000, NACC_OP_STORE, 4, 2, 0, FROM_C8 },
	{ 0xe003, 0xe000, NACC_OP_STORE, 8, 2, 0, FROM_C8 },
	{ 0xe003, 0xc002, NACC_OP_STORE, 4, 2, 0, FROM_C2 },
	{ 0xe003, 0xe002, NACC_OP_STORE, 8, 2, 0, FROM_C2 },
};

static const struct line *find(nacc_u32 insn)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if ((insn & lines[i].mask) == lines[i].match)
			return &lines[i];
	return NULL;
}

static unsigned int rs2_of(nacc_u32 insn, const struct line *line)
{
	switch (line->rs2) {
	case FROM_R2:
		return insn >> 20 & 0x1f;
	case FROM_C2:
		return insn >> 2 & 0x1f;
	default:
		return 8 + (insn >> 2 & 7);
	}
}

static nacc_u32 bits(nacc_u32 insn, int hi, int lo)
{
	return insn << (31 - hi) >> (31 - hi + lo);
}

/* Offsets as in the instruction formats S, CS and CSS of the specification. */
static int imm_of(nacc_u32 insn, const struct line *line)
{
	int imm;

	switch (line->match) {
	case 0xc000:
		return bits(insn, 5, 5) * 64 + bits(insn, 12, 10) * 8 + bits(insn, 6, 6) * 4;
	case 0xe000:
		return bits(insn, 6, 5) * 64 + bits(insn, 12, 10) * 8;
	case 0xc002:
		return bits(insn, 8, 7) * 64 + bits(insn, 12, 9) * 4;
	case 0xe002:
		return bits(insn, 9, 7) * 64 + bits(insn, 12, 10) * 8;
	}
	if (line->has_rd)
		return 0;
	imm = bits(insn, 31, 25) * 32 + bits(insn, 11, 7);
	return imm < 2048 ? imm : imm - 4096;
}

static unsigned int rs1_of(nacc_u32 insn, const struct line *line)
{
	switch (line->rs2) {
	case FROM_R2:
		return bits(insn, 19, 15);
	case FROM_C2:
		return 2;
	default:
		return 8 + bits(insn, 9, 7);
	}
}

static void check(nacc_u32 insn)
{
	const struct line *line = find(insn);
	struct nacc_insn out;
	enum nacc_reason reason;

	memset(&out, 0xa5, sizeof(out));
	reason = nacc_decode(insn, &out);
	if (out.length != ((insn & 3) == 3 ? 4 : 2) || out.rs1 > 31 ||
	    out.rs2 > 31 || out.rd > 31)
		abort();
	if (!reason != !!line)
		abort();
	if (!line)
		return;
	if (out.op != line->op || out.width != line->width ||
	    out.length != line->length || out.rs2 != rs2_of(insn, line) ||
	    out.rd != (line->has_rd ? insn >> 7 & 0x1f : 0) ||
	    out.rs1 != rs1_of(insn, line) || out.imm != imm_of(insn, line))
		abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	nacc_u32 insn;

	for (; size >= sizeof(insn); data += 4, size -= 4) {
		memcpy(&insn, data, sizeof(insn));
		check(insn);
	}
	return 0;
}
