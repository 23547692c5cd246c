/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CBOR (RFC 8949), read only, and only in its core deterministic encoding (4.2.1).
 */
#ifndef NACC_CBOR_READ_H
#define NACC_CBOR_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * enum cbor_type - major types
 * @CBOR_UINT: an integer of 0 or above
 * @CBOR_NINT: -1 minus the argument
 * @CBOR_BYTES: so many bytes
 * @CBOR_TEXT: so many bytes of UTF-8
 * @CBOR_ARRAY: so many items follow
 * @CBOR_MAP: so many pairs of items follow
 * @CBOR_TAG: of the item that follows
 * @CBOR_SIMPLE: false, true, null; floats are not taken
 */
enum cbor_type {
	CBOR_UINT,
	CBOR_NINT,
	CBOR_BYTES,
	CBOR_TEXT,
	CBOR_ARRAY,
	CBOR_MAP,
	CBOR_TAG,
	CBOR_SIMPLE,
};

/**
 * struct cbor - what is left to be read
 * @at: next byte
 * @end: behind the last one
 */
struct cbor {
	const uint8_t *at;
	const uint8_t *end;
};

/**
 * struct cbor_item - one item; of an array, map or tag the head
 * @type: enum cbor_type
 * @arg: argument
 * @bytes: of a string its content, @arg bytes
 */
struct cbor_item {
	enum cbor_type type;
	uint64_t arg;
	const uint8_t *bytes;
};

struct cbor cbor_of(const uint8_t *bytes, size_t len);
bool cbor_check(const uint8_t *bytes, size_t len);
bool cbor_next(struct cbor *c, struct cbor_item *item);
bool cbor_skip(struct cbor *c);
bool cbor_expect(struct cbor *c, enum cbor_type type, struct cbor_item *item);
bool cbor_expect_arg(struct cbor *c, enum cbor_type type, uint64_t arg);
bool cbor_key(struct cbor *c, int64_t *key);
bool cbor_find(struct cbor map, int64_t key, struct cbor *value);
bool cbor_is_text(const struct cbor_item *item, const char *text);

#endif /* NACC_CBOR_READ_H */
