// SPDX-License-Identifier: GPL-2.0
/* Tests of sbi.c: names, errors, the hook of the tests themselves. */
#include <linux/gfp.h>

#include "env.h"

static void sbi_reason_names(struct kunit *test)
{
	unsigned int i, j;

	for (i = 0; i < NACC_REASON_MAX; i++)
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_STRNEQ(test, nacc_reason_name(i),
					    nacc_reason_name(j));
	KUNIT_EXPECT_STREQ(test, nacc_reason_name(NACC_REASON_PROVENANCE),
			   "provenance");
	KUNIT_EXPECT_STREQ(test, nacc_reason_name(NACC_REASON_MAX), "unknown");
	KUNIT_EXPECT_STREQ(test, nacc_reason_name(~0U), "unknown");
}

static void sbi_stat_names(struct kunit *test)
{
	unsigned int i, j;

	for (i = 0; i < NACC_STAT_MAX; i++)
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_STRNEQ(test, nacc_stat_name(i),
					    nacc_stat_name(j));
	KUNIT_EXPECT_STREQ(test, nacc_stat_name(NACC_STAT_MAX), "unknown");
}

static void sbi_info(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, nacc_sbi_probe(), 0);
	KUNIT_EXPECT_EQ(test, nacc_sbi_info(NACC_INFO_NR_FRAMES),
			nacc_pool.nr);
	KUNIT_EXPECT_EQ(test, nacc_sbi_info(NACC_INFO_FRAME_BASE),
			nacc_pool.base);
	KUNIT_EXPECT_EQ(test, nacc_sbi_info(NACC_INFO_MAX), 0);
}

/* Each error of the shim that a caller of ours can see has its errno. */
static void sbi_errors(struct kunit *test)
{
	unsigned long reason;

	KUNIT_EXPECT_EQ(test, nacc_sbi_call(NACC_SBI_FID_MAX, 0, 0, 0, NULL),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, nacc_sbi_call(NACC_SBI_GET_INFO, NACC_INFO_MAX, 0,
					    0, NULL), -EINVAL);
	KUNIT_EXPECT_NE(test, nacc_sbi_call(NACC_SBI_ARM, 0, 0, 0, &reason), 0);
	KUNIT_EXPECT_EQ(test, reason, NACC_REASON_BAD_COUNT);
	KUNIT_EXPECT_NE(test, nacc_sbi_call(NACC_SBI_STATS, 1, 0, 0, &reason),
			0);
	KUNIT_EXPECT_EQ(test, reason, NACC_REASON_BAD_ADDRESS);
	/* Nothing is armed between tests. */
	KUNIT_EXPECT_EQ(test, nacc_sbi_call(NACC_SBI_AS_CREATE, 0, 0, 0,
					    &reason), -ENOMEM);
	KUNIT_EXPECT_EQ(test, reason, NACC_REASON_EXHAUSTED);
}

static void sbi_fault_hook(struct kunit *test)
{
	sbi_fault_set(NACC_SBI_FENCE, 2);
	KUNIT_EXPECT_EQ(test, nacc_sbi_call(NACC_SBI_FENCE, 0, 0, 0, NULL), 0);
	KUNIT_EXPECT_NE(test, nacc_sbi_info(NACC_INFO_NR_FRAMES), 0);
	KUNIT_EXPECT_EQ(test, nacc_sbi_call(NACC_SBI_FENCE, 0, 0, 0, NULL),
			-EIO);
	KUNIT_EXPECT_EQ(test, nacc_sbi_call(NACC_SBI_FENCE, 0, 0, 0, NULL), 0);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	sbi_fault_set(NACC_SBI_FENCE, 1);
	KUNIT_EXPECT_FALSE(test, sbi_fault_clear());
	KUNIT_EXPECT_EQ(test, nacc_sbi_call(NACC_SBI_FENCE, 0, 0, 0, NULL), 0);
	sbi_fault_all(NACC_SBI_FENCE);
	KUNIT_EXPECT_EQ(test, nacc_sbi_call(NACC_SBI_FENCE, 0, 0, 0, NULL), -EIO);
	KUNIT_EXPECT_EQ(test, nacc_sbi_call(NACC_SBI_FENCE, 0, 0, 0, NULL), -EIO);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_EQ(test, nacc_sbi_call(NACC_SBI_FENCE, 0, 0, 0, NULL), 0);
	sbi_fault_all(NACC_SBI_FENCE);
	KUNIT_EXPECT_FALSE(test, sbi_fault_clear());
}

/* What calls for a live address space answer, and the reason with it. */
static void sbi_refusals(struct kunit *test)
{
	u64 *page = (void *)get_zeroed_page(GFP_KERNEL);
	unsigned long root, value;

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_ASSERT_EQ(test, test_guard_begin(), 0);
	KUNIT_ASSERT_EQ(test, nacc_sbi_call(NACC_SBI_AS_CREATE, 0, 0, 0, &root),
			0);
	KUNIT_EXPECT_TRUE(test, nacc_in_pool(root));
	/* A leaf that maps the pool. */
	page[3] = nacc_pte_relink(_PAGE_PRESENT | _PAGE_READ | _PAGE_USER,
				  nacc_pool.base);
	KUNIT_EXPECT_EQ(test, nacc_sbi_call(NACC_SBI_TABLE_ADOPT, root, 0,
					    __pa(page), &value), -EPERM);
	KUNIT_EXPECT_NE(test, value, NACC_REASON_NONE);
	page[3] = 0;
	KUNIT_EXPECT_EQ(test, nacc_sbi_call(NACC_SBI_TABLE_ADOPT, root, 0,
					    __pa(page), &value), 0);
	KUNIT_EXPECT_TRUE(test, nacc_in_pool(value));
	KUNIT_EXPECT_EQ(test, nacc_sbi_call(NACC_SBI_AS_FILL, root, __pa(page),
					    0, NULL), 0);
	/* It is not being built any more. */
	KUNIT_EXPECT_EQ(test, nacc_sbi_call(NACC_SBI_AS_FILL, root, __pa(page),
					    0, NULL), -EBUSY);
	KUNIT_EXPECT_EQ(test, nacc_sbi_call(NACC_SBI_ARM, nacc_pool.nr, 1, 0,
					    NULL), -ERANGE);
	KUNIT_EXPECT_EQ(test, nacc_sbi_call(NACC_SBI_AS_RETIRE, nacc_pool.base -
					    PAGE_SIZE, 0, 0, NULL), -EFAULT);
	nacc_pool_retire(root);
	free_page((unsigned long)page);
}

static struct kunit_case sbi_cases[] = {
	KUNIT_CASE(sbi_reason_names),
	KUNIT_CASE(sbi_stat_names),
	KUNIT_CASE(sbi_info),
	KUNIT_CASE(sbi_errors),
	KUNIT_CASE(sbi_fault_hook),
	KUNIT_CASE(sbi_refusals),
	{}
};

static struct kunit_suite sbi_suite = {
	.name = "nacc_sbi",
	.init = account_init,
	.exit = account_exit,
	.test_cases = sbi_cases,
};

kunit_test_suite(sbi_suite);
