// SPDX-License-Identifier: GPL-2.0
/* turns: what is done without the kernel, or by threads of its own, and what it takes back. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common.h"
#include "gup.h"
#include "turns.h"

/* --- a signal stack that is nobody's while it is used ---------------------------------------- */

#define AUTODISARM	0x80000000U	/* SS_AUTODISARM (linux/signal.h) */

static char once[64 << 10] __attribute__((aligned(16)));
static volatile sig_atomic_t outer, inner;

static unsigned int armed(void)
{
	stack_t now;

	check(!sigaltstack(NULL, &now));
	return now.ss_flags;
}

static void within(int sig)
{
	char here;

	(void)sig;
	inner = is_on(&here, once, sizeof(once));
}

static void disarmed(int sig)
{
	char here;

	(void)sig;
	outer = is_on(&here, once, sizeof(once));
	check(armed() == SS_DISABLE);
	raise(SIGUSR2);
	check(armed() == SS_DISABLE);
}

void autodisarm(void)
{
	const stack_t stack = { .ss_sp = once, .ss_size = sizeof(once),
				.ss_flags = (int)AUTODISARM };
	const stack_t none = { .ss_flags = SS_DISABLE };
	struct sigaction sa = { .sa_handler = disarmed, .sa_flags = SA_ONSTACK };

	check(!sigaction(SIGUSR1, &sa, NULL));
	sa.sa_handler = within;
	check(!sigaction(SIGUSR2, &sa, NULL));
	check(!sigaltstack(&stack, NULL) && armed() == AUTODISARM);
	for (int i = 0; i < 3; i++) {
		outer = 0;
		inner = 0;
		raise(SIGUSR1);
		/* The second one's frame is where the first one is, as on any stack. */
		check(outer && inner && armed() == AUTODISARM);
	}
	check(!sigaltstack(&none, NULL));
}

/* --- the time, by the vDSO ------------------------------------------------------------------- */

static void forbid(const int *calls, size_t nr)
{
	struct sock_filter code[2 * 4 + 2] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	};
	struct sock_fprog prog = { .len = 2 * nr + 2, .filter = code };

	for (size_t i = 0; i < nr; i++) {
		code[1 + 2 * i] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
							       (unsigned int)calls[i], 0, 1);
		code[2 + 2 * i] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
							       SECCOMP_RET_KILL_PROCESS);
	}
	code[2 * nr + 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	check(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	check(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog));
}

/* Whoever makes one of these calls is killed, so who is not has not made any. */
static int asks_time(int by_call)
{
	const int calls[] = { SYS_clock_gettime, SYS_gettimeofday, SYS_clock_getres };
	struct timespec before = { 0 }, now;
	struct timeval tv;
	int status;
	pid_t pid = fork();

	check(pid >= 0);
	if (!pid) {
		forbid(calls, ARRAY_SIZE(calls));
		if (by_call)
			syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
		for (int i = 0; i < 20000; i++) {
			check(!clock_gettime(CLOCK_MONOTONIC, &now) && !gettimeofday(&tv, NULL));
			check(now.tv_sec > before.tv_sec || (now.tv_sec == before.tv_sec &&
							     now.tv_nsec >= before.tv_nsec));
			before = now;
		}
		check(before.tv_sec || before.tv_nsec);
		_exit(0);
	}
	check(waitpid(pid, &status, 0) == pid);
	return status;
}

void by_vdso(void)
{
	check(asks_time(0) == 0);
	check(WTERMSIG(asks_time(1)) == SIGSYS);
}

/* --- restartable sequences ------------------------------------------------------------------- */

static volatile int stop;
static volatile sig_atomic_t ticks;

static void tick(int sig)
{
	(void)sig;
	ticks++;
}

static pid_t rival(void)
{
	pid_t pid = fork();

	check(pid >= 0);
	if (!pid) {
		alarm(60);
		for (;;)
			;
	}
	return pid;
}

/* Of what it was in the middle of nothing is done when it has been off its processor. */
void sequences(void)
{
	struct rseq *rseq = (void *)((char *)__builtin_thread_pointer() + __rseq_offset);
	const struct itimerval every = { { 0, 5000 }, { 0, 5000 } }, never = { 0 };
	int aborted = 0, signalled = 0;
	cpu_set_t before, one;
	pid_t pid;

	/* By glibc, unless it was told not to */
	check(__rseq_size && (int)rseq->cpu_id >= 0);
	check(!sched_getaffinity(0, sizeof(before), &before));
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	check(!sched_setaffinity(0, sizeof(one), &one));
	pid = rival();
	while (aborted < 5)
		aborted += abortable((uint64_t *)&rseq->rseq_cs, &stop);
	check(!kill(pid, SIGKILL) && waitpid(pid, NULL, 0) == pid);
	/* And when a handler has run; others may still want the processor. */
	check(signal(SIGALRM, tick) != SIG_ERR && !setitimer(ITIMER_REAL, &every, NULL));
	while (signalled < 5) {
		sig_atomic_t seen = ticks;

		aborted = abortable((uint64_t *)&rseq->rseq_cs, &stop);
		signalled += aborted && ticks != seen;
	}
	check(!setitimer(ITIMER_REAL, &never, NULL));
	check(!sched_setaffinity(0, sizeof(before), &before));
}

/* --- io_uring, whose workers are threads that are never in user mode ------------------------- */

/* Threads of this process with such a name */
static int workers(const char *name)
{
	char path[300], comm[32];
	struct dirent *entry;
	DIR *tasks = opendir("/proc/self/task");
	int fd, nr = 0;
	ssize_t n;

	check(tasks);
	while ((entry = readdir(tasks))) {
		snprintf(path, sizeof(path), "/proc/self/task/%s/comm", entry->d_name);
		fd = open(path, O_RDONLY);
		n = fd < 0 ? -1 : read(fd, comm, sizeof(comm) - 1);
		comm[n > 0 ? n : 0] = '\0';
		nr += n > 0 && !strncmp(comm, name, strlen(name));
		if (fd >= 0)
			close(fd);
	}
	closedir(tasks);
	return nr;
}

void rings(void)
{
	static char page[PAGE] __attribute__((aligned(PAGE)));
	struct ring ring;
	int fd = open("/proc/self/exe", O_RDONLY);

	check(fd >= 0 && !ring_open(&ring, page, PAGE) && !workers("iou-wrk"));
	ring.flags = IOSQE_ASYNC;
	for (int i = 0; i < 20; i++) {
		memset(page, 0, PAGE);
		check(ring_transfer(&ring, fd, 0, PAGE) == (int)PAGE);
		check(!memcmp(page, "\177ELF", 4));
	}
	check(workers("iou-wrk"));
	ring_close(&ring);
	close(fd);
}
