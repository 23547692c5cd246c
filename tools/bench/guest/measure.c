// SPDX-License-Identifier: GPL-2.0
/*
 * Counting. The machine runs with one hart on which one instruction takes one
 * nanosecond of its clock, so the time that the scheduler charges to tasks is a number
 * of instructions, in any privilege mode, to the 100 ns that the clock can show.
 */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <linux/nacc.h>

#include "bench.h"

/* Long enough for the module's background work and RCU's; idling costs nothing. */
#define SETTLE_NS	300000000L

static uint64_t now(void)
{
	struct timespec ts;

	check(!clock_gettime(CLOCK_MONOTONIC, &ts));
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static void settle(void)
{
	struct timespec ts = { .tv_nsec = SETTLE_NS };

	check(!nanosleep(&ts, NULL));
}

/* The seventh number of a hart in /proc/schedstat: ns that tasks ran on it. */
static uint64_t task_time(void)
{
	unsigned long long ns = 0;
	char line[256];
	FILE *f = fopen("/proc/schedstat", "r");
	int found = 0;

	check(f);
	while (!found && fgets(line, sizeof(line), f))
		found = sscanf(line, "cpu0 %*u %*u %*u %*u %*u %*u %llu", &ns) == 1;
	fclose(f);
	check(found);
	return ns;
}

/* Without the module there are neither traps nor calls. */
static void read_stats(struct reading *to)
{
	unsigned long long value;
	char name[64];
	FILE *f = fopen("/proc/nacc/stats", "r");

	if (!f)
		return;
	check(fscanf(f, "name value ") == 0);
	while (fscanf(f, "%63s %llu", name, &value) == 2) {
		if (!strcmp(name, "traps"))
			to->traps = value;
		else if (!strcmp(name, "ecalls"))
			to->ecalls = value;
	}
	fclose(f);
}

static struct reading look(void)
{
	struct reading r = { 0 };

	r.instructions = task_time();
	read_stats(&r);
	return r;
}

static struct reading minus(struct reading a, struct reading b)
{
	a.instructions -= b.instructions;
	a.elapsed -= b.elapsed;
	a.traps -= b.traps;
	a.ecalls -= b.ecalls;
	return a;
}

/*
 * Begin right behind a timer interrupt, so that each repetition meets as many of them.
 * CLOCK_MONOTONIC_COARSE moves with the timer interrupt and needs no system call.
 */
static uint64_t align(void)
{
	uint64_t begin = now();
	struct timespec first, ts;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &first);
	do {
		clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	} while (ts.tv_nsec == first.tv_nsec);
	return now() - begin;
}

/*
 * Where tools/bench/profile begins and ends to count: HINT instructions, which do
 * nothing on a hart.
 */
static void signpost(const char *variant)
{
	if (!variant)
		__asm__ volatile("slti x0, x0, 0");
	else if (!strcmp(variant, "unmarked"))
		__asm__ volatile("slti x0, x0, 1");
	else if (!strcmp(variant, "trap"))
		__asm__ volatile("slti x0, x0, 2");
	else if (!strcmp(variant, "routed"))
		__asm__ volatile("slti x0, x0, 3");
}

/* A task is charged when it stops, so that each look comes after a sleep. */
struct reading measure(void (*run)(long size), long size, const char *variant)
{
	struct reading before, between, after;
	uint64_t begin, elapsed, aligning;

	settle();
	before = look();
	before.instructions += align();
	settle();
	between = look();
	aligning = align();
	signpost(variant);
	begin = now();
	run(size);
	elapsed = now() - begin;
	settle();
	signpost(NULL);
	after = minus(look(), between);
	after = minus(after, minus(between, before));
	after.instructions -= aligning;
	after.elapsed = elapsed;
	return after;
}

void mark(int pid)
{
	struct nacc_mark m = { .size = sizeof(m), .name = "bench" };
	int dev = open("/dev/nacc", O_RDWR | O_CLOEXEC);

	check(dev >= 0);
	m.pidfd = syscall(SYS_pidfd_open, pid, 0);
	check(m.pidfd >= 0);
	check(!ioctl(dev, NACC_IOC_MARK, &m));
	close(m.pidfd);
	close(dev);
}

long tables_of(int pid)
{
	char path[64], line[256];
	long kb = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "r");
	check(f);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "VmPTE: %ld", &kb) == 1)
			break;
	fclose(f);
	return kb / 4;
}
