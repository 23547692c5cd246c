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
#include <linux/mman.h>
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
 *
 * By what of the kernel is built in: its module is built with the same configuration. Each
 * feature that writes entries of user page tables has a line; so have the helpers that
 * are functions of their own, since a writer is no better than the helper it calls.
 */
static const struct essential essentials[] __initconst = {
	{ "link", { "pmd_install" } },
	{ "link-pte", { "__pte_alloc" } },
	{ "link-pmd", { "__pmd_alloc" } },
	{ "link-pud", { "__pud_alloc" } },
	{ "link-p4d", { "__p4d_alloc" } },
	{ "fault", { "handle_mm_fault", "__handle_mm_fault" } },
	{ "fault-file", { "finish_fault" } },
	{ "map-file", { "set_pte_range" } },
	{ "map-around", { "filemap_map_pages" } },
	{ "copy-on-write", { "do_wp_page" } },
	{ "insert", { "vm_insert_page" } },
	{ "insert-pages", { "vm_insert_pages" } },
	{ "insert-pfn", { "vmf_insert_pfn_prot" } },
	{ "insert-mixed", { "vmf_insert_mixed" } },
	{ "remap", { "remap_pfn_range_internal", "remap_pfn_range_notrack" } },
	{ "access", { "ptep_set_access_flags" } },
	{ "young", { "ptep_test_and_clear_young" } },
	{ "flush", { "ptep_clear_flush" } },
	{ "touch", { "follow_page_pte" } },
	{ "swap-in", { "do_swap_page" } },
	{ "fork", { "copy_page_range" } },
	{ "unmap", { "unmap_page_range", "__zap_vma_range" } },
	{ "free", { "free_pgd_range" } },
	{ "protect", { "change_protection" } },
	{ "move", { "move_page_tables" } },
	{ "reclaim", { "try_to_unmap_one" } },
	{ "age", { "folio_referenced_one" } },
	{ "clean", { "page_vma_mkclean_one", "page_mkclean_one" } },
#ifdef CONFIG_ADVISE_SYSCALLS
	{ "cold", { "madvise_cold_or_pageout_pte_range" } },
	{ "lazy-free", { "madvise_free_pte_range" } },
#ifdef MADV_GUARD_INSTALL
	{ "guard-install", { "walk_pte_range_inner" } },
	{ "guard-remove", { "guard_remove_pte_entry" } },
#endif
#endif
#ifdef CONFIG_MAPPING_DIRTY_HELPERS
	{ "record-dirty", { "clean_record_pte" } },
	{ "record-protect", { "wp_pte" } },
#endif
#ifdef CONFIG_PROC_PAGE_MONITOR
	{ "clear-refs", { "clear_refs_pte_range" } },
	{ "pagemap-scan", { "pagemap_scan_pmd_entry" } },
#endif
#ifdef CONFIG_SWAP
	{ "swap-off", { "unuse_pte_range", "unuse_pte" } },
#endif
#ifdef CONFIG_KSM
	{ "merge", { "try_to_merge_one_page", "write_protect_page" } },
#endif
#ifdef CONFIG_NUMA_BALANCING
	{ "numa", { "do_numa_page", "numa_rebuild_single_mapping" } },
#endif
#ifdef CONFIG_USERFAULTFD
	{ "userfault", { "mfill_atomic_install_pte" } },
	{ "userfault-zero", { "mfill_atomic_pte_zeropage", "mfill_atomic_zeropage" } },
	{ "userfault-poison", { "mfill_atomic_pte_poison", "mfill_atomic_poison" } },
	{ "userfault-move", { "move_pages_ptes", "move_pages_pte", "move_pages" } },
#endif
#ifdef CONFIG_UPROBES
	{ "uprobe", { "uprobe_write", "__uprobe_write", "__replace_page" } },
#endif
#ifdef CONFIG_LRU_GEN
	{ "age-around", { "lru_gen_look_around" } },
#endif
#ifdef CONFIG_MIGRATION
	{ "migrate", { "try_to_migrate_one" } },
	{ "migrated", { "remove_migration_pte" } },
#endif
#ifdef CONFIG_DEVICE_MIGRATION
	{ "device-collect", { "migrate_vma_collect_pmd" } },
	{ "device-insert", { "__migrate_device_pages", "migrate_vma_pages" } },
#endif
#ifdef CONFIG_DEVICE_PRIVATE
	{ "device-own", { "make_device_exclusive", "page_make_device_exclusive_one" } },
	{ "device-back", { "restore_exclusive_pte", "remove_device_exclusive_entry" } },
#endif
#if defined(CONFIG_DAMON_VADDR) || defined(CONFIG_DAMON_PADDR)
	{ "damon", { "damon_ptep_mkold" } },
#endif
#ifdef CONFIG_IDLE_PAGE_TRACKING
	{ "idle", { "page_idle_clear_pte_refs_one" } },
#endif
#ifdef CONFIG_FS_DAX
	{ "dax-clean", { "pfn_mkclean_range" } },
#endif
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	{ "huge-fault", { "do_huge_pmd_anonymous_page" } },
	{ "huge-file", { "do_set_pmd" } },
	{ "huge-copy", { "do_huge_pmd_wp_page" } },
	{ "huge-insert", { "vmf_insert_pfn_pmd" } },
	{ "huge-fork", { "copy_huge_pmd" } },
	{ "huge-unmap", { "zap_huge_pmd" } },
	{ "huge-protect", { "change_huge_pmd" } },
	{ "huge-move", { "move_huge_pmd" } },
	{ "huge-split", { "__split_huge_pmd_locked", "split_huge_pmd_locked" } },
	{ "huge-lazy-free", { "madvise_free_huge_pmd" } },
	{ "huge-reclaim", { "unmap_huge_pmd_locked" } },
	{ "huge-flush", { "pmdp_huge_clear_flush" } },
	{ "huge-invalidate", { "pmdp_invalidate" } },
	{ "collapse", { "collapse_huge_page" } },
	{ "collapse-file", { "collapse_file", "retract_page_tables" } },
	{ "collapse-mapped", { "try_collapse_pte_mapped_thp", "collapse_pte_mapped_thp" } },
	{ "collapse-flush", { "pmdp_collapse_flush" } },
#ifdef CONFIG_NUMA_BALANCING
	{ "huge-numa", { "do_huge_pmd_numa_page" } },
#endif
#ifdef CONFIG_ARCH_ENABLE_THP_MIGRATION
	{ "huge-migrate", { "set_pmd_migration_entry" } },
	{ "huge-migrated", { "remove_migration_pmd" } },
#endif
#ifdef CONFIG_USERFAULTFD
	{ "huge-userfault-move", { "move_pages_huge_pmd" } },
#endif
#if defined(CONFIG_DAMON_VADDR) || defined(CONFIG_DAMON_PADDR)
	{ "huge-damon", { "damon_pmdp_mkold" } },
#endif
#ifdef CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD
	{ "giant-insert", { "vmf_insert_pfn_pud" } },
	{ "giant-fork", { "copy_huge_pud" } },
	{ "giant-unmap", { "zap_huge_pud" } },
	{ "giant-protect", { "change_huge_pud" } },
	{ "giant-split", { "__split_huge_pud", "__split_huge_pud_locked" } },
	{ "giant-flush", { "pudp_huge_clear_flush" } },
#endif
#endif /* CONFIG_TRANSPARENT_HUGEPAGE */
#ifdef CONFIG_HUGETLB_PAGE
	{ "hugetlb-fault", { "hugetlb_fault" } },
	{ "hugetlb-fork", { "copy_hugetlb_page_range" } },
	{ "hugetlb-unmap", { "__unmap_hugepage_range" } },
	{ "hugetlb-protect", { "hugetlb_change_protection" } },
	{ "hugetlb-move", { "move_hugetlb_page_tables" } },
#ifdef CONFIG_RISCV_ISA_SVNAPOT
	{ "hugetlb", { "set_huge_pte_at" } },
	{ "hugetlb-access", { "huge_ptep_set_access_flags" } },
	{ "hugetlb-clear", { "huge_ptep_get_and_clear" } },
	{ "hugetlb-flush", { "huge_ptep_clear_flush" } },
	{ "hugetlb-read-only", { "huge_ptep_set_wrprotect" } },
	{ "hugetlb-drop", { "huge_pte_clear" } },
#endif
#ifdef CONFIG_USERFAULTFD
	{ "hugetlb-userfault", { "hugetlb_mfill_atomic_pte" } },
#endif
#ifdef CONFIG_DAMON_VADDR
	{ "hugetlb-damon", { "damon_mkold_hugetlb_entry" } },
#endif
#ifdef CONFIG_HUGETLB_PMD_PAGE_TABLE_SHARING
	{ "hugetlb-share", { "huge_pmd_share" } },
	{ "hugetlb-unshare", { "huge_pmd_unshare", "__huge_pmd_unshare" } },
#endif
#endif /* CONFIG_HUGETLB_PAGE */
};

