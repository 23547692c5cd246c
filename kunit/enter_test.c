// SPDX-License-Identifier: GPL-2.0
/* Tests of enter.c, which includes this file. */
#include <linux/completion.h>
#include <linux/kthread.h>

#include "env.h"

static int idle_thread(void *arg)
{
	allow_kernel_signal(SIGKILL);
	complete(arg);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ / 50);
	return task_sigpending(current);
}

static struct task_struct *thread_begin(struct kunit *test)
{
	DECLARE_COMPLETION_ONSTACK(begun);
	struct task_struct *thread = kthread_run(idle_thread, &begun, "nacc-entry");

	KUNIT_ASSERT_FALSE(test, IS_ERR(thread));
	wait_for_completion(&begun);
	return thread;
}

/* All records can be had, by two, once each, and come back. */
static void enter_store(struct kunit *test)
{
	struct nacc_domain domain[2] = {};
	struct entry *taken = NULL, *e;
	unsigned int n = 0;

	while ((e = entry_get(&domain[0]) ?: entry_get(&domain[1]))) {
		e->next = taken;
		taken = e;
		n++;
	}
	KUNIT_EXPECT_EQ(test, n, RECORDS);
	KUNIT_EXPECT_EQ(test, domain[0].entering, RECORDS / 2);
	KUNIT_EXPECT_EQ(test, domain[1].entering, RECORDS / 2);
	KUNIT_EXPECT_EQ(test, nr_free, 0);
	while ((e = taken)) {
		taken = e->next;
		entry_put(e);
	}
	KUNIT_EXPECT_EQ(test, domain[0].entering, 0);
	KUNIT_EXPECT_EQ(test, domain[1].entering, 0);
	KUNIT_EXPECT_EQ(test, nr_free, RECORDS);
}

/* Nobody takes those of the others. */
static void enter_shares(struct kunit *test)
{
	struct entry *taken = NULL, *e;
	struct nacc_domain *domain;
	struct cgroup *box;
	unsigned int n = 0;
	u32 id;

	KUNIT_ASSERT_EQ(test, test_program("cgroup_make"), 0);
	box = cgroup_get_from_path("/kunit-box");
	KUNIT_ASSERT_FALSE(test, IS_ERR(box));
	domain = nacc_domain_create("box");
	KUNIT_ASSERT_FALSE(test, IS_ERR(domain));
	KUNIT_EXPECT_EQ(test, nacc_cgroup_publish(domain, box, &id), 0);
	while ((e = entry_get(domain))) {
		e->next = taken;
		taken = e;
		n++;
	}
	KUNIT_EXPECT_EQ(test, n, RECORDS / 2);
	KUNIT_EXPECT_EQ(test, nr_free, RECORDS / 2);
	while ((e = taken)) {
		taken = e->next;
		entry_put(e);
	}
	KUNIT_EXPECT_EQ(test, nr_free, RECORDS);
	nacc_cgroup_leave(domain);
	nacc_domain_put(domain);
	KUNIT_EXPECT_EQ(test, test_program("cgroup_remove"), 0);
}

/* A task that nobody runs, on an mm, with such a parent */
static void dress(struct task_struct *task, struct task_struct *parent,
		  struct mm_struct *mm)
{
	static struct signal_struct signal;

	memset(task, 0, sizeof(*task));
	task->signal = &signal;
	task->group_leader = task;
	rcu_assign_pointer(task->real_parent, parent);
	task->mm = mm;
	INIT_LIST_HEAD(&task->thread_node);
}

/* On somebody else's mm for a while, for good, or on one of its own. */
static void enter_vfork(struct kunit *test)
{
	struct task_struct *child = kunit_kzalloc(test, sizeof(*child), GFP_KERNEL);
	struct task_struct *maker = kunit_kzalloc(test, sizeof(*maker), GFP_KERNEL);
	struct mm_struct *mm = kunit_kzalloc(test, sizeof(*mm), GFP_KERNEL);
	struct completion done;

	KUNIT_ASSERT_TRUE(test, child && maker && mm);
	rcu_read_lock();
	dress(maker, NULL, mm);
	dress(child, maker, mm);
	KUNIT_EXPECT_FALSE(test, nacc_is_vfork_child(child, mm));
	child->vfork_done = &done;
	KUNIT_EXPECT_TRUE(test, nacc_is_vfork_child(child, mm));
	/* Of a thread of one */
	dress(maker, child, mm);
	maker->group_leader = child;
	KUNIT_EXPECT_FALSE(test, nacc_is_vfork_child(maker, child->mm + 1));
	dress(maker, NULL, mm);
	maker->group_leader = child;
	KUNIT_EXPECT_TRUE(test, nacc_is_vfork_child(maker, mm));
	/* It cannot be told yet. */
	child->vfork_done = NULL;
	child->__state = TASK_NEW;
	KUNIT_EXPECT_TRUE(test, nacc_is_vfork_child(child, mm));
	maker->mm = NULL;
	KUNIT_EXPECT_FALSE(test, nacc_is_vfork_child(child, mm));
	maker->mm = mm;
	child->__state = TASK_RUNNING;
	KUNIT_EXPECT_FALSE(test, nacc_is_vfork_child(child, mm));
	child->in_execve = 1;
	KUNIT_EXPECT_TRUE(test, nacc_is_vfork_child(child, mm));
	rcu_read_unlock();
}

