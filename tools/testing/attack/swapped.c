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
	struct pid *pid = find_get_pid(arg[0]);
	struct task_struct *task = get_pid_task(pid, PIDTYPE_PID);
	struct mm_struct *mm;
	int err;

	put_pid(pid);
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
