// SPDX-License-Identifier: GPL-2.0
/* Tests of installers.c, which includes this file; they run before .init goes. */
#include <linux/slab.h>

#include "env.h"

#define RA	1
#define T1	6

#define AUIPC(rd, off)	(0x17 | (rd) << 7 | ((u32)(off) & 0xfffff000))
#define JALR(rd, rs, off)	(0x67 | (rd) << 7 | (rs) << 15 | ((u32)(off) & 0xfff) << 20)

static u32 __init jal(unsigned int rd, u32 off)
{
	return 0x6f | rd << 7 | (off >> 20 & 1) << 31 | (off >> 1 & 0x3ff) << 21 |
	       (off >> 11 & 1) << 20 | (off >> 12 & 0xff) << 12;
}

/* Is it a call of what is @off bytes from there, and of nothing beside that? */
static bool __init goes(u32 first, u32 second, long off)
{
	u16 code[] = { first, first >> 16, second, second >> 16 };
	unsigned long to = (unsigned long)code + off;

	return calls(code, to) && !calls(code, to + 2) && !calls(code, to - 2);
}

static void __init installers_calls(struct kunit *test)
{
	static const int offsets[] __initconst = {
		2, 0x7fe, 0x800, 0x1000, 0xff000, 0xffffe, -2, -0x800, -0x1000, -0x100000,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		KUNIT_EXPECT_TRUE(test, goes(jal(RA, offsets[i]), 0, offsets[i]));
		/* What ends a function may jump there. */
		KUNIT_EXPECT_TRUE(test, goes(jal(0, offsets[i]), 0, offsets[i]));
	}
	KUNIT_EXPECT_TRUE(test, goes(AUIPC(RA, 0x12345000), JALR(RA, RA, 0x678), 0x12345678));
	KUNIT_EXPECT_TRUE(test, goes(AUIPC(RA, 0x12345000), JALR(RA, RA, -8), 0x12344ff8));
	KUNIT_EXPECT_TRUE(test, goes(AUIPC(T1, -0x12345000L), JALR(0, T1, 8), -0x12344ff8L));
	/* By another register, lui, and what is no jump */
	KUNIT_EXPECT_FALSE(test, goes(AUIPC(RA, 0x1000), JALR(RA, T1, 8), 0x1008));
	KUNIT_EXPECT_FALSE(test, goes(AUIPC(RA, 0x1000) | BIT(5), JALR(RA, RA, 8), 0x1008));
	KUNIT_EXPECT_FALSE(test, goes(AUIPC(RA, 0x1000), JALR(RA, RA, 8) ^ BIT(2), 0x1008));
}

/* At each instruction of a function, and in the middle of none */
static void __init installers_insn(struct kunit *test)
{
	unsigned long at, size, off, start = nacc_ksym.lookup("set_pte_range");
	unsigned int longs = 0;

	KUNIT_ASSERT_TRUE(test, nacc_ksym.lookup_size(start, &size, &off));
	for (at = start; at < start + 64; at += 2) {
		KUNIT_EXPECT_TRUE_MSG(test, is_insn(at), "+%#lx", at - start);
		if ((*(const u16 *)at & 3) != 3)
			continue;
		at += 2;
		longs++;
		KUNIT_EXPECT_FALSE_MSG(test, is_insn(at), "+%#lx", at - start);
	}
	KUNIT_EXPECT_GT(test, longs, 0);
	/* Of no function: it is taken for one. */
	KUNIT_EXPECT_TRUE(test, is_insn(PAGE_SIZE + 2));
}

