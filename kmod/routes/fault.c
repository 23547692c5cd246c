// SPDX-License-Identifier: GPL-2.0
/*
 * Exhaustion, in page faults that bring their own table.
 *
 * Faults on files link a table that was allocated before the page was looked for,
 * and huge pages keep one for their split. Neither passes an allocator that could
 * say no (alloc.c). Where no huge page can come instead, a table of the pool is
 * linked first, and the kernel finds it and gives back its own.
 */
#include <linux/kprobes.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/userfaultfd_k.h>

#include "routes/internal.h"

typedef vm_fault_t (*fault_fn)(struct vm_fault *vmf);
typedef void (*install_fn)(struct mm_struct *mm, pmd_t *pmd, pgtable_t *pte);
typedef int (*copy_fn)(struct mm_struct *dst, struct mm_struct *src, pmd_t *dst_pmd,
		       pmd_t *src_pmd, unsigned long addr,
		       struct vm_area_struct *dst_vma,
		       struct vm_area_struct *src_vma);
typedef void (*deposit_fn)(struct mm_struct *mm, pmd_t *pmd, pgtable_t table);

/*
 * The page is locked, and may be everybody's: nobody waits here with it. What was found
 * need not be so any more afterwards, so the fault is made again as a whole.
 */
static vm_fault_t wait_for_room(struct vm_fault *vmf)
{
	/* Of DAX there is none. */
	struct folio *folio = vmf->page ? page_folio(vmf->page) : NULL;
	struct mm_struct *mm = vmf->vma->vm_mm;
	bool room;

	if (folio)
		folio_unlock(folio);
	room = nacc_route_ops.fits(mm, 1, NACC_ROOM_WAIT);
	if (folio)
		folio_lock(folio);
	if (room)
		return VM_FAULT_NOPAGE;
	nacc_no_room(mm);
	return VM_FAULT_OOM;
}

/* Is there room in the mapping for a huge page where the fault is? */
static bool fits_huge(const struct vm_fault *vmf)
{
	unsigned long start = vmf->address & PMD_MASK;

	return IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE) &&
	       start >= vmf->vma->vm_start &&
	       start + PMD_SIZE <= vmf->vma->vm_end;
}

/* What finish_fault() is about to map; of DAX there may be no other than the copy. */
static struct page *page_of(const struct vm_fault *vmf)
{
	bool cow = (vmf->flags & FAULT_FLAG_WRITE) && !(vmf->vma->vm_flags & VM_SHARED);

	return cow ? vmf->cow_page : vmf->page;
}

/* A table of the pool where the fault would put its own, if there is room */
static bool link_first(struct vm_fault *vmf)
{
	struct mm_struct *mm = vmf->vma->vm_mm;

	if (!nacc_route_ops.room(mm, 1, NACC_ROOM_NOW))
		return false;
	nacc_link_pte(mm, vmf->pmd);
	nacc_route_ops.settle(mm, 1);
	return true;
}

/*
 * Linked by pmd_install(), which cannot fail: it does nothing without room, and the
 * fault would be made again and again.
 */
static noinline vm_fault_t route_finish(struct vm_fault *vmf)
{
	bool huge = fits_huge(vmf) && folio_test_pmd_mappable(page_folio(page_of(vmf)));
	vm_fault_t ret;

	nacc_hook_enter(&nacc_hook_finish);
	/* A huge page needs none, unless it cannot be mapped as one. */
	if (huge ? nacc_route_ops.fits(vmf->vma->vm_mm, 1, NACC_ROOM_NOW) :
		   link_first(vmf))
		ret = nacc_hook_original(&nacc_hook_finish, fault_fn)(vmf);
	else
		ret = wait_for_room(vmf);
	nacc_hook_leave();
	return ret;
}

/*
 * Whoever calls it finds that there is still none, and leaves it at that: faults
 * around are left out, and the page that is wanted is next.
 */
static noinline void route_install(struct mm_struct *mm, pmd_t *pmd, pgtable_t *pte)
{
	nacc_hook_enter(&nacc_hook_install);
	/* Maybe under RCU: nobody waits here. */
	if (nacc_route_ops.room(mm, 1, NACC_ROOM_NOW)) {
		nacc_link_pte(mm, pmd);
		/* Where the firmware has refused it, theirs is adopted. */
		if (pmd_none(READ_ONCE(*pmd)))
			nacc_hook_original(&nacc_hook_install, install_fn)(mm, pmd, pte);
		nacc_route_ops.settle(mm, 1);
	} else {
		nacc_hook_fallback(&nacc_hook_install);
	}
	nacc_hook_leave();
}

static unsigned long notrace pick_finish(const unsigned long *args)
{
	const struct vm_fault *vmf = (void *)args[0];

	return nacc_mm_marked(vmf->vma->vm_mm) && pmd_none(READ_ONCE(*vmf->pmd)) ?
	       (unsigned long)route_finish : 0;
}

NOKPROBE_SYMBOL(pick_finish);

static unsigned long notrace pick_install(const unsigned long *args)
{
	const pgtable_t *pte = (void *)args[2];

	return nacc_mm_marked((void *)args[0]) && !nacc_in_pool(page_to_phys(*pte)) ?
	       (unsigned long)route_install : 0;
}

