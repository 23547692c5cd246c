// SPDX-License-Identifier: GPL-2.0
/* Events of turning.c that take more than one call. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common.h"
#include "turning.h"

#define ANSWER	4242

void aborts_with_core(void)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	check(!setrlimit(RLIMIT_CORE, &all));
	abort();
}

/**
 * struct shared - what a child and its supervisor share, beside their files
 * @fd: where it is answered
 * @said: what it has found behind that
 */
static struct shared {
	volatile int fd;
	char said[1024];
} *shared;

static struct seccomp_notif asked;

static void ask(differ_fn *differ)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0 /* nr */),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
	};
	struct sock_fprog prog = { .len = ARRAY_SIZE(code), .filter = code };
	uint64_t state = 99;
	int fd;

	for (int i = 0; i < 32; i++)
		given.x[i] = next_random(&state);
	given.x[17] = SYS_getppid;
	check(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
		     &prog);
	check(fd >= 0);
	shared->fd = fd;
	hold_call();
	given.x[10] = ANSWER;
	differ(shared->said, &given, &found);
	_exit(0);
}

/* The child's number is that of the supervisor's, too: they have their files in common. */
pid_t asks(differ_fn *differ)
{
	pid_t pid;

	if (!shared)
		shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			      -1, 0);
	check(shared != MAP_FAILED);
	shared->fd = -1;
	strcpy(shared->said, "lost");
	pid = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
	check(pid >= 0);
	if (!pid)
		ask(differ);
	while (shared->fd < 0)
		usleep(1000);
	check(!ioctl(shared->fd, SECCOMP_IOCTL_NOTIF_RECV, memset(&asked, 0, sizeof(asked))));
	check(asked.data.nr == SYS_getppid);
	return pid;
}

const char *answered(pid_t pid)
{
	struct seccomp_notif_resp answer = { .id = asked.id, .val = ANSWER };

	check(!ioctl(shared->fd, SECCOMP_IOCTL_NOTIF_SEND, &answer));
	check(waitpid(pid, NULL, 0) == pid && !close(shared->fd));
	return shared->said;
}

const char *reads_clock(const volatile int *stop, volatile int *entered)
{
	struct timespec last = { 0 }, now;

	*entered = 1;
	while (!*stop) {
		if (clock_gettime(CLOCK_MONOTONIC, &now) || now.tv_sec < last.tv_sec ||
		    (now.tv_sec == last.tv_sec && now.tv_nsec < last.tv_nsec))
			return "not the time";
		last = now;
	}
	return "intact";
}

static void to_first_cpu(void)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	check(!sched_setaffinity(0, sizeof(cpus), &cpus));
}

/* Somebody else wants the processor, too: no signal has to come for that. */
const char *is_aborted(const volatile int *stop, volatile int *entered, volatile int *aborts)
{
	struct rseq *rseq = (void *)((char *)__builtin_thread_pointer() + __rseq_offset);
	cpu_set_t before;
	pid_t pid;

	check(__rseq_size && !sched_getaffinity(0, sizeof(before), &before));
	*aborts = 0;
	to_first_cpu();
	pid = fork();
	check(pid >= 0);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			;
	}
	*entered = 1;
	while (!*stop)
		*aborts += abortable((uint64_t *)&rseq->rseq_cs, stop);
	check(!kill(pid, SIGKILL) && waitpid(pid, NULL, 0) == pid);
	check(!sched_setaffinity(0, sizeof(before), &before));
	return *aborts >= 3 ? "intact" : "not aborted";
}
