// SPDX-License-Identifier: BSD-2-Clause
/*
 * How much of OpenSBI's heap do harts take for the vector's fast path? ../../opensbi/fast.c,
 * as it is in the firmware, with harts that start one after the other, or some of them at
 * once, each as hungry as OpenSBI 1.6 was seen to be on QEMU's "virt": each must find what it
 * needs.
 *
 *	heap HARTS [AT_ONCE]
 *
 * Prints "ok - ..." and "not ok - ..." lines.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sbi/riscv_locks.h>
#include <sbi/sbi_heap.h>
#include <sbi/sbi_platform.h>
#include <sbi/sbi_tlb.h>

#include "../../opensbi/fast.h"

#define MOST	128

/* For the machine; and for each hart, but for a queue entry for each hart */
#define BOOT_TAKES	(10 << 10)
#define HART_TAKES	2600

struct sbi_heap_control {
	unsigned long left;
} global_hpctrl;
/** last_hartindex_having_scratch - as OpenSBI has it */
u32 last_hartindex_having_scratch;

static struct nacc_fast fast[MOST];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static unsigned long at_once, asked;
static int is_full;

/* Those that come at once ask at once, if they can: who waits for another asks by itself. */
unsigned long sbi_heap_free_space_from(struct sbi_heap_control *heap)
{
	unsigned long left = __atomic_load_n(&heap->left, __ATOMIC_RELAXED), tries;

	if (is_full)
		return 0;
	__atomic_add_fetch(&asked, 1, __ATOMIC_SEQ_CST);
	for (tries = 0; tries < 20 && __atomic_load_n(&asked, __ATOMIC_SEQ_CST) < at_once; tries++)
		usleep(1000);
	return left;
}

void *sbi_aligned_alloc_from(struct sbi_heap_control *heap, size_t alignment, size_t size)
{
	__atomic_sub_fetch(&heap->left, size, __ATOMIC_RELAXED);
	return aligned_alloc(alignment, size);
}

void spin_lock(spinlock_t *lock)
{
	(void)lock;
	pthread_mutex_lock(&mutex);
}

void spin_unlock(spinlock_t *lock)
{
	(void)lock;
	pthread_mutex_unlock(&mutex);
}

static void *come(void *its)
{
	nacc_fast_init(its);
	return NULL;
}

/* Return: do those from @first on have what OpenSBI takes, and come? */
static int all_come(unsigned long first, unsigned long count, unsigned long takes)
{
	pthread_t threads[MOST];
	unsigned long i;

	for (i = first; i < first + count; i++) {
		if (global_hpctrl.left < takes)
			return 0;
		global_hpctrl.left -= takes;
	}
	/* Each of them is counted before the first one asks: there was no room at first. */
	is_full = 1;
	for (i = 0; i < count && count > 1; i++)
		nacc_fast_init(&fast[first + i]);
	is_full = 0;
	at_once = count;
	asked = 0;
	for (i = 0; i < count; i++)
		if (pthread_create(&threads[i], NULL, come, &fast[first + i]))
			abort();
	for (i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	return 1;
}

/*
 * The boot hart, @group of them at once, and the rest. Return: how many of so many harts have
 * room for stores; -1: one could not start.
 */
static int machine(unsigned long harts, unsigned long group)
{
	unsigned long takes = HART_TAKES + SBI_TLB_INFO_SIZE * harts;
	unsigned long queues = SBI_TLB_INFO_SIZE * harts * harts;
	unsigned long i, heap = SBI_PLATFORM_DEFAULT_HEAP_SIZE(harts) + queues;
	int with = 0;

	last_hartindex_having_scratch = harts - 1;
	/* A 16th is OpenSBI's own book-keeping. */
	global_hpctrl.left = heap - heap / 16 - BOOT_TAKES;
	for (i = 0; i < harts; i += i == 1 ? group : 1)
		if (!all_come(i, i == 1 ? group : 1, takes))
			return -1;
	for (i = 0; i < harts; i++)
		with += !!fast[i].last;
	/* They start again, and take nothing. */
	heap = global_hpctrl.left;
	for (i = 0; i < harts; i++)
		if (fast[i].last)
			nacc_fast_init(&fast[i]);
	return heap == global_hpctrl.left ? with : -1;
}

int main(int argc, char **argv)
{
	unsigned long harts = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	unsigned long group = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
	int with;

	/* Each machine is a process of its own: harts are counted for ever. */
	if (!harts || harts > MOST || !group || (group > 1 && group >= harts))
		return 2;
	with = machine(harts, group);
	if (with < 0)
		printf("not ok - %lu harts: one could not start\n", harts);
	else
		printf("ok - %lu harts: %d with room\n", harts, with);
	return with < 0;
}
