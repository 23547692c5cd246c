// SPDX-License-Identifier: GPL-2.0
/*
 * Attacks on what is saved of a thread at one moment of its way through the kernel: a probe at
 * that place finds it there, once.
 */
#include <linux/kprobes.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <asm/irq_regs.h>
#include <asm/mmu.h>
#include <asm/ptrace.h>
#include <asm/unistd.h>
#include <asm/vdso.h>

#include "attack.h"

/* The thread that is meant here, or NULL: not now */
static struct task_struct *itself(struct pt_regs *regs)
{
	return current;
}

/* What it was interrupted with, if that was in user mode */
static struct pt_regs *interrupted(void)
{
	struct pt_regs *user = get_irq_regs();

	return user && user_mode(user) ? user : NULL;
}

static struct task_struct *in_user(struct pt_regs *regs)
{
	return interrupted() ? current : NULL;
}

/* Its vDSO's code is two pages at most. */
static struct task_struct *in_vdso(struct pt_regs *regs)
{
	struct pt_regs *user = interrupted();
	unsigned long vdso = user ? (unsigned long)current->mm->context.vdso : 0;

	return vdso && user->epc - vdso < 2 * PAGE_SIZE ? current : NULL;
}

/* It is another program, and the result of the call is there: behind that comes its return. */
static struct task_struct *in_exec(struct pt_regs *regs)
{
	struct pt_regs *user = task_pt_regs(current);

	return user_mode(user) && user->a7 == __NR_execve && !user->a0 ? current : NULL;
}

/*
 * It came by an interrupt and does not go back at once, since somebody else shall have the
 * processor: a sequence that it was in is aborted.
 */
static struct task_struct *preempted(struct pt_regs *regs)
{
	struct pt_regs *user = task_pt_regs(current);

	return user_mode(user) && (long)user->cause < 0 ? current : NULL;
}

static struct task_struct *made(struct pt_regs *regs)
{
	return (struct task_struct *)regs->a0;
}

/*
 * What is called behind the last of its registers being set, where the event sets some. Of
 * two for one event the first is meant that this kernel has.
 */
static const struct event {
	const char *name;
	const char *symbol;
	struct task_struct *(*find)(struct pt_regs *regs);
} events[] = {
	{ "interrupt", "update_process_times", in_user },
	{ "vdso", "update_process_times", in_vdso },
	{ "signal", "signal_setup_done", itself },
	{ "sigreturn", "restore_altstack", itself },
	{ "exec", "task_work_run", in_exec },
	{ "child", "wake_up_new_task", made },
	{ "rseq", "__rseq_handle_notify_resume", itself },
	{ "rseq", "psi_task_switch", preempted },
	{ "dump", "do_coredump", itself },
	{ "dump", "vfs_coredump", itself },
};

/* What ftrace has for itself at the beginning of a function */
#define ENTRY_SIZE	8

/**
 * struct plan - what is to happen, once
 * @event: when; NULL: nothing is planned
 * @pid: to whom: a thread, those of a process, or its children
 * @reg: which register, 0: the pc; 32: none is changed
 * @value: what it is to be
 * @old: what it was
 * @tid: who it happened to
 * @left: how often it is to happen still
 */
static struct plan {
	const struct event *event;
	pid_t pid;
	u32 reg;
	unsigned long value;
	unsigned long old;
	pid_t tid;
	atomic_t left;
} plan;

static struct kprobe probe;

/* Under RCU, as all probes are. */
static bool is_meant(const struct task_struct *task)
{
	return task->pid == plan.pid || task->tgid == plan.pid ||
	       rcu_dereference_sched(task->real_parent)->tgid == plan.pid;
}

static void meddle(struct pt_regs *regs)
{
	struct task_struct *task = plan.event->find(regs);
	unsigned long *word;

	if (!task || !is_meant(task) || atomic_cmpxchg(&plan.left, 1, 0) != 1)
		return;
	word = (unsigned long *)task_pt_regs(task) + plan.reg % 32;
	plan.old = *word;
	if (plan.reg < 32)
		WRITE_ONCE(*word, plan.value);
	/* Pairs with attack_met(). */
	smp_store_release(&plan.tid, task->pid);
}

static int comes(struct kprobe *at, struct pt_regs *regs)
{
	meddle(regs);
	return 0;
}

/** attack_meddle_off() - nothing is planned any more */
void attack_meddle_off(void)
{
	if (plan.event)
		unregister_kprobe(&probe);
	plan.event = NULL;
}

static int wait_at(const char *symbol, unsigned int offset)
{
	probe = (struct kprobe){ .symbol_name = symbol, .offset = offset, .pre_handler = comes };
	return register_kprobe(&probe);
}

/* Return: -ENOENT: this kernel has no such function. */
static int wait_for(const struct event *event)
{
	int err;

	plan.event = event;
	err = wait_at(event->symbol, 0);
	if (err == -EINVAL)
		err = wait_at(event->symbol, ENTRY_SIZE);
	if (err)
		plan.event = NULL;
	return err;
}

/**
 * attack_meddle() - EVENT PID N VALUE: when that comes, xN (0: the pc) of it or of its child is
 *	another; 32: nothing is
 */
int attack_meddle(const char *name, const u64 *arg, struct seq_buf *out)
{
	unsigned int i;
	int err = -EINVAL;

	if (arg[1] > 32)
		return -EINVAL;
	attack_meddle_off();
	plan = (struct plan){ .pid = arg[0], .reg = arg[1], .value = arg[2],
			      .left = ATOMIC_INIT(1) };
	for (i = 0; i < ARRAY_SIZE(events) && !plan.event; i++)
		if (!strcmp(name, events[i].name))
			err = wait_for(&events[i]);
	return err;
}

/** attack_met() - has it happened, and to whom? Then nothing is planned any more. */
int attack_met(const u64 *arg, struct seq_buf *out)
{
	/* Pairs with meddle(). */
	if (!smp_load_acquire(&plan.tid))
		return -EAGAIN;
	seq_buf_printf(out, "tid=%d old=%#lx new=%#lx\n", plan.tid, plan.old,
		       plan.reg < 32 ? plan.value : plan.old);
	attack_meddle_off();
	return 0;
}
