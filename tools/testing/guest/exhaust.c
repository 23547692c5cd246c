// SPDX-License-Identifier: GPL-2.0
/*
 * exhaust WHAT [--mib N]: eat page tables until there are none left.
 *   touch   touch one byte in each 2 MiB of N MiB (one table each)
 *   hold    the same, then print "ready pid=PID", wait for a line, look again
 *   fork    touch some, then fork children that keep theirs, until it fails
 *   remap   touch some, then spread them with mremap(2), until it fails
 * "reached the end" means that nothing ran out; "ENOMEM" that a call said so
 * and the data was still there. Being killed is the third legal end.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"

static char *area;
static size_t len;

static size_t touch(size_t from, size_t to)
{
	size_t i;

	for (i = from; i < to; i += 2 * MEGA)
		memcpy(area + i, &i, sizeof(i));
	return i;
}

static void verify(size_t to)
{
	for (size_t i = 0; i < to; i += 2 * MEGA)
		check(!memcmp(area + i, &i, sizeof(i)));
}

static int do_fork(void)
{
	size_t some = len / 8;
	int n, failed = 0;

	touch(0, some);
	for (n = 0; n < 200; n++) {
		pid_t child = fork();

		if (child < 0) {
			failed = errno;
			break;
		}
		if (!child) {
			verify(some);
			pause();
		}
		printf("child %d\n", n + 1);
		fflush(stdout); /* we may be killed at any time */
	}
	verify(some);
	signal(SIGTERM, SIG_IGN);
	kill(0, SIGTERM);
	while (wait(NULL) > 0)
		;
	printf("exhaust: fork: %s after %d children\n",
	       failed ? strerrorname_np(failed) : "reached the end", n);
	return failed && failed != ENOMEM && failed != EAGAIN;
}

/* Each page of one table gets a table of its own: 2 MiB apart in the target. */
static int do_remap(void)
{
	char *source = mmap(NULL, 2 * MEGA, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t i, n = 2 * MEGA / PAGE;
	int failed = 0;

	check(source != MAP_FAILED && !madvise(source, 2 * MEGA, MADV_NOHUGEPAGE));
	for (i = 0; i < n; i++)
		memcpy(source + i * PAGE, &i, sizeof(i));
	for (i = 0; i < n && (i + 1) * 2 * MEGA <= len; i++) {
		void *to = mremap(source + i * PAGE, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
				  area + i * 2 * MEGA);

		if (to != MAP_FAILED)
			continue;
		failed = errno;
		check(failed == ENOMEM || failed == EFAULT);
		check(!memcmp(source + i * PAGE, &i, sizeof(i))); /* stayed where it was */
		break;
	}
	for (size_t k = 0; k < i; k++)
		check(!memcmp(area + k * 2 * MEGA, &k, sizeof(k)));
	printf("exhaust: remap: %s after %zu pages\n",
	       failed ? strerrorname_np(failed) : "reached the end", i);
	return 0;
}

int main(int argc, char **argv)
{
	check(argc >= 2);
	len = option(argc, argv, "--mib", 4096) * MEGA;
	setpgid(0, 0);
	area = mmap(NULL, len + 2 * MEGA, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	check(area != MAP_FAILED);
	area = (char *)(((uintptr_t)area + 2 * MEGA - 1) & ~(2 * MEGA - 1));
	check(!madvise(area, len, MADV_NOHUGEPAGE));
	if (!strcmp(argv[1], "fork"))
		return do_fork();
	if (!strcmp(argv[1], "remap"))
		return do_remap();
	check(!strcmp(argv[1], "touch") || !strcmp(argv[1], "hold"));
	verify(touch(0, len));
	if (!strcmp(argv[1], "hold")) {
		printf("ready pid=%d\n", getpid());
		fflush(stdout);
		getchar();
		verify(len);
	}
	printf("exhaust: touch: reached the end\n");
	return 0;
}
