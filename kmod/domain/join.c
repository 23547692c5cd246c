// SPDX-License-Identifier: GPL-2.0
/*
 * Joining: an address space becomes part of a domain.
 *
 * Each thread of a process may be sent to protect all of it, hundreds at once. One of
 * them does it and the others wait, before they ask for frames: each would be promised
 * as many as the whole process needs, and of those there may not be twice as many.
 */
#include <linux/list.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "domain/internal.h"

/**
 * struct promotion - an mm that is being promoted
 * @node: in the list of these, under promotions_lock
 * @entry: the mm
 * @room: frames that it may take
 * @contexts: and for its threads, where the domain has a gate
 * @how: what is waited for
 * @joiner: it, while its threads get contexts
 */
struct promotion {
	struct list_head node;
	struct nacc_mm *entry;
	unsigned int room;
	unsigned int contexts;
	enum nacc_manner how;
	struct nacc_joiner joiner;
};

static DEFINE_SPINLOCK(promotions_lock);
static LIST_HEAD(promotions);		/* under promotions_lock */
/* Woken when one has left the list. */
static DECLARE_WAIT_QUEUE_HEAD(promotion_done);

/* Return: false: somebody else is promoting that mm. */
static bool list_promotion(struct promotion *p)
{
	struct promotion *other;
	bool alone = true;

	spin_lock(&promotions_lock);
	list_for_each_entry(other, &promotions, node)
		alone &= other->entry->mm != p->entry->mm;
	if (alone)
		list_add(&p->node, &promotions);
	spin_unlock(&promotions_lock);
	return alone;
}

static void unlist_promotion(struct promotion *p)
{
	spin_lock(&promotions_lock);
	list_del(&p->node);
	spin_unlock(&promotions_lock);
	wake_up_all(&promotion_done);
}

/* More threads than there is room for: as with tables, there is more the next time. */
static int be_ready(phys_addr_t root, void *arg)
{
	struct promotion *p = arg;
	int ret = nacc_joiner_ready(&p->joiner, p->entry, root);

	return ret == -ENOMEM ? -ENOSPC : ret;
}

static void publish(phys_addr_t root, void *arg)
{
	struct promotion *p = arg;

	nacc_mm_publish(root, p->entry);
	nacc_page_install(p->entry->mm);
}

static int promote_entry(void *arg)
{
	struct promotion *p = arg;
	const struct nacc_promotion how = {
		.tag = nacc_domain_tag(p->entry->domain),
		.room = p->room,
		.tries = p->how != NACC_WAITS,
		.ready = be_ready,
		.publish = publish,
		.arg = p,
	};
	int ret = nacc_promote(p->entry->mm, &how);

	nacc_joiner_end(&p->joiner);
	return ret;
}

/* As many frames as it needs, or none. */
static int promote_with_room(struct promotion *p)
{
	const bool hurries = p->how == NACC_HURRIES;
	struct nacc_domain *domain = p->entry->domain;
	int ret;

	p->room = nacc_promote_room(p->entry->mm);
	if (domain->gate)
		p->contexts = nacc_threads_room(p->entry->mm);
	do {
		const unsigned int nr = p->room + p->contexts;

		if (!nacc_share_take_domain(domain, nr, hurries ?
					    NACC_ROOM_LOOK : NACC_ROOM_WAIT))
			return hurries ? -EAGAIN : -ENOMEM;
		ret = nacc_run_unsignalled(promote_entry, p);
		nacc_share_give_domain(domain, nr, !ret);
		p->room *= 2;
		p->contexts *= 2;
	} while (ret == -ENOSPC);
	return ret;
}

/* Its pgd alone says so some time before it is known whose it is. */
static bool is_known(const struct mm_struct *mm)
{
	bool known;

	preempt_disable();
	known = nacc_mm_entry(mm, __pa(READ_ONCE(mm->pgd)));
	preempt_enable();
	return known;
}

/* Whoever waits here would wait for the mmap lock, with frames promised to him. */
static int list_alone(struct promotion *p)
{
	const struct mm_struct *mm = p->entry->mm;

	if (p->how != NACC_WAITS) {
		if (!is_known(mm) && !list_promotion(p))
			return -EBUSY;
	} else if (wait_event_killable(promotion_done,
				       is_known(mm) || list_promotion(p))) {
		return -EINTR;
	}
	return list_empty(&p->node) ? -EEXIST : 0;
}

static int promote_alone(struct nacc_mm *entry, enum nacc_manner how)
{
	struct promotion p = {
		.node = LIST_HEAD_INIT(p.node), .entry = entry, .how = how,
		.joiner.node = LIST_HEAD_INIT(p.joiner.node),
	};
	int ret = list_alone(&p);

	if (ret)
		return ret;
	ret = promote_with_room(&p);
	unlist_promotion(&p);
	return ret;
}

