// SPDX-License-Identifier: GPL-2.0
/* Tests of heir.c, which includes this file. */
#include <linux/cgroup.h>

#include "env.h"

/**
 * struct heirs - what the cases share
 * @t: an mm that the current thread runs on
 * @system: stands for the domain of the profile
 * @excepted: a program that is
 * @other: one that is not
 */
struct heirs {
	struct test_mm t;
	struct nacc_domain *system;
	struct file *excepted;
	struct file *other;
};

static void begin_heirs(struct kunit *test, struct heirs *h)
{
	h->excepted = test_shmem_file("excepted", PAGE_SIZE);
	h->other = test_shmem_file("other", PAGE_SIZE);
	KUNIT_ASSERT_FALSE(test, IS_ERR(h->excepted) || IS_ERR(h->other));
	h->system = nacc_domain_create("kunit system");
	KUNIT_ASSERT_FALSE(test, IS_ERR(h->system));
	h->system->system = true;
	KUNIT_ASSERT_EQ(test, test_mm_begin(&h->t), 0);
}

static void end_heirs(struct kunit *test, struct heirs *h)
{
	KUNIT_EXPECT_FALSE(test, nacc_system_is_on());
	KUNIT_EXPECT_EQ(test, nacc_nr_excepted(), 0);
	/* Its references are put: ours, and that of the mm if it runs it. */
	KUNIT_EXPECT_EQ(test, file_count(h->excepted),
			1 + (rcu_access_pointer(h->t.mm->exe_file) == h->excepted));
	nacc_domain_put(h->system);
	test_mm_end(&h->t);
	fput(h->other);
	fput(h->excepted);
}

/* The profile as system.c turns it on, but for the processes that are. */
static void heirs_on(struct heirs *h, bool but_for_one)
{
	if (but_for_one) {
		get_file(h->excepted);
		nacc_except(&h->excepted, 1);
	}
	nacc_heirs_begin(h->system);
}

/* As the kernel does where a program begins: given back with the mm. */
static void run(struct heirs *h, struct file *program)
{
	struct file *old = rcu_dereference_raw(h->t.mm->exe_file);

	rcu_assign_pointer(h->t.mm->exe_file, get_file(program));
	if (old)
		fput(old);
}

/* A child or not known yet; the two programs: in bits. */
static unsigned int heirs(const struct heirs *h)
{
	return nacc_heir(NULL) | nacc_heir(h->other) << 1 | nacc_heir(h->excepted) << 2;
}

#define CHILD	BIT(0)
#define OTHER	BIT(1)
#define EXCEPT	BIT(2)
#define ALL	(CHILD | OTHER | EXCEPT)

/* Off: who is marked makes what is marked. */
static void heir_off(struct kunit *test)
{
	struct heirs h;

	begin_heirs(test, &h);
	KUNIT_EXPECT_EQ(test, heirs(&h), 0);
	test_mm_unuse(&h.t);
	KUNIT_EXPECT_EQ(test, heirs(&h), 0);
	kthread_use_mm(h.t.mm);
	KUNIT_EXPECT_EQ(test, nacc_join(h.system, h.t.mm), 0);
	KUNIT_EXPECT_EQ(test, heirs(&h), ALL);
	end_heirs(test, &h);
}

/* On: all, whoever makes it. */
static void heir_on(struct kunit *test)
{
	struct nacc_domain *domain;
	struct heirs h;

	begin_heirs(test, &h);
	heirs_on(&h, false);
	KUNIT_EXPECT_TRUE(test, nacc_system_is_on());
	KUNIT_EXPECT_EQ(test, heirs(&h), ALL);
	run(&h, h.excepted);
	KUNIT_EXPECT_EQ(test, heirs(&h), ALL);
	domain = nacc_maker(h.t.mm);
	KUNIT_EXPECT_PTR_EQ(test, domain, h.system);
	nacc_domain_put(domain);
	test_mm_unuse(&h.t);
	KUNIT_EXPECT_EQ(test, heirs(&h), ALL);
	domain = nacc_system_get();
	KUNIT_EXPECT_PTR_EQ(test, domain, h.system);
	nacc_domain_put(domain);
	kthread_use_mm(h.t.mm);
	nacc_heirs_end();
	KUNIT_EXPECT_NULL(test, nacc_system_get());
	KUNIT_EXPECT_EQ(test, heirs(&h), 0);
	end_heirs(test, &h);
}

