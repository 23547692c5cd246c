// SPDX-License-Identifier: GPL-2.0
/*
 * System calls: their names, and lists of bits.
 */
#include <stdio.h>
#include <string.h>

#include <linux/nacc.h>

#include "calls.h"
#include "cmd.h"

/* What stands before the number of a call that has no name */
#define NAMELESS	"syscall_"

static const struct {
	unsigned int nr;
	const char *name;
} names[] = {
#include "calls_names.h"
};

/**
 * call_name - name of a system call
 * @nr: its number
 *
 * Return: the name, or NULL: this command does not know it.
 */
const char *call_name(unsigned int nr)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].nr == nr)
			return names[i].name;
	return NULL;
}

/**
 * call_text - a system call in words
 * @nr: its number
 * @buf: room for them
 *
 * Return: its name; of one that has none here "syscall_" and the number, which lists may have,
 * too.
 */
const char *call_text(unsigned int nr, char buf[CALL_TEXT])
{
	const char *name = call_name(nr);

	if (name)
		return name;
	snprintf(buf, CALL_TEXT, NAMELESS "%u", nr);
	return buf;
}

/**
 * call_find - number of a system call
 * @text: its name, its number, or what call_text() says
 * @nr: result
 *
 * Return: whether it is one.
 */
bool call_find(const char *text, unsigned int *nr)
{
	uint64_t val;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		*nr = names[i].nr;
		if (!strcmp(names[i].name, text))
			return *nr < NACC_CALLS;
	}
	*nr = NACC_CALLS;
	if (!strncmp(text, NAMELESS, strlen(NAMELESS)))
		text += strlen(NAMELESS);
	if (number_parse(text, &val) && val < NACC_CALLS)
		*nr = (unsigned int)val;
	return *nr < NACC_CALLS;
}

/**
 * calls_has - is a call in a list?
 * @list: a list
 * @nr: number of the call
 */
bool calls_has(const __u64 list[NACC_CALLS / 64], unsigned int nr)
{
	return list[nr / 64] >> nr % 64 & 1;
}

/**
 * calls_add - a call is in a list from now on
 * @list: a list
 * @nr: number of the call
 */
void calls_add(__u64 list[NACC_CALLS / 64], unsigned int nr)
{
	list[nr / 64] |= 1ULL << nr % 64;
}

/**
 * calls_name - is a call, by its name, in a list?
 * @list: a list
 * @name: its name
 */
bool calls_name(const __u64 list[NACC_CALLS / 64], const char *name)
{
	unsigned int nr;

	return call_find(name, &nr) && calls_has(list, nr);
}
