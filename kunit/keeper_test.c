// SPDX-License-Identifier: GPL-2.0
/* Tests of keeper.c, which includes this file. */
#include "env.h"

/* As a timer calls it, on this CPU; nothing is marked, so that none is there. */
static void look_here_and_now(void)
{
	struct timer_list *timer = get_cpu_ptr(&look_timer);

	look(timer);
	put_cpu_ptr(&look_timer);
	timer_delete_sync(timer);
}

/* Of all CPUs that look before a pass begins one asks for it; the next pass is another one's. */
static void keeper_asked_once(struct kunit *test)
{
	unsigned long before;

	nacc_keeper_rest();
	KUNIT_EXPECT_FALSE(test, READ_ONCE(asked));
	before = READ_ONCE(passes_begun);
	WRITE_ONCE(asked, true);
	look_here_and_now();
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&keeper_work));
	KUNIT_EXPECT_EQ(test, READ_ONCE(passes_begun), before);
	/* What was asked for is cancelled. */
	nacc_keeper_rest();
	look_here_and_now();
	flush_delayed_work(&keeper_work);
	KUNIT_EXPECT_GT(test, READ_ONCE(passes_begun), before);
	KUNIT_EXPECT_FALSE(test, READ_ONCE(asked));
}

static struct kunit_case keeper_cases[] = {
	KUNIT_CASE(keeper_asked_once),
	{}
};

static struct kunit_suite keeper_suite = {
	.name = "nacc_keeper",
	.test_cases = keeper_cases,
};

kunit_test_suite(keeper_suite);
