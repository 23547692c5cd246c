// SPDX-License-Identifier: GPL-2.0
/* Tests of page.c, which includes this file. */
#include <linux/mman.h>
#include <linux/sched/mm.h>
#include <linux/uaccess.h>

#include "env.h"

#define PAGE_AT	((void __user *)NACC_PAGE_VA)

static u64 pages_now(void)
{
	return test_stat(NACC_STAT_FRAMES_PAGE);
}

/* What the current thread, which runs on the mm, reads there */
static int read_page(struct nacc_sbi_page *p)
{
	return copy_from_user(p, PAGE_AT, sizeof(*p)) ? -EFAULT : 0;
}

static struct vm_area_struct *look(struct mm_struct *mm)
{
	struct vm_area_struct *vma;

	mmap_read_lock(mm);
	vma = find_own(mm);
	mmap_read_unlock(mm);
	return vma;
}

/* Marked live: there when it is looked at, counted as a table is, and gone with the mark. */
static void page_of_marked(struct kunit *test)
{
	const unsigned long flags = VM_READ | VM_MAYREAD | VM_IO | VM_PFNMAP | VM_DONTDUMP |
				    VM_WIPEONFORK | VM_DONTEXPAND | VM_SEALED;
	struct nacc_sbi_page p;
	struct test_mm t;
	long rss, tables;
	u64 *entry;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, read_page(&p), -EFAULT);
	KUNIT_ASSERT_EQ(test, test_mark(&t), 0);
	KUNIT_ASSERT_NOT_NULL(test, look(t.mm));
	KUNIT_EXPECT_EQ(test, look(t.mm)->vm_flags & flags, flags);
	KUNIT_EXPECT_EQ(test, look(t.mm)->vm_flags &
			(VM_WRITE | VM_EXEC | VM_MAYWRITE | VM_MAYEXEC), 0UL);
	KUNIT_EXPECT_EQ(test, pages_now(), 0);
	rss = get_mm_rss(t.mm);
	KUNIT_ASSERT_EQ(test, read_page(&p), 0);
	KUNIT_EXPECT_EQ(test, p.magic, (u64)NACC_PAGE_MAGIC);
	KUNIT_EXPECT_EQ(test, p.domain, NACC_PAGE_SAYS((u64)t.id));
	KUNIT_EXPECT_EQ(test, p.gate, 0);
	KUNIT_EXPECT_EQ(test, pages_now(), 1);
	KUNIT_EXPECT_EQ(test, get_mm_rss(t.mm), rss);
	entry = test_entry(&t, NACC_PAGE_VA, 0);
	KUNIT_ASSERT_NOT_NULL(test, entry);
	KUNIT_EXPECT_TRUE(test, nacc_in_pool(nacc_pte_pa(*entry)));
	KUNIT_EXPECT_EQ(test, nacc_page_tag(nacc_pte_pa(*entry)), (u64)t.id);
	KUNIT_EXPECT_TRUE(test, *entry & _PAGE_SPECIAL);
	/* Once more, also if it is shown again, is one table still; the page behind it is none. */
	tables = mm_pgtables_bytes(t.mm);
	test_zap_special(look(t.mm), NACC_PAGE_VA, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, *entry, 0);
	KUNIT_EXPECT_EQ(test, read_page(&p), 0);
	KUNIT_EXPECT_NE(test, *entry, 0);
	KUNIT_EXPECT_EQ(test, mm_pgtables_bytes(t.mm), tables);
	KUNIT_EXPECT_NE(test, copy_from_user(&p, PAGE_AT + PAGE_SIZE, 8), 0UL);
	KUNIT_EXPECT_EQ(test, test_unmark(&t), 0);
	KUNIT_EXPECT_NULL(test, look(t.mm));
	/* It can still be read. */
	KUNIT_EXPECT_EQ(test, read_page(&p), 0);
	KUNIT_EXPECT_EQ(test, p.magic, 0);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	/* Marked again it has none: what is there stays. */
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_NULL(test, look(t.mm));
	KUNIT_EXPECT_EQ(test, read_page(&p), 0);
	KUNIT_EXPECT_EQ(test, p.magic, 0);
	test_mm_end(&t);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	KUNIT_EXPECT_EQ(test, pages_now(), 0);
}

