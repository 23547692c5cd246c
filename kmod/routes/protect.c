// SPDX-License-Identifier: GPL-2.0
/*
 * The mprotect route.
 *
 * Where all entries of a range get the same rights, and that is so unless some of
 * them might become writable at once, one call for each table does it.
 *
 * Else the valid entries of a range are copied into a shadow, where the kernel's own
 * code changes them, and exchanged for the results by one call for each table.
 * The protected entries stay in force all the time. An entry that someone else
 * has changed meanwhile (reclaim, migration, write-back) is not exchanged; its
 * table is then done again by the trapped path, which is harmless, as doing it
 * twice is doing it once. A and D bits set by the walker meanwhile stay.
 */
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/userfaultfd_k.h>
#include <asm/cacheflush.h>
#include <asm/tlb.h>

#include "routes/internal.h"
#include "routes/pay.h"

typedef long (*protect_fn)(struct mmu_gather *tlb, struct vm_area_struct *vma,
			   unsigned long start, unsigned long end,
			   unsigned long cp_flags);

/*
 * Copy what is valid, which the shim will exchange for nothing but other rights to
 * the same page; the kernel rewrites nothing else that is common. Each slot is
 * written: whatever stands there since the last time is not to be taken for ours.
 */
static bool copy_valid(struct nacc_shadow_table *t, const u64 *frame)
{
	u64 *entry = &t->entries[t->first], *before = &t->before[t->first];
	const u64 *from = &frame[t->first], *end = from + t->nr;
	bool any = false;

	for (; from < end; from++, entry++, before++) {
		u64 pte = READ_ONCE(*from);

		if (nacc_pte_present(pte)) {
			any = true;
		} else if (pte) {
			t->rest = true;
			pte = 0;
		}
		*entry = pte;
		*before = pte;
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

	t->staged = false;
	t->rest = pmd && !pmd_none(*pmd);
	t->nr = nacc_shadow_slots(p, i, &t->first);
	if (!nacc_batch_pays(pmd, t->first, t->nr, 0, 2))
		return;
	rcu_read_lock();
	frame = nacc_frame_lock(pmd, &ptl);
	if (frame) {
		t->rest = false;
		t->staged = copy_valid(t, __va(frame));
		nacc_frame_unlock(ptl);
	}
	rcu_read_unlock();
}

/* A table that has come in place of another will do: entries are compared. */
static void commit(struct nacc_shadow *s, struct mm_struct *mm,
		   const struct nacc_piece *p, unsigned int i)
{
	struct nacc_shadow_table *t = &s->table[i];
	bool rest = t->rest;

	if (!t->staged)
		return;
	nacc_shadow_batch(NACC_SBI_EXCHANGE, t, mm, p, i, __pa(t->entries));
	t->rest |= rest;
}

/* All rights that the hardware knows, as the shim's call takes them? */
static bool is_uniform(const struct vm_area_struct *vma, unsigned long cp_flags)
{
	return !cp_flags &&
	       !(pgprot_val(vma->vm_page_prot) >> NACC_SBI_PROTECT_WIDTH);
}

/* Return: entries changed, or more if that is not known. */
static long protect_table(struct nacc_shadow *s, struct mm_struct *mm,
			  const struct nacc_piece *p, unsigned int i,
			  pgprot_t prot)
{
	struct nacc_shadow_table *t = &s->table[i];
	int pages = nacc_shadow_batch(NACC_SBI_PROTECT, t, mm, p, i,
				      pgprot_val(prot));

	return pages < 0 ? t->nr : pages;
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

/*
 * The kernel has flushed instruction caches for the copy of the mm: here, as nobody
 * else runs it, and the others are noted down to do it when they will. They do it now.
 */
static void flush_icache(const struct nacc_shadow *s)
{
#ifdef CONFIG_SMP
	if (!cpumask_empty(&s->mm->context.icache_stale_mask))
		flush_icache_all();
#endif
}

static long protect_in_shadow(struct nacc_shadow *s, struct vm_area_struct *vma,
			      const struct nacc_piece *p,
			      unsigned long cp_flags)
{
	unsigned int i, staged = 0;
	long pages;

	for (i = 0; i < p->nr; i++) {
		stage(s, vma->vm_mm, p, i);
		staged += s->table[i].staged;
	}
	if (!staged)
		return 0;
	nacc_shadow_map(s, vma, p);
	pages = change_shadow(s, p, cp_flags);
	flush_icache(s);
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
	struct nacc_piece run;
	unsigned int i;
	long pages = 0;

	if (is_uniform(vma, cp_flags))
		for (i = 0; i < p->nr; i++)
			pages += protect_table(s, vma->vm_mm, p, i,
					       vma->vm_page_prot);
	else
		pages = protect_in_shadow(s, vma, p, cp_flags);
	if (pages)
		tlb_flush_pte_range(tlb, p->start, p->end - p->start);
	for (i = 0; nacc_shadow_rest(s, vma->vm_mm, p, &i, &run); ) {
		nacc_hook_fallback(&nacc_hook_protect);
		pages += original(tlb, vma, run.start, run.end, cp_flags);
	}
	return pages;
}

static noinline long route_protect(struct mmu_gather *tlb,
				   struct vm_area_struct *vma,
				   unsigned long start, unsigned long end,
				   unsigned long cp_flags)
{
	protect_fn original = nacc_hook_original(&nacc_hook_protect, protect_fn);
	struct nacc_shadow *s;
	long pages = 0;

	nacc_hook_enter(&nacc_hook_protect);
	s = nacc_shadow_get();
	if (!s) {
		nacc_hook_fallback(&nacc_hook_protect);
		pages = original(tlb, vma, start, end, cp_flags);
	}
	while (s && (start = nacc_shadow_next(vma->vm_mm, start, end)) < end) {
		struct nacc_piece p = nacc_shadow_piece(start, end);

		pages += protect_piece(tlb, vma, &p, cp_flags, s);
		start = p.end;
		cond_resched();
	}
	if (s)
		nacc_shadow_put(s);
	nacc_hook_leave();
	return pages;
}

static unsigned long notrace pick_protect(const unsigned long *args)
{
	const struct vm_area_struct *vma = (void *)args[1];
	unsigned long pages = (args[3] - args[2]) >> PAGE_SHIFT;

	if (!nacc_mm_marked(vma->vm_mm) ||
	    args[4] & ~MM_CP_TRY_CHANGE_WRITABLE ||
	    vma->vm_flags & VM_HUGETLB ||
	    !nacc_batch_may_pay(get_mm_rss(vma->vm_mm), pages, 2) ||
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

#ifdef NACC_KUNIT
#include "protect_test.c"
#endif
