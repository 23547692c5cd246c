// SPDX-License-Identifier: BSD-2-Clause
/*
 * The rules that depend on a value alone. They change no state; they read the
 * layout, which is constant, and the set-up: see struct nacc_core for who may.
 */
#include "mem.h"
#include "policy.h"
#include "pte.h"
#include "state.h"

static int overlaps(nacc_u64 start, nacc_u64 end, nacc_u64 lo, nacc_u64 hi)
{
	return start < hi && lo < end;
}

static int overlaps_region(const struct nacc_core *core, nacc_u64 start, nacc_u64 end)
{
	nacc_u64 base = core->layout.region_base;

	return overlaps(start, end, base, base + core->layout.region_size);
}

int nacc_is_firmware(const struct nacc_layout *layout, nacc_u64 start, nacc_u64 end)
{
	for (nacc_u32 i = 0; i < layout->nr_firmware; i++)
		if (overlaps(start, end, layout->firmware[i].start, layout->firmware[i].end))
			return 1;
	return 0;
}

int nacc_is_ram(const struct nacc_layout *layout, nacc_u64 start, nacc_u64 end)
{
	for (nacc_u32 i = 0; i < layout->nr_ram; i++)
		if (start >= layout->ram[i].start && end <= layout->ram[i].end)
			return 1;
	return 0;
}

/* Is [start, end) wholly in one of these ranges? */
static int inside_one(const struct nacc_sbi_range *range, nacc_u32 nr, nacc_u64 start, nacc_u64 end)
{
	for (nacc_u32 i = 0; i < nr; i++)
		if (start >= range[i].start && end <= range[i].end)
			return 1;
	return 0;
}

/* The image without what the kernel has given back to its page allocator. */
static int overlaps_image(const struct nacc_sbi_setup *setup, nacc_u64 start, nacc_u64 end)
{
	nacc_u64 image_end = setup->image_pa + setup->image_size;

	if (!overlaps(start, end, setup->image_pa, image_end))
		return 0;
	start = start > setup->image_pa ? start : setup->image_pa;
	end = end < image_end ? end : image_end;
	return !inside_one(&setup->ranges[setup->nr_writers + setup->nr_user_visible],
			   setup->nr_freed, start, end);
}

static int is_user_visible(const struct nacc_sbi_setup *setup, nacc_u64 start, nacc_u64 end)
{
	return inside_one(&setup->ranges[setup->nr_writers], setup->nr_user_visible, start, end);
}

int nacc_is_user_visible(const struct nacc_core *core, nacc_u64 page)
{
	return is_user_visible(core->setup, page, page + PAGE_SIZE);
}

/* Where whatever comes next begins that no leaf may name. Nothing spans @pa. */
static nacc_u64 plain_until(const struct nacc_layout *layout, nacc_u64 pa)
{
	nacc_u64 end = PA_END;

	if (layout->region_base >= pa)
		end = layout->region_base;
	for (nacc_u32 i = 0; i < layout->nr_firmware; i++)
		if (layout->firmware[i].start >= pa && layout->firmware[i].start < end)
			end = layout->firmware[i].start;
	return end;
}

/* An entry that names a page, rounded down, and has no other bit set. */
static nacc_u64 pa_pte(nacc_u64 pa)
{
	return pa >> PAGE_SHIFT << PTE_PPN_SHIFT;
}

void nacc_find_plain(const struct nacc_core *core, struct nacc_span plain[2])
{
	const struct nacc_layout *layout = &core->layout;
	nacc_u64 start = core->setup->image_pa + core->setup->image_size;
	nacc_u64 end = plain_until(layout, start);

	plain[0] = (struct nacc_span){ pa_pte(start), pa_pte(end) };
	start = layout->region_base + layout->region_size;
	end = end == layout->region_base ? plain_until(layout, start) : start;
	plain[1] = (struct nacc_span){ pa_pte(start), pa_pte(end) };
}

static int high_bits_ok(const struct nacc_core *core, nacc_u64 pte, nacc_u32 level)
{
	nacc_u32 has = core->layout.leaves;

	if (pte & PTE_RESERVED)
		return 0;
	if ((pte & PTE_PBMT) && (!(has & NACC_LEAF_PBMT) || (pte & PTE_PBMT) == PTE_PBMT))
		return 0;
	return !(pte & PTE_N) ||
	       ((has & NACC_LEAF_NAPOT) && !level && (pte & NAPOT_MASK) == NAPOT_64K);
}

