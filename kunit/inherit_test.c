// SPDX-License-Identifier: GPL-2.0
/* Tests of inherit.c, which includes this file. */
#include "env.h"

/* Probes find no record when the store is empty, and fork(2) is told before. */
static void inherit_store(struct kunit *test)
{
	struct inherit *taken = NULL, *r;
	unsigned int n = 0;
	bool room = true;

	while ((r = record_get())) {
		if (room && !nacc_inherit_room()) {
			KUNIT_EXPECT_EQ(test, nr_free, INHERIT_RESERVE);
			room = false;
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

static struct kunit_case inherit_cases[] = {
	KUNIT_CASE(inherit_store),
	KUNIT_CASE(inherit_not_marked),
	KUNIT_CASE(inherit_exec),
	KUNIT_CASE(inherit_probes),
	{}
};

static struct kunit_suite inherit_suite = {
	.name = "nacc_inherit",
	.init = account_init,
	.exit = account_exit,
	.test_cases = inherit_cases,
};

kunit_test_suite(inherit_suite);
