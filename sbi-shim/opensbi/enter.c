// SPDX-License-Identifier: BSD-2-Clause
/*
 * Where the shim enters OpenSBI's boot, whatever the platform: it takes nobody's place.
 *
 * A platform has its own functions (a platform override, OpenSBI 1.6; operations that
 * its driver has changed, 1.8). When OpenSBI has chosen them, all of that is behind one
 * table of operations; the shim's copy of it calls the shim and then, or before, the
 * platform. An HSM device, of which there can be but one, is shared in the same way.
 *
 * The linker sends calls of a few functions of OpenSBI by here (--wrap, objects.mk):
 * no file of OpenSBI's is changed.
 */
#include <sbi/riscv_barrier.h>
#include <sbi/sbi_hsm.h>
#include <sbi/sbi_platform.h>
#include <sbi/sbi_system.h>
#include <sbi_utils/fdt/fdt_helper.h>
#include "enter.h"
#include "generation.h"
#include "platform.h"

static const struct sbi_platform_operations *theirs;
static struct sbi_platform_operations ours;

/* The HSM device that OpenSBI knows */
static struct sbi_hsm_device shared = {
	.name = "nacc",
	.hart_resume = nacc_enter_resume,
};

static int early_init(bool cold_boot)
{
	int rc = theirs->early_init ? theirs->early_init(cold_boot) : 0;

	if (!rc && cold_boot)
		nacc_platform_early(fdt_get_address());
	return rc;
}

static int final_init(bool cold_boot)
{
	/* First ours: the platform's ends with what the device tree says of reserved memory. */
	int rc = nacc_platform_final(cold_boot, fdt_get_address_rw());

	if (cold_boot && nacc_platform_is_on())
		__real_sbi_hsm_set_device(&shared);
	if (rc || !theirs->final_init)
		return rc;
	return theirs->final_init(cold_boot);
}

static void final_exit(void)
{
	nacc_platform_exit();
	if (theirs->final_exit)
		theirs->final_exit();
}

/**
 * __wrap_sbi_init() - a hart comes to OpenSBI, with the platform chosen
 * @scratch: its scratch space
 *
 * Each hart at each of its starts, several at once: one of them makes the copy, and none
 * goes on without it. Who makes it waits for nobody.
 */
void __noreturn __wrap_sbi_init(struct sbi_scratch *scratch)
{
	static u32 begun;

	if (!__atomic_exchange_n(&begun, 1, __ATOMIC_RELAXED)) {
		theirs = (const struct sbi_platform_operations *)platform.platform_ops_addr;
		ours = *theirs;
		ours.early_init = early_init;
		ours.final_init = final_init;
		ours.final_exit = final_exit;
		/* Pairs with the load below. */
		__atomic_store_n(&platform.platform_ops_addr, (unsigned long)&ours,
				 __ATOMIC_RELEASE);
	}
	while (__atomic_load_n(&platform.platform_ops_addr, __ATOMIC_ACQUIRE) !=
	       (unsigned long)&ours)
		cpu_relax();
	__real_sbi_init(scratch);
}

/**
 * __wrap_sbi_scratch_init() - from now on scratch space can be had
 * @scratch: that of the boot hart
 *
 * Return: OpenSBI's.
 */
int __wrap_sbi_scratch_init(struct sbi_scratch *scratch)
{
	int rc = __real_sbi_scratch_init(scratch);

	/* There is no domain yet that could be asked for the tree. */
	if (!rc)
		nacc_platform_room((const void *)scratch->next_arg1);
	return rc;
}

/* --- what a suspend has lost --------------------------------------------------------- */

static const struct sbi_hsm_device *their_device;

/**
 * nacc_enter_resume() - a hart is back from a suspend that was not retentive
 *
 * That runs none of the platform's operations, but asks the HSM device to restore what
 * was lost.
 */
void nacc_enter_resume(void)
{
	if (their_device && their_device->hart_resume)
		their_device->hart_resume();
	nacc_platform_resume();
}

/**
 * __wrap_sbi_hsm_set_device() - a platform has an HSM device
 * @dev: the device
 *
 * OpenSBI keeps the first that it is told of, and that is @shared, whoever comes first:
 * the platform's functions come to stand in it.
 */
void __wrap_sbi_hsm_set_device(const struct sbi_hsm_device *dev)
{
	if (!dev || their_device)
		return;
	their_device = dev;
	shared = *dev;
	shared.hart_resume = nacc_enter_resume;
	__real_sbi_hsm_set_device(&shared);
}

#ifdef NACC_SYSTEM_RESUMES
/** __wrap_sbi_system_resume() - likewise, of the whole system */
void __wrap_sbi_system_resume(void)
{
	__real_sbi_system_resume();
	nacc_platform_resume();
}
#endif

/**
 * __wrap_sbi_system_reset() - the machine is reset, and that is not a question any more
 * @type: as OpenSBI has looked at it
 * @reason: likewise
 *
 * A call that is refused does not get here, and changes nothing.
 */
void __noreturn __wrap_sbi_system_reset(u32 type, u32 reason)
{
	nacc_platform_reset();
	__real_sbi_system_reset(type, reason);
}
