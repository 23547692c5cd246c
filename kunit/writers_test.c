// SPDX-License-Identifier: GPL-2.0
/* Tests of writers.c, which includes this file; they run before .init goes. */
#include <linux/slab.h>

#include "env.h"

static void __init writers_names(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, is_writer("set_pte_range"));
	KUNIT_EXPECT_TRUE(test, is_writer("set_pte_range.isra.0"));
	KUNIT_EXPECT_TRUE(test, is_writer("set_pte_range.constprop.0.cold"));
	KUNIT_EXPECT_FALSE(test, is_writer("set_pte_range2"));
	KUNIT_EXPECT_FALSE(test, is_writer("set_pte_rang"));
	KUNIT_EXPECT_FALSE(test, is_writer("memcpy"));
	KUNIT_EXPECT_FALSE(test, is_writer(""));
	KUNIT_EXPECT_FALSE(test, is_writer(".cold"));
}

static void __init writers_merge(struct kunit *test)
{
	struct nacc_sbi_range r[] = {
		{ 10, 20 }, { 20, 30 }, { 25, 28 }, { 40, 50 }, { 41, 60 },
		{ 70, 80 },
	};

	KUNIT_EXPECT_EQ(test, merge_ranges(r, 0), 0);
	KUNIT_EXPECT_EQ(test, merge_ranges(r, 1), 1);
	KUNIT_EXPECT_EQ(test, merge_ranges(r, ARRAY_SIZE(r)), 3);
	KUNIT_EXPECT_EQ(test, r[0].start, 10);
	KUNIT_EXPECT_EQ(test, r[0].end, 30);
	KUNIT_EXPECT_EQ(test, r[1].start, 40);
	KUNIT_EXPECT_EQ(test, r[1].end, 60);
	KUNIT_EXPECT_EQ(test, r[2].start, 70);
	KUNIT_EXPECT_EQ(test, r[2].end, 80);
}

static bool __init in_ranges(const struct nacc_sbi_range *r, unsigned int nr,
			     unsigned long addr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (addr >= r[i].start && addr < r[i].end)
			return true;
	return false;
}

/* What the running kernel has, and nothing but that. */
static void __init writers_found(struct kunit *test)
{
	struct nacc_sbi_range *r = kunit_kcalloc(test, WRITERS_MAX, sizeof(*r),
						 GFP_KERNEL);
	unsigned int nr, i, bad = 0;

	KUNIT_ASSERT_NOT_NULL(test, r);
	nr = nacc_writers_find(r);
	KUNIT_EXPECT_GT(test, nr, 20);
	/* Those of the scenario's drop-in stand alone, or adjoin one of these. */
	KUNIT_EXPECT_GE(test, nacc_setup_writers(), nr);
	KUNIT_EXPECT_LE(test, nacc_setup_writers(), nr + nacc_learned_count());
	for (i = 0; i < nr; i++)
		bad += r[i].start >= r[i].end ||
		       (i && r[i].start <= r[i - 1].end);
	KUNIT_EXPECT_EQ(test, bad, 0);
	KUNIT_EXPECT_TRUE(test, in_ranges(r, nr,
					  nacc_ksym.lookup("set_pte_range")));
	KUNIT_EXPECT_FALSE(test, in_ranges(r, nr, nacc_ksym.lookup("memcpy")));
	KUNIT_EXPECT_FALSE(test, in_ranges(r, nr,
					   (unsigned long)nacc_sbi_call));
}

/* Whole functions of the kernel's own text, and no more than there is room for. */
static void __init writers_visit(struct kunit *test)
{
	unsigned long at = nacc_ksym.lookup("set_pte_range"), size, offset;
	struct nacc_sbi_range *r = kunit_kcalloc(test, WRITERS_MAX, sizeof(*r),
						 GFP_KERNEL);
	struct search s = { .range = r, .text = at, .etext = at + 1 };

	KUNIT_ASSERT_TRUE(test, r && at);
	KUNIT_ASSERT_TRUE(test, nacc_ksym.lookup_size(at, &size, &offset));
	KUNIT_EXPECT_EQ(test, visit_symbol(&s, "set_pte_range", at), 0);
	KUNIT_EXPECT_EQ(test, s.nr, 1);
	KUNIT_EXPECT_EQ(test, r[0].start, at);
	KUNIT_EXPECT_EQ(test, r[0].end, at + size);
	/* A place within it, another function, other text. */
	s.etext = at + 4;
	KUNIT_EXPECT_EQ(test, visit_symbol(&s, "set_pte_range", at + 2), 0);
	KUNIT_EXPECT_EQ(test, visit_symbol(&s, "memcpy", at), 0);
	s.text = at + 1;
	KUNIT_EXPECT_EQ(test, visit_symbol(&s, "set_pte_range", at), 0);
	s.text = at - 1;
	s.etext = at;
	KUNIT_EXPECT_EQ(test, visit_symbol(&s, "set_pte_range", at), 0);
	KUNIT_EXPECT_EQ(test, s.nr, 1);
	s.etext = at + 1;
	s.nr = WRITERS_MAX;
	KUNIT_EXPECT_EQ(test, visit_symbol(&s, "set_pte_range", at), -ENOSPC);
	KUNIT_EXPECT_EQ(test, s.nr, WRITERS_MAX);
}

