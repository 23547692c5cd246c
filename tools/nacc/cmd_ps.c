// SPDX-License-Identifier: GPL-2.0
/*
 * nacc ps
 */
#include <stdio.h>

#include "cmd.h"
#include "out.h"

/**
 * domain_object - a domain with its address spaces
 * @domains: /proc/nacc/domains
 * @row: the domain
 * @mms: /proc/nacc/mms
 *
 * Return: its columns, the array "processes", and how many ranges of these are sealed.
 */
struct json_object *domain_object(const struct table *domains, size_t row,
				  const struct table *mms)
{
	struct json_object *obj = out_row(domains, row), *list = out_array();
	uint64_t id, nr, seals = 0;
	struct json_object *process;
	size_t i;

	table_u64(domains, row, "id", &id);
	for (i = 0; i < mms->nrows; i++) {
		if (!table_is(mms, i, "domain", id))
			continue;
		process = out_row(mms, i);
		if (table_is(mms, i, "pid", 0))
			out_add(process, "pid", NULL);
		out_append(list, process);
		table_u64(mms, i, "seals", &nr);
		seals += nr;
	}
	out_add_u64(obj, "seals", seals);
	out_add(obj, "processes", list);
	return obj;
}

static void copy_member(struct json_object *to, const char *to_key,
			struct json_object *from, const char *key)
{
	struct json_object *val = NULL;

	json_object_object_get_ex(from, key, &val);
	out_add(to, to_key, json_object_get(val));
}

/* A container by the beginning of its ID, as engines show it; else the cgroup. */
static void add_place(struct json_object *line, struct json_object *domain)
{
	struct json_object *id = NULL;
	char text[13];

	json_object_object_get_ex(domain, "container", &id);
	if (id) {
		snprintf(text, sizeof(text), "%s", json_object_get_string(id));
		out_add_str(line, "where", text);
	} else {
		copy_member(line, "where", domain, "cgroup");
	}
	copy_member(line, "engine", domain, "engine");
	copy_member(line, "image", domain, "image");
}

static void add_line(struct json_object *lines, struct json_object *domain,
		     struct json_object *process)
{
	static const char *const more[] = { "user", "cgroup", "container" };
	struct json_object *line = out_object();
	size_t i;

	copy_member(line, "domain", domain, "id");
	copy_member(line, "state", domain, "state");
	copy_member(line, "name", domain, "name");
	if (process) {
		copy_member(line, "pid", process, "pid");
		copy_member(line, "tables", process, "tables");
		copy_member(line, "comm", process, "comm");
		copy_member(line, "seals", process, "seals");
	}
	if (process)
		copy_member(line, "root", process, "root");
	add_place(line, domain);
	for (i = 0; i < ARRAY_SIZE(more); i++)
		copy_member(line, more[i], domain, more[i]);
	copy_member(line, "gate", domain, "gate");
	out_append(lines, line);
}

static int print_lines(const struct args *args, struct json_object *domains)
{
	static const char *const cols[] = { "domain", "state", "name", "pid",
					    "tables", "comm", "where", "engine",
					    "image", "gate", "seals", NULL };
	static const char *const more[] = { "root", "user", "cgroup", "container", NULL };
	struct json_object *lines = out_array(), *domain, *list;
	size_t i, j;
	int ret;

	for (i = 0; i < json_object_array_length(domains); i++) {
		domain = json_object_array_get_idx(domains, i);
		json_object_object_get_ex(domain, "processes", &list);
		for (j = 0; j < json_object_array_length(list); j++)
			add_line(lines, domain,
				 json_object_array_get_idx(list, j));
		if (!j)
			add_line(lines, domain, NULL);
	}
	ret = out_table(args, lines, cols, more);
	json_object_put(lines);
	json_object_put(domains);
	return ret;
}

static int print(const struct args *args, struct json_object *all)
{
	if (!args->json)
		return print_lines(args, all);
	out_json(stdout, all);
	return EXIT_OK;
}

static int print_unprotected(const struct args *args)
{
	struct json_object *all = out_array();
	int ret = unprotected_containers(all);

	if (!ret)
		return print(args, all);
	json_object_put(all);
	return ret;
}

static int run_ps(const struct args *args)
{
	struct table domains, mms = { 0 };
	struct json_object *all, *one;
	size_t i;
	int ret;

	if (args->engine)
		return print_unprotected(args);
	ret = procfile_load("domains", &domains);
	if (!ret)
		ret = procfile_load("mms", &mms);
	if (ret)
		goto out;
	all = out_array();
	for (i = 0; i < domains.nrows; i++) {
		one = domain_object(&domains, i, &mms);
		container_describe(one);
		out_append(all, one);
	}
	ret = print(args, all);
out:
	table_free(&mms);
	table_free(&domains);
	return ret;
}

const struct cmd cmd_ps = {
	.name = "ps",
	.usage = "[--engine] [-o COLS] [--noheadings] [--json]",
	.brief = "list the domains and their processes",
	.help =
	"List the domains and their processes, one line per address space: processes\n"
	"that share one (threads, vfork) count once. PID is '-' while no process uses\n"
	"it; TABLES are the pool's pages it owns. STATE is 'live', 'leaving' (being unmarked)\n"
	"or 'condemned' (being killed, after a store was refused). WHERE is the container's\n"
	"ID, or its cgroup; ENGINE and IMAGE are what can be known of it. GATE is the mode of\n"
	"'nacc gate', SEALS are the ranges that 'nacc seal --list' shows.\n"
	"\n"
	"  --engine  containers that are not protected, instead: those in which a process\n"
	"            is in no domain, one line each with the first such process. Known by\n"
	"            their cgroups, so of any engine, also one that does not answer\n"
	"  --json    print an array of domains (containers), each with its processes\n"
	"\n"
	"Example:\n"
	"  # nacc ps\n"
	"  DOMAIN  STATE  NAME  PID   TABLES  COMM   WHERE         ENGINE  IMAGE       GATE  SEALS\n"
	"  3       live   web   1234  41      nginx  4f0c12d3ab56  docker  nginx:1.27  -     0\n"
	"  3       live   web   1240  38      nginx  4f0c12d3ab56  docker  nginx:1.27  -     0\n",
	.opts = OPT_JSON | OPT_ENGINE | OPT_TABLE,
	.run = run_ps,
};
