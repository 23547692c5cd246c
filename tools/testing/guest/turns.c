// SPDX-License-Identifier: GPL-2.0
/*
 * turns: whatever changes the registers of a thread between its leaving user mode and its
 * coming back, by the kernel's own rules. Each is a function of that name below, and ends
 * the program if a register, a result or a value is not what it should be. Run by itself,
 * and behind a gate, with nothing refused.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "common.h"
#include "turns.h"

extern char **environ;
static volatile sig_atomic_t seen, nested, aside;
static char altstack[64 << 10] __attribute__((aligned(16)));

static void on(int sig, void (*handler)(int, siginfo_t *, void *), int flags)
{
	struct sigaction sa = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags };

	check(!sigaction(sig, &sa, NULL));
}

/* What a handler does to floating-point registers is its own. */
static double spoil(double x)
{
	for (int i = 0; i < 20; i++)
		x = x * 1.25 - i;
	return x;
}

static void count(int sig, siginfo_t *info, void *context)
{
	volatile double x = spoil(sig);

	(void)info;
	(void)context;
	aside = is_on((const char *)&x, altstack, sizeof(altstack));
	seen++;
}

static void wait_for(pid_t pid, int status)
{
	int got;

	while (waitpid(pid, &got, 0) < 0)
		check(errno == EINTR);
	check(got == status);
}

/* Registers of all kinds, held across what comes from outside */
static void held(void (*work)(void))
{
	register long s2 asm("s2") = 0x1122334455667788, s9 asm("s9") = -77;
	register double f8 asm("fs0") = 3.25, f27 asm("fs11") = -1e300;

	asm volatile("" : "+r"(s2), "+r"(s9), "+f"(f8), "+f"(f27));
	work();
	asm volatile("" : "+r"(s2), "+r"(s9), "+f"(f8), "+f"(f27));
	check(s2 == 0x1122334455667788 && s9 == -77 && f8 == 3.25 && f27 == -1e300);
}

static void by_kill(void)
{
	seen = 0;
	kill(getpid(), SIGUSR1);
	check(seen == 1);
}

static void signals(void)
{
	stack_t stack = { .ss_sp = altstack, .ss_size = sizeof(altstack) };

	on(SIGUSR1, count, 0);
	held(by_kill);
	check(!sigaltstack(&stack, NULL));
	held(by_kill);
	check(!aside);
	on(SIGUSR1, count, SA_ONSTACK);
	held(by_kill);
	check(aside);
	on(SIGUSR1, count, SA_RESETHAND);
	held(by_kill);
	check(!aside);
}

/* Interrupts at any instruction, each of which may be where a signal arrives */
static void by_timer(void)
{
	double sum = 0, want = 0;

	for (int i = 0; i < 400000; i++) {
		sum += i * 0.5;
		want += i * 0.25;
		want += i * 0.25;
	}
	check(sum == want);
}

static void timers(void)
{
	struct itimerval every = { { 0, 2000 }, { 0, 2000 } }, never = { 0 };

	on(SIGALRM, count, SA_RESTART);
	seen = 0;
	check(!setitimer(ITIMER_REAL, &every, NULL));
	for (int i = 0; i < 20 || !seen; i++)
		held(by_timer);
	check(!setitimer(ITIMER_REAL, &never, NULL));
}

/* Two at once: one handler within the other, before either has run */
static void both(void)
{
	sigset_t set, old;

	on(SIGUSR1, count, 0);
	on(SIGUSR2, count, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	check(!sigprocmask(SIG_BLOCK, &set, &old));
	kill(getpid(), SIGUSR1);
	kill(getpid(), SIGUSR2);
	seen = 0;
	check(!sigprocmask(SIG_SETMASK, &old, NULL));
	check(seen == 2);
}

static void raises(int sig, siginfo_t *info, void *context)
{
	count(sig, info, context);
	if (nested++ < 3)
		raise(SIGUSR2);
}

static void nests(void)
{
	on(SIGUSR2, raises, SA_NODEFER);
	seen = 0;
	nested = 0;
	kill(getpid(), SIGUSR2);
	check(seen == 4);
}

/* Is the parent in a call, and waits there? */
static int waits(pid_t pid)
{
	char path[64], text[256] = "", *end;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "r");
	end = f && fgets(text, sizeof(text), f) ? strrchr(text, ')') : NULL;
	if (f)
		fclose(f);
	return end && end[2] == 'S';
}

/* Signals its parent so often, each time when it waits for something, and ends with 7. */
static pid_t child_of(int sig, int times)
{
	pid_t parent = getpid(), pid = fork();

	check(pid >= 0);
	if (pid)
		return pid;
	for (int i = 0; i < times; i++) {
		do {
			usleep(20000);
		} while (!waits(parent));
		kill(parent, sig);
	}
	usleep(30000);
	_exit(7);
}

