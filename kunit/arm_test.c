// SPDX-License-Identifier: GPL-2.0
/* Tests of arm.c, which includes this file. */
#include "env.h"

static void arm_disarm(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, nacc_pool_arm(true), 0);
		KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_FRAMES_ARMED),
				nacc_pool.nr);
		KUNIT_EXPECT_TRUE(test, bitmap_full(nacc_pool.fitted,
						    nacc_pool.nr));
		KUNIT_EXPECT_EQ(test, page_count(nacc_frame_page(0)),
				NACC_PAGE_OURS + 1);
	}
	KUNIT_EXPECT_FALSE(test, nacc_pool_idle());
	for (i = 0; i < 2; i++) {
		nacc_pool_disarm();
		KUNIT_EXPECT_TRUE(test, nacc_pool_idle());
		KUNIT_EXPECT_EQ(test, page_count(nacc_frame_page(0)),
				NACC_PAGE_OURS);
		KUNIT_EXPECT_TRUE(test, PageReserved(nacc_frame_page(0)));
	}
}

/* One call to arm fails: what was armed is taken back as ever. */
static void arm_error(struct kunit *test)
{
	sbi_fault_set(NACC_SBI_ARM, 2);
	KUNIT_EXPECT_EQ(test, nacc_pool_arm(true), -EIO);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_FRAMES_ARMED), NACC_SBI_ARM_MAX);
	nacc_pool_disarm();
	KUNIT_EXPECT_TRUE(test, nacc_pool_idle());
}

/* A frame that someone holds is left out, and comes in when he lets go. */
static void arm_busy(struct kunit *test)
{
	const unsigned int held = nacc_pool.nr / 2;

	get_page(nacc_frame_page(held));
	KUNIT_EXPECT_EQ(test, nacc_pool_arm(true), 0);
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_FRAMES_ARMED), nacc_pool.nr - 1);
	KUNIT_EXPECT_FALSE(test, test_bit(held, nacc_pool.fitted));
	nacc_pool_collect();
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_FRAMES_ARMED), nacc_pool.nr - 1);
	put_page(nacc_frame_page(held));
	nacc_pool_collect();
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_FRAMES_ARMED), nacc_pool.nr);
	KUNIT_EXPECT_FALSE(test, nacc_pool.busy);
	nacc_pool_disarm();
	KUNIT_EXPECT_TRUE(test, nacc_pool_idle());
}

/* Frames that wait for a fence are taken back when they are free, not before. */
static void arm_released(struct kunit *test)
{
	unsigned long root;
	struct page *page;

	KUNIT_EXPECT_EQ(test, nacc_pool_arm(true), 0);
	KUNIT_ASSERT_EQ(test, nacc_sbi_call(NACC_SBI_AS_CREATE, 0, 0, 0, &root), 0);
	page = phys_to_page(root);
	nacc_pool_retire(root);
	/* Then all are looked at, and not for one error are they not. */
	sbi_fault_set(NACC_SBI_FRAMES, 1);
	nacc_pool_disarm();
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_EQ(test, page_count(page), NACC_PAGE_OURS + 1);
	KUNIT_EXPECT_TRUE(test, test_bit(nacc_frame_index(root), nacc_pool.fitted));
	nacc_pool_reclaim(1);
	nacc_pool_disarm();
	KUNIT_EXPECT_EQ(test, page_count(page), NACC_PAGE_OURS);
	KUNIT_EXPECT_TRUE(test, nacc_pool_idle());
}

/* Reclaimed while something is marked, whatever the caller thinks: armed again. */
static void arm_reclaimed(struct kunit *test)
{
	unsigned long root;

	KUNIT_EXPECT_EQ(test, nacc_pool_arm(true), 0);
	KUNIT_ASSERT_EQ(test, nacc_sbi_call(NACC_SBI_AS_CREATE, 0, 0, 0, &root), 0);
	nacc_pool_retire(root);
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_FRAMES_RELEASED), 1);
	nacc_pool_reclaim(1);
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_FRAMES_ARMED), nacc_pool.nr);
	KUNIT_ASSERT_EQ(test, nacc_sbi_call(NACC_SBI_AS_CREATE, 0, 0, 0, &root), 0);
	nacc_pool_retire(root);
	nacc_pool_disarm();
	nacc_pool_reclaim(1);
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_FRAMES_ARMED), 0);
	nacc_pool_disarm();
	KUNIT_EXPECT_TRUE(test, nacc_pool_idle());
}

/* Without need: a few, and not more for a second mark. */
static void arm_few(struct kunit *test)
{
	const unsigned int few = nacc_room_reserve() + BATCH;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, nacc_pool_arm(false), 0);
		KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_FRAMES_ARMED), few);
		KUNIT_EXPECT_EQ(test, bitmap_weight(nacc_pool.fitted, nacc_pool.nr), few);
		KUNIT_EXPECT_EQ(test, nacc_pool.spare, nacc_pool.nr - few);
		KUNIT_EXPECT_EQ(test, test_room(), nacc_pool.nr - nacc_room_reserve());
	}
	/* What some ask for is not taken back because others do not. */
	KUNIT_EXPECT_EQ(test, nacc_pool_arm(true), 0);
	KUNIT_EXPECT_EQ(test, nacc_pool_arm(false), 0);
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_FRAMES_ARMED), nacc_pool.nr);
	nacc_pool_disarm();
	KUNIT_EXPECT_TRUE(test, nacc_pool_idle());
}

