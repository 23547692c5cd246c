// SPDX-License-Identifier: GPL-2.0
/* The steps of the stress program that stay in one process. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "common.h"
#include "stress.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

static char *map_anon(size_t len)
{
	char *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	check(at != MAP_FAILED);
	return at;
}

static size_t some_pages(uint64_t *state, size_t least, size_t more)
{
	return (least + next_random(state) % more) * PAGE;
}

static uint64_t step_anon(uint64_t *state)
{
	uint64_t key = next_random(state), seen;
	size_t len = some_pages(state, 1, 300);
	char *at = map_anon(len);

	fill(at, len, key);
	check(filled(at, len, key));
	seen = sum(at, len, 0);
	check(!munmap(at, len));
	check(faults(at));
	return seen;
}

static uint64_t step_protect(uint64_t *state)
{
	uint64_t key = next_random(state), seen;
	size_t len = some_pages(state, 8, 64), half = len / 2 & ~(PAGE - 1);
	char *at = map_anon(len);

	fill(at, len, key);
	for (int i = 0; i < 3; i++) {
		check(!mprotect(at + PAGE, half, PROT_READ));
		check(faults(at + PAGE) && !faults(at) && !faults(at + half + PAGE));
		check(filled(at, len, key));
		check(!mprotect(at + PAGE, half, PROT_NONE));
		check(faults(at + half));
		check(!mprotect(at, len, PROT_READ | PROT_WRITE));
		check(!faults(at + PAGE));
	}
	check(filled(at, len, key));
	seen = sum(at, len, 1);
	check(!munmap(at, len));
	return seen;
}

static uint64_t step_remap(uint64_t *state)
{
	uint64_t key = next_random(state), seen;
	size_t len = some_pages(state, 2, 700);
	char *to, *at = map_anon(len);

	fill(at, len, key);
	/* Grow, then move whole page tables to a place of our choice, then shrink. */
	at = mremap(at, len, 2 * len, MREMAP_MAYMOVE);
	check(at != MAP_FAILED && filled(at, len, key) && all_zero(at + len, len));
	to = map_anon(2 * len + 4 * MEGA);
	to = mremap(at, 2 * len, 2 * len, MREMAP_MAYMOVE | MREMAP_FIXED,
		    (char *)(((uintptr_t)to + 2 * MEGA) & ~(2 * MEGA - 1)));
	check(to != MAP_FAILED && filled(to, len, key) && faults(at));
	check(mremap(to, 2 * len, len, 0) == to && faults(to + len));
	seen = sum(to, len, 2);
	check(!munmap(to, len));
	return seen;
}

static uint64_t step_dontneed(uint64_t *state)
{
	uint64_t key = next_random(state), seen;
	size_t len = some_pages(state, 16, 600), part = some_pages(state, 1, 8);
	char *at = map_anon(len);

	fill(at, len, key);
	check(!madvise(at + part, part, MADV_DONTNEED));
	check(filled(at, part, key) && all_zero(at + part, part));
	check(!madvise(at, len, MADV_FREE)); /* contents may now go at any time ... */
	fill(at, len, key + 1); /* ... until they are written again */
	check(filled(at, len, key + 1));
	seen = sum(at, len, 3);
	check(!munmap(at + part, part)); /* a hole, then the rest */
	check(faults(at + part) && !faults(at));
	check(!munmap(at, len));
	return seen;
}

/* The page tables shrink and grow while the kernel walks them for us. */
static uint64_t step_gup(uint64_t *state)
{
	uint64_t key = next_random(state), seen;
	size_t len = 16 * PAGE;
	char *from = map_anon(len), *to = map_anon(len);
	struct iovec in = { from, len }, out = { to, len };
	int pipe_fd[2];

	fill(from, len, key);
	check(process_vm_readv(getpid(), &out, 1, &in, 1, 0) == (ssize_t)len);
	check(filled(to, len, key));
	check(!madvise(to, len, MADV_DONTNEED));
	check(!pipe(pipe_fd));
	for (size_t i = 0; i < len; i += PAGE) {
		struct iovec one = { from + i, PAGE };

		check(vmsplice(pipe_fd[1], &one, 1, 0) == (ssize_t)PAGE);
		check(read(pipe_fd[0], to + i, PAGE) == (ssize_t)PAGE);
	}
	check(filled(to, len, key));
	check(!close(pipe_fd[0]) && !close(pipe_fd[1]));
	seen = sum(to, len, 4);
	check(!munmap(from, len) && !munmap(to, len));
	return seen;
}

