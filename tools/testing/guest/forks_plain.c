// SPDX-License-Identifier: GPL-2.0
/* Forks of memory that stays where it is. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common.h"
#include "forks.h"

#define LEN	(5 * HUGE)

/* The kernel sums up what its CPUs have counted only now and then. */
#define SLACK	512

/* Whole, read-only since the last fork, and after each of the two has written. */
static void plain(uint64_t key)
{
	char *at = map_small(LEN) + 3 * PAGE;
	size_t len = LEN - 5 * PAGE;

	stamp(at, len, key);
	for (int i = 0; i < 4; i++) {
		long pages = anon_pages();
		pid_t pid = begin_child();

		if (!pid) {
			check(labs(anon_pages() - pages) < SLACK);
			check(stamped(at, len, key));
			if (i & 1)
				stamp(at, len, key + 100);
			check(stamped(at, len, i & 1 ? key + 100 : key));
			leave_child();
		}
		if (i & 2)
			stamp(at, len / 2 & -PAGE, key);
		end_child(pid);
		check(stamped(at, len, key));
	}
	check(!munmap(at - 3 * PAGE, LEN));
}

/* More tables than are done at once, most with little in them, one full, some not there. */
static void sparse(uint64_t key)
{
	const size_t tables = 70;
	char *at = map_small(tables * HUGE);

	for (size_t i = 0; i < tables; i++)
		if (i % 7 != 3)
			stamp(at + i * HUGE + i * 5 * PAGE, 20 * PAGE, key + i);
	stamp(at + 40 * HUGE, HUGE, key);
	for (int n = 0; n < 2; n++) {
		pid_t pid = begin_child();

		if (!pid) {
			for (size_t i = 0; i < tables; i++)
				if (i % 7 != 3 && i != 40)
					check(stamped(at + i * HUGE + i * 5 * PAGE, 20 * PAGE,
						      key + i));
			check(stamped(at + 40 * HUGE, HUGE, key));
			check(all_zero(at + 3 * HUGE, PAGE));
			stamp(at, 4 * HUGE, key + 7);
			leave_child();
		}
		end_child(pid);
	}
	check(stamped(at + 40 * HUGE, HUGE, key));
	check(!munmap(at, tables * HUGE));
}

/* A child's child's child, each with pages of its own on top. */
static void deep(uint64_t key)
{
	char *at = map_small(LEN);
	pid_t pid[5];
	int depth;

	for (int i = 0; i < 5; i++)
		stamp(at + i * HUGE, HUGE, key);
	for (depth = 0; depth < 5; depth++) {
		pid[depth] = begin_child();
		if (pid[depth])
			break;
		for (int i = 0; i < 5; i++)
			check(stamped(at + i * HUGE, HUGE, i < depth ? key + i + 1 : key));
		stamp(at + depth * HUGE, HUGE, key + depth + 1);
	}
	if (depth < 5)
		end_child(pid[depth]);
	if (depth)
		leave_child();
	for (int i = 0; i < 5; i++)
		check(stamped(at + i * HUGE, HUGE, key));
	check(!munmap(at, LEN));
}

/* Every kind of right within one table; what nobody may read is there all the same. */
static void rights(uint64_t key)
{
	static const int prot[] = {
		PROT_NONE, PROT_READ, PROT_READ | PROT_EXEC, PROT_READ | PROT_WRITE,
	};
	const size_t part = 32 * PAGE, parts = HUGE / part;
	char *at = map_small(HUGE);
	pid_t pid;

	stamp(at, HUGE, key);
	for (size_t i = 0; i < parts; i++)
		check(!mprotect(at + i * part, part, prot[i % 4]));
	pid = begin_child();
	if (!pid) {
		for (size_t i = 0; i < parts; i++)
			check(read_faults(at + i * part, SIGSEGV) == !(i % 4));
		check(!mprotect(at, HUGE, PROT_READ | PROT_WRITE));
		check(stamped(at, HUGE, key));
		stamp(at, HUGE, key + 1);
		leave_child();
	}
	end_child(pid);
	check(!mprotect(at, HUGE, PROT_READ | PROT_WRITE) && stamped(at, HUGE, key));
	/* All of it without a valid entry. */
	check(!mprotect(at, HUGE, PROT_NONE));
	pid = begin_child();
	if (!pid) {
		check(!mprotect(at, HUGE, PROT_READ) && stamped(at, HUGE, key));
		leave_child();
	}
	end_child(pid);
	check(!munmap(at, HUGE));
}

