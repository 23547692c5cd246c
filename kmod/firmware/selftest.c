// SPDX-License-Identifier: GPL-2.0
/*
 * The self-test: a store to the region must be refused on every hart (I1). It runs
 * on each hart at load and on each that comes online later. The firmware names a
 * page for it that is never a table, whatever its policy, and counts these stores
 * apart: the self-test is no refusal, and nobody is to blame for it.
 */
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

#include "firmware/firmware.h"

static u64 *place;	/* constant after load */
static cpumask_t passed;
static bool paused;	/* written with CPU hotplug held off */
static enum cpuhp_state state;

/* The fault is caught by the exception table: a refusal is not an oops. */
static noinline bool nacc_selftest_store(u64 value)
{
	__put_kernel_nofault(place, &value, u64, refused);
	return false;
refused:
	return true;
}

static int hart_online(unsigned int cpu)
{
	u64 before;

	/* There is nothing to store to: tried later, by nacc_selftest_again(). */
	if (paused)
		return 0;
	before = READ_ONCE(*place);
	if (nacc_selftest_store(before) && READ_ONCE(*place) == before) {
		cpumask_set_cpu(cpu, &passed);
		return 0;
	}
	pr_err("a store to the pool was not refused on CPU %u: PMP does not protect it\n",
	       cpu);
	return -EIO;
}

static int hart_offline(unsigned int cpu)
{
	cpumask_clear_cpu(cpu, &passed);
	return 0;
}

/**
 * nacc_selftest_passed() - online harts on which the refusal was seen
 */
unsigned int nacc_selftest_passed(void)
{
	return cpumask_weight(&passed);
}

/**
 * nacc_selftest_harts() - online harts
 */
unsigned int nacc_selftest_harts(void)
{
	return num_online_cpus();
}

/**
 * nacc_selftest_init() - test all harts, and from now on each new one
 *
 * A hart that fails does not come online.
 *
 * Context: module load, may sleep.
 * Return: 0; -EIO after one sentence if a hart let the store through, or if the
 * firmware has no page for it.
 */
int __init nacc_selftest_init(void)
{
	phys_addr_t pa = nacc_sbi_info(NACC_INFO_SELFTEST);
	int ret;

	if (!pa) {
		pr_err("the firmware does not say where a store must be refused\n");
		return -EIO;
	}
	place = __va(pa);
	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "nacc:online",
				hart_online, hart_offline);
	if (ret < 0)
		return ret;
	state = ret;
	return 0;
}

/**
 * nacc_selftest_pause() - the pool is about to go: test no hart, count none
 *
 * Context: may sleep.
 */
void nacc_selftest_pause(void)
{
	cpus_read_lock();
	paused = true;
	cpumask_clear(&passed);
	cpus_read_unlock();
}

static long here_again(void *unused)
{
	return hart_online(smp_processor_id());
}

/**
 * nacc_selftest_again() - the pool is back: test all harts, and each new one
 *
 * Context: may sleep.
 * Return: 0, or -EIO after one sentence if a hart let the store through.
 */
int nacc_selftest_again(void)
{
	unsigned int cpu;
	int ret = 0;

	cpus_read_lock();
	paused = false;
	for_each_online_cpu(cpu)
		if (work_on_cpu(cpu, here_again, NULL))
			ret = -EIO;
	cpus_read_unlock();
	return ret;
}

/**
 * nacc_selftest_exit() - stop testing
 */
void nacc_selftest_exit(void)
{
	cpuhp_remove_state_nocalls(state);
}
