// SPDX-License-Identifier: GPL-2.0
/* Tests of user/events.c, which includes this file. */
#include "env.h"

static void add_events(unsigned int nr)
{
	while (nr--)
		nacc_event_who(NACC_EVENT_EXHAUST, 1, "test", NULL, 0);
}

/* As many as fit, each whole; nothing is given twice, or lost by an error. */
static void events_read(struct kunit *test)
{
	const size_t one = sizeof(struct nacc_event);
	struct file file = { .f_flags = O_NONBLOCK };
	struct nacc_event event;
	struct test_mm t;
	char __user *at;
	u64 first;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	at = (char __user *)t.area[0];
	add_events(3);
	KUNIT_ASSERT_EQ(test, nacc_events_open(&file), 0);
	first = nacc_events_next();
	KUNIT_EXPECT_EQ(test, nacc_events_read(&file, at, one, NULL), -EAGAIN);
	KUNIT_EXPECT_EQ(test, nacc_events_poll(&file, NULL), 0);
	add_events(5);
	KUNIT_EXPECT_EQ(test, nacc_events_poll(&file, NULL), EPOLLIN | EPOLLRDNORM);
	KUNIT_EXPECT_EQ(test, nacc_events_read(&file, at, one - 1, NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, nacc_events_read(&file, at, 2 * one + 8, NULL), 2 * one);
	KUNIT_EXPECT_EQ(test, copy_from_user(&event, at + one, one), 0);
	KUNIT_EXPECT_EQ(test, event.seq, first + 1);
	KUNIT_EXPECT_EQ(test, nacc_events_read(&file, NULL, one, NULL), -EFAULT);
	/* The last page: there is room for one and a half. */
	at = (char __user *)t.area[0] + TEST_STRIDE - one - one / 2;
	KUNIT_EXPECT_EQ(test, nacc_events_read(&file, at, 10 * one, NULL), one);
	KUNIT_EXPECT_EQ(test, copy_from_user(&event, at, one), 0);
	KUNIT_EXPECT_EQ(test, event.seq, first + 2);
	at = (char __user *)t.area[0];
	KUNIT_EXPECT_EQ(test, nacc_events_read(&file, at, 10 * one, NULL), 2 * one);
	KUNIT_EXPECT_EQ(test, copy_from_user(&event, at, one), 0);
	KUNIT_EXPECT_EQ(test, event.seq, first + 3);
	KUNIT_EXPECT_EQ(test, nacc_events_read(&file, at, one, NULL), -EAGAIN);
	nacc_events_release(&file);
	test_mm_end(&t);
}

/* Many more than are kept: a reader gets on, and the numbers say what he has lost. */
static void events_slow(struct kunit *test)
{
	const size_t one = sizeof(struct nacc_event);
	struct file file = { .f_flags = O_NONBLOCK };
	struct nacc_event event;
	struct test_mm t;
	char __user *at;
	u64 first;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	at = (char __user *)t.area[0];
	KUNIT_ASSERT_EQ(test, nacc_events_open(&file), 0);
	first = nacc_events_next();
	add_events(2000);
	KUNIT_EXPECT_EQ(test, nacc_events_read(&file, at, one, NULL), one);
	KUNIT_EXPECT_EQ(test, copy_from_user(&event, at, one), 0);
	KUNIT_EXPECT_GT(test, event.seq, first);
	KUNIT_EXPECT_LT(test, event.seq, first + 2000);
	nacc_events_release(&file);
	test_mm_end(&t);
}

static struct kunit_case events_cases[] = {
	KUNIT_CASE(events_read),
	KUNIT_CASE(events_slow),
	{}
};

static struct kunit_suite events_suite = {
	.name = "nacc_user_events",
	.init = account_init,
	.exit = account_exit,
	.test_cases = events_cases,
};

kunit_test_suite(events_suite);
