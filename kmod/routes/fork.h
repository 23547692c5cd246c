/* SPDX-License-Identifier: GPL-2.0 */
/* What the two halves of the fork route share. */
#ifndef NACC_FORK_H
#define NACC_FORK_H

#include "tables/shadow.h"

/**
 * nacc_fork_fn - copy_page_range()
 */
typedef int (*nacc_fork_fn)(struct vm_area_struct *dst,
			    struct vm_area_struct *src);

/**
 * struct nacc_fork - one call of the hooked function
 * @original: the function
 * @dst: its arguments: the child's VMA
 * @src: the parent's
 * @s: a shadow; NULL: the child's tables are written by the kernel, in place
 */
struct nacc_fork {
	nacc_fork_fn original;
	struct vm_area_struct *dst;
	struct vm_area_struct *src;
	struct nacc_shadow *s;
};

/* fork_child.c */
bool nacc_fork_to_shadow(const struct nacc_fork *f);
int nacc_fork_piece(const struct nacc_fork *f, const struct nacc_piece *p);

#endif /* NACC_FORK_H */
