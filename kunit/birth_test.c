// SPDX-License-Identifier: GPL-2.0
/* Tests of birth.c, which includes this file. */
#include <linux/cgroup.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/sched/mm.h>

#include "env.h"

/* As exec makes it: the current thread is on a marked mm. */
static void birth_in_pool(struct kunit *test)
{
	long born = test_count(NACC_COUNT_INHERITED_EXEC);
	long moved = test_count(NACC_COUNT_PROMOTED_TABLES);
	struct mm_struct *mm;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	mm = mm_alloc();
	KUNIT_ASSERT_NOT_NULL(test, mm);
	KUNIT_EXPECT_FALSE(test, nacc_mm_marked(mm));
	mmput(mm);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	moved = test_count(NACC_COUNT_PROMOTED_TABLES);
	mm = mm_alloc();
	KUNIT_ASSERT_NOT_NULL(test, mm);
	KUNIT_EXPECT_TRUE(test, nacc_mm_marked(mm));
	KUNIT_EXPECT_EQ(test, nacc_domain_of_root(__pa(mm->pgd)), t.id);
	KUNIT_EXPECT_EQ(test, mm_pgtables_bytes(mm), 0);
	KUNIT_EXPECT_EQ(test, test_count(NACC_COUNT_INHERITED_EXEC), born + 1);
	KUNIT_EXPECT_EQ(test, test_count(NACC_COUNT_PROMOTED_TABLES), moved);
	mmput(mm);
	test_mm_end(&t);
}

/* Who is not marked any more has children that are not; who was born goes along. */
static void birth_unmarked(struct kunit *test)
{
	struct mm_struct *before, *after;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	before = mm_alloc();
	KUNIT_ASSERT_NOT_NULL(test, before);
	KUNIT_EXPECT_EQ(test, test_unmark(&t), 0);
	KUNIT_EXPECT_FALSE(test, nacc_mm_marked(before));
	after = mm_alloc();
	KUNIT_ASSERT_NOT_NULL(test, after);
	KUNIT_EXPECT_FALSE(test, nacc_mm_marked(after));
	mmput(before);
	mmput(after);
	test_mm_end(&t);
}

/* Nobody comes to be unprotected: what cannot be born is not. */
static void birth_fails(struct kunit *test)
{
	struct nacc_domain *domain;
	unsigned int room, mms;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	domain = nacc_domain_get_by_mm(t.mm);
	KUNIT_ASSERT_NOT_NULL(test, domain);
	mms = domain->mms;
	room = test_exhaust(t.mm);
	KUNIT_EXPECT_GT(test, room, 0);
	KUNIT_EXPECT_NULL(test, mm_alloc());
	nacc_room_give(room);
	sbi_fault_set(NACC_SBI_AS_CREATE, 1);
	KUNIT_EXPECT_NULL(test, mm_alloc());
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	WRITE_ONCE(domain->condemned, true);
	KUNIT_EXPECT_NULL(test, mm_alloc());
	WRITE_ONCE(domain->condemned, false);
	KUNIT_EXPECT_EQ(test, domain->mms, mms);
	nacc_domain_put(domain);
	test_mm_end(&t);
}

/* exec drops an mm that it cannot use, without having put it. */
static void birth_dropped(struct kunit *test)
{
	struct mm_struct *mm;
	struct test_mm t;
	phys_addr_t root;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	mm = mm_alloc();
	KUNIT_ASSERT_NOT_NULL(test, mm);
	root = __pa(mm->pgd);
	KUNIT_EXPECT_EQ(test, nacc_domain_of_root(root), t.id);
	/* Whoever has it meanwhile keeps it. */
	mmget(mm);
	mmdrop(mm);
	nacc_kick();
	nacc_keeper_wait();
	/* Asked of the module: an mm that has been freed may still look marked. */
	KUNIT_EXPECT_EQ(test, nacc_domain_of_root(root), t.id);
	mmput(mm);
	test_mm_end(&t);
	/* account_exit() sees whether its root comes back. */
}

/**
 * struct maker - another thread of a process that is being marked makes an mm
 * @t: its address space
 * @mm: the mm
 * @task: the thread
 */
struct maker {
	struct test_mm *t;
	struct mm_struct *mm;
	struct task_struct *task;
};

static int make_mm(void *arg)
{
	struct maker *m = arg;

	test_mm_enter(m->t);
	m->mm = mm_alloc();
	test_mm_leave(m->t);
	return 0;
}

static void let_make(void *arg)
{
	struct maker *m = arg;

	wake_up_process(m->task);
	mdelay(50);
}

