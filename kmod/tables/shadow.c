// SPDX-License-Identifier: GPL-2.0
/* Shadow tables: how they are made, mapped and emptied. See shadow.h. */
#include <linux/cpumask.h>
#include <linux/kprobes.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <asm/pgalloc.h>

#include "tables/shadow.h"

/* Two per CPU: whoever finds none goes without. Constant after load. */
static struct nacc_shadow *shadows;
static unsigned int nr_shadows;

static void table_free(struct nacc_shadow_table *t)
{
	if (!t->entries)
		return;
	nacc_table_free(virt_to_page(t->entries), 0);
	free_page((unsigned long)t->before);
}

static int table_alloc(struct nacc_shadow_table *t)
{
	struct page *pages = alloc_pages(GFP_KERNEL | __GFP_ZERO, 1);

	if (!pages)
		return -ENOMEM;
	/* From here on each is freed alone. */
	split_page(pages, 1);
	if (nacc_table_init(&pages[0], 0)) {
		__free_page(&pages[0]);
		__free_page(&pages[1]);
		return -ENOMEM;
	}
	t->entries = page_address(&pages[0]);
	t->before = page_address(&pages[1]);
	return 0;
}

static void shadow_free(struct nacc_shadow *s)
{
	unsigned int i;

	for (i = 0; i < NACC_SHADOW_TABLES; i++)
		table_free(&s->table[i]);
	for (i = 1; i < NACC_MAX_LEVELS; i++)
		if (s->dir[i])
			nacc_table_free(virt_to_page(s->dir[i]), i);
	kfree(s->mm);
	kfree(s->vma);
	kfree(s->src);
}

static int shadow_alloc(struct nacc_shadow *s)
{
	unsigned int i;

	for (i = 0; i < NACC_SHADOW_TABLES; i++)
		if (table_alloc(&s->table[i]))
			return -ENOMEM;
	for (i = 1; i <= nacc_top_level(); i++) {
		struct page *page = nacc_table_alloc(i, GFP_KERNEL |
						     __GFP_ZERO);

		if (!page)
			return -ENOMEM;
		s->dir[i] = page_address(page);
	}
	s->mm = kzalloc(sizeof(*s->mm) + cpumask_size(), GFP_KERNEL);
	s->vma = kzalloc(sizeof(*s->vma), GFP_KERNEL);
	s->src = kzalloc(sizeof(*s->src), GFP_KERNEL);
	return s->mm && s->vma && s->src ? 0 : -ENOMEM;
}

/**
 * nacc_shadow_init() - allocate all shadows there will ever be
 *
 * Context: module load, may sleep.
 * Return: 0 or -ENOMEM.
 */
int __init nacc_shadow_init(void)
{
	unsigned int i;

	nr_shadows = 2 * num_possible_cpus();
	shadows = kvcalloc(nr_shadows, sizeof(*shadows), GFP_KERNEL);
	if (!shadows)
		return -ENOMEM;
	for (i = 0; i < nr_shadows; i++) {
		if (shadow_alloc(&shadows[i])) {
			nacc_shadow_exit();
			return -ENOMEM;
		}
	}
	return 0;
}

/**
 * nacc_shadow_exit() - free the shadows; none is in use
 */
void nacc_shadow_exit(void)
{
	unsigned int i;

	for (i = 0; i < nr_shadows; i++)
		shadow_free(&shadows[i]);
	kvfree(shadows);
}

/**
 * nacc_shadow_get() - take a shadow that is not in use
 *
 * Context: any; never waits.
 * Return: the shadow or NULL.
 */
struct nacc_shadow *nacc_shadow_get(void)
{
	unsigned int i, first = raw_smp_processor_id() * 2;

	for (i = 0; i < nr_shadows; i++) {
		struct nacc_shadow *s = &shadows[(first + i) % nr_shadows];

		if (!test_and_set_bit_lock(0, &s->busy))
			return s;
	}
	return NULL;
}

/**
 * nacc_shadow_put() - give a shadow back
 * @s: the shadow
 *
 * Context: any.
 */
void nacc_shadow_put(struct nacc_shadow *s)
{
	clear_bit_unlock(0, &s->busy);
}

/**
 * nacc_shadow_piece() - the first part of a range that one shadow can hold
 * @addr: first address of the range
 * @end: address behind its last
 */
struct nacc_piece nacc_shadow_piece(unsigned long addr, unsigned long end)
{
	unsigned long max = (addr & PMD_MASK) + NACC_SHADOW_TABLES * PMD_SIZE;
	struct nacc_piece p = {
		.start = addr,
		/* One table of level 1 only */
		.end = min3(end, max, (addr & PUD_MASK) + PUD_SIZE),
	};

	p.nr = DIV_ROUND_UP(p.end - (addr & PMD_MASK), PMD_SIZE);
	return p;
}

/**
 * nacc_shadow_usable() - may work on this mm be done in a shadow?
 * @mm: the mm
 *
 * Not if others want to be told of each change, nor while reclaim has left a
 * flush to whoever touches the tables next: both are known by the mm's address.
 *
 * Context: any, probes included.
 */
