// SPDX-License-Identifier: GPL-2.0
/* Tests of verify.c, which includes this file: what is well, and what is not known. */
#include "env.h"

/* Two pages in each of the tables. */
#define LEAVES	(2 * TEST_STRIDE / PMD_SIZE)

static u64 faults_found(const struct nacc_verify *v)
{
	return v->outside_pool + v->bad_frame + v->bad_entry + v->bad_vma;
}

static void verify_well(struct kunit *test)
{
	struct nacc_verify v = { };
	unsigned int inside;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, verify_mm(&v, t.mm), -ENOENT);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 1), 0);
	KUNIT_EXPECT_EQ(test, verify_mm(&v, t.mm), 0);
	KUNIT_EXPECT_EQ(test, v.domain, t.id);
	KUNIT_EXPECT_EQ(test, faults_found(&v), 0);
	test_tables_outside(t.mm, &inside);
	KUNIT_EXPECT_EQ(test, v.tables_linux, inside);
	KUNIT_EXPECT_EQ(test, v.tables_firmware, inside);
	KUNIT_EXPECT_EQ(test, v.leaves, 2 * LEAVES);
	test_mm_end(&t);
}

/* What the shim would not say is not taken for well. */
static void verify_call_fails(struct kunit *test)
{
	unsigned int inside, nth;
	struct nacc_verify v;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	test_tables_outside(t.mm, &inside);
	for (nth = 1; nth <= inside; nth++) {
		memset(&v, 0, sizeof(v));
		sbi_fault_set(NACC_SBI_TABLE_CHECK, nth);
		KUNIT_EXPECT_EQ(test, verify_mm(&v, t.mm), 0);
		KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
		KUNIT_EXPECT_EQ(test, v.bad_entry, 1);
		KUNIT_EXPECT_EQ(test, faults_found(&v), 1);
		KUNIT_EXPECT_TRUE(test, nacc_in_pool(v.first_bad_value));
	}
	test_mm_end(&t);
}

static void verify_alloc_fails(struct kunit *test)
{
	unsigned int nth, failed = 0;
	struct nacc_verify v = { };
	struct test_mm t;
	bool hit = true;

	KUNIT_ASSERT_EQ(test, alloc_fault_prepare(), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	for (nth = 1; hit; nth++) {
		int ret;

		alloc_fault_set(nth);
		ret = verify_mm(&v, t.mm);
		hit = alloc_fault_clear();
		if (ret)
			KUNIT_EXPECT_TRUE(test, hit && ret == -ENOMEM);
		failed += !!ret;
	}
	KUNIT_EXPECT_GT(test, failed, 0);
	KUNIT_EXPECT_EQ(test, faults_found(&v), 0);
	test_mm_end(&t);
}

static struct kunit_case verify_cases[] = {
	KUNIT_CASE(verify_well),
	KUNIT_CASE(verify_call_fails),
	KUNIT_CASE(verify_alloc_fails),
	{}
};

static struct kunit_suite verify_suite = {
	.name = "nacc_verify",
	.init = account_init,
	.exit = account_exit,
	.test_cases = verify_cases,
};

kunit_test_suite(verify_suite);
