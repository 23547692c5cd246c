// SPDX-License-Identifier: GPL-2.0
/*
 * Output: colours, on a terminal that has some, for who wants them (https://no-color.org).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "out.h"

static const struct {
	const char *name;
	const char *begin;
} sequences[] = {
	{ "red", "\033[31m" },
	{ "green", "\033[32m" },
	{ "yellow", "\033[33m" },
};

#define END	"\033[0m"

/**
 * out_colours - does standard output show colours?
 *
 * Return: whether it does.
 */
bool out_colours(void)
{
	const char *none = getenv("NO_COLOR"), *term = getenv("TERM");

	return !(none && *none) && term && *term && strcmp(term, "dumb") && isatty(STDOUT_FILENO);
}

/**
 * out_word - print a word to standard output
 * @word: the word
 * @width: of its column, or 0
 * @colour: a colour, where there are any, or NULL
 */
void out_word(const char *word, int width, const char *colour)
{
	size_t i;

	for (i = 0; colour && out_colours() && i < sizeof(sequences) / sizeof(*sequences); i++)
		if (!strcmp(colour, sequences[i].name)) {
			printf("%s%s%s%*s", sequences[i].begin, word, END,
			       width > (int)strlen(word) ? width - (int)strlen(word) : 0, "");
			return;
		}
	printf("%-*s", width, word);
}
