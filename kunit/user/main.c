// SPDX-License-Identifier: GPL-2.0
/* kunit-user CASE: what a marked process goes through; exit status 0 if well. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "program.h"

static const struct {
	const char *name;
	int (*run)(void);
} cases[] = {
	{ "exit", case_exit },
	{ "exec", case_exec },
	{ "exec_end", case_exec_end },
	{ "fork", case_fork },
	{ "vfork", case_vfork },
	{ "routes", case_routes },
	{ "threads", case_threads },
	{ "kill", case_kill },
	{ "oom", case_oom },
	{ "fork_fail", case_fork_fail },
	{ "exec_fail", case_exec_fail },
	{ "map_fail", case_map_fail },
	{ "load_alloc", case_load_alloc },
	{ "load_call", case_load_call },
	{ "mutants", case_mutants },
	{ "smaps", case_smaps },
	{ "mremap", case_mremap },
	{ "collapse", case_collapse },
	{ "collapse_shared", case_collapse_shared },
	{ "hugetlb", case_hugetlb },
	{ "pageout", case_pageout },
	{ "reclaim", case_reclaim },
	{ "migrate", case_migrate },
	{ "ksm", case_ksm },
	{ "cgroup", case_cgroup },
	{ "cgroup_end", case_cgroup_end },
	{ "cgroup_make", case_cgroup_make },
	{ "cgroup_remove", case_cgroup_remove },
	{ "cgroup_crowd", case_cgroup_crowd },
	{ "cgroup_late", case_cgroup_late },
	{ "cgroup_wait", case_cgroup_wait },
	{ "cgroup_bring", case_cgroup_bring },
	{ "cgroup_lent", case_cgroup_lent },
	{ "cgroup_empty", case_cgroup_empty },
	{ "cgroup_attach", case_cgroup_attach },
	{ "cgroup_detach", case_cgroup_detach },
	{ "gate", case_gate },
	{ "gate_end", case_gate_end },
};

void fail(const char *file, int line, const char *what)
{
	char text[256];
	int fd = open("/dev/kmsg", O_WRONLY);
	int len = snprintf(text, sizeof(text), "# kunit-user: %s:%d: %s (errno %d)\n",
			   strrchr(file, '/') ? strrchr(file, '/') + 1 : file, line, what, errno);

	if (fd < 0 || write(fd, text, len) != len)
		_exit(98);
	_exit(99);
}

void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	CHECK(fd >= 0);
	CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

long read_number(const char *path)
{
	char text[64] = "";
	int fd = open(path, O_RDONLY);

	CHECK(fd >= 0);
	CHECK(read(fd, text, sizeof(text) - 1) > 0);
	close(fd);
	return strtol(text, NULL, 10);
}

/* A line of /proc/vmstat. */
long vm_counter(const char *name)
{
	size_t len = strlen(name);
	char line[128];
	long n = -1;
	FILE *f;

	write_file("/proc/sys/vm/stat_refresh", "1");
	f = fopen("/proc/vmstat", "r");
	CHECK(f);
	while (n < 0 && fgets(line, sizeof(line), f))
		if (!strncmp(line, name, len) && line[len] == ' ')
			n = strtol(line + len, NULL, 10);
	fclose(f);
	CHECK(n >= 0);
	return n;
}

/* 0, or the error of a process that may be gone already. */
int try_mark(pid_t pid)
{
	int fd = open("/proc/nacc/mark", O_WRONLY), len, error = 0;
	char text[16];

	CHECK(fd >= 0);
	len = snprintf(text, sizeof(text), "%d", pid);
	if (write(fd, text, len) != len)
		error = errno;
	close(fd);
	return error;
}

void mark(pid_t pid)
{
	CHECK(!try_mark(pid));
}

/* Lines of /proc/nacc/mms: domain, pid, ... */
bool marked(pid_t pid)
{
	FILE *f = fopen("/proc/nacc/mms", "r");
	bool found = false;
	char line[256];
	int id, other;

	CHECK(f);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%d %d", &id, &other) == 2 && other == pid)
			found = true;
	fclose(f);
	return found;
}

void *map(size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	CHECK(!madvise(p, len, MADV_NOHUGEPAGE));
	return p;
}

/* Begins at a multiple of HUGE; what is around it stays unmapped. */
void *map_aligned(size_t len)
{
	char *p = map(len + HUGE);
	char *at = (char *)(((uintptr_t)p + HUGE - 1) & ~(HUGE - 1));

	if (at > p)
		CHECK(!munmap(p, at - p));
	CHECK(!munmap(at + len, p + HUGE - at));
	return at;
}

void fill(void *p, size_t len, unsigned int seed)
{
	size_t i;

	for (i = 0; i < len; i += PAGE)
		*(volatile uint64_t *)((char *)p + i) = i ^ seed;
}

bool filled(const void *p, size_t len, unsigned int seed)
{
	size_t i;

	for (i = 0; i < len; i += PAGE)
		if (*(const volatile uint64_t *)((const char *)p + i) != (i ^ seed))
			return false;
	return true;
}

/* The wait status of a child. */
int wait_for(pid_t pid)
{
	int status;

	CHECK(pid > 0);
	CHECK(waitpid(pid, &status, 0) == pid);
	return status;
}

/* Open all the time, for a failure could hit the open(2); survives an exec. */
#define NTH_FD	100

void fail_nth_open(void)
{
	int fd = open("/proc/thread-self/fail-nth", O_RDWR);

	CHECK(fd >= 0 && dup2(fd, NTH_FD) == NTH_FD);
	close(fd);
}

void fail_nth(unsigned int nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", nth);

	CHECK(pwrite(NTH_FD, text, len, 0) == len);
}

/* Has the failure happened? None will any more. */
bool fail_nth_hit(void)
{
	char text[16] = "";
	ssize_t n = pread(NTH_FD, text, sizeof(text) - 1, 0);

	fail_nth(0);
	CHECK(n > 0);
	return !strtol(text, NULL, 10);
}

/* Who is started by the kernel sees its root, where nothing may be mounted. */
static void mounts(void)
{
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	if (access("/proc/self", F_OK))
		CHECK(!mount("proc", "/proc", "proc", 0, NULL));
	if (access("/sys/kernel", F_OK))
		CHECK(!mount("sysfs", "/sys", "sysfs", 0, NULL));
	if (access("/dev/kmsg", F_OK))
		CHECK(!mount("devtmpfs", "/dev", "devtmpfs", 0, NULL));
	if (access("/sys/fs/cgroup/cgroup.procs", F_OK))
		CHECK(!mount("cgroup2", "/sys/fs/cgroup", "cgroup2", 0, NULL));
}

int main(int argc, char **argv)
{
	size_t i;

	if (argc != 2)
		return 97;
	/* Here a failure may still be to come. */
	if (!strcmp(argv[1], "exec_fail_end"))
		return case_exec_fail_end();
	mounts();
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (!strcmp(cases[i].name, argv[1]))
			return cases[i].run();
	return 96;
}
