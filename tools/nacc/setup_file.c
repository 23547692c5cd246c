// SPDX-License-Identifier: GPL-2.0
/*
 * nacc setup: files, read whole, and written whole or not at all.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nacc.h"
#include "setup.h"
#include "sys.h"

static int read_fd(int fd, char **text)
{
	size_t len = 0, room = 4096;
	ssize_t n;

	*text = nacc_alloc(NULL, room, 1);
	while ((n = read(fd, *text + len, room - len - 1)) > 0) {
		len += (size_t)n;
		if (room - len == 1) {
			room *= 2;
			*text = nacc_alloc(*text, room, 1);
		}
	}
	(*text)[len] = '\0';
	return n < 0 ? errno : 0;
}

static int unreadable(const char *path, int err)
{
	return nacc_fail(err == EACCES ? EXIT_PERM : EXIT_SYS,
			 "%s cannot be read: %s: nothing was changed", path,
			 strerror(err));
}

/**
 * setup_read - read a configuration file
 * @path: of it
 * @text: result, NULL if there is no such file; free() it
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int setup_read(const char *path, char **text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;

	*text = NULL;
	if (fd < 0)
		return errno == ENOENT ? EXIT_OK : unreadable(path, errno);
	err = read_fd(fd, text);
	close(fd);
	return err ? unreadable(path, err) : EXIT_OK;
}

/**
 * setup_data - read one of the files that are installed with the command
 * @name: below NACC_DATADIR
 * @text: result; free() it
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int setup_data(const char *name, char **text)
{
	char path[PATH_MAX];
	int fd, err;

	snprintf(path, sizeof(path), NACC_DATADIR "/%s", name);
	fd = sys_open(path, O_RDONLY);
	if (fd < 0)
		return nacc_fail(EXIT_SYS,
				 "%s is not there: install nacc with its files (make install)",
				 path);
	err = read_fd(fd, text);
	close(fd);
	return err ? unreadable(path, err) : EXIT_OK;
}

/* Length of the name of a folder where nacc's programs are, or were, installed; or 0 */
static size_t folder_at(const char *text)
{
	static const char *const folders[] = { NACC_SBINDIR, "/usr/sbin", "/usr/local/sbin" };
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(folders); i++) {
		len = strlen(folders[i]);
		if (!strncmp(text, folders[i], len) && !strncmp(text + len, "/nacc", 5))
			return len;
	}
	return 0;
}

/**
 * setup_same - whether texts are the same, wherever they say that nacc is installed
 * @a: one
 * @b: the other
 */
bool setup_same(const char *a, const char *b)
{
	size_t in_a, in_b;

	while (*a && *b) {
		in_a = folder_at(a);
		in_b = folder_at(b);
		if (in_a && in_b) {
			a += in_a;
			b += in_b;
		} else if (*a++ != *b++) {
			return false;
		}
	}
	return *a == *b;
}

/**
 * setup_is_shipped - whether a text is that of an installed file, now or in earlier releases
 * @name: of the file, below NACC_DATADIR
 * @text: the text
 */
bool setup_is_shipped(const char *name, const char *text)
{
	char path[PATH_MAX], *shipped;
	bool same = false;
	int fd, i;

	for (i = 0; !same; i++) {
		if (i)
			snprintf(path, sizeof(path), NACC_DATADIR "/earlier/%s.%d", name, i);
		else
			snprintf(path, sizeof(path), NACC_DATADIR "/%s", name);
		fd = sys_open(path, O_RDONLY);
		if (fd < 0)
			return false;
		same = !read_fd(fd, &shipped) && setup_same(shipped, text);
		close(fd);
		free(shipped);
	}
	return same;
}

/**
 * setup_still_named - say that what is to be taken away is in use
 * @path: file that says so
 * @line: its line
 * @what: what it says
 *
 * Return: EXIT_SYS.
 */
int setup_still_named(const char *path, unsigned int line, const char *what)
{
	return nacc_fail(EXIT_SYS,
			 "%s line %u still says that nacc is the %s: nothing was changed; take that out first",
			 path, line, what);
}

/**
 * setup_path - where a file of the system to be changed is
 * @setup: what is to be done
 * @path: absolute path there
 *
 * Return: the path here; free() it.
 */
char *setup_path(const struct setup *setup, const char *path)
{
	const char *root = *setup->root ? setup->root : sys_root();
	size_t len = strlen(root) + strlen(path) + 1;
	char *whole = nacc_alloc(NULL, len, 1);

	snprintf(whole, len, "%s%s", root, path);
	return whole;
}

static void make_folders(char *path)
{
	char *slash;

	for (slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
}

static bool replace(const char *path, const char *text)
{
	char tmp[PATH_MAX];
	struct stat st;
	FILE *out;
	int fd, err;

	/* One that is too long is not there either */
	snprintf(tmp, sizeof(tmp), "%s.nacc-XXXXXX", path);
	fd = mkstemp(tmp);
	if (fd < 0)
		return false;
	/* As it was, or as such files are */
	if (stat(path, &st) || fchown(fd, st.st_uid, st.st_gid))
		st.st_mode = 0644;
	fchmod(fd, st.st_mode & 07777);
	out = fdopen(fd, "w");
	if (!out)
		close(fd);
	else if (fputs(text, out) >= 0 && !fflush(out) && !fsync(fd) &&
		 !fclose(out) && !rename(tmp, path))
		return true;
	err = errno;
	unlink(tmp);
	errno = err;
	return false;
}

/**
 * setup_replace - put a file in the place of another, or of none, at once
 * @path: of it; a link stays one
 * @text: what shall be in it
 *
 * Return: done; else errno says why, and what was there is as it was.
 */
bool setup_replace(const char *path, const char *text)
{
	char *target = realpath(path, NULL);
	struct stat st;
	bool ok = false;
	int err;

	/* A device or a FIFO is not to become a file. */
	if (target && !stat(target, &st) && !S_ISREG(st.st_mode))
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
	else
		ok = replace(target ? target : path, text);
	err = errno;
	free(target);
	errno = err;
	return ok;
}

/**
 * setup_write - make a file hold a text, and say so
 * @setup: what is to be done
 * @path: of the file
 * @text: what shall be in it
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int setup_write(const struct setup *setup, const char *path, const char *text)
{
	char *whole = setup_path(setup, path), *old;
	int ret, err;

	ret = setup_read(whole, &old);
	if (ret)
		goto out;
	if (old && !strcmp(old, text)) {
		printf("%s: as it shall be already\n", whole);
		goto out;
	}
	make_folders(whole);
	err = setup_replace(whole, text) ? 0 : errno;
	if (err)
		ret = nacc_fail(err == EACCES ? EXIT_PERM : EXIT_SYS,
				"%s cannot be written: %s: it is as it was",
				whole, strerror(err));
	else
		printf("%s: %s\n", whole, old ? "changed" : "written");
out:
	free(old);
	free(whole);
	return ret;
}

/**
 * setup_remove - take a file away, and say so
 * @setup: what is to be done
 * @path: of the file
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int setup_remove(const struct setup *setup, const char *path)
{
	char *whole = setup_path(setup, path);
	int ret = EXIT_OK;

	if (!unlink(whole))
		printf("%s: removed\n", whole);
	else if (errno == ENOENT)
		printf("%s: was not there\n", whole);
	else
		ret = nacc_fail(EXIT_SYS, "%s cannot be removed: %s: see its folder's rights",
				whole, strerror(errno));
	free(whole);
	return ret;
}
