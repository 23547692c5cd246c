// SPDX-License-Identifier: BSD-2-Clause
/*
 * Taking over a hart: the trap vector, who sets A and D bits, what cbo.inval does.
 */
#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include <sbi/sbi_csr_detect.h>
#include <sbi/sbi_error.h>
#include <sbi/sbi_fwft.h>
#include <sbi/sbi_hart.h>
#include <sbi/sbi_trap.h>
#include "arm.h"
#include "entry.h"
#include "fast.h"
#include "fence.h"
#include "hart.h"
#include "probe.h"
#include "tvm.h"
#include "walker.h"

/*
 * Hold menvcfg.ADUE at zero, so that the walker faults instead of writing into
 * R-only frames, which harts do differently (F8). OpenSBI's mstatus_init() has
 * run by now; it is run again on resume, after which OpenSBI restores the
 * menvcfg of before the suspend, that is ours.
 *
 * S-mode could ask for ADUE through the FWFT extension: its lock, which
 * OpenSBI opens at each start of a hart, is closed. Where FWFT does not know the
 * feature (no Svadu in the device tree) it cannot be set either.
 */
static enum nacc_ad hold_adue(void)
{
	struct sbi_trap_info trap = { 0 };
	unsigned long old, set;

	old = csr_read_allowed(CSR_MENVCFG, &trap);
	if (trap.cause)
		return NACC_AD_FIXED;

	csr_write(CSR_MENVCFG, old | ENVCFG_ADUE);
	set = csr_read(CSR_MENVCFG);
	csr_write(CSR_MENVCFG, old & ~ENVCFG_ADUE);
	if (!(set & ENVCFG_ADUE) || (csr_read(CSR_MENVCFG) & ENVCFG_ADUE))
		return NACC_AD_FIXED;

	sbi_fwft_set(SBI_FWFT_PTE_AD_HW_UPDATING, 0, SBI_FWFT_SET_FLAG_LOCK);
	return NACC_AD_FAULT;
}

/*
 * cbo.inval asks for no more than the right to read, and what it throws away may be
 * an entry that M-mode has written and no cache has written back. So it is made a
 * flush, the remedy that the CMO extension names (CBIE = 01), which is all that an
 * invalidation promises besides; a hart that cannot do that lets it trap.
 *
 * Nothing but menvcfg decides for S-mode, and OpenSBI saves and restores that as it
 * does ADUE: see there.
 */
static enum nacc_inval hold_cbie(void)
{
	struct sbi_trap_info trap = { 0 };
	unsigned long old = csr_read_allowed(CSR_MENVCFG, &trap) & ~ENVCFG_CBIE;

	if (trap.cause)
		return NACC_INVAL_NONE;
	csr_write(CSR_MENVCFG, old | ENVCFG_CBIE_FLUSH << ENVCFG_CBIE_SHIFT);
	switch ((csr_read(CSR_MENVCFG) & ENVCFG_CBIE) >> ENVCFG_CBIE_SHIFT) {
	case ENVCFG_CBIE_FLUSH:
		return NACC_INVAL_FLUSHES;
	case ENVCFG_CBIE_ILL:
		return NACC_INVAL_NONE;
	}
	csr_write(CSR_MENVCFG, old);
	return csr_read(CSR_MENVCFG) & ENVCFG_CBIE ? NACC_INVAL_DISCARDS : NACC_INVAL_NONE;
}

/*
 * The shim's vector in place of the one that the hart has, or 0. The entry passes on to
 * a fixed address, since an indirect jump would cost a register. Another vector than
 * these is not understood.
 */
static unsigned long find_vector(struct nacc_fast *fast)
{
	unsigned long vector = csr_read(CSR_MTVEC);

	fast->slow = (unsigned long)nacc_trap_slow;
	fast->pass = (unsigned long)nacc_trap_pass;
	if (vector == (unsigned long)_trap_handler)
		return (unsigned long)nacc_trap_entry;
#ifdef CONFIG_THEAD_C9XX_ERRATA
	if (vector == (unsigned long)_thead_tlb_flush_fixup_trap_handler)
		return (unsigned long)nacc_trap_entry_c9xx;
#endif
	fast->slow = (unsigned long)nacc_trap_slow_hyp;
	fast->pass = (unsigned long)nacc_trap_pass_hyp;
	return vector == (unsigned long)_trap_handler_hyp ?
	       (unsigned long)nacc_trap_entry_hyp : 0;
}

static int set_vector(struct nacc_fast *fast)
{
	unsigned long vector = find_vector(fast);

	if (!vector)
		return SBI_ENOTSUPP;
	csr_write(CSR_MTVEC, vector);
	return 0;
}

/**
 * nacc_hart_known() - can the current hart be armed?
 * @scratch: its scratch space
 */
bool nacc_hart_known(struct sbi_scratch *scratch)
{
	return find_vector(&nacc_hart_of(scratch)->fast);
}

/**
 * nacc_hart_arm() - let the current hart's traps pass through the shim
 * @scratch: its scratch space
 *
 * Return: 0, or an error if its trap vector is not OpenSBI's.
 */
int nacc_hart_arm(struct sbi_scratch *scratch)
{
	struct nacc_hart *hart = nacc_hart_of(scratch);
	int rc = set_vector(&hart->fast);

	if (rc)
		return rc;
	nacc_fast_init(&hart->fast);
	hart->has_triggers = 0;	/* as OpenSBI's own */
	hart->ad = hold_adue();
	hart->inval = hold_cbie();
	hart->fast.vlenb = nacc_probe_vlenb();
	hart->walker = nacc_walker_probe(sbi_hartid_to_hartindex(current_hartid()));
	nacc_tvm_join(scratch);
	nacc_fence_join(scratch);
	__atomic_store_n(&hart->armed, 1, __ATOMIC_RELEASE);
	return 0;
}

/**
 * nacc_hart_resume() - the vector is lost in a non-retentive suspend
 *
 * Runs in the warm boot path, after OpenSBI has set its vector.
 */
void nacc_hart_resume(void)
{
	struct sbi_scratch *scratch = sbi_scratch_thishart_ptr();

	if (set_vector(&nacc_hart_of(scratch)->fast))
		sbi_hart_hang();
	if (nacc_tvm_resume(scratch))
		nacc_fence_resume();
}
