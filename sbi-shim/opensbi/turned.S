/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The trap vector's part of the gate: what nacc_user_come() and nacc_user_go() do where
 * there is nothing to judge. See entry.S; in any doubt the long way is gone, with each
 * register as it was.
 */
#include <sbi/riscv_encoding.h>
#include "entry.h"
#include "saves.S"

	.section .entry, "ax", %progbits
	.option	push
	.option	norvc
	.option	arch, +d, +v

/*
 * A trap of a gated thread in user mode.
 *
 *	t0	its context
 *	t1	mepc
 *	t2	mcause
 *	t3	what is delegated
 *	t5	mstatus
 */
	.globl	nacc_fast_come
nacc_fast_come:
	sd	ra, X(1)(t0)
	sd	sp, X(2)(t0)
	sd	gp, X(3)(t0)
	sd	t1, X(6)(t0)
	sd	t2, X(7)(t0)
	sd	s0, X(8)(t0)
	sd	s1, X(9)(t0)
	sd	a0, X(10)(t0)
	sd	a1, X(11)(t0)
	sd	a2, X(12)(t0)
	sd	a3, X(13)(t0)
	sd	a4, X(14)(t0)
	sd	a5, X(15)(t0)
	sd	a6, X(16)(t0)
	sd	a7, X(17)(t0)
	sd	s2, X(18)(t0)
	sd	s3, X(19)(t0)
	sd	s4, X(20)(t0)
	sd	s5, X(21)(t0)
	sd	s6, X(22)(t0)
	sd	s7, X(23)(t0)
	sd	s8, X(24)(t0)
	sd	s9, X(25)(t0)
	sd	s10, X(26)(t0)
	sd	s11, X(27)(t0)
	sd	t3, X(28)(t0)
	sd	t4, X(29)(t0)
	sd	t5, X(30)(t0)
	sd	t6, X(31)(t0)
	REG_L	t1, SBI_SCRATCH_TMP0_OFFSET(tp)
	csrr	t2, CSR_MSCRATCH
	sd	t1, X(5)(t0)
	sd	t2, X(4)(t0)
	csrr	t1, CSR_MEPC
	csrr	t2, CSR_MCAUSE
	sd	t1, X(0)(t0)
	sd	t2, NACC_CONTEXT_CAUSE(t0)

	/* Delegated? Where landing pads may be awaited (Zicfilp) this says that nothing is. */
	ld	t3, FAST(MEDELEG)(tp)
	bltz	t2, .Linterrupt
	srl	t4, t3, t2
.Lchosen:
	andi	t4, t4, 1
	beqz	t4, .Lcome_slow
	csrr	t5, CSR_MSTATUS
	/* As sret has left it: from user mode, SIE = 1, SPIE = 1, SPP = 0? */
	ld	t4, FAST(COME_MASK)(tp)
	and	t4, t4, t5
	addi	t4, t4, -(MSTATUS_SIE | MSTATUS_SPIE)
	bnez	t4, .Lcome_slow
	/* The mode of stvec is about interrupts; mepc has no such bit. */
	csrr	t4, CSR_STVEC
	csrw	CSR_MEPC, t4
	csrw	CSR_MEDELEG, t3
	/* Has it had floating point, clean or dirty; is something else dirty (SD)? */
	slli	t4, t5, 63 - MSTATUS_FS_BIT - 1
	bltz	t4, .Lfloat_had
	bltz	t5, .Lvector
.Lkept:
	/* A system call is counted by its number; with a list it is on that. Two are looked at. */
	addi	t4, t2, -CAUSE_ECALL
	bnez	t4, .Lno_call
	sltiu	t4, a7, NACC_FAST_CLONE3
	beqz	t4, .Lclone3
	addi	t4, a7, -NACC_FAST_SIGACTION
	beqz	t4, .Lcome_slow
.Llook_up:
	ld	t4, NACC_CONTEXT_GATE(t0)
	lw	t3, NACC_GATE_MODE_OFFSET(t4)
	andi	t3, t3, NACC_FAST_LIST
	beqz	t3, .Lallowed
	srli	t3, a7, 6
	slli	t3, t3, 3
	add	t3, t3, t4
	ld	t3, NACC_GATE_LIST_OFFSET(t3)
	srl	t3, t3, a7
	andi	t3, t3, 1
	beqz	t3, .Lcome_slow
