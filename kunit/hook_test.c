// SPDX-License-Identifier: GPL-2.0
/* Tests of the hook engine; find.c includes this file. */
#include "env.h"

/* What is told of one hook: its line of /proc/nacc/hooks. */
#define LINE_MAX	256

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

/* --- symbols ----------------------------------------------------------------- */

static const void *next_hook(const void *prev, char *desc)
{
	struct nacc_hook * const *hook = prev ? prev + sizeof(*hook) : &nacc_hooks[1];

	if (hook == nacc_hooks + nacc_nr_hooks)
		return NULL;
	strscpy(desc, (*hook)->symbols[0], KUNIT_PARAM_DESC_SIZE);
	return hook;
}

static void find_again(struct nacc_hook *hook)
{
	hook->addr = 0;
	hook->symbol = NULL;
	hook->skip = 0;
	hook->suffixed = false;
	find_symbol(hook, (void *)nacc_ksym.lookup("ftrace_location"));
	nacc_ksym.on_each_symbol(note_suffixed, NULL);
}

/* The hook as on a kernel where its functions have other names. */
static void rename_symbols(struct nacc_hook *hook, struct nacc_hook *saved,
			   const char *name)
{
	nacc_disarm_if_unused();
	*saved = *hook;
	memset(hook->symbols, 0, sizeof(hook->symbols));
	hook->symbols[0] = name;
	find_again(hook);
}

static void restore_symbols(struct nacc_hook *hook, const struct nacc_hook *saved)
{
	nacc_disarm_if_unused();
	memcpy(hook->symbols, saved->symbols, sizeof(hook->symbols));
	hook->suffixed = saved->suffixed;
	hook->addr = saved->addr;
	hook->symbol = saved->symbol;
	hook->skip = saved->skip;
	hook->error = saved->error;
}

/* Is there a line in /proc/nacc/hooks that begins and ends like this? */
static bool told(struct kunit *test, const char *name, const char *symbol,
		 const char *backend, const char *effect)
{
	struct seq_file m = { .size = 16 * PAGE_SIZE };
	char begin[LINE_MAX], end[LINE_MAX], *line, *next;
	bool found = false;

	m.buf = kunit_kzalloc(test, m.size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m.buf);
	KUNIT_ASSERT_EQ(test, nacc_hook_seq(&m), 0);
	snprintf(begin, sizeof(begin), "%s %s %s ", name, symbol, backend);
	snprintf(end, sizeof(end), " %s", effect);
	for (next = m.buf; (line = strsep(&next, "\n")); ) {
		size_t len = strlen(line);

		found |= strstarts(line, begin) && len > strlen(end) &&
			 !strcmp(line + len - strlen(end), end);
	}
	kunit_kfree(test, m.buf);
	return found;
}

/* A kernel without the function: marking goes on, or says that it cannot. */
static void expect_refused(struct kunit *test, const struct nacc_hook *hook)
{
	struct test_mm t;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), -EOPNOTSUPP);
	KUNIT_EXPECT_FALSE(test, nacc_mm_marked(t.mm));
	KUNIT_EXPECT_EQ(test, nacc_domain_count(), 0);
	for (i = 0; i < nacc_nr_hooks; i++)
		KUNIT_EXPECT_EQ(test, nacc_hooks[i]->backend, NACC_BACKEND_NONE);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	test_mm_end(&t);
}

