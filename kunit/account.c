// SPDX-License-Identifier: GPL-2.0
/* Before each test and after it: nothing is in use, nothing is lost. */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "env.h"
#include "tables/internal.h"

/* khugepaged may sit on an mm for ten seconds. */
#define SETTLE_TRIES	1000
#define SETTLE_MSECS	20

/*
 * Of the kernel's half, those that are counted as the others are: in newer kernels of level 0,
 * too. They stay: another cgroup may need more memory for each CPU, a thread a stack, and that
 * a table.
 */
static long kernel_tables(const u64 *table, unsigned int level)
{
	unsigned int i = level == nacc_top_level() ? PTRS_PER_PTE / 2 : 0;
	long n = 0;

	for (; level > 0 && i < PTRS_PER_PTE; i++) {
		const u64 pte = READ_ONCE(table[i]);
		const unsigned long pfn = __page_val_to_pfn(pte);

		if (pte & _PAGE_PRESENT && !(pte & _PAGE_LEAF))
			n += nacc_page_is_table(pfn_to_page(pfn)) +
			     kernel_tables(pfn_to_virt(pfn), level - 1);
	}
	return n;
}

/* The counters of each CPU are folded in only now and then. */
static long exact_tables(void)
{
	long n = global_node_page_state_pages(NR_PAGETABLE) -
		 kernel_tables((u64 *)nacc_ksym.init_mm->pgd, nacc_top_level());
	int node, cpu;

	for_each_online_node(node)
		for_each_online_cpu(cpu)
			n += per_cpu_ptr(NODE_DATA(node)->per_cpu_nodestats,
					 cpu)->vm_node_stat_diff[NR_PAGETABLE];
	return n;
}

/**
 * test_leave_lazy() - let no CPU keep an mm of the past as its lazy one
 *
 * But that of the first process, which lives: an mm that is kept so has a root, and that is
 * counted in newer kernels.
 *
 * Context: a test thread that runs on no mm; it visits all CPUs.
 */
void test_leave_lazy(void)
{
	struct pid *pid = find_get_pid(1);
	struct task_struct *first = get_pid_task(pid, PIDTYPE_PID);
	struct mm_struct *mm = first ? get_task_mm(first) : NULL;
	int cpu;

	put_pid(pid);
	if (first)
		put_task_struct(first);
	if (!mm)
		return;
	for_each_online_cpu(cpu) {
		set_cpus_allowed_ptr(current, cpumask_of(cpu));
		kthread_use_mm(mm);
		kthread_unuse_mm(mm);
	}
	set_cpus_allowed_ptr(current, cpu_possible_mask);
	mmput(mm);
}

static struct test_mm guard;	/* its mm is NULL without a guard */
static u64 guard_frames;

/**
 * test_stat() - a number of /proc/nacc/stats, of the firmware's
 * @stat: enum nacc_stat, or NACC_STAT_MAX and more: a refusal
 */
u64 test_stat(unsigned int stat)
{
	u64 stats[NACC_STAT_MAX + NACC_REASON_MAX];

	nacc_sbi_stats(stats);
	return stats[stat];
}

static u64 frames_in_use(void)
{
	u64 stats[NACC_STAT_MAX + NACC_REASON_MAX];

	nacc_sbi_stats(stats);
	return nacc_pool.nr - stats[NACC_STAT_FRAMES_FREE] -
	       stats[NACC_STAT_FRAMES_ARMED];
}

static bool is_settled(void)
{
	if (guard.mm)
		return nacc_domain_count() == 1 &&
		       frames_in_use() == guard_frames;
	return !nacc_domain_count() && nacc_pool_idle() &&
	       !strcmp(nacc_hook_state(false), "idle");
}

/**
 * test_guard_begin() - keep something marked, so that hooks and frames stay armed
 *
 * To arm and disarm takes longer than most of what is tested a hundred times. It
 * goes when the test ends.
 *
 * Context: a test thread that runs on no mm; nothing is marked.
 * Return: 0 or an error.
 */
int test_guard_begin(void)
{
	struct test_mm t;
	int ret = test_mm_begin(&t);

	if (ret)
		return ret;
	ret = test_fill(&t, 0) ?: test_mark(&t);
	if (ret) {
		test_mm_end(&t);
		return ret;
	}
	test_mm_unuse(&t);
	guard = t;
	guard_frames = frames_in_use();
	return 0;
}

/**
 * test_guard_mm() - what test_guard_begin() has marked
 */
struct mm_struct *test_guard_mm(void)
{
	return guard.mm;
}

static void guard_end(void)
{
	struct mm_struct *mm = guard.mm;

	guard.mm = NULL;
	if (mm)
		mmput(mm);
}

/**
 * test_settle() - wait until nothing but the guard is marked or in the pool
 *
 * Return: 0 or -ETIMEDOUT.
 */
int test_settle(void)
{
	static bool stuck;
	unsigned int tries;

	/* What never ended will not end now. */
	for (tries = 0; tries < (stuck ? 1 : SETTLE_TRIES); tries++) {
		test_leave_lazy();
		rcu_barrier();
		if (is_settled()) {
			stuck = false;
			return 0;
		}
		nacc_kick();
		msleep(SETTLE_MSECS);
	}
	stuck = true;
	return -ETIMEDOUT;
}

/* One that is held for good is never a table again. */
static unsigned int frames_held(void)
{
	unsigned int i, held = 0;

	for (i = 0; i < nacc_pool.nr; i++)
		held += page_count(nacc_frame_page(i)) != NACC_PAGE_OURS;
	return held;
}

static void account_read(struct account *a)
{
	u64 stats[NACC_STAT_MAX + NACC_REASON_MAX];

	nacc_sbi_stats(stats);
	a->tables = exact_tables();
	a->leaked = test_count(NACC_COUNT_LEAKED);
	a->refused = stats[NACC_STAT_REFUSED];
	a->promised = nacc_room_promised();
	a->held = frames_held();
}

/**
 * account_init() - of a suite: note how things are
 * @test: the test
 */
int account_init(struct kunit *test)
{
	struct account *a = kunit_kzalloc(test, sizeof(*a), GFP_KERNEL);

	if (!a || test_settle())
		return -EBUSY;
	account_read(a);
	test->priv = a;
	return 0;
}

/* A program that a test has run may still be about to end. */
static void settle_as(const struct account *before, struct account *now)
{
	unsigned int tries;

	for (tries = 0; tries < SETTLE_TRIES; tries++) {
		account_read(now);
		if (now->tables == before->tables && now->held == before->held)
			return;
		msleep(SETTLE_MSECS);
		rcu_barrier();
	}
}

/**
 * account_exit() - of a suite: things must be as they were
 * @test: the test
 */
void account_exit(struct kunit *test)
{
	const struct account *before = test->priv;
	struct account now;

	guard_end();
	if (!before)
		return;
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	settle_as(before, &now);
	KUNIT_EXPECT_EQ(test, now.tables, before->tables);
	KUNIT_EXPECT_EQ(test, now.leaked, before->leaked);
	KUNIT_EXPECT_EQ(test, now.refused, before->refused);
	KUNIT_EXPECT_EQ(test, now.promised, before->promised);
	KUNIT_EXPECT_EQ(test, now.held, before->held);
	test_hook_mode("auto");
}
