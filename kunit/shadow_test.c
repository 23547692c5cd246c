// SPDX-License-Identifier: GPL-2.0
/* Tests of shadow.c, which includes this file. */
#include <linux/mman.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "env.h"

static unsigned int dirty_entries(const struct nacc_shadow *s)
{
	unsigned int i, level, dirty = 0;

	for (i = 0; i < NACC_SHADOW_TABLES; i++)
		dirty += !!memchr_inv(s->table[i].entries, 0, PAGE_SIZE);
	for (level = 1; level <= nacc_top_level(); level++)
		dirty += !!memchr_inv(s->dir[level], 0, PAGE_SIZE);
	return dirty;
}

/* Each allocation of one of them fails once. */
static void shadow_alloc_fails(struct kunit *test)
{
	struct nacc_shadow *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	unsigned int nth, left, failed = 0;
	bool hit = true;
	int ret;

	KUNIT_ASSERT_NOT_NULL(test, s);
	KUNIT_ASSERT_EQ(test, alloc_fault_prepare(), 0);
	/* What the kernel's caches get with their first objects stays with them. */
	KUNIT_ASSERT_EQ(test, shadow_alloc(s), 0);
	shadow_free(s);
	KUNIT_ASSERT_EQ(test, test_balance_begin(), 0);
	for (nth = 1; hit; nth++) {
		memset(s, 0, sizeof(*s));
		alloc_fault_set(nth);
		ret = shadow_alloc(s);
		hit = alloc_fault_clear();
		/* It may hit what a debugging kernel allocates, and can do without. */
		if (ret)
			KUNIT_EXPECT_TRUE(test, hit && ret == -ENOMEM);
		else
			KUNIT_EXPECT_TRUE(test, s->mm && s->vma);
		failed += !!ret;
		shadow_free(s);
	}
	left = test_balance_end();
	if (left)
		test_balance_tell();
	KUNIT_EXPECT_EQ(test, left, 0);
	KUNIT_EXPECT_GE(test, failed, NACC_SHADOW_TABLES + nacc_top_level());
}

