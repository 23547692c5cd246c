// SPDX-License-Identifier: GPL-2.0
/* Marking and unmarking: address spaces that join a domain and leave it alive. */
#include <linux/mutex.h>
#include <linux/pid_namespace.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "domain/internal.h"

/**
 * nacc_task_mm() - address space of a user process
 * @task: the process
 * @mm: out: its mm, to be dropped with mmput_async(): the end of one may wait for a
 *	server of files
 *
 * Return: 0, -EINVAL (kernel thread), -ESRCH (has exited).
 */
int nacc_task_mm(struct task_struct *task, struct mm_struct **mm)
{
	struct task_struct *thread;

	if (task->flags & PF_KTHREAD)
		return -EINVAL;
	*mm = NULL;
	rcu_read_lock();
	/* The leader may have exited before the other threads. */
	for_each_thread(task, thread) {
		*mm = get_task_mm(thread);
		if (*mm)
			break;
	}
	rcu_read_unlock();
	return *mm ? 0 : -ESRCH;
}

static int mark_mm(struct task_struct *task, struct mm_struct *mm,
		   const char *name, u32 *id)
{
	struct nacc_domain *domain;
	char comm[TASK_COMM_LEN];
	int ret;

	if (nacc_mm_settled(mm)) {
		*id = nacc_domain_of_root(__pa(READ_ONCE(mm->pgd)));
		return -EEXIST;
	}
	domain = nacc_domain_create(name[0] ? name :
				     get_task_comm(comm, task));
	if (IS_ERR(domain))
		return PTR_ERR(domain);
	nacc_share_update();
	ret = nacc_take(domain, mm);
	/* By way of another process that shares it, with a cred_guard_mutex of its own. */
	if (ret == -EEXIST)
		*id = nacc_domain_of_root(__pa(READ_ONCE(mm->pgd)));
	if (!ret) {
		*id = domain->id;
		nacc_event_mark(domain, task);
	}
	nacc_domain_put(domain);
	nacc_kick();
	return ret;
}

/**
 * nacc_join_mm() - protect the mm of a process as part of a domain
 * @domain: the domain; the caller holds a reference
 * @task: the process
 * @mm: its mm; the caller holds mm_users
 * @id: out: the domain it is in
 *
 * Context: may sleep.
 * Return: 0, also if it is in there already; -EEXIST if it is in another; -ENOENT if there
 * is none any more; else as nacc_take().
 */
int nacc_join_mm(struct nacc_domain *domain, struct task_struct *task,
		 struct mm_struct *mm, u32 *id)
{
	int ret = nacc_take(domain, mm);

	if (!ret) {
		nacc_event_join(domain, task);
		return 0;
	}
	if (ret == -EEXIST) {
		*id = nacc_domain_of_root(__pa(READ_ONCE(mm->pgd)));
		return *id == domain->id ? 0 : -EEXIST;
	}
	return ret == -ECANCELED ? -ENOENT : ret;
}

static int join_mm(struct task_struct *task, struct mm_struct *mm,
		   const char *name, u32 *id)
{
	struct nacc_domain *domain;
	int ret;

	mutex_lock(&nacc_domain_lock);
	domain = nacc_domain_find(*id);
	mutex_unlock(&nacc_domain_lock);
	if (!domain)
		return -ENOENT;
	/* It may come to nothing, which would be told to nobody. */
	ret = nacc_is_announced(domain) ? nacc_join_mm(domain, task, mm, id) : -EBUSY;
	nacc_domain_put(domain);
	nacc_kick();
	return ret;
}

/*
 * Somebody else's need not be meant: he who is may let go of it just then. If it is marked
 * nothing changes.
 */
static int thread_mm(struct task_struct *thread, struct mm_struct **mm)
{
	struct nacc_loan loan = {};
	int ret = 0;

	task_lock(thread);
	*mm = nacc_runs_on(thread);
	if (!*mm)
		ret = -ESRCH;
	else if (!nacc_mm_settled(*mm) && nacc_is_vfork_child(thread, *mm, &loan))
		ret = -EAGAIN;
	else
		mmget(*mm);
	task_unlock(thread);
	return ret;
}

/* As nacc_task_mm(), but not what a vfork child has from its maker: -EAGAIN. */
static int own_mm(struct task_struct *task, struct mm_struct **mm)
{
	struct task_struct *thread;
	int ret = -ESRCH;

	if (task->flags & PF_KTHREAD)
		return -EINVAL;
	rcu_read_lock();
	for_each_thread(task, thread) {
		ret = thread_mm(thread, mm);
		if (ret != -ESRCH)
			break;
	}
	rcu_read_unlock();
	return ret;
}

