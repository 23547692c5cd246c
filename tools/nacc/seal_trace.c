// SPDX-License-Identifier: GPL-2.0
/*
 * nacc run --seal-text: the way of a program to where its text is complete.
 *
 * With a dynamic linker that is the program's entry, where it comes to with all libraries
 * mapped and relocated, and made read-only what is not to change any more (RELRO). A library
 * may run code of its own before that, when it is initialized: with the first system call from
 * outside of the linker's file it is complete, too, if RELRO is. By that alone musl's programs
 * would never be: their linker is their C library.
 *
 * A program without one has all its text from the beginning. What makes its RELRO read-only is
 * its own start-up code, by one of a few system calls: so it is complete at the first other one.
 *
 * Until then it has run nothing of its own but what makes no system call, or, without a linker,
 * none but those.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "maps.h"
#include "seal.h"

/* A stop for a system call, as PTRACE_O_TRACESYSGOOD has it */
#define SYSCALL_STOP	(SIGTRAP | 0x80)

/* Where riscv's NT_PRSTATUS has them */
#define REG_PC		0
#define REG_A0		10
#define REG_A7		17
#define NR_REGS		32
#define EBREAK		0x00100073U
#define ECALL		0x00000073U
#define ECALL_BYTES	4

#ifdef __riscv
#define HAS_BREAKPOINT	true
/* The C library that it is built with may be older than what the programs have. */
#ifndef SYS_riscv_hwprobe
#define SYS_riscv_hwprobe	258
#endif
#else
#define HAS_BREAKPOINT	false
#endif

static int wait_stop(pid_t pid, int *status)
{
	while (waitpid(pid, status, __WALL) < 0)
		if (errno != EINTR)
			return -1;
	return WIFSTOPPED(*status) ? 0 : -1;
}

/* What is to be delivered with the next step, of a stop that is for a signal */
static long signal_of(int status)
{
	return WSTOPSIG(status) == SYSCALL_STOP || status >> 16 ? 0 : WSTOPSIG(status);
}

/* It goes on. Where a signal has stopped it for everybody it stays so, until SIGCONT. */
static bool resume(pid_t pid, int how, int status)
{
	if (status >> 16 == PTRACE_EVENT_STOP && WSTOPSIG(status) != SIGTRAP)
		how = PTRACE_LISTEN;
	return !ptrace(how, pid, NULL, (void *)signal_of(status));
}

static bool at_call(const struct seal_trace *t, struct __ptrace_syscall_info *info)
{
	return ptrace(PTRACE_GET_SYSCALL_INFO, t->pid, (void *)sizeof(*info), info) > 0 &&
	       info->op == PTRACE_SYSCALL_INFO_ENTRY;
}

static int regs(const struct seal_trace *t, int how, uint64_t values[NR_REGS])
{
	struct iovec iov = { values, NR_REGS * sizeof(*values) };

	return ptrace(how, t->pid, (void *)NT_PRSTATUS, &iov) ? -1 : 0;
}

/* Where the kernel has put the dynamic linker (0: there is none), and what of the program */
static void read_auxv(struct seal_trace *t)
{
	uint64_t word[2];
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/auxv", t->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && read(fd, word, sizeof(word)) == sizeof(word) && word[0])
		if (word[0] == AT_BASE)
			t->base = word[1];
		else if (word[0] == AT_ENTRY)
			t->entry = word[1];
		else if (word[0] == AT_PHDR)
			t->headers = word[1];
		else if (word[0] == AT_PHNUM)
			t->nr_headers = word[1];
	if (fd >= 0)
		close(fd);
}

/* Is it an address of the file that is mapped at another? */
static bool in_file_at(pid_t pid, uint64_t base, uint64_t pc)
{
	const struct mapping *wanted, *here;
	struct maps maps;
	bool found;

	maps_read(pid, &maps);
	wanted = maps_at(&maps, base);
	here = maps_at(&maps, pc);
	found = wanted && here && maps_same_file(wanted, here);
	free(maps.all);
	return found;
}

static bool write_code(const struct seal_trace *t, uint32_t code)
{
	uint64_t word = (t->word & ~0xffffffffULL) | code;

	return !ptrace(PTRACE_POKEDATA, t->pid, (void *)t->entry, (void *)word);
}

/*
 * Is its linker known to be a file of its own, as glibc's is? The name says so, whichever way it
 * was called: musl's is a link to libc.so, or the other way round.
 */
static bool is_glibc(const struct seal_trace *t)
{
	const struct mapping *linker;
	struct maps maps;
	bool glibc;

	maps_read(t->pid, &maps);
	linker = maps_at(&maps, t->base);
	glibc = linker && (!strncmp(linker->name, "ld-linux", 8) ||
			   !strncmp(linker->name, "ld-2.", 5));
	free(maps.all);
	return glibc;
}

/* The entry's page becomes a copy of the process's own: sealing makes one of it, too. */
static void break_at_entry(struct seal_trace *t)
{
	if (!HAS_BREAKPOINT || !t->base)
		return;
	errno = 0;
	t->word = (uint64_t)ptrace(PTRACE_PEEKDATA, t->pid, (void *)t->entry, NULL);
	t->broken = !errno && write_code(t, EBREAK);
	t->blind = !t->broken && !is_glibc(t);
}

