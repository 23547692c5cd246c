// SPDX-License-Identifier: GPL-2.0
/* Tests of inherit.c, which includes this file. */
#include <linux/completion.h>
#include <linux/kthread.h>

#include "env.h"

/**
 * test_records_used() - records of children and programs on their way
 *
 * Return: how many are in use.
 */
unsigned int test_records_used(void)
{
	return INHERIT_RECORDS - READ_ONCE(nr_free);
}

/* Probes find no record when the store is empty, and fork(2) is told before. */
static void inherit_store(struct kunit *test)
{
	struct inherit *taken = NULL, *r;
	struct test_mm t;
	unsigned int n = 0;
	bool room = true;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	while ((r = record_get())) {
		if (room && !nacc_inherit_room()) {
			KUNIT_EXPECT_EQ(test, nr_free, INHERIT_RESERVE);
			KUNIT_EXPECT_FALSE(test, test_late_fork());
			room = false;
		} else if (room) {
			KUNIT_EXPECT_TRUE(test, test_late_fork());
		}
		r->next = taken;
		taken = r;
		n++;
	}
	KUNIT_EXPECT_EQ(test, n, INHERIT_RECORDS);
	KUNIT_EXPECT_FALSE(test, room);
	while ((r = taken)) {
		taken = r->next;
		record_put(r);
	}
	KUNIT_EXPECT_EQ(test, nr_free, INHERIT_RECORDS);
	KUNIT_EXPECT_TRUE(test, nacc_inherit_room());
	test_mm_end(&t);
}

static int doomed_thread(void *arg)
{
	struct completion *begun = arg;

	allow_kernel_signal(SIGKILL);
	complete(begun);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ / 50);
	/* kthread_stop() is no signal. */
	return task_sigpending(current);
}

/*
 * Who comes when the store is empty is killed, from where a signal may be sent: never
 * by the probe itself, which runs without preemption.
 */
static void inherit_doomed(struct kunit *test)
{
	long killed = nacc_count_value(NACC_COUNT_KILLED);
	struct inherit *taken = NULL, *r;
	DECLARE_COMPLETION_ONSTACK(begun);
	struct task_struct *thread;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	thread = kthread_run(doomed_thread, &begun, "nacc-doomed");
	KUNIT_ASSERT_FALSE(test, IS_ERR(thread));
	wait_for_completion(&begun);
	while ((r = record_get())) {
		r->next = taken;
		taken = r;
	}
	preempt_disable();
	r = record_begin(thread, t.mm, NACC_COUNT_INHERITED_FORK);
	preempt_enable();
	KUNIT_EXPECT_NULL(test, r);
	nacc_doom_wait();
	while ((r = taken)) {
		taken = r->next;
		record_put(r);
	}
	KUNIT_EXPECT_EQ(test, kthread_stop(thread), 1);
	KUNIT_EXPECT_EQ(test, nacc_count_value(NACC_COUNT_KILLED), killed + 1);
	test_mm_end(&t);
}

/**
 * struct killing - a thread that cannot be protected
 * @fatal: it is being killed
 * @done: it has said so
 */
struct killing {
	bool fatal;
	struct completion done;
};

static int alarm_thread(void *arg)
{
	struct killing *killing = arg;

	if (killing->fatal) {
		/* As for a thread of user space that is killed */
		sigaddset(&current->pending.signal, SIGKILL);
		set_thread_flag(TIF_SIGPENDING);
	}
	nacc_kill_unprotected(NULL, current, -EINTR);
	complete(&killing->done);
	return 0;
}

static long alarms(struct kunit *test, bool fatal)
{
	long killed = nacc_count_value(NACC_COUNT_KILLED);
	struct killing killing = { .fatal = fatal };
	struct task_struct *thread;

	init_completion(&killing.done);
	thread = kthread_run(alarm_thread, &killing, "nacc-alarm");
	KUNIT_ASSERT_FALSE(test, IS_ERR(thread));
	wait_for_completion(&killing.done);
	return nacc_count_value(NACC_COUNT_KILLED) - killed;
}

