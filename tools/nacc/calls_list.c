// SPDX-License-Identifier: GPL-2.0
/*
 * Lists of system calls, as files have them.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/nacc.h>

#include "calls.h"
#include "cmd.h"

/* What is read of a list, at most: a name of each call is no tenth of that. */
#define FILE_MAX	(1024 * 1024)

/* Names, one a line; '#' begins a comment. */
static int read_lines(__u64 *allowed, char *text, const char *path)
{
	char *line, *end, *rest = text;
	unsigned int nr;

	while ((line = strsep(&rest, "\n"))) {
		line[strcspn(line, "#")] = '\0';
		line += strspn(line, " \t\r");
		for (end = line + strlen(line); end > line && isspace((unsigned char)end[-1]);)
			*--end = '\0';
		if (*line && !call_find(line, &nr))
			return nacc_fail(EXIT_USAGE, "%s: '%.200s' is no system call of riscv64",
					 path, line);
		if (*line)
			calls_add(allowed, nr);
	}
	return EXIT_OK;
}

static int parse(__u64 *allowed, char *text, const char *path)
{
	if (text[strspn(text, " \t\r\n")] == '{')
		return profile_read(allowed, text, path);
	return read_lines(allowed, text, path);
}

/* Of what was opened. Return: its length; negative, with errno set. */
static ssize_t read_all(int fd, char *text)
{
	size_t len = 0;
	ssize_t n;

	while (len < FILE_MAX && (n = read(fd, text + len, FILE_MAX - len)) > 0)
		len += (size_t)n;
	if (len == FILE_MAX)
		errno = EFBIG;
	return len == FILE_MAX || n < 0 ? -1 : (ssize_t)len;
}

/* Return: the text, or NULL after a message. It is a file of the caller's, wherever it is. */
static char *read_text(const char *path, bool standard)
{
	int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	char *text = nacc_alloc(NULL, FILE_MAX, 1);
	ssize_t len = fd < 0 ? -1 : read_all(fd, text);
	const char *why = NULL;

	if (len < 0)
		why = errno == EFBIG ? "a list of system calls is not that large" :
				       strerror(errno);
	else if (memchr(text, '\0', (size_t)len))
		why = "that is no text";
	if (fd >= 0 && !standard)
		close(fd);
	if (!why) {
		text[len] = '\0';
		return text;
	}
	nacc_fail(EXIT_USAGE, "%s cannot be read: %s", path, why);
	free(text);
	return NULL;
}

/* What has no end, and what nobody can do with it */
static int check(const __u64 *allowed, const char *path)
{
	__u64 any = 0;
	size_t i;

	for (i = 0; i < NACC_CALLS / 64; i++)
		any |= allowed[i];
	if (!any)
		return nacc_fail(EXIT_USAGE, "%s allows no system call: name at least one", path);
	if (!calls_name(allowed, "exit_group"))
		nacc_fail(0,
			  "warning: %s does not have exit_group: a program that ends is killed then",
			  path);
	return EXIT_OK;
}

/**
 * calls_read - read a list of system calls
 * @path: names, one a line, or an OCI seccomp profile; "-": standard input
 * @allowed: result: as struct nacc_allow has it
 *
 * rt_sigreturn and restart_syscall, which the kernel has programs make, the firmware lets
 * pass whether they are there or not.
 *
 * Return: EXIT_OK, perhaps after warnings, or another exit status after a message.
 */
int calls_read(const char *path, __u64 allowed[NACC_CALLS / 64])
{
	const bool standard = !strcmp(path, "-");
	const char *name = standard ? "standard input" : *path ? path : "''";
	char *text = standard ? read_text(name, true) : read_text(path, false);
	int ret;

	if (!text)
		return EXIT_USAGE;
	memset(allowed, 0, NACC_CALLS / 8);
	ret = parse(allowed, text, name);
	free(text);
	return ret ? ret : check(allowed, name);
}
