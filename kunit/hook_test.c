// SPDX-License-Identifier: GPL-2.0
/* Tests of how hooks are placed; alive.c includes this file. */
#include "env.h"

/**
 * test_hooks() - what became of the calls of a route, since the module was loaded
 * @name: its name; all hooks of that name together
 */
struct test_hooks test_hooks(const char *name)
{
	struct test_hooks sum = { };
	unsigned int i;

	for (i = 0; i < nacc_nr_hooks; i++) {
		struct nacc_hook_counts c = nacc_hook_sum(nacc_hooks[i]);

		if (strcmp(nacc_hooks[i]->name, name))
			continue;
		sum.hits += c.hits;
		sum.routed += c.routed;
		sum.fallback += c.fallback;
	}
	return sum;
}

/**
 * test_hook_mode() - how functions are hooked from the next mark on
 * @name: as nacc.hook=
 *
 * Context: nothing is marked.
 */
void test_hook_mode(const char *name)
{
	/* What the last mark has left armed would stay as it is. */
	nacc_disarm_if_unused();
	WRITE_ONCE(nacc_hook_mode,
		   match_string(nacc_hook_mode_names, NACC_HOOK_MODES, name));
}

static void string_desc(const char * const *name, char *desc)
{
	strscpy(desc, *name, KUNIT_PARAM_DESC_SIZE);
}

/* --- modes ------------------------------------------------------------------- */

static const char * const test_modes[] = { "auto", "ftrace", "kprobe", "off" };

KUNIT_ARRAY_PARAM(test_modes, test_modes, string_desc);

static enum nacc_backend wanted(const struct nacc_hook *hook, const char *name)
{
	/* Something that is needed has a breakpoint in any case. */
	if (hook == &canary_kprobe)
		return NACC_BACKEND_KPROBE;
	if (hook == &canary_ftrace)
		return strcmp(name, "kprobe") ? NACC_BACKEND_FTRACE :
						NACC_BACKEND_NONE;
	if (hook->route && !strcmp(name, "off"))
		return NACC_BACKEND_NONE;
	return strcmp(name, "kprobe") ? NACC_BACKEND_FTRACE : NACC_BACKEND_KPROBE;
}

static void expect_backends(struct kunit *test, const char *name, bool rules)
{
	unsigned int i;

	for (i = 0; i < nacc_nr_hooks; i++) {
		const struct nacc_hook *hook = nacc_hooks[i];
		bool none = (hook->demand == NACC_DEMAND_RULES && !rules) ||
			    hook->demand == NACC_DEMAND_STRANDED ||
			    hook->demand == NACC_DEMAND_GATE ||
			    (!hook->addr && hook->instead[0]);

		KUNIT_EXPECT_EQ_MSG(test, hook->backend,
				    none ? NACC_BACKEND_NONE : wanted(hook, name),
				    "%s", hook->symbols[0]);
	}
}

/* The calls of the module's own function, as the backend sees them. */
static void expect_counts(struct kunit *test, const char *name)
{
	bool breakpoint = !strcmp(name, "kprobe");
	struct nacc_hook *canary = breakpoint ? &canary_kprobe : &canary_ftrace;
	struct nacc_hook_counts before, now;

	/* The keeper calls it as well. */
	mutex_lock(&nacc_hook_lock);
	before = nacc_hook_sum(canary);
	KUNIT_EXPECT_TRUE(test, is_replaced(canary));
	nacc_hook_fallback(canary);
	now = nacc_hook_sum(canary);
	mutex_unlock(&nacc_hook_lock);
	/* A breakpoint is behind the entry, where the replacement calls it. */
	KUNIT_EXPECT_EQ(test, now.hits, before.hits + 2 + breakpoint);
	KUNIT_EXPECT_EQ(test, now.chosen, before.chosen + 1);
	KUNIT_EXPECT_EQ(test, now.routed, before.routed + 1);
	KUNIT_EXPECT_EQ(test, now.fallback, before.fallback + 1);
}

