// SPDX-License-Identifier: GPL-2.0
/*
 * Errors half way: each call of the shim and each allocation fails once, at
 * every place of a whole life. What was begun is undone or goes on, the data is
 * intact, and in the end nothing is lost.
 */
#include <linux/mman.h>
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>
#include <linux/uaccess.h>

#include "env.h"

/* Calls of one kind in a life that are let fail, one after the other. */
#define NTH_MAX		12

static void expect_data(struct kunit *test, struct test_mm *t, int filled)
{
	if (!filled)
		KUNIT_EXPECT_EQ(test, test_check(t, 0), 0);
}

/* As if a thread were running on it: nothing may be left out for want of one. */
static int mark_in_use(struct test_mm *t)
{
	int ret;

	mmget(t->mm);
	ret = test_mark(t);
	mmput(t->mm);
	return ret;
}

/* With all the entries alike, and with some that may become writable at once. */
static void change_rights(struct kunit *test, struct test_mm *t, int filled)
{
	unsigned long at = t->area[0];

	if (test_protect(t, 0, PROT_READ))
		return;
	expect_data(test, t, filled);
	KUNIT_EXPECT_NE(test, put_user(0UL, (unsigned long __user *)at), 0);
	if (test_protect(t, 0, PROT_READ | PROT_WRITE) || filled)
		return;
	KUNIT_EXPECT_EQ(test, test_fill(t, 0), 0);
	expect_data(test, t, filled);
}

/* A huge page in a marked mm, and its split. */
static void grow_huge(struct kunit *test, struct test_mm *t)
{
	unsigned long __user *at = (unsigned long __user *)t->area[2];
	unsigned long value;

	test_mm_flag(t->mm, MMF_DISABLE_THP, false);
	if (!put_user(42UL, at)) {
		vm_munmap(t->area[2] + PAGE_SIZE, PAGE_SIZE);
		KUNIT_EXPECT_EQ(test, get_user(value, at), 0);
		KUNIT_EXPECT_EQ(test, value, 42);
	}
	test_mm_flag(t->mm, MMF_DISABLE_THP, true);
}

/* Mark, grow, change, shrink, unmark if @unmark, exit: all of it may fail. */
static void life(struct kunit *test, bool unmark)
{
	struct test_mm t;
	int filled, ret;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	filled = test_fill(&t, 0);
	ret = mark_in_use(&t);
	KUNIT_EXPECT_EQ(test, !ret, nacc_mm_marked(t.mm));
	expect_data(test, &t, filled);
	change_rights(test, &t, filled);
	grow_huge(test, &t);
	if (!test_fill(&t, 1))
		KUNIT_EXPECT_EQ(test, test_check(&t, 1), 0);
	test_unmap(&t, 1);
	/* What the keeper may be too late for; the kernel frees tables by RCU. */
	rcu_barrier();
	nacc_pool_collect();
	if (unmark && !ret) {
		ret = test_unmark(&t);
		KUNIT_EXPECT_EQ(test, !ret, !nacc_mm_marked(t.mm));
	}
	expect_data(test, &t, filled);
	test_mm_end(&t);
}

/**
 * struct call - a call of the shim
 * @fid: its number
 * @name: its name
 * @idle: made when the first is marked or when the last has gone
 * @huge: made for huge pages only
 */
struct call {
	unsigned int fid;
	const char *name;
	bool idle;
	bool huge;
};

static const struct call calls[] = {
	{ NACC_SBI_GET_INFO, "get_info", true },
	{ NACC_SBI_ARM, "arm", true },
	{ NACC_SBI_DISARM, "disarm", true },
	{ NACC_SBI_AS_CREATE, "as_create" },
	{ NACC_SBI_TABLE_ADOPT, "table_adopt" },
	{ NACC_SBI_AS_FILL, "as_fill" },
	{ NACC_SBI_MERGE_AD, "merge_ad" },
	{ NACC_SBI_AS_RETIRE, "as_retire" },
	{ NACC_SBI_TABLE_RELEASE, "table_release" },
	{ NACC_SBI_FENCE, "fence" },
	{ NACC_SBI_RECLAIM, "reclaim" },
	{ NACC_SBI_DRAIN, "drain" },
	{ NACC_SBI_STATS, "stats" },
	{ NACC_SBI_UNLINKED, "unlinked" },
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	{ NACC_SBI_TABLE_NEW, "table_new", .huge = true },
#endif
	{ NACC_SBI_TAKE, "take" },
	{ NACC_SBI_PROTECT, "protect" },
	{ NACC_SBI_EXCHANGE, "exchange" },
};

KUNIT_ARRAY_PARAM_DESC(calls, calls, name);

static void sweep_call(struct kunit *test, bool unmark)
{
	const struct call *call = test->param_value;
	unsigned int nth, reached = 0;
	bool hit;

	if (call->huge)
		TEST_NEEDS_THP(test);
	if (!call->idle)
		KUNIT_ASSERT_EQ(test, test_guard_begin(), 0);
	for (nth = 1; nth <= NTH_MAX; nth++) {
		sbi_fault_set(call->fid, nth);
		life(test, unmark);
		/* Much of it is done later, by the keeper. */
		KUNIT_EXPECT_EQ(test, test_settle(), 0);
		hit = sbi_fault_clear();
		KUNIT_EXPECT_EQ(test, test_settle(), 0);
		if (!hit)
			break;
		reached++;
	}
	KUNIT_EXPECT_GT(test, reached, 0);
}

