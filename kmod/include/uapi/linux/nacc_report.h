/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR BSD-2-Clause */
/*
 * /dev/nacc: reports, by which the firmware says to somebody elsewhere what runs here; part
 * of nacc.h, whose rules hold here, too. Since version 1.7.
 */
#ifndef _UAPI_LINUX_NACC_REPORT_H
#define _UAPI_LINUX_NACC_REPORT_H

/** NACC_NONCE_MAX - most bytes of a nonce; it has 8 at least */
#define NACC_NONCE_MAX		64
/** NACC_TOLD_MAX - most bytes of what a report has been told */
#define NACC_TOLD_MAX		1024
/** NACC_REPORT_MAX - no report is longer */
#define NACC_REPORT_MAX		4096

/**
 * struct nacc_report - have the firmware sign a report (NACC_IOC_REPORT)
 * @size: sizeof(struct nacc_report)
 * @flags: zero
 * @domain: ID of a domain, or 0: about the machine only
 * @nonce_len: bytes of @nonce, 8 to NACC_NONCE_MAX
 * @nonce: what the report is to repeat
 * @told: user pointer to bytes that the report is to have as what it was told, which it
 *	vouches for in no way
 * @told_len: how many, at most NACC_TOLD_MAX; may be 0
 * @report_len: in: room at @report; out: length of the report
 * @report: user pointer to where it goes; at most NACC_REPORT_MAX bytes are written
 *
 * What is in it: docs/evidence.md.
 *
 * Errors: -ENOENT (no such domain), -EINVAL (lengths), -EFAULT, -ENOSPC (no room at
 * @report; @report_len says how much it takes), -EOPNOTSUPP (the firmware signs no reports),
 * -EBUSY (somebody else keeps beginning reports), -EINTR, -ENOMEM.
 */
struct nacc_report {
	__u32 size;
	__u32 flags;
	__u32 domain;
	__u32 nonce_len;
	__u8 nonce[NACC_NONCE_MAX];
	__u64 told;
	__u32 told_len;
	__u32 report_len;
	__u64 report;
};

#define NACC_IOC_REPORT		_IOWR(NACC_IOC_MAGIC, 14, struct nacc_report)

#endif /* _UAPI_LINUX_NACC_REPORT_H */
