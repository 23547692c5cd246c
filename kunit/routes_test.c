// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel's paths do beside the entries, where a route takes their place.
 * The table is in docs/hooks.md, which also says where the rest of it is tested.
 */
#include <linux/mman.h>
#include <linux/percpu_counter.h>

#include "env.h"

/* A marked address space with memory in area 0. */
static bool begin(struct kunit *test, struct test_mm *t)
{
	int ret = test_mm_begin(t);

	KUNIT_EXPECT_EQ(test, ret, 0);
	if (ret)
		return false;
	KUNIT_EXPECT_EQ(test, test_fill(t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(t), 0);
	return true;
}

/* Reclaim has unmapped something and will flush later: as set_tlb_ubc_flush_pending(). */
static void let_flush_pend(struct test_mm *t)
{
	atomic_set(&t->mm->tlb_flush_batched, 1);
}

/* Has flush_tlb_batched_pending() been here? */
static bool flush_pends(struct test_mm *t)
{
	int batched = atomic_read(&t->mm->tlb_flush_batched);

	return (batched & 0x7fff) != (batched >> 16);
}

/* Whoever touches the tables next has to flush, and does. */
static void routes_batched_flush(struct kunit *test)
{
	struct test_mm t;

	if (!begin(test, &t))
		return;
	let_flush_pend(&t);
	KUNIT_EXPECT_EQ(test, test_protect(&t, 0, PROT_READ), 0);
	KUNIT_EXPECT_FALSE(test, flush_pends(&t));
	let_flush_pend(&t);
	KUNIT_EXPECT_EQ(test, test_protect(&t, 0, PROT_READ | PROT_WRITE), 0);
	KUNIT_EXPECT_FALSE(test, flush_pends(&t));
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	let_flush_pend(&t);
	KUNIT_EXPECT_EQ(test, test_unmap(&t, 0), 0);
	KUNIT_EXPECT_FALSE(test, flush_pends(&t));
	test_mm_end(&t);
}

/* Reclaim came when the route was under way: all of the piece is done again. */
static void routes_late_flush(struct kunit *test)
{
	struct nacc_shadow *s = nacc_shadow_get();
	struct nacc_piece p, run;
	unsigned int i = 0, n;
	struct test_mm t;

	KUNIT_ASSERT_NOT_NULL(test, s);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	p = nacc_shadow_piece(t.area[0] + PAGE_SIZE, t.area[0] + TEST_STRIDE);
	for (n = 0; n < p.nr; n++)
		s->table[n].rest = false;
	KUNIT_EXPECT_FALSE(test, nacc_shadow_rest(s, t.mm, &p, &i, &run));
	let_flush_pend(&t);
	i = 0;
	KUNIT_EXPECT_TRUE(test, nacc_shadow_rest(s, t.mm, &p, &i, &run));
	KUNIT_EXPECT_EQ(test, run.start, p.start);
	KUNIT_EXPECT_EQ(test, run.end, p.end);
	KUNIT_EXPECT_FALSE(test, nacc_shadow_rest(s, t.mm, &p, &i, &run));
	nacc_shadow_put(s);
	test_mm_end(&t);
}

static long anon_pages(struct test_mm *t)
{
	return percpu_counter_sum(&t->mm->rss_stat[MM_ANONPAGES]);
}

/* The mm, not its copy, is what pages are taken off. */
static void routes_rss(struct kunit *test)
{
	struct test_hooks zap;
	struct test_mm t;
	long pages;

	if (!begin(test, &t))
		return;
	pages = anon_pages(&t);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 1), 0);
	KUNIT_EXPECT_GT(test, anon_pages(&t), pages);
	KUNIT_EXPECT_EQ(test, test_protect(&t, 1, PROT_READ), 0);
	KUNIT_EXPECT_EQ(test, test_protect(&t, 1, PROT_READ | PROT_WRITE), 0);
	zap = test_hooks("zap");
	KUNIT_EXPECT_EQ(test, test_unmap(&t, 1), 0);
	KUNIT_EXPECT_GT(test, test_hooks("zap").routed, zap.routed);
	KUNIT_EXPECT_EQ(test, anon_pages(&t), pages);
	test_mm_end(&t);
}

static struct kunit_case routes_cases[] = {
	KUNIT_CASE(routes_batched_flush),
	KUNIT_CASE(routes_late_flush),
	KUNIT_CASE(routes_rss),
	{}
};

static struct kunit_suite routes_suite = {
	.name = "nacc_routes",
	.init = account_init,
	.exit = account_exit,
	.test_cases = routes_cases,
};

kunit_test_suite(routes_suite);
