/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What entry.S and rows.S share: where the registers of the trapped code are.
 */
#ifndef NACC_ENTRY_H
#define NACC_ENTRY_H

#include <sbi/riscv_asm.h>
#include <sbi/sbi_scratch.h>
#include <sbi/sbi_trap.h>
#include "fast.h"

#define REG(x)		SBI_TRAP_REGS_OFFSET(x)

/* From the scratch space: in the frame that the stack begins with */
#define SAVED(x)	(REG(x) - SBI_TRAP_CONTEXT_SIZE)

#endif /* NACC_ENTRY_H */
