// SPDX-License-Identifier: GPL-2.0
/*
 * One mutant of the module after the other is loaded and unloaded (kunit/mutate).
 * What the tests say is in the console between our marks, which go there by the
 * kernel's log so that they are in order.
 *
 * One process does it all: a test does not take it for its own if another process
 * gets page tables meanwhile.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "program.h"

#define GLOB		"/sys/module/kunit/parameters/filter_glob"
#define LIST		"/nacc/list"
#define WHOLE		"/nacc/nacc.ko"
/* What a mutant leaves behind is looked at with this test of the whole module. */
#define CANARY		"nacc_promote.promote_whole"

/* Seconds that the whole module may take, and one that hangs may take beyond it. */
#define WHOLE_MAX	3600
#define HANG		60

static unsigned int seconds, limit;	/* of the attempt; no limit: none is made */

static void say(const char *format, ...)
{
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC), len;
	char text[256] = "nacc-mutants: ";
	va_list args;

	va_start(args, format);
	len = 14 + vsnprintf(text + 14, sizeof(text) - 14, format, args);
	va_end(args);
	CHECK(fd >= 0 && write(fd, text, len) == len);
	close(fd);
}

/* The time is the guest's own. */
static void *watch(void *arg)
{
	for (;;) {
		unsigned int max = __atomic_load_n(&limit, __ATOMIC_SEQ_CST);

		sleep(1);
		if (!max)
			continue;
		if (++seconds % 10 == 0)
			say("alive");
		if (seconds < max)
			continue;
		say("end hang");
		reboot(RB_POWER_OFF);
	}
	return arg;
}

/* Has a test failed since this file was at its end? */
static bool test_failed(int log)
{
	char record[8192];
	bool failed = false;
	ssize_t n;

	/* EPIPE: some were overwritten. */
	while ((n = read(log, record, sizeof(record) - 1)) > 0 || (n < 0 && errno == EPIPE)) {
		record[n > 0 ? n : 0] = '\0';
		if (strstr(record, "not ok "))
			failed = true;
	}
	return failed;
}

static const char *load(const char *module, const char *options)
{
	int fd = open(module, O_RDONLY | O_CLOEXEC), error;

	CHECK(fd >= 0);
	error = syscall(SYS_finit_module, fd, options, 0);
	close(fd);
	if (error)
		return "not loaded";
	if (syscall(SYS_delete_module, "nacc", O_NONBLOCK))
		return "not unloaded";
	return "well";
}

/*
 * False if something was seen. A hang ends the machine. @tests is what runs, and behind
 * an "@" what the module is told.
 */
static bool attempt(const char *name, const char *module, const char *tests, unsigned int max)
{
	const char *options = strchr(tests, '@');
	char glob[64];
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	const char *end;
	bool failed;

	CHECK(log >= 0 && !lseek(log, 0, SEEK_END));
	snprintf(glob, sizeof(glob), "%.*s", (int)(options ? options - tests : 63), tests);
	write_file(GLOB, glob);
	say("begin %s", name);
	seconds = 0;
	__atomic_store_n(&limit, max, __ATOMIC_SEQ_CST);
	end = load(module, options ? options + 1 : "");
	__atomic_store_n(&limit, 0, __ATOMIC_SEQ_CST);
	say("end %s", end);
	failed = test_failed(log);
	close(log);
	return !failed && !strcmp(end, "well");
}

/* False if the machine is none to judge the next one on. */
static bool try_mutant(const char *number, const char *suite, unsigned int max)
{
	char name[64], module[64];

	snprintf(name, sizeof(name), "mutant %s", number);
	snprintf(module, sizeof(module), "/nacc/%s.ko", number);
	if (attempt(name, module, suite, max))
		return true;
	snprintf(name, sizeof(name), "canary %s", number);
	return attempt(name, WHOLE, CANARY, WHOLE_MAX);
}

int case_mutants(void)
{
	char number[16], suite[160], how[8], before[160] = "", name[176];
	FILE *list = fopen(LIST, "re");
	unsigned int max = 0;
	pthread_t thread;

	CHECK(list);
	write_file("/proc/sys/kernel/panic_on_rcu_stall", "1");
	write_file("/proc/sys/kernel/printk_devkmsg", "on\n");
	CHECK(!pthread_create(&thread, NULL, watch, NULL));
	while (fscanf(list, "%15s %159s %7s", number, suite, how) == 3) {
		if (!strcmp(how, "alone")) {
			max = HANG;
		} else if (strcmp(suite, before)) {
			snprintf(name, sizeof(name), "whole %s", suite);
			if (!attempt(name, WHOLE, suite, WHOLE_MAX))
				return 1;
			strcpy(before, suite);
			max = 10 * seconds + HANG;
		}
		if (!try_mutant(number, suite, max))
			return 1;
	}
	say("done");
	return 0;
}
