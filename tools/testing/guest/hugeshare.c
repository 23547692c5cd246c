// SPDX-License-Identifier: GPL-2.0
/*
 * hugeshare [--processes N] [--rounds N] [--in-turn 1] [--stay N]: N processes map the
 * same huge pages, at the same address and over a whole entry of the level above, so
 * that the kernel may let them share the table between. Each adds to the pages while all
 * have them, splits its mapping, protects a part, adds again and ends; the sums must be
 * right. In turn: each begins when the one before has touched all pages. Stay: for so
 * many seconds, at last.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"

#define RW	(PROT_READ | PROT_WRITE)
#define HUGE	(2 * MEGA)
#define SPAN	(1024 * MEGA)
#define PAGES	3

static int fd;
static long processes, in_turn, stay;
static volatile int *arrived;

static void add(char *at, unsigned int page)
{
	__atomic_fetch_add((int *)(at + page * HUGE), 1, __ATOMIC_SEQ_CST);
}

static void wait_until(long others)
{
	/* Whoever has been killed does not come. */
	while (*arrived < others && getppid() != 1)
		sched_yield();
}

static int child(long number)
{
	char *at = mmap((void *)(64 * SPAN), SPAN, RW, MAP_SHARED | MAP_NORESERVE | MAP_FIXED, fd,
			0);

	check(at != MAP_FAILED);
	wait_until(in_turn ? number : 0);
	for (unsigned int i = 0; i < PAGES; i++)
		add(at, i);
	__atomic_fetch_add((int *)arrived, 1, __ATOMIC_SEQ_CST);
	wait_until(processes);
	check(!munmap(at + SPAN - HUGE, HUGE));
	check(!mprotect(at + HUGE, HUGE, PROT_READ));
	add(at, PAGES - 1);
	sleep(stay);
	return 0;
}

static void run_round(void)
{
	int status;

	*arrived = 0;
	for (long i = 0; i < processes; i++) {
		pid_t pid = fork();

		check(pid >= 0);
		if (!pid)
			_exit(child(i));
	}
	for (long i = 0; i < processes; i++)
		check(wait(&status) > 0 && !status);
}

int main(int argc, char **argv)
{
	long rounds = option(argc, argv, "--rounds", 2);
	int *at;

	in_turn = option(argc, argv, "--in-turn", 0);
	stay = option(argc, argv, "--stay", 0);
	processes = option(argc, argv, "--processes", 3);
	fd = memfd_create("huge", MFD_HUGETLB);
	check(fd >= 0 && !ftruncate(fd, SPAN));
	arrived = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	check(arrived != MAP_FAILED);
	for (long i = 0; i < rounds; i++)
		run_round();
	at = mmap(NULL, PAGES * HUGE, RW, MAP_SHARED | MAP_NORESERVE, fd, 0);
	check(at != MAP_FAILED);
	for (long i = 0; i < PAGES; i++)
		check(at[i * HUGE / sizeof(*at)] == rounds * processes * (1 + (i == PAGES - 1)));
	printf("hugeshare: %ld rounds of %ld, sums right\n", rounds, processes);
	return 0;
}
