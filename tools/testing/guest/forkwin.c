// SPDX-License-Identifier: GPL-2.0
/*
 * Children that are held on their way to user mode: N of them, by a userfaultfd that
 * nobody answers, where the kernel writes their number for them (schedule_tail()).
 *
 * forkwin N: prints "ready pid=... child=... va=... forks=... failed=..."; lets them
 * go for a line on stdin.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE	4096UL
#define HUGE	(2UL << 20)

static int uffd, *kids, nr;
static char *held, *page;

/* The children's descriptors: nobody reads from them. */
static void *monitor(void *arg)
{
	struct uffd_msg m;

	while (read(uffd, &m, sizeof(m)) == sizeof(m))
		if (m.event == UFFD_EVENT_FORK)
			kids[nr++] = m.arg.fork.ufd;
	return arg;
}

static char *map(size_t len)
{
	char *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		exit(2);
	return p;
}

static void hold(void)
{
	struct uffdio_api api = {
		.api = UFFD_API, .features = UFFD_FEATURE_EVENT_FORK,
	};
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	pthread_t thread;

	held = map(PAGE);
	page = map(4 * HUGE);
	page = (char *)(((uintptr_t)page + 2 * HUGE) & ~(HUGE - 1));
	madvise(page, HUGE, MADV_NOHUGEPAGE);
	strcpy(page, "my own page");
	reg.range.start = (uintptr_t)held;
	reg.range.len = PAGE;
	uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	if (uffd < 0 || ioctl(uffd, UFFDIO_API, &api) ||
	    ioctl(uffd, UFFDIO_REGISTER, &reg)) {
		perror("userfaultfd");
		exit(1);
	}
	pthread_create(&thread, NULL, monitor, NULL);
}

static void let_go(void)
{
	int i;

	for (i = 0; i < nr; i++) {
		struct uffdio_zeropage z = {
			.range = { (uintptr_t)held, PAGE },
		};

		if (ioctl(kids[i], UFFDIO_ZEROPAGE, &z))
			perror("UFFDIO_ZEROPAGE");
		close(kids[i]);
	}
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 1, i, bad = 0, done = 0, status;
	struct rlimit rl = { 8192, 8192 };
	char line[16];
	pid_t first = 0;

	setrlimit(RLIMIT_NOFILE, &rl);
	kids = calloc(n + 1, sizeof(int));
	hold();
	for (i = 0; i < n && bad < 4; i++) {
		long p = syscall(SYS_clone, CLONE_CHILD_SETTID | SIGCHLD, 0,
				 NULL, 0, held);

		if (!p)
			_exit(strcmp(page, "my own page") != 0);
		if (p < 0) {
			fprintf(stderr, "clone: %s\n", strerror(errno));
			bad++;
		} else if (!first) {
			first = p;
		}
	}
	printf("ready pid=%d child=%ld va=%#lx forks=%d failed=%d\n", getpid(),
	       (long)first, (long)page, i - bad, bad);
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		return 3;
	let_go();
	while (wait(&status) > 0)
		done += !status;
	printf("done=%d\n", done);
	return 0;
}