/* What is missing: with WHAT hidden this, before what this kernel itself has inlined. */
static void __init expect_missing(struct kunit *test, const char *what, const char *inlined)
{
	char *both = kunit_kzalloc(test, SZ_2K, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, both);
	scnprintf(both, SZ_2K, "%s%s%s", what, *what && *inlined ? "," : "", inlined);
	KUNIT_EXPECT_STREQ(test, nacc_essential_missing(), both);
	KUNIT_EXPECT_EQ(test, nacc_essential_known(),
			(!*both && !nacc_installers_unlisted()[0]) || nacc_learned_complete());
}

/* What hide_writers= names is none, and what is essential of it is missed. */
static void __init writers_hidden(struct kunit *test)
{
	struct nacc_sbi_range *r = kunit_kcalloc(test, WRITERS_MAX, sizeof(*r),
						 GFP_KERNEL);
	const char *inlined = kunit_kstrdup(test, nacc_essential_missing(), GFP_KERNEL);
	char *before = hide_writers;

	KUNIT_ASSERT_NOT_NULL(test, r);
	KUNIT_ASSERT_NOT_NULL(test, inlined);
	/* A kernel of another compiler than Debian's: the scenario's drop-in vouches for it. */
	KUNIT_EXPECT_TRUE(test, nacc_essential_known());
	hide_writers = "set_pte_rang,copy_page_range,set_pte_range2";
	KUNIT_EXPECT_TRUE(test, is_writer("set_pte_range"));
	KUNIT_EXPECT_FALSE(test, is_writer("copy_page_range"));
	KUNIT_EXPECT_FALSE(test, is_writer("copy_page_range.cold"));
	nacc_writers_find(r);
	expect_missing(test, "fork", inlined);
	/* Either name will do for this one. */
	hide_writers = "set_pte_range,unmap_page_range,__zap_vma_range";
	nacc_writers_find(r);
	expect_missing(test, "map-file,unmap", inlined);
	hide_writers = before;
	nacc_writers_find(r);
	expect_missing(test, "", inlined);
}

static bool __init all_found(const char *name)
{
	return true;
}

/* A series that was tried, and not what begins like one: with all its functions there. */
static void __init writers_tried(struct kunit *test)
{
	static const char * const tried_ones[] __initconst = { "6.12.117+deb13-riscv64", "7.2.13" };
	static const char * const others[] __initconst = {
		"6.1.12", "6.13.2-riscv64", "7.1.9", "7.20.1", "8.0.0", "",
		"7.2.0-rc7", "7.2.0-next-20260801",
	};
	struct nacc_sbi_range *r = kunit_kcalloc(test, WRITERS_MAX, sizeof(*r), GFP_KERNEL);
	const char *inlined = kunit_kstrdup(test, nacc_essential_missing(), GFP_KERNEL);
	char *before = kunit_kstrdup(test, init_utsname()->release, GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, r);
	KUNIT_ASSERT_NOT_NULL(test, inlined);
	KUNIT_ASSERT_NOT_NULL(test, before);
	for (i = 0; i < ARRAY_SIZE(tried_ones); i++) {
		nacc_essential_check(all_found, tried_ones[i]);
		expect_missing(test, "", "");
	}
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		nacc_essential_check(all_found, others[i]);
		expect_missing(test, "this-series", "");
	}
	/* It is the running kernel's that counts. */
	strscpy(init_utsname()->release, "6.13.2", sizeof(init_utsname()->release));
	nacc_writers_find(r);
	strscpy(init_utsname()->release, before, sizeof(init_utsname()->release));
	expect_missing(test, "this-series", inlined);
	nacc_writers_find(r);
	expect_missing(test, "", inlined);
}

static void __init writers_order(struct kunit *test)
{
	const struct nacc_sbi_range a = { 10, 50 }, b = { 20, 30 };

	KUNIT_EXPECT_LT(test, range_cmp(&a, &b), 0);
	KUNIT_EXPECT_GT(test, range_cmp(&b, &a), 0);
	KUNIT_EXPECT_EQ(test, range_cmp(&a, &a), 0);
}

static struct kunit_case __refdata writers_cases[] = {
	KUNIT_CASE(writers_names),
	KUNIT_CASE(writers_merge),
	KUNIT_CASE(writers_found),
	KUNIT_CASE(writers_visit),
	KUNIT_CASE(writers_hidden),
	KUNIT_CASE(writers_tried),
	KUNIT_CASE(writers_order),
	{}
};

static struct kunit_suite __refdata writers_suite = {
	.name = "nacc_writers",
	.test_cases = writers_cases,
};

kunit_test_init_section_suite(writers_suite);
