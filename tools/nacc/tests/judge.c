// SPDX-License-Identifier: GPL-2.0
/*
 * The verifier of reports for many of them: judge KEY NONCE|- CORIM|-, and on standard input
 * reports, each behind its length in four bytes, the lowest first. For each a line says what
 * report_verify() says. For tools/evidence/test_evidence.py.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../nacc.h"
#include "../report.h"

#define LONGEST	65536

static bool next(uint8_t **bytes, struct bytes *file)
{
	uint8_t head[4];

	if (fread(head, 1, 4, stdin) != 4)
		return false;
	file->len = head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 |
		    (size_t)head[3] << 24;
	if (file->len > LONGEST)
		abort();
	/* Of just that size: what reads behind it is seen by who looks for that. */
	*bytes = malloc(file->len ? file->len : 1);
	file->at = *bytes;
	return *bytes && fread(*bytes, 1, file->len, stdin) == file->len;
}

int main(int argc, char **argv)
{
	uint8_t key[REPORT_KEY_SIZE], nonce_bytes[NACC_REPORT_NONCE_MAX], *bytes;
	struct bytes file, corim, nonce = { 0 }, unused;
	static struct reference reference;
	struct report report;
	bool has_nonce, has_reference;

	if (argc != 4 || report_hex("key", argv[1], key, sizeof(key), sizeof(key), &unused))
		return 2;
	has_nonce = strcmp(argv[2], "-");
	if (has_nonce && report_hex("nonce", argv[2], nonce_bytes, 8, sizeof(nonce_bytes), &nonce))
		return 2;
	has_reference = strcmp(argv[3], "-");
	if (has_reference && (report_read(argv[3], 1 << 20, &corim) ||
			      !reference_parse(corim, &reference)))
		return 2;
	while (next(&bytes, &file)) {
		puts(report_why(report_verify(file, key, has_nonce ? &nonce : NULL,
					      has_reference ? &reference : NULL, &report)));
		free(bytes);
	}
	return 0;
}
