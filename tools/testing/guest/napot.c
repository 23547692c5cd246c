// SPDX-License-Identifier: GPL-2.0
/*
 * napot: huge pages of 64 KiB, which Linux maps by 16 Svnapot entries each.
 *
 * Filled, forked and written by both sides, protected, unmapped in part and mapped
 * again; every byte is looked at. Prints a checksum, then waits for the end of its
 * standard input with the pages mapped, so that others can look at its tables.
 */
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"

#define HUGE		(64 * 1024UL)
#define NR_HUGE		24
#define HUGE_64K	(16 << MAP_HUGE_SHIFT)

static char *map(void *at, size_t len)
{
	char *area = mmap(at, len, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | HUGE_64K |
			  (at ? MAP_FIXED : 0), -1, 0);

	check(area != MAP_FAILED);
	return area;
}

static void write_all(char *area, uint64_t key)
{
	for (size_t i = 0; i < NR_HUGE * HUGE / PAGE; i++)
		fill(area + i * PAGE, PAGE, key + i);
}

static int all_is(const char *area, uint64_t key)
{
	for (size_t i = 0; i < NR_HUGE * HUGE / PAGE; i++)
		if (!filled(area + i * PAGE, PAGE, key + i))
			return 0;
	return 1;
}

/* The child sees what was, writes all of it, and the parent does not see that. */
static void fork_and_write(char *area)
{
	int status;
	pid_t child = fork();

	check(child >= 0);
	if (!child) {
		if (!all_is(area, 1000))
			_exit(2);
		write_all(area, 5000);
		_exit(all_is(area, 5000) ? 0 : 3);
	}
	check(waitpid(child, &status, 0) == child);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	check(all_is(area, 1000));
}

int main(void)
{
	char *area = map(NULL, NR_HUGE * HUGE);
	uint64_t result;

	write_all(area, 1000);
	check(all_is(area, 1000));
	fork_and_write(area);
	check(!mprotect(area, NR_HUGE * HUGE, PROT_READ));
	check(all_is(area, 1000));
	check(!mprotect(area, NR_HUGE * HUGE, PROT_READ | PROT_WRITE));
	write_all(area, 9000);
	result = sum(area, NR_HUGE * HUGE, 0);
	check(!munmap(area + 8 * HUGE, 4 * HUGE));
	map(area + 8 * HUGE, 4 * HUGE);
	check(all_zero(area + 8 * HUGE, 4 * HUGE));
	check(filled(area + 12 * HUGE, PAGE, 9000 + 12 * HUGE / PAGE));
	result = sum(area, NR_HUGE * HUGE, result);
	printf("napot: %d pages of 64 KiB, checksum %#llx\n", NR_HUGE, (unsigned long long)result);
	fflush(stdout);
	getchar();
	return 0;
}