/* As many as are asked for, wherever they are, and not those that someone holds. */
static void arm_for(struct kunit *test)
{
	const unsigned int reserve = nacc_room_reserve();
	unsigned int held, armed;

	KUNIT_EXPECT_FALSE(test, nacc_pool_arm_for(1));
	held = BATCH / 4;
	get_page(nacc_frame_page(held));
	KUNIT_EXPECT_EQ(test, nacc_pool_arm(false), 0);
	armed = test_stat(NACC_STAT_FRAMES_ARMED);
	KUNIT_EXPECT_EQ(test, armed, reserve + BATCH);
	KUNIT_EXPECT_FALSE(test, test_bit(held, nacc_pool.fitted));
	KUNIT_EXPECT_TRUE(test, test_bit(reserve + BATCH, nacc_pool.fitted));
	/* Enough are armed: nothing is done. */
	KUNIT_EXPECT_TRUE(test, nacc_pool_arm_for(BATCH));
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_FRAMES_ARMED), armed);
	/* The reserve is not for who asks. */
	KUNIT_EXPECT_TRUE(test, nacc_pool_arm_for(BATCH + 1));
	KUNIT_EXPECT_GT(test, test_stat(NACC_STAT_FRAMES_ARMED), armed);
	KUNIT_EXPECT_TRUE(test, test_room_take(2 * BATCH, 0));
	KUNIT_EXPECT_GE(test, test_stat(NACC_STAT_FRAMES_ARMED), reserve + 2 * BATCH);
	/* What is promised is not there for the next one. */
	KUNIT_EXPECT_TRUE(test, nacc_pool_arm_for(BATCH));
	KUNIT_EXPECT_GE(test, test_stat(NACC_STAT_FRAMES_ARMED), reserve + 3 * BATCH);
	KUNIT_EXPECT_TRUE(test, nacc_pool_arm_for(nacc_pool.nr));
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_FRAMES_ARMED), nacc_pool.nr - 1);
	KUNIT_EXPECT_FALSE(test, nacc_pool_arm_for(nacc_pool.nr));
	nacc_room_give(2 * BATCH);
	put_page(nacc_frame_page(held));
	KUNIT_EXPECT_TRUE(test, nacc_pool_arm_for(nacc_pool.nr));
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_FRAMES_ARMED), nacc_pool.nr);
	KUNIT_EXPECT_EQ(test, nacc_pool.spare, 0);
	nacc_pool_disarm();
	KUNIT_EXPECT_TRUE(test, nacc_pool_idle());
}

/* What is in use is passed over, and what comes back is armed when it is needed. */
static void arm_between(struct kunit *test)
{
	unsigned long root;

	KUNIT_EXPECT_EQ(test, nacc_pool_arm(false), 0);
	KUNIT_ASSERT_EQ(test, nacc_sbi_call(NACC_SBI_AS_CREATE, 0, 0, 0, &root), 0);
	KUNIT_EXPECT_TRUE(test, nacc_pool_arm_for(nacc_pool.nr));
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_FRAMES_ARMED), nacc_pool.nr - 1);
	nacc_pool_retire(root);
	/* It waits for a fence. */
	KUNIT_EXPECT_FALSE(test, nacc_pool_arm_for(nacc_pool.nr));
	nacc_pool_reclaim(1);
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_FRAMES_ARMED), nacc_pool.nr);
	KUNIT_EXPECT_EQ(test, nacc_pool.spare, 0);
	nacc_pool_disarm();
	KUNIT_EXPECT_TRUE(test, nacc_pool_idle());
}

/* What comes back and is not fit to be armed is not armed, but there. */
static void arm_spare(struct kunit *test)
{
	unsigned long root;

	KUNIT_EXPECT_EQ(test, nacc_pool_arm(false), 0);
	KUNIT_ASSERT_EQ(test, nacc_sbi_call(NACC_SBI_AS_CREATE, 0, 0, 0, &root), 0);
	nacc_pool_retire(root);
	__clear_bit(nacc_frame_index(root), nacc_pool.fitted);
	nacc_page_unfit(phys_to_page(root));
	nacc_pool_reclaim(1);
	KUNIT_EXPECT_EQ(test, nacc_pool.spare, test_stat(NACC_STAT_FRAMES_FREE));
	KUNIT_EXPECT_EQ(test, test_room(), nacc_pool.nr - nacc_room_reserve());
	nacc_pool_disarm();
	KUNIT_EXPECT_TRUE(test, nacc_pool_idle());
}

/* An error of the shim is no frame, and no loop. */
static void arm_for_error(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, nacc_pool_arm(false), 0);
	sbi_fault_set(NACC_SBI_ARM, 1);
	KUNIT_EXPECT_FALSE(test, nacc_pool_arm_for(2 * BATCH));
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_EQ(test, nacc_pool.spare, test_stat(NACC_STAT_FRAMES_FREE));
	KUNIT_EXPECT_TRUE(test, test_room_take(2 * BATCH, 0));
	nacc_room_give(2 * BATCH);
	nacc_pool_disarm();
	KUNIT_EXPECT_TRUE(test, nacc_pool_idle());
}

static struct kunit_case arm_cases[] = {
	KUNIT_CASE(arm_few),
	KUNIT_CASE(arm_for),
	KUNIT_CASE(arm_between),
	KUNIT_CASE(arm_spare),
	KUNIT_CASE(arm_for_error),
	KUNIT_CASE(arm_disarm),
	KUNIT_CASE(arm_released),
	KUNIT_CASE(arm_error),
	KUNIT_CASE(arm_busy),
	KUNIT_CASE(arm_reclaimed),
	{}
};

static struct kunit_suite arm_suite = {
	.name = "nacc_arm",
	.init = account_init,
	.exit = account_exit,
	.test_cases = arm_cases,
};

kunit_test_suite(arm_suite);
