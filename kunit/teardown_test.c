// SPDX-License-Identifier: GPL-2.0
/* Ways in which the kernel takes marked page tables down. */
#include <linux/mman.h>
#include <linux/sched/mm.h>

#include "env.h"

static void teardown_exit(struct kunit *test)
{
	long reaped = test_count(NACC_COUNT_REAPED);
	struct test_mm t;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	for (i = 0; i < TEST_AREAS; i++)
		KUNIT_EXPECT_EQ(test, test_fill(&t, i), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	test_mm_end(&t);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	KUNIT_EXPECT_EQ(test, test_count(NACC_COUNT_REAPED), reaped + 1);
}

/* Tables that a fault added come from the pool: there is no original. */
static void teardown_added(struct kunit *test)
{
	long originals = test_count(NACC_COUNT_ORIGINALS);
	unsigned int before, after;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	test_tables_outside(t.mm, &before);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 1), 0);
	KUNIT_EXPECT_EQ(test, test_tables_outside(t.mm, &after), 0);
	KUNIT_EXPECT_GT(test, after, before);
	test_mm_end(&t);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	KUNIT_EXPECT_EQ(test, test_count(NACC_COUNT_ORIGINALS), originals);
}

/* By the route: each table above is asked once, and nothing is left to traps. */
static void teardown_free(struct kunit *test)
{
	struct test_hooks before = test_hooks("free"), now;
	u64 stats[NACC_STAT_MAX + NACC_REASON_MAX], unlinks;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 1), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	nacc_sbi_stats(stats);
	unlinks = stats[NACC_STAT_UNLINKS];
	KUNIT_EXPECT_EQ(test, test_unmap(&t, 1), 0);
	nacc_sbi_stats(stats);
	/* The last level and the PMD table above it. */
	KUNIT_EXPECT_EQ(test, stats[NACC_STAT_UNLINKS],
			unlinks + TEST_STRIDE / PMD_SIZE + 1);
	/* An exit takes no link away. */
	unlinks = stats[NACC_STAT_UNLINKS];
	test_mm_end(&t);
	nacc_sbi_stats(stats);
	KUNIT_EXPECT_EQ(test, stats[NACC_STAT_UNLINKS], unlinks);
	now = test_hooks("free");
	KUNIT_EXPECT_GE(test, now.routed, before.routed + 2);
	KUNIT_EXPECT_EQ(test, now.fallback, before.fallback);
}

static void teardown_munmap(struct kunit *test)
{
	unsigned int all, left, i;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	for (i = 0; i < TEST_AREAS; i++)
		KUNIT_EXPECT_EQ(test, test_fill(&t, i), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	test_tables_outside(t.mm, &all);
	KUNIT_EXPECT_EQ(test, test_unmap(&t, 1), 0);
	KUNIT_EXPECT_EQ(test, test_tables_outside(t.mm, &left), 0);
	/* The last level and the PMD table above it. */
	KUNIT_EXPECT_EQ(test, left, all - TEST_STRIDE / PMD_SIZE - 1);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_check(&t, 2), 0);
	test_mm_end(&t);
}

/* A part of what a table maps goes: the table stays. */
static void teardown_partial(struct kunit *test)
{
	unsigned int all, left;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	test_tables_outside(t.mm, &all);
	KUNIT_EXPECT_EQ(test, vm_munmap(t.area[0], PAGE_SIZE), 0);
	test_tables_outside(t.mm, &left);
	KUNIT_EXPECT_EQ(test, left, all);
	KUNIT_EXPECT_EQ(test, test_check_rest(&t, 0), 0);
	/* One page of the second table, and all of the first. */
	KUNIT_EXPECT_EQ(test, vm_munmap(t.area[0], PMD_SIZE + PAGE_SIZE), 0);
	test_tables_outside(t.mm, &left);
	KUNIT_EXPECT_EQ(test, left, all - 1);
	test_mm_end(&t);
}

/* get_mm_rss() leaves out what each CPU has not yet added to the sum. */
static s64 exact_rss(struct mm_struct *mm)
{
	return percpu_counter_sum(&mm->rss_stat[MM_FILEPAGES]) +
	       percpu_counter_sum(&mm->rss_stat[MM_ANONPAGES]) +
	       percpu_counter_sum(&mm->rss_stat[MM_SHMEMPAGES]);
}

