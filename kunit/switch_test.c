// SPDX-License-Identifier: GPL-2.0
/* Tests of switch.c: another root on all CPUs, and nobody notices. */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/sched/mm.h>

#include "env.h"

static void switch_and_back(struct kunit *test)
{
	struct nacc_switch sw;
	struct test_mm t;
	struct page *copy;
	pgd_t *old;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	old = t.mm->pgd;
	copy = test_copy_root(&t);
	if (copy) {
		nacc_switch_root(t.mm, page_to_phys(copy), &sw);
		KUNIT_EXPECT_EQ(test, sw.old_pfn, virt_to_pfn(old));
		KUNIT_EXPECT_PTR_EQ(test, (void *)t.mm->pgd,
				    page_address(copy));
		KUNIT_EXPECT_EQ(test, test_satp_pfn(), page_to_pfn(copy));
		KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
		nacc_switch_settle(&sw);
		nacc_switch_root(t.mm, __pa(old), &sw);
		nacc_switch_settle(&sw);
		KUNIT_EXPECT_EQ(test, test_satp_pfn(), virt_to_pfn(old));
		KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
		nacc_table_free(copy, nacc_top_level());
	} else {
		KUNIT_FAIL(test, "no page for the other root");
	}
	test_mm_end(&t);
}

/**
 * struct other - a thread that runs on the mm on another CPU
 * @t: the address space
 * @ready: it does
 * @go: the root is another one
 * @pfn: out: the root it then sees in its satp
 * @check: out: its memory as it is then
 */
struct other {
	struct test_mm *t;
	struct completion ready;
	struct completion go;
	unsigned long pfn;
	int check;
};

static int other_thread(void *arg)
{
	struct other *o = arg;

	kthread_use_mm(o->t->mm);
	complete(&o->ready);
	/* Never off the CPU: only the interrupt can change satp here. */
	preempt_disable();
	while (!completion_done(&o->go))
		cpu_relax();
	o->pfn = test_satp_pfn();
	preempt_enable();
	o->check = test_check(o->t, 0);
	kthread_unuse_mm(o->t->mm);
	return 0;
}

/* Another CPU runs meanwhile: on the same mm, which it must see, or on another. */
static void switch_beside(struct kunit *test, bool stranger)
{
	int here = raw_smp_processor_id();
	int there = cpumask_any_but(cpu_online_mask, here);
	struct other o = { .pfn = 0, .check = -1 };
	struct task_struct *task;
	struct test_mm t, second;
	struct nacc_switch sw;
	struct page *copy;
	unsigned long want;
	pgd_t *old;

	KUNIT_ASSERT_LT(test, there, nr_cpu_ids);
	set_cpus_allowed_ptr(current, cpumask_of(here));
	KUNIT_ASSERT_EQ(test, test_mm_begin(&second), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&second, 0), 0);
	test_mm_unuse(&second);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	old = t.mm->pgd;
	copy = test_copy_root(&t);
	KUNIT_ASSERT_NOT_NULL(test, copy);
	want = stranger ? virt_to_pfn(second.mm->pgd) : page_to_pfn(copy);
	o.t = stranger ? &second : &t;
	init_completion(&o.ready);
	init_completion(&o.go);
	task = kthread_create_on_cpu(other_thread, &o, there, "nacc_other/%u");
	if (!IS_ERR(task)) {
		get_task_struct(task);
		wake_up_process(task);
		wait_for_completion(&o.ready);
		nacc_switch_root(t.mm, page_to_phys(copy), &sw);
		complete(&o.go);
		kthread_stop_put(task);
		nacc_switch_settle(&sw);
		nacc_switch_root(t.mm, __pa(old), &sw);
		nacc_switch_settle(&sw);
	}
	nacc_table_free(copy, nacc_top_level());
	KUNIT_EXPECT_EQ(test, o.pfn, want);
	KUNIT_EXPECT_EQ(test, o.check, 0);
	test_mm_end(&t);
	mmput(second.mm);
}

static void switch_other_cpu(struct kunit *test)
{
	switch_beside(test, false);
}

static void switch_stranger(struct kunit *test)
{
	switch_beside(test, true);
}

/* A satp that was written late, with the old root, is mended by both. */
static void switch_late(struct kunit *test)
{
	struct nacc_switch sw;
	unsigned int tries;
	struct test_mm t;
	struct page *copy;
	pgd_t *old;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	old = t.mm->pgd;
	copy = test_copy_root(&t);
	KUNIT_ASSERT_NOT_NULL(test, copy);
	nacc_switch_root(t.mm, page_to_phys(copy), &sw);
	test_late_satp(&sw);
	nacc_switch_again(&sw);
	KUNIT_EXPECT_EQ(test, test_satp_pfn(), page_to_pfn(copy));
	/* This one waits, and another task might mend it. */
	for (tries = 0; tries < 10; tries++) {
		test_late_satp(&sw);
		nacc_switch_settle(&sw);
		KUNIT_EXPECT_EQ(test, test_satp_pfn(), page_to_pfn(copy));
	}
	nacc_switch_root(t.mm, __pa(old), &sw);
	nacc_switch_settle(&sw);
	nacc_table_free(copy, nacc_top_level());
	test_mm_end(&t);
}

/* Whoever was reading the old tables has left them. */
static void switch_waits_for_readers(struct kunit *test)
{
	struct nacc_switch sw = { };
	struct test_reader r;

	KUNIT_ASSERT_EQ(test, test_reader_begin(&r, false), 0);
	nacc_switch_settle(&sw);
	KUNIT_EXPECT_FALSE(test, test_reader_overtaken(&r));
}

static void switch_waits_for_gup(struct kunit *test)
{
	struct nacc_switch sw;
	struct test_reader r;
	struct test_mm t;
	struct page *copy;
	pgd_t *old;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	old = t.mm->pgd;
	copy = test_copy_root(&t);
	KUNIT_ASSERT_NOT_NULL(test, copy);
	KUNIT_ASSERT_EQ(test, test_reader_begin(&r, true), 0);
	nacc_switch_root(t.mm, page_to_phys(copy), &sw);
	KUNIT_EXPECT_FALSE(test, test_reader_overtaken(&r));
	nacc_switch_root(t.mm, __pa(old), &sw);
	nacc_switch_settle(&sw);
	nacc_table_free(copy, nacc_top_level());
	test_mm_end(&t);
}

static struct kunit_case switch_cases[] = {
	KUNIT_CASE(switch_and_back),
	KUNIT_CASE(switch_other_cpu),
	KUNIT_CASE(switch_stranger),
	KUNIT_CASE(switch_late),
	KUNIT_CASE(switch_waits_for_readers),
	KUNIT_CASE(switch_waits_for_gup),
	{}
};

static struct kunit_suite switch_suite = {
	.name = "nacc_switch",
	.init = account_init,
	.exit = account_exit,
	.test_cases = switch_cases,
};

kunit_test_suite(switch_suite);
