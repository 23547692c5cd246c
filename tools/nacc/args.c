// SPDX-License-Identifier: GPL-2.0
/*
 * Command lines: one parser for every command.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nacc.h"

enum {
	LONG_JSON = 256, LONG_NAME, LONG_LEAVES, LONG_ALL, LONG_LEARN,
	LONG_HOOKS, LONG_FORBID, LONG_START, LONG_END, LONG_SYSTEM, LONG_OFF,
	LONG_CGROUP, LONG_DOMAIN, LONG_TREE, LONG_ENGINE,
	LONG_UNDO, LONG_ROOT, LONG_GATE, LONG_PTRACE, LONG_ALLOW, LONG_NO_PTRACE, LONG_NO_ALLOW,
	LONG_FORMAT, LONG_SINCE, LONG_MOMENT, LONG_RECORD, LONG_STOP,
	LONG_TEXT, LONG_LIST, LONG_SEAL_TEXT,
	LONG_MACHINE, LONG_NONCE, LONG_IMAGE, LONG_OUT, LONG_VERIFY, LONG_KEY, LONG_REFERENCE,
	LONG_SEALS, LONG_NOHEADINGS, LONG_DELAY, LONG_ONCE,
	LONG_FILE, LONG_CHECK, LONG_ENABLED, LONG_TEXTFILE, LONG_HTTP, LONG_JOURNAL,
};

static const struct {
	unsigned int bit;
	struct option opt;
} known[] = {
	{ OPT_JSON, { "json", no_argument, NULL, LONG_JSON } },
	{ OPT_NAME, { "name", required_argument, NULL, LONG_NAME } },
	{ OPT_LEAVES, { "leaves", no_argument, NULL, LONG_LEAVES } },
	{ OPT_ALL, { "all", no_argument, NULL, LONG_ALL } },
	{ OPT_LEARN, { "learn", no_argument, NULL, LONG_LEARN } },
	{ OPT_HOOKS, { "hooks", no_argument, NULL, LONG_HOOKS } },
	{ OPT_FORBID, { "forbid", required_argument, NULL, LONG_FORBID } },
	{ OPT_CGROUP, { "cgroup", required_argument, NULL, LONG_CGROUP } },
	{ OPT_DOMAIN, { "domain", required_argument, NULL, LONG_DOMAIN } },
	{ OPT_TREE, { "tree", no_argument, NULL, LONG_TREE } },
	{ OPT_ENGINE, { "engine", no_argument, NULL, LONG_ENGINE } },
	{ OPT_TOP, { "delay", required_argument, NULL, LONG_DELAY } },
	{ OPT_TOP, { "once", no_argument, NULL, LONG_ONCE } },
	{ OPT_TABLE, { "output", required_argument, NULL, 'o' } },
	{ OPT_TABLE, { "noheadings", no_argument, NULL, LONG_NOHEADINGS } },
	{ OPT_RANGE, { "start", required_argument, NULL, LONG_START } },
	{ OPT_RANGE, { "end", required_argument, NULL, LONG_END } },
	{ OPT_PROTECT, { "system", no_argument, NULL, LONG_SYSTEM } },
	{ OPT_PROTECT, { "off", no_argument, NULL, LONG_OFF } },
	{ OPT_SETUP, { "undo", no_argument, NULL, LONG_UNDO } },
	{ OPT_SETUP, { "root", required_argument, NULL, LONG_ROOT } },
	{ OPT_RUN_GATE, { "gate", required_argument, NULL, LONG_GATE } },
	{ OPT_GATE, { "ptrace", no_argument, NULL, LONG_PTRACE } },
	{ OPT_GATE, { "allow", required_argument, NULL, LONG_ALLOW } },
	{ OPT_UNGATE, { "no-ptrace", no_argument, NULL, LONG_NO_PTRACE } },
	{ OPT_UNGATE, { "no-allow", no_argument, NULL, LONG_NO_ALLOW } },
	{ OPT_SEAL, { "text", no_argument, NULL, LONG_TEXT } },
	{ OPT_SEAL, { "list", no_argument, NULL, LONG_LIST } },
	{ OPT_RUN_SEAL, { "seal-text", no_argument, NULL, LONG_SEAL_TEXT } },
	{ OPT_FORMAT, { "format", required_argument, NULL, LONG_FORMAT } },
	{ OPT_CALLS, { "since", optional_argument, NULL, LONG_SINCE } },
	{ OPT_CALLS, { "moment", required_argument, NULL, LONG_MOMENT } },
	{ OPT_CALLS, { "record", no_argument, NULL, LONG_RECORD } },
	{ OPT_CALLS, { "stop", no_argument, NULL, LONG_STOP } },
	{ OPT_REPORT, { "machine", no_argument, NULL, LONG_MACHINE } },
	{ OPT_REPORT, { "nonce", required_argument, NULL, LONG_NONCE } },
	{ OPT_REPORT, { "image", required_argument, NULL, LONG_IMAGE } },
	{ OPT_REPORT, { "out", required_argument, NULL, LONG_OUT } },
	{ OPT_REPORT, { "verify", required_argument, NULL, LONG_VERIFY } },
	{ OPT_REPORT, { "key", required_argument, NULL, LONG_KEY } },
	{ OPT_REPORT, { "reference", required_argument, NULL, LONG_REFERENCE } },
	{ OPT_REPORT, { "seals", required_argument, NULL, LONG_SEALS } },
	{ OPT_APPLY, { "file", required_argument, NULL, LONG_FILE } },
	{ OPT_APPLY, { "check", no_argument, NULL, LONG_CHECK } },
	{ OPT_APPLY, { "enabled", no_argument, NULL, LONG_ENABLED } },
	{ OPT_METRICS, { "textfile", required_argument, NULL, LONG_TEXTFILE } },
	{ OPT_METRICS, { "http", no_argument, NULL, LONG_HTTP } },
	{ OPT_JOURNAL, { "journal", no_argument, NULL, LONG_JOURNAL } },
};

#define NR_KNOWN	ARRAY_SIZE(known)

static void select_options(const struct cmd *cmd, struct option *out)
{
	size_t i, n = 0;

	out[n++] = (struct option){ "help", no_argument, NULL, 'h' };
	for (i = 0; i < NR_KNOWN; i++)
		if (cmd->opts & known[i].bit)
			out[n++] = known[i].opt;
	out[n] = (struct option){ 0 };
}

static int bad_option(const struct cmd *cmd, int c, const char *token)
{
	char letter[3] = { '-', (char)optopt, '\0' };

	if (c == ':')
		return nacc_fail(EXIT_USAGE,
				 "%s: %s needs a value: usage: nacc %s %s",
				 cmd->name, token, cmd->name, cmd->usage);
	if (optopt && optopt < 256)
		token = letter;
	return nacc_fail(EXIT_USAGE,
			 "%s: there is no option '%s': 'nacc %s --help' lists them",
			 cmd->name, token, cmd->name);
}

static int check_operands(const struct cmd *cmd, const struct args *args)
{
	if (args->argc < cmd->min)
		return nacc_fail(EXIT_USAGE,
				 "%s: something is missing: usage: nacc %s %s",
				 cmd->name, cmd->name, cmd->usage);
	if (args->json && (args->columns || args->noheadings))
		return nacc_fail(EXIT_USAGE,
				 "%s: --json goes with neither --output nor --noheadings",
				 cmd->name);
	if (cmd->max >= 0 && args->argc > cmd->max)
		return nacc_fail(EXIT_USAGE,
				 "%s: '%s' is one too many: usage: nacc %s%s%s",
				 cmd->name, args->argv[cmd->max], cmd->name,
				 *cmd->usage ? " " : "", cmd->usage);
	return EXIT_OK;
}

/* Those of "nacc report" alone */
static bool take_report_option(struct args *args, int c)
{
	const char **values[] = {
		&args->nonce, &args->image, &args->out, &args->verify, &args->key,
		&args->reference, &args->seals,
	};

	if (c == LONG_MACHINE)
		args->machine = true;
	else if (c >= LONG_NONCE && c <= LONG_SEALS)
		*values[c - LONG_NONCE] = optarg;
	else
		return false;
	return true;
}