static int with_mm(struct task_struct *task, const char *name, u32 *id,
		   int (*fn)(struct task_struct *task, struct mm_struct *mm,
			     const char *name, u32 *id))
{
	struct mm_struct *mm;
	int ret;

	/* An exec under way would leave the mm that is being promoted. */
	if (mutex_lock_killable(&task->signal->cred_guard_mutex))
		return -EINTR;
	ret = own_mm(task, &mm);
	if (!ret) {
		ret = fn(task, mm, name, id);
		mmput_async(mm);
	}
	mutex_unlock(&task->signal->cred_guard_mutex);
	return ret;
}

/**
 * nacc_mark_task() - mark a live process
 * @task: the process; the caller holds a reference
 * @name: label, empty for the process's comm
 * @id: out: the new domain; with -EEXIST the one it is in
 *
 * Context: may sleep.
 * Return: as NACC_IOC_MARK.
 */
int nacc_mark_task(struct task_struct *task, const char *name, u32 *id)
{
	return with_mm(task, name, id, mark_mm);
}

/**
 * nacc_join_task() - let a live process join a domain that is there
 * @task: the process; the caller holds a reference
 * @id: the domain; out: with -EEXIST the one it is in
 *
 * Context: may sleep.
 * Return: as NACC_IOC_MARK with NACC_MARK_JOIN.
 */
int nacc_join_task(struct task_struct *task, u32 *id)
{
	return with_mm(task, "", id, join_mm);
}

/**
 * nacc_mm_get_live() - take an mm that may be used
 * @mm: a marked mm
 *
 * Of one that an exec has dropped without having put it there is our reference only,
 * with mm_users at 1: it is dead, and the keeper's.
 *
 * Context: under nacc_domain_lock.
 * Return: whether mm_users and mm_count have been taken.
 */
bool nacc_mm_get_live(struct mm_struct *mm)
{
	if (atomic_read(&mm->mm_count) == 1 || !mmget_not_zero(mm))
		return false;
	/* It may be dropped so from now on, too. */
	mmgrab(mm);
	return true;
}

/* A marked mm of the domain that can be moved, with mm_users and mm_count taken. */
static struct nacc_mm *first_live_mm(struct nacc_domain *domain)
{
	struct nacc_mm *entry, *found = NULL;

	mutex_lock(&nacc_domain_lock);
	list_for_each_entry(entry, &nacc_mms, node) {
		if (entry->domain == domain && nacc_mm_get_live(entry->mm)) {
			found = entry;
			break;
		}
	}
	mutex_unlock(&nacc_domain_lock);
	return found;
}

static void tell_moved(const struct nacc_domain *domain, const struct mm_struct *mm)
{
	struct nacc_who who;
	bool known;

	if (domain->system || !nacc_is_announced(domain))
		return;
	known = nacc_who_uses(mm, &init_pid_ns, &who);
	nacc_event_who(NACC_EVENT_JOIN, domain->id, domain->name,
		       known ? &who : NULL, 0);
}

/* It may have come into the cgroup of another one when it was about to leave. */
static void tell_sweeper(const struct nacc_domain *domain, const struct mm_struct *mm)
{
	struct nacc_domain *next = nacc_cgroup_of_mm(mm, domain);

	if (!next)
		return;
	WRITE_ONCE(next->sweep, true);
	nacc_kick_soon();
	nacc_domain_put(next);
}

/* Is it where it is to be, after a while? */
static int try_to_take(struct nacc_domain *next, struct mm_struct *mm)
{
	unsigned int tries;
	int ret = -EBUSY;

	for (tries = 0; ret == -EBUSY && tries < NACC_TRIES_MAX; tries++) {
		ret = nacc_take_or_not(next, mm);
		if (ret == -EBUSY && schedule_timeout_killable(1))
			break;
	}
	return ret == -EEXIST ? 0 : ret;
}

/*
 * Its gate stays behind: it is let go, and comes to the other domain as what was never marked.
 * In a cgroup it cannot stay without: the sweeper has the last word.
 */
static int leave_and_join(struct nacc_domain *domain, struct nacc_domain *next,
			  struct nacc_mm *entry)
{
	struct mm_struct *mm = entry->mm;
	int ret = nacc_mm_leave(entry);

	if (ret)
		return ret;
	ret = try_to_take(next, mm);
	if (!ret)
		tell_moved(next, mm);
	else if (next->system)
		pr_warn_ratelimited("a process with a gate has left domain %u, and is not marked any more (error %d)\n",
				    domain->id, ret);
	else
		tell_sweeper(domain, mm);
	return 0;
}

