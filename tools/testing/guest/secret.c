// SPDX-License-Identifier: GPL-2.0
/*
 * What a program can do with its secret pages, and what nobody can; each case prints "ok" or
 * what went wrong, and its exit status says the same.
 *
 *   secret use        all pages, by two threads, over calls, faults, signals and interrupts
 *   secret children   a child and a new program have none of it
 *   secret kernel     no system call gets at it, nor who looks at this process
 *   secret calls      what the firmware answers to nonsense
 *   secret none       the error of the first page, as a number
 *   secret rewrite    writes its first page, 0xa7, until the machine is reset
 *   secret wait       answers lines: "have N", "fill N BYTE", "sum N", "map" (a page of ordinary
 *                     memory), "try VA" (to read there), "with VA" (likewise, after its own first
 *                     secret page, in one go), "quit"
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nacc.h>
#include <nacc_sbi.h>

#include "expect.h"

#define PAGE	4096
#define ROUNDS	2000
#define NO_CALL	38	/* ENOSYS, of the firmware */

static unsigned char *have(unsigned int nr)
{
	void *page = NULL;

	expect("a secret page", nacc_secret(nr, &page), 0);
	if (!page)
		exit(1);
	return page;
}

static long sum(const volatile unsigned char *p)
{
	long total = 0;

	for (int i = 0; i < PAGE; i++)
		total += p[i];
	return total;
}

static unsigned int alarms;

static void on_alarm(int sig)
{
	__atomic_fetch_add(&alarms, sig == SIGALRM, __ATOMIC_RELAXED);
	__atomic_fetch_add((unsigned int *)(NACC_SECRET_VA + PAGE - 4), 1, __ATOMIC_RELAXED);
}

/* Everything that ends a stay in user mode, with the pages in use before and after */
static void *uses(void *arg)
{
	unsigned int nr = (unsigned long)arg;
	volatile unsigned long *p = (void *)have(nr);
	char *fresh;

	for (unsigned long i = 1; i <= ROUNDS; i++) {
		p[nr] = i;
		if (i % 3 == 0)
			getppid();
		if (i % 50 == 0) {
			fresh = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			*fresh = (char)p[nr];
			munmap(fresh, PAGE);
		}
		if (p[nr] != i) {
			expect("what was written", p[nr], i);
			break;
		}
	}
	return NULL;
}

static void use(void)
{
	const struct itimerval often = { { 0, 1000 }, { 0, 1000 } }, never = { 0 };
	struct sigaction act = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };
	pthread_t thread[NACC_SECRETS];
	unsigned char *p = have(0);

	expect("it is zero", sum(p), 0);
	expect("where it is", (long)p, NACC_SECRET_VA);
	expect("the same once more", have(0) - p, 0);
	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	for (unsigned long i = 0; i < NACC_SECRETS; i++)
		pthread_create(&thread[i], NULL, uses, (void *)i);
	for (int i = 0; i < NACC_SECRETS; i++)
		pthread_join(thread[i], NULL);
	while (!__atomic_load_n(&alarms, __ATOMIC_RELAXED))
		usleep(1000);
	setitimer(ITIMER_REAL, &never, NULL);
	expect("signals counted in it", *(unsigned int *)(p + PAGE - 4), alarms);
	for (int i = 0; i < NACC_SECRETS; i++)
		expect("the last word written", ((unsigned long *)have(i))[i], ROUNDS);
}

static void reads(void)
{
	(void)*(volatile char *)NACC_SECRET_VA;
}

static void runs(void)
{
	((void (*)(void))have(0))();
}