NOKPROBE_SYMBOL(pick_install);

struct nacc_hook nacc_hook_finish = {
	.name = "exhaust",
	.purpose = "out of memory in a fault that brings its table",
	.symbols = { "finish_fault" },
	.pick = pick_finish,
	.lost = "an exhausted pool is a process that faults for ever",
};

struct nacc_hook nacc_hook_install = {
	.name = "exhaust",
	.purpose = "faults around have their table from the pool, or are left out",
	.symbols = { "pmd_install" },
	.pick = pick_install,
	.lost = "faults around use up the reserve of the pool",
};

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
/*
 * Without room there are small pages. Nor are there huge ones where user space
 * handles the fault: it would be waited for in here, for as long as it likes, and
 * it maps small ones anyway.
 */
static noinline vm_fault_t route_huge(struct vm_fault *vmf)
{
	struct mm_struct *mm = vmf->vma->vm_mm;
	vm_fault_t ret = VM_FAULT_FALLBACK;

	nacc_hook_enter(&nacc_hook_huge);
	if (!userfaultfd_missing(vmf->vma) &&
	    nacc_route_ops.room(mm, 1, NACC_ROOM_LOOK)) {
		ret = nacc_hook_original(&nacc_hook_huge, fault_fn)(vmf);
		nacc_route_ops.settle(mm, 1);
	} else {
		nacc_hook_fallback(&nacc_hook_huge);
	}
	nacc_hook_leave();
	return ret;
}

static unsigned long notrace pick_huge(const unsigned long *args)
{
	const struct vm_fault *vmf = (void *)args[0];

	return nacc_mm_marked(vmf->vma->vm_mm) ? (unsigned long)route_huge : 0;
}

NOKPROBE_SYMBOL(pick_huge);

struct nacc_hook nacc_hook_huge = {
	.name = "exhaust",
	.purpose = "no huge page without a frame for its split",
	.symbols = { "do_huge_pmd_anonymous_page" },
	.pick = pick_huge,
	.lost = "huge pages use up the reserve of the pool",
};

/* A child that begins in the pool has a table for each huge page of its parent's. */
static noinline int route_copy(struct mm_struct *dst, struct mm_struct *src,
			       pmd_t *dst_pmd, pmd_t *src_pmd, unsigned long addr,
			       struct vm_area_struct *dst_vma,
			       struct vm_area_struct *src_vma)
{
	int ret = -ENOMEM;

	nacc_hook_enter(&nacc_hook_copy);
	if (nacc_route_ops.room(dst, 1, NACC_ROOM_WAIT)) {
		ret = nacc_hook_original(&nacc_hook_copy, copy_fn)
			(dst, src, dst_pmd, src_pmd, addr, dst_vma, src_vma);
		nacc_route_ops.settle(dst, 1);
	} else {
		nacc_count(NACC_COUNT_ENOMEM, 1);
	}
	nacc_hook_leave();
	return ret;
}

static unsigned long notrace pick_copy(const unsigned long *args)
{
	struct vm_area_struct *dst_vma = (void *)args[5];

	return nacc_mm_marked((void *)args[0]) && vma_is_anonymous(dst_vma) ?
	       (unsigned long)route_copy : 0;
}

NOKPROBE_SYMBOL(pick_copy);

struct nacc_hook nacc_hook_copy = {
	.name = "exhaust",
	.purpose = "no fork of a huge page without a frame for its split",
	.symbols = { "copy_huge_pmd" },
	.pick = pick_copy,
	.lost = "forks of huge pages use up the reserve of the pool",
};

/*
 * Under the lock of the PMD page. There is a frame, as route_huge() or route_copy()
 * has asked for one; other callers deposit what has been one before.
 */
static noinline void route_deposit(struct mm_struct *mm, pmd_t *pmd,
				   pgtable_t table)
{
	pgtable_t frame;

	nacc_hook_enter(&nacc_hook_deposit);
	frame = nacc_deposit_exchange(mm, table);
	if (frame == table) {
		/* Its split would need one, and cannot fail. */
		nacc_hook_fallback(&nacc_hook_deposit);
		nacc_count(NACC_COUNT_ENOMEM, 1);
		if (mm == current->mm)
			send_sig(SIGKILL, current, 1);
	}
	nacc_hook_original(&nacc_hook_deposit, deposit_fn)(mm, pmd, frame);
	nacc_hook_leave();
}

static unsigned long notrace pick_deposit(const unsigned long *args)
{
	if (!nacc_mm_marked((void *)args[0]) ||
	    nacc_in_pool(page_to_phys((pgtable_t)args[2])))
		return 0;
	return (unsigned long)route_deposit;
}

NOKPROBE_SYMBOL(pick_deposit);

struct nacc_hook nacc_hook_deposit = {
	.name = "exhaust",
	.purpose = "the table kept for the split of a huge page is a frame",
	.symbols = { "pgtable_trans_huge_deposit" },
	.pick = pick_deposit,
	.lost = "the split of a huge page in an exhausted pool is an oops",
};
#endif

#ifdef NACC_KUNIT
#include "fault_route_test.c"
#endif
