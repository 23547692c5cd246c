/* SPDX-License-Identifier: BSD-2-Clause */
/* The SBI extension. */
#ifndef NACC_ECALL_H
#define NACC_ECALL_H

struct sbi_trap_regs;

int nacc_ecall_init(void);
void nacc_ecall_answer(struct sbi_trap_regs *regs);

#endif /* NACC_ECALL_H */
