// SPDX-License-Identifier: GPL-2.0
/*
 * turning: goes through one event after another with known values in all its registers, and says
 * what it finds in them behind it, for a module that changes them meanwhile.
 *
 * Prints "ready pid=PID va=0x0", then answers each line of standard input:
 *   signal, altstack   a handler runs, on this stack or another
 *   fork, vfork, clone, clone3   a child begins, the latter two with a stack and a tp of their own
 *   exec      a child executes another program
 *   dump      a child ends with a core dump
 *   ring      a worker of io_uring's reads
 * with "intact", "changed: REGISTER=VALUE...", or what became of the child; and
 *   spin, vdso, read, abort, asks   a thread is in user mode, in the vDSO, in a system call, in a
 *             restartable sequence, or a child asks its supervisor (seccomp's user notification):
 *             "waits tid=TID at=ADDRESS", of a sequence where it is aborted
 *   go        it comes to its end, as above
 *   quit      ends
 * "handled=N": how often the handler has run since the last answer.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"
#include "gup.h"
#include "registers.h"
#include "turning.h"

struct file given, found, *child;
uint64_t own_sp;
int has_v;
volatile int entered, handled;

static int command[2], data[2], finished[2];
static volatile pid_t worker;
static volatile int stop, aborts;
static char said[1024];
static char stack[16384] __attribute__((aligned(16)));
static char tls[64] __attribute__((aligned(16)));

/* What is found in general registers, but for what is wanted */
static void differ(char *to, const struct file *want, const struct file *got)
{
	to[0] = '\0';
	for (int i = 1; i < 32; i++)
		if (want->x[i] != got->x[i])
			sprintf(to + strlen(to), "%s x%d=%#lx", *to ? "" : "changed:", i,
				got->x[i]);
	if (!*to)
		strcpy(to, "intact");
}

static void set(long nr, long a0, long a1, long a2)
{
	uint64_t state = 77;

	for (int i = 0; i < 32; i++) {
		given.x[i] = next_random(&state);
		given.f[i] = next_random(&state);
	}
	given.fcsr = 0x61;
	given.x[10] = a0;
	given.x[11] = a1;
	given.x[12] = a2;
	given.x[17] = nr;
	memset(&found, 0, sizeof(found));
}

/* A call, and what is in registers behind it, but for its result */
static long hold(long nr, long a0, long a1, long a2)
{
	long result;

	set(nr, a0, a1, a2);
	hold_call();
	result = found.x[10];
	given.x[10] = result;
	differ(said, &given, &found);
	return result;
}

static void on(int sig, int flags)
{
	struct sigaction sa = { .sa_handler = (void (*)(int))on_signal, .sa_flags = flags };

	check(!sigaction(sig, &sa, NULL));
}

/* A handler that did not run has not said that its signal may come again. */
static void unblock(int sig)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	check(!pthread_sigmask(SIG_UNBLOCK, &set, NULL));
}

static void signals(int flags)
{
	const stack_t other = { .ss_sp = stack, .ss_size = sizeof(stack) };
	const stack_t none = { .ss_flags = SS_DISABLE };

	check(!sigaltstack(&other, NULL));
	unblock(SIGUSR1);
	on(SIGUSR1, flags);
	check(!hold(SYS_tgkill, getpid(), getpid(), SIGUSR1));
	check(!sigaltstack(&none, NULL));
}

static void signal_here(void)
{
	signals(0);
}

static void signal_there(void)
{
	signals(SA_ONSTACK);
}

/* The child has what its maker had, but for what it was given. */
static void makes(long nr, long a0, long a1, long sp, long tp)
{
	int status;

	child->x[0] = 0;
	set(nr, a0, a1, 0);
	given.x[13] = (long)tls;
	hold_child();
	check((long)found.x[10] > 0 && waitpid(found.x[10], &status, 0) > 0);
	given.x[10] = 0;
	given.x[2] = sp ? (uint64_t)sp : given.x[2];
	given.x[4] = tp ? (uint64_t)tp : given.x[4];
	if (child->x[0])
		differ(said, &given, child);
	else
		sprintf(said, "lost, status %#x", status);
}

static void forks(void)
{
	makes(SYS_clone, SIGCHLD, 0, 0, 0);
}

static void vforks(void)
{
	makes(SYS_clone, CLONE_VM | CLONE_VFORK | SIGCHLD, 0, 0, 0);
}

static void clones(void)
{
	long sp = (long)(stack + sizeof(stack));

	makes(SYS_clone, CLONE_VM | CLONE_SETTLS | SIGCHLD, sp, sp, (long)tls);
}

static void clones_by_3(void)
{
	static uint64_t args[8];

	args[0] = CLONE_VM | CLONE_SETTLS;
	args[4] = SIGCHLD;
	args[5] = (uintptr_t)stack;
	args[6] = sizeof(stack);
	args[7] = (uintptr_t)tls;
	makes(SYS_clone3, (long)args, sizeof(args), (long)(stack + sizeof(stack)), (long)tls);
}

