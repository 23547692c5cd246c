// SPDX-License-Identifier: GPL-2.0
/*
 * Output: an array of objects as columns.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "nacc.h"
#include "out.h"

static char *cell_text(struct json_object *row, const char *col, bool last)
{
	struct json_object *val;
	const char *text;

	if (!json_object_object_get_ex(row, col, &val) || !val)
		return out_escape("-", last);
	text = json_object_get_string(val);
	return out_escape(*text ? text : "-", last);
}

static size_t column_width(struct json_object *rows, const char *col)
{
	size_t i, len, width = strlen(col);
	char *text;

	for (i = 0; i < json_object_array_length(rows); i++) {
		text = cell_text(json_object_array_get_idx(rows, i), col, false);
		len = strlen(text);
		if (len > width)
			width = len;
		free(text);
	}
	return width;
}

static void print_header(FILE *out, const char *col, size_t width)
{
	size_t i;

	for (i = 0; col[i]; i++)
		fputc(toupper((unsigned char)col[i]), out);
	for (; width && i < width + 2; i++)
		fputc(' ', out);
}

/**
 * out_columns - print an array of objects as columns
 * @out: where to
 * @rows: array of objects; the caller keeps it
 * @cols: members to print, up to NULL; what is absent or null shows as "-"
 *
 * Blanks inside a cell print as \040, so a column never moves, except in the
 * last.
 */
void out_columns(FILE *out, struct json_object *rows, const char *const *cols)
{
	size_t c, i, n = 0, *width;
	char *text;

	while (cols[n])
		n++;
	width = nacc_alloc(NULL, n, sizeof(*width));
	for (c = 0; c < n; c++) {
		width[c] = cols[c + 1] ? column_width(rows, cols[c]) : 0;
		print_header(out, cols[c], width[c]);
	}
	fputc('\n', out);
	for (i = 0; i < json_object_array_length(rows); i++) {
		for (c = 0; c < n; c++) {
			text = cell_text(json_object_array_get_idx(rows, i),
					 cols[c], !cols[c + 1]);
			fprintf(out, "%-*s", (int)(width[c] ? width[c] + 2 : 0),
				text);
			free(text);
		}
		fputc('\n', out);
	}
	free(width);
}
