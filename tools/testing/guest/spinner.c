// SPDX-License-Identifier: GPL-2.0
/*
 * spinner FILE: on CPU 1, in user mode all the time, until the file's first byte, which is
 * mapped, is another. Nothing of it is registered with the kernel, which so has nothing to write
 * to when it is switched to, or ends.
 *
 * Prints "ready pid=PID", and "it goes on" when it is through.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common.h"

int main(int argc, char **argv)
{
	const volatile char *go;
	cpu_set_t cpus;
	int fd;

	CPU_ZERO(&cpus);
	CPU_SET(1, &cpus);
	check(argc == 2 && !sched_setaffinity(0, sizeof(cpus), &cpus));
	check(!syscall(SYS_set_robust_list, NULL, 24));
	fd = open(argv[1], O_RDONLY);
	check(fd >= 0);
	go = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	check(go != MAP_FAILED && !*go);
	printf("ready pid=%d\n", getpid());
	fflush(stdout);
	while (!*go)
		;
	puts("it goes on");
	return 0;
}
