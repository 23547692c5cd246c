// SPDX-License-Identifier: GPL-2.0
/* Tests of self.c and of nacc_join_mm(). self.c includes this file. */
#include "env.h"

static struct nacc_domain *domain_with(u32 id)
{
	struct nacc_domain *domain;

	mutex_lock(&nacc_domain_lock);
	domain = nacc_domain_find(id);
	mutex_unlock(&nacc_domain_lock);
	return domain;
}

/* All that a user marks is one domain, with one quota, and no share of the pool. */
static void self_one_domain(struct kunit *test)
{
	struct nacc_quota quota = { .frames = NACC_QUOTA_ASK };
	struct test_mm first, second;
	unsigned int sharing;
	u32 id = 0, other = 0;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&first), 0);
	sharing = nacc_domain_sharing();
	KUNIT_EXPECT_EQ(test, nacc_mark_self("", 200, &id), 0);
	KUNIT_EXPECT_NE(test, id, 0);
	KUNIT_EXPECT_EQ(test, nacc_domain_of_root(__pa(first.mm->pgd)), id);
	KUNIT_EXPECT_EQ(test, nacc_domain_sharing(), sharing);
	/* Again is no error, and no other domain. */
	KUNIT_EXPECT_EQ(test, nacc_mark_self("another", 200, &other), 0);
	KUNIT_EXPECT_EQ(test, other, id);
	quota.domain = id;
	KUNIT_EXPECT_EQ(test, nacc_domain_quota(&quota), 0);
	KUNIT_EXPECT_EQ(test, quota.frames, 200);
	KUNIT_EXPECT_EQ(test, quota.share, 0);
	test_mm_unuse(&first);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&second), 0);
	other = 0;
	KUNIT_EXPECT_EQ(test, nacc_mark_self("", 200, &other), 0);
	KUNIT_EXPECT_EQ(test, other, id);
	test_mm_end(&second);
	mmput(first.mm);
}

/* Whom an administrator, or another user, has marked learns where he is, and stays. */
static void self_of_another(struct kunit *test)
{
	const struct cred *before;
	unsigned int domains;
	struct test_mm t;
	struct cred *cred;
	u32 id = 0, same = 0;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, nacc_mark_self("", 200, &id), 0);
	domains = nacc_domain_count();
	cred = prepare_creds();
	KUNIT_ASSERT_NOT_NULL(test, cred);
	cred->uid = KUIDT_INIT(4711);
	before = override_creds(cred);
	KUNIT_EXPECT_EQ(test, nacc_mark_self("", 200, &same), -EEXIST);
	revert_creds(before);
	abort_creds(cred);
	KUNIT_EXPECT_EQ(test, same, id);
	KUNIT_EXPECT_EQ(test, nacc_domain_count(), domains);
	test_mm_end(&t);
}

/* It is told once that it was made, and then who has joined, whoever comes first. */
static void self_told(struct kunit *test)
{
	u64 seq = nacc_events_next();
	enum nacc_event_type type;
	struct nacc_domain *first;
	struct test_mm t;
	u32 id = 0;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	first = domain_for(current_uid(), "", 200);
	KUNIT_ASSERT_FALSE(test, IS_ERR(first));
	KUNIT_EXPECT_FALSE(test, nacc_is_announced(first));
	KUNIT_EXPECT_EQ(test, nacc_mark_self("", 200, &id), 0);
	KUNIT_EXPECT_EQ(test, id, first->id);
	KUNIT_EXPECT_TRUE(test, test_next_event(&seq, &type, id));
	KUNIT_EXPECT_EQ(test, type, NACC_EVENT_MARK);
	KUNIT_EXPECT_FALSE(test, test_next_event(&seq, &type, id));
	tell(first);
	KUNIT_EXPECT_TRUE(test, test_next_event(&seq, &type, id));
	KUNIT_EXPECT_EQ(test, type, NACC_EVENT_JOIN);
	KUNIT_EXPECT_FALSE(test, test_next_event(&seq, &type, id));
	nacc_domain_put(first);
	test_mm_end(&t);
}

/* Without room within the quota nothing is left of it. */
static void self_no_room(struct kunit *test)
{
	struct test_mm t;
	u32 id = 0;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, nacc_mark_self("", 2, &id), -ENOMEM);
	KUNIT_EXPECT_FALSE(test, nacc_mm_marked(t.mm));
	KUNIT_EXPECT_NULL(test, domain_of_user(current_uid()));
	KUNIT_EXPECT_EQ(test, nacc_mark_self("", 200, &id), 0);
	test_mm_end(&t);
}

