// SPDX-License-Identifier: GPL-2.0
/* Tests of promote.c, which includes this file. */
#include <linux/mman.h>
#include <linux/sched/mm.h>
#include "env.h"

static void promote_whole(struct kunit *test)
{
	unsigned int before, inside, i;
	unsigned long bytes;
	struct test_mm t;
	long rss;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	for (i = 0; i < TEST_AREAS; i++)
		KUNIT_EXPECT_EQ(test, test_fill(&t, i), 0);
	before = test_tables_outside(t.mm, &inside);
	KUNIT_EXPECT_EQ(test, inside, 0);
	bytes = mm_pgtables_bytes(t.mm);
	rss = get_mm_rss(t.mm);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, test_tables_outside(t.mm, &inside), 0);
	KUNIT_EXPECT_EQ(test, inside, before);
	KUNIT_EXPECT_EQ(test, mm_pgtables_bytes(t.mm), bytes);
	KUNIT_EXPECT_EQ(test, get_mm_rss(t.mm), rss);
	for (i = 0; i < TEST_AREAS; i++)
		KUNIT_EXPECT_EQ(test, test_check(&t, i), 0);
	test_mm_end(&t);
}

/* Mappings, but no table below the root. */
static void promote_empty(struct kunit *test)
{
	unsigned int inside;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_tables_outside(t.mm, NULL), 1);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, test_tables_outside(t.mm, &inside), 0);
	KUNIT_EXPECT_EQ(test, inside, 1);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_tables_outside(t.mm, NULL), 0);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	test_mm_end(&t);
}

static void no_publish(phys_addr_t root, void *arg)
{
	*(bool *)arg = true;
}

static void promote_again(struct kunit *test)
{
	bool published = false;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, nacc_promote(t.mm, 0, 64, no_publish, &published),
			-EEXIST);
	KUNIT_EXPECT_FALSE(test, published);
	test_mm_end(&t);
}

/* Nothing is armed: the mm must be as it was. */
static void promote_no_frame(struct kunit *test)
{
	bool published = false;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, nacc_promote(t.mm, 0, 64, no_publish, &published),
			-ENOMEM);
	KUNIT_EXPECT_FALSE(test, published);
	KUNIT_EXPECT_FALSE(test, nacc_mm_marked(t.mm));
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	test_mm_end(&t);
}

/* One frame less than it takes: the mm must be as it was. */
static void promote_no_room(struct kunit *test)
{
	bool published = false;
	unsigned int tables;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_guard_begin(), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	tables = test_tables_outside(t.mm, NULL);
	KUNIT_EXPECT_LE(test, tables, nacc_promote_room(t.mm));
	KUNIT_EXPECT_EQ(test, nacc_promote(t.mm, tables - 1, no_publish,
					   &published), -ENOSPC);
	KUNIT_EXPECT_FALSE(test, published);
	KUNIT_EXPECT_FALSE(test, nacc_mm_marked(t.mm));
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	test_mm_end(&t);
}

/* The estimate of the number of tables is far too small. */
static void promote_grow(struct kunit *test)
{
	unsigned long bytes;
	struct test_mm t;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	for (i = 0; i < TEST_AREAS; i++)
		KUNIT_EXPECT_EQ(test, test_fill(&t, i), 0);
	bytes = atomic_long_xchg(&t.mm->pgtables_bytes, 0);
	KUNIT_EXPECT_GT(test, bytes / PAGE_SIZE, 32);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	atomic_long_set(&t.mm->pgtables_bytes, bytes);
	KUNIT_EXPECT_EQ(test, test_tables_outside(t.mm, NULL), 0);
	test_mm_end(&t);
}

