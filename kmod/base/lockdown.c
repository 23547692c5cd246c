// SPDX-License-Identifier: GPL-2.0
/*
 * Lockdown: a kernel that keeps its memory from root does not tell root either
 * where the tables of others lie, or what they hold.
 */
#include <linux/security.h>

#include "base/base.h"

/**
 * nacc_physical_mask() - what may be shown of physical addresses
 *
 * Each call may be logged by the kernel: once for a file or an ioctl.
 *
 * Context: may sleep.
 * Return: all ones; zero where the kernel is locked down for confidentiality.
 */
u64 nacc_physical_mask(void)
{
	return security_locked_down(LOCKDOWN_KCORE) ? 0 : ~0ULL;
}
