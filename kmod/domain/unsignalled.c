// SPDX-License-Identifier: GPL-2.0
/* What gives up when a signal is pending, and may not. */
#include <linux/sched/signal.h>
#include <linux/workqueue.h>

#include "domain/internal.h"

/**
 * struct unsignalled - a call made again where no signal can interrupt it
 * @work: runs in a kernel worker
 * @fn: the call
 * @arg: its argument
 * @ret: its result
 */
struct unsignalled {
	struct work_struct work;
	int (*fn)(void *arg);
	void *arg;
	int ret;
};

static void unsignalled_work(struct work_struct *work)
{
	struct unsignalled *u = container_of(work, struct unsignalled, work);

	u->ret = u->fn(u->arg);
}

/**
 * nacc_run_unsignalled() - call a function again where no signal is pending if one was
 * @fn: the function; -EINTR: a signal is pending
 * @arg: for @fn
 *
 * mm_take_all_locks() gives up when a signal is pending. A child on its way to
 * user mode often has one, and must not get there unprotected.
 *
 * Context: may sleep.
 * Return: what @fn returns; -EINTR only if the current task is being killed.
 */
int nacc_run_unsignalled(int (*fn)(void *arg), void *arg)
{
	struct unsignalled u = { .fn = fn, .arg = arg };

	u.ret = fn(arg);
	if (u.ret != -EINTR || fatal_signal_pending(current))
		return u.ret;
	INIT_WORK_ONSTACK(&u.work, unsignalled_work);
	queue_work(system_unbound_wq, &u.work);
	flush_work(&u.work);
	destroy_work_on_stack(&u.work);
	return u.ret;
}
