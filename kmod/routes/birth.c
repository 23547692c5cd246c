// SPDX-License-Identifier: GPL-2.0
/*
 * Birth: where the kernel makes an address space for a child or a new program.
 *
 * mm_init() is called by both before anyone else knows the mm, and may fail: what
 * cannot be born in the pool is not born. It is a static function, and where the compiler
 * has made something else of it, it is caught where exec has it from, and where fork
 * tells uprobes of it: nobody has seen it there either, and it has no table.
 *
 * Where these cannot be hooked the maker moves the tables before the child is woken or
 * the new program takes over: built in ordinary memory, but not used there. And where
 * that cannot be hooked either a task work does it on the way to user mode
 * (domain/inherit.c). Each looks whether an earlier one has done it.
 */
#include <linux/binfmts.h>
#include <linux/kprobes.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>

#include "routes/internal.h"

typedef struct mm_struct *(*init_fn)(struct mm_struct *mm, struct task_struct *p,
				     struct user_namespace *ns);
typedef struct mm_struct *(*alloc_fn)(void);
typedef void (*dup_fn)(struct mm_struct *old, struct mm_struct *mm);
typedef void (*wake_fn)(struct task_struct *p);
typedef int (*exec_fn)(struct linux_binprm *bprm);

static bool notrace is_late(const struct mm_struct *mm)
{
	return mm && mm != current->mm && !nacc_mm_marked(mm) &&
	       nacc_route_ops.heir(NULL);
}

NOKPROBE_SYMBOL(is_late);

/* Or of who is not marked, in a cgroup: a vfork child. The program is not known yet. */
static bool notrace execs_heir(void)
{
	return nacc_route_ops.heir(NULL) || nacc_route_ops.held(current);
}

NOKPROBE_SYMBOL(execs_heir);

static noinline struct mm_struct *route_init(struct mm_struct *mm,
					     struct task_struct *p,
					     struct user_namespace *ns)
{
	nacc_hook_enter(&nacc_hook_init_mm);
	mm = nacc_hook_original(&nacc_hook_init_mm, init_fn)(mm, p, ns);
	/* exec makes the mm for the task itself. */
	if (mm && nacc_route_ops.bear(mm, p == current ?
				     NACC_BIRTH_EXEC : NACC_BIRTH_FORK)) {
		mmdrop(mm);
		mm = NULL;
	}
	nacc_hook_leave();
	return mm;
}

static unsigned long notrace pick_init(const unsigned long *args)
{
	const bool heir = (void *)args[1] == current ? execs_heir() :
						       nacc_route_ops.heir(NULL);

	return heir ? (unsigned long)route_init : 0;
}

NOKPROBE_SYMBOL(pick_init);

struct nacc_hook nacc_hook_init_mm = {
	.name = "birth",
	.purpose = "children and new programs begin in the pool",
	.symbols = { "mm_init" },
	.pick = pick_init,
	.instead = { &nacc_hook_mm_alloc, &nacc_hook_dup },
	.lost = "their tables are built in ordinary memory and moved before they run",
};

static noinline struct mm_struct *route_mm_alloc(void)
{
	struct mm_struct *mm;

	nacc_hook_enter(&nacc_hook_mm_alloc);
	mm = nacc_hook_original(&nacc_hook_mm_alloc, alloc_fn)();
	if (mm && !nacc_mm_marked(mm) &&
	    nacc_route_ops.bear(mm, NACC_BIRTH_EXEC)) {
		mmdrop(mm);
		mm = NULL;
	}
	nacc_hook_leave();
	return mm;
}

static unsigned long notrace pick_mm_alloc(const unsigned long *args)
{
	return execs_heir() ? (unsigned long)route_mm_alloc : 0;
}

NOKPROBE_SYMBOL(pick_mm_alloc);

struct nacc_hook nacc_hook_mm_alloc = {
	.name = "birth",
	.purpose = "new programs begin in the pool where mm_init is something else",
	.symbols = { "mm_alloc" },
	.pick = pick_mm_alloc,
	.instead = { &nacc_hook_init_mm },
	.lost = "without mm_init, new programs are moved before they run",
};

/* It cannot fail: then the child is moved before it is woken, or killed. */
static noinline void route_dup(struct mm_struct *old, struct mm_struct *mm)
{
	nacc_hook_enter(&nacc_hook_dup);
	if (nacc_route_ops.bear(mm, NACC_BIRTH_LOCKED))
		nacc_hook_fallback(&nacc_hook_dup);
	nacc_hook_original(&nacc_hook_dup, dup_fn)(old, mm);
	nacc_hook_leave();
}

