// SPDX-License-Identifier: GPL-2.0
/*
 * The fork route: the parent's side of copy-on-write.
 *
 * fork write-protects each private page of the parent. Here that is done before
 * the kernel copies the tables, by one call for each of them, and the kernel finds
 * nothing left to protect. Too early is as good as in time: the parent cannot run
 * on (its mmap lock is held for writing), a page that is pinned for DMA is still
 * known to be exclusive, so that a later write makes its entry writable again,
 * and gup_fast(), which looks at the entry again after it has taken the page,
 * sees the change.
 *
 * The child's side: fork_child.c.
 */
#include <linux/mmu_notifier.h>

#include "routes/fork.h"
#include "routes/internal.h"
#include "routes/pay.h"

/* Where there is no call, or it fails, the kernel protects them one by one. */
static void write_protect(pmd_t *pmd, unsigned long addr, unsigned long end)
{
	unsigned int first = addr >> PAGE_SHIFT & (PTRS_PER_PTE - 1);
	unsigned int nr = (end - addr) >> PAGE_SHIFT;

	if (nacc_batch_pays(pmd, first, nr, _PAGE_PRESENT | _PAGE_WRITE, 1))
		nacc_table_batch(NACC_SBI_WRITE_PROTECT, pmd, first, nr, 0,
				 NULL);
}

static int fork_in_place(const struct nacc_fork *f)
{
	unsigned long addr = f->src->vm_start, end = f->src->vm_end, next;
	struct mm_struct *mm = f->src->vm_mm;

	while ((addr = nacc_shadow_next(mm, addr, end)) < end) {
		next = pmd_addr_end(addr, end);
		write_protect(nacc_shadow_pmd(mm, addr), addr, next);
		addr = next;
		cond_resched();
	}
	return f->original(f->dst, f->src);
}

static int fork_by_shadow(const struct nacc_fork *f)
{
	unsigned long addr = f->src->vm_start, end = f->src->vm_end;
	int ret = 0;

	while (!ret &&
	       (addr = nacc_shadow_next(f->src->vm_mm, addr, end)) < end) {
		struct nacc_piece p = nacc_shadow_piece(addr, end);

		ret = nacc_fork_piece(f, &p);
		addr = p.end;
	}
	return ret;
}

static noinline int route_fork(struct vm_area_struct *dst,
			       struct vm_area_struct *src)
{
	struct nacc_fork f = {
		.original = nacc_hook_original(&nacc_hook_fork, nacc_fork_fn),
		.dst = dst,
		.src = src,
	};
	int ret;

	nacc_hook_enter(&nacc_hook_fork);
	if (nacc_fork_to_shadow(&f)) {
		f.s = nacc_shadow_get();
		if (!f.s)
			nacc_hook_fallback(&nacc_hook_fork);
	}
	if (f.s) {
		ret = fork_by_shadow(&f);
		nacc_shadow_put(f.s);
	} else {
		ret = fork_in_place(&f);
	}
	nacc_hook_leave();
	return ret;
}

static unsigned long notrace pick_fork(const unsigned long *args)
{
	struct vm_area_struct *src = (void *)args[1];
	struct mm_struct *mm = src->vm_mm;
	unsigned long pages = get_mm_counter(mm, MM_ANONPAGES) +
			      get_mm_counter(mm, MM_SWAPENTS);

	/* Without an anon_vma nothing has been written. */
	/* Of what is sealed each page is copied. */
	if (!nacc_mm_marked(mm) || nacc_route_ops.sealed(mm, src->vm_start, src->vm_end) ||
	    !is_cow_mapping(src->vm_flags) ||
	    !src->anon_vma || src->vm_flags & VM_HUGETLB || mm_has_notifiers(mm) ||
	    !nacc_batch_may_pay(pages, vma_pages(src), 1))
		return 0;
	return (unsigned long)route_fork;
}

NOKPROBE_SYMBOL(pick_fork);

struct nacc_hook nacc_hook_fork = {
	.name = "fork",
	.purpose = "two calls for each table that fork copies",
	.symbols = { "copy_page_range" },
	.pick = pick_fork,
	.lost = "two traps for each private page that fork copies",
	.route = true,
};
