/* SPDX-License-Identifier: BSD-2-Clause */
/* The gate before the SBI's extensions. */
#ifndef NACC_GATE_H
#define NACC_GATE_H

#include <sbi/sbi_ecall.h>
#include <sbi/sbi_trap.h>
#include <sbi/sbi_types.h>
#include "nacc_core.h"

/* OpenSBI's own, a null pointer behind them; generated, in none of its headers */
extern struct sbi_ecall_extension *const sbi_ecall_exts[];

int nacc_gate(struct nacc_core *core, struct sbi_trap_context *tcntx);
u64 nacc_gate_withheld(u64 n);
bool nacc_gate_has_events(void);

#endif /* NACC_GATE_H */
