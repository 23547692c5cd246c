// SPDX-License-Identifier: GPL-2.0
/*
 * The gup route: rules for what the kernel does to a container's memory on behalf
 * of others, where it gets at the pages by get_user_pages() and its kin.
 *
 * The walks themselves need no help: gup_fast() reads protected tables as it reads
 * others, and whoever replaces or frees them waits for walkers that keep interrupts
 * off (nacc_switch_root()) or sections of RCU (nacc_switch_settle()).
 *
 * What is sealed is not written by force either, without a rule.
 *
 * A call that no rule concerns is not replaced. This is policy, not the guard:
 * what does not ask for the page in this way is not seen here.
 */
#include <linux/mm.h>

#include "routes/internal.h"
#include "trace.h"

typedef long (*gup_fn)(struct mm_struct *mm, unsigned long start,
		       unsigned long nr_pages, unsigned int gup_flags,
		       struct page **pages, int *locked);

#define FORCED_WRITE	(FOLL_WRITE | FOLL_FORCE)

/* What a call asks for that a rule may forbid. */
static __always_inline u32 asks_for(unsigned int gup_flags)
{
	u32 what = 0;

	if (gup_flags & FOLL_LONGTERM)
		what |= NACC_FORBID_PIN;
	if ((gup_flags & FORCED_WRITE) == FORCED_WRITE)
		what |= NACC_FORBID_FORCE_WRITE;
	return what;
}

static __always_inline unsigned long range_end(unsigned long start,
					       unsigned long nr_pages)
{
	unsigned long pages = (ULONG_MAX >> PAGE_SHIFT) - (start >> PAGE_SHIFT);

	return (start & PAGE_MASK) + (min(nr_pages, pages) << PAGE_SHIFT);
}

static __always_inline u32 forbidden(const struct mm_struct *mm,
				     unsigned long start, unsigned long end)
{
	u32 what = nacc_route_ops.forbidden(mm, start & PAGE_MASK, end);

	if (nacc_route_ops.sealed(mm, start & PAGE_MASK, end))
		what |= NACC_FORBID_FORCE_WRITE;
	return what;
}

/* Would the write go to a page that its own process cannot write? */
static bool is_forced(struct mm_struct *mm, unsigned long start,
		      unsigned long end)
{
	VMA_ITERATOR(vmi, mm, start);
	struct vm_area_struct *vma;

	for_each_vma_range(vmi, vma, end)
		if (!(vma->vm_flags & VM_WRITE) &&
		    forbidden(mm, max(start, vma->vm_start),
			      min(end, vma->vm_end)) & NACC_FORBID_FORCE_WRITE)
			return true;
	return false;
}

static int refuse(const struct mm_struct *mm, unsigned long start,
		  unsigned long nr_pages, u32 what)
{
	trace_nacc_forbid(mm, start, nr_pages, what);
	if (what == NACC_FORBID_PIN) {
		nacc_count(NACC_COUNT_FORBIDDEN_PINS, 1);
		return -EPERM;
	}
	nacc_count(NACC_COUNT_FORBIDDEN_WRITES, 1);
	return -EFAULT;
}

static noinline int route_gup_fast(unsigned long start, unsigned long nr_pages,
				   unsigned int gup_flags, struct page **pages)
{
	int ret;

	nacc_hook_enter(&nacc_hook_gup_fast);
	ret = refuse(current->mm, start, nr_pages, NACC_FORBID_PIN);
	nacc_hook_leave();
	return ret;
}

static noinline long route_gup(struct mm_struct *mm, unsigned long start,
			       unsigned long nr_pages, unsigned int gup_flags,
			       struct page **pages, int *locked)
{
	gup_fn original = nacc_hook_original(&nacc_hook_gup, gup_fn);
	unsigned long end = range_end(start, nr_pages);
	u32 what;
	long ret;