static void __init installers_known(struct kunit *test)
{
	const struct nacc_sbi_range r[] = { { 10, 20 }, { 30, 40 } };

	KUNIT_EXPECT_FALSE(test, is_known(9, r, 2));
	KUNIT_EXPECT_TRUE(test, is_known(10, r, 2));
	KUNIT_EXPECT_TRUE(test, is_known(19, r, 2));
	KUNIT_EXPECT_FALSE(test, is_known(20, r, 2));
	KUNIT_EXPECT_TRUE(test, is_known(39, r, 2));
	KUNIT_EXPECT_FALSE(test, is_known(30, r, 1));
	KUNIT_EXPECT_FALSE(test, is_known(10, r, 0));
	KUNIT_EXPECT_TRUE(test, fills_own_half("vmap_range_noflush", 18));
	KUNIT_EXPECT_FALSE(test, fills_own_half("vmap_range_noflush", 17));
	KUNIT_EXPECT_FALSE(test, fills_own_half("vmap_range_noflush2", 19));
}

/* Of the running kernel: all, if none is a writer, each once; what it was, afterwards. */
static void __init installers_here(struct kunit *test)
{
	char *before = kunit_kstrdup(test, nacc_installers_unlisted(), GFP_KERNEL);
	const struct nacc_sbi_range all = { 0, ULONG_MAX };
	const char *set = "set_pte_range";

	KUNIT_ASSERT_NOT_NULL(test, before);
	nacc_installers_check(&all, 1);
	KUNIT_EXPECT_STREQ(test, nacc_installers_unlisted(), "");
	KUNIT_EXPECT_EQ(test, nacc_essential_known(),
			!nacc_essential_missing()[0] || nacc_learned_complete());
	nacc_installers_check(NULL, 0);
	KUNIT_EXPECT_GT(test, strlen(nacc_installers_unlisted()), 100);
	KUNIT_EXPECT_FALSE(test, nacc_listed(nacc_installers_unlisted(), "vmap_range_noflush", 18));
	KUNIT_EXPECT_EQ(test, nacc_essential_known(), nacc_learned_complete());
	unlisted[0] = '\0';
	note(nacc_ksym.lookup(set));
	note(nacc_ksym.lookup(set) + 8);
	KUNIT_EXPECT_STREQ(test, nacc_installers_unlisted(), set);
	strscpy(unlisted, before, sizeof(unlisted));
}

static typeof(nacc_ksym.lookup) lookup_here __initdata;

static unsigned long __init lookup_none(const char *name)
{
	return strcmp(name, CALLED) ? lookup_here(name) : 0;
}

static unsigned long __init lookup_other(const char *name)
{
	return lookup_here(strcmp(name, CALLED) ? name : "mm_take_all_locks");
}

/* Where there is no such function, or hardly anybody calls it, nothing is known. */
static void __init installers_none(struct kunit *test)
{
	char *before = kunit_kstrdup(test, nacc_installers_unlisted(), GFP_KERNEL);
	const struct nacc_sbi_range all = { 0, ULONG_MAX };

	KUNIT_ASSERT_NOT_NULL(test, before);
	lookup_here = nacc_ksym.lookup;
	nacc_ksym.lookup = lookup_none;
	nacc_installers_check(&all, 1);
	KUNIT_EXPECT_STREQ(test, nacc_installers_unlisted(), "installers");
	nacc_ksym.lookup = lookup_other;
	nacc_installers_check(&all, 1);
	KUNIT_EXPECT_STREQ(test, nacc_installers_unlisted(), "installers");
	nacc_ksym.lookup = lookup_here;
	nacc_installers_check(&all, 1);
	KUNIT_EXPECT_STREQ(test, nacc_installers_unlisted(), "");
	strscpy(unlisted, before, sizeof(unlisted));
}

static struct kunit_case __refdata installers_cases[] = {
	KUNIT_CASE(installers_calls),
	KUNIT_CASE(installers_insn),
	KUNIT_CASE(installers_none),
	KUNIT_CASE(installers_known),
	KUNIT_CASE(installers_here),
	{}
};

static struct kunit_suite __refdata installers_suite = {
	.name = "nacc_installers",
	.test_cases = installers_cases,
};

kunit_test_init_section_suite(installers_suite);
