// SPDX-License-Identifier: GPL-2.0
/*
 * Exhaustion: a pool that is too small is -ENOMEM to the process, not an oops.
 *
 * A page-table store that finds no armed frame can only be refused, in a context
 * that does not expect it. So whoever is about to link a table has a frame promised
 * (tables/room.c) until it is linked, or is turned away. A fork that moves the child's
 * tables is turned away as a whole if the parent's would not fit a second time.
 *
 * The functions are replaced (hook.c) only for marked processes. Protection does
 * not depend on this. What links tables beside these: docs/hooks.md.
 */
#include <linux/kprobes.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <asm/csr.h>
#include <asm/ptrace.h>

#include "routes/internal.h"

typedef pid_t (*clone_fn)(struct kernel_clone_args *args);

/**
 * nacc_no_room() - a table of an mm cannot be had
 * @mm: the mm
 *
 * A system call gets the error, and so does a kernel thread. A fault from user mode
 * would be tried again for ever: the process is killed, as it would be by the
 * kernel's own out-of-memory killer.
 *
 * Context: any of the current task.
 */
void nacc_no_room(const struct mm_struct *mm)
{
	nacc_count(NACC_COUNT_ENOMEM, 1);
	if (mm != current->mm || current->flags & (PF_KTHREAD | PF_USER_WORKER) ||
	    task_pt_regs(current)->cause == EXC_SYSCALL)
		return;
	pr_warn_ratelimited("%s[%d] needs a page table and the pool has none: %s\n",
			    current->comm, task_pid_nr(current),
			    is_global_init(current) ? "init, and not ended" : "killed");
	send_sig(SIGKILL, current, 1);
}

/* Stand in for kernel_clone(). */
static noinline pid_t stub_clone_enomem(void)
{
	nacc_hook_enter(&nacc_hook_clone);
	nacc_count(NACC_COUNT_ENOMEM, 1);
	nacc_hook_leave();
	return -ENOMEM;
}

static noinline pid_t stub_clone_eagain(void)
{
	nacc_hook_enter(&nacc_hook_clone);
	nacc_hook_leave();
	return -EAGAIN;
}

static noinline pid_t stub_clone_wait(struct kernel_clone_args *args)
{
	unsigned int need = nacc_promote_room(current->mm);
	pid_t ret = -ENOMEM;

	nacc_hook_enter(&nacc_hook_clone);
	if (nacc_route_ops.fits(current->mm, need, NACC_ROOM_WAIT))
		ret = nacc_hook_original(&nacc_hook_clone, clone_fn)(args);
	else
		nacc_count(NACC_COUNT_ENOMEM, 1);
	nacc_hook_leave();
	return ret;
}

/* What the child takes it takes when it joins; that there is too little shows now. */
static unsigned long notrace pick_late(const struct kernel_clone_args *clone,
				       const struct mm_struct *mm)
{
	if (!nacc_route_ops.may_fork())
		return (unsigned long)stub_clone_eagain;
	if (nacc_route_ops.fits(mm, nacc_promote_room(mm), NACC_ROOM_NOW))
		return 0;
	/* That would wait for the child in here, for as long as the child likes. */
	if (clone->flags & CLONE_VFORK)
		return (unsigned long)stub_clone_enomem;
	return (unsigned long)stub_clone_wait;
}

NOKPROBE_SYMBOL(pick_late);

static unsigned long notrace pick_clone(const unsigned long *args)
{
	const struct kernel_clone_args *clone = (void *)args[0];

	/* A child that begins in the pool takes its tables one by one. */
	if (!nacc_mm_marked(current->mm) || clone->flags & CLONE_VM ||
	    READ_ONCE(nacc_hook_init_mm.life) > NACC_LIFE_DEAD ||
	    READ_ONCE(nacc_hook_dup.life) > NACC_LIFE_DEAD)
		return 0;
	return pick_late(clone, current->mm);
}

NOKPROBE_SYMBOL(pick_clone);

struct nacc_hook nacc_hook_clone = {
	.name = "exhaust",
	.purpose = "a fork that does not fit fails",
	.symbols = { "kernel_clone" },
	.pick = pick_clone,
	.lost = "a fork that does not fit kills the child",
};

#ifdef NACC_KUNIT
#include "exhaust_test.c"
#endif
