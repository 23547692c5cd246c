// SPDX-License-Identifier: GPL-2.0
/*
 * Errors: one sentence on stderr, and memory that is there or ends the program.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "nacc.h"

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
	char text[512];
	va_list ap;

	fflush(stdout);
	fputs("nacc: ", stderr);
	if (fail_path)
		fprintf(stderr, "%s:%u: ", fail_path, fail_line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	if (fail_also) {
		va_start(ap, fmt);
		vsnprintf(text, sizeof(text), fmt, ap);
		va_end(ap);
		fail_also(text);
	}
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
