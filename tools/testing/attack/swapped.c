// SPDX-License-Identifier: GPL-2.0
/* An attack on whose address space a task runs in: what its task_struct says. */
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>

#include "attack.h"

/* What it had: nobody lets go of that when it ends. */
static struct mm_struct *had;

/** attack_mmset() - PID OTHER: it sleeps, and is to go on in the address space of OTHER */
int attack_mmset(const u64 *arg, struct seq_buf *out)
{
	struct task_struct *task = attack_task(arg[0]);
	struct mm_struct *mm;
	int err;

	if (!task)
		return -ESRCH;
	err = had ? -EBUSY : attack_mm(arg[1], &mm);
	if (!err) {
		/* By the reference that it lets go of when it ends. */
		had = task->mm;
		seq_buf_printf(out, "old=%#lx new=%#lx\n", (long)had, (long)mm);
		WRITE_ONCE(task->mm, mm);
		WRITE_ONCE(task->active_mm, mm);
	}
	put_task_struct(task);
	return err;
}

/** attack_mmback() - it has ended: what it had is nobody's any more */
int attack_mmback(const u64 *arg, struct seq_buf *out)
{
	if (had)
		mmput(had);
	had = NULL;
	return 0;
}

/**
 * struct skipped - whom a switch is skipped from
 * @task: a reference; NULL: nobody
 * @mm: its own
 */
static struct skipped {
	struct task_struct *task;
	struct mm_struct *mm;
} skipped;

/**
 * attack_skip() - PID OTHER: it runs, and on a switch from it to OTHER the kernel believes that
 *	OTHER's address space is there already
 */
int attack_skip(const u64 *arg, struct seq_buf *out)
{
	struct task_struct *task = attack_task(arg[0]);
	struct mm_struct *mm;
	int err;

	if (!task)
		return -ESRCH;
	err = skipped.task ? -EBUSY : attack_mm(arg[1], &mm);
	if (err) {
		put_task_struct(task);
		return err;
	}
	skipped = (struct skipped){ .task = task, .mm = task->active_mm };
	seq_buf_printf(out, "old=%#lx new=%#lx\n", (long)task->active_mm, (long)mm);
	WRITE_ONCE(task->active_mm, mm);
	/* It stays as long as it is compared with. */
	mmgrab(mm);
	mmput(mm);
	return 0;
}

/** attack_skipback() - it can end: its active_mm is its own again */
int attack_skipback(const u64 *arg, struct seq_buf *out)
{
	struct mm_struct *mm;

	if (!skipped.task)
		return 0;
	mm = skipped.task->active_mm;
	WRITE_ONCE(skipped.task->active_mm, skipped.mm);
	if (mm != skipped.mm)
		mmdrop(mm);
	put_task_struct(skipped.task);
	skipped.task = NULL;
	return 0;
}
