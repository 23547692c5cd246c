// SPDX-License-Identifier: BSD-2-Clause
/*
 * The SBI extension: hart-local answers and FENCE here, the rest in the core.
 *
 * OpenSBI's dispatcher copies out->value into a1 for every extension but the
 * legacy ones, whatever the error, so a reason travels beside it. Errors reach a0
 * unchanged from 0 down to BAD_RANGE (-11), the last that the core uses.
 */
#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include <sbi/sbi_ecall.h>
#include <sbi/sbi_scratch.h>
#include <sbi/sbi_timer.h>
#include <sbi/sbi_trap.h>
#include "audit.h"
#include "ecall.h"
#include "entry.h"
#include "evidence.h"
#include "fence.h"
#include "gate.h"
#include "glue.h"
#include "hart.h"
#include "satp.h"

_Static_assert(NACC_FID_FENCE == (int)NACC_SBI_FENCE &&
	       NACC_FID_GUARD == (int)NACC_SBI_GUARD, "entry.S passes on what it should not");

/* Not beside events of SSE: gate.c */
static struct nacc_ret open_gate(struct nacc_core *core, const struct nacc_call *call)
{
	struct nacc_ret ret = nacc_ecall(core, call);
	const struct nacc_call close = {
		.fid = NACC_SBI_GATE_CLOSE,
		.arg = { ret.value },
		.satp = call->satp,
	};

	if (ret.error || (!nacc_gate_has_events() && misa_extension('D')))
		return ret;
	nacc_ecall(core, &close);
	return (struct nacc_ret){ .error = NACC_SBI_ERR_NOT_SUPPORTED,
				  .value = NACC_REASON_AS_STATE };
}

static struct nacc_ret dispatch(struct nacc_core *core,
				const struct nacc_call *call)
{
	struct nacc_ret ret = { .error = NACC_SBI_SUCCESS };

	if (call->fid == NACC_SBI_FENCE) {
		ret = nacc_fence(core);
	} else if (call->fid == NACC_SBI_GUARD) {
		ret = nacc_satp_guard(core, call);
	} else if (call->fid == NACC_SBI_SWITCH) {
		ret = nacc_satp_switch(core, call);
	} else if (call->fid == NACC_SBI_GET_INFO &&
		   call->arg[0] == NACC_INFO_AD) {
		ret.value = nacc_hart_of(sbi_scratch_thishart_ptr())->ad;
	} else if (call->fid == NACC_SBI_GET_INFO &&
		   call->arg[0] == NACC_INFO_HARTS) {
		ret.value = nacc_hart_count();
	} else if (call->fid == NACC_SBI_GET_INFO &&
		   call->arg[0] == NACC_INFO_WALKER) {
		ret.value = nacc_hart_walker();
	} else if (call->fid == NACC_SBI_GET_INFO &&
		   call->arg[0] == NACC_INFO_INVAL) {
		ret.value = nacc_hart_inval();
	} else if (call->fid == NACC_SBI_GET_INFO &&
		   call->arg[0] == NACC_INFO_WITHHELD) {
		ret.value = nacc_gate_withheld(call->arg[1]);
	} else if (call->fid == NACC_SBI_GET_INFO &&
		   call->arg[0] == NACC_INFO_REFUSED) {
		ret.value = nacc_satp_refused(call->arg[1]);
	} else if (call->fid == NACC_SBI_GET_INFO &&
		   call->arg[0] == NACC_INFO_SATP) {
		ret = nacc_satp_of(call->arg[1]);
	} else if (call->fid == NACC_SBI_GET_INFO &&
		   call->arg[0] == NACC_INFO_EVIDENCE) {
		ret.value = nacc_evidence_key();
	} else if (call->fid == NACC_SBI_REPORT_BEGIN || call->fid == NACC_SBI_REPORT) {
		ret = nacc_evidence_call(core, call);
	} else if (call->fid == NACC_SBI_GATE_OPEN) {
		return open_gate(core, call);
	} else {
		return nacc_ecall(core, call);
	}

	/* nacc_ecall() counts the others */
	__atomic_fetch_add(&core->stats[NACC_STAT_ECALLS], 1, __ATOMIC_RELAXED);
	return ret;
}

/* Whoever asks for a change of what is sealed wants to be seen. */
static void record(const struct sbi_trap_regs *regs, const struct nacc_call *call)
{
	struct nacc_sbi_audit audit = {
		.time = sbi_timer_value(),
		.pc = regs->mepc,
		.reason = NACC_REASON_SEALED,
		.hart = current_hartid(),
		.task = regs->tp,
	};

	nacc_audit_call(&nacc_state, call, &audit);
}

static struct nacc_ret answer(const struct sbi_trap_regs *regs)
{
	const struct nacc_call call = {
		.fid = regs->a6,
		.arg = { regs->a0, regs->a1, regs->a2,
			 regs->a3, regs->a4, regs->a5 },
		.satp = csr_read(CSR_SATP),
	};
	struct nacc_ret ret = dispatch(&nacc_state, &call);

	if (ret.error && ret.value == NACC_REASON_SEALED)
		record(regs, &call);
	return ret;
}

/* What the vector passes on: FENCE and GUARD. */
static int handle(unsigned long extid, unsigned long funcid,
		  struct sbi_trap_regs *regs, struct sbi_ecall_return *out)
{
	struct nacc_ret ret = answer(regs);

	(void)extid;
	(void)funcid;
	out->value = ret.value;
	return ret.error;
}

/**
 * nacc_ecall_answer() - a call of the extension, before OpenSBI looks for who it is for
 * @regs: the caller's registers
 */
void nacc_ecall_answer(struct sbi_trap_regs *regs)
{
	struct nacc_ret ret = answer(regs);

	regs->a0 = ret.error;
	regs->a1 = ret.value;
	regs->mepc += ECALL_LENGTH;
}

static struct sbi_ecall_extension extension = {
	.name = "nacc",
	.extid_start = NACC_SBI_EID,
	.extid_end = NACC_SBI_EID,
	.experimental = true,
	.handle = handle,
};

/**
 * nacc_ecall_init() - register the extension, once, on the boot hart
 *
 * Return: 0 or an error.
 */
int nacc_ecall_init(void)
{
	return sbi_ecall_register_extension(&extension);
}
