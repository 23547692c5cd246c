// SPDX-License-Identifier: GPL-2.0
/* Works that make, switch and end processes and threads. */
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nacc.h>

#include "bench.h"

static char *area;
static int to_child[2], from_child[2], child;

int spawn(void (*run)(void))
{
	int pid = fork();

	check(pid >= 0);
	if (!pid) {
		run();
		_exit(0);
	}
	return pid;
}

void reap(int pid)
{
	int status;

	check(waitpid(pid, &status, 0) == pid);
	if (status)
		die("a child ended with status %#x", status);
}

static void prepare_full(long size)
{
	area = map(SPAN + 2 * MEGA);
	area += -(uintptr_t)area & (2 * MEGA - 1);
	touch(area, SPAN, PAGE);
	(void)size;
}

static void tidy_full(long size)
{
	check(!munmap(area, SPAN));
	(void)size;
}

static void leave(void)
{
}

static void write_all(void)
{
	touch(area, SPAN, PAGE);
}

static void fork_only(long size)
{
	reap(spawn(leave));
	(void)size;
}

static void fork_write(long size)
{
	reap(spawn(write_all));
	(void)size;
}

static void execute(void)
{
	execl("/proc/self/exe", "bench", "--nothing", NULL);
	_exit(127);
}

static void fork_exec(long size)
{
	for (long i = 0; i < size; i++)
		reap(spawn(execute));
}

static void nothing(long size)
{
	(void)size;
}

/* --- a child that waits for us ------------------------------------------------- */

static void open_pipes(void)
{
	check(!pipe(to_child));
	check(!pipe(from_child));
}

static void close_pipes(void)
{
	close(to_child[1]);
	close(from_child[0]);
}

static void keep_parents_ends(void)
{
	close(to_child[0]);
	close(from_child[1]);
}

static void echo_bytes(void)
{
	char c;

	close(to_child[1]);
	close(from_child[0]);
	while (read(to_child[0], &c, 1) == 1)
		check(write(from_child[1], &c, 1) == 1);
}

static void ping(void)
{
	char c = 0;

	check(write(to_child[1], &c, 1) == 1);
	check(read(from_child[0], &c, 1) == 1);
}

static void prepare_echo(long size)
{
	open_pipes();
	child = spawn(echo_bytes);
	keep_parents_ends();
	ping();
	(void)size;
}

static void ping_often(long size)
{
	for (long i = 0; i < size; i++)
		ping();
}

static void tidy_echo(long size)
{
	close_pipes();
	reap(child);
	(void)size;
}

/* --- exit: the child has its memory and waits for the end of a pipe --------------- */

static long grown;

static void grow_and_echo(void)
{
	touch(map(grown * MEGA), grown * MEGA, PAGE);
	echo_bytes();
}

static void prepare_exit(long size)
{
	grown = size;
	open_pipes();
	child = spawn(grow_and_echo);
	keep_parents_ends();
	ping();
	printf("tables %ld\n", tables_of(child));
}

static void run_exit(long size)
{
	close_pipes();
	reap(child);
	(void)size;
}

/* --- threads, system calls ----------------------------------------------------- */

static void *thread(void *arg)
{
	return arg;
}

static void threads(long size)
{
	pthread_t t;

	for (long i = 0; i < size; i++) {
		check(!pthread_create(&t, NULL, thread, NULL));
		check(!pthread_join(t, NULL));
	}
}

static void calls(long size)
{
	for (long i = 0; i < size; i++)
		getppid();
}

/* Floating-point registers that have changed since they were last saved, at each call. */
static void float_calls(long size)
{
	for (long i = 0; i < size; i++) {
		__asm__ volatile("fmv.d.x fa0, %0" : : "r" (i) : "fa0");
		getppid();
	}
}

static volatile long *word;

/* A secret page where there is one, else memory like other: that is what it is compared with. */
static void prepare_secret(long size)
{
	void *page = NULL;

	if (nacc_secret(0, &page))
		page = map(PAGE);
	word = page;
	*word = size;
}

/* Each time it is touched anew since the thread is back in user mode. */
static void secret_calls(long size)
{
	for (long i = 0; i < size; i++) {
		*word = i;
		getppid();
	}
}

/* --- two threads of one process, by turns ------------------------------------------ */

static pthread_t other;

static void yield_often(long size)
{
	for (long i = 0; i < size; i++)
		sched_yield();
}

static void *yield_along(void *size)
{
	char c;

	while (read(to_child[0], &c, 1) == 1)
		yield_often((long)size);
	return NULL;
}

static void schedule(int policy)
{
	struct sched_param param = { .sched_priority = policy == SCHED_FIFO };

	check(!sched_setscheduler(0, policy, &param));
}

/* Of two of one priority who yields lets the other run, each time. */
static void prepare_yield(long size)
{
	check(!pipe(to_child));
	schedule(SCHED_FIFO);
	check(!pthread_create(&other, NULL, yield_along, (void *)size));
}

static void yield_by_turns(long size)
{
	check(write(to_child[1], "", 1) == 1);
	yield_often(size);
}

static void tidy_yield(long size)
{
	close(to_child[1]);
	check(!pthread_join(other, NULL));
	close(to_child[0]);
	schedule(SCHED_OTHER);
	(void)size;
}

const struct work process_works[] = {
	{ "fork", 3, 0, prepare_full, fork_only, tidy_full },
	{ "fork-write", 3, 0, prepare_full, fork_write, tidy_full },
	{ "fork-exec", 3, 20, nothing, fork_exec, nothing },
	{ "exit-16M", 3, 16, prepare_exit, run_exit, nothing },
	{ "exit-64M", 3, 64, prepare_exit, run_exit, nothing },
	{ "exit-256M", 3, 256, prepare_exit, run_exit, nothing },
	{ "switch", 5, 4000, prepare_echo, ping_often, tidy_echo },
	{ "syscall", 3, 50000, nothing, calls, nothing },
	{ "syscall-float", 3, 50000, nothing, float_calls, nothing },
	{ "syscall-secret", 3, 50000, prepare_secret, secret_calls, nothing },
	{ "syscall-kept", 3, 50000, prepare_secret, calls, nothing },
	{ "yield", 3, 10000, prepare_yield, yield_by_turns, tidy_yield },
	{ "thread", 3, 100, nothing, threads, nothing },
};

const size_t nr_process_works = ARRAY_SIZE(process_works);