/* The root is a new one already, and nobody has said yet whose. */
static void birth_amid_promotion(struct kunit *test)
{
	struct test_mm t;
	struct maker m = { .t = &t };

	KUNIT_ASSERT_EQ(test, test_guard_begin(), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	m.task = kthread_create(make_mm, &m, "nacc_maker");
	KUNIT_ASSERT_FALSE(test, IS_ERR(m.task));
	get_task_struct(m.task);
	test_at_switch(let_make, &m);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	test_at_switch(NULL, NULL);
	KUNIT_EXPECT_EQ(test, kthread_stop_put(m.task), 0);
	KUNIT_ASSERT_NOT_NULL(test, m.mm);
	KUNIT_EXPECT_TRUE(test, nacc_mm_marked(m.mm));
	KUNIT_EXPECT_EQ(test, nacc_domain_of_root(__pa(m.mm->pgd)), t.id);
	mmput(m.mm);
	test_mm_end(&t);
}

/* By the maker, where mm_init() cannot be hooked. */
static void birth_late(struct kunit *test)
{
	struct mm_struct *mm;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	mm = mm_alloc();
	KUNIT_ASSERT_NOT_NULL(test, mm);
	KUNIT_EXPECT_EQ(test, nacc_bear_late(mm, NACC_BIRTH_EXEC), 0);
	KUNIT_EXPECT_FALSE(test, nacc_mm_marked(mm));
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, nacc_bear_late(mm, NACC_BIRTH_EXEC), 0);
	KUNIT_EXPECT_TRUE(test, nacc_mm_marked(mm));
	/* It is there already: no error, and nothing to do. */
	KUNIT_EXPECT_EQ(test, nacc_bear_late(mm, NACC_BIRTH_EXEC), 0);
	mmput(mm);
	test_mm_end(&t);
}

/* The root that the kernel has allocated goes when the mm has another, not before. */
static void birth_frees_root(struct kunit *test)
{
	struct mm_struct *mm;
	struct page *old;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_ASSERT_EQ(test, test_balance_begin(), 0);
	mm = mm_alloc();
	test_balance_stop();
	if (mm) {
		old = virt_to_page(mm->pgd);
		KUNIT_EXPECT_TRUE(test, test_balance_has(old));
		KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
		sbi_fault_set(NACC_SBI_AS_CREATE, 1);
		KUNIT_EXPECT_EQ(test, nacc_bear(mm, NACC_BIRTH_EXEC), -EIO);
		KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
		KUNIT_EXPECT_PTR_EQ(test, virt_to_page(mm->pgd), old);
		KUNIT_EXPECT_TRUE(test, test_balance_has(old));
		KUNIT_EXPECT_EQ(test, nacc_bear(mm, NACC_BIRTH_EXEC), 0);
		KUNIT_EXPECT_EQ(test, nacc_domain_of_root(__pa(mm->pgd)), t.id);
		KUNIT_EXPECT_FALSE(test, test_balance_has(old));
		mmput(mm);
	} else {
		KUNIT_FAIL(test, "no mm");
	}
	test_balance_end();
	test_mm_end(&t);
}

/* So that a test that waits for it ends, and sees what it has come to. */
static struct nacc_domain *left;

static void leave_work(struct work_struct *work)
{
	mutex_lock(&nacc_domain_lock);
	WRITE_ONCE(left->leaving, false);
	mutex_unlock(&nacc_domain_lock);
	nacc_promotions_wake();
}

static DECLARE_DELAYED_WORK(leave, leave_work);

static void leave_begin(struct nacc_domain *domain)
{
	left = domain;
	mutex_lock(&nacc_domain_lock);
	WRITE_ONCE(domain->leaving, true);
	mutex_unlock(&nacc_domain_lock);
	schedule_delayed_work(&leave, 5 * HZ);
}

static void leave_end(void)
{
	mod_delayed_work(system_wq, &leave, 0);
	flush_delayed_work(&leave);
}

/* The current thread is in it, as a vfork child whose maker is not. */
static struct nacc_domain *birth_cgroup(struct kunit *test)
{
	struct nacc_domain *domain;
	struct cgroup *box;
	u32 id = 0;

	KUNIT_ASSERT_EQ(test, test_program("cgroup_make"), 0);
	KUNIT_ASSERT_EQ(test, test_program("cgroup_attach"), 0);
	box = cgroup_get_from_path("/kunit-box");
	KUNIT_ASSERT_FALSE(test, IS_ERR(box));
	domain = nacc_domain_create("box");
	KUNIT_ASSERT_FALSE(test, IS_ERR(domain));
	nacc_share_update();
	KUNIT_EXPECT_EQ(test, nacc_cgroup_publish(domain, box, &id), 0);
	KUNIT_EXPECT_TRUE(test, nacc_cgroup_holds(current));
	return domain;
}

