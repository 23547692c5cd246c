/* SPDX-License-Identifier: BSD-2-Clause */
/* An address space with a table of each level, for tests of single entries. */
#ifndef TABLES_H
#define TABLES_H

#include "machine.h"

extern nacc_u64 root;
extern nacc_u64 mid;		/* level 1 */
extern nacc_u64 table;		/* level 0 */

/* cmocka fixture, with teardown(): setup_sv39(), and these three */
int setup_tables(void **state);
/* A store that must be performed. */
void accept_sd(nacc_u64 pa, nacc_u64 val);

#endif /* TABLES_H */
