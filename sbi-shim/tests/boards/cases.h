/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cases that each want the state of a firmware that has just started: a process each.
 */
#ifndef CASES_H
#define CASES_H

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sbi/sbi_types.h>

/**
 * struct boards_case - one of them
 * @name: what is tried
 * @holds: does it hold?
 */
struct boards_case {
	const char *name;
	bool (*holds)(void);
};

/* Prints "ok - NAME" or "not ok - NAME" for each. Return: the exit status */
static inline int run_cases(const struct boards_case *cases, size_t nr)
{
	int failed = 0, status;
	size_t i;

	for (i = 0; i < nr; i++) {
		fflush(stdout);
		if (!fork()) {
			status = !cases[i].holds();
			fflush(stdout);
			_exit(status);
		}
		if (wait(&status) < 0 || status)
			failed++;
		printf("%sok - %s\n", status ? "not " : "", cases[i].name);
	}
	return failed != 0;
}

#endif /* CASES_H */
