// SPDX-License-Identifier: BSD-2-Clause
/*
 * Per-hart state: the trap vector and who sets A and D bits.
 */
#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include <sbi/sbi_csr_detect.h>
#include <sbi/sbi_error.h>
#include <sbi/sbi_fwft.h>
#include <sbi/sbi_hart.h>
#include "glue.h"

static bool has_room;

/**
 * nacc_hart_of() - the shim's state of a hart
 * @scratch: the hart's scratch space
 */
struct nacc_hart *nacc_hart_of(struct sbi_scratch *scratch)
{
	return sbi_scratch_offset_ptr(scratch, NACC_HART_OFFSET);
}

/**
 * nacc_hart_init() - make room for it, once, on the boot hart
 *
 * OpenSBI deals the scratch space out from its start on, so what is before our
 * place is taken, too.
 *
 * Return: 0 or an error. The room comes zeroed.
 */
int nacc_hart_init(void)
{
	unsigned long first = sbi_scratch_alloc_offset(sizeof(first));

	if (!first || first >= NACC_HART_OFFSET)
		return SBI_ENOMEM;
	sbi_scratch_alloc_offset(NACC_HART_OFFSET - first - sizeof(first));
	has_room = sbi_scratch_alloc_type_offset(struct nacc_hart) == NACC_HART_OFFSET;
	return has_room ? 0 : SBI_ENOMEM;
}

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

static int set_vector(struct nacc_fast *fast)
{
	unsigned long vector = csr_read(CSR_MTVEC);

	/*
	 * The entry passes on to a fixed address, since an indirect jump would
	 * cost a register. Another vector than these two is not understood.
	 */
	if (vector == (unsigned long)_trap_handler) {
		fast->slow = (unsigned long)nacc_trap_slow;
		csr_write(CSR_MTVEC, (unsigned long)nacc_trap_entry);
	} else if (vector == (unsigned long)_trap_handler_hyp) {
		fast->slow = (unsigned long)nacc_trap_slow_hyp;
		csr_write(CSR_MTVEC, (unsigned long)nacc_trap_entry_hyp);
	} else {
		return SBI_ENOTSUPP;
	}
	return 0;
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
	hart->ad = hold_adue();
	hart->walker = nacc_walker_probe(sbi_hartid_to_hartindex(current_hartid()));
	nacc_fence_join(scratch);
	__atomic_store_n(&hart->armed, 1, __ATOMIC_RELEASE);
	return 0;
}

/**
 * nacc_hart_disarm() - the hart is on its way out of S-mode's reach
 * @scratch: its scratch space
 *
 * OpenSBI sets its own vector when the hart comes back, before it arms again.
 */
void nacc_hart_disarm(struct sbi_scratch *scratch)
{
	if (!has_room)
		return;
	__atomic_store_n(&nacc_hart_of(scratch)->armed, 0, __ATOMIC_RELEASE);
}

/**
 * nacc_hart_resume() - the vector is lost in a non-retentive suspend
 *
 * Runs in the warm boot path, after OpenSBI has set its vector.
 */
void nacc_hart_resume(void)
{
	if (set_vector(&nacc_hart_of(sbi_scratch_thishart_ptr())->fast))
		sbi_hart_hang();
}

/**
 * nacc_hart_count() - harts whose traps pass through the shim
 */
unsigned long nacc_hart_count(void)
{
	unsigned long count = 0;
	struct nacc_hart *hart;
	u32 i;

	for (i = 0; i <= sbi_scratch_last_hartindex(); i++) {
		struct sbi_scratch *scratch = sbi_hartindex_to_scratch(i);

		if (!scratch)
			continue;
		hart = nacc_hart_of(scratch);
		count += __atomic_load_n(&hart->armed, __ATOMIC_ACQUIRE);
	}
	return count;
}

/**
 * nacc_hart_walker() - what the walkers of all armed harts do
 */
enum nacc_walker nacc_hart_walker(void)
{
	enum nacc_walker all = NACC_WALKER_UNKNOWN;
	bool any = false;
	u32 i;

	for (i = 0; i <= sbi_scratch_last_hartindex(); i++) {
		struct sbi_scratch *scratch = sbi_hartindex_to_scratch(i);
		struct nacc_hart *hart = scratch ? nacc_hart_of(scratch) : NULL;

		if (!hart || !__atomic_load_n(&hart->armed, __ATOMIC_ACQUIRE))
			continue;
		if (any && hart->walker != all)
			return NACC_WALKER_UNKNOWN;
		all = hart->walker;
		any = true;
	}
	return all;
}
