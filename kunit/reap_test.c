// SPDX-License-Identifier: GPL-2.0
/* When marked address spaces are given up, and in what state. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/sched/mm.h>
#include <asm/pgalloc.h>

#include "env.h"

/**
 * struct lazy - a kernel thread that keeps an mm as its lazy one
 * @t: the address space
 * @ready: it does
 * @go: it shall end
 * @lost: a process has had the CPU meanwhile, and the mm with it
 */
struct lazy {
	struct test_mm *t;
	struct completion ready;
	struct completion go;
	bool lost;
};

static int lazy_thread(void *arg)
{
	struct lazy *l = arg;
	unsigned long pfn = virt_to_pfn(l->t->mm->pgd);

	test_mm_enter(l->t);
	test_mm_leave(l->t);
	complete(&l->ready);
	while (!completion_done(&l->go)) {
		cond_resched();
		if (test_satp_pfn() != pfn)
			WRITE_ONCE(l->lost, true);
	}
	return 0;
}

/*
 * Let the keeper run until it has done this, but for no more than some seconds: a
 * CPU that is always busy makes grace periods long.
 */
static void keep(long reaped)
{
	unsigned int i;

	for (i = 0; i < 100 && test_count(NACC_COUNT_REAPED) != reaped; i++) {
		nacc_kick();
		msleep(20);
	}
}

/* Exit of a marked mm that another CPU keeps. Return: whether it has kept it. */
static bool try_exit_lazy(struct kunit *test)
{
	int here = raw_smp_processor_id();
	int there = cpumask_any_but(cpu_online_mask, here);
	long reaped = test_count(NACC_COUNT_REAPED);
	struct task_struct *task;
	phys_addr_t root;
	struct test_mm t;
	struct lazy l = { .lost = false };
	bool kept;

	KUNIT_ASSERT_LT(test, there, nr_cpu_ids);
	set_cpus_allowed_ptr(current, cpumask_of(here));
	l.t = &t;
	init_completion(&l.ready);
	init_completion(&l.go);
	task = kthread_create_on_cpu(lazy_thread, &l, there, "nacc_lazy/%u");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	wake_up_process(task);
	wait_for_completion(&l.ready);
	root = __pa(t.mm->pgd);
	test_mm_end(&t);
	keep(reaped + 1);
	kept = nacc_domain_of_root(root) == t.id &&
	       test_count(NACC_COUNT_REAPED) == reaped && nacc_domain_count() == 1;
	complete(&l.go);
	kthread_stop_put(task);
	KUNIT_EXPECT_TRUE(test, kept || l.lost);
	return kept;
}

/* Who else runs on that CPU is not the test's to say: then once more. */
static void exit_lazy(struct kunit *test)
{
	unsigned int tries;

	for (tries = 0; tries < 5; tries++) {
		if (try_exit_lazy(test))
			return;
		KUNIT_ASSERT_EQ(test, test_settle(), 0);
	}
	KUNIT_FAIL(test, "a process has come in between each time");
}

/*
 * exit_mmap() is through, but a CPU still has the root in satp: the frame must
 * stay what it is until the CPU has left it.
 */
static void reap_lazy(struct kunit *test)
{
	test_hook_mode("off");
	exit_lazy(test);
}

/* The same with all tables still linked. */
static void reap_lazy_routed(struct kunit *test)
{
	unsigned long routed = test_hooks("free").routed;

	exit_lazy(test);
	KUNIT_EXPECT_GT(test, test_hooks("free").routed, routed);
}

/* Let this CPU keep no mm of the past as its lazy one. */
static void leave_here(void)
{
	struct mm_struct *scratch = mm_alloc();

	if (!scratch)
		return;
	kthread_use_mm(scratch);
	kthread_unuse_mm(scratch);
	mmput(scratch);
}

