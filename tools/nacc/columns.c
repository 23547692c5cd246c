// SPDX-License-Identifier: GPL-2.0
/*
 * Output: an array of objects as a table, by libsmartcols.
 *
 * It knows how wide characters are, and terminals. What is in a cell is made safe here, in a
 * form that awk can split: so its own encoding is off.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <libsmartcols/libsmartcols.h>

#include "nacc.h"
#include "out.h"

/* Where a terminal has less room for the last column its lines are left to the terminal. */
#define ROOM_MIN	20

/* Between columns */
#define SEPARATOR	"  "

/* Most columns of a table */
#define COLUMNS_MAX	32

/* What catches the eye, in the columns that say how something is */
static const struct {
	const char *word;
	const char *colour;
} colours[] = {
	{ "ok", "green" }, { "live", "green" }, { "alive", "green" },
	{ "leaving", "yellow" }, { "skipped", "yellow" }, { "unprotected", "yellow" },
	{ "condemned", "red" }, { "MISMATCH", "red" }, { "dead", "red" },
};

static char *cell_text(struct json_object *row, const char *col, bool last)
{
	struct json_object *val;

	if (!json_object_object_get_ex(row, col, &val) || !val || !*json_object_get_string(val))
		return out_escape("-", last);
	return out_cell(val, last);
}

static void need(bool there)
{
	if (!there)
		exit(nacc_fail(EXIT_NOMEM,
			       "the machine has no memory left: free some and try again"));
}

static void add_column(struct libscols_table *table, const char *col, bool last)
{
	struct libscols_column *column =
		scols_table_new_column(table, "", 0, last ? SCOLS_FL_WRAP : 0);
	char name[64];
	size_t i;

	for (i = 0; col[i] && i < sizeof(name) - 1; i++)
		name[i] = (char)toupper((unsigned char)col[i]);
	name[i] = '\0';
	need(column && !scols_cell_set_data(scols_column_get_header(column), name));
}

static void colour_cell(struct libscols_cell *cell, const char *col, const char *text)
{
	size_t i;

	if (strcmp(col, "state") && strcmp(col, "result"))
		return;
	for (i = 0; i < ARRAY_SIZE(colours); i++)
		if (!strcmp(text, colours[i].word))
			scols_cell_set_color(cell, colours[i].colour);
}

static void add_row(struct libscols_table *table, struct json_object *row,
		    const char *const *cols)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	size_t c;

	need(line);
	for (c = 0; cols[c]; c++) {
		char *text = cell_text(row, cols[c], !cols[c + 1]);

		colour_cell(scols_line_get_cell(line, c), cols[c], text);
		need(!scols_line_refer_data(line, c, text));
	}
}

/* Of a column: nowhere but in the last one are there blanks. */
static size_t longest_word(struct libscols_table *table, size_t c)
{
	struct libscols_column *column = scols_table_get_column(table, c);
	size_t i, most = utf8_width(scols_cell_get_data(scols_column_get_header(column)));

	for (i = 0; i < scols_table_get_nlines(table); i++) {
		struct libscols_line *line = scols_table_get_line(table, i);
		char *text = strdup(scols_cell_get_data(scols_line_get_cell(line, c)));
		char *rest = text, *word;

		need(text);
		while ((word = strsep(&rest, " "))) {
			const size_t width = utf8_width(word);

			most = width > most ? width : most;
		}
		free(text);
	}
	return most;
}

/* Lines of so many columns, or of one word: a newline for each blank that ends one */
static void fold_text(char *text, size_t room)
{
	char *rest = text, *blank = NULL;
	size_t width = 0, word;

	while (rest) {
		word = utf8_width(strsep(&rest, " "));
		if (blank)
			*blank = width + 1 + word > room ? '\n' : ' ';
		width = blank && *blank == ' ' ? width + 1 + word : word;
		blank = rest ? rest - 1 : NULL;
	}
}

/*
 * The text of the last column on more lines, where the terminal is too narrow: libsmartcols
 * would end them in the middle of a word.
 */
