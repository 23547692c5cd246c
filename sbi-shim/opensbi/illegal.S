/* SPDX-License-Identifier: BSD-2-Clause */
/* The trap vector's part for what mstatus.TVM makes illegal; see entry.S. */
#include <sbi/riscv_encoding.h>
#include "entry.h"

/* sfence.vma or sinval.vma, of any registers; any instruction of this opcode */
#define INSN_FENCE_MASK	-0x5ff8001
#define INSN_FENCE	0x12000073
#define INSN_FENCE_BIT	25
#define INSN_SYSTEM	0x73

	.section .entry, "ax", %progbits
	.option	push
	.option	norvc
/*
 * An illegal instruction: one of S-mode's that mstatus.TVM makes so (privileged spec,
 * "Machine Status": sfence.vma, sinval.vma, satp, hgatp)?
 *
 *	t1	rs1 of the instruction, then its value; what is to be loaded
 *	t2	the instruction; what a row has fetched; the mm
 *	t3	rs2, then its value; the root, then its record
 *	t4	the rows
 *
 * A fence is performed exactly as it was asked for, never wider. So is sinval.vma, as
 * sfence.vma, which orders more and invalidates the same, and which each hart has.
 */
.macro	NACC_ILLEGAL name go
	.globl	\name
\name:
	NACC_GO_REGS REG_S
	csrr	t2, CSR_MTVAL
	/* Fences differ from sret, and what is of satp, by this bit. */
	slli	t3, t2, 63 - INSN_FENCE_BIT
	bltz	t3, .Lfence
	/* In S-mode only mstatus.TSR makes that illegal. */
	ld	t3, FAST(SRET)(tp)
	beq	t3, t2, \go
	j	.Lnot_sret
.endm

/* Of S-mode, and not of a virtual machine? t4 is saved where it is needed: sret does not. */
.macro	NACC_OF_S_MODE
	REG_S	t4, SAVED(t4)(tp)
	csrr	t1, CSR_MSTATUS
	ld	t3, FAST(STATUS_MASK)(tp)
	ld	t4, FAST(STATUS)(tp)
	and	t3, t3, t1
	bne	t4, t3, .Lnot_tvm
.endm

	NACC_ILLEGAL nacc_fast_illegal, nacc_fast_go
	NACC_ILLEGAL nacc_fast_illegal_hyp, nacc_fast_go_hyp

.Lfence:
	NACC_OF_S_MODE
	li	t3, INSN_FENCE_MASK
	and	t3, t3, t2
	li	t4, INSN_FENCE
	bne	t3, t4, .Lsystem
	/* 16 bytes each: NACC_FAST_ROW */
	la	t4, nacc_rows_get
	srli	t1, t2, 15 - 4
	andi	t1, t1, 31 << 4
	srli	t3, t2, 20 - 4
	andi	t3, t3, 31 << 4
	beqz	t3, .Lall_asids
	add	t3, t3, t4
	jalr	t0, t3
	mv	t3, t2
	beqz	t1, .Lall_addresses
	add	t1, t1, t4
	jalr	t0, t1
	sfence.vma t2, t3
	j	.Lbehind
.Lall_addresses:
	sfence.vma zero, t3
	j	.Lbehind
.Lall_asids:
	beqz	t1, .Lall
	add	t1, t1, t4
	jalr	t0, t1
	sfence.vma t2, zero
	j	.Lbehind
.Lall:
	sfence.vma zero, zero
.Lbehind:
	csrr	t1, CSR_MEPC
	addi	t1, t1, 4
	csrw	CSR_MEPC, t1
	NACC_FAST_REGS REG_L
	REG_L	t0, SBI_SCRATCH_TMP0_OFFSET(tp)
	csrrw	tp, CSR_MSCRATCH, tp
	mret

	/* The site that has written satp last? (I14) */
.Lnot_sret:
	NACC_OF_S_MODE
.Lsystem:
	ld	t1, FAST(SITE_INSN)(tp)
	bne	t1, t2, .Lnot_site
	csrr	t3, CSR_MEPC
	ld	t1, FAST(SITE_PC)(tp)
	bne	t1, t3, nacc_fast_slow
	ld	t1, FAST(SITE_VALUE)(tp)
	jalr	t0, t1
	mv	t1, t2
	ld	t2, FAST(SITE_MM)(tp)
	jalr	t0, t2
	/* Other harts know before it is looked at: nacc_unbind() does it the other way. */
	sd	t1, FAST(SATP)(tp)
	fence	rw, rw
	srli	t3, t1, 60
	ld	t4, FAST(MODE)(tp)
	bne	t3, t4, nacc_fast_slow
	slli	t3, t1, 20
	srli	t3, t3, 20 - PAGE_SHIFT
	ld	t0, FAST(FRAMES_PA)(tp)
	sub	t4, t3, t0
	ld	t0, FAST(FRAMES_SIZE)(tp)
	bltu	t4, t0, .Lprotected
	ld	t0, FAST(REGION)(tp)
	sub	t4, t3, t0
	ld	t0, FAST(REGION_SIZE)(tp)
	bltu	t4, t0, nacc_fast_slow
	ld	t4, FAST(ORDINARY)(tp)
	beqz	t4, nacc_fast_slow

	/* An ordinary root: for no mm that is bound, nacc_root_of() */
	srli	t3, t2, 6
	li	t4, NACC_FAST_HASH
	mulw	t3, t3, t4
	ld	t4, FAST(HASH_SHIFT)(tp)
	srlw	t3, t3, t4
	slli	t3, t3, 2
	ld	t4, FAST(BUCKETS)(tp)
	add	t3, t3, t4
	lw	t3, 0(t3)
	bltz	t3, .Lload
	ld	t4, FAST(FRAMES)(tp)
.Lchain:
	slli	t3, t3, NACC_FRAME_SHIFT
	add	t3, t3, t4
	ld	t0, NACC_FRAME_MM(t3)
	beq	t0, t2, nacc_fast_slow
	lw	t3, NACC_FRAME_NEXT_BOUND(t3)
	bgez	t3, .Lchain
	j	.Lload

	/* A frame, number t4 >> PAGE_SHIFT: the root that is bound to this mm */
.Lprotected:
	srli	t3, t4, PAGE_SHIFT
	slli	t3, t3, NACC_FRAME_SHIFT
	ld	t4, FAST(FRAMES)(tp)
	add	t3, t3, t4
	ld	t4, NACC_FRAME_MM(t3)
	bne	t4, t2, nacc_fast_slow
	fence	r, r
	lbu	t4, NACC_FRAME_TYPE(t3)
	addi	t4, t4, -NACC_FAST_TYPE_ROOT
	bnez	t4, nacc_fast_slow
	lw	t4, NACC_FRAME_SLOT(t3)
	addi	t4, t4, -NACC_FAST_BOUND
	bnez	t4, nacc_fast_slow
	lw	t4, NACC_FRAME_CONTEXTS(t3)
	bgez	t4, nacc_fast_slow
.Lload:
	csrw	CSR_SATP, t1
	/* Not gated: who goes to user mode on it does so by himself. */
	li	t0, MSTATUS_TSR
	csrc	CSR_MSTATUS, t0
	j	.Lbehind

	/* A CSR instruction may be of satp; nothing else is ours. */
.Lnot_site:
	andi	t1, t2, 0x7f
	addi	t1, t1, -INSN_SYSTEM
	beqz	t1, nacc_fast_slow
	beqz	t2, nacc_fast_slow
.Lnot_tvm:
	NACC_FAST_REGS REG_L
	ld	t0, FAST(PASS)(tp)
	jr	t0
	.option	pop
