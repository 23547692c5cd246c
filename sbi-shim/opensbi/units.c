// SPDX-License-Identifier: BSD-2-Clause
/*
 * Floating-point and vector registers of gated threads, lazily.
 *
 * A thread goes to user mode with floating point off. The first instruction that
 * wants it is illegal then, and is made again with the registers that the thread has to have
 * (hand_out()). Whoever has used it goes with it at once the next time, clean, and so is seen
 * to use it or not. fast.hidden has what the kernel said of it: clean or dirty as that was,
 * or dirty since, is what the kernel is told when the thread comes. Vector registers are off
 * only if some were kept, and are dirty from when the thread has them: what is kept is not
 * theirs any more then.
 *
 * What the trap vector does of this itself: turned.S.
 */
#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include "hart.h"
#include "mem.h"
#include "turn.h"
#include "units.h"

#define INSN_SYSTEM		0x73
#define MSTATUS_FS_CLEAN	0x4000UL

/**
 * nacc_units_give_back() - FS and VS as the kernel has them
 * @hart: the current hart
 * @regs: what the hart goes on with, to user mode or not
 */
void nacc_units_give_back(struct nacc_hart *hart, struct sbi_trap_regs *regs)
{
	regs->mstatus |= hart->fast.hidden;
	hart->fast.hidden = 0;
}

/*
 * The thread has floating point from now on, as far as its kernel says that there is any. Of
 * what is not kept the kernel's word holds, once: it is dirty, so that it is kept when the
 * thread comes.
 */
static void hand_out(struct nacc_hart *hart, struct nacc_sbi_context *context,
		     struct sbi_trap_regs *regs)
{
	const struct nacc_sbi_gate *gate = nacc_phys(context->gate);

	if (!(hart->fast.hidden & MSTATUS_FS))
		return;
	if (load32(&gate->mode) & NACC_GATE_PTRACE)
		context->flags &= ~NACC_CONTEXT_FLOAT;
	if (nacc_turn_has_float(context)) {
		csr_set(CSR_MSTATUS, MSTATUS_FS);
		nacc_float_load(context);
	}
	regs->mstatus |= context->flags & NACC_CONTEXT_FLOAT ? MSTATUS_FS_CLEAN : MSTATUS_FS;
}

/* Has the hart vector registers, of the size that is kept? */
static bool has_vlenb(const struct nacc_hart *hart, const struct nacc_sbi_context *context)
{
	return hart->fast.vlenb && hart->fast.vlenb == context->vlenb;
}

/* Likewise, vector registers: what was kept is in them now. */
static void hand_out_vector(struct nacc_hart *hart, struct nacc_sbi_context *context,
			    struct sbi_trap_regs *regs)
{
	if (!(hart->fast.hidden & MSTATUS_VS))
		return;
	csr_set(CSR_MSTATUS, MSTATUS_VS);
	if (nacc_turn_has_vector(context) && has_vlenb(hart, context))
		nacc_vector_load(context);
	context->flags &= ~NACC_CONTEXT_VECTOR;
	regs->mstatus |= MSTATUS_VS;
}

/* What of mstatus an illegal instruction may have wanted; where mtval is not it, it is zero. */
static u64 wanted(u64 insn)
{
	u64 csr = insn >> 20;

	if ((insn & 0x7f) != INSN_SYSTEM)
		return MSTATUS_FS | MSTATUS_VS;
	if (csr >= CSR_FFLAGS && csr <= CSR_FCSR)
		return MSTATUS_FS;
	/* vstart to vcsr; vl, vtype, vlenb */
	if ((csr >= CSR_VSTART && csr <= CSR_VSTART + 7) || (csr >= CSR_VL && csr <= CSR_VLENB))
		return MSTATUS_VS;
	return 0;
}

/**
 * nacc_units_wanted() - was it for want of something hidden?
 * @hart: the current hart
 * @context: of the thread that comes
 * @trap: the trap
 * @regs: out: with all that it has wanted
 *
 * Return: true: the instruction is made again.
 */
bool nacc_units_wanted(struct nacc_hart *hart, struct nacc_sbi_context *context,
		       const struct sbi_trap_info *trap, struct sbi_trap_regs *regs)
{
	u64 hidden = hart->fast.hidden & wanted(trap->tval);
	bool wants_float = (hidden & MSTATUS_FS) && !(regs->mstatus & MSTATUS_FS);
	bool wants_vector = (hidden & MSTATUS_VS) && !(regs->mstatus & MSTATUS_VS);

	if (trap->cause != CAUSE_ILLEGAL_INSTRUCTION || !(wants_float || wants_vector))
		return false;
	if (wants_float) {
		hand_out(hart, context, regs);
		context->flags |= NACC_CONTEXT_FLOAT_USED;
	}
	if (wants_vector)
		hand_out_vector(hart, context, regs);
	return true;
}

static void keep_float(struct nacc_sbi_context *context, const struct sbi_trap_regs *regs)
{
	if ((regs->mstatus & MSTATUS_FS) == MSTATUS_FS) {
		nacc_float_save(context);
		context->flags |= NACC_CONTEXT_FLOAT | NACC_CONTEXT_FLOAT_USED;
	} else if (regs->mstatus & MSTATUS_FS) {
		/* A flag may have been raised all the same: turned.S */
		store64(&context->fcsr, csr_read(CSR_FCSR));
	}
}

/* A system call leaves nothing of them. */
static void keep_vector(const struct nacc_hart *hart, struct nacc_sbi_context *context,
			const struct sbi_trap_regs *regs)
{
	if ((regs->mstatus & MSTATUS_VS) != MSTATUS_VS || context->cause == CAUSE_USER_ECALL ||
	    !has_vlenb(hart, context))
		return;
	nacc_vector_save(context);
	context->flags |= NACC_CONTEXT_VECTOR;
}

/**
 * nacc_units_keep() - what a thread has in other registers, before the kernel has them
 * @hart: the current hart
 * @context: of the thread that comes, with the cause
 * @regs: its registers; mstatus as the trap left it
 *
 * What is clean is what was kept last.
 */
void nacc_units_keep(const struct nacc_hart *hart, struct nacc_sbi_context *context,
		     const struct sbi_trap_regs *regs)
{
	keep_float(context, regs);
	keep_vector(hart, context, regs);
}

/**
 * nacc_units_hide() - a thread goes to user mode without what it has not used last
 * @hart: the current hart
 * @context: of the thread
 * @regs: in, out: what it goes with; mstatus as S-mode has left it
 */
void nacc_units_hide(struct nacc_hart *hart, struct nacc_sbi_context *context,
		     struct sbi_trap_regs *regs)
{
	hart->fast.hidden = regs->mstatus & MSTATUS_FS;
	if (nacc_turn_has_vector(context))
		hart->fast.hidden |= regs->mstatus & MSTATUS_VS;
	else if ((regs->mstatus & MSTATUS_VS) && context->cause != CAUSE_USER_ECALL)
		regs->mstatus |= MSTATUS_VS;
	regs->mstatus &= ~hart->fast.hidden;
	if ((context->flags & (NACC_CONTEXT_FLOAT | NACC_CONTEXT_FLOAT_USED)) != NACC_CONTEXT_FLOAT)
		hand_out(hart, context, regs);
	context->flags &= ~NACC_CONTEXT_FLOAT_USED;
}
