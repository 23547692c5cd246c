// SPDX-License-Identifier: GPL-2.0
/*
 * Which cgroups are domains.
 *
 * What keeps what alive:
 *   cgroup   the domain has a reference (cgroup_put()) for as long as it is found here
 *   domain   has a reference of its own for as long. Who finds it without a lock takes
 *            another, which fails for one that is ending; its memory stays for a grace
 *            period (kfree_rcu())
 *   css_set  of a task, and the cgroups above it: RCU. They are compared with, by
 *            address, and followed only from a task's own
 * That an address is found that another cgroup has by now is impossible: it is taken out
 * of the table before the reference goes, and the kernel frees a cgroup a grace period
 * after its last.
 */
#include <linux/cgroup.h>
#include <linux/hash.h>
#include <linux/hashtable.h>
#include <linux/kprobes.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>

#include "domain/internal.h"

#define BITS	6
static struct hlist_head marked[1 << BITS];	/* changed under nacc_domain_lock */
static unsigned int nr_marked;			/* changed under nacc_domain_lock */

/* The domain that a cgroup is. Under RCU, or with preemption off. */
static struct nacc_domain *notrace find(const struct cgroup *cgroup)
{
	struct nacc_domain *d;

	hlist_for_each_entry_rcu_notrace(d, &marked[hash_ptr(cgroup, BITS)],
					 by_cgroup)
		if (READ_ONCE(d->cgroup) == cgroup)
			return d;
	return NULL;
}

NOKPROBE_SYMBOL(find);

/* The nearest above it counts. The root of the hierarchy never is one. */
static struct nacc_domain *notrace nearest(const struct cgroup *cgroup,
					   const struct nacc_domain *but)
{
	struct nacc_domain *d = NULL;
	int level;

	for (level = cgroup->level; level > 0 && (!d || d == but); level--)
		d = find(cgroup->ancestors[level]);
	return d == but ? NULL : d;
}

NOKPROBE_SYMBOL(nearest);

/* One that is leaving keeps nobody, and is none any more. */
static bool stays(const struct nacc_domain *domain)
{
	return !READ_ONCE(domain->leaving) && !READ_ONCE(domain->gone);
}

/*
 * Whose a task is that is to be protected: not that of one that is about to let it go, but
 * of one above that. Probes ask for the nearest: what they find waits for the end of
 * that, which may fail.
 */
static struct nacc_domain *nearest_staying(const struct task_struct *task,
					   const struct nacc_domain *but)
{
	const struct css_set *set = rcu_dereference_raw_check(task->cgroups);
	const struct cgroup *cgroup = set->dfl_cgrp;
	int level;

	for (level = cgroup->level; level > 0; level--) {
		struct nacc_domain *d = find(cgroup->ancestors[level]);

		if (d && d != but && stays(d))
			return d;
	}
	return NULL;
}

/**
 * nacc_cgroups() - how many cgroups are domains
 *
 * Context: any.
 */
unsigned int notrace nacc_cgroups(void)
{
	return READ_ONCE(nr_marked);
}

NOKPROBE_SYMBOL(nacc_cgroups);

/* Under RCU, or with preemption off. */
static struct nacc_domain *notrace of_task(const struct task_struct *task,
					   const struct nacc_domain *but)
{
	const struct css_set *set = rcu_dereference_raw_check(task->cgroups);

	return nearest(set->dfl_cgrp, but);
}

NOKPROBE_SYMBOL(of_task);

/**
 * nacc_cgroup_find() - the domain that a task is in by its cgroup
 * @task: the task; the caller sees to it that it is there
 * @but: one that does not count, or NULL
 *
 * Context: under RCU, or with preemption off, probes included.
 * Return: the domain, which stays for as long; or NULL.
 */
notrace struct nacc_domain *nacc_cgroup_find(const struct task_struct *task,
					     const struct nacc_domain *but)
{
	return nacc_cgroups() ? of_task(task, but) : NULL;
}

NOKPROBE_SYMBOL(nacc_cgroup_find);

/**
 * nacc_cgroup_holds() - is a task in a cgroup that is a domain?
 * @task: the task; the caller sees to it that it is there
 *
 * Context: any, probes included.
 */
bool notrace nacc_cgroup_holds(const struct task_struct *task)
{
	bool holds;

	if (!nacc_cgroups())
		return false;
	preempt_disable_notrace();
	holds = of_task(task, NULL);
	preempt_enable_notrace();
	return holds;
}

NOKPROBE_SYMBOL(nacc_cgroup_holds);

/* May threads of its process be in other cgroups? */
static bool is_threaded(const struct task_struct *task)
{
	const struct css_set *set = rcu_dereference_raw_check(task->cgroups);
	const struct cgroup *cgroup = set->dfl_cgrp;

	return cgroup->dom_cgrp != cgroup || READ_ONCE(cgroup->nr_threaded_children);
}

