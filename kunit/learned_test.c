// SPDX-License-Identifier: GPL-2.0
/* Tests of learned.c, which includes this file; they run before .init goes. */
#include "env.h"

static int __init take(struct kunit *test, const char *lines)
{
	char *copy = kunit_kzalloc(test, strlen(lines) + 1, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, copy);
	memset(learned.found, 0, sizeof(learned.found));
	nr_names = 0;
	vouched = false;
	strscpy(copy, lines, strlen(lines) + 1);
	return take_lines(copy);
}

static void __init learned_lines(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, take(test, ""), 0);
	KUNIT_EXPECT_EQ(test, nr_names, 0);
	KUNIT_EXPECT_EQ(test, take(test, "# a comment\n\n \t set_it \t# with one\nother2\n"), 0);
	KUNIT_EXPECT_EQ(test, nr_names, 2);
	KUNIT_EXPECT_STREQ(test, learned.names[0], "set_it");
	KUNIT_EXPECT_STREQ(test, learned.names[1], "other2");
	KUNIT_EXPECT_FALSE(test, nacc_learned_complete());
	KUNIT_EXPECT_EQ(test, take(test, "set_it\n complete"), 0);
	KUNIT_EXPECT_EQ(test, nr_names, 1);
	KUNIT_EXPECT_TRUE(test, nacc_learned_complete());
	KUNIT_EXPECT_EQ(test, take(test, "# complete"), 0);
	KUNIT_EXPECT_FALSE(test, nacc_learned_complete());
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
	/* Who has learned twice has each of them twice. */
	KUNIT_EXPECT_EQ(test, take(test, "set_it\nset_it"), 0);
	KUNIT_EXPECT_TRUE(test, nacc_learned_is("set_it", 6));
	KUNIT_EXPECT_EQ(test, nacc_learned_check(), 0);
}

/* A file, or the folder that it is in, that root alone can change; a link has no mode. */
static void __init learned_trust(struct kunit *test)
{
	static const struct {
		unsigned int uid;
		umode_t mode;
		bool good;
	} cases[] = {
		{ 0, S_IFREG | 0644, true }, { 0, S_IFREG | 0400, true },
		{ 0, S_IFDIR | 0755, true }, { 0, S_IFLNK | 0777, true },
		{ 0, S_IFREG | 0664, false }, { 0, S_IFREG | 0646, false },
		{ 0, S_IFDIR | 01777, false }, { 0, S_IFDIR | 0775, false },
		{ 1000, S_IFREG | 0644, false }, { 1000, S_IFLNK | 0777, false },
		{ 1000, S_IFDIR | 0755, false },
	};
	struct inode *inode = kunit_kzalloc(test, sizeof(*inode), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, inode);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		inode->i_uid = KUIDT_INIT(cases[i].uid);
		inode->i_mode = cases[i].mode;
		KUNIT_EXPECT_EQ(test, is_roots(inode), cases[i].good);
	}
}

static bool vouched_before;

/* What was learned for this load counts until its end; the names were forgotten. */
static int __init learned_begin(struct kunit_suite *suite)
{
	vouched_before = vouched;
	return 0;
}

static void __init learned_end(struct kunit_suite *suite)
{
	nr_names = 0;
	vouched = vouched_before;
}

static struct kunit_case __refdata learned_cases[] = {
	KUNIT_CASE(learned_lines),
	KUNIT_CASE(learned_nonsense),
	KUNIT_CASE(learned_found),
	KUNIT_CASE(learned_trust),
	{}
};

static struct kunit_suite __refdata learned_suite = {
	.name = "nacc_learned",
	.suite_init = learned_begin,
	.suite_exit = learned_end,
	.test_cases = learned_cases,
};

kunit_test_init_section_suite(learned_suite);
