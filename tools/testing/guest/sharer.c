// SPDX-License-Identifier: GPL-2.0
/*
 * sharer: two processes, no threads of one, that share an address space. One runs now and
 * then, the other never. Prints "ready pid=PID other=PID"; ends by a signal.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include "common.h"

static char stack[4 * PAGE] __attribute__((aligned(16)));

static int rest(void *unused)
{
	(void)unused;
	/* It does not run any more until a signal ends it. */
	while (pause())
		continue;
	return 1;
}

int main(void)
{
	pid_t other = clone(rest, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL);

	check(other > 0);
	printf("ready pid=%d other=%d\n", getpid(), other);
	fflush(stdout);
	for (;;)
		usleep(10000);
}
