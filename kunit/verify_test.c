// SPDX-License-Identifier: GPL-2.0
/* Tests of verify.c, which includes this file: what is well, and what is not known. */
#include <linux/mman.h>

#include "env.h"

/* Two pages in each of the tables. */
#define LEAVES	(2 * TEST_STRIDE / PMD_SIZE)

static u64 faults_found(const struct nacc_verify *v)
{
	return v->outside_pool + v->bad_frame + v->bad_entry + v->bad_vma;
}

static void verify_well(struct kunit *test)
{
	struct nacc_verify v = { };
	unsigned int inside;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, verify_mm(&v, t.mm), -ENOENT);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 1), 0);
	KUNIT_EXPECT_EQ(test, verify_mm(&v, t.mm), 0);
	KUNIT_EXPECT_EQ(test, v.domain, t.id);
	KUNIT_EXPECT_EQ(test, faults_found(&v), 0);
	test_tables_outside(t.mm, &inside);
	KUNIT_EXPECT_EQ(test, v.tables_linux, inside);
	KUNIT_EXPECT_EQ(test, v.tables_firmware, inside);
	KUNIT_EXPECT_EQ(test, v.leaves, 2 * LEAVES);
	test_mm_end(&t);
}

/* What the shim would not say is not taken for well. */
static void verify_call_fails(struct kunit *test)
{
	unsigned int inside, nth;
	struct nacc_verify v;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	test_tables_outside(t.mm, &inside);
	for (nth = 1; nth <= inside; nth++) {
		memset(&v, 0, sizeof(v));
		sbi_fault_set(NACC_SBI_TABLE_CHECK, nth);
		KUNIT_EXPECT_EQ(test, verify_mm(&v, t.mm), 0);
		KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
		KUNIT_EXPECT_EQ(test, v.bad_entry, 1);
		KUNIT_EXPECT_EQ(test, faults_found(&v), 1);
		KUNIT_EXPECT_TRUE(test, nacc_in_pool(v.first_bad_value));
	}
	test_mm_end(&t);
}

