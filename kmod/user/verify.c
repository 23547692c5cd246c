// SPDX-License-Identifier: GPL-2.0
/* NACC_IOC_VERIFY: compare firmware, page tables and VMAs. */
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/vmalloc.h>

#include "user/user.h"

/**
 * struct check - a verification under way
 * @v: the results
 * @mm: the address space; mmap lock held for writing
 * @all: what the shim says of each frame
 * @root: frame of the root
 */
struct check {
	struct nacc_verify *v;
	struct mm_struct *mm;
	const struct nacc_sbi_frame *all;
	unsigned int root;
};

static void found_bad(struct check *c, u64 *counter, u64 va, u64 value)
{
	if (!c->v->outside_pool && !c->v->bad_frame && !c->v->bad_entry &&
	    !c->v->bad_vma) {
		c->v->first_bad_va = va;
		c->v->first_bad_value = value;
	}
	(*counter)++;
}

static bool frame_fits(const struct check *c, const struct nacc_sbi_frame *f,
		       unsigned int level, unsigned int parent,
		       unsigned int slot)
{
	if (level == nacc_top_level())
		return f->type == NACC_FRAME_ROOT && f->level == level &&
		       f->owner == c->root;
	return f->type == NACC_FRAME_TABLE && f->level == level &&
	       f->owner == c->root && f->parent == parent && f->slot == slot;
}

/* The firmware made the entry, and has just looked at it: what the VMA says is not about it. */
static bool is_secret(const struct check *c, unsigned int frame, u64 va)
{
	return c->all[frame].flags & NACC_FRAME_FLAG_PAGE &&
	       va - NACC_SECRET_VA < NACC_SECRET_PAGES * PAGE_SIZE;
}

static void check_leaf(struct check *c, unsigned int frame, u64 va, u64 pte)
{
	struct vm_area_struct *vma = find_vma(c->mm, va);

	c->v->leaves++;
	if (!vma || va < vma->vm_start ||
	    (pte & _PAGE_WRITE && !(vma->vm_flags & VM_WRITE) && !is_secret(c, frame, va)) ||
	    (pte & _PAGE_EXEC && !(vma->vm_flags & VM_EXEC)))
		found_bad(c, &c->v->bad_vma, va, pte);
}

static void check_table(struct check *c, const u64 *table, u64 va,
			unsigned int level, unsigned int parent,
			unsigned int slot)
{
	const unsigned int shift = PAGE_SHIFT + 9 * level;
	const phys_addr_t pa = __pa(table);
	unsigned int frame, i;

	c->v->tables_linux++;
	if (!nacc_in_pool(pa)) {
		found_bad(c, &c->v->outside_pool, va, pa);
		return;
	}
	frame = nacc_frame_index(pa);
	if (!frame_fits(c, &c->all[frame], level, parent, slot))
		found_bad(c, &c->v->bad_frame, va, pa);
	if (nacc_sbi_call(NACC_SBI_TABLE_CHECK, pa, 0, 0, NULL))
		found_bad(c, &c->v->bad_entry, va, pa);
	for (i = 0; i < nacc_entries(level); i++) {
		u64 pte = READ_ONCE(table[i]);
		u64 at = va + ((u64)i << shift);

		if (!nacc_pte_present(pte))
			continue;
		if (level && nacc_pte_link(pte))
			check_table(c, __va(nacc_pte_pa(pte)), at, level - 1,
				    frame, i);
		else
			check_leaf(c, frame, at, pte);
	}
	cond_resched();
}

static void count_frames(struct check *c)
{
	unsigned int i;

	for (i = 0; i < nacc_pool.nr; i++) {
		const struct nacc_sbi_frame *f = &c->all[i];

		if (f->owner != c->root || (f->type != NACC_FRAME_ROOT &&
					    f->type != NACC_FRAME_TABLE))
			continue;
		if (i == c->root || f->parent != NACC_FRAME_NONE)
			c->v->tables_firmware++;
		else
			c->v->unlinked++;
	}
}

static int verify_locked(struct nacc_verify *v, struct mm_struct *mm,
			 struct nacc_sbi_frame *all)
{
	struct check c = { .v = v, .mm = mm, .all = all };
	struct nacc_domain *domain;

	domain = nacc_domain_get_by_mm(mm);
	if (!domain)
		return -ENOENT;
	v->domain = domain->id;
	c.root = nacc_frame_index(__pa(mm->pgd));
	nacc_pool_snapshot(all);
	count_frames(&c);
	check_table(&c, (u64 *)mm->pgd, 0, nacc_top_level(), NACC_FRAME_NONE,
		    0);
	/* Not the last: the mm holds one. */
	nacc_domain_put(domain);
	return 0;
}

/* With all locks no fault, unmap, collapse or reverse mapping changes tables. */
static int verify_mm(struct nacc_verify *v, struct mm_struct *mm)
{
	struct nacc_sbi_frame *all = nacc_pool_snapshot_alloc();
	int ret = -EINTR;

	if (!all)
		return -ENOMEM;
	if (!mmap_write_lock_killable(mm)) {
		ret = nacc_lock_all(mm, false);
		if (!ret) {
			ret = verify_locked(v, mm, all);
			nacc_unlock_all(mm);
		}
		mmap_write_unlock(mm);
	}
	vfree(all);
	return ret;
}

/**
 * nacc_ioctl_verify() - NACC_IOC_VERIFY
 * @verify: the caller's structure, copied in; results are put into it
 *
 * Context: may sleep.
 */
long nacc_ioctl_verify(struct nacc_verify *verify)
{
	struct mm_struct *mm;
	int ret = nacc_pidfd_mm(verify->pidfd, &mm);

	if (ret)
		return ret;
	*verify = (struct nacc_verify){
		.size = verify->size,
		.pidfd = verify->pidfd,
	};
	ret = verify_mm(verify, mm);
	verify->first_bad_value &= nacc_physical_mask();
	mmput_async(mm);
	return ret;
}

#ifdef NACC_KUNIT
#include "verify_test.c"
#endif
