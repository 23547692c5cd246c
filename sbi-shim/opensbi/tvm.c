// SPDX-License-Identifier: BSD-2-Clause
/* How a hart comes to be guarded, and ceases to be: mstatus.TVM. */
#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include <sbi/sbi_scratch.h>
#include "gated.h"
#include "glue.h"
#include "hart.h"
#include "mem.h"
#include "roots.h"
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

/* What it had may be none that it may have now. */
static void load_fit(struct nacc_hart *hart)
{
	u64 satp = csr_read(CSR_SATP), fit = nacc_fit_root(&nacc_state, satp);

	nacc_tvm_announce(hart, fit);
	if (fit == satp)
		return;
	csr_write(CSR_SATP, fit);
	nacc_sfence();
}

/* Where the firmware begins: S-mode has no access, whatever it is for. */
static u64 no_tables(void)
{
	return sbi_scratch_thishart_ptr()->fw_start;
}

/*
 * A machine may run just now, or its kernel may be about to go back to it without a look
 * at hgatp, or it has ended long ago: which, only the first can be told. So it gets
 * tables that none can be: where S-mode has no access each walk ends in a fault, which
 * ends the machine. Bare would give it all of memory. Should the guard come to nothing,
 * it gets back what it had.
 */
static void take_guest(struct nacc_hart *hart, const struct sbi_trap_context *tcntx)
{
	u64 hgatp = misa_extension('H') ? csr_read(CSR_HGATP) : 0;

	hart->guest = tcntx && (tcntx->regs.mstatus & MSTATUS_MPV) && hgatp;
	hart->hgatp = hgatp;
	if (hgatp >> HGATP64_MODE_SHIFT)
		csr_write(CSR_HGATP, (hgatp & ~HGATP64_PPN) | no_tables() >> PAGE_SHIFT);
}

static void give_guest(struct nacc_hart *hart)
{
	if (hart->hgatp)
		csr_write(CSR_HGATP, hart->hgatp);
	hart->hgatp = 0;
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

	/* The one that goes back to below M-mode is the last; what it had before is stale. */
	while (tcntx && sbi_mstatus_prev_mode(tcntx->regs.mstatus) == PRV_M)
		tcntx = tcntx->prev_context;
	if (tcntx)
		nacc_gated_update(&nacc_state, &tcntx->regs);
	if (flags == hart->guard || hart->left) {
		hart->resuming = 0;
		if (!hart->guard)
			hart->before = 0;
		return;
	}
	if (flags) {
		if (!hart->guard) {
			if (!hart->resuming)
				hart->before = 0;
			take_guest(hart, tcntx);
		}
		nacc_fast_guard(&nacc_state, &hart->fast);
		load_fit(hart);
		csr_set(CSR_MSTATUS, MSTATUS_TVM);
		hart->can_guard = !!(csr_read(CSR_MSTATUS) & MSTATUS_TVM);
		if (tcntx)
			tcntx->regs.mstatus |= MSTATUS_TVM;
	} else {
		hart->fast.site_insn = 0;
		hart->before = 0;
		give_guest(hart);
		csr_clear(CSR_MSTATUS, MSTATUS_TVM);
		if (tcntx)
			tcntx->regs.mstatus &= ~MSTATUS_TVM;
	}
	hart->resuming = 0;
	__atomic_store_n(&hart->guard, flags, __ATOMIC_RELEASE);
}

/* A kernel has ended, and what has come to be guarded with it. */
static u32 ended;

/**
 * nacc_tvm_end() - a hart has turned translation off: what comes next knows no guard
 * @hart: its state
 *
 * Nor do harts that are started from now on, until roots are guarded anew.
 */
void nacc_tvm_end(struct nacc_hart *hart)
{
	hart->fast.site_insn = 0;
	hart->guard = 0;
	hart->left = 1;
	__atomic_store_n(&ended, 1, __ATOMIC_RELEASE);
}

/**
 * nacc_tvm_begin() - roots are about to be guarded: there is a kernel for it
 */
void nacc_tvm_begin(void)
{
	__atomic_store_n(&ended, 0, __ATOMIC_RELEASE);
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
	hart->left = __atomic_load_n(&ended, __ATOMIC_ACQUIRE);
	/* Who guards roots writes that, and then looks whether a hart may have read it. */
	__atomic_store_n(&hart->joining, 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	nacc_tvm_update(scratch, NULL);
	hart->before = hart->left ? 0 : before;
	nacc_tvm_announce(hart, 0);
}

/**
 * nacc_tvm_stop() - a hart is being stopped
 * @scratch: its scratch space
 */
void nacc_tvm_stop(struct sbi_scratch *scratch)
{
	__atomic_store_n(&nacc_hart_of(scratch)->joining, 0, __ATOMIC_RELAXED);
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
