// SPDX-License-Identifier: GPL-2.0
/* NACC_IOC_REPORT: see include/uapi/linux/nacc_report.h. */
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/uaccess.h>

#include "user/user.h"

static int ask(struct nacc_sbi_report *ask, const struct nacc_report *report)
{
	static_assert(sizeof(ask->nonce) == NACC_NONCE_MAX && sizeof(ask->told) == NACC_TOLD_MAX);
	static_assert(sizeof(report->nonce) == NACC_REPORT_NONCE_MAX);
	ask->nonce_len = report->nonce_len;
	ask->told_len = report->told_len;
	memcpy(ask->nonce, report->nonce, sizeof(ask->nonce));
	return copy_from_user(ask->told, u64_to_user_ptr(report->told), report->told_len) ?
	       -EFAULT : 0;
}

static int answer(struct nacc_report *report, const void *page, size_t len)
{
	const size_t room = report->report_len;

	report->report_len = len;
	if (len > room)
		return -ENOSPC;
	return copy_to_user(u64_to_user_ptr(report->report), page, len) ? -EFAULT : 0;
}

/* Of a domain that stays one until it has been signed. */
static int make(struct nacc_report *report, void *page, size_t *len)
{
	struct nacc_domain *domain = NULL;
	int ret;

	if (report->domain) {
		domain = nacc_gate_domain(report->domain, INVALID_UID);
		if (IS_ERR(domain))
			return PTR_ERR(domain);
	}
	ret = nacc_sbi_report(report->domain, page, len);
	if (domain)
		nacc_domain_put(domain);
	return ret;
}

/**
 * nacc_ioctl_report() - NACC_IOC_REPORT
 * @report: the caller's structure, copied in; its length is put into it
 *
 * Context: may sleep.
 */
long nacc_ioctl_report(struct nacc_report *report)
{
	void *page;
	size_t len;
	int ret;

	static_assert(PAGE_SIZE == NACC_REPORT_MAX);
	if (report->nonce_len < NACC_REPORT_NONCE_MIN || report->nonce_len > NACC_NONCE_MAX ||
	    report->told_len > NACC_TOLD_MAX)
		return -EINVAL;
	page = (void *)get_zeroed_page(GFP_KERNEL);
	if (!page)
		return -ENOMEM;
	ret = ask(page, report);
	if (!ret)
		ret = make(report, page, &len);
	if (!ret)
		ret = answer(report, page, len);
	free_page((unsigned long)page);
	return ret;
}

#ifdef NACC_KUNIT
#include "report_test.c"
#endif