static int temporary_file(size_t len)
{
	char name[] = "/tmp/stress-XXXXXX";
	int fd = mkstemp(name);

	check(fd >= 0 && !unlink(name) && !ftruncate(fd, len));
	return fd;
}

static uint64_t step_file(uint64_t *state)
{
	uint64_t key = next_random(state), seen;
	size_t len = some_pages(state, 8, 64);
	int fd = temporary_file(len);
	char *shared = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	char *own = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	char *copy = malloc(len);

	check(shared != MAP_FAILED && own != MAP_FAILED && copy);
	fill(shared, len, key);
	check(filled(own, len, key));
	fill(own + PAGE, PAGE, key + 1); /* copy on write: the file keeps its page */
	check(pread(fd, copy, len, 0) == (ssize_t)len && filled(copy, len, key));
	check(!msync(shared, len, MS_SYNC));
	/* The end of the file goes while it is mapped: the kernel unmaps it. */
	check(!ftruncate(fd, 2 * PAGE) && filled(shared, 2 * PAGE, key));
	check(filled(own + PAGE, PAGE, key + 1));
	check(!ftruncate(fd, len) && all_zero(shared + 2 * PAGE, len - 2 * PAGE));
	seen = sum(copy, len, 5) + sum(own, 2 * PAGE, 6);
	free(copy);
	check(!munmap(shared, len) && !munmap(own, len) && !close(fd));
	return seen;
}

/* Regions of the size of a huge page: made, split by what follows, collapsed. */
static uint64_t step_huge(uint64_t *state)
{
	uint64_t key = next_random(state), seen;
	size_t area = 10 * MEGA, len = 6 * MEGA;
	char *all = map_anon(area);
	char *at = (char *)(((uintptr_t)all + 2 * MEGA - 1) & ~(2 * MEGA - 1));

	check(!madvise(at, len, MADV_HUGEPAGE));
	for (size_t i = 0; i < len; i += 64 * PAGE)
		fill(at + i, PAGE, key + i);
	check(!mprotect(at + 7 * PAGE, PAGE, PROT_READ)); /* splits the first */
	check(!madvise(at + 2 * MEGA + PAGE, 9 * PAGE, MADV_DONTNEED)); /* the second */
	check(mremap(at + 4 * MEGA, 2 * MEGA, 2 * MEGA, MREMAP_MAYMOVE | MREMAP_FIXED,
		     at + 6 * MEGA) == at + 6 * MEGA); /* the third moves as it is */
	check(mremap(at + 6 * MEGA, 2 * MEGA, 2 * MEGA, MREMAP_MAYMOVE | MREMAP_FIXED,
		     at + 4 * MEGA) == at + 4 * MEGA);
	check(faults(at + 7 * PAGE));
	check(!mprotect(at, 4 * MEGA, PROT_READ | PROT_WRITE));
	if (madvise(at, 2 * MEGA, MADV_COLLAPSE)) /* may lack memory for it */
		check(errno == ENOMEM || errno == EAGAIN || errno == EBUSY || errno == EINVAL);
	for (size_t i = 0; i < len; i += 64 * PAGE)
		check(filled(at + i, PAGE, key + i));
	check(all_zero(at + PAGE, PAGE));
	seen = sum(at, len, 7);
	check(!munmap(all, area));
	return seen;
}

/* Pages pushed out (to swap where there is some) and merged (where KSM runs). */
static uint64_t step_reclaim(uint64_t *state)
{
	uint64_t key = next_random(state), seen;
	size_t len = 64 * PAGE;
	char *at = map_anon(len);

	check(!madvise(at, len, MADV_NOHUGEPAGE));
	for (size_t i = 0; i < len; i += PAGE)
		fill(at + i, PAGE, i < len / 2 ? key : key + i);
	if (madvise(at, len, MADV_MERGEABLE))
		check(errno == EINVAL || errno == ENOMEM);
	for (int i = 0; i < 2; i++) {
		check(!madvise(at, len, MADV_PAGEOUT));
		check(filled(at + PAGE, PAGE, key));
		fill(at + PAGE, PAGE, key);
	}
	for (size_t i = 0; i < len; i += PAGE)
		check(filled(at + i, PAGE, i < len / 2 ? key : key + i));
	seen = sum(at, len, 8);
	check(!munmap(at, len));
	return seen;
}

const struct step memory_steps[] = {
	{ "anon", step_anon }, { "protect", step_protect }, { "remap", step_remap },
	{ "dontneed", step_dontneed }, { "gup", step_gup }, { "file", step_file },
	{ "huge", step_huge }, { "reclaim", step_reclaim },
};

const size_t nr_memory_steps = ARRAY_SIZE(memory_steps);