/* A call that a signal interrupts: again, or EINTR; and one that ends by restart_syscall(2) */
static void restarts(void)
{
	struct timespec long_time = { 0, 400 * 1000000 };
	int fd[2], status;
	char c = 'x';
	pid_t pid;

	check(!pipe(fd));
	on(SIGUSR1, count, SA_RESTART);
	seen = 0;
	pid = child_of(SIGUSR1, 2);
	/* Once: it does not come back for the handler. */
	check(waitpid(pid, &status, 0) == pid && status == 7 << 8 && seen == 2);
	on(SIGUSR1, count, 0);
	seen = 0;
	pid = child_of(SIGUSR1, 1);
	check(read(fd[0], &c, 1) == -1 && errno == EINTR && seen == 1);
	wait_for(pid, 7 << 8);
	/* Stopped and continued there is no handler, and the rest of the time is slept. */
	pid = fork();
	check(pid >= 0);
	if (!pid) {
		check(!nanosleep(&long_time, NULL));
		_exit(7);
	}
	while (!waits(pid))
		usleep(1000);
	check(!kill(pid, SIGSTOP) && waitpid(pid, &status, WUNTRACED) == pid);
	check(WIFSTOPPED(status) && !kill(pid, SIGCONT));
	wait_for(pid, 7 << 8);
	close(fd[0]);
	close(fd[1]);
}

/* The program's own frame says where it goes on. */
static void steps_over(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	count(sig, info, context);
	uc->uc_mcontext.__gregs[REG_PC] += 4;
	uc->uc_mcontext.__gregs[REG_A0] = 4242;
}

static void faults(void)
{
	register long a0 asm("a0");
	double before = 2.5;

	on(SIGSEGV, steps_over, 0);
	on(SIGILL, steps_over, 0);
	seen = 0;
	asm volatile("fmv.d fs3, %1\n\tli a0, 8\n\t.option push\n\t.option norvc\n\t"
		     "ld a0, 0(a0)\n\t.option pop\n\tfmv.d %1, fs3"
		     : "=r"(a0), "+f"(before) : : "fs3", "memory");
	check(a0 == 4242 && seen == 1 && before == 2.5);
	asm volatile(".option push\n\t.option norvc\n\t.word 0\n\t.option pop" : "=r"(a0));
	check(a0 == 4242 && seen == 2);
	on(SIGSEGV, count, SA_RESETHAND);
}

/* The first floating-point instruction after a call, whatever else there is to it */
static void floats(void)
{
	char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long fcsr = 0x61, bits;

	check(pages != MAP_FAILED);
	asm volatile("fscsr %0" : : "r"(fcsr));
	for (int i = 0; i < 3; i++)
		getppid();
	asm volatile("frcsr %0\n\tfscsr zero" : "=r"(fcsr));
	check(fcsr == 0x61);
	/* A flag is raised by what writes no register: a signalling NaN is compared. */
	asm volatile("fmv.d.x ft0, %1\n\tfsflags zero\n\tli a7, 173\n\tecall\n\t"
		     "feq.d t0, ft0, ft0\n\tli a7, 173\n\tecall\n\t"
		     "frflags %0\n\tfsflags zero" : "=&r"(bits) : "r"(0x7ff0000000000001)
		     : "t0", "a0", "a7", "ft0", "memory");
	check(bits == 0x10);
	/* Its page is not there. */
	getppid();
	asm volatile("fld ft0, 8(%1)\n\tfmv.x.d %0, ft0" : "=r"(bits) : "r"(pages) : "ft0");
	check(!bits);
	/* Clobbered by the call for all that the compiler knows, and not by Linux */
	asm volatile("fmv.d.x ft0, %0\n\tli a7, 173\n\tecall"
		     : : "r"(-1L) : "a0", "a7", "ft0", "memory");
	asm volatile("fsd ft0, 8(%0)" : : "r"(pages + 4096) : "memory");
	check(*(long *)(pages + 4096 + 8) == -1);
	/* It is none: that is the program's, once. */
	on(SIGILL, steps_over, 0);
	seen = 0;
	for (int used = 0; used < 2; used++) {
		register long a0 asm("a0");

		getppid();
		if (used)
			asm volatile("fmv.d.x ft0, zero" : : : "ft0");
		asm volatile(".option push\n\t.option norvc\n\t.word 0\n\t.option pop" : "=r"(a0));
		check(a0 == 4242 && seen == used + 1);
	}
	check(!munmap(pages, 8192));
}

static sigjmp_buf back;

static void jumps_out(int sig, siginfo_t *info, void *context)
{
	count(sig, info, context);
	siglongjmp(back, 1);
}

static void jumps(void)
{
	on(SIGSEGV, jumps_out, 0);
	if (!sigsetjmp(back, 1))
		asm volatile("sd zero, 8(zero)" : : : "memory");
	on(SIGSEGV, count, SA_RESETHAND);
}

