/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nacc.ko: what the files of the module share.
 *
 * Locks, outermost first:
 *   signal->cred_guard_mutex  keeps exec out while a live process is marked
 *   mm->mmap_lock (write)     one promotion or demotion of an mm at a time
 *   mm_take_all_locks()       every rmap and fault path of the mm
 *   nacc_domain_lock          domains, marked address spaces, their counts
 *   nacc_pool.lock            frames changing between free, armed and in use
 * A holder of nacc_domain_lock never takes mmap_lock.
 */
#ifndef NACC_H
#define NACC_H

#undef pr_fmt
#define pr_fmt(fmt) "nacc: " fmt

#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/seq_file.h>
#include <linux/types.h>
#include <linux/nacc.h>

#include "nacc_sbi.h"
#include "rules.h"

#define NACC_VERSION		"0.1.0"
#define NACC_MAX_LEVELS		5

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
	const bool *kexec_in_progress;
};

extern struct nacc_ksym nacc_ksym;

int nacc_ksym_init(void);

/* sbi.c: the only file that issues ecalls ----------------------------------- */

int nacc_sbi_probe(void);
int nacc_sbi_call(unsigned int fid, unsigned long a0, unsigned long a1,
		  unsigned long a2, unsigned long *value);
unsigned long nacc_sbi_info(unsigned int item);
const char *nacc_reason_name(unsigned int reason);
const char *nacc_stat_name(unsigned int stat);

/* policy.c ------------------------------------------------------------------ */

int nacc_policy_init(void);
enum nacc_provenance nacc_policy_provenance(void);
void nacc_policy_seq(struct seq_file *m);
void nacc_policy_refused(const struct nacc_sbi_audit *audit);

/* setup.c ------------------------------------------------------------------- */

int nacc_setup(void);
unsigned int nacc_setup_writers(void);

/* writers.c ----------------------------------------------------------------- */

unsigned int nacc_writers_find(struct nacc_sbi_range *range);

/* selftest.c ---------------------------------------------------------------- */

int nacc_selftest_init(void);
void nacc_selftest_exit(void);
unsigned int nacc_selftest_passed(void);
unsigned int nacc_selftest_harts(void);

/* pool.c -------------------------------------------------------------------- */

/**
 * struct nacc_pool - the frames, seen as struct pages
 * @base: physical address of frame 0; constant after load
 * @nr: number of frames; constant after load
 * @region_base: physical address of the R-only region; constant
 * @region_size: its size in bytes; constant
 * @fitted: one bit per frame whose struct page is fit to be a page-table page:
 *	PG_table set by us, lock ready, one reference beyond the pool's own.
 *	Under @lock
 * @released: one bit per frame that this module knows to be released and not
 *	yet reclaimed. Under @lock
 * @unbuilt: one bit per root of a failed promotion that the shim would not
 *	retire. Atomic
 * @left: one bit per root that Linux has left and that is to be retired. Under
 *	@lock
 * @freed: one bit per table that the kernel has freed, while they are released.
 *	Under @lock
 * @page: one page for results of the shim, under @lock
 * @lock: see above; may sleep
 */
struct nacc_pool {
	phys_addr_t base;
	unsigned int nr;
	phys_addr_t region_base;
	unsigned long region_size;
	unsigned long *fitted;
	unsigned long *released;
	unsigned long *unbuilt;
	unsigned long *left;
	unsigned long *freed;
	void *page;
	struct mutex lock;	/* outermost but for the mm's, see above */
};

extern struct nacc_pool nacc_pool;

int nacc_pool_init(void);
void nacc_pool_exit(void);
int nacc_pool_arm(void);
void nacc_pool_disarm(void);
void nacc_pool_collect(void);
void nacc_pool_reclaim(u64 nr, bool arm);
bool nacc_pool_idle(void);
void nacc_pool_stats(u64 stats[NACC_STAT_MAX + NACC_REASON_MAX]);
void nacc_pool_retire(phys_addr_t root);
void nacc_pool_retire_unfit(const unsigned long *roots);
struct nacc_sbi_frame *nacc_pool_snapshot_alloc(void);
void nacc_pool_snapshot(struct nacc_sbi_frame *all);
int nacc_pool_seq(struct seq_file *m);

/**
 * nacc_in_pool() - is this physical address a frame?
 * @pa: physical address
 */
static inline bool nacc_in_pool(phys_addr_t pa)
{
	return pa - nacc_pool.base < (phys_addr_t)nacc_pool.nr << PAGE_SHIFT;
}

/**
 * nacc_frame_index() - number of the frame at a physical address
 * @pa: physical address of a frame
 */
static inline unsigned int nacc_frame_index(phys_addr_t pa)
{
	return (pa - nacc_pool.base) >> PAGE_SHIFT;
}

/**
 * nacc_frame_pa() - physical address of a frame
 * @frame: frame number
 */
static inline phys_addr_t nacc_frame_pa(unsigned int frame)
{
	return nacc_pool.base + ((phys_addr_t)frame << PAGE_SHIFT);
}

/**
 * nacc_mm_marked() - is this mm protected?
 * @mm: the mm
 *
 * Any context. One compare: the root lies in the pool or it does not.
 */
