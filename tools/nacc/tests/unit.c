// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests: parser, columns, JSON text, page-table arithmetic, arguments.
 */
#include <stdlib.h>
#include <string.h>

#include "../doctor.h"
#include "../dump.h"
#include "../nacc.h"
#include "../out.h"
#include "../procfile.h"

static unsigned int passed, failed;

#define check(cond) check_line(cond, #cond, __func__, __LINE__)

static void check_line(bool ok, const char *what, const char *func, int line)
{
	if (ok)
		passed++;
	else
		failed++;
	printf("%s - %s:%d %s\n", ok ? "ok" : "not ok", func, line, what);
}

static FILE *input(const char *text)
{
	return fmemopen((char *)(uintptr_t)text, strlen(text), "r");
}

static int parse(const char *text, struct table *t,
		 int (*parser)(FILE *, struct table *))
{
	FILE *in = input(text);
	int ret = parser(in, t);

	fclose(in);
	return ret;
}

static void test_table(void)
{
	static const char text[] =
		"id state  name\n"
		"3 live web server\t\n"
		"4 leaving\n"
		"\n"
		"5\tlive\ta\\040b\\134\n";
	struct table t;
	uint64_t val;

	check(!parse(text, &t, table_parse));
	check(t.ncols == 3 && t.nrows == 3);
	check(!strcmp(table_cell(&t, 0, "name"), "web server"));
	check(!strcmp(table_cell(&t, 1, "name"), ""));
	check(!strcmp(table_cell(&t, 2, "name"), "a b\\"));
	check(!strcmp(table_cell(&t, 2, "state"), "live"));
	check(!strcmp(table_cell(&t, 0, "nosuch"), ""));
	check(table_u64(&t, 1, "id", &val) && val == 4);
	check(!table_u64(&t, 1, "state", &val) && !val);
	check(table_is(&t, 0, "id", 3) && !table_is(&t, 0, "id", 4));
	table_free(&t);
}

static void test_table_columns_by_name(void)
{
	struct table t;

	check(!parse("pa frame domain new1 new2\n0x80000000 7 2 x y z\n", &t,
		     table_parse));
	check(table_is(&t, 0, "frame", 7) && table_is(&t, 0, "domain", 2));
	check(table_is(&t, 0, "pa", 0x80000000));
	check(!strcmp(table_cell(&t, 0, "new2"), "y z"));
	table_free(&t);
}

static void test_table_errors(void)
{
	static char big[20000];
	struct table t;

	check(parse("\n", &t, table_parse) == 1);
	table_free(&t);
	check(parse("a b c\n1 2 3\n1\n", &t, table_parse) == 3);
	table_free(&t);
	check(!parse("a b c\n", &t, table_parse) && !t.nrows);
	table_free(&t);
	check(!parse("a b c", &t, table_parse) && t.ncols == 3);
	table_free(&t);
	memset(big, 'x', sizeof(big) - 1);
	big[1] = '\n';
	big[9000] = '\n';
	check(!parse(big, &t, table_parse) && t.nrows == 2);
	table_free(&t);
	check(parse("key: v\nno colon\n", &t, table_parse_status) == 2);
	table_free(&t);
}

static void test_status(void)
{
	static const char text[] =
		"module: 0.1.0\n"
		"selftest: 2/2 harts\n"
		"empty:\n"
		"frames: 12\n"
		"isa\t\t: rv64imac:x\n";
	struct table t;
	uint64_t val;

	check(!parse(text, &t, table_parse_status));
	check(!strcmp(table_lookup(&t, "selftest"), "2/2 harts"));
	check(!strcmp(table_lookup(&t, "empty"), ""));
	check(!strcmp(table_lookup(&t, "isa"), "rv64imac:x"));
	check(!table_lookup(&t, "nosuch"));
	check(table_lookup_u64(&t, "frames", &val) && val == 12);
	check(!table_lookup_u64(&t, "module", &val) && !val);
	table_free(&t);
}

