// SPDX-License-Identifier: GPL-2.0
/*
 * The listing of a process's page tables: what the entries say, and the sums.
 */
#include <stdlib.h>
#include <string.h>

#include "dump.h"
#include "nacc.h"
#include "procfile.h"

#define ENTRY_U		0x10ULL
#define ENTRY_PPN_SHIFT	10
#define ENTRY_PPN_BITS	44
#define INDEX_BITS	9
#define PAGE_BITS	12

/**
 * dump_entry_pa - physical address that an entry names
 * @value: the entry (privileged spec, Sv39)
 *
 * Return: the address.
 */
uint64_t dump_entry_pa(uint64_t value)
{
	uint64_t ppn = value >> ENTRY_PPN_SHIFT &
		       ((1ULL << ENTRY_PPN_BITS) - 1);

	return ppn << PAGE_BITS;
}

/**
 * dump_index - place of an entry in its table
 * @e: the entry
 *
 * Return: 0..511.
 */
unsigned int dump_index(const struct nacc_entry *e)
{
	unsigned int shift = PAGE_BITS + INDEX_BITS * e->level;

	return shift < 64 ? e->va >> shift & ((1U << INDEX_BITS) - 1) : 0;
}

/**
 * dump_is_table - does an entry name a table?
 * @e: the entry
 *
 * Return: whether it does.
 */
bool dump_is_table(const struct nacc_entry *e)
{
	return (e->flags & NACC_ENTRY_PRESENT) && !(e->flags & NACC_ENTRY_LEAF);
}

/**
 * dump_wanted - is an entry part of the listing?
 * @e: the entry
 * @leaves: list leaves and what is not present too
 *
 * Return: whether it is.
 */
bool dump_wanted(const struct nacc_entry *e, bool leaves)
{
	return leaves || dump_is_table(e);
}

static int by_address(const void *a, const void *b)
{
	uint64_t pa = ((const struct dump_frame *)a)->pa;
	uint64_t pb = ((const struct dump_frame *)b)->pa;

	return pa < pb ? -1 : pa > pb;
}

/**
 * dump_read_pool - remember who owns which frame
 * @d: the listing; the caller frees @d->frames
 * @pool: /proc/nacc/pool
 */
void dump_read_pool(struct dump *d, const struct table *pool)
{
	struct dump_frame *f;
	size_t i;

	d->frames = nacc_alloc(NULL, pool->nrows, sizeof(*d->frames));
	d->nr_frames = 0;
	for (i = 0; i < pool->nrows; i++) {
		f = &d->frames[d->nr_frames];
		if (!table_u64(pool, i, "pa", &f->pa) ||
		    !table_u32(pool, i, "frame", &f->frame))
			continue;
		f->context = !strcmp(table_cell(pool, i, "type"), "context");
		table_u32(pool, i, "domain", &f->domain);
		if (!table_u32(pool, i, "owner", &f->owner))
			f->owner = DUMP_NONE;
		if (!table_u32(pool, i, "parent", &f->parent))
			f->parent = DUMP_NONE;
		d->nr_frames++;
	}
	qsort(d->frames, d->nr_frames, sizeof(*d->frames), by_address);
}

/**
 * dump_find_frame - look a table up in the pool
 * @d: the listing
 * @pa: physical address of the table
 *
 * Return: its frame, or NULL if it had no owner when the pool was read.
 */
const struct dump_frame *dump_find_frame(const struct dump *d, uint64_t pa)
{
	struct dump_frame key = { .pa = pa };

	if (!d->nr_frames)
		return NULL;
	return bsearch(&key, d->frames, d->nr_frames, sizeof(key), by_address);
}

/**
 * dump_in_pool - does PMP keep S-mode from writing here?
 * @d: the listing
 * @pa: physical address
 *
 * Return: whether it does.
 */
bool dump_in_pool(const struct dump *d, uint64_t pa)
{
	return pa >= d->pool_start && pa < d->pool_end;
}

static void count_table(struct dump *d, unsigned int level, uint64_t pa)
{
	if (level < DUMP_LEVELS)
		d->tables[level]++;
	if (dump_in_pool(d, pa))
		d->in_pool++;
	else
		d->outside++;
}

/**
 * dump_count_root - count the root table
 * @d: the listing
 * @root: its physical address
 */
void dump_count_root(struct dump *d, uint64_t root)
{
	count_table(d, d->levels - 1, root);
}

/**
 * dump_count - count an entry, or the table it names
 * @d: the listing
 * @e: the entry
 */
void dump_count(struct dump *d, const struct nacc_entry *e)
{
	uint64_t pages;

	if (!(e->flags & NACC_ENTRY_PRESENT)) {
		d->absent++;
		return;
	}
	if (dump_is_table(e)) {
		count_table(d, e->level - 1, dump_entry_pa(e->value));
		return;
	}
	pages = e->level < DUMP_LEVELS ? 1ULL << INDEX_BITS * e->level : 0;
	if (e->value & ENTRY_U)
		d->user_pages += pages;
	else
		d->kernel_pages += pages;
	if (e->level)
		d->huge++;
	/* No leaf names the pool but that of the page by which a program sees it. */
	if (dump_in_pool(d, dump_entry_pa(e->value))) {
		d->page = dump_entry_pa(e->value);
		d->page_va = e->va;
	}
}
