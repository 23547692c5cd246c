// SPDX-License-Identifier: GPL-2.0
/* Tests of claim.c, which includes this file, and of who may do what with a gate. */
#include <linux/delay.h>
#include <linux/sched/mm.h>

#include "env.h"

#define USER	KUIDT_INIT(1000)

static int gate_as(const struct test_mm *t, u32 mode, u32 flags, kuid_t user)
{
	struct nacc_gate g = { .domain = t->id, .mode = mode, .flags = flags };

	return nacc_domain_gate(&g, user);
}

static int set_gate(const struct test_mm *t, u32 mode)
{
	return gate_as(t, mode, 0, INVALID_UID);
}

static int list_as(const struct test_mm *t, u64 first, kuid_t user)
{
	const struct nacc_allow list = { .domain = t->id, .allowed = { first } };

	return nacc_domain_allow(&list, user);
}

static void begin_marked(struct kunit *test, struct test_mm *t)
{
	KUNIT_ASSERT_EQ(test, test_mm_begin(t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(t, 0), 0);
	KUNIT_ASSERT_EQ(test, test_mark(t), 0);
}

static struct nacc_domain *domain_of(struct kunit *test, const struct test_mm *t)
{
	struct nacc_domain *domain = nacc_domain_get_by_mm(t->mm);

	KUNIT_ASSERT_NOT_NULL(test, domain);
	return domain;
}

/* A user may make his own tighter, and only that. */
static void gated_user(struct kunit *test)
{
	struct nacc_domain *domain;
	struct test_mm t;

	begin_marked(test, &t);
	domain = domain_of(test, &t);
	nacc_domain_own(domain, USER, 200);
	KUNIT_EXPECT_EQ(test, gate_as(&t, NACC_GATE_OFF, 0, USER), 0);
	KUNIT_EXPECT_EQ(test, gate_as(&t, NACC_GATE_AUDIT, NACC_GATE_PTRACE, USER), 0);
	KUNIT_EXPECT_EQ(test, gate_as(&t, NACC_GATE_OFF, 0, USER), -EPERM);
	KUNIT_EXPECT_EQ(test, gate_as(&t, NACC_GATE_AUDIT, 0, USER), 0);
	KUNIT_EXPECT_EQ(test, gate_as(&t, NACC_GATE_AUDIT, NACC_GATE_PTRACE, USER), -EPERM);
	/* No list is kept to yet. */
	KUNIT_EXPECT_EQ(test, list_as(&t, 7, USER), 0);
	KUNIT_EXPECT_EQ(test, list_as(&t, 15, USER), 0);
	KUNIT_EXPECT_EQ(test, gate_as(&t, NACC_GATE_ENFORCE, NACC_GATE_LIST, USER), 0);
	KUNIT_EXPECT_EQ(test, list_as(&t, 16, USER), -EPERM);
	KUNIT_EXPECT_EQ(test, list_as(&t, 11, USER), 0);
	KUNIT_EXPECT_EQ(test, list_as(&t, 15, USER), -EPERM);
	KUNIT_EXPECT_EQ(test, nacc_record(nacc_domain_record(domain))->allowed[0], 11);
	KUNIT_EXPECT_EQ(test, gate_as(&t, NACC_GATE_ENFORCE, 0, USER), -EPERM);
	KUNIT_EXPECT_EQ(test, gate_as(&t, NACC_GATE_AUDIT, NACC_GATE_LIST, USER), -EPERM);
	KUNIT_EXPECT_STREQ(test, nacc_gate_text(domain), "enforce,list");
	KUNIT_EXPECT_EQ(test, set_gate(&t, NACC_GATE_OFF), 0);
	nacc_domain_put(domain);
	test_mm_end(&t);
}

/* With a gate it goes nowhere else, and without one nowhere that has one; it can still fork. */
static void gated_move(struct kunit *test)
{
	struct nacc_domain *domain, *other;
	struct test_mm t, plain;
	struct mm_struct *mm;

	begin_marked(test, &plain);
	other = domain_of(test, &plain);
	test_mm_unuse(&plain);
	begin_marked(test, &t);
	KUNIT_EXPECT_EQ(test, set_gate(&t, NACC_GATE_AUDIT), 0);
	domain = domain_of(test, &t);
	KUNIT_EXPECT_EQ(test, nacc_move(domain, other, t.mm), -EXDEV);
	KUNIT_EXPECT_EQ(test, nacc_move_back(domain, other, t.mm), -EXDEV);
	KUNIT_EXPECT_EQ(test, nacc_move(other, domain, plain.mm), -EXDEV);
	KUNIT_EXPECT_EQ(test, nacc_move_back(other, domain, plain.mm), -EXDEV);
	/* Where it is not, nothing is asked. */
	KUNIT_EXPECT_EQ(test, nacc_move(domain, other, plain.mm), -EEXIST);
	KUNIT_EXPECT_EQ(test, set_gate(&plain, NACC_GATE_AUDIT), 0);
	KUNIT_EXPECT_EQ(test, nacc_move(domain, other, t.mm), -EXDEV);
	KUNIT_EXPECT_EQ(test, domain->mms, 1);
	KUNIT_EXPECT_EQ(test, other->mms, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&domain->promised), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&other->promised), 0);
	mm = mm_alloc();
	KUNIT_ASSERT_NOT_NULL(test, mm);
	KUNIT_EXPECT_EQ(test, nacc_gate_of(mm), nacc_domain_record(domain));
	mmput(mm);
	nacc_domain_put(other);
	nacc_domain_put(domain);
	test_mm_end(&t);
	mmput(plain.mm);
}

