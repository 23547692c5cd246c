// SPDX-License-Identifier: GPL-2.0
/*
 * The same work on each hart at once, each in a container of its own: whoever has to
 * wait for another hart spends instructions on it.
 */
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"

#define PROGRAMS	20
#define AREAS		4
#define AREA		(4 * MEGA)

static int gate[2], ready[2], *worker;
static long harts, next_hart;

int mark_workers;

static void program(void)
{
	execl("/proc/self/exe", "bench", "--nothing", NULL);
	_exit(127);
}

static void pin(long hart)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(hart, &set);
	check(!sched_setaffinity(0, sizeof(set), &set));
}

/* Forks, programs, faults, tables that come and go, exits. */
static void work(void)
{
	char c = 0;

	pin(next_hart);
	if (mark_workers)
		mark(getpid());
	close(gate[1]);
	check(write(ready[1], &c, 1) == 1);
	if (read(gate[0], &c, 1))
		_exit(1);
	for (int i = 0; i < PROGRAMS; i++)
		reap(spawn(program));
	for (int i = 0; i < AREAS; i++) {
		char *at = map(AREA);

		touch(at, AREA, PAGE);
		check(!munmap(at, AREA));
	}
}

static void prepare(long size)
{
	char c;

	harts = sysconf(_SC_NPROCESSORS_ONLN);
	worker = calloc(harts, sizeof(*worker));
	check(worker && !pipe(gate) && !pipe(ready));
	for (next_hart = 0; next_hart < harts; next_hart++) {
		worker[next_hart] = spawn(work);
		check(read(ready[0], &c, 1) == 1);
	}
	close(gate[0]);
	(void)size;
}

static void run(long size)
{
	close(gate[1]);
	for (long i = 0; i < harts; i++)
		reap(worker[i]);
	(void)size;
}

static void tidy(long size)
{
	close(ready[0]);
	close(ready[1]);
	free(worker);
	(void)size;
}

const struct work harts_works[] = {
	{ "harts", 1, 0, prepare, run, tidy },
};

const size_t nr_harts_works = ARRAY_SIZE(harts_works);
