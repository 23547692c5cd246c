// SPDX-License-Identifier: GPL-2.0
/*
 * nacc.enable=0 on the kernel's command line.
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
