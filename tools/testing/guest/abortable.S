/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A restartable sequence (rseq(2)), with glibc's signature.
 *
 * int abortable(struct rseq_cs **at, const volatile int *stop): 1: it was aborted, 0: it was told
 * to stop.
 */
	.text
	.option	push
	.option	norvc
	.globl	abortable
	.globl	abort_at
abortable:
	la	t0, critical
	sd	t0, 0(a0)
1:	lw	t1, 0(a1)
	beqz	t1, 1b
2:	sd	zero, 0(a0)
	li	a0, 0
	ret
	.word	0xf1401073		/* RSEQ_SIG (sys/rseq.h) */
abort_at:
	li	a0, 1
	ret
	.option	pop

	.data
	.balign	32
critical:
	.word	0, 0
	.dword	1b, 2b - 1b, abort_at
	.section .note.GNU-stack, "", %progbits
