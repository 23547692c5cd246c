// SPDX-License-Identifier: GPL-2.0
/* Tests of cgroup.c, which includes this file. */
#include <linux/sched/mm.h>
#include <linux/sched/task.h>

#include "env.h"

static struct cgroup *box, *inner;

static int cgroup_suite_begin(struct kunit *test)
{
	int ret = account_init(test);

	if (ret)
		return ret;
	if (test_program("cgroup_make"))
		return -ENOENT;
	box = cgroup_get_from_path("/kunit-box");
	inner = cgroup_get_from_path("/kunit-box/inner");
	return PTR_ERR_OR_ZERO(box) ?: PTR_ERR_OR_ZERO(inner);
}

static void cgroup_suite_end(struct kunit *test)
{
	unsigned int i;

	cgroup_put(inner);
	cgroup_put(box);
	KUNIT_EXPECT_EQ(test, test_program("cgroup_remove"), 0);
	account_exit(test);
	KUNIT_EXPECT_EQ(test, nacc_cgroups(), 0);
	/* Nobody comes upon a domain that is not there any more. */
	for (i = 0; i < ARRAY_SIZE(marked); i++)
		KUNIT_EXPECT_TRUE(test, hlist_empty(&marked[i]));
}

static u32 nearest_id(const struct cgroup *cgroup)
{
	const struct nacc_domain *domain;
	u32 id;

	rcu_read_lock();
	domain = nearest(cgroup, NULL);
	id = domain ? domain->id : 0;
	rcu_read_unlock();
	return id;
}

static struct nacc_domain *publish(struct kunit *test, struct cgroup *cgroup)
{
	struct nacc_domain *domain = nacc_domain_create("box");
	u32 id = 0;

	KUNIT_ASSERT_FALSE(test, IS_ERR(domain));
	cgroup_get(cgroup);
	KUNIT_EXPECT_EQ(test, nacc_cgroup_publish(domain, cgroup, &id), 0);
	return domain;
}

/* It and what is below it; not what is above. Not again, nor below. */
static void cgroup_found(struct kunit *test)
{
	struct nacc_domain *domain = publish(test, box), *other, *same;
	u32 id = 0;

	KUNIT_EXPECT_EQ(test, nacc_cgroups(), 1);
	KUNIT_EXPECT_EQ(test, nearest_id(box), domain->id);
	KUNIT_EXPECT_EQ(test, nearest_id(inner), domain->id);
	KUNIT_EXPECT_EQ(test, nearest_id(&cgrp_dfl_root.cgrp), 0);
	KUNIT_EXPECT_FALSE(test, nacc_cgroup_holds(current));
	KUNIT_EXPECT_NULL(test, nacc_cgroup_domain(current, NULL));
	other = nacc_domain_create("other");
	KUNIT_ASSERT_FALSE(test, IS_ERR(other));
	KUNIT_EXPECT_EQ(test, nacc_cgroup_publish(other, inner, &id), -EEXIST);
	KUNIT_EXPECT_EQ(test, id, domain->id);
	KUNIT_EXPECT_EQ(test, nacc_cgroup_publish(other, box, &id), -EEXIST);
	KUNIT_EXPECT_PTR_EQ(test, other->cgroup, NULL);
	nacc_domain_put(other);
	same = nacc_cgroup_same(box);
	KUNIT_EXPECT_PTR_EQ(test, same, domain);
	nacc_domain_put(same);
	KUNIT_EXPECT_NULL(test, nacc_cgroup_same(inner));
	nacc_cgroup_leave(domain);
	KUNIT_EXPECT_EQ(test, nearest_id(box), 0);
	KUNIT_EXPECT_EQ(test, nacc_cgroups(), 0);
	/* Twice is once. */
	nacc_cgroup_leave(domain);
	KUNIT_EXPECT_TRUE(test, test_domain_is_ours(domain));
	nacc_domain_put(domain);
}