/* Tables that have been in use are zero again, and all of them can be had. */
static void shadow_clean(struct kunit *test)
{
	unsigned int i, area;
	struct test_mm t;

	/* The fork route leaves what it has handed on. */
	for (i = 0; i < nr_shadows; i++)
		for (area = 0; area < NACC_SHADOW_TABLES; area++)
			clear_page(shadows[i].table[area].entries);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	for (area = 0; area < TEST_AREAS; area++)
		KUNIT_EXPECT_EQ(test, test_fill(&t, area), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	for (area = 0; area < TEST_AREAS; area++) {
		KUNIT_EXPECT_EQ(test, test_protect(&t, area, VM_READ), 0);
		KUNIT_EXPECT_EQ(test, test_protect(&t, area, VM_READ | VM_WRITE),
				0);
		KUNIT_EXPECT_EQ(test, test_check(&t, area), 0);
		KUNIT_EXPECT_EQ(test, test_unmap(&t, area), 0);
	}
	for (i = 0; i < nr_shadows; i++) {
		KUNIT_EXPECT_EQ(test, shadows[i].busy, 0);
		KUNIT_EXPECT_EQ(test, dirty_entries(&shadows[i]), 0);
	}
	test_mm_end(&t);
}

/* Pieces that follow each other cover a range, each within one PMD table. */
static void shadow_pieces(struct kunit *test)
{
	const unsigned long starts[] = {
		PUD_SIZE - PAGE_SIZE, PUD_SIZE + 3 * PAGE_SIZE,
		2 * PUD_SIZE - 5 * PMD_SIZE,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		unsigned long at = starts[i], end = 3 * PUD_SIZE + PAGE_SIZE;

		while (at < end) {
			struct nacc_piece p = nacc_shadow_piece(at, end);
			unsigned int nr, first, j;
			unsigned long pages = 0;

			KUNIT_ASSERT_GT(test, p.end, p.start);
			KUNIT_EXPECT_EQ(test, p.start, at);
			KUNIT_EXPECT_LE(test, p.nr, NACC_SHADOW_TABLES);
			KUNIT_EXPECT_EQ(test, p.start / PUD_SIZE,
					(p.end - 1) / PUD_SIZE);
			for (j = 0; j < p.nr; j++) {
				nr = nacc_shadow_slots(&p, j, &first);
				KUNIT_EXPECT_LE(test, first + nr, PTRS_PER_PTE);
				KUNIT_EXPECT_GT(test, nr, 0);
				pages += nr;
			}
			KUNIT_EXPECT_EQ(test, pages,
					(p.end - p.start) / PAGE_SIZE);
			at = p.end;
		}
		KUNIT_EXPECT_EQ(test, at, end);
	}
}

/* An error of the shim is no "nothing done": that is not known. */
static void shadow_batch_fails(struct kunit *test)
{
	struct nacc_shadow_table *table;
	struct nacc_piece p;
	struct test_mm t;

	table = kunit_kzalloc(test, sizeof(*table), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, table);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	p = nacc_shadow_piece(t.area[0], t.area[0] + TEST_STRIDE);
	mmap_write_lock(t.mm);
	sbi_fault_set(NACC_SBI_PROTECT, 1);
	KUNIT_EXPECT_LT(test, nacc_shadow_batch(NACC_SBI_PROTECT, table, t.mm, &p, 0,
						pgprot_val(PAGE_READ)), 0);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_TRUE(test, table->rest);
	KUNIT_EXPECT_GT(test, nacc_shadow_batch(NACC_SBI_PROTECT, table, t.mm, &p, 0,
						pgprot_val(PAGE_READ)), 0);
	/* Where no table is there is nothing to do. */
	p = nacc_shadow_piece(t.area[1], t.area[1] + TEST_STRIDE);
	KUNIT_EXPECT_EQ(test, nacc_shadow_batch(NACC_SBI_PROTECT, table, t.mm, &p, 0,
						pgprot_val(PAGE_READ)), 0);
	mmap_write_unlock(t.mm);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	test_mm_end(&t);
}

/**
 * struct stray_case - where an attacker has stored while nothing is in use
 * @name: its name
 * @entries: into the tables
 * @before: into what their entries are expected to be
 * @dir: into the tables above
 * @copies: into the copies of mm and VMA
 */
struct stray_case {
	const char *name;
	bool entries;
	bool before;
	bool dir;
	bool copies;
};

static const struct stray_case stray_cases[] = {
	{ "entries", .entries = true },
	{ "before", .before = true },
	{ "entries-before", .entries = true, .before = true },
	{ "dir", .dir = true },
	{ "copies", .copies = true },
	{ "all", true, true, true, true },
};

KUNIT_ARRAY_PARAM_DESC(stray, stray_cases, name);

static void fill_page(bool wanted, u64 *page, u64 value)
{
	if (wanted)
		memset64(page, value, PTRS_PER_PTE);
}

/* Every slot of all shadows, that no place be forgotten. */
static void stray_stores(const struct stray_case *c, u64 leaf, u64 link)
{
	unsigned int n, i;

	for (n = 0; n < nr_shadows; n++) {
		struct nacc_shadow *s = &shadows[n];

		for (i = 0; i < NACC_SHADOW_TABLES; i++) {
			fill_page(c->entries, s->table[i].entries, leaf);
			fill_page(c->before, s->table[i].before, leaf);
		}
		for (i = 1; i <= nacc_top_level(); i++)
			fill_page(c->dir, s->dir[i], link);
		if (!c->copies)
			continue;
		memset(s->mm, 0xff, sizeof(*s->mm) + cpumask_size());
		memset(s->vma, 0xff, sizeof(*s->vma));
	}
}

static void stray_stores_undo(void)
{
	const struct stray_case all = { NULL, true, true, true };

	stray_stores(&all, 0, 0);
}

static unsigned int entries_of(struct test_mm *t, unsigned int area)
{
	unsigned long at = t->area[area], end = at + TEST_STRIDE;
	unsigned int nr = 0;

	for (; at < end; at += PAGE_SIZE) {
		u64 *pte = test_entry(t, at, 0);

		nr += pte && *pte;
	}
	return nr;
}

static int fill_one(struct test_mm *t, unsigned long at)
{
	return put_user(at, (unsigned long __user *)at);
}

/*
 * Areas 0, with holes in each table, and 1, with holes in place of tables, through
 * all that works in a shadow. By the routes alone: there is nothing to do again.
 */
static void stray_use(struct kunit *test, const struct stray_case *c, u64 leaf,
		      u64 link)
{
	struct test_hooks zap = test_hooks("zap"), protect = test_hooks("protect");
	unsigned int area, nr[2];
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, fill_one(&t, t.area[1] + PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	for (area = 0; area < 2; area++) {
		nr[area] = entries_of(&t, area);
		KUNIT_EXPECT_GT(test, nr[area], 0);
		stray_stores(c, leaf, link);
		KUNIT_EXPECT_EQ(test, test_protect(&t, area, PROT_READ), 0);
		stray_stores(c, leaf, link);
		KUNIT_EXPECT_EQ(test, test_protect(&t, area,
						   PROT_READ | PROT_WRITE), 0);
		KUNIT_EXPECT_EQ(test, entries_of(&t, area), nr[area]);
	}
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	for (area = 0; area < 2; area++) {
		stray_stores(c, leaf, link);
		KUNIT_EXPECT_EQ(test, test_unmap(&t, area), 0);
	}
	KUNIT_EXPECT_EQ(test, test_hooks("protect").routed, protect.routed + 4);
	KUNIT_EXPECT_EQ(test, test_hooks("protect").fallback, protect.fallback);
	KUNIT_EXPECT_GE(test, test_hooks("zap").routed, zap.routed + 2);
	KUNIT_EXPECT_EQ(test, test_hooks("zap").fallback, zap.fallback);
	test_mm_end(&t);
}

/* A page and a table of somebody else's: neither installed nor freed nor changed. */
static void shadow_stray(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL);
	struct page *table = nacc_table_alloc(0, GFP_KERNEL);
	unsigned int i, changed = 0;
	u64 leaf, *entries;

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_ASSERT_NOT_NULL(test, table);
	leaf = nacc_pte_relink(_PAGE_PRESENT | _PAGE_READ | _PAGE_WRITE |
			       _PAGE_USER | _PAGE_ACCESSED | _PAGE_DIRTY,
			       page_to_phys(page));
	entries = page_address(table);
	fill_page(true, entries, leaf);
	stray_use(test, test->param_value, leaf, link_to(entries));
	stray_stores_undo();
	for (i = 0; i < PTRS_PER_PTE; i++)
		changed += entries[i] != leaf;
	KUNIT_EXPECT_EQ(test, changed, 0);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&page->_mapcount), -1);
	nacc_table_free(table, 0);
	__free_page(page);
}

