// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel's paths do beside the entries, where a route takes their place.
 * The table is in docs/hooks.md, which also says where the rest of it is tested.
 */
#include <linux/kprobes.h>
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

/* What is left is told in runs of tables, of which none goes beyond the piece. */
static void routes_runs(struct kunit *test)
{
	static const bool rest[] = { true, false, true, true, false, false, false, true };
	struct nacc_shadow *s = nacc_shadow_get();
	struct nacc_piece p, run;
	unsigned int i, n;
	struct test_mm t;

	KUNIT_ASSERT_NOT_NULL(test, s);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	p = nacc_shadow_piece(t.area[0] + PAGE_SIZE,
			      t.area[0] + TEST_STRIDE - PAGE_SIZE);
	KUNIT_ASSERT_EQ(test, p.nr, ARRAY_SIZE(rest));
	for (n = 0; n < p.nr; n++)
		s->table[n].rest = rest[n];
	i = 0;
	KUNIT_EXPECT_TRUE(test, nacc_shadow_rest(s, t.mm, &p, &i, &run));
	KUNIT_EXPECT_EQ(test, run.start, p.start);
	KUNIT_EXPECT_EQ(test, run.end, t.area[0] + PMD_SIZE);
	KUNIT_EXPECT_TRUE(test, nacc_shadow_rest(s, t.mm, &p, &i, &run));
	KUNIT_EXPECT_EQ(test, run.start, t.area[0] + 2 * PMD_SIZE);
	KUNIT_EXPECT_EQ(test, run.end, t.area[0] + 4 * PMD_SIZE);
	KUNIT_EXPECT_TRUE(test, nacc_shadow_rest(s, t.mm, &p, &i, &run));
	KUNIT_EXPECT_EQ(test, run.start, t.area[0] + 7 * PMD_SIZE);
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

/* All pages of one table, and one page of the next. */
static int fill_mixed(struct test_mm *t)
{
	unsigned long at;

	for (at = t->area[1]; at <= t->area[1] + PMD_SIZE; at += PAGE_SIZE)
		if (put_user(1UL, (unsigned long __user *)at))
			return -EFAULT;
	return 0;
}

static bool is_writable(struct test_mm *t, unsigned long va)
{
	u64 *entry = test_entry(t, va, 0);

	return entry && READ_ONCE(*entry) & _PAGE_WRITE;
}

static const struct mm_struct *flushed_of;
static unsigned long flushed_from, flushed_to;

static int note_flush(struct kprobe *kp, struct pt_regs *regs)
{
	if ((void *)regs->a0 != flushed_of)
		return 0;
	flushed_from = min(flushed_from, regs->a1);
	flushed_to = max(flushed_to, regs->a2);
	return 0;
}

static int probe_flush(struct kprobe *kp)
{
	int offset, ret = -ENOENT;

	/* With ftrace, behind its call. */
	for (offset = 0; ret && offset <= 8; offset += 8) {
		*kp = (struct kprobe){
			.symbol_name = "flush_tlb_mm_range",
			.offset = offset,
			.pre_handler = note_flush,
		};
		ret = register_kprobe(kp);
	}
	return ret;
}

/*
 * What was writable and is not any more is flushed by the end of the call. The data
 * would show it on a machine only that keeps its TLB while the kernel turns SUM on.
 */
static void routes_flush(struct kunit *test)
{
	struct test_hooks protect;
	struct test_mm t;
	struct kprobe kp;

	KUNIT_ASSERT_EQ(test, probe_flush(&kp), 0);
	if (!begin(test, &t))
		goto out;
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	flushed_of = t.mm;
	flushed_from = ULONG_MAX;
	flushed_to = 0;
	protect = test_hooks("protect");
	KUNIT_EXPECT_EQ(test, test_protect(&t, 0, PROT_READ), 0);
	KUNIT_EXPECT_EQ(test, test_hooks("protect").routed, protect.routed + 1);
	KUNIT_EXPECT_EQ(test, test_hooks("protect").fallback, protect.fallback);
	KUNIT_EXPECT_LE(test, flushed_from, t.area[0]);
	KUNIT_EXPECT_GE(test, flushed_to, t.area[0] + TEST_STRIDE);
	flushed_of = NULL;
	test_mm_end(&t);
out:
	unregister_kprobe(&kp);
}

/* A call pays for the one table and not for the other: both come to the same. */
static void routes_mixed(struct kunit *test)
{
	struct test_hooks zap, protect;
	unsigned long full, single;
	struct test_mm t;
	long pages;

	nacc_eager = false;
	if (!begin(test, &t))
		goto out;
	pages = anon_pages(&t);
	full = t.area[1];
	single = t.area[1] + PMD_SIZE;
	KUNIT_EXPECT_EQ(test, fill_mixed(&t), 0);
	KUNIT_EXPECT_TRUE(test, is_writable(&t, full) && is_writable(&t, single));
	protect = test_hooks("protect");
	KUNIT_EXPECT_EQ(test, test_protect(&t, 1, PROT_READ), 0);
	KUNIT_EXPECT_FALSE(test, is_writable(&t, full));
	KUNIT_EXPECT_FALSE(test, is_writable(&t, single));
	KUNIT_EXPECT_EQ(test, test_protect(&t, 1, PROT_READ | PROT_WRITE), 0);
	KUNIT_EXPECT_TRUE(test, is_writable(&t, full));
	KUNIT_EXPECT_TRUE(test, is_writable(&t, single));
	KUNIT_EXPECT_EQ(test, test_hooks("protect").routed, protect.routed + 2);
	KUNIT_EXPECT_EQ(test, test_hooks("protect").fallback, protect.fallback + 2);
	zap = test_hooks("zap");
	KUNIT_EXPECT_EQ(test, test_unmap(&t, 1), 0);
	KUNIT_EXPECT_EQ(test, test_hooks("zap").routed, zap.routed + 1);
	KUNIT_EXPECT_EQ(test, test_hooks("zap").fallback, zap.fallback + 1);
	KUNIT_EXPECT_EQ(test, anon_pages(&t), pages);
	test_mm_end(&t);
out:
	nacc_eager = true;
}

static struct kunit_case routes_cases[] = {
	KUNIT_CASE(routes_batched_flush),
	KUNIT_CASE(routes_late_flush),
	KUNIT_CASE(routes_runs),
	KUNIT_CASE(routes_rss),
	KUNIT_CASE(routes_mixed),
	KUNIT_CASE(routes_flush),
	{}
};

static struct kunit_suite routes_suite = {
	.name = "nacc_routes",
	.init = account_init,
	.exit = account_exit,
	.test_cases = routes_cases,
};

kunit_test_suite(routes_suite);