static int join(struct nacc_domain *domain, struct mm_struct *mm,
		enum nacc_manner how)
{
	struct nacc_mm *entry;
	int ret = how == NACC_WAITS ? nacc_promotion_begin(domain) :
				      nacc_promotion_try(domain);

	if (ret)
		return ret;
	entry = nacc_mm_new(domain, mm, GFP_KERNEL);
	ret = entry ? promote_alone(entry, how) : -ENOMEM;
	if (entry && ret)
		nacc_mm_drop(entry);
	nacc_promotion_end(domain);
	if (!ret)
		nacc_end_if_condemned(domain, mm);
	return ret;
}

/**
 * nacc_join() - protect an mm as part of a domain
 * @domain: the domain; the caller holds a reference
 * @mm: the mm; the caller holds mm_users
 *
 * Context: may sleep.
 * Return: 0 or an error of nacc_promote(); -ECANCELED if the domain has been
 * unmarked; -EOWNERDEAD if it is being killed; -EINTR if the caller is.
 */
int nacc_join(struct nacc_domain *domain, struct mm_struct *mm)
{
	return join(domain, mm, NACC_WAITS);
}

/**
 * nacc_join_in_a_hurry() - the same for who may wait for nobody
 * @domain: the domain; the caller holds a reference
 * @mm: the mm; the caller holds mm_users
 *
 * Context: may sleep.
 * Return: as nacc_join(); -EAGAIN: a frame, or the end of an unmark, would have to be waited
 * for; -EBUSY: somebody has a lock of the mm.
 */
int nacc_join_in_a_hurry(struct nacc_domain *domain, struct mm_struct *mm)
{
	return join(domain, mm, NACC_HURRIES);
}

/*
 * Who does not wait for the end of an unmark, or of a change of a gate, may still have to for
 * one that begins now.
 */
static int move_to(struct nacc_domain *from, struct nacc_domain *to,
		   struct mm_struct *mm, enum nacc_manner how)
{
	if (how != NACC_WAITS && (nacc_domain_is_busy(from) || nacc_domain_is_busy(to)))
		return -EAGAIN;
	return nacc_move(from, to, mm);
}

/* Where it is may change meanwhile, as often as the system profile goes on or off. */
static int take(struct nacc_domain *domain, struct mm_struct *mm,
		enum nacc_manner how)
{
	unsigned int tries;
	int ret;

	for (tries = 0; tries < NACC_TRIES_MAX; tries++) {
		struct nacc_domain *from = nacc_domain_get_by_mm(mm);
		const bool moves = from && from->system && from != domain;

		ret = moves ? move_to(from, domain, mm, how) : join(domain, mm, how);
		if (from)
			nacc_domain_put(from);
		/* By now it is in no domain, or in one. */
		if (!(moves && (ret == -EEXIST || ret == -ECANCELED)) &&
		    !(ret == -EEXIST && from != domain && !nacc_mm_settled(mm)))
			return ret;
		cond_resched();
	}
	return ret == -EEXIST ? -EAGAIN : ret;
}

/**
 * nacc_take() - protect an mm as part of a domain, out of the system's if it is there
 * @domain: the domain; the caller holds a reference
 * @mm: the mm; the caller holds mm_users
 *
 * Context: may sleep.
 * Return: as nacc_join(): -EEXIST if it is in a domain that is not the system's; or
 * -EAGAIN.
 */
int nacc_take(struct nacc_domain *domain, struct mm_struct *mm)
{
	return take(domain, mm, NACC_WAITS);
}

/**
 * nacc_take_or_not() - the same unless somebody has a lock of the mm, or unmarks the domain
 * @domain: the domain; the caller holds a reference
 * @mm: the mm; the caller holds mm_users
 *
 * Context: may sleep.
 * Return: as nacc_take(); -EBUSY: not now.
 */
int nacc_take_or_not(struct nacc_domain *domain, struct mm_struct *mm)
{
	const int ret = take(domain, mm, NACC_TRIES);

	return ret == -EAGAIN ? -EBUSY : ret;
}

/**
 * nacc_join_next() - a domain that the current task was to join has been unmarked
 * @gone: that one
 * @join: lets the current task's mm join a domain
 *
 * The cgroup may be in that of another one.
 *
 * Context: may sleep.
 * Return: as @join; -ECANCELED if there is none.
 */
int nacc_join_next(const struct nacc_domain *gone,
		   int (*join)(struct nacc_domain *domain))
{
	int ret = -ECANCELED, tries;

	for (tries = 0; ret == -ECANCELED && tries < NACC_TRIES_MAX; tries++) {
		struct nacc_domain *next;

		rcu_read_lock();
		next = nacc_domain_tryget(nacc_cgroup_find_any(current, gone));
		rcu_read_unlock();
		if (!next)
			break;
		ret = join(next);
		nacc_domain_put(next);
	}
	return ret;
}

#ifdef NACC_KUNIT
#include "join_test.c"
#endif
