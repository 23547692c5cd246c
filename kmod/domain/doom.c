// SPDX-License-Identifier: GPL-2.0
/*
 * The end of who cannot be protected.
 *
 * A probe runs without preemption, and a signal takes a lock that may sleep
 * (PREEMPT_RT): it notes the task, by a reference, and a work kills it.
 */
#include <linux/kprobes.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "domain/internal.h"

/* Tasks that can be noted at once */
#define DOOMED_MAX		1024

static DEFINE_RAW_SPINLOCK(lock);
static struct task_struct *doomed[DOOMED_MAX];	/* under lock */
static unsigned int nr_doomed;			/* under lock */
static bool more_doomed;			/* set under lock */

static struct task_struct *take_doomed(void)
{
	struct task_struct *task = NULL;

	raw_spin_lock_irq(&lock);
	if (nr_doomed)
		task = doomed[--nr_doomed];
	raw_spin_unlock_irq(&lock);
	return task;
}

/* It is being ended, by whatever. */
static bool is_dying(struct task_struct *task)
{
	return fatal_signal_pending(task) ||
	       READ_ONCE(task->signal->flags) & SIGNAL_GROUP_EXIT;
}

/**
 * nacc_kill_unprotected() - kill a process that cannot be protected
 * @domain: the domain that it was to join, or NULL: not known
 * @task: the process; the caller sees to it that it is there
 * @error: why; -EAGAIN: too many at once
 *
 * Who is being killed anyway is not killed for want of protection: that its promotion
 * was given up for the signal is no alarm. It does not get to user mode either.
 *
 * Context: may sleep.
 */
void nacc_kill_unprotected(const struct nacc_domain *domain, struct task_struct *task,
			   int error)
{
	const bool init = is_global_init(task);

	if (is_dying(task))
		return;
	pr_warn_ratelimited("%s[%d] cannot be protected (error %d): %s\n", task->comm,
			    task_tgid_nr(task), error,
			    init ? "init, and not ended" : "killed");
	if (init)
		return;
	nacc_event_task(NACC_EVENT_KILL, domain, task, -error);
	nacc_count(NACC_COUNT_KILLED, 1);
	send_sig(SIGKILL, task, 1);
}

static void doomed_kill(struct work_struct *work)
{
	struct task_struct *task;

	while ((task = take_doomed())) {
		nacc_kill_unprotected(NULL, task, -EAGAIN);
		put_task_struct(task);
	}
	/* Of those that could not be noted, who is in a cgroup is found there. */
	if (xchg(&more_doomed, false))
		nacc_cgroups_sweep();
}

static DECLARE_WORK(doomed_work, doomed_kill);

/**
 * nacc_doom() - kill a task that comes when all records are taken
 * @task: the task; the caller sees to it that it is there
 *
 * It would get to user mode unprotected, and stay so.
 *
 * Context: a probe: no preemption.
 */
void nacc_doom(struct task_struct *task)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&lock, flags);
	if (nr_doomed < DOOMED_MAX)
		doomed[nr_doomed++] = get_task_struct(task);
	else
		WRITE_ONCE(more_doomed, true);
	raw_spin_unlock_irqrestore(&lock, flags);
	queue_work(system_highpri_wq, &doomed_work);
}

/**
 * nacc_doom_wait() - wait until all who have been noted are killed
 *
 * Context: may sleep.
 */
void nacc_doom_wait(void)
{
	flush_work(&doomed_work);
}
