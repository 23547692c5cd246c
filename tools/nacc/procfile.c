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

/* Room for the path of one */
#define NAME_LEN	64

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

static int parse_and_close(const char *name, const char *path, FILE *file, struct table *t)
{
	int ret = strcmp(name, "status") ? table_parse(file, t) : table_parse_status(file, t);

	fclose(file);
	if (ret < 0)
		return nacc_fail(EXIT_SYS, "reading %s failed: see dmesg", path);
	if (ret)
		return nacc_fail(EXIT_SYS,
				 "line %d of %s does not fit its first line: install the nacc of the module's release",
				 ret, path);
	return EXIT_OK;
}

static void path_of(const char *name, char path[NAME_LEN])
{
	snprintf(path, NAME_LEN, "/proc/nacc/%s", name);
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
	char path[NAME_LEN];
	FILE *file;
	int ret;

	*t = (struct table){ 0 };
	path_of(name, path);
	ret = procfile_open(path, &file);
	return ret ? ret : parse_and_close(name, path, file, t);
}

/**
 * procfile_load_if_there - likewise, for those that do without
 * @name: its name there
 * @t: result; table_free() it, also after an error
 *
 * Return: as procfile_load(); -1 with errno set and no message, if it cannot be opened.
 */
int procfile_load_if_there(const char *name, struct table *t)
{
	char path[NAME_LEN];
	FILE *file;

	*t = (struct table){ 0 };
	path_of(name, path);
	file = procfile_try(path);
	return file ? parse_and_close(name, path, file, t) : -1;
}
