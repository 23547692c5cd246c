/* SPDX-License-Identifier: GPL-2.0 */
/* The door of the floor of page tables, as Linux has them; it knows no domain. */
#ifndef NACC_TABLES_H
#define NACC_TABLES_H

#include <linux/mm.h>
#include <linux/mutex.h>

#include "firmware/firmware.h"

/* pool.c -------------------------------------------------------------------- */

/* References that the pool has on each frame for ever, one of them from boot. */
#define NACC_PAGE_OURS		2

/**
 * enum nacc_armed - which of the free frames are armed
 * @NACC_ARMED_NONE: none; nothing is marked
 * @NACC_ARMED_SOME: as many as are promised, a reserve, and some more
 * @NACC_ARMED_ALL: all
 */
enum nacc_armed {
	NACC_ARMED_NONE,
	NACC_ARMED_SOME,
	NACC_ARMED_ALL,
};

/**
 * struct nacc_pool - the frames, seen as struct pages
 * @base: physical address of frame 0; constant after load
 * @nr: number of frames; constant after load
 * @region_base: physical address of the R-only region; constant
 * @region_size: its size in bytes; constant
 * @vlenb: bytes of a vector register that the firmware keeps of gated threads; constant
 * @fitted: one bit per frame whose struct page is fit to be a page-table page:
 *	PG_table set by us, lock ready, one reference beyond NACC_PAGE_OURS.
 *	Under @lock
 * @released: one bit per frame that this module knows to be released and not
 *	yet reclaimed. Under @lock
 * @unbuilt: one bit per root of a failed promotion that the shim would not
 *	retire. Atomic
 * @left: one bit per root that Linux has left and that is to be retired. Under
 *	@lock
 * @again: there may be such a root
 * @freed: one bit per table that the kernel has freed, while they are released.
 *	Under @lock
 * @armed: which of the free frames are to be armed. Under @lock
 * @spare: free frames that are not armed: never too many. Changed under @lock
 * @busy: a free frame could not be armed, as someone held it. Under @lock
 * @page: one page for results of the shim, under @lock
 * @lock: see above; may sleep
 */
struct nacc_pool {
	phys_addr_t base;
	unsigned int nr;
	phys_addr_t region_base;
	unsigned long region_size;
	unsigned int vlenb;
	unsigned long *fitted;
	unsigned long *released;
	unsigned long *unbuilt;
	unsigned long *left;
	bool again;
	unsigned long *freed;
	enum nacc_armed armed;
	unsigned int spare;
	bool busy;
	void *page;
	struct mutex lock;	/* outermost but for the mm's, see above */
};

extern struct nacc_pool nacc_pool;

int nacc_pool_init(void);
void nacc_pool_exit(void);
int nacc_pool_arm(bool all);
bool nacc_pool_arm_for(unsigned int nr);
bool nacc_room_arm(unsigned int nr, unsigned int kept);
void nacc_pool_disarm(void);
void nacc_pool_collect(void);
void nacc_pool_reclaim(u64 nr);
bool nacc_pool_busy(void);
bool nacc_pool_idle(void);
bool nacc_pool_same(void);
void nacc_pool_retire(phys_addr_t root);
void nacc_pool_retire_unfit(phys_addr_t root);
bool nacc_pool_retire_now(phys_addr_t root);
int nacc_pool_retire_dead(struct mm_struct *mm, phys_addr_t root);
void nacc_pool_unfit_root(phys_addr_t root);
struct nacc_sbi_frame *nacc_pool_snapshot_alloc(void);
void nacc_pool_snapshot(struct nacc_sbi_frame *all);

/**
 * NACC_LEVEL_CONTEXTS - level of frames, as AS_RETIRE lists them, that hold contexts. Linux has
 * never had a table there
 */
#define NACC_LEVEL_CONTEXTS	7

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

/* linear.c ------------------------------------------------------------------ */

int nacc_linear_map(void);
void nacc_linear_unmap(void);
bool nacc_linear_foreign(void);

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
void nacc_page_unfit(struct page *page);
bool nacc_page_freed(struct page *page, unsigned int level);
void nacc_page_unfit_freed(struct page *page, unsigned int level);
void nacc_page_unfit_left(struct page *page, unsigned int level);
void nacc_page_unfit_dead(struct page *page, unsigned int level, bool freed);
void nacc_page_move_account(struct page *from, struct page *to,
			    unsigned int level);
