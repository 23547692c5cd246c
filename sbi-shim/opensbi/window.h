/* SPDX-License-Identifier: BSD-2-Clause */
/* Secret pages are opened on a hart, and closed again. */
#ifndef NACC_WINDOW_H
#define NACC_WINDOW_H

#include <sbi/sbi_domain.h>
#include "hart.h"
#include "nacc_core.h"

/* Size of a window, as PMP and OpenSBI have it: all that an address space can have */
#define NACC_WINDOW_ORDER	14
_Static_assert(NACC_SECRET_SPAN == 1UL << NACC_WINDOW_ORDER, "one PMP entry");

/*
 * Where it is closed: the beginning of the region, with what S- and U-mode may do there
 * anyway. OpenSBI would not keep it if it looked like the region itself.
 */
#define NACC_WINDOW_CLOSED	(SBI_DOMAIN_MEMREGION_SHARED_SUR_MRW | \
				 SBI_DOMAIN_MEMREGION_M_EXECUTABLE)

bool nacc_window_found(const struct nacc_core *core, struct nacc_hart *hart);
void nacc_window_open(struct nacc_hart *hart, u64 pa);
void nacc_window_close(const struct nacc_core *core, struct nacc_hart *hart);
void nacc_window_stop(void);

#endif /* NACC_WINDOW_H */
