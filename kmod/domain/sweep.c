// SPDX-License-Identifier: GPL-2.0
/*
 * The sweep of a cgroup: those that are in it already are protected where they are.
 *
 * Marking a cgroup publishes it first: from then on whoever enters is seen (enter.c). What
 * was in it before is one of the processes that there are when that is done, and is moved by
 * the caller. Who forks meanwhile is one of those; what he forks is not yet in user mode
 * before it is protected, and so forks nothing unprotected itself. So nobody is waited for
 * who comes later, and whoever owns the cgroup cannot keep the mark from its end by having
 * them come and go. Vfork children are let be: what they execute is seen.
 *
 * Who has a lock of an address space keeps nobody else from being protected: those are
 * left to the end. And who comes meanwhile, asleep, is the sweeper's.
 */
#include <linux/cgroup.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "domain/internal.h"

static void leave_to_sweeper(struct nacc_domain *domain)
{
	WRITE_ONCE(domain->sweep, true);
	nacc_kick_soon();
}

/* --- a cgroup is marked -------------------------------------------------------- */

/* Return: 0, an error, or 1: somebody has a lock of it. */
static int join_found(struct nacc_look *look)
{
	int ret = look->tries ? nacc_take_or_not(look->domain, look->mm) :
				nacc_take(look->domain, look->mm);

	/* By itself, or by somebody else, meanwhile. */
	if (ret == -EEXIST)
		return 0;
	if (ret == -EBUSY && look->tries) {
		nacc_look_later(look);
		return 1;
	}
	if (ret)
		pr_warn_ratelimited("%s[%d] cannot be protected (error %d), nor its cgroup\n",
				    look->task->comm, task_tgid_nr(look->task), ret);
	return ret;
}

/*
 * Who only tries goes through all. Who waits does so for one, and nobody else's end is
 * put off meanwhile.
 */
static int sweep_once(struct nacc_look *look, bool *joined)
{
	int ret = 0;

	*joined = false;
	while (ret >= 0 && (look->tries || !*joined) && nacc_look_next(look)) {
		ret = join_found(look);
		*joined |= !ret;
	}
	if (ret >= 0 && fatal_signal_pending(current))
		ret = -EINTR;
	return min(ret, 0);
}

/*
 * Of one that is being let go nobody is found, and that is no success. One whose gate is being
 * changed stays.
 */
static int still_there(const struct nacc_domain *domain)
{
	int ret;

	mutex_lock(&nacc_domain_lock);
	ret = nacc_domain_ask(domain);
	if (ret == -EAGAIN)
		ret = domain->leaving ? -ECANCELED : domain->condemned ? -EOWNERDEAD : 0;
	mutex_unlock(&nacc_domain_lock);
	return ret;
}

/*
 * Each time either somebody has joined and is left out from then on, or one is waited for
 * next: after as many rounds as there were processes, twice, there is nobody left.
 */
static int sweep_all(struct nacc_look *look)
{
	bool joined;
	int ret;

	do {
		ret = sweep_once(look, &joined);
		look->tries = joined || !look->busy;
		if (!look->tries || look->lent)
			leave_to_sweeper(look->domain);
	} while (nacc_look_again(look) && !ret);
	return ret;
}

static int sweep(struct nacc_domain *domain)
{
	struct nacc_look look = { .domain = domain, .tries = true };
	int ret = nacc_look_begin(&look);

	if (!ret)
		ret = sweep_all(&look);
	nacc_look_end(&look);
	return ret ?: still_there(domain);
}

/* Who is killed by now cannot undo it: it stays, without a cgroup, for all to see. */
static void undo(struct nacc_domain *domain)
{
	int ret;

	nacc_cgroup_leave(domain);
	do {
		ret = nacc_unmark_domain(domain);
	} while (ret == -EBUSY && READ_ONCE(domain->gating) && !schedule_timeout_killable(1));
	if (!ret || ret == -EBUSY)
		return;
	nacc_event_mark(domain, NULL);
	pr_warn("a part of %s stays marked: unmark domain %u\n", domain->name,
		domain->id);
}

static int publish_and_sweep(struct nacc_domain *domain, struct cgroup *cgroup,
			     u32 *id)
{
	int ret;

	cgroup_get(cgroup);
	ret = nacc_cgroup_publish(domain, cgroup, id);
	if (ret) {
		cgroup_put(cgroup);
		return ret;
	}
	ret = sweep(domain);
	if (ret)
		undo(domain);
	/* Somebody has unmarked it meanwhile. */
	return ret == -ECANCELED ? -EBUSY : ret;
}

/* An unmark that has failed half way has left some unprotected. */
static int protect_rest(struct nacc_domain *domain)
{
	int ret;

	if (READ_ONCE(domain->condemned))
		return -EOWNERDEAD;
	/*
	 * Not success for one that is being let go, nor for one that is just being marked:
	 * whoever does that lets all go if he fails.
	 */
	if (READ_ONCE(domain->leaving) || READ_ONCE(domain->gone) ||
	    !nacc_is_announced(domain))
		return -EBUSY;
	ret = sweep(domain);
	return ret == -ECANCELED ? -EBUSY : ret;
}

/* Return: as nacc_mark_cgroup(), or -ENODATA: it is none. */
static int mark_again(const struct cgroup *cgroup, const char *name, u32 *id)
{
	struct nacc_domain *domain = nacc_cgroup_same(cgroup);
	int ret;

	if (!domain)
		return -ENODATA;
	*id = domain->id;
	ret = name[0] && strcmp(name, domain->name) ? -EEXIST : protect_rest(domain);
	nacc_domain_put(domain);
	return ret;
}

