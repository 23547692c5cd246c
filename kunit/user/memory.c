// SPDX-License-Identifier: GPL-2.0
/* Others reach into the tables of a marked process. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>

#include "program.h"

#define LEN	(2UL << 20)

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

static int churn_and_exit(unsigned int rounds)
{
	mark(getpid());
	while (rounds--) {
		char *p = map(LEN);

		fill(p, LEN, 5);
		CHECK(filled(p, LEN, 5));
		CHECK(!munmap(p, LEN));
	}
	return 0;
}

/* Reads all of a file of a process; false when the process is gone. */
static bool read_all(pid_t pid, const char *name)
{
	char path[64], text[4096];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return false;
	do {
		n = read(fd, text, sizeof(text));
	} while (n > 0);
	close(fd);
	return n == 0;
}

/* smaps and the referenced bits of a process that maps, unmaps and exits. */
int case_smaps(void)
{
	unsigned int i, reads = 0;

	for (i = 0; i < 3; i++) {
		pid_t pid = fork();
		int status;

		if (!pid)
			_exit(churn_and_exit(10));
		while (!waitpid(pid, &status, WNOHANG)) {
			char path[64];
			int fd;

			reads += read_all(pid, "smaps") && read_all(pid, "numa_maps");
			snprintf(path, sizeof(path), "/proc/%d/clear_refs", pid);
			fd = open(path, O_WRONLY);
			if (fd >= 0 && write(fd, "1", 1) == 1)
				reads++;
			close(fd);
		}
		CHECK(!status);
	}
	CHECK(reads > 3);
	return 0;
}

/* Whole tables change their place in the tree. */
int case_mremap(void)
{
	char *a = map_aligned(2 * HUGE), *b = map_aligned(2 * HUGE);
	unsigned int i;

	fill(a, 2 * HUGE, 6);
	mark(getpid());
	for (i = 0; i < 50; i++) {
		CHECK(mremap(a, 2 * HUGE, 2 * HUGE, MREMAP_MAYMOVE | MREMAP_FIXED, b) == b);
		CHECK(filled(b, 2 * HUGE, 6));
		CHECK(mremap(b, 2 * HUGE, 2 * HUGE, MREMAP_MAYMOVE | MREMAP_FIXED, a) == a);
		CHECK(filled(a, 2 * HUGE, 6));
	}
	return 0;
}

/* Tables that are freed with entries in them. */
int case_collapse(void)
{
	unsigned int i;

	mark(getpid());
	for (i = 0; i < 5; i++) {
		char *p = map_aligned(2 * HUGE);

		fill(p, 2 * HUGE, 7);
		CHECK(!madvise(p, 2 * HUGE, MADV_HUGEPAGE));
		CHECK(!madvise(p, 2 * HUGE, MADV_COLLAPSE));
		CHECK(filled(p, 2 * HUGE, 7));
		CHECK(!mprotect(p + PAGE, PAGE, PROT_NONE));
		CHECK(!munmap(p, HUGE));
		CHECK(filled(p + HUGE, HUGE, 7 ^ HUGE));
		CHECK(!munmap(p + HUGE, HUGE));
	}
	return 0;
}

/* The same of a file: the page cache takes the tables of all who map it. */
int case_collapse_shared(void)
{
	int fd = memfd_create("kunit", 0);
	char *p = map_aligned(HUGE);
	pid_t pid;

	CHECK(fd >= 0 && !ftruncate(fd, HUGE));
	CHECK(mmap(p, HUGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) == p);
	fill(p, HUGE, 8);
	mark(getpid());
	pid = fork();
	if (!pid) {
		CHECK(filled(p, HUGE, 8));
		CHECK(!madvise(p, HUGE, MADV_COLLAPSE));
		_exit(!filled(p, HUGE, 8));
	}
	CHECK(filled(p, HUGE, 8));
	CHECK(!wait_for(pid));
	CHECK(filled(p, HUGE, 8));
	close(fd);
	return 0;
}

