// SPDX-License-Identifier: GPL-2.0
/*
 * What may be forbidden in a domain, by name, and the call that does it.
 */
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "dev.h"

static const struct {
	const char *name;
	uint32_t bit;
} names[] = {
	{ "force-write", NACC_FORBID_FORCE_WRITE },
	{ "pin", NACC_FORBID_PIN },
};

static uint32_t find_bit(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (strlen(names[i].name) == len &&
		    !memcmp(names[i].name, name, len))
			return names[i].bit;
	return 0;
}

/**
 * forbid_parse - read what is to be forbidden
 * @text: names, with commas between them; NULL is nothing
 * @forbid: NACC_FORBID_* are added to it
 *
 * Return: EXIT_OK, or EXIT_USAGE after a message.
 */
int forbid_parse(const char *text, uint32_t *forbid)
{
	size_t len;
	uint32_t bit;

	while (text) {
		/* "force-write, pin", as other lists are written */
		text += strspn(text, " ");
		len = strcspn(text, ",");
		bit = find_bit(text, len);
		if (!bit)
			return nacc_fail(EXIT_USAGE,
					 "'%.*s' cannot be forbidden: give force-write, pin, or both with a comma",
					 (int)len, text);
		*forbid |= bit;
		text = text[len] ? text + len + 1 : NULL;
	}
	return EXIT_OK;
}

/**
 * forbid_call - forbid something in a domain
 * @fd: the device
 * @domain: ID of the domain
 * @forbid: NACC_FORBID_*; nothing: nothing is done
 * @start: first address
 * @end: address behind the last
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int forbid_call(int fd, uint32_t domain, uint32_t forbid, uint64_t start,
		uint64_t end)
{
	struct nacc_forbid arg = {
		.size = sizeof(arg),
		.domain = domain,
		.forbid = forbid,
		.start = start,
		.end = end,
	};
	int err;

	if (!forbid)
		return EXIT_OK;
	err = dev_call(fd, NACC_IOC_FORBID, &arg);
	return err ? dev_explain(NACC_IOC_FORBID, err, domain, 0) : EXIT_OK;
}
