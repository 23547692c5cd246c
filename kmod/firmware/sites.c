// SPDX-License-Identifier: GPL-2.0
/*
 * Where the running kernel loads the root of an mm (I14): the writes of satp in
 * switch_mm(), and the register that holds the mm there.
 *
 * The mm is the base of the load of mm->pgd that the value is made of. The code is gone
 * through from its beginning, instruction by instruction, so that no part of one is
 * taken for another.
 */
#include <linux/align.h>
#include <linux/mm_types.h>
#include <linux/stddef.h>
#include <asm/csr.h>

#include "firmware/firmware.h"

#define PGD_OFFSET	offsetof(struct mm_struct, pgd)

/* csrw satp, rs1: csrrw with rd = x0 */
#define CSRW_SATP	(CSR_SATP << 20 | 0x1073)
#define CSRW_MASK	0xfff07fff
#define RS1(insn)	((insn) >> 15 & 31)

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
	return 8 + (insn >> 7 & 7);
}

static unsigned int __init find_in(unsigned long at, unsigned long end,
				   struct nacc_sbi_range *site,
				   unsigned int max)
{
	unsigned int mm = 0, base, nr = 0;

	while (at + 2 <= end && nr < max) {
		const u16 *parcel = (const u16 *)at;
		u32 insn = parcel[0];

		if ((insn & 3) != 3) {
			base = short_base_of_pgd(insn);
			at += 2;
		} else {
			insn |= (u32)parcel[1] << 16;
			base = base_of_pgd(insn);
			if (mm && (insn & CSRW_MASK) == CSRW_SATP && RS1(insn))
				site[nr++] = (struct nacc_sbi_range){ at, mm };
			at += 4;
		}
		if (base)
			mm = base;
	}
	return nr;
}

/**
 * nacc_sites_find() - where switch_mm() writes satp
 * @site: room for NACC_SBI_SITES_MAX
 *
 * Context: module load, may sleep.
 * Return: number of sites; 0 if this kernel's switch_mm() is not understood.
 */
unsigned int __init nacc_sites_find(struct nacc_sbi_range *site)
{
	unsigned long at = nacc_ksym.lookup("switch_mm"), size, offset;

	if (!at || !nacc_ksym.lookup_size(at, &size, &offset) || offset)
		return 0;
	return find_in(at, at + size, site, NACC_SBI_SITES_MAX);
}
