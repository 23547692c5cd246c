// SPDX-License-Identifier: GPL-2.0
/*
 * nacc-runtime: which runtime is behind.
 *
 * A container stays with the one that has made it, also when another has been installed
 * since: each leaves a file of its own in the container's folder.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nacc.h"
#include "runtime.h"

/* In the order in which new containers get them */
static const struct known {
	const char *name;
	const char *file;
} known[] = {
	{ "crun", "status" },
	{ "runc", "state.json" },
};

static bool in_path(const char *name, char path[PATH_MAX])
{
	const char *list = getenv("PATH"), *end;

	if (!list)
		list = "/usr/sbin:/usr/bin:/sbin:/bin";
	for (; ; list = end + 1) {
		end = strchrnul(list, ':');
		if (end > list &&
		    snprintf(path, PATH_MAX, "%.*s/%s", (int)(end - list), list,
			     name) < PATH_MAX && !access(path, X_OK))
			return true;
		if (!*end)
			return false;
	}
}

static bool ourselves(const char *path)
{
	char other[PATH_MAX], self[PATH_MAX];

	return realpath(path, other) && realpath("/proc/self/exe", self) &&
	       !strcmp(other, self);
}

/* --- whose container is it? ------------------------------------------------------------ */

static bool is_there(const char *root, const char *below, const char *id, const char *file)
{
	char path[PATH_MAX];

	return snprintf(path, sizeof(path), "%s/%s/%s/%s", root, below, id, file) < PATH_MAX &&
	       !access(path, F_OK);
}

static bool has(const struct known *runtime, const char *root, const char *id)
{
	const char *own = getenv("XDG_RUNTIME_DIR");

	if (strchr(id, '/'))
		return false;
	if (root)
		return is_there(root, ".", id, runtime->file);
	return (own && *own && is_there(own, runtime->name, id, runtime->file)) ||
	       is_there("/run", runtime->name, id, runtime->file);
}

/* Where the ID stands is known of some commands only; another word is no container. */
static const char *maker(const struct runtime_call *call)
{
	char **word;
	size_t i;

	if (call->creates || !call->command)
		return NULL;
	for (word = call->command + 1; *word; word++) {
		if (**word == '-' || (call->id && strcmp(*word, call->id)))
			continue;
		for (i = 0; i < ARRAY_SIZE(known); i++)
			if (has(&known[i], call->root, *word))
				return known[i].name;
	}
	return NULL;
}

/**
 * runtime_behind - the runtime that a call is handed on to
 * @call: the call
 * @path: result
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int runtime_behind(const struct runtime_call *call, char path[PATH_MAX])
{
	const char *name = call->program ? call->program : maker(call);
	bool found = false;
	size_t i;

	if (name && strchr(name, '/'))
		found = snprintf(path, PATH_MAX, "%s", name) < PATH_MAX;
	else if (name)
		found = in_path(name, path);
	else
		for (i = 0; i < ARRAY_SIZE(known) && !found; i++)
			found = in_path(known[i].name, path);
	if (!found)
		return nacc_fail(EXIT_RUN_NOENT,
				 "the runtime %s was not found: install it, or name another (--runtime)",
				 name ? name : "crun or runc");
	if (ourselves(path))
		return nacc_fail(EXIT_USAGE,
				 "'%s' is nacc-runtime itself: name the runtime behind it (--runtime)",
				 path);
	return EXIT_OK;
}
