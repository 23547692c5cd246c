/* SPDX-License-Identifier: GPL-2.0 */
/* For programs that say what went wrong and go on: "failed" is their exit status. */
#ifndef EXPECT_H
#define EXPECT_H

#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static int failed;

static inline void expect(const char *what, long got, long wanted)
{
	if (got == wanted)
		return;
	printf("%s: %ld, not %ld\n", what, got, wanted);
	failed = 1;
}

/* The result, or minus the error */
static inline long result(long ret)
{
	return ret == -1 ? -errno : ret;
}

/* Is this signal the end of a child that does that? */
static inline int dies_of(void (*fn)(void), int sig)
{
	struct rlimit none = { 0, 0 };
	pid_t pid = fork();
	int status = 0;

	if (!pid) {
		setrlimit(RLIMIT_CORE, &none);
		fn();
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) && WTERMSIG(status) == sig;
}

#endif /* EXPECT_H */