/* The administrator, in a session of a user's, is not bound by what that may use. */
static void self_administrator(struct kunit *test)
{
	struct nacc_domain *domain = nacc_domain_create("user");
	struct test_mm t;

	KUNIT_ASSERT_FALSE(test, IS_ERR(domain));
	nacc_domain_own(domain, KUIDT_INIT(1000), 2);
	nacc_share_update();
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, nacc_join(domain, t.mm), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, nacc_unmark(domain->id), 0);
	nacc_domain_put(domain);
	test_mm_end(&t);
}

/* Who is in a domain of somebody else stays there, and is told so. */
static void self_elsewhere(struct kunit *test)
{
	struct test_mm t;
	long marks;
	u32 id = 0;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	marks = test_count(NACC_COUNT_MARKS);
	KUNIT_EXPECT_EQ(test, nacc_mark_self("", 200, &id), -EEXIST);
	KUNIT_EXPECT_EQ(test, id, t.id);
	/* None is made for it. */
	KUNIT_EXPECT_EQ(test, test_count(NACC_COUNT_MARKS), marks);
	KUNIT_EXPECT_NULL(test, domain_of_user(current_uid()));
	test_mm_end(&t);
}

/* The keeper may be looking at it. */
static bool no_domain_is_left(void)
{
	unsigned int tries;

	for (tries = 0; tries < 500 && nacc_domain_count(); tries++)
		schedule_timeout_idle(HZ / 50);
	return !nacc_domain_count();
}

/* A domain that is gone is nobody's: the next mark makes another. */
static void self_unmarked(struct kunit *test)
{
	struct nacc_domain *old;
	u32 id = 0, again = 0;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, nacc_mark_self("", 200, &id), 0);
	old = domain_with(id);
	KUNIT_ASSERT_NOT_NULL(test, old);
	KUNIT_EXPECT_EQ(test, nacc_unmark(id), 0);
	KUNIT_EXPECT_FALSE(test, nacc_mm_marked(t.mm));
	KUNIT_EXPECT_EQ(test, nacc_mark_self("", 200, &again), 0);
	KUNIT_EXPECT_GT(test, again, id);
	KUNIT_EXPECT_EQ(test, nacc_unmark(again), 0);
	nacc_domain_put(old);
	KUNIT_EXPECT_TRUE(test, no_domain_is_left());
	KUNIT_EXPECT_EQ(test, nacc_domain_sharing(), 0);
	test_mm_end(&t);
}

/* A second mm joins; once more is no error; elsewhere, or nowhere, is one. */
static void join_domain(struct kunit *test)
{
	struct nacc_domain *one, *two;
	struct test_mm first, second;
	u32 id;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&first), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&first, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&first), 0);
	one = domain_with(first.id);
	KUNIT_ASSERT_NOT_NULL(test, one);
	test_mm_unuse(&first);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&second), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&second, 0), 0);
	id = one->id;
	KUNIT_EXPECT_EQ(test, nacc_join_mm(one, current, second.mm, &id), 0);
	KUNIT_EXPECT_EQ(test, nacc_domain_of_root(__pa(second.mm->pgd)), one->id);
	KUNIT_EXPECT_EQ(test, test_check(&second, 0), 0);
	KUNIT_EXPECT_EQ(test, nacc_join_mm(one, current, second.mm, &id), 0);
	KUNIT_EXPECT_EQ(test, one->mms, 2);
	two = nacc_domain_create("two");
	KUNIT_ASSERT_FALSE(test, IS_ERR(two));
	id = two->id;
	KUNIT_EXPECT_EQ(test, nacc_join_mm(two, current, second.mm, &id), -EEXIST);
	KUNIT_EXPECT_EQ(test, id, one->id);
	nacc_domain_put(two);
	KUNIT_EXPECT_EQ(test, nacc_unmark(one->id), 0);
	KUNIT_EXPECT_FALSE(test, nacc_mm_marked(second.mm));
	KUNIT_EXPECT_EQ(test, nacc_join_mm(one, current, second.mm, &id), -ENOENT);
	nacc_domain_put(one);
	test_mm_end(&second);
	mmput(first.mm);
}

static struct kunit_case self_cases[] = {
	KUNIT_CASE(self_one_domain),
	KUNIT_CASE(self_of_another),
	KUNIT_CASE(self_told),
	KUNIT_CASE(self_no_room),
	KUNIT_CASE(self_administrator),
	KUNIT_CASE(self_elsewhere),
	KUNIT_CASE(self_unmarked),
	KUNIT_CASE(join_domain),
	{}
};

static struct kunit_suite self_suite = {
	.name = "nacc_self",
	.init = account_init,
	.exit = account_exit,
	.test_cases = self_cases,
};

kunit_test_suite(self_suite);
