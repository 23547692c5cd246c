// SPDX-License-Identifier: BSD-2-Clause
/*
 * A report in steps: what S-mode has asked for is copied once, and nothing of it is read
 * again; what is written to its page is written only.
 */
#include "report.h"
#include "mem.h"
#include "state.h"

/* Header of COSE: algorithm, and which key (RFC 9052, 3.1) */
#define HEADER_ALG		1
#define HEADER_KID		4
#define HEADER_SIZE		16

static struct nacc_ret begin(struct nacc_core *core, struct nacc_reporter *r, nacc_u64 tag,
			     nacc_u64 pa)
{
	_Static_assert(sizeof(r->ask) % 8 == 0 && sizeof(r->ask) <= NACC_SBI_PAGE_SIZE, "");

	if (!nacc_buffer_ok(core, pa, NACC_SBI_PAGE_SIZE))
		return nacc_refused(NACC_REASON_BAD_ADDRESS);
	r->phase = NACC_REPORT_NONE;
	copy64((nacc_u64 *)&r->ask, nacc_phys(pa), sizeof(r->ask) / 8);
	if (r->ask.nonce_len < NACC_REPORT_NONCE_MIN || r->ask.nonce_len > NACC_REPORT_NONCE_MAX ||
	    r->ask.told_len > NACC_REPORT_TOLD_MAX)
		return nacc_refused(NACC_REASON_BAD_COUNT);
	r->subject.ask = &r->ask;
	r->subject.survey = (struct nacc_survey){ .tag = tag };
	r->setup = (struct nacc_setup_hash){ .next = 0 };
	r->phase = tag ? NACC_REPORT_SURVEY : NACC_REPORT_SETUP;
	return ret_ok(0);
}

static int setup_done(const struct nacc_core *core, struct nacc_evidence *evidence,
		      struct nacc_setup_hash *setup)
{
	const nacc_u32 bit = 1U << NACC_MEASURED_SETUP;

	if (evidence->measured & bit || !nacc_is_locked(core) || !nacc_is_set_up(core))
		return 1;
	if (!nacc_setup_hash_some(setup, core->setup))
		return 0;
	nacc_hash_end(&setup->hash, evidence->digest[NACC_MEASURED_SETUP]);
	evidence->measured |= bit;
	return 1;
}

static nacc_u64 header(const struct nacc_key *key, nacc_u8 buf[HEADER_SIZE])
{
	struct nacc_cbor c = { .buf = buf, .size = HEADER_SIZE };

	nacc_cbor_map(&c, 2);
	nacc_cbor_uint(&c, HEADER_ALG);
	nacc_cbor_int(&c, NACC_REPORT_ALG);
	nacc_cbor_uint(&c, HEADER_KID);
	nacc_cbor_bytes(&c, key->kid, NACC_KID_SIZE);
	return c.len;
}

/*
 * COSE_Sign1 (RFC 9052, 4.2), of which Sig_structure (4.4) is signed. All of it has room:
 * a report has less than 3072 bytes of claims whatever was asked, which test_report tries.
 */
static nacc_u64 sign(struct nacc_reporter *r, const struct nacc_key *key, nacc_u64 claims)
{
	struct nacc_cbor c = { .buf = (nacc_u8 *)r->whole, .size = sizeof(r->whole) };
	nacc_u8 signature[NACC_SIGNATURE_SIZE], buf[HEADER_SIZE];
	nacc_u64 len = header(key, buf);

	nacc_cbor_array(&c, 4);
	nacc_cbor_text(&c, "Signature1");
	nacc_cbor_bytes(&c, buf, len);
	nacc_cbor_bytes(&c, buf, 0);
	nacc_cbor_bytes(&c, r->payload, claims);
	nacc_key_sign(key, c.buf, c.len, signature);

	c.len = 0;
	nacc_cbor_tag(&c, NACC_TAG_CWT);
	nacc_cbor_tag(&c, NACC_TAG_SIGN1);
	nacc_cbor_array(&c, 4);
	nacc_cbor_bytes(&c, buf, len);
	nacc_cbor_map(&c, 0);
	nacc_cbor_bytes(&c, r->payload, claims);
	nacc_cbor_bytes(&c, signature, sizeof(signature));
	return c.len;
}

static struct nacc_ret finish(struct nacc_core *core, const struct nacc_evidence *evidence,
			      struct nacc_reporter *r, nacc_u64 *page,
			      const struct nacc_moment *now)
{
	struct nacc_cbor claims = { .buf = r->payload, .size = sizeof(r->payload) };
	nacc_u64 len;

	r->subject.now = *now;
	r->subject.number++;
	nacc_claims(&claims, core, evidence, &r->subject);
	len = sign(r, &evidence->key, claims.len);
	copy64(page, r->whole, sizeof(r->whole) / 8);
	r->phase = NACC_REPORT_NONE;
	return ret_ok(len);
}

static struct nacc_ret step(struct nacc_core *core, struct nacc_evidence *evidence,
			    struct nacc_reporter *r, nacc_u64 pa, const struct nacc_moment *now)
{
	if (!nacc_buffer_ok(core, pa, NACC_SBI_PAGE_SIZE))
		return nacc_refused(NACC_REASON_BAD_ADDRESS);
	switch (r->phase) {
	case NACC_REPORT_SURVEY:
		if (nacc_survey_some(core, &r->subject.survey))
			r->phase = NACC_REPORT_SETUP;
		return ret_ok(0);
	case NACC_REPORT_SETUP:
		if (setup_done(core, evidence, &r->setup))
			r->phase = NACC_REPORT_SIGN;
		return ret_ok(0);
	case NACC_REPORT_SIGN:
		return finish(core, evidence, r, nacc_phys(pa), now);
	default:
		return nacc_refused(NACC_REASON_AS_STATE);
	}
}

struct nacc_ret nacc_report_call(struct nacc_core *core, struct nacc_evidence *evidence,
				 struct nacc_reporter *reporter, const struct nacc_call *call,
				 const struct nacc_moment *now)
{
	struct nacc_ret ret;

	if (!evidence->vouched)
		return ret_fail(NACC_SBI_ERR_NOT_SUPPORTED, NACC_REASON_NONE);
	if (__atomic_exchange_n(&reporter->busy, 1, __ATOMIC_ACQUIRE))
		return ret_fail(NACC_SBI_ERR_ALREADY_AVAILABLE, NACC_REASON_TAKEN);
	if (call->fid == NACC_SBI_REPORT_BEGIN)
		ret = begin(core, reporter, call->arg[0], call->arg[1]);
	else
		ret = step(core, evidence, reporter, call->arg[0], now);
	__atomic_store_n(&reporter->busy, 0, __ATOMIC_RELEASE);
	if (ret.error)
		nacc_count(&core->reasons[ret.value]);
	return ret;
}