/* Who must not wait, or only tries, does not wait for a gate. */
static void gated_busy(struct kunit *test)
{
	struct nacc_domain *system, *own;
	struct test_mm t, other;

	begin_marked(test, &other);
	own = domain_of(test, &other);
	test_mm_unuse(&other);
	begin_marked(test, &t);
	system = domain_of(test, &t);
	system->system = true;
	KUNIT_EXPECT_EQ(test, nacc_gate_begin(own), 0);
	KUNIT_EXPECT_EQ(test, nacc_take_or_not(own, t.mm), -EBUSY);
	nacc_gate_end(own);
	KUNIT_EXPECT_EQ(test, nacc_gate_begin(system), 0);
	KUNIT_EXPECT_EQ(test, nacc_take_or_not(own, t.mm), -EBUSY);
	nacc_gate_end(system);
	KUNIT_EXPECT_EQ(test, nacc_take_or_not(own, t.mm), 0);
	nacc_domain_put(system);
	nacc_domain_put(own);
	test_mm_end(&t);
	mmput(other.mm);
}

/* What a gate needs of the kernel goes with the last of them, not with the last mark. */
static void gated_hooks(struct kunit *test)
{
	struct test_mm plain, gated;
	int i;

	begin_marked(test, &plain);
	test_mm_unuse(&plain);
	KUNIT_EXPECT_NOT_NULL(test, nacc_threads_unhooked(true));
	begin_marked(test, &gated);
	KUNIT_ASSERT_EQ(test, set_gate(&gated, NACC_GATE_ENFORCE), 0);
	KUNIT_EXPECT_NULL(test, nacc_threads_unhooked(true));
	test_mm_end(&gated);
	for (i = 0; i < 1000 && nacc_records(); i++) {
		/* A CPU that sleeps keeps the last root that it has had. */
		test_leave_lazy();
		nacc_kick();
		msleep(20);
	}
	KUNIT_EXPECT_EQ(test, nacc_records(), 0);
	KUNIT_EXPECT_NOT_NULL(test, nacc_threads_unhooked(true));
	mmput(plain.mm);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
}

static int gated_init(struct kunit *test)
{
	if (!nacc_guard_can())
		kunit_skip(test, "no gate in this boot");
	return account_init(test);
}

static struct kunit_case gated_cases[] = {
	KUNIT_CASE(gated_user),
	KUNIT_CASE(gated_move),
	KUNIT_CASE(gated_busy),
	KUNIT_CASE(gated_hooks),
	{}
};

static struct kunit_suite gated_suite = {
	.name = "nacc_gated",
	.init = gated_init,
	.exit = account_exit,
	.test_cases = gated_cases,
};

kunit_test_suite(gated_suite);
