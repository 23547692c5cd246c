// SPDX-License-Identifier: GPL-2.0
/* Marked address spaces that go from the system's domain to another, or out of it. */
#include <linux/sched/mm.h>

#include "domain/internal.h"

/* Return: the mm's entry in this domain, under nacc_domain_lock; or NULL. */
static struct nacc_mm *entry_in(const struct nacc_domain *domain, const struct mm_struct *mm)
{
	struct nacc_mm *entry = nacc_mm_find(__pa(READ_ONCE(mm->pgd)));

	return entry && entry->mm == mm && entry->domain == domain ? entry : NULL;
}

/*
 * It has its gate until it is retired, or none: what begins in it would not have the same in a
 * domain with another, and could not run.
 */
static int check_gate(const struct nacc_mm *old, const struct nacc_domain *to)
{
	if (!old)
		return -EEXIST;
	return old->gate == nacc_domain_record(to) ? 0 : -EXDEV;
}

/* Return: 0, and @was is to be forgotten; -EEXIST: it is not in @from any more; -EXDEV. */
static int replace(struct nacc_domain *from, struct nacc_mm *entry, struct nacc_mm **was)
{
	struct nacc_mm *old;
	int ret;

	mutex_lock(&nacc_domain_lock);
	old = entry_in(from, entry->mm);
	ret = check_gate(old, entry->domain);
	if (!ret) {
		entry->threaded = old->threaded;
		entry->gate = old->gate;
		nacc_mm_publish_locked(old->root, entry);
		/* Its tables are those that it had. */
		entry->since = old->since;
		entry->tag = old->tag;
		nacc_seals_hand_over(old, entry);
		*was = old;
	}
	mutex_unlock(&nacc_domain_lock);
	return ret;
}

static int move_entry(struct nacc_domain *from, struct nacc_domain *to,
		      struct mm_struct *mm)
{
	struct nacc_mm *entry = nacc_mm_new(to, mm, GFP_KERNEL), *old;
	int ret;

	if (!entry)
		return -ENOMEM;
	ret = replace(from, entry, &old);
	if (ret) {
		nacc_mm_drop(entry);
		return ret;
	}
	nacc_share_hand_over(old, entry);
	nacc_mm_forget(old);
	return 0;
}

/* What it has counts for the other one's quota. */
static int move(struct nacc_domain *from, struct nacc_domain *to, struct mm_struct *mm)
{
	const unsigned int nr = nacc_promote_room(mm);
	int ret;

	if (!nacc_quota_promise(to, nr)) {
		nacc_quota_recount(to);
		if (!nacc_quota_promise(to, nr))
			return -ENOMEM;
	}
	ret = move_entry(from, to, mm);
	nacc_quota_settle(to, nr, !ret);
	return ret;
}

/* Whoever leaves one must not stay half there for want of room in the other. */
static int move_anyway(struct nacc_domain *from, struct nacc_domain *to,
		       struct mm_struct *mm)
{
	const unsigned int nr = nacc_promote_room(mm);
	int ret;

	nacc_quota_take_over(to, nr);
	ret = move_entry(from, to, mm);
	nacc_quota_settle(to, nr, !ret);
	return ret;
}

/**
 * nacc_move() - a marked mm becomes part of another domain
 * @from: the domain that it is in; the caller holds a reference
 * @to: the other one; likewise
 * @mm: the mm; the caller holds mm_users
 *
 * Context: may sleep.
 * Return: 0; -ENOMEM, also for the quota of @to; -EEXIST: it is in yet another by now;
 * -EXDEV: it has a gate and @to another or none, or the other way round;
 * an error of nacc_domain_admit().
 */
int nacc_move(struct nacc_domain *from, struct nacc_domain *to,
	      struct mm_struct *mm)
{
	int ret = nacc_promotion_begin(to);

	if (ret)
		return ret;
	ret = nacc_promotion_begin(from);
	if (!ret) {
		ret = move(from, to, mm);
		nacc_promotion_end(from);
	}
	nacc_promotion_end(to);
	if (!ret)
		nacc_share_update();
	return ret;
}

/**
 * nacc_move_back() - a marked mm becomes part of the domain that it is in beside its own
 * @from: the domain that it is in, leaving, without promotions; the caller holds a
 *	reference
 * @to: the system's, or that of a cgroup; likewise
 * @mm: the mm; the caller holds mm_users
 *
 * Not for long: who is about to come from @to may wait for the caller.
 *
 * Context: may sleep.
 * Return: as nacc_move(), whatever the quota is; -EAGAIN: @to is being unmarked, or its gate
 * is being changed.
 */
int nacc_move_back(struct nacc_domain *from, struct nacc_domain *to,
		   struct mm_struct *mm)
{
	int ret = nacc_promotion_try(to);

	if (ret)
		return ret;
	ret = move_anyway(from, to, mm);
	nacc_promotion_end(to);
	return ret;
}

static int demote_entry(void *arg)
{
	const struct nacc_mm *entry = arg;

	return nacc_demote(entry->mm, entry->root, nacc_page_leave);
}

/**
 * nacc_mm_leave() - a marked mm becomes an ordinary one
 * @entry: the mm; the caller holds mm_users, and nobody else moves it
 *
 * Context: may sleep; no lock of any mm is held.
 * Return: 0, and @entry is gone; else an error of nacc_demote(); -EINTR only if the
 * current task is being killed.
 */
int nacc_mm_leave(struct nacc_mm *entry)
{
	int ret = nacc_run_unsignalled(demote_entry, entry);

	if (!ret)
		nacc_mm_forget(entry);
	return ret;
}

static int let_out(struct nacc_domain *domain, struct mm_struct *mm)
{
	struct nacc_mm *entry;

	/* It has a user, and nobody else moves it: it stays. */
	mutex_lock(&nacc_domain_lock);
	entry = entry_in(domain, mm);
	mutex_unlock(&nacc_domain_lock);
	return entry ? nacc_mm_leave(entry) : 0;
}

/**
 * nacc_let_out() - a program is about to begin that the system profile excepts
 * @mm: its mm, which nobody else uses yet
 *
 * It was born marked, since its name was not known.
 *
 * Context: may sleep; no lock of any mm is held.
 * Return: 0, also if it is not in the system's domain; or an error of nacc_demote().
 */
int nacc_let_out(struct mm_struct *mm)
{
	struct nacc_domain *domain = nacc_domain_get_by_mm(mm);
	int ret = 0;

	if (!domain)
		return 0;
	if (domain->system)
		ret = nacc_promotion_begin(domain);
	if (domain->system && !ret) {
		ret = let_out(domain, mm);
		nacc_promotion_end(domain);
	}
	nacc_domain_put(domain);
	/* The profile has ended meanwhile: nothing of it is marked, and this was. */
	return ret == -ECANCELED ? 0 : ret;
}

#ifdef NACC_KUNIT
#include "system_test.c"
#endif
