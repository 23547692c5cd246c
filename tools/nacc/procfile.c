// SPDX-License-Identifier: GPL-2.0
/*
 * Opening and reading the files of /proc/nacc.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "nacc.h"
#include "procfile.h"
#include "sys.h"

static bool module_answers(void)
{
	DIR *dir = sys_opendir("/proc/nacc");

	if (dir)
		closedir(dir);
	return dir;
}

static int open_failed(const char *path, int err)
{
	if (err == ENOENT && !strncmp(path, "/proc/nacc/", 11) &&
	    module_answers())
		return nacc_fail(EXIT_ABSENT,
				 "the loaded module is older and has no %s: load the nacc.ko of this release",
				 path);
	if (err == ENOENT || err == ENOTDIR)
		return nacc_fail(EXIT_ABSENT,
				 "%s is missing: load the module first (insmod nacc.ko)",
				 path);
	if (err == EACCES || err == EPERM)
		return nacc_fail(EXIT_PERM,
				 "not permitted to read %s: run nacc as root",
				 path);
	return nacc_fail(EXIT_SYS, "%s cannot be read: %s: see dmesg", path,
			 strerror(err));
}

/**
 * procfile_try - open a text file for reading that may not be there
 * @path: its path
 *
 * Return: the file, or NULL with errno set.
 */
FILE *procfile_try(const char *path)
{
	int fd = sys_open(path, O_RDONLY);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");

	if (fd >= 0 && !file)
		close(fd);
	return file;
}

/**
 * procfile_open - open a text file for reading
 * @path: its path
 * @file: result
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int procfile_open(const char *path, FILE **file)
{
	*file = procfile_try(path);
	if (*file)
		return EXIT_OK;
	if (errno == ENOMEM)
		return nacc_fail(EXIT_NOMEM,
				 "the machine has no memory left: free some and try again");
	return open_failed(path, errno);
}

/**
 * procfile_load - read and parse a file of /proc/nacc
 * @name: its name there
 * @t: result; table_free() it, also after an error
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int procfile_load(const char *name, struct table *t)
{
	char path[64];
	FILE *file;
	int ret;

	*t = (struct table){ 0 };
	snprintf(path, sizeof(path), "/proc/nacc/%s", name);
	ret = procfile_open(path, &file);
	if (ret)
		return ret;
	ret = strcmp(name, "status") ? table_parse(file, t) :
				       table_parse_status(file, t);
	fclose(file);
	if (ret < 0)
		return nacc_fail(EXIT_SYS, "reading %s failed: see dmesg", path);
	if (ret)
		return nacc_fail(EXIT_SYS,
				 "line %d of %s does not fit its first line: install the nacc of the module's release",
				 ret, path);
	return EXIT_OK;
}
