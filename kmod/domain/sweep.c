// SPDX-License-Identifier: GPL-2.0
/*
 * The sweep of a cgroup: those that are in it already are protected where they are.
 *
 * Marking a cgroup publishes it first: from then on whoever enters is seen (enter.c). What
 * was in it before is found among all tasks, and moved by the caller, pass by pass until
 * there is nothing left. Who forks meanwhile is one of those; what he forks is not yet in
 * user mode before it is protected, and so forks nothing unprotected itself: there
 * is an end.
 *
 * What keeps alive what a pass has found: the mm, mm_users; the task, a reference. Of a
 * task that is only looked at the mm stays while task_lock() is held.
 */
#include <linux/cgroup.h>
#include <linux/mmap_lock.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "domain/internal.h"

/* How many are found before they are moved */
#define BATCH		32

/**
 * struct found - an address space that is to be protected
 * @task: a task that runs on it
 * @mm: it
 */
struct found {
	struct task_struct *task;
	struct mm_struct *mm;
};

/**
 * struct pass - a look at all tasks
 * @domain: those of this are looked for
 * @found: what was found
 * @nr: number of @found
 * @left: a vfork child was let be
 */
struct pass {
	struct nacc_domain *domain;
	struct found found[BATCH];
	unsigned int nr;
	bool left;
};

static bool is_found(const struct pass *pass, const struct mm_struct *mm)
{
	unsigned int i;

	for (i = 0; i < pass->nr; i++)
		if (pass->found[i].mm == mm)
			return true;
	return false;
}

/*
 * A vfork child is what its parent is, until it has executed something; exec lets go of
 * the parent a moment before it leaves its mm.
 *
 * Context: under RCU and task_lock().
 */
static bool is_vfork_child(const struct task_struct *task)
{
	return (task->vfork_done || task->in_execve) &&
	       READ_ONCE(rcu_dereference(task->real_parent)->mm) == task->mm;
}

static void visit(struct pass *pass, struct task_struct *task)
{
	struct mm_struct *mm;

	if (task->flags & (PF_KTHREAD | PF_USER_WORKER | PF_EXITING) ||
	    !nacc_cgroup_has(pass->domain, task))
		return;
	task_lock(task);
	mm = task->mm;
	if (mm && !nacc_mm_settled(mm) && !is_found(pass, mm)) {
		if (is_vfork_child(task)) {
			pass->left = true;
		} else {
			mmget(mm);
			pass->found[pass->nr++] = (struct found){
				.task = get_task_struct(task),
				.mm = mm,
			};
		}
	}
	task_unlock(task);
}

static void look(struct pass *pass)
{
	struct task_struct *process, *thread;

	pass->nr = 0;
	pass->left = false;
	rcu_read_lock();
	for_each_process_thread(process, thread) {
		visit(pass, thread);
		if (pass->nr == BATCH)
			goto full;
	}
full:
	rcu_read_unlock();
}

static void let_go(struct pass *pass)
{
	unsigned int i;

	for (i = 0; i < pass->nr; i++) {
		mmput(pass->found[i].mm);
		put_task_struct(pass->found[i].task);
	}
}

/* --- a cgroup is marked -------------------------------------------------------- */

static int join_found(struct nacc_domain *domain, const struct found *found)
{
	int ret = nacc_take(domain, found->mm);

	/* By itself, or by somebody else, meanwhile. */
	if (ret == -EEXIST)
		return 0;
	if (ret)
		pr_warn_ratelimited("%s[%d] cannot be protected (error %d), nor its cgroup\n",
				    found->task->comm, task_tgid_nr(found->task), ret);
	return ret;
}

static int sweep(struct nacc_domain *domain)
{
	struct pass pass = { .domain = domain };
	unsigned int i;
	int ret = 0;

	do {
		look(&pass);
		for (i = 0; i < pass.nr && !ret; i++)
			ret = join_found(domain, &pass.found[i]);
		let_go(&pass);
	} while (pass.nr && !ret);
	if (pass.left) {
		WRITE_ONCE(domain->sweep, true);
		nacc_kick_soon();
	}
	return ret;
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
	if (ret) {
		nacc_cgroup_leave(domain);
		nacc_unmark_domain(domain);
	}
	/* Somebody has unmarked it meanwhile. */
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
	ret = name[0] && strcmp(name, domain->name) ? -EEXIST : 0;
	/* Not success for one that is being let go. */
	if (READ_ONCE(domain->leaving) || READ_ONCE(domain->gone))
		ret = -EBUSY;
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
	struct nacc_domain *domain;
	char label[NACC_NAME_LEN] = "";
	int ret = mark_again(cgroup, name, id);

	if (ret != -ENODATA)
		return ret;
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

/* --- those that sleep, and vfork children ------------------------------------------ */

/* It may have woken up, and come to the same end by itself. */
static bool is_dying(struct task_struct *task)
{
	return fatal_signal_pending(task) ||
	       READ_ONCE(task->signal->flags) & SIGNAL_GROUP_EXIT;
}

/* Return: whether it is done with; else it is to be tried again. */
static bool join_sleeper(struct nacc_domain *domain, const struct found *found)
{
	int ret;

	/* Who holds it for long must not keep the others from being protected. */
	if (!down_write_trylock(&found->mm->mmap_lock))
		return false;
	up_write(&found->mm->mmap_lock);
	ret = nacc_take(domain, found->mm);
	if (!ret) {
		nacc_count(NACC_COUNT_ENTERED, 1);
		nacc_event_task(NACC_EVENT_JOIN, domain, found->task, 0);
	} else if (ret != -EEXIST && ret != -ECANCELED && !is_dying(found->task)) {
		nacc_count(NACC_COUNT_KILLED, 1);
		nacc_event_task(NACC_EVENT_KILL, domain, found->task, -ret);
		pr_warn_ratelimited("%s[%d] cannot be protected (error %d): killed\n",
				    found->task->comm,
				    task_tgid_nr(found->task), ret);
		send_sig(SIGKILL, found->task, 1);
	}
	return true;
}

static void sweep_sleepers(struct nacc_domain *domain)
{
	struct pass pass = { .domain = domain };
	bool more = false;
	unsigned int i;

	if (!READ_ONCE(domain->sweep))
		return;
	WRITE_ONCE(domain->sweep, false);
	/* Pairs with the probes: what they have seen before is found. */
	smp_mb();
	look(&pass);
	for (i = 0; i < pass.nr; i++)
		more |= !join_sleeper(domain, &pass.found[i]);
	more |= pass.left || pass.nr == BATCH;
	let_go(&pass);
	if (more && !READ_ONCE(domain->gone))
		WRITE_ONCE(domain->sweep, true);
}

/* Not the keeper itself: who joins may wait for it. */
static void sweep_work(struct work_struct *work)
{
	struct nacc_domain *domain = NULL;

	while ((domain = nacc_domain_next(domain)))
		sweep_sleepers(domain);
	nacc_kick_soon();
}

static DECLARE_WORK(sweeper, sweep_work);

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
	while ((domain = nacc_domain_next(domain)))
		any |= READ_ONCE(domain->sweep);
	if (any)
		queue_work(system_unbound_wq, &sweeper);
	return any;
}

/**
 * nacc_sweep_exit() - no domain is left: wait for the end of the last sweep
 */
void nacc_sweep_exit(void)
{
	flush_work(&sweeper);
}
