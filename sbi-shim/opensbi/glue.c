// SPDX-License-Identifier: BSD-2-Clause
/*
 * The core's state, and what it wants of whoever it runs for.
 */
#include <sbi/riscv_asm.h>
#include "glue.h"

struct nacc_core nacc_state;

/**
 * nacc_phys() - firmware sees physical memory one to one
 * @pa: physical address
 */
void *nacc_phys(nacc_u64 pa)
{
	return (void *)(unsigned long)pa;
}

/**
 * nacc_this_hart() - the hart's ID
 */
nacc_u64 nacc_this_hart(void)
{
	return current_hartid();
}
