// SPDX-License-Identifier: GPL-2.0
/* Attacks on roots: what an mm names, and what satp is given. */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mmu_context.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>
#include <asm/csr.h>
#include <asm/pgtable.h>
#include <asm/sbi.h>

#include "attack.h"
#include "nacc_sbi.h"

/* A copy of a table, freed with the mm or never; the entry that leads to @va is *@at. */
static u64 *clone_table(const u64 *table, u64 va, int level, u64 **at)
{
	u64 *clone = (u64 *)__get_free_page(GFP_KERNEL | __GFP_NOFAIL);

	memcpy(clone, table, PAGE_SIZE);
	*at = clone + (va >> (PAGE_SHIFT + 9 * level) & 511);
	return clone;
}

static u64 entry_of(const void *page, u64 bits)
{
	return (u64)(__pa(page) >> PAGE_SHIFT) << _PAGE_PFN_SHIFT | bits;
}

static const u64 *table_of(u64 pte)
{
	return __va((pte & _PAGE_PFN_MASK) >> _PAGE_PFN_SHIFT << PAGE_SHIFT);
}

/**
 * attack_rootmap() - PID VA PA: its mm names tables of ours in ordinary memory, the same
 *	but for one page, which is another
 */
int attack_rootmap(const u64 *arg, struct seq_buf *out)
{
	u64 *root, *at, *clone;
	struct mm_struct *mm;
	int level = attack_top_level(), err = attack_mm(arg[0], &mm);

	if (err)
		return err;
	root = clone_table((u64 *)mm->pgd, arg[1], level, &at);
	while (level-- && *at & _PAGE_PRESENT && !(*at & _PAGE_LEAF)) {
		u64 *link = at;

		clone = clone_table(table_of(*at), arg[1], level, &at);
		*link = entry_of(clone, _PAGE_PRESENT);
	}
	if (level < 0)
		*at = (*at & ~_PAGE_PFN_MASK) | (arg[2] >> PAGE_SHIFT << _PAGE_PFN_SHIFT);
	seq_buf_printf(out, "old=%#llx new=%#llx\n", (u64)__pa(mm->pgd), (u64)__pa(root));
	WRITE_ONCE(mm->pgd, (pgd_t *)root);
	mmput(mm);
	return level < 0 ? 0 : -ENXIO;
}

/** attack_rootset() - PID PA: its mm names this page */
int attack_rootset(const u64 *arg, struct seq_buf *out)
{
	struct mm_struct *mm;
	int err = attack_mm(arg[0], &mm);

	if (err)
		return err;
	seq_buf_printf(out, "old=%#llx\n", (u64)__pa(mm->pgd));
	WRITE_ONCE(mm->pgd, (pgd_t *)__va(arg[1]));
	mmput(mm);
	return 0;
}

/* The kernel's own root; 0: not known */
static u64 kernel_root(void)
{
	unsigned long (*lookup)(const char *name) = attack_symbol("kallsyms_lookup_name");
	struct mm_struct *mm = lookup ? (struct mm_struct *)lookup("init_mm") : NULL;

	return mm ? (u64)__pa_symbol(mm->pgd) : 0;
}

/** attack_rootof() - PID: what its mm names, and what the kernel's root is */
int attack_rootof(const u64 *arg, struct seq_buf *out)
{
	struct mm_struct *mm;
	int err = attack_mm(arg[0], &mm);

	if (err)
		return err;
	/* That of a kernel thread which is not lazy is the one that idle CPUs go down on. */
	seq_buf_printf(out, "root=%#llx mm=%#llx kernel=%#llx\n", (u64)__pa(mm->pgd), (u64)mm,
		       kernel_root());
	mmput(mm);
	return 0;
}

/* Guarded, the kernel's root is a way out but not back, but for what SWITCH does. */
static void go_back(unsigned long got, unsigned long old)
{
	struct sbiret ret = { .error = -1 };

	if (got == old)
		return;
	ret = sbi_ecall(NACC_SBI_EID, NACC_SBI_SWITCH, (unsigned long)current->mm,
			(got & SATP_PPN) << PAGE_SHIFT, (old & SATP_PPN) << PAGE_SHIFT, 0, 0, 0);
	if (ret.error)
		csr_write(CSR_SATP, old);
	local_flush_tlb_all();
}

/**
 * attack_satp() - PA: csrw satp by code that is no site: what satp holds then
 *
 * With the kernel's half in it, or this is the end.
 */
