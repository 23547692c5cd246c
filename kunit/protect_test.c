// SPDX-License-Identifier: GPL-2.0
/* Tests of protect.c, which includes this file. */
#include "env.h"

/* Some entry that is there, and one of a page that is swapped out. */
#define HERE	(_PAGE_PRESENT | _PAGE_READ | _PAGE_WRITE | _PAGE_USER | PAGE_SIZE)
#define AWAY	((u64)PAGE_SIZE << 8)

static const struct copy_case {
	const char *name;
	u64 first, second;
	bool any, rest;
} copy_cases[] = {
	{ "none", 0, 0, false, false },
	{ "here", HERE, 0, true, false },
	{ "away", 0, AWAY, false, true },
	{ "both", HERE, AWAY, true, true },
};

KUNIT_ARRAY_PARAM_DESC(copy_cases, copy_cases, name);

/* Only what is there is copied; of what is away the kernel's own way takes care. */
static void protect_copy(struct kunit *test)
{
	const struct copy_case *c = test->param_value;
	struct nacc_shadow_table *t;
	u64 *frame;

	t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	frame = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_TRUE(test, t && frame);
	t->entries = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	t->before = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_TRUE(test, t->entries && t->before);
	/* What an attacker has left there since the last time is overwritten. */
	memset(t->entries, 0xff, PAGE_SIZE);
	memset(t->before, 0xff, PAGE_SIZE);
	t->first = 7;
	t->nr = 2;
	frame[7] = c->first;
	frame[8] = c->second;
	frame[9] = AWAY;	/* of another piece */
	KUNIT_EXPECT_EQ(test, copy_valid(t, frame), c->any);
	KUNIT_EXPECT_EQ(test, t->rest, c->rest);
	KUNIT_EXPECT_EQ(test, t->entries[7], c->first);
	KUNIT_EXPECT_EQ(test, t->before[7], c->first);
	KUNIT_EXPECT_EQ(test, t->entries[8], 0);
	KUNIT_EXPECT_EQ(test, t->before[8], 0);
	KUNIT_EXPECT_EQ(test, t->entries[9], ~0ULL);
}

static struct kunit_case protect_cases[] = {
	KUNIT_CASE_PARAM(protect_copy, copy_cases_gen_params),
	{}
};

static struct kunit_suite protect_suite = {
	.name = "nacc_protect",
	.init = account_init,
	.exit = account_exit,
	.test_cases = protect_cases,
};

kunit_test_suite(protect_suite);
