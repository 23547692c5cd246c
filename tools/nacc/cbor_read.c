// SPDX-License-Identifier: GPL-2.0
/*
 * Reading CBOR. cbor_check() looks at all of it first; the other functions do not rely on
 * that, but for the order of keys.
 */
#include <string.h>

#include "cbor_read.h"

/* Nothing that is read here is nested deeper. */
#define DEPTH_MAX	16

/* Additional information */
#define IN_1_BYTE	24
#define IN_8_BYTES	27

#define SIMPLE_FALSE	20
#define SIMPLE_NULL	22

/**
 * cbor_of - to read bytes from their first to their last
 * @bytes: the bytes
 * @len: how many
 *
 * Return: that.
 */
struct cbor cbor_of(const uint8_t *bytes, size_t len)
{
	return (struct cbor){ bytes, bytes + len };
}

static size_t left(const struct cbor *c)
{
	return (size_t)(c->end - c->at);
}

/* In its shortest form: a longer one says what a shorter one can. */
static bool argument(struct cbor *c, uint8_t info, uint64_t *arg)
{
	size_t width, i;

	*arg = info;
	if (info < IN_1_BYTE)
		return true;
	if (info > IN_8_BYTES)
		return false;
	width = (size_t)1 << (info - IN_1_BYTE);
	if (left(c) < width)
		return false;
	for (*arg = i = 0; i < width; i++)
		*arg = *arg << 8 | *c->at++;
	return width == 1 ? *arg >= IN_1_BYTE : *arg >> 4 * width;
}

/* How long a character of UTF-8 is, or 0: it is none (RFC 3629). */
static size_t utf8_length(const uint8_t *p, size_t room)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = p[0] < 0x80 ? 1 : p[0] < 0xc0 ? 0 : p[0] < 0xe0 ? 2 :
		     p[0] < 0xf0 ? 3 : p[0] < 0xf8 ? 4 : 0;
	uint32_t value = len > 1 ? p[0] & (0x7fU >> len) : p[0];
	size_t i;

	if (len > room)
		return 0;
	for (i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (p[i] & 0x3f);
	}
	if (len && (value < least[len] || value > 0x10ffff || value >> 11 == 0x1b))
		return 0;
	return len;
}

static bool is_utf8(const uint8_t *p, size_t len)
{
	size_t step;

	for (; len; p += step, len -= step) {
		step = utf8_length(p, len);
		if (!step)
			return false;
	}
	return true;
}

/**
 * cbor_next - read an item; of an array, map or tag the head
 * @c: what is left
 * @item: result
 *
 * Return: false if there is none, or not one in deterministic encoding.
 */
bool cbor_next(struct cbor *c, struct cbor_item *item)
{
	uint8_t first;

	if (!left(c))
		return false;
	first = *c->at++;
	item->type = (enum cbor_type)(first >> 5);
	item->bytes = NULL;
	if (!argument(c, first & 31, &item->arg))
		return false;
	if (item->type == CBOR_SIMPLE)
		return item->arg >= SIMPLE_FALSE && item->arg <= SIMPLE_NULL;
	if (item->type != CBOR_BYTES && item->type != CBOR_TEXT)
		return true;
	if (item->arg > left(c))
		return false;
	item->bytes = c->at;
	c->at += item->arg;
	return item->type == CBOR_BYTES || is_utf8(item->bytes, item->arg);
}

static bool skip(struct cbor *c, unsigned int depth, bool sorted);

/* Is a key behind the one before it, by its bytes? */
static bool comes_after(const struct cbor *before, const struct cbor *key)
{
	size_t a = left(before), b = left(key);
	int order = memcmp(before->at, key->at, a < b ? a : b);

	return order < 0 || (!order && a < b);
}

static bool skip_map(struct cbor *c, uint64_t nr, unsigned int depth, bool sorted)
{
	struct cbor before = { 0 }, key;

	for (; nr; nr--) {
		key.at = c->at;
		if (!skip(c, depth, sorted))
			return false;
		key.end = c->at;
		if (sorted && before.at && !comes_after(&before, &key))
			return false;
		before = key;
		if (!skip(c, depth, sorted))
			return false;
	}
	return true;
}

static bool skip(struct cbor *c, unsigned int depth, bool sorted)
{
	struct cbor_item item;
	uint64_t nr;

	if (depth > DEPTH_MAX || !cbor_next(c, &item))
		return false;
	if (item.type == CBOR_MAP)
		return skip_map(c, item.arg, depth + 1, sorted);
	if (item.type != CBOR_ARRAY && item.type != CBOR_TAG)
		return true;
	for (nr = item.type == CBOR_TAG ? 1 : item.arg; nr; nr--)
		if (!skip(c, depth + 1, sorted))
			return false;
	return true;
}

/**
 * cbor_check - is this one item, in deterministic encoding, and nothing else?
 * @bytes: the bytes
 * @len: how many
 *
 * What is in byte strings is not looked at. Return: whether it is.
 */
bool cbor_check(const uint8_t *bytes, size_t len)
{
	struct cbor c = cbor_of(bytes, len);

	return skip(&c, 0, true) && c.at == c.end;
}

/**
 * cbor_skip - pass over an item, with all that is in it
 * @c: what is left
 *
 * Return: false if there is none.
 */
bool cbor_skip(struct cbor *c)
{
	return skip(c, 0, false);
}

/**
 * cbor_expect - read an item of a type
 * @c: what is left
 * @type: the type
 * @item: result
 *
 * Return: false if it is none.
 */
bool cbor_expect(struct cbor *c, enum cbor_type type, struct cbor_item *item)
{
	return cbor_next(c, item) && item->type == type;
}

/**
 * cbor_expect_arg - read an item of a type, with an argument
 * @c: what is left
 * @type: the type
 * @arg: the argument
 *
 * Return: false if it is none.
 */
bool cbor_expect_arg(struct cbor *c, enum cbor_type type, uint64_t arg)
{
	struct cbor_item item;

	return cbor_expect(c, type, &item) && item.arg == arg;
}

/**
 * cbor_key - read an integer
 * @c: what is left
 * @key: result
 *
 * Return: false if it is none, or none that fits.
 */
bool cbor_key(struct cbor *c, int64_t *key)
{
	struct cbor_item item;

	if (!cbor_next(c, &item) || item.type > CBOR_NINT || item.arg > INT64_MAX)
		return false;
	*key = item.type == CBOR_UINT ? (int64_t)item.arg : -1 - (int64_t)item.arg;
	return true;
}

/**
 * cbor_find - the value of a key in a map
 * @map: begins with the map
 * @key: the key
 * @value: result: begins with its value
 *
 * Return: false if it has none; keys of another kind are passed over.
 */
bool cbor_find(struct cbor map, int64_t key, struct cbor *value)
{
	struct cbor_item head;
	struct cbor at;
	int64_t seen;
	uint64_t nr;

	if (!cbor_expect(&map, CBOR_MAP, &head))
		return false;
	for (nr = head.arg; nr; nr--) {
		at = map;
		if (!cbor_skip(&map))
			return false;
		if (cbor_key(&at, &seen) && seen == key) {
			*value = map;
			return true;
		}
		if (!cbor_skip(&map))
			return false;
	}
	return false;
}

/**
 * cbor_is_text - is an item a certain text?
 * @item: the item
 * @text: the text
 *
 * Return: whether it is.
 */
bool cbor_is_text(const struct cbor_item *item, const char *text)
{
	return item->type == CBOR_TEXT && item->arg == strlen(text) &&
	       !memcmp(item->bytes, text, item->arg);
}
