/* SPDX-License-Identifier: GPL-2.0 */
/* From the firmware to C, and from there to user mode and back. */
#include "bare.h"

	.option	arch, +d
	.option	arch, +v
	.option	norvc

/* With this satp, and in the linear map from here on */
.macro	TRANSLATE satp
	lla	t0, .Lthere\@
	li	t1, LINEAR_MAP
	add	t0, t0, t1
	csrw	stvec, t0
	csrw	sscratch, zero
	sfence.vma
	/* What comes next is not mapped here, but where stvec says. */
	csrw	satp, \satp
	nop
	.balign	4
.Lthere\@:
	lla	t0, vector
	csrw	stvec, t0
.endm

	.section .text.start, "ax"
	.globl	start
start:
	lla	sp, stack_end
	call	first_tables
	TRANSLATE a0
	lla	sp, stack_end
	call	s_mode
2:	j	2b

/* Another hart, where the first has all that is shared */
	.globl	other_start
other_start:
	lla	a0, kernel_satp
	ld	a0, 0(a0)
	TRANSLATE a0
	lla	sp, other_stack_end
	call	other_hart

	.text
.macro	ALL op base skip1=0 skip2=0
	.irp	r, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, \
		   20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	.if	\r != \skip1 && \r != \skip2
	\op	x\r, 8 * \r(\base)
	.endif
	.endr
.endm

/* What C wants back; the stack has room. */
.macro	KEEP op
	\op	ra, 0(sp)
	\op	gp, 8(sp)
	\op	tp, 16(sp)
	.irp	r, 8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27
	\op	x\r, 8 * (\r - 5)(sp)
	.endr
.endm

	.globl	go
go:
	addi	sp, sp, -192
	KEEP	sd
	sd	sp, THREAD_SP(a0)
	csrw	sscratch, a0
	ld	t0, 0(a0)
	csrw	sepc, t0
	ld	t0, THREAD_STATUS(a0)
	csrw	sstatus, t0
	rdinstret t0
	sd	t0, THREAD_BEGIN(a0)
	ALL	ld, a0, 10
	ld	a0, 80(a0)
	sret

	.globl	vector
	.balign	4
vector:
	csrrw	tp, sscratch, tp
	beqz	tp, own_trap
	sd	t0, 40(tp)
	rdinstret t0
	sd	t0, THREAD_END(tp)
	ALL	sd, tp, 4, 5
	csrr	t0, sscratch
	sd	t0, 32(tp)
	csrr	t0, sepc
	sd	t0, 0(tp)
	csrr	t0, sstatus
	sd	t0, THREAD_STATUS(tp)
	csrr	t0, scause
	sd	t0, THREAD_CAUSE(tp)
	csrr	t0, stval
	sd	t0, THREAD_VALUE(tp)
	csrw	sscratch, zero
	/* What traps in here from now on is no double trap. */
	li	t0, 0x1000000
	csrc	sstatus, t0
	ld	sp, THREAD_SP(tp)
	KEEP	ld
	addi	sp, sp, 192
	ret

/* Behind the instruction, of four bytes, with all as it was */
own_trap:
	lla	tp, own
	sd	t0, 16(tp)
	ld	t0, 0(tp)
	addi	t0, t0, 1
	sd	t0, 0(tp)
	csrr	t0, scause
	sd	t0, 8(tp)
	csrr	t0, sepc
	addi	t0, t0, 4
	csrw	sepc, t0
	ld	t0, 16(tp)
	csrrw	tp, sscratch, tp
	csrw	sscratch, zero
	sret

/* u64 back_to_self(status, registers): sret; sstatus behind it */
	.globl	back_to_self
back_to_self:
	addi	sp, sp, -192
	KEEP	sd
	csrw	sstatus, a0
	lla	t0, 1f
	csrw	sepc, t0
	ALL	ld, a1, 2, 11
	sret
	/* Where it comes if sret is not performed: own_trap */
	nop
	.balign	4
1:	ALL	sd, a1, 2, 11
	csrr	a0, sstatus
	KEEP	ld
	addi	sp, sp, 192
	ret

/* void fences(registers) */
	.globl	fences
fences:
	addi	sp, sp, -192
	KEEP	sd
	ALL	ld, a0, 2, 10
	sfence.vma
	sfence.vma t1
	sfence.vma zero, t0
	sfence.vma t4, t3
	sfence.vma tp, t2
	ALL	sd, a0, 2, 10
	KEEP	ld
	addi	sp, sp, 192
	ret

/* void load_satp(satp, mm, registers): the site, with the mm in a1 */
	.globl	load_satp
	.globl	load_satp_site
load_satp:
	addi	sp, sp, -192
	KEEP	sd
	sd	a0, 80(a2)
	sd	a1, 88(a2)
	ALL	ld, a2, 2, 12
load_satp_site:
	csrw	satp, a0
	ALL	sd, a2, 2, 12
	KEEP	ld
	addi	sp, sp, 192
	ret

	.globl	float_fill
float_fill:
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, \
		21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	fmv.d.x	f\n, a0
	.endr
	ret

	.globl	vector_fill
vector_fill:
	vsetvli	t0, zero, e64, m8, ta, ma
	vmv.v.x	v0, a0
	vmv.v.x	v8, a0
	vmv.v.x	v16, a0
	vmv.v.x	v24, a0
	ret

/* The one writer of page tables */
	.section .text.writer, "ax"
	.globl	store_entry
	.globl	store_entry_end
store_entry:
	sd	a1, 0(a0)
	ret
store_entry_end:
