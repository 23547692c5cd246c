/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of the guest's benchmark program share. */
#ifndef BENCH_H
#define BENCH_H

#include "common.h"

#define SPAN		(32 * MEGA)	/* what the works on memory work on */
#define PAGES		(SPAN / PAGE)

/*
 * One thing to measure. @prepare and @tidy surround each repetition and are not
 * counted; @size is a number that the work may want to know.
 */
struct work {
	const char *name;
	unsigned int reps;
	long size;
	void (*prepare)(long size);
	void (*run)(long size);
	void (*tidy)(long size);
};

extern const struct work memory_works[], process_works[], growth_works[], marking_works[],
	harts_works[], gate_works[];
extern const size_t nr_memory_works, nr_process_works, nr_growth_works, nr_marking_works,
	nr_harts_works, nr_gate_works;

/* Not the process that measures is marked, but each worker of harts_works. */
extern int mark_workers;

/* What the machine had done when it was looked at. */
struct reading {
	uint64_t instructions;	/* of all tasks, what the hart idled left out */
	uint64_t elapsed;	/* as the clock goes, idling included */
	uint64_t traps;
	uint64_t ecalls;
};

/*
 * measure(): what run() costs, once, together with what it leaves to the background;
 * the variant is for tools/bench/profile only.
 */
struct reading measure(void (*run)(long size), long size, const char *variant);

/* mark(): protect this process, or another; its children inherit that. */
void mark(int pid);

/* tables_of(): page-table pages of a process. */
long tables_of(int pid);

/* map(), touch(): fresh anonymous memory; write to each page, or to one in @step. */
char *map(size_t len);
void touch(char *at, size_t len, size_t step);

/* spawn(): run something in a child; reap(): it must have ended well. */
int spawn(void (*run)(void));
void reap(int pid);

/* fetch(): ask a web server on this machine for its page, a number of times. */
int fetch(int port, long times);

#endif /* BENCH_H */
