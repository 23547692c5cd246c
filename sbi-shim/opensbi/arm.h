/* SPDX-License-Identifier: BSD-2-Clause */
/* Taking over a hart. */
#ifndef NACC_ARM_H
#define NACC_ARM_H

#include <sbi/sbi_scratch.h>

bool nacc_hart_known(struct sbi_scratch *scratch);
int nacc_hart_arm(struct sbi_scratch *scratch);
void nacc_hart_resume(void);

#endif /* NACC_ARM_H */
