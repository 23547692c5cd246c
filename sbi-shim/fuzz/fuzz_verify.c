// SPDX-License-Identifier: BSD-2-Clause
/*
 * The verifier of the command on bytes that somebody has sent. The signature keeps almost all
 * of them from what is behind it, so each of its parts gets them at first hand: the form, the
 * claims, reference values, and CBOR, of which must hold that what is accepted is not accepted
 * shorter or longer.
 */
#include <stdlib.h>
#include <string.h>

#include "../../tools/nacc/report.h"

static void check_cbor(const uint8_t *bytes, size_t len)
{
	uint8_t *more;

	if (!cbor_check(bytes, len))
		return;
	for (size_t i = 0; i < len && i < 300; i++)
		if (cbor_check(bytes, i))
			abort();
	more = malloc(len + 1);
	memcpy(more, bytes, len);
	for (int i = 0; i < 256; i++) {
		more[len] = (uint8_t)i;
		if (cbor_check(more, len + 1))
			abort();
	}
	free(more);
}

static void check_claims(struct bytes payload)
{
	static struct reference reference;
	struct report r;
	size_t i;

	if (!report_parse(payload, &r))
		return;
	if (r.nonce.len < 8 || r.nonce.len > 64 || r.nr_measured > REPORT_COMPONENTS)
		abort();
	/* As its own reference it is right, as far as a name does not come twice. */
	for (i = 0; i < r.nr_measured; i++)
		reference.values[i] = r.measured[i];
	reference.nr = r.nr_measured;
	for (i = 0; i < r.nr_measured; i++)
		if (strcmp(reference_state(&reference, &r.measured[i]), "ok") ||
		    reference_missing(&r, &r.measured[i]))
			abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static const uint8_t key[REPORT_KEY_SIZE] = { 1 };
	static struct reference reference;
	struct bytes file, header, payload, signature;
	struct report report;
	uint8_t *exact;

	if (!size)
		return 0;
	exact = malloc(size);
	memcpy(exact, data + 1, size - 1);
	file = (struct bytes){ exact, size - 1 };
	switch (data[0] % 5) {
	case 0:
		check_cbor(exact, size - 1);
		break;
	case 1:
		check_claims(file);
		break;
	case 2:
		if (report_open(file, &header, &payload, &signature))
			check_claims(payload);
		break;
	case 3:
		if (reference_parse(file, &reference) && reference.nr > REPORT_REFERENCES)
			abort();
		break;
	case 4:
		/* Nobody signs with this key. */
		if (report_verify(file, key, 0, 0, &report) == REPORT_OK)
			abort();
		break;
	}
	free(exact);
	return 0;
}
