/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hold_call, hold_fault: all registers as "given" has them, then into the kernel, and what is
 * in them behind that to "found"; sp is one's own all the while. Nothing here is gp's: a linker
 * that relaxes would make it so, and gp is one of them.
 */
#define VSTART	0x8
#define VCSR	0xf
#define VL	0xc20
#define VTYPE	0xc21
#define VLENB	0xc22

/* All but sp and t0, which is the last */
.macro	GENERAL op base
	.irp	n, 1, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, \
		23, 24, 25, 26, 27, 28, 29, 30, 31
	\op	x\n, (8 * \n)(\base)
	.endr
.endm

.macro	FLOATS op base
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, \
		21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\op	f\n, (256 + 8 * \n)(\base)
	.endr
.endm

.macro	VECTORS op base at step
	addi	\at, \base, 552
	csrr	\step, VLENB
	slli	\step, \step, 3
	.irp	n, 0, 8, 16, 24
	\op	v\n, (\at)
	add	\at, \at, \step
	.endr
.endm

.macro	HOLD name trap:vararg
	.globl	\name
\name:
	addi	sp, sp, -512
	GENERAL	sd, sp
	FLOATS	fsd, sp
	la	t0, own_sp
	sd	sp, 0(t0)
	la	t0, given
	sd	sp, 16(t0)
	lw	t1, has_v
	beqz	t1, 1f
	VECTORS	vl8re8.v, t0, t1, t2
	ld	t1, 528(t0)
	ld	t2, 536(t0)
	vsetvl	zero, t1, t2
	ld	t1, 520(t0)
	csrw	VCSR, t1
	ld	t1, 544(t0)
	csrw	VSTART, t1
1:	FLOATS	fld, t0
	ld	t1, 512(t0)
	fscsr	t1
	la	t1, entered
	li	t2, 1
	sw	t2, 0(t1)
	GENERAL	ld, t0
	ld	t0, 40(t0)
	\trap
	sd	t0, -8(sp)
	la	t0, found
	GENERAL	sd, t0
	sd	sp, 16(t0)
	ld	t1, -8(sp)
	sd	t1, 40(t0)
	FLOATS	fsd, t0
	frcsr	t1
	sd	t1, 512(t0)
	lw	t1, has_v
	beqz	t1, 1f
	csrr	t1, VCSR
	sd	t1, 520(t0)
	csrr	t1, VL
	sd	t1, 528(t0)
	csrr	t1, VTYPE
	sd	t1, 536(t0)
	csrr	t1, VSTART
	sd	t1, 544(t0)
	csrw	VSTART, zero
	VECTORS	vs8r.v, t0, t1, t2
1:	ld	sp, own_sp
	fscsr	zero
	FLOATS	fld, sp
	GENERAL	ld, sp
	addi	sp, sp, 512
	ret
.endm

	.text
	.option	push
	.option	norelax
	.option	norvc
	.option	arch, +v
	HOLD	hold_call, ecall
	HOLD	hold_fault, sb zero, 0(a0)
	.option	pop
	.section .note.GNU-stack, "", %progbits
