// SPDX-License-Identifier: GPL-2.0
/*
 * UTF-8: which bytes are a character.
 */
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "nacc.h"

/**
 * utf8_len - how many bytes a character has
 * @text: its first byte
 *
 * Return: 1 to 4; 0 if it is none, or a control character of the upper half: JSON lets
 * them be, and terminals obey.
 */
size_t utf8_len(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t i, len = *s < 0x80 ? 1 : *s < 0xc2 ? 0 : *s < 0xe0 ? 2 :
			*s < 0xf0 ? 3 : *s < 0xf5 ? 4 : 0;

	if (*s == 0xc2 && s[1] < 0xa0)
		return 0;
	for (i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((*s == 0xe0 && s[1] < 0xa0) || (*s == 0xed && s[1] > 0x9f) ||
	    (*s == 0xf0 && s[1] < 0x90) || (*s == 0xf4 && s[1] > 0x8f))
		return 0;
	return len;
}

/* Also those at which no line is broken, which iswspace() does not count */
static bool is_space(wchar_t c)
{
	return iswspace((wint_t)c) || c == 0xa0 || c == 0x2007 || c == 0x202f;
}

/**
 * utf8_shown - how many bytes a character has that a terminal shows in a place of its own
 * @text: its first byte
 *
 * Not what only turns the direction of writing, changes the one before it, or is blank; and
 * nothing but ASCII unless the locale has UTF-8, as a terminal that knows no better may obey
 * some of the bytes.
 *
 * Return: 1 to 4; 0: it is none.
 */
size_t utf8_shown(const char *text)
{
	const unsigned char c = (unsigned char)*text;
	size_t len = utf8_len(text);
	wchar_t wide;

	if (c < 0x80)
		return c > ' ' && c < 0x7f;
	if (!len || strcmp(nl_langinfo(CODESET), "UTF-8") || mbtowc(&wide, text, len) < 0)
		return 0;
	return iswprint((wint_t)wide) && !is_space(wide) && wcwidth(wide) > 0 ? len : 0;
}

/* Is it one of those that only say how others are written: directions, joiners, line ends? */
static bool is_format(const unsigned char *s)
{
	switch (s[0]) {
	case 0xd8:	/* U+061C */
		return s[1] == 0x9c;
	case 0xe2:	/* U+200B to 200F, 2028 to 202E, 2060 to 206F */
		return (s[1] == 0x80 && ((s[2] >= 0x8b && s[2] <= 0x8f) ||
					 (s[2] >= 0xa8 && s[2] <= 0xae))) ||
		       (s[1] == 0x81 && s[2] >= 0xa0 && s[2] <= 0xaf);
	case 0xef:	/* U+FEFF */
		return s[1] == 0xbb && s[2] == 0xbf;
	default:
		return false;
	}
}

/**
 * utf8_plain - how many bytes a character has that is no control, whatever the locale
 * @text: its first byte
 *
 * Return: 1 to 4; 0: it is none.
 */
size_t utf8_plain(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	if (*s < ' ' || *s == 0x7f || (utf8_len(text) && is_format(s)))
		return 0;
	return utf8_len(text);
}

/**
 * utf8_valid - whether a text is nothing but characters
 * @text: the text
 *
 * Return: whether each of them is one for utf8_len().
 */
bool utf8_valid(const char *text)
{
	size_t len;

	for (; *text; text += len) {
		len = utf8_len(text);
		if (!len)
			return false;
	}
	return true;
}

/**
 * utf8_width - how many columns of a terminal a text takes
 * @text: the text, without control characters
 *
 * Return: so many.
 */
size_t utf8_width(const char *text)
{
	size_t width = 0;
	wchar_t wide;
	int len;

	for (; *text; text += len) {
		len = mbtowc(&wide, text, MB_CUR_MAX);
		width += len < 1 || wcwidth(wide) < 0 ? 1 : (size_t)wcwidth(wide);
		len = len < 1 ? 1 : len;
	}
	return width;
}
