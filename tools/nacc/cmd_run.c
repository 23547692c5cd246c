// SPDX-License-Identifier: GPL-2.0
/*
 * nacc run
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "dev.h"

static void default_name(const char *path, char name[NACC_NAME_LEN])
{
	const char *slash = strrchr(path, '/');
	char *c;

	snprintf(name, NACC_NAME_LEN, "%s", slash && slash[1] ? slash + 1 : path);
	for (c = name; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
}

static int mark_self(const char *name, const char *what)
{
	uint32_t domain, forbid = 0;
	int ret, fd;

	ret = name_check(name);
	if (!ret)
		ret = forbid_parse(what, &forbid);
	if (!ret)
		ret = dev_open(&fd);
	if (ret)
		return ret;
	ret = dev_mark(fd, getpid(), name, &domain);
	if (!ret)
		ret = forbid_call(fd, domain, forbid, 0, UINT64_MAX);
	close(fd);
	return ret;
}

static int run_run(const struct args *args)
{
	char name[NACC_NAME_LEN];
	const char *file = args->argv[0];

	default_name(file, name);
	if (mark_self(args->name ? args->name : name, args->forbid))
		return EXIT_RUN_NACC;
	execvp(file, args->argv);
	if (errno == ENOENT)
		return nacc_fail(EXIT_RUN_NOENT,
				 "'%s' was not found: check the name and $PATH",
				 file);
	return nacc_fail(EXIT_RUN_EXEC,
			 "'%s' cannot be executed: %s: check its mode and format",
			 file, strerror(errno));
}

const struct cmd cmd_run = {
	.name = "run",
	.usage = "[--name NAME] [--forbid WHAT] [--] COMMAND [ARGUMENTS...]",
	.brief = "run a command, protected from its first instruction on",
	.help =
	"Mark nacc itself, then become COMMAND. It and all its children run on\n"
	"protected page tables from their first instruction on. The domain ends with\n"
	"the last of them.\n"
	"\n"
	"  --name NAME    label of the domain, up to 31 bytes; else COMMAND's name\n"
	"  --forbid WHAT  force-write, pin, or both with a comma, as 'nacc forbid'\n"
	"\n"
	"Exits as COMMAND does, or with 125 if nacc failed and nothing was started,\n"
	"126 if COMMAND cannot be executed, 127 if it was not found.\n"
	"\n"
	"Example:\n"
	"  # nacc run --name web -- crun run web\n",
	.opts = OPT_NAME | OPT_FORBID | OPT_STOP,
	.min = 1,
	.max = -1,
	.run = run_run,
};
