// SPDX-License-Identifier: GPL-2.0
/* Counters: the shim's and the module's. */
#include <linux/atomic.h>

#include "nacc.h"

static const char * const count_names[] = {
	[NACC_COUNT_MARKS] = "marks",
	[NACC_COUNT_INHERITED_FORK] = "inherited_fork",
	[NACC_COUNT_INHERITED_EXEC] = "inherited_exec",
	[NACC_COUNT_KILLED] = "killed",
	[NACC_COUNT_ENOMEM] = "enomem",
	[NACC_COUNT_PROMOTED_TABLES] = "promoted_tables",
	[NACC_COUNT_DEMOTED_TABLES] = "demoted_tables",
	[NACC_COUNT_REAPED] = "reaped",
	[NACC_COUNT_ORIGINALS] = "originals",
	[NACC_COUNT_CONDEMNED] = "condemned",
	[NACC_COUNT_ROOT_SWAPPED] = "root_swapped",
	[NACC_COUNT_LEAKED] = "leaked",
	[NACC_COUNT_FORBIDDEN_WRITES] = "forbidden_writes",
	[NACC_COUNT_FORBIDDEN_PINS] = "forbidden_pins",
};

static_assert(ARRAY_SIZE(count_names) == NACC_COUNT_MAX);

static atomic_long_t counts[NACC_COUNT_MAX];

/**
 * nacc_count() - add to a counter
 * @counter: which
 * @delta: how much
 *
 * Context: any.
 */
void nacc_count(enum nacc_count counter, long delta)
{
	atomic_long_add(delta, &counts[counter]);
}

/**
 * nacc_stats_seq() - print /proc/nacc/stats
 * @m: where to
 */
int nacc_stats_seq(struct seq_file *m)
{
	u64 stats[NACC_STAT_MAX + NACC_REASON_MAX];
	unsigned int i;

	nacc_pool_stats(stats);
	seq_puts(m, "name value\n");
	for (i = 0; i < NACC_STAT_MAX; i++)
		seq_printf(m, "%s %llu\n", nacc_stat_name(i), stats[i]);
	for (i = 1; i < NACC_REASON_MAX; i++)
		seq_printf(m, "refused_%s %llu\n", nacc_reason_name(i),
			   stats[NACC_STAT_MAX + i]);
	for (i = 0; i < NACC_COUNT_MAX; i++)
		seq_printf(m, "mod_%s %ld\n", count_names[i],
			   atomic_long_read(&counts[i]));
	return 0;
}

#ifdef NACC_KUNIT
#include "stats_test.c"
#endif
