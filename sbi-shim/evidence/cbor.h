/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CBOR (RFC 8949), written only, in the core deterministic encoding of its section 4.2.1:
 * shortest heads, definite lengths. The order of keys is the caller's to keep.
 */
#ifndef NACC_CBOR_H
#define NACC_CBOR_H

#include "nacc_sbi.h"

/**
 * struct nacc_cbor - something being written
 * @buf: where to
 * @size: bytes of it
 * @len: bytes written; once something does not fit, more than @size
 *
 * What does not fit is not written, nor is anything behind it.
 */
struct nacc_cbor {
	nacc_u8 *buf;
	nacc_u64 size;
	nacc_u64 len;
};

/** nacc_cbor_ok() - has all of it found room? */
static inline int nacc_cbor_ok(const struct nacc_cbor *c)
{
	return c->len <= c->size;
}

/**
 * nacc_cbor_int() - write an integer
 * @c: where to
 * @value: the integer
 */
void nacc_cbor_int(struct nacc_cbor *c, long value);

/**
 * nacc_cbor_uint() - write an integer that is not negative
 * @c: where to
 * @value: the integer
 */
void nacc_cbor_uint(struct nacc_cbor *c, nacc_u64 value);

/**
 * nacc_cbor_bytes() - write a byte string
 * @c: where to
 * @bytes: its bytes, not in the buffer of @c
 * @len: how many
 */
void nacc_cbor_bytes(struct nacc_cbor *c, const nacc_u8 *bytes, nacc_u64 len);

/**
 * nacc_cbor_text() - write a text string
 * @c: where to
 * @text: UTF-8, ends with a zero
 */
void nacc_cbor_text(struct nacc_cbor *c, const char *text);

/**
 * nacc_cbor_array() - begin an array
 * @c: where to
 * @nr: elements that follow
 */
void nacc_cbor_array(struct nacc_cbor *c, nacc_u64 nr);

/**
 * nacc_cbor_map() - begin a map
 * @c: where to
 * @nr: pairs of a key and a value that follow, by the bytes of the keys
 */
void nacc_cbor_map(struct nacc_cbor *c, nacc_u64 nr);

/**
 * nacc_cbor_tag() - write a tag
 * @c: where to
 * @tag: the tag, of what follows
 */
void nacc_cbor_tag(struct nacc_cbor *c, nacc_u64 tag);

#endif /* NACC_CBOR_H */
