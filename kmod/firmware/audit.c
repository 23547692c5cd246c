// SPDX-License-Identifier: GPL-2.0
/* The audit log: refused stores, kept by the shim. */
#include <linux/gfp.h>

#include "firmware/firmware.h"

static u64 first __ro_after_init;

/**
 * nacc_audit_init() - what the firmware has on record is history from here on
 *
 * Context: module load, may sleep.
 * Return: 0, or an error of the shim after one sentence.
 */
int __init nacc_audit_init(void)
{
	u64 stats[NACC_STAT_MAX + NACC_REASON_MAX];
	int ret = nacc_sbi_stats(stats);

	if (ret)
		pr_err("the firmware does not say what it has on record\n");
	first = stats[NACC_STAT_AUDIT_NEXT];
	return ret;
}

/**
 * nacc_audit_first() - number of the first refusal since the module was loaded
 *
 * Context: any. Those before it are of an earlier load.
 */
u64 nacc_audit_first(void)
{
	return first;
}

static unsigned long audit_read(u64 seq, struct nacc_sbi_audit *page)
{
	unsigned long n;

	if (nacc_sbi_call(NACC_SBI_AUDIT, seq, __pa(page), 0, &n))
		return 0;
	return n;
}

/* Refusals may go on while the log is read: this is where to stop. */
static u64 audit_end(void)
{
	u64 stats[NACC_STAT_MAX + NACC_REASON_MAX];

	nacc_sbi_stats(stats);
	return stats[NACC_STAT_AUDIT_NEXT];
}

/**
 * nacc_audit_each() - go through the refusals until now
 * @seq: number of the first to look at; out: of the next that there will be
 * @fn: called for each that is still kept
 * @arg: for @fn
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int nacc_audit_each(u64 *seq, void (*fn)(const struct nacc_sbi_audit *audit,
					 void *arg), void *arg)
{
	struct nacc_sbi_audit *page = (void *)get_zeroed_page(GFP_KERNEL);
	unsigned long i, n;
	u64 end;

	if (!page)
		return -ENOMEM;
	end = audit_end();
	while (*seq < end && (n = audit_read(*seq, page))) {
		for (i = 0; i < n; i++)
			fn(&page[i], arg);
		*seq = page[n - 1].seq + 1;
	}
	free_page((unsigned long)page);
	return 0;
}
