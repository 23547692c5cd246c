// SPDX-License-Identifier: GPL-2.0
/* Works on the memory of one process: 32 MiB, page by page. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "bench.h"

#define GUP_PAGES	512
#define GUP_ROUNDS	32
/* Small works are repeated, so that they stand out from the timer interrupts. */
#define PROTECT_ROUNDS	8
#define MOVE_ROUNDS	8	/* even: it ends where it began */

static char *area, *target;
static int file = -1, ends[2], sink;
static volatile char seen;

char *map(size_t len)
{
	char *at = mmap(NULL, len, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	check(at != MAP_FAILED);
	return at;
}

void touch(char *at, size_t len, size_t step)
{
	for (size_t i = 0; i < len; i += step)
		at[i] = 1;
}

/* Aligned, so that each run has the same number of page tables under it. */
static void prepare_empty(long size)
{
	area = map(SPAN + 2 * MEGA);
	area += -(uintptr_t)area & (2 * MEGA - 1);
	(void)size;
}

static void prepare_full(long size)
{
	prepare_empty(size);
	touch(area, SPAN, PAGE);
}

static void unmap(long size)
{
	check(!munmap(area, SPAN));
	(void)size;
}

static void touch_all(long size)
{
	touch(area, SPAN, PAGE);
	(void)size;
}

static void prepare_file(long size)
{
	if (file < 0) {
		file = open("/tmp/bench.file", O_RDWR | O_CREAT, 0600);
		check(file >= 0);
		check(!ftruncate(file, SPAN));
		area = mmap(NULL, SPAN, PROT_WRITE, MAP_SHARED, file, 0);
		check(area != MAP_FAILED);
		touch_all(size);
		unmap(size);
	}
	prepare_empty(size);
	check(mmap(area, SPAN, PROT_READ, MAP_SHARED | MAP_FIXED, file, 0) == area);
}

static void read_all(long size)
{
	for (size_t i = 0; i < SPAN; i += PAGE)
		seen = area[i];
	(void)size;
}

static void dontneed(long size)
{
	check(!madvise(area, SPAN, MADV_DONTNEED));
	(void)size;
}

static void protect_twice(long size)
{
	for (int i = 0; i < PROTECT_ROUNDS; i++) {
		check(!mprotect(area, SPAN, PROT_READ));
		check(!mprotect(area, SPAN, PROT_READ | PROT_WRITE));
	}
	(void)size;
}

/* @size is how far the new place is off the alignment at which tables move whole. */
static void prepare_move(long size)
{
	target = map(SPAN + 4 * MEGA);
	target += (-(uintptr_t)target & (2 * MEGA - 1)) + size;
	prepare_full(size);
}

static void move(long size)
{
	char *from = area, *to = target, *was;

	for (int i = 0; i < MOVE_ROUNDS; i++) {
		check(mremap(from, SPAN, SPAN, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
		was = from;
		from = to;
		to = was;
	}
	(void)size;
}

static void prepare_gup(long size)
{
	prepare_full(size);
	check(!pipe(ends));
	check(fcntl(ends[1], F_SETPIPE_SZ, GUP_PAGES * PAGE) == GUP_PAGES * PAGE);
	sink = open("/dev/null", O_WRONLY);
	check(sink >= 0);
}

/* vmsplice(2) takes the pages with get_user_pages_fast(). */
static void gup(long size)
{
	struct iovec v = { .iov_base = area, .iov_len = GUP_PAGES * PAGE };

	for (int i = 0; i < GUP_ROUNDS; i++) {
		check(vmsplice(ends[1], &v, 1, 0) == (ssize_t)v.iov_len);
		check(splice(ends[0], NULL, sink, NULL, v.iov_len, 0) == (ssize_t)v.iov_len);
	}
	(void)size;
}

static void tidy_gup(long size)
{
	close(ends[0]);
	close(ends[1]);
	close(sink);
	unmap(size);
}

static void tidy_nothing(long size)
{
	(void)size;
}

const struct work memory_works[] = {
	{ "fault-anon", 3, 0, prepare_empty, touch_all, unmap },
	{ "fault-file", 3, 0, prepare_file, read_all, unmap },
	{ "munmap", 3, 0, prepare_full, unmap, tidy_nothing },
	{ "dontneed", 3, 0, prepare_full, dontneed, unmap },
	{ "mprotect", 3, 0, prepare_full, protect_twice, unmap },
	{ "mremap-tables", 3, 0, prepare_move, move, unmap },
	{ "mremap-pages", 2, PAGE, prepare_move, move, unmap },
	{ "gup-fast", 3, 0, prepare_gup, gup, tidy_gup },
};

const size_t nr_memory_works = ARRAY_SIZE(memory_works);
