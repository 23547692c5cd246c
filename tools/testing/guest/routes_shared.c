// SPDX-License-Identifier: GPL-2.0
/* The steps of the routes program on files. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"
#include "routes.h"

#define RW	(PROT_READ | PROT_WRITE)

static int new_file(size_t len, uint64_t key)
{
	char name[] = "/tmp/routes-XXXXXX";
	int fd = mkstemp(name);
	char page[PAGE];

	check(fd >= 0 && !unlink(name));
	for (size_t i = 0; i < len; i += PAGE) {
		memset(page, 0, PAGE);
		stamp(page, PAGE, key + i);
		check(pwrite(fd, page, PAGE, i) == (ssize_t)PAGE);
	}
	return fd;
}

static char *map_file(int fd, size_t len, int prot, int flags)
{
	char *at = mmap(NULL, len, prot, flags, fd, 0);

	check(at != MAP_FAILED);
	return at;
}

/* The file itself, not through the mapping. */
static int file_stamped(int fd, size_t len, uint64_t key)
{
	char page[PAGE];

	for (size_t i = 0; i < len; i += PAGE) {
		check(pread(fd, page, PAGE, i) == (ssize_t)PAGE);
		if (!stamped(page, PAGE, key + i))
			return 0;
	}
	return 1;
}

static void step_private(uint64_t key)
{
	size_t len = 700 * PAGE, half = 350 * PAGE;
	int fd = new_file(len, key);
	char *at = map_file(fd, len, RW, MAP_PRIVATE);

	check(stamped(at, len, key));
	stamp(at, half, key + len);
	for (int i = 0; i < 3; i++) {
		check(!mprotect(at + PAGE, len - 2 * PAGE, i ? PROT_NONE : PROT_READ));
		check(write_faults(at + half) && !write_faults(at));
		check(!mprotect(at, len, RW));
		check(stamped(at, half, key + len) && stamped(at + half, half, key + half));
		check(!write_faults(at + half + i * PAGE));
	}
	check(file_stamped(fd, len, key));
	check(!madvise(at, len, MADV_DONTNEED) && stamped(at, len, key));
	check(!munmap(at, len) && read_faults(at) && !close(fd));
}

static void step_shared(uint64_t key)
{
	static const int way[] = { PROT_READ, RW, PROT_NONE, RW, PROT_READ, PROT_NONE, RW };
	size_t len = 700 * PAGE;
	int fd = new_file(len, key), status;
	char *at = map_file(fd, len, RW, MAP_SHARED);
	pid_t child;

	check(stamped(at, len, key));
	for (size_t i = 0; i < ARRAY_SIZE(way); i++) {
		check(!mprotect(at, len, way[i]));
		check(!write_faults(at + i * 90 * PAGE) == (way[i] == RW));
		if (way[i] == RW)
			stamp(at, len, key += len);
		check(file_stamped(fd, len, key));
	}
	child = fork();
	if (!child) {
		stamp(at, len, key + len);
		_exit(0);
	}
	check(child > 0 && waitpid(child, &status, 0) == child && !status);
	check(stamped(at, len, key + len) && file_stamped(fd, len, key + len));
	check(!munmap(at, len) && !close(fd));
}

/* --- write-back ----------------------------------------------------------------- */

static char *device_at;
static volatile int stop;
static volatile uint64_t rounds;

#define DEVICE_PAGES	512
#define DEVICE_LEN	(DEVICE_PAGES * PAGE)

static void *write_device(void *arg)
{
	(void)arg;
	for (; !stop; rounds++)
		for (size_t i = 0; i < DEVICE_LEN; i += PAGE)
			*(volatile uint64_t *)(device_at + i) = rounds * 1000 + i / PAGE;
	return NULL;
}

/* What is on the device, past the page cache. */
static void check_device(void)
{
	int fd = open(block_device, O_RDONLY | O_DIRECT);
	char *page = aligned_alloc(PAGE, PAGE);

	check(fd >= 0 && page);
	for (size_t i = 0; i < DEVICE_LEN; i += PAGE) {
		check(pread(fd, page, PAGE, i) == (ssize_t)PAGE);
		check(*(uint64_t *)page == (rounds - 1) * 1000 + i / PAGE);
	}
	free(page);
	check(!close(fd));
}

