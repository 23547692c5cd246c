/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rules that depend on a value alone, as far as only the core asks for them.
 */
#ifndef NACC_POLICY_H
#define NACC_POLICY_H

#include "nacc_core.h"
#include "pte.h"

/*
 * A readable user page with nothing forbidden near, by nacc_find_plain(), and no
 * bit set that wants a second look: a leaf that every level-0 table may hold. The
 * bits above the page number are zero in what lies within @plain.
 */
static inline int is_plain_leaf(const struct nacc_span plain[2], nacc_u64 pte)
{
	return (pte & (PTE_G | PTE_U | PTE_R | PTE_V)) == (PTE_U | PTE_R | PTE_V) &&
	       (pte - plain[0].start < plain[0].end - plain[0].start ||
		pte - plain[1].start < plain[1].end - plain[1].start);
}

/**
 * nacc_is_firmware() - does a range touch the firmware?
 * @layout: the machine
 * @start: first byte
 * @end: first byte behind it
 *
 * Return: 1 or 0.
 */
int nacc_is_firmware(const struct nacc_layout *layout, nacc_u64 start,
		     nacc_u64 end);

/**
 * nacc_is_ram() - does a range lie wholly in one span of RAM?
 * @layout: the machine
 * @start: first byte
 * @end: first byte behind it
 *
 * Return: 1 or 0.
 */
int nacc_is_ram(const struct nacc_layout *layout, nacc_u64 start, nacc_u64 end);

/**
 * nacc_ram_ok() - is this S-mode RAM that is not the region?
 * @core: the core
 * @pa: physical address
 * @len: length in bytes
 *
 * Return: 1 if page aligned, not empty, in one RAM span, and outside region
 * and firmware.
 */
int nacc_ram_ok(const struct nacc_core *core, nacc_u64 pa, nacc_u64 len);

/**
 * nacc_is_user_visible() - is this a page of the kernel image that users see?
 * @core: the core, set up
 * @page: physical address, page aligned
 *
 * Return: 1 or 0.
 */
int nacc_is_user_visible(const struct nacc_core *core, nacc_u64 page);

/**
 * nacc_in_image() - is this a page of the kernel image that it has not given back?
 * @core: the core, set up
 * @page: physical address, page aligned
 *
 * Return: 1 or 0.
 */
int nacc_in_image(const struct nacc_core *core, nacc_u64 page);

/**
 * nacc_is_writer() - does a PC lie in the registered writer ranges? (I6)
 * @core: the core, locked
 * @pc: program counter
 * @where: number of the range to look at first; out: of the one it lies in
 *
 * Binary search: O(log n). Return: 1 or 0.
 */
int nacc_is_writer(const struct nacc_core *core, nacc_u64 pc, nacc_u32 *where);

#endif /* NACC_POLICY_H */
