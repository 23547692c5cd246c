// SPDX-License-Identifier: GPL-2.0
/*
 * The gate of a domain: which domain, and how it is switched.
 */
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

static bool find_id(const struct table *domains, uint64_t id)
{
	size_t i;

	for (i = 0; i < domains->nrows; i++)
		if (table_is(domains, i, "id", id))
			return true;
	return false;
}

static int find_name(const struct table *domains, const char *name, uint32_t *domain)
{
	uint64_t id, found = 0;
	size_t i;

	for (i = 0; i < domains->nrows; i++) {
		if (strcmp(table_cell(domains, i, "name"), name) ||
		    !table_u64(domains, i, "id", &id))
			continue;
		if (found)
			return nacc_fail(EXIT_USAGE,
					 "there is more than one domain '%s' (%llu and %llu): give its ID",
					 name, (unsigned long long)found,
					 (unsigned long long)id);
		found = id;
	}
	if (!found)
		return nacc_fail(EXIT_NOENT,
				 "there is no domain '%s': 'nacc ps' lists them", name);
	*domain = (uint32_t)found;
	return EXIT_OK;
}

static int find_number(int fd, const struct table *domains, uint64_t number, uint32_t *domain)
{
	*domain = (uint32_t)number;
	if (number <= UINT32_MAX && find_id(domains, number))
		return EXIT_OK;
	if (number && number <= INT32_MAX && !dev_domain(fd, (int)number, domain) && *domain)
		return EXIT_OK;
	return nacc_fail(EXIT_NOENT,
			 "%llu is neither a domain nor a process of one: 'nacc ps' lists them",
			 (unsigned long long)number);
}

/* For who may not read the list: an ID of his own. */
static int find_unlisted(const char *text, uint32_t *domain)
{
	return args_domain(text, domain);
}

/**
 * gate_target - which domain an operand names
 * @fd: the device
 * @text: its ID, its name, or a process of it
 * @domain: result
 *
 * An ID comes first.
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int gate_target(int fd, const char *text, uint32_t *domain)
{
	FILE *file = procfile_try("/proc/nacc/domains");
	struct table domains = { 0 };
	uint64_t number;
	int ret;

	if (!file)
		return find_unlisted(text, domain);
	ret = table_parse(file, &domains);
	fclose(file);
	if (!ret)
		ret = number_parse(text, &number) ?
		      find_number(fd, &domains, number, domain) :
		      find_name(&domains, text, domain);
	table_free(&domains);
	return ret;
}