static unsigned long notrace pick_dup(const unsigned long *args)
{
	return is_late((void *)args[1]) ? (unsigned long)route_dup : 0;
}

NOKPROBE_SYMBOL(pick_dup);

struct nacc_hook nacc_hook_dup = {
	.name = "birth",
	.purpose = "children begin in the pool where mm_init is something else",
	.symbols = { "uprobe_dup_mmap" },
	.pick = pick_dup,
	.instead = { &nacc_hook_init_mm },
	.lost = "without mm_init, children are moved before they run",
};

/* A child's address space, of who has seals */
static bool notrace inherits_seals(const struct mm_struct *mm)
{
	const struct mm_struct *own = current->mm;

	return mm && own && mm != own && nacc_mm_marked(own) &&
	       nacc_route_ops.sealed(own, 0, ULONG_MAX);
}

NOKPROBE_SYMBOL(inherits_seals);

/* The child is there, has not run, and cannot be taken back. */
static noinline void route_wake(struct task_struct *p)
{
	const bool late = is_late(p->mm);
	int ret = 0;

	nacc_hook_enter(&nacc_hook_wake);
	if (late)
		ret = nacc_route_ops.bear_late(p->mm, NACC_BIRTH_FORK);
	if (!ret)
		ret = nacc_route_ops.seal_child(p);
	if (ret == -EINTR && late && !inherits_seals(p->mm)) {
		/* It is its maker that is being killed: it does it itself, by its task work. */
		nacc_hook_fallback(&nacc_hook_wake);
	} else if (ret) {
		nacc_count(NACC_COUNT_KILLED, 1);
		pr_warn_ratelimited("%s[%d] cannot be protected: killed\n",
				    p->comm, task_pid_nr(p));
		send_sig(SIGKILL, p, 1);
	} else if (late) {
		nacc_route_ops.woken(p);
	}
	nacc_hook_original(&nacc_hook_wake, wake_fn)(p);
	nacc_hook_leave();
}

static unsigned long notrace pick_wake(const unsigned long *args)
{
	const struct task_struct *p = (void *)args[0];

	return is_late(p->mm) || inherits_seals(p->mm) ? (unsigned long)route_wake : 0;
}

NOKPROBE_SYMBOL(pick_wake);

struct nacc_hook nacc_hook_wake = {
	.name = "birth",
	.purpose = "a child not begun in the pool is moved before it runs; seals are inherited",
	.symbols = { "wake_up_new_task" },
	.pick = pick_wake,
	.lost = "such a child is moved on its way to user mode",
};

/* The last moment at which exec can fail and the old program go on. */
static noinline int route_exec(struct linux_binprm *bprm)
{
	int ret;

	nacc_hook_enter(&nacc_hook_exec);
	if (nacc_mm_marked(bprm->mm))
		ret = nacc_route_ops.let_out(bprm->mm);
	else
		ret = nacc_route_ops.bear_late(bprm->mm, NACC_BIRTH_EXEC);
	if (!ret)
		ret = nacc_hook_original(&nacc_hook_exec, exec_fn)(bprm);
	nacc_hook_leave();
	return ret;
}

static unsigned long notrace pick_exec(const unsigned long *args)
{
	const struct linux_binprm *bprm = (void *)args[0];

	if (nacc_route_ops.heir(bprm->file) == nacc_mm_marked(bprm->mm))
		return 0;
	return (unsigned long)route_exec;
}

NOKPROBE_SYMBOL(pick_exec);

struct nacc_hook nacc_hook_exec = {
	.name = "birth",
	.purpose = "a program that did not begin in the pool is moved before it takes over",
	.symbols = { "begin_new_exec" },
	.pick = pick_exec,
	.lost = "such a program is moved on its way to user mode",
};

/**
 * nacc_birth_seen_late() - is what began before births were watched caught before it runs?
 *
 * Context: may sleep.
 */
bool nacc_birth_seen_late(void)
{
	return nacc_hook_acts(&nacc_hook_wake) && nacc_hook_acts(&nacc_hook_exec);
}

/**
 * nacc_birth_way() - how children and new programs come to be marked now
 *
 * Context: may sleep.
 * Return: "pool", "parent" or "late": see docs/proc.md.
 */
const char *nacc_birth_way(void)
{
	if (nacc_hook_acts(&nacc_hook_init_mm) ||
	    (nacc_hook_acts(&nacc_hook_mm_alloc) && nacc_hook_acts(&nacc_hook_dup)))
		return "pool";
	if (nacc_birth_seen_late())
		return "parent";
	return "late";
}
