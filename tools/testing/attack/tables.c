// SPDX-License-Identifier: GPL-2.0
/* Find page-table entries by hand, as an attacker who can read memory would. */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/smp.h>
#include <linux/uaccess.h>
#include <asm/pgtable.h>

#include "attack.h"

#define MAX_PAGES	48

/* Pages handed out, all freed by attack_pages_free(). Under main.c's mutex. */
static struct page *pages[MAX_PAGES];

/** attack_top_level() - level of the root table: 2 (Sv39), 3 (Sv48) or 4 (Sv57) */
int attack_top_level(void)
{
	return pgtable_l5_enabled ? 4 : pgtable_l4_enabled ? 3 : 2;
}

static int walk_mm(struct mm_struct *mm, unsigned long va, struct attack_walk *walk)
{
	phys_addr_t table = __pa(mm->pgd);
	int level = attack_top_level();

	walk->top = level;
	for (;; level--) {
		unsigned int index = va >> (PAGE_SHIFT + 9 * level) & 511;
		u64 entry;

		walk->lowest = level;
		walk->slot[level] = table + index * sizeof(entry);
		if (copy_from_kernel_nofault(&entry, __va(walk->slot[level]), sizeof(entry)))
			return -EFAULT;
		walk->value[level] = entry;
		if (!level || !(entry & _PAGE_PRESENT) || (entry & _PAGE_LEAF))
			return 0;
		table = (entry & _PAGE_PFN_MASK) >> _PAGE_PFN_SHIFT << PAGE_SHIFT;
	}
}

/**
 * attack_walk() - walk a process's tables down to the entry that maps an address
 * @pid: the process
 * @va: virtual address in it
 * @walk: out: the entries on the way
 */
int attack_walk(int pid, unsigned long va, struct attack_walk *walk)
{
	struct mm_struct *mm;
	int err = attack_mm(pid, &mm);

	if (err)
		return err;
	mmap_read_lock(mm);
	err = walk_mm(mm, va, walk);
	mmap_read_unlock(mm);
	mmput(mm);
	return err;
}

static void fence_here(void *unused)
{
	asm volatile("fence rw, rw\n\tsfence.vma" : : : "memory");
}

/** attack_fence() - make every hart forget its translations */
void attack_fence(void)
{
	on_each_cpu(fence_here, NULL, 1);
}

/**
 * attack_page_alloc() - a zeroed page of ordinary memory
 *
 * Return: its physical address, or 0.
 */
phys_addr_t attack_page_alloc(void)
{
	int i;

	for (i = 0; i < MAX_PAGES; i++) {
		if (pages[i])
			continue;
		pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		return pages[i] ? page_to_phys(pages[i]) : 0;
	}
	return 0;
}

/**
 * attack_page() - one of our own pages, to be filled
 * @pa: physical address that attack_page_alloc() gave
 *
 * Return: where to write it, or NULL.
 */
u64 *attack_page(phys_addr_t pa)
{
	int i;

	for (i = 0; i < MAX_PAGES; i++)
		if (pages[i] && page_to_phys(pages[i]) == pa)
			return page_address(pages[i]);
	return NULL;
}

/** attack_pages_free() - give all pages back; nothing may name them any more */
void attack_pages_free(void)
{
	int i;

	for (i = 0; i < MAX_PAGES; i++) {
		if (pages[i])
			__free_page(pages[i]);
		pages[i] = NULL;
	}
}
