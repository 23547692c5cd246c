// SPDX-License-Identifier: GPL-2.0
/*
 * collapse [ROUNDS]: two processes map 2 MiB of a file in memory by small pages; one of
 * them makes them a huge page (MADV_COLLAPSE), for which the kernel takes their page
 * tables away and frees them a grace period later (pte_free_defer()), and both end at
 * once. The data must be right each time.
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

#define LEN		(2 * MEGA)
#define RW		(PROT_READ | PROT_WRITE)

static int pipes[2][2];

static char *map_aligned(int fd)
{
	char *at = mmap(NULL, 2 * LEN, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	check(at != MAP_FAILED);
	at = (char *)(((uintptr_t)at + LEN - 1) & ~(LEN - 1));
	check(mmap(at, LEN, RW, MAP_SHARED | MAP_FIXED, fd, 0) == at);
	return at;
}

static void touch(char *at, unsigned int key)
{
	for (unsigned long page = 0; page < LEN / PAGE; page++)
		check(filled(at + page * PAGE, PAGE, key + page));
}

/* Its tables are taken away by the other. */
static int bystander(int fd, unsigned int key)
{
	char *at = map_aligned(fd), c = 0;

	touch(at, key);
	check(write(pipes[0][1], &c, 1) == 1);
	check(read(pipes[1][0], &c, 1) == 1);
	return 0;
}

static int collapser(int fd, unsigned int key)
{
	char *at = map_aligned(fd), c = 0;
	int ret;

	touch(at, key);
	check(read(pipes[0][0], &c, 1) == 1);
	ret = madvise(at, LEN, MADV_COLLAPSE);
	check(filled(at + LEN - PAGE, PAGE, key + LEN / PAGE - 1));
	check(write(pipes[1][1], &c, 1) == 1);
	return ret ? 2 : 0;
}

static int status_of(pid_t pid)
{
	int status;

	check(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int round_of(unsigned int key)
{
	int fd = memfd_create("collapse", 0), status;
	pid_t one, two;
	char *at;

	check(fd >= 0 && !ftruncate(fd, LEN) && !pipe(pipes[0]) && !pipe(pipes[1]));
	at = map_aligned(fd);
	for (unsigned long page = 0; page < LEN / PAGE; page++)
		fill(at + page * PAGE, PAGE, key + page);
	one = fork();
	if (!one)
		_exit(bystander(fd, key));
	two = fork();
	if (!two)
		_exit(collapser(fd, key));
	check(!status_of(one));
	status = status_of(two);
	check(status == 0 || status == 2);
	touch(at, key);
	check(!munmap(at, LEN) && !close(fd));
	for (int i = 0; i < 4; i++)
		close(pipes[i / 2][i % 2]);
	return !status;
}

int main(int argc, char **argv)
{
	unsigned int rounds = argc > 1 ? strtoul(argv[1], NULL, 0) : 20, huge = 0;

	for (unsigned int i = 0; i < rounds; i++)
		huge += round_of(i * 1000);
	printf("collapse: %u rounds, %u made huge, data right\n", rounds, huge);
	return 0;
}
