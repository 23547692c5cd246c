// SPDX-License-Identifier: GPL-2.0
/*
 * ticks COUNT PROGRAM [ARG...]: execute the program, with a signal pending more often than
 * not when it takes over. Its timer ends the new program. Exit status 0 if each began.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"

#define NOT_BEGUN	99

static void tick(int sig)
{
	(void)sig;
}

static void begin(char **argv)
{
	const struct itimerval often = { { 0, 200 }, { 0, 200 } };

	check(signal(SIGALRM, tick) != SIG_ERR);
	check(!setitimer(ITIMER_REAL, &often, NULL));
	execv(argv[0], argv);
	perror(argv[0]);
	_exit(NOT_BEGUN);
}

int main(int argc, char **argv)
{
	int i, status, failed = 0;

	check(argc > 2);
	for (i = 0; i < atoi(argv[1]); i++) {
		pid_t pid = fork();

		check(pid >= 0);
		if (!pid)
			begin(argv + 2);
		check(waitpid(pid, &status, 0) == pid);
		failed += WIFEXITED(status) && WEXITSTATUS(status) == NOT_BEGUN;
	}
	printf("%d of %d did not begin\n", failed, i);
	return failed || !i;
}
