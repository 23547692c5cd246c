/* SPDX-License-Identifier: BSD-2-Clause */
/* As OpenSBI has it. */
#ifndef TESTS_RISCV_ENCODING_H
#define TESTS_RISCV_ENCODING_H

#define SATP_MODE_OFF	0UL
#define SATP_MODE_SV39	8UL
#define SATP_MODE_SV57	10UL

#define CSR_SENVCFG	0x10a

#endif /* TESTS_RISCV_ENCODING_H */
