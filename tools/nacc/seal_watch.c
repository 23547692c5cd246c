// SPDX-License-Identifier: GPL-2.0
/*
 * nacc run --seal-text: when the text of a program is complete.
 *
 * The dynamic linker makes its system calls itself: it maps the libraries, relocates them and
 * makes read-only what is not to change any more. So at the first system call that is made
 * elsewhere all that is done. A watcher sees the calls, by ptrace; it only looks at where
 * they come from, seals, and lets go. Until then the program has run nothing of its own but
 * what makes no system call.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd.h"
#include "dev.h"
#include "seal.h"

/* A stop for a system call, as PTRACE_O_TRACESYSGOOD has it */
#define SYSCALL_STOP	(SIGTRAP | 0x80)

static int wait_stop(pid_t pid, int *status)
{
	while (waitpid(pid, status, __WALL) < 0)
		if (errno != EINTR)
			return -1;
	return WIFSTOPPED(*status) ? 0 : -1;
}

static int read_pc(pid_t pid, uint64_t *pc)
{
	/* Of riscv the first register is the pc; elsewhere nothing is sealed. */
	uint64_t regs[64] = { 0 };
	struct iovec iov = { regs, sizeof(regs) };

	if (ptrace(PTRACE_GETREGSET, pid, (void *)NT_PRSTATUS, &iov))
		return -1;
	*pc = regs[0];
	return 0;
}

/* Where the kernel has put the dynamic linker (AT_BASE); 0: there is none. */
static uint64_t linker_base(pid_t pid)
{
	uint64_t word[2], base = 0;
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/auxv", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && read(fd, word, sizeof(word)) == sizeof(word) && word[0])
		if (word[0] == AT_BASE)
			base = word[1];
	if (fd >= 0)
		close(fd);
	return base;
}

/* Is it an address of the file that is mapped at another? That is the lower one. */
static bool in_file_at(pid_t pid, uint64_t base, uint64_t pc)
{
	uint64_t start, end, inode, wanted = 0;
	char path[32], line[4352];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %*x %*s %" SCNu64, &start, &end,
			   &inode) != 3)
			continue;
		if (base >= start && base < end)
			wanted = inode;
		if (pc >= start && pc < end)
			found = wanted && inode == wanted;
	}
	if (file)
		fclose(file);
	return found;
}

/* Until it makes a system call outside of the dynamic linker. */
static int run_to_own_call(pid_t pid)
{
	uint64_t base = linker_base(pid), pc;
	int status, sig = 0;

	for (;;) {
		if (ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(long)sig) ||
		    wait_stop(pid, &status))
			return -1;
		sig = WSTOPSIG(status) == SYSCALL_STOP || status >> 16 ? 0 : WSTOPSIG(status);
		if (WSTOPSIG(status) != SYSCALL_STOP)
			continue;
		if (read_pc(pid, &pc))
			return -1;
		if (!base || !in_file_at(pid, base, pc))
			return 0;
	}
}

/* The exec is what is waited for first. */
static int run_to_exec(pid_t pid)
{
	int status, sig;

	while (!wait_stop(pid, &status)) {
		if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8))
			return 0;
		sig = status >> 16 ? 0 : WSTOPSIG(status);
		if (ptrace(PTRACE_CONT, pid, NULL, (void *)(long)sig))
			break;
	}
	return -1;
}

/* A program whose text is not sealed must not run on as if it were. */
static void watch(pid_t pid, int channel)
{
	struct seal_sum sum;
	int fd, pidfd, ret;
	char c = 1;

	ret = dev_open(&fd);
	if (!ret)
		ret = dev_pidfd(pid, &pidfd);
	if (!ret && ptrace(PTRACE_SEIZE, pid, NULL,
			   (void *)(PTRACE_O_TRACEEXEC | PTRACE_O_TRACESYSGOOD)))
		ret = nacc_fail(EXIT_SYS, "run: the program cannot be traced to seal its text: %s",
				strerror(errno));
	if (ret)
		c = 0;
	if (write(channel, &c, 1) != 1 || ret)
		_exit(1);
	/* It does not get that far if the command is not there. */
	if (run_to_exec(pid) || run_to_own_call(pid))
		_exit(0);
	if (seal_text(fd, pid, pidfd, &sum))
		kill(pid, SIGKILL);
	ptrace(PTRACE_DETACH, pid, NULL, NULL);
	_exit(0);
}

/**
 * seal_watch - begin to watch this process, which is about to execute a program
 *
 * By a process that is nobody's child: the program finds none that it does not know. To be
 * called before this process is marked, so that the watcher is not.
 *
 * Return: what seal_go() wants, or a negative number after a message.
 */
int seal_watch(void)
{
	pid_t self = getpid(), child;
	int pair[2], status;
	char c;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return -nacc_fail(EXIT_SYS, "run: no socket for --seal-text: %s", strerror(errno));
	child = fork();
	if (!child) {
		if (fork())
			_exit(0);
		close(pair[0]);
		if (read(pair[1], &c, 1) != 1)
			_exit(0);
		watch(self, pair[1]);
	}
	close(pair[1]);
	if (child > 0 && waitpid(child, &status, 0) == child)
		return pair[0];
	close(pair[0]);
	return -nacc_fail(EXIT_SYS, "run: no process for --seal-text: %s", strerror(errno));
}

/**
 * seal_go - the next thing that this process does is to execute the program
 * @channel: of seal_watch()
 *
 * Return: EXIT_OK, or EXIT_SYS after a message, the watcher's.
 */
int seal_go(int channel)
{
	char c = 1;

	/* Yama: who it is that may trace is not known, it is no ancestor. */
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
	if (write(channel, &c, 1) == 1 && read(channel, &c, 1) == 1 && c)
		return EXIT_OK;
	return EXIT_SYS;
}
