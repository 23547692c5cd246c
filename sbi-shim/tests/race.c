// SPDX-License-Identifier: BSD-2-Clause
/* What race.h declares. */
#include "race.h"

void (*race)(unsigned long *entry);
void (*seals_race)(void);
