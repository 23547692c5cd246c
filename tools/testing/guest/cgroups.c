// SPDX-License-Identifier: GPL-2.0
/*
 * cgroups WAY CGROUP [NUMBER]: ways into a cgroup, and whether whoever has come in is
 * marked when it next runs in user mode. CGROUP is a directory.
 *
 *   is DOMAIN		this process is marked, in that domain (0: it is not)
 *   self		writes its own number to cgroup.procs
 *   thread		likewise to cgroup.threads
 *   other N		N times: a child that spins is attached by its parent, and looks
 *   threads N		N threads that spin and sleep; one of them attaches the process
 *   clone N		N children by CLONE_INTO_CGROUP, by turns with a program of their own
 *   vfork		a child on its parent's address space, and the program it executes
 *   sibling		likewise a child that is not its maker's, but his parent's
 *   lender		a child with an address space of its own, whose maker waits for it as for
 *			such a child, and on which another one runs when it is attached
 *   orphan		such a child whose parent is killed, and that executes nothing
 *   exec N		N times: a child is attached while it executes programs
 *   exits N		N times: a child is attached while it exits
 *   forker N		is in there already: forks N children, some of which fork as well
 *   namespace N	likewise in a cgroup namespace of its own
 *   fresh N		N children of one that is in there: each is marked
 *
 * Prints what it has seen; status 1 and "FAILED" if anybody was not protected.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/nacc.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"

static int device;
static const char *cgroup;

/* Domain of a process by its number, 0: none, -1: it has gone. */
static int domain_of(pid_t pid)
{
	struct nacc_entry entry;
	struct nacc_dump dump = {
		.size = sizeof(dump), .count = 1, .entries = (uintptr_t)&entry,
		.pidfd = syscall(SYS_pidfd_open, pid, 0),
	};
	int ret;

	if (dump.pidfd < 0)
		return -1;
	ret = ioctl(device, NACC_IOC_DUMP, &dump);
	check(!ret || errno == ESRCH);
	close(dump.pidfd);
	return ret ? -1 : (int)dump.domain;
}

static int mine(void)
{
	return domain_of(getpid());
}

/* Where it all began: 0 outside of any domain, with the system profile that of the system */
static int outside;

static void know_outside(void)
{
	const char *known = getenv("NACC_OUTSIDE");
	char text[16];

	outside = known ? atoi(known) : mine();
	snprintf(text, sizeof(text), "%d", outside);
	check(!setenv("NACC_OUTSIDE", text, 1));
}

static int entered(void)
{
	int domain = mine();

	return domain > 0 && domain != outside;
}

