/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The claims of a report.
 */
#ifndef NACC_CLAIMS_H
#define NACC_CLAIMS_H

#include "cbor.h"
#include "measure.h"
#include "survey.h"

#define NACC_BOOTSEED_SIZE	32

/**
 * struct nacc_evidence - what is known since boot
 * @key: what signs
 * @vouched: enum nacc_evidence_key
 * @measured: bit n: @digest has component n (enum nacc_measured)
 * @digest: hashes of the components
 * @bootseed: another at each boot
 *
 * Written before S-mode runs, but for the set-up's hash.
 */
struct nacc_evidence {
	struct nacc_key key;
	nacc_u32 vouched;
	nacc_u32 measured;
	nacc_u8 digest[NACC_MEASURED_MAX][NACC_REPORT_HASH_SIZE];
	nacc_u8 bootseed[NACC_BOOTSEED_SIZE];
};

/**
 * struct nacc_moment - when
 * @ticks: time CSR
 * @seconds: of the machine's up time
 */
struct nacc_moment {
	nacc_u64 ticks;
	nacc_u64 seconds;
};

/**
 * struct nacc_subject - what a report is about
 * @ask: what was asked for; its lengths are right
 * @survey: of the domain, if there is one
 * @number: of this report
 * @now: when it is signed
 */
struct nacc_subject {
	const struct nacc_sbi_report *ask;
	struct nacc_survey survey;
	nacc_u64 number;
	struct nacc_moment now;
};

/**
 * nacc_claims() - write the claims
 * @c: where to
 * @core: the core
 * @evidence: what is known since boot
 * @subject: what is asked now
 */
void nacc_claims(struct nacc_cbor *c, const struct nacc_core *core,
		 const struct nacc_evidence *evidence, const struct nacc_subject *subject);

#endif /* NACC_CLAIMS_H */
