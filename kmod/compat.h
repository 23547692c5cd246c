/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between kernels, in one place. The rest of the module knows no version:
 * NACC_HAS_* are found when it is built, by trying (kmod/base/compat), and symbols when
 * it is loaded.
 */
#ifndef NACC_COMPAT_H
#define NACC_COMPAT_H

#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/swap.h>

#include "compat-config.h"

#ifdef NACC_HAS_SOFTLEAF
#include <linux/leafops.h>
#else
#include <linux/swapops.h>
#endif

/**
 * nacc_folio_flags() - the flags of a folio, as bits
 * @folio: the folio
 */
static inline unsigned long *nacc_folio_flags(struct folio *folio)
{
#ifdef NACC_HAS_FOLIO_FLAGS_STRUCT
	return &folio->flags.f;
#else
	return &folio->flags;
#endif
}

/**
 * nacc_mm_unstable() - as the OOM reaper says it: what is mapped may be gone
 * @mm: the mm
 */
static inline void nacc_mm_unstable(struct mm_struct *mm)
{
#ifdef NACC_HAS_MM_FLAGS_SET
	mm_flags_set(MMF_UNSTABLE, mm);
#else
	set_bit(MMF_UNSTABLE, &mm->flags);
#endif
}

/**
 * nacc_table_dtor() - the kernel's own destructor of a page-table page
 * @ptdesc: the page
 * @level: its level
 * @gathered: tlb_remove_table() will have it, whose business this has become
 */
static inline void nacc_table_dtor(struct ptdesc *ptdesc, unsigned int level, bool gathered)
{
#ifdef NACC_HAS_PAGETABLE_DTOR
	if (!gathered)
		pagetable_dtor(ptdesc);
#else
	if (level == 0)
		pagetable_pte_dtor(ptdesc);
	else if (level == 1)
		pagetable_pmd_dtor(ptdesc);
	else if (level == 2)
		pagetable_pud_dtor(ptdesc);
#endif
}

/**
 * nacc_dtor_frees_lock() - does nacc_table_dtor() free the lock of a table?
 * @level: its level
 */
static inline bool nacc_dtor_frees_lock(unsigned int level)
{
#ifdef NACC_HAS_PAGETABLE_DTOR
	return true;
#else
	return level <= 1;
#endif
}

/**
 * nacc_root_charged() - does the kernel charge roots to the memory cgroup?
 */
static inline bool nacc_root_charged(void)
{
#ifdef NACC_HAS_PAGETABLE_PGD_CTOR
	return true;
#else
	return false;
#endif
}

/**
 * nacc_level_counted() - does NR_PAGETABLE count tables of this level?
 * @level: level of the table
 * @top: level of the root
 *
 * Once only those that had a constructor, at levels 0 to 2.
 */
static inline bool nacc_level_counted(unsigned int level, unsigned int top)
{
#ifdef NACC_HAS_PAGETABLE_PGD_CTOR
	return true;
#else
	return level <= 2 && level != top;
#endif
}

/**
 * nacc_zap_keeps_cows() - do private copies of a file's pages stay in this zap?
 * @details: what the zap was told; may be NULL
 */
static __always_inline bool nacc_zap_keeps_cows(const struct zap_details *details)
{
#ifdef NACC_HAS_ZAP_SKIP_COWS
	return details && details->skip_cows;
#else
	return details && !details->even_cows;
#endif
}

/**
 * nacc_zap_frees_tables() - are tables that this zap has emptied freed?
 * @details: what the zap was told; may be NULL
 * @size: of the range, in bytes
 *
 * As reclaim_pt_is_enabled(): those that are in the range as a whole.
 */
static inline bool nacc_zap_frees_tables(const struct zap_details *details, unsigned long size)
{
#ifdef NACC_HAS_ZAP_RECLAIM_PT
	return IS_ENABLED(CONFIG_PT_RECLAIM) && details && details->reclaim_pt &&
	       size >= PMD_SIZE;
#else
	return false;
#endif
}

/**
 * nacc_zap_keep_tables() - let a zap free no table
 * @details: what it is told
 */
