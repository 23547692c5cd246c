// SPDX-License-Identifier: GPL-2.0
/* Entries that are not present are taken apart as "soft leaves" (7.2). */
#include <linux/mm.h>
#include <linux/swap.h>
#include <linux/leafops.h>

bool probe(pte_t pte);
bool probe(pte_t pte)
{
	softleaf_t entry = softleaf_from_pte(pte);

	return softleaf_is_swap(entry) || softleaf_is_marker(entry) ||
	       softleaf_is_migration(entry);
}
