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

	while ((e = entry_get(&domain[0], 0) ?: entry_get(&domain[1], 0))) {
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

/* A cgroup, with a reference, and a domain that is to be it. */
static struct nacc_domain *make_box(struct kunit *test, struct cgroup **box)
{
	struct nacc_domain *domain;

	KUNIT_ASSERT_EQ(test, test_program("cgroup_make"), 0);
	*box = cgroup_get_from_path("/kunit-box");
	KUNIT_ASSERT_FALSE(test, IS_ERR(*box));
	domain = nacc_domain_create("box");
	KUNIT_ASSERT_FALSE(test, IS_ERR(domain));
	return domain;
}

/* Nobody takes those of the others. */
static void enter_shares(struct kunit *test)
{
	struct entry *taken = NULL, *e;
	struct nacc_domain *domain;
	struct cgroup *box;
	unsigned int n = 0;
	u32 id;

	domain = make_box(test, &box);
	KUNIT_EXPECT_EQ(test, nacc_cgroup_publish(domain, box, &id), 0);
	while ((e = entry_get(domain, nacc_cgroups()))) {
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

/* One that is made later finds some, too, when all before it have what they may. */
static void enter_later(struct kunit *test)
{
	static struct nacc_domain domain[12];
	struct entry *taken = NULL, *e;
	unsigned int i, most = RECORDS;

	memset(domain, 0, sizeof(domain));
	for (i = 0; i < ARRAY_SIZE(domain); i++) {
		while ((e = entry_get(&domain[i], i + 1))) {
			e->next = taken;
			taken = e;
		}
		KUNIT_EXPECT_GT(test, domain[i].entering, 0);
		KUNIT_EXPECT_LE(test, domain[i].entering, most);
		most = domain[i].entering;
	}
	/* As many as are owed to the fifth of them, and as many again. */
	KUNIT_EXPECT_EQ(test, domain[1].reserved, RECORDS / 2 / 3);
	KUNIT_EXPECT_GE(test, domain[5].reserved, RECORDS / 32);
	KUNIT_EXPECT_EQ(test, nr_holders, ARRAY_SIZE(domain) - 1);
	KUNIT_EXPECT_GT(test, nr_free, 0);
	while ((e = taken)) {
		taken = e->next;
		entry_put(e);
	}
	for (i = 0; i < ARRAY_SIZE(domain); i++)
		KUNIT_EXPECT_EQ(test, domain[i].reserved, 0);
	KUNIT_EXPECT_EQ(test, nr_holders, 0);
	KUNIT_EXPECT_EQ(test, nr_free, RECORDS);
}

/**
 * test_dress() - a task that nobody runs
 * @task: the task
 * @parent: its parent
 * @mm: its mm
 */
void test_dress(struct task_struct *task, struct task_struct *parent,
		struct mm_struct *mm)
{
	static struct signal_struct signal;

	memset(task, 0, sizeof(*task));
	memset(&signal, 0, sizeof(signal));
	spin_lock_init(&task->alloc_lock);
	task->signal = &signal;
	task->group_leader = task;
	rcu_assign_pointer(task->real_parent, parent);
	task->mm = mm;
	INIT_LIST_HEAD(&signal.thread_head);
	list_add_tail(&task->thread_node, &signal.thread_head);
}

static bool borrows(const struct task_struct *task, const struct mm_struct *mm)
{
	struct nacc_loan loan = {};

	return nacc_is_vfork_child(task, mm, &loan);
}

/* On somebody else's mm for a while, for good, or on one of its own. */
static void enter_vfork(struct kunit *test)
{
	struct task_struct *child = kunit_kzalloc(test, sizeof(*child), GFP_KERNEL);
	struct task_struct *maker = kunit_kzalloc(test, sizeof(*maker), GFP_KERNEL);
	struct mm_struct *mm = kunit_kcalloc(test, 2, sizeof(*mm), GFP_KERNEL);
	struct completion done;

	KUNIT_ASSERT_TRUE(test, child && maker && mm);
	rcu_read_lock();
	test_dress(maker, NULL, mm);
	test_dress(child, maker, mm);
	KUNIT_EXPECT_FALSE(test, borrows(child, mm));
	child->vfork_done = &done;
	KUNIT_EXPECT_TRUE(test, borrows(child, mm));
	/* Of a thread of one */
	test_dress(maker, child, mm);
	maker->group_leader = child;
	KUNIT_EXPECT_FALSE(test, borrows(maker, child->mm + 1));
	test_dress(maker, NULL, mm);
	maker->group_leader = child;
	KUNIT_EXPECT_TRUE(test, borrows(maker, mm));
	/* It cannot be told yet. */
	child->vfork_done = NULL;
	child->__state = TASK_NEW;
	KUNIT_EXPECT_TRUE(test, borrows(child, mm));
	maker->mm = NULL;
	KUNIT_EXPECT_FALSE(test, borrows(child, mm));
	maker->mm = mm;
	child->__state = TASK_RUNNING;
	KUNIT_EXPECT_FALSE(test, borrows(child, mm));
	child->in_execve = 1;
	KUNIT_EXPECT_TRUE(test, borrows(child, mm));
	rcu_read_unlock();
}

/* Its leader has let the maker go. Of who is being ended that is no gift. */
static void enter_ending(struct kunit *test)
{
	struct task_struct *leader = kunit_kzalloc(test, sizeof(*leader), GFP_KERNEL);
	struct task_struct *thread = kunit_kzalloc(test, sizeof(*thread), GFP_KERNEL);
	struct task_struct *maker = kunit_kzalloc(test, sizeof(*maker), GFP_KERNEL);
	struct mm_struct *mm = kunit_kzalloc(test, sizeof(*mm), GFP_KERNEL);
	struct completion done;

	KUNIT_ASSERT_TRUE(test, leader && thread && maker && mm);
	rcu_read_lock();
	test_dress(maker, NULL, mm);
	test_dress(thread, maker, mm);
	test_dress(leader, maker, mm);
	thread->group_leader = leader;
	leader->vfork_done = &done;
	KUNIT_EXPECT_TRUE(test, borrows(thread, mm));
	leader->vfork_done = NULL;
	leader->flags = PF_EXITING;
	KUNIT_EXPECT_FALSE(test, borrows(thread, mm));
	leader->signal->flags = SIGNAL_GROUP_EXIT;
	KUNIT_EXPECT_TRUE(test, borrows(thread, mm));
	leader->flags = 0;
	KUNIT_EXPECT_FALSE(test, borrows(thread, mm));
	rcu_read_unlock();
}

/* Who lends is looked for once for all who borrow, and not at all of who is alone. */
static void enter_lent(struct kunit *test)
{
	struct task_struct *one = kunit_kzalloc(test, sizeof(*one), GFP_KERNEL);
	struct task_struct *two = kunit_kzalloc(test, sizeof(*two), GFP_KERNEL);
	struct mm_struct *mm = kunit_kcalloc(test, 2, sizeof(*mm), GFP_KERNEL);
	struct nacc_loan loan = {};
	struct completion done;

	KUNIT_ASSERT_TRUE(test, one && two && mm);
	atomic_set(&mm[0].mm_users, 2);
	atomic_set(&mm[1].mm_users, 2);
	rcu_read_lock();
	test_dress(one, &init_task, &mm[0]);
	test_dress(two, &init_task, &mm[0]);
	one->vfork_done = &done;
	two->vfork_done = &done;
	KUNIT_EXPECT_FALSE(test, nacc_is_vfork_child(one, &mm[0], &loan));
	KUNIT_EXPECT_EQ(test, loan.walks, 1);
	KUNIT_EXPECT_FALSE(test, nacc_is_vfork_child(two, &mm[0], &loan));
	KUNIT_EXPECT_EQ(test, loan.walks, 1);
	KUNIT_EXPECT_FALSE(test, nacc_is_vfork_child(two, &mm[1], &loan));
	KUNIT_EXPECT_EQ(test, loan.walks, 2);
	atomic_set(&mm[0].mm_users, 1);
	KUNIT_EXPECT_FALSE(test, nacc_is_vfork_child(one, &mm[0], &loan));
	KUNIT_EXPECT_EQ(test, loan.walks, 2);
	/* What is known of others is nothing to the lender himself. */
	loan = (struct nacc_loan){ .mm = &mm[1], .lender = one->signal };
	KUNIT_EXPECT_FALSE(test, nacc_is_vfork_child(one, &mm[1], &loan));
	KUNIT_EXPECT_EQ(test, loan.walks, 1);
	loan = (struct nacc_loan){ .mm = &mm[1], .lender = current->signal };
	KUNIT_EXPECT_TRUE(test, nacc_is_vfork_child(one, &mm[1], &loan));
	KUNIT_EXPECT_EQ(test, loan.walks, 0);
	rcu_read_unlock();
}

/* A child that the other probe of its fork may have missed is the sweeper's. */
static void enter_looks_again(struct kunit *test)
{
	struct nacc_domain *domain;
	struct cgroup *box;
	u32 id;

	domain = make_box(test, &box);
	/* So that it is not swept at once. */
	WRITE_ONCE(domain->leaving, true);
	KUNIT_EXPECT_EQ(test, nacc_cgroup_publish(domain, box, &id), 0);
	rcu_read_lock();
	look_again(current);
	rcu_read_unlock();
	KUNIT_EXPECT_FALSE(test, domain->sweep);
	KUNIT_EXPECT_EQ(test, test_program("cgroup_attach"), 0);
	/* Who was attached has been seen, too. */
	WRITE_ONCE(domain->sweep, false);
	rcu_read_lock();
	look_again(current);
	rcu_read_unlock();
	KUNIT_EXPECT_TRUE(test, domain->sweep);
	KUNIT_EXPECT_EQ(test, test_program("cgroup_detach"), 0);
	WRITE_ONCE(domain->leaving, false);
	nacc_cgroup_leave(domain);
	nacc_domain_put(domain);
	KUNIT_EXPECT_EQ(test, test_program("cgroup_remove"), 0);
}

static unsigned int nr_asked;
static u32 last_asked;

static int ask_gone(struct nacc_domain *domain)
{
	nr_asked++;
	last_asked = domain->id;
	return -ECANCELED;
}

static int ask_there(struct nacc_domain *domain)
{
	nr_asked++;
	last_asked = domain->id;
	return 0;
}

/* By whichever domain of its cgroup there is still, and not for ever. */
static void enter_next(struct kunit *test)
{
	struct nacc_domain *domain;
	struct cgroup *box;
	u32 id;

	domain = make_box(test, &box);
	/* So that it is not swept. */
	WRITE_ONCE(domain->leaving, true);
	KUNIT_EXPECT_EQ(test, nacc_cgroup_publish(domain, box, &id), 0);
	KUNIT_EXPECT_EQ(test, test_program("cgroup_attach"), 0);
	nr_asked = 0;
	KUNIT_EXPECT_EQ(test, nacc_join_next(domain, ask_there), -ECANCELED);
	KUNIT_EXPECT_EQ(test, nr_asked, 0);
	KUNIT_EXPECT_EQ(test, nacc_join_next(NULL, ask_there), 0);
	KUNIT_EXPECT_EQ(test, nr_asked, 1);
	KUNIT_EXPECT_EQ(test, last_asked, domain->id);
	KUNIT_EXPECT_EQ(test, nacc_join_next(NULL, ask_gone), -ECANCELED);
	KUNIT_EXPECT_EQ(test, nr_asked, 1 + NACC_TRIES_MAX);
	KUNIT_EXPECT_EQ(test, test_program("cgroup_detach"), 0);
	WRITE_ONCE(domain->leaving, false);
	nacc_cgroup_leave(domain);
	nacc_domain_put(domain);
	KUNIT_EXPECT_EQ(test, test_program("cgroup_remove"), 0);
}

static enum fate fate(const struct entry *e)
{
	enum fate now;

	raw_spin_lock_irq(&list_lock);
	now = fate_of(e);
	raw_spin_unlock_irq(&list_lock);
	return now;
}

/*
 * A thread is stopped, for who waits for that, before it runs its last task works; and the
 * keeper may have a record in its hands.
 */
static void wait_for_records(void)
{
	unsigned int tries;

	for (tries = 0; READ_ONCE(nr_free) != RECORDS && tries < 500; tries++)
		schedule_timeout_idle(HZ / 50);
}

/* Who sleeps on his way waits; not for a domain that is gone, or that is ended. */
static void enter_fates(struct kunit *test)
{
	struct task_struct *thread = thread_begin(test);
	struct nacc_domain *domain = nacc_domain_create("box");
	struct entry *e;

	KUNIT_ASSERT_FALSE(test, IS_ERR(domain));
	e = entry_get(domain, 1);
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
	/* The keeper, which the unmark has called, may have ended it by now. */
	KUNIT_EXPECT_TRUE(test, fate(e) == NEEDLESS || !READ_ONCE(e->task));
	nacc_enter_clean();
	wait_for_records();
	KUNIT_EXPECT_EQ(test, nr_free, RECORDS);
	KUNIT_EXPECT_TRUE(test, test_domain_is_ours(domain));
	nacc_domain_put(domain);
	kthread_stop(thread);
}

/* Who exits with a record gives it back by himself. */
static void enter_exits(struct kunit *test)
{
	struct task_struct *thread = thread_begin(test);
	struct nacc_domain *domain = nacc_domain_create("box");
	struct entry *e;

	KUNIT_ASSERT_FALSE(test, IS_ERR(domain));
	e = entry_get(domain, 1);
	KUNIT_ASSERT_NOT_NULL(test, e);
	refcount_inc(&domain->ref);
	get_task_struct(thread);
	entry_queue(e, thread);
	kthread_stop(thread);
	wait_for_records();
	KUNIT_EXPECT_EQ(test, nr_free, RECORDS);
	KUNIT_EXPECT_TRUE(test, test_domain_is_ours(domain));
	/* Too late: it has no way to user mode any more. */
	e = entry_get(domain, 1);
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
	KUNIT_CASE(enter_later),
	KUNIT_CASE(enter_vfork),
	KUNIT_CASE(enter_ending),
	KUNIT_CASE(enter_lent),
	KUNIT_CASE(enter_looks_again),
	KUNIT_CASE(enter_next),
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