static inline void nacc_zap_keep_tables(struct zap_details *details)
{
#ifdef NACC_HAS_ZAP_RECLAIM_PT
	details->reclaim_pt = false;
#endif
}

/**
 * enum nacc_absent - what an entry without a page is
 * @NACC_ABSENT_NOT: nothing of the kind: empty, or present
 * @NACC_ABSENT_SWAP: the place of a page in swap
 * @NACC_ABSENT_MARKER: a marker
 * @NACC_ABSENT_MIGRATION: a page on its way
 * @NACC_ABSENT_OTHER: anything else
 */
enum nacc_absent {
	NACC_ABSENT_NOT,
	NACC_ABSENT_SWAP,
	NACC_ABSENT_MARKER,
	NACC_ABSENT_MIGRATION,
	NACC_ABSENT_OTHER,
};

/**
 * nacc_absent() - what an entry of a level-0 table without a page is
 * @pte: the entry
 */
static inline enum nacc_absent nacc_absent(pte_t pte)
{
#ifdef NACC_HAS_SOFTLEAF
	softleaf_t entry;

	if (pte_none(pte) || pte_present(pte))
		return NACC_ABSENT_NOT;
	entry = softleaf_from_pte(pte);
	if (softleaf_is_swap(entry))
		return NACC_ABSENT_SWAP;
	if (softleaf_is_marker(entry))
		return NACC_ABSENT_MARKER;
	return softleaf_is_migration(entry) ? NACC_ABSENT_MIGRATION : NACC_ABSENT_OTHER;
#else
	swp_entry_t entry;

	if (!is_swap_pte(pte))
		return NACC_ABSENT_NOT;
	entry = pte_to_swp_entry(pte);
	if (!non_swap_entry(entry))
		return NACC_ABSENT_SWAP;
	if (is_pte_marker_entry(entry))
		return NACC_ABSENT_MARKER;
	return is_migration_entry(entry) ? NACC_ABSENT_MIGRATION : NACC_ABSENT_OTHER;
#endif
}

#ifdef CONFIG_PER_VMA_LOCK

/**
 * nacc_vma_lock() - vma_start_write() for who can be killed, or does not wait at all
 * @vma: the VMA; the caller holds the mmap lock for writing
 * @tries: who has its lock is not waited for
 *
 * A fault that waits for user space has the lock for as long as that likes.
 *
 * Context: may sleep.
 * Return: 0; -EINTR (the caller has been killed); -EBUSY (a reader, with @tries).
 */
static inline int nacc_vma_lock(struct vm_area_struct *vma, bool tries)
{
#ifdef NACC_HAS_VMA_REFCOUNT
	int attached = 1;

	if (!tries)
		return vma_start_write_killable(vma);
	if (__is_vma_write_locked(vma))
		return 0;
	/* As __vma_start_write() if there is no reader; none comes in while it is excluded. */
	if (!atomic_try_cmpxchg_acquire(&vma->vm_refcnt.refs, &attached,
					attached | VM_REFCNT_EXCLUDE_READERS_FLAG))
		return -EBUSY;
	WRITE_ONCE(vma->vm_lock_seq, __vma_raw_mm_seqnum(vma));
	atomic_sub_return_release(VM_REFCNT_EXCLUDE_READERS_FLAG, &vma->vm_refcnt.refs);
	return 0;
#else
	struct rw_semaphore *lock = &vma->vm_lock->lock;
	typeof(vma->vm_lock_seq) seq;

	if (__is_vma_write_locked(vma, &seq))
		return 0;
	if (tries && !down_write_trylock(lock))
		return -EBUSY;
	if (!tries && down_write_killable(lock))
		return -EINTR;
	/* Who reads it without the lock is wrong for a moment, and takes the lock. */
	WRITE_ONCE(vma->vm_lock_seq, seq);
	up_write(lock);
	return 0;
#endif
}

#else

static inline int nacc_vma_lock(struct vm_area_struct *vma, bool tries)
{
	return 0;
}

#endif

#endif /* NACC_COMPAT_H */
