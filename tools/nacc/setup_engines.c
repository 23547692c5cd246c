// SPDX-License-Identifier: GPL-2.0
/*
 * nacc setup: what each engine's configuration gets.
 */
#include <stdlib.h>
#include <string.h>

#include "nacc.h"
#include "out.h"
#include "setup.h"

#define PODMAN_CONF	"/etc/containers/containers.conf.d/50-nacc.conf"
#define PODMAN_HOOK	"/etc/containers/oci/hooks.d/50-nacc.json"
#define DOCKER_CONF	"/etc/docker/daemon.json"
#define CONTAINERD_CONF	"/etc/containerd/config.toml"

#define NO_MEMORY	"the machine has no memory left: free some and try again"

/* --- files of our own ---------------------------------------------------------- */

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

/**
 * setup_podman - podman (and CRI-O, which reads the same hooks)
 * @setup: what is to be done
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int setup_podman(const struct setup *setup)
{
	int ret = own_file(setup, "podman.conf", PODMAN_CONF);

	return ret ? ret : own_file(setup, "oci-hook.json", PODMAN_HOOK);
}

/* --- docker: an entry of an object ------------------------------------------------- */

static struct json_object *member(struct json_object *obj, const char *key)
{
	struct json_object *val;

	return json_object_object_get_ex(obj, key, &val) ? val : NULL;
}

static int docker_add(struct json_object *conf, struct json_object *ours)
{
	struct json_object *runtimes = member(conf, "runtimes");
	struct json_object *entry = member(member(ours, "runtimes"), "nacc");

	if (!runtimes) {
		runtimes = out_object();
		out_add(conf, "runtimes", runtimes);
	}
	if (!entry || !json_object_is_type(runtimes, json_type_object))
		return nacc_fail(EXIT_SYS,
				 "'runtimes' of " DOCKER_CONF " is no object: put it right first");
	if (!member(runtimes, "nacc") || !json_object_equal(member(runtimes, "nacc"), entry))
		out_add(runtimes, "nacc", json_object_get(entry));
	return EXIT_OK;
}

static void docker_remove(struct json_object *conf)
{
	struct json_object *runtimes = member(conf, "runtimes");

	if (!runtimes || !json_object_is_type(runtimes, json_type_object))
		return;
	json_object_object_del(runtimes, "nacc");
	if (!json_object_object_length(runtimes))
		json_object_object_del(conf, "runtimes");
}

static int docker_change(const struct setup *setup, struct json_object *conf)
{
	struct json_object *ours;
	char *text;
	int ret;

	if (setup->undo) {
		docker_remove(conf);
		return EXIT_OK;
	}
	ret = setup_data("docker.json", &text);
	if (ret)
		return ret;
	ours = json_tokener_parse(text);
	ret = docker_add(conf, ours);
	json_object_put(ours);
	free(text);
	return ret;
}

static int docker_store(const struct setup *setup, struct json_object *before,
			struct json_object *conf)
{
	char *text;
	int ret;

	/* The same, in whatever form it was written */
	if (before && json_object_equal(before, conf)) {
		printf("%s" DOCKER_CONF ": as it shall be already\n", setup->root);
		return EXIT_OK;
	}
	if (setup->undo && !json_object_object_length(conf))
		return setup_remove(setup, DOCKER_CONF);
	if (asprintf(&text, "%s\n",
		     json_object_to_json_string_ext(conf, JSON_C_TO_STRING_PRETTY |
						    JSON_C_TO_STRING_SPACED |
						    JSON_C_TO_STRING_NOSLASHESCAPE)) < 0)
		return nacc_fail(EXIT_NOMEM, NO_MEMORY);
	ret = setup_write(setup, DOCKER_CONF, text);
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
	char *path = setup_path(setup, DOCKER_CONF), *text;
	struct json_object *before, *conf;
	int ret = setup_read(path, &text);

	free(path);
	if (ret)
		return ret;
	before = text ? json_tokener_parse(text) : NULL;
	conf = text ? json_tokener_parse(text) : out_object();
	if (!conf || !json_object_is_type(conf, json_type_object))
		ret = nacc_fail(EXIT_SYS, DOCKER_CONF " holds no JSON object: put it right first");
	if (!ret)
		ret = docker_change(setup, conf);
	if (!ret)
		ret = docker_store(setup, before, conf);
	json_object_put(before);
	json_object_put(conf);
	free(text);
	return ret;
}

/* --- containerd: lines between two marks ---------------------------------------- */

#define BEGIN	"# --- nacc setup: from here\n"
#define END	"# --- nacc setup: up to here\n"

/* Take what is between the marks, and the marks, out of a text. */
static void cut_block(char *text)
{
	char *begin = strstr(text, BEGIN), *end;

	if (!begin)
		return;
	end = strstr(begin, END);
	end = end ? end + strlen(END) : begin + strlen(begin);
	memmove(begin, end, strlen(end) + 1);
}

/* The version that a containerd configuration says it has. */
static int toml_version(const char *text)
{
	const char *line;
	int version;

	for (line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (sscanf(line, "version = %d", &version) == 1 ||
		    sscanf(line, "version=%d", &version) == 1)
			return version;
	}
	return 1;
}

/*
 * Whether the rest of the configuration names runc. If no runtime is named there,
 * containerd has one of that name, its default, until the first is.
 */
static bool names_runc(const char *text)
{
	return strstr(text, ".runtimes.runc]") || strstr(text, ".runtimes.\"runc\"]");
}

static int containerd_block(const char *text, char **block)
{
	int version = toml_version(text), ret;
	char name[32], *runc = NULL, *nacc;

	if (version != 2 && version != 3)
		return nacc_fail(EXIT_SYS, CONTAINERD_CONF
				 " has version %d: 2 and 3 are known here: change it first (containerd config migrate)",
				 version);
	snprintf(name, sizeof(name), "containerd-%d.toml", version);
	ret = setup_data(name, &nacc);
	if (ret)
		return ret;
	snprintf(name, sizeof(name), "containerd-%d-runc.toml", version);
	if (!names_runc(text))
		ret = setup_data(name, &runc);
	if (!ret && asprintf(block, "%s%s", nacc, runc ? runc : "") < 0)
		ret = nacc_fail(EXIT_NOMEM, NO_MEMORY);
	free(runc);
	free(nacc);
	return ret;
}

static char *copy(const char *text)
{
	size_t len = strlen(text) + 1;

	return memcpy(nacc_alloc(NULL, len, 1), text, len);
}

static int containerd_text(const struct setup *setup, char *old, char **text)
{
	const char *gap = *old && old[strlen(old) - 1] != '\n' ? "\n" : "";
	char *block;
	int ret;

	if (setup->undo) {
		*text = copy(old);
		return EXIT_OK;
	}
	ret = containerd_block(old, &block);
	if (ret)
		return ret;
	if (asprintf(text, "%s%s" BEGIN "%s" END, old, gap, block) < 0)
		ret = nacc_fail(EXIT_NOMEM, NO_MEMORY);
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
	char *path = setup_path(setup, CONTAINERD_CONF), *old, *text = NULL;
	int ret = setup_read(path, &old);

	free(path);
	if (ret)
		return ret;
	if (!old && setup->undo)
		return setup_remove(setup, CONTAINERD_CONF);
	if (!old)
		old = copy("version = 2\n");
	cut_block(old);
	ret = containerd_text(setup, old, &text);
	if (!ret)
		ret = setup_write(setup, CONTAINERD_CONF, text);
	free(text);
	free(old);
	return ret;
}
