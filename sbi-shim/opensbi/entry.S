/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The trap vector of a guarded hart.
 *
 * Fetch, load and store access faults from U- or S-mode (and not from a virtual
 * machine) go to nacc_trap(). Everything else reaches OpenSBI's vector with each
 * register and CSR as the trap left it, at the cost of ten instructions.
 *
 * OpenSBI's conventions (firmware/fw_base.S) hold: mscratch points to the
 * hart's scratch space, the stack for traps from below M-mode ends there, and
 * the frame is a struct sbi_trap_context.
 */
#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include <sbi/sbi_scratch.h>
#include <sbi/sbi_trap.h>

#if __riscv_xlen != 64
#error "NACC needs RV64"
#endif

#define INFO(x)	(SBI_TRAP_REGS_SIZE + SBI_TRAP_INFO_OFFSET(x))
#define REG(x)	SBI_TRAP_REGS_OFFSET(x)

#define MSTATUS_MPV_BIT	39

/* Apply \op to all general registers but zero, sp, t0 and a0 */
.macro	NACC_REGS op base
	\op	ra, REG(ra)(\base)
	\op	gp, REG(gp)(\base)
	\op	tp, REG(tp)(\base)
	\op	t1, REG(t1)(\base)
	\op	t2, REG(t2)(\base)
	\op	s0, REG(s0)(\base)
	\op	s1, REG(s1)(\base)
	\op	a1, REG(a1)(\base)
	\op	a2, REG(a2)(\base)
	\op	a3, REG(a3)(\base)
	\op	a4, REG(a4)(\base)
	\op	a5, REG(a5)(\base)
	\op	a6, REG(a6)(\base)
	\op	a7, REG(a7)(\base)
	\op	s2, REG(s2)(\base)
	\op	s3, REG(s3)(\base)
	\op	s4, REG(s4)(\base)
	\op	s5, REG(s5)(\base)
	\op	s6, REG(s6)(\base)
	\op	s7, REG(s7)(\base)
	\op	s8, REG(s8)(\base)
	\op	s9, REG(s9)(\base)
	\op	s10, REG(s10)(\base)
	\op	s11, REG(s11)(\base)
	\op	t3, REG(t3)(\base)
	\op	t4, REG(t4)(\base)
	\op	t5, REG(t5)(\base)
	\op	t6, REG(t6)(\base)
.endm

/* Copy a CSR into the frame at sp, or out of the frame at a0, by way of t0 */
.macro	NACC_SAVE_CSR csr offset
	csrr	t0, \csr
	REG_S	t0, \offset(sp)
.endm

.macro	NACC_LOAD_CSR csr offset
	REG_L	t0, \offset(a0)
	csrw	\csr, t0
.endm

.macro	NACC_ENTRY name next hyp
	.section .entry, "ax", %progbits
	.align	3
	.globl	\name
\name:
	csrrw	tp, CSR_MSCRATCH, tp
	REG_S	t0, SBI_SCRATCH_TMP0_OFFSET(tp)

	/* An interrupt has the top bit set and is none of the three. */
	csrr	t0, CSR_MCAUSE
	addi	t0, t0, -CAUSE_STORE_ACCESS
	beqz	t0, .Lfrom_below_\@
	addi	t0, t0, CAUSE_STORE_ACCESS - CAUSE_LOAD_ACCESS
	beqz	t0, .Lfrom_below_\@
	addi	t0, t0, CAUSE_LOAD_ACCESS - CAUSE_FETCH_ACCESS
	beqz	t0, .Lfrom_below_\@

.Lpass_on_\@:
	REG_L	t0, SBI_SCRATCH_TMP0_OFFSET(tp)
	csrrw	tp, CSR_MSCRATCH, tp
	j	\next

.Lfrom_below_\@:
	csrr	t0, CSR_MSTATUS
	.if	\hyp
	slli	t0, t0, 63 - MSTATUS_MPV_BIT
	bltz	t0, .Lpass_on_\@
	csrr	t0, CSR_MSTATUS
	.endif
	srli	t0, t0, MSTATUS_MPP_SHIFT
	andi	t0, t0, PRV_M
	addi	t0, t0, -PRV_M
	beqz	t0, .Lpass_on_\@

	/* Ours to look at: save all of it, on the stack below the scratch space. */
	REG_S	sp, (REG(sp) - SBI_TRAP_CONTEXT_SIZE)(tp)
	addi	sp, tp, -SBI_TRAP_CONTEXT_SIZE
	REG_L	t0, SBI_SCRATCH_TMP0_OFFSET(tp)
	csrrw	tp, CSR_MSCRATCH, tp
	REG_S	zero, REG(zero)(sp)
	REG_S	t0, REG(t0)(sp)
	REG_S	a0, REG(a0)(sp)
	NACC_REGS REG_S, sp
	NACC_SAVE_CSR CSR_MEPC, REG(mepc)
	NACC_SAVE_CSR CSR_MSTATUS, REG(mstatus)
	REG_S	zero, REG(mstatusH)(sp)
	NACC_SAVE_CSR CSR_MCAUSE, INFO(cause)
	NACC_SAVE_CSR CSR_MTVAL, INFO(tval)
	.if	\hyp
	NACC_SAVE_CSR CSR_MTVAL2, INFO(tval2)
	NACC_SAVE_CSR CSR_MTINST, INFO(tinst)
	.else
	REG_S	zero, INFO(tval2)(sp)
	REG_S	zero, INFO(tinst)(sp)
	.endif
	/* GVA is zero: not from a virtual machine */
	REG_S	zero, INFO(gva)(sp)

	/* From here on another trap can be taken: clear MDT (Smdbltrp) */
	li	t0, MSTATUS_MDT
	csrc	CSR_MSTATUS, t0

	mv	a0, sp
	call	nacc_trap
	bnez	a0, .Lhandled_\@

	/* Not ours. Reading the instruction may have trapped within M-mode. */
	mv	a0, sp
	NACC_REGS REG_L, a0
	REG_L	sp, REG(sp)(a0)
	NACC_LOAD_CSR CSR_MSTATUS, REG(mstatus)
	NACC_LOAD_CSR CSR_MEPC, REG(mepc)
	NACC_LOAD_CSR CSR_MCAUSE, INFO(cause)
	NACC_LOAD_CSR CSR_MTVAL, INFO(tval)
	.if	\hyp
	NACC_LOAD_CSR CSR_MTVAL2, INFO(tval2)
	NACC_LOAD_CSR CSR_MTINST, INFO(tinst)
	.endif
	REG_L	t0, REG(t0)(a0)
	REG_L	a0, REG(a0)(a0)
	j	\next

.Lhandled_\@:
	mv	a0, sp
	NACC_REGS REG_L, a0
	REG_L	sp, REG(sp)(a0)
	/* mstatus first: it sets MDT, after which no trap may clobber mepc */
	NACC_LOAD_CSR CSR_MSTATUS, REG(mstatus)
	NACC_LOAD_CSR CSR_MEPC, REG(mepc)
	REG_L	t0, REG(t0)(a0)
	REG_L	a0, REG(a0)(a0)
	mret
.endm

	NACC_ENTRY nacc_trap_entry, _trap_handler, 0
	NACC_ENTRY nacc_trap_entry_hyp, _trap_handler_hyp, 1
