// SPDX-License-Identifier: BSD-2-Clause
/*
 * How much of OpenSBI's heap do harts take for the vector's fast path? ../../opensbi/fast.c,
 * as it is in the firmware, with harts that start one after the other, each as hungry as
 * OpenSBI 1.6 was seen to be on QEMU's "virt": each must find what it needs.
 *
 * Prints "ok - ..." and "not ok - ..." lines.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

unsigned long sbi_heap_free_space_from(struct sbi_heap_control *heap)
{
	return heap->left;
}

void *sbi_aligned_alloc_from(struct sbi_heap_control *heap, size_t alignment, size_t size)
{
	heap->left -= size;
	return aligned_alloc(alignment, size);
}

/* Return: how many of so many harts have room for stores; -1: one could not start. */
static int machine(unsigned long harts)
{
	static struct nacc_fast fast[MOST];
	unsigned long queues = SBI_TLB_INFO_SIZE * harts * harts;
	unsigned long i, heap = SBI_PLATFORM_DEFAULT_HEAP_SIZE(harts) + queues;
	int with = 0;

	memset(fast, 0, sizeof(fast));
	last_hartindex_having_scratch = harts - 1;
	/* A 16th is OpenSBI's own book-keeping. */
	global_hpctrl.left = heap - heap / 16 - BOOT_TAKES;
	for (i = 0; i < harts; i++) {
		unsigned long takes = HART_TAKES + SBI_TLB_INFO_SIZE * harts;

		if (global_hpctrl.left < takes)
			return -1;
		global_hpctrl.left -= takes;
		nacc_fast_init(&fast[i]);
		with += !!fast[i].last;
	}
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
	int with;

	/* Each machine is a process of its own: harts are counted for ever. */
	if (!harts || harts > MOST)
		return 2;
	with = machine(harts);
	if (with < 0)
		printf("not ok - %lu harts: one could not start\n", harts);
	else
		printf("ok - %lu harts: %d with room\n", harts, with);
	return with < 0;
}
