// SPDX-License-Identifier: GPL-2.0
/* Processes come and go. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "program.h"

#define SELF	"/proc/self/exe"
#define LEN	(1UL << 20)
#define CHILDREN	4

int case_exit(void)
{
	char *p = map(LEN);

	fill(p, LEN / 2, 1);
	mark(getpid());
	CHECK(marked(getpid()));
	fill(p + LEN / 2, LEN / 2, 2);
	CHECK(filled(p, LEN / 2, 1) && filled(p + LEN / 2, LEN / 2, 2));
	return 0;
}

int case_exec(void)
{
	mark(getpid());
	fill(map(LEN), LEN, 1);
	execl(SELF, "kunit-user", "exec_end", NULL);
	CHECK(!"exec came back");
}

int case_exec_end(void)
{
	CHECK(marked(getpid()));
	return case_fork();
}

static int child(char *p, unsigned int seed)
{
	CHECK(marked(getpid()));
	CHECK(filled(p, LEN, 1));
	fill(p, LEN, seed);
	CHECK(filled(p, LEN, seed));
	_exit(0);
}

int case_fork(void)
{
	char *p = map(LEN);
	pid_t pid[CHILDREN];
	unsigned int i;

	fill(p, LEN, 1);
	if (!marked(getpid()))
		mark(getpid());
	for (i = 0; i < CHILDREN; i++) {
		pid[i] = fork();
		if (!pid[i])
			child(p, i + 2);
	}
	for (i = 0; i < CHILDREN; i++)
		CHECK(!wait_for(pid[i]));
	CHECK(filled(p, LEN, 1));
	return 0;
}

/* Can none of the pages be written, the kernel's stores included? */
static bool read_only(char *p, size_t len)
{
	int fd = open(SELF, O_RDONLY);
	size_t i;

	CHECK(fd >= 0);
	for (i = 0; i < len; i += PAGE)
		if (read(fd, p + i, 1) != -1 || errno != EFAULT)
			break;
	close(fd);
	return i >= len;
}

/* Each route several times over more than one table, with what it leaves. */
int case_routes(void)
{
	const size_t len = 2 * HUGE;
	char *p = map(len);
	unsigned int i;

	mark(getpid());
	for (i = 0; i < 3; i++) {
		pid_t pid;

		fill(p, len, 20 + i);
		CHECK(!mprotect(p, len, PROT_READ));
		CHECK(read_only(p, len));
		CHECK(filled(p, len, 20 + i));
		CHECK(!mprotect(p, len, PROT_READ | PROT_WRITE));
		pid = fork();
		if (!pid) {
			CHECK(filled(p, len, 20 + i));
			fill(p, len, 30);
			CHECK(!mprotect(p, len, PROT_READ));
			CHECK(read_only(p, len));
			_exit(!filled(p, len, 30));
		}
		fill(p, HUGE, 40);
		CHECK(!wait_for(pid));
		CHECK(filled(p, HUGE, 40));
		CHECK(filled(p + HUGE, HUGE, (20 + i) ^ HUGE));
		CHECK(!madvise(p + PAGE, HUGE, MADV_DONTNEED));
		CHECK(*(volatile uint64_t *)p == 40);
		CHECK(*(volatile uint64_t *)(p + PAGE) == 0);
		CHECK(!munmap(p, len));
		p = map(len);
	}
	return 0;
}

int case_vfork(void)
{
	unsigned int i;

	mark(getpid());
	for (i = 0; i < 2; i++) {
		pid_t pid = vfork();

		if (!pid) {
			execl(SELF, "kunit-user", "exec_end", NULL);
			_exit(95);
		}
		CHECK(!wait_for(pid));
	}
	return 0;
}

static void *churn(void *arg)
{
	for (;;) {
		char *p = map(LEN);

		fill(p, LEN, 3);
		CHECK(filled(p, LEN, 3));
		munmap(p, LEN);
		if (arg)
			__atomic_add_fetch((unsigned long *)arg, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

static void await(unsigned long *counter, unsigned long n)
{
	while (__atomic_load_n(counter, __ATOMIC_RELAXED) < n)
		sched_yield();
}

/* exit_group() while the other threads are in faults and unmaps. */
int case_threads(void)
{
	unsigned long rounds = 0;
	pthread_t thread;
	unsigned int i;

	for (i = 0; i < 3; i++)
		CHECK(!pthread_create(&thread, NULL, churn, &rounds));
	await(&rounds, 3);
	mark(getpid());
	await(&rounds, rounds + 6);
	return 0;
}

/* Killed at any moment: before, while and after it is marked. */
int case_kill(void)
{
	unsigned long *rounds = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned int i;

	CHECK(rounds != MAP_FAILED);
	for (i = 0; i < 12; i++) {
		pid_t pid = fork(), killer;

		if (!pid)
			churn(rounds);
		await(rounds, *rounds + 1);
		/* On a slow machine the others come too late. */
		if (i % 4 == 3)
			mark(pid);
		killer = fork();
		if (!killer) {
			usleep(i * 500);
			_exit(kill(pid, SIGKILL));
		}
		/* It may be dead already. */
		if (i % 4 == 1) {
			int error = try_mark(pid);

			CHECK(!error || error == ESRCH);
		}
		CHECK(!wait_for(killer));
		CHECK(WTERMSIG(wait_for(pid)) == SIGKILL);
	}
	return 0;
}

/* Killed by the kernel in a fault, out of memory of its own group. */
int case_oom(void)
{
	pid_t pid;
	int status;

	write_file("/sys/fs/cgroup/cgroup.subtree_control", "+memory");
	CHECK(!mkdir(GROUP, 0755));
	write_file(GROUP "/memory.max", "12M");
	pid = fork();
	if (!pid) {
		write_file(GROUP "/cgroup.procs", "0");
		mark(getpid());
		fill(map(64UL << 20), 64UL << 20, 1);
		_exit(0);
	}
	status = wait_for(pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	CHECK(!rmdir(GROUP));
	return 0;
}
