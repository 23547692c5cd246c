// SPDX-License-Identifier: GPL-2.0
/*
 * hungry WHAT [--huge N] [--gib N] [--mib N] [--processes N]: take page tables until
 * there are none left, then do what must work without one.
 *   huge     N huge pages, then tables; then each huge page is split
 *   hugetlb  pages of hugetlbfs, each with tables of its own
 *   sparse   pages far apart: tables of every level
 *   file     pages of a file far apart, by faults that bring their table along
 *   fill     memory, page by page
 *   bomb     processes that fork, all of them, each with some tables
 * Prints what it got to and how that ended. "whole" says that the data was there in
 * the end. Being killed is the other legal end; status 1 is none.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"

#define GIGA	(1024 * MEGA)

static char *reserve(size_t len, size_t align, int flags, int fd)
{
	char *at = mmap(NULL, len + align, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	check(at != MAP_FAILED);
	at = (char *)(((uintptr_t)at + align - 1) & ~(align - 1));
	if (mmap(at, len, PROT_READ | PROT_WRITE, flags | MAP_FIXED | MAP_NORESERVE, fd, 0) == at)
		return at;
	die("mmap of %zu MiB: %s", len / MEGA, strerror(errno));
}

/* A page each STRIDE bytes until there is no table for it. Return: how many. */
static size_t take(char *at, size_t len, size_t stride, int how, int *error)
{
	size_t n;

	for (n = 0; n < len / stride; n++)
		if (madvise(at + n * stride, PAGE, how))
			break;
	*error = n < len / stride ? errno : 0;
	return n;
}

static void report(const char *what, size_t got, size_t tables, int error)
{
	printf("hungry: %s: %zu, then %zu tables, then %s\n", what, got, tables,
	       error ? strerrorname_np(error) : "the end");
	fflush(stdout); /* we may be killed at any time */
	check(!error || error == ENOMEM || error == EFAULT);
}

