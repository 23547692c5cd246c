// SPDX-License-Identifier: GPL-2.0
/* Whose system calls the kernel counts (traced.c). */
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "domain/internal.h"

static unsigned int nr_tallies;		/* that go on; written under nacc_domain_lock */
static unsigned int nr_holds;		/* of these, by files: likewise */

/**
 * nacc_tallies() - of how many domains system calls are being counted
 *
 * Context: any.
 */
unsigned int nacc_tallies(void)
{
	return READ_ONCE(nr_tallies);
}

static struct nacc_tally *tally_of(const struct nacc_domain *domain)
{
	return rcu_dereference_protected(domain->tally, lockdep_is_held(&nacc_domain_lock));
}

static void publish(struct nacc_domain *domain, struct nacc_tally *tally)
{
	INIT_LIST_HEAD(&tally->holds);
	rcu_assign_pointer(domain->tally, tally);
	WRITE_ONCE(nr_tallies, nr_tallies + 1);
}

static struct nacc_hold *hold_of(struct nacc_tally *tally, const struct file *file)
{
	struct nacc_hold *hold;

	list_for_each_entry(hold, &tally->holds, node)
		if (hold->file == file)
			return hold;
	return NULL;
}

static void end(struct nacc_tally *tally)
{
	WRITE_ONCE(tally->ended, ktime_get_boottime_ns());
	WRITE_ONCE(nr_tallies, nr_tallies - 1);
}

static void drop_hold(struct nacc_hold *hold)
{
	list_del(&hold->node);
	WRITE_ONCE(nr_holds, nr_holds - 1);
	kfree(hold);
}

/**
 * nacc_tally_leave() - nothing is counted any more of a domain
 * @domain: the domain
 *
 * Context: under nacc_domain_lock; who calls kicks the keeper afterwards.
 */
void nacc_tally_leave(struct nacc_domain *domain)
{
	struct nacc_tally *tally = tally_of(domain);
	struct nacc_hold *hold, *next;

	if (!tally)
		return;
	RCU_INIT_POINTER(domain->tally, NULL);
	if (!tally->ended)
		end(tally);
	list_for_each_entry_safe(hold, next, &tally->holds, node)
		drop_hold(hold);
	kfree_rcu(tally, rcu);
}

/**
 * nacc_tally_want() - count system calls of a domain from now on, if they are not yet
 * @domain: the domain; the caller holds a reference
 * @fresh: where, zero but for when it begins; NULL afterwards if it was needed
 * @hold: by whom; NULL: until nacc_tally_leave(). NULL afterwards if it was needed
 *
 * Context: may sleep.
 */
void nacc_tally_want(struct nacc_domain *domain, struct nacc_tally **fresh,
		     struct nacc_hold **hold)
{
	struct nacc_tally *tally;

	mutex_lock(&nacc_domain_lock);
	tally = tally_of(domain);
	if (!tally || tally->ended) {
		nacc_tally_leave(domain);
		tally = *fresh;
		*fresh = NULL;
		publish(domain, tally);
	}
	tally->asked = ktime_get_ns();
	if (!*hold) {
		tally->kept = true;
	} else if (!hold_of(tally, (*hold)->file)) {
		list_add_tail(&(*hold)->node, &tally->holds);
		*hold = NULL;
		WRITE_ONCE(nr_holds, nr_holds + 1);
	}
	mutex_unlock(&nacc_domain_lock);
}

/* Return: whether nobody else wanted to know. */
static bool let_go(struct nacc_domain *domain, const struct file *file)
{
	struct nacc_tally *tally = tally_of(domain);
	struct nacc_hold *hold = tally ? hold_of(tally, file) : NULL;

	if (!hold)
		return false;
	drop_hold(hold);
	if (tally->kept || !list_empty(&tally->holds))
		return false;
	nacc_tally_leave(domain);
	return true;
}

/**
 * nacc_tallies_let_go() - a file is closed: it wants to know of no domain any more
 * @file: the file; nobody can ask by it any more
 *
 * Context: may sleep.
 * Return: whether nothing is counted any more of some domain: who calls kicks the keeper.
 */
bool nacc_tallies_let_go(const struct file *file)
{
	struct nacc_domain *domain;
	bool ended = false;

	/* Those of this file are counted: who asked by it had it open. */
	if (!READ_ONCE(nr_holds))
		return false;
	mutex_lock(&nacc_domain_lock);
	list_for_each_entry(domain, &nacc_domains, node)
		ended |= let_go(domain, file);
	mutex_unlock(&nacc_domain_lock);
	return ended;
}

/**
 * nacc_tallies_end() - what nobody has asked about for long is counted no more; it can be asked
 * @unasked: for how long, ns that the machine ran
 *
 * Context: may sleep.
 */
void nacc_tallies_end(u64 unasked)
{
	const u64 now = ktime_get_ns();
	const struct nacc_domain *domain;
	struct nacc_tally *tally;

	if (!nacc_tallies())
		return;
	mutex_lock(&nacc_domain_lock);
	list_for_each_entry(domain, &nacc_domains, node) {
		tally = tally_of(domain);
		/* Who asks just now may be ahead. */
		if (tally && !tally->ended && (s64)(now - tally->asked) > (s64)unasked)
			end(tally);
	}
	mutex_unlock(&nacc_domain_lock);
}
