// SPDX-License-Identifier: BSD-2-Clause
/* See tables.h. */
#include "tables.h"

nacc_u64 root, mid, table;

int setup_tables(void **state)
{
	setup_sv39(state);
	root = new_as();
	table = new_table(root, 0);
	mid = new_table(root, 1);
	return 0;
}

void accept_sd(nacc_u64 pa, nacc_u64 val)
{
	assert_int_equal(sd(pa, val), 0);
	assert_int_equal(*page_at(pa), val);
	assert_machine_ok();
}
