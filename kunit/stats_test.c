// SPDX-License-Identifier: GPL-2.0
/* Tests of count.c, which includes this file, and of stats.c. */
#include "env.h"

/**
 * test_count() - a counter of the module
 * @counter: which
 */
long test_count(enum nacc_count counter)
{
	return atomic_long_read(&counts[counter]);
}

static void stats_names(struct kunit *test)
{
	unsigned int i, j;

	for (i = 0; i < NACC_COUNT_MAX; i++) {
		KUNIT_ASSERT_NOT_NULL(test, count_names[i]);
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_STRNEQ(test, count_names[i],
					    count_names[j]);
	}
}

static void stats_count(struct kunit *test)
{
	long before = test_count(NACC_COUNT_MARKS);

	nacc_count(NACC_COUNT_MARKS, 3);
	KUNIT_EXPECT_EQ(test, test_count(NACC_COUNT_MARKS), before + 3);
	nacc_count(NACC_COUNT_MARKS, -3);
	KUNIT_EXPECT_EQ(test, test_count(NACC_COUNT_MARKS), before);
}

#define ALL	(NACC_STAT_MAX + NACC_REASON_MAX + NACC_COUNT_MAX)

/* All values in the order in which they are printed. */
static void read_all(u64 all[ALL])
{
	unsigned int i;

	nacc_sbi_stats(all);
	for (i = 0; i < NACC_COUNT_MAX; i++)
		all[NACC_STAT_MAX + NACC_REASON_MAX + i] = test_count(i);
}

/* The name and the value of a line: @i is none of those that are left out. */
static bool is_line(const char *line, unsigned int i, const u64 *low,
		    const u64 *high)
{
	const char *prefix = "", *name = nacc_stat_name(i);
	char found[64], want[64];
	u64 value;

	if (i >= NACC_STAT_MAX + NACC_REASON_MAX) {
		prefix = "mod_";
		name = count_names[i - NACC_STAT_MAX - NACC_REASON_MAX];
	} else if (i >= NACC_STAT_MAX) {
		prefix = "refused_";
		name = nacc_reason_name(i - NACC_STAT_MAX);
	}
	snprintf(want, sizeof(want), "%s%s", prefix, name);
	return sscanf(line, "%63s %llu", found, &value) == 2 &&
	       !strcmp(found, want) && value >= low[i] && value <= high[i];
}

/* What is printed is what is counted: it lies between two looks at it. */
static void stats_values(struct kunit *test)
{
	u64 *low = kunit_kcalloc(test, ALL, sizeof(u64), GFP_KERNEL);
	u64 *high = kunit_kcalloc(test, ALL, sizeof(u64), GFP_KERNEL);
	struct seq_file m = { .size = 4 * PAGE_SIZE };
	unsigned int i;
	char *next;

	m.buf = kunit_kzalloc(test, m.size, GFP_KERNEL);
	KUNIT_ASSERT_TRUE(test, m.buf && low && high);
	/* Each counter of the module has another value. */
	for (i = 0; i < NACC_COUNT_MAX; i++)
		nacc_count(i, 1000 + i);
	read_all(low);
	KUNIT_ASSERT_EQ(test, nacc_stats_seq(&m), 0);
	read_all(high);
	next = m.buf;
	strsep(&next, "\n");
	for (i = 0; i < ALL; i++) {
		char *line;

		if (i == NACC_STAT_MAX + NACC_REASON_NONE)
			continue;
		line = strsep(&next, "\n");
		KUNIT_EXPECT_TRUE_MSG(test, is_line(line, i, low, high), "%s",
				      line);
	}
	KUNIT_EXPECT_STREQ(test, next, "");
	for (i = 0; i < NACC_COUNT_MAX; i++)
		nacc_count(i, -1000 - (long)i);
}

/* A shim that does not answer has counted nothing. */
static void stats_call_fails(struct kunit *test)
{
	u64 all[NACC_STAT_MAX + NACC_REASON_MAX];

	memset(all, 0xff, sizeof(all));
	sbi_fault_set(NACC_SBI_STATS, 1);
	nacc_sbi_stats(all);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_NULL(test, memchr_inv(all, 0, sizeof(all)));
}

/* Every counter is there once, with one value. */
static void stats_print(struct kunit *test)
{
	struct seq_file m = { .size = 4 * PAGE_SIZE };
	unsigned int lines = 0;
	char *line, *next;

	m.buf = kunit_kzalloc(test, m.size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m.buf);
	KUNIT_ASSERT_EQ(test, nacc_stats_seq(&m), 0);
	KUNIT_ASSERT_LT(test, m.count, m.size);
	next = m.buf;
	while ((line = strsep(&next, "\n")) && *line) {
		char *value = strchr(line, ' ');

		KUNIT_ASSERT_NOT_NULL(test, value);
		KUNIT_EXPECT_NULL(test, strchr(value + 1, ' '));
		lines++;
	}
	/* The title, and no line for "not refused". */
	KUNIT_EXPECT_EQ(test, lines, 1 + NACC_STAT_MAX + NACC_REASON_MAX - 1 +
				     NACC_COUNT_MAX);
}

static struct kunit_case stats_cases[] = {
	KUNIT_CASE(stats_names),
	KUNIT_CASE(stats_count),
	KUNIT_CASE(stats_print),
	KUNIT_CASE(stats_values),
	KUNIT_CASE(stats_call_fails),
	{}
};

static struct kunit_suite stats_suite = {
	.name = "nacc_stats",
	.test_cases = stats_cases,
};

kunit_test_suite(stats_suite);
