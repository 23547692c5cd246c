// SPDX-License-Identifier: GPL-2.0
/* Tests of room.c, which includes this file. */
#include "env.h"

/**
 * test_room() - how many frames somebody might be promised
 */
unsigned int test_room(void)
{
	return nacc_sbi_info(NACC_INFO_ARMED) + nacc_pool.spare - nacc_room_reserve();
}

/**
 * test_room_take() - nacc_room_take(), with as many frames armed as that takes
 * @nr: how many
 * @kept: as for nacc_room_take()
 */
bool test_room_take(unsigned int nr, unsigned int kept)
{
	while (!nacc_room_take(nr, kept))
		if (!nacc_room_arm(nr, kept))
			return false;
	return true;
}

static void room_promise(struct kunit *test)
{
	const unsigned int all = nacc_pool.nr - nacc_room_reserve();
	unsigned long root;

	KUNIT_EXPECT_FALSE(test, nacc_room_take(1, 0));
	KUNIT_ASSERT_EQ(test, nacc_pool_arm(true), 0);
	KUNIT_EXPECT_FALSE(test, nacc_room_take(all + 1, 0));
	KUNIT_EXPECT_FALSE(test, nacc_room_take(all, 1));
	KUNIT_EXPECT_FALSE(test, nacc_room_take(1, NACC_ROOM_NONE));
	KUNIT_EXPECT_TRUE(test, nacc_room_take(all, 0));
	KUNIT_EXPECT_FALSE(test, nacc_room_take(1, 0));
	/* A promise that has been kept and not yet taken back: one too few. */
	KUNIT_ASSERT_EQ(test, nacc_sbi_call(NACC_SBI_AS_CREATE, 0, 0, 0, &root), 0);
	nacc_room_give(2);
	KUNIT_EXPECT_FALSE(test, nacc_room_take(2, 0));
	KUNIT_EXPECT_TRUE(test, nacc_room_take(1, 0));
	nacc_room_give(all - 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&promised), 0);
	nacc_pool_retire(root);
	nacc_pool_disarm();
}

/* What is lacking can be armed, or it cannot; what is armed need not be. */
static void room_unarmed(struct kunit *test)
{
	unsigned int more, spare;

	KUNIT_ASSERT_EQ(test, nacc_pool_arm(false), 0);
	more = nacc_sbi_info(NACC_INFO_ARMED) - nacc_room_reserve();
	spare = nacc_pool.spare;
	KUNIT_ASSERT_GT(test, spare, 1);
	KUNIT_EXPECT_FALSE(test, nacc_room_unarmed(more, 0));
	KUNIT_EXPECT_FALSE(test, nacc_room_unarmed(more, spare));
	KUNIT_EXPECT_TRUE(test, nacc_room_unarmed(more + 1, 0));
	KUNIT_EXPECT_TRUE(test, nacc_room_unarmed(more + 1, spare - 1));
	KUNIT_EXPECT_FALSE(test, nacc_room_unarmed(more + 1, spare));
	KUNIT_EXPECT_FALSE(test, nacc_room_unarmed(1, NACC_ROOM_NONE));
	/* Beside what has been promised. */
	KUNIT_EXPECT_TRUE(test, nacc_room_take(1, 0));
	KUNIT_EXPECT_TRUE(test, nacc_room_unarmed(more, 0));
	nacc_room_give(1);
	nacc_pool_disarm();
}

static void room_reserve(struct kunit *test)
{
	KUNIT_EXPECT_GT(test, nacc_room_reserve(), 0);
	KUNIT_EXPECT_LE(test, nacc_room_reserve(), nacc_pool.nr / 8);
	KUNIT_EXPECT_LE(test, nacc_room_reserve(), RESERVE_MAX);
}

static struct kunit_case room_cases[] = {
	KUNIT_CASE(room_promise),
	KUNIT_CASE(room_unarmed),
	KUNIT_CASE(room_reserve),
	{}
};

static struct kunit_suite room_suite = {
	.name = "nacc_room",
	.init = account_init,
	.exit = account_exit,
	.test_cases = room_cases,
};

kunit_test_suite(room_suite);
