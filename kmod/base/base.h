/* SPDX-License-Identifier: GPL-2.0 */
/* The door of the floor at the bottom: kernel symbols, counters, the keeper's work. */
#ifndef NACC_BASE_H
#define NACC_BASE_H

#include <linux/mm.h>
#include <linux/pid.h>

#include "nacc.h"

struct mmu_gather;
struct tracepoint;
struct workqueue_struct;

/* ksym.c: kernel symbols that are not exported ------------------------------ */

/**
 * struct nacc_ksym - resolved once at load, read-only afterwards
 * @lookup: kallsyms_lookup_name()
 * @lookup_size: kallsyms_lookup_size_offset()
 * @mm_take_all_locks: keeps every fault, rmap and truncate path off an mm
 * @mm_drop_all_locks: its counterpart
 * @pidfd_get_pid: struct pid of a pidfd
 * @ptlock_alloc: only where the split lock does not fit into struct page
 * @ptlock_free: likewise
 * @on_each_symbol: kallsyms_on_each_symbol()
 * @pmd_alloc: __pmd_alloc()
 * @init_mm: the kernel's own address space
 * @vmap_page_range: maps physical memory at an address of the kernel's half
 * @vunmap_range: its counterpart
 * @kernel_page_present: is a page in the linear map? Hibernation asks the same
 * @tlb_remove_table: frees a page-table page when its translations are flushed
 * @task_work_cancel_func: takes back a task work; NULL where there is none
 * @efi_mm: what UEFI's runtime services run on; NULL without them
 * @switch_mm: gives this CPU the root of an mm; NULL: it is not known
 * @zap_page_range_single: unmaps a part of a VMA; NULL where there is none
 * @zap_vma_range: the same, as 7.2 calls it; NULL before
 * @install_special_mapping: _install_special_mapping(); NULL where there is none
 * @kexec_in_progress: set before the reboot notifiers run; NULL without kexec
 */
struct nacc_ksym {
	unsigned long (*lookup)(const char *name);
	int (*lookup_size)(unsigned long addr, unsigned long *size,
			   unsigned long *offset);
	int (*mm_take_all_locks)(struct mm_struct *mm);
	void (*mm_drop_all_locks)(struct mm_struct *mm);
	struct pid *(*pidfd_get_pid)(unsigned int fd, unsigned int *flags);
	bool (*ptlock_alloc)(struct ptdesc *ptdesc);
	void (*ptlock_free)(struct ptdesc *ptdesc);
	int (*on_each_symbol)(int (*fn)(void *data, const char *name,
					unsigned long addr), void *data);
	int (*pmd_alloc)(struct mm_struct *mm, pud_t *pud, unsigned long addr);
	struct mm_struct *init_mm;
	int (*vmap_page_range)(unsigned long addr, unsigned long end,
			       phys_addr_t phys_addr, pgprot_t prot);
	void (*vunmap_range)(unsigned long addr, unsigned long end);
	bool (*kernel_page_present)(struct page *page);
	void (*tlb_remove_table)(struct mmu_gather *tlb, void *table);
	struct callback_head *(*task_work_cancel_func)(struct task_struct *task,
						       void (*func)(struct callback_head *));
	const struct mm_struct *efi_mm;
	void (*switch_mm)(struct mm_struct *prev, struct mm_struct *next,
			  struct task_struct *task);
	void (*zap_page_range_single)(struct vm_area_struct *vma,
				      unsigned long addr, unsigned long size,
				      struct zap_details *details);
	void (*zap_vma_range)(struct vm_area_struct *vma, unsigned long addr,
			      unsigned long size);
	struct vm_area_struct *(*install_special_mapping)(struct mm_struct *mm,
							  unsigned long addr, unsigned long len,
							  unsigned long flags,
							  const struct vm_special_mapping *spec);
	const bool *kexec_in_progress;
};

extern struct nacc_ksym nacc_ksym;

int nacc_ksym_init(void);
bool nacc_listed(const char *list, const char *name, size_t len);
bool nacc_note_symbol(const char *const *names, bool *found, unsigned int nr,
		      const char *symbol, size_t len);
void nacc_zap(struct vm_area_struct *vma, unsigned long addr, unsigned long size);

