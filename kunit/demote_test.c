// SPDX-License-Identifier: GPL-2.0
/* Tests of demote.c, which includes this file. */
#include "env.h"

static void demote_not_marked(struct kunit *test)
{
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, nacc_demote(t.mm), -ENOENT);
	test_mm_end(&t);
}

/* Tables from the mark and tables adopted since go back alike. */
static void demote_whole(struct kunit *test)
{
	unsigned int before, inside, i;
	unsigned long bytes;
	struct test_mm t;
	long rss;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 1), 0);
	KUNIT_EXPECT_EQ(test, test_unmap(&t, 0), 0);
	test_tables_outside(t.mm, &before);
	bytes = mm_pgtables_bytes(t.mm);
	rss = get_mm_rss(t.mm);
	KUNIT_EXPECT_EQ(test, test_unmark(&t), 0);
	KUNIT_EXPECT_EQ(test, test_tables_outside(t.mm, &inside), before);
	KUNIT_EXPECT_EQ(test, inside, 0);
	KUNIT_EXPECT_EQ(test, mm_pgtables_bytes(t.mm), bytes);
	KUNIT_EXPECT_EQ(test, get_mm_rss(t.mm), rss);
	KUNIT_EXPECT_EQ(test, test_check(&t, 1), 0);
	for (i = 2; i < TEST_AREAS; i++)
		KUNIT_EXPECT_EQ(test, test_fill(&t, i), 0);
	test_mm_end(&t);
}

/* The kept table of a huge page is a frame when the page was made while marked. */
static void demote_huge(struct kunit *test)
{
	struct page *kept;
	struct test_mm t;
	u64 *pmd;

	TEST_NEEDS_THP(test);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill_huge(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_unmark(&t), 0);
	pmd = test_entry(&t, t.area[0], 1);
	KUNIT_EXPECT_FALSE(test, !pmd || nacc_pte_link(*pmd));
	kept = pmd ? virt_to_ptdesc(pmd)->pmd_huge_pte : NULL;
	KUNIT_EXPECT_FALSE(test, !kept || nacc_in_pool(page_to_phys(kept)));
	KUNIT_EXPECT_EQ(test, vm_munmap(t.area[0], PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, test_check_rest(&t, 0), 0);
	test_mm_end(&t);
}

static void demote_often(struct kunit *test)
{
	struct test_mm t;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	for (i = 0; i < 10; i++) {
		KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
		KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
		KUNIT_EXPECT_EQ(test, test_unmark(&t), 0);
		KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	}
	test_mm_end(&t);
}

/* Only ever bits that the walker can set, only where the entry is the same. */
static void demote_merge_ad(struct kunit *test)
{
	const u64 leaf = 0x1000 << 10 | _PAGE_PRESENT | _PAGE_READ | _PAGE_USER;
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	u64 *frame = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	struct move m = { frame, page };
	u64 *copy;

	KUNIT_ASSERT_TRUE(test, frame && page);
	copy = page_address(page);
	frame[0] = leaf | _PAGE_ACCESSED | _PAGE_DIRTY;
	copy[0] = leaf;
	frame[1] = leaf;
	copy[1] = leaf | _PAGE_DIRTY;
	frame[2] = (leaf + (1 << 10)) | _PAGE_DIRTY;
	copy[2] = leaf;
	frame[3] = 0x1000 << 10 | _PAGE_PRESENT | _PAGE_DIRTY;
	copy[3] = 0x1000 << 10 | _PAGE_PRESENT;
	merge_ad(&m);
	KUNIT_EXPECT_EQ(test, copy[0], frame[0]);
	KUNIT_EXPECT_EQ(test, copy[1], leaf | _PAGE_DIRTY);
	KUNIT_EXPECT_EQ(test, copy[2], leaf);
	KUNIT_EXPECT_EQ(test, copy[3], 0x1000 << 10 | _PAGE_PRESENT);
	__free_page(page);
}

static struct kunit_case demote_cases[] = {
	KUNIT_CASE(demote_not_marked),
	KUNIT_CASE(demote_whole),
	KUNIT_CASE(demote_huge),
	KUNIT_CASE(demote_often),
	KUNIT_CASE(demote_merge_ad),
	{}
};

static struct kunit_suite demote_suite = {
	.name = "nacc_demote",
	.init = account_init,
	.exit = account_exit,
	.test_cases = demote_cases,
};

kunit_test_suite(demote_suite);