static inline bool nacc_mm_marked(const struct mm_struct *mm)
{
	return mm && nacc_in_pool(__pa(READ_ONCE(mm->pgd)));
}

/* table.c: page tables as Linux sees them ----------------------------------- */

#define NACC_PTE_PPN		0x003ffffffffffc00UL
#define NACC_USER_ROOT_ENTRIES	(PTRS_PER_PTE / 2)

static inline bool nacc_pte_present(u64 pte)
{
	return pte & _PAGE_PRESENT;
}

static inline bool nacc_pte_link(u64 pte)
{
	return (pte & (_PAGE_PRESENT | _PAGE_LEAF)) == _PAGE_PRESENT;
}

static inline phys_addr_t nacc_pte_pa(u64 pte)
{
	return ((pte & NACC_PTE_PPN) >> _PAGE_PFN_SHIFT) << PAGE_SHIFT;
}

static inline u64 nacc_pte_relink(u64 pte, phys_addr_t pa)
{
	return (pte & ~NACC_PTE_PPN) |
	       ((u64)PHYS_PFN(pa) << _PAGE_PFN_SHIFT);
}

unsigned int nacc_top_level(void);

/**
 * nacc_entries() - entries of a table that belong to user space
 * @level: level of the table
 */
static inline unsigned int nacc_entries(unsigned int level)
{
	return level == nacc_top_level() ? NACC_USER_ROOT_ENTRIES : PTRS_PER_PTE;
}

/**
 * nacc_next_entry() - find the next entry that is not zero
 * @table: the table
 * @i: where to begin
 * @nr: end of the entries to look at
 *
 * Return: its number, or @nr.
 */
static inline unsigned int nacc_next_entry(const u64 *table, unsigned int i,
					   unsigned int nr)
{
	const u64 *t;

	for (; i < nr && i % 8; i++)
		if (READ_ONCE(table[i]))
			return i;
	/* Most of most tables is empty. */
	for (t = &table[i]; i < nr; i += 8, t += 8)
		if (READ_ONCE(t[0]) | READ_ONCE(t[1]) | READ_ONCE(t[2]) |
		    READ_ONCE(t[3]) | READ_ONCE(t[4]) | READ_ONCE(t[5]) |
		    READ_ONCE(t[6]) | READ_ONCE(t[7]))
			break;
	for (; i < nr; i++)
		if (READ_ONCE(table[i]))
			return i;
	return nr;
}

bool nacc_level_accounted(unsigned int level);
int nacc_page_fit(struct page *page);
void nacc_page_unfit(struct page *page, unsigned int level, bool accounted);
void nacc_page_move_account(struct page *from, struct page *to,
			    unsigned int level);
bool nacc_page_is_shared(struct page *page, unsigned int level);
bool nacc_page_is_table(struct page *page);
int nacc_table_init(struct page *page, unsigned int level);
struct page *nacc_table_alloc(unsigned int level, gfp_t gfp);
void nacc_table_free(struct page *page, unsigned int level);
void nacc_move_deposits(struct page *from, struct page *to);

/* switch.c ------------------------------------------------------------------ */

/**
 * struct nacc_switch - an mm that goes from one root to another
 * @old_pfn: page frame of the root that it leaves
 * @new_pfn: page frame of the root that takes its place
 */
struct nacc_switch {
	unsigned long old_pfn;
	unsigned long new_pfn;
};

void nacc_switch_root(struct mm_struct *mm, phys_addr_t new_root,
		      struct nacc_switch *sw);
void nacc_switch_settle(const struct nacc_switch *sw);
void nacc_switch_again(const struct nacc_switch *sw);

/* promote.c, demote.c --------------------------------------------------------- */

int nacc_promote(struct mm_struct *mm,
		 void (*publish)(phys_addr_t root, void *arg), void *arg);
void nacc_promote_finish(void);
int nacc_demote(struct mm_struct *mm);
int nacc_demote_exiting(struct mm_struct *mm, struct nacc_switch *sw);

/* domain.c, mark.c, reap.c, domain_proc.c: see also domain.h --------------------- */

/**
 * struct nacc_domain - a marked container
 * @node: in the list of domains, under nacc_domain_lock
 * @ref: one for each marked mm, each inheritance under way and each user; the
 *	domain leaves the list and the module reference goes with the last
 * @id: name of the domain, never 0, never reused
 * @mms: marked address spaces, under nacc_domain_lock
 * @promoting: promotions under way, under nacc_domain_lock
 * @leaving: being unmarked: who wants to join waits, under nacc_domain_lock
 * @gone: unmarked: nothing can join any more, under nacc_domain_lock
 * @condemned: being killed: who joins is killed as well, under nacc_domain_lock
 * @name: label
 * @rules: what others may not do to its memory
 * @rcu: freed after a grace period: hooks find it under RCU
 */
struct nacc_domain {
	struct list_head node;
	refcount_t ref;
	u32 id;
	unsigned int mms;
	unsigned int promoting;
	bool leaving;
	bool gone;
	bool condemned;
	char name[NACC_NAME_LEN];
	struct nacc_rules rules;
	struct rcu_head rcu;
};

