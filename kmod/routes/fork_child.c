// SPDX-License-Identifier: GPL-2.0
/*
 * The fork route: the child's side.
 *
 * The kernel's own copy_page_range() copies the real parent's entries to a shadow
 * in place of the child's tables, so that reference counts, the reverse map, rss
 * and swap counts are its work as ever. What stands in the shadow then goes to the
 * child's table by one call, which takes an entry for what it is if the parent's
 * table has the same page in the same place.
 *
 * In between a page is counted as mapped by the child and no table of the child's
 * names it. Who could notice?
 *
 * - The child's tables are reached by way of its mm, its VMAs, or its pages.
 * - By way of the mm: no task has it yet (no /proc, ptrace, process_vm_*, OOM
 *   killer, process_mrelease()), neither KSM, khugepaged, NUMA balancing nor the
 *   aging walk of the multi-gen LRU knows it before dup_mmap() is through, it has no
 *   notifiers. swapoff may know it, by mmlist, and needs the mmap lock, which
 *   dup_mmap() holds for writing, the child's and the parent's. A swap entry is
 *   counted (swap_duplicate()), so its slot cannot go away meanwhile; swapoff begins
 *   again until all are gone.
 * - By way of the VMA, there is anon_vma; the page's reverse map leads there. Only
 *   anonymous VMAs take this route: a page of a file must be found by truncation.
 * - A walk of the reverse map (reclaim, migration, compaction, KSM, split of a huge
 *   page, idle and young pages, memory failure) finds an empty entry. Then the page
 *   is still mapped, as its mapcount says, and whoever wanted it unmapped gives up,
 *   as for a page mapped by someone who is faster: reclaim keeps it, migration and
 *   split put back what they have changed, KSM sees more references than it can
 *   account for. A free of a lazily freed page stays with those that were found.
 *   "Young" is not missed, since the child's entries are old.
 * - What is *undone* in the tables by such a walk must not be missed: only migration
 *   entries are. remove_migration_ptes() would leave one that is in the shadow, for
 *   ever. So they do not go to the child: they are taken back, and the page is copied
 *   once more in place, under the locks of both tables, where the walk either has
 *   passed the parent (then its page is back) or has both before it. Such an entry
 *   holds nothing but a count of rss, and nobody may look what page it names, as that
 *   may be free by now.
 * - What else is neither a page, nor a swap entry, nor a marker is unmapped again in
 *   the shadow, by the kernel's own zap, and copied in place.
 * - The first swap entry is copied in place as well, if the child is not on mmlist
 *   yet: that is where the kernel puts it there. The parent's is still a swap entry
 *   then, as only faults and swapoff change one.
 * - What the call leaves out or refuses (a pinned page, copied early, is another
 *   than the parent's; an entry of the parent's that reclaim has just changed) goes
 *   the same way: nothing is ever lost, it may be done twice.
 *
 * No huge entry can come in place of a table meanwhile, as that takes the mmap lock or
 * the VMA's, and no table where there was none. So the kernel never looks into the
 * shadow where none of its tables stands.
 */
#include <linux/cpumask.h>
#include <linux/percpu_counter.h>
#include <linux/rcupdate.h>
#include <linux/swap.h>

#include "compat.h"
#include "routes/fork.h"
#include "routes/internal.h"
#include "routes/pay.h"

/**
 * nacc_fork_to_shadow() - may the child's entries be made in a shadow?
 * @f: the call
 *
 * Context: any.
 */
bool nacc_fork_to_shadow(const struct nacc_fork *f)
{
	return nacc_can_zap() &&
	       nacc_mm_marked(f->dst->vm_mm) && vma_is_anonymous(f->src) &&
	       !(f->src->vm_flags & (VM_PFNMAP | VM_MIXEDMAP));
}

/* Let the kernel copy a part of the VMA. */
static int copy_part(const struct nacc_fork *f, struct vm_area_struct *dst,
		     unsigned long start, unsigned long end)
{
	struct vm_area_struct *src = f->s->src;

	/* The function has no range but that of the VMA. */
	memcpy(src, f->src, sizeof(*src));
	src->vm_start = start;
	src->vm_end = end;
	src->vm_pgoff += (start - f->src->vm_start) >> PAGE_SHIFT;
	return f->original(dst, src);
}

/* --- before: which tables pay ------------------------------------------------- */

/**
 * struct look - what is in a table of the parent's, by what was looked at
 * @present: entries that are not zero
 * @writable: those of them that are to be protected
 */
struct look {
	unsigned int present;
	unsigned int writable;
};

/* A guess, as the table is not locked; nothing depends on it. */
static struct look look_at(const pmd_t *pmd, const struct nacc_shadow_table *t,
			   unsigned int least)
{
	unsigned int stride = nacc_look_stride(t->nr);
	unsigned int slot = t->first, end = t->first + t->nr;
	struct look seen = {};
	const u64 *table;

	rcu_read_lock();
	table = nacc_shadow_frame(pmd);
	if (!table)
		end = slot;
	for (; slot < end; slot += stride) {
		u64 pte = READ_ONCE(table[slot]);

		if (!pte)
			continue;
		seen.present += stride;
		if ((pte & (_PAGE_PRESENT | _PAGE_WRITE)) ==
		    (_PAGE_PRESENT | _PAGE_WRITE))
			seen.writable += stride;
		if (seen.writable >= least)
			break;
	}
	rcu_read_unlock();
	return seen;
}

