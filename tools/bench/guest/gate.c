// SPDX-License-Identifier: GPL-2.0
/* Works that only a gate makes different, for the suite's part about that. */
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"

static char *area;

/* As "syscall", but behind a list of system calls, which has this one */
static void listed_calls(long size)
{
	for (long i = 0; i < size; i++)
		getppid();
}

static void prepare_area(long size)
{
	area = map(SPAN + 2 * MEGA);
	area += -(uintptr_t)area & (2 * MEGA - 1);
	(void)size;
}

/* Vector registers have changed at each fault: on harts with V only. */
static void touch_with_vectors(long size)
{
	for (size_t i = 0; i < SPAN; i += PAGE) {
		__asm__ volatile(".option push\n\t"
				 ".option arch, +v\n\t"
				 "vsetivli zero, 1, e64, m1, ta, ma\n\t"
				 "vmv.v.x v8, %0\n\t"
				 ".option pop" : : "r" (i));
		*(volatile char *)&area[i] = 1;
	}
	(void)size;
}

static void unmap(long size)
{
	check(!munmap(area, SPAN));
	(void)size;
}

static void nothing(long size)
{
	(void)size;
}

const struct work gate_works[] = {
	{ "syscall-list", 3, 50000, nothing, listed_calls, nothing },
	{ "fault-vector", 3, 0, prepare_area, touch_with_vectors, unmap },
};

const size_t nr_gate_works = ARRAY_SIZE(gate_works);
