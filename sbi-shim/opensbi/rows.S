/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The part of a store that depends on its registers: a row of code for each of
 * x0..x31, or for each two of them. fast.c picks the rows, entry.S jumps into
 * them, see there for what is in which register. What entry.S uses itself is
 * where entry.S saved it.
 */
#include <sbi/riscv_encoding.h>
#include "entry.h"

	.section .text, "ax", %progbits
	.option	norvc

	/* Registers that are not where they were */
	.set	moved, 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 28 | 1 << 29

/* to = register \nr of the trapped code */
.macro	GET to nr
	.if	\nr == 4
	csrr	\to, CSR_MSCRATCH
	.elseif	\nr == 5
	REG_L	\to, SBI_SCRATCH_TMP0_OFFSET(tp)
	.elseif	\nr == 6
	REG_L	\to, SAVED(t1)(tp)
	.elseif	\nr == 7
	REG_L	\to, SAVED(t2)(tp)
	.elseif	\nr == 28
	REG_L	\to, SAVED(t3)(tp)
	.elseif	\nr == 29
	REG_L	\to, SAVED(t4)(tp)
	.else
	mv	\to, x\nr
	.endif
.endm

/* register \nr of the trapped code = from */
.macro	PUT from nr
	.if	\nr == 4
	csrw	CSR_MSCRATCH, \from
	.elseif	\nr == 5
	REG_S	\from, SBI_SCRATCH_TMP0_OFFSET(tp)
	.elseif	\nr == 6
	REG_S	\from, SAVED(t1)(tp)
	.elseif	\nr == 7
	REG_S	\from, SAVED(t2)(tp)
	.elseif	\nr == 28
	REG_S	\from, SAVED(t3)(tp)
	.elseif	\nr == 29
	REG_S	\from, SAVED(t4)(tp)
	.elseif	\nr != 0
	mv	x\nr, \from
	.endif
.endm

/*
 * Do base and offset make the address of the fault? If not, this is the end of a
 * store that begins in another page (core/store.c, check_access()).
 */
.macro	ROW_STORE base nr slow
	ld	t2, NACC_STORE_BASE(t3)
	add	t2, t2, t1
	.if	moved >> \base & 1
	GET	t0, \base
	bne	t2, t0, \slow
	.else
	bne	t2, x\base, \slow
	.endif
	GET	t2, \nr
	j	nacc_fast_store
.endm

.macro	ROW_SWAP nr
	GET	t2, \nr
	j	nacc_fast_swap
.endm

/* Two steps at once where the operand is still in its register */
.macro	ROW_AMO op done nr
	lr.d.aq	t0, (t1)
	.if	moved >> \nr & 1
	GET	t2, \nr
	\op	t2, t2, t0
	.else
	\op	t2, x\nr, t0
	.endif
	j	\done
.endm

.macro	ROW_AND nr
	ROW_AMO	and, nacc_fast_and, \nr
.endm

.macro	ROW_OR nr
	ROW_AMO	or, nacc_fast_or, \nr
.endm

.macro	ROW_RD nr
	PUT	t0, \nr
	j	nacc_fast_swapped
.endm

/* t2 = register \nr of the trapped code; back to t0 */
.macro	ROW_GET nr
	GET	t2, \nr
	jr	t0
.endm

.macro	ROWS_STORE base
	.irp	nr, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, \
		    16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	.balign	NACC_FAST_STORE_ROW
	ROW_STORE \base, \nr, .Lslow_\base
	.endr
	.balign	NACC_FAST_STORE_ROW
.Lslow_\base:
	j	nacc_fast_slow
.endm

.macro	ROWS name row
	.balign	NACC_FAST_ROW
	.globl	\name
\name:
	.irp	nr, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, \
		    16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	.balign	NACC_FAST_ROW
	\row	\nr
	.endr
.endm

	/* A branch reaches the end of its 32 rows, but not beyond all of them. */
	.balign	NACC_FAST_STORE_ROW
	.globl	nacc_rows_store
nacc_rows_store:
	.irp	base, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, \
		      16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	ROWS_STORE \base
	.endr

	ROWS	nacc_rows_swap, ROW_SWAP
	ROWS	nacc_rows_and, ROW_AND
	ROWS	nacc_rows_or, ROW_OR
	ROWS	nacc_rows_rd, ROW_RD
	ROWS	nacc_rows_get, ROW_GET