/**
 * nacc_can_zap() - has this kernel a function for nacc_zap()?
 *
 * Context: any, probes included.
 */
static __always_inline bool nacc_can_zap(void)
{
	return nacc_ksym.zap_page_range_single || nacc_ksym.zap_vma_range;
}

/* count.c: counters of the module ------------------------------------------- */

/**
 * enum nacc_count - counters of the module
 *
 * @NACC_COUNT_MARKS: domains created by a mark
 * @NACC_COUNT_INHERITED_FORK: address spaces marked for a new child
 * @NACC_COUNT_INHERITED_EXEC: address spaces marked for a new program
 * @NACC_COUNT_KILLED: processes killed because they could not be protected
 * @NACC_COUNT_ENOMEM: page-table allocations and forks refused: pool too small
 * @NACC_COUNT_PROMOTED_TABLES: tables copied into the pool by promotions
 * @NACC_COUNT_DEMOTED_TABLES: tables copied back by unmark
 * @NACC_COUNT_REAPED: address spaces torn down at exit
 * @NACC_COUNT_ORIGINALS: ordinary table pages freed after a trapped adoption
 * @NACC_COUNT_CONDEMNED: containers ended after a refused store
 * @NACC_COUNT_ROOTS_REFUSED: roots that a CPU was to run on and did not
 * @NACC_COUNT_LEAKED: pages kept back because their state was not as expected
 * @NACC_COUNT_FORBIDDEN_WRITES: forced writes refused for a rule
 * @NACC_COUNT_FORBIDDEN_PINS: long-term pins refused for a rule
 * @NACC_COUNT_HOOKS_DEAD: hooks found dead while something was marked
 * @NACC_COUNT_ENTERED: address spaces marked because a task had entered a cgroup
 * @NACC_COUNT_EVENTS: events, see struct nacc_event
 */
enum nacc_count {
	NACC_COUNT_MARKS,
	NACC_COUNT_INHERITED_FORK,
	NACC_COUNT_INHERITED_EXEC,
	NACC_COUNT_KILLED,
	NACC_COUNT_ENOMEM,
	NACC_COUNT_PROMOTED_TABLES,
	NACC_COUNT_DEMOTED_TABLES,
	NACC_COUNT_REAPED,
	NACC_COUNT_ORIGINALS,
	NACC_COUNT_CONDEMNED,
	NACC_COUNT_ROOTS_REFUSED,
	NACC_COUNT_LEAKED,
	NACC_COUNT_FORBIDDEN_WRITES,
	NACC_COUNT_FORBIDDEN_PINS,
	NACC_COUNT_HOOKS_DEAD,
	NACC_COUNT_ENTERED,
	NACC_COUNT_EVENTS,
	NACC_COUNT_MAX,
};

void nacc_count(enum nacc_count counter, long delta);
long nacc_count_value(enum nacc_count counter);
const char *nacc_count_name(enum nacc_count counter);

/* probe.c: tracepoints --------------------------------------------------------- */

/**
 * struct nacc_probe - a tracepoint and what is called there
 * @name: name of the tracepoint
 * @fn: the probe
 * @tp: the tracepoint, once found
 */
struct nacc_probe {
	const char *name;
	void *fn;
	struct tracepoint *tp;
};

int nacc_probes_register(struct nacc_probe *probes, unsigned int nr,
			 const char *lost);
void nacc_probes_unregister(struct nacc_probe *probes, unsigned int nr);

/* lockdown.c ---------------------------------------------------------------- */

u64 nacc_physical_mask(void);

/* work.c -------------------------------------------------------------------- */

extern struct workqueue_struct *nacc_wq;

int nacc_work_init(void);
void nacc_work_exit(void);

/* keeper.c: one delayed work of whoever has something to do later ------------ */

int nacc_keeper_start(bool (*keep)(void), void (*look)(void));
void nacc_kick(void);
void nacc_kick_soon(void);
void nacc_kick_again(void);
void nacc_keeper_watch(void);
void nacc_keeper_unwatch(void);
void nacc_keeper_rest(void);
bool nacc_keeper_wait(void);
void nacc_keeper_stop(void);

#endif /* NACC_BASE_H */