static enum fate fate(const struct entry *e)
{
	enum fate now;

	raw_spin_lock_irq(&list_lock);
	now = fate_of(e);
	raw_spin_unlock_irq(&list_lock);
	return now;
}

/* Who sleeps on his way waits; not for a domain that is gone, or that is ended. */
static void enter_fates(struct kunit *test)
{
	struct task_struct *thread = thread_begin(test);
	struct nacc_domain *domain = nacc_domain_create("box");
	struct entry *e;

	KUNIT_ASSERT_FALSE(test, IS_ERR(domain));
	e = entry_get(domain);
	KUNIT_ASSERT_NOT_NULL(test, e);
	refcount_inc(&domain->ref);
	entry_queue(e, thread);
	KUNIT_EXPECT_EQ(test, fate(e), WAITS);
	nacc_enter_clean();
	KUNIT_EXPECT_EQ(test, nr_free, RECORDS - 1);
	KUNIT_EXPECT_FALSE(test, signal_pending(thread));
	WRITE_ONCE(domain->condemned, true);
	KUNIT_EXPECT_EQ(test, fate(e), DOOMED);
	nacc_enter_clean();
	KUNIT_EXPECT_TRUE(test, signal_pending(thread));
	KUNIT_EXPECT_EQ(test, nr_free, RECORDS - 1);
	KUNIT_EXPECT_EQ(test, nacc_unmark(domain->id), 0);
	KUNIT_EXPECT_EQ(test, fate(e), NEEDLESS);
	nacc_enter_clean();
	KUNIT_EXPECT_EQ(test, nr_free, RECORDS);
	KUNIT_EXPECT_TRUE(test, test_domain_is_ours(domain));
	nacc_domain_put(domain);
	kthread_stop(thread);
}

/* A thread is stopped, for who waits for that, before it runs its last task works. */
static void wait_for_records(void)
{
	unsigned int tries;

	for (tries = 0; READ_ONCE(nr_free) != RECORDS && tries < 500; tries++)
		schedule_timeout_idle(HZ / 50);
}

/* Who exits with a record gives it back by himself. */
static void enter_exits(struct kunit *test)
{
	struct task_struct *thread = thread_begin(test);
	struct nacc_domain *domain = nacc_domain_create("box");
	struct entry *e;

	KUNIT_ASSERT_FALSE(test, IS_ERR(domain));
	e = entry_get(domain);
	KUNIT_ASSERT_NOT_NULL(test, e);
	refcount_inc(&domain->ref);
	get_task_struct(thread);
	entry_queue(e, thread);
	kthread_stop(thread);
	wait_for_records();
	KUNIT_EXPECT_EQ(test, nr_free, RECORDS);
	KUNIT_EXPECT_TRUE(test, test_domain_is_ours(domain));
	/* Too late: it has no way to user mode any more. */
	e = entry_get(domain);
	refcount_inc(&domain->ref);
	entry_queue(e, thread);
	KUNIT_EXPECT_EQ(test, nr_free, RECORDS - 1);
	nacc_enter_clean();
	KUNIT_EXPECT_EQ(test, nr_free, RECORDS);
	KUNIT_EXPECT_TRUE(test, test_domain_is_ours(domain));
	put_task_struct(thread);
	nacc_domain_put(domain);
}

/* Kernel threads are let be, and who enters what is gone. */
static void enter_nobody(struct kunit *test)
{
	struct nacc_domain gone = {};

	KUNIT_EXPECT_EQ(test, expect(current, &gone), LET_BE);
	KUNIT_EXPECT_EQ(test, expect(&init_task, &gone), LET_BE);
	KUNIT_EXPECT_NULL(test, nacc_cgroup_find(current, NULL));
	KUNIT_EXPECT_EQ(test, nr_free, RECORDS);
}

static void enter_probes(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		KUNIT_ASSERT_NOT_NULL(test, probes[i].tp);
		KUNIT_EXPECT_NOT_NULL(test, rcu_access_pointer(probes[i].tp->funcs));
	}
}

static struct kunit_case enter_cases[] = {
	KUNIT_CASE(enter_store),
	KUNIT_CASE(enter_shares),
	KUNIT_CASE(enter_vfork),
	KUNIT_CASE(enter_fates),
	KUNIT_CASE(enter_exits),
	KUNIT_CASE(enter_nobody),
	KUNIT_CASE(enter_probes),
	{}
};

static struct kunit_suite enter_suite = {
	.name = "nacc_enter",
	.init = account_init,
	.exit = account_exit,
	.test_cases = enter_cases,
};

kunit_test_suite(enter_suite);
