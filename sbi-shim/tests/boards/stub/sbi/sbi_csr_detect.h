/* SPDX-License-Identifier: BSD-2-Clause */
/* In place of OpenSBI's, for this machine. */
#ifndef TESTS_SBI_CSR_DETECT_H
#define TESTS_SBI_CSR_DETECT_H

#include <sbi/riscv_asm.h>
#include <sbi/sbi_trap.h>

#define csr_read_allowed(csr, trap)	((trap)->cause = 0, tests_csr(csr))

#endif /* TESTS_SBI_CSR_DETECT_H */