/* The nearest counts. */
static void cgroup_nested(struct kunit *test)
{
	struct nacc_domain *below = publish(test, inner);
	struct nacc_domain *above = publish(test, box);

	KUNIT_EXPECT_EQ(test, nearest_id(inner), below->id);
	KUNIT_EXPECT_EQ(test, nearest_id(box), above->id);
	nacc_cgroup_leave(below);
	KUNIT_EXPECT_EQ(test, nearest_id(inner), above->id);
	nacc_cgroup_leave(above);
	nacc_domain_put(below);
	nacc_domain_put(above);
}

static bool has(const struct nacc_domain *domain)
{
	bool does;

	rcu_read_lock();
	does = nacc_cgroup_has(domain, current);
	rcu_read_unlock();
	return does;
}

static void leaves(struct nacc_domain *domain, bool leaves)
{
	mutex_lock(&nacc_domain_lock);
	WRITE_ONCE(domain->leaving, leaves);
	mutex_unlock(&nacc_domain_lock);
}

/* What one lets go is in the one above it; who enters waits for what becomes of it. */
static void cgroup_leaving(struct kunit *test)
{
	struct nacc_domain *below = publish(test, inner);
	struct nacc_domain *above = publish(test, box), *found;

	KUNIT_EXPECT_EQ(test, test_program("cgroup_attach"), 0);
	KUNIT_EXPECT_TRUE(test, has(below));
	KUNIT_EXPECT_FALSE(test, has(above));
	leaves(below, true);
	KUNIT_EXPECT_FALSE(test, has(below));
	KUNIT_EXPECT_TRUE(test, has(above));
	found = nacc_cgroup_domain(current, NULL);
	KUNIT_EXPECT_PTR_EQ(test, found, below);
	nacc_domain_put(found);
	leaves(below, false);
	WRITE_ONCE(below->condemned, true);
	KUNIT_EXPECT_TRUE(test, has(below));
	KUNIT_EXPECT_FALSE(test, has(above));
	WRITE_ONCE(below->condemned, false);
	KUNIT_EXPECT_EQ(test, test_program("cgroup_detach"), 0);
	KUNIT_EXPECT_FALSE(test, has(below));
	nacc_cgroup_leave(below);
	nacc_cgroup_leave(above);
	nacc_domain_put(below);
	nacc_domain_put(above);
}

static struct nacc_domain *next_of(const struct mm_struct *mm,
				   const struct nacc_domain *but)
{
	struct nacc_domain *next = nacc_cgroup_of_mm(mm, but);

	if (next)
		nacc_domain_put(next);
	return next;
}

/* Who is let go becomes a part of the next that stays, and of none that is ended. */
static void cgroup_takes_over(struct kunit *test)
{
	struct nacc_domain *below = publish(test, inner);
	struct nacc_domain *above = publish(test, box);
	struct nacc_domain *own = nacc_domain_create("own");
	struct task_struct *task;
	struct mm_struct *mm;

	KUNIT_ASSERT_FALSE(test, IS_ERR(own));
	/* Not swept meanwhile */
	leaves(above, true);
	leaves(below, true);
	KUNIT_ASSERT_EQ(test, test_program("cgroup_late"), 0);
	task = test_first_in(inner);
	KUNIT_ASSERT_NOT_NULL(test, task);
	mm = get_task_mm(task);
	KUNIT_ASSERT_NOT_NULL(test, mm);
	KUNIT_EXPECT_NULL(test, next_of(mm, own));
	leaves(above, false);
	KUNIT_EXPECT_PTR_EQ(test, next_of(mm, own), above);
	KUNIT_EXPECT_NULL(test, next_of(mm, above));
	leaves(below, false);
	KUNIT_EXPECT_PTR_EQ(test, next_of(mm, own), below);
	KUNIT_EXPECT_PTR_EQ(test, next_of(mm, below), above);
	WRITE_ONCE(below->condemned, true);
	KUNIT_EXPECT_NULL(test, next_of(mm, own));
	KUNIT_EXPECT_PTR_EQ(test, next_of(mm, below), above);
	WRITE_ONCE(below->condemned, false);
	mmput(mm);
	put_task_struct(task);
	KUNIT_EXPECT_EQ(test, test_program("cgroup_empty"), 0);
	nacc_domain_put(own);
	KUNIT_EXPECT_EQ(test, nacc_unmark(below->id), 0);
	KUNIT_EXPECT_EQ(test, nacc_unmark(above->id), 0);
	nacc_domain_put(below);
	nacc_domain_put(above);
}