static void ended(pid_t pid)
{
	int status;

	check(pid > 0 && waitpid(pid, &status, 0) == pid);
	if (!status)
		strcpy(said, "intact");
	else
		sprintf(said, "%s %d", WIFSIGNALED(status) ? "ended by" : "exited with",
			WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

static void executes(void)
{
	pid_t pid = fork();

	if (!pid) {
		/* What exec closes is freed on the way to user mode, so there is such a moment. */
		check(open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0);
		execl("/proc/self/exe", "turning", "--begun", NULL);
		_exit(1);
	}
	ended(pid);
}

static void dumps(void)
{
	pid_t pid = fork();

	if (!pid)
		aborts_with_core();
	ended(pid);
}

static void reads_by_ring(void)
{
	static char page[PAGE] __attribute__((aligned(PAGE)));
	struct ring ring;
	int fd = open("/proc/self/exe", O_RDONLY);

	check(fd >= 0 && !ring_open(&ring, page, PAGE));
	ring.flags = IOSQE_ASYNC;
	check(ring_transfer(&ring, fd, 0, PAGE) == (int)PAGE && !memcmp(page, "\177ELF", 4));
	ring_close(&ring);
	close(fd);
	strcpy(said, "intact");
}

/* --- a thread that waits ------------------------------------------------------------------- */

static void *work(void *arg)
{
	static char byte;
	char kind;

	worker = syscall(SYS_gettid);
	while (read(command[0], &kind, 1) == 1) {
		if (kind == 's') {
			set(0, (long)&stop, 0, 0);
			hold_spin();
			given.x[11] = 1;
			differ(said, &given, &found);
		} else if (kind == 'r') {
			unblock(SIGUSR2);
			if (hold(SYS_read, data[0], (long)&byte, 1) != 1) {
				strcpy(said, "not read");
				check(read(data[0], &byte, 1) == 1);
			}
		} else {
			strcpy(said, kind == 'v' ? reads_clock(&stop, &entered) :
						   is_aborted(&stop, &entered, &aborts));
		}
		check(write(finished[1], &kind, 1) == 1);
	}
	return arg;
}

static pid_t child_asks;

static void begin(char kind)
{
	if (kind == 'k') {
		child_asks = asks(differ);
		printf("waits tid=%d at=0\n", child_asks);
		return;
	}
	entered = 0;
	stop = 0;
	check(write(command[1], &kind, 1) == 1);
	while (!entered || (kind == 'r' && !is_asleep(worker)) || (kind == 'a' && aborts < 3))
		usleep(1000);
	printf("waits tid=%d at=%#lx\n", worker, (unsigned long)abort_at);
}

static void end(char kind)
{
	if (kind == 'k') {
		strcpy(said, answered(child_asks));
		return;
	}
	stop = 1;
	if (kind == 'r')
		check(write(data[1], &kind, 1) == 1);
	check(read(finished[0], &kind, 1) == 1);
}

static void prepare(void)
{
	sigset_t set;
	pthread_t thread;

	child = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	check(child != MAP_FAILED);
	check(!pipe(command) && !pipe(data) && !pipe(finished));
	on(SIGUSR2, SA_RESTART);
	check(!pthread_create(&thread, NULL, work, NULL));
	/* That one is for the other thread. */
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	check(!pthread_sigmask(SIG_BLOCK, &set, NULL));
	while (!worker)
		usleep(1000);
}

static const struct {
	const char *line;
	void (*run)(void);
} events[] = {
	{ "signal\n", signal_here }, { "altstack\n", signal_there }, { "fork\n", forks },
	{ "vfork\n", vforks }, { "clone\n", clones }, { "clone3\n", clones_by_3 },
	{ "exec\n", executes }, { "dump\n", dumps }, { "ring\n", reads_by_ring },
};

int main(int argc, char **argv)
{
	char line[64], kind = 0;
	unsigned int i;

	if (argc == 2 && !strcmp(argv[1], "--begun"))
		return 0;
	setvbuf(stdout, NULL, _IOLBF, 0);
	prepare();
	printf("ready pid=%d va=0x0\n", getpid());
	while (fgets(line, sizeof(line), stdin) && strcmp(line, "quit\n")) {
		for (i = 0; i < ARRAY_SIZE(events) && strcmp(line, events[i].line); i++)
			;
		if (i < ARRAY_SIZE(events)) {
			events[i].run();
		} else if (strcmp(line, "go\n")) {
			begin(kind = strcmp(line, "asks\n") ? *line : 'k');
			continue;
		} else {
			end(kind);
		}
		printf("%s handled=%d\n", said, handled);
		handled = 0;
	}
	return 0;
}
