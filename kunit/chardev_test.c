// SPDX-License-Identifier: GPL-2.0
/* Tests of chardev.c, which includes this file. */
#include "env.h"

static void chardev_info(struct kunit *test)
{
	struct nacc_info info = { };
	struct test_mm t;
	unsigned int inside;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, ioctl_info(&info), 0);
	KUNIT_EXPECT_EQ(test, info.frames_used, 0);
	KUNIT_EXPECT_EQ(test, info.domains, 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	test_tables_outside(t.mm, &inside);
	KUNIT_EXPECT_EQ(test, ioctl_info(&info), 0);
	KUNIT_EXPECT_EQ(test, info.frames, nacc_pool.nr);
	KUNIT_EXPECT_EQ(test, info.frames_used, inside);
	KUNIT_EXPECT_EQ(test, info.domains, 1);
	KUNIT_EXPECT_EQ(test, info.harts, num_online_cpus());
	test_mm_end(&t);
}

/* Who asks for the lock and does not get it is told. */
static void chardev_lock(struct kunit *test)
{
	sbi_fault_set(NACC_SBI_LOCK, 1);
	KUNIT_EXPECT_EQ(test, ioctl_lock(), -EIO);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	/* The first mark does the same. */
	KUNIT_EXPECT_EQ(test, ioctl_lock(), 0);
	KUNIT_EXPECT_TRUE(test, nacc_sbi_info(NACC_INFO_STATE) &
				NACC_STATE_LOCKED);
}

static struct kunit_case chardev_cases[] = {
	KUNIT_CASE(chardev_info),
	KUNIT_CASE(chardev_lock),
	{}
};

static struct kunit_suite chardev_suite = {
	.name = "nacc_chardev",
	.init = account_init,
	.exit = account_exit,
	.test_cases = chardev_cases,
};

kunit_test_suite(chardev_suite);
