// SPDX-License-Identifier: BSD-2-Clause
/*
 * Secret pages are opened on a hart, and closed again.
 *
 * OpenSBI has a PMP entry for all of them by which S- and U-mode may do nothing, and one of a
 * lower number that says nothing new (platform.c): the window. It is moved to those of one
 * address space, with leave to read and to write, and back. So whatever tables say, what is
 * open on a hart is never another's.
 *
 * A hart may keep what PMP has said, and the translations that led there: all are forgotten
 * at each change (privileged spec, "Physical Memory Protection and Paging").
 */
#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include <sbi/sbi_hart.h>
#include <sbi/sbi_hfence.h>
#include <sbi/sbi_scratch.h>
#include "generation.h"
#include "glue.h"
#include "window.h"

/* No hart opens any, from when it has next been in M-mode. */
static bool is_over;

/* Is it the window, closed, and does it not bind M-mode? */
static bool is_window(const struct nacc_core *core, u32 n)
{
	unsigned long prot, addr, log2len;

	return !pmp_get(n, &prot, &addr, &log2len) && addr == core->layout.region_base &&
	       log2len == NACC_WINDOW_ORDER &&
	       (prot & (PMP_R | PMP_W | PMP_X | PMP_L)) == PMP_R;
}

/**
 * nacc_window_found() - can secret pages be opened on this hart?
 * @core: the core, locked
 * @hart: the current hart, on which none are open
 *
 * OpenSBI writes PMP entries anew at each start of a hart, so each time they are looked at,
 * first the one that was it last.
 */
bool nacc_window_found(const struct nacc_core *core, struct nacc_hart *hart)
{
	u32 count = sbi_hart_pmp_count(sbi_scratch_thishart_ptr()), n;

	if (!core->layout.nr_secrets || __atomic_load_n(&is_over, __ATOMIC_RELAXED))
		return false;
	if (is_window(core, hart->window))
		return true;
	for (n = 0; n < count; n++) {
		if (!is_window(core, n))
			continue;
		hart->window = n;
		return true;
	}
	return false;
}

/*
 * With H there are translations of virtual machines, too, by whatever root a kernel has left for
 * them: its loads as a guest (HLV) would use what was kept of those.
 */
static void move(const struct nacc_hart *hart, unsigned long rights, u64 pa)
{
	pmp_set(hart->window, rights, pa, NACC_WINDOW_ORDER);
	nacc_sfence();
	if (!misa_extension('H'))
		return;
	__sbi_hfence_gvma_all();
	__sbi_hfence_vvma_all();
}

/**
 * nacc_window_open() - user mode may use secret pages
 * @hart: the current hart, on its way to user mode, with no way to S-mode but by user.c;
 *	nacc_window_found()
 * @pa: those of the address space that it has: nacc_secret_opens()
 */
void nacc_window_open(struct nacc_hart *hart, u64 pa)
{
	/* User mode would have a guest's tables walked, which then would be in what is open. */
	hart->guest_loads = misa_extension('H') ? csr_read_clear(CSR_HSTATUS, HSTATUS_HU) : 0;
	move(hart, PMP_R | PMP_W, pa);
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
	move(hart, PMP_R, core->layout.region_base);
	if (hart->guest_loads & HSTATUS_HU)
		csr_set(CSR_HSTATUS, HSTATUS_HU);
	hart->is_open = false;
}

/**
 * nacc_window_stop() - no more secret pages are opened, by any hart
 *
 * A fence behind it: nor are any open.
 */
void nacc_window_stop(void)
{
	__atomic_store_n(&is_over, true, __ATOMIC_RELAXED);
}
