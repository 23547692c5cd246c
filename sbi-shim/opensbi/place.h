/* SPDX-License-Identifier: BSD-2-Clause */
/* Choice of the region. */
#ifndef NACC_PLACE_H
#define NACC_PLACE_H

#include <sbi/sbi_types.h>

u64 nacc_place(const void *fdt, u64 *size);

#endif /* NACC_PLACE_H */
