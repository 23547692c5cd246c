// SPDX-License-Identifier: GPL-2.0
/* Who may join a domain, or leave it, while it may be unmarked at any time. */
#include <linux/mutex.h>
#include <linux/wait.h>

#include "domain/internal.h"

/* Nothing can be marked: before the load is through, from reboot on, in sleep. */
static bool closed = true;		/* under nacc_domain_lock */

static DECLARE_WAIT_QUEUE_HEAD(promotions_done);

static void set_closed(bool to)
{
	mutex_lock(&nacc_domain_lock);
	closed = to;
	mutex_unlock(&nacc_domain_lock);
}

/**
 * nacc_domain_open() - from now on processes can be marked
 *
 * Context: may sleep; module load, when nothing can fail any more.
 */
void nacc_domain_open(void)
{
	set_closed(false);
}

/**
 * nacc_domain_close() - from now on nothing can be marked
 *
 * Context: may sleep.
 */
void nacc_domain_close(void)
{
	set_closed(true);
}

/**
 * nacc_domain_close_unused() - the same if nothing is marked
 *
 * Context: may sleep.
 * Return: whether it is closed now.
 */
bool nacc_domain_close_unused(void)
{
	bool unused;

	mutex_lock(&nacc_domain_lock);
	unused = list_empty(&nacc_domains);
	closed |= unused;
	mutex_unlock(&nacc_domain_lock);
	return unused;
}

/**
 * nacc_domain_closed() - can nothing be marked?
 *
 * Context: under nacc_domain_lock.
 */
bool nacc_domain_closed(void)
{
	lockdep_assert_held(&nacc_domain_lock);
	return closed;
}

/**
 * nacc_domain_is_closed() - the same for who has not got the lock
 *
 * Context: may sleep.
 */
bool nacc_domain_is_closed(void)
{
	bool is;

	mutex_lock(&nacc_domain_lock);
	is = closed;
	mutex_unlock(&nacc_domain_lock);
	return is;
}

/**
 * nacc_domain_ask() - may an mm join a domain, as things are?
 * @domain: the domain
 *
 * Context: under nacc_domain_lock.
 * Return: 0; -ECANCELED if it has been unmarked; -EAGAIN if it is being unmarked: that may
 * fail half way, and then it is as it was; or if its gate is being changed; -EOWNERDEAD if it
 * is being ended.
 */
int nacc_domain_ask(const struct nacc_domain *domain)
{
	lockdep_assert_held(&nacc_domain_lock);
	if (domain->gone)
		return -ECANCELED;
	if (domain->leaving || domain->gating)
		return -EAGAIN;
	return domain->condemned ? -EOWNERDEAD : 0;
}

/**
 * nacc_domain_is_busy() - would who wants to join a domain, or to leave it, have to wait?
 * @domain: the domain
 *
 * It is looked at without the lock: who waits must not sleep for another reason meanwhile.
 * Whoever is woken takes the lock next.
 *
 * Context: any.
 */
bool nacc_domain_is_busy(const struct nacc_domain *domain)
{
	return READ_ONCE(domain->leaving) || READ_ONCE(domain->gating);
}

/**
 * nacc_domain_admit() - may an mm join a domain?
 * @domain: the domain; the caller holds a reference
 *
 * Whoever wants to join one that is being unmarked waits for the outcome, not to be left
 * out for good.
 *
 * Context: may sleep; takes nacc_domain_lock and leaves it taken, whatever the answer.
 * Return: as nacc_domain_ask(), without -EAGAIN; -EINTR (a fatal signal).
 */
int nacc_domain_admit(struct nacc_domain *domain)
{
	int ret;

	mutex_lock(&nacc_domain_lock);
	while ((ret = nacc_domain_ask(domain)) == -EAGAIN) {
		int killed;

		mutex_unlock(&nacc_domain_lock);
		killed = wait_event_killable(promotions_done, !nacc_domain_is_busy(domain));
		mutex_lock(&nacc_domain_lock);
		if (killed)
			return -EINTR;
	}
	return ret;
}

/* Under nacc_domain_lock, which it gives up. */
static int promotion_begin(struct nacc_domain *domain, int ret)
{
	if (!ret && closed)
		ret = -ECANCELED;
	WRITE_ONCE(domain->promoting, domain->promoting + !ret);
	mutex_unlock(&nacc_domain_lock);
	return ret;
}

/**
 * nacc_promotion_begin() - an mm is about to join a domain, or to leave it for another
 * @domain: the domain; the caller holds a reference
 *
 * Until nacc_promotion_end() it is not unmarked.
 *
 * Context: may sleep.
 * Return: 0 or an error of nacc_domain_admit(); -ECANCELED if nothing can be marked.
 */
int nacc_promotion_begin(struct nacc_domain *domain)
{
	return promotion_begin(domain, nacc_domain_admit(domain));
}

/**
 * nacc_promotion_try() - the same without waiting
 * @domain: the domain; the caller holds a reference
 *
 * Context: may sleep.
 * Return: as nacc_promotion_begin(), or -EAGAIN: it is being unmarked.
 */
int nacc_promotion_try(struct nacc_domain *domain)
{
	mutex_lock(&nacc_domain_lock);
	return promotion_begin(domain, nacc_domain_ask(domain));
}

/**
 * nacc_promotion_end() - it has, or has not
 * @domain: the domain
 *
 * Context: may sleep.
 */
void nacc_promotion_end(struct nacc_domain *domain)
{
	mutex_lock(&nacc_domain_lock);
	WRITE_ONCE(domain->promoting, domain->promoting - 1);
	mutex_unlock(&nacc_domain_lock);
	wake_up_all(&promotions_done);
}

static bool no_promotion(const struct nacc_domain *domain)
{
	return !READ_ONCE(domain->promoting);
}

/**
 * nacc_promotions_wait() - wait until none is under way
 * @domain: the domain, leaving, or its gate is being changed: none begins
 *
 * Context: may sleep.
 * Return: 0, or an error if a fatal signal is pending.
 */
int nacc_promotions_wait(struct nacc_domain *domain)
{
	return wait_event_killable(promotions_done, no_promotion(domain));
}

/**
 * nacc_promotions_wait_for() - the same, but not for ever
 * @domain: the domain; likewise
 * @patience: how long, in jiffies
 *
 * Context: may sleep.
 * Return: 0; -EBUSY: one is under way still; -EINTR if a fatal signal is pending.
 */
int nacc_promotions_wait_for(struct nacc_domain *domain, unsigned long patience)
{
	long left = wait_event_killable_timeout(promotions_done, no_promotion(domain), patience);

	return left > 0 ? 0 : left ? -EINTR : -EBUSY;
}

/**
 * nacc_promotions_wake() - a domain is not leaving any more, or its gate is as it will be
 *
 * Context: any.
 */
void nacc_promotions_wake(void)
{
	wake_up_all(&promotions_done);
}
