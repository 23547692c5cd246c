/* SPDX-License-Identifier: BSD-2-Clause */
/* The shim's part of OpenSBI's boot. */
#ifndef NACC_PLATFORM_H
#define NACC_PLATFORM_H

#include <sbi/sbi_types.h>

void nacc_platform_room(const void *fdt);
void nacc_platform_early(const void *fdt);
int nacc_platform_final(bool cold_boot, void *fdt);
bool nacc_platform_is_on(void);
void nacc_platform_exit(void);
void nacc_platform_resume(void);
void nacc_platform_reset(void);

#endif /* NACC_PLATFORM_H */
