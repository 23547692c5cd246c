// SPDX-License-Identifier: GPL-2.0
/*
 * Shares: no container takes the last frames of the others.
 *
 * Half of the pool is for whoever comes first. The other half is shared evenly by
 * the containers that there are and one that is to come, and what of its share a
 * container does not use is kept for it. So each may have its share at any time,
 * and more while there is more. A quota (quota.c) makes it less.
 *
 * How much is kept for others is worked out by the keeper, from the firmware's count
 * of tables: when a container is made, and before what was given back can be taken. In
 * between it is a little too much, as others have used some of it: never so that they
 * miss it.
 */
#include <linux/jiffies.h>
#include <linux/kprobes.h>
#include <linux/minmax.h>
#include <linux/sched/signal.h>

#include "domain/internal.h"

/*
 * How often the keeper has been through, which may find frames that came back, and how
 * often it was waited for without that: on a machine that is busy it is late, and then
 * nobody knows yet that there are none. It may wait for a lock of whoever waits for it.
 */
#define PASSES		4
#define WAITS		20

/* Frames that a container may have at any time */
static unsigned int share_of(const struct nacc_domain *domain)
{
	unsigned int share = nacc_pool.nr / 2 / (nacc_domain_sharing() + 1);

	if (domain->condemned || uid_valid(domain->user))
		return 0;
	return domain->quota ? min(domain->quota, share) : share;
}

/* What is left of a container's share */
static unsigned int unused(const struct nacc_domain *domain)
{
	const unsigned int share = share_of(domain);
	const unsigned int used = READ_ONCE(domain->used);

	return used >= share ? 0 : share - used;
}

/* What is kept for others, by container */
static void update_locked(void)
{
	unsigned int all = nacc_pool.nr / 2 / (nacc_domain_sharing() + 1);
	struct nacc_domain *d;

	lockdep_assert_held(&nacc_domain_lock);
	list_for_each_entry(d, &nacc_domains, node)
		all += unused(d);
	list_for_each_entry(d, &nacc_domains, node)
		WRITE_ONCE(d->kept, d->condemned ? NACC_ROOM_NONE :
						   all - unused(d));
}

/**
 * nacc_share_update() - work out what is kept for others, by container
 *
 * All frames are counted before.
 *
 * Context: may sleep.
 */
void nacc_share_update(void)
{
	nacc_quota_recount_all();
	mutex_lock(&nacc_domain_lock);
	update_locked();
	mutex_unlock(&nacc_domain_lock);
}

/* Told once for a while, and not at all of one that is being ended. */
static void tell_exhausted(struct nacc_domain *d)
{
	if (!READ_ONCE(d->exhausted) || d->condemned ||
	    time_before(jiffies, d->exhaust_at))
		return;
	WRITE_ONCE(d->exhausted, false);
	d->exhaust_at = jiffies + HZ;
	nacc_event_task(NACC_EVENT_EXHAUST, d, NULL, 0);
}

/**
 * nacc_share_tell() - tell who has not got a frame
 *
 * Context: may sleep; the keeper only.
 */
void nacc_share_tell(void)
{
	struct nacc_domain *d;

	mutex_lock(&nacc_domain_lock);
	list_for_each_entry(d, &nacc_domains, node)
		tell_exhausted(d);
	mutex_unlock(&nacc_domain_lock);
}

static bool notrace take(struct nacc_domain *domain, unsigned int nr)
{
	if (!nacc_quota_promise(domain, nr))
		return false;
	if (nacc_room_take(nr, READ_ONCE(domain->kept)))
		return true;
	nacc_quota_settle(domain, nr, false);
	return false;
}

NOKPROBE_SYMBOL(take);

/**
 * nacc_share_give_domain() - the end of nacc_share_take_domain()
 * @domain: the domain
 * @nr: how many were asked for
 * @used: all of them may be in use; false: none is
 *
 * Context: any, probes included.
 */
void notrace nacc_share_give_domain(struct nacc_domain *domain, unsigned int nr,
				    bool used)
{
	nacc_quota_settle(domain, nr, used);
	nacc_room_give(nr);
}

NOKPROBE_SYMBOL(nacc_share_give_domain);

