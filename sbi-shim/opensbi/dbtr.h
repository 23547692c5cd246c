/* SPDX-License-Identifier: BSD-2-Clause */
/* The debug triggers' shared memory. */
#ifndef NACC_DBTR_H
#define NACC_DBTR_H

#include <sbi/sbi_trap.h>
#include "deputy.h"
#include "nacc_core.h"

struct nacc_ret nacc_dbtr(struct nacc_core *core, const struct nacc_ask *ask,
			  const struct sbi_trap_regs *regs);

#endif /* NACC_DBTR_H */
