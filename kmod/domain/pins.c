// SPDX-License-Identifier: GPL-2.0
/* The pages of sealed ranges: they are let go when no root names them any more. */
#include <linux/mm.h>
#include <linux/slab.h>

#include "domain/internal.h"

/**
 * nacc_unpin() - let some pages go
 * @pins: they; gone afterwards
 *
 * Context: may sleep.
 */
void nacc_unpin(struct nacc_pins *pins)
{
	unpin_user_pages(pins->page, pins->nr);
	kvfree(pins);
}

/**
 * nacc_seals_end() - an mm is not marked any more, and its root is no root any more
 * @entry: its entry, which nobody else has
 *
 * Context: may sleep.
 */
void nacc_seals_end(struct nacc_mm *entry)
{
	struct nacc_pins *pins, *next;

	for (pins = entry->pins; pins; pins = next) {
		next = pins->next;
		nacc_unpin(pins);
	}
}
