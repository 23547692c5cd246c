/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether a hart is guarded. */
#ifndef NACC_TVM_H
#define NACC_TVM_H

#include <sbi/sbi_scratch.h>
#include <sbi/sbi_trap.h>
#include "hart.h"

void nacc_tvm_begin(void);
void nacc_tvm_end(struct nacc_hart *hart);
void nacc_tvm_stop(struct sbi_scratch *scratch);
void nacc_tvm_announce(struct nacc_hart *hart, u64 satp);
void nacc_tvm_join(struct sbi_scratch *scratch);
bool nacc_tvm_resume(struct sbi_scratch *scratch);
void nacc_tvm_update(struct sbi_scratch *scratch, struct sbi_trap_context *tcntx);

#endif /* NACC_TVM_H */
