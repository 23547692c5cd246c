/* SPDX-License-Identifier: BSD-2-Clause */
/* The SBI extension. */
#ifndef NACC_ECALL_H
#define NACC_ECALL_H

int nacc_ecall_init(void);

#endif /* NACC_ECALL_H */
