// SPDX-License-Identifier: GPL-2.0
/* Tests of demote.c, which includes this file. */
#include "env.h"

static void demote_not_marked(struct kunit *test)
{
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, nacc_demote(t.mm, __pa(t.mm->pgd), NULL), -ENOENT);
	test_mm_end(&t);
}

/* Tables from the mark and tables adopted since go back alike. */
static void demote_whole(struct kunit *test)
{
	long rss, demoted = test_count(NACC_COUNT_DEMOTED_TABLES);
	unsigned int before, inside, i;
	unsigned long bytes;
	struct test_mm t;

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
	KUNIT_EXPECT_EQ(test, test_count(NACC_COUNT_DEMOTED_TABLES),
			demoted + before);
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

/**
 * struct walk - what the walker sets in protected tables
 * @frame: physical address of a table
 * @with: what the entries are to be, but for other bits than A and D
 */
struct walk {
	phys_addr_t frame;
	u64 *with;
};

/* The shim does it in place of the walker: who may write there depends on the hart. */
static void walk_frame(void *arg)
{
	struct walk *walk = arg;

	nacc_sbi_call(NACC_SBI_MERGE_AD, walk->frame, __pa(walk->with), 0, NULL);
}

/* What the walker sets in the frames once they are copied is not lost. */
static void demote_keeps_ad(struct kunit *test)
{
	const unsigned long far = 7 * PAGE_SIZE;
	unsigned long at[3];
	struct walk walk;
	struct test_mm t;
	u64 *pte, was[3];
	unsigned int i;

	walk.with = (void *)get_zeroed_page(GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, walk.with);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	at[0] = t.area[0];
	at[1] = t.area[0] + far;
	at[2] = t.area[0] + PMD_SIZE;
	for (i = 0; i < ARRAY_SIZE(at); i++) {
		pte = test_entry(&t, at[i], 0);
		KUNIT_ASSERT_NOT_NULL(test, pte);
		*pte &= ~(_PAGE_ACCESSED | _PAGE_DIRTY);
		was[i] = *pte;
	}
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	pte = test_entry(&t, at[0], 0);
	walk.frame = __pa(pte) & PAGE_MASK;
	KUNIT_EXPECT_TRUE(test, nacc_in_pool(walk.frame));
	walk.with[pte_index(at[0])] = was[0] | _PAGE_ACCESSED | _PAGE_DIRTY;
	walk.with[pte_index(at[1])] = was[1] | _PAGE_ACCESSED;
	test_at_switch(walk_frame, &walk);
	KUNIT_EXPECT_EQ(test, test_unmark(&t), 0);
	test_at_switch(NULL, NULL);
	KUNIT_EXPECT_EQ(test, *test_entry(&t, at[0], 0),
			was[0] | _PAGE_ACCESSED | _PAGE_DIRTY);
	KUNIT_EXPECT_EQ(test, *test_entry(&t, at[1], 0),
			was[1] | _PAGE_ACCESSED);
	KUNIT_EXPECT_EQ(test, *test_entry(&t, at[2], 0), was[2]);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	test_mm_end(&t);
	free_page((unsigned long)walk.with);
}

/* Each allocation of it fails once: nothing has changed, nothing is kept. */
static void demote_alloc_fails(struct kunit *test)
{
	unsigned int nth, failed = 0, left;
	struct test_mm t;
	bool hit = true;
	int ret;

	KUNIT_ASSERT_EQ(test, alloc_fault_prepare(), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	for (nth = 1; hit; nth++) {
		KUNIT_ASSERT_EQ(test, test_balance_begin(), 0);
		alloc_fault_set(nth);
		ret = test_unmark(&t);
		hit = alloc_fault_clear();
		left = test_balance_end();
		/* It may hit what a debugging kernel allocates, and can do without. */
		if (!ret) {
			KUNIT_ASSERT_EQ(test, test_mark(&t), 0);
			continue;
		}
		KUNIT_EXPECT_TRUE(test, hit && ret == -ENOMEM);
		KUNIT_EXPECT_EQ(test, left, 0);
		if (left)
			test_balance_tell();
		KUNIT_EXPECT_EQ(test, test_tables_outside(t.mm, NULL), 0);
		failed++;
	}
	/* The tables, and two lists. */
	KUNIT_EXPECT_GE(test, failed, TEST_STRIDE / PMD_SIZE + 2);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	test_mm_end(&t);
}

/* A reader of the protected tables has left them when the frames go. */
static void demote_waits_for_readers(struct kunit *test)
{
	struct test_reader r;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_guard_begin(), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	/* Else it might be waited for by accident. */
	rcu_barrier();
	KUNIT_ASSERT_EQ(test, test_reader_begin(&r, false), 0);
	KUNIT_EXPECT_EQ(test, test_unmark(&t), 0);
	KUNIT_EXPECT_FALSE(test, test_reader_overtaken(&r));
	test_mm_end(&t);
}

/* As many pages as are needed, but of another level: those are no use. */
static void demote_spare(struct kunit *test)
{
	struct demotion d = { .need = { 2, 1 }, .have = { 2, 1 }, .max = 3 };

	KUNIT_EXPECT_TRUE(test, spare_suffices(&d));
	d.need[0]--;
	KUNIT_EXPECT_TRUE(test, spare_suffices(&d));
	d.need[1]++;
	KUNIT_EXPECT_FALSE(test, spare_suffices(&d));
	d.have[1]++;
	KUNIT_EXPECT_TRUE(test, spare_suffices(&d));
	d.max--;
	KUNIT_EXPECT_FALSE(test, spare_suffices(&d));
}

/* Its pgd names another's root: that is not retired for it. */
static void demote_forged(struct kunit *test)
{
	struct test_mm other, t;
	phys_addr_t root;
	pgd_t *own;

	KUNIT_ASSERT_EQ(test, test_mm_marked(&other, true), 0);
	KUNIT_ASSERT_EQ(test, test_mm_marked(&t, true), 0);
	own = t.mm->pgd;
	root = __pa(other.mm->pgd);
	WRITE_ONCE(t.mm->pgd, other.mm->pgd);
	KUNIT_EXPECT_EQ(test, nacc_unmark(t.id), -EUCLEAN);
	WRITE_ONCE(t.mm->pgd, own);
	KUNIT_EXPECT_EQ(test, nacc_domain_of_root(__pa(own)), t.id);
	KUNIT_EXPECT_EQ(test, nacc_domain_of_root(root), other.id);
	test_mm_enter(&other);
	KUNIT_EXPECT_EQ(test, test_check(&other, 0), 0);
	test_mm_leave(&other);
	KUNIT_EXPECT_EQ(test, test_unmark(&t), 0);
	KUNIT_EXPECT_FALSE(test, nacc_mm_marked(t.mm));
	mmput(t.mm);
	mmput(other.mm);
}

/* Each CPU is asked twice: see nacc_switch_settle(). */
static void demote_settles(struct kunit *test)
{
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_TRUE(test, nacc_guarded());
	sbi_fault_set(NACC_SBI_SWITCH, num_online_cpus() + 1);
	KUNIT_EXPECT_EQ(test, test_unmark(&t), 0);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	test_mm_end(&t);
}

static struct kunit_case demote_cases[] = {
	KUNIT_CASE(demote_forged),
	KUNIT_CASE(demote_spare),
	KUNIT_CASE(demote_not_marked),
	KUNIT_CASE(demote_whole),
	KUNIT_CASE(demote_huge),
	KUNIT_CASE(demote_often),
	KUNIT_CASE(demote_merge_ad),
	KUNIT_CASE(demote_keeps_ad),
	KUNIT_CASE(demote_waits_for_readers),
	KUNIT_CASE(demote_settles),
	KUNIT_CASE_SLOW(demote_alloc_fails),
	{}
};

static struct kunit_suite demote_suite = {
	.name = "nacc_demote",
	.init = account_init,
	.exit = account_exit,
	.test_cases = demote_cases,
};

kunit_test_suite(demote_suite);