static bool has_it(struct task_struct *task, const struct mm_struct *mm)
{
	struct nacc_loan loan = {};
	bool has;

	rcu_read_lock();
	has = has_for_good(task, mm, &loan);
	rcu_read_unlock();
	return has;
}

/* Not by the cgroup of a vfork child, nor of one that has just let its maker go. */
static void cgroup_for_good(struct kunit *test)
{
	struct task_struct *child = kunit_kzalloc(test, sizeof(*child), GFP_KERNEL);
	struct task_struct *maker = kunit_kzalloc(test, sizeof(*maker), GFP_KERNEL);
	struct mm_struct *mm = kunit_kcalloc(test, 2, sizeof(*mm), GFP_KERNEL);
	struct completion done;

	KUNIT_ASSERT_TRUE(test, child && maker && mm);
	test_dress(maker, NULL, mm);
	test_dress(child, maker, mm);
	KUNIT_EXPECT_TRUE(test, has_it(child, mm));
	KUNIT_EXPECT_FALSE(test, has_it(child, mm + 1));
	child->vfork_done = &done;
	KUNIT_EXPECT_FALSE(test, has_it(child, mm));
	/* It ends. */
	child->vfork_done = NULL;
	child->flags = PF_EXITING;
	KUNIT_EXPECT_FALSE(test, has_it(child, mm));
	child->flags = PF_USER_WORKER;
	KUNIT_EXPECT_FALSE(test, has_it(child, mm));
}

/* The domain ends with the cgroup, and by an unmark. */
static void cgroup_ends(struct kunit *test)
{
	struct nacc_domain *domain = publish(test, box);

	nacc_cgroups_clean();
	KUNIT_EXPECT_EQ(test, nacc_cgroups(), 1);
	KUNIT_EXPECT_EQ(test, test_program("cgroup_remove"), 0);
	nacc_cgroups_clean();
	KUNIT_EXPECT_EQ(test, nacc_cgroups(), 0);
	nacc_domain_put(domain);
	KUNIT_EXPECT_EQ(test, test_program("cgroup_make"), 0);
	cgroup_put(inner);
	cgroup_put(box);
	box = cgroup_get_from_path("/kunit-box");
	inner = cgroup_get_from_path("/kunit-box/inner");
	KUNIT_ASSERT_FALSE(test, IS_ERR(box) || IS_ERR(inner));
	domain = publish(test, box);
	KUNIT_EXPECT_EQ(test, nacc_unmark(domain->id), 0);
	KUNIT_EXPECT_EQ(test, nacc_cgroups(), 0);
	nacc_domain_put(domain);
}

/* By its mm, and never by what was one: neither a root of another nor garbage. */
static void cgroup_task_settled(struct kunit *test)
{
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	preempt_disable();
	KUNIT_EXPECT_FALSE(test, nacc_task_settled(current));
	preempt_enable();
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	preempt_disable();
	KUNIT_EXPECT_TRUE(test, nacc_task_settled(current));
	KUNIT_EXPECT_FALSE(test, nacc_task_settled(&init_task));
	preempt_enable();
	test_mm_end(&t);
}

static struct kunit_case cgroup_cases[] = {
	KUNIT_CASE(cgroup_found),
	KUNIT_CASE(cgroup_nested),
	KUNIT_CASE(cgroup_leaving),
	KUNIT_CASE(cgroup_takes_over),
	KUNIT_CASE(cgroup_for_good),
	KUNIT_CASE(cgroup_ends),
	KUNIT_CASE(cgroup_task_settled),
	{}
};

static struct kunit_suite cgroup_suite = {
	.name = "nacc_cgroup",
	.init = cgroup_suite_begin,
	.exit = cgroup_suite_end,
	.test_cases = cgroup_cases,
};

kunit_test_suite(cgroup_suite);
