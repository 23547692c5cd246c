/* SPDX-License-Identifier: BSD-2-Clause */
/* What test_walk.c needs of OpenSBI's headers, on the host. */
#ifndef TESTS_SBI_TYPES_H
#define TESTS_SBI_TYPES_H

#include <stdbool.h>
#include <stddef.h>

#include "nacc_sbi.h"

typedef nacc_u8 u8;
typedef nacc_u32 u32;
typedef nacc_u64 u64;

#endif /* TESTS_SBI_TYPES_H */
