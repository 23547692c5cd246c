// SPDX-License-Identifier: GPL-2.0
/* Tests of link.c, which includes this file. */
#include <linux/uaccess.h>

#include "env.h"

static int link_at(struct test_mm *t, u64 *entry)
{
	int ret;

	mmap_write_lock(t->mm);
	ret = nacc_table_link(t->mm, entry, 0);
	mmap_write_unlock(t->mm);
	return ret;
}

/* What the kernel counts is counted once, and an entry that is taken stays. */
static void link_counts(struct kunit *test)
{
	struct test_mm t;
	long bytes;
	u64 *entry, link;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, put_user(1, (int __user *)t.area[0]), 0);
	entry = test_entry(&t, t.area[0] + PMD_SIZE, 1);
	KUNIT_ASSERT_NOT_NULL(test, entry);
	KUNIT_ASSERT_EQ(test, *entry, 0);
	bytes = mm_pgtables_bytes(t.mm);
	KUNIT_EXPECT_EQ(test, link_at(&t, entry), 0);
	link = *entry;
	KUNIT_EXPECT_TRUE(test, nacc_pte_link(link));
	KUNIT_EXPECT_TRUE(test, nacc_in_pool(nacc_pte_pa(link)));
	KUNIT_EXPECT_EQ(test, mm_pgtables_bytes(t.mm), bytes + PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, link_at(&t, entry), 0);
	KUNIT_EXPECT_EQ(test, *entry, link);
	KUNIT_EXPECT_EQ(test, mm_pgtables_bytes(t.mm), bytes + PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, test_tables_outside(t.mm, NULL), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	test_mm_end(&t);
}

/* Nothing changes, and it is tried again where the kernel would install its own. */
static void link_fails(struct kunit *test)
{
	long originals = test_count(NACC_COUNT_ORIGINALS), bytes;
	struct test_mm t;
	u64 *entry;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, put_user(1, (int __user *)t.area[0]), 0);
	entry = test_entry(&t, t.area[0] + PMD_SIZE, 1);
	KUNIT_ASSERT_NOT_NULL(test, entry);
	bytes = mm_pgtables_bytes(t.mm);
	sbi_fault_set(NACC_SBI_TABLE_LINK, 1);
	KUNIT_EXPECT_EQ(test, link_at(&t, entry), -EIO);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_EQ(test, *entry, 0);
	KUNIT_EXPECT_EQ(test, mm_pgtables_bytes(t.mm), bytes);
	sbi_fault_set(NACC_SBI_TABLE_LINK, 1);
	KUNIT_EXPECT_EQ(test, put_user(1, (int __user *)(t.area[0] + PMD_SIZE)), 0);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	nacc_pool_collect();
	KUNIT_EXPECT_EQ(test, test_count(NACC_COUNT_ORIGINALS), originals);
	KUNIT_EXPECT_EQ(test, mm_pgtables_bytes(t.mm), bytes + PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, test_tables_outside(t.mm, NULL), 0);
	test_mm_end(&t);
}

static struct kunit_case link_cases[] = {
	KUNIT_CASE(link_counts),
	KUNIT_CASE(link_fails),
	{}
};

static struct kunit_suite link_suite = {
	.name = "nacc_link",
	.init = account_init,
	.exit = account_exit,
	.test_cases = link_cases,
};

kunit_test_suite(link_suite);
