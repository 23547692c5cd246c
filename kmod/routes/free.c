// SPDX-License-Identifier: GPL-2.0
/*
 * The free route: tables that nothing maps any more.
 *
 * Of an address space that nobody uses any more not a link is taken away: nothing
 * walks it but CPUs that have not noticed yet, and they find empty tables. When they
 * have, all of it goes back to the firmware by one call (domain/reap.c).
 *
 * Of one that goes on, munmap takes away the links of each table by one call, and
 * the kernel's own gather flushes and frees what they named.
 */
#include <linux/kprobes.h>
#include <asm/tlb.h>

#include "routes/internal.h"

typedef void (*free_fn)(struct mmu_gather *tlb, unsigned long addr,
			unsigned long end, unsigned long floor,
			unsigned long ceiling);

/**
 * struct span - what free_pgd_range() is to free
 * @mm: the address space
 * @tlb: the gather, or NULL
 * @floor: tables that map anything below it stay
 * @ceiling: and anything from here on; 0: there is no such
 * @left: something was left
 * @freed: something was not
 */
struct span {
	struct mm_struct *mm;
	struct mmu_gather *tlb;
	unsigned long floor;
	unsigned long ceiling;
	bool left;
	bool freed;
};

static unsigned long entry_size(unsigned int level)
{
	return 1UL << (PAGE_SHIFT + 9 * level);
}

/*
 * Entries whose tables map nothing outside. As in the kernel, those that lie wholly
 * inside, and the first and the last if what is beside them is not in use.
 */
static void unlink_entries(struct span *s, u64 *table, unsigned int level,
			   unsigned long addr, unsigned long end)
{
	unsigned long size = entry_size(level);
	unsigned long from = addr & ~(size - 1);
	unsigned long to = (end + size - 1) & ~(size - 1);
	unsigned long ceiling = s->ceiling & ~(size - 1);
	unsigned int first, last;
	int ret;

	if (from < s->floor)
		from += size;
	if (s->ceiling && !ceiling)
		return;
	if (end - 1 > ceiling - 1)
		to -= size;
	if (from >= to)
		return;
	first = from / size % PTRS_PER_PTE;
	last = first + (to - from) / size;
	/* mremap has moved them, or nothing was ever mapped. */
	if (nacc_next_entry(table, first, last) == last)
		return;
	ret = nacc_table_unlink(s->mm, s->tlb, table, level, from, first, last - first);
	s->left |= ret < 0;
	s->freed |= ret > 0;
}

static void free_below(struct span *s, u64 *table, unsigned int level,
		       unsigned long addr, unsigned long end)
{
	unsigned long size = entry_size(level), at, next;

	for (at = addr; level > 1 && at < end; at = next) {
		u64 pte = READ_ONCE(table[at / size % PTRS_PER_PTE]);

		next = min((at | (size - 1)) + 1, end);
		if (nacc_pte_link(pte))
			free_below(s, __va(nacc_pte_pa(pte)), level - 1, at, next);
	}
	unlink_entries(s, table, level, addr, end);
}

static void free_live(struct span *s, unsigned long addr, unsigned long end)
{
	unsigned long ceiling = s->ceiling & PMD_MASK;

	/* Whole tables of level 0: see free_pgd_range(). */
	addr &= PMD_MASK;
	if (addr < s->floor)
		addr += PMD_SIZE;
	if (s->ceiling && !ceiling)
		return;
	if (end - 1 > ceiling - 1)
		end -= PMD_SIZE;
	if (addr > end - 1)
		return;
	tlb_change_page_size(s->tlb, PAGE_SIZE);
	free_below(s, (u64 *)s->mm->pgd, nacc_top_level(), addr, end);
}

/**
 * nacc_free_all() - free the tables of an mm that is kept though nobody uses it
 * @mm: a marked mm without users, exit_mmap() is through
 *
 * Its root stays: a CPU may have it, until who keeps the mm drops it.
 *
 * Context: may sleep; the mmap lock is held: its VMAs have gone under it.
 */
void nacc_free_all(struct mm_struct *mm)
{
	struct span s = { .mm = mm };

	free_below(&s, (u64 *)mm->pgd, nacc_top_level(), 0,
		   entry_size(nacc_top_level() + 1) / 2);
}

static noinline void route_free(struct mmu_gather *tlb, unsigned long addr,
				unsigned long end, unsigned long floor,
				unsigned long ceiling)
{
	struct span s = {
		.mm = tlb->mm, .tlb = tlb, .floor = floor, .ceiling = ceiling,
	};
	const bool live = atomic_read(&tlb->mm->mm_users);

	nacc_hook_enter(&nacc_hook_free);
	if (live)
		free_live(&s, addr, end);
	if (s.left) {
		nacc_hook_fallback(&nacc_hook_free);
		nacc_hook_original(&nacc_hook_free, free_fn)(tlb, addr, end,
							     floor, ceiling);
	}
	/* Of a dead one there is all of it to be fetched. */
	if (!live || s.freed || s.left)
		nacc_kick_soon();
	nacc_hook_leave();
}

static unsigned long notrace pick_free(const unsigned long *args)
{
	const struct mmu_gather *tlb = (void *)args[0];

	return nacc_mm_marked(tlb->mm) ? (unsigned long)route_free : 0;
}

NOKPROBE_SYMBOL(pick_free);

struct nacc_hook nacc_hook_free = {
	.name = "free",
	.purpose = "exit leaves tables as they are, munmap unlinks many by one call",
	.symbols = { "free_pgd_range" },
	.pick = pick_free,
	.lost = "one trap for each table that goes",
	.route = true,
};
