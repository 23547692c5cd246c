// SPDX-License-Identifier: GPL-2.0
/* Tests of who.c, which includes this file. */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/slab.h>
#include "env.h"

/* More than are looked for at once, thrice and a rest */
#define MMS	(3 * SOUGHT_MAX + 7)

/**
 * struct sighting - what was seen of the current thread
 * @entry: on which mm
 * @times: how often
 * @others: of others
 */
struct sighting {
	const struct nacc_mm *entry;
	unsigned int times;
	unsigned int others;
};

static void see(const struct nacc_mm *entry, struct task_struct *task, void *arg)
{
	struct sighting *s = arg;

	if (task == current) {
		s->entry = entry;
		s->times++;
	} else {
		s->others++;
	}
}

/* In no order, on both sides of the one; no other mm lies there. */
static void list_mms(struct nacc_mm *mms, unsigned int one, struct mm_struct *mm,
		     struct nacc_domain *domains)
{
	unsigned int i;

	for (i = 0; i < MMS; i++) {
		unsigned long at = (i * 7919 % MMS + 1) * 8;

		mms[i].mm = (void *)(i & 1 ? -at : at);
		mms[i].domain = &domains[i == one];
		if (i == one)
			mms[i].mm = mm;
		list_add_tail(&mms[i].node, &nacc_mms);
	}
}

/*
 * Of many mms, at whose addresses nobody looks, the one that the current thread runs on
 * is found once, wherever it is in the list, and as one of its domain only.
 */
static void who_each(struct kunit *test)
{
	static const unsigned int at[] = {
		0, 1, SOUGHT_MAX - 1, SOUGHT_MAX, 2 * SOUGHT_MAX, MMS - 1,
	};
	struct nacc_domain *domains = kunit_kcalloc(test, 2, sizeof(*domains),
						    GFP_KERNEL);
	struct nacc_mm *mms = kunit_kcalloc(test, MMS, sizeof(*mms), GFP_KERNEL);
	unsigned int i, j;
	struct test_mm t;

	KUNIT_ASSERT_NOT_NULL(test, domains);
	KUNIT_ASSERT_NOT_NULL(test, mms);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	for (i = 0; i < ARRAY_SIZE(at); i++) {
		struct sighting mine = { }, other = { }, all = { };

		mutex_lock(&nacc_domain_lock);
		list_mms(mms, at[i], t.mm, domains);
		nacc_who_each(&domains[1], see, &mine);
		nacc_who_each(&domains[0], see, &other);
		nacc_who_each(NULL, see, &all);
		for (j = 0; j < MMS; j++)
			list_del(&mms[j].node);
		mutex_unlock(&nacc_domain_lock);
		KUNIT_EXPECT_PTR_EQ(test, mine.entry, &mms[at[i]]);
		KUNIT_EXPECT_EQ(test, mine.times, 1);
		KUNIT_EXPECT_EQ(test, mine.others, 0);
		KUNIT_EXPECT_EQ(test, all.times, 1);
		KUNIT_EXPECT_PTR_EQ(test, all.entry, &mms[at[i]]);
		KUNIT_EXPECT_EQ(test, other.times, 0);
	}
	test_mm_end(&t);
}

/* Who runs on an mm, and that nobody does any more. */
static void who_uses(struct kunit *test)
{
	struct nacc_who who = { };
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_TRUE(test, nacc_who_uses(t.mm, &init_pid_ns, &who));
	KUNIT_EXPECT_EQ(test, who.pid, task_tgid_nr(current));
	KUNIT_EXPECT_STREQ(test, who.comm, current->comm);
	test_mm_unuse(&t);
	KUNIT_EXPECT_FALSE(test, nacc_who_uses(t.mm, &init_pid_ns, &who));
	mmput(t.mm);
}

static int come_and_go(void *done)
{
	complete(done);
	return 0;
}

/* It runs, exits, and is in no list of tasks any more. */
static void let_go(struct task_struct *thread, struct completion *done)
{
	get_task_struct(thread);
	wake_up_process(thread);
	wait_for_completion(done);
	kthread_stop(thread);
	while (pid_alive(thread))
		fsleep(1000);
	put_task_struct(thread);
}

#define GOERS	3

/**
 * struct goers - threads that exit on one CPU, one after the other
 * @task: where they were
 * @when: when all of them were there, in ticks of the time CSR
 */
struct goers {
	u64 task[GOERS];
	u64 when;
};

static void come_and_go_all(struct kunit *test, struct goers *g)
{
	struct task_struct *thread[GOERS];
	struct completion done;
	unsigned int i;

	for (i = 0; i < GOERS; i++) {
		thread[i] = kthread_create(come_and_go, &done, "nacc-goer%u", i);
		KUNIT_ASSERT_FALSE(test, IS_ERR(thread[i]));
		kthread_bind(thread[i], cpumask_first(cpu_online_mask));
		g->task[i] = (u64)thread[i];
	}
	/* By more than clocks may differ */
	msleep(50);
	g->when = get_cycles64();
	msleep(50);
	for (i = 0; i < GOERS; i++) {
		init_completion(&done);
		let_go(thread[i], &done);
	}
}

/* All who have gone lately are known, while something is marked, and else nobody. */
static void who_gone(struct kunit *test)
{
	struct nacc_who who;
	struct test_mm t;
	struct goers g;
	unsigned int i;
	char name[16];

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	come_and_go_all(test, &g);
	for (i = 0; i < GOERS; i++)
		KUNIT_EXPECT_FALSE(test, nacc_who_was(g.task[i], g.when, &who));
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	come_and_go_all(test, &g);
	for (i = 0; i < GOERS; i++) {
		who = (struct nacc_who){ };
		snprintf(name, sizeof(name), "nacc-goer%u", i);
		KUNIT_EXPECT_TRUE(test, nacc_who_was(g.task[i], g.when, &who));
		KUNIT_EXPECT_STREQ(test, who.comm, name);
	}
	test_mm_end(&t);
}

/* A moment of the past is no later than what has come behind it; none is to come. */
static void who_when(struct kunit *test)
{
	u64 time = get_cycles64(), behind, now;

	msleep(200);
	behind = ktime_get_real_ns();
	msleep(200);
	KUNIT_EXPECT_LT(test, nacc_who_when(time), behind);
	now = ktime_get_real_ns();
	time = nacc_who_when(get_cycles64() + 1000ULL * riscv_timebase);
	KUNIT_EXPECT_GE(test, time, now);
	KUNIT_EXPECT_LE(test, time, ktime_get_real_ns());
}

static struct kunit_case who_cases[] = {
	KUNIT_CASE(who_each),
	KUNIT_CASE(who_uses),
	KUNIT_CASE(who_gone),
	KUNIT_CASE(who_when),
	{}
};

static struct kunit_suite who_suite = {
	.name = "nacc_who",
	.init = account_init,
	.exit = account_exit,
	.test_cases = who_cases,
};

kunit_test_suite(who_suite);
