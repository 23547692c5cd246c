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

static int print_gate(const struct args *args, const struct nacc_gate *gate)
{
	const bool ptrace = gate->flags & NACC_GATE_PTRACE, list = gate->flags & NACC_GATE_LIST;
	struct json_object *obj;

	if (!args->json) {
		printf("domain %u: gate %s%s%s\n", gate->domain, gate_mode_name(gate->mode),
		       ptrace ? ", debuggers may change registers" : "",
		       list ? ", only system calls of the list" : "");
		return EXIT_OK;
	}
	obj = out_object();
	out_add_u64(obj, "domain", gate->domain);
	out_add_str(obj, "gate", gate_mode_name(gate->mode));
	out_add_bool(obj, "ptrace", ptrace);
	out_add_bool(obj, "list", list);
	out_json(stdout, obj);
	return EXIT_OK;
}

static int show(const struct args *args, int fd, uint32_t domain)
{
	struct nacc_gate gate = {
		.size = sizeof(gate), .domain = domain, .mode = NACC_GATE_ASK,
	};
	int err = dev_call(fd, NACC_IOC_GATE, &gate);

	return err ? dev_explain(NACC_IOC_GATE, err, domain, 0) : print_gate(args, &gate);
}

static int run_gate(const struct args *args)
{
	uint32_t domain = 0, mode = NACC_GATE_OFF;
	int ret = EXIT_OK, fd;

	if (args->argv[1])
		ret = gate_mode(args->argv[1], &mode);
	if (!ret && (args->ptrace || args->allow) && mode == NACC_GATE_OFF)
		ret = nacc_fail(EXIT_USAGE, "gate: --ptrace and --allow go with audit or enforce");
	if (!ret)
		ret = dev_open(&fd);
	if (ret)
		return ret;
	ret = target_any(fd, args->argv[0], &domain);
	if (!ret && args->argv[1])
		ret = gate_set(fd, domain, mode, args);
	if (!ret)
		ret = show(args, fd, domain);
	close(fd);
	return ret;
}

const struct cmd cmd_gate = {
	.name = "gate",
	.usage = "ID|NAME|PID [off|audit|enforce] [--ptrace] [--allow FILE] [--json]",
	.brief = "have the firmware watch the registers of a domain's threads",
	.help =
	"While the gate of a domain is on, the firmware keeps the registers of each of its\n"
	"threads when that leaves user mode, and compares when it comes back: what the\n"
	"kernel has saved of it cannot be changed by somebody who can write kernel memory.\n"
	"Without a mode, show it.\n"
	"\n"
	"  ID, NAME      of the domain, as 'nacc ps' shows them\n"
	"  PID           of a process of it\n"
	"  off           nothing is kept or compared\n"
	"  audit         what does not fit is on record ('nacc audit'), and happens\n"
	"  enforce       it is on record, and the thread goes on with what it had\n"
	"  --ptrace      let debuggers change registers\n"
	"  --allow FILE  no system calls but those that FILE names, one a line or as an OCI\n"
	"                seccomp profile: see 'nacc syscalls'. With audit others are on\n"
	"                record only\n"
	"  --json        print an object\n"
	"\n"
	"Processes go on while it is switched. Each takes a page of the pool more for every\n"
	"four threads, and the domain one.\n"
	"\n"
	"Example:\n"
	"  # nacc gate web enforce\n"
	"  domain 3: gate enforce\n",
	.opts = OPT_JSON | OPT_GATE,
	.min = 1,
	.max = 2,
	.run = run_gate,
};
