// SPDX-License-Identifier: GPL-2.0
/* Tests of icache.c, which includes this file. */
#include <linux/kprobes.h>
#include <linux/mman.h>

#include "env.h"

static atomic_t flushes;

static int count_flush(struct kprobe *kp, struct pt_regs *regs)
{
	atomic_inc(&flushes);
	return 0;
}

/* Behind ftrace's entry, where there is one. */
static int probe_flushes(struct kprobe *kp)
{
	unsigned int offset;
	int ret = -ENOENT;

	for (offset = 0; ret && offset <= 8; offset += 8) {
		*kp = (struct kprobe){
			.symbol_name = "flush_icache_all",
			.offset = offset,
			.pre_handler = count_flush,
		};
		ret = register_kprobe(kp);
	}
	atomic_set(&flushes, 0);
	return ret;
}

/* Pages of an area that are there, and how many of them are @clean. */
static unsigned int pages_of(struct test_mm *t, unsigned int area,
			     unsigned int *clean)
{
	unsigned long at = t->area[area];
	unsigned int nr = 0;

	*clean = 0;
	for (; at < t->area[area] + TEST_STRIDE; at += PAGE_SIZE) {
		u64 *pte = test_entry(t, at, 0);

		if (!pte || !nacc_pte_present(*pte))
			continue;
		*clean += !unclean_folio(*pte);
		nr++;
	}
	return nr;
}

/**
 * struct exec_case - a way to make pages executable
 * @name: its name
 * @rights: PROT_*
 */
struct exec_case {
	const char *name;
	unsigned long rights;
};

static const struct exec_case exec_cases[] = {
	{ "by-call", PROT_READ | PROT_EXEC },
	{ "by-shadow", PROT_READ | PROT_WRITE | PROT_EXEC },
};

KUNIT_ARRAY_PARAM_DESC(exec_cases, exec_cases, name);

/* New pages: each becomes clean, and the harts are told, once is enough. */
static void icache_exec(struct kunit *test)
{
	const struct exec_case *c = test->param_value;
	struct test_hooks before, after;
	unsigned int nr, clean;
	struct test_mm t;
	struct kprobe kp;

	KUNIT_ASSERT_EQ(test, probe_flushes(&kp), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	nr = pages_of(&t, 0, &clean);
	KUNIT_EXPECT_GT(test, nr, 0);
	KUNIT_EXPECT_EQ(test, clean, 0);
	/* A mark places hooks, and to change the kernel's text is to flush. */
	atomic_set(&flushes, 0);
	KUNIT_EXPECT_EQ(test, test_protect(&t, 0, PROT_READ), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&flushes), 0);

	before = test_hooks("protect");
	KUNIT_EXPECT_EQ(test, test_protect(&t, 0, c->rights), 0);
	after = test_hooks("protect");
	KUNIT_EXPECT_EQ(test, after.routed, before.routed + 1);
	KUNIT_EXPECT_EQ(test, after.fallback, before.fallback);
	KUNIT_EXPECT_EQ(test, pages_of(&t, 0, &clean), nr);
	KUNIT_EXPECT_EQ(test, clean, nr);
	KUNIT_EXPECT_GT(test, atomic_read(&flushes), 0);

	/* They are clean, so that nobody is told again. */
	atomic_set(&flushes, 0);
	KUNIT_EXPECT_EQ(test, test_protect(&t, 0, PROT_READ), 0);
	KUNIT_EXPECT_EQ(test, test_protect(&t, 0, c->rights), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&flushes), 0);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	test_mm_end(&t);
	unregister_kprobe(&kp);
}

static u64 entry_of(struct page *page)
{
	return (u64)page_to_pfn(page) << _PAGE_PFN_SHIFT | _PAGE_PRESENT | _PAGE_EXEC;
}

static bool is_clean(struct page *page)
{
	return test_bit(PG_dcache_clean, nacc_folio_flags(page_folio(page)));
}

#define ENTRIES	4

/* Those that are asked for, but what maps nothing, or nothing that is memory. */
static void icache_entries(struct kunit *test)
{
	struct page *page[ENTRIES];
	u64 entry[ENTRIES];
	unsigned int i;

	for (i = 0; i < ENTRIES; i++) {
		page[i] = alloc_page(GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, page[i]);
		clear_bit(PG_dcache_clean, nacc_folio_flags(page_folio(page[i])));
		entry[i] = entry_of(page[i]);
	}
	/* A swap entry, whatever it says. */
	entry[0] &= ~_PAGE_PRESENT;
	KUNIT_EXPECT_NULL(test, unclean_folio(entry[0]));
	KUNIT_EXPECT_NULL(test, unclean_folio(NACC_PTE_PPN | _PAGE_PRESENT | _PAGE_EXEC));
	KUNIT_EXPECT_PTR_EQ(test, unclean_folio(entry[1]), page_folio(page[1]));
	nacc_icache_flush(entry, ENTRIES - 1);
	KUNIT_EXPECT_FALSE(test, is_clean(page[0]));
	KUNIT_EXPECT_TRUE(test, is_clean(page[1]));
	KUNIT_EXPECT_TRUE(test, is_clean(page[ENTRIES - 2]));
	KUNIT_EXPECT_FALSE(test, is_clean(page[ENTRIES - 1]));
	KUNIT_EXPECT_NULL(test, unclean_folio(entry[1]));
	for (i = 0; i < ENTRIES; i++)
		__free_page(page[i]);
}

static struct kunit_case icache_cases[] = {
	KUNIT_CASE_PARAM(icache_exec, exec_cases_gen_params),
	KUNIT_CASE(icache_entries),
	{}
};

static struct kunit_suite icache_suite = {
	.name = "nacc_icache",
	.init = account_init,
	.exit = account_exit,
	.test_cases = icache_cases,
};

kunit_test_suite(icache_suite);
