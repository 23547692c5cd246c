// SPDX-License-Identifier: GPL-2.0
/* The steps of the routes program on anonymous memory. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"
#include "routes.h"

#define RW	(PROT_READ | PROT_WRITE)

/* Pages in a few tables, one more than a shadow has, all or every some there. */
static void step_munmap(uint64_t key)
{
	static const size_t pages[] = { 8, 9, 511, 513, 1100, 33 * 512 + 5 };

	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		size_t len = pages[i] * PAGE, edge = 3 * PAGE;
		char *all = map_small(len + 2 * edge), *at = all + edge;

		stamp(all, edge, key);
		stamp(at + len, edge, key);
		for (size_t n = 0; n < len; n += (1 + i % 3 * 6) * PAGE)
			stamp(at + n, PAGE, key + n);
		check(!munmap(at, len));
		check(read_faults(at) && read_faults(at + len - PAGE) &&
		      read_faults(at + len / 2));
		check(stamped(all, edge, key) && stamped(at + len, edge, key));
		check(pages_of(all, len + 2 * edge) == 6);
		check(!munmap(all, len + 2 * edge));
	}
}

static void step_dontneed(uint64_t key)
{
	size_t len = 1500 * PAGE, from = (1 + key / 7 % 600) * PAGE, part = 700 * PAGE;
	char *at = map_small(len);

	for (int i = 0; i < 3; i++) {
		stamp(at, len, key + i);
		check(pages_of(at, len) == 1500);
		check(!madvise(at + from, part, MADV_DONTNEED));
		check(pages_of(at + from, part) == 0 && pages_of(at, len) == 800);
		check(stamped(at, from, key + i));
		check(stamped(at + from + part, len - from - part, key + i + from + part));
		check(stamps_gone(at + from, part));
	}
	check(!munmap(at, len) && read_faults(at));
}

/* Present, zero page, freed, merged, in swap: all in the same tables. */
static void step_mixed(uint64_t key)
{
	size_t part = 300 * PAGE, len = 5 * part;
	char *at = map_small(len);

	stamp(at, part, key);
	check(stamps_gone(at + part, part));
	stamp(at + 2 * part, part, key);
	check(!madvise(at + 2 * part, part, MADV_FREE));
	for (size_t i = 0; i < part; i += PAGE)
		fill(at + 3 * part + i, PAGE, key);
	if (madvise(at + 3 * part, part, MADV_MERGEABLE))
		check(errno == EINVAL);
	usleep(50000);
	stamp(at + 4 * part, part, key + 1);
	check(!madvise(at + 4 * part, part, MADV_PAGEOUT));
	check(!mprotect(at, len, PROT_READ) && !mprotect(at, len, PROT_NONE));
	check(read_faults(at) && read_faults(at + 4 * part));
	check(!mprotect(at, len, RW));
	check(stamped(at, part, key) && stamped(at + 4 * part, part, key + 1));
	for (size_t i = 0; i < part; i += PAGE)
		check(filled(at + 3 * part + i, PAGE, key));
	check(!madvise(at + 4 * part, part, MADV_PAGEOUT));
	check(!madvise(at + PAGE, len - 2 * PAGE, MADV_DONTNEED));
	check(pages_of(at + PAGE, len - 2 * PAGE) == 0);
	check(stamps_gone(at + PAGE, len - 2 * PAGE) && stamped(at, PAGE, key));
	check(stamped(at + len - PAGE, PAGE, key + 1 + part - PAGE));
	check(!munmap(at, len));
}

static void step_protect(uint64_t key)
{
	size_t len = 1200 * PAGE, from = (1 + key / 3 % 100) * PAGE, part = 1000 * PAGE;
	static const int way[] = { PROT_READ, RW, PROT_NONE, PROT_READ, PROT_NONE, RW, PROT_READ };
	char *at = map_small(len);

	stamp(at, len, key);
	for (size_t i = 0; i < ARRAY_SIZE(way); i++) {
		check(!mprotect(at + from, part, way[i]));
		check(!write_faults(at + from) == (way[i] == RW));
		check(!write_faults(at + from + part - PAGE) == (way[i] == RW));
		check(!read_faults(at + from + part / 2) == (way[i] != PROT_NONE));
		check(!write_faults(at + from - PAGE) && !write_faults(at + from + part));
		if (way[i] != PROT_NONE)
			check(stamped(at, len, key));
		if (way[i] == RW) {
			key += len;
			stamp(at, len, key);
		}
	}
	check(pages_of(at, len) == 1200);
	check(!munmap(at, len));
}

