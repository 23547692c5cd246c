/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the floor share with each other and with nobody else. */
#ifndef NACC_TABLES_INTERNAL_H
#define NACC_TABLES_INTERNAL_H

#include "tables/tables.h"

/* pool.c */
void nacc_pool_visit(void (*fn)(unsigned int frame,
				const struct nacc_sbi_frame *f));

/* arm.c */
void nacc_pool_arm_again(unsigned int start, unsigned int count, unsigned int done);
void nacc_pool_arm_rest(void);

static inline struct page *nacc_frame_page(unsigned int frame)
{
	return phys_to_page(nacc_frame_pa(frame));
}

#endif /* NACC_TABLES_INTERNAL_H */
