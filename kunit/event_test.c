// SPDX-License-Identifier: GPL-2.0
/* Tests of event.c, which includes this file. */
#include "env.h"

/**
 * test_next_event() - the next event of a domain
 * @seq: in: number of the first that is looked at; out: of the one behind it
 * @type: out: what has happened
 * @domain: the domain
 *
 * Return: false if there is none.
 */
bool test_next_event(u64 *seq, enum nacc_event_type *type, u32 domain)
{
	struct nacc_event event;

	while (nacc_events_get(seq, &event)) {
		*type = event.type;
		if (event.domain == domain)
			return true;
	}
	return false;
}

/* Each once, in order, with its number, and nobody is waited for. */
static void event_order(struct kunit *test)
{
	struct nacc_event event;
	u64 seq = nacc_events_next(), first = seq;
	struct nacc_who who = { .pid = 7, .comm = "somebody" };

	KUNIT_EXPECT_FALSE(test, nacc_events_get(&seq, &event));
	KUNIT_EXPECT_EQ(test, seq, first);
	nacc_event_who(NACC_EVENT_REFUSE, 3, "a name", &who, 5);
	nacc_event_task(NACC_EVENT_KILL, NULL, current, ENOMEM);
	KUNIT_ASSERT_TRUE(test, nacc_events_get(&seq, &event));
	KUNIT_EXPECT_EQ(test, event.seq, first);
	KUNIT_EXPECT_EQ(test, event.type, NACC_EVENT_REFUSE);
	KUNIT_EXPECT_EQ(test, event.domain, 3);
	KUNIT_EXPECT_EQ(test, event.pid, 7);
	KUNIT_EXPECT_EQ(test, event.reason, 5);
	KUNIT_EXPECT_STREQ(test, event.name, "a name");
	KUNIT_EXPECT_STREQ(test, event.comm, "somebody");
	KUNIT_EXPECT_GT(test, event.time, 0);
	KUNIT_ASSERT_TRUE(test, nacc_events_get(&seq, &event));
	KUNIT_EXPECT_EQ(test, event.seq, first + 1);
	KUNIT_EXPECT_EQ(test, event.pid, task_tgid_nr(current));
	KUNIT_EXPECT_STREQ(test, event.comm, current->comm);
	KUNIT_EXPECT_EQ(test, event.domain, 0);
	KUNIT_EXPECT_STREQ(test, event.name, "");
	KUNIT_EXPECT_FALSE(test, nacc_events_get(&seq, &event));
	KUNIT_EXPECT_EQ(test, seq, nacc_events_next());
}

/* Who is slow gets the last ones, and sees by the number what he has not got. */
static void event_lost(struct kunit *test)
{
	u64 seq = nacc_events_next(), first = seq;
	struct nacc_event event;
	unsigned int i, n = 0;

	for (i = 0; i < EVENTS + 10; i++)
		nacc_event_who(NACC_EVENT_EXHAUST, i + 1, "", NULL, 0);
	while (nacc_events_get(&seq, &event)) {
		KUNIT_ASSERT_EQ(test, event.seq, first + 10 + n);
		KUNIT_ASSERT_EQ(test, event.domain, 10 + n + 1);
		n++;
	}
	KUNIT_EXPECT_EQ(test, n, EVENTS);
	/* Numbers of events that are long gone, and of those to come. */
	seq = first;
	KUNIT_EXPECT_TRUE(test, nacc_events_get(&seq, &event));
	KUNIT_EXPECT_EQ(test, event.seq, first + 10);
	seq = nacc_events_next() + 5;
	KUNIT_EXPECT_FALSE(test, nacc_events_get(&seq, &event));
}

/* A life: made, joined, left. What came to nothing is not told of. */
static void event_life(struct kunit *test)
{
	u64 seq = nacc_events_next();
	struct nacc_event event;
	struct test_mm t;
	u32 id;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	sbi_fault_set(NACC_SBI_AS_CREATE, 1);
	KUNIT_EXPECT_NE(test, test_mark(&t), 0);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_FALSE(test, nacc_events_get(&seq, &event));
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	id = t.id;
	KUNIT_ASSERT_TRUE(test, nacc_events_get(&seq, &event));
	KUNIT_EXPECT_EQ(test, event.type, NACC_EVENT_MARK);
	KUNIT_EXPECT_EQ(test, event.domain, id);
	test_condemn(id);
	test_condemn(id);
	KUNIT_ASSERT_TRUE(test, nacc_events_get(&seq, &event));
	KUNIT_EXPECT_EQ(test, event.type, NACC_EVENT_CONDEMN);
	KUNIT_EXPECT_EQ(test, event.domain, id);
	KUNIT_EXPECT_FALSE(test, nacc_events_get(&seq, &event));
	test_mm_end(&t);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	KUNIT_ASSERT_TRUE(test, nacc_events_get(&seq, &event));
	KUNIT_EXPECT_EQ(test, event.type, NACC_EVENT_LEAVE);
	KUNIT_EXPECT_EQ(test, event.domain, id);
	KUNIT_EXPECT_FALSE(test, nacc_events_get(&seq, &event));
}

static struct kunit_case event_cases[] = {
	KUNIT_CASE(event_order),
	KUNIT_CASE(event_lost),
	KUNIT_CASE(event_life),
	{}
};

static struct kunit_suite event_suite = {
	.name = "nacc_event",
	.init = account_init,
	.exit = account_exit,
	.test_cases = event_cases,
};

kunit_test_suite(event_suite);
