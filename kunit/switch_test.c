// SPDX-License-Identifier: GPL-2.0
/* Tests of switch.c: another root on all CPUs, and nobody notices. */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/sched/mm.h>
#include <asm/csr.h>

#include <asm/pgalloc.h>
#include "env.h"

static unsigned long satp_pfn(void)
{
	return csr_read(CSR_SATP) & SATP_PPN;
}

/* The same mappings by another root; the tables below are shared. */
static struct page *copy_root(struct test_mm *t)
{
	struct page *page = nacc_table_alloc(nacc_top_level(),
					     GFP_KERNEL | __GFP_ZERO);

	if (page)
		copy_page(page_address(page), t->mm->pgd);
	return page;
}

static void switch_and_back(struct kunit *test)
{
	struct nacc_switch sw;
	struct test_mm t;
	struct page *copy;
	pgd_t *old;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	old = t.mm->pgd;
	copy = copy_root(&t);
	if (copy) {
		nacc_switch_root(t.mm, page_to_phys(copy), &sw);
		KUNIT_EXPECT_EQ(test, sw.old_pfn, virt_to_pfn(old));
		KUNIT_EXPECT_PTR_EQ(test, (void *)t.mm->pgd,
				    page_address(copy));
		KUNIT_EXPECT_EQ(test, satp_pfn(), page_to_pfn(copy));
		KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
		nacc_switch_settle(&sw);
		nacc_switch_root(t.mm, __pa(old), &sw);
		nacc_switch_settle(&sw);
		KUNIT_EXPECT_EQ(test, satp_pfn(), virt_to_pfn(old));
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
	o->pfn = satp_pfn();
	preempt_enable();
	o->check = test_check(o->t, 0);
	kthread_unuse_mm(o->t->mm);
	return 0;
}

static void switch_other_cpu(struct kunit *test)
{
	int here = raw_smp_processor_id();
	int there = cpumask_any_but(cpu_online_mask, here);
	struct other o = { .pfn = 0, .check = -1 };
	struct task_struct *task;
	struct nacc_switch sw;
	struct test_mm t;
	struct page *copy;
	pgd_t *old;

	KUNIT_ASSERT_LT(test, there, nr_cpu_ids);
	set_cpus_allowed_ptr(current, cpumask_of(here));
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	old = t.mm->pgd;
	copy = copy_root(&t);
	o.t = &t;
	init_completion(&o.ready);
	init_completion(&o.go);
	task = kthread_create_on_cpu(other_thread, &o, there, "nacc_other/%u");
	if (copy && !IS_ERR(task)) {
		get_task_struct(task);
		wake_up_process(task);
		wait_for_completion(&o.ready);
		nacc_switch_root(t.mm, page_to_phys(copy), &sw);
		complete(&o.go);
		kthread_stop_put(task);
		nacc_switch_settle(&sw);
		nacc_switch_root(t.mm, __pa(old), &sw);
		nacc_switch_settle(&sw);
		nacc_table_free(copy, nacc_top_level());
	}
	KUNIT_EXPECT_EQ(test, o.pfn, copy ? page_to_pfn(copy) : 0);
	KUNIT_EXPECT_EQ(test, o.check, 0);
	test_mm_end(&t);
}

static struct kunit_case switch_cases[] = {
	KUNIT_CASE(switch_and_back),
	KUNIT_CASE(switch_other_cpu),
	{}
};

static struct kunit_suite switch_suite = {
	.name = "nacc_switch",
	.init = account_init,
	.exit = account_exit,
	.test_cases = switch_cases,
};

kunit_test_suite(switch_suite);
