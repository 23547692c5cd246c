// SPDX-License-Identifier: GPL-2.0
/*
 * vforked: a process, its child, and that one's vfork child, which has the smallest number of
 * the three and so is come to first, on memory that is not marked yet. At a line on standard
 * input it executes "sleep".
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"

static void make(void)
{
	int fd = open("/proc/sys/kernel/ns_last_pid", O_WRONLY);
	char c;

	check(fd >= 0 && write(fd, "1", 1) == 1);
	if (vfork()) {
		while (wait(NULL) > 0)
			;
		_exit(0);
	}
	if (write(1, "ready\n", 6) == 6 && read(0, &c, 1) == 1)
		execlp("sleep", "sleep", "1000", NULL);
	_exit(1);
}

int main(void)
{
	if (!fork())
		make();
	while (wait(NULL) > 0)
		;
	return 0;
}
