/* SPDX-License-Identifier: BSD-2-Clause */
/* The gate: threads of gated address spaces come from user mode, and go back to it. */
#ifndef NACC_USER_H
#define NACC_USER_H

#include <sbi/sbi_trap.h>
#include "hart.h"
#include "nacc_core.h"

/* sret */
#define NACC_INSN_SRET	0x10200073U

/*
 * What else the same code does by: mstatus.UXL and UBE, both S-mode's to write. Behind a gate
 * user mode has 64 bits and is little-endian, as what the firmware reads of its memory.
 */
#define NACC_USER_LAYOUT	(MSTATUS_UXL | MSTATUS_UBE)
#define NACC_USER_LAYOUT_IS	(2UL << 32)

/**
 * nacc_user_rest() - what else is to be done about a trap, once a gated thread is in there
 * @tcntx: the trap
 *
 * Return: 1 if it is done, 0 if it is OpenSBI's.
 */
typedef int (*nacc_user_rest)(struct sbi_trap_context *tcntx);

void nacc_user_come(struct nacc_core *core, struct sbi_trap_context *tcntx, nacc_user_rest rest);
void nacc_user_go(struct nacc_core *core, struct sbi_trap_regs *regs);

#endif /* NACC_USER_H */
