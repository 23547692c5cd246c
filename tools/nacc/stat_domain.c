// SPDX-License-Identifier: GPL-2.0
/*
 * nacc stat ID: one domain
 */
#include <string.h>

#include "cmd.h"
#include "out.h"

/* Page-table levels the privileged spec has: Sv57 */
#define MAX_LEVELS	5

static struct json_object *level_array(const struct table *pool,
				       uint32_t domain)
{
	uint64_t level, live, tables[MAX_LEVELS] = { 0 };
	uint64_t entries[MAX_LEVELS] = { 0 };
	struct json_object *array = out_array(), *obj;
	size_t i;

	for (i = 0; i < pool->nrows; i++) {
		/* Pages of the agent region are no tables. */
		if (!table_is(pool, i, "domain", domain) ||
		    !strcmp(table_cell(pool, i, "type"), "context") ||
		    !strcmp(table_cell(pool, i, "type"), "page") ||
		    !table_u64(pool, i, "level", &level) || level >= MAX_LEVELS)
			continue;
		table_u64(pool, i, "live", &live);
		tables[level]++;
		entries[level] += live;
	}
	for (i = MAX_LEVELS; i-- > 0;) {
		if (!tables[i])
			continue;
		obj = out_object();
		out_add_u64(obj, "level", i);
		out_add_u64(obj, "tables", tables[i]);
		out_add_u64(obj, "entries", entries[i]);
		out_append(array, obj);
	}
	return array;
}

/* What the firmware has of a domain beside its tables: as nacc dump counts it, of all */
static uint64_t agent_pages(const struct table *pool, uint32_t domain)
{
	uint64_t pages = 0;
	const char *type;
	size_t i;

	for (i = 0; i < pool->nrows; i++) {
		type = table_cell(pool, i, "type");
		pages += table_is(pool, i, "domain", domain) &&
			 (!strcmp(type, "context") || !strcmp(type, "page"));
	}
	return pages;
}

static struct json_object *refused_object(const struct table *audit,
					  uint32_t domain)
{
	struct json_object *obj = out_object(), *old;
	const char *reason;
	size_t i;

	for (i = 0; i < audit->nrows; i++) {
		if (!table_is(audit, i, "domain", domain) ||
		    !strcmp(table_cell(audit, i, "outcome"), "performed"))
			continue;
		reason = table_cell(audit, i, "reason");
		old = NULL;
		json_object_object_get_ex(obj, reason, &old);
		out_add_u64(obj, reason, json_object_get_uint64(old) + 1);
	}
	return obj;
}

static struct json_object *rule_array(const struct table *rules,
				      uint32_t domain)
{
	struct json_object *array = out_array(), *obj;
	size_t i;

	for (i = 0; i < rules->nrows; i++) {
		if (!table_is(rules, i, "domain", domain))
			continue;
		obj = out_row(rules, i);
		json_object_object_del(obj, "domain");
		out_append(array, obj);
	}
	return array;
}

static void print_rules(struct json_object *rules)
{
	static const char *const cols[] = { "forbid", "start", "end", NULL };

	if (!json_object_array_length(rules))
		return;
	putchar('\n');
	out_columns(stdout, rules, cols);
}

static void print_domain(struct json_object *obj)
{
	static const char *const about[] = { "id", "state", "mms", "tables",
					     "name", "gate", "seals", NULL };
	static const char *const process[] = { "pid", "tables", "root", "comm",
					       "seals", NULL };
	static const char *const level[] = { "level", "tables", "entries",
					     NULL };
	struct json_object *self = out_array();

	out_append(self, json_object_get(obj));
	out_columns(stdout, self, about);
	putchar('\n');
	out_columns(stdout, json_object_object_get(obj, "processes"), process);
	putchar('\n');
	out_columns(stdout, json_object_object_get(obj, "levels"), level);
	if (json_object_get_uint64(json_object_object_get(obj, "agent_pages")))
		printf("\nagent pages: %s\n",
		       json_object_get_string(json_object_object_get(obj, "agent_pages")));
	print_rules(json_object_object_get(obj, "rules"));
	print_refused(json_object_object_get(obj, "refused"));
	json_object_put(self);
	json_object_put(obj);
}

static bool find_domain(const struct table *domains, uint32_t domain,
			size_t *row)
{
	for (*row = 0; *row < domains->nrows; ++*row)
		if (table_is(domains, *row, "id", domain))
			return true;
	return false;
}

static int print_found(const struct args *args, uint32_t domain,
		       const struct table *domains, const struct table *rest)
{
	struct json_object *obj;
	size_t row;

	if (!find_domain(domains, domain, &row))
		return nacc_fail(EXIT_NOENT,
				 "there is no domain %u: 'nacc ps' lists them",
				 domain);
	obj = domain_object(domains, row, &rest[0]);
	out_add(obj, "levels", level_array(&rest[1], domain));
	out_add_u64(obj, "agent_pages", agent_pages(&rest[1], domain));
	out_add(obj, "refused", refused_object(&rest[2], domain));
	out_add(obj, "rules", rule_array(&rest[3], domain));
	if (args->json)
		out_json(stdout, obj);
	else
		print_domain(obj);
	return EXIT_OK;
}

/**
 * stat_domain - print what is known of one domain
 * @args: the command line
 * @domain: its ID
 *
 * Return: the exit status.
 */
int stat_domain(const struct args *args, uint32_t domain)
{
	static const char *const names[] = { "mms", "pool", "audit",
					     "rules" };
	struct table domains, rest[ARRAY_SIZE(names)] = { 0 };
	size_t i;
	int ret;

	ret = procfile_load("domains", &domains);
	for (i = 0; !ret && i < ARRAY_SIZE(names); i++)
		ret = procfile_load(names[i], &rest[i]);
	if (!ret)
		ret = print_found(args, domain, &domains, rest);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		table_free(&rest[i]);
	table_free(&domains);
	return ret;
}
