// SPDX-License-Identifier: GPL-2.0
/* Attacks on data: freed pages, a VMA's rights, the root that an mm names. */
#include <linux/cpu.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>
#include <asm/pgtable.h>
#include <asm/sbi.h>

#include "attack.h"

#define SPILL_CPUS	4
#define SPILL_HERE	512
#define SPILL_MAX	(SPILL_CPUS * SPILL_HERE)

struct task_struct *attack_task(u64 nr)
{
	struct pid *id = find_get_pid(nr);
	struct task_struct *task = get_pid_task(id, PIDTYPE_PID);

	put_pid(id);
	return task;
}

int attack_mm(u64 nr, struct mm_struct **mm)
{
	struct task_struct *task = attack_task(nr);

	if (!task)
		return -ESRCH;
	*mm = get_task_mm(task);
	put_task_struct(task);
	return *mm ? 0 : -EINVAL;
}

/** attack_peek() - PA: what memory holds */
int attack_peek(const u64 *arg, struct seq_buf *out)
{
	u64 value;
	int err = copy_from_kernel_nofault(&value, __va(arg[0]), sizeof(value));

	if (!err)
		seq_buf_printf(out, "value=%#llx\n", value);
	return err;
}

/** attack_sbi() - EID FID A0 A1 A2: any call of the SBI */
int attack_sbi(const u64 *arg, struct seq_buf *out)
{
	struct sbiret ret = sbi_ecall(arg[0], arg[1], arg[2], arg[3], arg[4], 0, 0, 0);

	seq_buf_printf(out, "error=%ld value=%#lx\n", ret.error, ret.value);
	return 0;
}

/* --- use after free ---------------------------------------------------------------- */

/* Pointers that should have been forgotten: their pages are free. */
static void *stale[SPILL_MAX];

/* The page allocator keeps what a CPU frees for that CPU: fill each one's list. */
static long spill_here(void *arg)
{
	void **own = arg;
	long i, n;

	for (n = 0; n < SPILL_HERE; n++) {
		own[n] = (void *)__get_free_page(GFP_KERNEL);
		if (!own[n])
			break;
	}
	for (i = 0; i < n; i++)
		free_page((unsigned long)own[i]);
	return n;
}

/** attack_spill() - free pages on every CPU and keep the pointers to them */
int attack_spill(const u64 *arg, struct seq_buf *out)
{
	unsigned int cpu, cpus = 0;
	long n = 0;

	memset(stale, 0, sizeof(stale));
	cpus_read_lock();
	for_each_online_cpu(cpu)
		if (cpus < SPILL_CPUS)
			n += work_on_cpu(cpu, spill_here, &stale[cpus++ * SPILL_HERE]);
	cpus_read_unlock();
	seq_buf_printf(out, "spilled=%ld\n", n);
	return 0;
}

static bool is_stale(phys_addr_t pa)
{
	unsigned int i;

	for (i = 0; i < SPILL_MAX; i++)
		if (stale[i] && stale[i] == __va(pa))
			return true;
	return false;
}

struct find {
	unsigned int tables;
	unsigned int hits;
	phys_addr_t slot;
	u64 value;
	unsigned long va;
};

/* Five levels at most: the recursion is bounded. */
static void find_stale(struct find *f, phys_addr_t table, int level, unsigned long va)
{
	unsigned int i, nr = level == attack_top_level() ? 256 : 512;
	bool hit = level != attack_top_level() && is_stale(table);

	f->tables++;
	f->hits += hit;
	for (i = 0; i < nr; i++) {
		unsigned long at = va + ((unsigned long)i << (PAGE_SHIFT + 9 * level));
		u64 entry;

		if (copy_from_kernel_nofault(&entry, (u64 *)__va(table) + i, sizeof(entry)))
			return;
		if (!(entry & _PAGE_PRESENT))
			continue;
		if (hit && !level && !f->slot) {
			f->slot = table + i * sizeof(entry);
			f->value = entry;
			f->va = at;
		}
		if (level && !(entry & _PAGE_LEAF))
			find_stale(f, (entry & _PAGE_PFN_MASK) >> _PAGE_PFN_SHIFT << PAGE_SHIFT,
				   level - 1, at);
	}
}

