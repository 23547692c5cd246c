// SPDX-License-Identifier: GPL-2.0
/*
 * Programs that are excepted where every process is marked: what a file names, and what the
 * module has.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"
#include "conf.h"
#include "dev.h"
#include "sys.h"

/* What comes before their names in /proc/nacc/status */
#define BUT_FOR		"on but for "

#define OTHERWISE	": 'nacc protect --off', apply again; or reset the machine"

/* Names, and which files they are now; that of no file is like no other. */
struct programs {
	const char *paths[NACC_EXCEPT_MAX];
	struct stat files[NACC_EXCEPT_MAX];
	unsigned int nr;
};

/**
 * conf_programs_open - open those that a file names
 * @conf: the file
 * @p: result; close them
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int conf_programs_open(const struct conf *conf, struct nacc_protect *p)
{
	struct conf_list list;
	const char *path;
	int ret = EXIT_OK;

	conf_list_begin(&list, &conf->except);
	while (!ret && (path = conf_list_next(&list))) {
		p->except[p->nr_except] = sys_open(path, O_PATH);
		if (p->except[p->nr_except] < 0)
			ret = conf_fail(conf, &conf->except, EXIT_NOENT,
					"%s cannot be opened: %s", path, strerror(errno));
		else
			p->nr_except++;
	}
	conf_list_end(&list);
	return ret;
}

static void add_program(struct programs *to, const char *path)
{
	int fd = sys_open(path, O_PATH);
	struct stat *file = &to->files[to->nr];

	if (fd < 0 || fstat(fd, file))
		*file = (struct stat){ 0 };
	if (fd >= 0)
		close(fd);
	to->paths[to->nr++] = path;
}

static bool has(const struct programs *list, const struct stat *file)
{
	unsigned int i;

	for (i = 0; i < list->nr; i++)
		if (file->st_ino && list->files[i].st_ino == file->st_ino &&
		    list->files[i].st_dev == file->st_dev)
			return true;
	return false;
}

/* Those that the module has; its text is cut up. A name is as the columns of tables are. */
static void parse_programs(char *text, struct programs *in_force)
{
	char *path;

	in_force->nr = 0;
	if (!text || strncmp(text, BUT_FOR, strlen(BUT_FOR)))
		return;
	text += strlen(BUT_FOR);
	while ((path = strsep(&text, ",")) && in_force->nr < NACC_EXCEPT_MAX) {
		table_unescape(path);
		add_program(in_force, path);
	}
}

static int compare(const struct conf *conf, const struct programs *want,
		   const struct programs *in_force)
{
	const struct conf_value *at = conf->except.text ? &conf->except : &conf->system;
	int ret = EXIT_OK;
	unsigned int i;

	for (i = 0; i < want->nr; i++)
		if (!has(in_force, &want->files[i]))
			ret = conf_fail(conf, at, EXIT_SYS,
					"every process is protected, %s not excepted" OTHERWISE,
					want->paths[i]);
	for (i = 0; i < in_force->nr; i++)
		if (!has(want, &in_force->files[i]))
			ret = conf_fail(conf, at, EXIT_SYS,
					"every process is protected, %s excepted, which is not named here"
					OTHERWISE, in_force->paths[i]);
	return ret;
}

static int compare_file(const struct conf *conf, const struct programs *in_force)
{
	struct programs want = { .nr = 0 };
	struct conf_list list;
	const char *path;
	int ret;

	conf_list_begin(&list, &conf->except);
	while (want.nr < NACC_EXCEPT_MAX && (path = conf_list_next(&list)))
		add_program(&want, path);
	ret = compare(conf, &want, in_force);
	conf_list_end(&list);
	return ret;
}

/**
 * conf_programs_same - are those excepted that a file names, and no others?
 * @conf: the file
 * @nr: how many are
 *
 * They are compared as the module knows them: by the file, whatever it is called.
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int conf_programs_same(const struct conf *conf, unsigned int nr)
{
	struct programs in_force;
	struct table status;
	int ret = procfile_load("status", &status);

	if (!ret) {
		parse_programs((char *)table_lookup(&status, "system"), &in_force);
		/* Somebody turns it on or off meanwhile. */
		ret = in_force.nr == nr ? compare_file(conf, &in_force) :
		      conf_fail(conf, &conf->system, EXIT_SYS,
				"which programs are excepted is just changed by somebody: apply again");
	}
	table_free(&status);
	return ret;
}
