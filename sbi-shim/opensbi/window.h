/* SPDX-License-Identifier: BSD-2-Clause */
/* Secret pages are opened on a hart, and closed again. */
#ifndef NACC_WINDOW_H
#define NACC_WINDOW_H

#include "hart.h"
#include "nacc_core.h"

bool nacc_window_found(const struct nacc_core *core, struct nacc_hart *hart);
void nacc_window_open(const struct nacc_core *core, struct nacc_hart *hart);
void nacc_window_close(const struct nacc_core *core, struct nacc_hart *hart);

#endif /* NACC_WINDOW_H */
