// SPDX-License-Identifier: GPL-2.0
/*
 * Shares: no container takes the last frames of the others.
 *
 * Half of the pool is for whoever comes first. The other half is shared evenly by
 * the containers that there are and one that is to come, and what of its share a
 * container does not use is kept for it. So each may have its share at any time,
 * and more while there is more.
 *
 * How much is kept for others is worked out by the keeper, from Linux' own count
 * of page tables, and when a container is made. In between it is a little too much,
 * as others have used some of it: never so that they miss it.
 */
#include <linux/kprobes.h>
#include <linux/minmax.h>
#include <linux/sched/signal.h>

#include "domain/internal.h"

/* How often the keeper is waited for, which may find frames that came back. */
#define WAITS		4

static unsigned int kept_for_all;	/* changed under nacc_domain_lock */

/* What is left of a container's share */
static unsigned int unused(const struct nacc_domain *domain, unsigned int share)
{
	return domain->condemned || domain->used >= share ? 0 :
							    share - domain->used;
}

/* What is kept for others, by container */
static void update_locked(void)
{
	unsigned int share = nacc_pool.nr / 2 / (nacc_domain_count() + 1);
	unsigned int all = share;
	struct nacc_domain *d;
	struct nacc_mm *entry;

	lockdep_assert_held(&nacc_domain_lock);
	list_for_each_entry(d, &nacc_domains, node)
		d->used = 0;
	list_for_each_entry(entry, &nacc_mms, node)
		entry->domain->used += nacc_promote_room(entry->mm);
	list_for_each_entry(d, &nacc_domains, node)
		all += unused(d, share);
	list_for_each_entry(d, &nacc_domains, node)
		WRITE_ONCE(d->kept, d->condemned ? NACC_ROOM_NONE :
						   all - unused(d, share));
	WRITE_ONCE(kept_for_all, all);
}

/**
 * nacc_share_update() - work out what is kept for others, by container
 *
 * Context: may sleep.
 */
void nacc_share_update(void)
{
	mutex_lock(&nacc_domain_lock);
	update_locked();
	mutex_unlock(&nacc_domain_lock);
}

/**
 * nacc_share_kept() - frames that are kept for others than a marked mm
 * @mm: the mm
 *
 * Context: any, probes included.
 * Return: how many; NACC_ROOM_NONE if its container is being ended.
 */
unsigned int notrace nacc_share_kept(const struct mm_struct *mm)
{
	phys_addr_t root = __pa(READ_ONCE(mm->pgd));
	unsigned int kept = READ_ONCE(kept_for_all);
	struct nacc_mm *entry;

	if (!nacc_in_pool(root))
		return kept;
	/* The domain stays until preemption is on again. */
	preempt_disable_notrace();
	entry = nacc_mm_by_frame(nacc_frame_index(root));
	if (entry)
		kept = READ_ONCE(entry->domain->kept);
	preempt_enable_notrace();
	return kept;
}

NOKPROBE_SYMBOL(nacc_share_kept);

/* Ask, wait for what may come back, and ask again. */
static bool take_or_wait(unsigned int nr, unsigned int (*kept)(const void *of),
			 const void *of)
{
	unsigned int tries;

	for (tries = 0; !nacc_room_get(nr, kept(of)); tries++) {
		if (tries == WAITS || fatal_signal_pending(current) ||
		    kept(of) == NACC_ROOM_NONE)
			return false;
		if (tries)
			nacc_kick_soon();
		else
			nacc_kick();
		nacc_keeper_wait();
	}
	return true;
}

static unsigned int kept_of_mm(const void *mm)
{
	return nacc_share_kept(mm);
}

/**
 * nacc_share_take() - room for tables of a marked mm
 * @mm: the mm
 * @nr: how many
 *
 * Context: may sleep.
 * Return: true; the caller ends with nacc_room_give().
 */
bool nacc_share_take(const struct mm_struct *mm, unsigned int nr)
{
	return take_or_wait(nr, kept_of_mm, mm);
}

static unsigned int kept_of_domain(const void *domain)
{
	return READ_ONCE(((const struct nacc_domain *)domain)->kept);
}

/**
 * nacc_share_take_domain() - room for tables of an mm that joins a domain
 * @domain: the domain
 * @nr: how many
 *
 * Context: may sleep.
 * Return: true; the caller ends with nacc_room_give().
 */
bool nacc_share_take_domain(const struct nacc_domain *domain, unsigned int nr)
{
	return take_or_wait(nr, kept_of_domain, domain);
}

#ifdef NACC_KUNIT
#include "share_test.c"
#endif
