// SPDX-License-Identifier: GPL-2.0
/* What gives up when a signal is pending, and may not. */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/signal.h>

#include "domain/internal.h"

/**
 * struct unsignalled - a call made again where only who has made it can interrupt it
 * @begun: from here on it can be killed
 * @done: @ret is there
 * @fn: the call
 * @arg: its argument
 * @ret: its result
 */
struct unsignalled {
	struct completion begun;
	struct completion done;
	int (*fn)(void *arg);
	void *arg;
	int ret;
};

static int unsignalled_thread(void *data)
{
	struct unsignalled *u = data;

	allow_kernel_signal(SIGKILL);
	complete(&u->begun);
	u->ret = u->fn(u->arg);
	complete(&u->done);
	return 0;
}

/*
 * A thread and no work: it may wait for as long as a server of files likes, and then it
 * can be killed, and there can be any number of them.
 */
static int run_elsewhere(int (*fn)(void *arg), void *arg)
{
	struct unsignalled u = { .fn = fn, .arg = arg, .ret = -EINTR };
	struct task_struct *task;

	init_completion(&u.begun);
	init_completion(&u.done);
	/* There may be no more threads just now: that is no reason to end anybody. */
	while (IS_ERR(task = kthread_create(unsignalled_thread, &u, "nacc_call")))
		if (schedule_timeout_killable(1) || fatal_signal_pending(current))
			return -EINTR;
	get_task_struct(task);
	wake_up_process(task);
	wait_for_completion(&u.begun);
	if (wait_for_completion_killable(&u.done))
		send_sig(SIGKILL, task, 1);
	/* It has ended when this returns. */
	kthread_stop_put(task);
	return u.ret;
}

/* What ends the process by default still does: it is no matter what becomes of it. */
static void signals_that_wait(sigset_t *set)
{
	/* Its own, which only exec replaces. */
	struct sighand_struct *sighand = rcu_dereference_protected(current->sighand, true);
	int sig;

	sigemptyset(set);
	spin_lock_irq(&sighand->siglock);
	for (sig = 1; sig <= _NSIG; sig++)
		if (sighand->action[sig - 1].sa.sa_handler != SIG_DFL ||
		    sig_kernel_stop(sig))
			sigaddset(set, sig);
	spin_unlock_irq(&sighand->siglock);
	sigdelset(set, SIGKILL);
}

/**
 * nacc_run_unsignalled() - call a function where no signal that is handled is pending
 * @fn: the function; -EINTR: a signal is pending
 * @arg: for @fn
 *
 * mm_take_all_locks() gives up when a signal is pending. A child on its way to user mode
 * often has one, and must not get there unprotected. So signals are held back meanwhile; what
 * looks like one and cannot be (a stop under way, TIF_NOTIFY_SIGNAL) is left to another
 * thread.
 *
 * Context: may sleep.
 * Return: what @fn returns; -EINTR only if the current task is being killed.
 */
int nacc_run_unsignalled(int (*fn)(void *arg), void *arg)
{
	sigset_t held_back, before;
	int ret;

	signals_that_wait(&held_back);
	sigprocmask(SIG_BLOCK, &held_back, &before);
	ret = fn(arg);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (ret != -EINTR || fatal_signal_pending(current))
		return ret;
	return run_elsewhere(fn, arg);
}

#ifdef NACC_KUNIT
#include "unsignalled_test.c"
#endif