bool notrace nacc_shadow_usable(struct mm_struct *mm)
{
#ifdef CONFIG_ARCH_WANT_BATCHED_UNMAP_TLB_FLUSH
	int batched = atomic_read(&mm->tlb_flush_batched);

	/* As flush_tlb_batched_pending() does. */
	if ((batched & 0x7fff) != (batched >> 16))
		return false;
#endif
	return !mm_has_notifiers(mm);
}

NOKPROBE_SYMBOL(nacc_shadow_usable);

static unsigned int slot_of(unsigned long addr, unsigned int level)
{
	return addr >> (PAGE_SHIFT + 9 * level) & (PTRS_PER_PTE - 1);
}

static u64 link_to(const u64 *table)
{
	return nacc_pte_relink(_PAGE_TABLE, __pa(table));
}

/*
 * What is counted in the copy is counted from zero, and in the per-CPU parts, which
 * are those of the real mm. Its lock may have been held as it was copied.
 */
static void reset_counters(struct mm_struct *mm)
{
	unsigned int i;

	for (i = 0; i < NR_MM_COUNTERS; i++) {
		mm->rss_stat[i].count = 0;
#ifdef CONFIG_SMP
		raw_spin_lock_init(&mm->rss_stat[i].lock);
#endif
	}
}

/**
 * nacc_shadow_map() - let the shadow's copies stand for a part of a VMA
 * @s: a shadow with some tables staged
 * @vma: the VMA
 * @p: the part
 *
 * Context: any; the mm cannot go away and the VMA cannot change.
 */
void nacc_shadow_map(struct nacc_shadow *s, struct vm_area_struct *vma,
		     const struct nacc_piece *p)
{
	unsigned int i, level, slot = slot_of(p->start, 1);

	/* Each slot that will be looked at, whatever stands there. */
	for (i = 0; i < p->nr; i++)
		s->dir[1][slot + i] = s->table[i].staged ?
				      link_to(s->table[i].entries) : 0;
	for (level = 2; level <= nacc_top_level(); level++)
		s->dir[level][slot_of(p->start, level)] =
			link_to(s->dir[level - 1]);
	/* Locks and lists in the copies are dead; nobody looks at them. */
	memcpy(s->mm, vma->vm_mm, sizeof(*s->mm));
	s->mm->pgd = (pgd_t *)s->dir[nacc_top_level()];
	reset_counters(s->mm);
#ifdef CONFIG_ARCH_WANT_BATCHED_UNMAP_TLB_FLUSH
	atomic_set(&s->mm->tlb_flush_batched, 0);
#endif
#ifdef CONFIG_SMP
	cpumask_clear(&s->mm->context.icache_stale_mask);
#endif
	/* It runs nowhere. */
	cpumask_clear(mm_cpumask(s->mm));
	memcpy(s->vma, vma, sizeof(*s->vma));
	s->vma->vm_mm = s->mm;
}

/**
 * nacc_shadow_unmap() - undo nacc_shadow_map(), clear what was staged
 * @s: the shadow
 * @p: the part
 *
 * Context: any.
 */
void nacc_shadow_unmap(struct nacc_shadow *s, const struct nacc_piece *p)
{
	unsigned int i, level;

	for (level = 2; level <= nacc_top_level(); level++)
		s->dir[level][slot_of(p->start, level)] = 0;
	for (i = 0; i < p->nr; i++) {
		struct nacc_shadow_table *t = &s->table[i];

		s->dir[1][slot_of(p->start, 1) + i] = 0;
		if (!t->staged)
			continue;
		memset(&t->entries[t->first], 0, t->nr * sizeof(u64));
		t->staged = false;
	}
}

/**
 * nacc_shadow_next() - where something is in a range
 * @mm: the mm; its tables above level 0 cannot be freed (mmap lock, or RCU)
 * @addr: first address of the range
 * @end: address behind its last
 *
 * What the kernel's own walks step over in one go because a table is not there
 * is stepped over in one go here, whatever its level.
 *
 * Return: the first address for which there is an entry at level 1, or a leaf
 * above it; @end if there is none.
 */
unsigned long nacc_shadow_next(struct mm_struct *mm, unsigned long addr,
			       unsigned long end)
{
	unsigned int level = nacc_top_level(), slot, there;
	u64 *table = (u64 *)mm->pgd;

	while (addr < end) {
		slot = slot_of(addr, level);
		there = nacc_next_entry(table, slot, nacc_entries(level));
		if (there != slot) {
			unsigned long size = PAGE_SIZE << (9 * level);

			addr = (addr & -size) + (there - slot) * size;
			level = nacc_top_level();
			table = (u64 *)mm->pgd;
		} else if (level > 1 && nacc_pte_link(READ_ONCE(table[slot]))) {
			table = __va(nacc_pte_pa(READ_ONCE(table[slot])));
			level--;
		} else {
			return addr;
		}
	}
	return end;
}

/**
 * nacc_shadow_pmd() - the entry that names the level-0 table of an address
 * @mm: the mm; its tables above level 0 cannot be freed (mmap lock, or RCU)
 * @addr: the address
 *
 * Return: the entry, a leaf above it, or NULL if there is neither.
 */
