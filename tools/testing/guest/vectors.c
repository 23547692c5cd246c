// SPDX-License-Identifier: GPL-2.0
/*
 * vectors [--rounds N] [--threads N] [--frames 1]: threads that hold values in all vector
 * registers, without a system call, while they are interrupted, fault, are sent signals whose
 * handlers use them, too, and to other CPUs; then threads that each do it once, one after the
 * other.
 *
 * Ends with what was seen; or says what is in them and was not put there. --frames: and how many
 * frames with contexts there are before the last of them and behind it.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "common.h"
#include "vectors.h"

#define WORKERS	6
#define PAGES	32
#define V_BIT	(1UL << ('v' - 'a'))

struct worker {
	pthread_t thread;
	uint64_t seed;
	char *pages;
	atomic_long rounds;
};

static struct worker workers[WORKERS];
static atomic_int over;
static atomic_long signals;

static void handler(int sig)
{
	(void)sig;
	spoil_vectors();
	atomic_fetch_add(&signals, 1);
}

/* e8 to e64, m1 to m8; of no type more than four elements */
static void choose(struct vectors *v, uint64_t *seed)
{
	for (size_t i = 0; i < sizeof(v->v); i++)
		v->v[i] = (uint8_t)next_random(seed);
	v->vcsr = next_random(seed) % 8;
	v->vtype = next_random(seed) % 4 << 3 | next_random(seed) % 4;
	v->vl = next_random(seed) % 3;
}

static void hold(struct worker *w)
{
	static __thread struct vectors from, to;
	unsigned long bytes;

	asm volatile("csrr %0, 0xc22" /* vlenb */ : "=r"(bytes));
	choose(&from, &w->seed);
	memset(&to, 0, sizeof(to));
	hold_vectors(&from, &to, PAGES, w->pages);
	for (unsigned long i = 0; i < 32 * bytes; i++)
		if (from.v[i] != to.v[i])
			die("v%lu: byte %lu is %#x, was %#x, after %ld rounds", i / bytes,
			    i % bytes, to.v[i], from.v[i], w->rounds);
	if (from.vcsr != to.vcsr || from.vl != to.vl || from.vtype != to.vtype)
		die("vcsr %#lx vl %#lx vtype %#lx, were %#lx %#lx %#lx, after %ld rounds",
		    to.vcsr, to.vl, to.vtype, from.vcsr, from.vl, from.vtype, w->rounds);
	atomic_fetch_add(&w->rounds, 1);
}

static void *work(void *arg)
{
	struct worker *w = arg;

	while (!over)
		hold(w);
	return NULL;
}

static void *once(void *arg)
{
	hold(arg);
	return NULL;
}

static void begin(struct worker *w, unsigned int seed)
{
	w->seed = seed + 1;
	w->pages = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);
	check(w->pages != MAP_FAILED);
}

/* However busy the machine is: each has done it so often, with signals in between. */
static int is_enough(long rounds)
{
	for (unsigned int i = 0; i < WORKERS; i++)
		if (workers[i].rounds < rounds)
			return 0;
	return signals >= rounds;
}

/* Signals, faults, other CPUs */
static void disturb(const struct worker *w, unsigned int n)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(n % sysconf(_SC_NPROCESSORS_ONLN), &set);
	check(!pthread_setaffinity_np(w->thread, sizeof(set), &set));
	check(!madvise(w->pages, PAGES * PAGE, MADV_DONTNEED));
	if (n % 3 == 0)
		check(!pthread_kill(w->thread, SIGUSR1));
}

static void print_frames(void)
{
	FILE *stats = fopen("/proc/nacc/stats", "r");
	char line[128];

	check(stats);
	while (fgets(line, sizeof(line), stats))
		if (!strncmp(line, "frames_context", strlen("frames_context")))
			fputs(line, stdout);
	fclose(stats);
}

static void many(long nr)
{
	struct worker *w = &workers[0];

	for (long i = 0; i < nr; i++) {
		check(!madvise(w->pages, PAGES * PAGE, MADV_DONTNEED));
		check(!pthread_create(&w->thread, NULL, once, w));
		check(!pthread_join(w->thread, NULL));
	}
}

int main(int argc, char **argv)
{
	const struct timespec pause = { .tv_nsec = 2000000 };
	long threads = option(argc, argv, "--threads", 0);
	long rounds = option(argc, argv, "--rounds", 30);

	if (!(getauxval(AT_HWCAP) & V_BIT))
		die("no vector registers");
	check(signal(SIGUSR1, handler) != SIG_ERR);
	for (unsigned int i = 0; i < WORKERS; i++) {
		begin(&workers[i], i);
		check(!pthread_create(&workers[i].thread, NULL, work, &workers[i]));
	}
	for (unsigned int n = 0; !is_enough(rounds); n++) {
		disturb(&workers[n % WORKERS], n / WORKERS + n);
		nanosleep(&pause, NULL);
	}
	over = 1;
	for (unsigned int i = 0; i < WORKERS; i++)
		check(!pthread_join(workers[i].thread, NULL));
	if (option(argc, argv, "--frames", 0))
		print_frames();
	many(threads);
	if (option(argc, argv, "--frames", 0))
		print_frames();
	printf("vectors: intact, %d threads, then %ld\n", WORKERS, threads);
	return 0;
}
