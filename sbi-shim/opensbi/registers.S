/* SPDX-License-Identifier: BSD-2-Clause */
/* What units.c saves and loads: see saves.S. */
#include <sbi/riscv_encoding.h>
#include "entry.h"
#include "saves.S"

	.section .entry, "ax", %progbits
	.option	push
	.option	norvc
	.option	arch, +d
	.option	arch, +v

	.globl	nacc_float_save
nacc_float_save:
	NACC_FLOAT_SAVE a0, a1
	ret

	.globl	nacc_float_load
nacc_float_load:
	NACC_FLOAT_LOAD a0, a1
	ret

	.globl	nacc_vector_save
nacc_vector_save:
	NACC_VECTOR_SAVE a0, a1, a2
	ret

	.globl	nacc_vector_load
nacc_vector_load:
	NACC_VECTOR_LOAD a0, a1, a2
	ret
	.option	pop
