// SPDX-License-Identifier: GPL-2.0
/* The same with ever more page tables, ever more processes. */
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "bench.h"

#define TABLE_SPAN	(2 * MEGA)	/* what one lowest table maps */
#define CHILD_PAGES	16
/* Few are made again and again, so that they stand out from the timer interrupts. */
#define TABLE_ROUNDS	1000
#define CHILD_ROUNDS	20

static int gate[2];

static char *map_tables(long size)
{
	char *at = map((size + 1) * TABLE_SPAN);

	return at + (-(uintptr_t)at & (TABLE_SPAN - 1));
}

static void tables(long size)
{
	for (long n = 0; n < TABLE_ROUNDS; n += size) {
		char *area = map_tables(size);

		touch(area, size * TABLE_SPAN, TABLE_SPAN);
		check(!munmap(area, size * TABLE_SPAN));
	}
}

static void nothing(long size)
{
	(void)size;
}

static void wait_at_gate(void)
{
	char c;

	close(gate[1]);
	touch(map(CHILD_PAGES * PAGE), CHILD_PAGES * PAGE, PAGE);
	if (read(gate[0], &c, 1))
		_exit(1);
}

/* All of them live at once before the first may go. */
static void family(long size, int *pid)
{
	check(!pipe(gate));
	for (long i = 0; i < size; i++)
		pid[i] = spawn(wait_at_gate);
	close(gate[0]);
	close(gate[1]);
	for (long i = 0; i < size; i++)
		reap(pid[i]);
}

static void processes(long size)
{
	int *pid = calloc(size, sizeof(*pid));

	check(pid);
	for (long n = 0; n < CHILD_ROUNDS; n += size)
		family(size, pid);
	free(pid);
}

/* --- what marking itself costs ---------------------------------------------------- */

static long child_tables;
static int child, other;

static void grow_and_wait(void)
{
	char *area = map_tables(child_tables);

	touch(area, child_tables * TABLE_SPAN, TABLE_SPAN);
	wait_at_gate();
}

static void prepare_child(long size)
{
	child_tables = size;
	check(!pipe(gate));
	child = spawn(grow_and_wait);
	close(gate[0]);
	while (tables_of(child) < size)
		usleep(10000);
}

static void tidy_child(long size)
{
	close(gate[1]);
	reap(child);
	(void)size;
}

static void mark_child(long size)
{
	mark(child);
	(void)size;
}

static void sleep_on(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	pause();
}

/* The first mark prepares all frames of the pool; here another has done that. */
static void prepare_another(long size)
{
	if (!other) {
		other = spawn(sleep_on);
		mark(other);
	}
	prepare_child(size);
}

/* Until the pool is as it was before the first mark. */
static void tidy_last(long size)
{
	sleep(3);
	(void)size;
}

static void tidy_first(long size)
{
	tidy_child(size);
	tidy_last(size);
}

static void prepare_marked(long size)
{
	prepare_child(size);
	mark_child(size);
}

static void prepare_idle(long size)
{
	prepare_marked(1);
	(void)size;
}

static void idle(long size)
{
	sleep(size);
}

const struct work growth_works[] = {
	{ "tables-10", 3, 10, nothing, tables, nothing },
	{ "tables-100", 3, 100, nothing, tables, nothing },
	{ "tables-1000", 3, 1000, nothing, tables, nothing },
	{ "tables-10000", 1, 10000, nothing, tables, nothing },
	{ "processes-1", 3, 1, nothing, processes, nothing },
	{ "processes-10", 3, 10, nothing, processes, nothing },
	{ "processes-100", 1, 100, nothing, processes, nothing },
	{ "processes-500", 1, 500, nothing, processes, nothing },
};

const size_t nr_growth_works = ARRAY_SIZE(growth_works);

/* These mark a child; the process that measures is not marked. */
const struct work marking_works[] = {
	{ "mark-first", 3, 10, prepare_child, mark_child, tidy_first },
	{ "mark-10", 3, 10, prepare_another, mark_child, tidy_child },
	{ "mark-100", 3, 100, prepare_another, mark_child, tidy_child },
	{ "mark-1000", 3, 1000, prepare_another, mark_child, tidy_child },
	{ "mark-10000", 1, 10000, prepare_another, mark_child, tidy_child },
	{ "exit-last", 3, 10, prepare_marked, tidy_child, tidy_last },
	{ "idle-10s", 3, 10, prepare_idle, idle, tidy_child },
};

const size_t nr_marking_works = ARRAY_SIZE(marking_works);
