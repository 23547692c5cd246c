// SPDX-License-Identifier: GPL-2.0
/*
 * The self-test at load: a store to a frame must be refused on every hart (I1).
 */
#include <linux/cpu.h>
#include <linux/smp.h>
#include <linux/uaccess.h>

#include "nacc.h"

unsigned int nacc_selftest_passed __ro_after_init;
unsigned int nacc_selftest_harts __ro_after_init;

/* The fault is caught by the exception table: a refusal is not an oops. */
static noinline bool nacc_selftest_store(u64 *frame, u64 value)
{
	__put_kernel_nofault(frame, &value, u64, refused);
	return false;
refused:
	return true;
}

static void selftest_hart(void *info)
{
	u64 *frame = __va(nacc_frame_pa(0));
	u64 before = READ_ONCE(*frame);
	atomic_t *passed = info;

	if (nacc_selftest_store(frame, ~before) && READ_ONCE(*frame) == before)
		atomic_inc(passed);
}

/**
 * nacc_selftest() - try a store to the pool on every online hart
 * @passed: out: harts on which it was refused and changed nothing
 * @harts: out: harts that were asked
 *
 * Context: module load, may sleep.
 * Return: 0, or -EIO after one sentence if a hart let it through.
 */
int __init nacc_selftest(unsigned int *passed, unsigned int *harts)
{
	atomic_t count = ATOMIC_INIT(0);

	cpus_read_lock();
	*harts = num_online_cpus();
	on_each_cpu(selftest_hart, &count, 1);
	cpus_read_unlock();
	*passed = atomic_read(&count);
	if (*passed == *harts)
		return 0;
	pr_err("a store to the pool was not refused on %u of %u harts: PMP does not protect it\n",
	       *harts - *passed, *harts);
	return -EIO;
}
