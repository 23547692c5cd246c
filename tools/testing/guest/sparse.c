// SPDX-License-Identifier: GPL-2.0
/*
 * sparse GIB [forever]: a mapping of that many GiB with three pages in use, and what the
 * routes replace done to all of it: fork, mprotect, MADV_DONTNEED, munmap; once, or
 * until it is killed.
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"

#define RW	(PROT_READ | PROT_WRITE)
/* Beyond 47 bits there is only what is asked for. */
#define HIGH	((void *)(1UL << 55))

static char *used[3];

static int all_are(char value)
{
	return *used[0] == value && *used[1] == value && *used[2] == value;
}

static void fork_it(void)
{
	pid_t child = fork();
	int status;

	check(child >= 0);
	if (!child) {
		*used[1] = 2;
		_exit(*used[0] == 1 && *used[1] == 2 && *used[2] == 1 ? 0 : 1);
	}
	check(waitpid(child, &status, 0) == child && !status);
	check(all_are(1));
}

static void once(size_t len)
{
	char *at = mmap(len >> 46 ? HIGH : NULL, len, RW,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	check(at != MAP_FAILED && !madvise(at, len, MADV_NOHUGEPAGE));
	used[0] = at;
	used[1] = at + len / 2 + 5 * PAGE;
	used[2] = at + len - 1;
	for (size_t i = 0; i < ARRAY_SIZE(used); i++)
		*used[i] = 1;
	fork_it();
	check(!mprotect(at, len, PROT_READ) && all_are(1));
	check(!mprotect(at, len, RW) && all_are(1));
	*used[2] = 1;
	check(!madvise(at, len, MADV_DONTNEED) && all_are(0));
	*used[1] = 3;
	check(!munmap(at, len));
}

int main(int argc, char **argv)
{
	size_t gib = argc > 1 ? strtoul(argv[1], NULL, 0) : 0;

	check(gib && gib <= 1UL << 25);
	do {
		once(gib << 30);
	} while (argc > 2);
	printf("sparse: %zu GiB: right\n", gib);
	return 0;
}
