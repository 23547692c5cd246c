// SPDX-License-Identifier: GPL-2.0
/* Tests of learned.c, which includes this file; they run before .init goes. */
#include "env.h"

static int __init take(struct kunit *test, const char *text)
{
	char *copy = kunit_kzalloc(test, strlen(text) + 1, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, copy);
	memset(&learned, 0, sizeof(learned));
	strscpy(copy, text, strlen(text) + 1);
	return take_text(copy);
}

static void __init learned_lines(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, take(test, ""), 0);
	KUNIT_EXPECT_EQ(test, nacc_learned_count(), 0);
	KUNIT_EXPECT_EQ(test, take(test, "# a comment\n\n \t set_it \t# with one\nother2\n"), 0);
	KUNIT_EXPECT_EQ(test, nacc_learned_count(), 2);
	KUNIT_EXPECT_STREQ(test, learned.name[0], "set_it");
	KUNIT_EXPECT_STREQ(test, learned.name[1], "other2");
	KUNIT_EXPECT_FALSE(test, nacc_learned_complete());
	KUNIT_EXPECT_EQ(test, take(test, "set_it\n complete"), 0);
	KUNIT_EXPECT_EQ(test, nacc_learned_count(), 1);
	KUNIT_EXPECT_TRUE(test, nacc_learned_complete());
	KUNIT_EXPECT_EQ(test, take(test, "# complete"), 0);
	KUNIT_EXPECT_FALSE(test, nacc_learned_complete());
	memset(&learned, 0, sizeof(learned));
}

static void __init learned_nonsense(struct kunit *test)
{
	char name[KSYM_NAME_LEN + 1];

	KUNIT_EXPECT_EQ(test, take(test, "two words"), -EINVAL);
	KUNIT_EXPECT_EQ(test, take(test, "good\nset_it.isra.0\n"), -EINVAL);
	KUNIT_EXPECT_EQ(test, take(test, "complete!"), -EINVAL);
	memset(name, 'x', sizeof(name));
	name[KSYM_NAME_LEN] = '\0';
	KUNIT_EXPECT_EQ(test, take(test, name), -EINVAL);
	name[KSYM_NAME_LEN - 1] = '\0';
	KUNIT_EXPECT_EQ(test, take(test, name), 0);
	memset(&learned, 0, sizeof(learned));
}

static void __init learned_found(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, take(test, "set_it\nother"), 0);
	KUNIT_EXPECT_FALSE(test, nacc_learned_is("set_it2", 7));
	KUNIT_EXPECT_FALSE(test, nacc_learned_is("set_i", 5));
	KUNIT_EXPECT_TRUE(test, nacc_learned_is("set_it.isra.0", 6));
	KUNIT_EXPECT_EQ(test, nacc_learned_check(), -EINVAL);
	KUNIT_EXPECT_TRUE(test, nacc_learned_is("other", 5));
	KUNIT_EXPECT_EQ(test, nacc_learned_check(), 0);
	memset(&learned, 0, sizeof(learned));
}

static struct kunit_case __refdata learned_cases[] = {
	KUNIT_CASE(learned_lines),
	KUNIT_CASE(learned_nonsense),
	KUNIT_CASE(learned_found),
	{}
};

static struct kunit_suite __refdata learned_suite = {
	.name = "nacc_learned",
	.test_cases = learned_cases,
};

kunit_test_init_section_suite(learned_suite);
