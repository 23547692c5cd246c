/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The trap vector of a guarded hart.
 *
 * Fetch, load and store access faults from U- or S-mode (and not from a virtual
 * machine) go to nacc_trap(), and so do calls of S-mode, but for those that take no
 * memory and are called often, and illegal instructions of the kind that mstatus.TVM
 * makes so. Everything else reaches OpenSBI's vector with each register and CSR as the
 * trap left it, at the cost of sixteen instructions.
 *
 * Whatever a thread of a gated address space does in user mode goes to nacc_trap() first.
 *
 * Before that nacc_fast has a try at store faults, and nacc_fast_illegal at what TVM
 * makes illegal: see there.
 *
 * OpenSBI's conventions (firmware/fw_base.S) hold: mscratch points to the
 * hart's scratch space, the stack for traps from below M-mode ends there, and
 * the frame is a struct sbi_trap_context.
 */
#include <sbi/riscv_encoding.h>
#include "entry.h"

#if __riscv_xlen != 64
#error "NACC needs RV64"
#endif

#define INFO(x)	(SBI_TRAP_REGS_SIZE + SBI_TRAP_INFO_OFFSET(x))

#define MSTATUS_MPV_BIT	39

/* Page-table entry (privileged spec, "Sv39: Virtual-Memory System") */
#define PTE_V	0x01
#define PTE_R	0x02
#define PTE_U	0x10
#define PTE_G	0x20

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

.macro	NACC_ENTRY name slow pass next illegal hyp
	.section .entry, "ax", %progbits
	.align	3
	.globl	\name
\name:
	csrrw	tp, CSR_MSCRATCH, tp
	REG_S	t0, SBI_SCRATCH_TMP0_OFFSET(tp)

	/* Of a gated thread in user mode? */
	ld	t0, FAST(USER)(tp)
	bnez	t0, nacc_fast_come

	/* An interrupt has the top bit set and is none of the five. */
	csrr	t0, CSR_MCAUSE
	addi	t0, t0, -CAUSE_STORE_ACCESS
	beqz	t0, nacc_fast
	addi	t0, t0, CAUSE_STORE_ACCESS - CAUSE_ILLEGAL_INSTRUCTION
	beqz	t0, \illegal
	addi	t0, t0, CAUSE_ILLEGAL_INSTRUCTION - CAUSE_SUPERVISOR_ECALL
	beqz	t0, .Lecall_\@
	addi	t0, t0, CAUSE_SUPERVISOR_ECALL - CAUSE_LOAD_ACCESS
	beqz	t0, .Lfrom_below_\@
	addi	t0, t0, CAUSE_LOAD_ACCESS - CAUSE_FETCH_ACCESS
	beqz	t0, .Lfrom_below_\@

	.globl	\pass
\pass:
.Lpass_on_\@:
	REG_L	t0, SBI_SCRATCH_TMP0_OFFSET(tp)
	csrrw	tp, CSR_MSCRATCH, tp
	j	\next

	/* What is called often and takes no memory need not be looked at (I16). */
.Lecall_\@:
	li	t0, NACC_EID_RFENCE
	beq	a7, t0, .Lrfence_\@
	li	t0, NACC_EID_IPI
	beq	a7, t0, .Lone_\@
	li	t0, NACC_EID_TIME
	beq	a7, t0, .Lone_\@
	li	t0, NACC_EID_OURS
	bne	a7, t0, .Lfrom_below_\@
	/* Our own are answered here, but those that wait, in OpenSBI's handler. */
	addi	t0, a6, -NACC_FID_FENCE
	beqz	t0, .Lpass_on_\@
	addi	t0, a6, -NACC_FID_GUARD
	beqz	t0, .Lpass_on_\@
	j	.Lfrom_below_\@
.Lrfence_\@:
	sltiu	t0, a6, NACC_RFENCE_LAST + 1
	bnez	t0, .Lpass_on_\@
	j	.Lfrom_below_\@
.Lone_\@:
	beqz	a6, .Lpass_on_\@

	.globl	\slow
\slow:
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