/* A huge page with the table that is kept for its split. */
static void promote_huge(struct kunit *test)
{
	struct page *kept;
	unsigned int n = 0;
	struct test_mm t;
	u64 *pmd;

	TEST_NEEDS_THP(test);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill_huge(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	pmd = test_entry(&t, t.area[0], 1);
	KUNIT_ASSERT_NOT_NULL(test, pmd);
	KUNIT_EXPECT_FALSE(test, nacc_pte_link(*pmd));
	for (kept = nacc_deposit_first(virt_to_page(pmd)); kept;
	     kept = nacc_deposit_next(virt_to_page(pmd), kept), n++)
		KUNIT_EXPECT_TRUE(test, nacc_in_pool(page_to_phys(kept)));
	KUNIT_EXPECT_EQ(test, n, TEST_STRIDE / PMD_SIZE);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	/* The kept table comes into use. */
	KUNIT_EXPECT_EQ(test, vm_munmap(t.area[0], PAGE_SIZE), 0);
	pmd = test_entry(&t, t.area[0], 1);
	KUNIT_EXPECT_TRUE(test, pmd && nacc_pte_link(*pmd));
	KUNIT_EXPECT_EQ(test, test_tables_outside(t.mm, NULL), 0);
	test_mm_end(&t);
}

#define AD	(_PAGE_ACCESSED | _PAGE_DIRTY)

/* As the walker does it: nobody asks before, nobody is told. */
static void walk_old(void *arg)
{
	u64 **pte = arg;

	*pte[0] |= _PAGE_ACCESSED | _PAGE_DIRTY;
	*pte[1] |= _PAGE_ACCESSED;
}

/* What the walker sets in the old tables once they are copied is not lost. */
static void promote_merge_ad(struct kunit *test)
{
	const unsigned long far = 7 * PAGE_SIZE;
	unsigned long at[3];
	struct test_mm t;
	unsigned int i;
	u64 *pte[3], was[3];

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	at[0] = t.area[0];
	at[1] = t.area[0] + far;
	at[2] = t.area[0] + PMD_SIZE;
	for (i = 0; i < ARRAY_SIZE(at); i++) {
		pte[i] = test_entry(&t, at[i], 0);
		KUNIT_ASSERT_NOT_NULL(test, pte[i]);
		*pte[i] &= ~AD;
		was[i] = *pte[i];
	}
	/* Someone else uses the mm. */
	mmget(t.mm);
	test_at_switch(walk_old, pte);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	test_at_switch(NULL, NULL);
	KUNIT_EXPECT_EQ(test, *test_entry(&t, at[0], 0), was[0] | AD);
	KUNIT_EXPECT_EQ(test, *test_entry(&t, at[1], 0),
			was[1] | _PAGE_ACCESSED);
	KUNIT_EXPECT_EQ(test, *test_entry(&t, at[2], 0), was[2]);
	mmput(t.mm);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	test_mm_end(&t);
}

/* Each allocation of what a promotion needs fails once: nothing is kept. */
static void promote_alloc_fails(struct kunit *test)
{
	unsigned int nth, failed = 0;
	struct build *b;
	struct test_mm t;
	bool hit = true;

	KUNIT_ASSERT_EQ(test, alloc_fault_prepare(), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	for (nth = 1; hit; nth++) {
		KUNIT_ASSERT_EQ(test, test_balance_begin(), 0);
		alloc_fault_set(nth);
		b = build_alloc(t.mm);
		hit = alloc_fault_clear();
		failed += !b;
		KUNIT_EXPECT_TRUE(test, b || hit);
		if (b) {
			unsigned int i;

			for (i = 1; i <= nacc_top_level(); i++)
				KUNIT_EXPECT_NOT_NULL(test, b->scratch[i]);
			build_free(b);
		}
		KUNIT_EXPECT_EQ(test, test_balance_end(), 0);
	}
	/* The build, its pages and its pairs. */
	KUNIT_EXPECT_EQ(test, failed, nacc_top_level() + 2);
	test_mm_end(&t);
}

static struct kunit_case promote_cases[] = {
	KUNIT_CASE(promote_whole),
	KUNIT_CASE(promote_empty),
	KUNIT_CASE(promote_again),
	KUNIT_CASE(promote_no_frame),
	KUNIT_CASE(promote_no_room),
	KUNIT_CASE(promote_grow),
	KUNIT_CASE_SLOW(promote_huge),
	KUNIT_CASE(promote_merge_ad),
	KUNIT_CASE(promote_alloc_fails),
	{}
};

static struct kunit_suite promote_suite = {
	.name = "nacc_promote",
	.init = account_init,
	.exit = account_exit,
	.test_cases = promote_cases,
};

kunit_test_suite(promote_suite);
