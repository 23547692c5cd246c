// SPDX-License-Identifier: GPL-2.0
/* Tests of share.c, which includes this file. */
#include <linux/vmalloc.h>
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
	KUNIT_EXPECT_EQ(test, nacc_share_kept(t.mm, 1), one);
	test_mm_end(&t);
	KUNIT_ASSERT_EQ(test, test_settle(), 0);
	KUNIT_ASSERT_EQ(test, test_guard_begin(), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	nacc_share_update();
	used = two + two - nacc_share_kept(t.mm, 1);
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
	kept = nacc_share_kept(t.mm, 1);
	room = nacc_sbi_info(NACC_INFO_ARMED) - nacc_room_reserve() - kept;
	KUNIT_EXPECT_GT(test, room, nacc_pool.nr / 4);
	KUNIT_EXPECT_FALSE(test, nacc_share_take(t.mm, room + 1));
	KUNIT_EXPECT_TRUE(test, nacc_share_take(t.mm, room));
	KUNIT_EXPECT_FALSE(test, nacc_share_take(t.mm, 1));
	/* What was kept is there for others. */
	KUNIT_EXPECT_TRUE(test, nacc_room_take(kept, 0));
	nacc_room_give(kept);
	nacc_room_give(room);
	test_mm_end(&t);
}

/* What is kept for all that are not being ended, and for one that is to come. */
static unsigned int kept_by_list(void)
{
	unsigned int share = nacc_pool.nr / 2 / (nacc_domain_count() + 1);
	unsigned int all = share;
	struct nacc_domain *d;

	mutex_lock(&nacc_domain_lock);
	list_for_each_entry(d, &nacc_domains, node)
		if (!d->condemned && d->used < share)
			all += share - d->used;
	mutex_unlock(&nacc_domain_lock);
	return all;
}

/* A container that is being ended gets nothing, and nothing is kept for it. */
static void share_condemned(struct kunit *test)
{
	unsigned int kept;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_guard_begin(), 0);
	kept = READ_ONCE(kept_for_all);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	nacc_domain_kill(t.id);
	KUNIT_EXPECT_EQ(test, nacc_share_kept(t.mm, 1), NACC_ROOM_NONE);
	KUNIT_EXPECT_FALSE(test, nacc_share_take(t.mm, 1));
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), -EFAULT);
	nacc_share_update();
	KUNIT_EXPECT_EQ(test, nacc_share_kept(t.mm, 1), NACC_ROOM_NONE);
	KUNIT_EXPECT_LE(test, READ_ONCE(kept_for_all), kept);
	KUNIT_EXPECT_EQ(test, READ_ONCE(kept_for_all), kept_by_list());
	test_mm_end(&t);
}

/* What the firmware's records say, frame by frame. */
static unsigned int frames_by_record(const struct mm_struct *mm)
{
	struct nacc_sbi_frame *all = nacc_pool_snapshot_alloc();
	unsigned int i, n = 0;

	if (!all)
		return 0;
	nacc_pool_snapshot(all);
	for (i = 0; i < nacc_pool.nr; i++)
		n += (all[i].type == NACC_FRAME_ROOT || all[i].type == NACC_FRAME_TABLE) &&
		     all[i].owner == nacc_frame_index(__pa(mm->pgd));
	vfree(all);
	return n;
}

static int quota_of(const struct test_mm *t, u64 frames, struct nacc_quota *q)
{
	*q = (struct nacc_quota){ .domain = t->id, .frames = frames };
	return nacc_domain_quota(q);
}

/* Not one frame more than the quota, for this container only; and none is lost. */
static void share_quota(struct kunit *test)
{
	struct nacc_quota q;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_guard_begin(), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, quota_of(&t, NACC_QUOTA_ASK, &q), 0);
	KUNIT_EXPECT_EQ(test, q.frames, 0);
	KUNIT_EXPECT_EQ(test, q.used, frames_by_record(t.mm));
	KUNIT_EXPECT_EQ(test, q.share, nacc_pool.nr / 6);
	/* As many as it has, and two. */
	KUNIT_EXPECT_EQ(test, quota_of(&t, q.used + 2, &q), 0);
	KUNIT_EXPECT_EQ(test, q.frames, q.used + 2);
	KUNIT_EXPECT_EQ(test, q.share, q.frames);
	KUNIT_EXPECT_FALSE(test, nacc_share_take(t.mm, 3));
	KUNIT_EXPECT_TRUE(test, nacc_share_take(t.mm, 2));
	nacc_room_give(2);
	/* They were not used, so it may have them again. */
	KUNIT_EXPECT_TRUE(test, nacc_share_take(t.mm, 2));
	nacc_room_give(2);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), -EFAULT);
	KUNIT_EXPECT_EQ(test, quota_of(&t, NACC_QUOTA_ASK, &q), 0);
	KUNIT_EXPECT_LE(test, q.used, q.frames);
	/* Others do not notice. */
	KUNIT_EXPECT_TRUE(test, nacc_share_take(test_guard_mm(), 3));
	nacc_room_give(3);
	KUNIT_EXPECT_EQ(test, quota_of(&t, 0, &q), 0);
	KUNIT_EXPECT_EQ(test, q.frames, 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	test_mm_end(&t);
}

/* What makes no sense changes nothing. */
static void share_quota_bad(struct kunit *test)
{
	struct nacc_quota q, pad;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, quota_of(&t, nacc_pool.nr, &q), 0);
	KUNIT_EXPECT_EQ(test, quota_of(&t, nacc_pool.nr + 1UL, &q), -EINVAL);
	KUNIT_EXPECT_EQ(test, quota_of(&t, NACC_QUOTA_ASK - 1, &q), -EINVAL);
	KUNIT_EXPECT_EQ(test, quota_of(&t, 1UL << 32, &q), -EINVAL);
	pad = (struct nacc_quota){ .domain = t.id, .pad = 1 };
	KUNIT_EXPECT_EQ(test, nacc_domain_quota(&pad), -EINVAL);
	KUNIT_EXPECT_EQ(test, quota_of(&t, NACC_QUOTA_ASK, &q), 0);
	KUNIT_EXPECT_EQ(test, q.frames, nacc_pool.nr);
	test_mm_end(&t);
	KUNIT_ASSERT_EQ(test, test_settle(), 0);
	KUNIT_EXPECT_EQ(test, quota_of(&t, 0, &q), -ENOENT);
}

static struct kunit_case share_cases[] = {
	KUNIT_CASE_SLOW(share_kept),
	KUNIT_CASE_SLOW(share_taken),
	KUNIT_CASE(share_condemned),
	KUNIT_CASE_SLOW(share_quota),
	KUNIT_CASE(share_quota_bad),
	{}
};

static struct kunit_suite share_suite = {
	.name = "nacc_share",
	.init = account_init,
	.exit = account_exit,
	.test_cases = share_cases,
};

kunit_test_suite(share_suite);