pmd_t *nacc_shadow_pmd(struct mm_struct *mm, unsigned long addr)
{
	u64 *table = (u64 *)mm->pgd;
	unsigned int level;

	/* The kernel's p4d_offset() and pud_offset() are not exported. */
	for (level = nacc_top_level(); level > 1; level--) {
		u64 pte = READ_ONCE(table[slot_of(addr, level)]);

		if (!nacc_pte_link(pte))
			return pte ? (pmd_t *)&table[slot_of(addr, level)] : NULL;
		table = __va(nacc_pte_pa(pte));
	}
	return (pmd_t *)&table[slot_of(addr, 1)];
}

/**
 * nacc_shadow_frame() - the protected level-0 table that an entry names
 * @pmd: the entry; may be NULL
 *
 * Context: under RCU, so that the table is not freed meanwhile.
 * Return: its entries, or NULL if the entry names none.
 */
const u64 *nacc_shadow_frame(const pmd_t *pmd)
{
	u64 val = pmd ? READ_ONCE(pmd_val(*pmd)) : 0;

	if (!nacc_pte_link(val) || !nacc_in_pool(nacc_pte_pa(val)))
		return NULL;
	return __va(nacc_pte_pa(val));
}

/**
 * nacc_frame_lock() - lock a protected level-0 table
 * @pmd: the entry that names it; may be NULL
 * @ptl: out: its lock, taken
 *
 * Context: under RCU, so that the table is not freed meanwhile.
 * Return: its physical address, or 0 if the entry names no protected table.
 */
phys_addr_t nacc_frame_lock(pmd_t *pmd, spinlock_t **ptl)
{
	u64 val = pmd ? READ_ONCE(pmd_val(*pmd)) : 0;
	phys_addr_t frame = nacc_pte_pa(val);

	if (!nacc_pte_link(val) || !nacc_in_pool(frame))
		return 0;
	*ptl = ptlock_ptr(page_ptdesc(phys_to_page(frame)));
	spin_lock(*ptl);
	if (READ_ONCE(pmd_val(*pmd)) != val) {
		spin_unlock(*ptl);
		return 0;
	}
	/* For sparse, which cannot tell: nacc_frame_unlock() takes it back. */
	__release(*ptl);
	return frame;
}

/**
 * nacc_frame_unlock() - the counterpart of nacc_frame_lock()
 * @ptl: the lock
 */
void nacc_frame_unlock(spinlock_t *ptl)
{
	__acquire(ptl);
	spin_unlock(ptl);
}

/**
 * nacc_table_batch() - one batch call of the shim on a protected level-0 table
 * @fid: the call
 * @pmd: the entry that names the table; may be NULL
 * @first: first entry
 * @nr: number of entries
 * @arg: third argument of the call
 * @value: out: value of the call; may be NULL
 *
 * What becomes executable is flushed from the instruction caches before, as
 * set_pte_at() does it, and under the same lock.
 *
 * Context: any; takes the lock of the table.
 * Return: as nacc_sbi_call(); -ENOENT if @pmd names no protected table.
 */
int nacc_table_batch(enum nacc_sbi_fid fid, pmd_t *pmd, unsigned int first,
		     unsigned int nr, unsigned long arg, unsigned long *value)
{
	phys_addr_t frame;
	spinlock_t *ptl;	/* of the table */
	int ret = -ENOENT;

	rcu_read_lock();
	frame = nacc_frame_lock(pmd, &ptl);
	if (frame) {
		if (fid == NACC_SBI_PROTECT && arg & _PAGE_EXEC)
			nacc_icache_flush((u64 *)__va(frame) + first, nr);
		ret = nacc_sbi_call(fid, frame, first | (unsigned long)nr << 16,
				    arg, value);
		nacc_frame_unlock(ptl);
	}
	rcu_read_unlock();
	return ret;
}

/**
 * nacc_shadow_rest() - the next run of tables in which something is left to do
 * @s: the shadow
 * @mm: the mm
 * @p: the piece
 * @i: in and out: table to begin with, 0 at first
 * @run: out: the addresses
 *
 * Context: any; after the last batch call, so that what reclaim has done before
 * it to any of the tables is seen: the kernel's code has to flush for it.
 * Return: false if there is none.
 */
bool nacc_shadow_rest(const struct nacc_shadow *s, struct mm_struct *mm,
		      const struct nacc_piece *p, unsigned int *i,
		      struct nacc_piece *run)
{
	bool all = !nacc_shadow_usable(mm);
	unsigned int from = *i;

	while (from < p->nr && !all && !s->table[from].rest)
		from++;
	for (*i = from; *i < p->nr && (all || s->table[*i].rest); )
		++*i;
	run->start = max(p->start, (p->start & PMD_MASK) + from * PMD_SIZE);
	run->end = min(p->end, (p->start & PMD_MASK) + *i * PMD_SIZE);
	run->nr = *i - from;
	return run->nr;
}

#ifdef NACC_KUNIT
#include "shadow_test.c"
#endif
