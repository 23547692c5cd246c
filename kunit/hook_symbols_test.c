// SPDX-License-Identifier: GPL-2.0
/* Tests of where hooked functions are found; find.c includes this file. */
#include "env.h"

/* What is told of one hook: its line of /proc/nacc/hooks. */
#define LINE_MAX	256

/**
 * test_hides() - was the module told not to hook this?
 * @name: a function of the kernel's
 *
 * Return: whether it is in hide=.
 */
bool test_hides(const char *name)
{
	return is_hidden(name);
}

static void string_desc(const char * const *name, char *desc)
{
	strscpy(desc, *name, KUNIT_PARAM_DESC_SIZE);
}

static const void *next_hook TEST_GENERATOR_ARGS
{
	struct nacc_hook * const *hook = prev ? prev + sizeof(*hook) :
						&nacc_hooks[NACC_CANARIES];

	if (hook == nacc_hooks + nacc_nr_hooks)
		return NULL;
	strscpy(desc, (*hook)->symbols[0], KUNIT_PARAM_DESC_SIZE);
	return hook;
}

static void find_again(struct nacc_hook *hook)
{
	hook->addr = 0;
	hook->symbol = NULL;
	hook->site = 0;
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
	hook->site = saved->site;
	hook->skip = saved->skip;
	hook->error = saved->error;
}

