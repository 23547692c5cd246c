// SPDX-License-Identifier: GPL-2.0
/*
 * sealed FILE: a process with a mapping of a file that can be sealed, and one beside it
 * that is not.
 *
 * Prints "ready pid=PID va=0xVA end=0xEND", then answers each line of standard input:
 *   check      "intact", or what stands there
 *   asks       what a program may ask the kernel for there, each with its errno
 *   beside     the same of the other mapping, which must succeed: "done"
 *   truncate   the file is cut short, and written anew
 *   protect    mprotect(2)s it, and says what came of it
 *   fork       a child checks, asks and forks once more; "child intact" and its errnos
 *   forks N    so many children, one after the other, each checks
 *   vfork, exec  a child that is its parent until it executes true; "done"
 *   quit       ends
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"

#define PAGES		4
#define MARK		"a page that is sealed"
#define NOP		0x0001	/* c.nop */

static char *area, *beside;
static int fd;

static void write_file(const char *mark)
{
	uint16_t page[PAGE / 2];

	for (int i = 0; i < PAGES; i++) {
		for (size_t n = 0; n < ARRAY_SIZE(page); n++)
			page[n] = NOP;
		snprintf((char *)page + PAGE / 2, PAGE / 2, "%s %d", mark, i);
		check(pwrite(fd, page, PAGE, i * PAGE) == PAGE);
	}
}

static int intact(void)
{
	char mark[64];

	for (int i = 0; i < PAGES; i++) {
		snprintf(mark, sizeof(mark), "%s %d", MARK, i);
		if (strcmp(area + i * PAGE + PAGE / 2, mark))
			return 0;
	}
	return 1;
}

/* The two are alone in 2 MiB, so that neighbours of a table are known. */
static void map(void)
{
	char *at = mmap(NULL, 6 * MEGA, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			-1, 0);

	check(at != MAP_FAILED);
	at = (char *)(((uintptr_t)at + 4 * MEGA - 1) & ~(2 * MEGA - 1));
	area = mmap(at, PAGES * PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, fd, 0);
	beside = mmap(at + 64 * PAGE, PAGES * PAGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	check(area != MAP_FAILED && beside != MAP_FAILED);
	fill(beside, PAGES * PAGE, 1);
}

/* 0 or the errno. */
static int err(long ret)
{
	return ret == -1 ? errno : 0;
}

static void asks(const char *who, char *at)
{
	int protect = err(mprotect(at, PAGE, PROT_READ | PROT_WRITE));
	int unmap = err(munmap(at, PAGE));
	int remap = err((long)mremap(at, PAGE, 2 * PAGE, MREMAP_MAYMOVE));
	int fixed = err((long)mmap(at, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
				   -1, 0));
	int dontneed = err(madvise(at, PAGE, MADV_DONTNEED));
	int locked = err(madvise(at, PAGE, MADV_DONTNEED_LOCKED));
	int cold = err(madvise(at, PAGE, MADV_COLD));
	int pageout = err(madvise(at, PAGE, MADV_PAGEOUT));
	int merge = err(madvise(at, PAGES * PAGE, MADV_MERGEABLE));

	munlock(at, PAGE);
	printf("%s mprotect=%d munmap=%d mremap=%d fixed=%d ", who, protect, unmap, remap, fixed);
	printf("dontneed=%d locked=%d cold=%d pageout=%d merge=%d\n", dontneed, locked, cold,
	       pageout, merge);
}

static void ask_beside(void)
{
	check(!mprotect(beside, PAGE, PROT_READ));
	check(!mprotect(beside, PAGE, PROT_READ | PROT_WRITE));
	check(filled(beside, PAGES * PAGE, 1));
	check(!madvise(beside + PAGE, PAGE, MADV_DONTNEED));
	check(all_zero(beside + PAGE, PAGE));
	check(!munmap(beside, PAGES * PAGE));
	check(mmap(beside, PAGES * PAGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == beside);
	fill(beside, PAGES * PAGE, 1);
	printf("done\n");
}

static int status_of(pid_t child)
{
	int status;

	check(child > 0 && waitpid(child, &status, 0) == child);
	return status;
}

static void ask_fork(void)
{
	pid_t child;

	fflush(stdout);
	child = fork();
	if (!child) {
		if (!intact())
			_exit(1);
		asks("child intact", area);
		fflush(stdout);
		child = fork();
		if (!child)
			_exit(!intact() || !err(munmap(area, PAGE)));
		_exit(status_of(child) != 0);
	}
	check(!status_of(child));
}

static void ask_forks(long nr)
{
	for (; nr; nr--) {
		pid_t child = fork();

		if (!child) {
			beside[0]++;
			_exit(!intact());
		}
		check(!status_of(child));
	}
	printf("done\n");
}

static void ask_exec(int quick)
{
	pid_t child = quick ? vfork() : fork();

	if (!child) {
		execl("/bin/true", "true", NULL);
		_exit(1);
	}
	check(!status_of(child));
	printf("done\n");
}

static void answer(const char *line)
{
	if (!strcmp(line, "check")) {
		printf("%s\n", intact() ? "intact" : "changed");
	} else if (!strcmp(line, "asks")) {
		asks("self", area);
	} else if (!strcmp(line, "beside")) {
		ask_beside();
	} else if (!strcmp(line, "truncate")) {
		check(!ftruncate(fd, 0));
		write_file("another text");
		printf("done\n");
	} else if (!strcmp(line, "protect")) {
		printf("mprotect=%d\n", err(mprotect(area, PAGE, PROT_READ)));
	} else if (!strcmp(line, "fork")) {
		ask_fork();
	} else if (!strncmp(line, "forks ", 6)) {
		ask_forks(atol(line + 6));
	} else if (!strcmp(line, "vfork") || !strcmp(line, "exec")) {
		ask_exec(*line == 'v');
	} else {
		printf("unknown\n");
	}
}

int main(int argc, char **argv)
{
	char line[64];

	check(argc == 2);
	setvbuf(stdout, NULL, _IOLBF, 0);
	fd = open(argv[1], O_RDWR | O_CREAT | O_TRUNC, 0755);
	check(fd >= 0);
	write_file(MARK);
	map();
	check(intact());
	printf("ready pid=%d va=%p end=%p\n", getpid(), area, area + PAGES * PAGE);
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = 0;
		if (!strcmp(line, "quit"))
			break;
		answer(line);
	}
	return 0;
}
