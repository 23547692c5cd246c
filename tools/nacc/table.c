// SPDX-License-Identifier: GPL-2.0
/*
 * Tables as text: the files of /proc/nacc, column by name.
 *
 * The first line names the columns. The last column takes the rest of the line,
 * blanks included; a row may leave it empty. \ooo stands for a byte, in octal.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "nacc.h"
#include "procfile.h"

static int read_all(FILE *in, char **text)
{
	size_t len = 0, room = 4096, n;

	*text = nacc_alloc(NULL, room, 1);
	while ((n = fread(*text + len, 1, room - len - 1, in)) > 0) {
		len += n;
		if (room - len == 1) {
			room *= 2;
			*text = nacc_alloc(*text, room, 1);
		}
	}
	(*text)[len] = '\0';
	return ferror(in) || strlen(*text) != len ? -1 : 0;
}

static bool octal_byte(const char *s)
{
	return s[0] == '\\' && s[1] >= '0' && s[1] <= '3' &&
	       s[2] >= '0' && s[2] <= '7' && s[3] >= '0' && s[3] <= '7';
}

/**
 * table_unescape - write bytes for what \\ooo stands for, in octal
 * @s: a cell as it stands in a file; it becomes shorter
 */
void table_unescape(char *s)
{
	char *out = s;

	while (*s) {
		if (octal_byte(s) && memcmp(s, "\\000", 4)) {
			*out++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 |
					(s[3] - '0'));
			s += 4;
		} else {
			*out++ = *s++;
		}
	}
	*out = '\0';
}

static char *next_word(char **line)
{
	char *word = *line + strspn(*line, " \t");
	char *end = word + strcspn(word, " \t");

	if (*end)
		*end++ = '\0';
	*line = end;
	return *word ? word : NULL;
}

static void parse_header(struct table *t, char *line)
{
	char *word;

	while ((word = next_word(&line))) {
		t->cols = nacc_alloc(t->cols, t->ncols + 1, sizeof(*t->cols));
		t->cols[t->ncols++] = word;
	}
}

static char *rest_of_line(char *line)
{
	size_t len;

	line += strspn(line, " \t");
	len = strlen(line);
	while (len && (line[len - 1] == ' ' || line[len - 1] == '\t'))
		line[--len] = '\0';
	return line;
}

static char **new_row(struct table *t)
{
	t->nrows++;
	t->cells = nacc_alloc(t->cells, t->nrows * t->ncols, sizeof(*t->cells));
	return t->cells + (t->nrows - 1) * t->ncols;
}

static bool parse_row(struct table *t, char *line)
{
	char **row = new_row(t);
	size_t i;

	for (i = 0; i + 1 < t->ncols; i++) {
		row[i] = next_word(&line);
		if (!row[i])
			return false;
		table_unescape(row[i]);
	}
	row[i] = rest_of_line(line);
	table_unescape(row[i]);
	return true;
}

static bool parse_status_row(struct table *t, char *line)
{
	char *colon = strchr(line, ':');
	char **row;

	if (!colon)
		return false;
	*colon = '\0';
	row = new_row(t);
	row[0] = rest_of_line(line);
	row[1] = rest_of_line(colon + 1);
	return *row[0] != '\0';
}

/*
 * Returns 0, the number of a line that does not fit, or -1 if reading failed.
 */
static int parse_lines(FILE *in, struct table *t,
		       bool (*row)(struct table *, char *))
{
	char *line, *next;
	int nr = 0;

	if (read_all(in, &t->text))
		return -1;
	for (line = t->text; *line; line = next) {
		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = '\0';
		nr++;
		if (!t->ncols)
			parse_header(t, line);
		else if (line[strspn(line, " \t")] && !row(t, line))
			return nr;
	}
	return t->ncols ? 0 : 1;
}

/**
 * table_parse - take a table apart
 * @in: where it is read from
 * @t: result; table_free() it, also after an error
 *
 * Return: 0, the number of the first line that does not fit, or -1 if @in could
 * not be read.
 */
int table_parse(FILE *in, struct table *t)
{
	*t = (struct table){ 0 };
	return parse_lines(in, t, parse_row);
}

/**
 * table_parse_status - take a file of "key: value" lines apart
 * @in: where it is read from
 * @t: result, with the columns "name" and "value"
 *
 * Return: as table_parse().
 */