int attack_satp(const u64 *arg, struct seq_buf *out)
{
	unsigned long flags, old, got;

	local_irq_save(flags);
	old = csr_read(CSR_SATP);
	csr_write(CSR_SATP, (old & ~SATP_PPN) | arg[0] >> PAGE_SHIFT);
	local_flush_tlb_all();
	got = csr_read(CSR_SATP);
	go_back(got, old);
	seq_buf_printf(out, "asked=%#llx got=%#llx old=%#llx back=%d\n", arg[0],
		       (u64)(got & SATP_PPN) << PAGE_SHIFT, (u64)(old & SATP_PPN) << PAGE_SHIFT,
		       csr_read(CSR_SATP) == old);
	local_irq_restore(flags);
	return 0;
}

static long satp_here(void *arg)
{
	unsigned long *satp = arg;

	satp[1] = csr_read(CSR_SATP);
	csr_write(CSR_SATP, (satp[1] & ~SATP_PPN) | satp[0] >> PAGE_SHIFT);
	satp[2] = csr_read(CSR_SATP);
	csr_write(CSR_SATP, satp[1]);
	local_flush_tlb_all();
	return 0;
}

/** attack_satpon() - CPU PA: the same on another CPU, by a kernel thread */
int attack_satpon(const u64 *arg, struct seq_buf *out)
{
	unsigned long satp[3] = { arg[1] };
	long err = work_on_cpu(arg[0], satp_here, satp);

	seq_buf_printf(out, "asked=%#llx got=%#llx old=%#llx\n", arg[1],
		       (u64)(satp[2] & SATP_PPN) << PAGE_SHIFT,
		       (u64)(satp[1] & SATP_PPN) << PAGE_SHIFT);
	return err;
}

/* A kernel thread that borrows an mm. */
struct borrower {
	struct mm_struct *mm;
	u64 va;
	char seen[32];
	long err;
	unsigned long satp;
	struct completion done;
};

static int borrow(void *arg)
{
	struct borrower *b = arg;

	kthread_use_mm(b->mm);
	b->satp = csr_read(CSR_SATP);
	b->err = strncpy_from_user(b->seen, (const char __user *)b->va, sizeof(b->seen) - 1);
	kthread_unuse_mm(b->mm);
	complete(&b->done);
	return 0;
}

static int read_by_thread(struct mm_struct *mm, u64 va, struct seq_buf *out)
{
	struct borrower b = { .mm = mm, .va = va };
	struct task_struct *task;

	init_completion(&b.done);
	task = kthread_run(borrow, &b, "nacc_borrow");
	if (IS_ERR(task))
		return PTR_ERR(task);
	wait_for_completion(&b.done);
	seq_buf_printf(out, "err=%ld root=%#llx seen=%s\n", b.err < 0 ? b.err : 0,
		       (u64)(b.satp & SATP_PPN) << PAGE_SHIFT, b.err < 0 ? "" : b.seen);
	return 0;
}

/** attack_borrow() - PID VA: what a kernel thread reads there by kthread_use_mm() */
int attack_borrow(const u64 *arg, struct seq_buf *out)
{
	struct mm_struct *mm;
	int err = attack_mm(arg[0], &mm);

	if (err)
		return err;
	err = read_by_thread(mm, arg[1], out);
	mmput(mm);
	return err;
}

/* A copy of an mm that nobody knows, with a copy of its root; never freed. */
static struct mm_struct *copy_mm(const struct mm_struct *mm)
{
	struct mm_struct *copy = kmemdup(mm, ksize(mm), GFP_KERNEL);
	u64 *root = (u64 *)__get_free_page(GFP_KERNEL);

	if (!copy || !root)
		return NULL;
	memcpy(root, mm->pgd, PAGE_SIZE);
	copy->pgd = (pgd_t *)root;
	/* Its address space ID is its own. */
	atomic_long_set(&copy->context.id, 0);
	atomic_set(&copy->mm_count, 1);
	return copy;
}

/** attack_unbound() - PID VA: the same with an mm of our making, bound to no root */
int attack_unbound(const u64 *arg, struct seq_buf *out)
{
	struct mm_struct *mm, *copy;
	int err = attack_mm(arg[0], &mm);

	if (err)
		return err;
	copy = copy_mm(mm);
	if (copy)
		seq_buf_printf(out, "asked=%#llx ", (u64)__pa(copy->pgd));
	err = copy ? read_by_thread(copy, arg[1], out) : -ENOMEM;
	mmput(mm);
	return err;
}
