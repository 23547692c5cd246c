/* SPDX-License-Identifier: BSD-2-Clause */
/* Access faults. */
#ifndef NACC_TRAP_H
#define NACC_TRAP_H

#include <sbi/sbi_trap.h>

int nacc_trap(struct sbi_trap_context *tcntx);

#endif /* NACC_TRAP_H */
