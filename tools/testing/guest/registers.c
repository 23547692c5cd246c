// SPDX-License-Identifier: GPL-2.0
/*
 * registers [TEXT]: a thread of it holds known values in all its registers while it is in the
 * kernel, and says what it finds in them when it is back.
 *
 * Prints "ready pid=PID va=0x0", then answers each line of standard input:
 *   call    the thread is in a system call: "waits tid=TID"
 *   fault   it is in a page fault: "waits tid=TID"
 *   go      it comes back: "intact", or "changed: REGISTER=VALUE..."
 *   quit    ends
 * Registers are x1 to x31, f0 to f31, fcsr; with V, and after a fault, v0 to v31, vl, vtype and
 * vcsr: what a call leaves of those is not said.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common.h"
#include "registers.h"

struct file given, found;
uint64_t own_sp;
int has_v;
volatile int entered;

static int command[2], data[2], finished[2], memory;
static char *page;
static volatile pid_t worker;

/* Of a system call a0 is its result. */
static void set(int is_call)
{
	uint64_t state = 77;
	static char byte;

	for (int i = 0; i < 32; i++) {
		given.x[i] = next_random(&state);
		given.f[i] = next_random(&state);
	}
	for (size_t i = 0; i < sizeof(given.v); i++)
		given.v[i] = (uint8_t)next_random(&state);
	given.fcsr = 0x61;
	given.vcsr = 5;
	given.vl = 3;
	given.vstart = 2;
	/* e16, m2, ta, mu */
	given.vtype = 0x49;
	given.x[10] = (uintptr_t)page;
	memset(&found, 0, sizeof(found));
	if (!is_call)
		return;
	given.x[10] = data[0];
	given.x[11] = (uintptr_t)&byte;
	given.x[12] = 1;
	given.x[17] = SYS_read;
}

static void *work(void *arg)
{
	char kind;

	worker = syscall(SYS_gettid);
	while (read(command[0], &kind, 1) == 1) {
		if (kind == 'c')
			hold_call();
		else
			hold_fault();
		check(write(finished[1], &kind, 1) == 1);
	}
	return arg;
}

static void begin(char kind)
{
	set(kind == 'c');
	if (kind == 'f')
		check(!madvise(page, PAGE, MADV_DONTNEED));
	entered = 0;
	check(write(command[1], &kind, 1) == 1);
	while (!entered || !is_asleep(worker))
		usleep(1000);
	printf("waits tid=%d\n", worker);
}

static int wrong_vectors(int wrong)
{
	size_t bytes = has_v;

	for (size_t i = 0; bytes && i < 32; i++)
		if (memcmp(&given.v[i * bytes], &found.v[i * bytes], bytes))
			printf("%s v%zu", wrong++ ? "" : "changed:", i);
	if (has_v && given.vcsr != found.vcsr)
		printf("%s vcsr=%#lx", wrong++ ? "" : "changed:", found.vcsr);
	if (has_v && given.vstart != found.vstart)
		printf("%s vstart=%#lx", wrong++ ? "" : "changed:", found.vstart);
	if (has_v && given.vl != found.vl)
		printf("%s vl=%#lx", wrong++ ? "" : "changed:", found.vl);
	if (has_v && given.vtype != found.vtype)
		printf("%s vtype=%#lx", wrong++ ? "" : "changed:", found.vtype);
	return wrong;
}

static void end(char kind)
{
	struct uffdio_zeropage zero = { .range = { .start = (uintptr_t)page, .len = PAGE } };
	int wrong = 0;

	if (kind == 'c')
		check(write(data[1], &kind, 1) == 1);
	else
		check(!ioctl(memory, UFFDIO_ZEROPAGE, &zero));
	check(read(finished[0], &kind, 1) == 1);
	given.x[10] = kind == 'c' ? 1 : given.x[10];
	for (int i = 1; i < 32; i++)
		if (given.x[i] != found.x[i])
			printf("%s x%d=%#lx", wrong++ ? "" : "changed:", i, found.x[i]);
	for (int i = 0; i < 32; i++)
		if (given.f[i] != found.f[i])
			printf("%s f%d=%#lx", wrong++ ? "" : "changed:", i, found.f[i]);
	if (given.fcsr != found.fcsr)
		printf("%s fcsr=%#lx", wrong++ ? "" : "changed:", found.fcsr);
	if (kind == 'f')
		wrong = wrong_vectors(wrong);
	puts(wrong ? "" : "intact");
}

static void prepare(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	unsigned long bytes;
	pthread_t thread;

	memory = syscall(SYS_userfaultfd, O_CLOEXEC);
	check(memory >= 0 && !ioctl(memory, UFFDIO_API, &api));
	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	check(page != MAP_FAILED);
	reg.range.start = (uintptr_t)page;
	reg.range.len = PAGE;
	check(!ioctl(memory, UFFDIO_REGISTER, &reg));
	if (getauxval(AT_HWCAP) & 1UL << ('v' - 'a')) {
		asm volatile("csrr %0, 0xc22" /* vlenb */ : "=r"(bytes));
		has_v = bytes <= VECTOR ? bytes : 0;
	}
	check(!pipe(command) && !pipe(data) && !pipe(finished));
	check(!pthread_create(&thread, NULL, work, NULL));
	while (!worker)
		usleep(1000);
}

int main(void)
{
	char line[64], kind = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	prepare();
	printf("ready pid=%d va=0x%x\n", getpid(), has_v);
	while (fgets(line, sizeof(line), stdin)) {
		if (!strcmp(line, "quit\n"))
			break;
		if (!strcmp(line, "go\n") && kind)
			end(kind);
		else if (!strcmp(line, "call\n") || !strcmp(line, "fault\n"))
			begin(kind = *line);
		else
			puts("unknown");
	}
	return 0;
}
