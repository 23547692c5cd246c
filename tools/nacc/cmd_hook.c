// SPDX-License-Identifier: GPL-2.0
/*
 * nacc hook: an OCI hook of the stage createRuntime.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "annotation.h"
#include "cmd.h"
#include "dev.h"
#include "procfile.h"
#include "runtime.h"
#include "sys.h"

/* A state is a page or two; a pod's annotations may be 256 KiB. */
#define STATE_MAX	(4U << 20)

/* A shorter ID could be a part of any cgroup's name */
#define ID_MIN		12

static struct json_object *read_state(void)
{
	char *text = nacc_alloc(NULL, STATE_MAX, 1);
	size_t len = fread(text, 1, STATE_MAX - 1, stdin);
	struct json_object *state;

	text[len] = '\0';
	state = ferror(stdin) || len == STATE_MAX - 1 ? NULL : json_tokener_parse(text);
	free(text);
	if (state && json_object_is_type(state, json_type_object))
		return state;
	json_object_put(state);
	return NULL;
}

static int state_pid(struct json_object *state)
{
	struct json_object *val;

	if (!json_object_object_get_ex(state, "pid", &val) ||
	    !json_object_is_type(val, json_type_int))
		return 0;
	return json_object_get_int(val);
}

static const char *state_string(struct json_object *state, const char *key)
{
	struct json_object *val;

	if (!json_object_object_get_ex(state, key, &val) ||
	    !json_object_is_type(val, json_type_string))
		return NULL;
	return json_object_get_string(val);
}

/* --- whether that was asked for ------------------------------------------------------ */

/*
 * Not every runtime puts the annotations into the state. Where none of ours is to be found,
 * somebody has installed the hook for all containers.
 */
static int read_wish(struct json_object *state, struct wish *wish)
{
	const char *bundle = state_string(state, "bundle");
	char path[PATH_MAX];
	int ret = wish_read(state, wish);

	if (!ret && !wish->noted && bundle) {
		snprintf(path, sizeof(path), "%s/config.json", bundle);
		ret = wish_read_file(path, wish);
	}
	return ret ? ret : wish_check(wish);
}

/* --- the container's cgroup ------------------------------------------------------------ */

/*
 * The container's own cgroup: the last directory on the way to its process whose name has
 * the ID in it, as every engine names it. What runs in a cgroup that it shares with others
 * is none of ours.
 */
static bool own_cgroup(char *path, const char *id)
{
	char *slash, *end = path + strlen(path);

	while ((slash = strrchr(path, '/'))) {
		if (strstr(slash, id)) {
			*end = '\0';
			return true;
		}
		end = slash;
		*slash = '\0';
	}
	return false;
}

/* The path of a process in the unified hierarchy, below its mount point. */
static bool cgroup_of(int pid, char path[PATH_MAX])
{
	char name[32], line[PATH_MAX];
	bool found = false;
	FILE *file;

	snprintf(name, sizeof(name), "/proc/%d/cgroup", pid);
	file = procfile_try(name);
	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		found = !strncmp(line, "0::/", 4);
	}
	fclose(file);
	snprintf(path, PATH_MAX, "%s", found ? line + 3 : "");
	return found;
}

/* A descriptor of the container's own cgroup, or -1. */
static int open_cgroup(int pid, const char *id)
{
	char path[PATH_MAX], whole[PATH_MAX];

	if (!id || strlen(id) < ID_MIN || strchr(id, '/') ||
	    !cgroup_of(pid, path) || !own_cgroup(path, id) ||
	    snprintf(whole, sizeof(whole), "/sys/fs/cgroup%s", path) >= (int)sizeof(whole))
		return -1;
	return sys_open(whole, O_RDONLY | O_DIRECTORY);
}

