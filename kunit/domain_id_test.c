// SPDX-License-Identifier: GPL-2.0
/* Tests of domain.c, which includes this file: IDs over several loads. */
#include "env.h"

/* What the firmware has on record carries IDs: they go on where they have been. */
static void id_goes_on(struct kunit *test)
{
	struct test_mm t;

	KUNIT_EXPECT_EQ(test, nacc_sbi_info(NACC_INFO_LAST_TAG), last_id);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, t.id, last_id);
	KUNIT_EXPECT_EQ(test, nacc_sbi_info(NACC_INFO_LAST_TAG), last_id);
	test_mm_end(&t);
}

/* There is no ID behind the last: nothing is marked, and none is used twice. */
static void id_last(struct kunit *test)
{
	const u32 was = last_id;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	last_id = U32_MAX;
	KUNIT_EXPECT_EQ(test, test_mark(&t), -ENOSPC);
	KUNIT_EXPECT_EQ(test, test_mark(&t), -ENOSPC);
	KUNIT_EXPECT_EQ(test, nacc_domain_count(), 0);
	last_id = was;
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, t.id, was + 1);
	test_mm_end(&t);
}

static struct kunit_case id_cases[] = {
	KUNIT_CASE(id_goes_on),
	KUNIT_CASE(id_last),
	{}
};

static struct kunit_suite id_suite = {
	.name = "nacc_domain_id",
	.init = account_init,
	.exit = account_exit,
	.test_cases = id_cases,
};

kunit_test_suite(id_suite);
