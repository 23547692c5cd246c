// SPDX-License-Identifier: BSD-2-Clause
/*
 * The length of a kernel's file, and the form in which a set-up is hashed.
 */
#include "measure.h"

/* Documentation/arch/riscv/boot-image-header.rst */
#define IMAGE_MAGIC		0x38
#define IMAGE_PE		0x3c
#define MAGIC			0x05435352	/* "RSC\5" */

/* PE Format, "COFF File Header" and "Section Table" */
#define PE_MAGIC		0x00004550	/* "PE\0\0" */
#define COFF_SECTIONS		6
#define COFF_OPTIONAL_SIZE	20
#define COFF_SIZE		24		/* with the magic */
#define SECTION_SIZE		40
#define SECTION_RAW_SIZE	16
#define SECTION_RAW		20
#define SECTIONS_MAX		16

static nacc_u64 get16(const nacc_u8 *p)
{
	return p[0] | (nacc_u64)p[1] << 8;
}

static nacc_u64 get32(const nacc_u8 *p)
{
	return get16(p) | get16(p + 2) << 16;
}

nacc_u64 nacc_image_size(const nacc_u8 *image, nacc_u64 max)
{
	nacc_u64 pe, nr, at, end, size = 0;

	if (max < IMAGE_PE + 4 || get32(image + IMAGE_MAGIC) != MAGIC)
		return 0;
	/* Sums of numbers below 2^33: nothing wraps. */
	pe = get32(image + IMAGE_PE);
	if (pe + COFF_SIZE > max || get32(image + pe) != PE_MAGIC)
		return 0;
	nr = get16(image + pe + COFF_SECTIONS);
	at = pe + COFF_SIZE + get16(image + pe + COFF_OPTIONAL_SIZE);
	if (nr > SECTIONS_MAX || at + nr * SECTION_SIZE > max)
		return 0;
	for (; nr; nr--, at += SECTION_SIZE) {
		end = get32(image + at + SECTION_RAW) + get32(image + at + SECTION_RAW_SIZE);
		if (end > size)
			size = end;
	}
	return size <= max ? size : 0;
}

static void add_head(struct nacc_hash *hash, const struct nacc_sbi_setup *setup)
{
	nacc_hash_number(hash, setup->version);
	nacc_hash_number(hash, setup->flags);
	nacc_hash_number(hash, setup->kernel_root - setup->image_pa);
	nacc_hash_number(hash, setup->image_size);
	nacc_hash_number(hash, setup->nr_writers);
	nacc_hash_number(hash, setup->nr_user_visible);
	nacc_hash_number(hash, setup->nr_freed);
	nacc_hash_number(hash, setup->nr_sites);
}

/* Of a site the end is the number of a register. */
static void add_range(struct nacc_hash *hash, const struct nacc_sbi_setup *setup, nacc_u32 i)
{
	const struct nacc_sbi_range *range = &setup->ranges[i];
	nacc_u32 pages = setup->nr_writers + setup->nr_user_visible + setup->nr_freed;
	nacc_u64 base = i < setup->nr_writers || i >= pages ? setup->image_va : setup->image_pa;

	nacc_hash_number(hash, range->start - base);
	nacc_hash_number(hash, i < pages ? range->end - base : range->end);
}

int nacc_setup_hash_some(struct nacc_setup_hash *h, const struct nacc_sbi_setup *setup)
{
	nacc_u32 all = setup->nr_writers + setup->nr_user_visible + setup->nr_freed +
		       setup->nr_sites;
	nacc_u32 end = all - h->next > NACC_SETUP_SLICE ? h->next + NACC_SETUP_SLICE : all;

	if (!h->begun) {
		nacc_hash_begin(&h->hash);
		add_head(&h->hash, setup);
		h->begun = 1;
	}
	for (; h->next < end; h->next++)
		add_range(&h->hash, setup, h->next);
	return end == all;
}
