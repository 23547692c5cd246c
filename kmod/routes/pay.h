/* SPDX-License-Identifier: GPL-2.0 */
/* Does a route cost less than the traps that it saves? */
#ifndef NACC_PAY_H
#define NACC_PAY_H

#include "tables/shadow.h"

/**
 * nacc_eager - parameter "eager": routes are taken whether they pay or not
 *
 * For harts on which a trap costs more than its instructions, and for tests.
 */
extern bool nacc_eager;

bool nacc_batch_pays(const pmd_t *pmd, unsigned int first, unsigned int nr,
		     u64 bits, unsigned int traps);
int nacc_shadow_batch(enum nacc_sbi_fid fid, struct nacc_shadow_table *t,
		      struct mm_struct *mm, const struct nacc_piece *p,
		      unsigned int i, unsigned long arg);

/**
 * nacc_batch_cost() - what a batch call costs, in traps
 * @nr: entries that it looks at, zero or not
 *
 * See docs/performance.md.
 */
static inline unsigned int nacc_batch_cost(unsigned int nr)
{
	return 12 + nr / 4;
}

/**
 * nacc_look_stride() - of so many entries, how far apart are those that are looked at?
 * @nr: number of entries
 *
 * To see whether a call pays, of a whole table one in four is enough.
 */
static inline unsigned int nacc_look_stride(unsigned int nr)
{
	return nr < PTRS_PER_PTE ? 1 : 4;
}

/**
 * nacc_batch_may_pay() - can a batch call for some table of a range pay?
 * @rss: pages that are mapped at all
 * @pages: length of the range
 * @traps: as for nacc_batch_pays()
 *
 * Says no at once where nacc_batch_pays() would count in vain.
 *
 * Context: any, probes included.
 */
static inline bool nacc_batch_may_pay(unsigned long rss, unsigned long pages,
				      unsigned int traps)
{
	if (READ_ONCE(nacc_eager))
		return true;
	return min(rss, pages) * traps >=
	       nacc_batch_cost(min_t(unsigned long, pages, PTRS_PER_PTE));
}

#endif /* NACC_PAY_H */
