// SPDX-License-Identifier: GPL-2.0
/*
 * nacc run --seal-text: who seals.
 *
 * A watcher sees the program on its way to where its text is complete, by ptrace
 * (seal_trace.c); it seals, and lets go. If the watcher dies before that, so does the program.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd.h"
#include "dev.h"
#include "seal.h"

/* A program whose text is not sealed must not run on as if it were. */
static void end_unsealed(struct seal_trace *trace, bool gated)
{
	/* Registers that a debugger has changed a gate puts back, and has on record. */
	if (!gated && !trace->narrow && seal_trace_exit(trace, EXIT_RUN_NACC)) {
		nacc_fail(0,
			  "run: the text of process %d is not sealed, so it ends with status %d, before its program begins",
			  trace->pid, EXIT_RUN_NACC);
		return;
	}
	nacc_fail(0,
		  "run: the text of process %d is not sealed, so it is killed, before its program begins",
		  trace->pid);
	kill(trace->pid, SIGKILL);
}

static void watch(struct seal_trace *trace, bool gated, int channel)
{
	const unsigned long options = PTRACE_O_TRACEEXEC | PTRACE_O_TRACESYSGOOD |
				      PTRACE_O_EXITKILL;
	struct seal_sum sum;
	int fd, pidfd, ret;
	char c = 1;

	ret = dev_open(&fd);
	if (!ret)
		ret = dev_pidfd(trace->pid, &pidfd);
	if (!ret && ptrace(PTRACE_SEIZE, trace->pid, NULL, (void *)options))
		ret = nacc_fail(EXIT_SYS, "run: the program cannot be traced to seal its text: %s",
				strerror(errno));
	if (ret)
		c = 0;
	if (write(channel, &c, 1) != 1 || ret)
		_exit(1);
	/* It does not get that far if the command is not there. */
	if (seal_trace_run(trace))
		_exit(0);
	if (trace->narrow)
		ret = nacc_fail(EXIT_SYS,
				"run: where a program of 32 bits has its text cannot be told: leave --seal-text out");
	else if (trace->blind)
		ret = nacc_fail(EXIT_SYS,
				"run: a program whose dynamic linker is not glibc's (musl's, say) must be stopped where it begins, and a rule forbids that: leave --forbid force-write out");
	else
		ret = seal_text(fd, trace->pid, pidfd, &sum);
	if (ret)
		end_unsealed(trace, gated);
	else
		ptrace(PTRACE_DETACH, trace->pid, NULL, NULL);
	_exit(0);
}

/**
 * struct held - what of this process's signals is another while it starts who watches it
 * @mask: those that wait
 * @ended: what is to be done when a child ends
 */
struct held {
	sigset_t mask;
	struct sigaction ended;
};

/*
 * What is sent to all of a group, by its terminal, say, is for the program alone: who watches
 * would end or stop by it, and the program by that. Where ends of children are ignored nobody
 * can ask for them.
 */
static void hold_signals(struct held *held)
{
	const struct sigaction usual = { .sa_handler = SIG_DFL };
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &held->mask);
	sigaction(SIGCHLD, &usual, &held->ended);
}

static void restore_signals(const struct held *held)
{
	sigaction(SIGCHLD, &held->ended, NULL);
	sigprocmask(SIG_SETMASK, &held->mask, NULL);
}

/* Return: 0 or an errno. */
static int start(struct seal_trace *trace, bool gated, const int pair[2])
{
	pid_t child = fork();
	int status;
	char c;

	if (!child) {
		child = fork();
		if (child)
			_exit(child < 0 ? errno : 0);
		setsid();
		close(pair[0]);
		if (read(pair[1], &c, 1) != 1)
			_exit(0);
		watch(trace, gated, pair[1]);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
}

/**
 * seal_watch - begin to watch this process, which is about to execute a program
 * @gated: it may be behind a gate that lets nobody change its registers
 *
 * By a process that is nobody's child: the program finds none that it does not know. To be
 * called before this process is marked, so that the watcher is not.
 *
 * Return: what seal_go() wants, or a negative number after a message.
 */
int seal_watch(bool gated)
{
	struct seal_trace trace = { .pid = getpid() };
	struct held held;
	int pair[2], err;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return -nacc_fail(EXIT_SYS, "run: no socket for --seal-text: %s", strerror(errno));
	hold_signals(&held);
	err = start(&trace, gated, pair);
	restore_signals(&held);
	close(pair[1]);
	if (!err)
		return pair[0];
	close(pair[0]);
	return -nacc_fail(EXIT_SYS, "run: no process for --seal-text: %s", strerror(err));
}

/**
 * seal_go - the next thing that this process does is to execute the program
 * @channel: of seal_watch()
 *
 * Return: EXIT_OK, or EXIT_SYS after a message, the watcher's if it is there.
 */
int seal_go(int channel)
{
	char c = 1;
	bool said;

	/*
	 * Yama: who it is that may trace is not known, it is no ancestor. The program keeps what
	 * is said here, so it is taken back once it is done.
	 */
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
	said = send(channel, &c, 1, MSG_NOSIGNAL) == 1 && read(channel, &c, 1) == 1;
	prctl(PR_SET_PTRACER, 0);
	if (!said)
		return nacc_fail(EXIT_SYS, "run: who was to seal the text has ended: try again");
	return c ? EXIT_OK : EXIT_SYS;
}
