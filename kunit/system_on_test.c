// SPDX-License-Identifier: GPL-2.0
/* Tests of system.c, which includes this file: on, off, and what fails in between. */

#include "env.h"

static unsigned long guard_flags(void)
{
	unsigned long guard = 0;

	nacc_sbi_call(NACC_SBI_GET_INFO, NACC_INFO_GUARD, 0, 0, &guard);
	return guard & NACC_GUARD_FLAGS;
}

/* Processes that are marked, and those that are not */
static void count_processes(unsigned int *marked, unsigned int *unmarked)
{
	struct task_struct *process, *thread;

	*marked = 0;
	*unmarked = 0;
	rcu_read_lock();
	for_each_process_thread(process, thread) {
		task_lock(thread);
		if (thread->mm && !(thread->flags & PF_KTHREAD))
			(*(nacc_mm_marked(thread->mm) ? marked : unmarked))++;
		task_unlock(thread);
	}
	rcu_read_unlock();
}

/* Has an mm with an ordinary root none that a hart may have? */
static bool strands_ordinary(struct kunit *test)
{
	struct mm_struct *mm = kunit_kzalloc(test, sizeof(*mm), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, mm);
	mm->pgd = (pgd_t *)mm;
	return nacc_stranded(mm);
}

/* Nothing of it is left; the frames are looked at by account_exit(). */
static void expect_off(struct kunit *test)
{
	unsigned int marked, unmarked;

	count_processes(&marked, &unmarked);
	KUNIT_EXPECT_EQ(test, marked, 0);
	KUNIT_EXPECT_FALSE(test, nacc_system_is_on());
	KUNIT_EXPECT_NULL(test, running);
	KUNIT_EXPECT_EQ(test, nacc_nr_excepted(), 0);
	KUNIT_EXPECT_EQ(test, left_id(), 0);
	KUNIT_EXPECT_EQ(test, guard_flags() & NACC_GUARD_SYSTEM, 0);
	KUNIT_EXPECT_FALSE(test, strands_ordinary(test));
}

static int turn_on(struct file *file, struct nacc_protect *p)
{
	int ret;

	*p = (struct nacc_protect){ .what = NACC_PROTECT_SYSTEM };
	mutex_lock(&system_lock);
	ret = system_on(&file, !!file, p);
	mutex_unlock(&system_lock);
	return ret;
}

static int turn_off(void)
{
	struct nacc_protect p = { .what = NACC_PROTECT_OFF };

	return nacc_system(&p);
}

/* Every process, and the firmware is told that there are no other roots. */
static void system_on_off(struct kunit *test)
{
	unsigned int marked, unmarked;
	struct nacc_protect p;

	KUNIT_ASSERT_EQ(test, turn_on(NULL, &p), 0);
	KUNIT_EXPECT_TRUE(test, nacc_system_is_on());
	KUNIT_EXPECT_TRUE(test, running && running->system);
	KUNIT_EXPECT_EQ(test, guard_flags(), NACC_GUARD_FLAGS);
	KUNIT_EXPECT_TRUE(test, strands_ordinary(test));
	count_processes(&marked, &unmarked);
	KUNIT_EXPECT_EQ(test, unmarked, 0);
	KUNIT_EXPECT_EQ(test, test_program("exec"), 0);
	/* Twice is once. */
	KUNIT_EXPECT_EQ(test, turn_on(NULL, &p), -EEXIST);
	KUNIT_EXPECT_TRUE(test, nacc_system_is_on());
	p = (struct nacc_protect){ .what = NACC_PROTECT_ASK };
	KUNIT_EXPECT_EQ(test, nacc_system(&p), 0);
	KUNIT_EXPECT_EQ(test, p.domain, running->id);
	KUNIT_EXPECT_EQ(test, nacc_unmark(running->id), -EPERM);
	KUNIT_EXPECT_EQ(test, turn_off(), 0);
	expect_off(test);
	KUNIT_EXPECT_EQ(test, turn_off(), 0);
}

/* But for one program: the firmware is not told, and the file stays open meanwhile. */
static void system_on_but_for(struct kunit *test)
{
	struct file *file = test_shmem_file("excepted", PAGE_SIZE);
	struct nacc_protect p;

	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	KUNIT_EXPECT_EQ(test, turn_on(get_file(file), &p), 0);
	KUNIT_EXPECT_TRUE(test, nacc_system_is_on());
	KUNIT_EXPECT_EQ(test, nacc_nr_excepted(), 1);
	KUNIT_EXPECT_EQ(test, file_count(file), 2);
	KUNIT_EXPECT_EQ(test, guard_flags(), NACC_GUARD_ON);
	KUNIT_EXPECT_FALSE(test, strands_ordinary(test));
	KUNIT_EXPECT_EQ(test, turn_on(get_file(file), &p), -EEXIST);
	KUNIT_EXPECT_EQ(test, file_count(file), 2);
	KUNIT_EXPECT_EQ(test, turn_off(), 0);
	KUNIT_EXPECT_EQ(test, file_count(file), 1);
	expect_off(test);
	fput(file);
}

/**
 * struct failure - a call of the shim that fails while the profile is being turned on
 * @name: of the case
 * @fid: the call
 * @nth: which of them
 * @excepted: is a program excepted? Then the firmware is not told, and one call fewer made
 */
struct failure {
	const char *name;
	unsigned int fid;
	unsigned int nth;
	bool excepted;
};

static const struct failure failures[] = {
	{ "no domain", NACC_SBI_GUARD, 1, true },
	{ "the first process cannot be marked", NACC_SBI_AS_CREATE, 1, true },
	{ "the second cannot be marked", NACC_SBI_AS_CREATE, 2 },
	{ "the firmware cannot be told", NACC_SBI_GUARD, 2 },
};

KUNIT_ARRAY_PARAM_DESC(failure, failures, name);

/* Half way in: all is as before, and so it is that it can be tried again. */
static void system_on_fails(struct kunit *test)
{
	const struct failure *f = test->param_value;
	struct file *file = test_shmem_file("excepted", PAGE_SIZE);
	unsigned int marked, unmarked;
	struct nacc_protect p;

	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	count_processes(&marked, &unmarked);
	if (unmarked < 2 && f->fid == NACC_SBI_AS_CREATE)
		kunit_skip(test, "too few processes in this boot");
	sbi_fault_set(f->fid, f->nth);
	KUNIT_EXPECT_LT(test, turn_on(f->excepted ? get_file(file) : NULL, &p), 0);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_EQ(test, p.pid != 0, f->fid == NACC_SBI_AS_CREATE);
	KUNIT_EXPECT_EQ(test, file_count(file), 1);
	expect_off(test);
	KUNIT_EXPECT_EQ(test, turn_on(NULL, &p), 0);
	KUNIT_EXPECT_EQ(test, turn_off(), 0);
	fput(file);
}

static struct kunit_case system_on_cases[] = {
	KUNIT_CASE(system_on_off),
	KUNIT_CASE(system_on_but_for),
	KUNIT_CASE_PARAM(system_on_fails, failure_gen_params),
	{}
};

static struct kunit_suite system_on_suite = {
	.name = "nacc_system_on",
	.init = account_init,
	.exit = account_exit,
	.test_cases = system_on_cases,
};

kunit_test_suite(system_on_suite);
