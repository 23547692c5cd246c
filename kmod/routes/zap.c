// SPDX-License-Identifier: GPL-2.0
/*
 * The zap route: munmap and MADV_DONTNEED of anonymous memory.
 *
 * The present entries of a range are taken by one call for each table, and the
 * kernel's own zap works on them in a shadow. What is not present (swap and
 * migration entries, whose meaning may change under their own locks) and huge
 * entries stay and are zapped where they are.
 *
 * Between the two a page is counted as mapped while no table names it. For
 * anonymous memory that is harmless: a walk of the reverse mapping finds nothing
 * and leaves the page alone, a fault finds an empty entry, as it would a moment
 * later, and the TLB is flushed before a page is freed, as ever. A file's page
 * must not be seen so by truncation, so file mappings take the trapped path.
 */
#include <asm/tlb.h>

#include "compat.h"
#include "routes/internal.h"
#include "routes/pay.h"

typedef void (*zap_fn)(struct mmu_gather *tlb, struct vm_area_struct *vma,
		       unsigned long addr, unsigned long end,
		       struct zap_details *details);

/**
 * struct zap - one call of the hooked function
 * @original: the function
 * @tlb: its arguments
 * @vma: see @tlb
 * @details: see @tlb
 */
struct zap {
	zap_fn original;
	struct mmu_gather *tlb;
	struct vm_area_struct *vma;
	struct zap_details *details;
};

/* The shadow's tables are not the kernel's to free. */
static void zap_in_shadow(const struct zap *z, const struct nacc_shadow *s,
			  const struct nacc_piece *p)
{
	struct zap_details details = {};

	if (z->details)
		details = *z->details;
	nacc_zap_keep_tables(&details);
	z->original(z->tlb, s->vma, p->start, p->end, z->details ? &details : NULL);
}

static void zap_piece(const struct zap *z, struct nacc_shadow *s,
		      const struct nacc_piece *p)
{
	unsigned int i, staged = 0;
	struct nacc_piece run;

	for (i = 0; i < p->nr; i++) {
		struct nacc_shadow_table *t = &s->table[i];

		t->staged = nacc_shadow_batch(NACC_SBI_TAKE, t, z->vma->vm_mm,
					      p, i, __pa(t->entries)) > 0;
		staged += t->staged;
	}
	if (staged) {
		nacc_shadow_map(s, z->vma, p);
		zap_in_shadow(z, s, p);
		nacc_shadow_unmap(s, p);
	}
	/* It goes through all of it once more, and finds tables empty. */
	if (nacc_zap_frees_tables(z->details, p->end - p->start)) {
		if (!staged)
			nacc_hook_fallback(&nacc_hook_zap);
		z->original(z->tlb, z->vma, p->start, p->end, z->details);
		return;
	}
	for (i = 0; nacc_shadow_rest(s, z->vma->vm_mm, p, &i, &run); ) {
		nacc_hook_fallback(&nacc_hook_zap);
		z->original(z->tlb, z->vma, run.start, run.end, z->details);
	}
}

/* Piece by piece; what none is there of is skipped. */
static void for_pieces(const struct zap *z, struct nacc_shadow *s, unsigned long addr,
		       unsigned long end,
		       void (*fn)(const struct zap *z, struct nacc_shadow *s,
				  const struct nacc_piece *p))
{
	while ((addr = nacc_shadow_next(z->vma->vm_mm, addr, end)) < end) {
		struct nacc_piece p = nacc_shadow_piece(addr, end);

		fn(z, s, &p);
		addr = p.end;
		cond_resched();
	}
}

