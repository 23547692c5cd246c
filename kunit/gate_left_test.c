// SPDX-License-Identifier: GPL-2.0
/* Tests of how mark.c, which includes this file, takes an address space away from its gate. */
#include "env.h"

static int gate_of(struct nacc_domain *domain, u32 mode)
{
	struct nacc_gate gate = { .domain = domain->id, .mode = mode };

	return nacc_domain_gate(&gate, INVALID_UID);
}

/* What has a gate leaves it where it goes to another domain, and is a part of that. */
static void left_behind(struct kunit *test)
{
	struct nacc_domain *domain, *next;
	struct nacc_mm *entry;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_ASSERT_EQ(test, test_mark(&t), 0);
	domain = nacc_domain_get_by_mm(t.mm);
	KUNIT_ASSERT_NOT_NULL(test, domain);
	KUNIT_EXPECT_EQ(test, gate_of(domain, NACC_GATE_ENFORCE), 0);
	next = nacc_domain_create("next");
	KUNIT_ASSERT_FALSE(test, IS_ERR(next));
	WRITE_ONCE(domain->leaving, true);
	entry = first_live_mm(domain);
	KUNIT_ASSERT_NOT_NULL(test, entry);
	KUNIT_EXPECT_EQ(test, nacc_move_back(domain, next, t.mm), -EXDEV);
	KUNIT_EXPECT_EQ(test, leave_and_join(domain, next, entry), 0);
	mmput(t.mm);
	mmdrop(t.mm);
	WRITE_ONCE(domain->leaving, false);
	KUNIT_EXPECT_EQ(test, nacc_domain_of_root(__pa(t.mm->pgd)), next->id);
	KUNIT_EXPECT_FALSE(test, nacc_gated(t.mm));
	KUNIT_EXPECT_EQ(test, domain->mms, 0);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	nacc_domain_put(next);
	nacc_domain_put(domain);
	test_mm_end(&t);
}

static int left_init(struct kunit *test)
{
	if (!nacc_guard_can())
		kunit_skip(test, "no gate in this boot");
	return account_init(test);
}

static struct kunit_case left_cases[] = {
	KUNIT_CASE(left_behind),
	{}
};

static struct kunit_suite left_suite = {
	.name = "nacc_gate_left",
	.init = left_init,
	.exit = account_exit,
	.test_cases = left_cases,
};

kunit_test_suite(left_suite);
