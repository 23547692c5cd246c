// SPDX-License-Identifier: GPL-2.0
/*
 * nacc stat --hooks: functions of the kernel that the module replaces
 */
#include "cmd.h"
#include "out.h"

static struct json_object *hook_array(const struct table *hooks)
{
	struct json_object *array = out_array();
	size_t i;

	for (i = 0; i < hooks->nrows; i++)
		out_append(array, out_row(hooks, i));
	return array;
}

static int print_hooks(const struct args *args, struct json_object *obj)
{
	static const char *const cols[] = { "name", "symbol", "backend", "hits",
					    "routed", "missed", "fallback",
					    "lost", "state", "effect", NULL };

	int ret;

	if (!out_bare(args))
		printf("hooks: %s; ways to hook that work now: %s\n\n",
		       json_object_get_string(json_object_object_get(obj, "state")),
		       json_object_get_string(json_object_object_get(obj, "backends")));
	ret = out_table(args, json_object_object_get(obj, "hooks"), cols, NULL);
	json_object_put(obj);
	return ret;
}

/**
 * stat_hooks - print the hooks and what became of the calls
 * @args: the command line
 *
 * Return: the exit status.
 */
int stat_hooks(const struct args *args)
{
	struct table hooks, status = { 0 };
	struct json_object *obj;
	int ret;

	ret = procfile_load("hooks", &hooks);
	if (!ret)
		ret = procfile_load("status", &status);
	if (!ret) {
		obj = out_object();
		out_add_str(obj, "state", table_lookup(&status, "hooks"));
		out_add_str(obj, "backends", table_lookup(&status, "backends"));
		out_add(obj, "hooks", hook_array(&hooks));
		if (args->json)
			out_json(stdout, obj);
		else
			ret = print_hooks(args, obj);
	}
	table_free(&status);
	table_free(&hooks);
	return ret;
}
