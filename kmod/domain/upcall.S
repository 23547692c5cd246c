/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a CPU goes on whose root was refused: the firmware has put it here instead of
 * behind the write of satp, which sepc names, as in a trap from kernel mode. Interrupts
 * are off. All registers are as they were when it goes back by sret.
 */
#include <linux/linkage.h>
#include <asm/asm.h>
#include <asm/csr.h>

#define FRAME	160

.macro CALLER_SAVED op
	\op	ra, 0(sp)
	\op	t0, 8(sp)
	\op	t1, 16(sp)
	\op	t2, 24(sp)
	\op	t3, 32(sp)
	\op	t4, 40(sp)
	\op	t5, 48(sp)
	\op	t6, 56(sp)
	\op	a0, 64(sp)
	\op	a1, 72(sp)
	\op	a2, 80(sp)
	\op	a3, 88(sp)
	\op	a4, 96(sp)
	\op	a5, 104(sp)
	\op	a6, 112(sp)
	\op	a7, 120(sp)
.endm

SYM_CODE_START(nacc_roots_upcall)
	addi	sp, sp, -FRAME
	CALLER_SAVED sd
	csrr	t0, CSR_EPC
	csrr	t1, CSR_STATUS
	sd	t0, 128(sp)
	sd	t1, 136(sp)
	call	nacc_roots_refused
	ld	t0, 128(sp)
	ld	t1, 136(sp)
	csrw	CSR_STATUS, t1
	csrw	CSR_EPC, t0
	CALLER_SAVED ld
	addi	sp, sp, FRAME
	sret
SYM_CODE_END(nacc_roots_upcall)
