// SPDX-License-Identifier: GPL-2.0
/*
 * NACC_IOC_MARK, and what its errors mean to a person.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dev.h"
#include "nacc.h"
#include "procfile.h"
#include "sys.h"

#define CGROUPS	"/sys/fs/cgroup"

/* @fmt may use what was to be marked, then the domain that was returned */
struct meaning {
	int err;
	int code;
	const char *fmt;
};

static const struct meaning of_processes[] = {
	{ ESRCH, EXIT_NOENT,
	  "%s has exited: nothing was marked; name a process that runs" },
	{ EINVAL, EXIT_NOENT,
	  "%s is a kernel thread and has no user page tables: name a user process" },
	{ EEXIST, EXIT_MARKED,
	  "%s is marked already, in domain %u; for its earlier children: 'nacc mark --tree'" },
	{ EAGAIN, EXIT_SYS,
	  "%s runs on its maker's memory (vfork) for now: try again, or name that one" },
	{ EBUSY, EXIT_SYS,
	  "%s cannot join domain %u yet, somebody is just making it: try again" },
	{ EOPNOTSUPP, EXIT_SYS,
	  "%s shares huge-page tables with others: start it with 'nacc run' instead" },
};

static const struct meaning of_cgroups[] = {
	{ EBADF, EXIT_NOENT,
	  "%s is no cgroup: give its directory below " CGROUPS },
	{ ENOENT, EXIT_NOENT, "%s is being removed: name a cgroup that stays" },
	{ EBUSY, EXIT_SYS, "%s is just being marked or unmarked by somebody else: try again" },
	{ EINVAL, EXIT_NOENT,
	  "%s cannot be a domain: it is the root of all, or the module is older than nacc" },
	{ EEXIST, EXIT_MARKED,
	  "%s is marked already, as domain %u, or is in it: 'nacc ps' shows how" },
	{ EOPNOTSUPP, EXIT_SYS,
	  "%s is of a v1 hierarchy, or a process in it shares huge-page tables: see dmesg" },
};

static const struct meaning of_all[] = {
	{ ENOMEM, EXIT_NOMEM,
	  "the pool is too small for the tables of %s, or a quota is: unmark another ('nacc ps')" },
	{ EUNATCH, EXIT_SYS,
	  "%s cannot be marked: a needed function is not hooked: see 'nacc doctor'" },
	{ ESHUTDOWN, EXIT_SYS,
	  "%s: the machine goes down or the module is just loaded: try again" },
	{ ENOSPC, EXIT_SYS,
	  "no ID of a domain is left for %s: reset the machine" },
	{ EINTR, EXIT_SYS,
	  "signals interrupt the marking of %s, nothing has changed: try again" },
	{ EOWNERDEAD, EXIT_SYS,
	  "%s cannot join a domain that is being ended: wait until 'nacc ps' shows it no more" },
};

static const struct meaning *find(const struct meaning *list, size_t nr, int err)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (list[i].err == err)
			return &list[i];
	return NULL;
}

static int explain(const struct marking *m, int err)
{
	const struct meaning *meaning;
	char what[PATH_MAX], text[PATH_MAX + 256];

	if (m->cgroup)
		snprintf(what, sizeof(what), "cgroup %s", m->cgroup);
	else
		snprintf(what, sizeof(what), "process %d", m->pid);
	if (m->join && err == ENOENT)
		return nacc_fail(EXIT_NOENT,
				 "there is no domain %u: 'nacc ps' lists them", m->join);
	if (m->cgroup)
		meaning = find(of_cgroups, ARRAY_SIZE(of_cgroups), err);
	else
		meaning = find(of_processes, ARRAY_SIZE(of_processes), err);
	if (!meaning)
		meaning = find(of_all, ARRAY_SIZE(of_all), err);
	if (!meaning)
		return dev_explain(NACC_IOC_MARK, err, (unsigned int)m->pid, m->domain);
	snprintf(text, sizeof(text), meaning->fmt, what, m->domain);
	return nacc_fail(meaning->code, "%s", text);
}

/* Of a domain with another label something else was asked for. */
static bool is_same(const struct marking *m)
{
	struct table domains;
	bool same = !m->name;
	size_t i;

	if (same || procfile_load("domains", &domains))
		return same;
	for (i = 0; i < domains.nrows; i++)
		if (table_is(&domains, i, "id", m->domain))
			same = !strcmp(table_cell(&domains, i, "name"), m->name);
	table_free(&domains);
	return same;
}

/* As it is, or as /proc/PID/cgroup has it. */
static int open_cgroup(const char *path, int *fd)
{
	char full[PATH_MAX];

	*fd = sys_open(path, O_RDONLY | O_DIRECTORY);
	if (*fd < 0 && errno == ENOENT && *path == '/') {
		snprintf(full, sizeof(full), CGROUPS "%s", path);
		*fd = sys_open(full, O_RDONLY | O_DIRECTORY);
	}
	if (*fd >= 0)
		return EXIT_OK;
	return nacc_fail(errno == EACCES ? EXIT_PERM : EXIT_NOENT,
			 "cgroup %s cannot be opened: %s: give its directory below " CGROUPS,
			 path, strerror(errno));
}

static int open_target(const struct marking *m, struct nacc_mark *mark)
{
	if (!m->cgroup)
		return dev_pidfd(m->pid, &mark->pidfd);
	mark->flags = NACC_MARK_CGROUP;
	return open_cgroup(m->cgroup, &mark->fd);
}

/**
 * dev_mark - mark a process or a cgroup
 * @fd: the device
 * @m: what; and results
 *
 * That it is so already is no error, if a label was asked for that it has, or none, or if
 * it may be so anywhere.
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int dev_mark(int fd, struct marking *m)
{
	struct nacc_mark mark = { .size = sizeof(mark) };
	int ret, err;

	ret = open_target(m, &mark);
	if (ret)
		return ret;
	if (m->join) {
		mark.flags |= NACC_MARK_JOIN;
		mark.domain = m->join;
	} else if (m->name) {
		snprintf(mark.name, sizeof(mark.name), "%s", m->name);
	}
	err = dev_call(fd, NACC_IOC_MARK, &mark);
	close(mark.fd);
	m->domain = mark.domain;
	m->fresh = !err;
	if (err == EEXIST && !m->join &&
	    (m->cgroup ? m->anywhere && is_same(m) : m->anywhere || is_same(m)))
		err = 0;
	return err ? explain(m, err) : EXIT_OK;
}
