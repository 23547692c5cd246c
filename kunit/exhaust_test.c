// SPDX-License-Identifier: GPL-2.0
/* Tests of exhaust.c, which includes this file. */
#include <linux/delay.h>
#include <linux/uaccess.h>

#include "env.h"

/**
 * test_kept() - frames that are kept for others
 * @mm: a marked mm, whose others they are
 */
unsigned int test_kept(const struct mm_struct *mm)
{
	struct nacc_domain *domain = nacc_domain_get_by_mm(mm);
	unsigned int kept = domain ? READ_ONCE(domain->kept) : 0;

	if (domain)
		nacc_domain_put(domain);
	return kept;
}

/**
 * test_exhaust() - no room for an mm
 * @mm: a marked mm
 *
 * While somebody counts or arms frames, what is asked for may not be there any more.
 *
 * Return: how much was taken, to be given back with nacc_room_give(); 0: none could be.
 */
unsigned int test_exhaust(const struct mm_struct *mm)
{
	unsigned int tries;

	for (tries = 0; tries < 100; tries++) {
		unsigned int kept = test_kept(mm), room = test_room() - kept;

		if (test_room_take(room, kept))
			return room;
		fsleep(1000);
	}
	return 0;
}

/* A table at each level: an error, and then there it is. */
static void exhaust_alloc(struct kunit *test)
{
	const unsigned long at[] = {
		/* Of an area with tables, with a PMD page, and without any. */
		PMD_SIZE, 2 * PMD_SIZE, 4 * PUD_SIZE, 8 * PUD_SIZE,
	};
	long refused = test_count(NACC_COUNT_ENOMEM);
	unsigned int room, i;
	unsigned long value;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, put_user(1UL, (unsigned long __user *)t.area[0]), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	room = test_exhaust(t.mm);
	KUNIT_EXPECT_GT(test, room, 0);
	for (i = 0; i < ARRAY_SIZE(at); i++)
		KUNIT_EXPECT_EQ(test, get_user(value, (unsigned long __user *)
					       (t.area[0] + at[i])), -EFAULT);
	KUNIT_EXPECT_GE(test, test_count(NACC_COUNT_ENOMEM),
			refused + ARRAY_SIZE(at));
	/* What is there stays, and needs nothing. */
	KUNIT_EXPECT_EQ(test, get_user(value, (unsigned long __user *)t.area[0]), 0);
	KUNIT_EXPECT_EQ(test, value, 1);
	KUNIT_EXPECT_EQ(test, get_user(value, (unsigned long __user *)
				       (t.area[0] + PAGE_SIZE)), 0);
	nacc_room_give(room);
	for (i = 0; i < ARRAY_SIZE(at); i++)
		KUNIT_EXPECT_EQ(test, get_user(value, (unsigned long __user *)
					       (t.area[0] + at[i])), 0);
	KUNIT_EXPECT_EQ(test, test_tables_outside(t.mm, NULL), 0);
	test_mm_end(&t);
}

/* Whoever is not marked does not notice. */
static void exhaust_unmarked(struct kunit *test)
{
	struct test_mm marked, t;
	unsigned int room;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&marked), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&marked), 0);
	room = test_exhaust(marked.mm);
	test_mm_unuse(&marked);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	test_mm_end(&t);
	nacc_room_give(room);
	mmput(marked.mm);
}

static unsigned long clone_goes_to(u64 flags)
{
	const struct kernel_clone_args clone = { .flags = flags };

	return pick_late(&clone, current->mm);
}

/**
 * test_late_fork() - may the current process have a child that joins later?
 */
bool test_late_fork(void)
{
	return !clone_goes_to(0);
}

/* With all hooks in place nobody is asked here, however many tables there are. */
static unsigned long clone_picked(u64 flags)
{
	const struct kernel_clone_args clone = { .flags = flags };
	const unsigned long args[NACC_HOOK_ARGS] = { (unsigned long)&clone };

	return pick_clone(args);
}

static void expect_picked(struct kunit *test, unsigned long late)
{
	const enum nacc_life init = nacc_hook_init_mm.life, dup = nacc_hook_dup.life;

	KUNIT_EXPECT_EQ(test, clone_picked(0), 0);
	WRITE_ONCE(nacc_hook_init_mm.life, NACC_LIFE_DEAD);
	WRITE_ONCE(nacc_hook_dup.life, NACC_LIFE_ALIVE);
	KUNIT_EXPECT_EQ(test, clone_picked(0), 0);
	WRITE_ONCE(nacc_hook_init_mm.life, NACC_LIFE_ALIVE);
	WRITE_ONCE(nacc_hook_dup.life, NACC_LIFE_DEAD);
	KUNIT_EXPECT_EQ(test, clone_picked(0), 0);
	/* Nothing is left by which a child could begin in the pool. */
	WRITE_ONCE(nacc_hook_init_mm.life, NACC_LIFE_DEAD);
	KUNIT_EXPECT_EQ(test, clone_picked(0), late);
	KUNIT_EXPECT_EQ(test, clone_picked(CLONE_VM), 0);
	WRITE_ONCE(nacc_hook_init_mm.life, init);
	WRITE_ONCE(nacc_hook_dup.life, dup);
}

/* A late child needs all tables a second time, and one too few is too few. */
static void exhaust_clone(struct kunit *test)
{
	const unsigned long wait = (unsigned long)stub_clone_wait;
	long refused = test_count(NACC_COUNT_ENOMEM);
	struct kernel_clone_args clone = { };
	unsigned int room, need;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, clone_goes_to(0), 0);
	need = nacc_promote_room(t.mm);
	room = test_exhaust(t.mm);
	KUNIT_ASSERT_GT(test, room, need);
	expect_picked(test, wait);
	KUNIT_EXPECT_EQ(test, clone_goes_to(0), wait);
	KUNIT_EXPECT_EQ(test, clone_goes_to(CLONE_VFORK),
			(unsigned long)stub_clone_enomem);
	KUNIT_EXPECT_EQ(test, stub_clone_enomem(), -ENOMEM);
	KUNIT_EXPECT_EQ(test, test_count(NACC_COUNT_ENOMEM), refused + 1);
	KUNIT_EXPECT_EQ(test, stub_clone_wait(&clone), -ENOMEM);
	KUNIT_EXPECT_EQ(test, test_count(NACC_COUNT_ENOMEM), refused + 2);
	nacc_room_give(need - 1);
	KUNIT_EXPECT_EQ(test, clone_goes_to(0), wait);
	nacc_room_give(1);
	KUNIT_EXPECT_EQ(test, clone_goes_to(0), 0);
	/* Asked again and again it takes nothing. */
	KUNIT_EXPECT_EQ(test, clone_goes_to(0), 0);
	nacc_room_give(room - need);
	test_mm_end(&t);
}

static struct kunit_case exhaust_cases[] = {
	KUNIT_CASE_SLOW(exhaust_alloc),
	KUNIT_CASE(exhaust_unmarked),
	KUNIT_CASE(exhaust_clone),
	{}
};

static struct kunit_suite exhaust_suite = {
	.name = "nacc_exhaust",
	.init = account_init,
	.exit = account_exit,
	.test_cases = exhaust_cases,
};

kunit_test_suite(exhaust_suite);
