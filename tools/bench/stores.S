/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stores with each operation and each register, each as a function of a struct
 * context (stores.h): it loads all registers from there, stores, and saves all
 * registers there. The store itself is in the section of registered writers, at
 * every even offset in eight bytes.
 */
#define IN	0
#define OUT	256
#define KEEP	512
#define FAULTS	768
#define SCRATCH	776

	.section .text.start, "ax"
	.globl	start
start:
	la	sp, stack_end
	call	s_mode
1:	wfi
	j	1b

/* A refused store: count it and go on behind it. sscratch has the context. */
	.globl	trap_vector
	.balign	4
trap_vector:
	csrrw	gp, sscratch, gp
	sd	t0, SCRATCH(gp)
	ld	t0, FAULTS(gp)
	addi	t0, t0, 1
	sd	t0, FAULTS(gp)
	csrr	t0, sepc
	lhu	t0, 0(t0)
	andi	t0, t0, 3
	addi	t0, t0, -3
	snez	t0, t0
	slli	t0, t0, 1	/* 2 if it is compressed, else 0 */
	sd	t1, SCRATCH + 8(gp)
	csrr	t1, sepc
	addi	t1, t1, 4
	sub	t1, t1, t0
	csrw	sepc, t1
	ld	t1, SCRATCH + 8(gp)
	ld	t0, SCRATCH(gp)
	csrrw	gp, sscratch, gp
	sret

.macro	ALL_BUT op base skip offset
	.irp	r, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, \
		   20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	.if	\r != \skip
	\op	x\r, \offset + 8 * \r(\base)
	.endif
	.endr
.endm

.macro	STUB name at rs2 rd imm
	.text
9:	csrw	sscratch, a0
	ALL_BUT	sd, a0, 10, KEEP
	.if	\at != 10
	mv	x\at, a0
	.endif
	ALL_BUT	ld, x\at, \at, IN
	ld	x\at, IN + 8 * \at(x\at)
	j	8f
6:	csrrw	x\at, sscratch, x\at
	ALL_BUT	sd, x\at, \at, OUT
	.if	\at != 10
	mv	a0, x\at
	.endif
	csrr	a1, sscratch
	sd	a1, OUT + 8 * \at(a0)
	csrw	sscratch, a0
	ALL_BUT	ld, a0, 10, KEEP
	ret

	.section .writers, "ax"
	.balign	8
	.rept	\rs2 & 3
	c.nop
	.endr
8:
	.option	norvc
	.ifc	\name, sd
	sd	x\rs2, \imm(x\at)
	.else
	.ifc	\name, c.sd
	.option	rvc
	c.sd	x\rs2, \imm(x\at)
	.option	norvc
	.else
	.ifc	\name, c.sdsp
	.option	rvc
	c.sdsp	x\rs2, \imm(sp)
	.option	norvc
	.else
	\name	x\rd, x\rs2, (x\at)
	.endif
	.endif
	.endif
	.option	rvc
	j	6b

	.section .stubs, "a"
	.quad	9b, 5b, \rs2, \rd, \at, \imm
.endm

.macro	PICK name rs2 rd
	.if	\rs2 != 10 && \rd != 10
	STUB	\name, 10, \rs2, \rd, 0
	.elseif	\rs2 != 11 && \rd != 11
	STUB	\name, 11, \rs2, \rd, 0
	.else
	STUB	\name, 12, \rs2, \rd, 0
	.endif
.endm

.macro	KIND name
	.section .rodata
5:	.asciz	"\name"
.endm

.macro	STORES name registers:vararg
	KIND	\name
	.irp	r, \registers
	PICK	\name, \r, 0
	.endr
.endm

.macro	AMOS name rd
	KIND	\name
	.irp	r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, \
		   20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	PICK	\name, \r, %((\r * 7 + \rd) & 31)
	.endr
.endm

/* Each register as the base, with operands and offsets of all kinds */
.macro	BASES step
	.irp	r, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, \
		   20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	STUB	sd, \r, %((\r * \step + 5) & 31), 0, %(((\r * 1237 * \step) & 4095) - 2048)
	.endr
.endm

/* Compressed forms: the offsets are multiples of 8 from 0 on. */
.macro	SHORT name at registers:vararg
	KIND	\name
	.irp	r, \registers
	STUB	\name, \at, \r, 0, %((\r * 8 + 8 * \at) & 248)
	.endr
.endm

	.altmacro
	STORES	sd, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, \
		    20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	STORES	c.sd, 8, 9, 10, 11, 12, 13, 14, 15
	KIND	sd
	BASES	1
	BASES	3
	BASES	6
	SHORT	c.sd, 8, 9, 10, 11, 12, 13, 14, 15
	SHORT	c.sd, 15, 8, 9, 10, 11, 12, 13, 14
	SHORT	c.sdsp, 2, 0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, \
		    20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	AMOS	amoswap.d, 4
	AMOS	amoand.d, 5
	AMOS	amoor.d, 6
	AMOS	amoxor.d, 7

/*
 * For the count: u64 name(entry, value), instret before and after it in a row.
 * What the function returns is the difference. The arguments are in t0 and t1,
 * too, which the trap vector uses itself.
 */
.macro	TIMED name rvc align insn:vararg
	.section .writers, "ax"
	.globl	\name
	.balign	8
\name:
	.rept	\align
	c.nop
	.endr
	.option	norvc
	mv	t0, a0
	mv	t1, a1
	rdinstret a4
	.if	\rvc
	.option	rvc
	.endif
	\insn
	.option	norvc
	rdinstret a5
	sub	a0, a5, a4
	.option	rvc
	ret
.endm
	.noaltmacro

.macro	NOPS
	.rept	100
	nop
	.endr
.endm

	TIMED	time_nothing, 0, 0
	TIMED	time_nops, 0, 0, NOPS
	/* At an offset of its own, so that it does not make the others forgotten. */
	TIMED	time_set, 0, 2, sd a1, (a0)
	TIMED	time_sd, 0, 0, sd a1, (a0)
	TIMED	time_sd_leaf, 0, 0, sd a1, (a0)
	TIMED	time_sd_zero, 0, 0, sd a1, (a0)
	TIMED	time_sd_high, 0, 0, sd a1, (a0)
	TIMED	time_sd_freed, 0, 0, sd a1, (a0)
	TIMED	time_sd_across, 0, 1, sd a1, (a0)
	TIMED	time_sd_across_t, 0, 1, sd t1, (t0)
	TIMED	time_c_sd, 1, 0, c.sd a1, (a0)
	TIMED	time_swap, 0, 0, amoswap.d a2, a1, (a0)
	TIMED	time_swap_leaf, 0, 0, amoswap.d a2, a1, (a0)
	TIMED	time_swap_across_t, 0, 1, amoswap.d t2, t1, (t0)
	TIMED	time_swap_x0, 0, 0, amoswap.d zero, a1, (a0)
	TIMED	time_and, 0, 0, amoand.d a2, a1, (a0)
	TIMED	time_and_x0, 0, 0, amoand.d zero, a1, (a0)
	TIMED	time_and_across_t, 0, 1, amoand.d t2, t1, (t0)
	TIMED	time_or, 0, 0, amoor.d a2, a1, (a0)