enum nacc_reason nacc_check_leaf(const struct nacc_core *core, nacc_u64 pte, nacc_u32 level)
{
	nacc_u64 size = pte & PTE_N ? NAPOT_SIZE : PAGE_SIZE << (9 * level);
	nacc_u64 start = pte_pa(pte), end;

	if (!high_bits_ok(core, pte, level) || (pte & PTE_G) || (pte & (PTE_R | PTE_W)) == PTE_W)
		return NACC_REASON_RESERVED_BITS;
	/*
	 * One entry with N speaks for 16 pages: the walker may use any of the 16
	 * entries of an aligned 64 KiB for all of it, whatever the others hold. So
	 * each is judged by all that it can map, not by its own page.
	 */
	if (pte & PTE_N)
		start &= ~(size - 1);
	end = start + size;
	if (!(pte & PTE_U))
		return NACC_REASON_NOT_USER;
	if (start & (size - 1))
		return NACC_REASON_SUPERPAGE;
	if (overlaps_region(core, start, end))
		return NACC_REASON_LEAF_POOL;
	if (nacc_is_firmware(&core->layout, start, end))
		return NACC_REASON_LEAF_FIRMWARE;
	if (overlaps_image(core->setup, start, end) &&
	    ((pte & PTE_W) || !is_user_visible(core->setup, start, end)))
		return NACC_REASON_LEAF_KERNEL;
	return NACC_REASON_NONE;
}

int nacc_is_writer(const struct nacc_core *core, nacc_u64 pc, nacc_u32 *where)
{
	const struct nacc_sbi_range *range = core->setup->ranges;
	nacc_u32 lo = 0, hi = core->setup->nr_writers, mid = load32(where);

	for (; lo < hi; mid = lo + (hi - lo) / 2) {
		if (pc >= range[mid].start && pc < range[mid].end) {
			__atomic_store_n(where, mid, __ATOMIC_RELAXED);
			return 1;
		}
		if (pc < range[mid].start)
			hi = mid;
		else
			lo = mid + 1;
	}
	return 0;
}

int nacc_in_image(const struct nacc_core *core, nacc_u64 page)
{
	return overlaps_image(core->setup, page, page + PAGE_SIZE);
}

/* Not wrapping, in one bank of RAM, neither region nor firmware. */
static int is_plain_ram(const struct nacc_core *core, nacc_u64 pa, nacc_u64 len)
{
	nacc_u64 end;

	return !__builtin_add_overflow(pa, len, &end) &&
	       !overlaps_region(core, pa, end) && !nacc_is_firmware(&core->layout, pa, end) &&
	       nacc_is_ram(&core->layout, pa, end);
}

int nacc_ram_ok(const struct nacc_core *core, nacc_u64 pa, nacc_u64 len)
{
	return !(pa & (PAGE_SIZE - 1)) && len && is_plain_ram(core, pa, len);
}

int nacc_buffer_ok(const struct nacc_core *core, nacc_u64 pa, nacc_u64 len)
{
	return nacc_ram_ok(core, pa, len) &&
	       !(nacc_is_set_up(core) && overlaps_image(core->setup, pa, pa + len));
}

/* What rules are made of: code of registered writers, pages that users see. */
static int is_relied_on(const struct nacc_sbi_setup *setup, nacc_u64 start, nacc_u64 end)
{
	nacc_u64 image_end = setup->image_pa + setup->image_size;
	nacc_u64 to_va = setup->image_va - setup->image_pa, shift;

	start = start > setup->image_pa ? start : setup->image_pa;
	end = end < image_end ? end : image_end;
	for (nacc_u32 i = 0; start < end && i < setup->nr_writers + setup->nr_user_visible; i++) {
		shift = i < setup->nr_writers ? to_va : 0;
		if (overlaps(start + shift, end + shift, setup->ranges[i].start,
			     setup->ranges[i].end))
			return 1;
	}
	return 0;
}

int nacc_deputy_ok(const struct nacc_core *core, nacc_u64 pa, nacc_u64 len, int write)
{
	if (!len)
		return 1;
	return is_plain_ram(core, pa, len) &&
	       !(write && nacc_is_locked(core) && is_relied_on(core->setup, pa, pa + len));
}
