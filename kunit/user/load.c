// SPDX-License-Identifier: GPL-2.0
/* The module's load fails at a chosen place: an error then, and nothing stays. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "program.h"

#define MODULE	"/nacc/nacc.ko"
#define LEFT	"/sys/module/nacc/parameters/fail_sbi"
#define NTH_MAX	10000

/* 0 or the error. */
static int load(const char *param, unsigned int nth)
{
	int fd = open(MODULE, O_RDONLY | O_CLOEXEC), error = 0;
	char text[32];

	CHECK(fd >= 0);
	snprintf(text, sizeof(text), "%s=%u", param, nth);
	if (syscall(SYS_finit_module, fd, text, 0))
		error = errno;
	close(fd);
	return error;
}

static void unload(void)
{
	CHECK(!syscall(SYS_delete_module, "nacc", O_NONBLOCK));
	CHECK(access("/sys/module/nacc", F_OK));
}

/* A table for each load that failed would be more; what is the system's own is less. */
#define TABLES_SLACK	6

/*
 * Most of it is the same thing many times: shadows. What a debugging kernel allocates
 * for itself it can do without.
 */
int case_load_alloc(void)
{
	long tables = vm_counter("nr_page_table_pages");
	unsigned int nth, failed = 0;
	bool hit = true;

	fail_nth_open();
	for (nth = 1; hit && nth < NTH_MAX; nth += 1 + nth / 4) {
		int error = load("fail_alloc", nth);

		hit = fail_nth_hit();
		failed += !!error;
		CHECK(!error || (hit && error == ENOMEM));
		if (!error)
			unload();
	}
	CHECK(!hit && failed > 8);
	CHECK(vm_counter("nr_page_table_pages") <= tables + TABLES_SLACK);
	return 0;
}

int case_load_call(void)
{
	unsigned int nth, failed = 0;
	bool hit = true;

	for (nth = 1; hit && nth < NTH_MAX; nth++) {
		int error = load("fail_sbi", nth);

		hit = error || !read_number(LEFT);
		failed += !!error;
		if (!error)
			unload();
	}
	CHECK(!hit && failed > 3);
	return 0;
}
