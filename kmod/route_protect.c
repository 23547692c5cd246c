// SPDX-License-Identifier: GPL-2.0
/*
 * The mprotect route.
 *
 * Where all entries of a range get the same rights, and that is so unless some of
 * them might become writable at once, one call for each table does it.
 *
 * Else the present entries of a range are copied into a shadow, where the kernel's own
 * code changes them, and exchanged for the results by one call for each table.
 * The protected entries stay in force all the time. An entry that someone else
 * has changed meanwhile (reclaim, migration, write-back) is not exchanged; its
 * table is then done again by the trapped path, which is harmless, as doing it
 * twice is doing it once. A and D bits set by the walker meanwhile stay.
 */
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/userfaultfd_k.h>
#include <asm/tlb.h>

#include "hook.h"
#include "shadow.h"

typedef long (*protect_fn)(struct mmu_gather *tlb, struct vm_area_struct *vma,
			   unsigned long start, unsigned long end,
			   unsigned long cp_flags);

#define MIN_PAGES	4

/* Copy what is present; the kernel rewrites nothing else that is common. */
static bool copy_present(struct nacc_shadow_table *t, const u64 *frame)
{
	unsigned int i;
	bool any = false;

	for (i = t->first; i < t->first + t->nr; i++) {
		u64 pte = READ_ONCE(frame[i]);

		if (!pte)
			continue;
		if (!pte_present(__pte(pte))) {
			t->rest = true;
			continue;
		}
		t->entries[i] = pte;
		t->before[i] = pte;
		any = true;
	}
	return any;
}

static void stage(struct nacc_shadow *s, struct mm_struct *mm,
		  const struct nacc_piece *p, unsigned int i)
{
	struct nacc_shadow_table *t = &s->table[i];
	pmd_t *pmd = nacc_shadow_pmd(mm, p->start + i * PMD_SIZE);
	phys_addr_t frame;
	spinlock_t *ptl;	/* of the table */

	t->frame = 0;
	t->rest = false;
	t->nr = nacc_shadow_slots(p, i, &t->first);
	rcu_read_lock();
	frame = nacc_frame_lock(pmd, &ptl);
	if (frame) {
		if (copy_present(t, __va(frame)))
			t->frame = frame;
		/* Reclaim was here meanwhile: the kernel's code flushes for it. */
		if (!nacc_shadow_usable(mm))
			t->rest = true;
		nacc_frame_unlock(ptl);
	} else {
		t->rest = pmd && !pmd_none(*pmd);
	}
	rcu_read_unlock();
}

static void commit(struct nacc_shadow *s, struct mm_struct *mm,
		   const struct nacc_piece *p, unsigned int i)
{
	struct nacc_shadow_table *t = &s->table[i];
	unsigned long value;
	phys_addr_t frame;
	spinlock_t *ptl;	/* of the table */

	if (!t->frame)
		return;
	rcu_read_lock();
	frame = nacc_frame_lock(nacc_shadow_pmd(mm, p->start + i * PMD_SIZE),
				&ptl);
	if (frame != t->frame ||
	    nacc_sbi_call(NACC_SBI_EXCHANGE, frame,
			  nacc_batch_range(t->first, t->nr),
			  __pa(t->entries), &value) ||
	    nacc_batch_missed(value))
		t->rest = true;
	if (frame)
		nacc_frame_unlock(ptl);
	rcu_read_unlock();
}

/* All rights that the hardware knows, as the shim's call takes them? */
static bool is_uniform(const struct vm_area_struct *vma, unsigned long cp_flags)
{
	return !cp_flags &&
	       !(pgprot_val(vma->vm_page_prot) >> NACC_SBI_PROTECT_WIDTH);
}

/* Return: entries changed, or more if that is not known. */
static long protect_table(struct nacc_shadow *s, struct vm_area_struct *vma,
			  const struct nacc_piece *p, unsigned int i)
{
	struct nacc_shadow_table *t = &s->table[i];
	pmd_t *pmd = nacc_shadow_pmd(vma->vm_mm, p->start + i * PMD_SIZE);
	unsigned long value;
	phys_addr_t frame;
	spinlock_t *ptl;	/* of the table */
	long pages = 0;

	t->rest = pmd && !pmd_none(*pmd);
	t->nr = nacc_shadow_slots(p, i, &t->first);
	rcu_read_lock();
	frame = nacc_frame_lock(pmd, &ptl);
	if (frame) {
		pages = t->nr;
		if (!nacc_sbi_call(NACC_SBI_PROTECT, frame,
				   nacc_batch_range(t->first, t->nr),
				   pgprot_val(vma->vm_page_prot), &value)) {
			t->rest = nacc_batch_missed(value);
			pages = value & 0xffff;
		}
		/* As in stage() */
		if (!nacc_shadow_usable(vma->vm_mm))
			t->rest = true;
		nacc_frame_unlock(ptl);
	}
	rcu_read_unlock();
	return pages;
}