/**
 * nacc_cgroup_find_any() - the domain of a task by its own cgroup, or by another thread's
 * @task: the task; the caller sees to it that it is there
 * @but: one that does not count, or NULL
 *
 * Context: under RCU, or with preemption off, probes included.
 * Return: as nacc_cgroup_find().
 */
struct nacc_domain *nacc_cgroup_find_any(struct task_struct *task,
					 const struct nacc_domain *but)
{
	struct nacc_domain *domain = nacc_cgroup_find(task, but);
	struct task_struct *thread;

	if (domain || !is_threaded(task))
		return domain;
	for_each_thread(task, thread) {
		domain = nacc_cgroup_find(thread, but);
		if (domain)
			break;
	}
	return domain;
}

NOKPROBE_SYMBOL(nacc_cgroup_find_any);

/**
 * nacc_cgroup_domain() - the domain that a task is in by its cgroup
 * @task: the task; the caller sees to it that it is there
 * @but: one that does not count, or NULL
 *
 * Context: any.
 * Return: the domain with a reference, or NULL.
 */
struct nacc_domain *nacc_cgroup_domain(const struct task_struct *task,
				       const struct nacc_domain *but)
{
	struct nacc_domain *domain;

	rcu_read_lock();
	domain = nacc_domain_tryget(nacc_cgroup_find(task, but));
	rcu_read_unlock();
	return domain;
}

/*
 * Has a task that mm, and not from somebody else for a while? A vfork child that executes
 * something, or ends, has it longer than its maker waits, and could be anywhere.
 */
static bool has_for_good(struct task_struct *task, const struct mm_struct *mm,
			 struct nacc_loan *loan)
{
	bool has;

	if (READ_ONCE(task->mm) != mm || task->flags & PF_USER_WORKER)
		return false;
	task_lock(task);
	has = nacc_runs_on(task) == mm && !nacc_is_vfork_child(task, mm, loan);
	task_unlock(task);
	return has;
}

static struct nacc_domain *find_for(const struct mm_struct *mm,
				    const struct nacc_domain *but)
{
	struct nacc_loan loan = {};
	struct task_struct *process, *thread;
	struct nacc_domain *d;

	for_each_process_thread(process, thread) {
		if (!has_for_good(thread, mm, &loan))
			continue;
		d = nearest_staying(thread, but);
		/* One that is being ended is not joined. */
		if (d && !READ_ONCE(d->condemned) && nacc_domain_tryget(d))
			return d;
	}
	return NULL;
}

/**
 * nacc_cgroup_of_mm() - the domain that an address space is in by the cgroup of a task
 * @mm: the address space; the caller holds mm_users
 * @but: the domain that it is about to leave
 *
 * Context: may sleep.
 * Return: another one with a reference, or NULL, also while nothing can be marked.
 */
struct nacc_domain *nacc_cgroup_of_mm(const struct mm_struct *mm,
				      const struct nacc_domain *but)
{
	struct nacc_domain *domain;

	/* All tasks are looked at: not if there is no other, or none that may be joined. */
	if (nacc_cgroups() <= !!READ_ONCE(but->cgroup) ||
	    nacc_domain_is_closed())
		return NULL;
	rcu_read_lock();
	domain = find_for(mm, but);
	rcu_read_unlock();
	return domain;
}

/**
 * nacc_cgroup_has() - is a task in the cgroup of a domain, and of no nearer one?
 * @domain: the domain
 * @task: the task
 *
 * One that is being unmarked is not nearer: what it has let go is protected by this one.
 *
 * Context: under RCU.
 */
bool nacc_cgroup_has(const struct nacc_domain *domain,
		     const struct task_struct *task)
{
	return nearest_staying(task, NULL) == domain;
}

/**
 * nacc_task_settled() - does a task run on an mm that is marked, and not just as all are?
 * @task: the task, by a reference; it may do an exec or exit meanwhile
 *
 * So its mm is not looked at, or only where it cannot fault, unless it is known to be
 * a marked one: that has a reference.
 *
 * Context: any with preemption off.
 * Return: true if it does, at some moment of the call; false if it does not, or if
 * that has just changed.
 */
bool nacc_task_settled(const struct task_struct *task)
{
	const struct mm_struct *mm = READ_ONCE(task->mm);
	const struct nacc_mm *entry;
	pgd_t *pgd;

	if (!mm || copy_from_kernel_nofault(&pgd, &mm->pgd, sizeof(pgd)))
		return false;
	entry = nacc_mm_entry(mm, __pa(pgd));
	return entry && !entry->domain->system;
}

/**
 * nacc_cgroup_publish() - from now on a cgroup is a domain
 * @domain: the domain, without a cgroup
 * @cgroup: the cgroup, by a reference that the domain takes over if that is done
 * @id: out: with -EEXIST the domain that it is already, or that one above it is
 *
 * Probes that began before have ended when this returns: they have not seen it, and what
 * they were about can be seen.
 *
 * Context: may sleep.
 * Return: 0 or -EEXIST.
 */
