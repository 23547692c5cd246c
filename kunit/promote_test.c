// SPDX-License-Identifier: GPL-2.0
/* Tests of promote.c, which includes this file. */
#include <linux/mman.h>
#include <linux/sched/mm.h>
#include "env.h"

/**
 * test_promote_hold() - let no promotion be finished
 *
 * Until test_promote_release(), by the same thread.
 */
void test_promote_hold(void)
{
	mutex_lock(&finish_lock);
}

void test_promote_release(void)
{
	mutex_unlock(&finish_lock);
}

static void promote_whole(struct kunit *test)
{
	unsigned int before, inside, i;
	long rss, promoted = test_count(NACC_COUNT_PROMOTED_TABLES);
	unsigned long bytes;
	struct test_mm t;

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
	KUNIT_EXPECT_EQ(test, test_count(NACC_COUNT_PROMOTED_TABLES),
			promoted + inside);
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

/* As a join asks for it, into no domain. */
static int promote(struct test_mm *t, unsigned int room, bool *published)
{
	const struct nacc_promotion how = {
		.room = room, .publish = no_publish, .arg = published,
	};

	return nacc_promote(t->mm, &how);
}

static void promote_again(struct kunit *test)
{
	bool published = false;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, promote(&t, 64, &published), -EEXIST);
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
	KUNIT_EXPECT_EQ(test, promote(&t, 64, &published), -ENOMEM);
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
	KUNIT_EXPECT_EQ(test, promote(&t, tables - 1, &published), -ENOSPC);
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

static struct build *any_build(void)
{
	static const struct nacc_promotion how = { .room = 16 };

	return build_alloc(&how);
}

/* Each allocation of what a promotion needs fails once: nothing is kept. */
static void promote_alloc_fails(struct kunit *test)
{
	unsigned int nth, i, failed = 0;
	struct build *b;
	struct test_mm t;
	bool hit = true;

	KUNIT_ASSERT_EQ(test, alloc_fault_prepare(), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	for (nth = 1; hit; nth++) {
		KUNIT_ASSERT_EQ(test, test_balance_begin(), 0);
		alloc_fault_set(nth);
		b = any_build();
		hit = alloc_fault_clear();
		failed += !b;
		KUNIT_EXPECT_TRUE(test, b || hit);
		for (i = 1; b && i <= nacc_top_level(); i++)
			KUNIT_EXPECT_NOT_NULL(test, b->scratch[i]);
		if (b)
			build_free(b);
		KUNIT_EXPECT_EQ(test, test_balance_end(), 0);
	}
	/* The build, its pages and its pairs. */
	KUNIT_EXPECT_EQ(test, failed, nacc_top_level() + 2);
	test_mm_end(&t);
}

/* Not one pair more than there is room for. */
static void promote_room(struct kunit *test)
{
	struct build *b;
	unsigned long root;
	phys_addr_t twin;
	u64 *table;

	KUNIT_ASSERT_EQ(test, test_guard_begin(), 0);
	table = (void *)get_zeroed_page(GFP_KERNEL);
	b = any_build();
	KUNIT_ASSERT_TRUE(test, b && table);
	KUNIT_ASSERT_EQ(test, nacc_sbi_call(NACC_SBI_AS_CREATE, 0, 0, 0, &root),
			0);
	b->root = root;
	b->max = 1;
	KUNIT_EXPECT_EQ(test, copy_table(b, table, 0, &twin), 0);
	KUNIT_EXPECT_EQ(test, copy_table(b, table, 0, &twin), -ENOSPC);
	KUNIT_EXPECT_EQ(test, b->nr, 1);
	KUNIT_EXPECT_PTR_EQ(test, b->pairs[0].old, virt_to_page(table));
	KUNIT_EXPECT_TRUE(test, nacc_in_pool(b->pairs[0].twin));
	nacc_pool_retire(b->root);
	build_free(b);
	free_page((unsigned long)table);
}

/* A table that another mm has as well stays where it is, and all with it. */
static void promote_shared(struct kunit *test)
{
	struct ptdesc *pmd;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	pmd = virt_to_ptdesc(test_entry(&t, t.area[0], 1));
	ptdesc_pmd_pts_inc(pmd);
	KUNIT_EXPECT_EQ(test, test_mark(&t), -EOPNOTSUPP);
	KUNIT_EXPECT_FALSE(test, nacc_mm_marked(t.mm));
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	ptdesc_pmd_pts_dec(pmd);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	test_mm_end(&t);
}

/* The old tables are freed only when nobody reads them, and no CPU has them. */
static void promote_finish_waits(struct kunit *test)
{
	struct test_reader r;
	struct build *b;

	b = any_build();
	KUNIT_ASSERT_NOT_NULL(test, b);
	KUNIT_ASSERT_EQ(test, test_reader_begin(&r, false), 0);
	leave_to_keeper(b);
	nacc_promote_finish();
	KUNIT_EXPECT_FALSE(test, test_reader_overtaken(&r));
}

static void promote_finish_late(struct kunit *test)
{
	unsigned int tries;
	struct test_mm t;
	struct page *copy;
	struct build *b;
	struct nacc_switch sw;
	pgd_t *old;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	old = t.mm->pgd;
	copy = test_copy_root(&t);
	KUNIT_ASSERT_NOT_NULL(test, copy);
	nacc_switch_root(t.mm, page_to_phys(copy), &sw);
	/* It waits, and another task might mend it. */
	for (tries = 0; tries < 10; tries++) {
		b = any_build();
		KUNIT_ASSERT_NOT_NULL(test, b);
		b->sw = sw;
		leave_to_keeper(b);
		test_late_satp(&sw);
		nacc_promote_finish();
		KUNIT_EXPECT_EQ(test, test_satp_pfn(), page_to_pfn(copy));
	}
	nacc_switch_root(t.mm, __pa(old), &sw);
	nacc_switch_settle(&sw);
	nacc_table_free(copy, nacc_top_level());
	test_mm_end(&t);
}

static bool is_waiting(phys_addr_t root)
{
	const struct build *b;
	bool found = false;

	spin_lock(&old_trees_lock);
	list_for_each_entry(b, &old_trees, node)
		found |= b->root == root;
	spin_unlock(&old_trees_lock);
	return found;
}

/* Whoever has the frame of a root next must not be bound to the mm that had it. */
static void promote_finish_first(struct kunit *test)
{
	struct test_mm t;
	struct build *b;
	phys_addr_t root;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	root = __pa(t.mm->pgd);
	b = any_build();
	KUNIT_ASSERT_NOT_NULL(test, b);
	b->root = root;
	b->sw.mm = t.mm;
	leave_to_keeper(b);
	KUNIT_EXPECT_EQ(test, test_unmark(&t), 0);
	KUNIT_EXPECT_FALSE(test, is_waiting(root));
	test_mm_end(&t);
}

/* The tables that were left are free again when the keeper has been there. */
static void promote_frees_old(struct kunit *test)
{
	struct test_mm t;
	unsigned int old;
	u64 *pte;

	KUNIT_ASSERT_EQ(test, test_guard_begin(), 0);
	KUNIT_ASSERT_EQ(test, test_balance_begin(), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	old = test_balance_pages();
	pte = test_entry(&t, t.area[0], 0);
	KUNIT_EXPECT_TRUE(test, test_balance_has(virt_to_page(pte)));
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	nacc_promote_finish();
	/* The keeper may be about it. */
	KUNIT_EXPECT_EQ(test, test_unmap(&t, 0), 0);
	test_mm_end(&t);
	test_balance_stop();
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	test_balance_drain();
	KUNIT_EXPECT_GT(test, old, 2 * TEST_STRIDE / PMD_SIZE);
	KUNIT_EXPECT_EQ(test, test_balance_pages(), 0);
	if (test_balance_pages())
		test_balance_tell();
	test_balance_end();
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
	KUNIT_CASE(promote_room),
	KUNIT_CASE(promote_shared),
	KUNIT_CASE(promote_finish_waits),
	KUNIT_CASE(promote_finish_late),
	KUNIT_CASE(promote_finish_first),
	KUNIT_CASE(promote_frees_old),
	{}
};

static struct kunit_suite promote_suite = {
	.name = "nacc_promote",
	.init = account_init,
	.exit = account_exit,
	.test_cases = promote_cases,
};

kunit_test_suite(promote_suite);
