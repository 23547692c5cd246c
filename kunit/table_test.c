// SPDX-License-Identifier: GPL-2.0
/* Tests of table.c and of the helpers for entries in nacc.h. */
#include <linux/memcontrol.h>
#include <asm/csr.h>
#include <asm/pgalloc.h>

#include "env.h"

#if ALLOC_SPLIT_PTLOCKS && defined(MODULE)
/* Inline functions of the kernel need them, and no module can have them. */
bool ptlock_alloc(struct ptdesc *ptdesc)
{
	return nacc_ksym.ptlock_alloc(ptdesc);
}

void ptlock_free(struct ptdesc *ptdesc)
{
	nacc_ksym.ptlock_free(ptdesc);
}
#endif

static void table_entries(struct kunit *test)
{
	const phys_addr_t pa = 0x123456000;
	const u64 link = ((u64)PHYS_PFN(pa) << _PAGE_PFN_SHIFT) | _PAGE_PRESENT;
	const u64 leaf = link | _PAGE_READ;

	KUNIT_EXPECT_TRUE(test, nacc_pte_link(link));
	KUNIT_EXPECT_FALSE(test, nacc_pte_link(leaf));
	KUNIT_EXPECT_FALSE(test, nacc_pte_link(leaf & ~_PAGE_PRESENT));
	KUNIT_EXPECT_FALSE(test, nacc_pte_link(link & ~_PAGE_PRESENT));
	KUNIT_EXPECT_FALSE(test, nacc_pte_link(link | _PAGE_EXEC));
	KUNIT_EXPECT_EQ(test, nacc_pte_pa(link), pa);
	KUNIT_EXPECT_EQ(test, nacc_pte_pa(link | 0xffc0000000000000), pa);
	KUNIT_EXPECT_EQ(test, nacc_pte_pa(nacc_pte_relink(leaf, pa + PAGE_SIZE)),
			pa + PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, nacc_pte_relink(leaf | _PAGE_DIRTY, pa),
			leaf | _PAGE_DIRTY);
}

static void table_levels(struct kunit *test)
{
	const unsigned int mode = csr_read(CSR_SATP) >> 60;

	/* satp mode 8 is Sv39, 9 Sv48, 10 Sv57. */
	KUNIT_EXPECT_EQ(test, nacc_top_level(), mode - 6);
	KUNIT_EXPECT_EQ(test, nacc_entries(nacc_top_level()), 256);
	KUNIT_EXPECT_EQ(test, nacc_entries(0), 512);
	KUNIT_EXPECT_FALSE(test, nacc_level_accounted(nacc_top_level()));
	KUNIT_EXPECT_TRUE(test, nacc_level_accounted(0));
	KUNIT_EXPECT_TRUE(test, nacc_level_accounted(1));
}

static void table_pool_range(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, nacc_in_pool(nacc_pool.base - 1));
	KUNIT_EXPECT_TRUE(test, nacc_in_pool(nacc_pool.base));
	KUNIT_EXPECT_TRUE(test, nacc_in_pool(nacc_frame_pa(nacc_pool.nr) - 1));
	KUNIT_EXPECT_FALSE(test, nacc_in_pool(nacc_frame_pa(nacc_pool.nr)));
	KUNIT_EXPECT_EQ(test, nacc_frame_index(nacc_frame_pa(7)), 7);
	KUNIT_EXPECT_FALSE(test, nacc_mm_marked(NULL));
	KUNIT_EXPECT_FALSE(test, nacc_mm_marked(nacc_ksym.init_mm));
}

/* account_exit() sees what is counted and not taken back. */
static void table_alloc_free(struct kunit *test)
{
	unsigned int level;

	for (level = 0; level <= nacc_top_level(); level++) {
		struct page *page = nacc_table_alloc(level, GFP_PGTABLE_USER);

		KUNIT_ASSERT_NOT_NULL(test, page);
		KUNIT_EXPECT_EQ(test, nacc_page_is_table(page),
				nacc_level_accounted(level));
		KUNIT_EXPECT_NULL(test, memchr_inv(page_address(page), 0,
						   PAGE_SIZE));
		KUNIT_EXPECT_FALSE(test, nacc_page_is_shared(page, level));
		nacc_table_free(page, level);
	}
}

