// SPDX-License-Identifier: GPL-2.0
/* The gate of a domain: how it is switched. */
#include <string.h>

#include <nacc_sbi.h>

#include "calls.h"
#include "cmd.h"
#include "dev.h"

static const char *const modes[] = {
	[NACC_GATE_OFF] = "off",
	[NACC_GATE_AUDIT] = "audit",
	[NACC_GATE_ENFORCE] = "enforce",
};

/**
 * gate_mode_name - name of a mode
 * @mode: enum nacc_gate_mode
 *
 * Return: the name.
 */
const char *gate_mode_name(uint32_t mode)
{
	return mode < ARRAY_SIZE(modes) ? modes[mode] : "unknown";
}

/**
 * gate_mode - read a mode
 * @text: operand
 * @mode: result
 *
 * Return: EXIT_OK, or EXIT_USAGE after a message.
 */
int gate_mode(const char *text, uint32_t *mode)
{
	for (*mode = 0; *mode < ARRAY_SIZE(modes); ++*mode)
		if (!strcmp(text, modes[*mode]))
			return EXIT_OK;
	return nacc_fail(EXIT_USAGE, "'%s' is no mode of a gate: give off, audit or enforce",
			 text);
}

/**
 * gate_ask - how the gate of a domain is
 * @fd: the device
 * @domain: the domain
 * @gate: result
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int gate_ask(int fd, uint32_t domain, struct nacc_gate *gate)
{
	int err;

	*gate = (struct nacc_gate){
		.size = sizeof(*gate), .domain = domain, .mode = NACC_GATE_ASK,
	};
	err = dev_call(fd, NACC_IOC_GATE, gate);
	return err ? dev_explain(NACC_IOC_GATE, err, domain, 0) : EXIT_OK;
}

/*
 * What is to be, by what is: without a mode it is as it was, or on for a list. What it was
 * given it keeps until that is taken from it by name.
 */
static int resolve(int fd, struct nacc_gate *gate, const struct args *args)
{
	const uint32_t gone = (args->no_ptrace ? NACC_GATE_PTRACE : 0) |
			      (args->no_allow ? NACC_GATE_LIST : 0);
	struct nacc_gate now;
	int ret;

	gate->flags = (args->ptrace ? NACC_GATE_PTRACE : 0) | (args->allow ? NACC_GATE_LIST : 0);
	if (gate->mode != NACC_GATE_ASK && !gone) {
		gate->flags |= NACC_GATE_KEEP;
		return EXIT_OK;
	}
	ret = gate_ask(fd, gate->domain, &now);
	if (ret)
		return ret;
	if (gate->mode == NACC_GATE_ASK)
		gate->mode = now.mode == NACC_GATE_OFF && args->allow ? NACC_GATE_ENFORCE :
								       now.mode;
	if (gate->mode == NACC_GATE_OFF && args->ptrace)
		return nacc_fail(EXIT_USAGE,
				 "the gate of domain %u is off: give audit or enforce",
				 gate->domain);
	gate->flags |= gone ? now.flags & ~gone : NACC_GATE_KEEP;
	return EXIT_OK;
}

/**
 * gate_set - switch the gate of a domain
 * @fd: the device
 * @domain: the domain
 * @mode: enum nacc_gate_mode; NACC_GATE_ASK: none was named
 * @args: --ptrace, --allow, --no-ptrace, --no-allow
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int gate_set(int fd, uint32_t domain, uint32_t mode, const struct args *args)
{
	struct nacc_gate gate = { .size = sizeof(gate), .domain = domain, .mode = mode };
	struct nacc_allow list = { .size = sizeof(list), .domain = domain };
	__u64 allowed[NACC_CALLS / 64];
	int ret = EXIT_OK, err = 0;

	if (args->allow)
		ret = calls_read(args->allow, allowed);
	/* "nacc run" is in the domain itself. */
	if (!ret && args->allow && args->gate && mode == NACC_GATE_ENFORCE &&
	    !calls_name(allowed, "execve"))
		ret = nacc_fail(EXIT_USAGE,
				"run: %s does not have execve: nothing could be started",
				args->allow);
	if (!ret)
		ret = resolve(fd, &gate, args);
	if (ret)
		return ret;
	if (args->allow) {
		memcpy(list.allowed, allowed, sizeof(list.allowed));
		err = dev_call(fd, NACC_IOC_ALLOW, &list);
	}
	if (!err)
		err = dev_call(fd, NACC_IOC_GATE, &gate);
	return err ? dev_explain(NACC_IOC_GATE, err, domain, 0) : EXIT_OK;
}