static unsigned int count_level1(const u64 *table, unsigned int level)
{
	unsigned int i, nr = 0;

	for (i = 0; i < nacc_entries(level); i++)
		if (level == 1)
			nr += !!table[i];
		else if (nacc_pte_link(table[i]))
			nr += count_level1(__va(nacc_pte_pa(table[i])),
					   level - 1);
	return nr;
}

/* Where something is, from the first address of user space to the last, and no more. */
static void shadow_next(struct kunit *test)
{
	unsigned int nr = 0, steps = 0;
	unsigned long at = 0, first;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	first = t.area[0] + 3 * PMD_SIZE + 5 * PAGE_SIZE;
	KUNIT_EXPECT_EQ(test, fill_one(&t, first), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 1), 0);
	KUNIT_EXPECT_EQ(test, fill_one(&t, t.area[3] + TEST_STRIDE - PAGE_SIZE), 0);
	nr = count_level1((u64 *)t.mm->pgd, nacc_top_level());
	KUNIT_EXPECT_EQ(test, nr, 2 + TEST_STRIDE / PMD_SIZE);
	for (;;) {
		at = nacc_shadow_next(t.mm, at, TASK_SIZE);
		if (at >= TASK_SIZE || ++steps > nr)
			break;
		KUNIT_EXPECT_TRUE(test, test_entry(&t, at, 1) &&
				  *test_entry(&t, at, 1));
		at = (at & PMD_MASK) + PMD_SIZE;
	}
	KUNIT_EXPECT_EQ(test, at, TASK_SIZE);
	KUNIT_EXPECT_EQ(test, steps, nr);

	/* From within a table, and up to one. */
	KUNIT_EXPECT_EQ(test, nacc_shadow_next(t.mm, first, TASK_SIZE), first);
	KUNIT_EXPECT_EQ(test, nacc_shadow_next(t.mm, first + PAGE_SIZE, TASK_SIZE),
			first + PAGE_SIZE);
	at = first & PMD_MASK;
	KUNIT_EXPECT_EQ(test, nacc_shadow_next(t.mm, t.area[0], at), at);
	KUNIT_EXPECT_EQ(test, nacc_shadow_next(t.mm, t.area[0], at + 1), at);
	at += PMD_SIZE;
	KUNIT_EXPECT_EQ(test, nacc_shadow_next(t.mm, at, at + PAGE_SIZE),
			at + PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, nacc_shadow_next(t.mm, at, at), at);
	/* From within a hole, to where the next table begins. */
	at -= 2 * PMD_SIZE;
	KUNIT_EXPECT_EQ(test, nacc_shadow_next(t.mm, at + PAGE_SIZE, TASK_SIZE),
			at + PMD_SIZE);
	test_mm_end(&t);
}

static struct kunit_case shadow_cases[] = {
	KUNIT_CASE_SLOW(shadow_alloc_fails),
	KUNIT_CASE(shadow_clean),
	KUNIT_CASE(shadow_batch_fails),
	KUNIT_CASE(shadow_pieces),
	KUNIT_CASE_PARAM(shadow_stray, stray_gen_params),
	KUNIT_CASE(shadow_next),
	{}
};

static struct kunit_suite shadow_suite = {
	.name = "nacc_shadow",
	.init = account_init,
	.exit = account_exit,
	.test_cases = shadow_cases,
};

kunit_test_suite(shadow_suite);
