// SPDX-License-Identifier: GPL-2.0
/* Tables of all levels, the root among them, are counted as page tables (7.2). */
#include <linux/mm.h>

void probe(struct ptdesc *ptdesc);
void probe(struct ptdesc *ptdesc)
{
	pagetable_pgd_ctor(ptdesc);
}
