// SPDX-License-Identifier: GPL-2.0
/*
 * Reference values: a CoRIM (draft-ietf-rats-corim) with CoMIDs whose reference triples have
 * SHA-512 digests of named components. What else is in one is passed over.
 */
#include <string.h>

#include "report.h"

#define TAG_CORIM	501
#define TAG_COMID	506

/* Keys of the maps that there are, from the outside in */
#define CORIM_TAGS	1
#define COMID_TRIPLES	4
#define TRIPLES_REFERENCE	0
#define MEASUREMENT_KEY	0
#define MEASUREMENT_VALUES	1
#define VALUES_DIGESTS	2

static bool parse_digest(struct cbor *c, struct bytes name, struct reference *reference)
{
	struct cbor_item alg, digest;

	if (!cbor_expect_arg(c, CBOR_ARRAY, 2) || !cbor_next(c, &alg) ||
	    !cbor_expect(c, CBOR_BYTES, &digest))
		return false;
	if (alg.type != CBOR_UINT || alg.arg != NACC_REPORT_HASH)
		return true;
	if (digest.arg != NACC_REPORT_HASH_SIZE || reference->nr == REPORT_REFERENCES)
		return false;
	reference->values[reference->nr++] = (struct component){
		.name = name, .digest = { digest.bytes, digest.arg },
	};
	return true;
}

/* A measurement-map */
static bool parse_measurement(struct cbor *c, struct reference *reference)
{
	struct cbor map = *c, key, values, digests;
	struct cbor_item name, head;
	uint64_t nr;

	if (!cbor_skip(c))
		return false;
	if (!cbor_find(map, MEASUREMENT_KEY, &key) || !cbor_expect(&key, CBOR_TEXT, &name) ||
	    !cbor_find(map, MEASUREMENT_VALUES, &values) ||
	    !cbor_find(values, VALUES_DIGESTS, &digests))
		return true;
	if (!cbor_expect(&digests, CBOR_ARRAY, &head))
		return false;
	for (nr = head.arg; nr; nr--)
		if (!parse_digest(&digests, (struct bytes){ name.bytes, name.arg }, reference))
			return false;
	return true;
}

/* A reference-triple-record: an environment, and measurements of it */
static bool parse_record(struct cbor *c, struct reference *reference)
{
	struct cbor_item head;
	uint64_t nr;

	if (!cbor_expect_arg(c, CBOR_ARRAY, 2) || !cbor_skip(c) ||
	    !cbor_expect(c, CBOR_ARRAY, &head))
		return false;
	for (nr = head.arg; nr; nr--)
		if (!parse_measurement(c, reference))
			return false;
	return true;
}

/* A concise-mid-tag */
static bool parse_comid(struct bytes bytes, struct reference *reference)
{
	struct cbor triples, records, c = cbor_of(bytes.at, bytes.len);
	struct cbor_item head;
	uint64_t nr;

	if (!cbor_check(bytes.at, bytes.len) || !cbor_find(c, COMID_TRIPLES, &triples))
		return false;
	if (!cbor_find(triples, TRIPLES_REFERENCE, &records))
		return true;
	if (!cbor_expect(&records, CBOR_ARRAY, &head))
		return false;
	for (nr = head.arg; nr; nr--)
		if (!parse_record(&records, reference))
			return false;
	return true;
}

/**
 * reference_parse - read reference values
 * @file: an unsigned CoRIM
 * @reference: result; points into it
 *
 * Return: false if it is none, or has no value.
 */
bool reference_parse(struct bytes file, struct reference *reference)
{
	struct cbor tags, c = cbor_of(file.at, file.len);
	struct cbor_item head, tag, comid;
	uint64_t nr;

	reference->nr = 0;
	if (!cbor_check(file.at, file.len) || !cbor_expect_arg(&c, CBOR_TAG, TAG_CORIM) ||
	    !cbor_find(c, CORIM_TAGS, &tags) || !cbor_expect(&tags, CBOR_ARRAY, &head))
		return false;
	for (nr = head.arg; nr; nr--) {
		if (!cbor_expect(&tags, CBOR_TAG, &tag) || !cbor_expect(&tags, CBOR_BYTES, &comid))
			return false;
		if (tag.arg == TAG_COMID &&
		    !parse_comid((struct bytes){ comid.bytes, comid.arg }, reference))
			return false;
	}
	return reference->nr;
}

static bool same(const struct bytes *a, const struct bytes *b)
{
	return a->len == b->len && !memcmp(a->at, b->at, a->len);
}

/**
 * reference_state - is a component as it should be?
 * @reference: what it should be, or NULL
 * @c: the component
 *
 * Return: "ok", "differs" or "no-reference".
 */
const char *reference_state(const struct reference *reference, const struct component *c)
{
	const char *state = "no-reference";
	size_t i;

	for (i = 0; reference && i < reference->nr; i++) {
		if (!same(&reference->values[i].name, &c->name))
			continue;
		if (same(&reference->values[i].digest, &c->digest))
			return "ok";
		state = "differs";
	}
	return state;
}

/**
 * reference_missing - is there no component that a reference value is of?
 * @report: the report
 * @value: the value
 *
 * Return: whether there is none.
 */
bool reference_missing(const struct report *report, const struct component *value)
{
	size_t i;

	for (i = 0; i < report->nr_measured; i++)
		if (same(&report->measured[i].name, &value->name))
			return false;
	return true;
}
