// SPDX-License-Identifier: GPL-2.0
/* Whose system calls the kernel counts (traced.c). */
#include <linux/slab.h>

#include "domain/internal.h"

static unsigned int nr_tallies;		/* written under nacc_domain_lock */

/**
 * nacc_tallies() - of how many domains system calls are counted
 *
 * Context: any.
 */
unsigned int nacc_tallies(void)
{
	return READ_ONCE(nr_tallies);
}

/**
 * nacc_tally_publish() - count system calls of a domain from now on
 * @domain: the domain; the caller holds a reference
 * @tally: where
 *
 * Context: may sleep.
 * Return: false: they are counted already, elsewhere.
 */
bool nacc_tally_publish(struct nacc_domain *domain, struct nacc_tally *tally)
{
	bool fresh;

	mutex_lock(&nacc_domain_lock);
	fresh = !rcu_access_pointer(domain->tally);
	if (fresh) {
		rcu_assign_pointer(domain->tally, tally);
		WRITE_ONCE(nr_tallies, nr_tallies + 1);
	}
	mutex_unlock(&nacc_domain_lock);
	return fresh;
}

/**
 * nacc_tally_leave() - nothing is counted any more of a domain
 * @domain: the domain
 *
 * Context: under nacc_domain_lock; who calls kicks the keeper afterwards.
 */
void nacc_tally_leave(struct nacc_domain *domain)
{
	struct nacc_tally *tally = rcu_dereference_protected(domain->tally,
							     lockdep_is_held(&nacc_domain_lock));

	if (!tally)
		return;
	RCU_INIT_POINTER(domain->tally, NULL);
	WRITE_ONCE(nr_tallies, nr_tallies - 1);
	kfree_rcu(tally, rcu);
}
