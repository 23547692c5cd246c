// SPDX-License-Identifier: GPL-2.0
/* Tests of join.c, which includes this file, and of lock.c. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>

#include "env.h"

#define JOINERS		4

/**
 * struct joiner - a thread that lets an mm join a domain
 * @task: the thread
 * @fn: how
 * @domain: the domain
 * @mm: the mm
 * @done: it has come to an end
 * @ret: which
 */
struct joiner {
	struct task_struct *task;
	int (*fn)(struct nacc_domain *domain, struct mm_struct *mm);
	struct nacc_domain *domain;
	struct mm_struct *mm;
	struct completion done;
	int ret;
};

static int joiner(void *arg)
{
	struct joiner *j = arg;

	allow_kernel_signal(SIGKILL);
	j->ret = j->fn(j->domain, j->mm);
	complete(&j->done);
	return 0;
}

static void joiner_prepare(struct kunit *test, struct joiner *j,
			   struct nacc_domain *domain, struct mm_struct *mm)
{
	*j = (struct joiner){ .fn = nacc_join, .domain = domain, .mm = mm };
	init_completion(&j->done);
	j->task = kthread_create(joiner, j, "nacc-joiner");
	KUNIT_ASSERT_FALSE(test, IS_ERR(j->task));
	get_task_struct(j->task);
}

static void joiner_begin(struct kunit *test, struct joiner *j,
			 struct nacc_domain *domain, struct mm_struct *mm)
{
	joiner_prepare(test, j, domain, mm);
	wake_up_process(j->task);
}

static int joiner_end(struct joiner *j)
{
	wait_for_completion(&j->done);
	kthread_stop_put(j->task);
	return j->ret;
}

/* So many are on their way, and have had the time to ask for frames. */
static bool all_are_on_their_way(const struct nacc_domain *domain, unsigned int nr)
{
	unsigned int tries;

	for (tries = 0; tries < 1000 && READ_ONCE(domain->promoting) != nr; tries++)
		msleep(20);
	msleep(200);
	return READ_ONCE(domain->promoting) == nr;
}

/* Many threads of a process do not ask for frames for all of it, each for itself. */
static void join_one_at_a_time(struct kunit *test)
{
	struct nacc_domain *domain = nacc_domain_create("kunit");
	unsigned int i, joined = 0, late = 0;
	struct joiner j[JOINERS];
	struct test_mm t;

	KUNIT_ASSERT_FALSE(test, IS_ERR(domain));
	nacc_share_update();
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	/* There is not room for it twice, nor when it is in. */
	WRITE_ONCE(domain->quota, nacc_promote_room(t.mm));
	mmap_read_lock(t.mm);
	for (i = 0; i < JOINERS; i++)
		joiner_begin(test, &j[i], domain, t.mm);
	KUNIT_EXPECT_TRUE(test, all_are_on_their_way(domain, JOINERS));
	KUNIT_EXPECT_EQ(test, atomic_read(&domain->promised),
			nacc_promote_room(t.mm));
	mmap_read_unlock(t.mm);
	for (i = 0; i < JOINERS; i++) {
		const int ret = joiner_end(&j[i]);

		joined += !ret;
		late += ret == -EEXIST;
	}
	KUNIT_EXPECT_EQ(test, joined, 1);
	KUNIT_EXPECT_EQ(test, late, JOINERS - 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&domain->promised), 0);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, nacc_unmark(domain->id), 0);
	nacc_domain_put(domain);
	test_mm_end(&t);
}

/* In a promotion: its root is in force, and nobody knows yet whose it is. */
static void begin_late(void *arg)
{
	struct joiner *late = arg;

	wake_up_process(late->task);
	msleep(200);
}

