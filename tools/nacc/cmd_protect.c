// SPDX-License-Identifier: GPL-2.0
/*
 * nacc protect
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "dev.h"
#include "out.h"
#include "sys.h"

static int open_programs(const struct args *args, struct nacc_protect *p)
{
	for (; p->nr_except < (uint32_t)args->argc; p->nr_except++) {
		const char *path = args->argv[p->nr_except];

		p->except[p->nr_except] = sys_open(path, O_PATH);
		if (p->except[p->nr_except] < 0)
			return nacc_fail(EXIT_NOENT, "%s cannot be opened: %s",
					 path, strerror(errno));
	}
	return EXIT_OK;
}

static int print_state(const struct args *args, const struct nacc_protect *p)
{
	struct json_object *obj;

	if (!args->json) {
		if (p->domain)
			printf("system: on, domain %u, %u programs excepted\n",
			       p->domain, p->nr_except);
		else
			printf("system: off\n");
		return EXIT_OK;
	}
	obj = out_object();
	out_add_bool(obj, "system", p->domain);
	if (p->domain)
		out_add_u64(obj, "domain", p->domain);
	out_add_u64(obj, "excepted", p->nr_except);
	out_json(stdout, obj);
	return EXIT_OK;
}

static int ask(const struct args *args, struct nacc_protect *p)
{
	int ret, fd, err;

	ret = open_programs(args, p);
	if (!ret)
		ret = dev_open(&fd);
	if (ret)
		return ret;
	err = dev_call(fd, NACC_IOC_PROTECT, p);
	close(fd);
	if (err)
		return dev_explain(NACC_IOC_PROTECT, err, (unsigned int)p->pid, 0);
	return print_state(args, p);
}

static int run_protect(const struct args *args)
{
	struct nacc_protect protect = {
		.size = sizeof(protect),
		.what = args->system ? NACC_PROTECT_SYSTEM :
			args->off ? NACC_PROTECT_OFF : NACC_PROTECT_ASK,
	};
	uint32_t i;
	int ret;

	if (args->system && args->off)
		return nacc_fail(EXIT_USAGE,
				 "protect: give either --system or --off");
	if (args->argc && !args->system)
		return nacc_fail(EXIT_USAGE,
				 "protect: programs can be excepted with --system only");
	ret = ask(args, &protect);
	for (i = 0; i < protect.nr_except && args->system; i++)
		if (protect.except[i] >= 0)
			close(protect.except[i]);
	return ret;
}

const struct cmd cmd_protect = {
	.name = "protect",
	.usage = "[--system [PROGRAM...]|--off] [--json]",
	.brief = "protect every process there is and will be, or end that",
	.help =
	"Protect every process: those that run, and all that anybody starts, the kernel\n"
	"included. Then there are no page tables of processes outside the pool, and the\n"
	"firmware lets no hart use any. Without an option, say whether that is so.\n"
	"\n"
	"  --system  do it\n"
	"  PROGRAM   path of a program that is not to be protected, up to 8 of them; the\n"
	"            firmware has to let harts use ordinary tables then. It is known by\n"
	"            the file, not by the name: one that takes its place is another\n"
	"  --off     end it: domains that were made by 'nacc run' or 'nacc mark' stay\n"
	"  --json    print an object\n"
	"\n"
	"Processes in no other domain are in one named 'system'. A refused store ends the\n"
	"process that it was about, there, and not the domain. Nothing can be unmarked\n"
	"while it is on. 'insmod nacc.ko system=1' does it at load, and except=PATH,PATH\n"
	"names programs.\n"
	"\n"
	"Example:\n"
	"  # nacc protect --system\n"
	"  system: on, domain 1, 0 programs excepted\n"
	"  # nacc protect --off\n"
	"  system: off\n",
	.opts = OPT_JSON | OPT_PROTECT,
	.max = NACC_EXCEPT_MAX,
	.run = run_protect,
};