/* Those of "nacc gate", and those of "nacc run" that are the same */
static bool take_gate_option(struct args *args, int c)
{
	if (c == LONG_GATE)
		args->gate = optarg;
	else if (c == LONG_PTRACE)
		args->ptrace = true;
	else if (c == LONG_ALLOW)
		args->allow = optarg;
	else if (c == LONG_NO_PTRACE)
		args->no_ptrace = true;
	else if (c == LONG_NO_ALLOW)
		args->no_allow = true;
	else
		return false;
	return true;
}

/* Those of "nacc syscalls" alone */
static bool take_calls_option(struct args *args, int c)
{
	if (c == LONG_SINCE)
		args->since = optarg ? optarg : NACC_LAST_TIME;
	else if (c == LONG_MOMENT)
		args->moment = optarg;
	else if (c == LONG_RECORD)
		args->record = true;
	else if (c == LONG_STOP)
		args->stop = true;
	else
		return false;
	return true;
}

/* Those for services */
static bool take_service_option(struct args *args, int c)
{
	if (c == LONG_FILE)
		args->file = optarg;
	else if (c == LONG_TEXTFILE)
		args->textfile = optarg;
	else if (c == LONG_HTTP)
		args->http = true;
	else if (c == LONG_JOURNAL)
		args->journal = true;
	else if (c == LONG_CHECK)
		args->check = true;
	else if (c == LONG_ENABLED)
		args->enabled = true;
	else
		return false;
	return true;
}

