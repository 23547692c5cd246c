/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reports of the firmware: what is in one, and whether it is to be believed.
 */
#ifndef NACC_REPORT_READ_H
#define NACC_REPORT_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <nacc_sbi.h>

#include "cbor_read.h"
#include "report_file.h"

struct json_object;

#define REPORT_KEY_SIZE		32
#define REPORT_COMPONENTS	16
#define REPORT_REFERENCES	64

/**
 * enum report_why - what is wrong with a report
 * @REPORT_OK: nothing
 * @REPORT_FORM: it is no report: broken off, no CBOR, not in its deterministic encoding, not
 *	of this profile
 * @REPORT_SIGNATURE: it is not signed by that key
 * @REPORT_NONCE: it is an answer to somebody else, or an old one
 * @REPORT_REFERENCE: something is measured that is not as it should be, or is not measured
 * @REPORT_SEALS: other ranges are sealed than should be
 */
enum report_why {
	REPORT_OK,
	REPORT_FORM,
	REPORT_SIGNATURE,
	REPORT_NONCE,
	REPORT_REFERENCE,
	REPORT_SEALS,
};

/**
 * struct component - something measured, or its reference
 * @name: its name
 * @digest: SHA-512
 */
struct component {
	struct bytes name;
	struct bytes digest;
};

/**
 * struct report - what is in a report, which it points into
 * @nonce: what it repeats
 * @bootseed: of this boot
 * @key: who vouches for the key, in its own words
 * @told: what it was told, or empty
 * @uptime: seconds
 * @dbgstat: EAT debug status
 * @measured: what was measured
 * @nr_measured: how many
 * @setup: map of numbers
 * @machine: likewise, but for the refusals
 * @domain: map of numbers and NACC_DOMAIN_SEALS, or empty
 * @seals: NACC_DOMAIN_SEALS, or empty
 * @unknown: claims that this program does not know
 */
struct report {
	struct bytes nonce;
	struct bytes bootseed;
	struct bytes key;
	struct bytes told;
	uint64_t uptime;
	uint64_t dbgstat;
	struct component measured[REPORT_COMPONENTS];
	size_t nr_measured;
	struct cbor setup;
	struct cbor machine;
	struct cbor domain;
	struct bytes seals;
	unsigned int unknown;
};

/**
 * struct reference - values that components should have
 * @values: the values; of a name there may be more than one
 * @nr: how many
 */
struct reference {
	struct component values[REPORT_REFERENCES];
	size_t nr;
};

/* report_parse.c */
bool report_open(struct bytes file, struct bytes *header, struct bytes *payload,
		 struct bytes *signature);
bool report_parse(struct bytes payload, struct report *report);

/* corim.c */
bool reference_parse(struct bytes file, struct reference *reference);
const char *reference_state(const struct reference *reference, const struct component *c);
bool reference_missing(const struct report *report, const struct component *value);

/* report_verify.c */
enum report_why report_verify(struct bytes file, const uint8_t key[REPORT_KEY_SIZE],
			      const struct bytes *nonce, const struct reference *reference,
			      struct report *report);
bool report_key_known(const uint8_t key[REPORT_KEY_SIZE]);
const char *report_why(enum report_why why);

/* report_seals.c */

/**
 * struct seals - what ranges should be sealed
 * @digest: of them, as the firmware has it, if there are any
 * @nr: how many
 */
struct seals {
	uint8_t digest[NACC_REPORT_HASH_SIZE];
	size_t nr;
};

int seals_read(const char *path, struct seals *seals);
bool seals_same(const struct seals *seals, const struct report *report);

/* report_print.c */
struct json_object *report_object(const struct report *report,
				  const struct reference *reference);
void report_print(struct json_object *obj);

#endif /* NACC_REPORT_READ_H */