/* By its cgroup, so that what "exec" adds later is protected too; an errno, or 0. */
static int mark_cgroup(int fd, int cgroup, const char *name, uint32_t *domain)
{
	struct nacc_mark mark = { .size = sizeof(mark), .flags = NACC_MARK_CGROUP,
				  .fd = cgroup };
	int err;

	memcpy(mark.name, name, sizeof(mark.name));
	err = dev_call(fd, NACC_IOC_MARK, &mark);
	close(cgroup);
	*domain = mark.domain;
	return err;
}

static int mark_container(int fd, int pid, const char *id, uint32_t gate)
{
	struct marking process = { .pid = pid };
	char name[NACC_NAME_LEN];
	int ret, cgroup, err;
	uint32_t domain;

	ret = dev_own_domain(fd, pid, &domain);
	/* nacc-runtime has started it */
	if (!ret && domain)
		return wish_gate(fd, domain, false, gate);
	if (ret)
		return ret;
	runtime_label(id, name);
	process.name = name;
	cgroup = open_cgroup(pid, id);
	/* No cgroup of its own, or none of the unified hierarchy, or an older module */
	err = cgroup < 0 ? EOPNOTSUPP : mark_cgroup(fd, cgroup, name, &domain);
	if (err == EOPNOTSUPP || err == EINVAL) {
		ret = dev_mark(fd, &process);
		return ret ? ret : wish_gate(fd, process.domain, process.fresh, gate);
	}
	if (!err)
		return wish_gate(fd, domain, true, gate);
	return nacc_fail(EXIT_SYS,
			 "the container '%s' cannot be protected: %s: see 'nacc doctor'",
			 name, strerror(err));
}

/* Not every runtime shows what its hooks print. */
static void to_syslog(const char *text)
{
	syslog(LOG_ERR, "hook: %s", text);
}

static int protect(struct json_object *state)
{
	int ret, fd, pid = state ? state_pid(state) : 0;
	struct wish wish = { 0 };

	if (pid <= 0)
		return nacc_fail(EXIT_USAGE,
				 "no state of a container on standard input: an OCI runtime calls this (createRuntime)");
	ret = read_wish(state, &wish);
	if (ret || (wish.no && !wish.yes && !wish.system))
		return ret;
	ret = dev_open(&fd);
	if (ret)
		return ret;
	if (wish.system && !wish.yes)
		ret = wish_system(fd, pid);
	else
		ret = mark_container(fd, pid, state_string(state, "id"), wish.gate);
	close(fd);
	return ret;
}

static int run_hook(const struct args *args)
{
	struct json_object *state = read_state();
	int ret;

	(void)args;
	openlog("nacc", 0, LOG_DAEMON);
	nacc_fail_also(to_syslog);
	ret = protect(state);
	json_object_put(state);
	return ret;
}

const struct cmd cmd_hook = {
	.name = "hook",
	.usage = "",
	.brief = "protect the container whose state is on standard input (OCI hook)",
	.help =
	"An OCI hook for the stage createRuntime: reads the container's state from\n"
	"standard input and marks its cgroup, before its first process executes the\n"
	"user's program: all that runs in it is protected, also what 'exec' adds later.\n"
	"Where the container has no cgroup of its own (v2, the ID in its name) the first\n"
	"process is marked, and what 'exec' adds is not. The domain has the container's\n"
	"ID as its name. If that fails the container does not start; why is in the\n"
	"system's log too, since not every runtime shows what its hooks print.\n"
	"\n"
	"'nacc setup podman' installs it for containers with one of the annotations, in\n"
	"whatever case:\n"
	"\n"
	"  nacc.protect  'true' protects; 'false' does nothing; 'system' asks only whether\n"
	"                it is protected with all others ('nacc protect --system')\n"
	"  nacc.gate     'off', 'audit' or 'enforce': and its domain gets such a gate\n"
	"                ('nacc gate')\n"
	"\n"
	"With any other value, or where that cannot be had, the container does not start.\n"
	"Without nacc.protect it protects.\n"
	"\n"
	"Example:\n"
	"  # podman run --annotation nacc.gate=enforce IMAGE\n",
	.run = run_hook,
};
