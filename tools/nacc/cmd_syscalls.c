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

static struct json_object *syscalls_object(const struct nacc_syscalls *calls,
					   const uint32_t *counts)
{
	struct json_object *obj = out_object(), *list = out_array();
	unsigned int nr;

	for (nr = 0; nr < NACC_CALLS; nr++)
		if (counts[nr])
			add_call(list, nr, counts[nr]);
	out_add_u64(obj, "domain", calls->domain);
	out_add_str(obj, "gate", gate_mode_name(calls->mode));
	out_add(obj, "calls", list);
	out_add_u64(obj, "other_calls", calls->other_calls);
	out_add_u64(obj, "refused", calls->refused);
	out_add_u64(obj, "refused_calls", calls->refused_calls);
	return obj;
}

static int print_syscalls(const struct args *args, struct json_object *obj)
{
	static const char *const cols[] = { "name", "number", "count", NULL };

	int ret = out_table(args, json_object_object_get(obj, "calls"), cols, NULL);

	if (!ret && !out_bare(args))
		printf("\nother calls: %s, calls refused: %s, returns refused: %s; gate %s\n",
		       json_object_get_string(json_object_object_get(obj, "other_calls")),
		       json_object_get_string(json_object_object_get(obj, "refused_calls")),
		       json_object_get_string(json_object_object_get(obj, "refused")),
		       json_object_get_string(json_object_object_get(obj, "gate")));
	json_object_put(obj);
	return ret;
}

static int print_counts(const struct args *args, const struct nacc_syscalls *calls,
			const uint32_t *counts)
{
	if (args->format)
		return profile_print(counts);
	if (!args->json)
		return print_syscalls(args, syscalls_object(calls, counts));
	out_json(stdout, syscalls_object(calls, counts));
	return EXIT_OK;
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

static int run_syscalls(const struct args *args)
{
	static uint32_t counts[NACC_CALLS];
	struct nacc_syscalls calls = {
		.size = sizeof(calls),
		.count = NACC_CALLS,
		.counts = (uintptr_t)counts,
	};
	int ret = check_format(args), fd, err;

	if (!ret)
		ret = dev_open(&fd);
	if (ret)
		return ret;
	ret = target_any(fd, args->argv[0], &calls.domain);
	if (!ret) {
		err = dev_call(fd, NACC_IOC_SYSCALLS, &calls);
		ret = err ? dev_explain(NACC_IOC_SYSCALLS, err, calls.domain, 0) :
			    print_counts(args, &calls, counts);
	}
	close(fd);
	return ret;
}

const struct cmd cmd_syscalls = {
	.name = "syscalls",
	.usage = "ID|NAME|PID [-o COLS] [--noheadings] [--json] [--format oci-seccomp]",
	.brief = "which system calls a gated domain makes, and how often",
	.help =
	"Print how often each system call was made in a domain while its gate was on, as the\n"
	"firmware has counted them, and what it has refused.\n"
	"\n"
	"  ID, NAME              of the domain, as 'nacc ps' shows them\n"
	"  PID                   of a process of it\n"
	"  --json                print an object\n"
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
	.opts = OPT_JSON | OPT_FORMAT | OPT_TABLE,
	.min = 1,
	.max = 1,
	.run = run_syscalls,
};
