// SPDX-License-Identifier: GPL-2.0
/*
 * What only a process can do: fork, exec, be killed, be reclaimed. The cases are
 * those of the program kunit/user; here it is started, and afterwards everything
 * must be as before.
 */
#include <linux/umh.h>

#include "env.h"

#define PROGRAM		"/nacc/kunit-user"

#define FREE		BIT(0)
#define ZAP		BIT(1)
#define PROTECT		BIT(2)
#define FORK		BIT(3)

static const char * const user_routes[] = { "free", "zap", "protect", "fork" };

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
};

static const struct user_case user_cases[] = {
	{ "exit", FREE },
	{ "exec", FREE | FORK },
	{ "fork", FREE | FORK },
	{ "vfork", FREE | FORK },
	{ "threads", FREE | ZAP },
	{ "routes", FREE | ZAP | PROTECT | FORK },
	{ "fork_fail", FREE | FORK },
	{ "exec_fail", FREE | FORK },
	{ "map_fail", FREE | ZAP },
	{ "oom", FREE },
	{ "kill", FREE },
	{ "smaps", FREE | ZAP },
	{ "mremap", FREE },
	{ "collapse", FREE, true },
	{ "collapse_shared", FREE | FORK, true },
	{ "hugetlb", FREE | FORK },
	{ "pageout", FREE | FORK },
	{ "reclaim", FREE | ZAP },
	{ "migrate", FREE | ZAP | FORK },
	{ "ksm", FREE },
	{ "cgroup", FREE },
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
	}
}

static const char * const late_programs[] = {
	"exit", "fork", "exec", "vfork", "exec_fail", "kill"
};

/*
 * Where nothing that makes an mm is hooked, children and programs are protected on
 * their way to user mode. In a load of its own: kunit/scenario.
 */
static void user_late(struct kunit *test)
{
	long forked = test_count(NACC_COUNT_INHERITED_FORK);
	long executed = test_count(NACC_COUNT_INHERITED_EXEC);
	unsigned int i;

	if (!test_hides("mm_init") || !test_hides("wake_up_new_task"))
		kunit_skip(test, "what makes an mm is hooked in this load");
	for (i = 0; i < ARRAY_SIZE(late_programs); i++)
		KUNIT_EXPECT_EQ_MSG(test, test_program(late_programs[i]), 0,
				    "%s", late_programs[i]);
	KUNIT_EXPECT_GT(test, test_count(NACC_COUNT_INHERITED_FORK), forked);
	KUNIT_EXPECT_GT(test, test_count(NACC_COUNT_INHERITED_EXEC), executed);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	/* The keeper has put back those that were not used. */
	KUNIT_EXPECT_EQ(test, test_records_used(), 0);
}

static int user_suite_init(struct kunit_suite *suite)
{
	return alloc_fault_prepare();
}

static struct kunit_case user_kunit_cases[] = {
	KUNIT_CASE_PARAM_ATTR(user_program, user_gen_params, TEST_SLOW),
	KUNIT_CASE_SLOW(user_late),
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
