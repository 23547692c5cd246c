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
	/* What is there already is no call at all. */
	sbi_fault_set(NACC_SBI_TABLE_LINK, 1);
	KUNIT_EXPECT_EQ(test, link_at(&t, entry), 0);
	KUNIT_EXPECT_FALSE(test, sbi_fault_clear());
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
	unsigned long fallback;
	struct test_mm t;
	u64 *entry;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, put_user(1, (int __user *)t.area[0]), 0);
	entry = test_entry(&t, t.area[0] + PMD_SIZE, 1);
	KUNIT_ASSERT_NOT_NULL(test, entry);
	bytes = mm_pgtables_bytes(t.mm);
	fallback = test_hooks("table").fallback;
	sbi_fault_set(NACC_SBI_TABLE_LINK, 1);
	KUNIT_EXPECT_EQ(test, link_at(&t, entry), -EIO);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_EQ(test, *entry, 0);
	KUNIT_EXPECT_EQ(test, mm_pgtables_bytes(t.mm), bytes);
	sbi_fault_set(NACC_SBI_TABLE_LINK, 1);
	KUNIT_EXPECT_EQ(test, put_user(1, (int __user *)(t.area[0] + PMD_SIZE)), 0);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_EQ(test, test_hooks("table").fallback, fallback + 1);
	nacc_pool_collect();
	KUNIT_EXPECT_EQ(test, test_count(NACC_COUNT_ORIGINALS), originals);
	KUNIT_EXPECT_EQ(test, mm_pgtables_bytes(t.mm), bytes + PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, test_tables_outside(t.mm, NULL), 0);
	test_mm_end(&t);
}

/**
 * struct faster - where a table is linked by somebody else
 * @mm: the address space
 * @entry: the entry
 * @ret: what became of it
 */
struct faster {
	struct mm_struct *mm;
	u64 *entry;
	int ret;
};

static void link_first(void *arg)
{
	struct faster *f = arg;

	f->ret = nacc_table_link(f->mm, f->entry, 0);
}

/* Somebody else was faster: who comes second finds a table, which is counted. */
static void link_second(struct kunit *test)
{
	struct faster f;
	struct test_mm t;
	long bytes;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, put_user(1, (int __user *)t.area[0]), 0);
	f.mm = t.mm;
	f.entry = test_entry(&t, t.area[0] + PMD_SIZE, 1);
	KUNIT_ASSERT_NOT_NULL(test, f.entry);
	bytes = mm_pgtables_bytes(t.mm);
	sbi_before(NACC_SBI_TABLE_LINK, link_first, &f);
	KUNIT_EXPECT_EQ(test, link_at(&t, f.entry), 0);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_EQ(test, f.ret, 0);
	KUNIT_EXPECT_TRUE(test, nacc_pte_link(*f.entry));
	KUNIT_EXPECT_EQ(test, mm_pgtables_bytes(t.mm), bytes + PAGE_SIZE);
	test_mm_end(&t);
}

static struct kunit_case link_cases[] = {
	KUNIT_CASE(link_counts),
	KUNIT_CASE(link_fails),
	KUNIT_CASE(link_second),
	{}
};

static struct kunit_suite link_suite = {
	.name = "nacc_link",
	.init = account_init,
	.exit = account_exit,
	.test_cases = link_cases,
};

kunit_test_suite(link_suite);
