// SPDX-License-Identifier: GPL-2.0
/* A report of the firmware's, which makes it in as many calls as it takes. */
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "firmware/firmware.h"

/* One at a time, as the firmware has it. */
static DEFINE_MUTEX(lock);

/*
 * More calls than a pool of 1 GiB and the longest set-up want: who needs more is being
 * kept from it by somebody who makes these calls, too.
 */
#define CALLS_MAX	1024

static int make(void *page, u32 domain, size_t *len)
{
	unsigned long value = 0;
	unsigned int i;
	int ret;

	ret = nacc_sbi_call(NACC_SBI_REPORT_BEGIN, domain, __pa(page), 0, NULL);
	for (i = 0; !ret && !value && i < CALLS_MAX; i++) {
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
		ret = nacc_sbi_call(NACC_SBI_REPORT, __pa(page), 0, 0, &value);
	}
	/* It is in somebody else's hands, or there is none any more. */
	if (ret == -EEXIST || (!ret && !value))
		return -EBUSY;
	if (!ret && value > PAGE_SIZE)
		return -EIO;
	*len = value;
	return ret;
}

/**
 * nacc_sbi_report() - have the firmware sign a report
 * @domain: the tag that it is to be about, or 0
 * @page: a page with a struct nacc_sbi_report; out: the report
 * @len: out: its length
 *
 * Context: may sleep.
 * Return: 0, -EBUSY, -EINTR, or an error of the shim: -EINVAL for lengths that are none,
 * -EOPNOTSUPP if it signs none.
 */
int nacc_sbi_report(u32 domain, void *page, size_t *len)
{
	int ret;

	mutex_lock(&lock);
	ret = make(page, domain, len);
	mutex_unlock(&lock);
	return ret;
}