.Lallowed:
	slli	t3, a7, 2
	add	t4, t4, t3
	addi	t4, t4, NACC_GATE_CALLS_OFFSET
	li	t3, 1
	amoadd.w t3, t3, (t4)
	bltz	t3, .Lfull
.Lcalled:
	csrw	CSR_STVAL, zero
.Lcounted:
	ld	t3, FAST(MIDELEG)(tp)
	sd	zero, FAST(USER)(tp)
	/* The kernel sees of FS what it has said, or that it is dirty. */
	ld	t4, FAST(HIDDEN)(tp)
	or	t5, t5, t4
	csrw	CSR_MIDELEG, t3
	csrw	CSR_SEPC, t1
	csrw	CSR_SCAUSE, t2
	/* SIE = 0, MPP = S */
	addi	t5, t5, MPP_S - MSTATUS_SIE
	csrw	CSR_MSTATUS, t5
	/* Who finds it in the kernel finds all of it. */
	li	t1, NACC_FAST_IN_KERNEL
	fence	rw, w
	sw	t1, NACC_CONTEXT_STATE(t0)
	ld	t1, X(6)(t0)
	ld	t2, X(7)(t0)
	ld	t3, X(28)(t0)
	ld	t4, X(29)(t0)
	ld	t5, X(30)(t0)
	REG_L	t0, SBI_SCRATCH_TMP0_OFFSET(tp)
	csrrw	tp, CSR_MSCRATCH, tp
	mret

	/* To a vector without a table */
.Linterrupt:
	csrr	t4, CSR_STVEC
	andi	t4, t4, 3
	bnez	t4, .Lcome_slow
	ld	t4, FAST(MIDELEG)(tp)
	srl	t4, t4, t2
	j	.Lchosen

	/*
	 * As long as it is clean, or off, it is what was kept last, but for fcsr: QEMU does not
	 * say so of an instruction that raises a flag and writes no register (feq, fcvt.w).
	 */
.Lfloat_had:
	slli	t4, t5, 63 - MSTATUS_FS_BIT
	bltz	t4, .Ldirty
	csrr	t4, CSR_FCSR
	sd	t4, NACC_CONTEXT_FCSR(t0)
	bltz	t5, .Lvector
	j	.Lkept
.Ldirty:
	NACC_FLOAT_SAVE t0, t4
	lw	t4, NACC_CONTEXT_FLAGS(t0)
	ori	t4, t4, NACC_FAST_FLOAT | NACC_FAST_FLOAT_USED
	sw	t4, NACC_CONTEXT_FLAGS(t0)

	/* Of vector registers a system call leaves nothing; others may be of another size. */
.Lvector:
	srli	t4, t5, MSTATUS_VS_BIT
	andi	t4, t4, 3
	addi	t4, t4, -3
	bnez	t4, .Lkept
	addi	t4, t2, -CAUSE_ECALL
	beqz	t4, .Lkept
	ld	t4, FAST(VLENB)(tp)
	ld	t3, NACC_CONTEXT_VLENB(t0)
	beqz	t4, .Lkept
	bne	t3, t4, .Lkept
	NACC_VECTOR_SAVE t0, t3, t4
	lw	t4, NACC_CONTEXT_FLAGS(t0)
	ori	t4, t4, NACC_FAST_VECTOR
	sw	t4, NACC_CONTEXT_FLAGS(t0)
	j	.Lkept

	/* NACC_GATE_CALLS_MAX, as nacc_count_call() does it */
.Lfull:
	lui	t3, 0x80000
	sw	t3, (t4)
	j	.Lcalled

	/* Is it for want of what is hidden? */
.Lno_call:
	addi	t4, t4, CAUSE_ECALL - CAUSE_ILLEGAL_INSTRUCTION
	beqz	t4, .Lcome_slow
	csrr	t4, CSR_MTVAL
	csrw	CSR_STVAL, t4
	j	.Lcounted

	/* clone3(2), or numbered since: of these all that have a place are looked up. */
.Lclone3:
	addi	t4, a7, -(NACC_FAST_CLONE3 + 1)
	sltiu	t4, t4, NACC_FAST_CALLS - (NACC_FAST_CLONE3 + 1)
	bnez	t4, .Llook_up
	/* nacc_user_come(): it does it all again, with nothing delegated. */
