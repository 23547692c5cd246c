// SPDX-License-Identifier: BSD-2-Clause
/*
 * nacc_decode() against the opcode table of the specification, as masks and
 * matches (riscv-opcodes), one line per instruction.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nacc_core.h"

struct line {
	nacc_u32 mask, match;
	unsigned int op, width, length, has_rd;
	enum { FROM_R2, FROM_C2, FROM_C8 } rs2;
};

#define S(f3, width) \
	{ 0x707f, (f3) << 12 | 0x23, NACC_OP_STORE, width, 4, 0, FROM_R2 }
#define AMO(f5, op) \
	{ 0xf800707f, (nacc_u32)(f5) << 27 | 0x202f, op, 4, 4, 1, FROM_R2 }, \
	{ 0xf800707f, (nacc_u32)(f5) << 27 | 0x302f, op, 8, 4, 1, FROM_R2 }
#define C(match, width, rs2) \
	{ 0xe003, match, NACC_OP_STORE, width, 2, 0, rs2 }

static const struct line lines[] = {
	S(0, 1), S(1, 2), S(2, 4), S(3, 8),
	AMO(0x00, NACC_OP_ADD), AMO(0x01, NACC_OP_SWAP), AMO(0x04, NACC_OP_XOR),
	AMO(0x08, NACC_OP_OR), AMO(0x0c, NACC_OP_AND), AMO(0x10, NACC_OP_MIN),
	AMO(0x14, NACC_OP_MAX), AMO(0x18, NACC_OP_MINU), AMO(0x1c, NACC_OP_MAXU),
	C(0xc000, 4, FROM_C8), C(0xe000, 8, FROM_C8),
	C(0xc002, 4, FROM_C2), C(0xe002, 8, FROM_C2),
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

static void check(nacc_u32 insn)
{
	const struct line *line = find(insn);
	struct nacc_insn out;
	enum nacc_reason reason;

	memset(&out, 0xa5, sizeof(out));
	reason = nacc_decode(insn, &out);
	if (out.length != ((insn & 3) == 3 ? 4 : 2) || out.rs2 > 31 || out.rd > 31)
		abort();
	if ((reason == NACC_REASON_NONE) != !!line)
		abort();
	if (!line)
		return;
	if (out.op != line->op || out.width != line->width ||
	    out.length != line->length || out.rs2 != rs2_of(insn, line) ||
	    out.rd != (line->has_rd ? insn >> 7 & 0x1f : 0))
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
