// SPDX-License-Identifier: GPL-2.0
/*
 * Quotas: a container has as many frames as its administrator lets it have.
 *
 * Whoever links a table has a frame promised first (share.c). Of each container two
 * numbers are kept: what is promised and not yet settled, and what it has taken, which
 * is never less than what the firmware counts for it without what is promised. A
 * promise that would let the two together go beyond the quota is not given. So there is
 * no moment at which a container has more, however many of its processes take frames
 * at once, provided that all ask.
 *
 * What comes back is not noticed at once: the second number is too large then, until
 * the frames are counted anew. That is done by the keeper, and before a container is
 * turned away: the address spaces of this one are gone through, and nobody else waits.
 */
#include <linux/cred.h>
#include <linux/kprobes.h>
#include <linux/rculist.h>

#include "domain/internal.h"

/*
 * A user who has marked himself is bound, and the programs that he has run as another
 * user are. What the administrator does from a session of his is not: it would be ended
 * for want of frames that the user has used up.
 */
static bool notrace is_bound(const struct nacc_domain *domain)
{
	return !uid_valid(domain->user) || uid_eq(domain->user, GLOBAL_ROOT_UID) ||
	       !uid_eq(current_uid(), GLOBAL_ROOT_UID);
}

NOKPROBE_SYMBOL(is_bound);

static bool notrace fits(const struct nacc_domain *domain, int promised)
{
	const unsigned int quota = READ_ONCE(domain->quota);

	return !quota || (s64)promised + atomic_read(&domain->taken) <= quota ||
	       !is_bound(domain);
}

NOKPROBE_SYMBOL(fits);

/**
 * nacc_quota_promise() - a container is about to take frames
 * @domain: the container
 * @nr: how many, at most
 *
 * Context: any, probes included.
 * Return: true if it may; the caller ends with nacc_quota_settle().
 */
bool notrace nacc_quota_promise(struct nacc_domain *domain, unsigned int nr)
{
	/*
	 * Full barrier: of a promise that is settled meanwhile the one number is read
	 * before it changes or the other one after it.
	 */
	if (fits(domain, atomic_add_return(nr, &domain->promised)))
		return true;
	atomic_sub(nr, &domain->promised);
	return false;
}

NOKPROBE_SYMBOL(nacc_quota_promise);

/**
 * nacc_quota_take_over() - a container gets frames that are in use, whatever its quota
 * @domain: the container
 * @nr: how many, at most
 *
 * What was another's and would be nobody's is not turned away.
 *
 * Context: any; the caller ends with nacc_quota_settle().
 */
void nacc_quota_take_over(struct nacc_domain *domain, unsigned int nr)
{
	atomic_add(nr, &domain->promised);
}

/**
 * nacc_quota_settle() - what was promised is in use now, or not needed
 * @domain: the container
 * @nr: how many were promised
 * @used: all of them may be in use; false: none is
 *
 * Context: any, probes included.
 */
void notrace nacc_quota_settle(struct nacc_domain *domain, unsigned int nr,
			       bool used)
{
	/*
	 * Full barrier: who counts frames and finds this added finds them, and who
	 * finds the promise gone finds this.
	 */
	if (used)
		atomic_add_return(nr, &domain->taken);
	atomic_sub(nr, &domain->promised);
}

NOKPROBE_SYMBOL(nacc_quota_settle);

/**
 * nacc_quota_is_full() - would a container get no more for its quota?
 * @domain: the container
 * @nr: how many frames it wants
 *
 * Context: any.
 */
bool nacc_quota_is_full(const struct nacc_domain *domain, unsigned int nr)
{
	return !fits(domain, atomic_read(&domain->promised) + nr);
}

/*
 * Frames of the address spaces of a container, those that Linux has freed and not given
 * back included. Their mms may be gone: only the root's number is looked at.
 */
static int count_frames(const struct nacc_domain *domain)
{
	struct nacc_mm *entry;
	unsigned long tables;
	int nr = 0, ret = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(entry, &domain->members, member) {
		ret = nacc_sbi_call(NACC_SBI_GET_INFO, NACC_INFO_TABLES,
				    nacc_frame_index(entry->root), 0, &tables);
		if (ret)
			break;
		nr += tables + 1;
	}
	rcu_read_unlock();
	return ret ?: nr + !!nacc_domain_record(domain);
}

/**
 * nacc_quota_recount() - count the frames that a container has
 * @domain: the container
 *
 * Some may be counted twice for a moment, none is left out: an address space that is
 * not listed yet has its frames promised, and what is settled meanwhile is added. If
 * the firmware does not say, what was counted before stays.
 *
 * Context: may sleep.
 */
void nacc_quota_recount(struct nacc_domain *domain)
{
	int before, nr;

	mutex_lock(&domain->counting);
	before = atomic_read(&domain->taken);
	/* Pairs with nacc_quota_settle(): what is in @before is found below. */
	smp_mb();
	nr = count_frames(domain);
	if (nr >= 0) {
		atomic_add(nr - before, &domain->taken);
		WRITE_ONCE(domain->used, nr);
	}
	mutex_unlock(&domain->counting);
}

/**
 * nacc_quota_recount_all() - count the frames of all containers
 *
 * Nobody waits for it who forks.
 *
 * Context: may sleep.
 */
void nacc_quota_recount_all(void)
{
	struct nacc_domain *domain = NULL;

	while ((domain = nacc_domain_next(domain)))
		nacc_quota_recount(domain);
}

#ifdef NACC_KUNIT
#include "quota_test.c"
#endif