/* The end of the last that has it is the end of it. */
static void page_exit(struct kunit *test)
{
	struct nacc_sbi_page p;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_ASSERT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, read_page(&p), 0);
	KUNIT_EXPECT_EQ(test, pages_now(), 1);
	test_mm_end(&t);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	KUNIT_EXPECT_EQ(test, pages_now(), 0);
}

/* What is mapped there already stays. */
static void page_taken(struct kunit *test)
{
	struct test_mm t;
	unsigned long at;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	at = vm_mmap(NULL, NACC_PAGE_VA + NACC_PAGE_SPAN - PAGE_SIZE, PAGE_SIZE,
		     PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0);
	KUNIT_ASSERT_EQ(test, at, NACC_PAGE_VA + NACC_PAGE_SPAN - PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, put_user(4711, (int __user *)at), 0);
	KUNIT_ASSERT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_NULL(test, look(t.mm));
	KUNIT_EXPECT_EQ(test, test_unmark(&t), 0);
	test_mm_end(&t);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
}

/* Whose addresses end below it has none. */
static void page_above(struct kunit *test)
{
	unsigned long size;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	size = t.mm->task_size;
	t.mm->task_size = NACC_PAGE_VA;
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_NULL(test, look(t.mm));
	t.mm->task_size = size;
	test_mm_end(&t);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
}

/* An error of the shim is one of the reader's, and the next one may have better luck. */
static void page_fails(struct kunit *test)
{
	static const unsigned int fids[] = { NACC_SBI_PAGE_OPEN, NACC_SBI_AS_PAGE };
	struct nacc_sbi_page p;
	struct test_mm t;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fids); i++) {
		KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
		KUNIT_ASSERT_EQ(test, test_mark(&t), 0);
		sbi_fault_set(fids[i], 1);
		KUNIT_EXPECT_EQ(test, read_page(&p), -EFAULT);
		KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
		KUNIT_EXPECT_EQ(test, read_page(&p), 0);
		KUNIT_EXPECT_EQ(test, p.address_spaces, NACC_PAGE_SAYS(1));
		test_mm_end(&t);
		KUNIT_EXPECT_EQ(test, test_settle(), 0);
	}
	KUNIT_EXPECT_EQ(test, pages_now(), 0);
}

/* Flags that a program has changed are not its child's: nothing copies the entry. */
static void page_of_child(struct kunit *test)
{
	struct vm_area_struct *vma;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_ASSERT_EQ(test, test_mark(&t), 0);
	vma = look(t.mm);
	KUNIT_ASSERT_NOT_NULL(test, vma);
	mmap_write_lock(t.mm);
	vm_flags_clear(vma, VM_WIPEONFORK);
	page_ops.open(vma);
	KUNIT_EXPECT_TRUE(test, vma->vm_flags & VM_WIPEONFORK);
	page_ops.close(vma);
	KUNIT_EXPECT_EQ(test, page_ops.may_split(vma, NACC_PAGE_VA + PAGE_SIZE), -EINVAL);
	/* Stays marked after all, as if an unmark had failed */
	nacc_page_leave(t.mm, true);
	KUNIT_EXPECT_NULL(test, find_own(t.mm));
	nacc_page_leave(t.mm, false);
	KUNIT_EXPECT_PTR_EQ(test, find_own(t.mm), vma);
	KUNIT_EXPECT_TRUE(test, vma->vm_flags & VM_SEALED);
	mmap_write_unlock(t.mm);
	test_mm_end(&t);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
}

static struct kunit_case page_cases[] = {
	KUNIT_CASE(page_of_marked),
	KUNIT_CASE(page_exit),
	KUNIT_CASE(page_taken),
	KUNIT_CASE(page_above),
	KUNIT_CASE(page_fails),
	KUNIT_CASE(page_of_child),
	{}
};

static struct kunit_suite page_suite = {
	.name = "nacc_page",
	.init = account_init,
	.exit = account_exit,
	.test_cases = page_cases,
};

kunit_test_suite(page_suite);
