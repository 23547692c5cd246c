// SPDX-License-Identifier: BSD-2-Clause
/*
 * Page-table walk in software: where does the hart's satp map an address?
 *
 * For telling what a fault is about, not for granting anything: permission bits
 * are not looked at, since the hart has already done so.
 */
#include <sbi/riscv_encoding.h>
#include <sbi/sbi_bitops.h>
#include "roots.h"
#include "walk.h"

#define SATP_MODE_SHIFT	60

#define PTE_V		BIT(0)
#define PTE_RWX		(7UL << 1)
#define PTE_N		BIT(63)
#define PTE_PPN(pte)	(((pte) >> 10) & ((1UL << 44) - 1))
#define NAPOT_MASK	((64UL << 10) - 1)

/* S-mode names these tables: the walker would not read them in firmware either. */
static bool in_firmware(const struct nacc_core *core, u64 pa)
{
	u32 i;

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

/**
 * nacc_walk() - translate an address
 * @core: the core; only its RAM is read, and of that not the firmware
 * @satp: value of satp
 * @va: virtual address
 * @pa: out: physical address
 *
 * Return: true if it is mapped. At most five loads.
 */
bool nacc_walk(const struct nacc_core *core, u64 satp, u64 va, u64 *pa)
{
	u64 mode = satp >> SATP_MODE_SHIFT;
	u64 table = nacc_satp_root(satp);
	u64 slot, pte, mask;
	int level;

	if (mode == SATP_MODE_OFF) {
		*pa = va;
		return true;
	}
	if (mode < SATP_MODE_SV39 || mode > SATP_MODE_SV57)
		return false;

	for (level = 2 + mode - SATP_MODE_SV39; level >= 0; level--) {
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
			return true;
		}
	}
	return false;
}