static bool take_option(struct args *args, int c)
{
	switch (c) {
	case LONG_JSON:
		args->json = true;
		return true;
	case LONG_NAME:
		args->name = optarg;
		return true;
	case LONG_LEAVES:
		args->leaves = true;
		return true;
	case LONG_ALL:
		args->all = true;
		return true;
	case LONG_LEARN:
		args->learn = true;
		return true;
	case LONG_HOOKS:
		args->hooks = true;
		return true;
	case LONG_FORBID:
		args->forbid = optarg;
		return true;
	case LONG_CGROUP:
		args->cgroup = optarg;
		return true;
	case LONG_DOMAIN:
		args->domain = optarg;
		return true;
	case LONG_ENGINE:
		args->engine = true;
		return true;
	case LONG_TREE:
		args->tree = true;
		return true;
	case LONG_START:
		args->start = optarg;
		return true;
	case LONG_END:
		args->end = optarg;
		return true;
	case LONG_SYSTEM:
		args->system = true;
		return true;
	case LONG_OFF:
		args->off = true;
		return true;
	case LONG_UNDO:
		args->undo = true;
		return true;
	case LONG_ROOT:
		args->root = optarg;
		return true;
	case LONG_TEXT:
		args->text = true;
		return true;
	case LONG_LIST:
		args->list = true;
		return true;
	case LONG_SEAL_TEXT:
		args->seal_text = true;
		return true;
	case LONG_FORMAT:
		args->format = optarg;
		return true;
	case 'o':
		args->columns = optarg;
		return true;
	case LONG_DELAY:
		args->delay = optarg;
		return true;
	case LONG_ONCE:
		args->once = true;
		return true;
	case LONG_NOHEADINGS:
		args->noheadings = true;
		return true;
	default:
		return take_report_option(args, c) || take_gate_option(args, c) ||
		       take_calls_option(args, c) || take_service_option(args, c);
	}
}

/**
 * args_parse - parse the command line of a command
 * @cmd: the command
 * @argc: words, that of the command included
 * @argv: the words; their order may change
 * @args: result
 *
 * Return: EXIT_OK, EXIT_USAGE after a message, or ARGS_HELP.
 */
int args_parse(const struct cmd *cmd, int argc, char **argv, struct args *args)
{
	const char *letters = cmd->opts & OPT_STOP ? "+:h" : cmd->opts & OPT_TABLE ? ":ho:" : ":h";
	struct option opts[NR_KNOWN + 2];
	int c;

	*args = (struct args){ 0 };
	select_options(cmd, opts);
	opterr = 0;
	optind = 0;
	while ((c = getopt_long(argc, argv, letters, opts, NULL)) != -1) {
		if (c == 'h')
			return ARGS_HELP;
		if (!take_option(args, c))
			return bad_option(cmd, c, argv[optind - 1]);
	}
	args->argc = argc - optind;
	args->argv = argv + optind;
	return check_operands(cmd, args);
}

static bool parse_positive(const char *text, unsigned long max,
			   unsigned long *val)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*val = strtoul(text, &end, 10);
	return !errno && !*end && *val && *val <= max;
}

/**
 * args_pid - read a process ID
 * @text: operand
 * @pid: result
 *
 * Return: EXIT_OK, or EXIT_USAGE after a message.
 */
int args_pid(const char *text, int *pid)
{
	unsigned long val;

	if (!parse_positive(text, INT_MAX, &val))
		return nacc_fail(EXIT_USAGE,
				 "'%s' is not a process ID: give a decimal number that ps shows",
				 text);
	*pid = (int)val;
	return EXIT_OK;
}

/**
 * args_domain - read the ID of a domain
 * @text: operand
 * @domain: result
 *
 * Return: EXIT_OK, or EXIT_USAGE after a message.
 */
int args_domain(const char *text, uint32_t *domain)
{
	unsigned long val;

	if (!parse_positive(text, UINT32_MAX, &val))
		return nacc_fail(EXIT_USAGE,
				 "'%s' is not the ID of a domain: give a number that 'nacc ps' shows",
				 text);
	*domain = (uint32_t)val;
	return EXIT_OK;
}