/* What the child shall not get. */
static void wiped(uint64_t key)
{
	char *at = map_small(3 * HUGE);
	pid_t pid;

	stamp(at, 3 * HUGE, key);
	check(!madvise(at, HUGE, MADV_WIPEONFORK));
	check(!madvise(at + 2 * HUGE, HUGE, MADV_DONTFORK));
	pid = begin_child();
	if (!pid) {
		check(all_zero(at, HUGE));
		stamp(at, HUGE, key + 1);
		check(read_faults(at + 2 * HUGE, SIGSEGV));
		leave_child();
	}
	end_child(pid);
	check(stamped(at, 3 * HUGE, key));
	check(!madvise(at, HUGE, MADV_KEEPONFORK) && !madvise(at + 2 * HUGE, HUGE, MADV_DOFORK));
	pid = begin_child();
	if (!pid) {
		check(stamped(at, 3 * HUGE, key));
		leave_child();
	}
	end_child(pid);
	check(!munmap(at, 3 * HUGE));
}

/* Pages of a file, private ones of both kinds in one table, and a file cut short. */
static void files(uint64_t key)
{
	int fd = memfd_create("forks", 0);
	char *private, *shared, *anon;
	pid_t pid;

	check(fd >= 0 && !ftruncate(fd, HUGE));
	private = mmap(NULL, HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	shared = mmap(NULL, HUGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	anon = mmap(NULL, HUGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	check(private != MAP_FAILED && shared != MAP_FAILED && anon != MAP_FAILED);
	stamp(shared, HUGE, key);
	check(stamped(private, HUGE, key));
	stamp(private, HUGE / 2, key + 1);
	pid = begin_child();
	if (!pid) {
		check(stamped(private, HUGE / 2, key + 1) && stamped(shared, HUGE, key));
		stamp(private, HUGE / 4, key + 2);
		stamp(shared, HUGE / 4, key + 3);
		stamp(anon, HUGE, key + 4);
		check(!ftruncate(fd, HUGE / 2));
		check(read_faults(shared + HUGE / 2, SIGBUS));
		check(read_faults(private + HUGE / 2, SIGBUS));
		check(stamped(private, HUGE / 4, key + 2));
		leave_child();
	}
	end_child(pid);
	check(stamped(private, HUGE / 2, key + 1) && stamped(shared, HUGE / 4, key + 3));
	check(stamped(anon, HUGE, key + 4));
	check(read_faults(private + HUGE / 2, SIGBUS));
	check(!munmap(private, HUGE) && !munmap(shared, HUGE) && !munmap(anon, HUGE));
	close(fd);
}

static volatile int stop;

/* Of each page the first word is written before the last. */
static void *writer(void *arg)
{
	while (!stop)
		for (size_t page = 0; page < HUGE / PAGE && !stop; page++) {
			volatile uint64_t *word = (uint64_t *)((char *)arg + page * PAGE);

			word[0]++;
			__atomic_thread_fence(__ATOMIC_SEQ_CST);
			word[511]++;
		}
	return NULL;
}

/* A child has the memory of one moment, whatever the parent's threads do. */
static void snapshot(const char *at)
{
	uint64_t first = sum(at, HUGE, 1);

	for (size_t page = 0; page < HUGE / PAGE; page++) {
		const uint64_t *word = (const uint64_t *)(at + page * PAGE);

		check(word[0] - word[511] <= 1);
	}
	check(sum(at, HUGE, 1) == first);
}

static void moment(uint64_t key)
{
	char *at = map_small(HUGE);
	pthread_t thread;

	(void)key;
	stop = 0;
	check(!pthread_create(&thread, NULL, writer, at));
	for (int i = 0; i < 8; i++) {
		pid_t pid = begin_child();

		if (!pid) {
			snapshot(at);
			leave_child();
		}
		end_child(pid);
	}
	stop = 1;
	check(!pthread_join(thread, NULL));
	check(!munmap(at, HUGE));
}

const struct fork_step plain_steps[] = {
	{ "plain", plain }, { "sparse", sparse }, { "deep", deep }, { "rights", rights },
	{ "wiped", wiped }, { "files", files }, { "moment", moment },
};

const size_t nr_plain_steps = ARRAY_SIZE(plain_steps);
