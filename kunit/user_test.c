// SPDX-License-Identifier: GPL-2.0
/*
 * What only a process can do: fork, exec, be killed, be reclaimed. The cases are
 * those of the program kunit/user; here it is started, and afterwards everything
 * must be as before.
 */
#include <linux/umh.h>

#include "env.h"

#define PROGRAM		"/nacc/kunit-user"

#define EXIT		BIT(0)
#define ZAP		BIT(1)
#define PROTECT		BIT(2)
#define FORK		BIT(3)

static const char * const user_routes[] = { "exit", "zap", "protect", "fork" };

/**
 * struct user_case - a case of the program
 * @name: its name
 * @routes: what must have been routed
 * @huge: it needs huge pages
 */
struct user_case {
	const char *name;
	unsigned int routes;
	bool huge;
	unsigned int never;
};

static const struct user_case user_cases[] = {
	{ "exit", EXIT },
	{ "exec", EXIT | FORK },
	{ "fork", EXIT | FORK },
	{ "vfork", EXIT | FORK },
	{ "threads", EXIT | ZAP },
	{ "routes", EXIT | ZAP | PROTECT | FORK },
	{ "fork_fail", EXIT | FORK },
	{ "exec_fail", EXIT | FORK },
	{ "map_fail", EXIT | ZAP },
	/* Its memory is wanted at once, and copies of its tables are more. */
	{ "oom", 0, .never = EXIT },
	{ "kill", EXIT },
	{ "smaps", EXIT | ZAP },
	{ "mremap", EXIT },
	{ "collapse", EXIT, true },
	{ "collapse_shared", EXIT | FORK, true },
	{ "hugetlb", EXIT | FORK },
	{ "pageout", EXIT | FORK },
	{ "reclaim", EXIT | ZAP },
	{ "migrate", EXIT | ZAP | FORK },
	{ "ksm", EXIT },
};

KUNIT_ARRAY_PARAM_DESC(user, user_cases, name);

/**
 * test_program() - start the program and wait for its end
 * @name: the case
 *
 * Return: its wait status, or an error.
 */
int test_program(const char *name)
{
	char *argv[3] = { PROGRAM, (char *)name };
	char *envp[3] = { "HOME=/", "PATH=/usr/bin" };

	return call_usermodehelper(PROGRAM, argv, envp, UMH_WAIT_PROC);
}

static void user_program(struct kunit *test)
{
	const struct user_case *c = test->param_value;
	struct test_hooks before[ARRAY_SIZE(user_routes)], now;
	unsigned int i;

	if (c->huge)
		TEST_NEEDS_THP(test);
	for (i = 0; i < ARRAY_SIZE(user_routes); i++)
		before[i] = test_hooks(user_routes[i]);
	KUNIT_EXPECT_EQ(test, test_program(c->name), 0);
	/* It is about the routes as well where it goes that way. */
	for (i = 0; i < ARRAY_SIZE(user_routes); i++) {
		now = test_hooks(user_routes[i]);
		if (c->routes & BIT(i))
			KUNIT_EXPECT_GT_MSG(test, now.routed, before[i].routed,
					    "%s", user_routes[i]);
		if (c->never & BIT(i))
			KUNIT_EXPECT_EQ_MSG(test, now.routed, before[i].routed,
					    "%s", user_routes[i]);
	}
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