/** attack_stale() - PID: is one of its page tables a page that we freed? */
int attack_stale(const u64 *arg, struct seq_buf *out)
{
	struct find f = {};
	struct mm_struct *mm;
	int err = attack_mm(arg[0], &mm);

	if (err)
		return err;
	mmap_read_lock(mm);
	find_stale(&f, __pa(mm->pgd), attack_top_level(), 0);
	mmap_read_unlock(mm);
	mmput(mm);
	seq_buf_printf(out, "tables=%u hits=%u slot=%#llx value=%#llx va=%#lx\n", f.tables,
		       f.hits, (u64)f.slot, f.value, f.va);
	return 0;
}

/* --- data that the kernel makes entries from -------------------------------------------- */

#ifndef VM_SEALED
#define VM_SEALED	0
#endif

/* The VMA at an address, locked for writing until vma_put(); or an error */
static struct vm_area_struct *vma_get(const u64 *arg)
{
	struct vm_area_struct *vma;
	struct mm_struct *mm;
	int err = attack_mm(arg[0], &mm);

	if (err)
		return ERR_PTR(err);
	mmap_write_lock(mm);
	vma = vma_lookup(mm, arg[1]);
	if (vma)
		return vma;
	mmap_write_unlock(mm);
	mmput(mm);
	return ERR_PTR(-EINVAL);
}

static void vma_put(struct vm_area_struct *vma)
{
	struct mm_struct *mm = vma->vm_mm;

	mmap_write_unlock(mm);
	mmput(mm);
}

/** attack_vmabit() - PID VA BIT: flip a bit in the rights of a VMA */
int attack_vmabit(const u64 *arg, struct seq_buf *out)
{
	struct vm_area_struct *vma = vma_get(arg);

	if (IS_ERR(vma))
		return PTR_ERR(vma);
	pgprot_val(vma->vm_page_prot) ^= 1UL << (arg[2] & 63);
	seq_buf_printf(out, "prot=%#lx start=%#lx\n", pgprot_val(vma->vm_page_prot),
		       vma->vm_start);
	vma_put(vma);
	return 0;
}

/** attack_unseal() - PID VA: take VM_SEALED, whichever bit that is, from a VMA's flags */
int attack_unseal(const u64 *arg, struct seq_buf *out)
{
	struct vm_area_struct *vma = vma_get(arg);
	int err = 0;

	if (IS_ERR(vma))
		return PTR_ERR(vma);
	if (vma->vm_flags & VM_SEALED) {
		/* As a stray store does it */
		*(unsigned long *)&vma->vm_flags &= ~VM_SEALED;
		seq_buf_printf(out, "flags=%#lx start=%#lx\n", vma->vm_flags, vma->vm_start);
	} else {
		err = -EINVAL;
	}
	vma_put(vma);
	return err;
}

/** attack_root() - PID: its mm names a copy of its root, in ordinary memory */
int attack_root(const u64 *arg, struct seq_buf *out)
{
	struct mm_struct *mm;
	pgd_t *clone;
	int err = attack_mm(arg[0], &mm);

	if (err)
		return err;
	/* Freed by the kernel with the mm, as the root that it takes it for. */
	clone = (pgd_t *)__get_free_page(GFP_KERNEL);
	if (clone) {
		mmap_write_lock(mm);
		memcpy(clone, mm->pgd, PAGE_SIZE);
		seq_buf_printf(out, "old=%#llx new=%#llx\n", (u64)__pa(mm->pgd),
			       (u64)__pa(clone));
		WRITE_ONCE(mm->pgd, clone);
		mmap_write_unlock(mm);
	} else {
		err = -ENOMEM;
	}
	mmput(mm);
	return err;
}

/** attack_unroot() - PID PA: back to its own root; the copy is freed */
int attack_unroot(const u64 *arg, struct seq_buf *out)
{
	struct mm_struct *mm;
	pgd_t *clone;
	int err = attack_mm(arg[0], &mm);

	if (err)
		return err;
	mmap_write_lock(mm);
	clone = mm->pgd;
	/* Its entries may have changed meanwhile: Linux has written the copy. */
	memcpy(__va(arg[1]), clone, PAGE_SIZE / 2);
	WRITE_ONCE(mm->pgd, (pgd_t *)__va(arg[1]));
	mmap_write_unlock(mm);
	mmput(mm);
	seq_buf_printf(out, "clone=%#llx\n", (u64)__pa(clone));
	return 0; /* a hart may still be on the copy: better lost */
}
