// SPDX-License-Identifier: GPL-2.0
/*
 * nacc ps --engine: containers that are not protected.
 *
 * Engines put each container into a cgroup with its ID in the name: who runs in such a
 * one and is in no domain is what is looked for. No engine is asked, so it need not run,
 * and one that nobody can ask (containerd, CRI-O) is seen as well.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "dev.h"
#include "out.h"
#include "sys.h"

/* As ps has it for processes that are protected; without the newline */
static void add_comm(struct json_object *process, int pid)
{
	char path[64], text[64];
	ssize_t len = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	fd = sys_open(path, O_RDONLY);
	if (fd >= 0) {
		len = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	text[len > 0 ? len : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	out_add_str(process, "comm", *text ? text : NULL);
}

static bool is_listed(struct json_object *list, struct json_object *container)
{
	struct json_object *id = NULL, *other;
	size_t i;

	json_object_object_get_ex(container, "container", &id);
	for (i = 0; i < json_object_array_length(list); i++) {
		other = NULL;
		json_object_object_get_ex(json_object_array_get_idx(list, i),
					  "container", &other);
		if (!strcmp(json_object_get_string(id), json_object_get_string(other)))
			return true;
	}
	return false;
}

static void add(struct json_object *list, struct json_object *container, int pid)
{
	struct json_object *process = out_object(), *processes = out_array();

	out_add_u64(process, "pid", (uint64_t)pid);
	add_comm(process, pid);
	out_append(processes, process);
	out_add_str(container, "state", "unprotected");
	out_add(container, "processes", processes);
	out_append(list, container);
}

/* Who has gone by now is nobody. */
static int look_at(int fd, int pid, struct json_object *list)
{
	struct json_object *container = out_object();
	uint32_t domain = 0;
	int err = 0;

	if (container_of_pid(pid, container) && !is_listed(list, container)) {
		err = dev_domain(fd, pid, &domain);
		if (!err && !domain) {
			add(list, container, pid);
			return EXIT_OK;
		}
	}
	json_object_put(container);
	if (!err || err == ESRCH || err == EINVAL)
		return EXIT_OK;
	return dev_explain(NACC_IOC_VERIFY, err, (unsigned int)pid, 0);
}

/**
 * unprotected_containers - containers in which a process is in no domain
 * @list: gets an object for each, with one such process
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int unprotected_containers(struct json_object *list)
{
	struct dirent *entry;
	DIR *dir;
	int ret, fd;

	ret = dev_open(&fd);
	if (ret)
		return ret;
	dir = sys_opendir("/proc");
	if (!dir)
		ret = nacc_fail(EXIT_SYS, "/proc cannot be read: %s: mount it",
				strerror(errno));
	while (dir && !ret && (entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]))
			ret = look_at(fd, atoi(entry->d_name), list);
	if (dir)
		closedir(dir);
	close(fd);
	return ret;
}