/* Who comes so late waits for the end, too. */
static void join_late(struct kunit *test)
{
	struct nacc_domain *domain = nacc_domain_create("kunit");
	struct joiner late;
	struct test_mm t;

	KUNIT_ASSERT_FALSE(test, IS_ERR(domain));
	nacc_share_update();
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	/* So that it is not idle: what the walker has set is merged. */
	mmget(t.mm);
	joiner_prepare(test, &late, domain, t.mm);
	late.fn = nacc_take;
	sbi_before(NACC_SBI_MERGE_AD, begin_late, &late);
	KUNIT_EXPECT_EQ(test, nacc_join(domain, t.mm), 0);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_EQ(test, joiner_end(&late), -EEXIST);
	mmput(t.mm);
	KUNIT_EXPECT_EQ(test, nacc_unmark(domain->id), 0);
	nacc_domain_put(domain);
	test_mm_end(&t);
}

/* Who waits for another can be killed; the other goes on, and there may be a next. */
static void join_waits_killable(struct kunit *test)
{
	struct nacc_domain *domain = nacc_domain_create("kunit");
	struct joiner first, second;
	struct test_mm t;
	bool ended;

	KUNIT_ASSERT_FALSE(test, IS_ERR(domain));
	nacc_share_update();
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	mmap_read_lock(t.mm);
	joiner_begin(test, &first, domain, t.mm);
	KUNIT_EXPECT_TRUE(test, all_are_on_their_way(domain, 1));
	joiner_begin(test, &second, domain, t.mm);
	KUNIT_EXPECT_TRUE(test, all_are_on_their_way(domain, 2));
	send_sig(SIGKILL, second.task, 1);
	ended = wait_for_completion_timeout(&second.done, 60 * HZ);
	KUNIT_EXPECT_TRUE(test, ended);
	mmap_read_unlock(t.mm);
	if (ended)
		complete(&second.done);
	KUNIT_EXPECT_EQ(test, joiner_end(&second), -EINTR);
	KUNIT_EXPECT_EQ(test, joiner_end(&first), 0);
	KUNIT_EXPECT_EQ(test, nacc_unmark(domain->id), 0);
	joiner_begin(test, &first, domain, t.mm);
	KUNIT_EXPECT_EQ(test, joiner_end(&first), -ECANCELED);
	nacc_domain_put(domain);
	test_mm_end(&t);
}

/* An mm whose promotion fails is not one that is being promoted for ever. */
static void join_fails(struct kunit *test)
{
	struct nacc_domain *domain = nacc_domain_create("kunit");
	struct joiner j;
	struct test_mm t;

	KUNIT_ASSERT_FALSE(test, IS_ERR(domain));
	nacc_share_update();
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	sbi_fault_set(NACC_SBI_AS_CREATE, 1);
	KUNIT_EXPECT_LT(test, nacc_join(domain, t.mm), 0);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	joiner_begin(test, &j, domain, t.mm);
	KUNIT_EXPECT_EQ(test, joiner_end(&j), 0);
	KUNIT_EXPECT_EQ(test, nacc_unmark(domain->id), 0);
	nacc_domain_put(domain);
	test_mm_end(&t);
}

#ifdef CONFIG_PER_VMA_LOCK

/* As who faults, and waits for user space. */
static struct vm_area_struct *hold_vma(struct test_mm *t)
{
	struct vm_area_struct *vma;

	mmap_read_lock(t->mm);
	vma = find_vma(t->mm, t->area[0]);
	if (vma && !test_vma_read(vma))
		vma = NULL;
	mmap_read_unlock(t->mm);
	return vma;
}

/* A VMA of one mm that stays locked is nothing to the others. */
static void join_beside_locked_vma(struct kunit *test)
{
	struct nacc_domain *domain = nacc_domain_create("kunit");
	struct vm_area_struct *vma;
	struct joiner held, other;
	struct test_mm t, u;
	bool joined;

	KUNIT_ASSERT_FALSE(test, IS_ERR(domain));
	nacc_share_update();
	KUNIT_ASSERT_EQ(test, test_mm_begin(&u), 0);
	test_mm_unuse(&u);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	vma = hold_vma(&t);
	KUNIT_ASSERT_NOT_NULL(test, vma);
	joiner_begin(test, &held, domain, t.mm);
	KUNIT_EXPECT_TRUE(test, all_are_on_their_way(domain, 1));
	KUNIT_EXPECT_FALSE(test, mmap_read_trylock(t.mm));
	joiner_begin(test, &other, domain, u.mm);
	joined = wait_for_completion_timeout(&other.done, 20 * HZ);
	KUNIT_EXPECT_TRUE(test, joined);
	KUNIT_EXPECT_FALSE(test, completion_done(&held.done));
	vma_end_read(vma);
	if (joined)
		complete(&other.done);
	KUNIT_EXPECT_EQ(test, joiner_end(&other), 0);
	KUNIT_EXPECT_EQ(test, joiner_end(&held), 0);
	KUNIT_EXPECT_EQ(test, nacc_unmark(domain->id), 0);
	nacc_domain_put(domain);
	test_mm_end(&t);
	mmput(u.mm);
}

