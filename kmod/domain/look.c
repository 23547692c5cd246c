// SPDX-License-Identifier: GPL-2.0
/*
 * A look at all processes: which address spaces in the cgroup of a domain are not protected.
 *
 * Those that there were when it began, and no more: who comes later has been seen by the
 * probes (enter.c). So it has an end, whatever comes and goes meanwhile. Each is looked at
 * once, and again only where somebody had a lock of it.
 *
 * What keeps alive what is looked at: of each process a reference. Who is found has another
 * one, and his mm mm_users. Of a task that is only looked at the mm stays while task_lock()
 * is held.
 */
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "domain/internal.h"

/* Walks over all tasks before the CPU is given up */
#define WALKS_MAX	8

/**
 * nacc_crowd_gather() - all processes that there are
 * @crowd: out: them, for nacc_crowd_disperse()
 *
 * They are listed in the order in which they began, so that there are more by the time at
 * which they are taken loses none that there was before.
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int nacc_crowd_gather(struct nacc_crowd *crowd)
{
	struct task_struct *process;
	unsigned int max = 0;

	rcu_read_lock();
	for_each_process(process)
		max++;
	rcu_read_unlock();
	crowd->nr = 0;
	crowd->task = kvmalloc_array(max, sizeof(*crowd->task), GFP_KERNEL);
	if (!crowd->task)
		return -ENOMEM;
	rcu_read_lock();
	for_each_process(process) {
		if (crowd->nr == max)
			break;
		crowd->task[crowd->nr++] = get_task_struct(process);
	}
	rcu_read_unlock();
	return 0;
}

/**
 * nacc_crowd_disperse() - undo nacc_crowd_gather()
 * @crowd: the processes, or none
 *
 * Context: may sleep.
 */
void nacc_crowd_disperse(struct nacc_crowd *crowd)
{
	while (crowd->nr)
		put_task_struct(crowd->task[--crowd->nr]);
	kvfree(crowd->task);
	crowd->task = NULL;
}

/* Who holds it for long must not keep the others from being protected. */
static bool is_locked(struct mm_struct *mm)
{
	if (!down_write_trylock(&mm->mmap_lock))
		return true;
	up_write(&mm->mmap_lock);
	return false;
}

/* What is to become of a process that is looked at */
enum sight { NOTHING, FOUND, LENT, LOCKED };

static enum sight judge(struct nacc_look *look, const struct task_struct *task,
			struct mm_struct *mm)
{
	if (!mm || nacc_mm_settled(mm))
		return NOTHING;
	if (look->tries && is_locked(mm))
		return LOCKED;
	return nacc_is_vfork_child(task, mm, &look->loan) ? LENT : FOUND;
}

static enum sight visit(struct nacc_look *look, struct task_struct *task)
{
	enum sight sight;

	if (task->flags & PF_USER_WORKER || !nacc_cgroup_has(look->domain, task))
		return NOTHING;
	task_lock(task);
	sight = judge(look, task, nacc_runs_on(task));
	if (sight == FOUND) {
		look->mm = task->mm;
		mmget(look->mm);
		look->task = get_task_struct(task);
	}
	task_unlock(task);
	return sight;
}

/* Threads have one mm: what is true of the first that is in the cgroup is of all. */
static enum sight visit_process(struct nacc_look *look, struct task_struct *process)
{
	enum sight sight = NOTHING;
	struct task_struct *thread;

	for_each_thread(process, thread) {
		sight = visit(look, thread);
		if (sight != NOTHING)
			break;
	}
	return sight;
}

/* It has been taken out of the crowd: so there is room. */
static void keep(struct nacc_look *look, struct task_struct *process)
{
	look->busy = true;
	look->crowd.task[look->left++] = get_task_struct(process);
}

static void look_at(struct nacc_look *look, struct task_struct *process)
{
	const enum sight sight = visit_process(look, process);

	look->lent |= sight == LENT;
	if (sight == LOCKED)
		keep(look, process);
	put_task_struct(process);
}

static void step(struct nacc_look *look)
{
	look->loan = (struct nacc_loan){};
	rcu_read_lock();
	while (!look->mm && look->at < look->crowd.nr && look->loan.walks < WALKS_MAX)
		look_at(look, look->crowd.task[look->at++]);
	rcu_read_unlock();
	cond_resched();
}

/* The end of an mm may wait for a server of files that somebody reads from. */
static void let_go(struct nacc_look *look)
{
	if (!look->mm)
		return;
	mmput_async(look->mm);
	put_task_struct(look->task);
	look->mm = NULL;
}

/**
 * nacc_look_begin() - look at all processes that there are
 * @look: the look; all zero but for @domain and @tries
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM. In any case nacc_look_end() comes last.
 */
int nacc_look_begin(struct nacc_look *look)
{
	return nacc_crowd_gather(&look->crowd);
}

/**
 * nacc_look_next() - look on until somebody is found
 * @look: the look
 *
 * Context: may sleep.
 * Return: whether somebody is, in @task and @mm until the next call; not if the caller is
 * being killed.
 */
bool nacc_look_next(struct nacc_look *look)
{
	let_go(look);
	while (!look->mm && look->at < look->crowd.nr && !fatal_signal_pending(current))
		step(look);
	return look->mm;
}

/**
 * nacc_look_later() - who was found is to be looked at again
 * @look: the look
 *
 * Context: any.
 */
void nacc_look_later(struct nacc_look *look)
{
	keep(look, look->task);
}

/**
 * nacc_look_again() - look at those once more that are left
 * @look: the look
 *
 * That is who was locked, or not looked at.
 *
 * Context: may sleep.
 * Return: whether there are any.
 */
bool nacc_look_again(struct nacc_look *look)
{
	let_go(look);
	while (look->at < look->crowd.nr)
		look->crowd.task[look->left++] = look->crowd.task[look->at++];
	look->crowd.nr = look->left;
	look->at = 0;
	look->left = 0;
	look->busy = false;
	return look->crowd.nr;
}

/**
 * nacc_look_end() - nobody is looked at any more
 * @look: the look
 *
 * Context: may sleep.
 */
void nacc_look_end(struct nacc_look *look)
{
	nacc_look_again(look);
	nacc_crowd_disperse(&look->crowd);
}

#ifdef NACC_KUNIT
#include "look_test.c"
#endif
