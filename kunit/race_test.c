// SPDX-License-Identifier: GPL-2.0
/* Another CPU looks at the tables, or uses them, while they move and go. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/highmem.h>
#include <linux/kthread.h>
#include <linux/sched/mm.h>
#include <linux/uaccess.h>

#include "env.h"

#define ROUNDS		10

/**
 * struct racer - a thread on the same address space
 * @t: the address space
 * @fn: what it does again and again; 0 or an error
 * @task: the thread
 * @ready: it runs on the address space
 * @rounds: how often it did it
 * @error: the first error
 */
struct racer {
	struct test_mm *t;
	int (*fn)(struct test_mm *t);
	struct task_struct *task;
	struct completion ready;
	unsigned long rounds;
	int error;
};

static int racer_thread(void *arg)
{
	struct racer *r = arg;

	kthread_use_mm(r->t->mm);
	complete(&r->ready);
	while (!kthread_should_stop()) {
		int ret = r->fn(r->t);

		if (ret && !r->error)
			r->error = ret;
		WRITE_ONCE(r->rounds, r->rounds + 1);
		cond_resched();
	}
	kthread_unuse_mm(r->t->mm);
	return 0;
}

static bool racer_begin(struct racer *r, struct test_mm *t,
			int (*fn)(struct test_mm *t))
{
	int there = cpumask_any_but(cpu_online_mask, raw_smp_processor_id());

	*r = (struct racer){ .t = t, .fn = fn };
	init_completion(&r->ready);
	r->task = kthread_create_on_cpu(racer_thread, r, there, "racer/%u");
	if (IS_ERR(r->task))
		return false;
	wake_up_process(r->task);
	wait_for_completion(&r->ready);
	return true;
}

static void racer_end(struct kunit *test, struct racer *r)
{
	unsigned long from = READ_ONCE(r->rounds);

	/* It is still alive, and was all the time. */
	while (READ_ONCE(r->rounds) == from)
		fsleep(1000);
	kthread_stop(r->task);
	KUNIT_EXPECT_EQ(test, r->error, 0);
}

/* gup_fast on memory that is there: always the right page. */
static int gup_present(struct test_mm *t)
{
	const unsigned long at = t->area[0];
	unsigned long *p, value;
	struct page *page;
	int ret = get_user_pages_fast(at, 1, 0, &page);

	if (ret != 1)
		return ret ?: -ENOENT;
	p = kmap_local_page(page);
	value = *p;
	kunmap_local(p);
	put_page(page);
	return value == (at ^ 0x5a5a) ? 0 : -EILSEQ;
}

/* gup_fast where tables come and go: a page or an error. */
static int gup_any(struct test_mm *t)
{
	unsigned long at;

	for (at = t->area[1]; at < t->area[1] + TEST_STRIDE; at += PMD_SIZE) {
		struct page *page;
		int ret = get_user_pages_fast(at, 1, FOLL_WRITE, &page);

		if (ret == 1)
			put_page(page);
		else if (ret != -EFAULT)
			return ret ?: -ENOENT;
	}
	return 0;
}

static int use_memory(struct test_mm *t)
{
	return test_fill(t, 0) ?: test_check(t, 0);
}

/* Unmapped pages come back as new ones, with a fault each. */
static int use_and_drop(struct test_mm *t)
{
	int ret = test_fill(t, 2) ?: test_check(t, 2);

	return ret ?: test_unmap(t, 2) ?: test_map(t, 2);
}

static void mark_and_unmark(struct kunit *test, int (*fn)(struct test_mm *t))
{
	struct test_mm t;
	struct racer r;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	if (racer_begin(&r, &t, fn)) {
		for (i = 0; i < ROUNDS; i++) {
			KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
			KUNIT_EXPECT_EQ(test, test_tables_locked(&t), 0);
			KUNIT_EXPECT_EQ(test, test_unmark(&t), 0);
		}
		racer_end(test, &r);
	} else {
		KUNIT_FAIL(test, "no thread");
	}
	test_mm_end(&t);
}

