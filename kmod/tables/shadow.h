/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shadow tables: ordinary page tables of this module that the kernel's own code
 * works on in place of the protected ones.
 *
 * Entries are brought there, and taken back, many at a time by one call of the
 * shim. A shadow is only ever reached through copies of struct mm_struct and
 * struct vm_area_struct that nobody else knows, so no walker, be it hardware or
 * software, ever finds it.
 *
 * They lie in ordinary memory, at the same place from load to unload, so nothing
 * rests on what they hold while they are not in use: each slot that will be looked
 * at is written before.
 */
#ifndef NACC_SHADOW_H
#define NACC_SHADOW_H

#include <linux/mm.h>

#include "tables/tables.h"

/** NACC_SHADOW_TABLES - tables of level 0 that one shadow can stand in for */
#define NACC_SHADOW_TABLES	32

/**
 * struct nacc_shadow_table - a level-0 table and what it was filled with
 * @entries: page-table page
 * @before: the page behind it: what NACC_SBI_EXCHANGE expects to find
 * @staged: entries of the protected table are here
 * @first: first entry that is asked for
 * @nr: number of entries
 * @rest: entries of the protected table were left out
 */
struct nacc_shadow_table {
	u64 *entries;
	u64 *before;
	bool staged;
	unsigned int first;
	unsigned int nr;
	bool rest;
};

/**
 * struct nacc_shadow - one set of tables, in use by one task at a time
 * @busy: bit 0: taken
 * @dir: by level, from 1: one page each
 * @table: level-0 tables
 * @mm: copy of the mm with the shadow's root
 * @vma: copy of the VMA with @mm
 * @src: copy of another VMA, for whoever needs one
 */
struct nacc_shadow {
	unsigned long busy;
	u64 *dir[NACC_MAX_LEVELS];
	struct nacc_shadow_table table[NACC_SHADOW_TABLES];
	struct mm_struct *mm;
	struct vm_area_struct *vma;
	struct vm_area_struct *src;
};

/**
 * struct nacc_piece - the part of a range that one shadow can stand in for
 * @start: first address
 * @end: address behind the last
 * @nr: tables in it, at most NACC_SHADOW_TABLES
 */
struct nacc_piece {
	unsigned long start;
	unsigned long end;
	unsigned int nr;
};

int nacc_shadow_init(void);
void nacc_shadow_exit(void);
struct nacc_shadow *nacc_shadow_get(void);
void nacc_shadow_put(struct nacc_shadow *s);
struct nacc_piece nacc_shadow_piece(unsigned long addr, unsigned long end);
bool nacc_shadow_usable(struct mm_struct *mm);
void nacc_shadow_map(struct nacc_shadow *s, struct vm_area_struct *vma,
		     const struct nacc_piece *p);
void nacc_shadow_unmap(struct nacc_shadow *s, const struct nacc_piece *p);
unsigned long nacc_shadow_next(struct mm_struct *mm, unsigned long addr,
			       unsigned long end);
pmd_t *nacc_shadow_pmd(struct mm_struct *mm, unsigned long addr);
const u64 *nacc_shadow_frame(const pmd_t *pmd);
phys_addr_t nacc_frame_lock(pmd_t *pmd, spinlock_t **ptl);
void nacc_frame_unlock(spinlock_t *ptl);
int nacc_table_batch(enum nacc_sbi_fid fid, pmd_t *pmd, unsigned int first,
		     unsigned int nr, unsigned long arg, unsigned long *value);
bool nacc_shadow_rest(const struct nacc_shadow *s, struct mm_struct *mm,
		      const struct nacc_piece *p, unsigned int *i,
		      struct nacc_piece *run);

/**
 * nacc_shadow_slots() - entries of one table that lie in a piece
 * @p: the piece
 * @i: which of its tables
 * @first: out: number of the first entry
 *
 * Return: how many.
 */
static inline unsigned int nacc_shadow_slots(const struct nacc_piece *p,
					     unsigned int i,
					     unsigned int *first)
{
	unsigned long base = (p->start & PMD_MASK) + i * PMD_SIZE;
	unsigned long from = max(base, p->start);
	unsigned long to = min(base + PMD_SIZE, p->end);

	*first = (from - base) >> PAGE_SHIFT;
	return (to - from) >> PAGE_SHIFT;
}

#endif /* NACC_SHADOW_H */
