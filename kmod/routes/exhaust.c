// SPDX-License-Identifier: GPL-2.0
/*
 * Exhaustion: a pool that is too small is -ENOMEM to the process, not an oops.
 *
 * A page-table store that finds no armed frame can only be refused, in a context
 * that does not expect it. So whoever is about to link a table has a frame promised
 * (room.c) from before the kernel allocates it until it is linked, or is turned
 * away. A fork is turned away as a whole if the parent's tables would not fit a
 * second time.
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

typedef int (*alloc_fn)(struct mm_struct *mm, void *entry, unsigned long addr);
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
	pr_warn_ratelimited("%s[%d] needs a page table and the pool has none: killed\n",
			    current->comm, task_pid_nr(current));
	send_sig(SIGKILL, current, 1);
}

/* Where an entry above the PMD is empty after success, the next step is an oops. */
static int alloc_with_room(const struct nacc_hook *hook, struct mm_struct *mm,
			   void *entry, unsigned long addr)
{
	int ret;

	if (!nacc_route_ops.room(mm, 1)) {
		nacc_no_room(mm);
		return -ENOMEM;
	}
	ret = nacc_hook_original(hook, alloc_fn)(mm, entry, addr);
	nacc_room_give(1);
	if (!ret && hook != &nacc_hook_pte_alloc && !READ_ONCE(*(u64 *)entry))
		ret = -ENOMEM;
	return ret;
}

static unsigned long notrace pick_alloc(const unsigned long *args,
					unsigned long target)
{
	return nacc_mm_marked((void *)args[0]) ? target : 0;
}

NOKPROBE_SYMBOL(pick_alloc);

/* Stands in for __pte_alloc() (without @addr), __pmd_alloc() and so on. */
#define ALLOC_HOOK(level) \
static noinline int route_##level##_alloc(struct mm_struct *mm, void *entry, \
					  unsigned long addr) \
{ \
	int ret; \
\
	nacc_hook_enter(&nacc_hook_##level##_alloc); \
	ret = alloc_with_room(&nacc_hook_##level##_alloc, mm, entry, addr); \
	nacc_hook_leave(); \
	return ret; \
} \
\
static unsigned long notrace pick_##level##_alloc(const unsigned long *args) \
{ \
	return pick_alloc(args, (unsigned long)route_##level##_alloc); \
} \
\
NOKPROBE_SYMBOL(pick_##level##_alloc); \
\
struct nacc_hook nacc_hook_##level##_alloc = { \
	.name = "exhaust", \
	.purpose = "out of memory instead of a refused store", \
	.symbols = { "__" #level "_alloc" }, \
	.pick = pick_##level##_alloc, \
	.lost = "an exhausted pool is an oops of the process", \
}

ALLOC_HOOK(pte);
ALLOC_HOOK(pmd);
ALLOC_HOOK(pud);
ALLOC_HOOK(p4d);

/**
 * nacc_pmd_alloc() - __pmd_alloc() for a replacement
 * @mm: the mm
 * @pud: where it goes
 * @addr: the address
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int nacc_pmd_alloc(struct mm_struct *mm, pud_t *pud, unsigned long addr)
{
	if (!nacc_mm_marked(mm))
		return nacc_ksym.pmd_alloc(mm, pud, addr);
	return alloc_with_room(&nacc_hook_pmd_alloc, mm, pud, addr);
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
	if (nacc_route_ops.room(current->mm, need)) {
		nacc_room_give(need);
		ret = nacc_hook_original(&nacc_hook_clone, clone_fn)(args);
	} else {
		nacc_count(NACC_COUNT_ENOMEM, 1);
	}
	nacc_hook_leave();
	return ret;
}

/* What the child takes it takes when it joins; that there is too little shows now. */
static unsigned long notrace pick_clone(const unsigned long *args)
{
	const struct kernel_clone_args *clone = (void *)args[0];
	struct mm_struct *mm = current->mm;
	unsigned int need;

	if (!nacc_mm_marked(mm) || clone->flags & CLONE_VM)
		return 0;
	if (!nacc_route_ops.may_fork())
		return (unsigned long)stub_clone_eagain;
	need = nacc_promote_room(mm);
	if (nacc_room_take(need, nacc_route_ops.kept(mm))) {
		nacc_room_give(need);
		return 0;
	}
	/* That would wait for the child in here, for as long as the child likes. */
	if (clone->flags & CLONE_VFORK)
		return (unsigned long)stub_clone_enomem;
	return (unsigned long)stub_clone_wait;
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