static void teardown_everything_unmapped(struct kunit *test)
{
	unsigned int left, i;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	for (i = 0; i < TEST_AREAS; i++)
		KUNIT_EXPECT_EQ(test, test_fill(&t, i), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	for (i = 0; i < TEST_AREAS; i++)
		KUNIT_EXPECT_EQ(test, test_unmap(&t, i), 0);
	KUNIT_EXPECT_EQ(test, test_tables_outside(t.mm, &left), 0);
	KUNIT_EXPECT_EQ(test, left, 1);
	KUNIT_EXPECT_EQ(test, mm_pgtables_bytes(t.mm), 0);
	KUNIT_EXPECT_EQ(test, exact_rss(t.mm), 0);
	test_mm_end(&t);
}

static int store_area(struct test_mm *t, unsigned int area, void *entry)
{
	MA_STATE(mas, &t->mm->mm_mt, t->area[area], t->area[area] + TEST_STRIDE - 1);

	return mas_store_gfp(&mas, entry, GFP_KERNEL);
}

/*
 * A fork that has failed leaves in older kernels something that is no VMA among those of the
 * child, until it ends: nobody goes through them to unmark it.
 */
static void teardown_half_forked(struct kunit *test)
{
	struct test_mm t;
	int ret;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_unmap(&t, TEST_AREAS - 1), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	mmap_write_lock(t.mm);
	ret = store_area(&t, TEST_AREAS - 1, XA_ZERO_ENTRY);
	/* As dup_mmap() does. */
	test_mm_flag(t.mm, MMF_OOM_SKIP, true);
	test_mm_flag(t.mm, MMF_UNSTABLE, true);
	mmap_write_unlock(t.mm);
	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_EQ(test, nacc_demote(t.mm, __pa(t.mm->pgd), NULL), -EAGAIN);
	KUNIT_EXPECT_TRUE(test, nacc_mm_marked(t.mm));
	/* Newer kernels have taken it out when they end the mm. */
	mmap_write_lock(t.mm);
	KUNIT_EXPECT_EQ(test, store_area(&t, TEST_AREAS - 1, NULL), 0);
	mmap_write_unlock(t.mm);
	test_mm_end(&t);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
}

static void teardown_huge(struct kunit *test)
{
	struct test_mm t;

	TEST_NEEDS_THP(test);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill_huge(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill_huge(&t, 1), 0);
	KUNIT_EXPECT_EQ(test, vm_munmap(t.area[0], PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, vm_munmap(t.area[1], PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, test_check_rest(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_check_rest(&t, 1), 0);
	test_mm_end(&t);
}

typedef pmd_t (*collapse_fn)(struct vm_area_struct *vma, unsigned long addr,
			     pmd_t *pmd);
typedef void (*free_fn)(struct mm_struct *mm, pgtable_t table);

/* As a collapse does it. Return: the table. */
static struct page *unlink_and_free(struct kunit *test, struct test_mm *t,
				    u64 *entry)
{
	collapse_fn unlink = (void *)nacc_ksym.lookup("pmdp_collapse_flush");
	free_fn free = (void *)nacc_ksym.lookup("pte_free_defer");
	struct page *table = phys_to_page(nacc_pte_pa(*entry));
	spinlock_t *ptl;	/* of the table above */

	if (!unlink || !free)
		return NULL;
	mmap_write_lock(t->mm);
	ptl = pmd_lock(t->mm, (pmd_t *)entry);
	unlink(find_vma(t->mm, t->area[0]), t->area[0], (pmd_t *)entry);
	spin_unlock(ptl);
	KUNIT_EXPECT_EQ(test, *entry, 0);
	KUNIT_EXPECT_NOT_NULL(test, memchr_inv(page_address(table), 0,
					       PAGE_SIZE));
	mm_dec_nr_ptes(t->mm);
	free(t->mm, table);
	mmap_write_unlock(t->mm);
	return table;
}

/* The entries name the zero page, which nobody counts: so none has to be dropped. */
static void teardown_not_empty(struct kunit *test)
{
	u64 stats[NACC_STAT_MAX + NACC_REASON_MAX];
	unsigned long value;
	struct page *table;
	struct test_mm t;
	u64 *entry;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, get_user(value, (unsigned long __user *)
				       t.area[0]), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, get_user(value, (unsigned long __user *)
				       (t.area[0] + PAGE_SIZE)), 0);
	entry = test_entry(&t, t.area[0], 1);
	KUNIT_ASSERT_NOT_NULL(test, entry);
	table = unlink_and_free(test, &t, entry);
	KUNIT_ASSERT_NOT_NULL(test, table);
	KUNIT_EXPECT_TRUE(test, nacc_in_pool(page_to_phys(table)));
	rcu_barrier();
	nacc_pool_collect();
	nacc_sbi_stats(stats);
	KUNIT_EXPECT_EQ(test, stats[NACC_STAT_UNLINKED], 0);
	/* Whatever table is taken next, it is empty. */
	nacc_pool_reclaim(stats[NACC_STAT_FRAMES_RELEASED]);
	KUNIT_EXPECT_NULL(test, memchr_inv(page_address(table), 0, PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	test_mm_end(&t);
}

/* The last user goes at once after the mark, before the keeper has run. */
static void teardown_at_once(struct kunit *test)
{
	struct test_mm t;
	unsigned int i;

	for (i = 0; i < 10; i++) {
		KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
		KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
		KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
		test_mm_end(&t);
	}
}

/* The same by the kernel's own code alone. */
static void teardown_unrouted(struct kunit *test)
{
	unsigned long hits = test_hooks("free").hits + test_hooks("zap").hits;

	test_hook_mode("off");
	teardown_exit(test);
	teardown_munmap(test);
	teardown_partial(test);
	teardown_everything_unmapped(test);
	KUNIT_EXPECT_EQ(test, test_hooks("free").hits + test_hooks("zap").hits,
			hits);
}

/* Whoever finds no shadow leaves it to the kernel's code. */
static void teardown_no_shadow(struct kunit *test)
{
	unsigned long fallback = test_hooks("zap").fallback;
	struct nacc_shadow *taken[2 * NR_CPUS];
	unsigned int nr = 0;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 1), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	while (nr < ARRAY_SIZE(taken) && (taken[nr] = nacc_shadow_get()))
		nr++;
	KUNIT_EXPECT_EQ(test, nr, 2 * num_possible_cpus());
	KUNIT_EXPECT_EQ(test, test_protect(&t, 1, PROT_READ), 0);
	KUNIT_EXPECT_EQ(test, test_protect(&t, 1, PROT_READ | PROT_WRITE), 0);
	KUNIT_EXPECT_EQ(test, test_unmap(&t, 0), 0);
	while (nr)
		nacc_shadow_put(taken[--nr]);
	KUNIT_EXPECT_EQ(test, test_hooks("zap").fallback, fallback + 1);
	KUNIT_EXPECT_EQ(test, test_check(&t, 1), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 1), 0);
	KUNIT_EXPECT_EQ(test, test_unmap(&t, 1), 0);
	KUNIT_EXPECT_EQ(test, test_hooks("zap").fallback, fallback + 1);
	test_mm_end(&t);
}

static int fill_table(struct test_mm *t, unsigned int area)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < PTRS_PER_PTE && !ret; i++)
		ret = put_user(1, (int __user *)(t->area[area] + i * PAGE_SIZE));
	return ret;
}

/* Few pages are left to the traps, a full table is not. */
static void teardown_pays(struct kunit *test)
{
	unsigned long zap = test_hooks("zap").routed;
	u64 before = test_stat(NACC_STAT_BATCHED);
	struct test_mm t;

	nacc_eager = false;
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, test_unmap(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_BATCHED), before);
	KUNIT_EXPECT_EQ(test, test_hooks("zap").routed, zap);
	KUNIT_EXPECT_EQ(test, fill_table(&t, 1), 0);
	KUNIT_EXPECT_EQ(test, test_unmap(&t, 1), 0);
	KUNIT_EXPECT_EQ(test, test_hooks("zap").routed, zap + 1);
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_BATCHED), before + PTRS_PER_PTE);
	test_mm_end(&t);
	nacc_eager = true;
}

