/* SPDX-License-Identifier: GPL-2.0 */
/* What turning.c goes through: as registers.S. */
#include "registers.S"

	.text
	.option	push
	.option	norelax
	.option	norvc
	.option	arch, +v

/* A child says what it has, and ends: it may be on its maker's stack, and in its memory. */
.macro	MAKES
	ecall
	bnez	a0, 8f
	sd	t0, -8(sp)
	la	t0, child
	ld	t0, 0(t0)
	GENERAL	sd, t0
	sd	sp, 16(t0)
	ld	t1, -8(sp)
	sd	t1, 40(t0)
	li	t1, 1
	sd	t1, 0(t0)
	li	a0, 0
	li	a7, 93
	ecall
8:
.endm

/* Until somebody writes to where a0 points; a1 is what. */
.macro	SPINS
8:	lw	a1, 0(a0)
	beqz	a1, 8b
.endm

	HOLD	hold_child, MAKES
	HOLD	hold_spin, SPINS

/* It has nothing but pc for itself: tp and gp are anybody's. */
	.globl	on_signal
on_signal:
	la	t0, handled
	lw	t1, 0(t0)
	addi	t1, t1, 1
	sw	t1, 0(t0)
	ret
	.option	pop
