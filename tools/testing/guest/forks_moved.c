// SPDX-License-Identifier: GPL-2.0
/* Forks of pages that the kernel moves, merges and swaps meanwhile. */
#define _GNU_SOURCE
#include <linux/mempolicy.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"
#include "forks.h"

#define LEN	(4 * HUGE)

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif

/* In swap, on the way there, on the way back, all in one table. */
static void swapped(uint64_t key)
{
	char *at = map_small(LEN);

	stamp(at, LEN, key);
	for (int i = 0; i < 4; i++) {
		size_t part = i & 1 ? LEN : LEN / 2;
		pid_t pid;

		check(!madvise(at, part, MADV_PAGEOUT));
		if (i & 2)
			check(stamped(at, LEN / 8, key));
		pid = begin_child();
		if (!pid) {
			pid_t second;

			/* Swap entries that are shared already. */
			second = begin_child();
			if (!second) {
				check(stamped(at, LEN, key));
				leave_child();
			}
			end_child(second);
			stamp(at, LEN / 4, key + 1);
			check(stamped(at, LEN / 4, key + 1));
			leave_child();
		}
		end_child(pid);
		check(stamped(at, LEN, key));
	}
	check(!munmap(at, LEN));
}

static void read_number(const char *path, long *value)
{
	FILE *f = fopen(path, "r");

	*value = 0;
	if (f) {
		check(fscanf(f, "%ld", value) == 1);
		fclose(f);
	}
}

/* Equal pages, which KSM merges while there are forks; one in four is not. */
static void merged(uint64_t key)
{
	const size_t pages = LEN / PAGE;
	char *at = map_small(LEN);
	long scans, first;

	check(!madvise(at, LEN, MADV_MERGEABLE));
	for (size_t i = 0; i < pages; i++)
		fill(at + i * PAGE, PAGE, i % 4 ? key + i % 4 : key + 1000 + i);
	read_number("/sys/kernel/mm/ksm/full_scans", &first);
	for (int n = 0; n < 200; n++) {
		pid_t pid = begin_child();

		if (!pid) {
			for (size_t i = n % 7; i < pages; i += 7)
				check(filled(at + i * PAGE, PAGE,
					     i % 4 ? key + i % 4 : key + 1000 + i));
			fill(at + (n % pages) * PAGE, PAGE, 1);
			leave_child();
		}
		end_child(pid);
		read_number("/sys/kernel/mm/ksm/full_scans", &scans);
		if (scans >= first + 3)
			break;
	}
	for (size_t i = 0; i < pages; i++)
		check(filled(at + i * PAGE, PAGE, i % 4 ? key + i % 4 : key + 1000 + i));
	check(!munmap(at, LEN));
}

/* Moves pages from node to node, in whatever table they are. */
static long move_all(char *at, size_t len, int node)
{
	static void *page[512];
	static int to[512], status[512];
	long moved = 0;

	for (size_t done = 0; done < len; done += sizeof(page) / sizeof(page[0]) * PAGE) {
		for (size_t i = 0; i < ARRAY_SIZE(page); i++) {
			page[i] = at + done + i * PAGE;
			to[i] = node;
			status[i] = -1;
		}
		if (syscall(SYS_move_pages, 0, ARRAY_SIZE(page), page, to, status,
			    MPOL_MF_MOVE_ALL) < 0)
			return -errno;
		for (size_t i = 0; i < ARRAY_SIZE(page); i++)
			moved += status[i] == node;
	}
	return moved;
}

static void fork_on(char *at, uint64_t key)
{
	for (int n = 0; n < 60; n++) {
		pid_t pid = begin_child();

		if (!pid) {
			check(stamped(at, LEN, key));
			if (n & 1)
				stamp(at + n % 4 * HUGE, PAGE, key);
			leave_child();
		}
		/* More tables with the same pages, for whoever moves them. */
		if (n % 8 == 7)
			check(stamped(at, LEN, key));
		end_child(pid);
	}
	leave_child();
}

/*
 * The pages belong to a process, its child, which forks on and on, and its children.
 * The first moves them between nodes: so the second's tables, and those of the
 * children that it is making, change without its mmap lock.
 */
static void migrated(uint64_t key)
{
	char *at = map_small(LEN);
	long moved = 0, rounds = 0;
	int status;
	pid_t pid;

	stamp(at, LEN, key);
	pid = begin_child();
	if (!pid)
		fork_on(at, key);
	while (!waitpid(pid, &status, WNOHANG)) {
		long nr = move_all(at, LEN, ++rounds & 1);

		/* One node only: there is compaction, which the scenario asks for. */
		if (nr < 0)
			sched_yield();
		else
			moved += nr;
	}
	check(!status);
	fprintf(stderr, "%ld pages moved in %ld rounds\n", moved, rounds);
	check(stamped(at, LEN, key));
	check(!munmap(at, LEN));
}

/* In swap for parent and child, neither of which touches it until somebody says so. */
void hold_swapped(uint64_t key)
{
	char *at = map_small(LEN);
	pid_t pid;
	int end[2];
	char byte;

	stamp(at, LEN, key);
	check(!madvise(at, LEN, MADV_PAGEOUT));
	check(!pipe(end));
	pid = begin_child();
	if (!pid) {
		close(end[1]);
		check(read(end[0], &byte, 1) == 0);
		check(stamped(at, LEN, key));
		leave_child();
	}
	close(end[0]);
	/* What is only the child's. */
	check(!munmap(at, LEN));
	puts("held");
	fflush(stdout);
	check(read(0, &byte, 1) == 1);
	close(end[1]);
	end_child(pid);
	puts("right");
}

const struct fork_step moved_steps[] = {
	{ "swapped", swapped }, { "merged", merged }, { "migrated", migrated },
};

const size_t nr_moved_steps = ARRAY_SIZE(moved_steps);