/* Pages are cleaned and written by others while mprotect goes back and forth. */
static void step_writeback(uint64_t key)
{
	pthread_t thread;
	int fd;

	if (!block_device)
		return;
	fd = open(block_device, O_RDWR);
	check(fd >= 0);
	device_at = map_file(fd, DEVICE_LEN, RW, MAP_SHARED);
	stop = 0;
	rounds = 0;
	check(!pthread_create(&thread, NULL, write_device, NULL));
	while (!rounds)
		sched_yield();
	for (int i = 0; i < 12; i++) {
		size_t from = (key + 37 * i) % 200 * PAGE, part = 300 * PAGE;

		check(!sync_file_range(fd, 0, DEVICE_LEN, SYNC_FILE_RANGE_WRITE));
		check(!mprotect(device_at + from, part, i % 3 ? PROT_READ : PROT_NONE));
		if (i % 4 == 0)
			check(!msync(device_at, DEVICE_LEN, MS_SYNC));
		check(!mprotect(device_at, DEVICE_LEN, RW));
	}
	stop = 1;
	check(!pthread_join(thread, NULL));
	check(!msync(device_at, DEVICE_LEN, MS_SYNC));
	check(!munmap(device_at, DEVICE_LEN) && !close(fd));
	check_device();
}

/* --- faults around, and truncation ---------------------------------------------------- */

#define FILE_PAGES	512
#define FILE_LEN	(FILE_PAGES * PAGE)

static void step_around(uint64_t key)
{
	int fd = new_file(FILE_LEN, key);
	char *room = map_small(2 * FILE_LEN);
	char *at = (char *)(((uintptr_t)room + FILE_LEN - 1) & ~(FILE_LEN - 1));

	check(mmap(at, FILE_LEN, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0) == at);
	/* As many as unmarked, if nothing is reclaimed meanwhile: it is compared. */
	for (size_t i = 0; i < FILE_LEN; i += 64 * PAGE) {
		check(!read_faults(at + i));
		note += pages_of(at + i, 64 * PAGE);
	}
	check(stamped(at, FILE_LEN, key));
	check(!ftruncate(fd, 3 * PAGE) && pages_of(at, FILE_LEN) <= 3);
	check(stamped(at, 3 * PAGE, key) && read_faults(at + 3 * PAGE));
	check(!ftruncate(fd, FILE_LEN) && stamps_gone(at + 3 * PAGE, FILE_LEN - 3 * PAGE));
	check(!munmap(room, 2 * FILE_LEN) && !close(fd));
}

static int cut_file;
static volatile uint64_t cut_key, generation;

static void *cut(void *arg)
{
	char page[PAGE];

	(void)arg;
	for (generation = 1; !stop; generation++) {
		check(!ftruncate(cut_file, generation % 5 * PAGE));
		check(!ftruncate(cut_file, FILE_LEN));
		for (size_t i = 0; i < FILE_LEN; i += PAGE) {
			memset(page, 0, PAGE);
			stamp(page, PAGE, cut_key + generation * FILE_LEN + i);
			check(pwrite(cut_file, page, PAGE, i) == (ssize_t)PAGE);
		}
	}
	return NULL;
}

static void step_truncate(uint64_t key)
{
	char page[PAGE], *at;
	pthread_t thread;

	cut_file = new_file(FILE_LEN, key);
	cut_key = key;
	stop = 0;
	at = map_file(cut_file, FILE_LEN, PROT_READ, MAP_SHARED);
	generation = 0;
	check(!pthread_create(&thread, NULL, cut, NULL));
	while (generation < 2)
		sched_yield();
	for (int n = 0; n < 20; n++) {
		for (size_t i = 0; i < FILE_LEN; i += 16 * PAGE)
			read_faults(at + (i + n * PAGE) % FILE_LEN);
		if (n % 10 == 0)
			check(!madvise(at, FILE_LEN, MADV_DONTNEED));
	}
	stop = 1;
	check(!pthread_join(thread, NULL));
	/* No entry may be left of a page that the file has no more. */
	key += (generation - 1) * FILE_LEN;
	for (size_t i = 0; i < FILE_LEN; i += PAGE) {
		check(pread(cut_file, page, PAGE, i) == (ssize_t)PAGE);
		check(!memcmp(page, at + i, PAGE) && stamped(page, PAGE, key + i));
	}
	check(!munmap(at, FILE_LEN) && !close(cut_file));
}

const struct route_step shared_steps[] = {
	{ "private", step_private }, { "shared", step_shared }, { "write-back", step_writeback },
	{ "around", step_around }, { "truncate", step_truncate },
};

const size_t nr_shared_steps = ARRAY_SIZE(shared_steps);
