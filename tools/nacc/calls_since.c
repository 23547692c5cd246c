// SPDX-License-Identifier: GPL-2.0
/*
 * Moments: how often system calls had been made then, in files below /run, which the end of
 * the machine's session ends, as it does the IDs of domains.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "calls.h"
#include "cmd.h"
#include "sys.h"

#define MAGIC		"nacccal1"
#define MOMENT_MAX	64

struct saved {
	char magic[8];
	struct calls_made made;
};

/**
 * moment_check - can a moment be called so?
 * @moment: a name
 *
 * Return: EXIT_OK, or EXIT_USAGE after a message.
 */
int moment_check(const char *moment)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	const size_t len = strlen(moment);

	if (!strcmp(moment, NACC_LAST_TIME) ||
	    (len && len <= MOMENT_MAX && *moment != '.' && strspn(moment, letters) == len))
		return EXIT_OK;
	return nacc_fail(EXIT_USAGE,
			 "'%.100s' cannot be a moment: give up to %u letters, digits, '.', '_', '-'",
			 moment, MOMENT_MAX);
}

/* Return: false, with errno set: there is no such place, or path. */
static bool path_of(char path[PATH_MAX], uint32_t domain, const char *moment)
{
	char dir[PATH_MAX];

	errno = ENOENT;
	return sys_state(dir, sizeof(dir)) &&
	       snprintf(path, PATH_MAX, "%s/syscalls/%u.%s", dir, domain, moment) < PATH_MAX;
}

/* Cuts off the name of the file. In the folder above are others' things, too: metrics' socket. */
static void make_place(char *path)
{
	char *above;

	*strrchr(path, '/') = '\0';
	above = strrchr(path, '/');
	*above = '\0';
	if (!mkdir(path, 0755))
		chmod(path, 0755);
	*above = '/';
	mkdir(path, 0700);
}

static int write_saved(const char *path, const struct saved *saved)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600), err = 0;
	ssize_t n;

	if (fd < 0)
		return errno;
	n = write(fd, saved, sizeof(*saved));
	if (n < 0)
		err = errno;
	else if (n != sizeof(*saved))
		err = ENOSPC;
	close(fd);
	return err;
}

/**
 * moment_save - remember how often calls have been made
 * @made: how often
 * @moment: what this moment is to be called
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int moment_save(const struct calls_made *made, const char *moment)
{
	static struct saved saved;
	char path[PATH_MAX], place[PATH_MAX], next[PATH_MAX + 32];
	bool is_new;
	int err;

	if (!path_of(path, made->domain, moment))
		return nacc_fail(EXIT_SYS,
				 "there is nowhere to remember this: set XDG_RUNTIME_DIR, or run nacc as root");
	memcpy(saved.magic, MAGIC, sizeof(saved.magic));
	saved.made = *made;
	strcpy(place, path);
	make_place(place);
	is_new = access(path, F_OK) && strcmp(moment, NACC_LAST_TIME);
	moments_tidy(place, is_new ? made->domain : 0);
	snprintf(next, sizeof(next), "%s/" MOMENT_NEXT "%d", place, (int)getpid());
	err = write_saved(next, &saved);
	if (!err && rename(next, path))
		err = errno;
	if (!err)
		return EXIT_OK;
	unlink(next);
	return nacc_fail(EXIT_SYS, "%s cannot be written: %s", path, strerror(err));
}

/* Return: 0, ENOENT: there is none, or another errno. */
static int load(struct saved *saved, uint32_t domain, const char *moment)
{
	char path[PATH_MAX];
	ssize_t n;
	int fd;

	if (!path_of(path, domain, moment))
		return errno;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno;
	n = read(fd, saved, sizeof(*saved));
	close(fd);
	return n == sizeof(*saved) && !memcmp(saved->magic, MAGIC, sizeof(saved->magic)) &&
	       saved->made.domain == domain ? 0 : EUCLEAN;
}

/* Is what was counted then a part of what is counted now? */
static bool same_count(const struct calls_made *then, const struct calls_made *now)
{
	return then->traced == now->traced && (!now->traced || then->begun == now->begun);
}

static void subtract(struct calls_made *made, const struct calls_made *then)
{
	unsigned int nr;

	/* They are of 32 bits, and may have begun anew meanwhile. */
	for (nr = 0; nr < NACC_CALLS; nr++)
		made->counts[nr] -= then->counts[nr];
	made->other -= then->other;
	made->refused -= then->refused;
	made->refused_calls -= then->refused_calls;
	if (made->traced)
		made->begun = then->now;
}

/**
 * moment_subtract - only what was made since a moment
 * @made: how often calls have been made
 * @moment: name of the moment
 *
 * Since the last time, if nobody has asked before, is all.
 *
 * Return: EXIT_OK, or another exit status after a message.
 */
int moment_subtract(struct calls_made *made, const char *moment)
{
	const bool last = !strcmp(moment, NACC_LAST_TIME);
	static struct saved then;
	int err = load(&then, made->domain, moment);

	if (!err && same_count(&then.made, made))
		subtract(made, &then.made);
	else if (last && err && err != ENOENT)
		nacc_fail(0, "warning: what was remembered cannot be read: these are all calls");
	else if (last && !err)
		nacc_fail(0, "counted anew since the last time: these are all calls");
	else if (!last && err == ENOENT)
		return nacc_fail(EXIT_NOENT,
				 "domain %u has no moment '%s': 'nacc syscalls %u --moment %s' makes one",
				 made->domain, moment, made->domain, moment);
	else if (!last && err)
		return nacc_fail(EXIT_SYS, "the moment '%s' cannot be read: %s", moment,
				 strerror(err));
	else if (!last)
		return nacc_fail(EXIT_NOENT,
				 "what is counted of domain %u began after the moment '%s': make another",
				 made->domain, moment);
	return EXIT_OK;
}
