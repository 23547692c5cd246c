// SPDX-License-Identifier: BSD-2-Clause
/*
 * The rules that depend on a value alone: no state changes, no lock needed.
 *
 * They read the layout and the set-up, both constant by the time S-mode can
 * reach them.
 */
#include "nacc_internal.h"

static int overlaps(nacc_u64 start, nacc_u64 end, nacc_u64 lo, nacc_u64 hi)
{
	return start < hi && lo < end;
}

static int overlaps_region(const struct nacc_core *core, nacc_u64 start,
			   nacc_u64 end)
{
	nacc_u64 base = core->layout.region_base;

	return overlaps(start, end, base, base + core->layout.region_size);
}

static int overlaps_firmware(const struct nacc_core *core, nacc_u64 start,
			     nacc_u64 end)
{
	const struct nacc_span *span = core->layout.firmware;

	for (nacc_u32 i = 0; i < core->layout.nr_firmware; i++)
		if (overlaps(start, end, span[i].start, span[i].end))
			return 1;
	return 0;
}

/* Is [start, end) wholly in one of these ranges? */
static int inside_one(const struct nacc_sbi_range *range, nacc_u32 nr,
		      nacc_u64 start, nacc_u64 end)
{
	for (nacc_u32 i = 0; i < nr; i++)
		if (start >= range[i].start && end <= range[i].end)
			return 1;
	return 0;
}

/* The image without what the kernel has given back to its page allocator. */
static int overlaps_image(const struct nacc_core *core, nacc_u64 start,
			  nacc_u64 end)
{
	const struct nacc_sbi_setup *setup = core->setup;
	nacc_u64 image_end = setup->image_pa + setup->image_size;

	if (!overlaps(start, end, setup->image_pa, image_end))
		return 0;
	if (start < setup->image_pa)
		start = setup->image_pa;
	if (end > image_end)
		end = image_end;
	return !inside_one(&setup->ranges[setup->nr_writers +
					  setup->nr_user_visible],
			   setup->nr_freed, start, end);
}

static int is_user_visible(const struct nacc_core *core, nacc_u64 start,
			   nacc_u64 end)
{
	const struct nacc_sbi_setup *setup = core->setup;

	return inside_one(&setup->ranges[setup->nr_writers],
			  setup->nr_user_visible, start, end);
}

enum nacc_reason nacc_check_leaf(const struct nacc_core *core, nacc_u64 pte,
				 nacc_u32 level)
{
	nacc_u64 start = pte_pa(pte);
	nacc_u64 size = PAGE_SIZE << (9 * level);
	nacc_u64 end = start + size;

	if ((pte & (PTE_HIGH | PTE_G)) || (pte & (PTE_R | PTE_W)) == PTE_W)
		return NACC_REASON_RESERVED_BITS;
	if (!(pte & PTE_U))
		return NACC_REASON_NOT_USER;
	if (start & (size - 1))
		return NACC_REASON_SUPERPAGE;
	if (overlaps_region(core, start, end))
		return NACC_REASON_LEAF_POOL;
	if (overlaps_firmware(core, start, end))
		return NACC_REASON_LEAF_FIRMWARE;
	if (overlaps_image(core, start, end) &&
	    ((pte & PTE_W) || !is_user_visible(core, start, end)))
		return NACC_REASON_LEAF_KERNEL;
	return NACC_REASON_NONE;
}

enum nacc_reason nacc_check_link_bits(nacc_u64 pte, nacc_u32 level)
{
	if (pte & (PTE_HIGH | PTE_A | PTE_D | PTE_U | PTE_G))
		return NACC_REASON_RESERVED_BITS;
	return level ? NACC_REASON_NONE : NACC_REASON_LEVEL;
}

int nacc_is_writer(const struct nacc_core *core, nacc_u64 pc)
{
	const struct nacc_sbi_range *range = core->setup->ranges;
	nacc_u32 lo = 0, hi = core->setup->nr_writers;

	while (lo < hi) {
		nacc_u32 mid = lo + (hi - lo) / 2;

		if (pc < range[mid].start)
			hi = mid;
		else if (pc >= range[mid].end)
			lo = mid + 1;
		else
			return 1;
	}
	return 0;
}

int nacc_in_region(const struct nacc_core *core, nacc_u64 pa)
{
	return pa - core->layout.region_base < core->layout.region_size;
}

int nacc_ram_ok(const struct nacc_core *core, nacc_u64 pa, nacc_u64 len)
{
	const struct nacc_span *ram = core->layout.ram;
	nacc_u64 end;

	if ((pa & (PAGE_SIZE - 1)) || !len ||
	    __builtin_add_overflow(pa, len, &end))
		return 0;
	if (overlaps_region(core, pa, end) || overlaps_firmware(core, pa, end))
		return 0;
	for (nacc_u32 i = 0; i < core->layout.nr_ram; i++)
		if (pa >= ram[i].start && end <= ram[i].end)
			return 1;
	return 0;
}

int nacc_buffer_ok(const struct nacc_core *core, nacc_u64 pa, nacc_u64 len)
{
	if (!nacc_ram_ok(core, pa, len))
		return 0;
	return !nacc_is_set_up(core) || !overlaps_image(core, pa, pa + len);
}
