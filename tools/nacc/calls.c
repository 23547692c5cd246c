// SPDX-License-Identifier: GPL-2.0
/*
 * System calls: their names, and lists of them.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/nacc.h>

#include "calls.h"
#include "cmd.h"

/* What is read of a list, at most */
#define FILE_MAX	(1024 * 1024)

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

/* By name, or as a number, or as call_text() says it */
static bool find_call(const char *text, unsigned int *nr)
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

static int allow(uint64_t *allowed, const char *text, const char *path)
{
	unsigned int nr;

	if (!find_call(text, &nr))
		return nacc_fail(EXIT_USAGE, "%s: '%s' is no system call of riscv64", path,
				 text);
	allowed[nr / 64] |= UINT64_C(1) << nr % 64;
	return EXIT_OK;
}

/* The names of one rule of an OCI seccomp profile */
static int allow_names(uint64_t *allowed, struct json_object *rule, const char *path)
{
	struct json_object *list = NULL, *action = NULL, *args = NULL, *name;
	int ret = EXIT_OK;
	size_t i;

	json_object_object_get_ex(rule, "names", &list);
	json_object_object_get_ex(rule, "action", &action);
	json_object_object_get_ex(rule, "args", &args);
	if (!json_object_is_type(list, json_type_array) ||
	    !json_object_is_type(action, json_type_string))
		return nacc_fail(EXIT_USAGE, "%s: a rule has no names or no action", path);
	if (strcmp(json_object_get_string(action), "SCMP_ACT_ALLOW"))
		return EXIT_OK;
	if (args && json_object_is_type(args, json_type_array) &&
	    json_object_array_length(args))
		return nacc_fail(EXIT_USAGE,
				 "%s: a rule asks for arguments: the firmware looks at numbers only",
				 path);
	for (i = 0; i < json_object_array_length(list) && !ret; i++) {
		name = json_object_array_get_idx(list, i);
		ret = json_object_is_type(name, json_type_string) ?
		      allow(allowed, json_object_get_string(name), path) :
		      nacc_fail(EXIT_USAGE, "%s: a name is no string", path);
	}
	return ret;
}

static int allow_profile(uint64_t *allowed, struct json_object *profile, const char *path)
{
	struct json_object *action = NULL, *rules = NULL, *rule;
	int ret = EXIT_OK;
	size_t i;

	json_object_object_get_ex(profile, "defaultAction", &action);
	json_object_object_get_ex(profile, "syscalls", &rules);
	if (!json_object_is_type(action, json_type_string) ||
	    !json_object_is_type(rules, json_type_array))
		return nacc_fail(EXIT_USAGE,
				 "%s is JSON, but no seccomp profile: defaultAction and syscalls are missing",
				 path);
	if (!strcmp(json_object_get_string(action), "SCMP_ACT_ALLOW"))
		return nacc_fail(EXIT_USAGE,
				 "%s allows what it does not name: give a list of what is allowed",
				 path);
	for (i = 0; i < json_object_array_length(rules) && !ret; i++) {
		rule = json_object_array_get_idx(rules, i);
		ret = json_object_is_type(rule, json_type_object) ?
		      allow_names(allowed, rule, path) :
		      nacc_fail(EXIT_USAGE, "%s: a rule is no object", path);
	}
	return ret;
}

/* Names, one a line; '#' begins a comment. */
static int allow_lines(uint64_t *allowed, char *text, const char *path)
{
	char *line, *end, *rest = text;
	int ret = EXIT_OK;

	while (!ret && (line = strsep(&rest, "\n"))) {
		line[strcspn(line, "#")] = '\0';
		line += strspn(line, " \t\r");
		for (end = line + strlen(line); end > line && isspace((unsigned char)end[-1]);)
			*--end = '\0';
		if (*line)
			ret = allow(allowed, line, path);
	}
	return ret;
}

static int parse_list(uint64_t *allowed, char *text, const char *path)
{
	struct json_object *profile;
	int ret;

	if (text[strspn(text, " \t\r\n")] != '{')
		return allow_lines(allowed, text, path);
	profile = json_tokener_parse(text);
	if (!profile)
		return nacc_fail(EXIT_USAGE, "%s: no JSON, though it begins with '{'", path);
	ret = allow_profile(allowed, profile, path);
	json_object_put(profile);
	return ret;
}

/* Return: the text, or NULL with errno set. It is a file of the caller's, wherever it is. */
static char *read_text(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;
	char *text = nacc_alloc(NULL, FILE_MAX, 1);
	size_t len = 0;
	ssize_t n = 0;

	if (fd >= 0)
		while (len < FILE_MAX && (n = read(fd, text + len, FILE_MAX - len)) > 0)
			len += (size_t)n;
	if (fd < 0 || n < 0)
		err = errno;
	else if (len == FILE_MAX)
		err = EFBIG;
	if (fd >= 0)
		close(fd);
	if (!err) {
		text[len] = '\0';
		return text;
	}
	free(text);
	errno = err;
	return NULL;
}

/**
 * calls_read - read a list of system calls
 * @path: names, one a line, or an OCI seccomp profile
 * @allowed: result: as struct nacc_allow has it
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int calls_read(const char *path, uint64_t allowed[NACC_CALLS / 64])
{
	char *text = read_text(path);
	uint64_t any = 0;
	size_t i;
	int ret;

	if (!text)
		return nacc_fail(EXIT_USAGE, "%s cannot be read: %s", path, strerror(errno));
	memset(allowed, 0, NACC_CALLS / 8);
	ret = parse_list(allowed, text, path);
	free(text);
	for (i = 0; i < NACC_CALLS / 64; i++)
		any |= allowed[i];
	if (!ret && !any)
		return nacc_fail(EXIT_USAGE, "%s allows no system call: name at least one", path);
	return ret;
}
