// SPDX-License-Identifier: GPL-2.0
/*
 * meddled CORE applied|undone: what others do to a thread while it is in the kernel, by the
 * kernel's own rules: a debugger, a supervisor of its system calls, who stops it; and what it
 * ends by. Ends the program if something is not as it should be; CORE is where the kernel puts
 * core dumps, and the word says what becomes of registers that a debugger changes.
 *
 * meddled --core CORE: that alone.
 * meddled --supervise COMMAND...: the supervisor alone, of what COMMAND starts with
 * --supervised.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common.h"
#include "meddled.h"

void wait_for(pid_t pid, int status)
{
	int got;

	while (waitpid(pid, &got, 0) < 0)
		check(errno == EINTR);
	if (got != status)
		die("status %#x, not %#x", got, status);
}

/* The signal that it has stopped by */
int stops(pid_t pid)
{
	int got;

	check(waitpid(pid, &got, WUNTRACED) == pid && WIFSTOPPED(got));
	return WSTOPSIG(got);
}

static volatile sig_atomic_t seen;

static void count(int sig)
{
	(void)sig;
	seen++;
}

static void on(int sig, void (*handler)(int), int flags)
{
	struct sigaction sa = { .sa_handler = handler, .sa_flags = flags };

	check(!sigaction(sig, &sa, NULL));
}

/* --- a supervisor of system calls --------------------------------------------------------- */

#define ANSWERS	4

static void send_fd(int to, int fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec io = { .iov_base = "x", .iov_len = 1 };
	struct msghdr msg = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = &control,
			      .msg_controllen = sizeof(control) };

	control.head.cmsg_level = SOL_SOCKET;
	control.head.cmsg_type = SCM_RIGHTS;
	control.head.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	check(sendmsg(to, &msg, 0) == 1);
}

static int receive_fd(int from)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	char c;
	struct iovec io = { .iov_base = &c, .iov_len = 1 };
	struct msghdr msg = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	int fd;

	check(recvmsg(from, &msg, 0) == 1 && msg.msg_controllen);
	memcpy(&fd, CMSG_DATA(&control.head), sizeof(fd));
	return fd;
}

/* Asks four times; s4 and fs2 are its own all the while. */
static void is_supervised(int to)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0 /* nr */),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
	};
	struct sock_fprog prog = { .len = ARRAY_SIZE(code), .filter = code };
	long want[ANSWERS] = { 4242, -EDOM, getppid(), 4343 };
	int fd;

	on(SIGUSR1, count, SA_RESTART);
	check(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
		     &prog);
	check(fd >= 0);
	send_fd(to, fd);
	close(fd);
	for (int i = 0; i < ANSWERS; i++) {
		register long a0 asm("a0") = 0, a7 asm("a7") = SYS_getppid, s4 asm("s4") = 99;
		register double f18 asm("fs2") = 0.125;

		asm volatile("ecall" : "+r"(a0), "+r"(s4), "+f"(f18) : "r"(a7) : "memory");
		check(a0 == want[i] && s4 == 99 && f18 == 0.125);
	}
	check(seen == 1);
	_exit(0);
}

static void answer(int fd, int i, int signalled)
{
	struct seccomp_notif asked = { 0 };
	struct seccomp_notif_resp said = { 0 };

	check(!ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &asked));
	check(asked.data.nr == SYS_getppid);
	/* Its call is made again when the handler is through, and so is the question. */
	if (i == 3 && !signalled) {
		check(!kill(asked.pid, SIGUSR1));
		answer(fd, i, 1);
		return;
	}
	said.id = asked.id;
	said.val = i == 0 ? 4242 : i == 3 ? 4343 : 0;
	said.error = i == 1 ? -EDOM : 0;
	said.flags = i == 2 ? SECCOMP_USER_NOTIF_FLAG_CONTINUE : 0;
	check(!ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &said));
}

static void supervises(pid_t pid, int from)
{
	int fd = receive_fd(from);

	for (int i = 0; i < ANSWERS; i++)
		answer(fd, i, 0);
	close(fd);
	wait_for(pid, 0);
}

