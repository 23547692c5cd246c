// SPDX-License-Identifier: GPL-2.0
/*
 * nacc setup containerd: lines between two marks in its configuration.
 */
#include <stdlib.h>
#include <string.h>

#include "nacc.h"
#include "setup.h"

#define CONF	"/etc/containerd/config.toml"

#define BEGIN	"# --- nacc setup: from here\n"
#define END	"# --- nacc setup: up to here\n"

#define NO_MEMORY	"the machine has no memory left: free some and try again"

/* Behind this the block is in the table of nacc's options. */
#define SYSTEMD_CGROUP \
	"    # as the runc beside it has it\n    SystemdCgroup = true\n"

/**
 * struct seen - what a configuration has of its own
 * @version: that it says, or 0
 * @plugin: name of the CRI's table in that version
 * @runc: it has a table of that runtime
 * @systemd: runc's cgroups are systemd's
 * @nacc: line of a runtime of that name, or 0
 * @unsure: line where runtimes are named in a way that is not a table for each, or 0
 * @chosen: line that makes nacc the default, or 0
 */
struct seen {
	int version;
	const char *plugin;
	bool runc;
	bool systemd;
	unsigned int nacc;
	unsigned int unsure;
	unsigned int chosen;
};

/* Number of names in the path of the table whose members are runtimes */
#define RUNTIMES	4

static void note_version(const struct toml_item *item, void *arg)
{
	static const char *const path[] = { "version", NULL };

	if (item->value && toml_is_at(item, path))
		((struct seen *)arg)->version = atoi(item->value);
}

/* As far as both go, are they the same? */
static bool about_runtimes(const struct seen *seen, const struct toml_item *item)
{
	const char *const path[RUNTIMES] = { "plugins", seen->plugin, "containerd", "runtimes" };
	size_t i;

	for (i = 0; i < RUNTIMES && i < item->nkeys; i++)
		if (strcmp(item->keys[i], path[i]))
			return false;
	return true;
}

static void note_header(struct seen *seen, const struct toml_item *item)
{
	if (item->list)
		seen->unsure = item->line;
	if (item->nkeys <= RUNTIMES)
		return;
	if (!strcmp(item->keys[RUNTIMES], "nacc"))
		seen->nacc = item->line;
	/* That of its options alone does not say that there is one. */
	if (!strcmp(item->keys[RUNTIMES], "runc") && item->nkeys == RUNTIMES + 1)
		seen->runc = true;
}

static void note_assignment(struct seen *seen, const struct toml_item *item)
{
	/* Tables in the value, or with dots in the key: no header can be added to them. */
	if (item->table <= RUNTIMES) {
		seen->unsure = item->line;
		return;
	}
	if (strcmp(item->keys[RUNTIMES], "runc") ||
	    strcmp(item->keys[RUNTIMES + 1], "options"))
		return;
	if (item->nkeys == RUNTIMES + 2)
		seen->unsure = item->line;
	else if (!strcmp(item->keys[RUNTIMES + 2], "SystemdCgroup"))
		seen->systemd = item->len == 4 && !memcmp(item->value, "true", 4);
}

static void note(const struct toml_item *item, void *arg)
{
	struct seen *seen = arg;
	const char *const chosen[] = { "plugins", seen->plugin, "containerd",
				       "default_runtime_name", NULL };

	if (toml_is_at(item, chosen) && toml_is_string(item, "nacc"))
		seen->chosen = item->line;
	/* The same in the value of a table above it, in whatever form */
	if (item->value && item->nkeys < RUNTIMES && about_runtimes(seen, item) &&
	    memmem(item->value, item->len, "default_runtime_name", 20) &&
	    memmem(item->value, item->len, "nacc", 4))
		seen->chosen = item->line;
	if (!about_runtimes(seen, item))
		return;
	if (item->value)
		note_assignment(seen, item);
	else
		note_header(seen, item);
}

static int look(const char *text, struct seen *seen)
{
	unsigned int line = toml_walk(text, note_version, seen);

	seen->plugin = seen->version == 3 ? "io.containerd.cri.v1.runtime" :
					    "io.containerd.grpc.v1.cri";
	if (!line)
		line = toml_walk(text, note, seen);
	if (!line)
		return EXIT_OK;
	return nacc_fail(EXIT_SYS,
			 "%s line %u is not understood here: nothing was changed; put it right, or add by hand what is in %s/containerd-*.toml",
			 CONF, line, NACC_DATADIR);
}

/* --- the block ------------------------------------------------------------------ */

/* A line of a text that is this one, or NULL. */
static char *find_line(char *text, const char *line)
{
	char *at;

	for (at = strstr(text, line); at; at = strstr(at + 1, line))
		if (at == text || at[-1] == '\n')
			return at;
	return NULL;
}

