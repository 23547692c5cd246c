// SPDX-License-Identifier: GPL-2.0
/*
 * bench WORK VARIANT [marked]: measure one work; VARIANT is only a label.
 * bench --list GROUP: names of the works. GROUP: memory, process, growth, marking,
 * harts.
 * bench --run NAME VARIANT [marked] -- COMMAND...: measure a command instead.
 * bench --hold: mark this process and wait to be killed.
 * bench --fetch PORT TIMES: a client for a web server.
 *
 * A row for each repetition goes to standard output: "row WORK VARIANT instructions
 * traps ecalls elapsed". The first repetition is a warm-up and has none.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

static char **command;

static void print_row(const char *work, const char *variant, struct reading r)
{
	printf("row %s %s %lu %ld %ld %lu\n", work, variant, r.instructions, (long)r.traps,
	       (long)r.ecalls, r.elapsed);
	fflush(stdout);
}

static void measure_work(const struct work *w, const char *variant)
{
	for (unsigned int i = 0; i <= w->reps; i++) {
		struct reading r;

		w->prepare(w->size);
		fflush(stdout);
		r = measure(w->run, w->size, variant);
		w->tidy(w->size);
		if (i)
			print_row(w->name, variant, r);
	}
}

static void execute(void)
{
	execvp(command[0], command);
	_exit(127);
}

static void run_command(long size)
{
	reap(spawn(execute));
	(void)size;
}

static void measure_command(const char *name, const char *variant)
{
	const struct work w = { .name = name };

	measure(run_command, 0, variant);
	print_row(w.name, variant, measure(run_command, 0, variant));
}

static const struct group {
	const char *name;
	const struct work *works;
	const size_t *nr;
} groups[] = {
	{ "memory", memory_works, &nr_memory_works },
	{ "process", process_works, &nr_process_works },
	{ "growth", growth_works, &nr_growth_works },
	{ "marking", marking_works, &nr_marking_works },
	{ "harts", harts_works, &nr_harts_works },
	{ "gate", gate_works, &nr_gate_works },
};

static const struct work *find(const char *name)
{
	for (size_t g = 0; g < ARRAY_SIZE(groups); g++)
		for (size_t i = 0; i < *groups[g].nr; i++)
			if (!strcmp(groups[g].works[i].name, name))
				return &groups[g].works[i];
	return NULL;
}

static int list(const char *group)
{
	for (size_t g = 0; g < ARRAY_SIZE(groups); g++) {
		if (strcmp(groups[g].name, group))
			continue;
		for (size_t i = 0; i < *groups[g].nr; i++)
			puts(groups[g].works[i].name);
		return 0;
	}
	die("there is no group '%s'", group);
}

static int hold(void)
{
	mark(getpid());
	puts("held");
	fflush(stdout);
	pause();
	return 0;
}

/* A program is run by this one, so that what it costs to start is measured, too. */
static int run_program(int argc, char **argv)
{
	int marked = argc > 4 && !strcmp(argv[4], "marked");

	if (argc < 6 + marked || strcmp(argv[4 + marked], "--"))
		die("usage: bench --run NAME VARIANT [marked] -- COMMAND...");
	command = argv + 5 + marked;
	if (marked)
		mark(getpid());
	measure_command(argv[2], argv[3]);
	return 0;
}

int main(int argc, char **argv)
{
	const struct work *w;

	if (argc == 2 && !strcmp(argv[1], "--nothing"))
		return 0;
	if (argc == 2 && !strcmp(argv[1], "--hold"))
		return hold();
	if (argc == 3 && !strcmp(argv[1], "--list"))
		return list(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "--fetch"))
		return fetch(atoi(argv[2]), atol(argv[3]));
	if (argc > 2 && !strcmp(argv[1], "--run"))
		return run_program(argc, argv);
	w = argc > 2 ? find(argv[1]) : NULL;
	if (!w)
		die("usage: bench WORK VARIANT [marked]");
	mark_workers = argc > 3 && w == harts_works;
	if (argc > 3 && !mark_workers)
		mark(getpid());
	measure_work(w, argv[2]);
	return 0;
}
