// SPDX-License-Identifier: GPL-2.0
/*
 * Provenance (I6): where the running kernel's writers of page tables lie.
 */
#include <linux/build_bug.h>
#include <linux/kallsyms.h>
#include <linux/moduleparam.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/utsname.h>

#include "firmware/firmware.h"

static const char * const writers[] __initconst = {
#include "writers.h"
};

/* Which of them this kernel has */
static bool found[ARRAY_SIZE(writers)] __initdata;

static char *hide_writers = "";
module_param(hide_writers, charp, 0444);
MODULE_PARM_DESC(hide_writers,
		 "functions, by commas, that are not taken for writers of page tables, as if this kernel had none of the name");

/* Room for the ranges beside the others in struct nacc_sbi_setup. */
#define WRITERS_MAX	2048

static_assert(WRITERS_MAX + 64 <
	      (NACC_SBI_SETUP_MAX - sizeof(struct nacc_sbi_setup)) /
	      sizeof(struct nacc_sbi_range));

/**
 * struct search - a pass over all symbols
 * @range: what was found
 * @nr: how much
 * @text: first byte of the kernel's own text
 * @etext: first byte behind it
 */
struct search {
	struct nacc_sbi_range *range;
	unsigned int nr;
	unsigned long text;
	unsigned long etext;
};

/*
 * What compilers append when they clone, split or outline a function begins
 * with a dot: .isra.0, .constprop.0, .part.0, .cold.
 */
static bool __init is_writer(const char *symbol)
{
	size_t len = strcspn(symbol, ".");
	bool known = nacc_learned_is(symbol, len);

	if (!nacc_listed(hide_writers, symbol, len))
		known |= nacc_note_symbol(writers, found, ARRAY_SIZE(writers), symbol, len);
	return known;
}

static bool __init was_found(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(writers); i++)
		if (found[i] && !strcmp(name, writers[i]))
			return true;
	return false;
}

static int __init visit_symbol(void *data, const char *symbol,
			       unsigned long addr)
{
	struct search *s = data;
	unsigned long size, offset;

	if (addr < s->text || addr >= s->etext || !is_writer(symbol))
		return 0;
	if (!nacc_ksym.lookup_size(addr, &size, &offset) || offset || !size)
		return 0;
	if (s->nr == WRITERS_MAX)
		return -ENOSPC;
	s->range[s->nr].start = addr;
	s->range[s->nr++].end = addr + size;
	return 0;
}

static int __init range_cmp(const void *a, const void *b)
{
	const struct nacc_sbi_range *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static unsigned int __init merge_ranges(struct nacc_sbi_range *range,
					unsigned int nr)
{
	unsigned int i, n = 0;

	for (i = 1; i < nr; i++) {
		if (range[i].start <= range[n].end)
			range[n].end = max(range[n].end, range[i].end);
		else
			range[++n] = range[i];
	}
	return nr ? n + 1 : 0;
}

/**
 * nacc_writers_find() - the ranges of the functions that write page tables
 * @range: room of a set-up of NACC_SBI_SETUP_MAX bytes
 *
 * Context: module load, may sleep.
 * Return: number of ranges, sorted and apart from each other.
 */
unsigned int __init nacc_writers_find(struct nacc_sbi_range *range)
{
	struct search s = {
		.range = range,
		.text = nacc_ksym.lookup("_stext"),
		.etext = nacc_ksym.lookup("_etext"),
	};

	memset(found, 0, sizeof(found));
	if (nacc_ksym.on_each_symbol(visit_symbol, &s))
		return 0;
	nacc_essential_check(was_found, init_utsname()->release);
	sort(range, s.nr, sizeof(*range), range_cmp, NULL);
	s.nr = merge_ranges(range, s.nr);
	nacc_installers_check(range, s.nr);
	return s.nr;
}

#ifdef NACC_KUNIT
#include "writers_test.c"
#endif
