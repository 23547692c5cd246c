// SPDX-License-Identifier: BSD-2-Clause
/*
 * Secret pages are opened on a hart, and closed again.
 *
 * OpenSBI has a PMP entry for them by which S- and U-mode may do nothing (platform.c), of a
 * lower number than that of the region around them. What is allowed by it changes here, and
 * nothing else of it.
 *
 * A hart may keep what PMP has said, and the translations that led there: all are forgotten
 * at each change (privileged spec, "Physical Memory Protection and Paging"). So whatever
 * address space comes next with whatever ASID, none of these is left.
 */
#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include <sbi/sbi_hart.h>
#include <sbi/sbi_math.h>
#include <sbi/sbi_scratch.h>
#include "generation.h"
#include "glue.h"
#include "window.h"
#include "state.h"

static u64 base_of(const struct nacc_core *core)
{
	return nacc_secrets_base(&core->layout);
}

static u32 order_of(const struct nacc_core *core)
{
	return log2roundup(core->layout.nr_secrets * NACC_SBI_PAGE_SIZE);
}

/* Is it the entry of the secret pages, closed, and does it not bind M-mode? */
static bool is_entry(const struct nacc_core *core, u32 n)
{
	unsigned long prot, addr, log2len;

	return !pmp_get(n, &prot, &addr, &log2len) && addr == base_of(core) &&
	       log2len == order_of(core) && !(prot & (PMP_R | PMP_W | PMP_X | PMP_L));
}

/**
 * nacc_window_found() - can secret pages be opened on this hart?
 * @core: the core, locked
 * @hart: the current hart, on which they are not open
 *
 * OpenSBI writes PMP entries anew at each start of a hart, so each time they are looked at,
 * first the one that was it last.
 */
bool nacc_window_found(const struct nacc_core *core, struct nacc_hart *hart)
{
	u32 count = sbi_hart_pmp_count(sbi_scratch_thishart_ptr()), n;

	if (!core->layout.nr_secrets)
		return false;
	if (is_entry(core, hart->window))
		return true;
	for (n = 0; n < count; n++) {
		if (!is_entry(core, n))
			continue;
		hart->window = n;
		return true;
	}
	return false;
}

static void set_rights(const struct nacc_core *core, const struct nacc_hart *hart,
		       unsigned long rights)
{
	pmp_set(hart->window, rights, base_of(core), order_of(core));
	nacc_sfence();
}

/**
 * nacc_window_open() - user mode may use what its tables name of secret pages
 * @core: the core, locked
 * @hart: the current hart, on its way to user mode, with no way to S-mode but by user.c;
 *	nacc_window_found()
 */
void nacc_window_open(const struct nacc_core *core, struct nacc_hart *hart)
{
	set_rights(core, hart, PMP_R | PMP_W);
	hart->is_open = true;
}

/**
 * nacc_window_close() - S-mode may run
 * @core: the core
 * @hart: the current hart
 */
void nacc_window_close(const struct nacc_core *core, struct nacc_hart *hart)
{
	if (!hart->is_open)
		return;
	set_rights(core, hart, 0);
	hart->is_open = false;
}
