// SPDX-License-Identifier: BSD-2-Clause
/*
 * One function for each claim; nacc_claims() has them in the order of their keys. What the
 * kernel says is in the last one and nowhere else.
 */
#include "claims.h"
#include "contexts.h"
#include "mem.h"
#include "state.h"

static const char * const names[NACC_MEASURED_MAX] = {
	[NACC_MEASURED_FIRMWARE] = NACC_COMPONENT_FIRMWARE,
	[NACC_MEASURED_KERNEL] = NACC_COMPONENT_KERNEL,
	[NACC_MEASURED_CMDLINE] = NACC_COMPONENT_CMDLINE,
	[NACC_MEASURED_SETUP] = NACC_COMPONENT_SETUP,
};

/* Keys of a measured component (RFC 10013, 4.3) */
#define COMPONENT_ID		1
#define COMPONENT_DIGEST	2

/* Room for one of them: names are short. */
#define COMPONENT_SIZE		128

static void number(struct nacc_cbor *c, nacc_u64 key, nacc_u64 value)
{
	nacc_cbor_uint(c, key);
	nacc_cbor_uint(c, value);
}

static void component(struct nacc_cbor *c, const char *name, const nacc_u8 *digest)
{
	nacc_u8 buf[COMPONENT_SIZE];
	struct nacc_cbor inner = { .buf = buf, .size = sizeof(buf) };

	nacc_cbor_map(&inner, 2);
	nacc_cbor_uint(&inner, COMPONENT_ID);
	nacc_cbor_array(&inner, 1);
	nacc_cbor_text(&inner, name);
	nacc_cbor_uint(&inner, COMPONENT_DIGEST);
	nacc_cbor_array(&inner, 2);
	nacc_cbor_uint(&inner, NACC_REPORT_HASH);
	nacc_cbor_bytes(&inner, digest, NACC_REPORT_HASH_SIZE);

	nacc_cbor_array(c, 2);
	nacc_cbor_uint(c, NACC_REPORT_COMPONENT);
	nacc_cbor_bytes(c, buf, inner.len);
}

static void measurements(struct nacc_cbor *c, const struct nacc_evidence *evidence)
{
	nacc_u64 nr = 0;

	for (int i = 0; i < NACC_MEASURED_MAX; i++)
		nr += evidence->measured >> i & 1;
	nacc_cbor_uint(c, NACC_CLAIM_MEASUREMENTS);
	nacc_cbor_array(c, nr);
	for (int i = 0; i < NACC_MEASURED_MAX; i++)
		if (evidence->measured >> i & 1)
			component(c, names[i], evidence->digest[i]);
}

static void setup(struct nacc_cbor *c, const struct nacc_core *core)
{
	nacc_u64 state = 0;

	/* What is not locked may be another by the time that this is read. */
	if (nacc_is_locked(core) && nacc_is_set_up(core))
		state = NACC_STATE_SET_UP | NACC_STATE_LOCKED |
			(nacc_u64)core->setup->flags << NACC_STATE_PROVENANCE_SHIFT |
			(nacc_u64)core->satp_mode << NACC_STATE_MODE_SHIFT;
	nacc_cbor_int(c, NACC_CLAIM_SETUP);
	nacc_cbor_map(c, 2);
	number(c, NACC_SETUP_STATE, state);
	number(c, NACC_SETUP_GUARD, load64(&core->guard));
}

/* Each is read once: their number must be right. */
static void refused(struct nacc_cbor *c, const struct nacc_core *core)
{
	nacc_u64 counts[NACC_REASON_MAX], nr = 0;

	for (nacc_u32 i = 0; i < NACC_REASON_MAX; i++) {
		counts[i] = load64(&core->reasons[i]);
		nr += !!counts[i];
	}
	nacc_cbor_uint(c, NACC_MACHINE_REFUSED);
	nacc_cbor_map(c, nr);
	for (nacc_u32 i = 0; i < NACC_REASON_MAX; i++)
		if (counts[i])
			number(c, i, counts[i]);
}