/* On but for one program, for who is not marked */
static void heir_unmarked(struct kunit *test)
{
	struct heirs h;

	begin_heirs(test, &h);
	heirs_on(&h, true);
	KUNIT_EXPECT_EQ(test, nacc_nr_excepted(), 1);
	/* Without a program it is none that is excepted. */
	KUNIT_EXPECT_EQ(test, heirs(&h), CHILD | OTHER);
	KUNIT_EXPECT_FALSE(test, nacc_system_excepts(h.t.mm));
	run(&h, h.other);
	KUNIT_EXPECT_EQ(test, heirs(&h), CHILD | OTHER);
	KUNIT_EXPECT_FALSE(test, nacc_system_excepts(h.t.mm));
	run(&h, h.excepted);
	KUNIT_EXPECT_EQ(test, heirs(&h), OTHER);
	KUNIT_EXPECT_TRUE(test, nacc_system_excepts(h.t.mm));
	test_mm_unuse(&h.t);
	KUNIT_EXPECT_EQ(test, heirs(&h), CHILD | OTHER);
	kthread_use_mm(h.t.mm);
	nacc_heirs_end();
	KUNIT_EXPECT_FALSE(test, nacc_system_excepts(h.t.mm));
	end_heirs(test, &h);
}

/* The same for who is marked: out of the system's domain by a name, out of another by none. */
static void heir_marked(struct kunit *test)
{
	struct nacc_domain *own, *domain;
	struct heirs h;

	begin_heirs(test, &h);
	run(&h, h.excepted);
	heirs_on(&h, true);
	KUNIT_EXPECT_EQ(test, nacc_join(h.system, h.t.mm), 0);
	KUNIT_EXPECT_FALSE(test, nacc_mm_settled(h.t.mm));
	KUNIT_EXPECT_EQ(test, heirs(&h), CHILD | OTHER);
	own = nacc_domain_create("own");
	KUNIT_ASSERT_FALSE(test, IS_ERR(own));
	KUNIT_EXPECT_EQ(test, nacc_move(h.system, own, h.t.mm), 0);
	KUNIT_EXPECT_TRUE(test, nacc_mm_settled(h.t.mm));
	KUNIT_EXPECT_EQ(test, heirs(&h), ALL);
	domain = nacc_maker(h.t.mm);
	KUNIT_EXPECT_PTR_EQ(test, domain, own);
	nacc_domain_put(domain);
	nacc_heirs_end();
	KUNIT_EXPECT_EQ(test, heirs(&h), ALL);
	nacc_domain_put(own);
	end_heirs(test, &h);
}

/* As if the current task were in this cgroup */
static unsigned int heirs_in(const struct heirs *h, struct css_set *set)
{
	struct css_set *own = rcu_dereference_raw(current->cgroups);
	unsigned long flags;
	unsigned int found;

	local_irq_save(flags);
	rcu_assign_pointer(current->cgroups, set);
	found = heirs(h);
	rcu_assign_pointer(current->cgroups, own);
	local_irq_restore(flags);
	return found;
}

