// SPDX-License-Identifier: BSD-2-Clause
/* How a hart comes to be guarded, and ceases to be: mstatus.TVM. */
#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include "glue.h"
#include "hart.h"
#include "mem.h"
#include "tvm.h"

/**
 * nacc_tvm_announce() - say what satp of the current hart is about to hold
 * @hart: its state
 * @satp: the value
 *
 * Others see it before anything that this hart sees next.
 */
void nacc_tvm_announce(struct nacc_hart *hart, u64 satp)
{
	__atomic_store_n(&hart->fast.satp, satp, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* A machine that runs just now is seen by who waits; what another has left is nothing. */
static u32 has_guest(const struct sbi_trap_context *tcntx)
{
	if (!misa_extension('H'))
		return 0;
	if (tcntx && (tcntx->regs.mstatus & MSTATUS_MPV) && csr_read(CSR_HGATP))
		return 1;
	csr_write(CSR_HGATP, 0);
	return 0;
}

/**
 * nacc_tvm_update() - the current hart does as it is to be done now
 * @scratch: its scratch space
 * @tcntx: the trap that it is in, or NULL
 */
void nacc_tvm_update(struct sbi_scratch *scratch, struct sbi_trap_context *tcntx)
{
	struct nacc_hart *hart = nacc_hart_of(scratch);
	u64 flags = load64(&nacc_state.guard) & NACC_GUARD_FLAGS;

	if (flags == hart->guard || hart->left)
		return;
	/* The one that goes back to below M-mode is the last; what it had before is stale. */
	while (tcntx && sbi_mstatus_prev_mode(tcntx->regs.mstatus) == PRV_M)
		tcntx = tcntx->prev_context;
	if (flags) {
		if (!hart->guard && !hart->resuming)
			hart->before = 0;
		hart->guest = has_guest(tcntx);
		nacc_fast_guard(&nacc_state, &hart->fast);
		nacc_tvm_announce(hart, csr_read(CSR_SATP));
		csr_set(CSR_MSTATUS, MSTATUS_TVM);
		hart->can_guard = !!(csr_read(CSR_MSTATUS) & MSTATUS_TVM);
		if (tcntx)
			tcntx->regs.mstatus |= MSTATUS_TVM;
	} else {
		hart->fast.site_insn = 0;
		csr_clear(CSR_MSTATUS, MSTATUS_TVM);
		if (tcntx)
			tcntx->regs.mstatus &= ~MSTATUS_TVM;
	}
	hart->resuming = 0;
	__atomic_store_n(&hart->guard, flags, __ATOMIC_RELEASE);
}

/**
 * nacc_tvm_join() - a hart is on its way in, its mstatus and satp as after a reset
 * @scratch: its scratch space
 */
void nacc_tvm_join(struct sbi_scratch *scratch)
{
	struct nacc_hart *hart = nacc_hart_of(scratch);
	u64 before = hart->guard ? hart->fast.satp : 0;

	hart->guard = 0;
	hart->left = 0;
	nacc_tvm_update(scratch, NULL);
	hart->before = before;
	nacc_tvm_announce(hart, 0);
}

/**
 * nacc_tvm_resume() - a hart comes back from a suspend that was not retentive
 * @scratch: its scratch space
 *
 * OpenSBI has yet to set mstatus.
 *
 * Return: whether it must answer a fence before it is in S-mode, and is guarded then.
 */
bool nacc_tvm_resume(struct sbi_scratch *scratch)
{
	struct nacc_hart *hart = nacc_hart_of(scratch);

	if (!hart->guard)
		return false;
	hart->before = hart->fast.satp;
	hart->resuming = 1;
	nacc_tvm_announce(hart, 0);
	hart->guard = 0;
	return true;
}
