// SPDX-License-Identifier: GPL-2.0
/*
 * Bytes out of words and files.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "nacc.h"
#include "report_file.h"

static int digit(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) % 16 : -1;
}

/**
 * report_hex - read bytes in hex
 * @what: what they are, for a person
 * @text: the digits
 * @to: where to
 * @min: fewest bytes
 * @max: most bytes
 * @bytes: result: they
 *
 * Return: EXIT_OK, or EXIT_USAGE after a message.
 */
int report_hex(const char *what, const char *text, uint8_t *to, size_t min, size_t max,
	       struct bytes *bytes)
{
	size_t len = strlen(text), i;

	if (min == max && len != 2 * max)
		return nacc_fail(EXIT_USAGE, "%s: %zu bytes in hex are wanted", what, max);
	if (len % 2 || len < 2 * min || len > 2 * max)
		return nacc_fail(EXIT_USAGE, "%s: %zu to %zu bytes in hex are wanted", what,
				 min, max);
	for (i = 0; i < len; i++)
		if (digit(text[i]) < 0)
			return nacc_fail(EXIT_USAGE, "%s: '%c' is no hex digit", what, text[i]);
	for (i = 0; i < len / 2; i++)
		to[i] = (uint8_t)(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
	*bytes = (struct bytes){ to, len / 2 };
	return EXIT_OK;
}

/**
 * report_read - read a file
 * @path: its path
 * @max: most bytes; of a longer one, one more
 * @bytes: result: they, in memory that the caller frees
 *
 * Return: EXIT_OK, or EXIT_NOENT after a message.
 */
int report_read(const char *path, size_t max, struct bytes *bytes)
{
	FILE *in = fopen(path, "rb");
	uint8_t *to;

	if (!in)
		return nacc_fail(EXIT_NOENT, "%s cannot be read: %s", path, strerror(errno));
	to = nacc_alloc(NULL, max + 1, 1);
	*bytes = (struct bytes){ to, fread(to, 1, max + 1, in) };
	fclose(in);
	return EXIT_OK;
}
