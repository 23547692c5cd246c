// SPDX-License-Identifier: GPL-2.0
/*
 * The exit route: an address space that nobody uses any more leaves the pool.
 *
 * Its tables are copied to ordinary memory, the kernel tears those down at its
 * own speed, and the protected ones are retired as a whole. That includes the
 * free route: what exit_mmap() gives to the page allocator are ordinary pages.
 * A small address space is torn down where it is, store by store: that is less work.
 */
#include <linux/sched/coredump.h>

#include "routes/internal.h"
#include "routes/pay.h"

typedef void (*exit_fn)(struct mm_struct *mm);

static noinline void route_exit(struct mm_struct *mm)
{
	nacc_hook_enter(&nacc_hook_exit);
	if (!nacc_route_ops.leave(mm))
		nacc_hook_fallback(&nacc_hook_exit);
	nacc_hook_original(&nacc_hook_exit, exit_fn)(mm);
	nacc_hook_leave();
}

/*
 * A lock for each VMA, and a copy of each table, cost as much as so many traps each:
 * docs/performance.md. A guess, but nothing depends on it.
 */
#define TRAPS_SAVED	32

static bool notrace exit_pays(struct mm_struct *mm)
{
	unsigned long tables = mm_pgtables_bytes(mm) >> PAGE_SHIFT;

	if (READ_ONCE(nacc_eager))
		return true;
	return get_mm_rss(mm) > TRAPS_SAVED * (mm->map_count + tables);
}

NOKPROBE_SYMBOL(exit_pays);

static unsigned long notrace pick_exit(const unsigned long *args)
{
	struct mm_struct *mm = (void *)args[0];

	/*
	 * The out-of-memory killer wants its memory now, not copies of its tables,
	 * and its reaper wants the mmap lock that the copy would hold. Where a fork has
	 * failed half way (which is unstable, too) not all VMAs are there, and what
	 * stands for the rest is none: nothing of the kernel's that goes through VMAs,
	 * as mm_take_all_locks() does, may be called.
	 */
	if (!nacc_mm_marked(mm) || test_bit(MMF_OOM_REAP_QUEUED, &mm->flags) ||
	    test_bit(MMF_UNSTABLE, &mm->flags) || !exit_pays(mm))
		return 0;
	return (unsigned long)route_exit;
}

NOKPROBE_SYMBOL(pick_exit);

struct nacc_hook nacc_hook_exit = {
	.name = "exit",
	.purpose = "tables are copied back and torn down without traps",
	.symbols = { "exit_mmap" },
	.pick = pick_exit,
	.lost = "one trap for each page that an exiting process drops",
	.route = true,
};
