// SPDX-License-Identifier: GPL-2.0
/*
 * nacc syscalls
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "calls.h"
#include "cmd.h"
#include "dev.h"
#include "out.h"

static void add_call(struct json_object *list, unsigned int nr, uint32_t count)
{
	struct json_object *call = out_object();
	char text[CALL_TEXT];

	out_add_str(call, "name", call_text(nr, text));
	out_add_u64(call, "number", nr);
	out_add_u64(call, "count", count);
	out_append(list, call);
}

static const char *source_name(const struct calls_made *made)
{
	return made->traced ? "tracepoint" : "gate";
}

static struct json_object *syscalls_object(const struct args *args, const struct calls_made *made)
{
	const bool last = args->since && !strcmp(args->since, NACC_LAST_TIME);
	struct json_object *obj = out_object(), *list = out_array();
	unsigned int nr;

	for (nr = 0; nr < NACC_CALLS; nr++)
		if (made->counts[nr])
			add_call(list, nr, made->counts[nr]);
	out_add_u64(obj, "domain", made->domain);
	out_add_str(obj, "source", source_name(made));
	out_add_str(obj, "gate", gate_mode_name(made->mode));
	out_add(obj, "calls", list);
	out_add_u64(obj, "other_calls", made->other);
	out_add_u64(obj, "refused", made->refused);
	out_add_u64(obj, "refused_calls", made->refused_calls);
	if (args->since)
		out_add_str(obj, "since", last ? "last" : args->since);
	else
		out_add(obj, "since", NULL);
	return obj;
}

static void print_footer(const struct args *args, const struct calls_made *made)
{
	const bool last = args->since && !strcmp(args->since, NACC_LAST_TIME);

	printf("\nother calls: %llu, ", (unsigned long long)made->other);
	if (made->traced)
		printf("counted by the kernel (tracepoint) in %.1f seconds",
		       (double)(made->now - made->begun) / 1e9);
	else
		printf("calls refused: %llu, returns refused: %llu; gate %s",
		       (unsigned long long)made->refused_calls,
		       (unsigned long long)made->refused, gate_mode_name(made->mode));
	if (args->since)
		printf("; since %s", last ? "the last time" : args->since);
	printf("\n");
}

static int print_syscalls(const struct args *args, const struct calls_made *made)
{
	static const char *const cols[] = { "name", "number", "count", NULL };
	struct json_object *obj = syscalls_object(args, made);
	int ret = out_table(args, json_object_object_get(obj, "calls"), cols, NULL);

	if (!ret && !out_bare(args))
		print_footer(args, made);
	json_object_put(obj);
	return ret;
}

static int print_made(const struct args *args, const struct calls_made *made)
{
	if (args->format) {
		if (made->traced)
			nacc_fail(0, "counted by the kernel, which somebody may have changed");
		return profile_print(made->counts);
	}
	if (!args->json && args->record) {
		printf("domain %u: the kernel counts its system calls, until --stop\n",
		       made->domain);
		return EXIT_OK;
	}
	if (!args->json)
		return print_syscalls(args, made);
	out_json(stdout, syscalls_object(args, made));
	return EXIT_OK;
}

/* What is remembered is what was counted, not what is printed. */
static int print_since(const struct args *args, struct calls_made *made)
{
	const bool last = args->since && !strcmp(args->since, NACC_LAST_TIME);
	static struct calls_made now;
	int ret = EXIT_OK;

	now = *made;
	if (args->since)
		ret = moment_subtract(made, args->since);
	if (!ret)
		ret = print_made(args, made);
	if (!ret && last)
		ret = moment_save(&now, NACC_LAST_TIME);
	if (!ret && args->moment)
		ret = moment_save(&now, args->moment);
	return ret;
}

static int check_format(const struct args *args)
{
	if (!args->format)
		return EXIT_OK;
	if (strcmp(args->format, "oci-seccomp"))
		return nacc_fail(EXIT_USAGE,
				 "'%s' is no format: there is oci-seccomp", args->format);
	return args->json ? nacc_fail(EXIT_USAGE, "syscalls: give either --json or --format") :
			    EXIT_OK;
}

static int check_options(const struct args *args)
{
	int ret = check_format(args);

	if (!ret && args->record && (args->stop || args->format || args->since || args->moment))
		ret = nacc_fail(EXIT_USAGE,
				"syscalls: --record goes with none of --stop, --format, --since, --moment");
	if (!ret && args->since)
		ret = moment_check(args->since);
	if (!ret && args->moment)
		ret = strcmp(args->moment, NACC_LAST_TIME) ? moment_check(args->moment) :
							      moment_check("");
	return ret;
}

static int run_syscalls(const struct args *args)
{
	static struct calls_made made;
	int ret = check_options(args), fd;

	if (!ret)
		ret = dev_open(&fd);
	if (ret)
		return ret;
	ret = target_any(fd, args->argv[0], &made.domain);
	if (!ret)
		ret = made_read(fd, args, &made);
	if (!ret)
		ret = print_since(args, &made);
	close(fd);
	return ret;
}

const struct cmd cmd_syscalls = {
	.name = "syscalls",
	.usage =
	"ID|NAME|PID [--since[=MOMENT]] [--moment MOMENT] [--record|--stop] [-o COLS] [--noheadings] [--json] [--format oci-seccomp]",
	.brief = "which system calls a domain makes, and how often",
	.help =
	"Print how often each system call was made in a domain while its gate was on, as the\n"
	"firmware has counted them, and what it has refused.\n"
	"\n"
	"Without a gate the kernel counts, by its tracepoint: for 5 seconds, or from --record\n"
	"to --stop. Whoever can write the kernel's memory can change that; all system calls of\n"
	"the machine take longer meanwhile; what seccomp has refused is not counted. When nobody\n"
	"has asked for a day it ends by itself: --stop shows what it has counted until then.\n"
	"\n"
	"  ID, NAME              of the domain, as 'nacc ps' shows them\n"
	"  PID                   of a process of it: the calls of all of the domain\n"
	"  --since               only what was made since the last time that --since was asked;\n"
	"                        the first time all\n"
	"  --moment MOMENT       call this moment MOMENT, for later. It is remembered until the\n"
	"                        domain ends; of one domain the last 64 are\n"
	"  --since=MOMENT        only what was made since then\n"
	"  --record              without a gate: have the kernel count from now on\n"
	"  --stop                print what it has counted, and have it count no more\n"
	"  --json                print an object; \"source\" is \"gate\" or \"tracepoint\"\n"
	"  --format oci-seccomp  print a profile that allows these, for container engines\n"
	"                        (--security-opt seccomp=FILE) and for 'nacc gate --allow'.\n"
	"                        Beside them it has, in a rule of its own, what runtimes call\n"
	"                        before the program is there: execve, capset, setuid, ...\n"
	"\n"
	"Example:\n"
	"  # nacc syscalls web\n"
	"  NAME   NUMBER  COUNT\n"
	"  openat 56      412\n"
	"  ...\n"
	"  # nacc syscalls web --format oci-seccomp > web.json\n"
	"  # nacc syscalls web -o name --noheadings | nacc gate web enforce --allow -\n"
	"  domain 3: gate enforce, only system calls of the list (38)\n",
	.opts = OPT_JSON | OPT_FORMAT | OPT_TABLE | OPT_CALLS,
	.min = 1,
	.max = 1,
	.run = run_syscalls,
};
