// SPDX-License-Identifier: GPL-2.0
/*
 * nacc gate
 */
#include <stdio.h>
#include <unistd.h>

#include <nacc_sbi.h>

#include "calls.h"
#include "cmd.h"
#include "dev.h"
#include "out.h"

/* The list of a domain that has one; it had a gate, so it has a record. */
static int read_list(int fd, uint32_t domain, struct nacc_syscalls *calls)
{
	int err;

	*calls = (struct nacc_syscalls){ .size = sizeof(*calls), .domain = domain };
	err = dev_call(fd, NACC_IOC_SYSCALLS, calls);
	return err ? dev_explain(NACC_IOC_SYSCALLS, err, domain, 0) : EXIT_OK;
}

static void print_text(const struct nacc_gate *gate, const struct nacc_syscalls *calls)
{
	const bool ptrace = gate->flags & NACC_GATE_PTRACE, list = gate->flags & NACC_GATE_LIST;
	const bool later = gate->mode == NACC_GATE_OFF && gate->flags;
	unsigned int nr, n = 0;

	printf("domain %u: gate %s%s", gate->domain, gate_mode_name(gate->mode),
	       later ? " (when it is on" : "");
	if (ptrace)
		printf("%sdebuggers may change registers", later ? ": " : ", ");
	for (nr = 0; nr < NACC_CALLS; nr++)
		n += list && calls_has(calls->allowed, nr);
	if (list)
		printf("%sonly system calls of the list (%u)", later && !ptrace ? ": " : ", ", n);
	printf("%s\n", later ? ")" : "");
}

static void print_object(const struct nacc_gate *gate, const struct nacc_syscalls *calls)
{
	struct json_object *obj = out_object(), *names = NULL;
	char text[CALL_TEXT];
	unsigned int nr;

	if (gate->flags & NACC_GATE_LIST)
		names = out_array();
	for (nr = 0; names && nr < NACC_CALLS; nr++)
		if (calls_has(calls->allowed, nr))
			out_append_str(names, call_text(nr, text));
	out_add_u64(obj, "domain", gate->domain);
	out_add_str(obj, "gate", gate_mode_name(gate->mode));
	out_add_bool(obj, "ptrace", gate->flags & NACC_GATE_PTRACE);
	out_add_bool(obj, "list", names);
	out_add(obj, "allowed", names);
	out_json(stdout, obj);
}

static int show(const struct args *args, int fd, uint32_t domain)
{
	struct nacc_syscalls calls = { 0 };
	struct nacc_gate gate;
	int ret = gate_ask(fd, domain, &gate);

	if (!ret && gate.flags & NACC_GATE_LIST)
		ret = read_list(fd, domain, &calls);
	if (ret)
		return ret;
	if (args->json)
		print_object(&gate, &calls);
	else
		print_text(&gate, &calls);
	return EXIT_OK;
}

static int check(const struct args *args, uint32_t mode)
{
	if (mode == NACC_GATE_OFF && (args->ptrace || args->allow))
		return nacc_fail(EXIT_USAGE, "gate: --ptrace and --allow go with audit or enforce");
	if ((args->ptrace && args->no_ptrace) || (args->allow && args->no_allow))
		return nacc_fail(EXIT_USAGE, "gate: an option and its --no- exclude each other");
	return EXIT_OK;
}

static int run_gate(const struct args *args)
{
	const bool changes = args->argv[1] || args->ptrace || args->allow || args->no_ptrace ||
			     args->no_allow;
	uint32_t domain = 0, mode = NACC_GATE_ASK;
	int ret = EXIT_OK, fd;

	if (args->argv[1])
		ret = gate_mode(args->argv[1], &mode);
	if (!ret)
		ret = check(args, mode);
	if (!ret)
		ret = dev_open(&fd);
	if (ret)
		return ret;
	ret = target_any(fd, args->argv[0], &domain);
	if (!ret && changes)
		ret = gate_set(fd, domain, mode, args);
	if (!ret)
		ret = show(args, fd, domain);
	close(fd);
	return ret;
}

const struct cmd cmd_gate = {
	.name = "gate",
	.usage =
	"ID|NAME|PID [off|audit|enforce] [--ptrace|--no-ptrace] [--allow FILE|--no-allow] [--json]",
	.brief = "have the firmware watch the registers of a domain's threads",
	.help =
	"While the gate of a domain is on, the firmware keeps the registers of each of its\n"
	"threads when that leaves user mode, and compares when it comes back: what the\n"
	"kernel has saved of it cannot be changed by somebody who can write kernel memory.\n"
	"Without a mode or an option, show it.\n"
	"\n"
	"  ID, NAME      of the domain, as 'nacc ps' shows them\n"
	"  PID           of a process of it\n"
	"  off           nothing is kept or compared\n"
	"  audit         what does not fit is on record ('nacc audit'), and happens\n"
	"  enforce       it is on record, and the thread goes on with what it had\n"
	"  --ptrace      let debuggers change registers\n"
	"  --no-ptrace   not any more\n"
	"  --allow FILE  no system calls but those that FILE (-: standard input) names, one a\n"
	"                line or as a seccomp profile of container engines: see 'nacc\n"
	"                syscalls'. What of that cannot be done here is said. With audit others\n"
	"                are on record only. Without a mode: enforce, if it is off\n"
	"  --no-allow    any system call again\n"
	"  --json        print an object; with the names of the list\n"
	"\n"
	"A gate keeps its list, and the leave of debuggers, whatever its mode becomes, off as\n"
	"well, until --no-allow, --no-ptrace or another list.\n"
	"\n"
	"Processes go on while it is switched. Each takes a page of the pool more for every\n"
	"four threads, and the domain one.\n"
	"\n"
	"Example:\n"
	"  # nacc gate web enforce\n"
	"  domain 3: gate enforce\n",
	.opts = OPT_JSON | OPT_GATE | OPT_UNGATE,
	.min = 1,
	.max = 2,
	.run = run_gate,
};