/* Two pages of each are looked at: one beside the part that is split off. */
static void huge(size_t n, size_t len)
{
	char *area = reserve(n * 2 * MEGA, 2 * MEGA, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	char *small = reserve(len, 2 * MEGA, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	size_t i, got, tables;
	int error, ret;

	check(!madvise(area, n * 2 * MEGA, MADV_HUGEPAGE));
	check(!madvise(small, len, MADV_NOHUGEPAGE));
	got = take(area, n * 2 * MEGA, 2 * MEGA, MADV_POPULATE_WRITE, &error);
	for (i = 0; i < got; i++)
		memcpy(area + i * 2 * MEGA, &i, sizeof(i));
	tables = take(small, len, 2 * MEGA, MADV_POPULATE_WRITE, &error);
	report("huge", got, tables, error);
	for (i = 0; i < got; i++) {
		char *page = area + i * 2 * MEGA + 16 * PAGE;

		if (i % 3 == 0)
			ret = madvise(page, PAGE, MADV_DONTNEED);
		else if (i % 3 == 1)
			ret = mprotect(page, PAGE, PROT_READ);
		else
			ret = munmap(page, PAGE);
		/* More VMAs than a process may have is another matter. */
		check(!ret || errno == ENOMEM);
	}
	for (i = 0; i < got; i++)
		check(!memcmp(area + i * 2 * MEGA, &i, sizeof(i)));
}

/* The same page again and again, with a PMD page each. Return: the first without. */
static size_t map_hugetlb(char *area, int fd, size_t i, size_t n, int *error)
{
	for (*error = 0; i < n; i++) {
		char *at = mmap(area + i * GIGA, 2 * MEGA, PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_FIXED, fd, 0);

		if (at == MAP_FAILED || madvise(at, 2 * MEGA, MADV_POPULATE_WRITE))
			break;
		check(*at == (i ? 42 : 0));
		*at = 42;
	}
	if (i < n)
		*error = errno;
	return i;
}

static void hugetlb(size_t n, size_t len)
{
	char *area = reserve(n * GIGA, GIGA, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	char *small = reserve(len, 2 * MEGA, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	int error, fd = memfd_create("hungry", MFD_HUGETLB);
	size_t got, tables;

	check(!madvise(small, len, MADV_NOHUGEPAGE));
	check(fd >= 0 && !ftruncate(fd, 2 * MEGA));
	got = map_hugetlb(area, fd, 0, n / 2, &error);
	tables = take(small, len, 2 * MEGA, MADV_POPULATE_WRITE, &error);
	got = map_hugetlb(area, fd, got, n, &error);
	report("hugetlb", got, tables, error);
	for (size_t i = 0; i < got; i++)
		check(area[i * GIGA] == 42);
}

static void sparse(size_t len)
{
	static const size_t strides[] = { GIGA, 64 * MEGA, 2 * MEGA };
	char *area = reserve(len, GIGA, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	size_t s, i, got[ARRAY_SIZE(strides)];
	int error = 0;

	check(!madvise(area, len, MADV_NOHUGEPAGE));
	for (s = 0; s < ARRAY_SIZE(strides); s++) {
		got[s] = take(area, len, strides[s], MADV_POPULATE_WRITE, &error);
		for (i = 0; i < got[s]; i++)
			area[i * strides[s]] = (char)(s + 1);
	}
	report("sparse", got[0], got[1] + got[2], error);
	for (i = 0; i < got[2]; i++)
		check(area[i * 2 * MEGA] == 3);
}

static void file(size_t len)
{
	int fd = memfd_create("hungry", 0), error;
	size_t got, tables;
	char *area, *again;

	check(fd >= 0 && !ftruncate(fd, len));
	area = reserve(len, 2 * MEGA, MAP_SHARED, fd);
	again = reserve(len, 2 * MEGA, MAP_PRIVATE, fd);
	/* To write: new pages. Then to read: pages that are there, with those around. */
	got = take(area, len / 2, 2 * MEGA, MADV_POPULATE_WRITE, &error);
	tables = take(again, len, 2 * MEGA, MADV_POPULATE_READ, &error);
	if (!error)
		tables += take(area + len / 2, len / 2, 2 * MEGA, MADV_POPULATE_WRITE, &error);
	report("file", got, tables, error);
	/* By a fault of user mode: the end of a process that has too many. */
	for (size_t i = 0; error && i < len; i += 2 * MEGA)
		area[i] = 1;
}

/* More memory than there may be, which is another end. */
static void fill_memory(size_t len)
{
	char *area = reserve(len, 2 * MEGA, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	check(!madvise(area, len, MADV_NOHUGEPAGE));
	for (size_t i = 0; i < len; i += PAGE)
		area[i] = 1;
	report("fill", len / MEGA, 0, 0);
}

static volatile unsigned int *forked;
static volatile unsigned int *failed;

static void bomb(unsigned int processes, size_t some)
{
	char *area = reserve(some, 2 * MEGA, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	void *shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			    -1, 0);
	size_t tables;
	pid_t first;
	int error;

	check(shared != MAP_FAILED);
	forked = shared;
	failed = forked + 1;
	check(!madvise(area, some, MADV_NOHUGEPAGE));
	tables = take(area, some, 2 * MEGA, MADV_POPULATE_WRITE, &error);
	first = fork();
	if (first < 0) {
		report("bomb", 0, tables, errno);
		return;
	}
	if (!first) {
		setpgid(0, 0);
		/* Both go on, until some have failed or all are there. */
		while (*forked < processes && *failed < 16) {
			pid_t child = fork();

			if (child < 0)
				__atomic_add_fetch(failed, 1, __ATOMIC_RELAXED);
			else if (!child)
				__atomic_add_fetch(forked, 1, __ATOMIC_RELAXED);
			if (!child)
				area[PAGE] = 1;
		}
		pause();
	}
	setpgid(first, first);
	while (*forked < processes && *failed < 16) {
		/* All of them may have been killed. */
		if (waitpid(first, NULL, WNOHANG) == first)
			break;
		usleep(20000);
	}
	kill(-first, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0)
		;
	report("bomb", *forked, tables, *failed ? ENOMEM : 0);
}

int main(int argc, char **argv)
{
	size_t nr = option(argc, argv, "--huge", 200);
	size_t len = option(argc, argv, "--gib", 40) * GIGA;
	const char *what = argc > 1 ? argv[1] : "";

	/* Whatever the library needs it takes now. */
	printf("hungry: %s, %s\n", what, strerrorname_np(ENOMEM));
	fflush(stdout);
	if (!strcmp(what, "huge"))
		huge(nr, len);
	else if (!strcmp(what, "hugetlb"))
		hugetlb(nr, len);
	else if (!strcmp(what, "sparse"))
		sparse(len);
	else if (!strcmp(what, "file"))
		file(len);
	else if (!strcmp(what, "fill"))
		fill_memory(option(argc, argv, "--mib", 128) * MEGA);
	else if (!strcmp(what, "bomb"))
		bomb(option(argc, argv, "--processes", 2000),
		     option(argc, argv, "--mib", 512) * MEGA);
	else
		die("what is '%s'?", what);
	printf("hungry: %s: whole\n", what);
	return 0;
}
