/* SPDX-License-Identifier: BSD-2-Clause */
/* Is there RAM where the device tree says so? And what else only trying says. */
#ifndef NACC_PROBE_H
#define NACC_PROBE_H

#include <sbi/sbi_types.h>

u32 nacc_probe_vlenb(void);
bool nacc_probe_ram(u64 start, u64 end);

#endif /* NACC_PROBE_H */