static void fold(struct libscols_table *table)
{
	const size_t last = scols_table_get_ncols(table) - 1;
	struct libscols_column *column = scols_table_get_column(table, last);
	size_t c, i, used = 0, room = scols_table_get_termwidth(table);

	for (c = 0; c < last; c++)
		used += longest_word(table, c) + strlen(SEPARATOR);
	if (room < used + ROOM_MIN) {
		scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
		return;
	}
	room -= used;
	/* What is no words is left to libsmartcols. */
	if (longest_word(table, last) > room)
		return;
	for (i = 0; i < scols_table_get_nlines(table); i++) {
		struct libscols_line *line = scols_table_get_line(table, i);
		struct libscols_cell *cell = scols_line_get_cell(line, last);
		char *text = strdup(scols_cell_get_data(cell));

		need(text);
		fold_text(text, room);
		need(!scols_cell_refer_data(cell, text));
	}
	scols_column_set_wrapfunc(column, scols_wrapnl_chunksize, scols_wrapnl_nextchunk, NULL);
}

static void print_headings(FILE *out, struct libscols_table *table, bool headings)
{
	size_t c, nr = scols_table_get_ncols(table);
	struct libscols_column *column;

	for (c = 0; headings && c < nr; c++) {
		column = scols_table_get_column(table, c);
		fprintf(out, "%s%s", c ? SEPARATOR : "",
			scols_cell_get_data(scols_column_get_header(column)));
	}
	if (headings)
		fputc('\n', out);
}

static void print_table(FILE *out, struct json_object *rows, const char *const *cols,
			bool headings)
{
	struct libscols_table *table = scols_new_table();
	size_t c, i;

	need(table);
	scols_table_set_stream(table, out);
	scols_table_set_column_separator(table, SEPARATOR);
	scols_table_enable_noencoding(table, 1);
	scols_table_enable_noheadings(table, !headings);
	scols_table_enable_colors(table, out == stdout && out_colours());
	if (out != stdout)
		scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
	for (c = 0; cols[c]; c++)
		add_column(table, cols[c], !cols[c + 1]);
	for (i = 0; i < json_object_array_length(rows); i++)
		add_row(table, json_object_array_get_idx(rows, i), cols);
	if (out == stdout && isatty(STDOUT_FILENO))
		fold(table);
	/* Of a table without lines it prints nothing at all. */
	if (!json_object_array_length(rows))
		print_headings(out, table, headings);
	else
		need(!scols_print_table(table));
	scols_unref_table(table);
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
	print_table(out, rows, cols, true);
}

static const char *find(const char *const *names, const char *text, size_t len)
{
	for (; names && *names; names++)
		if (strlen(*names) == len && !strncasecmp(*names, text, len))
			return *names;
	return NULL;
}

static void list_names(char *text, size_t size, const char *const *names)
{
	for (; names && *names; names++)
		snprintf(text + strlen(text), size - strlen(text), "%s%s", *text ? "," : "",
			 *names);
}

static int no_column(const char *text, size_t len, const char *const *cols,
		     const char *const *more)
{
	char names[512] = "";

	list_names(names, sizeof(names), cols);
	list_names(names, sizeof(names), more);
	return nacc_fail(EXIT_USAGE, "there is no column '%.*s': there are %s", (int)len, text,
			 names);
}

/* Those of -o, in its order */
static int choose(const char *text, const char *const *cols, const char *const *more,
		  const char *chosen[COLUMNS_MAX])
{
	size_t len, nr = 0;

	for (;; text += len + 1) {
		len = strcspn(text, ",");
		chosen[nr] = find(cols, text, len);
		if (!chosen[nr])
			chosen[nr] = find(more, text, len);
		if (!chosen[nr])
			return no_column(text, len, cols, more);
		if (++nr == COLUMNS_MAX)
			return nacc_fail(EXIT_USAGE, "-o: that are too many columns: %d at most",
					 COLUMNS_MAX - 1);
		chosen[nr] = NULL;
		if (!text[len])
			return EXIT_OK;
	}
}

/**
 * out_table - print an array of objects as the table that the command line asks for
 * @args: -o and --noheadings
 * @rows: array of objects; the caller keeps it
 * @cols: columns without -o, up to NULL
 * @more: others that -o knows, likewise; or NULL
 *
 * Return: EXIT_OK, or EXIT_USAGE after a message.
 */
int out_table(const struct args *args, struct json_object *rows, const char *const *cols,
	      const char *const *more)
{
	const char *chosen[COLUMNS_MAX];
	int ret = EXIT_OK;

	if (args->columns)
		ret = choose(args->columns, cols, more, chosen);
	if (!ret)
		print_table(stdout, rows, args->columns ? chosen : cols, !args->noheadings);
	return ret;
}

/**
 * out_bare - is the table all that is wanted, without what is said around it?
 * @args: the command line
 *
 * Return: whether it is.
 */
bool out_bare(const struct args *args)
{
	return args->columns || args->noheadings;
}
