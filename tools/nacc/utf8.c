// SPDX-License-Identifier: GPL-2.0
/*
 * UTF-8: which bytes are a character.
 */
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
