// SPDX-License-Identifier: GPL-2.0
/*
 * nacc audit --learn: code that wrote page tables and is not known to do so
 */
#include <string.h>

#include "cmd.h"
#include "out.h"

#define NOT_AUDIT \
	"unknown writers are collected only while provenance is 'audit'"
#define COLLECT		"insmod nacc.ko provenance=audit"
#define MORE		"%llu more stores, by code beyond the places that the firmware remembers\n"

/* The most frequent first; then by address, so that two runs compare */
static int by_count(const void *a, const void *b)
{
	struct json_object *x = *(struct json_object *const *)a;
	struct json_object *y = *(struct json_object *const *)b;
	uint64_t nx = json_object_get_uint64(json_object_object_get(x, "count"));
	uint64_t ny = json_object_get_uint64(json_object_object_get(y, "count"));

	if (nx != ny)
		return nx < ny ? 1 : -1;
	return strcmp(json_object_get_string(json_object_object_get(x, "pc")),
		      json_object_get_string(json_object_object_get(y, "pc")));
}

/* Why there is nothing to see or nothing more to come; NULL: neither */
static const char *note(const struct table *learn, const struct table *status)
{
	static const char nothing[] =
		"no unknown code has written page tables since the machine was reset";
	static const char other_mode[] =
		NOT_AUDIT ": rmmod nacc, then " COLLECT;
	static const char locked[] =
		NOT_AUDIT ", and the set-up is locked: reset the machine, then " COLLECT;
	const char *mode = table_lookup(status, "provenance");
	const char *lock = table_lookup(status, "locked");

	if (mode && !strcmp(mode, "audit"))
		return learn->nrows ? NULL : nothing;
	return lock && !strcmp(lock, "yes") ? locked : other_mode;
}

static struct json_object *learn_object(const struct table *learn,
					const struct table *status)
{
	struct json_object *obj = out_object(), *writers = out_array();
	uint64_t pc, count, more = 0;
	size_t i;

	for (i = 0; i < learn->nrows; i++) {
		table_u64(learn, i, "count", &count);
		if (table_u64(learn, i, "pc", &pc) && !pc)
			more += count;
		else
			out_append(writers, out_row(learn, i));
	}
	json_object_array_sort(writers, by_count);
	out_add_str(obj, "provenance", table_lookup(status, "provenance"));
	out_add(obj, "writers", writers);
	out_add_u64(obj, "more", more);
	out_add_str(obj, "note", note(learn, status));
	return obj;
}

static int print_learn(const struct args *args, struct json_object *obj)
{
	static const char *const cols[] = { "pc", "count", "symbol", NULL };
	struct json_object *writers = json_object_object_get(obj, "writers");
	struct json_object *why = json_object_object_get(obj, "note");
	uint64_t more = json_object_get_uint64(json_object_object_get(obj, "more"));
	int ret = EXIT_OK;

	if (json_object_array_length(writers) || out_bare(args))
		ret = out_table(args, writers, cols, NULL);
	if (ret || out_bare(args))
		why = NULL, more = 0;
	if (more)
		printf(MORE, (unsigned long long)more);
	if (why)
		printf("%s\n", json_object_get_string(why));
	json_object_put(obj);
	return ret;
}

static const char *text_of(struct json_object *obj, const char *key)
{
	return json_object_get_string(json_object_object_get(obj, key));
}

/* "ptep_modify_new.isra.0+0x1e/0x40": the function, or 0 if it is no kernel's own */
static size_t function_len(const char *symbol)
{
	if (!symbol || strchr(symbol, '[') || !strchr(symbol, '+'))
		return 0;
	return strcspn(symbol, ".+");
}

static bool seen_before(struct json_object *writers, size_t nr, const char *symbol, size_t len)
{
	while (nr--) {
		const char *other = text_of(json_object_array_get_idx(writers, nr), "symbol");

		if (function_len(other) == len && !strncmp(other, symbol, len))
			return true;
	}
	return false;
}

/*
 * Functions that the module names as missing, whether or not they have stored meanwhile; what
 * it has no function for is a word without '_'.
 */
static bool print_named(const struct table *status, struct json_object *writers)
{
	const char *name = table_lookup(status, "writers_missing");
	bool any = false;
	size_t len;

	for (; name && *name; name += len + !!name[len]) {
		len = strcspn(name, ",");
		if (!memchr(name, '_', len) ||
		    seen_before(writers, json_object_array_length(writers), name, len))
			continue;
		printf("%.*s\n", (int)len, name);
		any = true;
	}
	return any;
}

/* A drop-in for /etc/nacc/writers.d. What is no function of the kernel is none of it */
static void print_dropin(const struct table *status, struct json_object *obj)
{
	struct json_object *writers = json_object_object_get(obj, "writers");
	uint64_t more = json_object_get_uint64(json_object_object_get(obj, "more"));
	size_t i, nr = json_object_array_length(writers);
	bool named;

	for (i = 0; i < nr; i++) {
		struct json_object *writer = json_object_array_get_idx(writers, i);
		const char *symbol = text_of(writer, "symbol");
		size_t len = function_len(symbol);

		if (!len)
			printf("# not the kernel's: %s %s\n", text_of(writer, "pc"),
			       symbol ? symbol : "-");
		else if (!seen_before(writers, i, symbol, len))
			printf("%.*s\n", (int)len, symbol);
	}
	named = print_named(status, writers);
	/* Who adds "complete" to this is to know that it is not. */
	if (more)
		printf("# not all: " MORE, (unsigned long long)more);
	else if (!nr && !named)
		printf("# %s\n", text_of(obj, "note") ? text_of(obj, "note") : "none");
	json_object_put(obj);
}

static int check_format(const struct args *args)
{
	if (!args->format)
		return EXIT_OK;
	if (strcmp(args->format, "writers.d"))
		return nacc_fail(EXIT_USAGE, "'%s' is no format: there is writers.d",
				 args->format);
	return args->json ? nacc_fail(EXIT_USAGE, "audit: give either --json or --format") :
			    EXIT_OK;
}

/**
 * audit_learn - print the unknown writers of page tables
 * @args: the command line
 *
 * Return: the exit status.
 */
int audit_learn(const struct args *args)
{
	struct table status, learn = { 0 };
	int ret = check_format(args);

	if (ret)
		return ret;
	ret = procfile_load("status", &status);
	if (!ret)
		ret = procfile_load("learn", &learn);
	if (!ret && args->format)
		print_dropin(&status, learn_object(&learn, &status));
	else if (!ret && args->json)
		out_json(stdout, learn_object(&learn, &status));
	else if (!ret)
		ret = print_learn(args, learn_object(&learn, &status));
	table_free(&learn);
	table_free(&status);
	return ret;
}
