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

/* The last ID is used, and one of a mark that failed is not used again. */
static void id_before_last(struct kunit *test)
{
	const u32 was = last_id;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	last_id = U32_MAX - 1;
	/* The firmware does not get to know it: it would keep it for all loads. */
	sbi_fault_set(NACC_SBI_AS_CREATE, 1);
	KUNIT_EXPECT_EQ(test, test_mark(&t), -EIO);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_EQ(test, last_id, U32_MAX);
	KUNIT_EXPECT_EQ(test, test_mark(&t), -ENOSPC);
	last_id = was;
	test_mm_end(&t);
}

/* Whoever is born in a container has its ID. */
static void id_of_birth(struct kunit *test)
{
	struct mm_struct *mm;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	mm = mm_alloc();
	KUNIT_ASSERT_NOT_NULL(test, mm);
	KUNIT_EXPECT_EQ(test, nacc_domain_of_root(__pa(mm->pgd)), t.id);
	KUNIT_EXPECT_EQ(test, nacc_sbi_info(NACC_INFO_LAST_TAG), t.id);
	mmput(mm);
	test_mm_end(&t);
}

static struct kunit_case id_cases[] = {
	KUNIT_CASE(id_goes_on),
	KUNIT_CASE(id_last),
	KUNIT_CASE(id_before_last),
	KUNIT_CASE(id_of_birth),
	{}
};

static struct kunit_suite id_suite = {
	.name = "nacc_domain_id",
	.init = account_init,
	.exit = account_exit,
	.test_cases = id_cases,
};

kunit_test_suite(id_suite);
