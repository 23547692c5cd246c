// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel does to memory on behalf of others:
 *   gup work DEVICE ROUNDS      futexes, direct I/O, io_uring, process_vm_*, vmsplice
 *   gup poke PID ADDRESS WORD   ptrace(2) writes and reads back
 *   gup mem PID ADDRESS WORD    the same by /proc/PID/mem
 *   gup vm PID ADDRESS WORD     the same by process_vm_writev(2)
 *   gup pin                     registers a buffer with io_uring
 *   gup target                  a process for all this; see answer()
 * Answers are "ok" or the name of an error; the data are checked.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"
#include "gup.h"

#define LEN	(8 * PAGE)

static int say(int error)
{
	printf("%s\n", error ? strerrorname_np(error) : "ok");
	return 0;
}

static int poke(pid_t pid, uintptr_t at, uint64_t value)
{
	int error = 0;

	check(!ptrace(PTRACE_ATTACH, pid, NULL, NULL) && waitpid(pid, NULL, 0) == pid);
	if (ptrace(PTRACE_POKEDATA, pid, at, value))
		error = errno;
	errno = 0;
	if (!error)
		check((uint64_t)ptrace(PTRACE_PEEKDATA, pid, at, NULL) == value && !errno);
	check(!ptrace(PTRACE_DETACH, pid, NULL, NULL));
	return error;
}

static int write_mem(pid_t pid, uintptr_t at, uint64_t value)
{
	char name[32];
	uint64_t seen;
	int fd;

	snprintf(name, sizeof(name), "/proc/%d/mem", pid);
	fd = open(name, O_RDWR);
	check(fd >= 0);
	if (pwrite(fd, &value, 8, at) != 8)
		return errno;
	check(pread(fd, &seen, 8, at) == 8 && seen == value && !close(fd));
	return 0;
}

static int write_vm(pid_t pid, uintptr_t at, uint64_t value)
{
	struct iovec from = { &value, 8 }, to = { (void *)at, 8 }, back;
	uint64_t seen;

	if (process_vm_writev(pid, &from, 1, &to, 1, 0) != 8)
		return errno;
	back = (struct iovec){ &seen, 8 };
	check(process_vm_readv(pid, &back, 1, &to, 1, 0) == 8 && seen == value);
	return 0;
}

static char *map(void)
{
	char *at = mmap(NULL, LEN, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	check(at != MAP_FAILED);
	fill(at, LEN, 5);
	return at;
}

static int pin(char *at)
{
	struct ring ring;
	int error = ring_open(&ring, at, LEN);

	if (!error)
		ring_close(&ring);
	return error;
}

/* --- the target --------------------------------------------------------------------- */

static char *fixed, *fixed_far, *buffer, *buffer_far;
static int direct(char *at)
{
	int fd = open("/dev/zram0", O_RDWR | O_DIRECT);

	check(fd >= 0);
	fill(at, LEN, 6);
	if (pwrite(fd, at, LEN, 0) != (ssize_t)LEN)
		return errno;
	memset(at, 0, LEN);
	check(pread(fd, at, LEN, 0) == (ssize_t)LEN && filled(at, LEN, 6) && !close(fd));
	return 0;
}

static void answer(const char *line)
{
	if (!strcmp(line, "where"))
		printf("fixed=%p fixed_far=%p buffer=%p\n", fixed, fixed_far, buffer);
	else if (!strcmp(line, "check"))
		printf("%s\n", filled(fixed, LEN, 5) ? "intact" : "changed");
	else if (!strcmp(line, "pin"))
		say(pin(buffer));
	else if (!strcmp(line, "pin-far"))
		say(pin(buffer_far));
	else if (!strcmp(line, "direct"))
		say(direct(buffer));
	else if (!strcmp(line, "lock"))
		say(mlock(fixed, LEN) || mlock(buffer, LEN) || munlock(buffer, LEN) ? errno : 0);
	else
		printf("unknown\n");
}

static int target(void)
{
	char line[64];

	fixed = map();
	fixed_far = map();
	buffer = map();
	buffer_far = map();
	check(!mprotect(fixed, LEN, PROT_READ) && !mprotect(fixed_far, LEN, PROT_READ));
	printf("ready pid=%d va=%p\n", getpid(), fixed);
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = 0;
		if (!strcmp(line, "quit"))
			break;
		answer(line);
	}
	return 0;
}

int main(int argc, char **argv)
{
	uint64_t arg[3] = { 0 };

	setvbuf(stdout, NULL, _IOLBF, 0);
	check(argc > 1);
	for (int i = 2; i < argc && i < 5; i++)
		arg[i - 2] = strtoull(argv[i], NULL, 0);
	if (!strcmp(argv[1], "poke"))
		return say(poke(arg[0], arg[1], arg[2]));
	if (!strcmp(argv[1], "mem"))
		return say(write_mem(arg[0], arg[1], arg[2]));
	if (!strcmp(argv[1], "vm"))
		return say(write_vm(arg[0], arg[1], arg[2]));
	if (!strcmp(argv[1], "pin"))
		return say(pin(map()));
	if (!strcmp(argv[1], "target"))
		return target();
	check(!strcmp(argv[1], "work") && argc == 4);
	gup_work(arg[1], argv[2]);
	return 0;
}
