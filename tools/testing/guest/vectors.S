/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hold_vectors: v0 to v31, vl, vtype and vcsr as "from" has them, then so many turns of a loop
 * that now and then reads a word of memory, and what is in them behind that to "to". No call.
 * spoil_vectors: others.
 *
 *	a0	from
 *	a1	to
 *	a2	turns
 *	a3	pages of memory, one a turn
 */
#define VCSR	0xf
#define VL	0xc20
#define VTYPE	0xc21
#define VLENB	0xc22

.macro	VECTORS op base
	addi	t1, \base, 32
	csrr	t2, VLENB
	slli	t2, t2, 3
	.irp	n, 0, 8, 16, 24
	\op	v\n, (t1)
	add	t1, t1, t2
	.endr
.endm

	.text
	.option	push
	.option	arch, +v
	.globl	hold_vectors
hold_vectors:
	VECTORS	vl8re8.v, a0
	ld	t1, 8(a0)
	ld	t2, 16(a0)
	vsetvl	zero, t1, t2
	ld	t1, 0(a0)
	csrw	VCSR, t1
	li	t2, 4096
1:	lb	zero, 0(a3)
	add	a3, a3, t2
	li	t1, 500
2:	addi	t1, t1, -1
	bnez	t1, 2b
	addi	a2, a2, -1
	bnez	a2, 1b
	csrr	t1, VCSR
	sd	t1, 0(a1)
	csrr	t1, VL
	sd	t1, 8(a1)
	csrr	t1, VTYPE
	sd	t1, 16(a1)
	VECTORS	vs8r.v, a1
	ret

	.globl	spoil_vectors
spoil_vectors:
	csrwi	VCSR, 2
	vsetvli	zero, zero, e8, m8, ta, ma
	.irp	n, 0, 8, 16, 24
	vmv.v.i	v\n, 5
	.endr
	ret
	.option	pop
	.section .note.GNU-stack, "", %progbits
