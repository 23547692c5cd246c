// SPDX-License-Identifier: GPL-2.0
/*
 * A report, taken apart. Who calls report_parse() has checked the signature before: what
 * nobody has signed is looked at as little as can be.
 */
#include <string.h>

#include "report.h"

/* COSE header parameters (RFC 9052, 3.1) */
#define HEADER_ALG	1
#define HEADER_KID	4
#define KID_SIZE	8

/* Keys of a measured component (RFC 10013, 4.3) */
#define COMPONENT_ID	1
#define COMPONENT_DIGEST	2

static bool expect_bytes(struct cbor *c, struct bytes *bytes)
{
	struct cbor_item item;

	if (!cbor_expect(c, CBOR_BYTES, &item))
		return false;
	*bytes = (struct bytes){ item.bytes, item.arg };
	return true;
}

static bool header_ok(struct bytes header)
{
	struct cbor c = cbor_of(header.at, header.len);
	struct bytes kid;

	return cbor_check(header.at, header.len) && cbor_expect_arg(&c, CBOR_MAP, 2) &&
	       cbor_expect_arg(&c, CBOR_UINT, HEADER_ALG) &&
	       cbor_expect_arg(&c, CBOR_NINT, -1 - NACC_REPORT_ALG) &&
	       cbor_expect_arg(&c, CBOR_UINT, HEADER_KID) && expect_bytes(&c, &kid) &&
	       kid.len == KID_SIZE;
}

/**
 * report_open - find the parts of a report
 * @file: the report
 * @header: result: protected header
 * @payload: result: claims, not looked at
 * @signature: result: of 64 bytes
 *
 * Return: false if it has another form.
 */
bool report_open(struct bytes file, struct bytes *header, struct bytes *payload,
		 struct bytes *signature)
{
	struct cbor c = cbor_of(file.at, file.len);

	return cbor_check(file.at, file.len) &&
	       cbor_expect_arg(&c, CBOR_TAG, NACC_TAG_CWT) &&
	       cbor_expect_arg(&c, CBOR_TAG, NACC_TAG_SIGN1) &&
	       cbor_expect_arg(&c, CBOR_ARRAY, 4) && expect_bytes(&c, header) &&
	       cbor_expect_arg(&c, CBOR_MAP, 0) && expect_bytes(&c, payload) &&
	       expect_bytes(&c, signature) && signature->len == 64 && header_ok(*header);
}

/* {1: [name], 2: [8, digest]} */
static bool parse_component(struct bytes bytes, struct component *component)
{
	struct cbor c = cbor_of(bytes.at, bytes.len);
	struct cbor_item name;

	if (!cbor_check(bytes.at, bytes.len) || !cbor_expect_arg(&c, CBOR_MAP, 2) ||
	    !cbor_expect_arg(&c, CBOR_UINT, COMPONENT_ID) ||
	    !cbor_expect_arg(&c, CBOR_ARRAY, 1) || !cbor_expect(&c, CBOR_TEXT, &name) ||
	    !cbor_expect_arg(&c, CBOR_UINT, COMPONENT_DIGEST) ||
	    !cbor_expect_arg(&c, CBOR_ARRAY, 2) ||
	    !cbor_expect_arg(&c, CBOR_UINT, NACC_REPORT_HASH) ||
	    !expect_bytes(&c, &component->digest))
		return false;
	component->name = (struct bytes){ name.bytes, name.arg };
	return component->digest.len == NACC_REPORT_HASH_SIZE;
}

static bool parse_measurements(struct cbor *c, struct report *r)
{
	struct cbor_item head;
	struct bytes bytes;

	if (!cbor_expect(c, CBOR_ARRAY, &head) || head.arg > REPORT_COMPONENTS)
		return false;
	for (r->nr_measured = 0; r->nr_measured < head.arg; r->nr_measured++)
		if (!cbor_expect_arg(c, CBOR_ARRAY, 2) ||
		    !cbor_expect_arg(c, CBOR_UINT, NACC_REPORT_COMPONENT) ||
		    !expect_bytes(c, &bytes) ||
		    !parse_component(bytes, &r->measured[r->nr_measured]))
			return false;
	return true;
}

static bool expect_uint(struct cbor *c, uint64_t *value)
{
	struct cbor_item item;
	bool ok = cbor_expect(c, CBOR_UINT, &item);

	*value = item.arg;
	return ok;
}

static bool expect_text(struct cbor *c, const char *text)
{
	struct cbor_item item;

	return cbor_next(c, &item) && (text ? cbor_is_text(&item, text) :
					      item.type == CBOR_TEXT);
}

