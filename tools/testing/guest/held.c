// SPDX-License-Identifier: GPL-2.0
/*
 * held MIB: a process with so much memory, in pages of 4 KiB.
 *
 * Prints "ready pid=PID" and waits to be killed. Linked statically: what it holds while
 * it is kept from running must be its own.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "common.h"

int main(int argc, char **argv)
{
	size_t len = (argc > 1 ? strtoul(argv[1], NULL, 0) : 1) * MEGA;
	char *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	check(at != MAP_FAILED && !madvise(at, len, MADV_NOHUGEPAGE));
	for (size_t i = 0; i < len; i += PAGE)
		at[i] = 1;
	printf("ready pid=%d\n", getpid());
	fflush(stdout);
	for (;;)
		pause();
}
