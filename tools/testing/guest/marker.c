// SPDX-License-Identifier: GPL-2.0
/*
 * marker PID: mark, verify and unmark a process, as fast as it goes, until it
 * ends. Prints "marker: N rounds, N verified, longest call N ms"; anything that
 * should have worked and did not is a failure.
 */
#include <fcntl.h>
#include <linux/nacc.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "common.h"

static int device, pidfd;
static double longest;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static int has_ended(void)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

/* call(): 1 done, 0 the process has ended meanwhile. */
static int call(const char *what, unsigned long nr, void *arg)
{
	double begin = now();
	int error = ioctl(device, nr, arg) ? errno : 0;

	if (now() - begin > longest)
		longest = now() - begin;
	if (!error)
		return 1;
	if ((error == ESRCH || error == ENOENT) && (has_ended() || (usleep(100000), has_ended())))
		return 0;
	die("%s: %s", what, strerror(error));
}

static void report(const struct nacc_verify *v)
{
	printf("verify: tables: %llu linux, %llu firmware, %llu outside the pool\n",
	       v->tables_linux, v->tables_firmware, v->outside_pool);
	die("verify: bad: %llu frames, %llu entries, %llu rights, first at %#llx: %#llx",
	    v->bad_frame, v->bad_entry, v->bad_vma, v->first_bad_va, v->first_bad_value);
}

int main(int argc, char **argv)
{
	struct nacc_verify v;
	long rounds = 0, verified = 0;

	check(argc == 2);
	device = open("/dev/nacc", O_RDWR | O_CLOEXEC);
	pidfd = syscall(SYS_pidfd_open, atoi(argv[1]), 0);
	check(device >= 0 && (pidfd >= 0 || errno == ESRCH));
	/* Without a descriptor it has ended before this has begun. */
	while (pidfd >= 0 && !has_ended()) {
		struct nacc_mark mark = { .size = sizeof(mark), .pidfd = pidfd, .name = "marker" };
		struct nacc_unmark unmark = { .size = sizeof(unmark) };

		if (!call("mark", NACC_IOC_MARK, &mark))
			break;
		unmark.domain = mark.domain;
		v = (struct nacc_verify){ .size = sizeof(v), .pidfd = pidfd };
		if (call("verify", NACC_IOC_VERIFY, &v)) {
			verified++;
			if (v.outside_pool || v.bad_frame || v.bad_entry || v.bad_vma ||
			    v.tables_linux != v.tables_firmware)
				report(&v);
		}
		usleep(next_random(&(uint64_t){ rounds + 1 }) % 20000);
		if (!call("unmark", NACC_IOC_UNMARK, &unmark))
			break;
		rounds++;
	}
	printf("marker: %ld rounds, %ld verified, longest call %.0f ms\n", rounds, verified,
	       longest * 1e3);
	return 0;
}