int case_hugetlb(void)
{
	char *p;
	pid_t pid;

	write_file("/proc/sys/vm/nr_hugepages", "8");
	CHECK(read_number("/proc/sys/vm/nr_hugepages") == 8);
	mark(getpid());
	p = mmap(NULL, 4 * HUGE, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	CHECK(p != MAP_FAILED);
	fill(p, 4 * HUGE, 9);
	pid = fork();
	if (!pid)
		_exit(!filled(p, 4 * HUGE, 9));
	CHECK(!wait_for(pid));
	CHECK(filled(p, 4 * HUGE, 9));
	CHECK(!munmap(p, HUGE));
	CHECK(filled(p + HUGE, HUGE, 9 ^ HUGE));
	CHECK(!munmap(p + HUGE, 3 * HUGE));
	write_file("/proc/sys/vm/nr_hugepages", "0");
	return 0;
}

/* A swap area as mkswap(8) would make it. */
static void make_swap(const char *path, uint32_t bytes)
{
	uint32_t header[PAGE / 4] = { 0 };
	int fd = open(path, O_RDWR);

	header[1024 / 4] = 1;			/* version */
	header[1024 / 4 + 1] = bytes / PAGE - 1;	/* last page */
	memcpy((char *)header + PAGE - 10, "SWAPSPACE2", 10);
	CHECK(fd >= 0);
	CHECK(write(fd, header, PAGE) == (ssize_t)PAGE);
	CHECK(!fsync(fd));
	close(fd);
}

static void swap_begin(void)
{
	write_file("/sys/block/zram0/disksize", "67108864");
	make_swap("/dev/zram0", 64 << 20);
	CHECK(!swapon("/dev/zram0", 0));
}

static void swap_end(void)
{
	CHECK(!swapoff("/dev/zram0"));
	write_file("/sys/block/zram0/reset", "1");
}

/* Out to swap and back, by a fault, by swapoff, and not at all. */
int case_pageout(void)
{
	char *p = map(LEN);
	unsigned int i;
	pid_t pid;

	swap_begin();
	mark(getpid());
	for (i = 0; i < 4; i++) {
		fill(p, LEN, 10 + i);
		CHECK(!madvise(p, LEN, MADV_PAGEOUT));
		CHECK(i & 1 || filled(p, LEN, 10 + i));
	}
	CHECK(!madvise(p, LEN / 2, MADV_PAGEOUT));
	pid = fork();
	if (!pid)
		_exit(!filled(p, LEN / 4, 13));
	CHECK(!wait_for(pid));
	CHECK(!munmap(p + LEN / 4, LEN / 8));
	swap_end();
	CHECK(filled(p, LEN / 4, 13));
	return 0;
}

/* In memory of both: reclaim rests when it is asked to. */
struct rest {
	bool wanted;
	bool resting;
};

static void set(bool *flag, bool value)
{
	__atomic_store_n(flag, value, __ATOMIC_SEQ_CST);
}

static bool get(bool *flag)
{
	return __atomic_load_n(flag, __ATOMIC_SEQ_CST);
}

static void ask(struct rest *r, bool rest)
{
	set(&r->wanted, rest);
	while (get(&r->resting) != rest)
		sched_yield();
}

static void map_and_unmap(size_t len)
{
	char *p = map(len);

	fill(p, len, 17);
	CHECK(filled(p, len, 17));
	CHECK(!munmap(p, len));
}

static int swapped_and_exit(struct rest *r)
{
	char *keep = map(LEN);
	unsigned int i;

	write_file(GROUP "/cgroup.procs", "0");
	fill(keep, LEN, 16);
	mark(getpid());
	for (i = 0; i < 20; i++) {
		size_t len = LEN >> i % 5;

		map_and_unmap(len);
		/* None is routed before the flush that reclaim has left is done. */
		if (i % 5 == 4) {
			ask(r, true);
			map_and_unmap(len);
			map_and_unmap(len);
			ask(r, false);
		}
		CHECK(filled(keep, len, 16));
	}
	return 0;
}

/* Reclaim takes pages of a process that maps, unmaps and exits. */
int case_reclaim(void)
{
	struct rest *r = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	long before = vm_counter("pswpout");
	unsigned int i;
	int fd;

	CHECK(r != MAP_FAILED);
	swap_begin();
	write_file("/sys/fs/cgroup/cgroup.subtree_control", "+memory");
	CHECK(!mkdir(GROUP, 0755));
	fd = open(GROUP "/memory.reclaim", O_WRONLY);
	CHECK(fd >= 0);
	for (i = 0; i < 2; i++) {
		pid_t pid = fork();
		int status;

		if (!pid)
			_exit(swapped_and_exit(r));
		while (!waitpid(pid, &status, WNOHANG)) {
			set(&r->resting, get(&r->wanted));
			/* There may be less to be had. */
			if (get(&r->resting))
				sched_yield();
			else
				CHECK(write(fd, "256K", 4) == 4 || errno == EAGAIN);
		}
		CHECK(!status);
	}
	close(fd);
	CHECK(vm_counter("pswpout") - before > 100);
	CHECK(!rmdir(GROUP));
	swap_end();
	return 0;
}

static bool stop;

static void *compact(void *arg)
{
	unsigned long *rounds = arg;

	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		write_file("/proc/sys/vm/compact_memory", "1");
		__atomic_add_fetch(rounds, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* Compaction moves pages whose tables come and go. */
int case_migrate(void)
{
	unsigned long rounds = 0;
	pthread_t thread;
	char *keep = map(LEN);
	pid_t pid;

	fill(keep, LEN, 14);
	mark(getpid());
	CHECK(!pthread_create(&thread, NULL, compact, &rounds));
	while (__atomic_load_n(&rounds, __ATOMIC_RELAXED) < 20) {
		char *p = map(LEN);
		size_t i;

		fill(p, LEN, 15);
		/* Holes, which compaction fills from elsewhere. */
		for (i = 0; i < LEN; i += 4 * PAGE)
			CHECK(!madvise(p + i, PAGE, MADV_DONTNEED));
		CHECK(filled(keep, LEN, 14));
		pid = fork();
		if (!pid)
			_exit(!filled(keep, LEN, 14));
		CHECK(!munmap(p, LEN));
		CHECK(!wait_for(pid));
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	CHECK(!pthread_join(thread, NULL));
	return 0;
}

/* Equal pages become one, and two again. */
int case_ksm(void)
{
	char *p = map(64 * PAGE);
	unsigned int i;

	for (i = 0; i < 64; i++)
		memset(p + i * PAGE, 0x4b, PAGE);
	mark(getpid());
	CHECK(!madvise(p, 64 * PAGE, MADV_MERGEABLE));
	write_file("/sys/kernel/mm/ksm/sleep_millisecs", "1");
	write_file("/sys/kernel/mm/ksm/run", "1");
	while (read_number("/sys/kernel/mm/ksm/pages_sharing") < 32)
		usleep(1000);
	for (i = 0; i < 64; i += 2)
		p[i * PAGE] = 1;
	for (i = 0; i < 64; i++)
		CHECK(p[i * PAGE] == (i & 1 ? 0x4b : 1) && p[i * PAGE + 1] == 0x4b);
	write_file("/sys/kernel/mm/ksm/run", "2");
	CHECK(read_number("/sys/kernel/mm/ksm/pages_sharing") == 0);
	write_file("/sys/kernel/mm/ksm/run", "0");
	return 0;
}