/* What a fault has made the kernel allocate is free when the keeper has been there. */
static void teardown_frees_originals(struct kunit *test)
{
	unsigned int pages;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_guard_begin(), 0);
	KUNIT_ASSERT_EQ(test, test_balance_begin(), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	pages = test_balance_pages();
	test_mm_end(&t);
	test_balance_stop();
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	test_balance_drain();
	KUNIT_EXPECT_GE(test, pages, TEST_STRIDE / PMD_SIZE);
	pages = test_balance_pages();
	KUNIT_EXPECT_EQ(test, pages, 0);
	test_balance_end();
	if (pages)
		test_balance_tell();
}

static struct kunit_case teardown_cases[] = {
	KUNIT_CASE(teardown_exit),
	KUNIT_CASE(teardown_added),
	KUNIT_CASE(teardown_free),
	KUNIT_CASE(teardown_munmap),
	KUNIT_CASE(teardown_partial),
	KUNIT_CASE(teardown_everything_unmapped),
	KUNIT_CASE(teardown_half_forked),
	KUNIT_CASE(teardown_huge),
	KUNIT_CASE(teardown_not_empty),
	KUNIT_CASE(teardown_at_once),
	KUNIT_CASE(teardown_unrouted),
	KUNIT_CASE(teardown_pays),
	KUNIT_CASE(teardown_no_shadow),
	KUNIT_CASE(teardown_frees_originals),
	{}
};

static struct kunit_suite teardown_suite = {
	.name = "nacc_teardown",
	.init = account_init,
	.exit = account_exit,
	.test_cases = teardown_cases,
};

kunit_test_suite(teardown_suite);
