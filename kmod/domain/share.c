// SPDX-License-Identifier: GPL-2.0
/*
 * Shares: no container takes the last frames of the others.
 *
 * Half of the pool is for whoever comes first. The other half is shared evenly by
 * the containers that there are and one that is to come, and what of its share a
 * container does not use is kept for it. So each may have its share at any time,
 * and more while there is more.
 *
 * A quota makes it less: what a container has taken and may have taken since then is
 * never more than that. That is worked out anew before it is turned away.
 *
 * How much is kept for others is worked out by the keeper, from the firmware's count
 * of tables, and when a container is made. In between it is a little too much,
 * as others have used some of it: never so that they miss it.
 */
#include <linux/kprobes.h>
#include <linux/minmax.h>
#include <linux/sched/signal.h>

#include "domain/internal.h"

/* How often the keeper is waited for, which may find frames that came back. */
#define WAITS		4

static unsigned int kept_for_all;	/* changed under nacc_domain_lock */

static unsigned int share_of(const struct nacc_domain *domain)
{
	unsigned int share = nacc_pool.nr / 2 / (nacc_domain_count() + 1);

	return domain->quota ? min(domain->quota, share) : share;
}

/* What is left of a container's share */
static unsigned int unused(const struct nacc_domain *domain)
{
	const unsigned int share = share_of(domain);

	return domain->condemned || domain->used >= share ? 0 :
							    share - domain->used;
}

/* Frames of an address space, those that Linux has freed and not given back included. */
static unsigned int frames_of(const struct nacc_mm *entry)
{
	unsigned long tables;

	if (nacc_sbi_call(NACC_SBI_GET_INFO, NACC_INFO_TABLES,
			  nacc_frame_index(entry->root), 0, &tables))
		tables = nacc_promote_room(entry->mm);
	return tables + 1;
}

/* What is kept for others, by container */
static void update_locked(void)
{
	unsigned int all = nacc_pool.nr / 2 / (nacc_domain_count() + 1);
	struct nacc_domain *d;
	struct nacc_mm *entry;

	lockdep_assert_held(&nacc_domain_lock);
	list_for_each_entry(d, &nacc_domains, node) {
		d->used = 0;
		/* Before its tables are counted: some may be counted twice, none left out. */
		atomic_set(&d->grown, 0);
	}
	list_for_each_entry(entry, &nacc_mms, node)
		entry->domain->used += frames_of(entry);
	list_for_each_entry(d, &nacc_domains, node)
		all += unused(d);
	list_for_each_entry(d, &nacc_domains, node)
		WRITE_ONCE(d->kept, d->condemned ? NACC_ROOM_NONE :
						   all - unused(d));
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

/* Would as many more frames be too many? */
static bool notrace beyond_quota(const struct nacc_domain *domain, unsigned int nr)
{
	const unsigned int quota = READ_ONCE(domain->quota);

	return quota && (u64)READ_ONCE(domain->used) + nr +
			(unsigned int)atomic_read(&domain->grown) > quota;
}

NOKPROBE_SYMBOL(beyond_quota);

static unsigned int notrace kept_of(const struct nacc_domain *domain,
				    unsigned int nr)
{
	return beyond_quota(domain, nr) ? NACC_ROOM_NONE : READ_ONCE(domain->kept);
}

NOKPROBE_SYMBOL(kept_of);

/**
 * nacc_share_kept() - frames that are kept for others than a marked mm
 * @mm: the mm
 * @nr: how many it wants
 *
 * Context: any, probes included.
 * Return: how many; NACC_ROOM_NONE if its container may not have what it wants: it is
 * being ended, or has a quota.
 */
unsigned int notrace nacc_share_kept(const struct mm_struct *mm, unsigned int nr)
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
		kept = kept_of(entry->domain, nr);
	preempt_enable_notrace();
	return kept;
}

NOKPROBE_SYMBOL(nacc_share_kept);

/**
 * nacc_share_grow() - a marked mm takes frames that it has room for
 * @mm: the mm
 * @nr: how many, at most
 *
 * Context: any.
 */
void nacc_share_grow(const struct mm_struct *mm, unsigned int nr)
{
	phys_addr_t root = __pa(READ_ONCE(mm->pgd));
	struct nacc_mm *entry;

	if (!nacc_in_pool(root))
		return;
	preempt_disable();
	entry = nacc_mm_by_frame(nacc_frame_index(root));
	if (entry)
		atomic_add(nr, &entry->domain->grown);
	preempt_enable();
}

/**
 * struct taker - who asks for room
 * @mm: a marked mm, or NULL
 * @domain: what an mm is about to join, if @mm is NULL
 * @nr: frames
 */
struct taker {
	const struct mm_struct *mm;
	struct nacc_domain *domain;
	unsigned int nr;
};

static bool take(const struct taker *t)
{
	if (!nacc_room_take(t->nr, t->mm ? nacc_share_kept(t->mm, t->nr) :
					   kept_of(t->domain, t->nr)))
		return false;
	if (t->mm)
		nacc_share_grow(t->mm, t->nr);
	else
		atomic_add(t->nr, &t->domain->grown);
	return true;
}

/* Ask, wait for what may come back, and ask again. */
static bool take_or_wait(const struct taker *t)
{
	unsigned int tries;

	for (tries = 0; !take(t); tries++) {
		if (tries == WAITS || fatal_signal_pending(current))
			return false;
		/* Under a quota all that counts is what it has, which is looked at now. */
		nacc_share_update();
		if (take(t))
			return true;
		if (tries)
			nacc_kick_soon();
		else
			nacc_kick();
		nacc_keeper_wait();
	}
	return true;
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
	return take_or_wait(&(struct taker){ .mm = mm, .nr = nr });
}

/**
 * nacc_share_take_domain() - room for tables of an mm that joins a domain
 * @domain: the domain
 * @nr: how many
 *
 * Context: may sleep.
 * Return: true; the caller ends with nacc_room_give().
 */
bool nacc_share_take_domain(struct nacc_domain *domain, unsigned int nr)
{
	return take_or_wait(&(struct taker){ .domain = domain, .nr = nr });
}

static void quota_apply(struct nacc_domain *domain, struct nacc_quota *quota)
{
	lockdep_assert_held(&nacc_domain_lock);
	if (quota->frames != NACC_QUOTA_ASK)
		WRITE_ONCE(domain->quota, quota->frames);
	update_locked();
	quota->frames = domain->quota;
	quota->used = domain->used;
	quota->share = domain->condemned ? 0 : share_of(domain);
}

/**
 * nacc_domain_quota() - how many frames a domain uses, and how many it may
 * @quota: the caller's structure
 *
 * Context: may sleep.
 * Return: as NACC_IOC_QUOTA.
 */
int nacc_domain_quota(struct nacc_quota *quota)
{
	struct nacc_domain *domain;

	if (quota->pad)
		return -EINVAL;
	if (quota->frames != NACC_QUOTA_ASK && quota->frames > nacc_pool.nr)
		return -EINVAL;
	mutex_lock(&nacc_domain_lock);
	domain = nacc_domain_find(quota->domain);
	if (domain && !domain->gone)
		quota_apply(domain, quota);
	mutex_unlock(&nacc_domain_lock);
	if (!domain)
		return -ENOENT;
	nacc_domain_put(domain);
	return 0;
}

#ifdef NACC_KUNIT
#include "share_test.c"
#endif
