// SPDX-License-Identifier: BSD-2-Clause
/*
 * Traps: from the trap frame to the validator core and back.
 */
#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include <sbi/sbi_timer.h>
#include <sbi/sbi_unpriv.h>
#include "ecall.h"
#include "fast.h"
#include "gate.h"
#include "gated.h"
#include "glue.h"
#include "hart.h"
#include "roots.h"
#include "satp.h"
#include "secret.h"
#include "state.h"
#include "trap.h"
#include "user.h"
#include "walk.h"

#define NOT_OURS	0
#define HANDLED		1

/* try_again(): this often, if not further apart than a thousandth of a second */
#define RETRY_MAX		4
#define RETRY_PER_SECOND	1000

/*
 * The frame that a store goes to. The linear map is arithmetic; any other
 * mapping of the region is an alias, found by walking. Either way the core gets
 * the physical address and judges the store by that.
 */
static bool store_target(const struct nacc_core *core, u64 va, u64 *pa)
{
	if (nacc_is_locked(core)) {
		*pa = va - core->setup->linear_base;
		if (nacc_in_region(core, *pa))
			return true;
	}
	return nacc_walk(core, csr_read(CSR_SATP), va, pa) &&
	       nacc_in_region(core, *pa);
}

/*
 * Kernel text is contiguous, so it is read where it lies. Only other code
 * (modules, user programs) is read through the page tables of the hart, which
 * costs twenty times as much under emulation (F3).
 */
static __always_inline bool fetch(const struct nacc_core *core, u64 pc, u32 *insn)
{
	const struct nacc_sbi_setup *setup = nacc_is_locked(core) ? core->setup : NULL;
	u64 offset = setup ? pc - setup->image_va : 0;
	struct sbi_trap_info trap;

	if (setup && offset < setup->image_size &&
	    setup->image_size - offset >= 4) {
		const u16 *parcel = nacc_phys(setup->image_pa + offset);

		*insn = parcel[0];
		if ((*insn & 3) == 3)
			*insn |= (u32)parcel[1] << 16;
		return true;
	}

	*insn = sbi_get_insn(pc, &trap);
	return !trap.cause;
}

/* struct sbi_trap_regs starts with x0..x31 in order. */
static unsigned long *reg_of(struct sbi_trap_regs *regs, u32 nr)
{
	return &regs->zero + nr;
}

static u64 sum_of(const struct sbi_trap_regs *regs)
{
	const unsigned long *reg = &regs->zero;
	u64 sum = 0;

	for (u32 i = 0; i < 32; i++)
		sum = (sum << 5 | sum >> 59) ^ reg[i];
	return sum;
}

/*
 * Linux takes a page fault in kernel mode for the first access to a new mapping if
 * there is one that this hart has not seen yet: it fences and returns, and the store
 * is made a second time with every register as it was, by a return from a trap to this
 * very instruction. That is one refusal. It is not taken for granted twice, so a loop
 * is not taken for one store.
 */
static bool is_again(struct nacc_hart *hart, const struct sbi_trap_regs *regs,
		     const struct nacc_access *access)
{
	bool again = hart->refused_pc == access->pc && hart->refused_va == access->va &&
		     csr_read(CSR_SEPC) == access->pc &&
		     hart->refused_regs == sum_of(regs);

	hart->refused_pc = 0;
	return again;
}

static void remember(struct nacc_hart *hart, const struct sbi_trap_regs *regs,
		     const struct nacc_access *access)
{
	if (access->again)
		return;
	hart->refused_pc = access->pc;
	hart->refused_va = access->va;
	hart->refused_regs = sum_of(regs);
}

/* What the kernel runs: in user mode riscv Linux keeps its tp in sscratch. */
static u64 task_of(const struct sbi_trap_regs *regs, u32 supervisor)
{
	return supervisor ? regs->tp : csr_read(CSR_SSCRATCH);
}

/*
 * The hart raised an access fault, but the offender gets a page fault: Linux
 * treats an access fault in kernel mode as it treats an NMI, and a panic of the
 * whole machine is what follows there. A page fault ends the one context, or goes
 * to the exception table (I10).
 */
static void refuse(struct sbi_trap_context *tcntx)
{
	struct sbi_trap_info trap = tcntx->trap;

	trap.cause = CAUSE_STORE_PAGE_FAULT;
	sbi_trap_redirect(&tcntx->regs, &trap);
}

/* What a program gives the kernel to write to, or touches when it must not, is no attack. */
static bool is_own_secret(const struct nacc_core *core, u64 va, u64 pa)
{
	u64 own = nacc_is_secret(core, pa) ? nacc_secret_of(core, csr_read(CSR_SATP)) : 0;

	return own && va - NACC_SECRET_VA < NACC_SECRET_SPAN && pa - own == va - NACC_SECRET_VA;
}

