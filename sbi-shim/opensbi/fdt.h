/* SPDX-License-Identifier: BSD-2-Clause */
/* What is read from and written to the device tree. */
#ifndef NACC_FDT_H
#define NACC_FDT_H

#include <sbi/sbi_types.h>
#include "nacc_core.h"

u32 nacc_fdt_ram(const void *fdt, struct nacc_span *ram, u32 max);
u64 nacc_fdt_conflict(const void *fdt, u64 start, u64 end);
int nacc_fdt_reserve(void *fdt, u64 base, u64 size);
bool nacc_fdt_has_isa(const void *fdt, const char *name);
void nacc_fdt_svade(void *fdt);
const void *nacc_fdt_chosen(const void *fdt, const char *name, int *len);
const char *nacc_fdt_bootarg(const void *fdt, const char *name);

#endif /* NACC_FDT_H */
