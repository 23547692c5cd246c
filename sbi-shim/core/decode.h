/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Instructions that write memory.
 */
#ifndef NACC_DECODE_H
#define NACC_DECODE_H

#include "nacc_sbi.h"

/**
 * enum nacc_op - what an instruction does to memory
 *
 * @NACC_OP_STORE: writes rs2
 * @NACC_OP_SWAP: amoswap; the others likewise
 */
enum nacc_op {
	NACC_OP_STORE,
	NACC_OP_SWAP,
	NACC_OP_ADD,
	NACC_OP_XOR,
	NACC_OP_AND,
	NACC_OP_OR,
	NACC_OP_MIN,
	NACC_OP_MAX,
	NACC_OP_MINU,
	NACC_OP_MAXU,
};

/**
 * struct nacc_insn - a decoded store
 * @op: enum nacc_op
 * @width: bytes: 1, 2, 4 or 8
 * @rs1: register that holds the address
 * @rs2: register that holds the operand
 * @rd: register that gets the old value; 0 for plain stores
 * @length: bytes of the instruction: 2 or 4
 * @imm: what is added to the address; 0 for AMOs
 */
struct nacc_insn {
	nacc_u8 op;
	nacc_u8 width;
	nacc_u8 rs1;
	nacc_u8 rs2;
	nacc_u8 rd;
	nacc_u8 length;
	short imm;
};

/**
 * nacc_decode() - decode a trapped instruction (unprivileged spec: RV64I S-type,
 *	A (Zaamo), C quadrants 0 and 2)
 * @insn: the instruction; of a 2-byte one the upper half is ignored
 * @out: result; @length is valid even when the instruction is refused
 *
 * Return: NACC_REASON_NONE, or NACC_REASON_NOT_A_STORE. Narrow stores decode
 * with their width; refusing them is nacc_store()'s business.
 */
enum nacc_reason nacc_decode(nacc_u32 insn, struct nacc_insn *out);

/* What an instruction makes of what memory holds. */
static inline nacc_u64 nacc_apply(nacc_u8 op, nacc_u64 old, nacc_u64 operand)
{
	int less = op < NACC_OP_MINU ? (long long)old < (long long)operand : old < operand;

	switch (op) {
	case NACC_OP_ADD: return old + operand;
	case NACC_OP_XOR: return old ^ operand;
	case NACC_OP_AND: return old & operand;
	case NACC_OP_OR: return old | operand;
	case NACC_OP_MIN:
	case NACC_OP_MINU:
		return less ? old : operand;
	case NACC_OP_MAX:
	case NACC_OP_MAXU:
		return less ? operand : old;
	default: return operand;
	}
}

#endif /* NACC_DECODE_H */