/* Each time around a frame has been armed, and somebody else has it. */
static bool take_armed(struct nacc_domain *domain, unsigned int nr)
{
	while (!take(domain, nr))
		if (fatal_signal_pending(current) ||
		    !nacc_room_arm(nr, READ_ONCE(domain->kept)))
			return false;
	return true;
}

/* Is there nothing, for whomever? */
static bool pool_is_empty(unsigned int nr)
{
	if (nacc_room_unarmed(nr, 0))
		return false;
	if (!nacc_room_take(nr, 0))
		return true;
	nacc_room_give(nr);
	return false;
}

/* Ask, wait for what may come back, and ask again. */
static bool take_or_wait(struct nacc_domain *domain, unsigned int nr,
			 enum nacc_patience how)
{
	unsigned int passes = 0, waits;

	for (waits = 0; !take_armed(domain, nr); waits++) {
		if (nacc_quota_is_full(domain, nr)) {
			nacc_quota_recount(domain);
			if (take_armed(domain, nr))
				return true;
		}
		if (how != NACC_ROOM_WAIT || passes == PASSES || waits == WAITS ||
		    fatal_signal_pending(current) ||
		    READ_ONCE(domain->kept) == NACC_ROOM_NONE) {
			WRITE_ONCE(domain->exhausted, true);
			return false;
		}
		/* A quota or a share is no reason to let the machine do nothing else. */
		if (waits || !pool_is_empty(nr))
			nacc_kick_soon();
		else
			nacc_kick();
		passes += nacc_keeper_wait();
	}
	return true;
}

/**
 * nacc_share_take_domain() - room for tables of an mm that joins a domain
 * @domain: the domain
 * @nr: how many
 * @how: what may be done for it; not NACC_ROOM_NOW
 *
 * Context: may sleep.
 * Return: true; the caller ends with nacc_share_give_domain().
 */
bool nacc_share_take_domain(struct nacc_domain *domain, unsigned int nr,
			    enum nacc_patience how)
{
	return take_or_wait(domain, nr, how);
}

/* Of an mm's promises: they are another entry's by now. */
#define MOVED	INT_MIN

/* With preemption off: it stays until that is on again. */
static struct nacc_mm *notrace entry_of(const struct mm_struct *mm)
{
	return nacc_mm_entry(mm, __pa(READ_ONCE(mm->pgd)));
}

NOKPROBE_SYMBOL(entry_of);

/* Return: false: the mm has gone to another domain. */
static bool notrace note(struct nacc_mm *entry, int nr)
{
	int was = atomic_read(&entry->promised);

	do {
		if (was == MOVED)
			return false;
	} while (!atomic_try_cmpxchg(&entry->promised, &was, was + nr));
	return true;
}

NOKPROBE_SYMBOL(note);

/**
 * nacc_share_hand_over() - what an mm has been promised is another domain's from now on
 * @old: the mm in the domain that it was in, found by nobody any more
 * @now: the mm in the one that it is in
 *
 * Whoever has had a frame promised in the one settles it in the other.
 *
 * Context: may sleep; nobody else moves it.
 */
void nacc_share_hand_over(struct nacc_mm *old, struct nacc_mm *now)
{
	const int nr = atomic_xchg(&old->promised, MOVED);

	/* What has been settled meanwhile has made these less than nothing. */
	atomic_add(nr, &now->domain->promised);
	atomic_add(nr, &now->promised);
	atomic_sub(nr, &old->domain->promised);
}

/**
 * nacc_share_end() - nobody uses an mm any more: nothing is promised to it
 * @entry: the mm, about to be forgotten
 *
 * There is something left only if somebody has forged mm->pgd, by which it is found, between
 * a promise and its end. Nobody else is to miss it.
 *
 * Context: may sleep.
 */
void nacc_share_end(struct nacc_mm *entry)
{
	const int nr = atomic_xchg(&entry->promised, MOVED);

	if (nr > 0)
		nacc_share_give_domain(entry->domain, nr, true);
}

