// SPDX-License-Identifier: GPL-2.0
/* Tests of unsignalled.c, which includes this file. */
#include "env.h"

/**
 * struct call - what is called, and what became of it
 * @held: taken by the call, if there is one
 * @by: who made it last
 * @nr: how often it was made
 */
struct call {
	struct mutex *held;	/* whoever waits for the call holds it */
	struct task_struct *by;
	unsigned int nr;
};

static int call(void *arg)
{
	struct call *c = arg;

	c->by = current;
	c->nr++;
	if (signal_pending(current))
		return -EINTR;
	if (c->held && mutex_lock_killable(c->held))
		return -EINTR;
	if (c->held)
		mutex_unlock(c->held);
	return 42;
}

/* One that is handled is held back, and is there afterwards as before. */
static void unsignalled_held_back(struct kunit *test)
{
	const sigset_t before = current->blocked;
	struct call c = {};

	allow_kernel_signal(SIGUSR1);
	KUNIT_EXPECT_EQ(test, nacc_run_unsignalled(call, &c), 42);
	KUNIT_EXPECT_EQ(test, send_sig(SIGUSR1, current, 1), 0);
	KUNIT_EXPECT_TRUE(test, signal_pending(current));
	KUNIT_EXPECT_EQ(test, call(&c), -EINTR);
	c.nr = 0;
	KUNIT_EXPECT_EQ(test, nacc_run_unsignalled(call, &c), 42);
	KUNIT_EXPECT_EQ(test, c.nr, 1);
	KUNIT_EXPECT_PTR_EQ(test, c.by, current);
	KUNIT_EXPECT_TRUE(test, signal_pending(current));
	KUNIT_EXPECT_MEMEQ(test, &current->blocked, &before, sizeof(before));
	flush_signals(current);
	kernel_sigaction(SIGUSR1, SIG_IGN);
}

/* What ends a process does so; what stops it waits. */
static void unsignalled_which(struct kunit *test)
{
	sigset_t set;

	kernel_sigaction(SIGTERM, SIG_DFL);
	kernel_sigaction(SIGTSTP, SIG_DFL);
	allow_kernel_signal(SIGUSR1);
	signals_that_wait(&set);
	KUNIT_EXPECT_FALSE(test, sigismember(&set, SIGTERM));
	KUNIT_EXPECT_FALSE(test, sigismember(&set, SIGKILL));
	KUNIT_EXPECT_TRUE(test, sigismember(&set, SIGTSTP));
	KUNIT_EXPECT_TRUE(test, sigismember(&set, SIGUSR1));
	kernel_sigaction(SIGTERM, SIG_IGN);
	kernel_sigaction(SIGTSTP, SIG_IGN);
	kernel_sigaction(SIGUSR1, SIG_IGN);
}

/* What only looks like a signal cannot be held back: another thread makes the call. */
static void unsignalled_elsewhere(struct kunit *test)
{
	struct call c = {};

	set_thread_flag(TIF_NOTIFY_SIGNAL);
	KUNIT_EXPECT_EQ(test, nacc_run_unsignalled(call, &c), 42);
	clear_thread_flag(TIF_NOTIFY_SIGNAL);
	KUNIT_EXPECT_EQ(test, c.nr, 2);
	KUNIT_EXPECT_PTR_NE(test, c.by, current);
}

/**
 * struct caller - a thread that is killed while another one makes its call
 * @call: the call
 * @begun: he can be killed
 * @done: he has come back
 * @ret: with this
 */
struct caller {
	struct call call;
	struct completion begun;
	struct completion done;
	int ret;
};

static int caller(void *arg)
{
	struct caller *c = arg;

	allow_kernel_signal(SIGKILL);
	set_thread_flag(TIF_NOTIFY_SIGNAL);
	complete(&c->begun);
	c->ret = nacc_run_unsignalled(call, &c->call);
	clear_thread_flag(TIF_NOTIFY_SIGNAL);
	complete(&c->done);
	return 0;
}

/* Both of them can be killed. */
static void unsignalled_killed(struct kunit *test)
{
	struct mutex held;	/* keeps the call from coming back */
	struct caller c = { .call.held = &held };
	struct task_struct *task;
	unsigned int tries;

	mutex_init(&held);
	init_completion(&c.begun);
	init_completion(&c.done);
	mutex_lock(&held);
	task = kthread_create(caller, &c, "nacc_caller");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	wake_up_process(task);
	wait_for_completion(&c.begun);
	for (tries = 0; tries < 500 && READ_ONCE(c.call.nr) != 2; tries++)
		schedule_timeout_idle(HZ / 50);
	KUNIT_EXPECT_EQ(test, c.call.nr, 2);
	send_sig(SIGKILL, task, 1);
	KUNIT_EXPECT_TRUE(test, wait_for_completion_timeout(&c.done, 20 * HZ));
	mutex_unlock(&held);
	kthread_stop_put(task);
	KUNIT_EXPECT_EQ(test, c.ret, -EINTR);
}

static struct kunit_case unsignalled_cases[] = {
	KUNIT_CASE(unsignalled_held_back),
	KUNIT_CASE(unsignalled_which),
	KUNIT_CASE(unsignalled_elsewhere),
	KUNIT_CASE(unsignalled_killed),
	{}
};

static struct kunit_suite unsignalled_suite = {
	.name = "nacc_unsignalled",
	.init = account_init,
	.exit = account_exit,
	.test_cases = unsignalled_cases,
};

kunit_test_suite(unsignalled_suite);
