/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls of OpenSBI's handlers. */
#ifndef NACC_HANDLER_H
#define NACC_HANDLER_H

#include <sbi/sbi_trap.h>
#include <sbi/sbi_types.h>
#include "nacc_core.h"

u64 *nacc_shared_get(const struct nacc_core *core);
void nacc_shared_put(void);
void nacc_handler_copy(u64 *to, const u64 *from, u64 words);
struct nacc_ret nacc_handler_call(const struct sbi_trap_regs *regs);

#endif /* NACC_HANDLER_H */
