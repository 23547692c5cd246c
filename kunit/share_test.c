// SPDX-License-Identifier: GPL-2.0
/* Tests of share.c, which includes this file. */
#include <linux/delay.h>
#include <linux/kthread.h>
#include "env.h"

/* One container, then two: what each leaves to the other. */
static void share_kept(struct kunit *test)
{
	const unsigned int one = nacc_pool.nr / 4, two = nacc_pool.nr / 6;
	struct test_mm t;
	unsigned int used;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	nacc_share_update();
	/* For one that is to come. */
	KUNIT_EXPECT_EQ(test, test_kept(t.mm), one);
	test_mm_end(&t);
	KUNIT_ASSERT_EQ(test, test_settle(), 0);
	KUNIT_ASSERT_EQ(test, test_guard_begin(), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	nacc_share_update();
	used = two + two - test_kept(t.mm);
	/* The guard has used some of what is kept for it. */
	KUNIT_EXPECT_GE(test, used, TEST_STRIDE / PMD_SIZE);
	KUNIT_EXPECT_LT(test, used, TEST_STRIDE / PMD_SIZE + 10);
	test_mm_end(&t);
}

/* With more than its share a container can have what others do not need. */
static void share_taken(struct kunit *test)
{
	unsigned int room, kept;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_guard_begin(), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	kept = test_kept(t.mm);
	room = test_room() - kept;
	KUNIT_EXPECT_GT(test, room, nacc_pool.nr / 4);
	KUNIT_EXPECT_FALSE(test, nacc_share_take(t.mm, room + 1, NACC_ROOM_WAIT));
	KUNIT_EXPECT_TRUE(test, nacc_share_take(t.mm, room, NACC_ROOM_WAIT));
	KUNIT_EXPECT_FALSE(test, nacc_share_take(t.mm, 1, NACC_ROOM_WAIT));
	/* What was kept is there for others. */
	KUNIT_EXPECT_TRUE(test, test_room_take(kept, 0));
	nacc_room_give(kept);
	nacc_share_give(t.mm, room);
	test_mm_end(&t);
}

/* What is kept for others that are not being ended, and for one that is to come. */
static unsigned int kept_by_list(const struct mm_struct *mm)
{
	unsigned int share = nacc_pool.nr / 2 / (nacc_domain_count() + 1);
	unsigned int all = share;
	struct nacc_domain *own = nacc_domain_get_by_mm(mm), *d;

	mutex_lock(&nacc_domain_lock);
	list_for_each_entry(d, &nacc_domains, node)
		if (d != own && !d->condemned && d->used < share)
			all += share - d->used;
	mutex_unlock(&nacc_domain_lock);
	if (own)
		nacc_domain_put(own);
	return all;
}

/* A container that is being ended gets nothing, and nothing is kept for it. */
static void share_condemned(struct kunit *test)
{
	unsigned int kept;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_guard_begin(), 0);
	kept = test_kept(test_guard_mm());
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	test_condemn(t.id);
	KUNIT_EXPECT_EQ(test, test_kept(t.mm), NACC_ROOM_NONE);
	KUNIT_EXPECT_FALSE(test, nacc_share_take(t.mm, 1, NACC_ROOM_WAIT));
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), -EFAULT);
	nacc_share_update();
	KUNIT_EXPECT_EQ(test, test_kept(t.mm), NACC_ROOM_NONE);
	/* Half of the pool for two, and nothing of it for this one. */
	KUNIT_EXPECT_LE(test, test_kept(test_guard_mm()), kept);
	KUNIT_EXPECT_EQ(test, test_kept(test_guard_mm()), kept_by_list(test_guard_mm()));
	test_mm_end(&t);
}

/* What somebody was promised whose root was forged before the end is not lost. */
static void share_forged(struct kunit *test)
{
	const unsigned int before = nacc_room_promised();
	struct test_mm t;
	pgd_t *own;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_TRUE(test, nacc_share_take(t.mm, 3, NACC_ROOM_WAIT));
	KUNIT_EXPECT_EQ(test, nacc_room_promised(), before + 3);
	own = t.mm->pgd;
	preempt_disable();
	WRITE_ONCE(t.mm->pgd, nacc_ksym.init_mm->pgd);
	nacc_share_give(t.mm, 3);
	WRITE_ONCE(t.mm->pgd, own);
	preempt_enable();
	KUNIT_EXPECT_EQ(test, nacc_room_promised(), before + 3);
	test_mm_end(&t);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	KUNIT_EXPECT_EQ(test, nacc_room_promised(), before);
}

/* Who goes on to promise to an mm that has gone to another domain learns it. */
static void share_moved(struct kunit *test)
{
	struct nacc_domain *left, *entered;
	struct nacc_mm *old, *now;

	left = kunit_kzalloc(test, sizeof(*left), GFP_KERNEL);
	entered = kunit_kzalloc(test, sizeof(*entered), GFP_KERNEL);
	old = kunit_kzalloc(test, sizeof(*old), GFP_KERNEL);
	now = kunit_kzalloc(test, sizeof(*now), GFP_KERNEL);
	KUNIT_ASSERT_TRUE(test, left && entered && old && now);
	old->domain = left;
	now->domain = entered;
	atomic_set(&left->promised, 5);
	KUNIT_EXPECT_TRUE(test, note(old, 3));
	nacc_share_hand_over(old, now);
	KUNIT_EXPECT_EQ(test, atomic_read(&left->promised), 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&entered->promised), 3);
	KUNIT_EXPECT_EQ(test, atomic_read(&now->promised), 3);
	KUNIT_EXPECT_FALSE(test, note(old, 1));
	KUNIT_EXPECT_TRUE(test, note(now, 1));
	KUNIT_EXPECT_EQ(test, atomic_read(&now->promised), 4);
}

/* The keeper is late, for longer than anybody waits for one pass of it. */
static int hold_keeper(void *room)
{
	mutex_lock(&nacc_domain_lock);
	msleep(4000);
	nacc_room_give((unsigned long)room);
	mutex_unlock(&nacc_domain_lock);
	return 0;
}

/* Nobody is told that there is no room before the keeper has been through. */
static void share_late(struct kunit *test)
{
	struct task_struct *task;
	unsigned int room;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	room = test_exhaust(t.mm);
	KUNIT_EXPECT_GT(test, room, 0);
	task = kthread_create(hold_keeper, (void *)(unsigned long)room, "nacc_late");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	wake_up_process(task);
	while (!mutex_is_locked(&nacc_domain_lock))
		msleep(20);
	KUNIT_EXPECT_TRUE(test, nacc_share_take(t.mm, 1, NACC_ROOM_WAIT));
	nacc_share_give(t.mm, 1);
	KUNIT_EXPECT_EQ(test, kthread_stop_put(task), 0);
	test_mm_end(&t);
}

static struct kunit_case share_cases[] = {
	KUNIT_CASE_SLOW(share_late),
	KUNIT_CASE(share_forged),
	KUNIT_CASE(share_moved),
	KUNIT_CASE_SLOW(share_kept),
	KUNIT_CASE_SLOW(share_taken),
	KUNIT_CASE(share_condemned),
	{}
};

static struct kunit_suite share_suite = {
	.name = "nacc_share",
	.init = account_init,
	.exit = account_exit,
	.test_cases = share_cases,
};

kunit_test_suite(share_suite);
