// SPDX-License-Identifier: GPL-2.0
/*
 * nacc: mark containers whose page tables only firmware may change.
 */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <linux/nacc.h>
#include <nacc_sbi.h>

#include "nacc.h"

static const struct cmd *const commands[] = {
	&cmd_doctor, &cmd_run, &cmd_mark, &cmd_unmark, &cmd_ps, &cmd_stat,
	&cmd_dump, &cmd_verify, &cmd_audit, &cmd_lock,
	&cmd_forbid, &cmd_quota, &cmd_protect, &cmd_gate, &cmd_seal, &cmd_syscalls,
	&cmd_report,
	&cmd_top, &cmd_monitor, &cmd_hook, &cmd_setup, &cmd_apply,
	&cmd_metrics,
};

#define NR_COMMANDS	ARRAY_SIZE(commands)

static const char exit_help[] =
	"Exit status:\n"
	"  0    done\n"
	"  1    a check failed: verify found a mismatch, doctor is not content\n"
	"  2    the command line makes no sense\n"
	"  3    no such process or domain, or one this cannot be done to\n"
	"  4    not permitted\n"
	"  5    the module or the shim is absent or of another release\n"
	"  6    the pool or the machine's memory is exhausted\n"
	"  7    another error of the system\n"
	"  8    the process or cgroup is marked already, otherwise than was asked for,\n"
	"       or the system profile is on\n"
	"  'nacc run' exits as its command does, or with 125 (nacc failed, nothing\n"
	"  was started), 126 (the command cannot be executed), 127 (not found).\n";

static void print_help(void)
{
	size_t i;

	puts("Usage: nacc COMMAND [ARGUMENTS]\n"
	     "\n"
	     "Mark containers whose page tables only firmware may change.\n"
	     "\n"
	     "Commands:");
	for (i = 0; i < NR_COMMANDS; i++)
		printf("  %-8s %s\n", commands[i]->name, commands[i]->brief);
	printf("\n"
	       "'nacc COMMAND --help' explains one, with an example; 'nacc --version'\n"
	       "prints the release. Commands that print tables or\n"
	       "states take --json.\n"
	       "\n"
	       "To begin:\n"
	       "  insmod nacc.ko                    load the module\n"
	       "  nacc doctor                       what is protected here\n"
	       "  nacc run -- sh -c 'echo hello'    a protected command\n"
	       "\n"
	       "%s", exit_help);
}

static const char table_help[] =
	"The table:\n"
	"  -o, --output COLS  these columns only, with commas between, in this order, and\n"
	"                     nothing else; a name that is none lists those that there are\n"
	"  --noheadings       nothing but the table, without its first line\n";

static void print_cmd_help(const struct cmd *cmd)
{
	printf("Usage: nacc %s%s%s\n\n%s\n%s", cmd->name, *cmd->usage ? " " : "",
	       cmd->usage, cmd->help, cmd->opts & OPT_TABLE ? table_help : "");
}

static void print_version(void)
{
	printf("nacc %s (uapi %u.%u, sbi %u.%u)\n", NACC_VERSION,
	       NACC_UAPI_VERSION >> 16, NACC_UAPI_VERSION & 0xffff,
	       NACC_SBI_ABI_VERSION >> 16, NACC_SBI_ABI_VERSION & 0xffff);
}

static const struct cmd *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	nacc_fail(EXIT_USAGE, "there is no command '%s': 'nacc --help' lists them",
		  name);
	return NULL;
}

static int run_command(int argc, char **argv)
{
	const struct cmd *cmd = find_command(argv[0]);
	struct args args;
	int ret;

	if (!cmd)
		return EXIT_USAGE;
	ret = args_parse(cmd, argc, argv, &args);
	if (ret == ARGS_HELP) {
		print_cmd_help(cmd);
		return EXIT_OK;
	}
	if (ret)
		return cmd->opts & OPT_STOP ? EXIT_RUN_NACC : ret;
	return cmd->run(&args);
}

static int help_command(int argc, char **argv)
{
	const struct cmd *cmd;

	if (argc < 2) {
		print_help();
		return EXIT_OK;
	}
	cmd = find_command(argv[1]);
	if (!cmd)
		return EXIT_USAGE;
	print_cmd_help(cmd);
	return EXIT_OK;
}

static int dispatch(int argc, char **argv)
{
	if (argc < 1)
		return nacc_fail(EXIT_USAGE,
				 "no command given: 'nacc --help' lists them");
	if (!strcmp(argv[0], "--help") || !strcmp(argv[0], "-h") ||
	    !strcmp(argv[0], "help"))
		return help_command(argc, argv);
	if (!strcmp(argv[0], "--version") || !strcmp(argv[0], "-V")) {
		print_version();
		return EXIT_OK;
	}
	if (argv[0][0] == '-')
		return nacc_fail(EXIT_USAGE,
				 "there is no option '%s': 'nacc --help' lists the commands",
				 argv[0]);
	return run_command(argc, argv);
}

static int output_failed(int err)
{
	if (err == EPIPE)
		return nacc_fail(EXIT_SYS,
				 "the output could not be written: who reads it has gone: some of it is missing");
	return nacc_fail(EXIT_SYS,
			 "the output could not be written: %s: make room, or write it elsewhere",
			 strerror(err ? err : EIO));
}

/* Who has seen enough closes the pipe: that is no error, and nothing is said. */
static void end_by_pipe(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

int main(int argc, char **argv)
{
	int ret, err;

	standard_taken();
	standard_kept();
	/* Of names: which bytes are letters. Words of the system's are English, as ours are. */
	setlocale(LC_CTYPE, "");
	if (argc < 2 || strcmp(argv[1], cmd_run.name))
		end_by_pipe();
	ret = dispatch(argc - 1, argv + 1);
	if (standard_failed(&err))
		ret = output_failed(err);
	return ret;
}