/*
 * Series of kernels that it was tried with: docs/matrix.md. Of others a name may be known
 * and what it does not.
 */
static const char * const tried[] __initconst = { "6.12.", "7.2." };

/* What is missing, by commas: all of them fit */
static char missing[1536] __ro_after_init;

static bool __init is_tried(const char *release)
{
	unsigned int i;

	/* What is to become another series is called after the last one. */
	if (strstr(release, "-rc") || strstr(release, "-next"))
		return false;
	for (i = 0; i < ARRAY_SIZE(tried); i++)
		if (!strncmp(release, tried[i], strlen(tried[i])))
			return true;
	return false;
}

/**
 * nacc_essential_check() - look for what is missing
 * @found: was a function of this name found in the kernel?
 * @release: the kernel's, as uname -r has it; of a series that was not tried "this-series"
 *	is missing
 *
 * Context: module load.
 */
void __init nacc_essential_check(bool (*found)(const char *name), const char *release)
{
	unsigned int i, j;

	strscpy(missing, is_tried(release) ? "" : "this-series", sizeof(missing));
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
 * By its series, their names and what the code of the kernel calls, or since an administrator
 * vouches for them.
 */
bool nacc_essential_known(void)
{
	return (!missing[0] && !nacc_installers_unlisted()[0]) || nacc_learned_complete();
}
