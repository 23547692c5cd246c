/* SPDX-License-Identifier: BSD-2-Clause */
/* In place of OpenSBI's, for this machine. */
#ifndef TESTS_RISCV_BARRIER_H
#define TESTS_RISCV_BARRIER_H

int sched_yield(void);

#define cpu_relax()	((void)sched_yield())

#endif /* TESTS_RISCV_BARRIER_H */
