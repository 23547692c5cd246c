/* SPDX-License-Identifier: BSD-2-Clause */
/* Page-table walk in software. */
#ifndef NACC_WALK_H
#define NACC_WALK_H

#include <sbi/sbi_types.h>
#include "nacc_core.h"

bool nacc_walk(const struct nacc_core *core, u64 satp, u64 va, u64 *pa);
u64 nacc_walk_unmasked(u64 va);

#endif /* NACC_WALK_H */