/* Where the block is; nowhere: both NULL. Each mark is there once, or never. */
static int find_block(char *text, char **begin, char **end)
{
	*begin = find_line(text, BEGIN);
	*end = find_line(text, END);
	if (!*begin && !*end)
		return EXIT_OK;
	if (!*begin || !*end || *end < *begin || find_line(*begin + 1, BEGIN) ||
	    find_line(*end + 1, END))
		return nacc_fail(EXIT_SYS,
				 "%s has not one '%.*s' and one '%.*s' behind it: nothing was changed; take out by hand what is nacc's",
				 CONF, (int)strlen(BEGIN) - 1, BEGIN, (int)strlen(END) - 1, END);
	*end += strlen(END);
	return EXIT_OK;
}

/* Leave its lines empty, so that those behind keep their numbers. */
static char *take_block(char *begin, const char *end)
{
	const size_t len = (size_t)(end - begin);
	char *block;

	if (!begin)
		return NULL;
	block = nacc_alloc(NULL, len + 1, 1);
	memcpy(block, begin, len);
	block[len] = '\0';
	for (; begin < end; begin++)
		if (*begin != '\n')
			*begin = ' ';
	return block;
}

/*
 * If no runtime is named, containerd has one, runc, until the first is: so it is named
 * here too.
 */
static int make_block(const struct seen *seen, char **block)
{
	char name[40], *runc = NULL, *nacc;
	int ret;

	*block = NULL;
	snprintf(name, sizeof(name), "containerd-%d.toml", seen->version);
	ret = setup_data(name, &nacc);
	if (ret)
		return ret;
	snprintf(name, sizeof(name), "containerd-%d-runc.toml", seen->version);
	if (!seen->runc)
		ret = setup_data(name, &runc);
	if (!ret && asprintf(block, BEGIN "%s%s%s" END, nacc,
			     seen->systemd ? SYSTEMD_CGROUP : "", runc ? runc : "") < 0)
		ret = nacc_fail(EXIT_NOMEM, NO_MEMORY);
	free(runc);
	free(nacc);
	return ret;
}

static int may_add(const struct seen *seen)
{
	if (seen->version != 2 && seen->version != 3)
		return nacc_fail(EXIT_SYS, CONF
				 " has version %d: 2 and 3 are known here: change it first (containerd config migrate)",
				 seen->version ? seen->version : 1);
	if (seen->nacc)
		return nacc_fail(EXIT_SYS, CONF
				 " line %u has a runtime 'nacc' that is not of 'nacc setup': nothing was changed; take it out first",
				 seen->nacc);
	if (seen->unsure)
		return nacc_fail(EXIT_SYS, CONF
				 " line %u names runtimes in another way than a table for each: nothing was changed; write [plugins.\"%s\".containerd.runtimes.NAME]",
				 seen->unsure, seen->plugin);
	return EXIT_OK;
}

/* --- what is done ----------------------------------------------------------------- */

static int append(const struct setup *setup, const char *rest, const char *block)
{
	const char *gap = *rest && rest[strlen(rest) - 1] != '\n' ? "\n" : "";
	char *text;
	int ret;

	if (asprintf(&text, "%s%s%s", rest, gap, block) < 0)
		return nacc_fail(EXIT_NOMEM, NO_MEMORY);
	ret = setup_write(setup, CONF, text);
	free(text);
	return ret;
}

static int add(const struct setup *setup, const struct seen *seen, const char *rest,
	       const char *there)
{
	char *block = NULL;
	int ret = may_add(seen);

	if (!ret)
		ret = make_block(seen, &block);
	if (ret)
		return ret;
	if (there && !strcmp(there, block))
		printf("%s" CONF ": as it shall be already\n", setup->root);
	else if (there && !setup_same(there, block))
		ret = nacc_fail(EXIT_SYS, CONF
				": between the marks is something else than 'nacc setup' would write: it was left as it is; for that, first 'nacc setup --undo containerd'");
	else
		ret = append(setup, rest, block);
	free(block);
	return ret;
}

static int undo(const struct setup *setup, const struct seen *seen, const char *rest)
{
	if (seen->chosen)
		return setup_still_named(CONF, seen->chosen, "default_runtime_name");
	return setup_write(setup, CONF, rest);
}

static int change(const struct setup *setup, char *text)
{
	struct seen seen = { 0 };
	char *begin, *end, *block;
	int ret = find_block(text, &begin, &end);

	if (ret)
		return ret;
	block = take_block(begin, end);
	ret = look(text, &seen);
	if (begin)
		memmove(begin, end, strlen(end) + 1);
	if (!ret)
		ret = setup->undo ? undo(setup, &seen, text) : add(setup, &seen, text, block);
	free(block);
	return ret;
}

/**
 * setup_containerd - containerd, for Kubernetes and whoever asks for a runtime handler
 * @setup: what is to be done
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int setup_containerd(const struct setup *setup)
{
	char *path = setup_path(setup, CONF), *text;
	int ret = setup_read(path, &text);

	free(path);
	if (ret)
		return ret;
	if (!text && setup->undo)
		return setup_remove(setup, CONF);
	if (!text) {
		char fresh[] = "version = 2\n";

		return change(setup, fresh);
	}
	ret = change(setup, text);
	free(text);
	return ret;
}
