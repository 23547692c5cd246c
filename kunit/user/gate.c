// SPDX-License-Identifier: GPL-2.0
/* A process whose registers the firmware watches. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../kmod/include/uapi/linux/nacc.h"
#include "program.h"

#define SELF		"/proc/self/exe"
#define ENFORCE		2
#define THREADS		6
#define ROUNDS		20

static volatile sig_atomic_t seen;
static int device;

static void gate(unsigned int domain, unsigned int mode)
{
	struct nacc_gate arg = { .size = sizeof(arg), .domain = domain, .mode = mode };

	CHECK(!ioctl(device, NACC_IOC_GATE, &arg));
}

static unsigned int mark_self(void)
{
	struct nacc_mark arg = { .size = sizeof(arg) };

	arg.pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	CHECK(arg.pidfd >= 0);
	CHECK(!ioctl(device, NACC_IOC_MARK, &arg));
	return arg.domain;
}

static void on_signal(int sig)
{
	seen += sig == SIGUSR1 || sig == SIGUSR2;
}

static void *wait_a_while(void *arg)
{
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		CHECK(!raise(SIGUSR1));
		usleep(100);
	}
	return arg;
}

static void run_threads(void)
{
	pthread_t thread[THREADS];
	unsigned int i;

	for (i = 0; i < THREADS; i++)
		CHECK(!pthread_create(&thread[i], NULL, wait_a_while, NULL));
	for (i = 0; i < THREADS; i++)
		CHECK(!pthread_join(thread[i], NULL));
}

static void *end_at_once(void *arg)
{
	return arg;
}

/* One after the other has the place of the one before. */
static void come_and_go(void)
{
	struct nacc_context first;
	struct nacc_contexts arg = { .size = sizeof(arg), .count = 1,
				     .contexts = (uintptr_t)&first };
	pthread_t thread;
	unsigned int i;

	for (i = 0; i < 10 * THREADS; i++) {
		CHECK(!pthread_create(&thread, NULL, end_at_once, NULL));
		CHECK(!pthread_join(thread, NULL));
	}
	arg.pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	CHECK(arg.pidfd >= 0);
	CHECK(!ioctl(device, NACC_IOC_CONTEXTS, &arg));
	CHECK(arg.frames <= 1 + THREADS);
	close(arg.pidfd);
}

/* A read that is begun again, as nothing has come when the signal does. */
static void interrupted(void)
{
	int fds[2];
	pid_t pid;
	char c;

	CHECK(!pipe(fds));
	pid = fork();
	if (!pid) {
		usleep(2000);
		kill(getppid(), SIGUSR2);
		usleep(2000);
		_exit(write(fds[1], "x", 1) != 1);
	}
	CHECK(read(fds[0], &c, 1) == 1 && c == 'x');
	CHECK(!wait_for(pid));
	close(fds[0]);
	close(fds[1]);
}

static void run_programs(void)
{
	pid_t pid = fork();

	if (!pid) {
		execl(SELF, "kunit-user", "gate_end", NULL);
		_exit(95);
	}
	CHECK(!wait_for(pid));
	pid = vfork();
	if (!pid) {
		execl(SELF, "kunit-user", "gate_end", NULL);
		_exit(95);
	}
	CHECK(!wait_for(pid));
	/* One that does not come to be. */
	pid = vfork();
	if (!pid) {
		execl("/nacc/nosuch", "nosuch", NULL);
		_exit(errno == ENOENT ? 0 : 94);
	}
	CHECK(!wait_for(pid));
}

static void run_all(void)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	sig_atomic_t before = seen;

	CHECK(!sigaction(SIGUSR2, &action, NULL));
	run_threads();
	come_and_go();
	interrupted();
	run_programs();
	CHECK(seen > before);
}

/* A handler and a thread from before it is on; and again after it was off. */
int case_gate(void)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	unsigned int domain, i;
	pthread_t thread;

	device = open("/dev/nacc", O_RDWR | O_CLOEXEC);
	CHECK(device >= 0);
	CHECK(!sigaction(SIGUSR1, &action, NULL));
	domain = mark_self();
	for (i = 0; i < 3; i++) {
		CHECK(!pthread_create(&thread, NULL, wait_a_while, NULL));
		gate(domain, ENFORCE);
		run_all();
		CHECK(!pthread_join(thread, NULL));
		gate(domain, 0);
	}
	gate(domain, ENFORCE);
	return 0;
}

int case_gate_end(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	CHECK(!sigaction(SIGUSR1, &action, NULL));
	CHECK(!raise(SIGUSR1));
	CHECK(seen == 1);
	return 0;
}