static void birth_cgroup_end(struct kunit *test, struct nacc_domain *domain)
{
	KUNIT_EXPECT_EQ(test, nacc_unmark(domain->id), 0);
	nacc_domain_put(domain);
	KUNIT_EXPECT_EQ(test, test_program("cgroup_detach"), 0);
	KUNIT_EXPECT_EQ(test, test_program("cgroup_remove"), 0);
}

/* A new mm, and the domain that it is in, or 0; -1: there is none. */
static long birth_domain(void)
{
	struct mm_struct *mm = mm_alloc();
	long id;

	if (!mm)
		return -1;
	id = nacc_mm_marked(mm) ? nacc_domain_of_root(__pa(mm->pgd)) : 0;
	mmput(mm);
	return id;
}

/* Somebody outside waits for who executes something in a cgroup: nobody in there is waited for. */
static void birth_by_cgroup(struct kunit *test)
{
	long refused = test_count(NACC_COUNT_ENOMEM);
	struct nacc_domain *domain;
	struct mm_struct *late;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	late = mm_alloc();
	KUNIT_ASSERT_NOT_NULL(test, late);
	domain = birth_cgroup(test);
	KUNIT_EXPECT_EQ(test, birth_domain(), domain->id);
	leave_begin(domain);
	KUNIT_EXPECT_EQ(test, birth_domain(), 0);
	KUNIT_EXPECT_EQ(test, nacc_bear_late(late, NACC_BIRTH_EXEC), 0);
	KUNIT_EXPECT_FALSE(test, nacc_mm_marked(late));
	KUNIT_EXPECT_TRUE(test, READ_ONCE(domain->leaving));
	leave_end();
	/* It has no frame. */
	KUNIT_EXPECT_TRUE(test, nacc_quota_promise(domain, 1));
	WRITE_ONCE(domain->quota, 1);
	KUNIT_EXPECT_EQ(test, birth_domain(), 0);
	KUNIT_EXPECT_EQ(test, nacc_bear_late(late, NACC_BIRTH_EXEC), 0);
	KUNIT_EXPECT_FALSE(test, nacc_mm_marked(late));
	KUNIT_EXPECT_EQ(test, test_count(NACC_COUNT_ENOMEM), refused);
	WRITE_ONCE(domain->quota, 0);
	nacc_quota_settle(domain, 1, false);
	KUNIT_EXPECT_EQ(test, nacc_bear_late(late, NACC_BIRTH_EXEC), 0);
	KUNIT_EXPECT_EQ(test, nacc_domain_of_root(__pa(late->pgd)), domain->id);
	/* That is no wait, and no way in. */
	WRITE_ONCE(domain->condemned, true);
	KUNIT_EXPECT_EQ(test, birth_domain(), -1);
	WRITE_ONCE(domain->condemned, false);
	birth_cgroup_end(test, domain);
	mmput(late);
	test_mm_end(&t);
}

/* With the system profile it is in the domain of all meanwhile, as its maker is. */
static void birth_by_cgroup_in_system(struct kunit *test)
{
	struct nacc_domain *domain, *system = nacc_domain_create("kunit");
	struct test_mm t;

	KUNIT_ASSERT_FALSE(test, IS_ERR(system));
	WRITE_ONCE(system->system, true);
	nacc_share_update();
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, nacc_join(system, t.mm), 0);
	domain = birth_cgroup(test);
	KUNIT_EXPECT_EQ(test, birth_domain(), domain->id);
	leave_begin(domain);
	KUNIT_EXPECT_EQ(test, birth_domain(), system->id);
	KUNIT_EXPECT_TRUE(test, READ_ONCE(domain->leaving));
	leave_end();
	birth_cgroup_end(test, domain);
	KUNIT_EXPECT_EQ(test, nacc_unmark(system->id), 0);
	nacc_domain_put(system);
	test_mm_end(&t);
}

static struct kunit_case birth_cases[] = {
	KUNIT_CASE(birth_by_cgroup),
	KUNIT_CASE(birth_by_cgroup_in_system),
	KUNIT_CASE(birth_in_pool),
	KUNIT_CASE(birth_unmarked),
	KUNIT_CASE(birth_fails),
	KUNIT_CASE(birth_dropped),
	KUNIT_CASE(birth_late),
	KUNIT_CASE_SLOW(birth_amid_promotion),
	KUNIT_CASE(birth_frees_root),
	{}
};

static struct kunit_suite birth_suite = {
	.name = "nacc_birth",
	.init = account_init,
	.exit = account_exit,
	.test_cases = birth_cases,
};

kunit_test_suite(birth_suite);