static void hook_mode(struct kunit *test)
{
	const char *name = *(const char * const *)test->param_value;
	struct test_hooks before;
	struct test_mm t;
	bool off = !strcmp(name, "off");

	if (!strcmp(name, "kprobe"))
		TEST_NEEDS_MODULE(test);
	test_hook_mode(name);
	before = test_hooks("zap");
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_STREQ(test, nacc_hook_state(true), off ? "off" : "armed");
	expect_backends(test, name, false);
	/* Again, and nothing is done twice. */
	KUNIT_EXPECT_EQ(test, nacc_hook_arm(), 0);
	expect_backends(test, name, false);
	expect_counts(test, name);
	nacc_hook_arm_on_demand(NACC_DEMAND_RULES);
	nacc_hook_arm_on_demand(NACC_DEMAND_RULES);
	expect_backends(test, name, true);
	KUNIT_EXPECT_EQ(test, test_unmap(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_hooks("zap").routed > before.routed, !off);
	KUNIT_EXPECT_EQ(test, test_program("routes"), 0);
	test_mm_end(&t);
}

/* While something is marked nobody but the test arms or disarms. */
static void hook_disarm(struct kunit *test)
{
	const char *name = *(const char * const *)test->param_value;
	struct nacc_hook_counts before;
	struct test_mm t;
	unsigned int i, j;

	if (!strcmp(name, "kprobe"))
		TEST_NEEDS_MODULE(test);
	test_hook_mode(name);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	for (i = 0; i < 3; i++) {
		nacc_hook_disarm();
		nacc_hook_disarm();
		for (j = 0; j < nacc_nr_hooks; j++)
			KUNIT_EXPECT_EQ(test, nacc_hooks[j]->backend,
					NACC_BACKEND_NONE);
		for (j = 0; j < NACC_CANARIES; j++) {
			before = nacc_hook_sum(nacc_canaries[j]);
			KUNIT_EXPECT_FALSE(test, is_replaced(nacc_canaries[j]));
			KUNIT_EXPECT_EQ(test, nacc_hook_sum(nacc_canaries[j]).hits,
					before.hits);
		}
		KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
		KUNIT_EXPECT_EQ(test, test_unmap(&t, 0), 0);
		KUNIT_EXPECT_EQ(test, test_map(&t, 0), 0);
		KUNIT_EXPECT_EQ(test, nacc_hook_arm(), 0);
		expect_backends(test, name, false);
		KUNIT_EXPECT_TRUE(test, is_replaced(strcmp(name, "kprobe") ?
						    &canary_ftrace :
						    &canary_kprobe));
	}
	test_mm_end(&t);
}

/* Each allocation of arming fails once: what is left out is left out wholly. */
static void hook_arm_fails(struct kunit *test)
{
	const char *name = *(const char * const *)test->param_value;
	unsigned int nth, failed = 0;
	struct test_mm t;
	bool hit = true;

	TEST_NEEDS_MODULE(test);
	KUNIT_ASSERT_EQ(test, alloc_fault_prepare(), 0);
	test_hook_mode(name);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	for (nth = 1; hit; nth += 1 + nth / 4) {
		int ret;

		nacc_hook_disarm();
		alloc_fault_set(nth);
		ret = nacc_hook_arm();
		hit = alloc_fault_clear();
		if (ret)
			KUNIT_EXPECT_TRUE(test, hit && ret == -ENOMEM);
		failed += hit;
		KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
		KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
		KUNIT_EXPECT_EQ(test, test_unmap(&t, 0), 0);
		KUNIT_EXPECT_EQ(test, test_map(&t, 0), 0);
	}
	/* A kprobe's slot is there since the self-test at load. */
	if (strcmp(name, "kprobe"))
		KUNIT_EXPECT_GT(test, failed, 0);
	expect_backends(test, name, false);
	test_mm_end(&t);
}

static void hook_mode_param(struct kunit *test)
{
	char *buf = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	const struct kernel_param kp = { };
	struct test_mm t;
	unsigned int i;

	TEST_NEEDS_MODULE(test);
	KUNIT_ASSERT_NOT_NULL(test, buf);
	for (i = 0; i < ARRAY_SIZE(test_modes); i++) {
		KUNIT_EXPECT_EQ(test, nacc_hook_mode_ops.set(test_modes[i], &kp), 0);
		KUNIT_EXPECT_GT(test, nacc_hook_mode_ops.get(buf, &kp), 0);
		KUNIT_EXPECT_EQ(test, strncmp(buf, test_modes[i],
					      strlen(test_modes[i])), 0);
	}
	KUNIT_EXPECT_EQ(test, nacc_hook_mode_ops.set("on", &kp), -EINVAL);
	KUNIT_EXPECT_EQ(test, nacc_hook_mode, NACC_HOOK_OFF);
	KUNIT_EXPECT_EQ(test, nacc_hook_mode_ops.set("auto", &kp), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, nacc_hook_mode_ops.set("off", &kp), -EBUSY);
	KUNIT_EXPECT_EQ(test, nacc_hook_mode, NACC_HOOK_AUTO);
	test_mm_end(&t);
}

/* --- calls that go wrong -------------------------------------------------------- */

static int missed_result;

static noinline notrace int probed(int value)
{
	barrier();
	OPTIMIZER_HIDE_VAR(value);
	return value;
}

/* In a breakpoint others are not taken: that call is missed. */
static int call_canary(struct kprobe *kp, struct pt_regs *regs)
{
	canary_fn fn = by_kprobe;

	OPTIMIZER_HIDE_VAR(fn);
	missed_result = fn(40);
	return 0;
}

static void hook_missed(struct kunit *test)
{
	struct kprobe kp = {
		.addr = (void *)probed,
		.pre_handler = call_canary,
	};
	struct nacc_hook_counts before;
	struct test_mm t;

	TEST_NEEDS_MODULE(test);
	test_hook_mode("kprobe");
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_ASSERT_EQ(test, register_kprobe(&kp), 0);
	/* The keeper calls it as well. */
	mutex_lock(&nacc_hook_lock);
	before = nacc_hook_sum(&canary_kprobe);
	KUNIT_EXPECT_EQ(test, canary_kprobe.kp.nmissed, 0);
	KUNIT_EXPECT_EQ(test, probed(7), 7);
	KUNIT_EXPECT_EQ(test, missed_result, 40);
	KUNIT_EXPECT_EQ(test, canary_kprobe.kp.nmissed, 1);
	KUNIT_EXPECT_EQ(test, nacc_hook_sum(&canary_kprobe).hits, before.hits);
	mutex_unlock(&nacc_hook_lock);
	unregister_kprobe(&kp);
	KUNIT_EXPECT_TRUE(test, is_replaced(&canary_kprobe));
	test_mm_end(&t);
}

static int try_probe(void *addr)
{
	struct kprobe kp = { .addr = addr };
	int ret = register_kprobe(&kp);

	if (!ret)
		unregister_kprobe(&kp);
	return ret;
}

/*
 * What runs in a breakpoint has none itself: of two that follow each other there the
 * second is a BUG() on riscv.
 */
static void hook_picks_not_probed(struct kunit *test)
{
	static void * const called[] = {
		nacc_shadow_usable, nacc_sbi_call, nacc_sbi_info, nacc_room_take,
		nacc_room_give, nacc_room_reserve, nacc_promote_room, nacc_share_fits,
		nacc_share_give_domain, nacc_quota_promise, nacc_quota_settle, nacc_inherit_room,
		nacc_domain_forbidden, nacc_mm_by_frame, nacc_mm_entry, nacc_rules_match,
		nacc_cgroup_holds,
	};
	unsigned int i;

	KUNIT_EXPECT_EQ(test, try_probe(probed), 0);
	for (i = 0; i < ARRAY_SIZE(called); i++)
		KUNIT_EXPECT_EQ_MSG(test, try_probe(called[i]), -EINVAL, "%ps",
				    called[i]);
	for (i = 0; i < nacc_nr_hooks; i++)
		KUNIT_EXPECT_EQ_MSG(test, try_probe(nacc_hooks[i]->pick), -EINVAL,
				    "%s", nacc_hooks[i]->symbols[0]);
}

static struct kunit_case hook_cases[] = {
	KUNIT_CASE_PARAM_ATTR(hook_mode, test_modes_gen_params, TEST_SLOW),
	KUNIT_CASE_PARAM_ATTR(hook_disarm, test_modes_gen_params, TEST_SLOW),
	KUNIT_CASE_PARAM_ATTR(hook_arm_fails, test_modes_gen_params, TEST_SLOW),
	KUNIT_CASE(hook_mode_param),
	KUNIT_CASE(hook_missed),
	KUNIT_CASE(hook_picks_not_probed),
	{}
};

static struct kunit_suite hook_suite = {
	.name = "nacc_hook",
	.init = account_init,
	.exit = account_exit,
	.test_cases = hook_cases,
};

kunit_test_suite(hook_suite);
