// SPDX-License-Identifier: GPL-2.0
/*
 * What a program may do to its page, and what it may not; each case prints "ok" or what went
 * wrong, and its exit status says the same.
 *
 *   selfpage child      a child and a new program have a page, and what they read is so
 *   selfpage attempts   nothing that the program asks of the kernel takes the page away
 *   selfpage taken      something is mapped there first; answers lines, as a victim does, with
 *                       the result of nacc_info() and a byte of what it has there
 *   selfpage wait       answers lines with what its page says; "quit" ends it
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nacc.h>
#include <nacc_sbi.h>

#include "expect.h"

#define PAGE	((void *)NACC_PAGE_VA)
#define SPAN	NACC_PAGE_SPAN

static uint64_t domain(void)
{
	struct nacc_self self;

	return nacc_info(&self, sizeof(self)) ? 0 : self.domain;
}

static int wait_for(pid_t pid)
{
	int status = -1;

	waitpid(pid, &status, 0);
	return status;
}

static void in_children(void)
{
	uint64_t own = domain();
	int status, fd[2];
	pid_t pid;

	expect("protected", nacc_protected(), 1);
	for (int depth = 0; depth < 3; depth++) {
		pid = fork();
		if (!pid) {
			if (domain() != own)
				_exit(1);
			if (depth == 2)
				_exit(0);
			continue;
		}
		status = wait_for(pid);
		expect("child", status, 0);
		if (depth)
			_exit(failed);
		break;
	}
	pid = vfork();
	if (!pid)
		_exit(domain() == own ? 0 : 1);
	expect("vfork child", wait_for(pid), 0);
	pid = fork();
	if (!pid) {
		execl("/nacc/bin/nacc-self", "nacc-self", NULL);
		_exit(127);
	}
	expect("new program", wait_for(pid), 0);
	/* Flags that would have a child copy the entry are not a child's. */
	expect("MADV_KEEPONFORK", result(madvise(PAGE, SPAN, MADV_KEEPONFORK)), 0);
	pid = fork();
	if (!pid)
		_exit(domain() == own ? 0 : 1);
	expect("child after MADV_KEEPONFORK", wait_for(pid), 0);
	expect("pipe", pipe(fd), 0);
	expect("the kernel reads it", result(write(fd[1], PAGE, 8)), 8);
}

static void writes(void)
{
	*(volatile char *)PAGE = 1;
}

static void executes(void)
{
	((void (*)(void))PAGE)();
}

static void reads_behind(void)
{
	(void)*(volatile char *)((char *)PAGE + 4096);
}

/* Somebody else's view of its memory */
static void from_outside(void)
{
	char buffer[8] = "";
	struct iovec to = { buffer, 8 }, from = { PAGE, 8 };
	int fd = open("/proc/self/mem", O_RDWR);

	expect("process_vm_readv", result(process_vm_readv(getpid(), &to, 1, &from, 1, 0)),
	       -EFAULT);
	expect("process_vm_writev", result(process_vm_writev(getpid(), &to, 1, &from, 1, 0)),
	       -EFAULT);
	expect("/proc/self/mem, read", result(pread(fd, buffer, 8, NACC_PAGE_VA)), -EIO);
	expect("/proc/self/mem, write", result(pwrite(fd, buffer, 8, NACC_PAGE_VA)), -EIO);
	close(fd);
}

static void reads(void)
{
	(void)*(volatile char *)PAGE;
}

static void has_its_own(void)
{
	volatile char *own = mmap(PAGE, SPAN, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS |
				  MAP_FIXED, -1, 0);

	if (own == MAP_FAILED)
		_exit(1);
	*own = 7;
	if (*own == 7)
		abort();
}

/* Of a sealed mapping that is no anonymous one, newer kernels (6.17) let a program say so. */
static void not_for_children(void)
{
	long ret = result(madvise(PAGE, SPAN, MADV_DONTFORK));

	if (ret == -EPERM)
		return;
	expect("MADV_DONTFORK", ret, 0);
	expect("a child has none then", dies_of(reads, SIGSEGV), 1);
	expect("and can have something else there", dies_of(has_its_own, SIGABRT), 1);
}

/* By the seal, or since it is no ordinary memory: kernels ask in either order. */
static int is_refused(long ret)
{
	return ret == -1 && (errno == EPERM || errno == EINVAL);
}

