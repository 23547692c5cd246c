// SPDX-License-Identifier: GPL-2.0
/* Tests of stats.c, which includes this file. */
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
	{}
};

static struct kunit_suite stats_suite = {
	.name = "nacc_stats",
	.test_cases = stats_cases,
};

kunit_test_suite(stats_suite);
