// SPDX-License-Identifier: BSD-2-Clause
/*
 * Choice of the region: how large, and where.
 */
#include <libfdt.h>
#include <sbi/sbi_bitops.h>
#include <sbi/sbi_console.h>
#include <sbi/sbi_domain.h>
#include <sbi/sbi_scratch.h>
#include <sbi/sbi_string.h>
#include "fdt.h"
#include "glue.h"
#include "place.h"

#define POOL_DEFAULT_MIN	(8UL << 20)
#define POOL_DEFAULT_MAX	BIT(30)
#define POOL_MIN		(256UL << 10)
#define POOL_MAX		BIT(40)
#define POOL_TOKEN		"nacc_pool="

/* The kernel unpacks and relocates within this much of its load address. */
#define NEXT_STAGE_SPAN		(64UL << 20)

/*
 * U-Boot moves itself to the end of RAM, an older one to that of what of it lies below 4 GiB,
 * before it looks at what is reserved; its heap, stack and screen are below it.
 */
#define LOADER_TOP		(4UL << 30)
#define LOADER_SPAN		(64UL << 20)

/* A 32nd of RAM, rounded down to a power of two. */
static u64 default_size(const struct nacc_span *ram, u32 count)
{
	u64 total = 0, size = POOL_DEFAULT_MIN;
	u32 i;

	for (i = 0; i < count; i++)
		total += ram[i].end - ram[i].start;

	while (size < POOL_DEFAULT_MAX && size * 2 <= total / 32)
		size *= 2;
	return size;
}

/* Return: the size, or 0 if the token's value is not a size we can use. */
static u64 parse_size(const char *s)
{
	u64 size = 0, shift = 0;

	if (*s < '0' || *s > '9')
		return 0;
	for (; *s >= '0' && *s <= '9' && size < POOL_MAX; s++)
		size = size * 10 + (*s - '0');

	if (*s == 'K')
		shift = 10;
	else if (*s == 'M')
		shift = 20;
	else if (*s == 'G')
		shift = 30;
	if (shift)
		s++;

	if ((*s && *s != ' ') || (size & (size - 1)) ||
	    size > POOL_MAX >> shift || size << shift < POOL_MIN)
		return 0;
	return size << shift;
}

static u64 asked_size(const void *fdt, u64 fallback)
{
	const char *s = nacc_fdt_bootarg(fdt, POOL_TOKEN);
	u64 size;

	if (!s)
		return fallback;

	size = parse_size(s);
	if (!size) {
		sbi_printf("NACC: " POOL_TOKEN
			   " needs a power of two from 256K up, using %lu MiB\n",
			   fallback >> 20);
		return fallback;
	}
	return size;
}

/* Return: lowest start of what is in the way of [start, end), or ~0. */
static u64 conflict(const void *fdt, u64 start, u64 end)
{
	struct sbi_scratch *scratch = sbi_scratch_thishart_ptr();
	u64 low = nacc_fdt_conflict(fdt, start, end);
	const struct sbi_domain_memregion *reg;
	u64 next = scratch->next_addr;

	if (next < low && nacc_overlap(start, end, next, next + NEXT_STAGE_SPAN))
		low = next;

	/* Firmware and devices: every region but the one that is all the rest. */
	sbi_domain_for_each_memregion(&root, reg) {
		if (reg->order >= __riscv_xlen || reg->base >= low)
			continue;
		if (nacc_overlap(start, end, reg->base,
				 reg->base + (1UL << reg->order)))
			low = reg->base;
	}
	return low;
}

/* The same for a loader that moves itself to below @top. */
static u64 conflict_below(const struct nacc_span *bank, u64 top, u64 start, u64 end)
{
	u64 low = bank->start;

	if (top <= low || top > bank->end)
		return ~0UL;
	if (top - low > LOADER_SPAN)
		low = top - LOADER_SPAN;
	return nacc_overlap(start, end, low, top) ? low : ~0UL;
}

/* Return: start of what a loader may move itself to, if that is in the way, or ~0. */
static u64 loader_conflict(const struct nacc_span *bank, u64 start, u64 end)
{
	u64 low = conflict_below(bank, LOADER_TOP, start, end);
	u64 last = conflict_below(bank, bank->end, start, end);

	return last < low ? last : low;
}

/* Return: highest place in the bank, aligned to its size, or 0. */
static u64 place_in(const void *fdt, const struct nacc_span *bank, u64 size, bool spare_loader)
{
	u64 top = bank->end;
	u64 pos, low;

	while (top >= size) {
		pos = (top - size) & ~(size - 1);
		if (pos < bank->start)
			break;
		top = conflict(fdt, pos, pos + size);
		low = spare_loader ? loader_conflict(bank, pos, pos + size) : ~0UL;
		if (low < top)
			top = low;
		if (top == ~0UL)
			return pos;
	}
	return 0;
}

/* Return: the highest place of all banks, or 0. */
static u64 place_anywhere(const void *fdt, const struct nacc_span *ram, u32 count, u64 size,
			  bool spare_loader)
{
	u64 pos, best = 0;
	u32 i;

	for (i = 0; i < count; i++) {
		pos = place_in(fdt, &ram[i], size, spare_loader);
		if (pos > best)
			best = pos;
	}
	return best;
}

/**
 * nacc_place() - choose the region
 * @fdt: the device tree
 * @size: out: its size, a power of two
 *
 * Return: its physical base, or 0 if there is no place for it.
 */
u64 nacc_place(const void *fdt, u64 *size)
{
	struct nacc_span ram[NACC_MAX_RAM];
	u32 count = nacc_fdt_ram(fdt, ram, NACC_MAX_RAM);
	u64 pos;

	*size = asked_size(fdt, default_size(ram, count));
	pos = place_anywhere(fdt, ram, count, *size, true);
	if (pos)
		return pos;
	pos = place_anywhere(fdt, ram, count, *size, false);
	if (pos)
		sbi_printf("NACC: no place is left for U-Boot: try a smaller nacc_pool=\n");
	return pos;
}