/* What is in a cgroup that is a domain stays in it by any name. */
static void heir_cgroup(struct kunit *test)
{
	struct css_set *set = kunit_kzalloc(test, sizeof(*set), GFP_KERNEL);
	struct nacc_domain *box;
	struct heirs h;
	u32 id;

	KUNIT_ASSERT_NOT_NULL(test, set);
	KUNIT_ASSERT_EQ(test, test_program("cgroup_make"), 0);
	set->dfl_cgrp = cgroup_get_from_path("/kunit-box/inner");
	KUNIT_ASSERT_FALSE(test, IS_ERR(set->dfl_cgrp));
	begin_heirs(test, &h);
	box = nacc_domain_create("box");
	KUNIT_ASSERT_FALSE(test, IS_ERR(box));
	heirs_on(&h, true);
	run(&h, h.excepted);
	KUNIT_EXPECT_EQ(test, heirs_in(&h, set), OTHER);
	cgroup_get(set->dfl_cgrp);
	KUNIT_EXPECT_EQ(test, nacc_cgroup_publish(box, set->dfl_cgrp, &id), 0);
	/* What it executes; a child is seen where it begins, which may be elsewhere. */
	KUNIT_EXPECT_EQ(test, heirs_in(&h, set), OTHER | EXCEPT);
	KUNIT_EXPECT_EQ(test, heirs(&h), OTHER);
	nacc_heirs_end();
	KUNIT_EXPECT_EQ(test, heirs_in(&h, set), OTHER | EXCEPT);
	nacc_cgroup_leave(box);
	KUNIT_EXPECT_EQ(test, heirs_in(&h, set), 0);
	nacc_domain_put(box);
	end_heirs(test, &h);
	cgroup_put(set->dfl_cgrp);
	KUNIT_EXPECT_EQ(test, test_program("cgroup_remove"), 0);
}

/* It is the file that is excepted: by whatever name, and whatever is in it by now. */
static void heir_same_file(struct kunit *test)
{
	struct file *again = kunit_kzalloc(test, sizeof(*again), GFP_KERNEL);
	struct heirs h;
	loff_t pos = 0;

	KUNIT_ASSERT_NOT_NULL(test, again);
	begin_heirs(test, &h);
	heirs_on(&h, true);
	/* Opened once more, by another name */
	again->f_inode = h.excepted->f_inode;
	KUNIT_EXPECT_FALSE(test, nacc_heir(again));
	KUNIT_EXPECT_EQ(test, kernel_write(h.excepted, "#!", 2, &pos), 2);
	KUNIT_EXPECT_FALSE(test, nacc_heir(again));
	KUNIT_EXPECT_EQ(test, heirs(&h), CHILD | OTHER);
	/* Another file, and one that is about to be freed */
	again->f_inode = h.other->f_inode;
	KUNIT_EXPECT_TRUE(test, nacc_heir(again));
	again->f_inode = NULL;
	KUNIT_EXPECT_TRUE(test, nacc_heir(again));
	nacc_heirs_end();
	end_heirs(test, &h);
}

/* As many as there may be, the first and the last of them */
static void heir_many(struct kunit *test)
{
	struct file *files[NACC_EXCEPT_MAX];
	unsigned int i;
	struct heirs h;

	begin_heirs(test, &h);
	for (i = 0; i < NACC_EXCEPT_MAX; i++)
		files[i] = get_file(i == NACC_EXCEPT_MAX - 1 ? h.excepted : h.other);
	nacc_except(files, NACC_EXCEPT_MAX);
	nacc_heirs_begin(h.system);
	KUNIT_EXPECT_EQ(test, heirs(&h), CHILD);
	nacc_heirs_end();
	KUNIT_EXPECT_EQ(test, file_count(h.other), 1);
	end_heirs(test, &h);
}

static struct kunit_case heir_cases[] = {
	KUNIT_CASE(heir_off),
	KUNIT_CASE(heir_on),
	KUNIT_CASE(heir_unmarked),
	KUNIT_CASE(heir_marked),
	KUNIT_CASE(heir_cgroup),
	KUNIT_CASE(heir_same_file),
	KUNIT_CASE(heir_many),
	{}
};

static struct kunit_suite heir_suite = {
	.name = "nacc_heir",
	.init = account_init,
	.exit = account_exit,
	.test_cases = heir_cases,
};

kunit_test_suite(heir_suite);
