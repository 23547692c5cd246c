// SPDX-License-Identifier: GPL-2.0
/* Forks of pages that are not like others: huge, pinned, poisoned, freed lazily. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "common.h"
#include "forks.h"
#include "gup.h"

static void check_child(char *at, size_t len, uint64_t key, size_t written)
{
	pid_t pid = begin_child();

	if (!pid) {
		check(stamped(at, len, key));
		stamp(at, written, key + 1);
		check(stamped(at, written, key + 1));
		leave_child();
	}
	end_child(pid);
	check(stamped(at, len, key));
}

/* Huge pages beside small ones, whole and in parts. */
static void huge(uint64_t key)
{
	char *at = map_at_huge(4 * HUGE);

	check(!madvise(at, 3 * HUGE, MADV_HUGEPAGE));
	check(!madvise(at + 3 * HUGE, HUGE, MADV_NOHUGEPAGE));
	stamp(at, 4 * HUGE, key);
	check_child(at, 4 * HUGE, key, PAGE);
	check_child(at, 4 * HUGE, key, 4 * HUGE);
	/* Mapped page by page from here on. */
	check(!mprotect(at + HUGE + 9 * PAGE, PAGE, PROT_READ));
	check_child(at, 4 * HUGE, key, HUGE);
	check(!madvise(at + 2 * HUGE + HUGE / 2, HUGE / 2, MADV_DONTNEED));
	stamp(at + 2 * HUGE, HUGE, key + 3);
	check_child(at, 2 * HUGE, key, 2 * PAGE);
	check(!munmap(at, 4 * HUGE));
}

static void hugetlb(uint64_t key)
{
	char *private = mmap(NULL, HUGE, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	char *shared = mmap(NULL, HUGE, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	pid_t pid;

	check(private != MAP_FAILED && shared != MAP_FAILED);
	stamp(private, HUGE, key);
	stamp(shared, HUGE, key);
	pid = begin_child();
	if (!pid) {
		check(stamped(private, HUGE, key) && stamped(shared, HUGE, key));
		stamp(private, HUGE, key + 1);
		stamp(shared, HUGE, key + 2);
		leave_child();
	}
	end_child(pid);
	check(stamped(private, HUGE, key) && stamped(shared, HUGE, key + 2));
	check(!munmap(private, HUGE) && !munmap(shared, HUGE));
}

/* A page pinned for a device stays the parent's: the child has a copy at once. */
static void pinned(uint64_t key)
{
	const size_t len = 100 * PAGE, part = 7 * PAGE;
	char *at = map_small(len), *fresh = malloc(part);
	int fd = memfd_create("forks", 0);
	struct ring ring;
	pid_t pid;

	stamp(at, len, key);
	check(fd >= 0 && fresh && !ring_open(&ring, at + 20 * PAGE, part));
	for (int i = 0; i < 3; i++) {
		int go[2];
		char byte;

		check(!pipe(go));
		pid = begin_child();
		if (!pid) {
			close(go[1]);
			check(read(go[0], &byte, 1) == 0);
			check(i ? filled(at + 20 * PAGE, PAGE, key + i) :
				  stamped(at, len, key));
			stamp(at, len, key + 9);
			leave_child();
		}
		close(go[0]);
		fill(fresh, PAGE, key + i + 1);
		check(pwrite(fd, fresh, PAGE, 0) == (ssize_t)PAGE);
		/* What the device writes the parent sees, and the child does not. */
		check(ring_transfer(&ring, fd, 0, PAGE) == (int)PAGE);
		check(filled(at + 20 * PAGE, PAGE, key + i + 1));
		close(go[1]);
		end_child(pid);
		check(filled(at + 20 * PAGE, PAGE, key + i + 1));
	}
	ring_close(&ring);
	check(stamped(at, 20 * PAGE, key));
	check(!munmap(at, len) && !close(fd));
	free(fresh);
}

/* Pages in a pipe: as they were when the parent writes on. */
static void piped(uint64_t key)
{
	const size_t len = 8 * PAGE;
	char *at = map_small(HUGE), *seen = malloc(len);
	struct iovec iov = { at, len };
	int ends[2];
	pid_t pid;

	stamp(at, HUGE, key);
	check(seen && !pipe(ends) && vmsplice(ends[1], &iov, 1, 0) == (ssize_t)len);
	pid = begin_child();
	if (!pid) {
		check(stamped(at, HUGE, key));
		stamp(at, HUGE, key + 1);
		leave_child();
	}
	stamp(at, HUGE, key + 2);
	end_child(pid);
	for (size_t got = 0; got < len; ) {
		ssize_t nr = read(ends[0], seen + got, len - got);

		check(nr > 0);
		got += nr;
	}
	check(stamped(seen, len, key) && stamped(at, HUGE, key + 2));
	check(!munmap(at, HUGE) && !close(ends[0]) && !close(ends[1]));
	free(seen);
}

/* Markers in place of pages; registered memory that is there goes along. */
static void poisoned(uint64_t key)
{
	struct uffdio_api api = { .api = UFFD_API, .features = UFFD_FEATURE_POISON };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct uffdio_poison poison = {};
	char *at = map_small(HUGE);
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);
	pid_t pid;

	check(fd >= 0 && !ioctl(fd, UFFDIO_API, &api));
	stamp(at, HUGE, key);
	check(!madvise(at + HUGE / 2, 4 * PAGE, MADV_DONTNEED));
	reg.range.start = (uintptr_t)at;
	reg.range.len = HUGE;
	check(!ioctl(fd, UFFDIO_REGISTER, &reg));
	poison.range.start = (uintptr_t)at + HUGE / 2;
	poison.range.len = 2 * PAGE;
	check(!ioctl(fd, UFFDIO_POISON, &poison));
	pid = begin_child();
	if (!pid) {
		check(stamped(at, HUGE / 2, key));
		check(read_faults(at + HUGE / 2, SIGBUS));
		check(read_faults(at + HUGE / 2 + PAGE, SIGBUS));
		check(all_zero(at + HUGE / 2 + 2 * PAGE, 2 * PAGE));
		leave_child();
	}
	end_child(pid);
	check(stamped(at, HUGE / 2, key) && read_faults(at + HUGE / 2, SIGBUS));
	check(!close(fd) && !munmap(at, HUGE));
}

/* Old data or none, for each of the two. */
static void lazy(uint64_t key)
{
	char *at = map_small(2 * HUGE);
	pid_t pid;

	stamp(at, HUGE, key);
	stamp(at + HUGE, HUGE, key);
	check(!madvise(at, HUGE, MADV_FREE));
	pid = begin_child();
	if (!pid) {
		for (size_t i = 0; i < HUGE; i += PAGE)
			check(*(uint64_t *)(at + i) == 0 || *(uint64_t *)(at + i) & 1);
		check(stamped(at + HUGE, HUGE, key));
		stamp(at, HUGE, key + 1);
		check(stamped(at, HUGE, key + 1));
		leave_child();
	}
	end_child(pid);
	check(!munmap(at, 2 * HUGE));
}

const struct fork_step special_steps[] = {
	{ "huge", huge }, { "hugetlb", hugetlb }, { "pinned", pinned }, { "piped", piped },
	{ "poisoned", poisoned }, { "lazy", lazy },
};

const size_t nr_special_steps = ARRAY_SIZE(special_steps);
