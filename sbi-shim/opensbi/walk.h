/* SPDX-License-Identifier: BSD-2-Clause */
/* Page-table walk in software. */
#ifndef NACC_WALK_H
#define NACC_WALK_H

#include <sbi/sbi_types.h>
#include "nacc_core.h"

u64 nacc_satp_root(u64 satp);
bool nacc_walk(const struct nacc_core *core, u64 satp, u64 va, u64 *pa);

#endif /* NACC_WALK_H */
