/* SPDX-License-Identifier: BSD-2-Clause */
/* FENCE. */
#ifndef NACC_FENCE_H
#define NACC_FENCE_H

#include <sbi/sbi_scratch.h>
#include <sbi/sbi_trap.h>
#include "nacc_core.h"

int nacc_fence_init(void);
void nacc_fence_resume(void);
void nacc_fence_join(struct sbi_scratch *scratch);
struct nacc_ret nacc_fence(struct nacc_core *core);
void nacc_fence_try(void);
bool nacc_fence_harts(struct sbi_trap_context *tcntx);

#endif /* NACC_FENCE_H */
