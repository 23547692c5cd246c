/* SPDX-License-Identifier: BSD-2-Clause */
/* As OpenSBI has it. */
#ifndef TESTS_RISCV_ASM_H
#define TESTS_RISCV_ASM_H

#include <sbi/sbi_types.h>

#define PAGE_SIZE	4096UL

/* There is one. */
extern u64 walk_senvcfg;
#define csr_read(csr)	(assert_int_equal(csr, CSR_SENVCFG), walk_senvcfg)

#endif /* TESTS_RISCV_ASM_H */
