// SPDX-License-Identifier: GPL-2.0
/*
 * Output: json-c objects are the data. This file makes them and prints JSON.
 */
#include <stdlib.h>
#include <string.h>

#include "nacc.h"
#include "out.h"

/* Columns that hold text, even where it looks like a number */
static const char *const text_cols[] = { "name", "comm", "symbol", "state",
					 "type", "reason", "outcome",
					     "load", "when", "owner_comm" };

static struct json_object *need(struct json_object *obj)
{
	if (!obj)
		exit(nacc_fail(EXIT_NOMEM,
			       "the machine has no memory left: free some and try again"));
	return obj;
}

/**
 * out_object - json_object_new_object() that does not return without memory
 *
 * Return: an empty object.
 */
struct json_object *out_object(void)
{
	return need(json_object_new_object());
}

/**
 * out_array - json_object_new_array() that does not return without memory
 *
 * Return: an empty array.
 */
struct json_object *out_array(void)
{
	return need(json_object_new_array());
}

/**
 * out_add - add a member
 * @obj: object
 * @key: name of the member
 * @val: its value, which becomes @obj's; NULL: null
 */
void out_add(struct json_object *obj, const char *key, struct json_object *val)
{
	if (json_object_object_add(obj, key, val))
		need(NULL);
}

static size_t utf8_len(const unsigned char *s)
{
	size_t i, len = *s < 0x80 ? 1 : *s < 0xc2 ? 0 : *s < 0xe0 ? 2 :
			*s < 0xf0 ? 3 : *s < 0xf5 ? 4 : 0;

	/* Control characters of the upper half: JSON lets them be, terminals obey. */
	if (*s == 0xc2 && s[1] < 0xa0)
		return 0;
	for (i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((*s == 0xe0 && s[1] < 0xa0) || (*s == 0xed && s[1] > 0x9f) ||
	    (*s == 0xf0 && s[1] < 0x90) || (*s == 0xf4 && s[1] > 0x8f))
		return 0;
	return len;
}

static bool utf8_valid(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t len;

	for (; *s; s += len) {
		len = utf8_len(s);
		if (!len)
			return false;
	}
	return true;
}

/**
 * out_escape - write bytes that a terminal should not see as \ooo, in octal
 * @text: any bytes
 * @blanks: let blanks be
 *
 * Return: the text; free() it.
 */
char *out_escape(const char *text, bool blanks)
{
	char *buf = nacc_alloc(NULL, strlen(text) + 1, 4), *out = buf;

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c > ' ' && c < 0x7f && c != '\\') || (c == ' ' && blanks))
			*out++ = (char)c;
		else
			out += sprintf(out, "\\%03o", c);
	}
	*out = '\0';
	return buf;
}

static struct json_object *new_string(const char *text)
{
	struct json_object *obj;
	char *clean;

	if (utf8_valid(text))
		return need(json_object_new_string(text));
	clean = out_escape(text, true);
	obj = need(json_object_new_string(clean));
	free(clean);
	return obj;
}

/**
 * out_add_str - add a member that is text
 * @obj: object
 * @key: name of the member
 * @text: its value; NULL: null; escaped as in a column if it is not UTF-8, or holds
 *	control characters that JSON does not escape
 */
void out_add_str(struct json_object *obj, const char *key, const char *text)
{
	out_add(obj, key, text ? new_string(text) : NULL);
}

/**
 * out_add_u64 - add a member that counts something
 * @obj: object
 * @key: name of the member
 * @val: its value
 */
void out_add_u64(struct json_object *obj, const char *key, uint64_t val)
{
	out_add(obj, key, need(json_object_new_uint64(val)));
}

/**
 * out_add_hex - add a member that is an address or an entry
 * @obj: object
 * @key: name of the member
 * @val: its value, a string in JSON: many readers keep 53 bits of a number only
 */
void out_add_hex(struct json_object *obj, const char *key, uint64_t val)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%llx", (unsigned long long)val);
	out_add_str(obj, key, text);
}

/**
 * out_add_bool - add a member that is true or false
 * @obj: object
 * @key: name of the member
 * @val: its value
 */
void out_add_bool(struct json_object *obj, const char *key, bool val)
{
	out_add(obj, key, need(json_object_new_boolean(val)));
}

/**
 * out_append - append to an array
 * @array: the array
 * @val: element, which becomes @array's
 */
void out_append(struct json_object *array, struct json_object *val)
{
	if (json_object_array_add(array, val))
		need(NULL);
}

/**
 * out_append_str - append text to an array
 * @array: the array
 * @text: element
 */
void out_append_str(struct json_object *array, const char *text)
{
	out_append(array, new_string(text));
}

/**
 * out_append_u64 - append a count to an array
 * @array: the array
 * @val: element
 */
void out_append_u64(struct json_object *array, uint64_t val)
{
	out_append(array, need(json_object_new_uint64(val)));
}

static bool is_text(const char *col)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(text_cols); i++)
		if (!strcmp(text_cols[i], col))
			return true;
	return false;
}

/**
 * out_row - a row of a text file as an object, all its columns by name
 * @t: the file
 * @row: row
 *
 * Decimal numbers become numbers, "-" becomes null, the rest is text.
 *
 * Return: the object.
 */
struct json_object *out_row(const struct table *t, size_t row)
{
	struct json_object *obj = out_object();
	const char *cell;
	uint64_t val;
	size_t i;

	for (i = 0; i < t->ncols; i++) {
		cell = t->cells[row * t->ncols + i];
		if (!is_text(t->cols[i]) && strncmp(cell, "0x", 2) &&
		    number_parse(cell, &val))
			out_add_u64(obj, t->cols[i], val);
		else
			out_add_str(obj, t->cols[i],
				    strcmp(cell, "-") ? cell : NULL);
	}
	return obj;
}

/**
 * out_json - print as JSON, for people and programs
 * @out: where to
 * @obj: what; it is given up
 */
void out_json(FILE *out, struct json_object *obj)
{
	int flags = JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
		    JSON_C_TO_STRING_NOSLASHESCAPE;

	fprintf(out, "%s\n", json_object_to_json_string_ext(obj, flags));
	json_object_put(obj);
}

/**
 * out_json_line - print as JSON without any newline
 * @out: where to
 * @obj: what; it is given up
 */
void out_json_line(FILE *out, struct json_object *obj)
{
	int flags = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;

	fputs(json_object_to_json_string_ext(obj, flags), out);
	json_object_put(obj);
}
