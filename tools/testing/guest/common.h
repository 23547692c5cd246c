/* SPDX-License-Identifier: GPL-2.0 */
/* Small things that the test programs share. */
#ifndef COMMON_H
#define COMMON_H

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE		4096UL
#define MEGA		1048576UL

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* die(): the one way a test program gives up; a message and status 1. */
#define die(...) do { \
	fflush(stdout); \
	fprintf(stderr, "FAILED (%s:%d): ", __FILE__, __LINE__); \
	fprintf(stderr, __VA_ARGS__); \
	fprintf(stderr, "\n"); \
	exit(1); \
} while (0)

#define check(what) do { if (!(what)) die("%s (%s)", #what, strerror(errno)); } while (0)

/* Is a thread of ours in the kernel, and waits there? */
static inline int is_asleep(int tid)
{
	char path[64], text[256], *end;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	fd = open(path, O_RDONLY);
	check(fd >= 0);
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	end = strrchr(text, ')');
	return end && (end[2] == 'S' || end[2] == 'D');
}

/* A generator whose numbers depend on the seed alone. */
static inline uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* fill()/sum(): a page's content from a key, and a checksum of memory. */
static inline void fill(void *to, size_t len, uint64_t key)
{
	uint64_t *word = to;
	uint64_t state = key * 0x9e3779b97f4a7c15ULL + 1;

	for (size_t i = 0; i < len / sizeof(*word); i++)
		word[i] = next_random(&state);
}

static inline int filled(const void *from, size_t len, uint64_t key)
{
	const uint64_t *word = from;
	uint64_t state = key * 0x9e3779b97f4a7c15ULL + 1;

	for (size_t i = 0; i < len / sizeof(*word); i++)
		if (word[i] != next_random(&state))
			return 0;
	return 1;
}

static inline int all_zero(const void *from, size_t len)
{
	const uint64_t *word = from;

	for (size_t i = 0; i < len / sizeof(*word); i++)
		if (word[i])
			return 0;
	return 1;
}

static inline uint64_t sum(const void *from, size_t len, uint64_t start)
{
	const uint64_t *word = from;

	for (size_t i = 0; i < len / sizeof(*word); i++)
		start = (start ^ word[i]) * 0x100000001b3ULL;
	return start;
}

/* option(): the number behind --name, or a default. */
static inline long option(int argc, char **argv, const char *name, long otherwise)
{
	for (int i = 1; i + 1 < argc; i++)
		if (!strcmp(argv[i], name))
			return strtol(argv[i + 1], NULL, 0);
	return otherwise;
}

#endif /* COMMON_H */
