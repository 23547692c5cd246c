// SPDX-License-Identifier: GPL-2.0
/* The module's trace events, nacc:*. */
#define CREATE_TRACE_POINTS
#include "nacc.h"
#include "trace.h"