static void test_numbers(void)
{
	uint64_t val;

	check(number_parse("0", &val) && !val);
	check(number_parse("010", &val) && val == 10);
	check(number_parse("0x1bfff9000", &val) && val == 0x1bfff9000);
	check(number_parse("18446744073709551615", &val) && val == UINT64_MAX);
	check(!number_parse("18446744073709551616", &val));
	check(!number_parse("", &val) && !number_parse("0x", &val));
	check(!number_parse("-", &val) && !number_parse("-1", &val));
	check(!number_parse("1x", &val) && !number_parse("abc", &val));
	check(!number_parse(" 1", &val) && !number_parse("+1", &val));
}

static bool columns_are(struct json_object *rows, const char *const *cols,
			const char *want)
{
	char buf[512] = "";
	FILE *out = fmemopen(buf, sizeof(buf), "w");

	out_columns(out, rows, cols);
	fclose(out);
	return !strcmp(buf, want);
}

static void test_columns(void)
{
	static const char *const cols[] = { "id", "name", "comm", NULL };
	struct json_object *rows = out_array();
	struct table t;

	check(columns_are(rows, cols, "ID  NAME  COMM\n"));
	parse("id name comm\n12345 a\\040b c d\n7 \\033[2J\n", &t, table_parse);
	out_append(rows, out_row(&t, 0));
	out_append(rows, out_row(&t, 1));
	check(columns_are(rows, cols, "ID     NAME     COMM\n"
				      "12345  a\\040b   c d\n"
				      "7      \\033[2J  -\n"));
	json_object_put(rows);
	table_free(&t);
}

static bool json_is(struct json_object *obj, const char *want)
{
	char buf[512] = "";
	FILE *out = fmemopen(buf, sizeof(buf), "w");

	out_json_line(out, obj);
	fclose(out);
	if (strcmp(buf, want))
		printf("# %s\n", buf);
	return !strcmp(buf, want);
}

/* What the objects of test_json() print as. */
#define JSON_ROW \
	"{\"id\":3,\"name\":\"42\",\"root\":\"0x1f\",\"owner\":null,\"symbol\":\"a/b\"}"
#define JSON_GOOD \
	"{\"e\":\"\\u00e9\",\"nbsp\":\"\\u00a0\",\"none\":null,\"max\":" \
	"18446744073709551615}"
#define JSON_BAD \
	"{\"cut\":\"a\\\\303\",\"long\":\"\\\\300\",\"half\":\"\\\\355\\\\240\\\\200\"," \
	"\"csi\":\"\\\\302\\\\2332J\"}"

static void test_json(void)
{
	static const char row[] = JSON_ROW, good[] = JSON_GOOD, bad[] = JSON_BAD;
	struct json_object *obj;
	struct table t;

	parse("id name root owner symbol\n3 42 0x1f - a/b\n", &t, table_parse);
	check(json_is(out_row(&t, 0), row));
	table_free(&t);
	obj = out_object();
	out_add_str(obj, "e", "\303\251");
	out_add_str(obj, "nbsp", "\302\240");
	out_add_str(obj, "none", NULL);
	out_add_u64(obj, "max", UINT64_MAX);
	check(json_is(obj, good));
	obj = out_object();
	out_add_str(obj, "cut", "a\303");
	out_add_str(obj, "long", "\300");
	out_add_str(obj, "half", "\355\240\200");
	out_add_str(obj, "csi", "\302\2332J");
	check(json_is(obj, bad));
}

static void test_entries(void)
{
	struct nacc_entry e = { .va = 0x3ff4a00000, .level = 1, .flags = 5 };

	check(dump_entry_pa(0x6ffff001) == 0x1bfffc000);
	check(dump_entry_pa(~0ULL) == 0x00fffffffffff000ULL);
	check(dump_index(&e) == 421);
	e.level = 2;
	check(dump_index(&e) == 255);
	e.level = 7;
	check(dump_index(&e) == 0);
	check(dump_is_table(&e));
	e.flags = NACC_ENTRY_PRESENT | NACC_ENTRY_LEAF;
	check(!dump_is_table(&e) && !dump_wanted(&e, false));
	check(dump_wanted(&e, true));
	e.flags = 0;
	check(!dump_is_table(&e));
}

