// SPDX-License-Identifier: GPL-2.0
/*
 * Which container a domain is: by the name of its cgroup, and by what its engine has
 * written down.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "out.h"
#include "sys.h"

/* Engines number containers in hexadecimal, in so many digits. */
#define ID_LEN	64
/* What is read of their files, at most: arguments and annotations are some MiB */
#define FILE_MAX	(4 * 1024 * 1024)

/* What stands before the number, in the name of a cgroup */
static const struct {
	const char *prefix;
	const char *engine;
} engines[] = {
	{ "docker-", "docker" },
	{ "docker/", "docker" },
	{ "libpod-", "podman" },
	{ "cri-containerd-", "containerd" },
	{ "nerdctl-", "containerd" },
	{ "crio-", "cri-o" },
	{ "lxc.payload.", "lxc" },
	{ "crun-", "crun" },
	{ "runc-", "runc" },
};

static size_t hex_digits(const char *text)
{
	size_t n = 0;

	while (isdigit((unsigned char)text[n]) || (text[n] >= 'a' && text[n] <= 'f'))
		n++;
	return n;
}

/* The first ID in a path, or NULL */
static const char *find_id(const char *path)
{
	size_t n;

	while (*path) {
		n = hex_digits(path);
		if (n == ID_LEN)
			return path;
		path += n ? n : 1;
	}
	return NULL;
}

static const char *find_engine(const char *path)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(engines); i++)
		if (strstr(path, engines[i].prefix))
			return engines[i].engine;
	return NULL;
}

/**
 * read_json - what a file holds
 * @path: of it
 *
 * Return: the object; NULL: it cannot be read, or is too long, or no JSON.
 */
struct json_object *read_json(const char *path)
{
	struct json_object *obj;
	size_t len = 0;
	ssize_t n;
	char *text;
	int fd = sys_open(path, 0);

	if (fd < 0)
		return NULL;
	text = nacc_alloc(NULL, FILE_MAX, 1);
	while (len < FILE_MAX - 1 &&
	       (n = read(fd, text + len, FILE_MAX - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	close(fd);
	obj = json_tokener_parse(text);
	free(text);
	return obj;
}

static const char *string_at(struct json_object *obj, const char *key)
{
	struct json_object *val;

	if (!json_object_is_type(obj, json_type_object) ||
	    !json_object_object_get_ex(obj, key, &val) ||
	    !json_object_is_type(val, json_type_string))
		return NULL;
	return json_object_get_string(val);
}

static void image_of_docker(struct json_object *domain, const char *id)
{
	struct json_object *all, *config = NULL;
	char path[256];

	snprintf(path, sizeof(path), "/var/lib/docker/containers/%s/config.v2.json", id);
	all = read_json(path);
	if (json_object_is_type(all, json_type_object))
		json_object_object_get_ex(all, "Config", &config);
	out_add_str(domain, "image", string_at(config, "Image"));
	json_object_put(all);
}

/* Metadata is text that is JSON again. */
static void image_of_podman(struct json_object *domain, const char *id)
{
	struct json_object *all, *one, *meta = NULL;
	const char *text;
	size_t i, nr = 0;

	all = read_json("/var/lib/containers/storage/overlay-containers/containers.json");
	if (json_object_is_type(all, json_type_array))
		nr = json_object_array_length(all);
	for (i = 0; i < nr && !meta; i++) {
		one = json_object_array_get_idx(all, i);
		text = string_at(one, "id");
		if (!text || strcmp(text, id))
			continue;
		text = string_at(one, "metadata");
		meta = text ? json_tokener_parse(text) : NULL;
	}
	out_add_str(domain, "image", string_at(meta, "image-name"));
	json_object_put(meta);
	json_object_put(all);
}

static void describe(struct json_object *domain, const char *cgroup)
{
	const char *engine = find_engine(cgroup), *at = find_id(cgroup);
	char id[ID_LEN + 1] = "";

	if (at)
		memcpy(id, at, ID_LEN);
	out_add_str(domain, "cgroup", cgroup);
	out_add_str(domain, "container", at ? id : NULL);
	out_add_str(domain, "engine", engine);
	if (at && engine && !strcmp(engine, "docker"))
		image_of_docker(domain, id);
	else if (at && engine && !strcmp(engine, "podman"))
		image_of_podman(domain, id);
	else
		out_add_str(domain, "image", NULL);
}

/* The line of the unified hierarchy in /proc/PID/cgroup */
static bool read_cgroup(uint64_t pid, char *to, size_t room)
{
	char path[64], text[4096], *line, *end;
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/%llu/cgroup", (unsigned long long)pid);
	fd = sys_open(path, 0);
	if (fd < 0)
		return false;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[len > 0 ? len : 0] = '\0';
	line = strstr(text, "0::/");
	end = line ? strchr(line, '\n') : NULL;
	if (!end)
		return false;
	*end = '\0';
	snprintf(to, room, "%s", line + 3);
	return true;
}

/* That of a process of it, if it is not one itself */
static bool cgroup_of(struct json_object *domain, char *to, size_t room)
{
	const char *path = string_at(domain, "cgroup");
	struct json_object *list = NULL, *pid;
	size_t i;

	if (path && *path == '/') {
		snprintf(to, room, "%s", path);
		return true;
	}
	json_object_object_get_ex(domain, "processes", &list);
	for (i = 0; list && i < json_object_array_length(list); i++) {
		pid = NULL;
		json_object_object_get_ex(json_object_array_get_idx(list, i), "pid", &pid);
		if (pid && read_cgroup(json_object_get_uint64(pid), to, room))
			return true;
	}
	return false;
}

/* podman's monitor of a container is beside it, and not in it. */
static bool is_monitor(const char *cgroup)
{
	const char *last = strrchr(cgroup, '/');

	return strstr(last ? last : cgroup, "conmon");
}

/**
 * container_of_pid - say which container a process is in
 * @pid: the process
 * @obj: gets what container_describe() gives a domain
 *
 * Return: false: in none that an engine has made, as far as that can be known.
 */
bool container_of_pid(int pid, struct json_object *obj)
{
	char path[4096];

	if (!read_cgroup((uint64_t)pid, path, sizeof(path)) || !find_id(path) ||
	    is_monitor(path))
		return false;
	describe(obj, path);
	return true;
}

/**
 * container_describe - say which container a domain is, if it can be known
 * @domain: the domain, as domain_object() has it; gets "cgroup", "container", "engine"
 *	and "image", each of which may be null
 */
void container_describe(struct json_object *domain)
{
	static const char *const keys[] = { "cgroup", "container", "engine", "image" };
	char path[4096];
	size_t i;

	if (cgroup_of(domain, path, sizeof(path))) {
		describe(domain, path);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(keys); i++)
		out_add_str(domain, keys[i], NULL);
}
