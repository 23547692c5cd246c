// SPDX-License-Identifier: GPL-2.0
/*
 * onlyread: a thread writes fs1 once, and only reads it from then on, each time after it has
 * slept in read(2). So the kernel has no reason to think that its registers are dirty. With
 * "vector" for an argument that is v9, and it makes no call at all.
 *
 *	tid	its thread ID
 *	go	what it finds there: "intact" or "changed: VALUE"
 *	writes	... and it writes another register each time before it sleeps
 *	quit
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common.h"

#define HELD	0x1234567887654321UL

static int command[2], finished[2];
static volatile pid_t worker;
static volatile unsigned long seen;
static volatile int writes;
/* Of the other kind: vector registers of 1024 bits at most; how often it has read it */
static int vector;
static volatile unsigned long found[16], rounds;

/* By hand: whatever a compiler makes of it might write other registers. */
static void *work(void *arg)
{
	static char byte;

	worker = syscall(SYS_gettid);
	asm volatile("fmv.d.x	fs1, %4\n"
		     "1:	lw t0, (%7)\n\tbeqz t0, 2f\n\tfmv.d.x ft0, zero\n"
		     "2:	mv a0, %0\n\tmv a1, %2\n\tli a2, 1\n\tli a7, %5\n\tecall\n\t"
		     "fmv.x.d	t0, fs1\n\tsd t0, (%3)\n\t"
		     "mv a0, %1\n\tmv a1, %2\n\tli a2, 1\n\tli a7, %6\n\tecall\n\tj 1b"
		     : : "r"((long)command[0]), "r"((long)finished[1]), "r"(&byte), "r"(&seen),
		     "r"(HELD), "i"(SYS_read), "i"(SYS_write), "r"(&writes)
		     : "t0", "a0", "a1", "a2", "a7", "fs1", "ft0", "memory");
	return arg;
}

/* A whole register is stored: that sets nothing, not even vstart. */
static void *work_vector(void *arg)
{
	worker = syscall(SYS_gettid);
	asm volatile(".option	push\n\t.option arch, +v\n\t"
		     "vsetivli	zero, 1, e64, m1, ta, ma\n\tvmv.s.x v9, %2\n"
		     "1:	vs1r.v v9, (%0)\n\tld t0, (%1)\n\taddi t0, t0, 1\n\t"
		     "sd t0, (%1)\n\tj 1b\n\t.option pop"
		     : : "r"(found), "r"(&rounds), "r"(HELD) : "t0", "memory");
	return arg;
}

/* Long enough for it to be interrupted, and to be off its processor in between */
static void go_vector(void)
{
	unsigned long last = rounds;

	usleep(200000);
	while (rounds - last < 1000)
		usleep(1000);
	seen = found[0];
}

static void go(void)
{
	char c = 'x';

	if (vector) {
		go_vector();
	} else {
		check(write(command[1], &c, 1) == 1);
		check(read(finished[0], &c, 1) == 1);
		/* It sleeps again. */
		usleep(50000);
	}
	if (seen == HELD)
		puts("intact");
	else
		printf("changed: %#lx\n", seen);
}

int main(int argc, char **argv)
{
	pthread_t thread;
	char line[16];

	setlinebuf(stdout);
	check(!pipe(command) && !pipe(finished));
	vector = argc == 2 && !strcmp(argv[1], "vector");
	check(!pthread_create(&thread, NULL, vector ? work_vector : work, NULL));
	usleep(50000);
	printf("ready pid=%d va=0x0\n", getpid());
	while (fgets(line, sizeof(line), stdin)) {
		if (*line == 't')
			printf("waits tid=%d\n", worker);
		writes |= *line == 'w';
		if (*line == 'g' || *line == 'w')
			go();
		if (*line == 'q')
			return 0;
	}
	return 0;
}
