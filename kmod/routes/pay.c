// SPDX-License-Identifier: GPL-2.0
/* Does a route cost less than the traps that it saves? */
#include <linux/module.h>

#include "routes/pay.h"

bool nacc_eager;
module_param_named(eager, nacc_eager, bool, 0644);
MODULE_PARM_DESC(eager, "take a route also where the traps that it saves are fewer instructions");

/**
 * nacc_batch_pays() - does a batch call cost less than the traps it saves?
 * @pmd: the entry that names the table; may be NULL
 * @first: first entry
 * @nr: number of entries
 * @bits: traps are saved for entries with all of these bits
 * @traps: how many for each
 *
 * A guess, as the table is not locked; nothing depends on it.
 *
 * Context: any.
 */
bool nacc_batch_pays(const pmd_t *pmd, unsigned int first, unsigned int nr,
		     u64 bits, unsigned int traps)
{
	unsigned int least = nacc_batch_cost(nr), saved = 0;
	unsigned int stride = nacc_look_stride(nr);
	unsigned int slot, end = first + nr;
	const u64 *table;

	if (READ_ONCE(nacc_eager))
		return true;
	if (nr * traps < least)
		return false;
	rcu_read_lock();
	table = nacc_shadow_frame(pmd);
	if (!table)
		end = first;
	for (slot = first; slot < end && saved < least; slot += stride) {
		u64 pte = READ_ONCE(table[slot]);

		if (pte && (pte & bits) == bits)
			saved += traps * stride;
	}
	rcu_read_unlock();
	return saved >= least;
}

/* For each entry; 0: the work is half done. */
static unsigned int traps_saved(enum nacc_sbi_fid fid)
{
	switch (fid) {
	case NACC_SBI_TAKE:
		return 1;
	case NACC_SBI_PROTECT:
		return 2;
	default:
		return 0;
	}
}

/**
 * nacc_shadow_batch() - nacc_table_batch() for one table of a piece
 * @fid: the call
 * @t: out: @first, @nr and @rest of the shadow's table
 * @mm: the mm; its mmap lock or the VMA's is held
 * @p: the piece
 * @i: number of the table in it
 * @arg: third argument of the call
 *
 * Context: any; takes the lock of the table.
 * Return: entries done, 0 also if it would not pay; negative if that is not known.
 */
int nacc_shadow_batch(enum nacc_sbi_fid fid, struct nacc_shadow_table *t,
		      struct mm_struct *mm, const struct nacc_piece *p,
		      unsigned int i, unsigned long arg)
{
	pmd_t *pmd = nacc_shadow_pmd(mm, p->start + i * PMD_SIZE);
	unsigned int traps = traps_saved(fid);
	unsigned long value;
	int ret;

	t->rest = pmd && !pmd_none(*pmd);
	t->nr = nacc_shadow_slots(p, i, &t->first);
	if (traps && !nacc_batch_pays(pmd, t->first, t->nr, _PAGE_PRESENT, traps))
		return 0;
	ret = nacc_table_batch(fid, pmd, t->first, t->nr, arg, &value);
	if (ret)
		return ret == -ENOENT ? 0 : ret;
	t->rest = value >> 16;
	return value & 0xffff;
}
