// SPDX-License-Identifier: GPL-2.0
/*
 * killer N: N children, most of them killed on their way into user mode or soon after,
 * some by a tracer. Each must end as it was told to.
 */
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"

/* One in this many ends by itself. */
#define LIVES	8

static void spin(uint64_t rounds)
{
	while (rounds--)
		__asm__ volatile("" : : : "memory");
}

static void child(int lives)
{
	if (lives)
		_exit(7);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	int left = argc > 1 ? atoi(argv[1]) : 0, killed = 0, lived = 0, status;
	uint64_t state = 4711;

	check(left > 0);
	for (; left; left--) {
		int lives = left % LIVES == 0;
		pid_t pid = fork();

		check(pid >= 0);
		if (!pid)
			child(lives);
		if (!lives) {
			spin(next_random(&state) % 20000);
			if (left % 2)
				check(!ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_EXITKILL));
			check(!kill(pid, SIGKILL));
		}
		check(waitpid(pid, &status, 0) == pid);
		if (lives)
			check(WIFEXITED(status) && WEXITSTATUS(status) == 7);
		else
			check(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		killed += !lives;
		lived += lives;
	}
	printf("killed=%d lived=%d\n", killed, lived);
	return 0;
}
