// SPDX-License-Identifier: GPL-2.0
/* /proc/nacc/stats: the shim's counters and the module's. */
#include "user/user.h"

/**
 * nacc_stats_seq() - print /proc/nacc/stats
 * @m: where to
 */
int nacc_stats_seq(struct seq_file *m)
{
	u64 stats[NACC_STAT_MAX + NACC_REASON_MAX];
	unsigned int i;

	nacc_sbi_stats(stats);
	seq_puts(m, "name value\n");
	for (i = 0; i < NACC_STAT_MAX; i++)
		seq_printf(m, "%s %llu\n", nacc_stat_name(i), stats[i]);
	for (i = 1; i < NACC_REASON_MAX; i++)
		seq_printf(m, "refused_%s %llu\n", nacc_reason_name(i),
			   stats[NACC_STAT_MAX + i]);
	for (i = 0; i < NACC_COUNT_MAX; i++)
		seq_printf(m, "mod_%s %ld\n", nacc_count_name(i),
			   nacc_count_value(i));
	return 0;
}
