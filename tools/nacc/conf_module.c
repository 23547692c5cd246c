// SPDX-License-Identifier: GPL-2.0
/*
 * nacc.conf: the module, loaded as the file says; or, if it is loaded, compared with it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "conf.h"
#include "sys.h"

#define SYS_MODULE	"/sys/module/nacc"
#define PARAM_LEN	64

static bool is_loaded(void)
{
	DIR *dir = sys_opendir(SYS_MODULE);

	if (dir)
		closedir(dir);
	return dir;
}

static int load(const struct conf *conf)
{
	char words[NR_CONF_PARAMS][PARAM_LEN + 16], text[PARAM_LEN];
	char *argv[NR_CONF_PARAMS + 3] = { "modprobe", "nacc" };
	const char *why = "";
	int i, ret, n = 2;

	for (i = 0; i < NR_CONF_PARAMS; i++) {
		if (!conf->params[i].text)
			continue;
		ret = conf_param_text(conf, i, text, sizeof(text));
		if (ret)
			return ret;
		snprintf(words[i], sizeof(words[i]), "%s=%s", conf_param_name(i), text);
		argv[n++] = words[i];
	}
	ret = sys_run(argv);
	if (ret && signed_only())
		why = ", and this kernel takes only those that a key it knows has signed";
	if (ret)
		return nacc_fail(EXIT_ABSENT,
				 "the module cannot be loaded (modprobe exits with %d)%s: dmesg says why, 'nacc doctor' what is missing",
				 ret, why);
	printf("module: loaded");
	for (i = 2; i < n; i++)
		printf(" %s", argv[i]);
	putchar('\n');
	return EXIT_OK;
}

static bool read_param(const char *name, char *text, size_t size)
{
	char path[128];
	FILE *file;
	bool ok;

	snprintf(path, sizeof(path), SYS_MODULE "/parameters/%s", name);
	file = procfile_try(path);
	ok = file && fgets(text, (int)size, file);
	if (file)
		fclose(file);
	if (ok)
		text[strcspn(text, "\n")] = '\0';
	return ok;
}

/* What is in force is what it was loaded with; it is not changed under what is marked. */
static int compare(const struct conf *conf)
{
	char want[PARAM_LEN], have[PARAM_LEN];
	int i, bad, ret = EXIT_OK;

	for (i = 0; i < NR_CONF_PARAMS; i++) {
		if (!conf->params[i].text)
			continue;
		bad = conf_param_text(conf, i, want, sizeof(want));
		if (!bad && !read_param(conf_param_name(i), have, sizeof(have)))
			bad = conf_fail(conf, &conf->params[i], EXIT_ABSENT,
					"the loaded module has no '%s': load the nacc.ko of this release",
					conf_param_name(i));
		else if (!bad && strcmp(want, have))
			bad = conf_fail(conf, &conf->params[i], EXIT_SYS,
					"the module was loaded with %s=%s, not %s: unmark all, 'rmmod nacc', apply again; or reset the machine",
					conf_param_name(i), have, want);
		if (bad)
			ret = bad;
	}
	if (!ret)
		printf("module: was loaded\n");
	return ret;
}

/**
 * conf_module - have the module loaded as a file says
 * @conf: the file
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int conf_module(const struct conf *conf)
{
	return is_loaded() ? compare(conf) : load(conf);
}
