// SPDX-License-Identifier: GPL-2.0
/*
 * Is the list of writers of page tables complete for this kernel?
 *
 * A name that a kernel does not have is skipped (writers.h), and so would be a function
 * that has another name there: its stores would be refused, in the middle of the kernel.
 * So of each thing that Linux does to page tables the outermost function must be among
 * those that were found; without it the kernel is not one that is known, and nothing is
 * refused for provenance.
 */
#include <linux/string.h>

#include "firmware/firmware.h"

/**
 * struct essential - something that Linux does to page tables
 * @what: in one word, for people
 * @one_of: the function by which all of it is done, by the names that it had
 */
struct essential {
	const char *what;
	const char *one_of[3];
};

/*
 * Functions that are global, whose address is taken, or that are too large to be inlined.
 * A kernel in which one has been inlined all the same is taken for one that is not known.
 */
static const struct essential essentials[] __initconst = {
	{ "link", { "pmd_install" } },
	{ "link-pte", { "__pte_alloc" } },
	{ "fault", { "handle_mm_fault", "__handle_mm_fault" } },
	{ "fault-file", { "finish_fault" } },
	{ "map-file", { "set_pte_range" } },
	{ "map-around", { "filemap_map_pages" } },
	{ "copy-on-write", { "do_wp_page" } },
	{ "access", { "ptep_set_access_flags" } },
	{ "swap-in", { "do_swap_page" } },
	{ "fork", { "copy_page_range" } },
	{ "unmap", { "unmap_page_range", "__zap_vma_range" } },
	{ "free", { "free_pgd_range" } },
	{ "protect", { "change_protection" } },
	{ "move", { "move_page_tables" } },
	{ "reclaim", { "try_to_unmap_one" } },
	{ "age", { "folio_referenced_one" } },
	{ "clean", { "page_vma_mkclean_one", "page_mkclean_one" } },
#ifdef CONFIG_MIGRATION
	{ "migrate", { "try_to_migrate_one" } },
	{ "migrated", { "remove_migration_pte" } },
#endif
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	{ "huge-fault", { "do_huge_pmd_anonymous_page" } },
	{ "huge-fork", { "copy_huge_pmd" } },
	{ "huge-unmap", { "zap_huge_pmd" } },
	{ "huge-protect", { "change_huge_pmd" } },
	{ "huge-move", { "move_huge_pmd" } },
	{ "huge-split", { "__split_huge_pmd_locked", "split_huge_pmd_locked" } },
#endif
#ifdef CONFIG_HUGETLB_PAGE
	{ "hugetlb", { "set_huge_pte_at" } },
	{ "hugetlb-fault", { "hugetlb_fault" } },
	{ "hugetlb-fork", { "copy_hugetlb_page_range" } },
	{ "hugetlb-unmap", { "__unmap_hugepage_range" } },
#endif
};

/* What is missing, by commas: all of them fit */
static char missing[320] __ro_after_init;

/**
 * nacc_essential_check() - look for what is missing
 * @found: was a function of this name found in the kernel?
 *
 * Context: module load.
 */
void __init nacc_essential_check(bool (*found)(const char *name))
{
	unsigned int i, j;

	missing[0] = '\0';
	for (i = 0; i < ARRAY_SIZE(essentials); i++) {
		const struct essential *e = &essentials[i];

		for (j = 0; j < ARRAY_SIZE(e->one_of) && e->one_of[j]; j++)
			if (found(e->one_of[j]))
				break;
		if (j < ARRAY_SIZE(e->one_of) && e->one_of[j])
			continue;
		if (missing[0])
			strlcat(missing, ",", sizeof(missing));
		strlcat(missing, e->what, sizeof(missing));
	}
}

/**
 * nacc_essential_missing() - what is missing, by commas; empty: nothing
 */
const char *nacc_essential_missing(void)
{
	return missing;
}

/**
 * nacc_essential_known() - are this kernel's writers known?
 *
 * By their names, or since an administrator vouches for them.
 */
bool nacc_essential_known(void)
{
	return !missing[0] || nacc_learned_complete();
}