int nacc_cgroup_publish(struct nacc_domain *domain, struct cgroup *cgroup, u32 *id)
{
	const struct nacc_domain *other;
	int ret = 0;

	mutex_lock(&nacc_domain_lock);
	rcu_read_lock();
	other = nearest(cgroup, NULL);
	if (other) {
		*id = other->id;
		ret = -EEXIST;
	}
	rcu_read_unlock();
	if (!ret) {
		refcount_inc(&domain->ref);
		WRITE_ONCE(domain->cgroup, cgroup);
		hlist_add_head_rcu(&domain->by_cgroup,
				   &marked[hash_ptr(cgroup, BITS)]);
		WRITE_ONCE(nr_marked, nr_marked + 1);
	}
	mutex_unlock(&nacc_domain_lock);
	if (!ret)
		synchronize_rcu();
	return ret;
}

/**
 * nacc_cgroup_same() - the domain that a cgroup itself is
 * @cgroup: the cgroup
 *
 * Context: may sleep.
 * Return: the domain with a reference, or NULL.
 */
struct nacc_domain *nacc_cgroup_same(const struct cgroup *cgroup)
{
	struct nacc_domain *domain;

	rcu_read_lock();
	domain = nacc_domain_tryget(find(cgroup));
	rcu_read_unlock();
	return domain;
}

/**
 * nacc_cgroup_unlist() - from now on nobody enters a domain by its cgroup
 * @domain: the domain; the caller has a reference
 *
 * Context: under nacc_domain_lock.
 * Return: the cgroup, for nacc_cgroup_unlisted(), or NULL.
 */
struct cgroup *nacc_cgroup_unlist(struct nacc_domain *domain)
{
	struct cgroup *cgroup = domain->cgroup;

	lockdep_assert_held(&nacc_domain_lock);
	if (cgroup) {
		hlist_del_rcu(&domain->by_cgroup);
		WRITE_ONCE(domain->cgroup, NULL);
		WRITE_ONCE(nr_marked, nr_marked - 1);
	}
	return cgroup;
}

/**
 * nacc_cgroup_unlisted() - the references that it has had
 * @domain: the domain; the caller has another one
 * @cgroup: what nacc_cgroup_unlist() has returned
 *
 * Context: may sleep; not under nacc_domain_lock.
 */
void nacc_cgroup_unlisted(struct nacc_domain *domain, struct cgroup *cgroup)
{
	if (!cgroup)
		return;
	cgroup_put(cgroup);
	nacc_domain_put(domain);
}

/**
 * nacc_cgroup_leave() - a domain is no cgroup any more
 * @domain: the domain; the caller has a reference
 *
 * Whoever is in it is not let go by that, but nobody enters it any more.
 *
 * Context: may sleep.
 */
void nacc_cgroup_leave(struct nacc_domain *domain)
{
	struct cgroup *cgroup;

	mutex_lock(&nacc_domain_lock);
	cgroup = nacc_cgroup_unlist(domain);
	mutex_unlock(&nacc_domain_lock);
	nacc_cgroup_unlisted(domain, cgroup);
}

/* Who unmarks it may let go of the cgroup meanwhile. */
static bool is_removed(const struct nacc_domain *domain)
{
	const struct cgroup *cgroup;
	bool removed;

	rcu_read_lock();
	cgroup = READ_ONCE(domain->cgroup);
	removed = cgroup && !(READ_ONCE(cgroup->self.flags) & CSS_ONLINE);
	rcu_read_unlock();
	return removed;
}

/**
 * nacc_cgroups_clean() - let go of cgroups that have been removed
 *
 * Context: may sleep; the keeper only.
 */
void nacc_cgroups_clean(void)
{
	struct nacc_domain *domain = NULL;

	if (!nacc_cgroups())
		return;
	while ((domain = nacc_domain_next(domain)))
		if (is_removed(domain))
			nacc_cgroup_leave(domain);
}

/**
 * nacc_cgroups_sweep() - somebody in a cgroup that is a domain may be unprotected
 *
 * Context: may sleep.
 */
void nacc_cgroups_sweep(void)
{
	struct nacc_domain *domain = NULL;

	if (!nacc_cgroups())
		return;
	while ((domain = nacc_domain_next(domain)))
		if (READ_ONCE(domain->cgroup))
			WRITE_ONCE(domain->sweep, true);
	nacc_kick_soon();
}

/**
 * nacc_cgroup_print() - print the path of a domain's cgroup
 * @m: where to
 * @domain: the domain
 * @path: room for PATH_MAX bytes
 *
 * As the initial cgroup namespace has it; "-" for none.
 *
 * Context: under nacc_domain_lock.
 */
void nacc_cgroup_print(struct seq_file *m, const struct nacc_domain *domain,
		       char *path)
{
	lockdep_assert_held(&nacc_domain_lock);
	if (domain->cgroup && cgroup_path(domain->cgroup, path, PATH_MAX) > 0)
		seq_escape(m, path, " \t\n\\");
	else
		seq_putc(m, '-');
}

#ifdef NACC_KUNIT
#include "cgroup_test.c"
#endif
