// SPDX-License-Identifier: GPL-2.0
/* Attacks on what the kernel has saved of a thread when it left user mode. */
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <asm/ptrace.h>

#include "attack.h"

static int change(u64 nr, u64 reg, u64 value, struct seq_buf *out)
{
	struct pid *pid = find_get_pid(nr);
	struct task_struct *task = get_pid_task(pid, PIDTYPE_PID);
	unsigned long *saved;

	put_pid(pid);
	if (!task)
		return -ESRCH;
	saved = (unsigned long *)task_pt_regs(task) + reg;
	seq_buf_printf(out, "old=%#lx new=%#llx\n", *saved, value);
	WRITE_ONCE(*saved, value);
	put_task_struct(task);
	return 0;
}

/** attack_regs() - PID PC: it sleeps, and is to go on there */
int attack_regs(const u64 *arg, struct seq_buf *out)
{
	return change(arg[0], 0, arg[1], out);
}

/** attack_reg() - PID N VALUE: it sleeps, and is to find that in xN */
int attack_reg(const u64 *arg, struct seq_buf *out)
{
	return arg[1] && arg[1] < 32 ? change(arg[0], arg[1], arg[2], out) : -EINVAL;
}