static void verify_alloc_fails(struct kunit *test)
{
	unsigned int nth, failed = 0;
	struct nacc_verify v = { };
	struct test_mm t;
	bool hit = true;

	KUNIT_ASSERT_EQ(test, alloc_fault_prepare(), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	for (nth = 1; hit; nth++) {
		int ret;

		alloc_fault_set(nth);
		ret = verify_mm(&v, t.mm);
		hit = alloc_fault_clear();
		if (ret)
			KUNIT_EXPECT_TRUE(test, hit && ret == -ENOMEM);
		failed += !!ret;
	}
	KUNIT_EXPECT_GT(test, failed, 0);
	KUNIT_EXPECT_EQ(test, faults_found(&v), 0);
	test_mm_end(&t);
}

/* One thing at a time that the shim says of a frame does not fit. */
static void verify_frame_fits(struct kunit *test)
{
	const unsigned int top = nacc_top_level();
	const struct nacc_sbi_frame table = {
		.type = NACC_FRAME_TABLE, .level = 1,
		.owner = 5, .parent = 6, .slot = 7,
	};
	const struct nacc_sbi_frame root = {
		.type = NACC_FRAME_ROOT, .level = top,
		.owner = 5, .parent = NACC_FRAME_NONE,
	};
	const struct check c = { .root = 5 };
	struct nacc_sbi_frame f = table;

	KUNIT_EXPECT_TRUE(test, frame_fits(&c, &f, 1, 6, 7));
	KUNIT_EXPECT_FALSE(test, frame_fits(&c, &f, 0, 6, 7));
	KUNIT_EXPECT_FALSE(test, frame_fits(&c, &f, 1, 5, 7));
	KUNIT_EXPECT_FALSE(test, frame_fits(&c, &f, 1, 6, 8));
	f.owner = 6;
	KUNIT_EXPECT_FALSE(test, frame_fits(&c, &f, 1, 6, 7));
	f = table;
	f.type = NACC_FRAME_RELEASED;
	KUNIT_EXPECT_FALSE(test, frame_fits(&c, &f, 1, 6, 7));
	f = root;
	KUNIT_EXPECT_TRUE(test, frame_fits(&c, &f, top, NACC_FRAME_NONE, 0));
	f.owner = 6;
	KUNIT_EXPECT_FALSE(test, frame_fits(&c, &f, top, NACC_FRAME_NONE, 0));
	f = root;
	f.level = top - 1;
	KUNIT_EXPECT_FALSE(test, frame_fits(&c, &f, top, NACC_FRAME_NONE, 0));
	f = root;
	f.type = NACC_FRAME_TABLE;
	KUNIT_EXPECT_FALSE(test, frame_fits(&c, &f, top, NACC_FRAME_NONE, 0));
}

/* Frames of others and those on their way out are none of the mm's. */
static void verify_count(struct kunit *test)
{
	struct nacc_sbi_frame *all = nacc_pool_snapshot_alloc();
	struct nacc_verify v = { };
	struct check c = { .v = &v, .all = all, .root = 3 };

	KUNIT_ASSERT_NOT_NULL(test, all);
	KUNIT_ASSERT_GT(test, nacc_pool.nr, 8);
	all[3] = (struct nacc_sbi_frame){
		.type = NACC_FRAME_ROOT, .owner = 3, .parent = NACC_FRAME_NONE,
	};
	all[4] = (struct nacc_sbi_frame){
		.type = NACC_FRAME_TABLE, .owner = 3, .parent = 3,
	};
	all[5] = (struct nacc_sbi_frame){
		.type = NACC_FRAME_TABLE, .owner = 3, .parent = NACC_FRAME_NONE,
	};
	all[6] = (struct nacc_sbi_frame){
		.type = NACC_FRAME_TABLE, .owner = 2, .parent = 2,
	};
	all[7] = (struct nacc_sbi_frame){
		.type = NACC_FRAME_RELEASED, .owner = 3, .parent = 3,
	};
	count_frames(&c);
	KUNIT_EXPECT_EQ(test, v.tables_firmware, 2);
	KUNIT_EXPECT_EQ(test, v.unlinked, 1);
	vfree(all);
}

/* One frame of many is another than the tables say. */
static void verify_frame(struct kunit *test)
{
	struct nacc_sbi_frame *all = nacc_pool_snapshot_alloc();
	struct nacc_verify v = { };
	struct check c = { .v = &v, .all = all };
	unsigned int frame, times;
	struct test_mm t;

	KUNIT_ASSERT_NOT_NULL(test, all);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	c.mm = t.mm;
	c.root = nacc_frame_index(__pa(t.mm->pgd));
	nacc_pool_snapshot(all);
	frame = nacc_frame_index(__pa(test_entry(&t, t.area[0], 0)));
	mmap_write_lock(t.mm);
	for (times = 0; times < 2; times++) {
		check_table(&c, (u64 *)t.mm->pgd, 0, nacc_top_level(), NACC_FRAME_NONE, 0);
		KUNIT_EXPECT_EQ(test, v.bad_frame, times);
		all[frame].slot ^= 1;
	}
	mmap_write_unlock(t.mm);
	KUNIT_EXPECT_EQ(test, v.first_bad_va, t.area[0] & PMD_MASK);
	test_mm_end(&t);
	vfree(all);
}

/* A table in ordinary memory is said to be one, and its entries are not looked at. */
static void verify_outside(struct kunit *test)
{
	struct nacc_verify v = { };
	struct check c = { .v = &v };
	struct test_mm t;
	u64 *table;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	table = (u64 *)((unsigned long)test_entry(&t, t.area[0], 0) & PAGE_MASK);
	c.mm = t.mm;
	check_table(&c, table, t.area[0], 0, 1, 2);
	KUNIT_EXPECT_EQ(test, v.tables_linux, 1);
	KUNIT_EXPECT_EQ(test, v.outside_pool, 1);
	KUNIT_EXPECT_EQ(test, v.leaves, 0);
	KUNIT_EXPECT_EQ(test, v.first_bad_va, t.area[0]);
	KUNIT_EXPECT_EQ(test, v.first_bad_value, __pa(table));
	test_mm_end(&t);
}

/* In frame 0, a table like any, or in frame 1, the table of a page */
static u64 bad_leaf_in(struct test_mm *t, unsigned int frame, unsigned long va, u64 pte)
{
	const struct nacc_sbi_frame all[] = { { }, { .flags = NACC_FRAME_FLAG_PAGE } };
	struct nacc_verify v = { };
	struct check c = { .v = &v, .mm = t->mm, .all = all };

	check_leaf(&c, frame, va, pte);
	return v.bad_vma;
}

static u64 bad_leaf(struct test_mm *t, unsigned long va, u64 pte)
{
	return bad_leaf_in(t, 0, va, pte);
}

/* Rights that the VMA does not give, and addresses that none gives. */
static void verify_leaf(struct kunit *test)
{
	const u64 leaf = _PAGE_PRESENT | _PAGE_READ | _PAGE_USER;
	unsigned long last;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	last = t.area[0] + TEST_STRIDE - PAGE_SIZE;
	mmap_write_lock(t.mm);
	KUNIT_EXPECT_EQ(test, bad_leaf(&t, t.area[0], leaf | _PAGE_WRITE), 0);
	KUNIT_EXPECT_EQ(test, bad_leaf(&t, last, leaf | _PAGE_WRITE), 0);
	KUNIT_EXPECT_EQ(test, bad_leaf(&t, t.area[0], leaf | _PAGE_EXEC), 1);
	KUNIT_EXPECT_EQ(test, bad_leaf(&t, t.area[0] - PAGE_SIZE, leaf), 1);
	KUNIT_EXPECT_EQ(test, bad_leaf(&t, last + PAGE_SIZE, leaf), 1);
	mmap_write_unlock(t.mm);
	test_mm_end(&t);
}

/* Secret pages are written in a VMA that is only read: where they are, and nowhere else. */
static void verify_secret(struct kunit *test)
{
	const u64 leaf = _PAGE_PRESENT | _PAGE_READ | _PAGE_WRITE | _PAGE_USER;
	const unsigned long behind = NACC_SECRET_VA + NACC_SECRET_SPAN;
	unsigned long at;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	at = vm_mmap(NULL, NACC_PAGE_VA, NACC_PAGE_SPAN, PROT_READ,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0);
	KUNIT_ASSERT_EQ(test, at, NACC_PAGE_VA);
	mmap_write_lock(t.mm);
	KUNIT_EXPECT_EQ(test, bad_leaf_in(&t, 1, NACC_SECRET_VA, leaf), 0);
	KUNIT_EXPECT_EQ(test, bad_leaf_in(&t, 1, behind - PAGE_SIZE, leaf), 0);
	KUNIT_EXPECT_EQ(test, bad_leaf_in(&t, 1, behind, leaf), 1);
	KUNIT_EXPECT_EQ(test, bad_leaf_in(&t, 1, NACC_PAGE_VA, leaf), 1);
	KUNIT_EXPECT_EQ(test, bad_leaf_in(&t, 1, NACC_SECRET_VA, leaf | _PAGE_EXEC), 1);
	KUNIT_EXPECT_EQ(test, bad_leaf_in(&t, 0, NACC_SECRET_VA, leaf), 1);
	mmap_write_unlock(t.mm);
	test_mm_end(&t);
}

/* What is there is more than the VMA gives: all of it is found, the first is told. */
static void verify_rights(struct kunit *test)
{
	struct vm_area_struct *vma;
	struct nacc_verify v = { };
	struct test_mm t;
	u64 *pte;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 1), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	pte = test_entry(&t, t.area[0], 0);
	mmap_write_lock(t.mm);
	vma = find_vma(t.mm, t.area[0]);
	vm_flags_clear(vma, VM_WRITE);
	mmap_write_unlock(t.mm);
	KUNIT_EXPECT_EQ(test, verify_mm(&v, t.mm), 0);
	mmap_write_lock(t.mm);
	vm_flags_set(vma, VM_WRITE);
	mmap_write_unlock(t.mm);
	KUNIT_EXPECT_EQ(test, v.leaves, 2 * LEAVES);
	KUNIT_EXPECT_EQ(test, v.bad_vma, LEAVES);
	KUNIT_EXPECT_EQ(test, faults_found(&v), LEAVES);
	KUNIT_EXPECT_EQ(test, v.first_bad_va, t.area[0]);
	KUNIT_EXPECT_EQ(test, v.first_bad_value, *pte);
	test_mm_end(&t);
}

static struct kunit_case verify_cases[] = {
	KUNIT_CASE(verify_well),
	KUNIT_CASE(verify_call_fails),
	KUNIT_CASE(verify_alloc_fails),
	KUNIT_CASE(verify_frame_fits),
	KUNIT_CASE(verify_count),
	KUNIT_CASE(verify_frame),
	KUNIT_CASE(verify_outside),
	KUNIT_CASE(verify_leaf),
	KUNIT_CASE(verify_secret),
	KUNIT_CASE(verify_rights),
	{}
};

static struct kunit_suite verify_suite = {
	.name = "nacc_verify",
	.init = account_init,
	.exit = account_exit,
	.test_cases = verify_cases,
};

kunit_test_suite(verify_suite);
