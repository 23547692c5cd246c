// SPDX-License-Identifier: GPL-2.0
/*
 * crowd: processes that are hard to end, all of one container. Prints "ready pid=PID
 * va=0xVA" of the first, which is to be marked; then, for a line of standard input, it
 * makes the others and prints "there members=N":
 *   threads; a process that waits for the end of its vfork(2); processes that share
 *   the memory of another, in a session of their own; an orphan; and a child that is
 *   held on its way to user mode, by a page that nobody brings.
 * Who could bring it is no part of the container: the process that was started, which
 * stays until it is killed.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"

#define STACK	(64 * 1024)

static void send_fd(int socket, int fd)
{
	char room[CMSG_SPACE(sizeof(int))] = { 0 }, byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = room, .msg_controllen = sizeof(room),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	check(sendmsg(socket, &msg, 0) == 1);
}

static int receive_fd(int socket)
{
	char room[CMSG_SPACE(sizeof(int))], byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = room, .msg_controllen = sizeof(room),
	};
	int fd;

	check(recvmsg(socket, &msg, 0) == 1 && CMSG_FIRSTHDR(&msg));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

/* It learns of children, which have the page to be brought as well, and does nothing. */
static int hold(int socket)
{
	int fd = receive_fd(socket);
	struct uffd_msg msg;

	while (read(fd, &msg, sizeof(msg)) == sizeof(msg))
		;
	pause();
	return 0;
}

static void *sleep_for_ever(void *unused)
{
	pause();
	return unused;
}

static int sleep_alone(void *unused)
{
	(void)unused;
	setsid();
	signal(SIGHUP, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	pause();
	return 0;
}

/* Its parent waits in the kernel. */
static void wait_for_vfork(void)
{
	pid_t child = fork();

	check(child >= 0);
	if (child)
		return;
	child = vfork();
	if (!child)
		for (;;)
			pause();
	_exit(0);
}

static void share_memory(char *stack)
{
	check(clone(sleep_alone, stack + STACK, CLONE_VM | SIGCHLD, NULL) > 0);
}

static void be_orphan(void)
{
	pid_t child = fork();

	check(child >= 0);
	if (!child) {
		if (!fork())
			sleep_alone(NULL);
		_exit(0);
	}
	check(waitpid(child, NULL, 0) == child);
}

/* The kernel writes the child's number to a page that is never brought. */
static void be_held(int socket)
{
	struct uffdio_api api = { .api = UFFD_API, .features = UFFD_FEATURE_EVENT_FORK };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	int fd = syscall(__NR_userfaultfd, O_CLOEXEC);
	void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long child;

	check(fd >= 0 && !ioctl(fd, UFFDIO_API, &api) && page != MAP_FAILED);
	reg.range.start = (uintptr_t)page;
	reg.range.len = PAGE;
	check(!ioctl(fd, UFFDIO_REGISTER, &reg));
	send_fd(socket, fd);
	close(fd);
	child = syscall(__NR_clone, CLONE_CHILD_SETTID | SIGCHLD, 0, NULL, 0, page);
	if (!child)
		_exit(1);
	check(child > 0);
}

static int crowd(int socket)
{
	char *stacks = mmap(NULL, 2 * STACK, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_t thread;
	char line[16];

	check(stacks != MAP_FAILED);
	memset(stacks, 0, 2 * STACK);
	printf("ready pid=%d va=%p\n", getpid(), (void *)stacks);
	check(fgets(line, sizeof(line), stdin));
	check(!pthread_create(&thread, NULL, sleep_for_ever, NULL));
	wait_for_vfork();
	share_memory(stacks);
	share_memory(stacks + STACK);
	be_orphan();
	be_held(socket);
	printf("there members=%d\n", 8);
	pause();
	return 0;
}

int main(void)
{
	int pair[2];
	pid_t first;

	setvbuf(stdout, NULL, _IOLBF, 0);
	check(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	first = fork();
	check(first >= 0);
	return first ? hold(pair[0]) : crowd(pair[1]);
}