/* All that is not of this hook works as ever. */
static void expect_lost_only(struct kunit *test, struct nacc_hook *hook)
{
	struct test_hooks zap = test_hooks("zap"), exit = test_hooks("exit");
	struct nacc_hook_counts before = nacc_hook_sum(hook);
	struct test_mm t;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_ASSERT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_STREQ(test, nacc_hook_state(), "partly");
	nacc_hook_arm_on_demand();
	for (i = 0; i < nacc_nr_hooks; i++)
		KUNIT_EXPECT_EQ(test, nacc_hooks[i]->backend != NACC_BACKEND_NONE,
				nacc_hooks[i] != hook);
	KUNIT_EXPECT_EQ(test, test_unmap(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_map(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_program("routes"), 0);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	test_mm_end(&t);
	KUNIT_EXPECT_EQ(test, nacc_hook_sum(hook).hits, before.hits);
	KUNIT_EXPECT_EQ(test, test_hooks("zap").routed > zap.routed,
			hook != &nacc_hook_zap);
	KUNIT_EXPECT_EQ(test, test_hooks("exit").routed > exit.routed,
			hook != &nacc_hook_exit);
}

static void hook_lost(struct kunit *test)
{
	struct nacc_hook *hook = *(struct nacc_hook * const *)test->param_value;
	struct nacc_hook saved;

	/* Of the kernels that the tests are run on each has them all. */
	KUNIT_ASSERT_NE(test, hook->addr, 0);
	rename_symbols(hook, &saved, "nacc_no_such_function");
	KUNIT_EXPECT_EQ(test, hook->addr, 0);
	KUNIT_EXPECT_TRUE(test, told(test, hook->name, "nacc_no_such_function",
				     "absent", hook->lost));
	if (hook->needed)
		expect_refused(test, hook);
	else
		expect_lost_only(test, hook);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	restore_symbols(hook, &saved);
}

/* Nothing but what is needed: slower, not weaker. */
static void hook_lost_all(struct kunit *test)
{
	static struct nacc_hook saved[NACC_HOOKS_MAX];
	struct nacc_hook_counts before = { }, now = { };
	struct test_mm t;
	unsigned int i;

	for (i = 1; i < nacc_nr_hooks; i++) {
		if (nacc_hooks[i]->needed)
			continue;
		rename_symbols(nacc_hooks[i], &saved[i], "nacc_no_such_function");
		before.hits += nacc_hook_sum(nacc_hooks[i]).hits;
	}
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, test_program("routes"), 0);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	test_mm_end(&t);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	for (i = 1; i < nacc_nr_hooks; i++) {
		if (nacc_hooks[i]->needed)
			continue;
		now.hits += nacc_hook_sum(nacc_hooks[i]).hits;
		restore_symbols(nacc_hooks[i], &saved[i]);
	}
	KUNIT_EXPECT_EQ(test, now.hits, before.hits);
}

/* What is missed under its first name is found under the next. */
static void hook_other_name(struct kunit *test)
{
	struct nacc_hook *hook = &nacc_hook_gup_fast, saved;
	struct test_mm t;

	KUNIT_ASSERT_NOT_NULL(test, hook->symbols[1]);
	rename_symbols(hook, &saved, "nacc_no_such_function");
	hook->symbols[1] = saved.symbols[1];
	find_again(hook);
	KUNIT_EXPECT_EQ(test, hook->addr, nacc_ksym.lookup(saved.symbols[1]));
	KUNIT_EXPECT_STREQ(test, hook->symbol, saved.symbols[1]);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	nacc_hook_arm_on_demand();
	KUNIT_EXPECT_TRUE(test, told(test, "gup", saved.symbols[1], "ftrace",
				     hook->purpose));
	test_mm_end(&t);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	restore_symbols(hook, &saved);
}

/* A name of this kernel that exists with the suffix only, without the suffix. */
struct suffixed {
	const char *suffix;
	char base[KSYM_NAME_LEN];
};

static int find_suffixed(void *data, const char *name, unsigned long addr)
{
	struct suffixed *s = data;
	const char *dot = strchr(name, '.');

	if (!dot || dot == name || !strstarts(dot, s->suffix))
		return 0;
	strscpy(s->base, name, dot - name + 1);
	if (!nacc_ksym.lookup(s->base))
		return 1;
	s->base[0] = 0;
	return 0;
}

static const char * const suffixes[] = { ".isra.", ".constprop.", ".part." };

KUNIT_ARRAY_PARAM(suffixes, suffixes, string_desc);

static void hook_suffixed(struct kunit *test)
{
	struct suffixed *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	struct nacc_hook *hook = &nacc_hook_zap, saved;

	KUNIT_ASSERT_NOT_NULL(test, s);
	s->suffix = *(const char * const *)test->param_value;
	nacc_ksym.on_each_symbol(find_suffixed, s);
	KUNIT_ASSERT_NE(test, s->base[0], 0);
	rename_symbols(hook, &saved, s->base);
	KUNIT_EXPECT_EQ(test, hook->addr, 0);
	KUNIT_EXPECT_TRUE(test, hook->suffixed);
	KUNIT_EXPECT_TRUE(test, told(test, hook->name, s->base, "suffixed",
				     hook->lost));
	expect_lost_only(test, hook);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	restore_symbols(hook, &saved);
}

/* --- modes ------------------------------------------------------------------- */

static const char * const test_modes[] = { "auto", "ftrace", "kprobe", "off" };

KUNIT_ARRAY_PARAM(test_modes, test_modes, string_desc);

static enum nacc_backend wanted(const struct nacc_hook *hook, const char *name)
{
	if (hook->route && !strcmp(name, "off"))
		return NACC_BACKEND_NONE;
	return strcmp(name, "kprobe") ? NACC_BACKEND_FTRACE : NACC_BACKEND_KPROBE;
}

static void expect_backends(struct kunit *test, const char *name, bool demand)
{
	unsigned int i;

	for (i = 0; i < nacc_nr_hooks; i++)
		KUNIT_EXPECT_EQ_MSG(test, nacc_hooks[i]->backend,
				    nacc_hooks[i]->on_demand && !demand ?
				    NACC_BACKEND_NONE : wanted(nacc_hooks[i], name),
				    "%s", nacc_hooks[i]->symbol);
}

/* The dummy's calls, as the backend sees them. */
static void expect_counts(struct kunit *test, const char *name)
{
	bool by_kprobe = !strcmp(name, "kprobe");
	struct nacc_hook_counts before = nacc_hook_sum(&dummy_hook), now;

	KUNIT_EXPECT_TRUE(test, dummy_works());
	nacc_hook_fallback(&dummy_hook);
	now = nacc_hook_sum(&dummy_hook);
	/* A breakpoint is behind the entry, where the replacement calls it. */
	KUNIT_EXPECT_EQ(test, now.hits, before.hits + 2 + by_kprobe);
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
	KUNIT_EXPECT_STREQ(test, nacc_hook_state(), off ? "off" : "armed");
	expect_backends(test, name, false);
	/* Again, and nothing is done twice. */
	KUNIT_EXPECT_EQ(test, nacc_hook_arm(), 0);
	expect_backends(test, name, false);
	expect_counts(test, name);
	nacc_hook_arm_on_demand();
	nacc_hook_arm_on_demand();
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
		before = nacc_hook_sum(&dummy_hook);
		KUNIT_EXPECT_EQ(test, dummy(40), 40);
		KUNIT_EXPECT_EQ(test, nacc_hook_sum(&dummy_hook).hits, before.hits);
		KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
		KUNIT_EXPECT_EQ(test, test_unmap(&t, 0), 0);
		KUNIT_EXPECT_EQ(test, test_map(&t, 0), 0);
		KUNIT_EXPECT_EQ(test, nacc_hook_arm(), 0);
		expect_backends(test, name, false);
		KUNIT_EXPECT_TRUE(test, dummy_works());
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

/* In a breakpoint others are not taken: that call of dummy() is missed. */
static int call_dummy(struct kprobe *kp, struct pt_regs *regs)
{
	dummy_fn fn = dummy;

	OPTIMIZER_HIDE_VAR(fn);
	missed_result = fn(40);
	return 0;
}

static void hook_missed(struct kunit *test)
{
	struct kprobe kp = {
		.addr = (void *)probed,
		.pre_handler = call_dummy,
	};
	struct nacc_hook_counts before;
	struct test_mm t;

	TEST_NEEDS_MODULE(test);
	test_hook_mode("kprobe");
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_ASSERT_EQ(test, register_kprobe(&kp), 0);
	before = nacc_hook_sum(&dummy_hook);
	KUNIT_EXPECT_EQ(test, dummy_hook.kp.nmissed, 0);
	KUNIT_EXPECT_EQ(test, probed(7), 7);
	KUNIT_EXPECT_EQ(test, missed_result, 40);
	KUNIT_EXPECT_EQ(test, dummy_hook.kp.nmissed, 1);
	KUNIT_EXPECT_EQ(test, nacc_hook_sum(&dummy_hook).hits, before.hits);
	unregister_kprobe(&kp);
	KUNIT_EXPECT_TRUE(test, dummy_works());
	test_mm_end(&t);
}

static struct kunit_case hook_cases[] = {
	KUNIT_CASE_PARAM_ATTR(hook_lost, next_hook, TEST_SLOW),
	KUNIT_CASE_SLOW(hook_lost_all),
	KUNIT_CASE(hook_other_name),
	KUNIT_CASE_PARAM_ATTR(hook_suffixed, suffixes_gen_params, TEST_SLOW),
	KUNIT_CASE_PARAM_ATTR(hook_mode, test_modes_gen_params, TEST_SLOW),
	KUNIT_CASE_PARAM_ATTR(hook_disarm, test_modes_gen_params, TEST_SLOW),
	KUNIT_CASE_PARAM_ATTR(hook_arm_fails, test_modes_gen_params, TEST_SLOW),
	KUNIT_CASE(hook_mode_param),
	KUNIT_CASE(hook_missed),
	{}
};

static struct kunit_suite hook_suite = {
	.name = "nacc_hook",
	.init = account_init,
	.exit = account_exit,
	.test_cases = hook_cases,
};

kunit_test_suite(hook_suite);
