/* SPDX-License-Identifier: BSD-2-Clause */
/* Is there RAM where the device tree says so? */
#ifndef NACC_PROBE_H
#define NACC_PROBE_H

#include <sbi/sbi_types.h>

bool nacc_probe_ram(u64 start, u64 end);

#endif /* NACC_PROBE_H */