/*
 * The common store, in as few instructions as there can be: one that the core
 * has performed for this hart before (fast.h), to a level-0 table of a live
 * address space, that clears an entry or makes it a leaf with nothing forbidden
 * near. Nothing here may trap.
 *
 * What is accepted here nacc_store() would accept, with the same effects. In any
 * doubt nothing has been done and the long way is gone.
 *
 *	tp	scratch space, struct nacc_fast in it; mscratch holds the tp of
 *		the trapped code
 *	t0	what the entry held; saved in the scratch space. First where the
 *		instruction is
 *	t1	where the store goes to: the entry
 *	t2	what it would write
 *	t3	struct nacc_fast_store
 *	t4	live count of the frame
 *
 * Before they have these values t0 to t4 serve as temporaries. The registers of
 * the trapped code are where the long way saves them, too, on the stack.
 *
 * No lock is held, and another hart may retire the address space or release the
 * table between the look at the gate and the swap. The swap then lands in a
 * frame that is no table any more, but still nothing else either: it becomes
 * something else only after a fence that begins later, which waits until this
 * hart has taken an IPI. That it does not before it has left this trap, as
 * interrupts are off in M-mode and nothing here asks for them. Whatever the swap
 * has left is zeroed then, and a trap from there on finds the gate closed.
 */

/* May t2 stand in a table of level 0? A leaf wants V, R and U, and not G. */
.macro	NACC_CHECK_VALUE tmp
	andi	\tmp, t2, PTE_V | PTE_R | PTE_U | PTE_G
	addi	\tmp, \tmp, -(PTE_V | PTE_R | PTE_U)
	bnez	\tmp, .Lno_leaf_\@
	/* N, PBMT and reserved bits are above all that is plain. */
	ld	\tmp, FAST(PLAIN_LO)(tp)
	bltu	t2, \tmp, .Llow_\@
	ld	\tmp, FAST(PLAIN_HI)(tp)
	bgeu	t2, \tmp, .Lhigh_\@
.Lchecked_\@:
	.subsection 1
.Lhigh_\@:
	ld	\tmp, FAST(HIGH_LO)(tp)
	bltu	t2, \tmp, .Lslow
	ld	\tmp, FAST(HIGH_HI)(tp)
	bltu	t2, \tmp, .Lchecked_\@
	j	.Lslow
.Llow_\@:
	ld	\tmp, FAST(FREED_LO)(tp)
	bltu	t2, \tmp, .Lslow
	ld	\tmp, FAST(FREED_HI)(tp)
	bltu	t2, \tmp, .Lchecked_\@
	j	.Lslow
.Lno_leaf_\@:
	andi	\tmp, t2, PTE_V
	beqz	\tmp, .Lchecked_\@
	j	.Lslow
	.subsection 0
.endm

/* What the entry held does not matter. */
.macro	NACC_FAST_SWAP
	NACC_CHECK_VALUE t0
	amoswap.d.aqrl t0, t2, (t1)
	snez	t1, t0
	snez	t2, t2
	sub	t2, t2, t1
	beqz	t2, .Lcounted_\@
	amoadd.w zero, t2, (t4)
.Lcounted_\@:
.endm

/* The live count has not changed: neither was zero nor is. */
.macro	NACC_FAST_CAS not_zero
	beqz	\not_zero, .Lslow
	NACC_CHECK_VALUE t4
	sc.d.rl	t4, t2, (t1)
	bnez	t4, .Lslow
.endm

/* On behind the instruction */
.macro	NACC_FAST_NEXT
	ld	t2, NACC_STORE_NEXT(t3)
	csrw	CSR_MEPC, t2
.endm

/* An AMO: what is left depends on rd. */
.macro	NACC_FAST_RD
	NACC_FAST_NEXT
	ld	t2, NACC_STORE_END(t3)
	jr	t2
.endm

.macro	NACC_FAST_END counter
	ld	t1, \counter(tp)
	li	t2, 1
	amoadd.d zero, t2, (t1)
	NACC_FAST_REGS REG_L
	REG_L	t0, SBI_SCRATCH_TMP0_OFFSET(tp)
	csrrw	tp, CSR_MSCRATCH, tp
	mret
