/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Functions of the kernel that write entries of user page tables (I6).
 *
 * By source file of Linux 6.12. A static function is listed together with those
 * that the compiler may inline it into, so that the list fits kernels built by
 * different compilers; names that a kernel does not have are skipped. What a
 * kernel needs beyond this list, "nacc audit --learn" shows.
 */
	/* mm/filemap.c */
	W(filemap_map_pages) W(filemap_map_pmd)
	/* mm/mapping_dirty_helpers.c */
	W(clean_record_pte) W(wp_pte)
	/* mm/mremap.c */
	W(move_page_tables) W(move_ptes)
	/* mm/khugepaged.c */
	W(__collapse_huge_page_copy) W(__collapse_huge_page_copy_failed)
	W(__collapse_huge_page_copy_succeeded) W(collapse_file)
	W(collapse_huge_page) W(collapse_pte_mapped_thp)
	W(hpage_collapse_scan_pmd) W(khugepaged_scan_mm_slot)
	W(madvise_collapse) W(retract_page_tables)
	/* mm/swapfile.c */
	W(unuse_mm) W(unuse_p4d_range) W(unuse_pmd_range) W(unuse_pte)
	W(unuse_pte_range) W(unuse_pud_range) W(unuse_vma)
	/* mm/vmscan.c */
	W(lru_gen_look_around) W(lru_gen_seq_write) W(run_aging) W(shrink_one)
	W(try_to_inc_max_seq) W(try_to_shrink_lruvec) W(walk_mm)
	W(walk_pmd_range) W(walk_pmd_range_locked) W(walk_pte_range)
	W(walk_pud_range)
	/* mm/migrate_device.c */
	W(__migrate_device_pages) W(migrate_device_pages)
	W(migrate_vma_collect_pmd) W(migrate_vma_insert_page)
	W(migrate_vma_pages)
	/* mm/memory.c */
	W(__copy_present_ptes) W(__handle_mm_fault) W(__p4d_alloc)
	W(__pmd_alloc) W(__pte_alloc) W(__pud_alloc) W(__vm_insert_mixed)
	W(__wp_page_copy_user) W(copy_nonpresent_pte) W(copy_p4d_range)
	W(copy_page_range) W(copy_pmd_range) W(copy_present_page)
	W(copy_present_ptes) W(copy_pte_range) W(copy_pud_range)
	W(do_anonymous_page) W(do_numa_page) W(do_pte_missing) W(do_swap_page)
	W(do_wp_page) W(finish_fault) W(finish_mkwrite_fault) W(free_p4d_range)
	W(free_pgd_range) W(free_pmd_range) W(free_pte_range) W(free_pud_range)
	W(handle_mm_fault) W(handle_pte_fault) W(handle_pte_marker)
	W(insert_page) W(insert_page_in_batch_locked)
	W(insert_page_into_pte_locked) W(insert_pages) W(insert_pfn)
	W(numa_rebuild_large_mapping) W(numa_rebuild_single_mapping)
	W(pmd_install) W(pte_marker_clear) W(pte_marker_handle_uffd_wp)
	W(remap_p4d_range) W(remap_pfn_range_internal)
	W(remap_pfn_range_notrack) W(remap_pmd_range) W(remap_pte_range)
	W(remap_pud_range) W(remove_device_exclusive_entry)
	W(restore_exclusive_pte) W(set_pte_range) W(try_restore_exclusive_pte)
	W(unmap_page_range) W(vm_insert_page) W(vm_insert_pages)
	W(vmf_insert_mixed) W(vmf_insert_mixed_mkwrite) W(vmf_insert_pfn_prot)
	W(wp_page_copy) W(wp_page_reuse) W(wp_page_shared) W(wp_pfn_shared)
	W(zap_p4d_range) W(zap_pmd_range) W(zap_present_folio_ptes)
	W(zap_present_ptes) W(zap_pte_range) W(zap_pud_range)
	/* mm/madvise.c */
	W(madvise_cold_or_pageout_pte_range) W(madvise_free_pte_range)
	/* mm/ksm.c */
	W(replace_page) W(try_to_merge_one_page) W(try_to_merge_two_pages)
	W(try_to_merge_with_ksm_page) W(try_to_merge_with_zero_page)
	W(write_protect_page)
	/* mm/pgtable-generic.c */
	W(p4d_clear_bad) W(pgd_clear_bad) W(pmd_clear_bad)
	W(pmdp_clear_flush_young) W(pmdp_collapse_flush)
	W(pmdp_huge_clear_flush) W(pmdp_invalidate) W(pmdp_invalidate_ad)
	W(pmdp_set_access_flags) W(ptep_clear_flush) W(ptep_clear_flush_young)
	W(ptep_set_access_flags) W(pud_clear_bad) W(pudp_huge_clear_flush)
	/* mm/migrate.c */
	W(remove_migration_pte) W(try_to_map_unused_to_zeropage)
	/* mm/huge_memory.c */
	W(__discard_anon_folio_pmd_locked) W(__do_huge_pmd_anonymous_page)
	W(__split_huge_pmd_locked) W(__split_huge_pud_locked)
	W(__split_huge_zero_page_pmd) W(change_huge_pmd) W(change_huge_pud)
	W(copy_huge_pmd) W(copy_huge_pud) W(do_huge_pmd_anonymous_page)
	W(do_huge_pmd_numa_page) W(do_huge_pmd_wp_page) W(insert_pfn_pmd)
	W(insert_pfn_pud) W(madvise_free_huge_pmd) W(move_huge_pmd)
	W(move_pages_huge_pmd) W(remove_migration_pmd)
	W(set_pmd_migration_entry) W(split_huge_pmd_locked) W(touch_pmd)
	W(touch_pud) W(unmap_huge_pmd_locked) W(vmf_insert_pfn_pmd)
	W(vmf_insert_pfn_pud) W(zap_huge_pmd) W(zap_huge_pud)
	/* mm/gup.c */
	W(follow_pfn_pte)
	/* mm/mprotect.c */
	W(change_p4d_range) W(change_pmd_range) W(change_protection)
	W(change_protection_range) W(change_pte_range) W(change_pud_range)
	/* mm/hugetlb.c */
	W(__unmap_hugepage_range) W(copy_hugetlb_page_range)
	W(hugetlb_change_protection) W(hugetlb_fault) W(hugetlb_install_folio)
	W(hugetlb_mfill_atomic_pte) W(hugetlb_no_page) W(hugetlb_wp)
	W(move_huge_pte) W(move_hugetlb_page_tables) W(set_huge_ptep_writable)
	/* mm/page_idle.c */
	W(page_idle_clear_pte_refs_one)
	/* mm/userfaultfd.c */
	W(mfill_atomic) W(mfill_atomic_continue) W(mfill_atomic_copy)
	W(mfill_atomic_install_pte) W(mfill_atomic_poison) W(mfill_atomic_pte)
	W(mfill_atomic_pte_poison) W(mfill_atomic_pte_zeropage)
	W(mfill_atomic_zeropage) W(move_pages) W(move_pages_pte)
	W(move_present_pte) W(move_swap_pte) W(move_zeropage_pte)
	/* mm/rmap.c */
	W(folio_referenced_one) W(page_make_device_exclusive_one)
	W(page_mkclean_one) W(page_vma_mkclean_one) W(pfn_mkclean_range)
	W(try_to_migrate_one) W(try_to_unmap_one)
	/* mm/damon/ops-common.c */
	W(damon_pmdp_mkold) W(damon_ptep_mkold)
	/* mm/damon/vaddr.c */
	W(damon_mkold_hugetlb_entry)
	/* arch/riscv/mm/hugetlbpage.c */
	W(clear_flush) W(get_clear_contig) W(get_clear_contig_flush)
	W(huge_pte_clear) W(huge_ptep_clear_flush) W(huge_ptep_get_and_clear)
	W(huge_ptep_set_access_flags) W(huge_ptep_set_wrprotect)
	W(set_huge_pte_at)
	/* arch/riscv/mm/pgtable.c */
	W(pmdp_collapse_flush) W(ptep_set_access_flags)
	/* fs/proc/task_mmu.c */
	W(clear_refs_pte_range) W(make_uffd_wp_huge_pte) W(make_uffd_wp_pmd)
	W(make_uffd_wp_pte) W(pagemap_scan_hugetlb_entry)
	W(pagemap_scan_pmd_entry) W(pagemap_scan_thp_entry)
	/* kernel/events/uprobes.c */
	W(__replace_page)