static void notified(void)
{
	int pair[2];
	pid_t pid;

	check(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	pid = fork();
	check(pid >= 0);
	if (!pid)
		is_supervised(pair[1]);
	supervises(pid, pair[0]);
	close(pair[0]);
	close(pair[1]);
}

static void supervises_command(char **argv)
{
	int pair[2];
	pid_t pid;

	check(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	pid = fork();
	check(pid >= 0);
	if (!pid) {
		check(dup2(pair[1], 0) == 0);
		execvp(argv[0], argv);
		_exit(127);
	}
	supervises(pid, pair[0]);
	puts("meddled: supervised");
}

/* --- stopped in the middle of a system call ------------------------------------------------ */

static double now(void)
{
	struct timespec t;

	check(!clock_gettime(CLOCK_MONOTONIC, &t));
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void sleeps(int *fd)
{
	struct timespec t = { 2, 0 };
	double before = now();

	(void)fd;
	check(!nanosleep(&t, NULL) && now() - before >= 2);
}

static void reads(int *fd)
{
	char c;

	check(read(fd[0], &c, 1) == 1 && c == 'y');
}

static void polls(int *fd)
{
	struct pollfd p = { .fd = fd[0], .events = POLLIN };

	check(poll(&p, 1, 20000) == 1 && p.revents == POLLIN);
}

/* This one is not made again. */
static void waits(int *fd)
{
	struct epoll_event event = { .events = EPOLLIN };
	int ep = epoll_create1(0);

	check(ep >= 0 && !epoll_ctl(ep, EPOLL_CTL_ADD, fd[0], &event));
	check(epoll_wait(ep, &event, 1, 20000) == -1 && errno == EINTR);
}

static void locks(int *fd)
{
	struct timespec t = { 2, 0 };
	double before = now();
	int word = 1;

	(void)fd;
	check(syscall(SYS_futex, &word, 0 /* FUTEX_WAIT */, 1, &t, NULL, 0) == -1);
	check(errno == ETIMEDOUT && now() - before >= 2);
}

/* Until it waits in that one, or in what has taken its place (restart_syscall) */
static void until_in(pid_t pid, long nr)
{
	char path[64], text[64];
	ssize_t n;
	long in;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/syscall", pid);
	do {
		usleep(5000);
		fd = open(path, O_RDONLY);
		check(fd >= 0);
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
		check(n > 0);
		text[n] = '\0';
		in = strtol(text, NULL, 10);
	} while (text[0] == 'r' || (in != nr && in != SYS_restart_syscall));
}

static void stopped(void)
{
	static const struct {
		void (*run)(int *fd);
		long nr;
	} all[] = {
		{ sleeps, SYS_clock_nanosleep }, { reads, SYS_read }, { polls, SYS_ppoll },
		{ waits, SYS_epoll_pwait }, { locks, SYS_futex },
	};
	int fd[2];
	pid_t pid;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		check(!pipe(fd));
		pid = fork();
		check(pid >= 0);
		if (!pid) {
			all[i].run(fd);
			_exit(0);
		}
		for (int n = 0; n < 2; n++) {
			until_in(pid, all[i].nr);
			check(!kill(pid, SIGSTOP));
			check(stops(pid) == SIGSTOP && !kill(pid, SIGCONT));
			if (all[i].run == waits)
				break;
		}
		check(write(fd[1], "y", 1) == 1);
		wait_for(pid, 0);
		close(fd[0]);
		close(fd[1]);
	}
}

/* --- stacks for signals that do not do ------------------------------------------------------ */

static char *stack_end;

/* Down to where no frame fits any more, and then a signal */
static void too_deep(int sig)
{
	volatile char here[512];

	memset((char *)here, 0, sizeof(here));
	if ((char *)here > stack_end + 1024)
		too_deep(sig);
	else
		raise(SIGUSR2);
}

static void on_stack(int rights, void (*handler)(int))
{
	stack_t stack = { .ss_size = 16384 };
	char *at = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	check(at != MAP_FAILED);
	pid = fork();
	check(pid >= 0);
	if (!pid) {
		stack.ss_sp = at + 32768;
		stack_end = stack.ss_sp;
		check(!sigaltstack(&stack, NULL) && !mprotect(at, 65536, rights));
		on(SIGUSR1, handler, SA_ONSTACK);
		on(SIGUSR2, count, SA_ONSTACK);
		raise(SIGUSR1);
		_exit(handler == count && seen == 1 ? 0 : 1);
	}
	/* The kernel ends it, whatever handler there is. */
	wait_for(pid, handler == count && rights & PROT_WRITE ? 0 : SIGSEGV);
	munmap(at, 65536);
}

static void overflows(void)
{
	on_stack(PROT_READ | PROT_WRITE, count);
	on_stack(PROT_READ | PROT_WRITE, too_deep);
	on_stack(PROT_READ, count);
	on_stack(PROT_NONE, count);
}

int main(int argc, char **argv)
{
	int applied, seen_by_gate;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 2 && !strcmp(argv[1], "--supervised"))
		is_supervised(0);
	if (argc > 2 && !strcmp(argv[1], "--supervise")) {
		supervises_command(argv + 2);
		return 0;
	}
	check(argc == 3);
	if (!strcmp(argv[1], "--core")) {
		aborts(argv[2]);
		puts("meddled: aborts");
		return 0;
	}
	applied = !strcmp(argv[2], "applied");
	aborts(argv[1]);
	puts("meddled: aborts");
	notified();
	puts("meddled: notified");
	stopped();
	puts("meddled: stopped");
	overflows();
	puts("meddled: overflows");
	steps();
	seen_by_gate = debugged(applied);
	debugged_float(applied);
	printf("meddled: debugged, changes: %d\n", seen_by_gate);
	return 0;
}
