/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the floor share with each other and with nobody else. */
#ifndef NACC_ROUTES_INTERNAL_H
#define NACC_ROUTES_INTERNAL_H

#include "routes/routes.h"
#include "tables/shadow.h"

/** nacc_route_ops - constant once anything can be marked */
extern struct nacc_route_ops nacc_route_ops;

/* exhaust.c */
void nacc_no_room(const struct mm_struct *mm);

/* alloc.c */
void nacc_link_pte(struct mm_struct *mm, pmd_t *pmd);
int nacc_pmd_alloc(struct mm_struct *mm, pud_t *pud, unsigned long addr);

/* seal.c */
void nacc_seal_tell(struct mm_struct *mm, unsigned long addr);

/* The hooks, by the file that has the replacement */
extern struct nacc_hook nacc_hook_pte_alloc, nacc_hook_pmd_alloc,
	nacc_hook_pud_alloc, nacc_hook_p4d_alloc, nacc_hook_clone;
extern struct nacc_hook nacc_hook_finish, nacc_hook_install;
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
extern struct nacc_hook nacc_hook_huge, nacc_hook_copy, nacc_hook_deposit;
#endif
#ifdef CONFIG_HUGETLB_PMD_PAGE_TABLE_SHARING
extern struct nacc_hook nacc_hook_share;
#endif
extern struct nacc_hook nacc_hook_init_mm, nacc_hook_mm_alloc,
	nacc_hook_dup, nacc_hook_wake, nacc_hook_exec;
extern struct nacc_hook nacc_hook_free;
extern struct nacc_hook nacc_hook_zap;
extern struct nacc_hook nacc_hook_protect;
extern struct nacc_hook nacc_hook_fork;
extern struct nacc_hook nacc_hook_gup_fast, nacc_hook_gup;
extern struct nacc_hook nacc_hook_stranded;
extern struct nacc_hook nacc_hook_thread, nacc_hook_unmade, nacc_hook_exit_mm,
	nacc_hook_exec_mm;
extern struct nacc_hook nacc_hook_migrate, nacc_hook_opcode;
extern struct nacc_hook nacc_hook_page;

#endif /* NACC_ROUTES_INTERNAL_H */
