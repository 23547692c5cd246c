// SPDX-License-Identifier: GPL-2.0
/* Tests of routes/fault.c, which includes this file. */
#include <linux/file.h>
#include <linux/kthread.h>
#include <linux/mman.h>
#include <linux/uaccess.h>
#include "env.h"

/* A shared file over the first two areas. */
static int map_file(struct test_mm *t)
{
	struct file *file = test_shmem_file("nacc", TEST_STRIDE);
	unsigned int area;
	int ret = 0;

	if (IS_ERR(file))
		return PTR_ERR(file);
	for (area = 0; area < 2 && !ret; area++) {
		unsigned long at = vm_mmap(file, t->area[area], TEST_STRIDE,
					   PROT_READ | PROT_WRITE,
					   MAP_SHARED | MAP_FIXED, 0);

		ret = at == t->area[area] ? 0 : -ENOMEM;
	}
	fput(file);
	return ret;
}

/*
 * Its first page is there, with 42 in it, by way of the first mapping. The second has a
 * PMD page, and a table for what comes behind.
 */
static int begin_file(struct test_mm *t)
{
	int ret = test_mm_begin(t);

	ret = ret ?: map_file(t);
	ret = ret ?: put_user(42UL, (unsigned long __user *)t->area[0]);
	return ret ?: put_user(1UL, (unsigned long __user *)(t->area[1] + PMD_SIZE));
}

/*
 * A fault around pages that are there brings a table along: it is linked from the pool,
 * and theirs is not adopted. Without room none is, nor is the fault the worse for it.
 */
static void fault_around(struct kunit *test)
{
	const unsigned int promised = nacc_room_promised();
	struct test_hooks before;
	unsigned long value;
	unsigned int room;
	u64 adopted, *entry;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, begin_file(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	before = test_hooks("exhaust");
	adopted = test_stat(NACC_STAT_ADOPTED_TRAP);
	room = test_exhaust(t.mm);
	KUNIT_EXPECT_GT(test, room, 0);
	KUNIT_EXPECT_EQ(test, get_user(value, (unsigned long __user *)t.area[1]), -EFAULT);
	KUNIT_EXPECT_GT(test, test_hooks("exhaust").fallback, before.fallback);
	entry = test_entry(&t, t.area[1], 1);
	KUNIT_ASSERT_NOT_NULL(test, entry);
	KUNIT_EXPECT_EQ(test, *entry, 0);
	nacc_room_give(room);
	before = test_hooks("exhaust");
	KUNIT_EXPECT_EQ(test, get_user(value, (unsigned long __user *)t.area[1]), 0);
	KUNIT_EXPECT_EQ(test, value, 42);
	KUNIT_EXPECT_EQ(test, test_hooks("exhaust").routed, before.routed + 1);
	KUNIT_EXPECT_EQ(test, test_hooks("exhaust").fallback, before.fallback);
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_ADOPTED_TRAP), adopted);
	KUNIT_EXPECT_TRUE(test, nacc_pte_link(*entry));
	KUNIT_EXPECT_EQ(test, nacc_room_promised(), promised);
	test_mm_end(&t);
}