static void fault_call_exit(struct kunit *test)
{
	sweep_call(test, false);
}

static void fault_call_unmark(struct kunit *test)
{
	sweep_call(test, true);
}

/* A mark that fails, and what it has built cannot be given back just then either. */
static void fault_call_twice(struct kunit *test)
{
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_guard_begin(), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	sbi_fault_set(NACC_SBI_AS_FILL, 1);
	sbi_fault_then(NACC_SBI_AS_RETIRE);
	KUNIT_EXPECT_NE(test, test_mark(&t), 0);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_FALSE(test, nacc_mm_marked(t.mm));
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	test_mm_end(&t);
	/* Of the pool only what guards the suite is left, says account.c. */
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
}

/* Those whose failure nobody may notice: the kernel's own code does it then. */
static const struct call batch_calls[] = {
	{ NACC_SBI_TAKE, "take" },
	{ NACC_SBI_WRITE_PROTECT, "write_protect" },
	{ NACC_SBI_PROTECT, "protect" },
	{ NACC_SBI_EXCHANGE, "exchange" },
};

KUNIT_ARRAY_PARAM_DESC(batch_calls, batch_calls, name);

/* A process and its children, through every route. */
static void fault_call_process(struct kunit *test)
{
	const struct call *call = test->param_value;
	unsigned int nth, reached = 0;

	KUNIT_ASSERT_EQ(test, test_guard_begin(), 0);
	for (nth = 1; nth <= NTH_MAX; nth *= 2) {
		sbi_fault_set(call->fid, nth);
		KUNIT_EXPECT_EQ(test, test_program("routes"), 0);
		reached += sbi_fault_clear();
		KUNIT_EXPECT_EQ(test, test_settle(), 0);
	}
	KUNIT_EXPECT_GT(test, reached, 2);
}

/* An error, and no half-marked mm. Return: the first place that is not reached. */
static unsigned int sweep_mark(struct kunit *test,
			       unsigned int (*next)(unsigned int nth))
{
	unsigned int nth;
	struct test_mm t;
	bool hit = true;
	int ret;

	for (nth = 1; hit; nth = next(nth)) {
		KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
		KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
		alloc_fault_set(nth);
		ret = test_mark(&t);
		hit = alloc_fault_clear();
		if (!hit)
			KUNIT_EXPECT_EQ(test, ret, 0);
		else if (ret)
			KUNIT_EXPECT_EQ(test, ret, -ENOMEM);
		KUNIT_EXPECT_EQ(test, nacc_mm_marked(t.mm), !ret);
		KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
		test_mm_end(&t);
		KUNIT_EXPECT_EQ(test, test_settle(), 0);
	}
	return nth;
}

static unsigned int next_each(unsigned int nth)
{
	return nth + 1;
}

static void fault_alloc_mark(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, test_guard_begin(), 0);
	KUNIT_EXPECT_GT(test, sweep_mark(test, next_each), 4);
}

/* Not all of the hooks, see nacc_hook.hook_arm_fails, and of the frames' locks. */
static unsigned int next_some(unsigned int nth)
{
	return nth + 1 + nth / 3;
}

/* The first mark, for which all is armed. */
static void fault_alloc_first_mark(struct kunit *test)
{
	TEST_NEEDS_MODULE(test);
	KUNIT_EXPECT_GT(test, sweep_mark(test, next_some), 16);
}

static void fault_alloc_unmark(struct kunit *test)
{
	unsigned int nth;
	struct test_mm t;
	bool hit = true;
	int ret;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	for (nth = 1; hit; nth++) {
		if (!t.id)
			KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
		KUNIT_EXPECT_EQ(test, test_fill(&t, 1), 0);
		alloc_fault_set(nth);
		ret = test_unmark(&t);
		hit = alloc_fault_clear();
		if (!hit)
			KUNIT_EXPECT_EQ(test, ret, 0);
		else if (ret)
			KUNIT_EXPECT_EQ(test, ret, -ENOMEM);
		KUNIT_EXPECT_EQ(test, nacc_mm_marked(t.mm), !!ret);
		KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
		KUNIT_EXPECT_EQ(test, test_check(&t, 1), 0);
	}
	KUNIT_EXPECT_GT(test, nth, 4);
	test_mm_end(&t);
}

static const char * const hook_modes[] = { "auto", "off" };

