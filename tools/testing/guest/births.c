// SPDX-License-Identifier: GPL-2.0
/*
 * Every way in which a process comes to an address space: each must be marked before
 * its first instruction, and each that comes to nothing must leave nothing.
 *
 * births: prints a line "WAY ok" or "WAY what went wrong" for each. births loop:
 * forks and executes for each line on stdin. Reads /proc/nacc/mms, so it runs as root.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SELF	"/proc/self/exe"
#define UNMARKED	41

static char stack[65536] __attribute__((aligned(16)));

static int marked(void)
{
	FILE *f = fopen("/proc/nacc/mms", "r");
	int found = 0, domain, pid;
	char line[256];

	while (f && !found && fgets(line, sizeof(line), f))
		found = sscanf(line, "%d %d", &domain, &pid) == 2 && pid == getpid();
	if (f)
		fclose(f);
	return found ? 0 : UNMARKED;
}

static int ended(pid_t pid)
{
	int status = -1;

	return waitpid(pid, &status, 0) == pid ? status : -1;
}

static int by_fork(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(marked());
	return ended(pid);
}

/* A program that says whether it is marked. */
static int by_exec(const char *path)
{
	pid_t pid = fork();

	if (!pid) {
		execl(path, "births", "check", NULL);
		_exit(40);
	}
	return ended(pid);
}

static int by_vfork(void)
{
	pid_t pid = vfork();

	if (!pid) {
		execl(SELF, "births", "check", NULL);
		_exit(40);
	}
	return ended(pid);
}

static int by_spawn(void)
{
	char *args[3] = { "births", "check", NULL };
	pid_t pid;

	return posix_spawn(&pid, SELF, NULL, NULL, args, environ) ? -1 : ended(pid);
}

static int child_forks(void *arg)
{
	pid_t pid = fork();

	if (!pid)
		_exit(marked());
	_exit(WEXITSTATUS(ended(pid)));
	return *(int *)arg;
}

/* A task that shares the address space, and a child of that. */
static int by_clone_vm(void)
{
	int unused = 0;

	return ended(clone(child_forks, stack + sizeof(stack), CLONE_VM | SIGCHLD,
			   &unused));
}

/* exec comes back: the old program goes on, protected as before. */
static int comes_back(const char *path, char **args, int error)
{
	pid_t pid = fork();

	if (!pid) {
		execv(path, args);
		if (errno != error)
			_exit(42);
		_exit(marked());
	}
	return ended(pid);
}

static void write_file(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	if (fd < 0 || write(fd, data, len) != (ssize_t)len)
		exit(2);
	close(fd);
}

static int bad_format(void)
{
	char *args[2] = { "bad", NULL };
	static const char junk[256] = "\177junk";

	write_file("/tmp/births-bad", junk, sizeof(junk));
	return comes_back("/tmp/births-bad", args, ENOEXEC);
}

static int too_long(void)
{
	size_t len = 4 << 20;
	char *args[3] = { "long", malloc(len), NULL };
	int status;

	memset(args[1], 'x', len - 1);
	args[1][len - 1] = 0;
	status = comes_back(SELF, args, E2BIG);
	free(args[1]);
	return status;
}

static char *copy_of_self(size_t *len)
{
	struct stat st;
	int fd = open(SELF, O_RDONLY);
	char *data;

	if (fd < 0 || fstat(fd, &st))
		exit(2);
	*len = st.st_size;
	data = malloc(*len);
	if (read(fd, data, *len) != (ssize_t)*len)
		exit(2);
	close(fd);
	return data;
}

/* Behind the point of no return: a segment that cannot be mapped. */
static int past_return(void)
{
	size_t len;
	char *data = copy_of_self(&len);
	Elf64_Ehdr *e = (void *)data;
	Elf64_Phdr *p = (void *)(data + e->e_phoff);
	int i, status;

	e->e_type = ET_EXEC;
	for (i = 0; i < e->e_phnum; i++)
		if (p[i].p_type == PT_LOAD)
			p[i].p_vaddr += 0xffffffff00000000UL;
	write_file("/tmp/births-far", data, len);
	free(data);
	status = by_exec("/tmp/births-far");
	return WIFSIGNALED(status) ? 0 : 43 << 8;
}

/* A program that gets another user's rights on the way. */
static int set_uid(void)
{
	size_t len;
	char *data = copy_of_self(&len);

	write_file("/tmp/births-suid", data, len);
	free(data);
	if (chmod("/tmp/births-suid", 04755))
		exit(2);
	return by_exec("/tmp/births-suid");
}

static int dumps_core(void)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	struct stat st;
	pid_t pid = fork();
	int status;

	if (!pid) {
		if (chdir("/tmp") || setrlimit(RLIMIT_CORE, &all))
			_exit(44);
		prctl(PR_SET_DUMPABLE, 1);
		abort();
	}
	status = ended(pid);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT)
		return 45 << 8;
	if (!WCOREDUMP(status) || stat("/tmp/core", &st) || st.st_size < 8192)
		return 46 << 8;
	unlink("/tmp/core");
	return 0;
}

/* A fork that is killed half way leaves a tree that is no tree. */
static int killed_forking(void)
{
	int i, status = 0;

	for (i = 0; i < 30 && !status; i++) {
		pid_t pid = fork();

		if (!pid) {
			char *p = mmap(NULL, 8 << 20, PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

			p[0] = 1;
			for (;;)
				if (!fork())
					_exit(0);
		}
		usleep(3000 + 700 * i);
		kill(pid, SIGKILL);
		status = ended(pid);
		if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
			status = 0;
	}
	return status;
}

static void report(const char *way, int status)
{
	if (!status)
		printf("%s ok\n", way);
	else if (WIFEXITED(status) && WEXITSTATUS(status) == UNMARKED)
		printf("%s was not marked\n", way);
	else
		printf("%s ended with %#x\n", way, status);
	fflush(stdout);
}

static int loop(void)
{
	char line[16];

	printf("ready pid=%d\n", getpid());
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		pid_t pid = fork();

		if (pid < 0) {
			printf("fork: %s\n", strerror(errno));
		} else if (!pid) {
			execl(SELF, "births", "none", NULL);
			_exit(40);
		} else {
			printf("status=%#x\n", ended(pid));
		}
		fflush(stdout);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "check"))
		return marked();
	if (argc > 1 && !strcmp(argv[1], "none"))
		return 0;
	if (argc > 1 && !strcmp(argv[1], "loop"))
		return loop();
	report("fork", by_fork());
	report("exec", by_exec(SELF));
	report("vfork", by_vfork());
	report("posix_spawn", by_spawn());
	report("CLONE_VM", by_clone_vm());
	report("bad-format", bad_format());
	report("too-long", too_long());
	report("past-return", past_return());
	report("setuid", set_uid());
	report("core", dumps_core());
	report("killed-forking", killed_forking());
	return 0;
}
