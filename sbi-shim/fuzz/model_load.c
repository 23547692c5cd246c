// SPDX-License-Identifier: BSD-2-Clause
/* A program's memory, and misaligned loads that a kernel performs of it: what comes of them. */
#include "model.h"

#define PC	0
#define SP	2

int is_user(nacc_u64 va, nacc_u64 size)
{
	return va >= USER_BASE && va - USER_BASE <= USER_PAGES * PAGE - size;
}

/* Whole words of eight bytes are looked at, as many as it takes. */
int read_user(nacc_u64 va, nacc_u64 bytes, nacc_u64 *to)
{
	nacc_u64 first = va & ~7UL;

	if (!is_user(first, va + bytes - first > 8 ? 16 : 8))
		return 0;
	*to = 0;
	memcpy(to, (char *)user_at(USER_BASE) + (va - USER_BASE), bytes);
	return 1;
}

/** struct mload - what a load does, by the instruction's letters; @bytes 0: it is none */
struct mload {
	unsigned int rd, bytes, is_float, is_signed;
	nacc_u64 at;
};

static struct mload load_of_four(const nacc_u64 *x, nacc_u64 code)
{
	unsigned int rs1 = code >> 15 & 31, width = code >> 12 & 7;
	struct mload l = { .rd = code >> 7 & 31, .at = rs1 ? x[rs1] : 0 };
	nacc_u64 imm = code >> 20;

	l.at += imm & 0x800 ? imm - 0x1000 : imm;
	if ((code & 0x7f) == 3 && width != 7) {
		l.bytes = 1U << (width & 3);
		l.is_signed = width < 4;
	} else if ((code & 0x7f) == 7 && width > 0 && width < 4) {
		l.bytes = 1U << width;
		l.is_float = 1;
	}
	return l;
}

/* Bits of the offset of compressed ones, from bit @from on, to bit @to */
#define BITS(from, nr, to)	((code >> (from) & ((1U << (nr)) - 1)) << (to))

static struct mload load_of_two(const nacc_u64 *x, nacc_u64 code)
{
	struct mload l = { .rd = 8 + BITS(2, 3, 0), .at = x[8 + BITS(7, 3, 0)] };

	switch (code >> 13 & 7) {
	case 1:
	case 3:
		l.bytes = 8;
		l.is_float = (code >> 13 & 7) == 1;
		l.at += BITS(10, 3, 3) + BITS(5, 2, 6);
		break;
	case 2:
		l.bytes = 4;
		l.is_signed = 1;
		l.at += BITS(10, 3, 3) + BITS(6, 1, 2) + BITS(5, 1, 6);
		break;
	case 4:
		if (BITS(10, 3, 0) != 1)
			break;
		l.bytes = 2;
		l.is_signed = BITS(6, 1, 0);
		l.at += BITS(5, 1, 1);
	}
	return l;
}

static struct mload load_by_sp(const nacc_u64 *x, nacc_u64 code)
{
	struct mload l = { .rd = BITS(7, 5, 0), .at = x[SP] };

	switch (code >> 13 & 7) {
	case 1:
	case 3:
		l.bytes = 8;
		l.is_float = (code >> 13 & 7) == 1;
		l.at += BITS(12, 1, 5) + BITS(5, 2, 3) + BITS(2, 3, 6);
		break;
	case 2:
		l.bytes = 4;
		l.is_signed = 1;
		l.at += BITS(12, 1, 5) + BITS(4, 3, 2) + BITS(2, 2, 6);
	}
	return l;
}

/* Of the instruction that a thread came from. Return: bytes of that, 0 if it is not there */
static unsigned int load_of(const struct nacc_sbi_context *c, struct mload *l)
{
	nacc_u64 code;

	if (!read_user(c->x[PC], 2, &code))
		return 0;
	if ((code & 3) == 3 && !read_user(c->x[PC], 4, &code))
		return 0;
	*l = (struct mload){ 0 };
	if ((code & 3) == 3)
		*l = load_of_four(c->x, code);
	else if ((code & 3) == 2)
		*l = load_by_sp(c->x, code);
	else if (!(code & 3))
		*l = load_of_two(c->x, code);
	return (code & 3) == 3 ? 4 : 2;
}

static int value_of(const struct mload *l, nacc_u64 *value)
{
	if (!l->bytes || !read_user(l->at, l->bytes, value))
		return 0;
	if (l->bytes < 8 && (l->is_float || (l->is_signed && *value >> (8 * l->bytes - 1))))
		*value |= -1UL << 8 * l->bytes;
	return 1;
}

/* What a misaligned access leaves that was performed; 0: none was */
int performs(const struct nacc_sbi_context *c, int state, nacc_u64 *x)
{
	struct mload l;
	nacc_u64 value;
	unsigned int length;

	if (state != NACC_CONTEXT_KERNEL || (c->cause != 4 && c->cause != 6))
		return 0;
	length = load_of(c, &l);
	if (!length || (c->cause == 4 && !value_of(&l, &value)))
		return 0;
	memcpy(x, c->x, 32 * 8);
	x[PC] += length;
	if (c->cause == 4 && l.rd && !l.is_float)
		x[l.rd] = value;
	return 1;
}

/* A floating-point register, if the thread goes on behind such a load */
void load_float(struct nacc_sbi_context *c, nacc_u64 goes_on)
{
	struct mload l;
	nacc_u64 value;
	unsigned int length = load_of(c, &l);

	if (length && l.is_float && goes_on == c->x[PC] + length && value_of(&l, &value))
		c->f[l.rd] = value;
}
