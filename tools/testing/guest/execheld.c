// SPDX-License-Identifier: GPL-2.0
/*
 * A new program that is held before it takes over: the kernel has made its address space
 * already and copies its argument, which lies where a userfaultfd has nothing yet.
 *
 * execheld FILE PROGRAM ARGUMENT: prints "ready pid=...", executes PROGRAM ARGUMENT, and
 * lets it go on when FILE is there.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common.h"

static int uffd;
static char *held;
static char page[PAGE] __attribute__((aligned(PAGE)));

static void *let_go(void *file)
{
	struct uffdio_copy copy = {
		.dst = (uintptr_t)held, .src = (uintptr_t)page, .len = PAGE,
	};

	while (access(file, F_OK))
		usleep(20000);
	check(!ioctl(uffd, UFFDIO_COPY, &copy));
	return NULL;
}

static void hold(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };

	held = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	check(held != MAP_FAILED);
	reg.range.start = (uintptr_t)held;
	reg.range.len = PAGE;
	uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	check(uffd >= 0 && !ioctl(uffd, UFFDIO_API, &api));
	check(!ioctl(uffd, UFFDIO_REGISTER, &reg));
}

int main(int argc, char **argv)
{
	char *arguments[3] = { NULL };
	pthread_t thread;

	if (argc != 4 || strlen(argv[3]) >= PAGE)
		die("usage: execheld FILE PROGRAM ARGUMENT");
	strcpy(page, argv[3]);
	hold();
	arguments[0] = argv[2];
	arguments[1] = held;
	check(!pthread_create(&thread, NULL, let_go, argv[1]));
	printf("ready pid=%d\n", getpid());
	fflush(stdout);
	execv(argv[2], arguments);
	die("%s: %s", argv[2], strerror(errno));
}
