// SPDX-License-Identifier: GPL-2.0
/*
 * nacc stat, without an ID: the counters
 */
#include <string.h>

#include "cmd.h"
#include "dev.h"
#include "out.h"

#define REFUSED		"refused_"
#define MODULE		"mod_"
#define FRAMES		"frames_"

static bool has_prefix(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

static struct json_object *pool_object(const struct table *stats,
				       const struct table *status)
{
	struct json_object *pool = out_object();
	const char *name;
	uint64_t val, unused = 0;
	size_t i;

	table_lookup_u64(status, "frames", &val);
	out_add_u64(pool, "frames", val);
	for (i = 0; i < stats->nrows; i++) {
		name = table_cell(stats, i, "name");
		if (!has_prefix(name, FRAMES) ||
		    !table_u64(stats, i, "value", &val))
			continue;
		name += strlen(FRAMES);
		out_add_u64(pool, name, val);
		if (!strcmp(name, "free") || !strcmp(name, "armed"))
			unused += val;
	}
	/* What is armed is no less free. */
	out_add_u64(pool, "free", unused);
	return pool;
}

/* Counters whose name begins with @prefix; NULL: those of no other kind */
static struct json_object *counters(const struct table *stats,
				    const char *prefix)
{
	struct json_object *obj = out_object();
	const char *name;
	uint64_t val;
	size_t i;

	for (i = 0; i < stats->nrows; i++) {
		name = table_cell(stats, i, "name");
		table_u64(stats, i, "value", &val);
		if (prefix && has_prefix(name, prefix))
			out_add_u64(obj, name + strlen(prefix), val);
		else if (!prefix && !has_prefix(name, REFUSED) &&
			 !has_prefix(name, MODULE) && !has_prefix(name, FRAMES))
			out_add_u64(obj, name, val);
	}
	return obj;
}

static void add_lines(struct json_object *lines, const char *prefix,
		      struct json_object *obj)
{
	struct json_object *line;
	char name[80];

	json_object_object_foreach(obj, key, val) {
		snprintf(name, sizeof(name), "%s%s", prefix, key);
		line = out_object();
		out_add_str(line, "name", name);
		out_add(line, "value", json_object_get(val));
		out_append(lines, line);
	}
}

static void print_pool(struct json_object *pool)
{
	const char *sep = "";

	fputs("pool: ", stdout);
	json_object_object_foreach(pool, key, val) {
		if (!strcmp(key, "armed"))
			printf(" (%s armed)", json_object_get_string(val));
		else
			printf("%s%s %s", sep, json_object_get_string(val),
			       key);
		sep = ", ";
	}
	putchar('\n');
}

static void print_stats(struct json_object *all)
{
	static const char *const cols[] = { "name", "value", NULL };
	struct json_object *lines = out_array();

	print_pool(json_object_object_get(all, "pool"));
	add_lines(lines, "", json_object_object_get(all, "counters"));
	add_lines(lines, MODULE, json_object_object_get(all, "module"));
	putchar('\n');
	out_columns(stdout, lines, cols);
	print_refused(json_object_object_get(all, "refused"));
	json_object_put(lines);
	json_object_put(all);
}

static int stat_all(const struct args *args)
{
	struct table stats, status = { 0 };
	struct json_object *all;
	int ret;

	ret = procfile_load("stats", &stats);
	if (!ret)
		ret = procfile_load("status", &status);
	if (ret)
		goto out;
	all = out_object();
	out_add(all, "pool", pool_object(&stats, &status));
	out_add(all, "counters", counters(&stats, NULL));
	out_add(all, "refused", counters(&stats, REFUSED));
	out_add(all, "module", counters(&stats, MODULE));
	if (args->json)
		out_json(stdout, all);
	else
		print_stats(all);
out:
	table_free(&status);
	table_free(&stats);
	return ret;
}

static int run_stat(const struct args *args)
{
	uint32_t domain;
	int ret;

	if (args->hooks && args->argc)
		return nacc_fail(EXIT_USAGE,
				 "stat: either an ID or --hooks: hooks are of no domain");
	if (!args->hooks && out_bare(args))
		return nacc_fail(EXIT_USAGE,
				 "stat: -o and --noheadings go with --hooks: the others are more than one table");
	if (args->hooks)
		return stat_hooks(args);
	if (!args->argc)
		return stat_all(args);
	ret = target_domain(args->argv[0], &domain);
	return ret ? ret : stat_domain(args, domain);
}

const struct cmd cmd_stat = {
	.name = "stat",
	.usage = "[ID|NAME | --hooks [-o COLS] [--noheadings]] [--json]",
	.brief = "counters, the pool, and what was refused",
	.help =
	"Print the counters of the firmware and of the module (mod_*), how the pool's\n"
	"pages are used, and each reason for which something was refused.\n"
	"\n"
	"  ID, NAME  of a domain: its processes, tables, rules and refusals only (of\n"
	"            refusals the audit ring holds the last ones)\n"
	"  --hooks   functions of the kernel that the module replaces while something\n"
	"            is marked: how, calls seen (hits), replaced (routed), not seen\n"
	"            (missed), left to the kernel after all (fallback), and what each is\n"
	"            for, or what is lost where it is not in place\n"
	"  --json    print an object; it has the reasons that never occurred too\n"
	"\n"
	"Example:\n"
	"  # nacc stat\n"
	"  pool: 16128 frames, 16054 free (312 armed), 2 root, 72 table, 0 released\n"
	"\n"
	"  NAME    VALUE\n"
	"  traps   5120\n"
	"  stores  2210\n"
	"  ...\n",
	.opts = OPT_JSON | OPT_HOOKS | OPT_TABLE,
	.max = 1,
	.run = run_stat,
};
