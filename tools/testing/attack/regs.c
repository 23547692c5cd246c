// SPDX-License-Identifier: GPL-2.0
/* Attacks on what the kernel has saved of a thread when it left user mode. */
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <asm/ptrace.h>

#include "attack.h"

static struct task_struct *task_of(u64 nr)
{
	struct pid *pid = find_get_pid(nr);
	struct task_struct *task = get_pid_task(pid, PIDTYPE_PID);

	put_pid(pid);
	return task;
}

static void change_word(unsigned long *saved, u64 value, struct seq_buf *out)
{
	seq_buf_printf(out, "old=%#lx new=%#llx\n", *saved, value);
	WRITE_ONCE(*saved, value);
}

static int change(u64 nr, u64 reg, u64 value, struct seq_buf *out)
{
	struct task_struct *task = task_of(nr);

	if (!task)
		return -ESRCH;
	change_word((unsigned long *)task_pt_regs(task) + reg, value, out);
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

/** attack_freg() - PID N VALUE: it sleeps, and is to find that in fN; 32: in fcsr */
int attack_freg(const u64 *arg, struct seq_buf *out)
{
	struct task_struct *task = arg[1] <= 32 ? task_of(arg[0]) : NULL;
	struct __riscv_d_ext_state *saved;

	if (!task)
		return -ESRCH;
	saved = &task->thread.fstate;
	if (arg[1] < 32) {
		change_word((unsigned long *)&saved->f[arg[1]], arg[2], out);
	} else {
		seq_buf_printf(out, "old=%#x new=%#llx\n", saved->fcsr, arg[2]);
		WRITE_ONCE(saved->fcsr, arg[2]);
	}
	put_task_struct(task);
	return 0;
}

/** attack_vreg() - PID N VALUE: it sleeps, and is to find that at the beginning of vN */
int attack_vreg(const u64 *arg, struct seq_buf *out)
{
	struct task_struct *task = arg[1] < 32 ? task_of(arg[0]) : NULL;
	struct __riscv_v_ext_state *saved;
	int err = -ENXIO;

	if (!task)
		return -ESRCH;
	saved = &task->thread.vstate;
	if (saved->datap) {
		change_word(saved->datap + arg[1] * saved->vlenb, arg[2], out);
		err = 0;
	}
	put_task_struct(task);
	return err;
}
