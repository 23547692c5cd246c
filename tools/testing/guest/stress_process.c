// SPDX-License-Identifier: GPL-2.0
/* The steps of the stress program that make processes. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"
#include "stress.h"

extern char **environ;

/* Exit status of a child; it must end by itself. */
static int status_of(pid_t child)
{
	int status;

	check(child > 0 && waitpid(child, &status, 0) == child);
	if (!WIFEXITED(status))
		die("child ended with wait status %#x", status);
	return WEXITSTATUS(status);
}

/* Copy on write, in both directions, two generations deep. */
static uint64_t step_cow(uint64_t *state)
{
	uint64_t key = next_random(state), seen;
	size_t len = (8 + next_random(state) % 500) * PAGE;
	char *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pid_t child;
	int go[2];
	char c;

	check(at != MAP_FAILED && !pipe(go));
	fill(at, len, key);
	child = fork();
	if (!child) {
		if (!as_expected())
			_exit(9);
		close(go[1]);
		if (read(go[0], &c, 1) != 0 || !filled(at, len, key))
			_exit(2); /* the parent's writes must not be seen */
		fill(at, len, key + 1);
		child = fork();
		if (!child) {
			int good = as_expected() && filled(at, len, key + 1);

			fill(at, PAGE, key + 2);
			_exit(good && !munmap(at, len) ? 0 : 3);
		}
		_exit(status_of(child) || !filled(at, len, key + 1));
	}
	check(child > 0 && !close(go[0]));
	fill(at, len / 2 & ~(PAGE - 1), key + 3);
	check(!close(go[1]) && status_of(child) == 0);
	check(filled(at, len / 2 & ~(PAGE - 1), key + 3));
	seen = sum(at, len, 10);
	check(!munmap(at, len));
	return seen;
}

static uint64_t step_shared(uint64_t *state)
{
	uint64_t key = next_random(state), seen;
	size_t len = 64 * PAGE;
	char *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t child;

	check(at != MAP_FAILED);
	child = fork();
	if (!child) {
		fill(at, len, key);
		_exit(0);
	}
	check(status_of(child) == 0 && filled(at, len, key));
	seen = sum(at, len, 11);
	check(!munmap(at, len));
	return seen;
}

/* fork + exec and vfork + exec: the new image answers with its exit status. */
static uint64_t step_exec(uint64_t *state)
{
	uint64_t seed = next_random(state) | 1;
	char number[32];
	char *const argv[] = { "stress", "--image", number, NULL };
	pid_t child;
	int expected = run_image(seed);

	snprintf(number, sizeof(number), "%#lx", seed);
	child = fork();
	if (!child) {
		execve("/proc/self/exe", argv, environ);
		_exit(250);
	}
	check(status_of(child) == expected);
	check(!posix_spawn(&child, "/proc/self/exe", NULL, NULL, argv, environ));
	check(status_of(child) == expected);
	return expected;
}

/* Many short children at once; one of them is ended from outside. */
static uint64_t step_burst(uint64_t *state)
{
	uint64_t key = next_random(state);
	pid_t child[8];

	for (int i = 0; i < 8; i++) {
		child[i] = fork();
		if (child[i])
			continue;
		if (!as_expected())
			_exit(101);
		if (i == 7)
			pause();
		char *at = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		fill(at, 8 * PAGE, key + i);
		_exit(filled(at, 8 * PAGE, key + i) ? i : 100);
	}
	for (int i = 0; i < 7; i++)
		check(status_of(child[i]) == i);
	check(!kill(child[7], SIGKILL) && waitpid(child[7], NULL, 0) == child[7]);
	return key;
}

struct two_threads {
	uint64_t key;
	char *at;
};

static void *other_thread(void *arg)
{
	struct two_threads *two = arg;

	for (int i = 0; i < 20; i++) {
		char *at = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		check(at != MAP_FAILED);
		fill(at, 4 * PAGE, two->key + i);
		check(filled(at, 4 * PAGE, two->key + i) && !munmap(at, 4 * PAGE));
	}
	fill(two->at, 4 * PAGE, two->key);
	return NULL;
}

/* fork(2) while another thread changes the address space that is copied. */
static uint64_t step_threads(uint64_t *state)
{
	struct two_threads two = { .key = next_random(state) };
	pthread_t thread;
	uint64_t seen;

	two.at = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	check(two.at != MAP_FAILED);
	check(!pthread_create(&thread, NULL, other_thread, &two));
	for (int i = 0; i < 3; i++) {
		pid_t child = fork();

		if (!child)
			_exit(7);
		check(status_of(child) == 7);
	}
	check(!pthread_join(thread, NULL) && filled(two.at, 4 * PAGE, two.key));
	seen = sum(two.at, 4 * PAGE, 12);
	check(!munmap(two.at, 4 * PAGE));
	return seen;
}

const struct step process_steps[] = {
	{ "cow", step_cow }, { "shared", step_shared }, { "exec", step_exec },
	{ "burst", step_burst }, { "threads", step_threads },
};

const size_t nr_process_steps = ARRAY_SIZE(process_steps);
