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

/* Is there a pass after the next look? */
static bool a_look_asks(void)
{
	unsigned long before = READ_ONCE(passes_begun);

	look_here_and_now();
	flush_delayed_work(&keeper_work);
	return READ_ONCE(passes_begun) != before;
}

/* Of all CPUs that look before a pass begins one asks for it; the next pass is another one's. */
static void keeper_asked_once(struct kunit *test)
{
	nacc_keeper_rest();
	/* Asked for, and to come: it is let come. */
	queue_delayed_work(nacc_wq, &keeper_work, 100 * HZ);
	WRITE_ONCE(asked, true);
	look_here_and_now();
	KUNIT_EXPECT_TRUE(test, timer_pending(&keeper_work.timer));
	/* What was asked for is cancelled. */
	nacc_keeper_rest();
	KUNIT_EXPECT_TRUE(test, a_look_asks());
	KUNIT_EXPECT_FALSE(test, READ_ONCE(asked));
	/* Who was to ask has not, so far. */
	nacc_keeper_rest();
	WRITE_ONCE(asked, true);
	KUNIT_EXPECT_TRUE(test, a_look_asks());
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
