// SPDX-License-Identifier: GPL-2.0
/*
 * What only a process can do: fork, exec, be killed, be reclaimed. The cases are
 * those of the program kunit/user; here it is started, and afterwards everything
 * must be as before.
 */
#include <linux/umh.h>

#include "env.h"

#define PROGRAM		"/nacc/kunit-user"

struct user_case {
	const char *name;
	bool huge;
};

static const struct user_case user_cases[] = {
	{ "exit" }, { "exec" }, { "fork" }, { "vfork" }, { "threads" },
	{ "fork_fail" }, { "exec_fail" }, { "map_fail" }, { "oom" },
	{ "kill" }, { "smaps" }, { "mremap" }, { "collapse", true },
	{ "collapse_shared", true }, { "hugetlb" }, { "pageout" }, { "migrate" },
	{ "ksm" },
};

KUNIT_ARRAY_PARAM_DESC(user, user_cases, name);

static void user_program(struct kunit *test)
{
	const struct user_case *c = test->param_value;
	char *argv[3] = { PROGRAM, (char *)c->name };
	char *envp[3] = { "HOME=/", "PATH=/usr/bin" };
	int status;

	if (c->huge)
		TEST_NEEDS_THP(test);
	status = call_usermodehelper(PROGRAM, argv, envp, UMH_WAIT_PROC);
	KUNIT_EXPECT_EQ(test, status, 0);
}

static int user_suite_init(struct kunit_suite *suite)
{
	return alloc_fault_prepare();
}

static struct kunit_case user_kunit_cases[] = {
	KUNIT_CASE_PARAM_ATTR(user_program, user_gen_params, TEST_SLOW),
	{}
};

static struct kunit_suite user_suite = {
	.name = "nacc_user",
	.suite_init = user_suite_init,
	.init = account_init,
	.exit = account_exit,
	.test_cases = user_kunit_cases,
};

kunit_test_suite(user_suite);
