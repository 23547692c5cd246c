// SPDX-License-Identifier: GPL-2.0
/*
 * Errors: one sentence on stderr, and memory that is there or ends the program.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nacc.h"

/* No sentence is longer, but by a name in it, of which the beginning will do. */
#define SENTENCE	1024

static void (*fail_also)(const char *text);
static const char *fail_path;
static unsigned int fail_line;

/**
 * nacc_fail_also - where else nacc_fail() says it
 * @also: takes the sentence, without newline
 */
void nacc_fail_also(void (*also)(const char *text))
{
	fail_also = also;
}

/*
 * Names come from others, and a sentence is one line: what a terminal does not show as a
 * character in its place is written as \ooo, in octal.
 */
static void make_safe(char *to, const char *text)
{
	size_t len;

	for (; *text; text += len ? len : 1) {
		len = *text == ' ' ? 1 : utf8_shown(text);
		if (len)
			to = mempcpy(to, text, len);
		else
			to += sprintf(to, "\\%03o", (unsigned char)*text);
	}
	*to = '\0';
}

/* By one call: others may write to the same terminal, or log. */
static void write_line(const char *line)
{
	ssize_t done;

	do {
		done = write(STDERR_FILENO, line, strlen(line));
	} while (done < 0 && errno == EINTR);
}

/**
 * nacc_fail_at - which line of a file is to blame from here on
 * @path: of the file, which must stay there; NULL: none
 * @line: of it
 */
void nacc_fail_at(const char *path, unsigned int line)
{
	fail_path = path;
	fail_line = line;
}

/**
 * nacc_fail - say what was wrong and what to do
 * @code: exit status to hand on
 * @fmt: the sentence, without newline
 *
 * Return: @code.
 */
int nacc_fail(int code, const char *fmt, ...)
{
	char text[SENTENCE] = "", line[4 * SENTENCE + 8] = "nacc: ";
	va_list ap;

	fflush(stdout);
	if (fail_path)
		snprintf(text, sizeof(text), "%s:%u: ", fail_path, fail_line);
	va_start(ap, fmt);
	vsnprintf(text + strlen(text), sizeof(text) - strlen(text), fmt, ap);
	va_end(ap);
	make_safe(line + strlen(line), text);
	if (fail_also)
		fail_also(line + strlen("nacc: "));
	strcat(line, "\n");
	write_line(line);
	return code;
}

/**
 * nacc_alloc - reallocarray() that does not return without memory
 * @old: memory to resize, or NULL
 * @count: number of elements
 * @size: size of each
 *
 * Return: the memory; without any, the program ends with EXIT_NOMEM.
 */
void *nacc_alloc(void *old, size_t count, size_t size)
{
	void *mem = NULL;

	if (!count)
		count = 1;
	if (!size || count <= SIZE_MAX / size)
		mem = realloc(old, count * size);
	if (!mem)
		exit(nacc_fail(EXIT_NOMEM,
			       "the machine has no memory left: free some and try again"));
	return mem;
}

/**
 * nacc_stream - open_memstream() that does not return without memory
 * @text: what is written, after fclose(); free() it
 * @len: its length
 *
 * Return: the stream; without memory, the program ends with EXIT_NOMEM.
 */
FILE *nacc_stream(char **text, size_t *len)
{
	FILE *out = open_memstream(text, len);

	if (!out)
		exit(nacc_fail(EXIT_NOMEM,
			       "the machine has no memory left: free some and try again"));
	return out;
}