static void race_mark_gup(struct kunit *test)
{
	mark_and_unmark(test, gup_present);
}

static void race_mark_use(struct kunit *test)
{
	mark_and_unmark(test, use_memory);
}

static void race_mark_map(struct kunit *test)
{
	mark_and_unmark(test, use_and_drop);
}

static void race_munmap_gup(struct kunit *test)
{
	unsigned long routed = test_hooks("zap").routed;
	struct test_mm t;
	struct racer r;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	if (racer_begin(&r, &t, gup_any)) {
		for (i = 0; i < ROUNDS; i++) {
			KUNIT_EXPECT_EQ(test, test_fill(&t, 1), 0);
			KUNIT_EXPECT_EQ(test, test_unmap(&t, 1), 0);
			KUNIT_EXPECT_EQ(test, test_map(&t, 1), 0);
		}
		racer_end(test, &r);
	} else {
		KUNIT_FAIL(test, "no thread");
	}
	KUNIT_EXPECT_GE(test, test_hooks("zap").routed, routed + ROUNDS);
	test_mm_end(&t);
}

/* Who has no more than a reference to the mm comes too late at some moment. */
static int remote_thread(void *arg)
{
	struct racer *r = arg;
	struct mm_struct *mm = r->t->mm;

	complete(&r->ready);
	while (mmget_not_zero(mm)) {
		struct page *page;
		int locked = 1;

		mmap_read_lock(mm);
		if (get_user_pages_remote(mm, r->t->area[0], 1, 0, &page,
					  &locked) == 1) {
			put_page(page);
			WRITE_ONCE(r->rounds, r->rounds + 1);
		} else {
			r->error = -EFAULT;
		}
		if (locked)
			mmap_read_unlock(mm);
		mmput(mm);
	}
	return 0;
}

static void race_exit_gup(struct kunit *test)
{
	unsigned long routed = test_hooks("free").routed;
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		int there = cpumask_any_but(cpu_online_mask,
					    raw_smp_processor_id());
		struct racer r = { .rounds = 0 };
		struct mm_struct *mm;
		struct test_mm t;

		KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
		KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
		KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
		mm = t.mm;
		mmgrab(mm);
		r.t = &t;
		init_completion(&r.ready);
		r.task = kthread_create_on_cpu(remote_thread, &r, there,
					       "remote/%u");
		if (!IS_ERR(r.task)) {
			get_task_struct(r.task);
			wake_up_process(r.task);
			wait_for_completion(&r.ready);
			while (!READ_ONCE(r.rounds) && !READ_ONCE(r.error))
				cond_resched();
			kthread_unuse_mm(mm);
			mmput(mm);
			kthread_stop_put(r.task);
		}
		KUNIT_EXPECT_GT(test, r.rounds, 0);
		KUNIT_EXPECT_EQ(test, r.error, 0);
		/* It is kept, and so is the root that another CPU may still have. */
		nacc_kick();
		nacc_keeper_wait();
		KUNIT_EXPECT_EQ(test, nacc_domain_of_root(__pa(mm->pgd)), t.id);
		mmdrop(mm);
	}
	KUNIT_EXPECT_GE(test, test_hooks("free").routed, routed + ROUNDS);
}

static struct kunit_case race_cases[] = {
	KUNIT_CASE_SLOW(race_mark_gup),
	KUNIT_CASE_SLOW(race_mark_use),
	KUNIT_CASE_SLOW(race_mark_map),
	KUNIT_CASE_SLOW(race_munmap_gup),
	KUNIT_CASE_SLOW(race_exit_gup),
	{}
};

static struct kunit_suite race_suite = {
	.name = "nacc_race",
	.init = account_init,
	.exit = account_exit,
	.test_cases = race_cases,
};

kunit_test_suite(race_suite);
