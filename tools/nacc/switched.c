// SPDX-License-Identifier: GPL-2.0
/*
 * What keeps the module out: nacc.enable=0 on the kernel's command line, or a kernel that
 * takes signed modules only.
 */
#include <stdio.h>
#include <string.h>

#include "cmd.h"

/* What ends a word of the kernel's command line, for modprobe */
#define BLANKS	" \t\n\v\f\r"

/* As the kernel reads a boolean parameter */
static bool is_no(const char *text)
{
	if (*text == 'o' || *text == 'O')
		return text[1] == 'f' || text[1] == 'F';
	return *text && strchr("0nNfF", *text);
}

/*
 * The next word, which a blank outside of quotes ends; NULL: there is none, or none whose
 * quote ends.
 */
static char *next_word(char **rest)
{
	char *word = *rest + strspn(*rest, BLANKS), *end = word;
	bool quoted = false;

	for (; *end && (quoted || !strchr(BLANKS, *end)); end++)
		quoted ^= *end == '"';
	if (end == word || quoted)
		return NULL;
	*rest = end + !!*end;
	*end = '\0';
	return word;
}

/* nacc.enable=VALUE, with its value or all of it in quotes, or without a value, which is yes */
static void read_word(const char *word, bool *off)
{
	static const char key[] = "nacc.enable";
	const bool quoted = *word == '"';

	word += quoted;
	if (strncmp(word, key, sizeof(key) - 1))
		return;
	word += sizeof(key) - 1;
	if (*word == '=')
		*off = is_no(word + 1 + (!quoted && word[1] == '"'));
	else if (!*word)
		*off = false;
}

/**
 * switched_off - was the kernel told that there is to be no NACC?
 *
 * Words are told apart as modprobe does, and values are read as the kernel does; the last
 * of several counts.
 */
bool switched_off(void)
{
	FILE *file = procfile_try("/proc/cmdline");
	char line[4096], *rest = line, *word;
	bool off = false;

	if (!file)
		return false;
	line[fread(line, 1, sizeof(line) - 1, file)] = '\0';
	fclose(file);
	while ((word = next_word(&rest)))
		read_word(word, &off);
	return off;
}

static bool says(const char *path, const char *pattern)
{
	FILE *file = procfile_try(path);
	char line[64];
	bool found;

	if (!file)
		return false;
	found = fgets(line, sizeof(line), file) && strstr(line, pattern);
	fclose(file);
	return found;
}

/**
 * signed_only - does this kernel refuse modules that no key it knows has signed?
 *
 * By module.sig_enforce, or because it is locked down.
 */
bool signed_only(void)
{
	return says("/sys/module/module/parameters/sig_enforce", "Y") ||
	       says("/sys/kernel/security/lockdown", "[integrity]") ||
	       says("/sys/kernel/security/lockdown", "[confidentiality]");
}
