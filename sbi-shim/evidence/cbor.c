// SPDX-License-Identifier: BSD-2-Clause
/*
 * The encoder: heads, and what is in strings.
 */
#include "cbor.h"

/* Major types (RFC 8949, 3.1), where they are in a head */
enum {
	UNSIGNED = 0 << 5,
	NEGATIVE = 1 << 5,
	BYTES = 2 << 5,
	TEXT = 3 << 5,
	ARRAY = 4 << 5,
	MAP = 5 << 5,
	TAG = 6 << 5,
};

/* Additional information: the argument follows, in 1, 2, 4 or 8 bytes. */
#define ARGUMENT_FOLLOWS	24

static void put(struct nacc_cbor *c, const nacc_u8 *bytes, nacc_u64 len)
{
	if (!nacc_cbor_ok(c) || len > c->size - c->len) {
		c->len = c->size + 1;
		return;
	}
	for (nacc_u64 i = 0; i < len; i++)
		c->buf[c->len + i] = bytes[i];
	c->len += len;
}

static void head(struct nacc_cbor *c, nacc_u8 type, nacc_u64 argument)
{
	nacc_u8 bytes[9], log = 0;
	nacc_u64 width;

	if (argument < ARGUMENT_FOLLOWS) {
		bytes[0] = (nacc_u8)(type | argument);
		put(c, bytes, 1);
		return;
	}
	while (log < 3 && argument >> (8 << log))
		log++;
	width = 1UL << log;
	bytes[0] = (nacc_u8)(type | (ARGUMENT_FOLLOWS + log));
	for (nacc_u64 i = 0; i < width; i++)
		bytes[1 + i] = (nacc_u8)(argument >> 8 * (width - 1 - i));
	put(c, bytes, 1 + width);
}

void nacc_cbor_uint(struct nacc_cbor *c, nacc_u64 value)
{
	head(c, UNSIGNED, value);
}

void nacc_cbor_int(struct nacc_cbor *c, long value)
{
	if (value < 0)
		head(c, NEGATIVE, ~(nacc_u64)value);
	else
		head(c, UNSIGNED, (nacc_u64)value);
}

void nacc_cbor_bytes(struct nacc_cbor *c, const nacc_u8 *bytes, nacc_u64 len)
{
	head(c, BYTES, len);
	put(c, bytes, len);
}

void nacc_cbor_text(struct nacc_cbor *c, const char *text)
{
	nacc_u64 len = 0;

	while (text[len])
		len++;
	head(c, TEXT, len);
	put(c, (const nacc_u8 *)text, len);
}

void nacc_cbor_array(struct nacc_cbor *c, nacc_u64 nr)
{
	head(c, ARRAY, nr);
}

void nacc_cbor_map(struct nacc_cbor *c, nacc_u64 nr)
{
	head(c, MAP, nr);
}

void nacc_cbor_tag(struct nacc_cbor *c, nacc_u64 tag)
{
	head(c, TAG, tag);
}