static void mode_desc(const char * const *name, char *desc)
{
	strscpy(desc, *name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(hook_modes, hook_modes, mode_desc);

/* By the routes and without. */
static void fault_alloc_exit(struct kunit *test)
{
	const char *mode = *(const char * const *)test->param_value;
	struct test_mm t;
	unsigned int nth;
	bool hit = true;

	test_hook_mode(mode);
	KUNIT_ASSERT_EQ(test, test_guard_begin(), 0);
	for (nth = 1; hit; nth++) {
		KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
		KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
		KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
		KUNIT_EXPECT_EQ(test, test_fill(&t, 1), 0);
		alloc_fault_set(nth);
		test_mm_end(&t);
		hit = alloc_fault_clear();
		KUNIT_EXPECT_EQ(test, test_settle(), 0);
	}
	/* Without the routes the kernel's own gather needs memory for tables. */
	if (!strcmp(mode, "off"))
		KUNIT_EXPECT_GT(test, nth, 2);
}

static int write_protect(struct test_mm *t)
{
	return test_protect(t, 1, PROT_READ);
}

/* The area is split, and tables go. */
static int unmap_middle(struct test_mm *t)
{
	return vm_munmap(t->area[1] + PMD_SIZE, TEST_STRIDE - 2 * PMD_SIZE);
}

/* Each allocation of a change of area 1 fails: done, or an error and as before. */
static unsigned int sweep_change(struct kunit *test, struct test_mm *t,
				 int (*change)(struct test_mm *t))
{
	unsigned int nth, failed = 0;
	bool hit = true;

	for (nth = 1; hit; nth++) {
		unsigned long value = 0;
		int ret;

		KUNIT_EXPECT_EQ(test, test_fill(t, 1), 0);
		alloc_fault_set(nth);
		ret = change(t);
		hit = alloc_fault_clear();
		failed += !!ret;
		if (ret) {
			KUNIT_EXPECT_TRUE(test, hit && ret == -ENOMEM);
			KUNIT_EXPECT_EQ(test, test_check(t, 1), 0);
		}
		KUNIT_EXPECT_EQ(test, test_check(t, 0), 0);
		KUNIT_EXPECT_EQ(test, get_user(value, (unsigned long __user *)
					       t->area[1]), 0);
		KUNIT_EXPECT_EQ(test, value, t->area[1] ^ 0x5a5a);
		KUNIT_EXPECT_EQ(test, test_unmap(t, 1), 0);
		KUNIT_EXPECT_EQ(test, test_map(t, 1), 0);
	}
	return failed;
}

static void fault_alloc_change(struct kunit *test)
{
	const char *mode = *(const char * const *)test->param_value;
	unsigned long routed = test_hooks("zap").routed;
	struct test_mm t;

	test_hook_mode(mode);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_GT(test, sweep_change(test, &t, unmap_middle), 1);
	sweep_change(test, &t, write_protect);
	KUNIT_EXPECT_EQ(test, test_hooks("zap").routed > routed,
			!!strcmp(mode, "off"));
	test_mm_end(&t);
}

/* The kernel's own allocations in a fault of a marked process. */
static void fault_alloc_page_fault(struct kunit *test)
{
	unsigned int nth, failed = 0;
	struct test_mm t;
	bool hit = true;
	int ret;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	for (nth = 1; hit; nth++) {
		alloc_fault_set(nth);
		ret = test_fill(&t, nth % TEST_AREAS);
		hit = alloc_fault_clear();
		failed += !!ret;
		KUNIT_EXPECT_EQ(test, test_fill(&t, nth % TEST_AREAS), 0);
		KUNIT_EXPECT_EQ(test, test_check(&t, nth % TEST_AREAS), 0);
		KUNIT_EXPECT_EQ(test, vm_munmap(t.area[nth % TEST_AREAS],
						TEST_STRIDE), 0);
		KUNIT_EXPECT_EQ(test, test_map(&t, nth % TEST_AREAS), 0);
	}
	/* Tables are no allocations of the kernel: pages are, and what belongs to VMAs. */
	KUNIT_EXPECT_GT(test, failed, 1);
	test_mm_end(&t);
}

static int fault_suite_init(struct kunit_suite *suite)
{
	return alloc_fault_prepare();
}

static struct kunit_case fault_cases[] = {
	KUNIT_CASE_PARAM_ATTR(fault_call_exit, calls_gen_params, TEST_SLOW),
	KUNIT_CASE_PARAM_ATTR(fault_call_unmark, calls_gen_params, TEST_SLOW),
	KUNIT_CASE(fault_call_twice),
	KUNIT_CASE_PARAM_ATTR(fault_call_process, batch_calls_gen_params,
			      TEST_SLOW),
	KUNIT_CASE_SLOW(fault_alloc_mark),
	KUNIT_CASE_SLOW(fault_alloc_first_mark),
	KUNIT_CASE_SLOW(fault_alloc_unmark),
	KUNIT_CASE_PARAM_ATTR(fault_alloc_exit, hook_modes_gen_params, TEST_SLOW),
	KUNIT_CASE_PARAM_ATTR(fault_alloc_change, hook_modes_gen_params,
			      TEST_SLOW),
	KUNIT_CASE_SLOW(fault_alloc_page_fault),
	{}
};

static struct kunit_suite fault_suite = {
	.name = "nacc_fault",
	.suite_init = fault_suite_init,
	.init = account_init,
	.exit = account_exit,
	.test_cases = fault_cases,
};

kunit_test_suite(fault_suite);