static void children(void)
{
	unsigned char *p = have(0);
	int status = -1;
	pid_t pid;

	memset(p, 7, PAGE);
	expect("a child that has not asked", dies_of(reads, SIGBUS), 1);
	expect("nothing in it is run", dies_of(runs, SIGSEGV), 1);
	pid = fork();
	if (!pid) {
		if (sum(have(0)))
			_exit(1);
		memset(have(0), 9, PAGE);
		_exit(sum(have(0)) == 9L * PAGE ? 0 : 2);
	}
	waitpid(pid, &status, 0);
	expect("a child has its own, which is zero", status, 0);
	expect("its parent's is as it was", sum(p), 7L * PAGE);
	pid = vfork();
	if (!pid) {
		execl("/nacc/bin/secret", "secret", "use", NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	expect("so has a new program", status, 0);
	expect("its parent's is as it was", sum(p), 7L * PAGE);
}

/* Whatever the kernel is to read or write for a program */
static void kernel(void)
{
	unsigned char *p = have(1), here[8] = "ordinary", core;
	struct iovec mine = { here, 8 }, secret = { p, 8 };
	long gone;
	int fd[2], mem = open("/proc/self/mem", O_RDWR);

	memset(p, 7, PAGE);
	expect("pipe", pipe(fd), 0);
	expect("write(2) from it", result(write(fd[1], p, 8)), -EFAULT);
	expect("write(2) from elsewhere", result(write(fd[1], here, 8)), 8);
	expect("read(2) to it", result(read(fd[0], p, 8)), -EFAULT);
	expect("a path in it", result(open((char *)p, O_RDONLY)), -EFAULT);
	expect("process_vm_readv", result(process_vm_readv(getpid(), &mine, 1, &secret, 1, 0)),
	       -EFAULT);
	expect("process_vm_writev", result(process_vm_writev(getpid(), &mine, 1, &secret, 1, 0)),
	       -EFAULT);
	expect("/proc/self/mem, read", result(pread(mem, here, 8, (long)p)), -EIO);
	expect("/proc/self/mem, write", result(pwrite(mem, here, 8, (long)p)), -EIO);
	expect("vmsplice", result(vmsplice(fd[1], &secret, 1, 0)), -EFAULT);
	expect("munmap", result(munmap(p, PAGE)), -EPERM);
	/* Whether it is sealed is what Linux looks at first; newer ones look at what it is. */
	gone = result(madvise(p, PAGE, MADV_DONTNEED));
	expect("MADV_DONTNEED", gone == -EPERM || gone == -EINVAL, 1);
	expect("mprotect", result(mprotect(p, PAGE, PROT_NONE)), -EPERM);
	expect("mlockall", result(mlockall(MCL_CURRENT)), 0);
	expect("munlockall", result(munlockall()), 0);
	expect("mincore", result(mincore(p, PAGE, &core)), 0);
	expect("it is as it was", sum(p), 7L * PAGE);
	expect("what is ordinary is, too", memcmp(here, "ordinary", 8), 0);
	close(mem);
}

static long raw(unsigned long function, unsigned long nr)
{
	register unsigned long a0 asm("a0") = nr;
	register unsigned long a6 asm("a6") = function;
	register unsigned long a7 asm("a7") = NACC_USER_CALL;

	asm volatile("ecall" : "+r"(a0) : "r"(a6), "r"(a7) : "memory");
	return (long)a0;
}

static void calls(void)
{
	const unsigned long bad[] = { NACC_SECRETS, NACC_SECRETS + 1, 1UL << 32, 1UL << 52, ~0UL };

	expect("before it has looked", raw(NACC_USER_SECRET, 0), -ENXIO);
	expect("protected", nacc_protected(), 1);
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		expect("no such page", raw(NACC_USER_SECRET, bad[i]), -EINVAL);
		expect("no such function", raw(bad[i], 0), -NO_CALL);
	}
	expect("the last one first", raw(NACC_USER_SECRET, NACC_SECRETS - 1),
	       NACC_SECRET_VA + (NACC_SECRETS - 1) * PAGE);
	expect("behind the last", dies_of(reads, SIGBUS), 1);
}

static sigjmp_buf back;

static void on_fault(int sig)
{
	siglongjmp(back, sig);
}

static const char *try(unsigned long va, unsigned long first)
{
	static char text[32];
	int sig;

	signal(SIGSEGV, on_fault);
	signal(SIGBUS, on_fault);
	sig = sigsetjmp(back, 1);
	if (!sig) {
		volatile unsigned long value;

		/* Pages of the program's that it takes are there, so that nothing comes between. */
		sprintf(text, "value %#lx", value = 0);
		(void)*(volatile unsigned long *)first;
		value = *(volatile unsigned long *)va;
		sprintf(text, "value %#lx", value);
	}
	signal(SIGSEGV, SIG_DFL);
	signal(SIGBUS, SIG_DFL);
	return sig ? sigabbrev_np(sig) : text;
}

static unsigned long map(void)
{
	unsigned long *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	*page = 1;
	return (unsigned long)page;
}

static void answer(void)
{
	unsigned int nr, byte;
	unsigned long va;
	char line[64];
	void *page;

	nacc_protected();
	printf("ready pid=%d va=%#lx\n", getpid(), NACC_SECRET_VA);
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin) && strcmp(line, "quit\n")) {
		if (sscanf(line, "have %u", &nr) == 1)
			printf("%d\n", nacc_secret(nr, &page));
		else if (sscanf(line, "fill %u %u", &nr, &byte) == 2)
			printf("%p\n", memset(have(nr), (int)byte, PAGE));
		else if (sscanf(line, "sum %u", &nr) == 1)
			printf("%ld\n", sum((void *)(NACC_SECRET_VA + (unsigned long)nr * PAGE)));
		else if (sscanf(line, "try %lx", &va) == 1)
			puts(try(va, (unsigned long)&va));
		else if (sscanf(line, "with %lx", &va) == 1)
			puts(try(va, NACC_SECRET_VA));
		else if (!strcmp(line, "map\n"))
			printf("%#lx\n", map());
		else
			puts("what?");
		fflush(stdout);
	}
}

static void none(void)
{
	void *page;

	printf("%d\n", nacc_secret(0, &page));
}

static void rewrite(void)
{
	volatile unsigned long *page = (void *)have(0);

	for (unsigned long n = 0;; n++) {
		for (int i = 0; i < PAGE / 8; i++)
			page[i] = 0xa7a7a7a7a7a7a7a7;
		if (n)
			continue;
		puts("ready");
		fflush(stdout);
	}
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} cases[] = {
		{ "use", use }, { "children", children }, { "kernel", kernel },
		{ "calls", calls }, { "none", none }, { "wait", answer },
		{ "rewrite", rewrite },
	};

	for (unsigned int i = 0; argc == 2 && i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (strcmp(cases[i].name, argv[1]))
			continue;
		cases[i].run();
		if (!failed && cases[i].run != none && cases[i].run != answer)
			puts("ok");
		return failed;
	}
	return 2;
}