static bool parse_key(struct cbor *c, struct report *r)
{
	struct cbor_item item;

	if (!cbor_expect(c, CBOR_TEXT, &item))
		return false;
	r->key = (struct bytes){ item.bytes, item.arg };
	return true;
}

/* No key of a map */
#define NONE		(-1)

/* A hash, where there may be one */
static bool expect_digest(struct cbor *c, struct bytes *digest)
{
	return expect_bytes(c, digest) && digest->len == NACC_REPORT_HASH_SIZE;
}

/* A map from numbers to numbers; in that of the machine one of them is such a map. */
static bool numbers(struct cbor *c, int64_t inner, int64_t hash, struct bytes *digest)
{
	struct cbor_item head, item;
	int64_t key;
	uint64_t nr;

	if (!cbor_expect(c, CBOR_MAP, &head))
		return false;
	for (nr = head.arg; nr; nr--) {
		if (!cbor_key(c, &key) || key < 0)
			return false;
		if (key == inner ? !numbers(c, NONE, NONE, NULL) :
		    key == hash ? !expect_digest(c, digest) :
				  !cbor_expect(c, CBOR_UINT, &item))
			return false;
	}
	return true;
}

static bool parse_numbers(struct cbor *c, struct cbor *map, int64_t inner, int64_t hash,
			  struct bytes *digest)
{
	*map = *c;
	if (!numbers(c, inner, hash, digest))
		return false;
	map->end = c->at;
	return true;
}

static bool parse_claim(struct cbor *c, int64_t claim, struct report *r)
{
	switch (claim) {
	case NACC_CLAIM_NONCE:
		return expect_bytes(c, &r->nonce) && r->nonce.len >= NACC_REPORT_NONCE_MIN &&
		       r->nonce.len <= NACC_REPORT_NONCE_MAX;
	case NACC_CLAIM_UPTIME:
		return expect_uint(c, &r->uptime);
	case NACC_CLAIM_DBGSTAT:
		return expect_uint(c, &r->dbgstat);
	case NACC_CLAIM_PROFILE:
		return expect_text(c, NACC_REPORT_PROFILE);
	case NACC_CLAIM_BOOTSEED:
		return expect_bytes(c, &r->bootseed);
	case NACC_CLAIM_SWNAME:
		return expect_text(c, NULL);
	case NACC_CLAIM_MEASUREMENTS:
		return parse_measurements(c, r);
	case NACC_CLAIM_KEY:
		return parse_key(c, r);
	case NACC_CLAIM_SETUP:
		return parse_numbers(c, &r->setup, NONE, NONE, NULL);
	case NACC_CLAIM_MACHINE:
		return parse_numbers(c, &r->machine, NACC_MACHINE_REFUSED, NONE, NULL);
	case NACC_CLAIM_DOMAIN:
		return parse_numbers(c, &r->domain, NONE, NACC_DOMAIN_SEALS, &r->seals);
	case NACC_CLAIM_TOLD:
		return expect_bytes(c, &r->told);
	}
	r->unknown++;
	return cbor_skip(c);
}

/* Those without which there is nothing to judge by */
static bool has_claims(struct cbor payload)
{
	static const int64_t must[] = {
		NACC_CLAIM_NONCE, NACC_CLAIM_PROFILE, NACC_CLAIM_BOOTSEED,
		NACC_CLAIM_MEASUREMENTS, NACC_CLAIM_KEY, NACC_CLAIM_SETUP, NACC_CLAIM_MACHINE,
	};
	struct cbor value;
	size_t i;

	for (i = 0; i < sizeof(must) / sizeof(*must); i++)
		if (!cbor_find(payload, must[i], &value))
			return false;
	return true;
}

/**
 * report_parse - read the claims of a report
 * @payload: the claims
 * @report: result
 *
 * Return: false if they are not as NACC_REPORT_PROFILE says.
 */
bool report_parse(struct bytes payload, struct report *report)
{
	struct cbor c = cbor_of(payload.at, payload.len);
	struct cbor_item head;
	int64_t claim;
	uint64_t nr;

	memset(report, 0, sizeof(*report));
	if (!cbor_check(payload.at, payload.len) || !has_claims(c) ||
	    !cbor_expect(&c, CBOR_MAP, &head))
		return false;
	for (nr = head.arg; nr; nr--)
		if (!cbor_key(&c, &claim) || !parse_claim(&c, claim, report))
			return false;
	return true;
}
