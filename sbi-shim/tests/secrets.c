// SPDX-License-Identifier: BSD-2-Clause
/* See secrets.h. */
#include "secrets.h"

nacc_u64 program_page, program_table;

long have(nacc_u64 root, nacc_u64 nr)
{
	return nacc_secret_call(&m.core, satp_of(root), NACC_USER_SECRET, nr);
}

nacc_u64 opens(nacc_u64 root, nacc_u64 va)
{
	return nacc_secret_opens(&m.core, satp_of(root), va);
}

nacc_u64 give(nacc_u64 root)
{
	if (!entry(root, 3))
		must(call(NACC_SBI_TABLE_LINK, root, 3, 0));
	return must(call(NACC_SBI_AS_PAGE, root, program_page, SPECIAL));
}

nacc_u64 *secret_of(nacc_u64 root, unsigned int nr)
{
	nacc_u64 at = entry(PTE_TO_PA(entry(PTE_TO_PA(entry(root, 3)), 511)), 1 + nr);

	assert_int_equal(at & 0x3ff, SECRET | SPECIAL);
	return page_at(PTE_TO_PA(at));
}

void begin_secrets(nacc_u32 secrets)
{
	void *state;

	machine_secrets = secrets;
	setup_gated(&state);
	machine_secrets = MACHINE_SECRETS;
	program_page = must(call(NACC_SBI_PAGE_OPEN, TAG, 0, 0));
}

int setup_secret(void **state)
{
	(void)state;
	begin_secrets(16);
	program_table = give(gated);
	return 0;
}

nacc_u64 secrets_info(nacc_u64 nr)
{
	return must(call(NACC_SBI_GET_INFO, NACC_INFO_SECRETS, nr, 0));
}