/*
 * Where it is in the cgroup of another domain it becomes a part of that, and with the
 * system profile nothing is not marked: it is as if it had not left.
 */
static int let_go(struct nacc_domain *domain, struct nacc_mm *entry)
{
	struct mm_struct *mm = entry->mm;
	struct nacc_domain *next = nacc_cgroup_of_mm(mm, domain) ?:
				   nacc_system_get();
	int ret;

	if (next) {
		ret = nacc_move_back(domain, next, mm);
		if (!ret)
			tell_moved(next, mm);
		else if (ret == -EXDEV)
			ret = leave_and_join(domain, next, entry);
		nacc_domain_put(next);
		/* That one is gone by now, or is about to end. */
		return ret == -ECANCELED || ret == -EOWNERDEAD ? -EAGAIN : ret;
	}
	ret = nacc_mm_leave(entry);
	if (!ret)
		tell_sweeper(domain, mm);
	return ret;
}

static int domain_demote(struct nacc_domain *domain)
{
	struct nacc_mm *entry;

	while ((entry = first_live_mm(domain))) {
		struct mm_struct *mm = entry->mm;
		int ret = let_go(domain, entry);

		mmput_async(mm);
		mmdrop(mm);
		if (ret == -EAGAIN && !schedule_timeout_killable(1))
			continue;
		if (ret)
			return ret == -EAGAIN ? -EINTR : ret;
	}
	return 0;
}

/**
 * nacc_unmark_domain() - end a domain; what is in it goes on in another's, or unmarked
 * @domain: the domain; the caller has a reference
 *
 * Context: may sleep.
 * Return: as nacc_unmark(), without -EPERM.
 */
int nacc_unmark_domain(struct nacc_domain *domain)
{
	struct cgroup *cgroup = NULL;
	int ret;

	mutex_lock(&nacc_domain_lock);
	if (domain->leaving || domain->gating) {
		mutex_unlock(&nacc_domain_lock);
		return -EBUSY;
	}
	WRITE_ONCE(domain->leaving, true);
	mutex_unlock(&nacc_domain_lock);

	/*
	 * A promotion waits for the mmap lock of its process, which others can hold
	 * for as long as they like: in a fault on a file of FUSE, say.
	 */
	ret = -EINTR;
	if (!nacc_promotions_wait(domain))
		/* What is sealed stays on its root; nobody seals while the domain is leaving. */
		ret = nacc_domain_sealed(domain) ? -ETXTBSY : domain_demote(domain);
	mutex_lock(&nacc_domain_lock);
	WRITE_ONCE(domain->leaving, false);
	if (!ret) {
		/* Who is told that it is gone looks for another, and must not find it again. */
		WRITE_ONCE(domain->gone, true);
		cgroup = nacc_cgroup_unlist(domain);
	}
	mutex_unlock(&nacc_domain_lock);
	nacc_promotions_wake();
	nacc_cgroup_unlisted(domain, cgroup);
	/* Who has come into another's cgroup since; or who is in this one, as before. */
	nacc_cgroups_sweep();
	nacc_kick();
	return ret;
}

/**
 * nacc_unmark() - end the protection of a domain
 * @id: its ID
 *
 * Context: may sleep.
 * Return: as NACC_IOC_UNMARK; -EBUSY if someone else is unmarking it; -ETXTBSY if
 * anything of it is sealed; -EINTR if the
 * caller is being killed; -EPERM while the system profile is on, with which nothing is
 * not marked.
 */
int nacc_unmark(u32 id)
{
	struct nacc_domain *domain;
	int ret = -ENOENT;

	if (nacc_system_is_on())
		return -EPERM;
	mutex_lock(&nacc_domain_lock);
	domain = nacc_domain_find(id);
	mutex_unlock(&nacc_domain_lock);
	if (domain) {
		ret = nacc_unmark_domain(domain);
		nacc_domain_put(domain);
	}
	return ret;
}

/**
 * nacc_unmark_all() - before another kernel takes over: leave nothing behind
 *
 * Nothing can be marked afterwards.
 *
 * Context: may sleep.
 */
void nacc_unmark_all(void)
{
	struct nacc_domain *d;
	u32 id, last = 0;

	nacc_domain_close();
	do {
		id = 0;
		mutex_lock(&nacc_domain_lock);
		list_for_each_entry(d, &nacc_domains, node) {
			if (d->id > last) {
				id = d->id;
				break;
			}
		}
		mutex_unlock(&nacc_domain_lock);
		if (id)
			nacc_unmark(id);
		last = id;
	} while (id);
}

#ifdef NACC_KUNIT
#include "domain_test.c"
#include "gate_left_test.c"
#endif
