// SPDX-License-Identifier: GPL-2.0
/*
 * nacc setup docker: an entry of an object in its configuration.
 */
#include <stdlib.h>
#include <string.h>

#include "nacc.h"
#include "out.h"
#include "setup.h"

#define CONF	"/etc/docker/daemon.json"

static struct json_object *member(struct json_object *obj, const char *key)
{
	struct json_object *val;

	return json_object_object_get_ex(obj, key, &val) ? val : NULL;
}

/* Whether an entry of "runtimes" is nacc-runtime, wherever that is and with what options */
static bool is_ours(struct json_object *entry)
{
	struct json_object *path;
	const char *text, *slash;

	if (!json_object_is_type(entry, json_type_object))
		return false;
	path = member(entry, "path");
	text = json_object_is_type(path, json_type_string) ?
	       json_object_get_string(path) : "";
	slash = strrchr(text, '/');
	return !strcmp(slash ? slash + 1 : text, "nacc-runtime");
}

/* Where nacc is installed now, if it says where it was; not where somebody has put one. */
static void move(struct json_object *entry, struct json_object *path)
{
	const char *now = json_object_get_string(path);

	if (now && setup_same(json_object_get_string(member(entry, "path")), now))
		out_add(entry, "path", json_object_get(path));
}

static int not_ours(void)
{
	return nacc_fail(EXIT_SYS,
			 "the runtime 'nacc' in %s is not nacc-runtime: nothing was changed; give it another name first",
			 CONF);
}

static int add(struct json_object *conf, struct json_object *ours)
{
	struct json_object *runtimes = member(conf, "runtimes");
	struct json_object *entry = member(member(ours, "runtimes"), "nacc");

	if (!runtimes) {
		runtimes = out_object();
		out_add(conf, "runtimes", runtimes);
	}
	if (!entry || !json_object_is_type(runtimes, json_type_object))
		return nacc_fail(EXIT_SYS,
				 "'runtimes' of " CONF " is no object: put it right first");
	if (!json_object_object_get_ex(runtimes, "nacc", NULL))
		out_add(runtimes, "nacc", json_object_get(entry));
	else if (is_ours(member(runtimes, "nacc")))
		move(member(runtimes, "nacc"), member(entry, "path"));
	else
		return not_ours();
	return EXIT_OK;
}

static unsigned int line_of(const char *text, const char *word)
{
	const char *at = strstr(text, word);
	unsigned int line = 1;

	while (at && text < at)
		line += *text++ == '\n';
	return line;
}

static int take_away(struct json_object *conf, const char *text)
{
	struct json_object *runtimes = member(conf, "runtimes");
	struct json_object *chosen = member(conf, "default-runtime");

	if (json_object_is_type(chosen, json_type_string) &&
	    !strcmp(json_object_get_string(chosen), "nacc"))
		return setup_still_named(CONF, line_of(text, "\"default-runtime\""),
					 "default-runtime");
	if (!json_object_is_type(runtimes, json_type_object) ||
	    !json_object_object_get_ex(runtimes, "nacc", NULL))
		return EXIT_OK;
	if (!is_ours(member(runtimes, "nacc")))
		return not_ours();
	json_object_object_del(runtimes, "nacc");
	if (!json_object_object_length(runtimes))
		json_object_object_del(conf, "runtimes");
	return EXIT_OK;
}

static int change(const struct setup *setup, struct json_object *conf, const char *text)
{
	struct json_object *ours;
	char *data;
	int ret;

	if (setup->undo)
		return take_away(conf, text ? text : "");
	ret = setup_data("docker.json", &data);
	if (ret)
		return ret;
	ours = json_tokener_parse(data);
	ret = add(conf, ours);
	json_object_put(ours);
	free(data);
	return ret;
}

static int store(const struct setup *setup, struct json_object *before,
		 struct json_object *conf)
{
	char *text;
	int ret;

	/* The same, in whatever form it was written */
	if (before && json_object_equal(before, conf)) {
		printf("%s" CONF ": as it shall be already\n", setup->root);
		return EXIT_OK;
	}
	if (setup->undo && !json_object_object_length(conf))
		return setup_remove(setup, CONF);
	if (asprintf(&text, "%s\n",
		     json_object_to_json_string_ext(conf, JSON_C_TO_STRING_PRETTY |
						    JSON_C_TO_STRING_SPACED |
						    JSON_C_TO_STRING_NOSLASHESCAPE)) < 0)
		return nacc_fail(EXIT_NOMEM,
				 "the machine has no memory left: free some and try again");
	ret = setup_write(setup, CONF, text);
	free(text);
	return ret;
}

/**
 * setup_docker - docker
 * @setup: what is to be done
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int setup_docker(const struct setup *setup)
{
	char *path = setup_path(setup, CONF), *text;
	struct json_object *before, *conf;
	int ret = setup_read(path, &text);

	free(path);
	if (ret)
		return ret;
	before = text ? json_tokener_parse(text) : NULL;
	conf = text ? json_tokener_parse(text) : out_object();
	if (!conf || !json_object_is_type(conf, json_type_object))
		ret = nacc_fail(EXIT_SYS, CONF " holds no JSON object: put it right first");
	if (!ret)
		ret = change(setup, conf, text);
	if (!ret)
		ret = store(setup, before, conf);
	json_object_put(before);
	json_object_put(conf);
	free(text);
	return ret;
}
