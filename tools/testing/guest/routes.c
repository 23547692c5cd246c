// SPDX-License-Identifier: GPL-2.0
/*
 * routes [--rounds N] [--seed S] [--only NAME] [--device PATH]: what the batched
 * routes do, with partners that get in their way, and the outcome checked: data,
 * pages present and in swap, and page tables that are left.
 *
 * What it prints depends on seed and rounds alone, so that a marked process must
 * print what an unmarked one does.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <unistd.h>

#include "common.h"
#include "routes.h"

const char *block_device;
long note;
static __thread sigjmp_buf back;
static __thread volatile int may_fault;

static void on_fault(int sig)
{
	if (may_fault)
		siglongjmp(back, sig);
	/* Someone will allow the access again: until then it is tried again. */
}

int read_faults(const char *at)
{
	int fault = sigsetjmp(back, 1);

	may_fault = 1;
	if (!fault)
		(void)*(const volatile char *)at;
	may_fault = 0;
	return fault;
}

int write_faults(char *at)
{
	int fault = sigsetjmp(back, 1);

	may_fault = 1;
	if (!fault)
		__atomic_fetch_or((unsigned int *)at, 0, __ATOMIC_SEQ_CST);
	may_fault = 0;
	return fault;
}

char *map_small(size_t len)
{
	char *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	check(at != MAP_FAILED && !madvise(at, len, MADV_NOHUGEPAGE));
	return at;
}

size_t pages_of(const char *at, size_t len)
{
	size_t seen = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY);
	uint64_t entry[512];

	check(fd >= 0);
	for (size_t page = 0; page < len / PAGE; page += ARRAY_SIZE(entry)) {
		size_t nr = len / PAGE - page;

		if (nr > ARRAY_SIZE(entry))
			nr = ARRAY_SIZE(entry);
		check(pread(fd, entry, nr * 8, ((uintptr_t)at / PAGE + page) * 8) ==
		      (ssize_t)nr * 8);
		for (size_t i = 0; i < nr; i++)
			seen += entry[i] >> 62 != 0;
	}
	check(!close(fd));
	return seen;
}

/* Not always the same word of a page. */
static uint64_t *word_of(const char *page, uint64_t value)
{
	return (uint64_t *)page + value / PAGE % (PAGE / 8);
}

void stamp(char *at, size_t len, uint64_t key)
{
	for (size_t i = 0; i < len; i += PAGE)
		*word_of(at + i, key + i) = key + i;
}

int stamped(const char *at, size_t len, uint64_t key)
{
	for (size_t i = 0; i < len; i += PAGE)
		if (*word_of(at + i, key + i) != key + i)
			return 0;
	return 1;
}

int stamps_gone(const char *at, size_t len)
{
	for (size_t i = 0; i < len; i += PAGE)
		if (!all_zero(at + i, PAGE))
			return 0;
	return 1;
}

/* kB of page tables, exactly. */
static long table_size(void)
{
	FILE *status = fopen("/proc/self/status", "r");
	char line[128];
	long size = -1;

	check(status);
	while (size < 0 && fgets(line, sizeof(line), status))
		sscanf(line, "VmPTE: %ld kB", &size);
	fclose(status);
	check(size > 0);
	return size;
}

/* The same addresses each time: which table holds what is to be the same. */
static void same_addresses(char **argv)
{
	int now = personality(0xffffffff);

	if (now & ADDR_NO_RANDOMIZE)
		return;
	check(personality(now | ADDR_NO_RANDOMIZE) >= 0);
	execv("/proc/self/exe", argv);
	die("/proc/self/exe cannot be executed");
}

static void *nothing(void *arg)
{
	return arg;
}

/* What the first thread maps for good is not to be seen as a step's. */
static void have_had_a_thread(void)
{
	pthread_t thread;

	check(!pthread_create(&thread, NULL, nothing, NULL) && !pthread_join(thread, NULL));
}

static void run(const struct route_step *step, size_t nr, uint64_t *state, const char *only)
{
	for (size_t i = 0; i < nr; i++) {
		long before = table_size();

		if (only && strcmp(only, step[i].name))
			continue;
		/* Non-zero, and different stamps for different pages. */
		step[i].run((next_random(state) & ~0xfffffffUL) | 1);
		printf("%s: right, page tables %+ld kB", step[i].name, table_size() - before);
		/* What others may change is compared only where a step is alone. */
		if (only)
			printf(", %ld pages", note);
		printf("\n");
		note = 0;
	}
}

int main(int argc, char **argv)
{
	struct sigaction act = { .sa_handler = on_fault, .sa_flags = SA_NODEFER };
	long rounds = option(argc, argv, "--rounds", 3);
	uint64_t state = option(argc, argv, "--seed", 1);
	const char *only = NULL;

	same_addresses(argv);
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 1; i + 1 < argc; i++) {
		if (!strcmp(argv[i], "--only"))
			only = argv[i + 1];
		else if (!strcmp(argv[i], "--device"))
			block_device = argv[i + 1];
	}
	check(state && !sigaction(SIGSEGV, &act, NULL) && !sigaction(SIGBUS, &act, NULL));
	have_had_a_thread();
	for (long n = 0; n < rounds; n++) {
		run(anon_steps, nr_anon_steps, &state, only);
		run(shared_steps, nr_shared_steps, &state, only);
	}
	printf("routes: %ld rounds\n", rounds);
	return 0;
}
