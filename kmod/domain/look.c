// SPDX-License-Identifier: GPL-2.0
/*
 * A look at all tasks: which address spaces in the cgroup of a domain are not protected.
 *
 * There may be any number, and for some a look at all tasks of its own must be taken: it
 * goes in steps, each behind the one before, and in between the caller moves what was found.
 *
 * What keeps alive what a step has found: the mm, mm_users; the task, a reference. So has the
 * process at which the step has ended. Of a task that is only looked at the mm stays while
 * task_lock() is held.
 */
#include <linux/mmap_lock.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "domain/internal.h"

/* Other walks over all tasks within one step: it is not left in between. */
#define WALKS_MAX	8

static bool is_found(const struct nacc_look *look, const struct mm_struct *mm)
{
	unsigned int i;

	for (i = 0; i < look->nr; i++)
		if (look->found[i].mm == mm)
			return true;
	return false;
}

/* Who holds it for long must not keep the others from being protected. */
static bool is_locked(struct mm_struct *mm)
{
	if (!down_write_trylock(&mm->mmap_lock))
		return true;
	up_write(&mm->mmap_lock);
	return false;
}

/* For this time */
static bool is_let_be(struct nacc_look *look, const struct task_struct *task,
		      struct mm_struct *mm)
{
	if (look->tries && is_locked(mm)) {
		look->busy = true;
		return true;
	}
	if (task->signal != look->let_be && !nacc_is_vfork_child(task, mm, &look->loan))
		return false;
	look->let_be = task->signal;
	look->lent = true;
	return true;
}

static bool is_full(const struct nacc_look *look)
{
	return look->nr == (look->tries ? NACC_LOOK_MAX : 1) ||
	       look->loan.walks >= WALKS_MAX;
}

static void visit(struct nacc_look *look, struct task_struct *task)
{
	struct mm_struct *mm;

	if (task->flags & (PF_KTHREAD | PF_USER_WORKER) ||
	    !nacc_cgroup_has(look->domain, task))
		return;
	task_lock(task);
	/* A vfork child that exits lets its maker go, under this lock, and has its mm still. */
	mm = task->flags & PF_EXITING ? NULL : task->mm;
	if (mm && !nacc_mm_settled(mm) && !is_found(look, mm) &&
	    !is_let_be(look, task, mm)) {
		mmget(mm);
		look->found[look->nr++] = (struct nacc_found){
			.task = get_task_struct(task),
			.mm = mm,
		};
	}
	task_unlock(task);
}

/* Threads have one mm: of a process that is the last one no more is found. */
static void visit_process(struct nacc_look *look, struct task_struct *process)
{
	struct task_struct *thread;

	for_each_thread(process, thread)
		if (look->nr < NACC_LOOK_MAX)
			visit(look, thread);
}

/*
 * Where to go on: behind the last process if it is still in the list. If not, behind as
 * many as there were: others may have gone, too, and as many are not looked at.
 */
static struct task_struct *go_on(struct nacc_look *look)
{
	struct task_struct *process = look->last ?: &init_task;
	unsigned int i;

	if (!look->last || (pid_alive(process) && thread_group_leader(process)))
		return next_task(process);
	look->skips = true;
	process = next_task(&init_task);
	for (i = 0; i < look->at && process != &init_task; i++)
		process = next_task(process);
	return process;
}

static void stay(struct nacc_look *look, struct task_struct *last)
{
	if (look->last)
		put_task_struct(look->last);
	look->last = last ? get_task_struct(last) : NULL;
}

/**
 * nacc_look_step() - look at the next tasks, until there is something to be done
 * @look: the look; all zero but for @domain and @tries before the first step
 *
 * Context: may sleep.
 * Return: whether there are more to look at. In any case nacc_look_let_go() comes next.
 */
bool nacc_look_step(struct nacc_look *look)
{
	struct task_struct *process;

	look->nr = 0;
	look->let_be = NULL;
	look->loan = (struct nacc_loan){};
	rcu_read_lock();
	for (process = go_on(look); process != &init_task && !is_full(look);
	     process = next_task(process)) {
		visit_process(look, process);
		look->at++;
		if (is_full(look))
			stay(look, process);
	}
	if (!is_full(look))
		stay(look, NULL);
	rcu_read_unlock();
	return look->last;
}

/**
 * nacc_look_let_go() - the end of a step
 * @look: the look
 *
 * The end of an mm may wait for a server of files that somebody reads from.
 *
 * Context: may sleep.
 */
void nacc_look_let_go(struct nacc_look *look)
{
	unsigned int i;

	for (i = 0; i < look->nr; i++) {
		mmput_async(look->found[i].mm);
		put_task_struct(look->found[i].task);
	}
	look->nr = 0;
	cond_resched();
}

/**
 * nacc_look_end() - no step follows
 * @look: the look
 *
 * Context: any.
 */
void nacc_look_end(struct nacc_look *look)
{
	stay(look, NULL);
}

#ifdef NACC_KUNIT
#include "look_test.c"
#endif
