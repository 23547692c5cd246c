// SPDX-License-Identifier: GPL-2.0
/*
 * threads [--threads N] [--rounds R | --seconds S [--still 1]]: threads that map, unmap,
 * protect and touch memory of one address space at once, each checking its own
 * data and all checking a shared table under a mutex.
 *
 * Also the program that is marked and unmarked while it runs: with --seconds it
 * prints "ready pid=PID" first. With --still 1 they only take turns from there on, in memory
 * that is all there: the kernel has nothing to write into their page tables.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "common.h"

#define MAX_THREADS	16
#define SHARED		64
#define STACK		(64 * 1024)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn = PTHREAD_COND_INITIALIZER;
static uint64_t shared[SHARED], total;
static long rounds, nr_threads, still;
static pthread_barrier_t begun;
static atomic_int stop;
static atomic_long done;

/* One round: map, fill, protect, look, drop a part, move, look, unmap. */
static void one_round(uint64_t key)
{
	size_t len = (4 + key % 29) * PAGE, part = len / 2 & ~(PAGE - 1);
	char *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	check(at != MAP_FAILED);
	for (size_t i = 0; i < len; i += PAGE)
		fill(at + i, PAGE, key + i);
	check(!mprotect(at, part, PROT_READ));
	for (size_t i = 0; i < len; i += PAGE)
		check(filled(at + i, PAGE, key + i));
	check(!mprotect(at, part, PROT_READ | PROT_WRITE));
	check(!madvise(at, PAGE, MADV_DONTNEED));
	check(all_zero(at, PAGE));
	at = mremap(at, len, 2 * len, MREMAP_MAYMOVE);
	check(at != MAP_FAILED);
	for (size_t i = PAGE; i < len; i += PAGE)
		check(filled(at + i, PAGE, key + i));
	check(all_zero(at + len, PAGE));
	check(!munmap(at, 2 * len));
}

/* The table always sums up to "total"; whoever breaks that holds the lock. */
static void use_shared(uint64_t key)
{
	uint64_t now = 0;

	pthread_mutex_lock(&lock);
	for (int i = 0; i < SHARED; i++)
		now += shared[i];
	check(now == total);
	shared[key % SHARED] += key;
	total += key;
	pthread_cond_broadcast(&turn);
	pthread_mutex_unlock(&lock);
}

static void *work(void *arg)
{
	uint64_t state = (uintptr_t)arg * 77 + 5;
	long n;

	if (still)
		pthread_barrier_wait(&begun);
	for (n = 0; !atomic_load(&stop) && (!rounds || n < rounds); n++) {
		uint64_t key = next_random(&state);

		if (!still)
			one_round(key);
		use_shared(key);
		atomic_fetch_add(&done, 1);
	}
	return NULL;
}

static void say_ready(void)
{
	printf("ready pid=%d\n", getpid());
}

/* Their stacks are there, and all else is then; what the clock is read by cannot be locked. */
static void settle(void)
{
	struct timespec now;

	pthread_barrier_wait(&begun);
	check(!mlockall(MCL_CURRENT) && !clock_gettime(CLOCK_REALTIME, &now));
	/* By the tick: it may be behind the other clock. */
	check(time(NULL) >= now.tv_sec - 1);
	say_ready();
}

int main(int argc, char **argv)
{
	long seconds = option(argc, argv, "--seconds", 0);
	pthread_t thread[MAX_THREADS];
	pthread_attr_t attr;
	struct timespec until;

	setvbuf(stdout, NULL, _IOLBF, 0);
	nr_threads = option(argc, argv, "--threads", 4);
	rounds = seconds ? 0 : option(argc, argv, "--rounds", 50);
	check(nr_threads > 0 && nr_threads <= MAX_THREADS);
	still = option(argc, argv, "--still", 0);
	check(!pthread_barrier_init(&begun, NULL, nr_threads + 1));
	if (seconds && !still)
		say_ready();
	check(!pthread_attr_init(&attr));
	/* All of it will be there. */
	if (still)
		check(!pthread_attr_setstacksize(&attr, STACK));
	for (long i = 0; i < nr_threads; i++)
		check(!pthread_create(&thread[i], &attr, work, (void *)(i + 1)));
	if (still)
		settle();
	if (seconds) {
		/* Wait on the condition, not in sleep(): futexes are walked, too. */
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += seconds;
		pthread_mutex_lock(&lock);
		while (time(NULL) < until.tv_sec)
			pthread_cond_timedwait(&turn, &lock, &until);
		pthread_mutex_unlock(&lock);
		atomic_store(&stop, 1);
	}
	for (long i = 0; i < nr_threads; i++)
		check(!pthread_join(thread[i], NULL));
	check(atomic_load(&done) >= nr_threads);
	if (seconds)
		printf("threads: data intact, rounds %ld\n", atomic_load(&done));
	else
		printf("threads: %ld threads, %ld rounds, data intact\n", nr_threads, rounds);
	return 0;
}
