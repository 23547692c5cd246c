// SPDX-License-Identifier: GPL-2.0
/*
 * nacc top: what is shown.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

#include "cmd.h"
#include "out.h"
#include "top.h"

#define REFUSED		"refused_"
/* Wide enough for all there is */
#define NO_WIDTH	4096

/* As they are shown, and which goes first where there is no room for all of them */
static const struct {
	const char *name;
	int needed;
} columns[] = {
	{ "domain", 8 }, { "name", 7 }, { "state", 4 }, { "mms", 3 }, { "tables", 6 },
	{ "gate", 2 }, { "seals", 1 }, { "refused", 5 },
};

#define NR_COLUMNS	ARRAY_SIZE(columns)

/**
 * view_clock - the clock of views
 *
 * Return: nanoseconds, which only go on.
 */
uint64_t view_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* Of a domain, as far as the audit ring has them, and since this load of the module */
static uint64_t refused_of(const struct table *audit, uint64_t domain)
{
	uint64_t nr = 0;
	size_t i;

	for (i = 0; i < audit->nrows; i++)
		nr += table_is(audit, i, "domain", domain) &&
		      strcmp(table_cell(audit, i, "outcome"), "performed") &&
		      strcmp(table_cell(audit, i, "load"), "earlier");
	return nr;
}

static void take_domains(struct view *v, const struct table *domains, const struct table *mms,
			 const struct table *audit)
{
	struct json_object *one;
	uint64_t id;
	size_t i;

	v->domains = out_array();
	v->spaces = mms->nrows;
	for (i = 0; i < domains->nrows; i++) {
		one = domain_object(domains, i, mms);
		json_object_object_del(one, "processes");
		json_object_object_del(one, "id");
		table_u64(domains, i, "id", &id);
		out_add_u64(one, "domain", id);
		out_add_u64(one, "refused", refused_of(audit, id));
		out_append(v->domains, one);
	}
}

static void take_stats(struct view *v, const struct table *stats, const struct table *status)
{
	const char *name;
	uint64_t val;
	size_t i;

	table_lookup_u64(status, "frames", &v->frames);
	for (i = 0; i < stats->nrows; i++) {
		name = table_cell(stats, i, "name");
		table_u64(stats, i, "value", &val);
		if (!strcmp(name, "traps"))
			v->traps = val;
		else if (!strcmp(name, "frames_free") || !strcmp(name, "frames_armed"))
			v->unused += val;
		else if (!strncmp(name, REFUSED, strlen(REFUSED)) &&
			 strcmp(name, REFUSED "none"))
			v->refused += val;
	}
}

static int64_t rate_of(const struct view *v, const struct view *before)
{
	uint64_t ns = before ? v->ns - before->ns : 0;

	if (!ns || v->traps < before->traps)
		return -1;
	return (int64_t)((double)(v->traps - before->traps) * 1e9 / (double)ns + 0.5);
}

/**
 * view_read - look how things are
 * @v: result; view_free() it, also after an error
 * @before: the last look, or NULL
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int view_read(struct view *v, const struct view *before)
{
	static const char *const names[] = { "domains", "mms", "audit", "stats", "status" };
	struct table t[ARRAY_SIZE(names)] = { 0 };
	int ret = EXIT_OK;
	size_t i;

	*v = (struct view){ .ns = view_clock() };
	for (i = 0; !ret && i < ARRAY_SIZE(names); i++)
		ret = procfile_load(names[i], &t[i]);
	if (!ret) {
		take_domains(v, &t[0], &t[1], &t[2]);
		take_stats(v, &t[3], &t[4]);
		v->rate = rate_of(v, before);
	}
	for (i = 0; i < ARRAY_SIZE(names); i++)
		table_free(&t[i]);
	return ret;
}

/**
 * view_free - give its memory back
 * @v: the view
 */
void view_free(struct view *v)
{
	json_object_put(v->domains);
	v->domains = NULL;
}

/**
 * view_object - a view as an object
 * @v: the view
 *
 * Return: the object.
 */
struct json_object *view_object(const struct view *v)
{
	struct json_object *obj = out_object(), *pool = out_object();

	out_add_u64(pool, "frames", v->frames);
	out_add_u64(pool, "free", v->unused);
	out_add(obj, "pool", pool);
	out_add_u64(obj, "address_spaces", v->spaces);
	out_add_u64(obj, "traps", v->traps);
	if (v->rate < 0)
		out_add(obj, "traps_per_second", NULL);
	else
		out_add_u64(obj, "traps_per_second", (uint64_t)v->rate);
	out_add_u64(obj, "refused", v->refused);
	out_add(obj, "domains", json_object_get(v->domains));
	return obj;
}

