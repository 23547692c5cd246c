// SPDX-License-Identifier: GPL-2.0
/* Tests of pool.c, which includes this file. */
#include <linux/sizes.h>
#include <linux/sizes.h>
#include "env.h"

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

/* One error of the shim is no reason to visit half of them. */
static void pool_visit_again(struct kunit *test)
{
	mutex_lock(&nacc_pool.lock);
	frames_seen = 0;
	sbi_fault_set(NACC_SBI_FRAMES, 1);
	nacc_pool_visit(count_frame);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_EQ(test, frames_seen, nacc_pool.nr);
	mutex_unlock(&nacc_pool.lock);
}

static unsigned int released_bits(void)
{
	unsigned int nr;

	mutex_lock(&nacc_pool.lock);
	nr = bitmap_weight(nacc_pool.released, nacc_pool.nr);
	mutex_unlock(&nacc_pool.lock);
	return nr;
}

/* What the shim would not release is not taken for released, and is the next time. */
static void pool_release_fails(struct kunit *test)
{
	unsigned int released;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	nacc_pool_collect();
	released = released_bits();
	/* As often as the keeper comes by. */
	sbi_fault_all(NACC_SBI_TABLE_RELEASE);
	KUNIT_EXPECT_EQ(test, test_unmap(&t, 0), 0);
	rcu_barrier();
	nacc_pool_collect();
	KUNIT_EXPECT_EQ(test, released_bits(), released);
	KUNIT_EXPECT_GT(test, test_stat(NACC_STAT_UNLINKED), 0);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	nacc_pool_collect();
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_UNLINKED), 0);
	KUNIT_EXPECT_GT(test, released_bits(), released);
	test_mm_end(&t);
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

/* What somebody else has released is looked for once, and not at each pass. */
static void pool_looks_once(struct kunit *test)
{
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_guard_begin(), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	sbi_fault_set(NACC_SBI_AS_FILL, 1);
	KUNIT_EXPECT_NE(test, test_mark(&t), 0);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_GT(test, test_stat(NACC_STAT_FRAMES_RELEASED) +
			test_stat(NACC_STAT_FRAMES_FREE), 0);
	nacc_kick();
	nacc_keeper_wait();
	nacc_kick();
	nacc_keeper_wait();
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_FRAMES_RELEASED), 0);
	KUNIT_EXPECT_EQ(test, released_bits(), 0);
	test_mm_end(&t);
}

/* What would be thought of a pool like that; nothing uses it meanwhile. */
static bool sense_of(phys_addr_t base, unsigned int nr, phys_addr_t region_base,
		     unsigned long region_size)
{
	const phys_addr_t base_was = nacc_pool.base, region_was = nacc_pool.region_base;
	const unsigned long size_was = nacc_pool.region_size;
	const unsigned int nr_was = nacc_pool.nr;
	bool sense;

	mutex_lock(&nacc_pool.lock);
	nacc_pool.base = base;
	nacc_pool.nr = nr;
	nacc_pool.region_base = region_base;
	nacc_pool.region_size = region_size;
	sense = makes_sense();
	nacc_pool.base = base_was;
	nacc_pool.nr = nr_was;
	nacc_pool.region_base = region_was;
	nacc_pool.region_size = size_was;
	mutex_unlock(&nacc_pool.lock);
	return sense;
}

/* Frames lie behind the records of the region, and none beyond its end. */
static void pool_sense(struct kunit *test)
{
	/* Nowhere near memory: nothing must seem to be in it meanwhile. */
	const phys_addr_t region = BIT_ULL(50), size = SZ_4M, base = region + SZ_1M;
	const unsigned int nr = (size - SZ_1M) / PAGE_SIZE;

	KUNIT_EXPECT_TRUE(test, sense_of(base, nr, region, size));
	KUNIT_EXPECT_TRUE(test, sense_of(base, 1, region, size));
	KUNIT_EXPECT_FALSE(test, sense_of(base, nr + 1, region, size));
	KUNIT_EXPECT_FALSE(test, sense_of(base, 0, region, size));
	KUNIT_EXPECT_FALSE(test, sense_of(base, nr, 0, size));
	KUNIT_EXPECT_FALSE(test, sense_of(region, 1, region, size));
	KUNIT_EXPECT_FALSE(test, sense_of(region - PAGE_SIZE, 1, region, size));
	KUNIT_EXPECT_FALSE(test, sense_of(region + size, 1, region, size));
	KUNIT_EXPECT_FALSE(test, sense_of(region + size + PAGE_SIZE, 1, region, size));
}

/* A firmware that has another pool after sleep, in whatever way. */
static void pool_same(struct kunit *test)
{
	bool same[4];

	KUNIT_EXPECT_TRUE(test, nacc_pool_same());
	mutex_lock(&nacc_pool.lock);
	nacc_pool.base += PAGE_SIZE;
	same[0] = nacc_pool_same();
	nacc_pool.base -= PAGE_SIZE;
	nacc_pool.nr--;
	same[1] = nacc_pool_same();
	nacc_pool.nr++;
	nacc_pool.region_base -= PAGE_SIZE;
	same[2] = nacc_pool_same();
	nacc_pool.region_base += PAGE_SIZE;
	nacc_pool.region_size += PAGE_SIZE;
	same[3] = nacc_pool_same();
	nacc_pool.region_size -= PAGE_SIZE;
	mutex_unlock(&nacc_pool.lock);
	KUNIT_EXPECT_FALSE(test, same[0] || same[1] || same[2] || same[3]);
	KUNIT_EXPECT_TRUE(test, nacc_pool_same());
}

/* What would not be retired is, the next time that somebody looks. */
static void pool_retire_again(struct kunit *test)
{
	u64 released = test_stat(NACC_STAT_FRAMES_RELEASED);
	unsigned long root;

	/* It would look, too. */
	nacc_keeper_rest();
	KUNIT_ASSERT_EQ(test, nacc_pool_arm(false), 0);
	KUNIT_ASSERT_EQ(test, nacc_sbi_call(NACC_SBI_AS_CREATE, 0, 0, 0, &root), 0);
	sbi_fault_set(NACC_SBI_AS_RETIRE, 1);
	nacc_pool_retire(root);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_FRAMES_RELEASED), released);
	KUNIT_EXPECT_TRUE(test, nacc_pool_busy());
	nacc_pool_collect();
	KUNIT_EXPECT_FALSE(test, nacc_pool_busy());
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_FRAMES_RELEASED), released + 1);
	KUNIT_EXPECT_TRUE(test, bitmap_empty(nacc_pool.unbuilt, nacc_pool.nr));
	nacc_pool_disarm();
}

static struct kunit_case pool_cases[] = {
	KUNIT_CASE(pool_snapshot),
	KUNIT_CASE(pool_visit),
	KUNIT_CASE(pool_visit_again),
	KUNIT_CASE(pool_release_fails),
	KUNIT_CASE(pool_release),
	KUNIT_CASE(pool_looks_once),
	KUNIT_CASE(pool_retire_unknown),
	KUNIT_CASE(pool_print),
	KUNIT_CASE(pool_sense),
	KUNIT_CASE(pool_same),
	KUNIT_CASE(pool_retire_again),
	{}
};

static struct kunit_suite pool_suite = {
	.name = "nacc_pool",
	.init = account_init,
	.exit = account_exit,
	.test_cases = pool_cases,
};

kunit_test_suite(pool_suite);
