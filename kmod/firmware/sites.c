// SPDX-License-Identifier: GPL-2.0
/*
 * Where the running kernel loads the root of an mm (I14): the writes of satp in
 * switch_mm(), and the register that holds the mm there.
 *
 * The mm is the base of the load of mm->pgd that the value is made of. The code is gone
 * through from its beginning, instruction by instruction, so that no part of one is
 * taken for another. What is written to that register in between, on whatever way, makes
 * the code one that is not understood; and with one write of satp that is not none is,
 * since the firmware would take it for one of somebody else's.
 */
#include <linux/align.h>
#include <linux/bits.h>
#include <linux/mm_types.h>
#include <linux/stddef.h>
#include <asm/csr.h>

#include "firmware/firmware.h"

#define PGD_OFFSET	offsetof(struct mm_struct, pgd)

/* csrw satp, rs1: csrrw with rd = x0 */
#define CSRW_SATP	(CSR_SATP << 20 | 0x1073)
#define CSRW_MASK	0xfff07fff
#define RS1(insn)	((insn) >> 15 & 31)
#define RD(insn)	((insn) >> 7 & 31)

/* Of three bits, in a short instruction */
#define SHORT(bits)	(8 + ((bits) & 7))

/* What a function that is called may leave changed: ra, t0 to t6, a0 to a7 */
#define CALLEE_CHANGES	(BIT(1) | GENMASK(7, 5) | GENMASK(17, 10) | GENMASK(31, 28))

/* Base register of "ld rd, PGD_OFFSET(base)", or 0 */
static unsigned int __init base_of_pgd(u32 insn)
{
	if ((insn & 0x707f) != 0x3003 || insn >> 20 != PGD_OFFSET)
		return 0;
	return RS1(insn);
}

/* The same of c.ld (Zca): uimm[5:3] in bits 12..10, uimm[7:6] in bits 6..5 */
static unsigned int __init short_base_of_pgd(u16 insn)
{
	unsigned int offset = (insn >> 10 & 7) << 3 | (insn >> 5 & 3) << 6;

	if ((insn & 0xe003) != 0x6000 || offset != PGD_OFFSET)
		return 0;
	return SHORT(insn >> 7);
}

/* Registers that it writes, as a mask; perhaps more, never less */
static u32 __init written(u32 insn)
{
	switch (insn & 0x7f) {
	case 0x07: /* load to a floating-point register */
	case 0x0f: /* fence */
	case 0x23: /* store */
	case 0x27: /* store of a floating-point register */
	case 0x63: /* branch */
		return 0;
	case 0x67: /* jalr */
	case 0x6f: /* jal */
		return RD(insn) ? BIT(RD(insn)) | CALLEE_CHANGES : 0;
	default:
		return BIT(RD(insn));
	}
}

/* The same of c.jr, c.mv, c.ebreak, c.jalr, c.add */
static u32 __init short_jump_written(u16 insn)
{
	if (insn >> 2 & 31)
		return BIT(RD(insn));
	return insn & BIT(12) ? CALLEE_CHANGES : 0;
}

/* The same of any short instruction, by its quadrant and funct3 */
static u32 __init short_written(u16 insn)
{
	unsigned int funct3 = insn >> 13;

	switch (insn & 3) {
	case 0: /* c.addi4spn, loads, those of Zcb; stores are the rest */
		return funct3 <= 4 ? BIT(SHORT(insn >> 2)) : 0;
	case 1: /* c.addi, c.addiw, c.li, c.lui; arithmetic; jumps are the rest */
		if (funct3 == 4)
			return BIT(SHORT(insn >> 7));
		return funct3 < 4 ? BIT(RD(insn)) : 0;
	default: /* c.slli, loads from the stack; stores to it are the rest */
		if (funct3 == 4)
			return short_jump_written(insn);
		return funct3 < 4 ? BIT(RD(insn)) : 0;
	}
}

/**
 * struct insn - one instruction
 * @len: its length in bytes
 * @base: base register of a load of mm->pgd, or 0
 * @written: registers that it writes, as a mask
 * @site: it writes satp
 */
struct insn {
	unsigned int len;
	unsigned int base;
	u32 written;
	bool site;
};

static struct insn __init decode(const u16 *at)
{
	u32 insn = at[0];

	if ((insn & 3) != 3)
		return (struct insn){ 2, short_base_of_pgd(insn), short_written(insn) };
	insn |= (u32)at[1] << 16;
	return (struct insn){
		.len = 4,
		.base = base_of_pgd(insn),
		.written = written(insn),
		.site = (insn & CSRW_MASK) == CSRW_SATP && RS1(insn),
	};
}

/* Return: how many there are; -1: there is one that is not understood. */
static int __init find_in(unsigned long at, unsigned long end,
			  struct nacc_sbi_range *site, unsigned int max)
{
	unsigned int mm = 0, nr = 0;
	struct insn insn;

	for (; at + 2 <= end; at += insn.len) {
		insn = decode((const u16 *)at);
		if (insn.site && (!mm || nr == max))
			return -1;
		if (insn.site)
			site[nr++] = (struct nacc_sbi_range){ at, mm };
		if (insn.base)
			mm = insn.base;
		if (insn.written & BIT(mm))
			mm = 0;
	}
	return nr;
}

/* The compiler makes functions of their own of these, or parts of switch_mm(). */
static const char * const functions[] __initconst = {
	"switch_mm", "set_mm", "set_mm_asid", "set_mm_noasid",
};

/* With ASIDs, and without */
#define WAYS	2

/**
 * nacc_sites_find() - where switch_mm() writes satp
 * @site: room for NACC_SBI_SITES_MAX
 *
 * Context: module load, may sleep.
 * Return: number of sites; 0 if this kernel's switch_mm() is not understood.
 */
unsigned int __init nacc_sites_find(struct nacc_sbi_range *site)
{
	unsigned int i, nr = 0;
	int found;

	for (i = 0; i < ARRAY_SIZE(functions); i++) {
		unsigned long at = nacc_ksym.lookup(functions[i]), size, offset;

		if (!at)
			continue;
		if (!nacc_ksym.lookup_size(at, &size, &offset) || offset)
			return 0;
		found = find_in(at, at + size, site + nr, NACC_SBI_SITES_MAX - nr);
		if (found < 0)
			return 0;
		nr += found;
	}
	return nr < WAYS ? 0 : nr;
}

#ifdef NACC_KUNIT
#include "sites_test.c"
#endif
