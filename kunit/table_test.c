// SPDX-License-Identifier: GPL-2.0
/* Tests of table.c and of the helpers for entries in nacc.h. */
#include <linux/memcontrol.h>
#include <asm/csr.h>
#include <asm/pgalloc.h>

#include "compat.h"
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
	KUNIT_EXPECT_EQ(test, nacc_level_accounted(nacc_top_level()),
			nacc_level_counted(nacc_top_level(), nacc_top_level()));
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

/*
 * What the kernel allocates, we can free; what we allocate, the kernel can. Newer kernels ask
 * whether it is for init_mm, which modules do not get: of an object of ours the compiler knows.
 */
static void table_kernel_frees(struct kunit *test)
{
	static struct mm_struct nobody;
	struct page *page = nacc_table_alloc(0, GFP_PGTABLE_USER);

	KUNIT_ASSERT_NOT_NULL(test, page);
	pte_free(nacc_ksym.init_mm, page);
	page = nacc_table_alloc(1, GFP_PGTABLE_USER);
	KUNIT_ASSERT_NOT_NULL(test, page);
	pmd_free(nacc_ksym.init_mm, page_address(page));
	page = pte_alloc_one(&nobody);
	KUNIT_ASSERT_NOT_NULL(test, page);
	nacc_table_free(page, 0);
}

/* An ordinary page with as many references as the pool has on a frame. */
static struct page *like_a_frame(void)
{
	struct page *frame = alloc_page(GFP_KERNEL);

	if (frame)
		page_ref_add(frame, NACC_PAGE_OURS - 1);
	return frame;
}

static void free_like_a_frame(struct kunit *test, struct page *frame)
{
	KUNIT_EXPECT_EQ(test, page_count(frame), NACC_PAGE_OURS);
	KUNIT_EXPECT_FALSE(test, nacc_page_is_table(frame));
	page_ref_sub(frame, NACC_PAGE_OURS - 1);
	__free_page(frame);
}

/* A frame's life, with a page of our own in its place. */
static void table_fit(struct kunit *test)
{
	struct page *frame = like_a_frame();

	KUNIT_ASSERT_NOT_NULL(test, frame);
	KUNIT_EXPECT_EQ(test, nacc_page_fit(frame), 0);
	KUNIT_EXPECT_EQ(test, page_count(frame), NACC_PAGE_OURS + 1);
	KUNIT_EXPECT_TRUE(test, nacc_page_is_table(frame));
	KUNIT_EXPECT_FALSE(test, nacc_page_freed(frame, 0));
	/* A reference too few is no sign of it where there is a destructor. */
	put_page(frame);
	KUNIT_EXPECT_FALSE(test, nacc_page_freed(frame, 0));
	KUNIT_EXPECT_EQ(test, nacc_page_freed(frame, nacc_top_level()),
			!nacc_level_accounted(nacc_top_level()));
	get_page(frame);
	nacc_page_unfit(frame);
	free_like_a_frame(test, frame);
}

/* Someone goes through all pages, and holds this one. */
static void table_fit_busy(struct kunit *test)
{
	struct page *frame = like_a_frame();

	KUNIT_ASSERT_NOT_NULL(test, frame);
	KUNIT_EXPECT_TRUE(test, get_page_unless_zero(frame));
	KUNIT_EXPECT_EQ(test, nacc_page_fit(frame), -EBUSY);
	KUNIT_EXPECT_EQ(test, page_count(frame), NACC_PAGE_OURS + 1);
	KUNIT_EXPECT_FALSE(test, nacc_page_is_table(frame));
	put_page(frame);
	KUNIT_EXPECT_EQ(test, nacc_page_fit(frame), 0);
	nacc_page_unfit(frame);
	free_like_a_frame(test, frame);
}

/* Counted as a table in the place of an ordinary one, as after an adoption. */
static struct page *fit_and_counted(struct kunit *test, unsigned int level)
{
	struct page *original = nacc_table_alloc(level, GFP_PGTABLE_USER);
	struct page *frame = like_a_frame();

	KUNIT_ASSERT_TRUE(test, original && frame);
	KUNIT_EXPECT_EQ(test, nacc_page_fit(frame), 0);
	nacc_page_move_account(original, frame, level);
	/* A second time there is nothing to move. */
	nacc_page_move_account(original, frame, level);
	KUNIT_EXPECT_FALSE(test, nacc_page_is_table(original));
	__free_page(original);
	return frame;
}