static void put(const char *file, pid_t pid)
{
	char path[256], text[16];
	int fd, len;

	snprintf(path, sizeof(path), "%s/%s", cgroup, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	check(fd >= 0);
	len = snprintf(text, sizeof(text), "%d", pid);
	/* Who has just exited cannot be attached. */
	if (write(fd, text, len) != len && errno != ESRCH)
		die("%s: %s", path, strerror(errno));
	close(fd);
}

static int ended(pid_t pid)
{
	int status;

	check(waitpid(pid, &status, 0) == pid);
	return status;
}

static void well(pid_t pid, const char *what)
{
	int status = ended(pid);

	if (status)
		die("%s: status %#x", what, status);
}

/* --- by the kernel's files -------------------------------------------------------- */

static void way_self(const char *file, pid_t pid)
{
	check(mine() == outside);
	put(file, pid);
	if (!entered())
		die("%s: not marked behind the write", file);
	printf("domain %d\n", mine());
}

/* A page that parent and child share */
static volatile int *flag;

static void make_flag(void)
{
	flag = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	check(flag != MAP_FAILED);
}

/*
 * It has not been in the kernel by itself since it was attached: what it sees is what it
 * was when it was sent back to user mode.
 */
static void spin_and_look(void)
{
	while (!flag[0])
		;
	_exit(entered() ? 0 : 3);
}

static void way_other(int n)
{
	for (int i = 0; i < n; i++) {
		pid_t pid;

		flag[0] = 0;
		pid = fork();
		check(pid >= 0);
		if (!pid)
			spin_and_look();
		put("cgroup.procs", pid);
		flag[0] = 1;
		well(pid, "attached while it spins");
	}
	printf("%d attached\n", n);
}

static void *spinner(void *arg)
{
	long number = (long)arg;

	while (!flag[0])
		if (number % 2)
			usleep(100000);
	return NULL;
}

static void way_threads(int n)
{
	pthread_t thread[n];

	for (long i = 0; i < n; i++)
		check(!pthread_create(&thread[i], NULL, spinner, (void *)i));
	usleep(50000);
	way_self("cgroup.procs", getpid());
	flag[0] = 1;
	for (int i = 0; i < n; i++)
		check(!pthread_join(thread[i], NULL));
}

static void way_exec(int n)
{
	char *const argv[] = { "/nacc/bin/cgroups", "again", "4", NULL };

	for (int i = 0; i < n; i++) {
		pid_t pid = fork();

		check(pid >= 0);
		if (!pid) {
			execv(argv[0], argv);
			_exit(4);
		}
		usleep(next_random(&(uint64_t){ i + 1 }) % 30000);
		put("cgroup.procs", pid);
		well(pid, "attached while it executes");
	}
	printf("%d attached\n", n);
}

/* Executes itself; the last of them looks, when it has surely been attached. */
static int again(int n)
{
	char text[16], *argv[] = { "/nacc/bin/cgroups", "again", text, NULL };

	if (!n) {
		for (int tries = 0; tries < 500 && !entered(); tries++)
			usleep(10000);
		return entered() ? 0 : 5;
	}
	snprintf(text, sizeof(text), "%d", n - 1);
	execv(argv[0], argv);
	return 6;
}

static void way_exits(int n)
{
	for (int i = 0; i < n; i++) {
		pid_t pid = fork();

		check(pid >= 0);
		if (!pid) {
			usleep(next_random(&(uint64_t){ i + 1 }) % 5000);
			_exit(0);
		}
		usleep(next_random(&(uint64_t){ i + 7 }) % 5000);
		put("cgroup.procs", pid);
		well(pid, "attached while it exits");
	}
	printf("%d attached\n", n);
}

/* --- by clone3 ---------------------------------------------------------------------- */

/* A child that shares the stack must not return from a function of its maker. */
static inline __attribute__((always_inline)) pid_t clone_into(uint64_t flags, int fd)
{
	struct clone_args args = {
		.flags = CLONE_INTO_CGROUP | flags, .cgroup = fd,
		.exit_signal = flags & CLONE_PARENT ? 0 : SIGCHLD,
	};

	return syscall(SYS_clone3, &args, sizeof(args));
}

static int open_cgroup(void)
{
	int fd = open(cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	check(fd >= 0);
	return fd;
}

static void way_clone(int n)
{
	int fd = open_cgroup();

	for (int i = 0; i < n; i++) {
		pid_t pid = clone_into(0, fd);

		check(pid >= 0);
		if (!pid) {
			if (!entered())
				_exit(3);
			if (i % 2)
				_exit(0);
			execl("/nacc/bin/cgroups", "cgroups", "again", "0", NULL);
			_exit(4);
		}
		well(pid, "cloned into the cgroup");
	}
	check(mine() == outside);
	printf("%d cloned\n", n);
}

static void way_vfork(void)
{
	int fd = open_cgroup();
	pid_t pid = clone_into(CLONE_VM | CLONE_VFORK, fd);

	if (!pid) {
		flag[1] = mine();
		execl("/nacc/bin/cgroups", "cgroups", "again", "0", NULL);
		_exit(4);
	}
	check(pid > 0);
	well(pid, "its program");
	printf("child %d, parent %d\n", flag[1], mine());
}

/* It stays for long enough to be looked for, and its maker is not its parent. */
static void way_sibling(void)
{
	int fd = open_cgroup();
	pid_t maker = fork(), pid;

	check(maker >= 0);
	if (!maker) {
		pid = clone_into(CLONE_VM | CLONE_VFORK | CLONE_PARENT, fd);
		if (!pid) {
			flag[0] = getpid();
			usleep(1000000);
			flag[1] = mine();
			execl("/nacc/bin/cgroups", "cgroups", "again", "0", NULL);
			_exit(4);
		}
		flag[2] = mine();
		_exit(pid < 0);
	}
	well(maker, "its maker");
	well(flag[0], "its program");
	printf("child %d, maker %d\n", flag[1], flag[2]);
}

/* Both may be such a child, and one is. */
static void way_lender(void)
{
	struct clone_args args = { .flags = CLONE_VFORK, .exit_signal = SIGCHLD };
	pid_t lender = syscall(SYS_clone3, &args, sizeof(args)), pid;

	check(lender >= 0);
	if (!lender) {
		flag[0] = getpid();
		pid = vfork();
		if (!pid) {
			put("cgroup.procs", flag[0]);
			for (int tries = 0; tries < 500 && domain_of(flag[0]) == outside; tries++)
				usleep(20000);
			flag[1] = domain_of(flag[0]) != outside;
			_exit(0);
		}
		_exit(pid < 0 || !flag[1] || !entered());
	}
	well(lender, "the lender");
	printf("the lender was marked\n");
}

/* The child goes on alone, on an address space that is its own then. */
static void way_orphan(void)
{
	int fd = open_cgroup();
	pid_t maker = fork(), pid;

	check(maker >= 0);
	if (!maker) {
		pid = clone_into(CLONE_VM | CLONE_VFORK, fd);
		if (!pid) {
			flag[1] = getpid();
			for (int tries = 0; tries < 1000 && !entered(); tries++)
				usleep(20000);
			flag[2] = entered() ? 1 : 2;
			_exit(0);
		}
		_exit(0);
	}
	while (!flag[1])
		usleep(1000);
	usleep(100000);
	check(domain_of(flag[1]) == outside);
	kill(maker, SIGKILL);
	ended(maker);
	while (!flag[2])
		usleep(1000);
	if (flag[2] != 1)
		die("the orphan was not marked");
	printf("the orphan was marked\n");
}

/* --- inside -------------------------------------------------------------------------- */

static void way_forker(int n)
{
	printf("ready\n");
	fflush(stdout);
	for (int i = 0; i < n; i++) {
		pid_t pid = fork();

		check(pid >= 0);
		if (!pid) {
			if (i % 3)
				_exit(0);
			pid = fork();
			if (!pid)
				_exit(0);
			_exit(pid < 0 || ended(pid));
		}
		well(pid, "a child");
	}
	printf("forked %d, domain %d\n", n, mine());
}

static void way_fresh(int n)
{
	for (int i = 0; i < n; i++) {
		pid_t pid = fork();

		check(pid >= 0);
		if (!pid)
			_exit(mine() > 0 ? 0 : 3);
		well(pid, "a child");
	}
	printf("forked %d, domain %d\n", n, mine());
}

static void way_namespace(int n)
{
	check(!unshare(CLONE_NEWCGROUP));
	way_fresh(n);
}

int main(int argc, char **argv)
{
	const char *way = argc > 2 ? argv[1] : "";
	int n = argc > 3 ? atoi(argv[3]) : 1;

	check(argc > 2);
	device = open("/dev/nacc", O_RDWR);
	check(device >= 0);
	cgroup = argv[2];
	make_flag();
	know_outside();
	if (!strcmp(way, "again"))
		return again(atoi(argv[2]));
	if (!strcmp(way, "is"))
		return mine() != atoi(argv[2]);
	if (!strcmp(way, "self"))
		way_self("cgroup.procs", 0);
	else if (!strcmp(way, "thread"))
		way_self("cgroup.threads", 0);
	else if (!strcmp(way, "other"))
		way_other(n);
	else if (!strcmp(way, "threads"))
		way_threads(n);
	else if (!strcmp(way, "clone"))
		way_clone(n);
	else if (!strcmp(way, "vfork"))
		way_vfork();
	else if (!strcmp(way, "sibling"))
		way_sibling();
	else if (!strcmp(way, "lender"))
		way_lender();
	else if (!strcmp(way, "orphan"))
		way_orphan();
	else if (!strcmp(way, "exec"))
		way_exec(n);
	else if (!strcmp(way, "exits"))
		way_exits(n);
	else if (!strcmp(way, "forker"))
		way_forker(n);
	else if (!strcmp(way, "namespace"))
		way_namespace(n);
	else if (!strcmp(way, "fresh"))
		way_fresh(n);
	else
		die("no way '%s'", way);
	return 0;
}
