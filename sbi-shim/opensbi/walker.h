/* SPDX-License-Identifier: BSD-2-Clause */
/* What the page-table walker does, as tried. */
#ifndef NACC_WALKER_H
#define NACC_WALKER_H

#include <sbi/sbi_types.h>
#include "nacc_core.h"

enum nacc_walker nacc_walker_probe(u32 hart);

#endif /* NACC_WALKER_H */
