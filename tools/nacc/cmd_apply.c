// SPDX-License-Identifier: GPL-2.0
/*
 * nacc apply
 */
#include <stdio.h>

#include "cmd.h"
#include "conf.h"

/* Whether it is to be done; says so where it is not. */
static bool enabled(void)
{
	if (!switched_off())
		return true;
	printf("nothing is done: nacc.enable=0 is on the kernel's command line\n");
	return false;
}

static int apply(const struct conf *conf)
{
	int ret;

	if (!enabled())
		return EXIT_OK;
	ret = conf_module(conf);
	return ret ? ret : conf_apply(conf);
}

static int run_apply(const struct args *args)
{
	struct conf conf;
	int ret, bad;

	if (args->enabled && (args->check || args->file))
		return nacc_fail(EXIT_USAGE, "apply: --enabled goes with nothing else");
	if (args->enabled)
		return enabled() ? EXIT_OK : EXIT_CHECK;
	ret = conf_read(args->file ? args->file : CONF_PATH, &conf);
	bad = conf_check(&conf);
	if (bad)
		ret = bad;
	if (!ret && args->check)
		printf("%s: ok, %u keys, %zu domains\n", conf.path, conf.nr_set, conf.nr_domains);
	else if (!ret)
		ret = apply(&conf);
	conf_free(&conf);
	return ret;
}

const struct cmd cmd_apply = {
	.name = "apply",
	.usage = "[--file FILE] [--check] | --enabled",
	.brief = "load the module and set all up as nacc.conf says",
	.help =
	"Do what " CONF_PATH " says (nacc.conf(5)): load the module with these\n"
	"parameters, lock the set-up, mark every process or some cgroups, set quotas and\n"
	"gates, tell container engines of nacc-runtime. nacc.service does it when the\n"
	"machine starts. Again does what is not so yet; nothing is let go.\n"
	"\n"
	"  --file FILE  another file\n"
	"  --check      read the file only, and say what is wrong in it, line by line\n"
	"  --enabled    do nothing; exit status 1 with nacc.enable=0 on the kernel's\n"
	"               command line (for nacc.service)\n"
	"\n"
	"A file with an error is not applied at all. A module that is loaded otherwise\n"
	"than the file says is an error: it stays as it is. With nacc.enable=0 on the\n"
	"kernel's command line nothing is done.\n"
	"\n"
	"Example:\n"
	"  # nacc apply --check\n"
	"  " CONF_PATH ": ok, 3 keys, 0 domains\n"
	"  # nacc apply\n"
	"  module: loaded refusal=kill\n"
	"  set-up: locked until the machine is reset\n",
	.opts = OPT_APPLY,
	.run = run_apply,
};