/* Is there a line in /proc/nacc/hooks that begins and ends like this? */
static bool told(struct kunit *test, const char *name, const char *symbol,
		 const char *backend, const char *effect, const char *state)
{
	struct seq_file m = { .size = 16 * PAGE_SIZE };
	char begin[LINE_MAX], end[LINE_MAX], *line, *next;
	struct seq_file words = { .buf = end, .size = sizeof(end) };
	bool found = false;

	m.buf = kunit_kzalloc(test, m.size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m.buf);
	KUNIT_ASSERT_EQ(test, nacc_hook_seq(&m), 0);
	snprintf(begin, sizeof(begin), "%s %s %s ", name, symbol, backend);
	/* The blanks of the effect as \040, and the columns behind it. */
	seq_putc(&words, ' ');
	seq_escape(&words, effect, " ");
	seq_printf(&words, " %s", state);
	end[words.count] = 0;
	for (next = m.buf; (line = strsep(&next, "\n")); ) {
		char *lost = strrchr(line, ' ');
		size_t len;

		/* Calls lost since the load, other tests' among them. */
		if (lost)
			*lost = 0;
		len = strlen(line);
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
	KUNIT_EXPECT_EQ(test, test_mark(&t), -EUNATCH);
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
	struct test_hooks zap = test_hooks("zap"), gone = test_hooks("free");
	struct nacc_hook_counts before = nacc_hook_sum(hook);
	struct test_mm t;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_ASSERT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_STREQ(test, nacc_hook_state(true),
			   nacc_hook_covered(hook) ? "armed" : "partly");
	nacc_hook_arm_on_demand(NACC_DEMAND_RULES);
	nacc_hook_arm_on_demand(NACC_DEMAND_STRANDED);
	nacc_hook_arm_on_demand(NACC_DEMAND_GATE);
	KUNIT_EXPECT_EQ(test, hook->error, -ENOENT);
	for (i = NACC_CANARIES; i < nacc_nr_hooks; i++)
		KUNIT_EXPECT_EQ(test, nacc_hooks[i]->backend != NACC_BACKEND_NONE,
				nacc_hooks[i]->addr != 0);
	KUNIT_EXPECT_EQ(test, test_unmap(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_map(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_program("routes"), 0);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	test_mm_end(&t);
	KUNIT_EXPECT_EQ(test, nacc_hook_sum(hook).hits, before.hits);
	KUNIT_EXPECT_EQ(test, test_hooks("zap").routed > zap.routed,
			hook != &nacc_hook_zap);
	KUNIT_EXPECT_EQ(test, test_hooks("free").routed > gone.routed,
			hook != &nacc_hook_free);
}

static void hook_lost(struct kunit *test)
{
	struct nacc_hook *hook = *(struct nacc_hook * const *)test->param_value;
	struct nacc_hook saved;

	/* Of the kernels that the tests are run on each has all, or what does the same. */
	if (!hook->addr && hook->instead[0])
		kunit_skip(test, "this kernel has no function %s", hook->symbols[0]);
	KUNIT_ASSERT_NE(test, hook->addr, 0);
	rename_symbols(hook, &saved, "nacc_no_such_function");
	KUNIT_EXPECT_EQ(test, hook->addr, 0);
	KUNIT_EXPECT_TRUE(test, told(test, hook->name, "nacc_no_such_function",
				     "absent", hook->lost, "-"));
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

	for (i = NACC_CANARIES; i < nacc_nr_hooks; i++) {
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
	for (i = NACC_CANARIES; i < nacc_nr_hooks; i++) {
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
	nacc_hook_arm_on_demand(NACC_DEMAND_RULES);
	KUNIT_EXPECT_TRUE(test, told(test, "gup", saved.symbols[1], "ftrace",
				     hook->purpose, "placed"));
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
				     hook->lost, "-"));
	expect_lost_only(test, hook);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	restore_symbols(hook, &saved);
}

/* A name that others only begin with is not one that has been given a suffix. */
static void hook_name_begins(struct kunit *test)
{
	struct nacc_hook *hook = &nacc_hook_zap, saved;
	char base[KSYM_NAME_LEN];

	strscpy(base, hook->symbol);
	base[strlen(base) - 1] = 0;
	KUNIT_ASSERT_EQ(test, nacc_ksym.lookup(base), 0);
	rename_symbols(hook, &saved, base);
	KUNIT_EXPECT_EQ(test, hook->addr, 0);
	KUNIT_EXPECT_FALSE(test, hook->suffixed);
	restore_symbols(hook, &saved);
}

/* What the line of the module's own function says of its calls */
static struct nacc_hook_counts shown_counts(struct kunit *test)
{
	struct seq_file m = { .size = 16 * PAGE_SIZE };
	struct nacc_hook_counts c = { };
	unsigned long missed;
	const char *line;
	int fields;

	m.buf = kunit_kzalloc(test, m.size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m.buf);
	KUNIT_ASSERT_EQ(test, nacc_hook_seq(&m), 0);
	line = strstr(m.buf, "selftest by_ftrace ftrace ");
	KUNIT_ASSERT_NOT_NULL(test, line);
	fields = sscanf(line, "selftest by_ftrace ftrace %lu %lu %lu %lu ", &c.hits,
			&c.routed, &missed, &c.fallback);
	KUNIT_EXPECT_EQ(test, fields, 4);
	KUNIT_EXPECT_EQ(test, missed, 0);
	kunit_kfree(test, m.buf);
	return c;
}

static void hook_counts_shown(struct kunit *test)
{
	struct nacc_hook *canary = nacc_canaries[0];
	struct nacc_hook_counts shown, c;
	unsigned int tries = 0;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	nacc_hook_fallback(canary);
	/* The keeper may have called it meanwhile. */
	do {
		shown = shown_counts(test);
		c = nacc_hook_sum(canary);
	} while (shown.hits != c.hits && ++tries < 100);
	KUNIT_EXPECT_EQ(test, shown.hits, c.hits);
	KUNIT_EXPECT_EQ(test, shown.routed, c.routed);
	KUNIT_EXPECT_EQ(test, shown.fallback, c.fallback);
	/* Not one for the other */
	KUNIT_EXPECT_GT(test, c.hits, c.routed);
	KUNIT_EXPECT_GT(test, c.routed, c.fallback);
	test_mm_end(&t);
}

static struct kunit_case symbol_cases[] = {
	KUNIT_CASE_PARAM_ATTR(hook_lost, next_hook, TEST_SLOW),
	KUNIT_CASE_SLOW(hook_lost_all),
	KUNIT_CASE(hook_other_name),
	KUNIT_CASE(hook_name_begins),
	KUNIT_CASE(hook_counts_shown),
	KUNIT_CASE_PARAM_ATTR(hook_suffixed, suffixes_gen_params, TEST_SLOW),
	{}
};

static struct kunit_suite symbol_suite = {
	.name = "nacc_hook_symbols",
	.init = account_init,
	.exit = account_exit,
	.test_cases = symbol_cases,
};

kunit_test_suite(symbol_suite);
