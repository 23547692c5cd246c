/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reports: REPORT_BEGIN and REPORT. One is made at a time, in as many calls as it takes.
 */
#ifndef NACC_REPORT_H
#define NACC_REPORT_H

#include "claims.h"
#include "request.h"

/**
 * enum nacc_report_phase - what REPORT does next
 *
 * @NACC_REPORT_NONE: none has been begun
 * @NACC_REPORT_SURVEY: look for address spaces of the domain
 * @NACC_REPORT_SETUP: hash the set-up, if it is locked and was not hashed
 * @NACC_REPORT_SIGN: put all together
 */
enum nacc_report_phase {
	NACC_REPORT_NONE = 0,
	NACC_REPORT_SURVEY,
	NACC_REPORT_SETUP,
	NACC_REPORT_SIGN,
};

/**
 * struct nacc_reporter - the report that is being made; in memory of M-mode's
 * @busy: a hart is at it; the rest is that hart's
 * @phase: enum nacc_report_phase
 * @ask: what it is about, copied
 * @setup: of the set-up
 * @subject: what is said of this machine and domain at this moment
 * @whole: what is signed, then the report
 * @payload: the claims
 */
struct nacc_reporter {
	nacc_u32 busy;
	nacc_u32 phase;
	struct nacc_sbi_report ask;
	struct nacc_setup_hash setup;
	struct nacc_subject subject;
	nacc_u64 whole[NACC_SBI_PAGE_SIZE / 8];
	nacc_u8 payload[3072];
};

/**
 * nacc_report_call() - REPORT_BEGIN or REPORT
 * @core: the core
 * @evidence: key and measurements; that of the set-up is added
 * @reporter: the report under way
 * @call: the call, all of it hostile
 * @now: what time it is
 *
 * Any hart, set up or not, without lock: who comes while another is at it is told so, and
 * does not wait. A refusal is counted. Return: the answer.
 */
struct nacc_ret nacc_report_call(struct nacc_core *core, struct nacc_evidence *evidence,
				 struct nacc_reporter *reporter, const struct nacc_call *call,
				 const struct nacc_moment *now);

#endif /* NACC_REPORT_H */
