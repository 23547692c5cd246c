// SPDX-License-Identifier: GPL-2.0
/*
 * sibling: a process that wants little, all the time: memory with tables of its own,
 * children, programs, each with its data. Prints "ready pid=PID", goes on until
 * SIGTERM, and then says how many rounds there were. What fails is said at once and
 * is the status in the end.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"

#define AREA	(8 * MEGA)

static volatile sig_atomic_t over;
static unsigned int failures;

static void on_term(int signal)
{
	(void)signal;
	over = 1;
}

static void failure(const char *what, int value)
{
	failures++;
	printf("sibling: %s: %d (%s)\n", what, value, strerror(errno));
}

static int touch(unsigned int round)
{
	char *area = mmap(NULL, AREA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int good = 1;

	if (area == MAP_FAILED || madvise(area, AREA, MADV_NOHUGEPAGE))
		return 0;
	for (size_t i = 0; i < AREA; i += MEGA)
		fill(area + i, PAGE, round + i);
	for (size_t i = 0; i < AREA; i += MEGA)
		good = good && filled(area + i, PAGE, round + i);
	return !munmap(area, AREA) && good;
}

static void wait_for(const char *what, pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) != child)
		if (errno != EINTR)
			die("waitpid: %s", strerror(errno));
	if (status)
		failure(what, status);
}

static void do_fork(unsigned int round)
{
	pid_t child = fork();

	if (!child)
		_exit(!touch(round + 1));
	if (child < 0)
		failure("fork", child);
	else
		wait_for("child", child);
}

static void do_exec(const char *self)
{
	char *const argv[] = { (char *)self, "once", NULL };
	pid_t child;
	int error = posix_spawn(&child, self, NULL, NULL, argv, NULL);

	if (error)
		failure("spawn", error);
	else
		wait_for("program", child);
}

int main(int argc, char **argv)
{
	unsigned int round = 0;

	if (argc > 1)
		return !touch(0);
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGTERM, on_term);
	printf("ready pid=%d\n", getpid());
	for (; !over; round++) {
		if (!touch(round))
			failure("memory", round);
		if (round % 2)
			do_fork(round);
		if (round % 8 == 7)
			do_exec(argv[0]);
		usleep(10000);
	}
	printf("sibling: %u rounds, %u failures\n", round, failures);
	return !!failures || round < 8;
}
