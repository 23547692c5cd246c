// SPDX-License-Identifier: GPL-2.0
/*
 * Threads of gated address spaces: the firmware is told when one comes and goes.
 *
 * copy_thread() is the first that knows what a child begins with, and may fail: what the
 * firmware has no context for is not made. A thread ends, or leaves its address space for
 * that of a new program, in mm_release(); a child that is not made after all has its
 * namespaces taken away while it still has an mm, which no other has.
 *
 * Without these a thread would not get to user mode, or be one that is long gone: so where
 * one of them cannot be hooked no gate is switched on (domain/gate.c).
 */
#include <linux/kprobes.h>
#include <linux/sched.h>
#include <linux/sched/task.h>

#include "routes/internal.h"

typedef int (*begin_fn)(struct task_struct *p, const struct kernel_clone_args *args);
typedef void (*undo_fn)(struct task_struct *p);
typedef void (*end_fn)(struct task_struct *task, struct mm_struct *mm);

static noinline int route_begin(struct task_struct *p, const struct kernel_clone_args *args)
{
	int ret;

	nacc_hook_enter(&nacc_hook_thread);
	ret = nacc_hook_original(&nacc_hook_thread, begin_fn)(p, args);
	if (!ret)
		ret = nacc_route_ops.thread_begins(p);
	nacc_hook_leave();
	return ret;
}

static unsigned long notrace pick_begin(const unsigned long *args)
{
	/* Nobody else has seen it, so its mm stays. */
	const struct task_struct *p = (void *)args[0];
	const struct kernel_clone_args *clone = (void *)args[1];

	/* What the kernel makes for itself is never in user mode. */
	return !clone->fn && nacc_route_ops.gated(p->mm) ? (unsigned long)route_begin : 0;
}

NOKPROBE_SYMBOL(pick_begin);

struct nacc_hook nacc_hook_thread = {
	.name = "gate",
	.purpose = "a new thread has a context from its beginning",
	.symbols = { "copy_thread" },
	.demand = NACC_DEMAND_GATE,
	.pick = pick_begin,
	.lost = "no gate can be switched on",
};

static noinline void route_undo(struct task_struct *p)
{
	nacc_hook_enter(&nacc_hook_unmade);
	nacc_route_ops.thread_ends(p, p->mm);
	nacc_hook_original(&nacc_hook_unmade, undo_fn)(p);
	nacc_hook_leave();
}

/* Who exits has no mm any more by then: only a child that is not made has one. */
static unsigned long notrace pick_undo(const unsigned long *args)
{
	const struct task_struct *p = (void *)args[0];

	return nacc_route_ops.gated(p->mm) ? (unsigned long)route_undo : 0;
}

NOKPROBE_SYMBOL(pick_undo);

struct nacc_hook nacc_hook_unmade = {
	.name = "gate",
	.purpose = "a child that is not made after all has no context",
	.symbols = { "exit_task_namespaces", "exit_nsproxy_namespaces" },
	.demand = NACC_DEMAND_GATE,
	.pick = pick_undo,
	.lost = "no gate can be switched on",
};

static noinline void route_exit(struct task_struct *task, struct mm_struct *mm)
{
	nacc_hook_enter(&nacc_hook_exit_mm);
	nacc_route_ops.thread_ends(task, mm);
	nacc_hook_original(&nacc_hook_exit_mm, end_fn)(task, mm);
	nacc_hook_leave();
}

static unsigned long notrace pick_exit(const unsigned long *args)
{
	/* The task's own, or NULL. */
	return nacc_route_ops.gated((void *)args[1]) ? (unsigned long)route_exit : 0;
}

NOKPROBE_SYMBOL(pick_exit);

struct nacc_hook nacc_hook_exit_mm = {
	.name = "gate",
	.purpose = "a thread that exits has no context any more",
	.symbols = { "exit_mm_release" },
	.demand = NACC_DEMAND_GATE,
	.pick = pick_exit,
	.lost = "no gate can be switched on",
};

static noinline void route_leave(struct task_struct *task, struct mm_struct *mm)
{
	nacc_hook_enter(&nacc_hook_exec_mm);
	nacc_route_ops.thread_ends(task, mm);
	nacc_hook_original(&nacc_hook_exec_mm, end_fn)(task, mm);
	nacc_hook_leave();
}

static unsigned long notrace pick_leave(const unsigned long *args)
{
	return nacc_route_ops.gated((void *)args[1]) ? (unsigned long)route_leave : 0;
}

NOKPROBE_SYMBOL(pick_leave);

struct nacc_hook nacc_hook_exec_mm = {
	.name = "gate",
	.purpose = "a thread that begins another program has no context in the old one",
	.symbols = { "exec_mm_release" },
	.demand = NACC_DEMAND_GATE,
	.pick = pick_leave,
	.lost = "no gate can be switched on",
};

/**
 * nacc_threads_unhooked() - which function that a gate needs is not replaced
 * @armed: those of NACC_DEMAND_GATE are armed; else: would not be, on this kernel
 *
 * Context: may sleep.
 * Return: its name, or NULL: all are.
 */
const char *nacc_threads_unhooked(bool armed)
{
	static const struct nacc_hook *const hooks[] = {
		&nacc_hook_thread, &nacc_hook_unmade, &nacc_hook_exit_mm, &nacc_hook_exec_mm,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		if (armed ? !nacc_hook_acts(hooks[i]) : !hooks[i]->addr)
			return hooks[i]->symbols[0];
	return NULL;
}
