// SPDX-License-Identifier: GPL-2.0
/*
 * nacc mark, nacc unmark
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

static void print_marked(const struct args *args, int pid, uint32_t domain)
{
	struct json_object *obj;

	if (!args->json) {
		printf("domain %u\n", domain);
		return;
	}
	obj = out_object();
	out_add_u64(obj, "domain", domain);
	out_add_u64(obj, "pid", (uint64_t)pid);
	out_add_str(obj, "name", args->name);
	out_json(stdout, obj);
}

/* Marked without its rules is not what was asked for. */
static int forbid_or_unmark(int fd, uint32_t domain, uint32_t forbid)
{
	struct nacc_unmark unmark = { .size = sizeof(unmark),
				      .domain = domain };
	int ret = forbid_call(fd, domain, forbid, 0, UINT64_MAX);

	if (ret)
		dev_call(fd, NACC_IOC_UNMARK, &unmark);
	return ret;
}

static int run_mark(const struct args *args)
{
	uint32_t domain, forbid = 0;
	int ret, fd, pid;

	ret = args_pid(args->argv[0], &pid);
	if (!ret)
		ret = name_check(args->name);
	if (!ret)
		ret = forbid_parse(args->forbid, &forbid);
	if (!ret)
		ret = dev_open(&fd);
	if (ret)
		return ret;
	ret = dev_mark(fd, pid, args->name, &domain);
	if (!ret)
		ret = forbid_or_unmark(fd, domain, forbid);
	if (!ret)
		print_marked(args, pid, domain);
	close(fd);
	return ret;
}

static int run_unmark(const struct args *args)
{
	struct nacc_unmark unmark = { .size = sizeof(unmark) };
	int ret, fd, err;

	ret = args_domain(args->argv[0], &unmark.domain);
	if (!ret)
		ret = dev_open(&fd);
	if (ret)
		return ret;
	err = dev_call(fd, NACC_IOC_UNMARK, &unmark);
	if (err)
		ret = dev_explain(NACC_IOC_UNMARK, err, unmark.domain, 0);
	close(fd);
	return ret;
}

const struct cmd cmd_mark = {
	.name = "mark",
	.usage = "PID [--name NAME] [--forbid WHAT] [--json]",
	.brief = "protect a process that runs, its threads and later children",
	.help =
	"Protect a process that runs. When nacc returns, all its threads are\n"
	"protected; so are its later children and what they execute. Children it has\n"
	"already are not: mark them too, or start the container with 'nacc run'.\n"
	"Prints the ID of the new domain.\n"
	"\n"
	"  PID            process ID of the first thread (not of another thread)\n"
	"  --name NAME    label of the domain, up to 31 bytes; else the process's name\n"
	"  --forbid WHAT  force-write, pin, or both with a comma, as 'nacc forbid';\n"
	"                 if that cannot be done it is not marked either\n"
	"  --json         print an object\n"
	"\n"
	"Example:\n"
	"  # nacc mark 1234 --name redis\n"
	"  domain 3\n"
	"  # nacc unmark 3\n",
	.opts = OPT_JSON | OPT_NAME | OPT_FORBID,
	.min = 1,
	.max = 1,
	.run = run_mark,
};

const struct cmd cmd_unmark = {
	.name = "unmark",
	.usage = "ID",
	.brief = "end the protection of a domain; its processes go on",
	.help =
	"End the protection of a domain. Its processes go on, on ordinary page\n"
	"tables. Prints nothing when it is done.\n"
	"\n"
	"  ID  of the domain, as 'nacc ps' shows it\n"
	"\n"
	"Example:\n"
	"  # nacc unmark 3\n",
	.min = 1,
	.max = 1,
	.run = run_unmark,
};
