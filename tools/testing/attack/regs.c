// SPDX-License-Identifier: GPL-2.0
/* Attacks on what the kernel has saved of a thread when it left user mode. */
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <asm/csr.h>
#include <asm/ptrace.h>

#include "attack.h"

static void change_word(unsigned long *saved, u64 value, struct seq_buf *out)
{
	seq_buf_printf(out, "old=%#lx new=%#llx\n", *saved, value);
	WRITE_ONCE(*saved, value);
}

static int change(u64 nr, u64 reg, u64 value, struct seq_buf *out)
{
	struct task_struct *task = attack_task(nr);

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

/** attack_reg() - PID N VALUE: it sleeps, and is to find that in xN, 0: in the pc */
int attack_reg(const u64 *arg, struct seq_buf *out)
{
	return arg[1] < 32 ? change(arg[0], arg[1], arg[2], out) : -EINVAL;
}

/** attack_freg() - PID N VALUE: it sleeps, and is to find that in fN; 32: in fcsr */
int attack_freg(const u64 *arg, struct seq_buf *out)
{
	struct task_struct *task = arg[1] <= 32 ? attack_task(arg[0]) : NULL;
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

static unsigned long *vector_word(struct __riscv_v_ext_state *saved, u64 n)
{
	switch (n) {
	case 32:
		return &saved->vcsr;
	case 33:
		return &saved->vl;
	case 34:
		return &saved->vtype;
	case 35:
		return &saved->vstart;
	}
	return n < 32 ? saved->datap + n * saved->vlenb : NULL;
}

/**
 * attack_vreg() - PID N VALUE: it sleeps, and is to find that at the beginning of vN; 32 to 35:
 * in vcsr, vl, vtype, vstart
 */
int attack_vreg(const u64 *arg, struct seq_buf *out)
{
	struct task_struct *task = attack_task(arg[0]);
	struct __riscv_v_ext_state *saved;
	unsigned long *word;

	if (!task)
		return -ESRCH;
	saved = &task->thread.vstate;
	word = saved->datap ? vector_word(saved, arg[1]) : NULL;
	if (word)
		change_word(word, arg[2], out);
	put_task_struct(task);
	return word ? 0 : -ENXIO;
}

/* It sleeps; a field of its sstatus is @value. */
static int change_status(struct task_struct *task, unsigned long field, u64 value,
			 struct seq_buf *out)
{
	struct pt_regs *regs = task_pt_regs(task);

	change_word(&regs->status, (regs->status & ~field) | (value << __ffs(field) & field), out);
	put_task_struct(task);
	return 0;
}

/** attack_vs() - PID VALUE: it sleeps; so VS is, and if that is zero it never had any registers */
int attack_vs(const u64 *arg, struct seq_buf *out)
{
	struct task_struct *task = attack_task(arg[0]);

	if (!task)
		return -ESRCH;
	/* What it had is lost, and not freed. */
	if (!arg[1])
		task->thread.vstate.datap = NULL;
	return change_status(task, SR_VS, arg[1], out);
}

/** attack_fs() - PID VALUE: it sleeps; so FS is */
int attack_fs(const u64 *arg, struct seq_buf *out)
{
	struct task_struct *task = attack_task(arg[0]);

	return task ? change_status(task, SR_FS, arg[1], out) : -ESRCH;
}