static bool at_entry(const struct seal_trace *t, int status)
{
	uint64_t values[NR_REGS];

	return t->broken && WSTOPSIG(status) == SIGTRAP && !(status >> 16) &&
	       !regs(t, PTRACE_GETREGSET, values) && values[REG_PC] == t->entry;
}

/* Which of its functions are to be used a library asks while it is relocated: by this call. */
static bool is_choice(uint64_t nr)
{
#ifdef SYS_riscv_hwprobe
	return nr == SYS_riscv_hwprobe;
#else
	(void)nr;
	return false;
#endif
}

/*
 * What the C libraries' start-up code calls, and RELRO's mprotect(); by another the program's text
 * might become what is not sealed.
 */
static bool is_startup(const struct __ptrace_syscall_info *info)
{
	static const uint64_t calls[] = {
		SYS_brk, SYS_set_tid_address, SYS_set_robust_list, SYS_rseq, SYS_prlimit64,
		SYS_readlinkat, SYS_getrandom, SYS_uname,
	};
	const uint64_t nr = info->entry.nr;
	size_t i;

	if (nr == SYS_mprotect)
		return info->entry.args[2] == PROT_READ;
	for (i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (nr == calls[i])
			return true;
	return is_choice(nr);
}

static bool is_own(const struct seal_trace *t, const struct __ptrace_syscall_info *info)
{
	if (!t->base)
		return !is_startup(info);
	return !is_choice(info->entry.nr) &&
	       !in_file_at(t->pid, t->base, info->instruction_pointer) && seal_relro_done(t);
}

static bool is_exec(int status)
{
	return status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8);
}

/* It has executed a program: nothing that was known of another is so here. */
static void begin(struct seal_trace *t)
{
	*t = (struct seal_trace){ .pid = t->pid };
	read_auxv(t);
	break_at_entry(t);
}

/* A linker may execute another in its place, as gcompat's does. */
static int run_to_own(struct seal_trace *t)
{
	struct __ptrace_syscall_info info;
	int status = 0;

	for (;;) {
		if (!resume(t->pid, PTRACE_SYSCALL, status) || wait_stop(t->pid, &status))
			return -1;
		t->in_call = false;
		if (is_exec(status))
			begin(t);
		if (at_entry(t, status))
			return 0;
		t->in_call = WSTOPSIG(status) == SYSCALL_STOP && at_call(t, &info);
		t->narrow = t->in_call && !(info.arch & __AUDIT_ARCH_64BIT);
		if (t->in_call && (t->blind || t->narrow || is_own(t, &info)))
			return 0;
	}
}

/* The exec is what is waited for first. */
static int run_to_exec(pid_t pid)
{
	int status;

	while (!wait_stop(pid, &status)) {
		if (is_exec(status))
			return 0;
		if (!resume(pid, PTRACE_CONT, status))
			break;
	}
	return -1;
}

/**
 * seal_trace_run - let a program run until its text is complete
 * @t: with its @pid, which is traced, and has not executed it yet
 *
 * Return: 0: it is stopped there; -1: it has ended, with a status that says why.
 */
int seal_trace_run(struct seal_trace *t)
{
	if (run_to_exec(t->pid))
		return -1;
	begin(t);
	if (run_to_own(t))
		return -1;
	if (t->broken)
		ptrace(PTRACE_POKEDATA, t->pid, (void *)t->entry, (void *)t->word);
	return 0;
}

/* Have it make a system call next. Where it is in one, that one is left out. */
static bool to_next_call(struct seal_trace *t, uint64_t values[NR_REGS])
{
	int status;

	if (regs(t, PTRACE_GETREGSET, values))
		return false;
	if (!t->in_call)
		return write_code(t, ECALL);
	values[REG_A7] = UINT64_MAX;
	if (regs(t, PTRACE_SETREGSET, values) || ptrace(PTRACE_SYSCALL, t->pid, NULL, NULL) ||
	    wait_stop(t->pid, &status) || WSTOPSIG(status) != SYSCALL_STOP ||
	    regs(t, PTRACE_GETREGSET, values))
		return false;
	values[REG_PC] -= ECALL_BYTES;
	return true;
}

/**
 * seal_trace_exit - have a program end, where seal_trace_run() has stopped it
 * @t: its trace
 * @code: exit status that it is to have
 *
 * Return: whether it does. If not it is there still, and has run nothing.
 */
bool seal_trace_exit(struct seal_trace *t, int code)
{
	struct __ptrace_syscall_info info;
	uint64_t values[NR_REGS] = { 0 };
	int status;

	if (!HAS_BREAKPOINT || !to_next_call(t, values))
		return false;
	values[REG_A0] = (uint64_t)code;
	values[REG_A7] = SYS_exit_group;
	return !regs(t, PTRACE_SETREGSET, values) &&
	       !ptrace(PTRACE_SYSCALL, t->pid, NULL, NULL) && !wait_stop(t->pid, &status) &&
	       WSTOPSIG(status) == SYSCALL_STOP && at_call(t, &info) &&
	       info.entry.nr == SYS_exit_group && info.entry.args[0] == (uint64_t)code &&
	       !ptrace(PTRACE_DETACH, t->pid, NULL, NULL);
}
