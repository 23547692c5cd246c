// SPDX-License-Identifier: GPL-2.0
/*
 * Sealed ranges: what Linux does not even try, as the firmware would refuse it.
 *
 * Whatever comes to such an entry all the same is refused, and ends the container, as its
 * tables are not what the kernel takes them for then. So here is what a program, or who
 * manages it, may rightly ask for: it comes to nothing, or to an error.
 *
 * unmap_page_range() has its route in zap.c, get_user_pages() in gup.c.
 */
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/rmap.h>

#include "routes/internal.h"
#include "trace.h"

struct arch_uprobe;

/* Its page stays mapped: who wanted to move it sees that, and lets it be. */
static noinline void route_migrate(struct folio *folio, enum ttu_flags flags)
{
	nacc_hook_enter(&nacc_hook_migrate);
	nacc_hook_leave();
}

/*
 * An anonymous page that is pinned cannot be moved. The kernel finds that out when it has
 * taken the entry away already, and puts it back.
 */
static unsigned long notrace pick_migrate(const unsigned long *args)
{
	struct folio *folio = (void *)args[0];

	return folio_test_anon(folio) && folio_maybe_dma_pinned(folio) ?
		(unsigned long)route_migrate : 0;
}

NOKPROBE_SYMBOL(pick_migrate);

struct nacc_hook nacc_hook_migrate = {
	.name = "seal",
	.purpose = "pinned pages are not taken out of tables to be moved",
	.symbols = { "try_to_migrate" },
	.demand = NACC_DEMAND_RULES,
	.pick = pick_migrate,
	.lost = "nothing can be sealed",
};

static noinline int route_opcode(struct arch_uprobe *auprobe, struct mm_struct *mm,
				 unsigned long vaddr, unsigned long opcode)
{
	nacc_hook_enter(&nacc_hook_opcode);
	nacc_seal_tell(mm, vaddr);
	nacc_hook_leave();
	return -EPERM;
}

static unsigned long notrace pick_opcode(const unsigned long *args)
{
	const struct mm_struct *mm = (void *)args[1];
	const unsigned long page = args[2] & PAGE_MASK;

	return nacc_mm_marked(mm) && nacc_route_ops.sealed(mm, page, page + PAGE_SIZE) ?
		(unsigned long)route_opcode : 0;
}

NOKPROBE_SYMBOL(pick_opcode);

struct nacc_hook nacc_hook_opcode = {
	.name = "seal",
	.purpose = "no uprobe is put into sealed text",
	.symbols = { "uprobe_write_opcode" },
	.demand = NACC_DEMAND_RULES,
	.pick = pick_opcode,
	.lost = "a uprobe in sealed text ends the container",
};

/**
 * nacc_seal_tell() - somebody wants sealed memory changed: let the firmware refuse it
 * @mm: the mm; its mmap lock is held
 * @addr: address in the range
 *
 * So that it is counted and on record there, with who it was.
 *
 * Context: may sleep.
 */
void nacc_seal_tell(struct mm_struct *mm, unsigned long addr)
{
	nacc_table_batch(NACC_SBI_WRITE_PROTECT, nacc_shadow_pmd(mm, addr),
			 addr >> PAGE_SHIFT & (PTRS_PER_PTE - 1), 1, 0, NULL);
}

/**
 * nacc_seals_hooked() - is what a seal needs replaced?
 *
 * Context: may sleep; something is marked.
 */
bool nacc_seals_hooked(void)
{
	return nacc_hook_acts(&nacc_hook_zap) && nacc_hook_acts(&nacc_hook_wake) &&
	       nacc_hook_acts(&nacc_hook_migrate);
}