/* The firmware refuses the link: theirs is adopted, as ever. */
static void fault_around_fails(struct kunit *test)
{
	long originals = test_count(NACC_COUNT_ORIGINALS), bytes;
	unsigned long value;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, begin_file(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	bytes = mm_pgtables_bytes(t.mm);
	KUNIT_EXPECT_EQ(test, test_balance_begin(), 0);
	sbi_fault_set(NACC_SBI_TABLE_LINK, 1);
	KUNIT_EXPECT_EQ(test, get_user(value, (unsigned long __user *)t.area[1]), 0);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_EQ(test, value, 42);
	nacc_pool_collect();
	KUNIT_EXPECT_EQ(test, test_balance_end(), 0);
	KUNIT_EXPECT_EQ(test, test_count(NACC_COUNT_ORIGINALS), originals + 1);
	KUNIT_EXPECT_EQ(test, mm_pgtables_bytes(t.mm), bytes + PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, test_tables_outside(t.mm, NULL), 0);
	test_mm_end(&t);
}

/*
 * Faults on a file, which bring a table along: to read and to write, with the page
 * there and without. An error, no matter how often, and then there it is.
 */
static void fault_file(struct kunit *test)
{
	const unsigned int promised = nacc_room_promised();
	unsigned long __user *there, *new;
	unsigned int room, i;
	unsigned long value;
	struct test_mm t;
	u64 *entry;

	KUNIT_ASSERT_EQ(test, begin_file(&t), 0);
	there = (unsigned long __user *)t.area[1];
	new = (unsigned long __user *)(t.area[1] + 2 * PMD_SIZE);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	room = test_exhaust(t.mm);
	KUNIT_EXPECT_GT(test, room, 0);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, get_user(value, there), -EFAULT);
		KUNIT_EXPECT_EQ(test, put_user(1UL, there), -EFAULT);
		KUNIT_EXPECT_EQ(test, get_user(value, new), -EFAULT);
		KUNIT_EXPECT_EQ(test, put_user(1UL, new), -EFAULT);
	}
	entry = test_entry(&t, t.area[1], 1);
	KUNIT_ASSERT_NOT_NULL(test, entry);
	KUNIT_EXPECT_EQ(test, *entry, 0);
	nacc_room_give(room);
	KUNIT_EXPECT_EQ(test, get_user(value, there), 0);
	KUNIT_EXPECT_EQ(test, value, 42);
	KUNIT_EXPECT_EQ(test, put_user(1UL, new), 0);
	KUNIT_EXPECT_EQ(test, test_tables_outside(t.mm, NULL), 0);
	KUNIT_EXPECT_EQ(test, nacc_room_promised(), promised);
	test_mm_end(&t);
}

/**
 * struct other - someone who wants a page that a fault has locked
 * @page: the page
 * @room: what he gives back when he has had it
 */
struct other {
	struct page *page;
	unsigned int room;
};

static int lock_and_give(void *arg)
{
	struct other *other = arg;

	lock_page(other->page);
	nacc_room_give(other->room);
	unlock_page(other->page);
	return 0;
}

/*
 * A page of a file may be everybody's: who waits for room lets go of it. Here there is
 * room only after someone else has had it. The page is as it was afterwards.
 */
static void fault_waits_unlocked(struct kunit *test)
{
	struct other other = { .page = alloc_page(GFP_KERNEL) };
	struct vm_area_struct vma = { };
	struct vm_fault vmf = { .vma = &vma, .page = other.page };
	vm_fault_t ret = VM_FAULT_OOM;
	struct task_struct *task;
	unsigned int tries;
	struct test_mm t;

	KUNIT_ASSERT_NOT_NULL(test, other.page);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	vma.vm_mm = t.mm;
	other.room = test_exhaust(t.mm);
	KUNIT_EXPECT_GT(test, other.room, 0);
	lock_page(other.page);
	task = kthread_create(lock_and_give, &other, "nacc_other");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	wake_up_process(task);
	for (tries = 0; tries < 10 && ret == VM_FAULT_OOM; tries++)
		ret = wait_for_room(&vmf);
	KUNIT_EXPECT_EQ(test, ret, VM_FAULT_NOPAGE);
	KUNIT_EXPECT_TRUE(test, PageLocked(other.page));
	unlock_page(other.page);
	KUNIT_EXPECT_EQ(test, kthread_stop_put(task), 0);
	__free_page(other.page);
	test_mm_end(&t);
}

static void finish_copy(struct kunit *test, const struct test_mm *t, struct page *copy)
{
	struct vm_area_struct vma = {
		.vm_mm = t->mm, .vm_start = t->area[0],
		.vm_end = t->area[0] + TEST_STRIDE,
	};
	struct vm_fault vmf = {
		.vma = &vma, .address = t->area[0], .cow_page = copy,
	};

	KUNIT_EXPECT_NULL(test, page_of(&vmf));
	vmf.flags = FAULT_FLAG_WRITE;
	KUNIT_EXPECT_PTR_EQ(test, page_of(&vmf), copy);
	KUNIT_EXPECT_EQ(test, route_finish(&vmf), VM_FAULT_OOM);
}

