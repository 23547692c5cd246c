// SPDX-License-Identifier: GPL-2.0
/*
 * forks [--rounds N] [--seed S] [--only NAME] [--hold N]: what a child gets of its
 * parent's memory, whatever state the pages are in, and what the two then do not see
 * of each other.
 *
 * What it prints depends on its arguments alone, so that a marked process must print
 * what an unmarked one does.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"
#include "forks.h"

static sigjmp_buf back;
static volatile int may_fault;

static void on_fault(int sig)
{
	if (may_fault)
		siglongjmp(back, sig);
	die("signal %d", sig);
}

int read_faults(const char *at, int sig)
{
	int fault = sigsetjmp(back, 1);

	may_fault = 1;
	if (!fault)
		(void)*(const volatile char *)at;
	may_fault = 0;
	return fault == sig;
}

char *map_small(size_t len)
{
	char *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	check(at != MAP_FAILED && !madvise(at, len, MADV_NOHUGEPAGE));
	return at;
}

char *map_at_huge(size_t len)
{
	char *at = mmap(NULL, len + HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);
	size_t before = -(uintptr_t)at & (HUGE - 1);

	check(at != MAP_FAILED);
	if (before)
		check(!munmap(at, before));
	check(!munmap(at + before + len, HUGE - before));
	return at + before;
}

static uint64_t word_of(size_t page, uint64_t key)
{
	uint64_t state = (page + 1) * 0x9e3779b97f4a7c15ULL ^ key;

	return next_random(&state) | 1;
}

void stamp(char *at, size_t len, uint64_t key)
{
	for (size_t page = 0; page < len / PAGE; page++) {
		uint64_t *word = (uint64_t *)(at + page * PAGE);

		word[0] = word_of(page, key);
		word[511] = ~word[0];
	}
}

int stamped(const char *at, size_t len, uint64_t key)
{
	for (size_t page = 0; page < len / PAGE; page++) {
		const uint64_t *word = (const uint64_t *)(at + page * PAGE);

		if (word[0] != word_of(page, key) || word[511] != ~word[0])
			return 0;
	}
	return 1;
}

pid_t begin_child(void)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	check(pid >= 0);
	return pid;
}

void end_child(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		check(errno == EINTR);
	if (status)
		die("a child ended with status 0x%x", status);
}

void leave_child(void)
{
	fflush(stderr);
	_exit(0);
}

long anon_pages(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	long kib, sum = 0;
	char line[128];

	check(f);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "RssAnon: %ld kB", &kib) == 1 ||
		    sscanf(line, "VmSwap: %ld kB", &kib) == 1)
			sum += kib / 4;
	fclose(f);
	return sum;
}

static void run_steps(const struct fork_step *step, size_t nr, const char *only, uint64_t key)
{
	for (; nr; nr--, step++) {
		if (only && strcmp(only, step->name))
			continue;
		step->run(key);
		printf("%s: right\n", step->name);
	}
}

static const char *word_option(int argc, char **argv, const char *name)
{
	for (int i = 1; i + 1 < argc; i++)
		if (!strcmp(argv[i], name))
			return argv[i + 1];
	return NULL;
}

int main(int argc, char **argv)
{
	long rounds = option(argc, argv, "--rounds", 1);
	uint64_t key = option(argc, argv, "--seed", 1);
	const char *only = word_option(argc, argv, "--only");
	struct sigaction act = { .sa_handler = on_fault };

	check(!sigaction(SIGSEGV, &act, NULL) && !sigaction(SIGBUS, &act, NULL));
	if (option(argc, argv, "--hold", 0)) {
		hold_swapped(key);
		return 0;
	}
	for (long i = 0; i < rounds; i++) {
		run_steps(plain_steps, nr_plain_steps, only, key + i);
		run_steps(special_steps, nr_special_steps, only, key + i);
		run_steps(moved_steps, nr_moved_steps, only, key + i);
	}
	return 0;
}
