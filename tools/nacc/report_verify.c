// SPDX-License-Identifier: GPL-2.0
/*
 * Is a report to be believed? The signature first; what is in it only then.
 */
#include <string.h>

#include <crypto_sign_ed25519.h>

#include "nacc.h"
#include "report.h"

/* No report is longer; in front of its claims there are few bytes. */
#define SIGNED_MAX	(NACC_SBI_PAGE_SIZE + 64)

/* Of the key whose secret half is published: sbi-shim/opensbi/evidence.c */
static const uint8_t development[REPORT_KEY_SIZE] = {
	0x67, 0x07, 0x38, 0x72, 0x89, 0x11, 0xbd, 0xa4,
	0x57, 0x43, 0x82, 0xe2, 0xbe, 0xae, 0xee, 0x3f,
	0x05, 0x94, 0x6b, 0x1f, 0xc2, 0xec, 0x91, 0x7e,
	0x55, 0xa8, 0xa9, 0xc3, 0x77, 0x95, 0x8e, 0x6f,
};

static const char *const reasons[] = {
	[REPORT_OK] = "ok",
	[REPORT_FORM] = "form",
	[REPORT_SIGNATURE] = "signature",
	[REPORT_NONCE] = "nonce",
	[REPORT_REFERENCE] = "reference",
	[REPORT_SEALS] = "seals",
};

/**
 * report_why - what is wrong, in a word
 * @why: enum report_why
 *
 * Return: the word.
 */
const char *report_why(enum report_why why)
{
	return reasons[why];
}

/**
 * report_key_known - is this a key that anybody can sign with?
 * @key: public key
 *
 * Return: whether it is.
 */
bool report_key_known(const uint8_t key[REPORT_KEY_SIZE])
{
	return !memcmp(key, development, sizeof(development));
}

/* Head of a string of this many bytes, in its shortest form */
static size_t put_head(uint8_t *to, uint8_t type, size_t len)
{
	if (len < 24) {
		to[0] = (uint8_t)(type | len);
		return 1;
	}
	if (len < 256) {
		to[0] = type | 24;
		to[1] = (uint8_t)len;
		return 2;
	}
	to[0] = type | 25;
	to[1] = (uint8_t)(len >> 8);
	to[2] = (uint8_t)len;
	return 3;
}

static size_t put_bytes(uint8_t *to, struct bytes bytes)
{
	size_t len = put_head(to, 0x40, bytes.len);

	memcpy(to + len, bytes.at, bytes.len);
	return len + bytes.len;
}

/* Sig_structure (RFC 9052, 4.4): ["Signature1", header, '', payload] */
static bool signature_ok(const uint8_t key[REPORT_KEY_SIZE], struct bytes header,
			 struct bytes payload, struct bytes signature)
{
	static const uint8_t context[] = "\x84\x6aSignature1";
	uint8_t text[SIGNED_MAX];
	size_t len = sizeof(context) - 1;

	if (header.len + payload.len > NACC_SBI_PAGE_SIZE)
		return false;
	memcpy(text, context, len);
	len += put_bytes(text + len, header);
	len += put_bytes(text + len, (struct bytes){ header.at, 0 });
	len += put_bytes(text + len, payload);
	return !crypto_sign_ed25519_verify_detached(signature.at, text, len, key);
}

static bool measured_ok(const struct report *report, const struct reference *reference)
{
	size_t i;

	for (i = 0; i < report->nr_measured; i++)
		if (!strcmp(reference_state(reference, &report->measured[i]), "differs"))
			return false;
	for (i = 0; reference && i < reference->nr; i++)
		if (reference_missing(report, &reference->values[i]))
			return false;
	return true;
}

/**
 * report_verify - judge a report
 * @file: the report
 * @key: who should have signed it
 * @nonce: what it should repeat, or NULL
 * @reference: what should be measured, or NULL
 * @report: result: what is in it, unless it is of no form, or not signed
 *
 * Return: enum report_why, the first that there is.
 */
enum report_why report_verify(struct bytes file, const uint8_t key[REPORT_KEY_SIZE],
			      const struct bytes *nonce, const struct reference *reference,
			      struct report *report)
{
	struct bytes header, payload, signature;

	if (file.len > NACC_SBI_PAGE_SIZE || !report_open(file, &header, &payload, &signature))
		return REPORT_FORM;
	if (!signature_ok(key, header, payload, signature))
		return REPORT_SIGNATURE;
	if (!report_parse(payload, report))
		return REPORT_FORM;
	if (nonce && (nonce->len != report->nonce.len ||
		      memcmp(nonce->at, report->nonce.at, nonce->len)))
		return REPORT_NONCE;
	return measured_ok(report, reference) ? REPORT_OK : REPORT_REFERENCE;
}
