/* SPDX-License-Identifier: BSD-2-Clause */
/* As OpenSBI has it. */
#ifndef TESTS_SBI_BITOPS_H
#define TESTS_SBI_BITOPS_H

#define BIT(nr)	(1UL << (nr))

#endif /* TESTS_SBI_BITOPS_H */
