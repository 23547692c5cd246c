// SPDX-License-Identifier: GPL-2.0
/*
 * looper FILE: on CPU 1, before all others there, so never switched from: it waits in user
 * mode for a byte of the file, which is mapped, and has the kernel copy from a page then that
 * was never touched.
 *
 * Prints "ready pid=... va=..."; va is a page that was touched, with the other one behind it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common.h"

int main(int argc, char **argv)
{
	const struct sched_param first = { .sched_priority = 1 };
	const volatile char *go;
	cpu_set_t cpus;
	char *page;
	int fd;

	CPU_ZERO(&cpus);
	CPU_SET(1, &cpus);
	check(argc == 2 && !sched_setaffinity(0, sizeof(cpus), &cpus));
	check(!sched_setscheduler(0, SCHED_FIFO, &first));
	fd = open(argv[1], O_RDONLY);
	check(fd >= 0);
	go = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	check(go != MAP_FAILED);
	/* Both in one table */
	page = mmap(NULL, 4 * MEGA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	check(page != MAP_FAILED && !madvise(page, 4 * MEGA, MADV_NOHUGEPAGE));
	page = (char *)(((uintptr_t)page + 2 * MEGA - 1) & ~(2 * MEGA - 1));
	*page = 1;
	printf("ready pid=%d va=%#lx\n", getpid(), (unsigned long)page);
	fflush(stdout);
	while (!*go)
		;
	check(!syscall(SYS_rt_sigprocmask, SIG_BLOCK, page + PAGE, NULL, 8));
	printf("it goes on\n");
	return 0;
}
