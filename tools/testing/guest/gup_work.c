// SPDX-License-Identifier: GPL-2.0
/* The kernel gets at the pages of this process by itself, and of a child. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"
#include "gup.h"

#define RW	(PROT_READ | PROT_WRITE)
#define LEN	(48 * PAGE)

static volatile int stop;

static char *map_anon(size_t len)
{
	char *at = mmap(NULL, len, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	check(at != MAP_FAILED);
	return at;
}

/* Tables come and go beside those that the walkers use. */
static void *churn(void *arg)
{
	(void)arg;
	for (int n = 0; !stop; n++) {
		size_t len = (4 + n % 13) * MEGA;
		char *at = map_anon(len);

		for (size_t i = 0; i < len; i += MEGA)
			at[i] = 1;
		check(!munmap(at, len));
		if (n % 8)
			continue;
		pid_t child = fork();

		if (!child)
			_exit(0);
		check(child > 0 && waitpid(child, NULL, 0) == child);
	}
	return NULL;
}

/* --- futex ------------------------------------------------------------------------ */

static long futex(uint32_t *word, int op, uint32_t value)
{
	return syscall(SYS_futex, word, op, value, NULL, NULL, 0);
}

static void wait_until(uint32_t *word, uint32_t value)
{
	uint32_t now;

	while ((now = __atomic_load_n(word, __ATOMIC_ACQUIRE)) != value)
		if (futex(word, FUTEX_WAIT, now))
			check(errno == EAGAIN || errno == EINTR);
}

static void set(uint32_t *word, uint32_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
	check(futex(word, FUTEX_WAKE, 1) >= 0);
}

/* Two processes take turns; a wake that goes elsewhere leaves them waiting. */
static void take_turns(uint32_t *word)
{
	int status;
	pid_t child;

	*word = 0;
	child = fork();
	if (!child) {
		for (uint32_t n = 0; n < 40; n += 2) {
			wait_until(word, n + 1);
			set(word, n + 2);
		}
		_exit(0);
	}
	check(child > 0);
	for (uint32_t n = 0; n < 40; n += 2) {
		set(word, n + 1);
		wait_until(word, n + 2);
	}
	check(waitpid(child, &status, 0) == child && !status);
}

static void work_futex(uint64_t key)
{
	uint32_t *anon = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char name[] = "/tmp/gup-XXXXXX";
	int fd = mkstemp(name);
	uint32_t *file;

	check(anon != MAP_FAILED && fd >= 0 && !unlink(name) && !ftruncate(fd, PAGE));
	file = mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0);
	check(file != MAP_FAILED);
	take_turns(anon + key % 512);
	take_turns(file + key % 512);
	check(!munmap(anon, PAGE) && !munmap(file, PAGE) && !close(fd));
}

/* --- transfers ---------------------------------------------------------------------- */

static void work_direct(uint64_t key, const char *device)
{
	char *from = map_anon(LEN), *to = map_anon(LEN);
	int fd = open(device, O_RDWR | O_DIRECT);

	check(fd >= 0);
	fill(from, LEN, key);
	check(pwrite(fd, from, LEN, 0) == (ssize_t)LEN);
	/* Into pages that are not there yet, and into some that are. */
	check(pread(fd, to, LEN, 0) == (ssize_t)LEN && filled(to, LEN, key));
	memset(to, 1, LEN);
	check(pread(fd, to, LEN, 0) == (ssize_t)LEN && filled(to, LEN, key));
	check(!munmap(from, LEN) && !munmap(to, LEN) && !close(fd));
}

static void work_ring(uint64_t key, const char *device)
{
	char *buffer = map_anon(LEN);
	int fd = open(device, O_RDWR | O_DIRECT);
	struct ring ring;

	check(fd >= 0 && !ring_open(&ring, buffer, LEN));
	fill(buffer, LEN, key);
	check(ring_transfer(&ring, fd, 1, LEN) == (int)LEN);
	memset(buffer, 1, LEN);
	check(ring_transfer(&ring, fd, 0, LEN) == (int)LEN && filled(buffer, LEN, key));
	/* The buffer is pinned: fork must leave it to this process. */
	pid_t child = fork();

	if (!child)
		_exit(!filled(buffer, LEN, key));
	fill(buffer, LEN, key + 1);
	check(ring_transfer(&ring, fd, 1, LEN) == (int)LEN);
	memset(buffer, 2, LEN);
	check(ring_transfer(&ring, fd, 0, LEN) == (int)LEN && filled(buffer, LEN, key + 1));
	check(child > 0 && waitpid(child, NULL, 0) == child);
	ring_close(&ring);
	check(!munmap(buffer, LEN) && !close(fd));
}

/* A child holds still while its memory is written and read. */
static void work_process(uint64_t key)
{
	char *from = map_anon(LEN), *to = map_anon(LEN), *there = map_anon(LEN);
	struct iovec mine = { from, LEN }, back = { to, LEN }, theirs = { there, LEN };
	pid_t child = fork();

	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	check(child > 0);
	fill(from, LEN, key);
	check(process_vm_writev(child, &mine, 1, &theirs, 1, 0) == (ssize_t)LEN);
	check(process_vm_readv(child, &back, 1, &theirs, 1, 0) == (ssize_t)LEN);
	check(filled(to, LEN, key) && all_zero(there, LEN));
	check(!kill(child, SIGKILL) && waitpid(child, NULL, 0) == child);
	check(!munmap(from, LEN) && !munmap(to, LEN) && !munmap(there, LEN));
}

static void work_splice(uint64_t key)
{
	char *from = map_anon(LEN), *to = map_anon(LEN);
	int fd[2];

	fill(from, LEN, key);
	check(!pipe(fd));
	for (size_t i = 0; i < LEN; i += PAGE) {
		struct iovec one = { from + i, PAGE };

		check(vmsplice(fd[1], &one, 1, 0) == (ssize_t)PAGE);
		check(read(fd[0], to + i, PAGE) == (ssize_t)PAGE);
	}
	check(filled(to, LEN, key) && !close(fd[0]) && !close(fd[1]));
	check(!munmap(from, LEN) && !munmap(to, LEN));
}

void gup_work(long rounds, const char *device)
{
	uint64_t state = 99;
	pthread_t thread;

	check(!pthread_create(&thread, NULL, churn, NULL));
	for (long n = 0; n < rounds; n++) {
		work_futex(next_random(&state));
		work_direct(next_random(&state), device);
		work_ring(next_random(&state), device);
		work_process(next_random(&state));
		work_splice(next_random(&state));
	}
	stop = 1;
	check(!pthread_join(thread, NULL));
	printf("gup: %ld rounds, data right\n", rounds);
}
