/* SPDX-License-Identifier: BSD-2-Clause */
/* As OpenSBI has it. */
#ifndef TESTS_SBI_HART_H
#define TESTS_SBI_HART_H

#include <sbi/sbi_types.h>

struct sbi_scratch;

enum sbi_hart_priv_versions {
	SBI_HART_PRIV_VER_1_11 = 2,
	SBI_HART_PRIV_VER_1_12 = 3,
	SBI_HART_PRIV_VER_1_13 = 4,
};

int sbi_hart_priv_version(struct sbi_scratch *scratch);

#endif /* TESTS_SBI_HART_H */
