// SPDX-License-Identifier: BSD-2-Clause
/* The one definition of race.h. */
#include "race.h"

void (*race)(unsigned long *entry);