/* What the kernel allocates, we can free; what we allocate, the kernel can. */
static void table_kernel_frees(struct kunit *test)
{
	struct page *page = nacc_table_alloc(0, GFP_PGTABLE_USER);

	KUNIT_ASSERT_NOT_NULL(test, page);
	pte_free(nacc_ksym.init_mm, page);
	page = nacc_table_alloc(1, GFP_PGTABLE_USER);
	KUNIT_ASSERT_NOT_NULL(test, page);
	pmd_free(nacc_ksym.init_mm, page_address(page));
	page = pte_alloc_one(nacc_ksym.init_mm);
	KUNIT_ASSERT_NOT_NULL(test, page);
	nacc_table_free(page, 0);
}

/* A frame's life, with a page of our own in its place. */
static void table_fit(struct kunit *test)
{
	struct page *frame = alloc_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, frame);
	KUNIT_EXPECT_EQ(test, nacc_page_fit(frame), 0);
	KUNIT_EXPECT_EQ(test, page_count(frame), 2);
	KUNIT_EXPECT_TRUE(test, nacc_page_is_table(frame));
	nacc_page_unfit(frame, 0, false);
	KUNIT_EXPECT_EQ(test, page_count(frame), 1);
	KUNIT_EXPECT_FALSE(test, nacc_page_is_table(frame));
	__free_page(frame);
}

/* The same when the kernel's own free path has run on it. */
static void table_fit_kernel_freed(struct kunit *test)
{
	struct page *original = nacc_table_alloc(0, GFP_PGTABLE_USER);
	struct page *frame = alloc_page(GFP_KERNEL);

	KUNIT_ASSERT_TRUE(test, original && frame);
	KUNIT_EXPECT_EQ(test, nacc_page_fit(frame), 0);
	nacc_page_move_account(original, frame, 0);
	KUNIT_EXPECT_FALSE(test, nacc_page_is_table(original));
	__free_page(original);
	pte_free(nacc_ksym.init_mm, frame);
	KUNIT_EXPECT_EQ(test, page_count(frame), 1);
	nacc_page_unfit(frame, 0, true);
	KUNIT_EXPECT_EQ(test, page_count(frame), 1);
	__free_page(frame);
}

/* And when it has not: the accounting is ours to take back. */
static void table_fit_accounted(struct kunit *test)
{
	struct page *original = nacc_table_alloc(1, GFP_PGTABLE_USER);
	struct page *frame = alloc_page(GFP_KERNEL);

	KUNIT_ASSERT_TRUE(test, original && frame);
	KUNIT_EXPECT_EQ(test, nacc_page_fit(frame), 0);
	nacc_page_move_account(original, frame, 1);
	/* A second time there is nothing to move. */
	nacc_page_move_account(original, frame, 1);
	__free_page(original);
	nacc_page_unfit(frame, 1, true);
	KUNIT_EXPECT_EQ(test, page_count(frame), 1);
	__free_page(frame);
}

static void table_deposits(struct kunit *test)
{
	struct page *from = nacc_table_alloc(1, GFP_PGTABLE_USER);
	struct page *to = nacc_table_alloc(1, GFP_PGTABLE_USER);
	struct page *deposit = nacc_table_alloc(0, GFP_PGTABLE_USER);

	KUNIT_ASSERT_TRUE(test, from && to && deposit);
	page_ptdesc(from)->pmd_huge_pte = deposit;
	nacc_move_deposits(from, to);
	KUNIT_EXPECT_NULL(test, page_ptdesc(from)->pmd_huge_pte);
	KUNIT_EXPECT_PTR_EQ(test, page_ptdesc(to)->pmd_huge_pte, deposit);
	page_ptdesc(to)->pmd_huge_pte = NULL;
	nacc_table_free(from, 1);
	nacc_table_free(to, 1);
	nacc_table_free(deposit, 0);
}

static struct kunit_case table_cases[] = {
	KUNIT_CASE(table_entries),
	KUNIT_CASE(table_levels),
	KUNIT_CASE(table_pool_range),
	KUNIT_CASE(table_alloc_free),
	KUNIT_CASE(table_kernel_frees),
	KUNIT_CASE(table_fit),
	KUNIT_CASE(table_fit_kernel_freed),
	KUNIT_CASE(table_fit_accounted),
	KUNIT_CASE(table_deposits),
	{}
};

static struct kunit_suite table_suite = {
	.name = "nacc_table",
	.init = account_init,
	.exit = account_exit,
	.test_cases = table_cases,
};

kunit_test_suite(table_suite);