/* No alarm for want of protection where someone has killed the process. */
static void inherit_alarm(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, alarms(test, true), 0);
	KUNIT_EXPECT_EQ(test, alarms(test, false), 1);
}

static void inherit_not_marked(struct kunit *test)
{
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_NULL(test, record_begin(current, t.mm,
					     NACC_COUNT_INHERITED_EXEC));
	test_mm_end(&t);
	KUNIT_EXPECT_EQ(test, nr_free, INHERIT_RECORDS);
}

/* An exec takes its own record only, and the keeper puts what was not used. */
static void inherit_exec(struct kunit *test)
{
	struct inherit *r, *other;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	r = record_begin(current, t.mm, NACC_COUNT_INHERITED_EXEC);
	other = record_begin(&init_task, t.mm, NACC_COUNT_INHERITED_EXEC);
	if (r && other) {
		record_move(&exec_list, r);
		record_move(&exec_list, other);
		KUNIT_EXPECT_PTR_EQ(test, take_exec_record(), r);
		KUNIT_EXPECT_NULL(test, take_exec_record());
		KUNIT_EXPECT_PTR_EQ(test, exec_list, other);
		other->task = current;
		KUNIT_EXPECT_PTR_EQ(test, take_exec_record(), other);
		KUNIT_EXPECT_NULL(test, exec_list);
		record_move(&ended_list, r);
		record_move(&ended_list, other);
		nacc_inherit_clean();
	}
	KUNIT_EXPECT_TRUE(test, r && other);
	KUNIT_EXPECT_EQ(test, nr_free, INHERIT_RECORDS);
	test_mm_end(&t);
}

/* The probes must be in place: without them a mark ends at the first fork. */
static void inherit_probes(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		KUNIT_ASSERT_NOT_NULL(test, probes[i].tp);
		KUNIT_EXPECT_NOT_NULL(test, rcu_access_pointer(probes[i].tp->funcs));
	}
}

/* Who is on his way to join a container that is ended goes with it, and nobody else. */
static void inherit_kill(struct kunit *test)
{
	struct nacc_domain *domain, *other;
	DECLARE_COMPLETION_ONSTACK(begun);
	struct task_struct *thread;
	struct inherit *r;
	struct test_mm t;

	other = kunit_kzalloc(test, sizeof(*other), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, other);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	thread = kthread_run(doomed_thread, &begun, "nacc-joiner");
	KUNIT_ASSERT_FALSE(test, IS_ERR(thread));
	wait_for_completion(&begun);
	r = record_begin(thread, t.mm, NACC_COUNT_INHERITED_FORK);
	KUNIT_ASSERT_NOT_NULL(test, r);
	domain = r->domain;
	nacc_inherit_kill(other);
	KUNIT_EXPECT_FALSE(test, signal_pending(thread));
	nacc_inherit_kill(domain);
	KUNIT_EXPECT_TRUE(test, signal_pending(thread));
	KUNIT_EXPECT_EQ(test, kthread_stop(thread), 1);
	record_move(&ended_list, r);
	/* It is gone: nobody may look at it any more. */
	nacc_inherit_kill(domain);
	nacc_inherit_clean();
	KUNIT_EXPECT_EQ(test, nr_free, INHERIT_RECORDS);
	test_mm_end(&t);
}

/* Whoever has ended is not looked at any more, whatever he has left behind. */
static void inherit_ended(struct kunit *test)
{
	struct nacc_domain *domain = nacc_domain_create("ended");
	struct inherit *r = record_get();

	KUNIT_ASSERT_FALSE(test, IS_ERR(domain));
	KUNIT_ASSERT_NOT_NULL(test, r);
	refcount_inc(&domain->ref);
	r->domain = domain;
	r->task = current;
	record_move(&ended_list, r);
	KUNIT_EXPECT_NULL(test, r->task);
	nacc_inherit_clean();
	KUNIT_EXPECT_EQ(test, nr_free, INHERIT_RECORDS);
	KUNIT_EXPECT_TRUE(test, test_domain_is_ours(domain));
	nacc_domain_put(domain);
}

