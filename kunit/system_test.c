// SPDX-License-Identifier: GPL-2.0
/* Tests of move.c, which includes this file, system.c and condemn.c. */
#include "env.h"

/* A domain as the system's; the profile itself would mark those who run the tests. */
static struct nacc_domain *begin(struct kunit *test, struct test_mm *t)
{
	struct nacc_domain *domain;

	KUNIT_ASSERT_EQ(test, test_mm_begin(t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(t, 0), 0);
	domain = nacc_domain_create("kunit system");
	KUNIT_ASSERT_FALSE(test, IS_ERR(domain));
	domain->system = true;
	KUNIT_EXPECT_EQ(test, nacc_join(domain, t->mm), 0);
	return domain;
}

static struct nacc_sbi_audit record_of(const struct test_mm *t, u64 tag)
{
	return (struct nacc_sbi_audit){
		.root = __pa(t->mm->pgd),
		.reason = NACC_REASON_LEVEL,
		.flags = NACC_AUDIT_SKIPPED,
		.tag = tag,
		.time = get_cycles64(),
	};
}

static struct nacc_domain *domain_of_record(const struct nacc_sbi_audit *audit)
{
	struct nacc_mm *entry;

	mutex_lock(&nacc_domain_lock);
	entry = nacc_mm_of(audit);
	mutex_unlock(&nacc_domain_lock);
	return entry ? entry->domain : NULL;
}

/* An mm of the system's domain gets one of its own, and what is on record follows. */
static void system_move(struct kunit *test)
{
	struct nacc_domain *system, *own;
	struct nacc_sbi_audit audit;
	struct test_mm t;
	u32 id = 0;

	system = begin(test, &t);
	KUNIT_EXPECT_EQ(test, test_mark_mm(t.mm, &id), 0);
	KUNIT_EXPECT_NE(test, id, system->id);
	KUNIT_EXPECT_EQ(test, nacc_domain_of_root(__pa(t.mm->pgd)), id);
	KUNIT_EXPECT_EQ(test, system->mms, 0);
	KUNIT_EXPECT_EQ(test, test_tables_outside(t.mm, NULL), 0);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark_mm(t.mm, &id), -EEXIST);
	own = nacc_domain_get_by_mm(t.mm);
	KUNIT_ASSERT_NOT_NULL(test, own);
	KUNIT_EXPECT_EQ(test, own->mms, 1);
	KUNIT_EXPECT_EQ(test, nacc_move(system, own, t.mm), -EEXIST);
	/* The firmware knows it by its first domain. */
	audit = record_of(&t, system->id);
	KUNIT_EXPECT_PTR_EQ(test, domain_of_record(&audit), own);
	audit.tag = id;
	KUNIT_EXPECT_NULL(test, domain_of_record(&audit));
	audit.tag = system->id;
	audit.time = 0;
	KUNIT_EXPECT_NULL(test, domain_of_record(&audit));
	audit.time = get_cycles64();
	nacc_condemn(&audit);
	KUNIT_EXPECT_TRUE(test, own->condemned);
	KUNIT_EXPECT_FALSE(test, system->condemned);
	nacc_domain_put(own);
	nacc_domain_put(system);
	test_mm_end(&t);
}

/* Nobody else is ended for what one process of the system's was refused. */
static void system_condemn(struct kunit *test)
{
	const long before = test_count(NACC_COUNT_CONDEMNED);
	struct nacc_domain *system;
	struct nacc_sbi_audit audit;
	struct test_mm t;

	system = begin(test, &t);
	audit = record_of(&t, system->id);
	nacc_condemn(&audit);
	/* Of one that has gone nobody is left to end. */
	audit.root = nacc_pool.base - PAGE_SIZE;
	nacc_condemn(&audit);
	KUNIT_EXPECT_FALSE(test, system->condemned);
	KUNIT_EXPECT_EQ(test, test_count(NACC_COUNT_CONDEMNED), before);
	nacc_domain_put(system);
	test_mm_end(&t);
}

static void system_let_out(struct kunit *test)
{
	struct nacc_domain *system;
	struct test_mm t;
	u32 id;

	system = begin(test, &t);
	KUNIT_EXPECT_EQ(test, nacc_let_out(t.mm), 0);
	KUNIT_EXPECT_FALSE(test, nacc_mm_marked(t.mm));
	KUNIT_EXPECT_EQ(test, system->mms, 0);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, nacc_let_out(t.mm), 0);
	/* Of another domain nobody is let out. */
	KUNIT_EXPECT_EQ(test, test_mark_mm(t.mm, &id), 0);
	KUNIT_EXPECT_EQ(test, nacc_let_out(t.mm), 0);
	KUNIT_EXPECT_TRUE(test, nacc_mm_marked(t.mm));
	nacc_domain_put(system);
	test_mm_end(&t);
}

/* What is made while the profile is off has the domain of its maker, or none. */
static void system_off_makes_nothing(struct kunit *test)
{
	struct nacc_domain *domain;
	struct test_mm t;

	KUNIT_EXPECT_FALSE(test, nacc_system_is_on());
	KUNIT_EXPECT_NULL(test, nacc_system_get());
	KUNIT_EXPECT_NULL(test, nacc_maker(NULL));
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_NULL(test, nacc_maker(t.mm));
	KUNIT_EXPECT_FALSE(test, nacc_heir(NULL));
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_TRUE(test, nacc_heir(NULL));
	domain = nacc_maker(t.mm);
	KUNIT_ASSERT_NOT_NULL(test, domain);
	KUNIT_EXPECT_EQ(test, domain->id, t.id);
	nacc_domain_put(domain);
	test_mm_end(&t);
}

static void system_nonsense(struct kunit *test)
{
	struct nacc_protect p = { .what = NACC_PROTECT_OFF + 1 };

	KUNIT_EXPECT_EQ(test, nacc_system(&p), -EINVAL);
	p = (struct nacc_protect){ .what = NACC_PROTECT_SYSTEM,
				   .nr_except = NACC_EXCEPT_MAX + 1 };
	KUNIT_EXPECT_EQ(test, nacc_system(&p), -EINVAL);
	p = (struct nacc_protect){ .what = NACC_PROTECT_OFF, .nr_except = 1 };
	KUNIT_EXPECT_EQ(test, nacc_system(&p), -EINVAL);
	p = (struct nacc_protect){ .what = NACC_PROTECT_SYSTEM, .nr_except = 1,
				   .except = { -1 } };
	KUNIT_EXPECT_EQ(test, nacc_system(&p), -EBADF);
	p = (struct nacc_protect){ .what = NACC_PROTECT_ASK };
	KUNIT_EXPECT_EQ(test, nacc_system(&p), 0);
	KUNIT_EXPECT_EQ(test, p.domain, 0);
	p = (struct nacc_protect){ .what = NACC_PROTECT_OFF };
	KUNIT_EXPECT_EQ(test, nacc_system(&p), 0);
	KUNIT_EXPECT_FALSE(test, nacc_system_is_on());
}

static struct kunit_case system_cases[] = {
	KUNIT_CASE(system_move),
	KUNIT_CASE(system_condemn),
	KUNIT_CASE(system_let_out),
	KUNIT_CASE(system_off_makes_nothing),
	KUNIT_CASE(system_nonsense),
	{}
};

static struct kunit_suite system_suite = {
	.name = "nacc_system",
	.init = account_init,
	.exit = account_exit,
	.test_cases = system_cases,
};

kunit_test_suite(system_suite);