.Lcome_slow:
	csrw	CSR_MEDELEG, zero
	ld	t1, X(0)(t0)
	csrw	CSR_MEPC, t1
	ld	t1, X(6)(t0)
	ld	t2, X(7)(t0)
	ld	t3, X(28)(t0)
	ld	t4, X(29)(t0)
	ld	t5, X(30)(t0)
	ld	t0, FAST(SLOW)(tp)
	jr	t0

/*
 * sret, under mstatus.TSR if by S-mode; NACC_GO_REGS are saved. Where landing pads may be
 * awaited no hart knows a context here.
 *
 *	t1	mstatus
 *	t0	the context of who was last in user mode on this hart, or was before
 */
.macro	NACC_SAME reg n
	ld	t3, X(\n)(t0)
	bne	t3, \reg, .Lundo
.endm

.macro	NACC_SAME_SAVED offset n
	ld	t3, X(\n)(t0)
	REG_L	t2, \offset(tp)
	bne	t3, t2, .Lundo
.endm

	/*
	 * Of a hart with H: interrupts of virtual machines are delegated for good, and would take
	 * the thread to S-mode past the gate. Those that are enabled user.c has wait. And to a
	 * virtual machine (SPV) nobody goes.
	 */
	.globl	nacc_fast_go_hyp
nacc_fast_go_hyp:
	csrr	t3, CSR_HSTATUS
	csrr	t2, CSR_HIE
	andi	t3, t3, HSTATUS_SPV
	or	t2, t2, t3
	bnez	t2, .Lgo_slow

	.globl	nacc_fast_go
nacc_fast_go:
	/* Of S-mode, to user mode, with interrupts off, to where they are on? */
	csrr	t1, CSR_MSTATUS
	ld	t3, FAST(GO_MASK)(tp)
	ld	t2, FAST(GO_STATUS)(tp)
	and	t3, t3, t1
	bne	t3, t2, .Lnot_so

	/* The same as last? */
	ld	t0, FAST(KNOWN)(tp)
	csrr	t2, CSR_SSCRATCH
	ld	t3, NACC_CONTEXT_TASK(t0)
	bne	t3, t2, .Lother

	/*
	 * Of this root? Else it is not touched, whoever's it is, or was. While TSR is set the gate
	 * of this root is not off, or it has secret pages, and no context says that it is of that
	 * (NACC_CONTEXT_KEEPS). Of this one it stays: the hart has the root.
	 */
.Lknown:
	csrr	t2, CSR_SATP
	ld	t3, NACC_CONTEXT_ROOT(t0)
	slli	t2, t2, 20
	srli	t2, t2, 20 - PAGE_SHIFT
	bne	t3, t2, .Lgo_slow
	/*
	 * Is it in the kernel, and goes nobody else with it meanwhile? Before whose it is, or any
	 * register, is compared: on another hart it might go and come in between, with others.
	 */
	addi	t2, t0, NACC_CONTEXT_STATE
	lr.w.aq	t3, (t2)
	addi	t3, t3, -NACC_FAST_IN_KERNEL
	bnez	t3, .Lgo_slow
	li	t3, NACC_FAST_IN_USER
	sc.w	t3, t3, (t2)
	bnez	t3, .Lgo_slow
	csrr	t2, CSR_SSCRATCH
	ld	t3, NACC_CONTEXT_TASK(t0)
	bne	t3, t2, .Lundo

	/* The same registers, but for the result of a call, of which it may have a child (BORE)? */
	lw	t2, NACC_CONTEXT_CAUSE(t0)
	ld	t3, X(0)(t0)
	addi	t2, t2, -CAUSE_ECALL
	beqz	t2, .Lof_call
	csrr	t2, CSR_SEPC
	bne	t3, t2, .Lundo
	NACC_SAME a0, 10
	/* Vector registers that were not kept are the kernel's word once: dirty, as in units.c. */
	lw	t3, NACC_CONTEXT_FLAGS(t0)
	andi	t3, t3, NACC_FAST_VECTOR
	bnez	t3, .Lcompare
	li	t3, MSTATUS_VS
	and	t2, t1, t3
	beqz	t2, .Lcompare
	or	t1, t1, t3