	nacc_hook_enter(&nacc_hook_gup);
	what = asks_for(gup_flags) & forbidden(mm, start, end);
	if (what & NACC_FORBID_PIN) {
		ret = refuse(mm, start, nr_pages, NACC_FORBID_PIN);
	} else if (what && is_forced(mm, start, end)) {
		if (nacc_route_ops.sealed(mm, start & PAGE_MASK, (start & PAGE_MASK) + PAGE_SIZE))
			nacc_seal_tell(mm, start);
		ret = refuse(mm, start, nr_pages, NACC_FORBID_FORCE_WRITE);
	} else {
		nacc_hook_fallback(&nacc_hook_gup);
		ret = original(mm, start, nr_pages, gup_flags, pages, locked);
	}
	nacc_hook_leave();
	return ret;
}

static unsigned long notrace pick_gup_fast(const unsigned long *args)
{
	/* It never forces: where the entry forbids it leaves the page alone. */
	if (!(args[2] & FOLL_LONGTERM) || !nacc_mm_marked(current->mm) ||
	    !(forbidden(current->mm, args[0], range_end(args[0], args[1])) &
	      NACC_FORBID_PIN))
		return 0;
	return (unsigned long)route_gup_fast;
}

NOKPROBE_SYMBOL(pick_gup_fast);

static unsigned long notrace pick_gup(const unsigned long *args)
{
	u32 what = asks_for(args[3]);

	/* Without an array of pages it fills tables, for mlock() and the like. */
	if (!what || !args[4] || !nacc_mm_marked((void *)args[0]) ||
	    !(forbidden((void *)args[0], args[1],
			range_end(args[1], args[2])) & what))
		return 0;
	return (unsigned long)route_gup;
}

NOKPROBE_SYMBOL(pick_gup);

/* Nobody else gives this for an array of pages. */
static struct page *no_pages[1];

/* Of no pages it does nothing. */
static bool call_gup(const struct nacc_hook *hook)
{
	((gup_fn)hook->addr)(nacc_ksym.init_mm, 0, 0, 0, no_pages, NULL);
	return true;
}

typedef int (*gup_fast_fn)(unsigned long start, unsigned long nr_pages,
			   unsigned int gup_flags, struct page **pages);

/* There is no user memory so far up: that is found before anything is looked at. */
static bool call_gup_fast(const struct nacc_hook *hook)
{
	/* The one above it begins with a change of the mm; lockdep wants to see one. */
	if (hook->symbol != hook->symbols[0] ||
	    (IS_ENABLED(CONFIG_PROVE_LOCKING) && !current->mm))
		return false;
	((gup_fast_fn)hook->addr)(PAGE_MASK, 0, 0, no_pages);
	return true;
}

/*
 * Not gup_fast() below it, which cannot fail and is inlined. Where the function
 * is inlined as well, the exported one above it has the same arguments.
 */
struct nacc_hook nacc_hook_gup_fast = {
	.name = "gup",
	.purpose = "refuses pins that a rule forbids",
	.symbols = { "gup_fast_fallback", "pin_user_pages_fast" },
	.demand = NACC_DEMAND_RULES,
	.pick = pick_gup_fast,
	.lost = "pins cannot be forbidden",
	.call = call_gup_fast,
	.mark = no_pages,
	.mark_arg = 3,
};

struct nacc_hook nacc_hook_gup = {
	.name = "gup",
	.purpose = "refuses forced writes and pins that a rule forbids",
	.symbols = { "__get_user_pages" },
	.demand = NACC_DEMAND_RULES,
	.pick = pick_gup,
	.lost = "nothing can be forbidden",
	.call = call_gup,
	.mark = no_pages,
	.mark_arg = 4,
};

/**
 * nacc_gup_hooked() - can rules be obeyed?
 * @forbid: NACC_FORBID_*
 *
 * Context: any; something is marked.
 * Return: whether the hooks that they rest on were alive when last looked at.
 */
bool nacc_gup_hooked(u32 forbid)
{
	return READ_ONCE(nacc_hook_gup.life) > NACC_LIFE_DEAD &&
	       (!(forbid & NACC_FORBID_PIN) ||
		READ_ONCE(nacc_hook_gup_fast.life) > NACC_LIFE_DEAD);
}