static unsigned long first_addr(const struct nacc_piece *p, unsigned int i)
{
	return max(p->start, (p->start & PMD_MASK) + i * PMD_SIZE);
}

static unsigned long end_addr(const struct nacc_piece *p, unsigned int i)
{
	return min(p->end, (p->start & PMD_MASK) + (i + 1) * PMD_SIZE);
}

static bool is_table(const pmd_t *pmd)
{
	bool table;

	rcu_read_lock();
	table = nacc_shadow_frame(pmd);
	rcu_read_unlock();
	return table;
}

/* The child's table, made by the kernel as ever. */
static bool make_table(const struct nacc_fork *f, unsigned long addr)
{
	return !apply_to_page_range(f->dst->vm_mm, addr, PAGE_SIZE, NULL, NULL);
}

/* What is not staged is copied in place, and fails there if it has to. */
static bool stage(const struct nacc_fork *f, const struct nacc_piece *p,
		  unsigned int i)
{
	struct nacc_shadow_table *t = &f->s->table[i];
	unsigned long addr = first_addr(p, i);
	pmd_t *pmd = nacc_shadow_pmd(f->src->vm_mm, addr);
	unsigned int least;
	struct look seen;

	t->staged = false;
	t->rest = pmd && !pmd_none(*pmd);
	t->nr = nacc_shadow_slots(p, i, &t->first);
	least = READ_ONCE(nacc_eager) ? 0 : nacc_batch_cost(t->nr);
	seen = look_at(pmd, t, least);
	if (seen.writable >= least)
		nacc_table_batch(NACC_SBI_WRITE_PROTECT, pmd, t->first, t->nr, 0,
				 NULL);
	if (seen.present >= least && is_table(pmd))
		t->staged = make_table(f, addr);
	/* Nobody else writes each slot, and whatever stood there would be ours. */
	if (t->staged)
		memset(&t->entries[t->first], 0, t->nr * sizeof(u64));
	t->rest &= !t->staged;
	return t->staged;
}

/* --- the kernel's work ---------------------------------------------------------- */

/* Tables of a kind that follow each other, beginning with @i. */
static unsigned int run_of(const struct nacc_shadow *s,
			   const struct nacc_piece *p, unsigned int i)
{
	bool staged = s->table[i].staged, rest = s->table[i].rest;

	while (i < p->nr && s->table[i].staged == staged &&
	       s->table[i].rest == rest)
		i++;
	return i;
}

static int copy_tables(const struct nacc_fork *f, const struct nacc_piece *p)
{
	unsigned int i, next;
	int ret = 0;

	for (i = 0; !ret && i < p->nr; i = next) {
		const struct nacc_shadow_table *t = &f->s->table[i];

		next = run_of(f->s, p, i);
		if (t->rest)
			nacc_hook_fallback(&nacc_hook_fork);
		if (t->rest || t->staged)
			ret = copy_part(f, t->staged ? f->s->vma : f->dst,
					first_addr(p, i), end_addr(p, next - 1));
	}
	return ret;
}

/* --- after: from the shadow to the child ------------------------------------------ */

/* Undo what was done for an entry that only its page's lock kept valid. */
static void forget_migration(const struct nacc_fork *f, u64 *entry)
{
	*entry = 0;
	f->s->mm->rss_stat[MM_ANONPAGES].count--;
}

/* Undo what was done in the shadow, and do it again where it belongs. */
static int redo(const struct nacc_fork *f, struct nacc_shadow_table *t,
		unsigned long base, unsigned int slot, unsigned int nr)
{
	unsigned long addr = base + slot * PAGE_SIZE;

	nacc_hook_fallback(&nacc_hook_fork);
	nacc_zap(f->s->vma, addr, nr * PAGE_SIZE);
	return copy_part(f, f->dst, addr, addr + nr * PAGE_SIZE);
}

static unsigned int next_not_valid(const u64 *entry, unsigned int i,
				   unsigned int end)
{
	const u64 *e;

	for (; i < end && i % 8; i++)
		if (!(entry[i] & _PAGE_PRESENT))
			return i;
	for (e = &entry[i]; i + 8 <= end; i += 8, e += 8)
		if (!(e[0] & e[1] & e[2] & e[3] & e[4] & e[5] & e[6] & e[7] &
		      _PAGE_PRESENT))
			break;
	while (i < end && entry[i] & _PAGE_PRESENT)
		i++;
	return i;
}

/* May it be found, and changed, by way of its page, or does it need the real mm? */
static bool only_in_place(const struct mm_struct *child, u64 val)
{
	switch (nacc_absent(__pte(val))) {
	case NACC_ABSENT_NOT:
	case NACC_ABSENT_MARKER:
		return false;
	case NACC_ABSENT_SWAP:
		return list_empty(&child->mmlist);
	default:
		return true;
	}
}

