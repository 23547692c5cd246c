/* SPDX-License-Identifier: BSD-2-Clause */
/* The gate before the SBI's extensions. */
#ifndef NACC_GATE_H
#define NACC_GATE_H

#include <sbi/sbi_trap.h>
#include <sbi/sbi_types.h>
#include "nacc_core.h"

int nacc_gate(struct nacc_core *core, struct sbi_trap_context *tcntx);
u64 nacc_gate_withheld(u64 n);

#endif /* NACC_GATE_H */