static void machine(struct nacc_cbor *c, const struct nacc_core *core,
		    const struct nacc_subject *subject)
{
	nacc_cbor_int(c, NACC_CLAIM_MACHINE);
	nacc_cbor_map(c, 6);
	number(c, NACC_MACHINE_ABI, NACC_SBI_ABI_VERSION);
	number(c, NACC_MACHINE_POOL, core->layout.region_size);
	number(c, NACC_MACHINE_FRAMES, core->nr_frames);
	number(c, NACC_MACHINE_REPORTS, subject->number);
	number(c, NACC_MACHINE_TICKS, subject->now.ticks);
	refused(c, core);
}

static void domain(struct nacc_cbor *c, const struct nacc_core *core,
		   const struct nacc_survey *survey)
{
	const struct nacc_sbi_gate *gate = nacc_survey_gate(core, survey);

	nacc_cbor_int(c, NACC_CLAIM_DOMAIN);
	nacc_cbor_map(c, (gate ? 12 : 8) + !!survey->sealed);
	number(c, NACC_DOMAIN_TAG, survey->tag);
	number(c, NACC_DOMAIN_LIVE, survey->live);
	number(c, NACC_DOMAIN_BUILDING, survey->building);
	number(c, NACC_DOMAIN_RETIRING, survey->retiring);
	number(c, NACC_DOMAIN_BOUND, survey->bound);
	number(c, NACC_DOMAIN_TABLES, survey->tables);
	if (gate) {
		number(c, NACC_DOMAIN_GATE, load32(&gate->mode));
		number(c, NACC_DOMAIN_GATED, load32(&gate->roots));
		number(c, NACC_DOMAIN_REFUSED, load64(&gate->refused));
		number(c, NACC_DOMAIN_REFUSED_CALLS, load64(&gate->refused_calls));
	}
	number(c, NACC_DOMAIN_SEALED, survey->sealed);
	number(c, NACC_DOMAIN_SEALED_BYTES, survey->sealed_bytes);
	if (survey->sealed) {
		nacc_cbor_uint(c, NACC_DOMAIN_SEALS);
		nacc_cbor_bytes(c, survey->digest, NACC_REPORT_HASH_SIZE);
	}
}

void nacc_claims(struct nacc_cbor *c, const struct nacc_core *core,
		 const struct nacc_evidence *evidence, const struct nacc_subject *subject)
{
	const struct nacc_sbi_report *ask = subject->ask;

	nacc_cbor_map(c, 10 + !!subject->survey.tag + !!ask->told_len);
	nacc_cbor_uint(c, NACC_CLAIM_NONCE);
	nacc_cbor_bytes(c, ask->nonce, ask->nonce_len);
	number(c, NACC_CLAIM_UPTIME, subject->now.seconds);
	number(c, NACC_CLAIM_DBGSTAT, NACC_DBGSTAT_ENABLED);
	nacc_cbor_uint(c, NACC_CLAIM_PROFILE);
	nacc_cbor_text(c, NACC_REPORT_PROFILE);
	nacc_cbor_uint(c, NACC_CLAIM_BOOTSEED);
	nacc_cbor_bytes(c, evidence->bootseed, NACC_BOOTSEED_SIZE);
	nacc_cbor_uint(c, NACC_CLAIM_SWNAME);
	nacc_cbor_text(c, "nacc-shim");
	measurements(c, evidence);
	nacc_cbor_int(c, NACC_CLAIM_KEY);
	nacc_cbor_text(c, "development");
	setup(c, core);
	machine(c, core, subject);
	if (subject->survey.tag)
		domain(c, core, &subject->survey);
	if (ask->told_len) {
		nacc_cbor_int(c, NACC_CLAIM_TOLD);
		nacc_cbor_bytes(c, ask->told, ask->told_len);
	}
}
