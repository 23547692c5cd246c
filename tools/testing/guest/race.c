// SPDX-License-Identifier: GPL-2.0
/*
 * race [--seconds S] [--threads N]: threads that change the same few page-table
 * entries at once.
 *
 * One half protects and discards a small area, the other half writes and reads
 * it. A word holds zero or what was written there, never anything else. Then
 * pages are discarded lazily and written at once while their rights are being
 * changed: a D bit that got lost is data that got lost.
 * Prints "race: ..., data intact".
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "common.h"

#define PAGES	16
#define WORDS	(PAGE / sizeof(uint64_t))

static volatile uint64_t *area, *lazy;
static atomic_int stop;
static atomic_long changes, accesses, faulted, lazy_rounds;

/* The page is read-only just now: try again. */
static void on_segv(int sig)
{
	(void)sig;
	sched_yield();
	atomic_fetch_add(&faulted, 1);
}

static uint64_t stamp(size_t word)
{
	return 0x5a5a000000000000ULL + word;
}

static void *changer(void *arg)
{
	uint64_t state = (uintptr_t)arg * 31 + 7;

	while (!atomic_load(&stop)) {
		uint64_t r = next_random(&state);
		char *at = (char *)area + r % PAGES * PAGE;
		size_t len = (1 + (r >> 8) % 4) * PAGE;

		if (at + len > (char *)area + PAGES * PAGE)
			len = PAGE;
		check(!mprotect(at, len, PROT_READ));
		if ((r >> 16) % 4 == 0)
			check(!madvise(at, PAGE, MADV_DONTNEED));
		check(!mprotect(at, len, PROT_READ | PROT_WRITE));
		atomic_fetch_add(&changes, 1);
	}
	check(!mprotect((char *)area, PAGES * PAGE, PROT_READ | PROT_WRITE));
	return NULL;
}

static void *toucher(void *arg)
{
	uint64_t state = (uintptr_t)arg * 131 + 3;

	while (!atomic_load(&stop)) {
		size_t word = next_random(&state) % (PAGES * WORDS);
		uint64_t seen;

		area[word] = stamp(word);
		seen = area[word];
		check(!seen || seen == stamp(word));
		if (atomic_fetch_add(&accesses, 1) % 64 == 0)
			sched_yield();
	}
	return NULL;
}

static void *protector(void *arg)
{
	(void)arg;
	while (!atomic_load(&stop)) {
		check(!mprotect((void *)lazy, PAGES * PAGE, PROT_READ));
		check(!mprotect((void *)lazy, PAGES * PAGE, PROT_READ | PROT_WRITE));
	}
	check(!mprotect((void *)lazy, PAGES * PAGE, PROT_READ | PROT_WRITE));
	return NULL;
}

/* Lazily discarded, written again, then reclaimed: only the D bit saves it. */
static void *lazy_writer(void *arg)
{
	(void)arg;
	for (uint64_t n = 1; !atomic_load(&stop); n++) {
		for (size_t p = 0; p < PAGES; p++)
			lazy[p * WORDS] = n;
		check(!madvise((void *)lazy, PAGES * PAGE, MADV_FREE));
		for (size_t p = 0; p < PAGES; p += 2)
			lazy[p * WORDS] = ~n;
		check(!madvise((void *)lazy, PAGES * PAGE, MADV_PAGEOUT));
		for (size_t p = 0; p < PAGES; p++) {
			uint64_t seen = lazy[p * WORDS];

			check(p % 2 ? !seen || seen == n : seen == ~n);
		}
		atomic_fetch_add(&lazy_rounds, 1);
	}
	return NULL;
}

static void *new_area(void)
{
	void *at = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);

	check(at != MAP_FAILED && !madvise(at, PAGES * PAGE, MADV_NOHUGEPAGE));
	return at;
}

int main(int argc, char **argv)
{
	static void *(*const role[])(void *) = { changer, toucher, protector, lazy_writer,
						 changer, toucher };
	long seconds = option(argc, argv, "--seconds", 3);
	struct sigaction act = { .sa_handler = on_segv };
	pthread_t thread[ARRAY_SIZE(role)];

	area = new_area();
	lazy = new_area();
	check(!sigaction(SIGSEGV, &act, NULL));
	for (uintptr_t i = 0; i < ARRAY_SIZE(role); i++)
		check(!pthread_create(&thread[i], NULL, role[i], (void *)(i + 1)));
	sleep(seconds);
	atomic_store(&stop, 1);
	for (size_t i = 0; i < ARRAY_SIZE(role); i++)
		check(!pthread_join(thread[i], NULL));
	check(changes && accesses && lazy_rounds);
	printf("race: changes=%ld accesses=%ld faults=%ld lazy=%ld, data intact\n", changes,
	       accesses, faulted, lazy_rounds);
	return 0;
}