/* Who waits for the lock of a VMA can be killed, and who only tries does not wait. */
static void join_locked_vma(struct kunit *test)
{
	struct nacc_domain *domain = nacc_domain_create("kunit");
	struct vm_area_struct *vma;
	struct joiner held;
	struct test_mm t;
	bool ended;

	KUNIT_ASSERT_FALSE(test, IS_ERR(domain));
	nacc_share_update();
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	vma = hold_vma(&t);
	KUNIT_ASSERT_NOT_NULL(test, vma);
	joiner_begin(test, &held, domain, t.mm);
	KUNIT_EXPECT_TRUE(test, all_are_on_their_way(domain, 1));
	/* He has the mmap lock, and is promoting. */
	KUNIT_EXPECT_EQ(test, nacc_take_or_not(domain, t.mm), -EBUSY);
	send_sig(SIGKILL, held.task, 1);
	ended = wait_for_completion_timeout(&held.done, 20 * HZ);
	KUNIT_EXPECT_TRUE(test, ended);
	if (ended)
		complete(&held.done);
	else
		vma_end_read(vma);
	KUNIT_EXPECT_EQ(test, joiner_end(&held), -EINTR);
	joiner_prepare(test, &held, domain, t.mm);
	held.fn = nacc_take_or_not;
	wake_up_process(held.task);
	ended &= wait_for_completion_timeout(&held.done, 20 * HZ) > 0;
	KUNIT_EXPECT_TRUE(test, ended);
	vma_end_read(vma);
	complete(&held.done);
	KUNIT_EXPECT_EQ(test, joiner_end(&held), -EBUSY);
	mmap_read_lock(t.mm);
	KUNIT_EXPECT_EQ(test, nacc_take_or_not(domain, t.mm), -EBUSY);
	KUNIT_EXPECT_EQ(test, nacc_join_in_a_hurry(domain, t.mm), -EBUSY);
	mmap_read_unlock(t.mm);
	/* Nor for who unmarks it */
	WRITE_ONCE(domain->leaving, true);
	KUNIT_EXPECT_EQ(test, nacc_take_or_not(domain, t.mm), -EBUSY);
	KUNIT_EXPECT_EQ(test, nacc_join_in_a_hurry(domain, t.mm), -EAGAIN);
	WRITE_ONCE(domain->leaving, false);
	KUNIT_EXPECT_FALSE(test, nacc_mm_marked(t.mm));
	KUNIT_EXPECT_EQ(test, atomic_read(&domain->promised), 0);
	KUNIT_EXPECT_EQ(test, nacc_take_or_not(domain, t.mm), 0);
	KUNIT_EXPECT_TRUE(test, nacc_mm_marked(t.mm));
	KUNIT_EXPECT_EQ(test, nacc_unmark(domain->id), 0);
	nacc_domain_put(domain);
	test_mm_end(&t);
}

#endif

static struct kunit_case join_cases[] = {
	KUNIT_CASE(join_one_at_a_time),
	KUNIT_CASE(join_late),
	KUNIT_CASE(join_waits_killable),
	KUNIT_CASE(join_fails),
#ifdef CONFIG_PER_VMA_LOCK
	KUNIT_CASE(join_beside_locked_vma),
	KUNIT_CASE(join_locked_vma),
#endif
	{}
};

static struct kunit_suite join_suite = {
	.name = "nacc_join",
	.init = account_init,
	.exit = account_exit,
	.test_cases = join_cases,
};

kunit_test_suite(join_suite);
