/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine, as far as the core has to know it. */
#ifndef NACC_LAYOUT_H
#define NACC_LAYOUT_H

#include "nacc_sbi.h"

/* Bounds of the tables below */
#define NACC_MAX_RAM		16
#define NACC_MAX_FIRMWARE	16

/** struct nacc_span - [start, end) of physical addresses */
struct nacc_span {
	nacc_u64 start;
	nacc_u64 end;
};

/**
 * struct nacc_layout - the machine, as the glue found it at boot
 * @region_base: base of the R-only region, aligned to its size
 * @region_size: its size, a power of two
 * @ram: S-mode RAM (may contain the region and the firmware), below 2^56
 * @nr_ram: entries of @ram
 * @firmware: memory S-mode may not touch, in whole pages
 * @nr_firmware: entries of @firmware
 * @leaves: NACC_LEAF_*: what leaf entries may hold on these harts
 * @nr_secrets: how many address spaces can have secret pages (page/secret.h): so many times
 *	NACC_SECRET_SPAN of the region, below the records, which S-mode may not even read; or 0
 * @vlenb: bytes of a vector register that the gate keeps (contexts/vector.h); 0: it keeps none
 * @setups: physical address of 2 * NACC_SBI_SETUP_MAX bytes that M-mode alone can reach
 */
struct nacc_layout {
	nacc_u64 region_base;
	nacc_u64 region_size;
	struct nacc_span ram[NACC_MAX_RAM];
	nacc_u32 nr_ram;
	struct nacc_span firmware[NACC_MAX_FIRMWARE];
	nacc_u32 nr_firmware;
	nacc_u32 leaves;
	nacc_u32 nr_secrets;
	nacc_u32 vlenb;
	nacc_u64 setups;
};

/** NACC_LEAF_NAPOT - Svnapot: N; NACC_LEAF_PBMT - Svpbmt: PBMT */
#define NACC_LEAF_NAPOT		(1U << 0)
#define NACC_LEAF_PBMT		(1U << 1)

#endif /* NACC_LAYOUT_H */
