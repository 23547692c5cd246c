// SPDX-License-Identifier: GPL-2.0
/* The table of all routes. */
#include "routes/internal.h"

struct nacc_hook * const nacc_routes[] = {
	&nacc_hook_init_mm,
	&nacc_hook_mm_alloc,
	&nacc_hook_dup,
	&nacc_hook_wake,
	&nacc_hook_exec,
	&nacc_hook_pte_alloc,
	&nacc_hook_pmd_alloc,
	&nacc_hook_pud_alloc,
	&nacc_hook_p4d_alloc,
	&nacc_hook_clone,
	&nacc_hook_finish,
	&nacc_hook_install,
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	&nacc_hook_huge,
	&nacc_hook_copy,
	&nacc_hook_deposit,
#endif
#ifdef CONFIG_HUGETLB_PMD_PAGE_TABLE_SHARING
	&nacc_hook_share,
#endif
	&nacc_hook_free,
	&nacc_hook_zap,
	&nacc_hook_protect,
	&nacc_hook_fork,
	&nacc_hook_gup_fast,
	&nacc_hook_gup,
	&nacc_hook_stranded,
	&nacc_hook_thread,
	&nacc_hook_unmade,
	&nacc_hook_exit_mm,
	&nacc_hook_exec_mm,
	&nacc_hook_migrate,
	&nacc_hook_opcode,
	&nacc_hook_page,
};

const unsigned int nacc_nr_routes = ARRAY_SIZE(nacc_routes);
