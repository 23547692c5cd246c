/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What OpenSBI's versions have each in their own way: one file for each generation of
 * its interface, with the same names in them.
 */
#ifndef NACC_GENERATION_H
#define NACC_GENERATION_H

#include <sbi/sbi_version.h>

#if OPENSBI_VERSION == 0x10008
#include "generation_1_8.h"
#elif OPENSBI_VERSION == 0x10006
#include "generation_1_6.h"
#else
#error "this version of OpenSBI has not been tried"
#endif

#endif /* NACC_GENERATION_H */
