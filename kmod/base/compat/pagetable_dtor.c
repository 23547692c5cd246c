// SPDX-License-Identifier: GPL-2.0
/* One destructor for tables of all levels (7.2). */
#include <linux/mm.h>

void probe(struct ptdesc *ptdesc);
void probe(struct ptdesc *ptdesc)
{
	pagetable_dtor(ptdesc);
}