.Lcompare:
	NACC_SAME ra, 1
	NACC_SAME sp, 2
	NACC_SAME gp, 3
	NACC_SAME s0, 8
	NACC_SAME s1, 9
	NACC_SAME a1, 11
	NACC_SAME a2, 12
	NACC_SAME a3, 13
	NACC_SAME a4, 14
	NACC_SAME a5, 15
	NACC_SAME a6, 16
	NACC_SAME a7, 17
	NACC_SAME s2, 18
	NACC_SAME s3, 19
	NACC_SAME s4, 20
	NACC_SAME s5, 21
	NACC_SAME s6, 22
	NACC_SAME s7, 23
	NACC_SAME s8, 24
	NACC_SAME s9, 25
	NACC_SAME s10, 26
	NACC_SAME s11, 27
	NACC_SAME t4, 29
	NACC_SAME t5, 30
	NACC_SAME t6, 31
	csrr	t2, CSR_MSCRATCH
	NACC_SAME t2, 4
	NACC_SAME_SAVED SBI_SCRATCH_TMP0_OFFSET, 5
	NACC_SAME_SAVED SAVED(t1), 6
	NACC_SAME_SAVED SAVED(t2), 7
	NACC_SAME_SAVED SAVED(t3), 28

	sd	t0, FAST(USER)(tp)
	/* Floating point it gets when it asks for that (nacc_user_come()), or has just done. */
	li	t2, MSTATUS_FS
	and	t2, t2, t1
	sd	t2, FAST(HIDDEN)(tp)
	xor	t1, t1, t2
	lw	t3, NACC_CONTEXT_FLAGS(t0)
	andi	t3, t3, NACC_FAST_FLOAT | NACC_FAST_FLOAT_USED | NACC_FAST_VECTOR
	addi	t3, t3, -NACC_FAST_FLOAT
	bnez	t3, .Lmore
.Lhidden:
	csrrw	t2, CSR_MEDELEG, zero
	csrrw	t3, CSR_MIDELEG, zero
	sd	t2, FAST(MEDELEG)(tp)
	sd	t3, FAST(MIDELEG)(tp)
	/* SIE = 1; MPP was of S-mode, and becomes that of user mode. */
	csrr	t2, CSR_SEPC
	csrw	CSR_MEPC, t2
	addi	t1, t1, MSTATUS_SIE - MPP_S
	csrw	CSR_MSTATUS, t1
.Lout:
	NACC_GO_REGS REG_L
	REG_L	t0, SBI_SCRATCH_TMP0_OFFSET(tp)
	csrrw	tp, CSR_MSCRATCH, tp
	mret

	/* Of what was kept before a call, or is not enforced now, nothing is kept any more. */
.Lnot_strict:
	li	t3, MSTATUS_VS
	and	t3, t3, t1
	beqz	t3, .Lstale
	li	t3, MSTATUS_VS
	or	t1, t1, t3
.Lstale:
	lw	t3, NACC_CONTEXT_FLAGS(t0)
	andi	t3, t3, ~NACC_FAST_VECTOR
	sw	t3, NACC_CONTEXT_FLAGS(t0)
.Lno_vector:
	li	t3, MSTATUS_FS
	and	t2, t2, t3
	lw	t3, NACC_CONTEXT_FLAGS(t0)
	andi	t3, t3, NACC_FAST_FLOAT | NACC_FAST_FLOAT_USED
	addi	t3, t3, -NACC_FAST_FLOAT
	beqz	t3, .Lhidden

	/* hand_out(), in units.c: of what the kernel has on, or not */
.Lfloat:
	beqz	t2, .Lhidden
	lw	t2, NACC_CONTEXT_FLAGS(t0)
	andi	t3, t2, ~NACC_FAST_FLOAT_USED
	sw	t3, NACC_CONTEXT_FLAGS(t0)
	andi	t3, t2, NACC_FAST_FLOAT
	beqz	t3, .Lfloat_dirty
	li	t3, MSTATUS_FS_CLEAN
	or	t1, t1, t3
	ld	t3, NACC_CONTEXT_GATE(t0)
	lw	t3, NACC_GATE_MODE_OFFSET(t3)
	andi	t3, t3, NACC_FAST_FLOAT_BITS
	addi	t3, t3, -NACC_FAST_FLOAT_MODE
	bnez	t3, .Lnot_enforced
	NACC_FLOAT_LOAD t0, t3
	j	.Lhidden

	/* The greatest mode, with a debugger's leave: nothing is kept. */
