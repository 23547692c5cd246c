/* SPDX-License-Identifier: BSD-2-Clause */
/* What a thread has beside general registers: floating-point and vector registers. */
#ifndef NACC_UNITS_H
#define NACC_UNITS_H

#include <sbi/sbi_trap.h>
#include "hart.h"
#include "nacc_core.h"

bool nacc_units_wanted(struct nacc_hart *hart, struct nacc_sbi_context *context,
		       const struct sbi_trap_info *trap, struct sbi_trap_regs *regs);
void nacc_units_keep(const struct nacc_hart *hart, struct nacc_sbi_context *context,
		     const struct sbi_trap_regs *regs);
void nacc_units_give_back(struct nacc_hart *hart, struct sbi_trap_regs *regs);
void nacc_units_hide(struct nacc_hart *hart, struct nacc_sbi_context *context,
		     struct sbi_trap_regs *regs);

/* registers.S: f0..f31 and fcsr, to and from a context; mstatus.FS is not off. */
void nacc_float_save(struct nacc_sbi_context *context);
void nacc_float_load(const struct nacc_sbi_context *context);

/*
 * registers.S: v0..v31 and their CSRs, likewise. mstatus.VS is not off, and the hart's are of
 * the size that the context has room for.
 */
void nacc_vector_save(struct nacc_sbi_context *context);
void nacc_vector_load(const struct nacc_sbi_context *context);

#endif /* NACC_UNITS_H */
