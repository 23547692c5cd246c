// SPDX-License-Identifier: GPL-2.0
/*
 * stress [--rounds N] [--seed S] [--only NAME] [--marked]: everything a process can do to
 * its page tables, with the data checked at each step.
 *
 * The checksum printed at the end depends on seed and rounds alone, so that of
 * a marked process must equal that of an unmarked one. --marked: each child and
 * each new image must find itself in /proc/nacc/mms as the first thing it does.
 */
#include <setjmp.h>
#include <signal.h>
#include <unistd.h>

#include "common.h"
#include "stress.h"

static sigjmp_buf back;

static void on_segv(int sig)
{
	siglongjmp(back, sig);
}

int faults(char *at)
{
	struct sigaction act = { .sa_handler = on_segv }, old;
	int fault;

	check(!sigaction(SIGSEGV, &act, &old));
	fault = sigsetjmp(back, 1);
	if (!fault)
		__atomic_fetch_or((unsigned int *)at, 0, __ATOMIC_SEQ_CST);
	check(!sigaction(SIGSEGV, &old, NULL));
	return fault == SIGSEGV;
}

int as_expected(void)
{
	char line[256];
	int domain, pid, found = 0;
	FILE *mms;

	if (!getenv("STRESS_MARKED"))
		return 1;
	mms = fopen("/proc/nacc/mms", "r");
	if (!mms)
		return 0;
	while (!found && fgets(line, sizeof(line), mms))
		found = sscanf(line, "%d %d", &domain, &pid) == 2 && pid == getpid();
	fclose(mms);
	return found;
}

int run_image(uint64_t seed)
{
	uint64_t state = seed;

	return memory_steps[seed % nr_memory_steps].run(&state) % 200;
}

static uint64_t run_steps(const struct step *step, size_t nr, uint64_t *state,
			  const char *only, uint64_t checksum)
{
	for (size_t i = 0; i < nr; i++) {
		if (only && strcmp(only, step[i].name))
			continue;
		checksum = (checksum ^ step[i].run(state)) * 0x100000001b3ULL;
	}
	return checksum;
}

int main(int argc, char **argv)
{
	long rounds = option(argc, argv, "--rounds", 20);
	uint64_t state = option(argc, argv, "--seed", 1), checksum = 0;
	const char *only = NULL;

	if (argc == 3 && !strcmp(argv[1], "--image"))
		return !as_expected() ? 240 : run_image(strtoull(argv[2], NULL, 0));
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--only") && i + 1 < argc)
			only = argv[i + 1];
		else if (!strcmp(argv[i], "--marked"))
			setenv("STRESS_MARKED", "1", 1);
	}
	if (!as_expected())
		die("not marked");
	check(state != 0);
	for (long n = 0; n < rounds; n++) {
		checksum = run_steps(memory_steps, nr_memory_steps, &state, only, checksum);
		checksum = run_steps(process_steps, nr_process_steps, &state, only, checksum);
	}
	printf("stress: %ld rounds, checksum %#lx\n", rounds, checksum);
	return 0;
}
