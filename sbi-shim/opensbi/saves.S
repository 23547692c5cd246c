/* SPDX-License-Identifier: BSD-2-Clause */
/* Other registers to and from contexts: part of turned.S and registers.S. */
#ifndef CSR_VCSR
#define CSR_VCSR	0xf
#endif

/* f0..f31 to or from the context at \base; fcsr by way of \tmp */
.macro	NACC_FLOAT op base
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, \
		20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\op	f\n, (NACC_CONTEXT_F + 8 * \n)(\base)
	.endr
.endm

.macro	NACC_FLOAT_SAVE base tmp
	NACC_FLOAT fsd, \base
	csrr	\tmp, CSR_FCSR
	sd	\tmp, NACC_CONTEXT_FCSR(\base)
.endm

.macro	NACC_FLOAT_LOAD base tmp
	NACC_FLOAT fld, \base
	ld	\tmp, NACC_CONTEXT_FCSR(\base)
	csrw	CSR_FCSR, \tmp
.endm

/*
 * v0..v31 to or from where the context at \base has them: eight registers at a time, of
 * any type, vstart being zero. In between the eighth part of them is added to \at.
 */
.macro	NACC_VECTOR op base at size
	csrr	\size, CSR_VLENB
	slli	\size, \size, 3
	ld	\at, NACC_CONTEXT_V(\base)
	\op	v0, (\at)
	add	\at, \at, \size
	\op	v8, (\at)
	add	\at, \at, \size
	\op	v16, (\at)
	add	\at, \at, \size
	\op	v24, (\at)
.endm

.macro	NACC_VECTOR_CSR csr offset base tmp
	csrr	\tmp, \csr
	sd	\tmp, \offset(\base)
.endm

/* The kernel finds them as they were: its own copy is made later. */
.macro	NACC_VECTOR_SAVE base tmp tmp2
	NACC_VECTOR_CSR CSR_VSTART, NACC_CONTEXT_VSTART, \base, \tmp
	NACC_VECTOR_CSR CSR_VL, NACC_CONTEXT_VL, \base, \tmp
	NACC_VECTOR_CSR CSR_VTYPE, NACC_CONTEXT_VTYPE, \base, \tmp
	NACC_VECTOR_CSR CSR_VCSR, NACC_CONTEXT_VCSR, \base, \tmp
	csrw	CSR_VSTART, zero
	NACC_VECTOR vs8r.v, \base, \tmp, \tmp2
	ld	\tmp, NACC_CONTEXT_VSTART(\base)
	csrw	CSR_VSTART, \tmp
.endm

/* What sets vl and vtype makes vstart zero. */
.macro	NACC_VECTOR_LOAD base tmp tmp2
	csrw	CSR_VSTART, zero
	NACC_VECTOR vl8re8.v, \base, \tmp, \tmp2
	ld	\tmp, NACC_CONTEXT_VL(\base)
	ld	\tmp2, NACC_CONTEXT_VTYPE(\base)
	vsetvl	zero, \tmp, \tmp2
	ld	\tmp, NACC_CONTEXT_VCSR(\base)
	csrw	CSR_VCSR, \tmp
	ld	\tmp, NACC_CONTEXT_VSTART(\base)
	csrw	CSR_VSTART, \tmp
.endm
