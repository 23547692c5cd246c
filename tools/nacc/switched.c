// SPDX-License-Identifier: GPL-2.0
/*
 * What keeps the module out: nacc.enable=0 on the kernel's command line, or a kernel that
 * takes signed modules only.
 */
#include <stdio.h>
#include <string.h>

#include "cmd.h"

/* As the kernel reads a boolean parameter */
static bool is_no(const char *text)
{
	if (*text == 'o' || *text == 'O')
		return text[1] == 'f' || text[1] == 'F';
	return *text && strchr("0nNfF", *text);
}

/**
 * switched_off - was the kernel told that there is to be no NACC?
 *
 * The last word of several counts, as for modprobe.
 */
bool switched_off(void)
{
	static const char key[] = "nacc.enable=";
	FILE *file = procfile_try("/proc/cmdline");
	char line[4096], *rest = line, *word;
	bool off = false;

	if (!file)
		return false;
	if (fgets(line, sizeof(line), file))
		while ((word = strsep(&rest, "\n ")))
			if (!strncmp(word, key, sizeof(key) - 1))
				off = is_no(word + sizeof(key) - 1);
	fclose(file);
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
