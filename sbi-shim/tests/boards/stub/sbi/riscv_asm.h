/* SPDX-License-Identifier: BSD-2-Clause */
/* Around OpenSBI's, for this machine, which has no CSRs. */
#ifndef TESTS_RISCV_ASM_H
#define TESTS_RISCV_ASM_H

#include_next <sbi/riscv_asm.h>

unsigned long tests_csr(int csr);
void tests_csr_write(int csr, unsigned long val);

#undef csr_read
#undef csr_write
#undef csr_read_relaxed
#define csr_read(csr)		tests_csr(csr)
#define csr_read_relaxed(csr)	tests_csr(csr)
#define csr_write(csr, val)	tests_csr_write(csr, val)

#endif /* TESTS_RISCV_ASM_H */
