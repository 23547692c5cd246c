// SPDX-License-Identifier: GPL-2.0
/* Tests of pool.c, which includes this file. */
#include "env.h"

static void pool_arm_disarm(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, nacc_pool_arm(), 0);
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
/* Frames that wait for a fence are taken back when they are free, not before. */
static void pool_disarm_released(struct kunit *test)
{
	unsigned long root;
	struct page *page;

	KUNIT_EXPECT_EQ(test, nacc_pool_arm(), 0);
	KUNIT_ASSERT_EQ(test, nacc_sbi_call(NACC_SBI_AS_CREATE, 0, 0, 0, &root), 0);
	page = phys_to_page(root);
	nacc_pool_retire(root);
	nacc_pool_disarm();
	KUNIT_EXPECT_EQ(test, page_count(page), NACC_PAGE_OURS + 1);
	KUNIT_EXPECT_TRUE(test, test_bit(nacc_frame_index(root), nacc_pool.fitted));
	nacc_pool_reclaim(1);
	nacc_pool_disarm();
	KUNIT_EXPECT_EQ(test, page_count(page), NACC_PAGE_OURS);
	KUNIT_EXPECT_TRUE(test, nacc_pool_idle());
}

static void pool_arm_error(struct kunit *test)
{
	sbi_fault_set(NACC_SBI_ARM, 2);
	KUNIT_EXPECT_EQ(test, nacc_pool_arm(), -EIO);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_FRAMES_ARMED), NACC_SBI_ARM_MAX);
	nacc_pool_disarm();
	KUNIT_EXPECT_TRUE(test, nacc_pool_idle());
}

/* A frame that someone holds is left out, and comes in when he lets go. */
static void pool_arm_busy(struct kunit *test)
{
	const unsigned int held = nacc_pool.nr / 2;

	get_page(nacc_frame_page(held));
	KUNIT_EXPECT_EQ(test, nacc_pool_arm(), 0);
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

/* Reclaimed while something is marked, whatever the caller thinks: armed again. */
static void pool_reclaim_arms(struct kunit *test)
{
	unsigned long root;

	KUNIT_EXPECT_EQ(test, nacc_pool_arm(), 0);
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

static void pool_snapshot(struct kunit *test)
{
	struct nacc_sbi_frame *all = nacc_pool_snapshot_alloc();
	unsigned int i, other = 0;

	KUNIT_ASSERT_NOT_NULL(test, all);
	memset(all, 0xff, array_size(nacc_pool.nr, sizeof(*all)));
	nacc_pool_snapshot(all);
	for (i = 0; i < nacc_pool.nr; i++)
		other += all[i].type != NACC_FRAME_FREE;
	KUNIT_EXPECT_EQ(test, other, 0);
	vfree(all);
}

static unsigned int frames_seen;	/* under nacc_pool.lock */

static void count_frame(unsigned int frame, const struct nacc_sbi_frame *f)
{
	frames_seen += frame == frames_seen;
}

static void pool_visit(struct kunit *test)
{
	mutex_lock(&nacc_pool.lock);
	frames_seen = 0;
	nacc_pool_visit(count_frame);
	KUNIT_EXPECT_EQ(test, frames_seen, nacc_pool.nr);
	mutex_unlock(&nacc_pool.lock);
}

/* A table that nobody freed yet is not released, a freed one is, once. */
static void pool_release(struct kunit *test)
{
	struct test_mm t;
	struct page *kept;
	u64 *pmd;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	pmd = test_entry(&t, t.area[0], 1);
	kept = phys_to_page(nacc_pte_pa(*pmd));
	KUNIT_EXPECT_EQ(test, page_count(kept), NACC_PAGE_OURS + 1);
	/* As a walker that came late would hold it. */
	get_page(kept);
	KUNIT_EXPECT_EQ(test, test_unmap(&t, 0), 0);
	rcu_barrier();
	nacc_pool_collect();
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_UNLINKED), 1);
	KUNIT_EXPECT_EQ(test, page_count(kept), NACC_PAGE_OURS + 1);
	put_page(kept);
	nacc_pool_collect();
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_UNLINKED), 0);
	test_mm_end(&t);
}

/* No such address space: said, and nothing else. */
static void pool_retire_unknown(struct kunit *test)
{
	u64 released = test_stat(NACC_STAT_FRAMES_RELEASED);

	nacc_pool_retire(nacc_frame_pa(nacc_pool.nr - 1));
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_FRAMES_RELEASED), released);
	KUNIT_EXPECT_TRUE(test, bitmap_empty(nacc_pool.unbuilt, nacc_pool.nr));
}

static void pool_print(struct kunit *test)
{
	struct seq_file m = { .size = 16 * PAGE_SIZE };
	unsigned int lines = 0, inside;
	struct test_mm t;
	char *at;

	m.buf = kunit_kzalloc(test, m.size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m.buf);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	test_tables_outside(t.mm, &inside);
	KUNIT_EXPECT_EQ(test, nacc_frames_seq(&m), 0);
	for (at = m.buf; (at = strchr(at, '\n')); at++)
		lines++;
	KUNIT_EXPECT_EQ(test, lines, inside + 1);
	test_mm_end(&t);
}

static struct kunit_case pool_cases[] = {
	KUNIT_CASE(pool_arm_disarm),
	KUNIT_CASE(pool_disarm_released),
	KUNIT_CASE(pool_arm_error),
	KUNIT_CASE(pool_arm_busy),
	KUNIT_CASE(pool_reclaim_arms),
	KUNIT_CASE(pool_snapshot),
	KUNIT_CASE(pool_visit),
	KUNIT_CASE(pool_release),
	KUNIT_CASE(pool_retire_unknown),
	KUNIT_CASE(pool_print),
	{}
};

static struct kunit_suite pool_suite = {
	.name = "nacc_pool",
	.init = account_init,
	.exit = account_exit,
	.test_cases = pool_cases,
};

kunit_test_suite(pool_suite);
