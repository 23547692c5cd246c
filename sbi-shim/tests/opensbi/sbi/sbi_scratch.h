/* SPDX-License-Identifier: BSD-2-Clause */
/* As OpenSBI has it. */
#ifndef TESTS_SBI_SCRATCH_H
#define TESTS_SBI_SCRATCH_H

#define sbi_scratch_thishart_ptr()	((struct sbi_scratch *)NULL)

#endif /* TESTS_SBI_SCRATCH_H */
