// SPDX-License-Identifier: GPL-2.0
/* Tests of shadow.c, which includes this file. */
#include "env.h"

static unsigned int dirty_entries(const struct nacc_shadow *s)
{
	unsigned int i, level, dirty = 0;

	for (i = 0; i < NACC_SHADOW_TABLES; i++) {
		dirty += !!memchr_inv(s->table[i].entries, 0, PAGE_SIZE);
		dirty += !!memchr_inv(s->table[i].before, 0, PAGE_SIZE);
	}
	for (level = 1; level <= nacc_top_level(); level++)
		dirty += !!memchr_inv(s->dir[level], 0, PAGE_SIZE);
	return dirty;
}

/* Each allocation of one of them fails once. */
static void shadow_alloc_fails(struct kunit *test)
{
	struct nacc_shadow *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	unsigned int nth, failed = 0;
	bool hit = true;
	int ret;

	KUNIT_ASSERT_NOT_NULL(test, s);
	KUNIT_ASSERT_EQ(test, alloc_fault_prepare(), 0);
	for (nth = 1; hit; nth++) {
		memset(s, 0, sizeof(*s));
		alloc_fault_set(nth);
		ret = shadow_alloc(s);
		hit = alloc_fault_clear();
		/* It may hit what a debugging kernel allocates, and can do without. */
		if (ret)
			KUNIT_EXPECT_TRUE(test, hit && ret == -ENOMEM);
		failed += !!ret;
		shadow_free(s);
	}
	KUNIT_EXPECT_GE(test, failed, NACC_SHADOW_TABLES + nacc_top_level());
}

/* What has been in use is zero again, and all of them can be had. */
static void shadow_clean(struct kunit *test)
{
	unsigned int i, area;
	struct test_mm t;

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

static struct kunit_case shadow_cases[] = {
	KUNIT_CASE_SLOW(shadow_alloc_fails),
	KUNIT_CASE(shadow_clean),
	KUNIT_CASE(shadow_pieces),
	{}
};

static struct kunit_suite shadow_suite = {
	.name = "nacc_shadow",
	.init = account_init,
	.exit = account_exit,
	.test_cases = shadow_cases,
};

kunit_test_suite(shadow_suite);