static noinline void route_zap(struct mmu_gather *tlb,
			       struct vm_area_struct *vma, unsigned long addr,
			       unsigned long end, struct zap_details *details)
{
	struct zap z = {
		.original = nacc_hook_original(&nacc_hook_zap, zap_fn),
		.tlb = tlb,
		.vma = vma,
		.details = details,
	};
	struct nacc_shadow *s;

	nacc_hook_enter(&nacc_hook_zap);
	s = nacc_shadow_get();
	if (s) {
		for_pieces(&z, s, addr, end, zap_piece);
		nacc_shadow_put(s);
	} else {
		nacc_hook_fallback(&nacc_hook_zap);
		z.original(tlb, vma, addr, end, details);
	}
	nacc_hook_leave();
}

/*
 * What is sealed stays: whoever drops pages (a file that is cut short, madvise, the OOM
 * killer's reaper) finds them dropped as little as if they were not there.
 */
static noinline void route_keep(struct mmu_gather *tlb, struct vm_area_struct *vma,
				unsigned long addr, unsigned long end,
				struct zap_details *details)
{
	nacc_hook_enter(&nacc_hook_zap);
	nacc_hook_leave();
}

/* Copies of the entries stand for them. The pages are pinned until the root is retired. */
static void leave_piece(const struct zap *z, struct nacc_shadow *s, const struct nacc_piece *p)
{
	unsigned int i;

	for (i = 0; i < p->nr; i++) {
		struct nacc_shadow_table *t = &s->table[i];
		unsigned long addr = max(p->start, (p->start & PMD_MASK) + i * PMD_SIZE);
		const u64 *entries;

		t->nr = nacc_shadow_slots(p, i, &t->first);
		rcu_read_lock();
		entries = nacc_shadow_frame(nacc_shadow_pmd(z->vma->vm_mm, addr));
		if (entries)
			memcpy(&t->entries[t->first], &entries[t->first], t->nr * sizeof(u64));
		rcu_read_unlock();
		t->staged = entries;
	}
	nacc_shadow_map(s, z->vma, p);
	zap_in_shadow(z, s, p);
	nacc_shadow_unmap(s, p);
}

/* Exit: what is sealed is unmapped for Linux, and its entries go with the address space. */
static noinline void route_leave(struct mmu_gather *tlb, struct vm_area_struct *vma,
				 unsigned long addr, unsigned long end,
				 struct zap_details *details)
{
	struct zap z = {
		.original = nacc_hook_original(&nacc_hook_zap, zap_fn),
		.tlb = tlb,
		.vma = vma,
		.details = details,
	};
	struct nacc_shadow *s;

	nacc_hook_enter(&nacc_hook_zap);
	/* Whoever has one does not wait for us. */
	while (!(s = nacc_shadow_get()))
		schedule_timeout_uninterruptible(1);
	for_pieces(&z, s, addr, end, leave_piece);
	nacc_shadow_put(s);
	nacc_hook_leave();
}

static unsigned long notrace pick_zap(const unsigned long *args)
{
	struct vm_area_struct *vma = (void *)args[1];
	const struct zap_details *details = (void *)args[4];
	unsigned long pages = (args[3] - args[2]) >> PAGE_SHIFT;
	struct mm_struct *mm = vma->vm_mm;

	if (!nacc_mm_marked(mm))
		return 0;
	if (nacc_route_ops.sealed(mm, args[2], args[3]))
		return (unsigned long)(atomic_read(&mm->mm_users) ? route_keep : route_leave);
	/* A page that shall stay would stay in the shadow. */
	if (!vma_is_anonymous(vma) ||
	    nacc_zap_keeps_cows(details) ||
	    !nacc_batch_may_pay(get_mm_counter(mm, MM_ANONPAGES), pages, 1) ||
	    !nacc_shadow_usable(mm))
		return 0;
	return (unsigned long)route_zap;
}

NOKPROBE_SYMBOL(pick_zap);

struct nacc_hook nacc_hook_zap = {
	.name = "zap",
	.purpose = "one call for each table of an unmapped range",
	.symbols = { "unmap_page_range", "__zap_vma_range" },
	.pick = pick_zap,
	.lost = "one trap for each page that munmap or MADV_DONTNEED drops",
	.route = true,
};
