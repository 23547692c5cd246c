// SPDX-License-Identifier: GPL-2.0
/*
 * clonegone RESULT: clone3(2) whose arguments are elsewhere, or nowhere, once the kernel has
 * read them: it then copies the child's number, which lies where a userfaultfd has nothing yet.
 *
 * RESULT is what comes of it where they are nowhere, and were not there either when the call
 * was made: "made", a child; "again", EAGAIN. In all other cases a child is made.
 */
#define _GNU_SOURCE
#include <linux/sched.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "common.h"

#define STATUS	42

static int uffd;
static char *number;			/* a page: the child's, which is given when it is wanted */
static struct clone_args *args;		/* a page of a file */
static char given[PAGE] __attribute__((aligned(PAGE)));

static void stay(void)
{
}

static void leave(void)
{
	check(!madvise(args, PAGE, MADV_DONTNEED));
}

static void be_gone(void)
{
	check(!munmap(args, PAGE));
}

static const struct way {
	const char *name;
	int seen;		/* they are there when the call is made */
	void (*meanwhile)(void);
} ways[] = {
	{ "stay", 1, stay },
	{ "seen, leave", 1, leave },
	{ "seen, are gone", 1, be_gone },
	{ "not seen, stay", 0, stay },
	{ "not seen, leave again", 0, leave },
	{ "not seen, are gone", 0, be_gone },
};

/* The kernel waits for the number by then. */
static void *give(void *meanwhile)
{
	struct uffdio_copy copy = {
		.dst = (uintptr_t)number, .src = (uintptr_t)given, .len = PAGE,
	};
	struct uffd_msg msg;

	check(read(uffd, &msg, sizeof(msg)) == sizeof(msg));
	check(msg.event == UFFD_EVENT_PAGEFAULT);
	((void (*)(void))meanwhile)();
	check(!ioctl(uffd, UFFDIO_COPY, &copy));
	return NULL;
}

static void *map(int fd)
{
	void *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS :
			MAP_SHARED, fd, 0);

	check(at != MAP_FAILED);
	return at;
}

static void prepare(void)
{
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct clone_args *to;
	int fd = memfd_create("args", 0);

	check(fd >= 0 && !ftruncate(fd, PAGE));
	number = map(-1);
	reg.range.start = (uintptr_t)number;
	reg.range.len = PAGE;
	check(!ioctl(uffd, UFFDIO_REGISTER, &reg));
	to = map(fd);
	*to = (struct clone_args){
		.exit_signal = SIGCHLD, .set_tid = (uintptr_t)number, .set_tid_size = 1,
	};
	check(!munmap(to, PAGE));
	args = map(fd);
	close(fd);
}

static int last_number(void)
{
	FILE *f = fopen("/proc/sys/kernel/pid_max", "r");
	int max = 0;

	check(f && fscanf(f, "%d", &max) == 1 && max > 1000);
	fclose(f);
	return max - 100;
}

/* Return: 0: a child was made, or errno. */
static int clone_it(const struct way *way, int as)
{
	pthread_t thread;
	int status, err;
	long pid;

	memcpy(given, &as, sizeof(as));
	prepare();
	if (way->seen)
		check(((volatile struct clone_args *)args)->exit_signal == SIGCHLD);
	check(!pthread_create(&thread, NULL, give, (void *)way->meanwhile));
	pid = syscall(SYS_clone3, args, CLONE_ARGS_SIZE_VER1);
	err = errno;
	if (!pid)
		_exit(STATUS);
	check(!pthread_join(thread, NULL));
	check(!munmap(number, PAGE));
	munmap(args, PAGE);
	if (pid < 0)
		return err;
	check(pid == as && waitpid(pid, &status, 0) == pid);
	check(WIFEXITED(status) && WEXITSTATUS(status) == STATUS);
	return 0;
}

int main(int argc, char **argv)
{
	struct uffdio_api api = { .api = UFFD_API };
	const int as = last_number();
	int again, want, got;

	if (argc != 2 || (strcmp(argv[1], "made") && strcmp(argv[1], "again")))
		die("usage: clonegone made|again");
	again = !strcmp(argv[1], "again");
	uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	check(uffd >= 0 && !ioctl(uffd, UFFDIO_API, &api));
	for (unsigned int i = 0; i < ARRAY_SIZE(ways); i++) {
		want = again && !ways[i].seen && ways[i].meanwhile == be_gone ? EAGAIN : 0;
		got = clone_it(&ways[i], as + i);
		if (got != want)
			die("%s: %s", ways[i].name, got ? strerror(got) : "a child");
		printf("clonegone: %s: %s\n", ways[i].name, got ? "again" : "made");
	}
	return 0;
}