/* The protected tables of an mm that has left are there while someone reads them. */
static void reap_waits_for_readers(struct kunit *test)
{
	long reaped = test_count(NACC_COUNT_REAPED);
	struct test_reader r;
	struct test_mm t;

	/* The CPU that reads must not be who keeps it: it has never had it. */
	set_cpus_allowed_ptr(current, cpumask_of(raw_smp_processor_id()));
	KUNIT_ASSERT_EQ(test, test_guard_begin(), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	/* Else the keeper might wait for the reader for other reasons. */
	nacc_promote_finish();
	rcu_barrier();
	KUNIT_ASSERT_EQ(test, test_reader_begin(&r, false), 0);
	test_mm_end(&t);
	/* This thread must not be who keeps it. */
	leave_here();
	keep(reaped + 1);
	KUNIT_EXPECT_FALSE(test, test_reader_overtaken(&r));
	/* It may have read for longer than that. */
	keep(reaped + 1);
	KUNIT_EXPECT_EQ(test, test_count(NACC_COUNT_REAPED), reaped + 1);
}

/* The kernel tears down what a forged pgd names: a copy of the root, in ordinary memory. */
static void reap_forged(struct kunit *test)
{
	struct page *page = nacc_table_alloc(nacc_top_level(), GFP_PGTABLE_USER);
	unsigned int i, wrong = 0;
	struct test_mm t;
	pgd_t *copy;

	KUNIT_ASSERT_NOT_NULL(test, page);
	copy = page_address(page);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	test_mm_unuse(&t);
	memcpy(copy, t.mm->pgd, PAGE_SIZE);
	WRITE_ONCE(t.mm->pgd, copy);
	mmput(t.mm);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	/* Not a reference too many, and not one too few. */
	for (i = 0; i < nacc_pool.nr; i++)
		wrong += page_count(phys_to_page(nacc_frame_pa(i))) != NACC_PAGE_OURS;
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

/* Forged when it has ended, to another's root: that is not taken apart with it. */
static void reap_forged_late(struct kunit *test)
{
	long reaped = test_count(NACC_COUNT_REAPED);
	struct test_mm other, t;
	struct mm_struct *mm;
	phys_addr_t root;

	KUNIT_ASSERT_EQ(test, test_mm_marked(&other, true), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	mm = t.mm;
	root = __pa(mm->pgd);
	mmgrab(mm);
	test_mm_end(&t);
	leave_here();
	WRITE_ONCE(mm->pgd, other.mm->pgd);
	mmdrop(mm);
	keep(reaped + 1);
	KUNIT_EXPECT_EQ(test, test_count(NACC_COUNT_REAPED), reaped + 1);
	KUNIT_EXPECT_EQ(test, nacc_domain_of_root(root), 0);
	KUNIT_EXPECT_EQ(test, page_count(virt_to_page(other.mm->pgd)), NACC_PAGE_OURS + 1);
	test_mm_enter(&other);
	KUNIT_EXPECT_EQ(test, test_check(&other, 0), 0);
	test_mm_leave(&other);
	mmput(other.mm);
}

/**
 * struct dropped - an mm that an exec drops without having put it
 * @mm: the mm; NULL when that has been done
 * @calls: how often its container's tables are yet to be switched before
 */
struct dropped {
	struct mm_struct *mm;
	int calls;
};

static void drop(void *arg)
{
	struct dropped *d = arg;

	if (d->calls-- || !d->mm)
		return;
	mmdrop(d->mm);
	d->mm = NULL;
}

/* The container is unmarked before anyone has seen to it, and while it happens. */
static void reap_dropped_unmarked(struct kunit *test)
{
	struct test_mm t;
	int when;

	for (when = 0; when < 3; when++) {
		struct dropped d = { .calls = when ? when - 1 : 0 };

		KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
		KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
		KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
		d.mm = mm_alloc();
		KUNIT_ASSERT_NOT_NULL(test, d.mm);
		KUNIT_EXPECT_TRUE(test, nacc_mm_marked(d.mm));
		if (when)
			test_at_switch(drop, &d);
		else
			drop(&d);
		KUNIT_EXPECT_EQ(test, test_unmark(&t), 0);
		test_at_switch(NULL, NULL);
		KUNIT_EXPECT_NULL(test, d.mm);
		KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
		test_mm_end(&t);
		KUNIT_EXPECT_EQ(test, test_settle(), 0);
	}
}

/* The keeper looks at it more than once. */
static void look_again(void)
{
	unsigned int i;

	for (i = 0; i < 3; i++) {
		nacc_kick();
		nacc_keeper_wait();
	}
}

/* Whoever keeps an mm that nobody uses keeps its root, but not its tables. */
static void reap_trims(struct kunit *test)
{
	struct mm_struct *mm;
	struct test_mm t;
	phys_addr_t root;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	mm = t.mm;
	mmgrab(mm);
	root = __pa(mm->pgd);
	test_mm_end(&t);
	/* Not when it is first seen; and how soon the keeper comes depends on the machine. */
	for (i = 0; i < 100 && mm_pgtables_bytes(mm); i++)
		look_again();
	KUNIT_EXPECT_EQ(test, mm_pgtables_bytes(mm), 0);
	KUNIT_EXPECT_EQ(test, nacc_domain_of_root(root), t.id);
	/* There will be more to do: when it is dropped. */
	KUNIT_EXPECT_TRUE(test, nacc_reap_dead());
	mmdrop(mm);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	KUNIT_EXPECT_FALSE(test, nacc_reap_dead());
}

static int drop_pages(struct test_mm *t)
{
	struct vm_area_struct *vma;

	mmap_read_lock(t->mm);
	vma = find_vma(t->mm, t->area[0]);
	if (vma && nacc_can_zap())
		nacc_zap(vma, t->area[0], TEST_STRIDE);
	mmap_read_unlock(t->mm);
	return vma && nacc_can_zap() ? 0 : -ENOENT;
}

/* Who has no users any more, and is still in exit_mmap(), has its mappings and tables. */
static void reap_leaves_exit(struct kunit *test)
{
	struct test_mm t;
	long bytes;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 1), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, drop_pages(&t), 0);
	bytes = mm_pgtables_bytes(t.mm);
	KUNIT_EXPECT_EQ(test, atomic_read(&t.mm->mm_users), 1);
	atomic_set(&t.mm->mm_users, 0);
	look_again();
	KUNIT_EXPECT_EQ(test, mm_pgtables_bytes(t.mm), bytes);
	atomic_set(&t.mm->mm_users, 1);
	KUNIT_EXPECT_EQ(test, test_check(&t, 1), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	test_mm_end(&t);
}

/* The firmware would not have it back at first. */
static void reap_again(struct kunit *test)
{
	long reaped = test_count(NACC_COUNT_REAPED);
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	sbi_fault_set(NACC_SBI_AS_RETIRE, 1);
	test_mm_end(&t);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_EQ(test, test_count(NACC_COUNT_REAPED), reaped + 1);
}

/* A forged pgd that is another's root, which goes on as it was. */
static void reap_forged_other(struct kunit *test)
{
	long reaped = test_count(NACC_COUNT_REAPED);
	struct mm_struct *mm;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	/* Without a mapping, so that the kernel tears down nothing. */
	mm = mm_alloc();
	KUNIT_ASSERT_NOT_NULL(test, mm);
	KUNIT_EXPECT_TRUE(test, nacc_mm_marked(mm));
	WRITE_ONCE(mm->pgd, t.mm->pgd);
	mmput(mm);
	keep(reaped + 1);
	KUNIT_EXPECT_EQ(test, test_count(NACC_COUNT_REAPED), reaped + 1);
	KUNIT_EXPECT_EQ(test, page_count(virt_to_page(t.mm->pgd)), NACC_PAGE_OURS + 1);
	KUNIT_EXPECT_EQ(test, nacc_domain_of_root(__pa(t.mm->pgd)), t.id);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	test_mm_end(&t);
}

static struct kunit_case reap_cases[] = {
	KUNIT_CASE(reap_lazy),
	KUNIT_CASE(reap_lazy_routed),
	KUNIT_CASE_SLOW(reap_waits_for_readers),
	KUNIT_CASE(reap_forged),
	KUNIT_CASE_SLOW(reap_forged_late),
	KUNIT_CASE_SLOW(reap_dropped_unmarked),
	KUNIT_CASE(reap_trims),
	KUNIT_CASE(reap_leaves_exit),
	KUNIT_CASE(reap_again),
	KUNIT_CASE(reap_forged_other),
	{}
};

static struct kunit_suite reap_suite = {
	.name = "nacc_reap",
	.init = account_init,
	.exit = account_exit,
	.test_cases = reap_cases,
};

kunit_test_suite(reap_suite);
