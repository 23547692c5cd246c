// SPDX-License-Identifier: GPL-2.0
/* Ways into a cgroup that is a domain. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../kmod/include/uapi/linux/nacc.h"
#include "program.h"

#define SELF	"/proc/self/exe"
#define BOX	"/sys/fs/cgroup/kunit-box"
#define TOP	"/sys/fs/cgroup"
#define THREADS	8
#define LEN	(256UL << 10)

static int device;

/* Return: the domain, or 0. */
static unsigned int mark_box(void)
{
	struct nacc_mark mark = { .size = sizeof(mark), .flags = NACC_MARK_CGROUP };

	mark.fd = open(BOX, O_RDONLY | O_DIRECTORY);
	CHECK(mark.fd >= 0);
	CHECK(!ioctl(device, NACC_IOC_MARK, &mark));
	close(mark.fd);
	return mark.domain;
}

static void unmark(unsigned int domain)
{
	struct nacc_unmark arg = { .size = sizeof(arg), .domain = domain };

	CHECK(!ioctl(device, NACC_IOC_UNMARK, &arg));
}

static void enter(const char *dir, pid_t pid)
{
	char path[128], text[16];

	snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	snprintf(text, sizeof(text), "%d", pid);
	write_file(path, text);
}

static pid_t clone_into_box(uint64_t flags)
{
	struct clone_args args = {
		.flags = CLONE_INTO_CGROUP | flags, .exit_signal = SIGCHLD,
		.cgroup = open(BOX, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
	};

	return syscall(SYS_clone3, &args, sizeof(args));
}

static pid_t sleeper(const char *dir)
{
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (!pid)
		for (;;)
			pause();
	if (dir)
		enter(dir, pid);
	return pid;
}

static void end(pid_t pid)
{
	CHECK(!kill(pid, SIGKILL));
	CHECK(wait_for(pid) == SIGKILL);
}

int case_cgroup_make(void)
{
	CHECK(!mkdir(BOX, 0755) && !mkdir(BOX "/inner", 0755));
	return 0;
}

/* All whose names begin so */
static void attach(const char *dir, const char *comm_begins)
{
	char path[300], name[32];
	struct dirent *entry;
	DIR *proc = opendir("/proc");
	FILE *comm;

	CHECK(proc);
	while ((entry = readdir(proc))) {
		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		comm = atoi(entry->d_name) ? fopen(path, "r") : NULL;
		if (!comm)
			continue;
		if (fgets(name, sizeof(name), comm) &&
		    !strncmp(name, comm_begins, strlen(comm_begins)))
			enter(dir, atoi(entry->d_name));
		fclose(comm);
	}
	closedir(proc);
}

/* The thread that runs a test, which is the kernel's */
int case_cgroup_attach(void)
{
	attach(BOX "/inner", "kunit_try_catch");
	return 0;
}

int case_cgroup_detach(void)
{
	attach(TOP, "kunit_try_catch");
	return 0;
}

#define CROWD	40

/* Many that sleep in there, until they are killed; somebody outside sees to their ends. */
int case_cgroup_crowd(void)
{
	int pipes[2], i;
	char c;

	CHECK(!pipe(pipes));
	if (fork()) {
		CHECK(read(pipes[0], &c, 1) == 1);
		return 0;
	}
	for (i = 0; i < CROWD; i++)
		sleeper(BOX "/inner");
	CHECK(write(pipes[1], "x", 1) == 1);
	for (i = 0; i < CROWD; i++)
		wait(NULL);
	return 0;
}

static int one_more(const char *dir, const char *name)
{
	int pipes[2];
	char c;

	CHECK(!pipe(pipes));
	if (fork()) {
		CHECK(read(pipes[0], &c, 1) == 1);
		return 0;
	}
	CHECK(!prctl(PR_SET_NAME, name));
	sleeper(dir);
	CHECK(!prctl(PR_SET_NAME, "kunit-user"));
	CHECK(write(pipes[1], "x", 1) == 1);
	wait(NULL);
	return 0;
}

int case_cgroup_late(void)
{
	return one_more(BOX "/inner", "kunit-late");
}

/* It is outside, and is brought in. */
int case_cgroup_wait(void)
{
	return one_more(NULL, "kunit-waiter");
}

int case_cgroup_bring(void)
{
	attach(BOX "/inner", "kunit-waiter");
	return 0;
}

/* A vfork child that stays one, whose maker is outside */
int case_cgroup_lent(void)
{
	int pipes[2];
	char c;

	CHECK(!pipe(pipes));
	if (fork()) {
		CHECK(read(pipes[0], &c, 1) == 1);
		return 0;
	}
	if (!vfork()) {
		enter(BOX "/inner", getpid());
		CHECK(write(pipes[1], "x", 1) == 1);
		for (;;)
			pause();
	}
	/* It was killed. */
	wait(NULL);
	return 0;
}

/* Return: how many were in there. */
static int kill_all(const char *file)
{
	FILE *f = fopen(file, "r");
	int pid, n = 0;

	CHECK(f);
	for (; fscanf(f, "%d", &pid) == 1; n++)
		kill(pid, SIGKILL);
	fclose(f);
	return n;
}

int case_cgroup_empty(void)
{
	int tries;

	for (tries = 0; tries < 1000 && kill_all(BOX "/inner/cgroup.procs"); tries++)
		usleep(20000);
	CHECK(tries < 1000);
	return 0;
}

/* Whose address space a child has borrowed is not marked by marking the child. */
static void borrowed(void)
{
	volatile int *child = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t maker;
	int tries;

	CHECK(child != MAP_FAILED);
	maker = fork();
	if (!maker) {
		pid_t pid = vfork();

		if (!pid) {
			*child = getpid();
			pause();
			_exit(0);
		}
		/* It was killed. */
		pause();
		_exit(pid < 0);
	}
	for (tries = 0; tries < 500 && !*child; tries++)
		usleep(20000);
	CHECK(*child && try_mark(*child) == EAGAIN);
	CHECK(!marked(maker) && !marked(*child));
	CHECK(!kill(*child, SIGKILL));
	mark(maker);
	CHECK(marked(maker));
	end(maker);
	CHECK(!munmap((void *)child, PAGE));
}

int case_cgroup_remove(void)
{
	CHECK(!rmdir(BOX "/inner") && !rmdir(BOX));
	return 0;
}

int case_cgroup_end(void)
{
	CHECK(marked(getpid()));
	return 0;
}

/* Those that are in it, asleep or not; not those that are not. */
static void sweep(void)
{
	pid_t in = sleeper(BOX), below = sleeper(BOX "/inner"), out = sleeper(NULL);
	unsigned int domain = mark_box();

	CHECK(marked(in) && marked(below) && !marked(out));
	unmark(domain);
	CHECK(!marked(in) && !marked(below));
	/* Marked by itself, it stays where it is, and in it. */
	mark(in);
	domain = mark_box();
	CHECK(marked(in) && marked(below));
	unmark(domain);
	CHECK(marked(in) && !marked(below));
	end(in);
	end(below);
	end(out);
}

static void *wait_here(void *arg)
{
	pthread_barrier_wait(arg);
	pause();
	return NULL;
}

/* A process with threads that sleep is protected without any of them waking up. */
static void sleeping_threads(void)
{
	pthread_barrier_t all;
	pthread_t thread;
	pid_t pid;
	int pipes[2], i, tries;
	char c;

	CHECK(!pipe(pipes));
	pid = fork();
	if (!pid) {
		pthread_barrier_init(&all, NULL, THREADS + 1);
		for (i = 0; i < THREADS; i++)
			CHECK(!pthread_create(&thread, NULL, wait_here, &all));
		pthread_barrier_wait(&all);
		CHECK(write(pipes[1], "x", 1) == 1);
		pause();
	}
	CHECK(read(pipes[0], &c, 1) == 1);
	enter(BOX, pid);
	for (tries = 0; tries < 500 && !marked(pid); tries++)
		usleep(20000);
	CHECK(marked(pid));
	enter(TOP, pid);
	CHECK(marked(pid));
	end(pid);
}

/* Whoever comes in is marked when it is next in user mode. */
static void entries(void)
{
	pid_t pid = fork();

	if (!pid) {
		CHECK(!marked(getpid()));
		enter(BOX, 0);
		CHECK(marked(getpid()));
		_exit(0);
	}
	CHECK(!wait_for(pid));
	pid = clone_into_box(0);
	if (!pid) {
		CHECK(marked(getpid()));
		execl(SELF, "kunit-user", "cgroup_end", NULL);
		_exit(1);
	}
	CHECK(!wait_for(pid));
	/* It shares our address space until it executes something. */
	pid = clone_into_box(CLONE_VM | CLONE_VFORK);
	if (!pid) {
		execl(SELF, "kunit-user", "cgroup_end", NULL);
		_exit(1);
	}
	CHECK(!wait_for(pid) && !marked(getpid()));
}

/* In it, and with what it has written there. */
static void data(void)
{
	pid_t pid = fork();
	char *p;

	if (!pid) {
		p = map(LEN);
		fill(p, LEN, 1);
		enter(BOX, 0);
		CHECK(filled(p, LEN, 1));
		pid = fork();
		if (!pid) {
			CHECK(marked(getpid()) && filled(p, LEN, 1));
			_exit(0);
		}
		CHECK(!wait_for(pid));
		_exit(0);
	}
	CHECK(!wait_for(pid));
}

int case_cgroup(void)
{
	unsigned int domain;
	int i;

	device = open("/dev/nacc", O_RDWR | O_CLOEXEC);
	CHECK(device >= 0);
	case_cgroup_make();
	sweep();
	domain = mark_box();
	for (i = 0; i < 5; i++)
		entries();
	data();
	sleeping_threads();
	borrowed();
	/* The same again is the same domain. */
	CHECK(mark_box() == domain);
	unmark(domain);
	/* It may be a domain again, which ends with it. */
	CHECK(mark_box() != domain);
	return case_cgroup_remove();
}
