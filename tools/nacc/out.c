// SPDX-License-Identifier: GPL-2.0
/*
 * Output: json-c objects are the data. This file makes them and prints JSON.
 */
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

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

/**
 * out_escape - write bytes that a terminal should not see as \ooo, in octal
 * @text: any bytes
 * @blanks: let blanks be
 *
 * Letters beyond ASCII stay what they are if the locale has UTF-8.
 *
 * Return: the text; free() it.
 */
char *out_escape(const char *text, bool blanks)
{
	char *buf = nacc_alloc(NULL, strlen(text) + 1, 4), *out = buf;

	while (*text) {
		size_t len = *text == ' ' ? blanks : *text == '\\' ? 0 : utf8_shown(text);

		if (len)
			out = mempcpy(out, text, len);
		else
			out += sprintf(out, "\\%03o", (unsigned char)*text);
		text += len ? len : 1;
	}
	*out = '\0';
	return buf;
}

/* Of a string: it has been escaped */
static const char escaped[] = "escaped";

/**
 * out_cell - text for a cell of a table
 * @val: a value
 * @blanks: let blanks be
 *
 * Return: the text; free() it.
 */
char *out_cell(struct json_object *val, bool blanks)
{
	const char *text = json_object_get_string(val);
	char *buf, *to;

	if (!json_object_is_type(val, json_type_string) || json_object_get_userdata(val) != escaped)
		return out_escape(text, blanks);
	buf = nacc_alloc(NULL, strlen(text) + 1, 4);
	for (to = buf; *text; text++)
		to = *text == ' ' && !blanks ? stpcpy(to, "\\040") : mempcpy(to, text, 1);
	*to = '\0';
	return buf;
}

/* Columns of a terminal that a character takes in a cell, where it may have to be escaped */
static size_t cost_of(const char *text, size_t step)
{
	wchar_t wide;

	if (*text == '\\' || !utf8_shown(text) || mbtowc(&wide, text, step) < 0)
		return 4 * step;
	return (size_t)wcwidth(wide);
}

/**
 * out_short - the beginning of a text, and '+' if there is more of it
 * @val: a string
 * @room: columns that it may take in a cell of a table, the '+' not counted
 *
 * Return: a new string.
 */
struct json_object *out_short(struct json_object *val, size_t room)
{
	const bool is_escaped = json_object_get_userdata(val) == escaped;
	const char *text = json_object_get_string(val);
	struct json_object *obj;
	size_t len = 0, step, cost;
	char *some;

	for (; text[len]; len += step) {
		/* In what has been escaped each backslash begins \ooo, which is not cut. */
		step = is_escaped && text[len] == '\\' ? 4 : utf8_len(text + len) ?: 1;
		cost = is_escaped ? step : cost_of(text + len, step);
		if (cost > room)
			break;
		room -= cost;
	}
	some = nacc_alloc(NULL, len + 2, 1);
	sprintf(some, "%.*s%s", (int)len, text, text[len] ? "+" : "");
	obj = need(json_object_new_string(some));
	if (is_escaped)
		json_object_set_userdata(obj, (void *)(uintptr_t)escaped, NULL);
	free(some);
	return obj;
}

static struct json_object *new_string(const char *text)
{
	struct json_object *obj;
	char *clean;

	if (utf8_valid(text))
		return need(json_object_new_string(text));
	clean = out_escape(text, true);
	obj = need(json_object_new_string(clean));
	json_object_set_userdata(obj, (void *)(uintptr_t)escaped, NULL);
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

/* A character that a terminal does not just show, as JSON has it in a string: UTF-16 */
static void print_escaped(FILE *out, const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;
	uint32_t c = len > 1 ? *s & (0x7f >> len) : *s;
	size_t i;

	for (i = 1; i < len; i++)
		c = c << 6 | (s[i] & 0x3f);
	if (c > 0xffff) {
		fprintf(out, "\\u%04x", 0xd800 + ((c - 0x10000) >> 10));
		c = 0xdc00 + (c & 0x3ff);
	}
	fprintf(out, "\\u%04x", c);
}

/*
 * The text of JSON, on its way to a terminal, perhaps: what it would obey (directions of
 * writing), or could not show, is written as an escape, and is the same for who reads it.
 */
static void print_json(FILE *out, struct json_object *obj, int flags)
{
	const char *text;
	size_t len;

	flags |= JSON_C_TO_STRING_NOSLASHESCAPE;
	text = json_object_to_json_string_ext(obj, flags);
	for (; *text; text += len) {
		len = utf8_len(text) ?: 1;
		if (utf8_shown(text) || *text == ' ' || *text == '\n')
			fwrite(text, len, 1, out);
		else
			print_escaped(out, text, len);
	}
	json_object_put(obj);
}

/**
 * out_json - print as JSON, for people and programs
 * @out: where to
 * @obj: what; it is given up
 */
void out_json(FILE *out, struct json_object *obj)
{
	print_json(out, obj, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED);
	fputc('\n', out);
}

/**
 * out_json_line - print as JSON without any newline
 * @out: where to
 * @obj: what; it is given up
 */
void out_json_line(FILE *out, struct json_object *obj)
{
	print_json(out, obj, JSON_C_TO_STRING_PLAIN);
}