int table_parse_status(FILE *in, struct table *t)
{
	static char *const cols[] = { "name", "value" };

	*t = (struct table){ .ncols = 2 };
	t->cols = nacc_alloc(NULL, 2, sizeof(*t->cols));
	memcpy(t->cols, cols, sizeof(cols));
	return parse_lines(in, t, parse_status_row);
}

/**
 * table_free - give the memory of a table back
 * @t: the table
 */
void table_free(struct table *t)
{
	free(t->cols);
	free(t->cells);
	free(t->text);
	*t = (struct table){ 0 };
}

/**
 * table_cell - one cell
 * @t: the table
 * @row: row
 * @col: name of the column
 *
 * Return: its text, or "" if the file has no such column.
 */
const char *table_cell(const struct table *t, size_t row, const char *col)
{
	size_t i;

	for (i = 0; i < t->ncols; i++)
		if (!strcmp(t->cols[i], col))
			return t->cells[row * t->ncols + i];
	return "";
}

/**
 * number_parse - read a number: decimal, or hexadecimal after 0x
 * @text: the number
 * @val: result
 *
 * Return: whether it is one.
 */
bool number_parse(const char *text, uint64_t *val)
{
	int base = 10;
	char *end;

	if (text[0] == '0' && text[1] == 'x') {
		text += 2;
		base = 16;
	}
	if (!strchr("0123456789abcdefABCDEF", *text) || !*text)
		return false;
	errno = 0;
	*val = strtoull(text, &end, base);
	return !errno && !*end;
}

/**
 * table_u64 - one cell as a number
 * @t: the table
 * @row: row
 * @col: name of the column
 * @val: result, 0 if there is none
 *
 * Return: whether it holds a number.
 */
bool table_u64(const struct table *t, size_t row, const char *col,
	       uint64_t *val)
{
	*val = 0;
	return number_parse(table_cell(t, row, col), val);
}

/**
 * table_u32 - one cell as the ID of a domain, or another number of 32 bits
 * @t: the table
 * @row: row
 * @col: name of the column
 * @val: result, 0 if there is none
 *
 * Return: whether it holds one.
 */
bool table_u32(const struct table *t, size_t row, const char *col, uint32_t *val)
{
	uint64_t cell;
	const bool ok = table_u64(t, row, col, &cell) && cell <= UINT32_MAX;

	*val = ok ? (uint32_t)cell : 0;
	return ok;
}

/**
 * table_pid - the column "pid"
 * @t: the table
 * @row: row
 * @pid: result, 0 if there is none
 *
 * Return: whether it holds the ID of a process.
 */
bool table_pid(const struct table *t, size_t row, int *pid)
{
	uint64_t cell;
	const bool ok = table_u64(t, row, "pid", &cell) && cell && cell <= INT_MAX;

	*pid = ok ? (int)cell : 0;
	return ok;
}

/**
 * table_is - does a cell hold this number?
 * @t: the table
 * @row: row
 * @col: name of the column
 * @val: the number
 *
 * Return: whether it does.
 */
bool table_is(const struct table *t, size_t row, const char *col, uint64_t val)
{
	uint64_t cell;

	return table_u64(t, row, col, &cell) && cell == val;
}

/**
 * table_has - is there a row whose cell holds this number?
 * @t: the table
 * @col: name of the column
 * @val: the number
 */
bool table_has(const struct table *t, const char *col, uint64_t val)
{
	size_t i;

	for (i = 0; i < t->nrows; i++)
		if (table_is(t, i, col, val))
			return true;
	return false;
}

/**
 * table_lookup - value of a name, in the columns "name" and "value"
 * @t: the table
 * @key: the name
 *
 * Return: the value, or NULL.
 */
const char *table_lookup(const struct table *t, const char *key)
{
	size_t i;

	for (i = 0; i < t->nrows; i++)
		if (!strcmp(table_cell(t, i, "name"), key))
			return table_cell(t, i, "value");
	return NULL;
}

/**
 * table_lookup_u64 - table_lookup() of a number
 * @t: the table
 * @key: the name
 * @val: result, 0 if there is none
 *
 * Return: whether there is one.
 */
bool table_lookup_u64(const struct table *t, const char *key, uint64_t *val)
{
	const char *text = table_lookup(t, key);

	*val = 0;
	return text && number_parse(text, val);
}
