// SPDX-License-Identifier: GPL-2.0
/* The flags of a folio are a member of a structure (7.2). */
#include <linux/mm_types.h>

unsigned long *probe(struct folio *folio);
unsigned long *probe(struct folio *folio)
{
	return &folio->flags.f;
}