/*
 * A copy of a page that has no struct page, as DAX makes it, where a huge page would fit:
 * what is mapped is the copy.
 */
static void fault_copy_only(struct kunit *test)
{
	struct page *copy = alloc_page(GFP_KERNEL);
	unsigned int room;
	struct test_mm t;

	KUNIT_ASSERT_NOT_NULL(test, copy);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	room = test_exhaust(t.mm);
	KUNIT_EXPECT_GT(test, room, 0);
	finish_copy(test, &t, copy);
	nacc_room_give(room);
	test_mm_end(&t);
	__free_page(copy);
}

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
/* Room for one table: a small page, no huge one. Then they come. */
static void fault_huge(struct kunit *test)
{
	const unsigned int promised = nacc_room_promised();
	struct test_hooks before = test_hooks("exhaust");
	unsigned int room;
	struct test_mm t;
	u64 *pmd;

	TEST_NEEDS_THP(test);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, put_user(1UL, (unsigned long __user *)
				       (t.area[0] + TEST_STRIDE - PAGE_SIZE)), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	room = test_exhaust(t.mm);
	KUNIT_EXPECT_GT(test, room, 0);
	test_mm_flag(t.mm, MMF_DISABLE_THP, false);
	KUNIT_EXPECT_EQ(test, put_user(1UL, (unsigned long __user *)t.area[0]),
			-EFAULT);
	pmd = test_entry(&t, t.area[0], 1);
	KUNIT_ASSERT_NOT_NULL(test, pmd);
	KUNIT_EXPECT_EQ(test, *pmd, 0);
	KUNIT_EXPECT_GT(test, test_hooks("exhaust").fallback,
			before.fallback);
	nacc_room_give(room);
	KUNIT_EXPECT_EQ(test, put_user(1UL, (unsigned long __user *)t.area[0]), 0);
	KUNIT_EXPECT_FALSE(test, nacc_pte_link(*pmd));
	/* The fault may be split as the kernel likes, but no table is outside. */
	KUNIT_EXPECT_EQ(test, test_tables_outside(t.mm, NULL), 0);
	KUNIT_EXPECT_EQ(test, nacc_room_promised(), promised);
	test_mm_end(&t);
}

/* The zero page keeps a table as well. */
static void fault_huge_zero(struct kunit *test)
{
	unsigned long value = 1;
	struct page *kept;
	struct test_mm t;
	u64 *pmd;

	TEST_NEEDS_THP(test);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	test_mm_flag(t.mm, MMF_DISABLE_THP, false);
	KUNIT_EXPECT_EQ(test, get_user(value, (unsigned long __user *)t.area[0]), 0);
	KUNIT_EXPECT_EQ(test, value, 0);
	pmd = test_entry(&t, t.area[0], 1);
	KUNIT_ASSERT_NOT_NULL(test, pmd);
	KUNIT_EXPECT_FALSE(test, nacc_pte_link(*pmd));
	kept = nacc_deposit_first(virt_to_page(pmd));
	KUNIT_EXPECT_TRUE(test, kept && nacc_in_pool(page_to_phys(kept)));
	KUNIT_EXPECT_EQ(test, vm_munmap(t.area[0], PAGE_SIZE), 0);
	KUNIT_EXPECT_TRUE(test, nacc_pte_link(*pmd));
	KUNIT_EXPECT_EQ(test, test_tables_outside(t.mm, NULL), 0);
	test_mm_end(&t);
}
#endif

static struct kunit_case fault_route_cases[] = {
	KUNIT_CASE_SLOW(fault_around),
	KUNIT_CASE(fault_around_fails),
	KUNIT_CASE_SLOW(fault_file),
	KUNIT_CASE_SLOW(fault_waits_unlocked),
	KUNIT_CASE_SLOW(fault_copy_only),
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	KUNIT_CASE_SLOW(fault_huge),
	KUNIT_CASE(fault_huge_zero),
#endif
	{}
};

static struct kunit_suite fault_route_suite = {
	.name = "nacc_fault_route",
	.init = account_init,
	.exit = account_exit,
	.test_cases = fault_route_cases,
};

kunit_test_suite(fault_route_suite);
