// SPDX-License-Identifier: GPL-2.0
/*
 * Tables of marked processes come from the pool.
 *
 * Where the kernel allocates a table and links it, one call of the shim does both: a
 * frame that is known to be zero, and its link. There is no original that would have to
 * be zeroed, copied, checked and freed. What links tables beside these is adopted:
 * docs/hooks.md.
 */
#include <linux/kprobes.h>

#include "routes/internal.h"

typedef int (*alloc_fn)(struct mm_struct *mm, void *entry, unsigned long addr);

/* As pmd_install() and the like: under the lock of the table above. */
static int link_under_lock(struct mm_struct *mm, void *entry, unsigned int level)
{
	spinlock_t *ptl;	/* of the table above */
	int ret;

	if (level == 0)
		ptl = pmd_lock(mm, entry);
	else if (level == 1)
		ptl = pud_lock(mm, entry);
	else
		spin_lock(ptl = &mm->page_table_lock);
	ret = nacc_table_link(mm, entry, level);
	spin_unlock(ptl);
	return ret;
}

/* The kernel's own code, whose table is adopted when it is linked */
static int adopt(const struct nacc_hook *hook, struct mm_struct *mm, void *entry,
		 unsigned long addr)
{
	int ret = nacc_hook_original(hook, alloc_fn)(mm, entry, addr);

	nacc_hook_fallback(hook);
	/* Where an entry above the PMD is empty after success, the next step is an oops. */
	if (!ret && hook != &nacc_hook_pte_alloc && !READ_ONCE(*(u64 *)entry))
		ret = -ENOMEM;
	return ret;
}

static int alloc_table(const struct nacc_hook *hook, unsigned int level,
		       struct mm_struct *mm, void *entry, unsigned long addr)
{
	int ret;

	if (!nacc_route_ops.room(mm, 1, NACC_ROOM_WAIT)) {
		nacc_no_room(mm);
		return -ENOMEM;
	}
	ret = link_under_lock(mm, entry, level);
	if (ret)
		ret = adopt(hook, mm, entry, addr);
	nacc_route_ops.settle(mm, 1);
	return ret;
}

static unsigned long notrace pick_alloc(const unsigned long *args,
					unsigned long target)
{
	return nacc_mm_marked((void *)args[0]) ? target : 0;
}

NOKPROBE_SYMBOL(pick_alloc);

/* Stands in for __pte_alloc() (without @addr), __pmd_alloc() and so on. */
#define ALLOC_HOOK(name_, level) \
static noinline int route_##name_##_alloc(struct mm_struct *mm, void *entry, \
					  unsigned long addr) \
{ \
	int ret; \
\
	nacc_hook_enter(&nacc_hook_##name_##_alloc); \
	ret = alloc_table(&nacc_hook_##name_##_alloc, level, mm, entry, addr); \
	nacc_hook_leave(); \
	return ret; \
} \
\
static unsigned long notrace pick_##name_##_alloc(const unsigned long *args) \
{ \
	return pick_alloc(args, (unsigned long)route_##name_##_alloc); \
} \
\
NOKPROBE_SYMBOL(pick_##name_##_alloc); \
\
struct nacc_hook nacc_hook_##name_##_alloc = { \
	.name = "table", \
	.purpose = "tables come from the pool, or there is no memory", \
	.symbols = { "__" #name_ "_alloc" }, \
	.pick = pick_##name_##_alloc, \
	.lost = "tables are copied when linked; an exhausted pool is an oops of the process", \
}

ALLOC_HOOK(pte, 0);
ALLOC_HOOK(pmd, 1);
ALLOC_HOOK(pud, 2);
ALLOC_HOOK(p4d, 3);

/**
 * nacc_tables_asked_for() - does whoever links a table ask for room before?
 *
 * Context: may sleep.
 */
bool nacc_tables_asked_for(void)
{
	return nacc_hook_acts(&nacc_hook_pte_alloc) &&
	       nacc_hook_acts(&nacc_hook_pmd_alloc) &&
	       (nacc_top_level() < 3 || nacc_hook_acts(&nacc_hook_pud_alloc)) &&
	       (nacc_top_level() < 4 || nacc_hook_acts(&nacc_hook_p4d_alloc));
}

/**
 * nacc_pmd_alloc() - __pmd_alloc() for a replacement
 * @mm: the mm
 * @pud: where it goes
 * @addr: the address
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int nacc_pmd_alloc(struct mm_struct *mm, pud_t *pud, unsigned long addr)
{
	if (!nacc_mm_marked(mm))
		return nacc_ksym.pmd_alloc(mm, pud, addr);
	return alloc_table(&nacc_hook_pmd_alloc, 1, mm, pud, addr);
}

/**
 * nacc_link_pte() - a table of level 0 for a fault that brings its own
 * @mm: a marked address space
 * @pmd: the entry that is to link it
 *
 * The caller has room for it.
 *
 * Context: any.
 */
void nacc_link_pte(struct mm_struct *mm, pmd_t *pmd)
{
	/* Without it the kernel links the one that it has, which is adopted. */
	link_under_lock(mm, pmd, 0);
}