/* An mm that is not marked any more takes nothing. */
static bool notrace ask_now(const struct mm_struct *mm, unsigned int nr, bool keep)
{
	struct nacc_mm *entry;
	bool there, again;

	do {
		preempt_disable_notrace();
		entry = entry_of(mm);
		there = !entry || take(entry->domain, nr);
		again = entry && there && keep && !note(entry, nr);
		if (entry && there && (!keep || again))
			nacc_share_give_domain(entry->domain, nr, false);
		preempt_enable_notrace();
	} while (again);
	return there;
}

NOKPROBE_SYMBOL(ask_now);

/* Return: false: the mm is not in it any more. */
static bool note_in(const struct nacc_domain *domain, const struct mm_struct *mm,
		    int nr)
{
	struct nacc_mm *entry;
	bool noted;

	preempt_disable();
	entry = entry_of(mm);
	noted = entry && entry->domain == domain && note(entry, nr);
	preempt_enable();
	return noted;
}

static bool ask_and_wait(const struct mm_struct *mm, unsigned int nr,
			 enum nacc_patience how, bool keep)
{
	struct nacc_domain *domain;
	bool there, again;

	do {
		domain = nacc_domain_get_by_mm(mm);
		if (!domain)
			return true;
		there = take_or_wait(domain, nr, how);
		again = there && keep && !note_in(domain, mm, nr);
		if (there && (!keep || again))
			nacc_share_give_domain(domain, nr, false);
		nacc_domain_put(domain);
	} while (again);
	return there;
}

/**
 * nacc_share_take() - room for tables of a marked mm
 * @mm: the mm. It must not be unmarked before the end, which a lock of its does
 * @nr: how many
 * @how: what may be done for it
 *
 * Context: as @how says.
 * Return: true; the caller ends with nacc_share_give().
 */
bool nacc_share_take(const struct mm_struct *mm, unsigned int nr,
		     enum nacc_patience how)
{
	if (ask_now(mm, nr, true))
		return true;
	return how != NACC_ROOM_NOW && ask_and_wait(mm, nr, how, true);
}

/**
 * nacc_share_fits() - would nacc_share_take() succeed?
 * @mm: an mm
 * @nr: how many
 * @how: what may be done for it
 *
 * Context: as @how says.
 */
bool notrace nacc_share_fits(const struct mm_struct *mm, unsigned int nr,
			     enum nacc_patience how)
{
	if (ask_now(mm, nr, false))
		return true;
	return how != NACC_ROOM_NOW && ask_and_wait(mm, nr, how, false);
}

NOKPROBE_SYMBOL(nacc_share_fits);

/**
 * nacc_share_give() - the frames have been used, or are not needed
 * @mm: the mm
 * @nr: how many were asked for
 *
 * Context: any.
 */
void nacc_share_give(const struct mm_struct *mm, unsigned int nr)
{
	struct nacc_mm *entry;
	bool again;

	do {
		preempt_disable();
		entry = entry_of(mm);
		again = entry && !note(entry, -(int)nr);
		if (entry && !again)
			nacc_share_give_domain(entry->domain, nr, true);
		preempt_enable();
	} while (again);
}

/* Return: 0 or -ENOENT. */
static int exchange(struct nacc_domain *domain, struct nacc_quota *quota)
{
	int ret = -ENOENT;

	nacc_quota_recount(domain);
	mutex_lock(&nacc_domain_lock);
	if (!domain->gone) {
		if (quota->frames != NACC_QUOTA_ASK)
			WRITE_ONCE(domain->quota, quota->frames);
		update_locked();
		quota->frames = domain->quota;
		quota->used = domain->used;
		quota->share = share_of(domain);
		ret = 0;
	}
	mutex_unlock(&nacc_domain_lock);
	return ret;
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
	int ret;

	if (quota->pad)
		return -EINVAL;
	if (quota->frames != NACC_QUOTA_ASK && quota->frames > nacc_pool.nr)
		return -EINVAL;
	mutex_lock(&nacc_domain_lock);
	domain = nacc_domain_find(quota->domain);
	mutex_unlock(&nacc_domain_lock);
	if (!domain)
		return -ENOENT;
	ret = exchange(domain, quota);
	nacc_domain_put(domain);
	return ret;
}

#ifdef NACC_KUNIT
#include "share_test.c"
#endif
