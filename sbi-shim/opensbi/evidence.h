/* SPDX-License-Identifier: BSD-2-Clause */
/* Evidence: measurements at boot, and reports. */
#ifndef NACC_EVIDENCE_H
#define NACC_EVIDENCE_H

#include <sbi/sbi_types.h>
#include "nacc_core.h"

/* The firmware's own symbols (firmware/fw_base.ldS): where it begins, and its data does */
extern const u8 _fw_start[], _fw_rw_start[];

void nacc_evidence_init(const void *fdt);
unsigned long nacc_evidence_key(void);
struct nacc_ret nacc_evidence_call(struct nacc_core *core, const struct nacc_call *call);

#endif /* NACC_EVIDENCE_H */