/* As much of a line as has room */
static void print_cut(FILE *out, const char *line, size_t room)
{
	size_t width = 0;
	wchar_t wide;
	int len, more;

	for (; *line; line += len) {
		len = mbtowc(&wide, line, MB_CUR_MAX);
		more = len < 1 ? 1 : wcwidth(wide);
		len = len < 1 ? 1 : len;
		width += more < 0 ? 1 : (size_t)more;
		if (width > room)
			break;
		fwrite(line, 1, (size_t)len, out);
	}
	fputc('\n', out);
}

/* The same, with names that take no more room than that */
static struct json_object *with_short_names(struct json_object *domains, size_t room)
{
	struct json_object *list = out_array(), *name;
	size_t i, c;

	for (i = 0; i < json_object_array_length(domains); i++) {
		struct json_object *from = json_object_array_get_idx(domains, i);
		struct json_object *to = out_object();

		for (c = 0; c < NR_COLUMNS; c++)
			out_add(to, columns[c].name,
				json_object_get(json_object_object_get(from, columns[c].name)));
		name = json_object_object_get(from, "name");
		if (name)
			out_add(to, "name", out_short(name, room));
		out_append(list, to);
	}
	return list;
}

/* The table with the @nr columns that are needed most; its lines are cut by whoever prints it. */
static char *table_text(struct json_object *domains, int nr)
{
	const char *cols[NR_COLUMNS + 1];
	size_t i, n = 0, size;
	char *text = NULL;
	FILE *mem = nacc_stream(&text, &size);

	for (i = 0; i < NR_COLUMNS; i++)
		if (columns[i].needed > (int)NR_COLUMNS - nr)
			cols[n++] = columns[i].name;
	cols[n] = NULL;
	out_columns(mem, domains, cols);
	fclose(mem);
	return text;
}

/* @text: its newlines become ends */
static bool all_fit(char *text, unsigned int width)
{
	bool fit = true;
	char *line, *next;

	for (line = text; *line; line = next) {
		next = line + strcspn(line, "\n");
		*next = '\0';
		fit = fit && utf8_width(line) <= width;
		*next++ = '\n';
	}
	return fit;
}

static void print_table(FILE *out, const struct view *v, unsigned int width)
{
	struct json_object *domains = json_object_get(v->domains);
	int nr = (int)NR_COLUMNS;
	char *text = table_text(domains, nr), *line, *next;

	/* First the names have less room, a quarter; then there are fewer columns. */
	if (!all_fit(text, width)) {
		json_object_put(domains);
		domains = with_short_names(v->domains, width / 4 > 4 ? width / 4 - 1 : 4);
		nr++;
	}
	while (nr > 2 && !all_fit(text, width)) {
		free(text);
		text = table_text(domains, --nr);
	}
	json_object_put(domains);
	for (line = text; *line; line = next) {
		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = '\0';
		print_cut(out, line, width);
	}
	free(text);
}

/* What is told of the machine, in as many lines as it takes */
static void print_sums(FILE *out, const struct view *v, unsigned int width)
{
	char parts[5][64], rate[24] = "-", line[512] = "";
	size_t i;

	if (v->rate >= 0)
		snprintf(rate, sizeof(rate), "%lld", (long long)v->rate);
	snprintf(parts[0], sizeof(parts[0]), "domains: %zu", json_object_array_length(v->domains));
	snprintf(parts[1], sizeof(parts[1]), "address spaces: %llu", (unsigned long long)v->spaces);
	snprintf(parts[2], sizeof(parts[2]), "frames: %llu of %llu free",
		 (unsigned long long)v->unused, (unsigned long long)v->frames);
	snprintf(parts[3], sizeof(parts[3]), "traps/s: %s", rate);
	snprintf(parts[4], sizeof(parts[4]), "refused: %llu", (unsigned long long)v->refused);
	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		if (*line && strlen(line) + 2 + strlen(parts[i]) > width) {
			print_cut(out, line, width);
			*line = '\0';
		}
		if (*line)
			strcat(line, ", ");
		strcat(line, parts[i]);
	}
	print_cut(out, line, width);
}

/**
 * view_print - a view as text
 * @out: where to
 * @v: the view
 * @width: columns that a line has, or 0: any
 */
void view_print(FILE *out, const struct view *v, unsigned int width)
{
	print_sums(out, v, width ? width : NO_WIDTH);
	fputc('\n', out);
	print_table(out, v, width ? width : NO_WIDTH);
}
