// SPDX-License-Identifier: GPL-2.0
/* Tests of policy.c and setup.c: what is in force, what a refusal does. */
#include <linux/timex.h>

#include "env.h"

static void policy_print(struct kunit *test)
{
	struct seq_file m = { .size = PAGE_SIZE };
	struct test_mm t;

	m.buf = kunit_kzalloc(test, m.size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m.buf);
	/* The first mark locks it. */
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	test_mm_end(&t);
	nacc_policy_seq(&m);
	KUNIT_EXPECT_NOT_NULL(test, strstr(m.buf, "locked: yes\n"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(m.buf, "provenance: enforce\n"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(m.buf, "refusal: fault\n"));
	KUNIT_EXPECT_EQ(test, nacc_policy_provenance(),
			NACC_PROVENANCE_ENFORCE);
}

/*
 * Whether a refusal ends the container whose tag it has. Which frame it was does not
 * matter: it may be the root of another by now.
 */
static bool ends(struct test_mm *t, u16 flags, u64 tag)
{
	const bool own_tag = tag == t->id;
	const struct nacc_sbi_audit audit = {
		.root = own_tag ? nacc_pool.base - PAGE_SIZE : __pa(t->mm->pgd),
		.reason = NACC_REASON_LEVEL,
		.flags = flags,
		.tag = tag,
		.time = get_cycles64(),
	};
	long before = test_count(NACC_COUNT_CONDEMNED);

	nacc_policy_refused(&audit);
	return test_count(NACC_COUNT_CONDEMNED) != before;
}

static void policy_refused(struct kunit *test)
{
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_FALSE(test, ends(&t, NACC_AUDIT_PERFORMED, t.id));
	KUNIT_EXPECT_FALSE(test, ends(&t, NACC_AUDIT_PERFORMED |
					  NACC_AUDIT_SKIPPED, t.id));
	KUNIT_EXPECT_FALSE(test, ends(&t, 0, t.id));
	KUNIT_EXPECT_FALSE(test, ends(&t, NACC_AUDIT_SKIPPED, t.id - 1));
	KUNIT_EXPECT_FALSE(test, ends(&t, NACC_AUDIT_SKIPPED,
				      t.id + (1ULL << 32)));
	KUNIT_EXPECT_TRUE(test, ends(&t, NACC_AUDIT_SKIPPED, t.id));
	test_mm_end(&t);
}

static void setup_in_force(struct kunit *test)
{
	unsigned long state = nacc_sbi_info(NACC_INFO_STATE);

	KUNIT_EXPECT_TRUE(test, state & NACC_STATE_SET_UP);
	KUNIT_EXPECT_EQ(test, state >> NACC_STATE_PROVENANCE_SHIFT &
			NACC_SETUP_PROVENANCE_MASK, NACC_PROVENANCE_ENFORCE);
	KUNIT_EXPECT_GT(test, nacc_setup_writers(), 0);
	KUNIT_EXPECT_EQ(test, nacc_selftest_passed(), num_online_cpus());
}

/* Writers that no range contains: none while all of them are refused. */
static void learn_print(struct kunit *test)
{
	struct seq_file m = { .size = PAGE_SIZE };

	m.buf = kunit_kzalloc(test, m.size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m.buf);
	KUNIT_EXPECT_EQ(test, nacc_learn_seq(&m), 0);
	KUNIT_EXPECT_STREQ(test, m.buf, "pc count symbol\n");
	sbi_fault_set(NACC_SBI_LEARN, 1);
	KUNIT_EXPECT_EQ(test, nacc_learn_seq(&m), -EIO);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
}

static void audit_alloc_fails(struct kunit *test)
{
	struct seq_file m = { .size = PAGE_SIZE };

	KUNIT_ASSERT_EQ(test, alloc_fault_prepare(), 0);
	m.buf = kunit_kzalloc(test, m.size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m.buf);
	alloc_fault_set(1);
	KUNIT_EXPECT_EQ(test, nacc_learn_seq(&m), -ENOMEM);
	KUNIT_EXPECT_TRUE(test, alloc_fault_clear());
	alloc_fault_set(1);
	KUNIT_EXPECT_EQ(test, nacc_audit_seq(&m), -ENOMEM);
	KUNIT_EXPECT_TRUE(test, alloc_fault_clear());
	KUNIT_EXPECT_EQ(test, m.count, 0);
}

static struct kunit_case policy_cases[] = {
	KUNIT_CASE(policy_print),
	KUNIT_CASE(policy_refused),
	KUNIT_CASE(setup_in_force),
	KUNIT_CASE(learn_print),
	KUNIT_CASE(audit_alloc_fails),
	{}
};

static struct kunit_suite policy_suite = {
	.name = "nacc_policy",
	.init = account_init,
	.exit = account_exit,
	.test_cases = policy_cases,
};

kunit_test_suite(policy_suite);
