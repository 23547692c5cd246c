// SPDX-License-Identifier: GPL-2.0
/*
 * nacc mark --tree: a process and those that it has made, with all they have made.
 *
 * Whoever is marked makes marked children only, so pass by pass there are fewer that are
 * not. A process whose parent ends before it has been seen has another parent then, and
 * is not found: a cgroup has no such gap.
 *
 * A vfork child whose maker is no part of the tree is on memory that is not to be marked. That
 * ends soon, as a rule: it is asked again.
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
#include "sys.h"

/* How often those are asked again of whom nothing else is known, and after how long: 10 s */
#define ROUNDS	500
#define PAUSE	20

/**
 * struct process - a process, as /proc has it
 * @pid: its number
 * @parent: that of its parent
 * @in: it is in the tree
 */
struct process {
	int pid;
	int parent;
	bool in;
};

/**
 * struct forest - all processes of the machine
 * @list: they
 * @nr: their number
 */
struct forest {
	struct process *list;
	size_t nr;
};

/* Behind the name, which may have anything in it, a letter and the parent. */
static bool parent_of(int pid, int *parent)
{
	char path[64], text[512], *end;
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = sys_open(path, O_RDONLY);
	if (fd < 0)
		return false;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[len > 0 ? len : 0] = '\0';
	end = strrchr(text, ')');
	return end && sscanf(end + 1, " %*c %d", parent) == 1;
}

static void add(struct forest *f, int pid)
{
	struct process p = { .pid = pid };

	if (!parent_of(pid, &p.parent))
		return;
	f->list = nacc_alloc(f->list, f->nr + 1, sizeof(*f->list));
	f->list[f->nr++] = p;
}

static int read_forest(struct forest *f)
{
	struct dirent *entry;
	DIR *dir = sys_opendir("/proc");

	*f = (struct forest){ 0 };
	if (!dir)
		return nacc_fail(EXIT_SYS, "/proc cannot be read: %s: mount it",
				 strerror(errno));
	while ((entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]))
			add(f, atoi(entry->d_name));
	closedir(dir);
	return EXIT_OK;
}

static bool is_in(const struct forest *f, int pid)
{
	size_t i;

	for (i = 0; i < f->nr; i++)
		if (f->list[i].pid == pid)
			return f->list[i].in;
	return false;
}

static void find_tree(struct forest *f, int root)
{
	size_t i, before, nr = 0;

	do {
		before = nr;
		for (i = 0; i < f->nr; i++) {
			struct process *p = &f->list[i];

			if (p->in || p->pid == root ||
			    (p->parent != root && !is_in(f, p->parent)))
				continue;
			p->in = true;
			nr++;
		}
	} while (nr != before);
}

/**
 * struct pids - processes that have joined
 * @list: their numbers
 * @nr: how many
 */
struct pids {
	int *list;
	size_t nr;
};

static bool has_joined(const struct pids *joined, int pid)
{
	size_t i;

	for (i = 0; i < joined->nr; i++)
		if (joined->list[i] == pid)
			return true;
	return false;
}

/* /proc/nacc/mms names one process of each address space. */
static bool is_marked(const struct table *mms, int pid)
{
	size_t i;

	for (i = 0; i < mms->nrows; i++)
		if (table_is(mms, i, "pid", (uint64_t)pid))
			return true;
	return false;
}

/*
 * One that has gone, or is in another domain, is no error: it is not unprotected. An errno, or
 * 0.
 */
static int join_one(int fd, int pid, uint32_t domain)
{
	struct nacc_mark mark = { .size = sizeof(mark), .flags = NACC_MARK_JOIN,
				  .domain = domain };
	int err;

	mark.pidfd = sys_pidfd_open(pid);
	if (mark.pidfd < 0)
		return 0;
	err = dev_call(fd, NACC_IOC_MARK, &mark);
	close(mark.pidfd);
	return err == ESRCH || err == EEXIST ? 0 : err;
}

static void note(struct pids *pids, int pid)
{
	pids->list = nacc_alloc(pids->list, pids->nr + 1, sizeof(int));
	pids->list[pids->nr++] = pid;
}

/* @late: out: those that are to be asked again, with why the last of them is */
static int join_all(int fd, const struct forest *f, const struct table *mms, uint32_t domain,
		    struct pids *joined, struct pids *late, int *why)
{
	size_t i;

	late->nr = 0;
	for (i = 0; i < f->nr; i++) {
		const struct process *p = &f->list[i];
		int err;

		if (!p->in || is_marked(mms, p->pid) || has_joined(joined, p->pid))
			continue;
		err = join_one(fd, p->pid, domain);
		if (err && err != EAGAIN && err != EBUSY)
			return dev_explain(NACC_IOC_MARK, err, (unsigned int)p->pid, domain);
		note(err ? late : joined, p->pid);
		*why = err ? err : *why;
	}
	return EXIT_OK;
}

static int join_tree(int fd, int root, uint32_t domain, struct pids *joined, struct pids *late,
		     int *why)
{
	struct forest f = { 0 };
	struct table mms;
	int ret;

	ret = procfile_load("mms", &mms);
	if (!ret)
		ret = read_forest(&f);
	if (!ret) {
		find_tree(&f, root);
		ret = join_all(fd, &f, &mms, domain, joined, late, why);
	}
	free(f.list);
	table_free(&mms);
	return ret;
}

static int explain_late(int root, uint32_t domain, const struct pids *late, int why)
{
	if (why == EBUSY)
		return nacc_fail(EXIT_SYS,
				 "process %d cannot join domain %u yet, somebody is just making it: 'nacc mark --tree %d' again",
				 late->list[0], domain, root);
	return nacc_fail(EXIT_SYS,
			 "process %d, one of %zu, runs on the memory of who made it (vfork), who is not of the tree: all others are protected; 'nacc mark --tree %d' again when it has executed something",
			 late->list[0], late->nr, root);
}

/**
 * tree_mark - let all descendants of a process join its domain
 * @fd: the device
 * @pid: the process, marked
 * @domain: its domain
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int tree_mark(int fd, int pid, uint32_t domain)
{
	struct pids joined = { 0 }, late = { 0 };
	int ret, why = 0, rounds = 0;
	size_t before;

	/* Until nobody is found who was made by one that was not marked yet. */
	for (;;) {
		before = joined.nr;
		ret = join_tree(fd, pid, domain, &joined, &late, &why);
		if (ret || (joined.nr == before && (!late.nr || rounds++ == ROUNDS)))
			break;
		if (joined.nr == before)
			sys_pause(PAUSE);
	}
	if (!ret && late.nr)
		ret = explain_late(pid, domain, &late, why);
	free(joined.list);
	free(late.list);
	return ret;
}
