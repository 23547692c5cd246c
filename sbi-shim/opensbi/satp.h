/* SPDX-License-Identifier: BSD-2-Clause */
/* satp, and what else mstatus.TVM makes trap. */
#ifndef NACC_SATP_H
#define NACC_SATP_H

#include <sbi/sbi_trap.h>
#include "nacc_core.h"

int nacc_satp_trap(struct nacc_core *core, struct sbi_trap_context *tcntx);
struct nacc_ret nacc_satp_guard(struct nacc_core *core, const struct nacc_call *call);
struct nacc_ret nacc_satp_switch(struct nacc_core *core, const struct nacc_call *call);
u64 nacc_satp_refused(u64 what);
struct nacc_ret nacc_satp_of(u64 hartindex);

#endif /* NACC_SATP_H */