/* Flushes are left to the caller's gather: nothing has changed yet here. */
static long change_shadow(struct nacc_shadow *s, const struct nacc_piece *p,
			  unsigned long cp_flags)
{
	protect_fn original = nacc_hook_original(&nacc_hook_protect, protect_fn);
	struct mmu_gather tlb = {
		.mm = s->mm,
		.fullmm = 1,
	};

	return original(&tlb, s->vma, p->start, p->end, cp_flags);
}

static long protect_in_shadow(struct nacc_shadow *s, struct vm_area_struct *vma,
			      const struct nacc_piece *p,
			      unsigned long cp_flags)
{
	unsigned int i, staged = 0;
	long pages;

	for (i = 0; i < p->nr; i++) {
		stage(s, vma->vm_mm, p, i);
		staged += s->table[i].frame != 0;
	}
	if (!staged)
		return 0;
	nacc_shadow_map(s, vma, p);
	pages = change_shadow(s, p, cp_flags);
	for (i = 0; i < p->nr; i++)
		commit(s, vma->vm_mm, p, i);
	nacc_shadow_unmap(s, p);
	return pages;
}

static long protect_piece(struct mmu_gather *tlb, struct vm_area_struct *vma,
			  const struct nacc_piece *p, unsigned long cp_flags,
			  struct nacc_shadow *s)
{
	protect_fn original = nacc_hook_original(&nacc_hook_protect, protect_fn);
	unsigned long addr = p->start, next;
	unsigned int i;
	long pages = 0;

	if (is_uniform(vma, cp_flags))
		for (i = 0; i < p->nr; i++)
			pages += protect_table(s, vma, p, i);
	else
		pages = protect_in_shadow(s, vma, p, cp_flags);
	if (pages)
		tlb_flush_pte_range(tlb, p->start, p->end - p->start);
	for (i = 0; i < p->nr; i++, addr = next) {
		next = pmd_addr_end(addr, p->end);
		if (!s->table[i].rest)
			continue;
		nacc_hook_fallback(&nacc_hook_protect);
		pages += original(tlb, vma, addr, next, cp_flags);
	}
	return pages;
}

static noinline long route_protect(struct mmu_gather *tlb,
				   struct vm_area_struct *vma,
				   unsigned long start, unsigned long end,
				   unsigned long cp_flags)
{
	protect_fn original = nacc_hook_original(&nacc_hook_protect, protect_fn);
	struct nacc_shadow *s = nacc_shadow_get();
	long pages = 0;

	if (!s) {
		nacc_hook_fallback(&nacc_hook_protect);
		pages = original(tlb, vma, start, end, cp_flags);
	}
	while (s && start < end) {
		struct nacc_piece p = nacc_shadow_piece(start, end);

		pages += protect_piece(tlb, vma, &p, cp_flags, s);
		start = p.end;
	}
	if (s)
		nacc_shadow_put(s);
	nacc_hook_leave();
	return pages;
}

static unsigned long notrace pick_protect(const unsigned long *args)
{
	const struct vm_area_struct *vma = (void *)args[1];

	if (!nacc_mm_marked(vma->vm_mm) ||
	    args[4] & ~MM_CP_TRY_CHANGE_WRITABLE ||
	    vma->vm_flags & VM_HUGETLB ||
	    args[3] - args[2] < MIN_PAGES * PAGE_SIZE ||
	    !nacc_shadow_usable(vma->vm_mm))
		return 0;
	return (unsigned long)route_protect;
}

NOKPROBE_SYMBOL(pick_protect);

struct nacc_hook nacc_hook_protect = {
	.name = "protect",
	.purpose = "one call for each table of an mprotect",
	.symbols = { "change_protection" },
	.pick = pick_protect,
	.lost = "two traps for each page that mprotect changes",
	.route = true,
};