/* What is not there yet is brought in while it is judged: a frame on a new page of stack. */
static void deep(void)
{
	stack_t stack = { .ss_size = 256 << 10 }, none = { .ss_flags = SS_DISABLE };

	stack.ss_sp = mmap(NULL, stack.ss_size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	check(stack.ss_sp != MAP_FAILED && !sigaltstack(&stack, NULL));
	on(SIGUSR1, count, SA_ONSTACK);
	held(by_kill);
	check(!sigaltstack(&none, NULL) && !munmap(stack.ss_sp, stack.ss_size));
}

static void forks(void)
{
	double x = 1.75;
	pid_t pid;

	on(SIGUSR1, count, 0);
	for (int i = 0; i < 20; i++) {
		asm volatile("" : "+f"(x));
		pid = fork();
		check(pid >= 0);
		if (!pid) {
			asm volatile("" : "+f"(x));
			check(x == 1.75);
			held(by_kill);
			_exit(i);
		}
		wait_for(pid, i << 8);
	}
	pid = vfork();
	check(pid >= 0);
	if (!pid)
		_exit(3);
	wait_for(pid, 3 << 8);
}

static void spawns(void)
{
	char *const argv[] = { "sh", "-c", "exit 5", NULL };
	pid_t pid;

	for (int i = 0; i < 5; i++) {
		check(!posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, environ));
		wait_for(pid, 5 << 8);
	}
	pid = fork();
	check(pid >= 0);
	if (!pid) {
		/* It fails, and goes on. */
		execve("/no/such/file", argv, environ);
		check(errno == ENOENT);
		execve("/bin/sh", argv, environ);
	}
	wait_for(pid, 5 << 8);
}

static atomic_int at_work;

static void *thread(void *arg)
{
	long key = (long)arg;
	double x = key;

	atomic_fetch_add(&at_work, 1);
	for (int i = 0; i < 2000; i++) {
		x += 0.5;
		if (!(i % 8))
			sched_yield();
		if (!(i % 200))
			pthread_kill(pthread_self(), SIGUSR1);
	}
	check(x == key + 1000);
	return (void *)(key * 3);
}

static void threads(void)
{
	pthread_t all[12];
	void *ret;

	on(SIGUSR1, count, SA_RESTART);
	for (long i = 0; i < 12; i++)
		check(!pthread_create(&all[i], NULL, thread, (void *)i));
	for (long i = 0; i < 12; i++) {
		check(!pthread_join(all[i], &ret));
		check((long)ret == i * 3);
	}
	check(atomic_load(&at_work) == 12);
}

/* A thread that is not the leader begins another program. */
static void *executes(void *arg)
{
	char *const argv[] = { "sh", "-c", "exit 9", NULL };

	(void)arg;
	execve("/bin/sh", argv, environ);
	return NULL;
}

static void leads(void)
{
	pid_t pid = fork();
	pthread_t t;

	check(pid >= 0);
	if (!pid) {
		check(!pthread_create(&t, NULL, executes, NULL));
		for (;;)
			pause();
	}
	wait_for(pid, 9 << 8);
}

/* SIGSYS by seccomp: the call is taken back, and the handler gives its result. */
static void sets_result(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	count(sig, info, context);
	uc->uc_mcontext.__gregs[REG_A0] = 1234;
}

static void filters(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0 /* nr */),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpgid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getsid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EDOM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
	};
	struct sock_fprog prog = { .len = sizeof(code) / sizeof(code[0]), .filter = code };
	pid_t pid = fork();

	check(pid >= 0);
	if (!pid) {
		on(SIGSYS, sets_result, 0);
		check(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
		check(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog));
		check(getpgid(0) == 1234);
		check(getsid(0) == -1 && errno == EDOM);
		_exit(0);
	}
	wait_for(pid, 0);
}

static void contexts(void)
{
	static ucontext_t here;
	volatile int round = 0;

	check(!getcontext(&here));
	if (++round < 3)
		setcontext(&here);
	check(round == 3);
}

int main(void)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} all[] = {
		{ "signals", signals }, { "timers", timers }, { "both", both }, { "nests", nests },
		{ "restarts", restarts }, { "faults", faults }, { "floats", floats },
		{ "jumps", jumps }, { "deep", deep }, { "forks", forks }, { "spawns", spawns },
		{ "threads", threads }, { "leads", leads }, { "filters", filters },
		{ "contexts", contexts }, { "autodisarm", autodisarm }, { "vDSO", by_vdso },
		{ "sequences", sequences }, { "rings", rings },
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (unsigned int i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		all[i].run();
		printf("turns: %s\n", all[i].name);
	}
	puts("turns: all as they should be");
	return 0;
}
