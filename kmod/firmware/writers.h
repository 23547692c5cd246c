/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Functions of the kernel that write entries of user page tables (I6).
 *
 * By source file, of Linux 6.12 to 7.2. A static function is listed together with those
 * that the compiler may inline it into, so that the list fits kernels built by
 * different compilers; names that a kernel does not have are skipped.
 */
	/*
	 * asm/pgtable.h, linux/pgtable.h: inline, but a compiler may leave one
	 * out of line (seen: set_ptes.constprop.0, set_pmd_at.constprop.0).
	 */
	"__set_pte_at", "clear_full_ptes", "clear_not_present_full_ptes",
	"clear_young_dirty_ptes", "get_and_clear_full_ptes", "p4d_clear",
	"p4d_populate", "pgd_clear", "pgd_populate", "pmd_clear",
	"pmd_populate", "pmdp_establish", "pmdp_huge_get_and_clear",
	"pmdp_huge_get_and_clear_full", "pmdp_set_wrprotect",
	"pmdp_test_and_clear_young", "pte_clear", "pte_clear_not_present_full",
	"ptep_clear", "ptep_get_and_clear", "ptep_get_and_clear_full",
	"ptep_modify_prot_commit", "ptep_set_wrprotect", "pud_clear",
	"pud_populate", "pudp_invalidate", "set_p4d", "set_pgd", "set_pmd",
	"set_pmd_at", "set_pte", "set_ptes", "set_pud", "set_pud_at",
	"wrprotect_ptes",
	/* mm/filemap.c */
	"filemap_map_pages", "filemap_map_pmd",
	/* mm/mapping_dirty_helpers.c */
	"clean_record_pte", "wp_pte",
	/* mm/mremap.c */
	"move_huge_pud", "move_normal_pmd", "move_normal_pud",
	"move_page_tables", "move_pgt_entry", "move_ptes",
	/* mm/khugepaged.c */
	"__collapse_huge_page_copy", "__collapse_huge_page_copy_failed",
	"__collapse_huge_page_copy_succeeded", "collapse_file",
	"collapse_huge_page", "collapse_pte_mapped_thp", "collapse_scan_file",
	"collapse_scan_pmd", "collapse_single_pmd",
	"hpage_collapse_scan_file", "hpage_collapse_scan_pmd",
	"khugepaged_scan_mm_slot", "madvise_collapse", "retract_page_tables",
	"try_collapse_pte_mapped_thp",
	/* mm/swapfile.c */
	"unuse_mm", "unuse_p4d_range", "unuse_pmd_range", "unuse_pte",
	"unuse_pte_range", "unuse_pud_range", "unuse_vma",
	/* mm/vmscan.c */
	"lru_gen_look_around", "lru_gen_seq_write", "run_aging", "shrink_one",
	"try_to_inc_max_seq", "try_to_shrink_lruvec", "walk_mm",
	"walk_pmd_range", "walk_pmd_range_locked", "walk_pte_range",
	"walk_pud_range",
	/* mm/migrate_device.c */
	"__migrate_device_pages", "migrate_device_pages",
	"migrate_vma_collect_pmd", "migrate_vma_insert_huge_pmd_page",
	"migrate_vma_insert_page", "migrate_vma_pages",
	/* mm/memory.c */
	"__copy_present_ptes", "__handle_mm_fault", "__p4d_alloc",
	"__pmd_alloc", "__pte_alloc", "__pud_alloc", "__vm_insert_mixed",
	"__wp_page_copy_user", "__zap_vma_range", "copy_nonpresent_pte",
	"copy_p4d_range", "copy_page_range", "copy_pmd_range",
	"copy_present_page", "copy_present_ptes", "copy_pte_range",
	"copy_pud_range", "do_anonymous_page", "do_numa_page", "do_pte_missing",
	"do_set_pmd", "do_swap_page", "do_wp_page", "finish_fault",
	"finish_mkwrite_fault", "free_p4d_range", "free_pgd_range",
	"free_pmd_range", "free_pte_range", "free_pud_range", "handle_mm_fault",
	"handle_pte_fault", "handle_pte_marker", "insert_page",
	"insert_page_in_batch_locked", "insert_page_into_pte_locked",
	"insert_pages", "insert_pfn", "map_anon_folio_pte_nopf",
	"map_anon_folio_pte_pf", "numa_rebuild_large_mapping",
	"numa_rebuild_single_mapping", "pmd_install",
	"pte_install_uffd_wp_if_needed", "pte_marker_clear",
	"pte_marker_handle_uffd_wp", "remap_p4d_range",
	"remap_pfn_range_internal", "remap_pfn_range_notrack",
	"remap_pmd_range", "remap_pte_range", "remap_pud_range",
	"remove_device_exclusive_entry", "restore_exclusive_pte",
	"set_pte_range", "try_restore_exclusive_pte", "unmap_page_range",
	"vm_insert_page", "vm_insert_pages", "vmf_insert_mixed",
	"vmf_insert_mixed_mkwrite", "vmf_insert_page_mkwrite",
	"vmf_insert_pfn_prot", "wp_page_copy",
	"wp_page_reuse", "wp_page_shared", "wp_pfn_shared",
	"zap_empty_pte_table", "zap_install_uffd_wp_if_needed",
	"zap_nonpresent_ptes", "zap_p4d_range", "zap_pmd_range",
	"zap_present_folio_ptes", "zap_present_ptes", "zap_pte_range",
	"zap_pte_table_if_empty", "zap_pud_range",
	/* mm/madvise.c */
	"guard_remove_pte_entry", "madvise_cold_or_pageout_pte_range",
	"madvise_free_pte_range",
	/* mm/ksm.c */
	"replace_page", "try_to_merge_one_page", "try_to_merge_two_pages",
	"try_to_merge_with_ksm_page", "try_to_merge_with_zero_page",
	"write_protect_page",
	/* mm/pgtable-generic.c */
	"p4d_clear_bad", "pgd_clear_bad", "pmd_clear_bad",
	"pmdp_clear_flush_young", "pmdp_collapse_flush",
	"pmdp_huge_clear_flush", "pmdp_invalidate", "pmdp_invalidate_ad",
	"pmdp_set_access_flags", "ptep_clear_flush", "ptep_clear_flush_young",
	"ptep_set_access_flags", "pud_clear_bad", "pudp_huge_clear_flush",
	/* mm/migrate.c */
	"remove_migration_pte", "try_to_map_unused_to_zeropage",
	/* mm/huge_memory.c */
	"__discard_anon_folio_pmd_locked", "__do_huge_pmd_anonymous_page",
	"__split_huge_pmd_locked", "__split_huge_pud",
	"__split_huge_pud_locked", "__split_huge_zero_page_pmd",
	"change_huge_pmd", "change_huge_pud", "change_non_present_huge_pmd",
	"copy_huge_non_present_pmd", "copy_huge_pmd", "copy_huge_pud",
	"do_huge_pmd_anonymous_page", "do_huge_pmd_numa_page",
	"do_huge_pmd_wp_page", "do_huge_zero_wp_pmd", "huge_pmd_set_accessed",
	"huge_pud_set_accessed", "insert_pfn_pmd",
	"insert_pfn_pud", "insert_pmd", "insert_pud", "madvise_free_huge_pmd",
	"map_anon_folio_pmd_nopf", "map_anon_folio_pmd_pf", "move_huge_pmd",
	"move_pages_huge_pmd", "remove_migration_pmd", "set_huge_zero_folio",
	"set_pmd_migration_entry", "split_huge_pmd_locked", "touch_pmd",
	"touch_pud", "unmap_huge_pmd_locked", "vmf_insert_folio_pmd",
	"vmf_insert_folio_pud", "vmf_insert_pfn_pmd",
	"vmf_insert_pfn_pud", "zap_huge_pmd", "zap_huge_pud",
	/* mm/gup.c */
	"follow_page_pte", "follow_pfn_pte",
	/* mm/mprotect.c */
	"change_p4d_range", "change_pmd_range", "change_present_ptes",
	"change_protection", "change_protection_range", "change_pte_range",
	"change_pud_range", "change_softleaf_pte", "commit_anon_folio_batch",
	"prot_commit_flush_ptes", "set_write_prot_commit_flush_ptes",
	/* mm/hugetlb.c */
	"__huge_pmd_unshare", "__unmap_hugepage_range",
	"copy_hugetlb_page_range", "huge_pmd_share", "huge_pmd_unshare",
	"hugetlb_change_protection", "hugetlb_fault", "hugetlb_install_folio",
	"hugetlb_mfill_atomic_pte", "hugetlb_no_page", "hugetlb_split",
	"hugetlb_unshare_all_pmds", "hugetlb_unshare_pmds", "hugetlb_wp",
	"move_huge_pte", "move_hugetlb_page_tables", "set_huge_ptep_writable",
	/* mm/page_idle.c */
	"page_idle_clear_pte_refs_one",
	/* mm/userfaultfd.c */
	"__mfill_atomic_pte", "mfill_atomic", "mfill_atomic_continue",
	"mfill_atomic_copy", "mfill_atomic_install_pte", "mfill_atomic_poison",
	"mfill_atomic_pte", "mfill_atomic_pte_continue", "mfill_atomic_pte_copy",
	"mfill_atomic_pte_poison", "mfill_atomic_pte_zeropage",
	"mfill_atomic_zeropage", "move_pages", "move_pages_pte",
	"move_pages_ptes", "move_present_pte", "move_present_ptes",
	"move_swap_pte", "move_zeropage_pte",
	/* mm/rmap.c */
	"folio_referenced_one", "make_device_exclusive",
	"page_make_device_exclusive_one", "page_mkclean_one",
	"page_vma_mkclean_one", "pfn_mkclean_range", "try_to_migrate_one",
	"try_to_unmap_one",
	/* mm/damon/ops-common.c */
	"damon_pmdp_mkold", "damon_ptep_mkold",
	/* mm/damon/vaddr.c */
	"damon_hugetlb_mkold", "damon_hugetlb_ptep_mkold",
	"damon_mkold_hugetlb_entry",
	/* arch/riscv/mm/hugetlbpage.c */
	"clear_flush", "get_clear_contig", "get_clear_contig_flush",
	"huge_pte_clear", "huge_ptep_clear_flush", "huge_ptep_get_and_clear",
	"huge_ptep_set_access_flags", "huge_ptep_set_wrprotect",
	"set_huge_pte_at",
	/* arch/riscv/mm/pgtable.c */
	"pmdp_collapse_flush", "ptep_set_access_flags",
	"ptep_test_and_clear_young",
	/* fs/proc/task_mmu.c */
	"clear_refs_pte_range", "clear_soft_dirty", "clear_soft_dirty_pmd",
	"make_uffd_wp_huge_pte", "make_uffd_wp_pmd", "make_uffd_wp_pte",
	"pagemap_scan_hugetlb_entry", "pagemap_scan_hugetlb_hole_wp",
	"pagemap_scan_pmd_entry", "pagemap_scan_pte_hole",
	"pagemap_scan_thp_entry",
	/* kernel/events/uprobes.c */
	"__replace_page", "__uprobe_write", "uprobe_write",
	/* fs/dax.c */
	"dax_fault_iter", "dax_iomap_pmd_fault", "dax_pmd_load_hole",
	/* mm/internal.h */
	"clear_flush_young_ptes_notify", "pmdp_clear_flush_young_notify",
	"pmdp_test_and_clear_young_notify", "test_and_clear_young_ptes_notify",
	/* mm/pagewalk.c */
	"walk_pte_range_inner",
