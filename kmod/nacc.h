/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nacc.ko: what every file of the module needs.
 *
 * The module is a house with floors: user, domain, routes, hook, tables, firmware,
 * base, from the top down. Each has one header as its door, and uses its own
 * floor and those below (tools/vm/floors checks it).
 *
 * Locks, outermost first:
 *   system_lock               the system profile is turned on or off
 *   gate_lock                 what is hooked for gates, and how many there are: for a moment
 *   signal->cred_guard_mutex  keeps exec out while a live process is marked
 *   arm_lock                  the first mark arms, after the last one disarms
 *   nacc_hook_lock            what is hooked, and how; no replacement takes it
 *   finish_lock               promotions are being finished
 *   mm->mmap_lock (write)     one promotion or demotion of an mm at a time
 *   mm_take_all_locks()       every rmap and fault path of the mm
 *   traced_lock               whether the kernel counts system calls for somebody
 *   nacc_domain_lock          domains, marked address spaces, their counts
 *   domain->counting          frames of a domain being counted
 *   nacc_pool.lock            frames changing between free, armed and in use
 * A holder of nacc_domain_lock never waits for mmap_lock.
 */
#ifndef NACC_H
#define NACC_H

#undef pr_fmt
#define pr_fmt(fmt) "nacc: " fmt

#include <linux/types.h>
#include <linux/nacc.h>

#include "nacc_sbi.h"

#define NACC_VERSION		"0.1.0"
#define NACC_MAX_LEVELS		5

#endif /* NACC_H */