/*
 * What was born in the domain of all is fetched when its maker has been marked since, and
 * by nobody else. The current thread is the maker.
 */
static void inherit_left_behind(struct kunit *test)
{
	struct nacc_domain *system = nacc_domain_create("kunit system");
	struct test_mm maker, born;

	KUNIT_ASSERT_FALSE(test, IS_ERR(system));
	system->system = true;
	KUNIT_ASSERT_EQ(test, test_mm_begin(&born), 0);
	test_mm_unuse(&born);
	KUNIT_EXPECT_FALSE(test, is_in_place(system, born.mm));
	KUNIT_EXPECT_EQ(test, nacc_join(system, born.mm), 0);
	KUNIT_EXPECT_TRUE(test, is_in_place(system, born.mm));

	KUNIT_ASSERT_EQ(test, test_mm_begin(&maker), 0);
	KUNIT_EXPECT_TRUE(test, is_left_behind(maker.mm));
	KUNIT_EXPECT_FALSE(test, is_left_behind(born.mm));
	KUNIT_EXPECT_EQ(test, nacc_join(system, maker.mm), 0);
	KUNIT_EXPECT_FALSE(test, is_left_behind(born.mm));
	KUNIT_EXPECT_EQ(test, test_mark(&maker), 0);
	KUNIT_EXPECT_TRUE(test, is_left_behind(born.mm));
	KUNIT_EXPECT_FALSE(test, is_left_behind(maker.mm));
	KUNIT_EXPECT_TRUE(test, is_in_place(system, maker.mm));
	test_mm_end(&maker);

	system->system = false;
	KUNIT_EXPECT_TRUE(test, is_in_place(system, born.mm));
	system->system = true;
	mmput(born.mm);
	nacc_domain_put(system);
}

/* The task work of a record moves the current mm to the record's domain. */
static void inherit_fetch(struct kunit *test)
{
	struct nacc_domain *system = nacc_domain_create("kunit system");
	struct nacc_domain *own = nacc_domain_create("kunit own");
	long counted = nacc_count_value(NACC_COUNT_INHERITED_EXEC);
	struct inherit *r = record_get();
	struct test_mm t;

	KUNIT_ASSERT_FALSE(test, IS_ERR(system) || IS_ERR(own));
	KUNIT_ASSERT_NOT_NULL(test, r);
	system->system = true;
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, nacc_join(system, t.mm), 0);
	r->counter = NACC_COUNT_INHERITED_EXEC;
	r->task = current;
	refcount_inc(&own->ref);
	r->domain = own;
	inherit_work(&r->work);
	KUNIT_EXPECT_EQ(test, nacc_domain_of_root(__pa(t.mm->pgd)), own->id);
	KUNIT_EXPECT_EQ(test, nacc_count_value(NACC_COUNT_INHERITED_EXEC), counted + 1);
	KUNIT_EXPECT_EQ(test, nr_free, INHERIT_RECORDS);
	KUNIT_EXPECT_EQ(test, system->mms, 0);
	test_mm_end(&t);
	nacc_domain_put(system);
	nacc_domain_put(own);
}

static struct kunit_case inherit_cases[] = {
	KUNIT_CASE(inherit_left_behind),
	KUNIT_CASE(inherit_fetch),
	KUNIT_CASE(inherit_store),
	KUNIT_CASE(inherit_doomed),
	KUNIT_CASE(inherit_alarm),
	KUNIT_CASE(inherit_ended),
	KUNIT_CASE(inherit_not_marked),
	KUNIT_CASE(inherit_exec),
	KUNIT_CASE(inherit_probes),
	KUNIT_CASE(inherit_kill),
	{}
};

static struct kunit_suite inherit_suite = {
	.name = "nacc_inherit",
	.init = account_init,
	.exit = account_exit,
	.test_cases = inherit_cases,
};

kunit_test_suite(inherit_suite);