static void test_pool(void)
{
	struct dump d = { .levels = 3, .pool_start = 0x1000, .pool_end = 0x4000 };
	struct table t;

	parse("frame pa domain\n2 0x3000 9\n0 0x1000 -\n- 0x9000 1\n", &t,
	      table_parse);
	dump_read_pool(&d, &t);
	check(d.nr_frames == 2);
	check(dump_find_frame(&d, 0x3000)->domain == 9);
	check(dump_find_frame(&d, 0x1000)->domain == 0);
	check(!dump_find_frame(&d, 0x2000));
	check(dump_in_pool(&d, 0x1000) && dump_in_pool(&d, 0x3fff));
	check(!dump_in_pool(&d, 0xfff) && !dump_in_pool(&d, 0x4000));
	table_free(&t);
	free(d.frames);
	d.frames = NULL;
	d.nr_frames = 0;
	check(!dump_find_frame(&d, 0x1000));
}

static void test_counts(void)
{
	struct dump d = { .levels = 3 };
	struct nacc_entry leaf = { .value = 0xd7, .level = 2, .flags = 6 };
	struct nacc_entry bad = { .value = 1, .level = 0, .flags = 4 };
	struct nacc_entry swap = { .value = 8 };

	dump_count_root(&d, 0x1000);
	dump_count(&d, &leaf);
	leaf.level = 0;
	leaf.value = 0xc7;
	dump_count(&d, &leaf);
	dump_count(&d, &bad);
	dump_count(&d, &swap);
	check(d.tables[2] == 1 && d.outside == 2 && !d.in_pool);
	check(d.user_pages == 512 * 512 && d.kernel_pages == 1);
	check(d.huge == 1 && d.absent == 1);
}

static void test_isa(void)
{
	check(isa_has_h("rv64imafdch_zicbom"));
	check(isa_has_h("rv64imafdcvh"));
	check(isa_has_h("rv32imach"));
	check(!isa_has_h("rv64imafdc_zicbom_sha"));
	check(!isa_has_h("rv64imafdc"));
	check(!isa_has_h("rv64imafdcsuh"));
	check(!isa_has_h("") && !isa_has_h("rv64"));
}

static void test_reasons(void)
{
	check(strstr(reason_meaning("provenance"), "writers"));
	check(strstr(reason_meaning("locked"), "set the firmware up"));
	check(strstr(reason_meaning("from-tomorrow"), "does not know"));
}

/* A name of these bytes, in so much room, as a cell of a table shows it */
static bool short_is(const char *bytes, size_t room, const char *want)
{
	struct json_object *obj = out_object(), *some;
	char *cell;
	bool is;

	out_add_str(obj, "name", bytes);
	some = out_short(json_object_object_get(obj, "name"), room);
	cell = out_cell(some, false);
	is = !strcmp(cell, want);
	free(cell);
	json_object_put(some);
	json_object_put(obj);
	return is;
}

static void test_short(void)
{
	check(short_is("abc", 3, "abc"));
	check(short_is("abcd", 3, "abc+"));
	check(short_is("abcd", 0, "+"));
	/* What is written as \ooo is so once, takes its room, and is not cut. */
	check(short_is("a b", 6, "a\\040b"));
	check(short_is("a bc", 5, "a\\040+"));
	check(short_is("a bc", 4, "a+"));
	check(short_is("\377x", 5, "\\377x"));
	check(short_is("\377xy", 5, "\\377x+"));
	check(short_is("\377x", 3, "+"));
}

int main(void)
{
	test_table();
	test_table_columns_by_name();
	test_table_errors();
	test_status();
	test_numbers();
	test_columns();
	test_json();
	test_entries();
	test_pool();
	test_counts();
	test_isa();
	test_reasons();
	test_short();
	printf("%u passed, %u failed\n", passed, failed);
	return failed != 0;
}
