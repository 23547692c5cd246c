// SPDX-License-Identifier: GPL-2.0
/* Each allocation of a system call of a marked process fails once. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "program.h"

#define LEN	(3UL << 20)
#define NTH_MAX	1000

int case_fork_fail(void)
{
	char *p = map(LEN);
	unsigned int nth, failed = 0;
	bool hit = true;

	fill(p, LEN, 1);
	fail_nth_open();
	mark(getpid());
	for (nth = 1; hit && nth < NTH_MAX; nth++) {
		pid_t pid;

		fail_nth(nth);
		pid = fork();
		if (!pid)
			_exit(!(marked(getpid()) && filled(p, LEN, 1)));
		hit = fail_nth_hit();
		failed += pid < 0;
		CHECK(pid > 0 || (hit && (errno == ENOMEM || errno == EAGAIN)));
		/* Killed when it could not be marked; well otherwise. */
		if (pid > 0) {
			int status = wait_for(pid);

			CHECK(!status || (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
		}
		CHECK(filled(p, LEN, 1));
	}
	CHECK(!hit && failed > 10);
	return 0;
}

/* The new program; 77 if the failure is still to come. */
int case_exec_fail_end(void)
{
	bool hit = fail_nth_hit();

	CHECK(marked(getpid()));
	return hit ? 0 : 77;
}

int case_exec_fail(void)
{
	unsigned int nth, failed = 0, killed = 0;
	int status = 0;

	mark(getpid());
	for (nth = 1; status != 77 << 8 && nth < NTH_MAX; nth++) {
		pid_t pid = fork();

		if (!pid) {
			fail_nth_open();
			fail_nth(nth);
			execl("/proc/self/exe", "kunit-user", "exec_fail_end", NULL);
			_exit(78);
		}
		status = wait_for(pid);
		killed += WIFSIGNALED(status);
		failed += status == 78 << 8;
		/* 127: libc gives up when it has no memory to begin with. */
		CHECK(WIFSIGNALED(status) || !status || status == 77 << 8 ||
		      status == 78 << 8 || status == 127 << 8);
	}
	CHECK(status == 77 << 8);
	/* Both before and behind the point of no return. */
	CHECK(failed > 3 && killed > 0);
	return 0;
}

static bool move(char *from, char *to)
{
	return mremap(from, HUGE, HUGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to;
}

/* 2 if what is to be kept is left at the other place. */
static int map_some(char *keep)
{
	char *p = mmap(NULL, LEN, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	int bad;

	if (p == MAP_FAILED)
		return 1;
	bad = mprotect(p + PAGE, PAGE, PROT_READ) || munmap(p + HUGE, HUGE / 2) ||
	      !move(keep, keep + 2 * HUGE);
	if (!bad && !move(keep + 2 * HUGE, keep))
		bad = 2;
	munmap(p, LEN);
	return bad;
}

int case_map_fail(void)
{
	char *keep = map_aligned(4 * HUGE);
	unsigned int nth, failed = 0;
	bool hit = true;

	fill(keep, HUGE, 1);
	fail_nth_open();
	mark(getpid());
	for (nth = 1; hit && nth < NTH_MAX; nth++) {
		int bad;

		fail_nth(nth);
		bad = map_some(keep);
		hit = fail_nth_hit();
		failed += !!bad;
		CHECK(hit || !bad);
		if (bad == 2)
			CHECK(move(keep + 2 * HUGE, keep));
		CHECK(filled(keep, HUGE, 1));
	}
	CHECK(!hit && failed > 3);
	return 0;
}
