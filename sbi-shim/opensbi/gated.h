/* SPDX-License-Identifier: BSD-2-Clause */
/* Is the root gated that a hart has, and whose turns does its trap vector know? */
#ifndef NACC_GATED_H
#define NACC_GATED_H

#include <sbi/sbi_trap.h>
#include "hart.h"
#include "nacc_core.h"

bool nacc_gated(const struct nacc_core *core);
bool nacc_gated_secrets(const struct nacc_core *core);
void nacc_gated_update(const struct nacc_core *core, struct sbi_trap_regs *regs);
void nacc_gated_know(struct nacc_hart *hart, struct nacc_sbi_context *context);
void nacc_gated_forget(struct nacc_hart *hart);

#endif /* NACC_GATED_H */