.Lnot_enforced:
	bltz	t3, .Lhidden
	lw	t3, NACC_CONTEXT_FLAGS(t0)
	andi	t3, t3, ~NACC_FAST_FLOAT
	sw	t3, NACC_CONTEXT_FLAGS(t0)
.Lfloat_dirty:
	li	t3, MSTATUS_FS
	or	t1, t1, t3
	j	.Lhidden

	/* Vector registers it gets when it asks for them, if they were kept, and are on. */
.Lmore:
	lw	t3, NACC_CONTEXT_FLAGS(t0)
	andi	t3, t3, NACC_FAST_VECTOR
	beqz	t3, .Lfloat
	lw	t3, NACC_CONTEXT_CAUSE(t0)
	addi	t3, t3, -CAUSE_ECALL
	beqz	t3, .Lstale
	ld	t3, NACC_CONTEXT_GATE(t0)
	lw	t3, NACC_GATE_MODE_OFFSET(t3)
	andi	t3, t3, NACC_FAST_FLOAT_BITS
	addi	t3, t3, -NACC_FAST_FLOAT_MODE
	bnez	t3, .Lnot_strict
	li	t3, MSTATUS_VS
	and	t3, t3, t1
	xor	t1, t1, t3
	or	t2, t2, t3
	sd	t2, FAST(HIDDEN)(tp)
	j	.Lno_vector

	/* To the kernel: SIE = SPIE, SPIE = 1, SPP = 0; MPP stays that of S-mode. */
.Lnot_so:
	/* What C moves to MPELP, or clears (Zicfilp, Ssdbltrp): sret() in user.c */
	li	t3, NACC_FAST_SRET_OF_C
	and	t3, t3, t1
	bnez	t3, .Lgo_slow
	ld	t3, FAST(STATUS_MASK)(tp)
	ld	t2, FAST(STATUS)(tp)
	and	t3, t3, t1
	bne	t3, t2, .Lgo_slow
	andi	t3, t1, MSTATUS_SPP
	beqz	t3, .Lgo_slow
	csrr	t2, CSR_SEPC
	csrw	CSR_MEPC, t2
	andi	t3, t1, MSTATUS_SIE | MSTATUS_SPP
	xor	t1, t1, t3
	andi	t3, t1, MSTATUS_SPIE
	srli	t3, t3, MSTATUS_SPIE_BIT - MSTATUS_SIE_BIT
	or	t1, t1, t3
	ori	t1, t1, MSTATUS_SPIE
	csrw	CSR_MSTATUS, t1
	j	.Lout

	/* One that this hart has seen before? */
.Lother:
	srli	t0, t2, NACC_FAST_SEEN_SHIFT
	andi	t0, t0, NACC_FAST_SEEN_MASK
	add	t3, tp, t0
	ld	t0, NACC_FAST_SEEN_OFFSET(t3)
	beqz	t0, .Lgo_slow
	ld	t3, NACC_CONTEXT_TASK(t0)
	bne	t3, t2, .Lgo_slow
	sd	t0, FAST(KNOWN)(tp)
	j	.Lknown

	/*
	 * A call's: behind it. Of one that succeeds, and of another whether it does, a note is
	 * taken: nacc_turn_out().
	 */
.Lof_call:
	csrr	t2, CSR_SEPC
	addi	t3, t3, ECALL_LENGTH
	bne	t3, t2, .Lundo
	/* If a7 is not what it was, that is found below. */
	addi	t3, a7, -NACC_FAST_SIGACTION
	sltiu	t3, t3, NACC_FAST_SIGRETURN - NACC_FAST_SIGACTION + 1
	bnez	t3, .Lof_signals
.Lof_others:
	bnez	a0, .Lcompare
	addi	t3, a7, -NACC_FAST_RSEQ
	bnez	t3, .Lcompare
	j	.Lundo

	/* One of the two, or what is numbered between them */
.Lof_signals:
	addi	t3, a7, -NACC_FAST_SIGRETURN
	beqz	t3, .Lundo
	addi	t3, a7, -NACC_FAST_SIGACTION
	bnez	t3, .Lof_others

	/* Whoever waits for it may have it again. */
.Lundo:
	li	t3, NACC_FAST_IN_KERNEL
	sw	t3, NACC_CONTEXT_STATE(t0)
.Lgo_slow:
	NACC_GO_REGS REG_L
	ld	t0, FAST(SLOW)(tp)
	jr	t0
	.option	pop
