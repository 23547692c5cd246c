// SPDX-License-Identifier: GPL-2.0
/* hugetlb shares no page table while something is marked. */
#include <linux/fs.h>
#include <linux/kprobes.h>

#include "routes/internal.h"

#ifdef CONFIG_HUGETLB_PMD_PAGE_TABLE_SHARING
/*
 * Stands in for huge_pmd_share(), for every process while something is marked.
 * It links one PMD page into several mms without a reference: a table with two
 * owners, which the shim must refuse, and whose end none of them announces.
 * Sharing is an optimisation; this is what it does when there is no partner.
 */
static noinline pte_t *stub_share(struct mm_struct *mm,
				  struct vm_area_struct *vma,
				  unsigned long addr, pud_t *pud)
{
	pte_t *pte = NULL;

	nacc_hook_enter(&nacc_hook_share);
	if (!pud_none(*pud) || !nacc_pmd_alloc(mm, pud, addr))
		pte = (pte_t *)pmd_offset(pud, addr);
	nacc_hook_leave();
	return pte;
}

static unsigned long notrace pick_share(const unsigned long *args)
{
	return (unsigned long)stub_share;
}

NOKPROBE_SYMBOL(pick_share);

/*
 * A file that nobody else maps, and an entry that is not empty: there is nobody to
 * share with and nothing to allocate.
 */
static struct address_space nobodys_mapping = {
	.i_mmap_rwsem = __RWSEM_INITIALIZER(nobodys_mapping.i_mmap_rwsem),
	.i_mmap = RB_ROOT_CACHED,
};

static struct file nobodys_file = { .f_mapping = &nobodys_mapping };
static struct vm_area_struct nobodys_vma = { .vm_file = &nobodys_file };

typedef pte_t *(*share_fn)(struct mm_struct *mm, struct vm_area_struct *vma,
			   unsigned long addr, pud_t *pud);

static bool call_share(const struct nacc_hook *hook)
{
	pud_t pud = pfn_pud(page_to_pfn(ZERO_PAGE(0)), PAGE_TABLE);

	((share_fn)hook->addr)(nacc_ksym.init_mm, &nobodys_vma, 0, &pud);
	return true;
}

struct nacc_hook nacc_hook_share = {
	.name = "unshare",
	.purpose = "no huge-page table in two address spaces",
	.symbols = { "huge_pmd_share" },
	.pick = pick_share,
	.lost = "nothing can be marked",
	.needed = true,
	.call = call_share,
	.mark = &nobodys_vma,
	.mark_arg = 1,
};
#endif