bool nacc_page_is_shared(struct page *page, unsigned int level);
bool nacc_page_is_table(struct page *page);
int nacc_table_init(struct page *page, unsigned int level);
#ifdef CONFIG_DEBUG_LOCK_ALLOC
void nacc_table_classes(void);
#else
static inline void nacc_table_classes(void) {}
#endif
struct page *nacc_table_alloc(unsigned int level, gfp_t gfp);
void nacc_table_free(struct page *page, unsigned int level);

/* deposit.c: tables kept for the split of huge pages --------------------------- */

struct page *nacc_deposit_first(struct page *pmd);
struct page *nacc_deposit_next(struct page *pmd, struct page *page);
struct page *nacc_deposit_get(struct page *pmd);
void nacc_deposit_put(struct page *pmd, struct page *page);
struct page *nacc_deposit_exchange(struct mm_struct *mm, struct page *page);

/* room.c: armed frames that are promised ---------------------------------------- */

#define NACC_ROOM_NONE		UINT_MAX

unsigned int nacc_room_reserve(void);
unsigned int nacc_room_promised(void);
bool nacc_room_take(unsigned int nr, unsigned int kept);
bool nacc_room_unarmed(unsigned int nr, unsigned int kept);
void nacc_room_give(unsigned int nr);

/* icache.c ------------------------------------------------------------------ */

void nacc_icache_flush(const u64 *entry, unsigned int nr);

/* switch.c ------------------------------------------------------------------ */

/**
 * struct nacc_switch - an mm that goes from one root to another
 * @mm: the mm
 * @old_pfn: page frame of the root that it leaves
 * @new_pfn: page frame of the root that takes its place
 */
struct nacc_switch {
	struct mm_struct *mm;
	unsigned long old_pfn;
	unsigned long new_pfn;
};

void nacc_switch_root(struct mm_struct *mm, phys_addr_t new_root,
		      struct nacc_switch *sw);
void nacc_switch_settle(const struct nacc_switch *sw);
void nacc_switch_again(const struct nacc_switch *sw);

/* born.c -------------------------------------------------------------------- */

int nacc_born(struct mm_struct *mm, u64 tag, phys_addr_t gate);

/* link.c -------------------------------------------------------------------- */

int nacc_table_link(struct mm_struct *mm, void *entry, unsigned int level);
int nacc_page_put(struct mm_struct *mm, pmd_t *pmd, phys_addr_t root, phys_addr_t page);

/* unlink.c ------------------------------------------------------------------ */

int nacc_unlink_init(void);
void nacc_unlink_exit(void);
int nacc_table_unlink(struct mm_struct *mm, struct mmu_gather *tlb, u64 *table,
		      unsigned int level, unsigned long addr, unsigned int first,
		      unsigned int nr);

/* lock.c -------------------------------------------------------------------- */

int nacc_lock_mmap(struct mm_struct *mm, bool tries);
int nacc_lock_all(struct mm_struct *mm, bool tries);
void nacc_unlock_all(struct mm_struct *mm);

/* promote.c, demote.c --------------------------------------------------------- */

/**
 * struct nacc_promotion - what is asked for with nacc_promote()
 * @tag: what the firmware's records about the mm are to carry
 * @room: tables that it may take; nacc_room_take()
 * @tries: who has a lock of the mm is not waited for
 * @ready: called when the tables are copied and nobody runs on them yet, with all locks of
 *	the mm held. 0, or an error: it stays as it was. Allocates nothing. May be NULL
 * @publish: called when the new tables are in force, before the mmap lock is dropped
 * @arg: for both
 */
struct nacc_promotion {
	u64 tag;
	unsigned int room;
	bool tries;
	int (*ready)(phys_addr_t root, void *arg);
	void (*publish)(phys_addr_t root, void *arg);
	void *arg;
};

unsigned int nacc_promote_room(const struct mm_struct *mm);
int nacc_promote(struct mm_struct *mm, const struct nacc_promotion *how);
void nacc_promote_finish(void);
int nacc_demote(struct mm_struct *mm, phys_addr_t root,
		void (*leave)(struct mm_struct *mm, bool leaves));

#endif /* NACC_TABLES_H */
