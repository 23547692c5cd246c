// SPDX-License-Identifier: BSD-2-Clause
/*
 * Page-table walk in software: where does the hart's satp map an address?
 *
 * For telling what a fault is about, not for granting anything: permission bits
 * are not looked at, since the hart has already done so.
 */
#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include <sbi/sbi_bitops.h>
#include <sbi/sbi_hart.h>
#include <sbi/sbi_scratch.h>
#include "mem.h"
#include "roots.h"
#include "state.h"
#include "turn.h"
#include "walk.h"

#define SATP_MODE_SHIFT	60

#define PTE_V		BIT(0)
#define PTE_R		BIT(1)
#define PTE_U		BIT(4)
#define PTE_RWX		(7UL << 1)
#define PTE_N		BIT(63)
#define PTE_PPN(pte)	(((pte) >> 10) & ((1UL << 44) - 1))
#define NAPOT_MASK	((64UL << 10) - 1)

/* senvcfg.PMM (privileged spec, "Pointer Masking"): bits that are masked; 1 is reserved */
#define PMM_SHIFT	32
#define PMM_MASK	3UL
#define PMM_7		2
#define PMM_16		3

/*
 * S-mode names these tables: the walker would not read them in firmware either, nor among
 * the records and in secret pages. What is found there would be told by what comes of it.
 */
static bool in_firmware(const struct nacc_core *core, u64 pa)
{
	u32 i;

	if (nacc_in_region(core, pa) && !nacc_is_readable(core, pa))
		return true;
	for (i = 0; i < core->layout.nr_firmware; i++) {
		if (pa >= core->layout.firmware[i].start &&
		    pa < core->layout.firmware[i].end)
			return true;
	}
	return false;
}

static bool in_ram(const struct nacc_core *core, u64 pa)
{
	u32 i;

	for (i = 0; i < core->layout.nr_ram; i++) {
		if (pa >= core->layout.ram[i].start &&
		    pa < core->layout.ram[i].end)
			return true;
	}
	return false;
}

/* At most five loads. @leaf: the entry that maps it */
static bool walk(const struct nacc_core *core, u64 satp, u64 va, u64 *pa, u64 *leaf)
{
	int level = 2 + (satp >> SATP_MODE_SHIFT) - SATP_MODE_SV39;
	u64 table = nacc_satp_root(satp), slot, pte, mask;

	for (; level >= 0; level--) {
		mask = (4096UL << (9 * level)) - 1;
		slot = table + ((va >> (12 + 9 * level)) & 511) * 8;
		if (!in_ram(core, slot) || in_firmware(core, slot))
			return false;

		pte = __atomic_load_n((u64 *)nacc_phys(slot),
				      __ATOMIC_RELAXED);
		if (!(pte & PTE_V))
			return false;
		table = PTE_PPN(pte) << 12;
		if (pte & PTE_RWX) {
			if (!level && (pte & PTE_N))
				mask = NAPOT_MASK;
			*pa = (table & ~mask) | (va & mask);
			*leaf = pte;
			return true;
		}
	}
	return false;
}

/**
 * nacc_walk() - translate an address
 * @core: the core; only its RAM is read, and of that not the firmware
 * @satp: value of satp
 * @va: virtual address
 * @pa: out: physical address
 *
 * Return: true if it is mapped.
 */
bool nacc_walk(const struct nacc_core *core, u64 satp, u64 va, u64 *pa)
{
	u64 mode = satp >> SATP_MODE_SHIFT, leaf;

	if (mode == SATP_MODE_OFF) {
		*pa = va;
		return true;
	}
	return mode >= SATP_MODE_SV39 && mode <= SATP_MODE_SV57 &&
	       walk(core, satp, va, pa, &leaf);
}

/**
 * nacc_walk_unmasked() - what this hart makes of an address in user mode
 * @va: as a program says it, for data
 *
 * Return: without what pointer masking has the hart ignore of it, as that is set now.
 */
u64 nacc_walk_unmasked(u64 va)
{
	u64 pmm;

	if (sbi_hart_priv_version(sbi_scratch_thishart_ptr()) < SBI_HART_PRIV_VER_1_12)
		return va;
	pmm = csr_read(CSR_SENVCFG) >> PMM_SHIFT & PMM_MASK;
	if (pmm == PMM_7)
		return (u64)((long)(va << 7) >> 7);
	return pmm == PMM_16 ? (u64)((long)(va << 16) >> 16) : va;
}

/*
 * Addresses are what a program says: the kernel's half is not looked at, by whatever bits
 * the walk does not look at, nor what user mode may not read.
 */
int nacc_user_read(const struct nacc_core *core, u64 satp, u64 va, u64 *to, u32 words)
{
	u32 bits = 38 + 9 * ((satp >> SATP_MODE_SHIFT) - SATP_MODE_SV39);
	const u64 *from;
	u64 pa, leaf;
	u32 i;

	va = nacc_walk_unmasked(va);
	if (va >> bits || va % sizeof(u64) || va % PAGE_SIZE + words * sizeof(u64) > PAGE_SIZE)
		return 0;
	if (!walk(core, satp, va, &pa, &leaf))
		return -1;
	if (!(leaf & PTE_U) || !(leaf & PTE_R) || !in_ram(core, pa) ||
	    in_firmware(core, pa) || nacc_in_region(core, pa))
		return 0;
	from = nacc_phys(pa);
	for (i = 0; i < words; i++)
		to[i] = load64(from + i);
	return 1;
}