/* The kernel's own free path has run on it: seen when nobody holds it any more. */
static void table_fit_kernel_freed(struct kunit *test)
{
	struct page *frame = fit_and_counted(test, 0);

	KUNIT_EXPECT_TRUE(test, get_page_unless_zero(frame));
	pte_free(nacc_ksym.init_mm, frame);
	KUNIT_EXPECT_FALSE(test, nacc_page_freed(frame, 0));
	put_page(frame);
	KUNIT_EXPECT_TRUE(test, nacc_page_freed(frame, 0));
	nacc_page_unfit_freed(frame, 0);
	free_like_a_frame(test, frame);
}

/*
 * A tree that Linux has left: what it has freed and what it has not come to be the
 * same, whoever holds the page meanwhile.
 */
static void table_fit_left(struct kunit *test)
{
	unsigned int level, held, freed;

	for (level = 0; level < 2; level++) {
		for (held = 0; held < 2; held++) {
			for (freed = 0; freed < 2; freed++) {
				struct page *frame = fit_and_counted(test, level);

				if (held)
					get_page(frame);
				if (freed && level)
					pmd_free(nacc_ksym.init_mm,
						 page_address(frame));
				else if (freed)
					pte_free(nacc_ksym.init_mm, frame);
				nacc_page_unfit_left(frame, level);
				if (held)
					put_page(frame);
				free_like_a_frame(test, frame);
			}
		}
	}
}

/* A root: where it has no destructor, by the number of references. */
static void table_fit_top(struct kunit *test)
{
	unsigned int freed;

	for (freed = 0; freed < 2; freed++) {
		struct page *frame = fit_and_counted(test, nacc_top_level());

		if (freed)
			pgd_free(nacc_ksym.init_mm, page_address(frame));
		nacc_page_unfit_left(frame, nacc_top_level());
		free_like_a_frame(test, frame);
	}
}

static void check_accounting(struct kunit *test, u64 *table, unsigned int level)
{
	unsigned int i;

	KUNIT_EXPECT_EQ(test, nacc_page_is_table(virt_to_page(table)),
			nacc_level_accounted(level));
	for (i = 0; level && i < nacc_entries(level); i++)
		if (nacc_pte_link(table[i]))
			check_accounting(test, __va(nacc_pte_pa(table[i])),
					 level - 1);
}

/* What the kernel itself marks as a page table, on each level. */
static void table_as_the_kernel(struct kunit *test)
{
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	check_accounting(test, (u64 *)t.mm->pgd, nacc_top_level());
	test_mm_end(&t);
}

static void table_shared(struct kunit *test)
{
	struct page *page = nacc_table_alloc(1, GFP_PGTABLE_USER);

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_FALSE(test, nacc_page_is_shared(page, 1));
	ptdesc_pmd_pts_inc(page_ptdesc(page));
	KUNIT_EXPECT_TRUE(test, nacc_page_is_shared(page, 1));
	/* Elsewhere the field is something else. */
	KUNIT_EXPECT_FALSE(test, nacc_page_is_shared(page, 0));
	KUNIT_EXPECT_FALSE(test, nacc_page_is_shared(page, 2));
	ptdesc_pmd_pts_dec(page_ptdesc(page));
	nacc_table_free(page, 1);
}

/* With one entry, wherever it is and wherever the search begins. */
static void table_next_entry(struct kunit *test)
{
	u64 *table = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	unsigned int at, from, wrong = 0;

	KUNIT_ASSERT_NOT_NULL(test, table);
	for (at = 0; at < PTRS_PER_PTE; at++) {
		table[at] = 1ULL << (at % 64);
		for (from = 0; from <= PTRS_PER_PTE; from++) {
			wrong += nacc_next_entry(table, from, PTRS_PER_PTE) !=
				 (from <= at ? at : PTRS_PER_PTE);
			/* It does not look behind the end. */
			wrong += from <= at &&
				 nacc_next_entry(table, from, at) != at;
			wrong += from < at &&
				 nacc_next_entry(table, from, at - 1) != at - 1;
		}
		table[at] = 0;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

static struct kunit_case table_cases[] = {
	KUNIT_CASE(table_entries),
	KUNIT_CASE(table_levels),
	KUNIT_CASE(table_pool_range),
	KUNIT_CASE(table_alloc_free),
	KUNIT_CASE(table_kernel_frees),
	KUNIT_CASE(table_fit),
	KUNIT_CASE(table_fit_busy),
	KUNIT_CASE(table_fit_kernel_freed),
	KUNIT_CASE(table_fit_left),
	KUNIT_CASE(table_fit_top),
	KUNIT_CASE(table_as_the_kernel),
	KUNIT_CASE(table_shared),
	KUNIT_CASE(table_next_entry),
	{}
};

static struct kunit_suite table_suite = {
	.name = "nacc_table",
	.init = account_init,
	.exit = account_exit,
	.test_cases = table_cases,
};

kunit_test_suite(table_suite);
