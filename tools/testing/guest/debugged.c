// SPDX-License-Identifier: GPL-2.0
/* A debugger and what it does to its child's registers. */
#define _GNU_SOURCE
#include <elf.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"
#include "meddled.h"

#define OURS	0x1122334455667788L
#define THEIRS	0x5555L

/* user_regs_struct is pc, x1, x2, ... */
#define S3	19
#define A7	17
#define EBREAK	0x00100073U

/* What the child has seen, one bit each, as its exit status */
#define SAW_S3		1
#define SAW_SKIPPED	2
#define SAW_CALL	4
#define SAW_FLOAT	8

/* Asks for its parent, which it knows, and counts behind that: s5 is 1 if it has. */
static int asks(long parent)
{
	register long a0 asm("a0") = 0, a7 asm("a7") = SYS_getppid;
	register long s3 asm("s3") = OURS, s5 asm("s5") = 0;
	register double f9 asm("fs1") = 2.5;
	long got;
	int saw;

	asm volatile(".option push\n\t.option norvc\n\tecall\n\taddi %2, %2, 1\n\t.option pop"
		     : "+r"(a0), "+r"(s3), "+r"(s5), "+f"(f9), "+r"(a7));
	got = a0;
	saw = (s3 == OURS ? 0 : SAW_S3) | (s5 == 1 ? 0 : SAW_SKIPPED) |
	      (f9 == 2.5 ? 0 : SAW_FLOAT);
	return saw | (got == parent ? 0 : SAW_CALL);
}

static pid_t traced(void)
{
	pid_t pid = fork();

	check(pid >= 0);
	if (!pid) {
		long parent = getppid();

		check(!ptrace(PTRACE_TRACEME, 0, 0, 0));
		raise(SIGSTOP);
		_exit(asks(parent));
	}
	check(stops(pid) == SIGSTOP);
	check(!ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD));
	return pid;
}

/* A debugger's words for one set of registers */
static void move_set(pid_t pid, int request, int type, void *set, size_t size)
{
	struct iovec io = { .iov_base = set, .iov_len = size };

	check(!ptrace(request, pid, type, &io) && io.iov_len == size);
}

static void get(pid_t pid, unsigned long *regs)
{
	move_set(pid, PTRACE_GETREGSET, NT_PRSTATUS, regs, 32 * sizeof(*regs));
}

static void put(pid_t pid, unsigned long *regs)
{
	move_set(pid, PTRACE_SETREGSET, NT_PRSTATUS, regs, 32 * sizeof(*regs));
}

/* To where that call begins, or ends */
static void to_call(pid_t pid, int ends, unsigned long *regs)
{
	for (int i = 0; i <= ends; i++) {
		do {
			check(!ptrace(PTRACE_SYSCALL, pid, 0, 0));
			check(stops(pid) == (SIGTRAP | 0x80));
			get(pid, regs);
		} while (regs[A7] != SYS_getppid);
	}
}

static void ends_as(pid_t pid, int saw)
{
	check(!ptrace(PTRACE_CONT, pid, 0, 0));
	wait_for(pid, saw << 8);
}

static void looks(int same)
{
	unsigned long regs[32];
	pid_t pid = traced();

	to_call(pid, 1, regs);
	check(regs[S3] == OURS && regs[10] == (unsigned long)getpid());
	check(ptrace(PTRACE_PEEKTEXT, pid, regs[0], 0) != -1);
	if (same)
		put(pid, regs);
	ends_as(pid, 0);
}

static void changes(int reg, int ends, long by, int saw)
{
	unsigned long regs[32];
	pid_t pid = traced();

	to_call(pid, ends, regs);
	regs[reg] = reg ? (unsigned long)by : regs[0] + by;
	put(pid, regs);
	ends_as(pid, saw);
}

static void changes_float(int saw)
{
	unsigned long regs[32];
	struct { unsigned long f[32]; unsigned int fcsr; unsigned int pad; } set;
	pid_t pid = traced();

	to_call(pid, 1, regs);
	move_set(pid, PTRACE_GETREGSET, NT_PRFPREG, &set, sizeof(set));
	set.f[9] ^= 1;
	move_set(pid, PTRACE_SETREGSET, NT_PRFPREG, &set, sizeof(set));
	ends_as(pid, saw);
}

static void __attribute__((noinline)) here(void)
{
	asm volatile("");
}

/* Text of the child, and no register */
static void breaks(void)
{
	unsigned long at = (unsigned long)here, regs[32];
	pid_t pid = fork();
	long word;

	check(pid >= 0);
	if (!pid) {
		check(!ptrace(PTRACE_TRACEME, 0, 0, 0));
		raise(SIGSTOP);
		here();
		_exit(0);
	}
	check(stops(pid) == SIGSTOP);
	errno = 0;
	word = ptrace(PTRACE_PEEKTEXT, pid, at, 0);
	check(!errno && !ptrace(PTRACE_POKETEXT, pid, at, (word & ~0xffffffffL) | EBREAK));
	check(!ptrace(PTRACE_CONT, pid, 0, 0));
	check(stops(pid) == SIGTRAP);
	get(pid, regs);
	check(regs[0] == at && !ptrace(PTRACE_POKETEXT, pid, at, word));
	ends_as(pid, 0);
}

int debugged(int applied)
{
	looks(0);
	looks(1);
	breaks();
	changes(S3, 1, THEIRS, applied ? SAW_S3 : 0);
	changes(0, 1, 4, applied ? SAW_SKIPPED : 0);
	/* What the call is the kernel knows by that register. Its result is the kernel's. */
	changes(A7, 0, SYS_getpid, SAW_CALL);
	return 3;
}

void debugged_float(int applied)
{
	changes_float(applied ? SAW_FLOAT : 0);
}

/* riscv Linux has none: arch_has_single_step() is 0 (include/linux/ptrace.h, 6.12). */
void steps(void)
{
	pid_t pid = traced();

	check(ptrace(PTRACE_SINGLESTEP, pid, 0, 0) == -1 && errno == EIO);
	ends_as(pid, 0);
}