static void attempts(void)
{
	uint64_t own = domain();
	void *other = mmap(NULL, 2 * SPAN, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned char in_core;

	expect("protected", own != 0, 1);
	expect("munmap", result(munmap(PAGE, SPAN)), -EPERM);
	expect("munmap of one page", result(munmap(PAGE, 4096)), -EPERM);
	expect("mprotect", result(mprotect(PAGE, SPAN, PROT_READ | PROT_WRITE)), -EACCES);
	expect("mprotect of one page", result(mprotect(PAGE, 4096, PROT_NONE)), -EPERM);
	expect("mremap", result((long)mremap(PAGE, SPAN, SPAN, MREMAP_MAYMOVE | MREMAP_FIXED,
					     other)), -EPERM);
	expect("mremap, bigger", result((long)mremap(PAGE, SPAN, 2 * SPAN, MREMAP_MAYMOVE)),
	       -EPERM);
	expect("mremap to it", result((long)mremap(other, SPAN, SPAN,
						   MREMAP_MAYMOVE | MREMAP_FIXED, PAGE)), -EPERM);
	expect("mmap over it", result((long)mmap(PAGE, 4096, PROT_READ, MAP_PRIVATE |
						 MAP_ANONYMOUS | MAP_FIXED, -1, 0)), -EPERM);
	expect("mmap beside it, in its table",
	       result((long)mmap((char *)PAGE + 8 * 4096, 4096, PROT_READ, MAP_PRIVATE |
				 MAP_ANONYMOUS | MAP_FIXED, -1, 0)), -EPERM);
	expect("MADV_DONTNEED", is_refused(madvise(PAGE, SPAN, MADV_DONTNEED)), 1);
	expect("MADV_FREE", is_refused(madvise(PAGE, SPAN, MADV_FREE)), 1);
	expect("MADV_PAGEOUT", result(madvise(PAGE, SPAN, MADV_PAGEOUT)), -EINVAL);
	expect("MADV_DODUMP", result(madvise(PAGE, SPAN, MADV_DODUMP)), -EINVAL);
	expect("MADV_POPULATE_READ", result(madvise(PAGE, 4096, MADV_POPULATE_READ)), -EINVAL);
	expect("MADV_RANDOM of one page", result(madvise(PAGE, 4096, MADV_RANDOM)), -EINVAL);
	expect("mincore", result(mincore(PAGE, 4096, &in_core)), 0);
	expect("mlockall", result(mlockall(MCL_CURRENT)), 0);
	expect("munlockall", result(munlockall()), 0);
	from_outside();
	expect("a store kills", dies_of(writes, SIGSEGV), 1);
	expect("a jump kills", dies_of(executes, SIGSEGV), 1);
	expect("what is behind it is nothing", dies_of(reads_behind, SIGBUS), 1);
	expect("it is as it was", domain() == own, 1);
	not_for_children();
	expect("it is still", domain() == own, 1);
}

/* Answers each line of its input, as a victim does. */
static void answer(void (*fn)(void))
{
	char line[64];

	printf("ready pid=%d va=%#lx\n", getpid(), NACC_PAGE_VA);
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin) && strcmp(line, "quit\n")) {
		fn();
		fflush(stdout);
	}
}

static void check_other(void)
{
	struct nacc_self self;
	unsigned char *p = PAGE;

	printf("%d %d\n", nacc_info(&self, sizeof(self)), p[4095]);
}

/* Not with MAP_FIXED: what the kernel has there would stay. */
static void taken(void)
{
	void *p = mmap(PAGE, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS |
		       MAP_FIXED_NOREPLACE, -1, 0);

	expect("mapped", p == PAGE, 1);
	memset(p, 0x5a, 4096);
	answer(check_other);
}

static void check_own(void)
{
	struct nacc_self self;
	int ret = nacc_info(&self, sizeof(self));

	if (ret)
		printf("none %d\n", ret);
	else
		printf("domain=%llu gate=%s refused=%llu gated=%u/%u\n",
		       (unsigned long long)self.domain, nacc_gate_name(self.gate),
		       (unsigned long long)self.refused, self.gated, self.address_spaces);
}

int main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "";

	if (!strcmp(what, "child"))
		in_children();
	else if (!strcmp(what, "attempts"))
		attempts();
	else if (!strcmp(what, "taken"))
		taken();
	else if (!strcmp(what, "wait"))
		answer(check_own);
	else
		failed = 1;
	if (!failed && *what != 'w' && *what != 't')
		puts("ok");
	return failed;
}