/* The last part of its path; long ones are cut short. */
static void name_of(struct cgroup *cgroup, char name[NACC_NAME_LEN])
{
	char *path = kmalloc(PATH_MAX, GFP_KERNEL);

	strscpy(name, "cgroup", NACC_NAME_LEN);
	if (path && cgroup_path(cgroup, path, PATH_MAX) > 0)
		strscpy(name, kbasename(path), NACC_NAME_LEN);
	kfree(path);
}

static int mark_first(struct cgroup *cgroup, const char *name, u32 *id)
{
	struct nacc_domain *domain;
	char label[NACC_NAME_LEN] = "";
	int ret;

	/* All of the machine: what cannot be protected then is init. */
	if (!cgroup->level)
		return -EINVAL;
	name_of(cgroup, label);
	domain = nacc_domain_create(name[0] ? name : label);
	if (IS_ERR(domain))
		return PTR_ERR(domain);
	nacc_share_update();
	ret = publish_and_sweep(domain, cgroup, id);
	if (!ret) {
		*id = domain->id;
		nacc_event_mark(domain, NULL);
	}
	nacc_domain_put(domain);
	nacc_kick();
	return ret;
}

/**
 * nacc_mark_cgroup() - make a cgroup a domain
 * @cgroup: the cgroup; the caller holds a reference
 * @name: label, empty for the cgroup's name
 * @id: out: the domain; with -EEXIST the one that it, or one above it, is
 *
 * Context: may sleep.
 * Return: as NACC_IOC_MARK.
 */
int nacc_mark_cgroup(struct cgroup *cgroup, const char *name, u32 *id)
{
	int ret = mark_again(cgroup, name, id), again;

	if (ret != -ENODATA)
		return ret;
	ret = mark_first(cgroup, name, id);
	if (ret != -EEXIST)
		return ret;
	/* Somebody else may have been the first. */
	again = mark_again(cgroup, name, id);
	return again == -ENODATA ? ret : again;
}

/* --- those that sleep, and vfork children ------------------------------------------ */

/* It may have woken up, and come to the same end by itself. */
static bool join_sleeper(struct nacc_look *look)
{
	struct nacc_domain *domain = look->domain;
	int ret = nacc_take_or_not(domain, look->mm);

	if (!ret) {
		nacc_count(NACC_COUNT_ENTERED, 1);
		nacc_event_join(domain, look->task);
	} else if (ret == -EBUSY || (ret != -EEXIST && ret != -ECANCELED &&
				     !nacc_is_announced(domain))) {
		/* Nobody is ended as long as the mark may fail for him. */
		nacc_look_later(look);
	} else if (ret != -EEXIST && ret != -ECANCELED) {
		nacc_kill_unprotected(domain, look->task, ret);
	}
	return !ret;
}

/* Return: whether there is something new for the keeper. */
static bool sweep_sleepers(struct nacc_domain *domain)
{
	struct nacc_look look = { .domain = domain, .tries = true };
	bool joined = false, left;

	/* Who is being let go is not waited for. */
	if (READ_ONCE(domain->leaving))
		return false;
	WRITE_ONCE(domain->sweep, false);
	/* Pairs with the probes: what they have seen before is found. */
	smp_mb();
	left = nacc_look_begin(&look);
	while (!READ_ONCE(domain->leaving) && nacc_look_next(&look))
		joined |= join_sleeper(&look);
	left |= nacc_look_again(&look);
	if ((left || look.lent) && !READ_ONCE(domain->gone))
		WRITE_ONCE(domain->sweep, true);
	nacc_look_end(&look);
	return joined;
}

static struct workqueue_struct *sweepers;

/* Not the keeper itself: who joins may wait for it. And one for each domain, with its tasks. */
static void sweep_work(struct work_struct *work)
{
	struct nacc_domain *domain = container_of(work, struct nacc_domain, sweeper);

	if (sweep_sleepers(domain))
		nacc_kick_soon();
	else
		nacc_kick_again();
	nacc_domain_put(domain);
}

/* The keeper only. It has a reference, so what it puts is not the last. */
static void queue_sweep(struct nacc_domain *domain)
{
	if (!domain->sweeper.func)
		INIT_WORK(&domain->sweeper, sweep_work);
	refcount_inc(&domain->ref);
	if (!queue_work(sweepers, &domain->sweeper))
		nacc_domain_put(domain);
}

/**
 * nacc_sweep_keep() - go on with sweeps that are to be done
 *
 * Context: may sleep; the keeper only.
 * Return: whether there are any.
 */
bool nacc_sweep_keep(void)
{
	struct nacc_domain *domain = NULL;
	bool any = false;

	if (!nacc_cgroups())
		return false;
	while ((domain = nacc_domain_next(domain))) {
		if (!READ_ONCE(domain->sweep))
			continue;
		queue_sweep(domain);
		any = true;
	}
	return any;
}

/**
 * nacc_sweep_init() - get those who sweep
 *
 * Context: module load, may sleep.
 * Return: 0 or -ENOMEM.
 */
int __init nacc_sweep_init(void)
{
	sweepers = alloc_workqueue("nacc_sweep", WQ_UNBOUND, 0);
	return sweepers ? 0 : -ENOMEM;
}

/**
 * nacc_sweep_exit() - no domain is left: wait for the end of the last sweep
 *
 * Context: may sleep.
 */
void nacc_sweep_exit(void)
{
	destroy_workqueue(sweepers);
}
