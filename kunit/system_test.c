// SPDX-License-Identifier: GPL-2.0
/* Tests of move.c, which includes this file, and of condemn.c and join.c. */
#include <linux/kthread.h>

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

/* What is only the system's can be taken by another domain, once. */
static void system_take(struct kunit *test)
{
	struct nacc_domain *system, *own, *other;
	struct test_mm t;

	system = begin(test, &t);
	own = nacc_domain_create("own");
	other = nacc_domain_create("other");
	KUNIT_ASSERT_FALSE(test, IS_ERR(own) || IS_ERR(other));
	KUNIT_EXPECT_FALSE(test, nacc_mm_settled(NULL));
	KUNIT_EXPECT_FALSE(test, nacc_mm_settled(t.mm));
	KUNIT_EXPECT_EQ(test, nacc_take(system, t.mm), -EEXIST);
	KUNIT_EXPECT_EQ(test, system->mms, 1);
	KUNIT_EXPECT_EQ(test, nacc_take(own, t.mm), 0);
	KUNIT_EXPECT_TRUE(test, nacc_mm_settled(t.mm));
	KUNIT_EXPECT_EQ(test, nacc_domain_of_root(__pa(t.mm->pgd)), own->id);
	KUNIT_EXPECT_EQ(test, nacc_take(own, t.mm), -EEXIST);
	KUNIT_EXPECT_EQ(test, nacc_take(other, t.mm), -EEXIST);
	KUNIT_EXPECT_EQ(test, nacc_take(system, t.mm), -EEXIST);
	KUNIT_EXPECT_EQ(test, own->mms, 1);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	/* Of none it is promoted; to one that is gone nothing goes. */
	KUNIT_EXPECT_EQ(test, nacc_unmark(own->id), 0);
	KUNIT_EXPECT_EQ(test, nacc_take(own, t.mm), -ECANCELED);
	KUNIT_EXPECT_EQ(test, nacc_take(other, t.mm), 0);
	KUNIT_EXPECT_TRUE(test, nacc_mm_settled(t.mm));
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	nacc_domain_put(other);
	nacc_domain_put(own);
	nacc_domain_put(system);
	test_mm_end(&t);
}

/* A domain that is left for the system's, not for none. */
static void system_move_back(struct kunit *test)
{
	struct nacc_domain *system, *own;
	struct test_mm t;

	system = begin(test, &t);
	own = nacc_domain_create("own");
	KUNIT_ASSERT_FALSE(test, IS_ERR(own));
	KUNIT_EXPECT_EQ(test, nacc_take(own, t.mm), 0);
	WRITE_ONCE(own->leaving, true);
	KUNIT_EXPECT_EQ(test, nacc_move_back(own, system, t.mm), 0);
	WRITE_ONCE(own->leaving, false);
	KUNIT_EXPECT_EQ(test, nacc_domain_of_root(__pa(t.mm->pgd)), system->id);
	KUNIT_EXPECT_EQ(test, own->mms, 0);
	KUNIT_EXPECT_EQ(test, system->promoting, 0);
	KUNIT_EXPECT_EQ(test, nacc_take(own, t.mm), 0);
	KUNIT_EXPECT_EQ(test, nacc_unmark(system->id), 0);
	KUNIT_EXPECT_EQ(test, nacc_move_back(own, system, t.mm), -ECANCELED);
	KUNIT_EXPECT_EQ(test, nacc_domain_of_root(__pa(t.mm->pgd)), own->id);
	nacc_domain_put(own);
	nacc_domain_put(system);
	test_mm_end(&t);
}

/* What comes from the system's domain counts for a quota as what is promoted. */
static void system_quota(struct kunit *test)
{
	struct nacc_domain *system, *own;
	struct test_mm t;

	system = begin(test, &t);
	own = nacc_domain_create("own");
	KUNIT_ASSERT_FALSE(test, IS_ERR(own));
	WRITE_ONCE(own->quota, 2);
	KUNIT_EXPECT_EQ(test, nacc_move(system, own, t.mm), -ENOMEM);
	KUNIT_EXPECT_EQ(test, nacc_domain_of_root(__pa(t.mm->pgd)), system->id);
	KUNIT_EXPECT_EQ(test, atomic_read(&own->promised), 0);
	WRITE_ONCE(own->quota, nacc_promote_room(t.mm));
	KUNIT_EXPECT_EQ(test, nacc_move(system, own, t.mm), 0);
	KUNIT_EXPECT_EQ(test, nacc_domain_of_root(__pa(t.mm->pgd)), own->id);
	KUNIT_EXPECT_EQ(test, atomic_read(&own->promised), 0);
	KUNIT_EXPECT_GT(test, atomic_read(&own->taken), 0);
	nacc_domain_put(own);
	nacc_domain_put(system);
	test_mm_end(&t);
}

/* What was promised in the one domain is settled in the other. */
static void system_promises(struct kunit *test)
{
	struct nacc_domain *system, *own;
	struct test_mm t;

	system = begin(test, &t);
	own = nacc_domain_create("own");
	KUNIT_ASSERT_FALSE(test, IS_ERR(own));
	KUNIT_EXPECT_TRUE(test, nacc_share_take(t.mm, 3, NACC_ROOM_WAIT));
	KUNIT_EXPECT_EQ(test, atomic_read(&system->promised), 3);
	KUNIT_EXPECT_EQ(test, nacc_move(system, own, t.mm), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&system->promised), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&own->promised), 3);
	KUNIT_EXPECT_TRUE(test, nacc_share_take(t.mm, 2, NACC_ROOM_NOW));
	nacc_share_give(t.mm, 3);
	KUNIT_EXPECT_EQ(test, atomic_read(&own->promised), 2);
	KUNIT_EXPECT_EQ(test, nacc_move(own, system, t.mm), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&own->promised), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&system->promised), 2);
	nacc_share_give(t.mm, 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&system->promised), 0);
	nacc_domain_put(own);
	nacc_domain_put(system);
	test_mm_end(&t);
}

static int promises(void *arg)
{
	struct mm_struct *mm = arg;

	while (!kthread_should_stop()) {
		if (nacc_share_take(mm, 1, NACC_ROOM_NOW))
			nacc_share_give(mm, 1);
		if (nacc_share_take(mm, 2, NACC_ROOM_WAIT))
			nacc_share_give(mm, 2);
		cond_resched();
	}
	return 0;
}

/* The same while frames are promised and settled all the time. */
static void system_promises_race(struct kunit *test)
{
	struct nacc_domain *one, *two;
	struct task_struct *thread;
	struct test_mm t;
	int i;

	one = begin(test, &t);
	two = nacc_domain_create("two");
	KUNIT_ASSERT_FALSE(test, IS_ERR(two));
	thread = kthread_run(promises, t.mm, "nacc-promises");
	KUNIT_ASSERT_FALSE(test, IS_ERR(thread));
	for (i = 0; i < 100; i++) {
		KUNIT_EXPECT_EQ(test, nacc_move(one, two, t.mm), 0);
		KUNIT_EXPECT_EQ(test, nacc_move(two, one, t.mm), 0);
	}
	kthread_stop(thread);
	KUNIT_EXPECT_EQ(test, atomic_read(&one->promised), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&two->promised), 0);
	nacc_domain_put(two);
	nacc_domain_put(one);
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
	KUNIT_CASE(system_take),
	KUNIT_CASE(system_move_back),
	KUNIT_CASE(system_quota),
	KUNIT_CASE(system_promises),
	KUNIT_CASE(system_promises_race),
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