/**
 * struct nacc_mm - a marked address space
 * @node: in the list of marked mms, under nacc_domain_lock
 * @mm: the mm, by a reference of its own (mmgrab)
 * @domain: its domain, by a reference
 * @root: physical address of its root
 * @sw: @exiting: how it left that root
 * @exiting: exit_mmap() has begun: under nacc_domain_lock
 * @rcu: freed after a grace period: hooks find it under RCU
 */
struct nacc_mm {
	struct list_head node;
	struct mm_struct *mm;
	struct nacc_domain *domain;
	phys_addr_t root;
	struct nacc_switch sw;
	bool exiting;
	struct rcu_head rcu;
};

int nacc_domain_init(void);
void nacc_domain_exit(void);
int nacc_mark_task(struct task_struct *task, const char *name, u32 *id);
int nacc_unmark(u32 id);
void nacc_unmark_all(void);
int nacc_join(struct nacc_domain *domain, struct mm_struct *mm);
struct nacc_domain *nacc_domain_get_by_mm(struct mm_struct *mm);
void nacc_domain_put(struct nacc_domain *domain);
const struct nacc_rules *nacc_domain_rules(const struct mm_struct *mm);
int nacc_domain_forbid(const struct nacc_forbid *forbid);
u32 nacc_domain_of_root(phys_addr_t root);
unsigned int nacc_domain_count(void);
int nacc_domain_seq(struct seq_file *m);
int nacc_mms_seq(struct seq_file *m);
int nacc_rules_seq(struct seq_file *m);
void nacc_reap_dead(void);
bool nacc_leave_exiting(struct mm_struct *mm);
void nacc_disarm_if_unused(void);
void nacc_domain_kill(phys_addr_t root);
void nacc_domain_check_roots(void);
int nacc_task_mm(struct task_struct *task, struct mm_struct **mm);

/* keeper.c ------------------------------------------------------------------ */

void nacc_kick(void);
void nacc_keeper_stop(void);

/* inherit.c --------------------------------------------------------- */

int nacc_inherit_init(void);
void nacc_inherit_exit(void);
bool nacc_inherit_room(void);
void nacc_inherit_clean(void);

/* power.c ------------------------------------------------------------------- */

int nacc_power_init(void);
void nacc_power_exit(void);

/* hook.c -------------------------------------------------------------------- */

int nacc_hook_init(void);
void nacc_hook_exit_all(void);
int nacc_hook_arm(void);
void nacc_hook_arm_on_demand(void);
void nacc_hook_disarm(void);
int nacc_hook_seq(struct seq_file *m);
const char *nacc_hook_state(void);
const char *nacc_hook_backends(void);

/* route_gup.c --------------------------------------------------------------- */

bool nacc_gup_hooked(u32 forbid);

/* counters of the module: enum, names and size are checked in stats.c --------- */

/**
 * enum nacc_count - counters of the module
 *
 * @NACC_COUNT_MARKS: domains created by a mark
 * @NACC_COUNT_INHERITED_FORK: address spaces promoted for a new child
 * @NACC_COUNT_INHERITED_EXEC: address spaces promoted for a new program
 * @NACC_COUNT_KILLED: processes killed because they could not be protected
 * @NACC_COUNT_ENOMEM: page-table allocations and forks refused: pool too small
 * @NACC_COUNT_PROMOTED_TABLES: tables copied into the pool by promotions
 * @NACC_COUNT_DEMOTED_TABLES: tables copied back by unmark and at exit
 * @NACC_COUNT_REAPED: address spaces torn down at exit
 * @NACC_COUNT_ORIGINALS: ordinary table pages freed after a trapped adoption
 * @NACC_COUNT_CONDEMNED: containers ended after a refused store
 * @NACC_COUNT_ROOT_SWAPPED: address spaces found to run on another root
 * @NACC_COUNT_LEAKED: pages kept back because their state was not as expected
 * @NACC_COUNT_FORBIDDEN_WRITES: forced writes refused for a rule
 * @NACC_COUNT_FORBIDDEN_PINS: long-term pins refused for a rule
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
	NACC_COUNT_ROOT_SWAPPED,
	NACC_COUNT_LEAKED,
	NACC_COUNT_FORBIDDEN_WRITES,
	NACC_COUNT_FORBIDDEN_PINS,
	NACC_COUNT_MAX,
};

void nacc_count(enum nacc_count counter, long delta);
int nacc_stats_seq(struct seq_file *m);

/* audit.c, dump.c, verify.c, chardev.c, proc.c --------------------------------- */

int nacc_audit_seq(struct seq_file *m);
int nacc_learn_seq(struct seq_file *m);
void nacc_audit_trace(void);
long nacc_ioctl_dump(struct nacc_dump *dump);
long nacc_ioctl_verify(struct nacc_verify *verify);
struct task_struct *nacc_pidfd_task(int pidfd);
int nacc_chardev_init(void);
void nacc_chardev_exit(void);
int nacc_proc_init(void);
void nacc_proc_exit(void);

#endif /* NACC_H */