static void step_remap(uint64_t key)
{
	size_t len = 1300 * PAGE, huge = 2 * MEGA;
	char *at = map_small(len), *base = map_small(4 * len), *to;

	stamp(at, len, key);
	to = (char *)(((uintptr_t)base + huge) & ~(huge - 1)) + 5 * PAGE;
	check(mremap(at, len, len, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
	check(read_faults(at) && read_faults(at + len - PAGE));
	check(!mprotect(to, len, PROT_READ) && write_faults(to + len / 2));
	at = mremap(to, len, 2 * len, MREMAP_MAYMOVE);
	check(at != MAP_FAILED && write_faults(at) && !mprotect(at, 2 * len, RW));
	check(pages_of(at, len) == 1300);
	check(stamped(at, len, key) && stamps_gone(at + len, len));
	check(mremap(at, 2 * len, 10 * PAGE, 0) == at && read_faults(at + 10 * PAGE));
	check(!munmap(at, 10 * PAGE) && !munmap(base, 4 * len));
}

/* --- with a partner ------------------------------------------------------------ */

/*
 * The partner counts in each page of its range, whatever happens to the tables: a
 * store that is not allowed is made again until it is.
 */
struct partner {
	pthread_t thread;
	char *at;
	size_t len;
	volatile uint64_t rounds;
	int drops;		/* the pages may be emptied at any time */
	volatile int stop;
};

static void *count_up(void *arg)
{
	struct partner *p = arg;

	while (!p->stop) {
		uint64_t now = ++p->rounds;

		for (size_t i = 0; i < p->len; i += PAGE) {
			volatile uint64_t *word = (uint64_t *)(p->at + i);

			check(word[0] == now - 1 || (p->drops && !word[0]));
			word[0] = now;
			check(word[1] == 0);
			check(word[0] == now || (p->drops && !word[0]));
		}
	}
	return NULL;
}

static void partner_start(struct partner *p)
{
	check(!pthread_create(&p->thread, NULL, count_up, p));
	while (!p->rounds)
		sched_yield();
}

static void partner_end(struct partner *p)
{
	p->stop = 1;
	check(!pthread_join(p->thread, NULL));
	for (size_t i = 0; i < p->len; i += PAGE) {
		uint64_t word = *(uint64_t *)(p->at + i);

		check(word == p->rounds || (p->drops && !word));
	}
	check(!munmap(p->at, p->len));
}

static void step_dontneed_race(uint64_t key)
{
	size_t len = 640 * PAGE;
	struct partner p = { .at = map_small(len), .len = len, .drops = 1 };

	partner_start(&p);
	for (int i = 0; i < 30; i++) {
		size_t from = (key + 131 * i) % 500 * PAGE;

		check(!madvise(p.at + from, 100 * PAGE, MADV_DONTNEED));
		if (i % 8 == 0)
			check(!madvise(p.at, len, MADV_PAGEOUT));
		if (i % 16 == 0)
			check(!madvise(p.at, len, MADV_DONTNEED));
	}
	partner_end(&p);
}

/* No store may get lost, whichever way the entries go meanwhile. */
static void step_protect_race(uint64_t key)
{
	size_t len = 640 * PAGE;
	struct partner p = { .at = map_small(len), .len = len };

	partner_start(&p);
	for (int i = 0; i < 30; i++) {
		size_t from = (key + 131 * i) % 300 * PAGE, part = 300 * PAGE;

		check(!mprotect(p.at + from, part, i % 3 ? PROT_READ : PROT_NONE));
		if (i % 4 == 0)
			check(!madvise(p.at, len, MADV_PAGEOUT) || errno == EINVAL);
		check(!mprotect(p.at, len, RW));
	}
	partner_end(&p);
}

/* A second range is unmapped and mapped while the partner works in the same tables. */
static void step_neighbour_race(uint64_t key)
{
	size_t len = 200 * PAGE;
	char *all = map_small(3 * len);
	struct partner p = { .at = all + len, .len = len };

	partner_start(&p);
	for (int i = 0; i < 20; i++) {
		stamp(all, len, key + i);
		stamp(all + 2 * len, len, key + i);
		check(stamped(all, len, key + i) && !munmap(all, len));
		check(!madvise(all + 2 * len, len, MADV_DONTNEED));
		check(mmap(all, len, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == all);
		check(!madvise(all, len, MADV_NOHUGEPAGE));
		check(stamps_gone(all + 2 * len, len) && stamps_gone(all, len));
	}
	partner_end(&p);
	check(!munmap(all, len) && !munmap(all + 2 * len, len));
}

/* --- fork ---------------------------------------------------------------------- */

static int status_of(pid_t child)
{
	int status;

	check(child > 0 && waitpid(child, &status, 0) == child);
	if (!WIFEXITED(status))
		die("child ended with wait status %#x", status);
	return WEXITSTATUS(status);
}

/* Neither may see what the other writes; a part is in swap. */
static void step_fork(uint64_t key)
{
	size_t len = 1200 * PAGE, third = 400 * PAGE;
	char *at = map_small(len);
	int go[2];
	pid_t child;
	char c;

	stamp(at, len, key);
	check(!madvise(at + third, third, MADV_PAGEOUT) && !pipe(go));
	child = fork();
	if (!child) {
		close(go[1]);
		if (read(go[0], &c, 1) != 0 || !stamped(at, len, key))
			_exit(1);
		stamp(at, len, key + len);
		if (madvise(at + third / 2, third, MADV_DONTNEED) ||
		    !stamps_gone(at + third / 2, third) ||
		    mprotect(at, len, PROT_READ) || !stamped(at, third / 2, key + len))
			_exit(2);
		_exit(0);
	}
	check(child > 0 && !close(go[0]));
	stamp(at, third * 2, key + 2 * len);
	check(!close(go[1]) && status_of(child) == 0);
	check(stamped(at, 2 * third, key + 2 * len));
	check(stamped(at + 2 * third, third, key + 2 * third));
	check(!munmap(at, len));
}

/* In a child: the partner goes on in the parent, and nothing of it is seen here. */
static int stays(char *at, size_t len, uint64_t key)
{
	static uint64_t seen[300];

	for (size_t i = 0; i < len; i += PAGE)
		seen[i / PAGE] = *(volatile uint64_t *)(at + i);
	usleep(20000);
	for (size_t i = 0; i < len; i += PAGE) {
		if (*(volatile uint64_t *)(at + i) != seen[i / PAGE])
			return 1;
		*(volatile uint64_t *)(at + i) = key;
	}
	return 0;
}

static void step_fork_race(uint64_t key)
{
	size_t len = 300 * PAGE;
	struct partner p = { .at = map_small(len), .len = len };

	partner_start(&p);
	for (int i = 0; i < 4; i++) {
		pid_t child = fork();

		if (!child)
			_exit(stays(p.at, len, ~key));
		check(status_of(child) == 0);
	}
	partner_end(&p);
}

/* --- huge pages ------------------------------------------------------------------ */

static void step_huge(uint64_t key)
{
	size_t huge = 2 * MEGA, len = 4 * huge;
	char *all = mmap(NULL, len + huge, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *at;
	pid_t child;

	check(all != MAP_FAILED);
	at = (char *)(((uintptr_t)all + huge - 1) & ~(huge - 1));
	check(!madvise(at, len, MADV_HUGEPAGE));
	stamp(at, len, key);
	check(!mprotect(at + PAGE, len - 2 * PAGE, PROT_READ) && write_faults(at + huge));
	check(stamped(at, len, key) && !mprotect(at, len, RW));
	check(!madvise(at + huge + 9 * PAGE, 100 * PAGE, MADV_DONTNEED));
	check(stamps_gone(at + huge + 9 * PAGE, 100 * PAGE));
	check(stamped(at, huge + 9 * PAGE, key));
	if (madvise(at, huge, 25 /* MADV_COLLAPSE */))
		check(errno == ENOMEM || errno == EAGAIN || errno == EBUSY || errno == EINVAL);
	check(stamped(at, huge, key) && stamped(at + 2 * huge, 2 * huge, key + 2 * huge));
	child = fork();
	if (!child) {
		stamp(at, len, key + len);
		_exit(!stamped(at, len, key + len) || munmap(at + 3 * PAGE, 2 * huge));
	}
	check(status_of(child) == 0 && stamped(at, huge, key));
	check(!munmap(all, len + huge));
}

const struct route_step anon_steps[] = {
	{ "munmap", step_munmap }, { "dontneed", step_dontneed }, { "mixed", step_mixed },
	{ "protect", step_protect }, { "remap", step_remap },
	{ "dontneed-race", step_dontneed_race }, { "protect-race", step_protect_race },
	{ "neighbour-race", step_neighbour_race }, { "fork", step_fork },
	{ "fork-race", step_fork_race }, { "huge", step_huge },
};

const size_t nr_anon_steps = ARRAY_SIZE(anon_steps);
