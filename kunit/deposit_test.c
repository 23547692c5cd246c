// SPDX-License-Identifier: GPL-2.0
/* Tests of deposit.c, which includes this file. */
#include <asm/pgalloc.h>
#include "env.h"

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
#define HUGE_PAGES	(TEST_STRIDE / PMD_SIZE)

typedef pgtable_t (*withdraw_fn)(struct mm_struct *mm, pmd_t *pmd);

/* Ours and the kernel's own functions are of one mind. */
static void deposit_list(struct kunit *test)
{
	withdraw_fn withdraw = (void *)nacc_ksym.lookup("pgtable_trans_huge_withdraw");
	struct page *pmd = nacc_table_alloc(1, GFP_PGTABLE_USER);
	struct page *table[3];
	unsigned int i, n = 0, seen = 0;
	struct page *p;

	KUNIT_ASSERT_TRUE(test, withdraw && pmd);
	KUNIT_EXPECT_NULL(test, nacc_deposit_first(pmd));
	KUNIT_EXPECT_NULL(test, nacc_deposit_get(pmd));
	for (i = 0; i < 3; i++) {
		table[i] = nacc_table_alloc(0, GFP_PGTABLE_USER);
		KUNIT_ASSERT_NOT_NULL(test, table[i]);
		nacc_deposit_put(pmd, table[i]);
	}
	for (p = nacc_deposit_first(pmd); p && n < 9; p = nacc_deposit_next(pmd, p), n++)
		for (i = 0; i < 3; i++)
			seen |= (p == table[i]) << i;
	KUNIT_EXPECT_EQ(test, n, 3);
	KUNIT_EXPECT_EQ(test, seen, 7);
	for (i = 0; i < 2; i++) {
		pmd_t *entry = page_address(pmd);
		spinlock_t *ptl = pmd_lock(nacc_ksym.init_mm, entry);

		p = withdraw(nacc_ksym.init_mm, entry);
		spin_unlock(ptl);
		KUNIT_ASSERT_NOT_NULL(test, p);
		nacc_table_free(p, 0);
	}
	nacc_table_free(nacc_deposit_get(pmd), 0);
	KUNIT_EXPECT_NULL(test, nacc_deposit_first(pmd));
	nacc_table_free(pmd, 1);
}

/* How many there are beside the table of an address, and all are frames. */
static unsigned int deposits(struct kunit *test, struct test_mm *t, unsigned int area)
{
	u64 *entry = test_entry(t, t->area[area], 1);
	struct page *pmd, *p;
	unsigned int n = 0;

	if (!entry)
		return 0;
	pmd = virt_to_page(entry);
	for (p = nacc_deposit_first(pmd); p; p = nacc_deposit_next(pmd, p), n++)
		KUNIT_EXPECT_TRUE(test, nacc_in_pool(page_to_phys(p)));
	return n;
}

static bool begin_marked(struct kunit *test, struct test_mm *t)
{
	if (test_mm_begin(t))
		return false;
	KUNIT_EXPECT_EQ(test, test_mark(t), 0);
	return true;
}

/* A huge page that comes to be in a marked mm. */
static void deposit_fault(struct kunit *test)
{
	long originals = test_count(NACC_COUNT_ORIGINALS);
	struct test_mm t;

	TEST_NEEDS_THP(test);
	KUNIT_ASSERT_TRUE(test, begin_marked(test, &t));
	KUNIT_EXPECT_EQ(test, test_fill_huge(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, deposits(test, &t, 0), HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_UNLINKED), HUGE_PAGES);
	KUNIT_EXPECT_GE(test, test_count(NACC_COUNT_ORIGINALS), originals + HUGE_PAGES);
	/* The keeper leaves them alone. */
	nacc_pool_collect();
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_UNLINKED), HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	/* Unmapped whole: the kernel frees them. */
	KUNIT_EXPECT_EQ(test, test_unmap(&t, 0), 0);
	rcu_barrier();
	nacc_pool_collect();
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_UNLINKED), 0);
	test_mm_end(&t);
}

