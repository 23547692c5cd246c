// SPDX-License-Identifier: GPL-2.0
/*
 * nacc setup podman: two files of our own.
 */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nacc.h"
#include "setup.h"

#define FOLDER	"/etc/containers/containers.conf.d"
#define CONF	FOLDER "/50-nacc.conf"
/* podman and CRI-O both look there by themselves. */
#define HOOK	"/usr/share/containers/oci/hooks.d/50-nacc.json"
/* Where it was put once: in both it would be the older one that counts. */
#define OLD_HOOK	"/etc/containers/oci/hooks.d/50-nacc.json"

/* --- does this podman know what is written? ------------------------------------------- */

/* What it says of itself, or "" */
static void ask_podman(char *text, int size)
{
	FILE *out = popen("podman --version 2>/dev/null", "r");

	if (!out || !fgets(text, size, out))
		*text = '\0';
	if (out)
		pclose(out);
}

static int check_version(const struct setup *setup)
{
	unsigned int major, minor;
	char text[128];

	/* That of another system cannot be asked. */
	if (*setup->root)
		return EXIT_OK;
	ask_podman(text, sizeof(text));
	if (sscanf(text, "podman version %u.%u", &major, &minor) != 2 ||
	    major > 4 || (major == 4 && minor >= 8))
		return EXIT_OK;
	return nacc_fail(EXIT_SYS,
			 "podman %u.%u does not read '{append=true}' and would not start with such a file: nothing was changed; 4.8 or later is needed, or 'nacc run -- podman'",
			 major, minor);
}

/* --- is nacc what it starts containers with? ------------------------------------------- */

static void note_chosen(const struct toml_item *item, void *arg)
{
	static const char *const path[] = { "engine", "runtime", NULL };

	if (toml_is_at(item, path) && toml_is_string(item, "nacc"))
		*(unsigned int *)arg = item->line;
}

static int check_file(const struct setup *setup, const char *path)
{
	char *whole = setup_path(setup, path), *text;
	unsigned int line = 0;
	int ret = setup_read(whole, &text);

	free(whole);
	/* What podman itself cannot read names nothing. */
	if (!ret && text)
		toml_walk(text, note_chosen, &line);
	free(text);
	return line ? setup_still_named(path, line, "runtime") : ret;
}

static int check_chosen(const struct setup *setup)
{
	char *whole = setup_path(setup, FOLDER), path[PATH_MAX];
	DIR *dir = opendir(whole);
	struct dirent *entry;
	int ret = check_file(setup, "/etc/containers/containers.conf");

	free(whole);
	while (!ret && dir && (entry = readdir(dir))) {
		if (!strstr(entry->d_name, ".conf"))
			continue;
		snprintf(path, sizeof(path), FOLDER "/%s", entry->d_name);
		ret = check_file(setup, path);
	}
	if (dir)
		closedir(dir);
	return ret;
}

/* --- the files -------------------------------------------------------------------------- */

/* Whether a file is not there, or is one that nacc has put there. */
static int check_own(const struct setup *setup, const char *name, const char *path, bool *there)
{
	char *whole = setup_path(setup, path), *text;
	int ret = setup_read(whole, &text);

	*there = text;
	if (!ret && text && !setup_is_shipped(name, text))
		ret = nacc_fail(EXIT_SYS,
				"%s is not as nacc has written it: it was left as it is; move it away first",
				whole);
	free(text);
	free(whole);
	return ret;
}

static int own_file(const struct setup *setup, const char *name, const char *path)
{
	char *text = NULL;
	int ret;

	if (setup->undo)
		return setup_remove(setup, path);
	ret = setup_data(name, &text);
	if (!ret)
		ret = setup_write(setup, path, text);
	free(text);
	return ret;
}

static const struct {
	const char *name;
	const char *path;
} files[] = {
	{ "podman.conf", CONF },
	{ "oci-hook.json", HOOK },
	{ "oci-hook.json", OLD_HOOK },
};

/**
 * setup_podman - podman, and the hook that CRI-O reads too
 * @setup: what is to be done
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int setup_podman(const struct setup *setup)
{
	int ret = setup->undo ? check_chosen(setup) : check_version(setup);
	bool there = false;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files) && !ret; i++)
		ret = check_own(setup, files[i].name, files[i].path, &there);
	if (!ret && there)
		ret = setup_remove(setup, OLD_HOOK);
	for (i = 0; i < ARRAY_SIZE(files) - 1 && !ret; i++)
		ret = own_file(setup, files[i].name, files[i].path);
	return ret;
}