.endm

	NACC_ENTRY nacc_trap_entry, nacc_trap_slow, nacc_trap_pass, _trap_handler, \
		nacc_fast_illegal, 0

#ifdef CONFIG_THEAD_C9XX_ERRATA
	/* What OpenSBI's own vector for these cores does before it is as the common one */
	.section .entry, "ax", %progbits
	.align	3
	.globl	nacc_trap_entry_c9xx
nacc_trap_entry_c9xx:
	sfence.vma zero, t0
	j	nacc_trap_entry
#endif

	.section .entry, "ax", %progbits
	.option	push
	.option	norvc
nacc_fast:
	NACC_FAST_REGS REG_S

	/* In the frames, by way of the linear map? The entry, or a part of it? */
	csrr	t1, CSR_MTVAL
	ld	t2, FAST(FRAMES_VA)(tp)
	sub	t1, t1, t2
	ld	t2, FAST(FRAMES_SIZE)(tp)
	bgeu	t1, t2, .Lslow
	andi	t2, t1, 7
	bnez	t2, .Lslow

	/* From S-mode, and not of a virtual machine? */
	csrr	t2, CSR_MSTATUS
	ld	t3, FAST(STATUS_MASK)(tp)
	and	t2, t2, t3
	ld	t3, FAST(STATUS)(tp)
	bne	t2, t3, .Lslow

	/* Performed before, and the instruction is still the same? */
	csrr	t2, CSR_MEPC
	andi	t3, t2, NACC_FAST_PC_MASK
	slli	t3, t3, NACC_FAST_PC_SHIFT
	ld	t4, FAST(LAST)(tp)
	add	t3, t3, t4
	ld	t4, NACC_STORE_PC(t3)
	bne	t4, t2, .Lslow
	ld	t0, NACC_STORE_TEXT_PA(t3)
	ld	t2, 0(t0)
	ld	t4, NACC_STORE_TEXT(t3)
	bne	t2, t4, .Lslow

	/* A level-0 table of a live address space? */
	ld	t2, FAST(FRAMES_PA)(tp)
	add	t1, t1, t2
	srli	t4, t1, PAGE_SHIFT - NACC_FRAME_SHIFT
	andi	t4, t4, -(1 << NACC_FRAME_SHIFT)
	ld	t2, FAST(LIVES)(tp)
	add	t4, t4, t2
	ld	t2, NACC_FRAME_LIVE_TO_GATE(t4)
	lhu	t2, 0(t2)
	bnez	t2, .Lslow

	ld	t2, NACC_STORE_RUN(t3)
	jr	t2

	/* The instruction lies across eight bytes: the rest is the same, too? */
	.globl	nacc_fast_across
nacc_fast_across:
	ld	t2, 8(t0)
	ld	t0, NACC_STORE_TEXT2(t3)
	bne	t2, t0, .Lslow
	ld	t2, NACC_STORE_RUN2(t3)
	jr	t2

	/* sd, c.sd, c.sdsp */
	.globl	nacc_fast_store
nacc_fast_store:
	NACC_FAST_SWAP
	NACC_FAST_NEXT
	NACC_FAST_END FAST(NR_STORES)

	/* amoswap.d */
	.globl	nacc_fast_swap
nacc_fast_swap:
	NACC_FAST_SWAP
	NACC_FAST_RD

	/* amoand.d, amoor.d: t0 has been loaded and reserved, t2 is the result. */
	.globl	nacc_fast_and
nacc_fast_and:
	NACC_FAST_CAS t2
	NACC_FAST_RD

	.globl	nacc_fast_or
nacc_fast_or:
	NACC_FAST_CAS t0
	NACC_FAST_RD

	.globl	nacc_fast_swapped
nacc_fast_swapped:
	NACC_FAST_END FAST(NR_AMOS)

	.globl	nacc_fast_slow
nacc_fast_slow:
.Lslow:
	NACC_FAST_REGS REG_L
	ld	t0, FAST(SLOW)(tp)
	jr	t0
	.option	pop

	NACC_ENTRY nacc_trap_entry_hyp, nacc_trap_slow_hyp, nacc_trap_pass_hyp, \
		_trap_handler_hyp, nacc_fast_illegal_hyp, 1
