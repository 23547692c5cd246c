// SPDX-License-Identifier: GPL-2.0
/*
 * Instruction caches, where entries become executable without set_pte_at().
 *
 * That function lets the harts that run the mm now, or will run it, drop what they
 * may have cached of a page that has been written since this was last done, which
 * PG_dcache_clean tells. Here it is done for many pages at once, and on all harts.
 */
#include <asm/cacheflush.h>

#include "compat.h"
#include "tables/tables.h"

/* Return: the folio that an entry maps, if something may be cached of it, or NULL. */
static struct folio *unclean_folio(u64 pte)
{
	unsigned long pfn = PHYS_PFN(nacc_pte_pa(pte));
	struct folio *folio;

	if (!nacc_pte_present(pte) || !pfn_valid(pfn))
		return NULL;
	folio = page_folio(pfn_to_page(pfn));
	return test_bit(PG_dcache_clean, nacc_folio_flags(folio)) ? NULL : folio;
}

/**
 * nacc_icache_flush() - what set_pte_at() does before a page becomes executable
 * @entry: entries of a level-0 table
 * @nr: how many
 *
 * Context: any that interrupts the other CPUs; the lock of the table is held, so
 * that no page goes away.
 */
void nacc_icache_flush(const u64 *entry, unsigned int nr)
{
	const u64 *end = entry + nr;

	while (entry < end && !unclean_folio(READ_ONCE(*entry)))
		entry++;
	if (entry == end)
		return;
	flush_icache_all();
	for (; entry < end; entry++) {
		struct folio *folio = unclean_folio(READ_ONCE(*entry));

		if (folio)
			set_bit(PG_dcache_clean, nacc_folio_flags(folio));
	}
}

#ifdef NACC_KUNIT
#include "icache_test.c"
#endif