static int store(struct nacc_core *core, struct sbi_trap_context *tcntx, u64 pa)
{
	struct nacc_hart *hart = nacc_hart_of(sbi_scratch_thishart_ptr());
	struct sbi_trap_regs *regs = &tcntx->regs;
	struct nacc_verdict verdict;
	struct nacc_access access;
	unsigned int reason;

	if (is_own_secret(core, tcntx->trap.tval, pa)) {
		refuse(tcntx);
		return HANDLED;
	}
	if (!fetch(core, regs->mepc, &access.insn))
		return NOT_OURS;

	access.pc = regs->mepc;
	access.va = tcntx->trap.tval;
	access.pa = pa;
	access.time = sbi_timer_value();
	access.hart = current_hartid();
	access.supervisor = sbi_mstatus_prev_mode(regs->mstatus) == PRV_S;
	access.task = task_of(regs, access.supervisor);
	access.again = is_again(hart, regs, &access);
	access.decode_reason = nacc_decode(access.insn, &access.decoded);
	access.base = *reg_of(regs, access.decoded.rs1);
	access.operand = *reg_of(regs, access.decoded.rs2);

	reason = nacc_store(core, &access, &verdict);
	if (reason == NACC_REASON_NONE)
		nacc_fast_learn(core, &access);
	if (reason == NACC_REASON_NONE || verdict.skip) {
		/* rd is 0 for plain stores, and x0 for an AMO without result */
		if (access.decoded.rd)
			*reg_of(regs, access.decoded.rd) = verdict.old;
		regs->mepc += access.decoded.length;
	} else if (reason != NACC_STORE_RETRY) {
		remember(hart, regs, &access);
		refuse(tcntx);
	}
	return HANDLED;
}

/*
 * An access fault although A and D are set: either another hart has set them
 * since, or the fault is about something else and will come back at once. Tell
 * them apart by trying again, a few times in a row.
 */
static bool try_again(u64 pc, u64 va)
{
	struct nacc_hart *hart = nacc_hart_of(sbi_scratch_thishart_ptr());
	const struct sbi_timer_device *timer = sbi_timer_get_device();
	u64 window = timer ? timer->timer_freq / RETRY_PER_SECOND : 0;
	u64 now = timer ? sbi_timer_value() : 0;

	if (hart->retry_pc != pc || hart->retry_va != va ||
	    now - hart->retry_time > window)
		hart->retries = 0;

	hart->retry_pc = pc;
	hart->retry_va = va;
	hart->retry_time = now;
	return hart->retries++ < RETRY_MAX;
}

/*
 * The walker needs to set A or D in a frame and may not: an access fault of the
 * original access, whatever that was to (F8).
 */
static int set_ad(struct nacc_core *core, const struct sbi_trap_context *tcntx)
{
	const struct sbi_trap_info *trap = &tcntx->trap;
	int is_store = trap->cause == CAUSE_STORE_ACCESS;
	int is_fetch = trap->cause == CAUSE_FETCH_ACCESS;
	u64 satp = csr_read(CSR_SATP);
	enum nacc_ad_result result;
	u64 va = trap->tval;

	if (!nacc_in_region(core, nacc_satp_root(satp)))
		return NOT_OURS;
	result = nacc_set_ad(core, satp, va, is_store, is_fetch);
	if (result == NACC_AD_NONE ||
	    (result == NACC_AD_SETTLED && !try_again(tcntx->regs.mepc, va)))
		return NOT_OURS;

	__asm__ __volatile__("sfence.vma %0" : : "r"(va) : "memory");
	return HANDLED;
}

static int illegal(struct nacc_core *core, struct sbi_trap_context *tcntx)
{
	u32 insn = tcntx->trap.tval;
	int handled;

	if (!insn && !fetch(core, tcntx->regs.mepc, &insn))
		return NOT_OURS;
	if ((tcntx->regs.mstatus & MSTATUS_TSR) && insn == NACC_INSN_SRET &&
	    sbi_mstatus_prev_mode(tcntx->regs.mstatus) == PRV_S) {
		nacc_user_go(core, &tcntx->regs);
		return HANDLED;
	}
	handled = nacc_satp_trap(core, tcntx);
	if (handled)
		nacc_gated_update(core, &tcntx->regs);
	return handled;
}

/* Whoever it is from */
static int trap_of_any(struct sbi_trap_context *tcntx)
{
	const struct sbi_trap_info *trap = &tcntx->trap;
	struct nacc_core *core = &nacc_state;
	bool may_gate;
	u64 pa;

	if (trap->cause == CAUSE_SUPERVISOR_ECALL) {
		if (tcntx->regs.a7 != NACC_SBI_EID)
			return nacc_gate(core, tcntx);
		/* Of those before it, which are called often, none changes what is gated. */
		may_gate = tcntx->regs.a6 >= NACC_SBI_AS_BIND;
		nacc_ecall_answer(&tcntx->regs);
		if (may_gate)
			nacc_gated_update(core, &tcntx->regs);
		return HANDLED;
	}
	if (trap->cause == CAUSE_ILLEGAL_INSTRUCTION)
		return illegal(core, tcntx);
	if (!nacc_is_set_up(core))
		return NOT_OURS;
	if (trap->cause == CAUSE_STORE_ACCESS &&
	    store_target(core, trap->tval, &pa))
		return store(core, tcntx, pa);
	if (trap->cause != CAUSE_STORE_ACCESS && trap->cause != CAUSE_LOAD_ACCESS &&
	    trap->cause != CAUSE_FETCH_ACCESS)
		return NOT_OURS;
	return set_ad(core, tcntx);
}

/**
 * nacc_trap() - an access fault or illegal instruction from U- or S-mode, or a call of
 *	S-mode; of a gated thread in user mode any trap
 * @tcntx: the trap
 *
 * Never prints: this is the hot path, and its caller may hold the console.
 *
 * Return: 1 if the hart goes on from @tcntx, 0 if the trap is OpenSBI's to
 * handle; @tcntx is unchanged then.
 */
int nacc_trap(struct sbi_trap_context *tcntx)
{
	if (!nacc_hart_of(sbi_scratch_thishart_ptr())->fast.user)
		return trap_of_any(tcntx);
	nacc_user_come(&nacc_state, tcntx, trap_of_any);
	return HANDLED;
}
