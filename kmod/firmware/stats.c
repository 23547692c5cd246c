// SPDX-License-Identifier: GPL-2.0
/* The shim's counters. */
#include <linux/gfp.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include "firmware/firmware.h"

static DEFINE_MUTEX(lock);
static void *page;		/* what it points to: under lock */

/**
 * nacc_sbi_stats_init() - make room for what the shim writes
 *
 * Context: module load, may sleep.
 * Return: 0 or -ENOMEM.
 */
int __init nacc_sbi_stats_init(void)
{
	page = (void *)get_zeroed_page(GFP_KERNEL);
	return page ? 0 : -ENOMEM;
}

/**
 * nacc_sbi_stats_exit() - undo nacc_sbi_stats_init()
 */
void nacc_sbi_stats_exit(void)
{
	free_page((unsigned long)page);
}

/**
 * nacc_sbi_stats() - read the shim's counters
 * @stats: enum nacc_stat, then the refusals by enum nacc_reason
 *
 * Context: may sleep.
 * Return: 0, or an error of the shim: all are zero then.
 */
int nacc_sbi_stats(u64 stats[NACC_STAT_MAX + NACC_REASON_MAX])
{
	const size_t size = (NACC_STAT_MAX + NACC_REASON_MAX) * sizeof(u64);
	int ret;

	mutex_lock(&lock);
	ret = nacc_sbi_call(NACC_SBI_STATS, __pa(page), 0, 0, NULL);
	if (ret)
		memset(stats, 0, size);
	else
		memcpy(stats, page, size);
	mutex_unlock(&lock);
	return ret;
}
