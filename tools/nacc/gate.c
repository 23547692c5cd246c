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
 * gate_set - switch the gate of a domain
 * @fd: the device
 * @domain: the domain
 * @mode: enum nacc_gate_mode
 * @args: --ptrace and --allow
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int gate_set(int fd, uint32_t domain, uint32_t mode, const struct args *args)
{
	struct nacc_gate gate = { .size = sizeof(gate), .domain = domain, .mode = mode };
	struct nacc_allow list = { .size = sizeof(list), .domain = domain };
	int ret, err = 0;

	if (args->allow) {
		uint64_t allowed[NACC_CALLS / 64];

		ret = calls_read(args->allow, allowed);
		if (ret)
			return ret;
		memcpy(list.allowed, allowed, sizeof(list.allowed));
		gate.flags |= NACC_GATE_LIST;
		err = dev_call(fd, NACC_IOC_ALLOW, &list);
	}
	if (args->ptrace)
		gate.flags |= NACC_GATE_PTRACE;
	if (!err)
		err = dev_call(fd, NACC_IOC_GATE, &gate);
	return err ? dev_explain(NACC_IOC_GATE, err, domain, 0) : EXIT_OK;
}
