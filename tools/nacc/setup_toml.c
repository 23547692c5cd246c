// SPDX-License-Identifier: GPL-2.0
/*
 * TOML, as far as it must be understood to see which tables and keys a configuration has.
 * What is not understood is said to be so, since who guesses breaks an engine.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "nacc.h"
#include "setup.h"

/**
 * struct reader - a text, being read
 * @at: what comes next
 * @item: what is being read; its table is the one that @at stands in
 */
struct reader {
	const char *at;
	struct toml_item item;
};

static void skip_blanks(struct reader *r)
{
	while (*r->at == ' ' || *r->at == '\t')
		r->at++;
}

static void skip_comment(struct reader *r)
{
	if (*r->at == '#')
		r->at += strcspn(r->at, "\n");
}

static void skip_empty_lines(struct reader *r)
{
	for (;;) {
		skip_blanks(r);
		skip_comment(r);
		if (*r->at == '\r')
			r->at++;
		if (*r->at != '\n')
			return;
		r->at++;
		r->item.line++;
	}
}

/* Nothing but a comment up to the end of the line */
static bool at_line_end(struct reader *r)
{
	skip_blanks(r);
	skip_comment(r);
	if (*r->at == '\r')
		r->at++;
	return !*r->at || *r->at == '\n';
}

static bool read_key(struct reader *r)
{
	const char quote = *r->at == '"' || *r->at == '\'' ? *r->at : 0;
	const char *begin = r->at + !!quote, *end = begin;

	if (quote)
		end += strcspn(begin, quote == '"' ? "\"\\\n" : "'\n");
	else
		while (isalnum((unsigned char)*end) || *end == '_' || *end == '-')
			end++;
	/* With an escape in it, it could be any */
	if ((quote && *end != quote) || (!quote && end == begin) ||
	    end - begin >= TOML_KEY_LEN || r->item.nkeys == TOML_KEYS)
		return false;
	snprintf(r->item.keys[r->item.nkeys++], TOML_KEY_LEN, "%.*s",
		 (int)(end - begin), begin);
	r->at = end + !!quote;
	return true;
}

static bool read_keys(struct reader *r)
{
	for (;;) {
		skip_blanks(r);
		if (!read_key(r))
			return false;
		skip_blanks(r);
		if (*r->at != '.')
			return true;
		r->at++;
	}
}

/* Over a string of one line or, with three quotes, of many */
static bool skip_string(struct reader *r)
{
	const char quote = *r->at;
	const bool many = r->at[1] == quote && r->at[2] == quote;

	for (r->at += many ? 3 : 1; *r->at; r->at++) {
		if (*r->at == '\n' && !many)
			return false;
		if (*r->at == '\n')
			r->item.line++;
		if (*r->at == '\\' && quote == '"' && r->at[1]) {
			r->at++;
			r->item.line += *r->at == '\n';
		} else if (*r->at == quote &&
			   (!many || (r->at[1] == quote && r->at[2] == quote))) {
			r->at += many ? 3 : 1;
			/* One or two quotes may stand before the three */
			while (many && *r->at == quote)
				r->at++;
			return true;
		}
	}
	return false;
}

static bool skip_value(struct reader *r)
{
	int depth = 0;

	while (*r->at && (depth || *r->at != '\n')) {
		if (*r->at == '"' || *r->at == '\'') {
			if (!skip_string(r))
				return false;
			continue;
		}
		if (*r->at == '#') {
			if (!depth)
				return true;
			skip_comment(r);
			continue;
		}
		depth += *r->at == '[' || *r->at == '{';
		depth -= *r->at == ']' || *r->at == '}';
		r->item.line += *r->at++ == '\n';
	}
	return !depth;
}

static bool read_value(struct reader *r)
{
	struct toml_item *item = &r->item;

	skip_blanks(r);
	item->value = r->at;
	if (at_line_end(r) || !skip_value(r))
		return false;
	item->len = (size_t)(r->at - item->value);
	while (item->len && isspace((unsigned char)item->value[item->len - 1]))
		item->len--;
	return at_line_end(r);
}

static bool read_header(struct reader *r)
{
	struct toml_item *item = &r->item;

	item->value = NULL;
	item->list = r->at[1] == '[';
	r->at += item->list ? 2 : 1;
	item->nkeys = 0;
	if (!read_keys(r) || *r->at++ != ']' || (item->list && *r->at++ != ']'))
		return false;
	item->table = item->nkeys;
	return at_line_end(r);
}

static bool read_assignment(struct reader *r)
{
	r->item.nkeys = r->item.table;
	r->item.list = false;
	return read_keys(r) && *r->at++ == '=' && read_value(r);
}

/**
 * toml_walk - look at each table's header and each assignment of a text
 * @text: it
 * @each: is shown one after the other
 * @arg: for @each
 *
 * Return: 0, or the line that is not understood.
 */
unsigned int toml_walk(const char *text,
		       void (*each)(const struct toml_item *item, void *arg), void *arg)
{
	struct reader r = { .at = text, .item.line = 1 };
	unsigned int line, last;

	for (;;) {
		skip_empty_lines(&r);
		if (!*r.at)
			return 0;
		line = r.item.line;
		if (!(*r.at == '[' ? read_header(&r) : read_assignment(&r)))
			return line;
		/* A value may have many lines: the first is meant */
		last = r.item.line;
		r.item.line = line;
		each(&r.item, arg);
		r.item.line = last;
	}
}

/**
 * toml_is_string - whether an assignment's value is a certain string
 * @item: the assignment
 * @text: the string, without anything to be escaped
 */
bool toml_is_string(const struct toml_item *item, const char *text)
{
	const size_t len = strlen(text);

	return item->value && item->len == len + 2 &&
	       (*item->value == '"' || *item->value == '\'') &&
	       item->value[len + 1] == *item->value &&
	       !memcmp(item->value + 1, text, len);
}

/**
 * toml_is_at - whether an item has a certain path
 * @item: it
 * @path: names, NULL behind the last
 */
bool toml_is_at(const struct toml_item *item, const char *const *path)
{
	size_t i;

	for (i = 0; path[i]; i++)
		if (i == item->nkeys || strcmp(item->keys[i], path[i]))
			return false;
	return i == item->nkeys;
}
