// SPDX-License-Identifier: GPL-2.0
/*
 * Moments that are remembered no longer: those of domains that have ended, whose IDs no other
 * gets, and of one domain all but the newest.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "calls.h"
#include "cmd.h"

/**
 * struct remembered - the files in a folder, DOMAIN.MOMENT each
 * @nr: how many
 * @names: their names
 */
struct remembered {
	size_t nr;
	char **names;
};

/* Return: the name of the moment, or NULL: the file is no moment's. */
static const char *moment_of(const char *file, uint32_t *domain)
{
	unsigned long id;
	char *rest;

	if (!isdigit((unsigned char)*file))
		return NULL;
	errno = 0;
	id = strtoul(file, &rest, 10);
	*domain = (uint32_t)id;
	return errno || id > UINT32_MAX || *rest != '.' ? NULL : rest + 1;
}

/* What somebody was about to write who has ended: MOMENT_NEXT and his PID */
static bool is_left(const char *file)
{
	const size_t len = strlen(MOMENT_NEXT);
	uint64_t pid;

	return !strncmp(file, MOMENT_NEXT, len) && number_parse(file + len, &pid) &&
	       pid <= INT32_MAX && kill((pid_t)pid, 0) && errno == ESRCH;
}

static void read_names(DIR *dir, struct remembered *r)
{
	struct dirent *entry;

	while ((entry = readdir(dir))) {
		r->names = nacc_alloc(r->names, r->nr + 1, sizeof(*r->names));
		r->names[r->nr] = nacc_alloc(NULL, strlen(entry->d_name) + 1, 1);
		strcpy(r->names[r->nr++], entry->d_name);
	}
}

/* The domains are read behind the files: what is not there then has ended. */
static void forget_ended(int dir, const struct remembered *r)
{
	struct table domains;
	uint32_t domain;
	size_t i;

	if (!procfile_load_if_there("domains", &domains))
		for (i = 0; i < r->nr; i++)
			if (is_left(r->names[i]) || (moment_of(r->names[i], &domain) &&
						     !table_has(&domains, "id", domain)))
				unlinkat(dir, r->names[i], 0);
	table_free(&domains);
}

static bool is_older(const struct stat *a, const struct stat *b)
{
	return a->st_mtim.tv_sec != b->st_mtim.tv_sec ? a->st_mtim.tv_sec < b->st_mtim.tv_sec :
							a->st_mtim.tv_nsec < b->st_mtim.tv_nsec;
}

/* Of a domain that has as many as it can have */
static void forget_oldest(int dir, const struct remembered *r, uint32_t domain)
{
	const char *moment, *oldest = NULL;
	struct stat st, first;
	uint32_t whose;
	size_t i, nr = 0;

	for (i = 0; i < r->nr; i++) {
		moment = moment_of(r->names[i], &whose);
		if (!moment || whose != domain || !strcmp(moment, NACC_LAST_TIME) ||
		    fstatat(dir, r->names[i], &st, AT_SYMLINK_NOFOLLOW))
			continue;
		nr++;
		if (oldest && !is_older(&st, &first))
			continue;
		first = st;
		oldest = r->names[i];
	}
	if (nr >= MOMENTS_OF_ONE && !unlinkat(dir, oldest, 0))
		nacc_fail(0, "domain %u has %u moments already: the oldest, '%s', is forgotten",
			  domain, MOMENTS_OF_ONE, moment_of(oldest, &whose));
}

/**
 * moments_tidy - make room for a moment, and forget those of domains that have ended
 * @place: folder where they are
 * @domain: that is to have one more; 0: none is
 */
void moments_tidy(const char *place, uint32_t domain)
{
	DIR *dir = opendir(place);
	struct remembered r = { 0 };

	if (!dir)
		return;
	read_names(dir, &r);
	forget_ended(dirfd(dir), &r);
	if (domain)
		forget_oldest(dirfd(dir), &r, domain);
	closedir(dir);
	while (r.nr)
		free(r.names[--r.nr]);
	free(r.names);
}