/* Nothing is armed any more: every huge page splits all the same. */
static void split_without_frames(struct kunit *test, struct test_mm *t)
{
	unsigned int i;

	KUNIT_EXPECT_EQ(test, deposits(test, t, 0), HUGE_PAGES);
	nacc_pool_disarm();
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_FRAMES_ARMED), 0);
	for (i = 0; i < HUGE_PAGES; i++)
		KUNIT_EXPECT_EQ(test, vm_munmap(t->area[0] + i * PMD_SIZE +
						16 * PAGE_SIZE, PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, deposits(test, t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_UNLINKED), 0);
	KUNIT_EXPECT_EQ(test, test_tables_outside(t->mm, NULL), 0);
	KUNIT_EXPECT_EQ(test, test_check(t, 0), 0);
	KUNIT_EXPECT_EQ(test, nacc_pool_arm(true), 0);
	test_mm_end(t);
}

static void deposit_split_exhausted(struct kunit *test)
{
	struct test_mm t;

	TEST_NEEDS_THP(test);
	KUNIT_ASSERT_TRUE(test, begin_marked(test, &t));
	KUNIT_EXPECT_EQ(test, test_fill_huge(&t, 0), 0);
	split_without_frames(test, &t);
}

/* The same of huge pages that were there before the mark. */
static void deposit_promoted_exhausted(struct kunit *test)
{
	struct test_mm t;

	TEST_NEEDS_THP(test);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill_huge(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	split_without_frames(test, &t);
}

/* Without a frame the table is deposited as it is, and comes back. */
static void deposit_no_frame(struct kunit *test)
{
	struct page *table = nacc_table_alloc(0, GFP_PGTABLE_USER);
	struct test_mm t;

	KUNIT_ASSERT_NOT_NULL(test, table);
	KUNIT_ASSERT_TRUE(test, begin_marked(test, &t));
	nacc_pool_disarm();
	KUNIT_EXPECT_PTR_EQ(test, nacc_deposit_exchange(t.mm, table), table);
	KUNIT_EXPECT_TRUE(test, nacc_page_is_table(table));
	KUNIT_EXPECT_EQ(test, nacc_pool_arm(true), 0);
	nacc_table_free(table, 0);
	test_mm_end(&t);
}
#endif

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
/* A frame comes, the ordinary table is free again. */
static void deposit_exchange(struct kunit *test)
{
	struct page *table, *frame;
	struct test_mm t;

	KUNIT_ASSERT_TRUE(test, begin_marked(test, &t));
	KUNIT_ASSERT_EQ(test, test_balance_begin(), 0);
	table = nacc_table_alloc(0, GFP_PGTABLE_USER);
	if (table && test_balance_has(table)) {
		frame = nacc_deposit_exchange(t.mm, table);
		KUNIT_EXPECT_TRUE(test, nacc_in_pool(page_to_phys(frame)));
		KUNIT_EXPECT_EQ(test, page_count(frame), NACC_PAGE_OURS + 1);
		KUNIT_EXPECT_TRUE(test, nacc_page_is_table(frame));
		KUNIT_EXPECT_FALSE(test, test_balance_has(table));
		/* As the kernel does with one that it does not need. */
		pte_free(t.mm, frame);
	} else {
		KUNIT_FAIL(test, "no table");
	}
	test_balance_end();
	test_mm_end(&t);
}
#endif

static struct kunit_case deposit_cases[] = {
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	KUNIT_CASE(deposit_list),
	KUNIT_CASE(deposit_fault),
	KUNIT_CASE(deposit_split_exhausted),
	KUNIT_CASE(deposit_promoted_exhausted),
	KUNIT_CASE(deposit_no_frame),
	KUNIT_CASE(deposit_exchange),
#endif
	{}
};

static struct kunit_suite deposit_suite = {
	.name = "nacc_deposit",
	.init = account_init,
	.exit = account_exit,
	.test_cases = deposit_cases,
};

kunit_test_suite(deposit_suite);
