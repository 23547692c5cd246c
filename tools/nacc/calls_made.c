// SPDX-License-Identifier: GPL-2.0
/*
 * A seccomp profile of what was called, as container engines take one.
 */
#include <stdio.h>

#include <linux/nacc.h>

#include "calls.h"
#include "cmd.h"
#include "out.h"

/* What the firmware answers for what a list does not have: that there is no such call */
#define NO_SUCH_CALL	38

/*
 * What crun and runc (and the Go that it is made of) call from when they have loaded a profile
 * to when the container's program is there: capabilities, user, directory, descriptors, the
 * program. An engine loads it that early so that programs need not be asked; so a profile
 * without these starts nothing.
 */
static const char *const runtime[] = {
	"brk", "capget", "capset", "chdir", "clone", "clone3", "close", "close_range", "dup3",
	"epoll_create1", "epoll_ctl", "epoll_pwait", "eventfd2", "execve", "exit", "exit_group",
	"faccessat", "faccessat2", "fchdir", "fchown", "fcntl", "fstat", "fstatfs", "futex",
	"getcwd", "getdents64", "getegid", "geteuid", "getgid", "getpid", "getppid",
	"getrandom", "gettid", "getuid", "ioctl", "lseek", "madvise", "mmap", "mprotect",
	"munmap", "nanosleep", "newfstatat", "openat", "openat2", "pipe2", "prctl",
	"prlimit64", "read", "readlinkat", "restart_syscall", "rseq", "rt_sigaction",
	"rt_sigprocmask", "rt_sigreturn", "sched_getaffinity", "sched_yield",
	"set_robust_list", "set_tid_address", "setgid", "setgroups", "setresgid",
	"setresuid", "setsid", "setuid", "sigaltstack", "statfs", "statx", "tgkill", "umask",
	"uname", "write",
};

static void add_rule(struct json_object *rules, struct json_object *names, const char *comment)
{
	struct json_object *rule = out_object();

	out_add(rule, "names", names);
	out_add_str(rule, "action", "SCMP_ACT_ALLOW");
	out_add_str(rule, "comment", comment);
	out_append(rules, rule);
}

/* Of a call that has no name here a profile cannot tell: libseccomp has names only. */
static struct json_object *made(const uint32_t *counts)
{
	struct json_object *names = out_array();
	unsigned int nr;

	for (nr = 0; nr < NACC_CALLS; nr++) {
		if (counts[nr] && call_name(nr))
			out_append_str(names, call_name(nr));
		else if (counts[nr])
			nacc_fail(0, "warning: system call %u has no name: it is left out", nr);
	}
	return names;
}

static struct json_object *needed(const uint32_t *counts)
{
	struct json_object *names = out_array();
	unsigned int nr;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(runtime); i++)
		if (call_find(runtime[i], &nr) && !counts[nr])
			out_append_str(names, runtime[i]);
	return names;
}

/**
 * profile_print - print a profile that allows what was called
 * @counts: how often each call was made
 *
 * What it does not allow has the error that the firmware gives, too.
 *
 * Return: EXIT_OK.
 */
int profile_print(const uint32_t counts[NACC_CALLS])
{
	struct json_object *obj = out_object(), *arches = out_array(), *rules = out_array();

	add_rule(rules, made(counts), "what was called");
	add_rule(rules, needed(counts),
		 "what container runtimes call besides before the program is there");
	out_append_str(arches, "SCMP_ARCH_RISCV64");
	out_add_str(obj, "defaultAction", "SCMP_ACT_ERRNO");
	out_add_u64(obj, "defaultErrnoRet", NO_SUCH_CALL);
	out_add(obj, "architectures", arches);
	out_add(obj, "syscalls", rules);
	out_json(stdout, obj);
	return EXIT_OK;
}
