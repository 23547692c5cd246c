// SPDX-License-Identifier: GPL-2.0
/*
 * nacc mark
 */
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "dev.h"
#include "out.h"

/**
 * name_check - is this the label of a domain?
 * @name: value of --name, or NULL
 *
 * Return: EXIT_OK, or EXIT_USAGE after a message.
 */
int name_check(const char *name)
{
	const char *c;

	if (!name)
		return EXIT_OK;
	if (!*name)
		return nacc_fail(EXIT_USAGE,
				 "the name is empty: give one, or leave --name out");
	if (strlen(name) >= NACC_NAME_LEN)
		return nacc_fail(EXIT_USAGE,
				 "the name '%s' is too long: %d bytes at most",
				 name, NACC_NAME_LEN - 1);
	for (c = name; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return nacc_fail(EXIT_USAGE,
					 "the name holds a control character: give a printable one");
	return EXIT_OK;
}

static void print_marked(const struct args *args, const struct marking *m)
{
	struct json_object *obj;

	if (!args->json) {
		printf("domain %u\n", m->domain);
		return;
	}
	obj = out_object();
	out_add_u64(obj, "domain", m->domain);
	if (m->cgroup)
		out_add_str(obj, "cgroup", m->cgroup);
	else
		out_add_u64(obj, "pid", (uint64_t)m->pid);
	out_add_str(obj, "name", args->name);
	out_json(stdout, obj);
}

/* Marked without its rules is not what was asked for. */
static int forbid_or_unmark(int fd, const struct marking *m, uint32_t forbid)
{
	struct nacc_unmark unmark = { .size = sizeof(unmark),
				      .domain = m->domain };
	int ret = forbid_call(fd, m->domain, forbid, 0, UINT64_MAX);

	if (ret && m->fresh && !m->join)
		dev_call(fd, NACC_IOC_UNMARK, &unmark);
	return ret;
}

static int parse_target(const struct args *args, struct marking *m)
{
	int ret = EXIT_OK;

	if (!args->cgroup == !args->argc)
		return nacc_fail(EXIT_USAGE,
				 "mark: give either a PID or --cgroup: usage: nacc mark %s",
				 cmd_mark.usage);
	if (args->cgroup && (args->tree || args->domain))
		return nacc_fail(EXIT_USAGE,
				 "mark: --cgroup goes with neither --tree nor --domain: it is a domain, with all that is in it");
	if (args->domain && (args->name || args->forbid))
		return nacc_fail(EXIT_USAGE,
				 "mark: --domain goes with neither --name nor --forbid: the domain has its own");
	m->cgroup = args->cgroup;
	m->name = args->name;
	if (args->argc)
		ret = args_pid(args->argv[0], &m->pid);
	if (!ret && args->domain)
		ret = target_domain(args->domain, &m->join);
	return ret ? ret : name_check(args->name);
}

static int run_mark(const struct args *args)
{
	struct marking m = { 0 };
	uint32_t forbid = 0;
	int ret, fd;

	ret = parse_target(args, &m);
	if (!ret)
		ret = forbid_parse(args->forbid, &forbid);
	if (!ret)
		ret = dev_open(&fd);
	if (ret)
		return ret;
	ret = dev_mark(fd, &m);
	if (!ret)
		ret = forbid_or_unmark(fd, &m, forbid);
	if (!ret && args->tree)
		ret = tree_mark(fd, m.pid, m.domain);
	if (!ret)
		print_marked(args, &m);
	close(fd);
	return ret;
}

const struct cmd cmd_mark = {
	.name = "mark",
	.usage = "[--tree] PID|--cgroup PATH [--domain ID|--name NAME] [--forbid WHAT] [--json]",
	.brief = "protect a process that runs, or all that is in a cgroup",
	.help =
	"Protect a process that runs. When nacc returns, all its threads are\n"
	"protected; so are its later children and what they execute. Children it has\n"
	"already are not, without --tree. Prints the ID of the domain. Marked already is\n"
	"no error, if it is as asked for.\n"
	"\n"
	"With --cgroup all that is in a cgroup, or below it, is protected when nacc\n"
	"returns, and whoever enters it later before he next runs: the way to protect a\n"
	"container, whatever starts it or starts something in it. Who cannot be protected\n"
	"is killed. It is one domain, which ends with the cgroup.\n"
	"\n"
	"  PID            process ID of the first thread (not of another thread)\n"
	"  --cgroup PATH  directory of a cgroup (v2), or its path in /proc/PID/cgroup\n"
	"  --tree         and what it has made, and what that has made\n"
	"  --domain ID    as part of a domain that is there: its ID, or its name\n"
	"  --name NAME    label of the domain, up to 31 bytes; else the process's or\n"
	"                 cgroup's name\n"
	"  --forbid WHAT  force-write, pin, or both with a comma, as 'nacc forbid';\n"
	"                 if that cannot be done it is not marked either\n"
	"  --json         print an object\n"
	"\n"
	"Example:\n"
	"  # nacc mark 1234 --name redis\n"
	"  domain 3\n"
	"  # nacc unmark 3\n"
	"  # nacc mark --cgroup /sys/fs/cgroup/system.slice/docker-4f0c.scope\n"
	"  domain 4\n",
	.opts = OPT_JSON | OPT_NAME | OPT_FORBID | OPT_CGROUP | OPT_DOMAIN | OPT_TREE,
	.max = 1,
	.run = run_mark,
};