/* Of an entry that only_in_place() has said yes to. */
static bool is_migration(u64 val)
{
	return nacc_absent(__pte(val)) == NACC_ABSENT_MIGRATION;
}

static int redo_special(const struct nacc_fork *f, struct nacc_shadow_table *t,
			unsigned long base)
{
	unsigned int slot = t->first, end = t->first + t->nr;
	int ret = 0;

	while ((slot = next_not_valid(t->entries, slot, end)) < end) {
		u64 *entry = &t->entries[slot];

		if (only_in_place(f->dst->vm_mm, *entry)) {
			int err;

			if (is_migration(*entry))
				forget_migration(f, entry);
			err = redo(f, t, base, slot, 1);
			ret = ret ?: err;
		}
		slot = nacc_next_entry(t->entries, slot + 1, end);
	}
	return ret;
}

/* What the child's table has it has; the rest stays in the shadow. */
static void forget_written(struct nacc_shadow_table *t, const u64 *frame)
{
	unsigned int slot, end = t->first + t->nr;

	for (slot = t->first; slot < end; slot++)
		if (t->entries[slot] == READ_ONCE(frame[slot]))
			t->entries[slot] = 0;
}

/* Return: whether everything is in the child's table. */
static bool hand_over(const struct nacc_fork *f, struct nacc_shadow_table *t,
		      unsigned long addr)
{
	const u64 *from;
	unsigned long value;
	phys_addr_t frame;
	spinlock_t *ptl;	/* of the child's table */
	bool all = false;

	rcu_read_lock();
	from = nacc_shadow_frame(nacc_shadow_pmd(f->src->vm_mm, addr));
	frame = nacc_frame_lock(nacc_shadow_pmd(f->dst->vm_mm, addr), &ptl);
	if (frame) {
		all = from &&
		      !nacc_sbi_fork(frame, t->first | (unsigned long)t->nr << 16,
				     __pa(t->entries), __pa(from), &value) &&
		      !(value >> 16);
		if (!all)
			forget_written(t, __va(frame));
		nacc_frame_unlock(ptl);
	}
	rcu_read_unlock();
	return all;
}

static int redo_left(const struct nacc_fork *f, struct nacc_shadow_table *t,
		     unsigned long base)
{
	unsigned int slot = t->first, end = t->first + t->nr, from;
	int ret = 0;

	while ((from = nacc_next_entry(t->entries, slot, end)) < end) {
		int err;

		for (slot = from; slot < end && t->entries[slot]; )
			slot++;
		err = redo(f, t, base, from, slot - from);
		ret = ret ?: err;
	}
	return ret;
}

static int commit(const struct nacc_fork *f, const struct nacc_piece *p,
		  unsigned int i)
{
	struct nacc_shadow_table *t = &f->s->table[i];
	unsigned long addr = first_addr(p, i), base = addr & PMD_MASK;
	int ret, err = 0;

	ret = redo_special(f, t, base);
	if (!hand_over(f, t, addr))
		err = redo_left(f, t, base);
	return ret ?: err;
}

/* What the kernel has noted in the copy of the child's mm. */
static void settle(const struct nacc_fork *f)
{
	struct mm_struct *copy = f->s->mm, *child = f->dst->vm_mm;
	unsigned int i;

	/* The per-CPU parts are the child's own. */
	for (i = 0; i < NR_MM_COUNTERS; i++)
		if (copy->rss_stat[i].count)
			percpu_counter_add(&child->rss_stat[i],
					   copy->rss_stat[i].count);
#ifdef CONFIG_SMP
	cpumask_or(&child->context.icache_stale_mask,
		   &child->context.icache_stale_mask,
		   &copy->context.icache_stale_mask);
#endif
}

static int commit_all(const struct nacc_fork *f, const struct nacc_piece *p)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < p->nr; i++) {
		int err = f->s->table[i].staged ? commit(f, p, i) : 0;

		ret = ret ?: err;
		/* It need not be zero again: see stage(). */
		f->s->table[i].staged = false;
	}
	settle(f);
	return ret;
}

/**
 * nacc_fork_piece() - copy the part of a VMA that one shadow can stand in for
 * @f: the call, with a shadow
 * @p: the part
 *
 * Context: may sleep; the mmap locks of both are held for writing.
 * Return: 0 or -ENOMEM; then as much has been copied as the kernel could.
 */
int nacc_fork_piece(const struct nacc_fork *f, const struct nacc_piece *p)
{
	unsigned int i, staged = 0;
	int ret, err;

	for (i = 0; i < p->nr; i++)
		staged += stage(f, p, i);
	if (!staged) {
		nacc_hook_fallback(&nacc_hook_fork);
		return copy_part(f, f->dst, p->start, p->end);
	}
	nacc_shadow_map(f->s, f->dst, p);
	ret = copy_tables(f, p);
	err = commit_all(f, p);
	nacc_shadow_unmap(f->s, p);
	return ret ?: err;
}

#ifdef NACC_KUNIT
#include "fork_test.c"
#endif
