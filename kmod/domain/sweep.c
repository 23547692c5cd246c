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
 * @tries: who has his mmap lock taken is let be
 * @left: a vfork child was let be, or one such
 * @let_be: the last vfork child; only compared. A walk for each of its threads is saved
 */
struct pass {
	struct nacc_domain *domain;
	struct found found[BATCH];
	unsigned int nr;
	bool tries;
	bool left;
	const struct signal_struct *let_be;
};

static bool is_found(const struct pass *pass, const struct mm_struct *mm)
{
	unsigned int i;

	for (i = 0; i < pass->nr; i++)
		if (pass->found[i].mm == mm)
			return true;
	return false;
}

/* Who holds it for long must not keep the others from being protected. */
static bool is_locked(struct mm_struct *mm)
{
	if (!down_write_trylock(&mm->mmap_lock))
		return true;
	up_write(&mm->mmap_lock);
	return false;
}

/* For this time */
static bool is_let_be(struct pass *pass, const struct task_struct *task,
		      struct mm_struct *mm)
{
	if (task->signal == pass->let_be || (pass->tries && is_locked(mm)))
		return true;
	if (!nacc_is_vfork_child(task, mm))
		return false;
	pass->let_be = task->signal;
	return true;
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
		if (is_let_be(pass, task, mm)) {
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
	pass->let_be = NULL;
	rcu_read_lock();
	for_each_process_thread(process, thread) {
		visit(pass, thread);
		if (pass->nr == BATCH)
			goto full;
	}
full:
	rcu_read_unlock();
}

/* The end of an mm may wait for a server of files that somebody reads from. */
static void let_go(struct pass *pass)
{
	unsigned int i;

	for (i = 0; i < pass->nr; i++) {
		mmput_async(pass->found[i].mm);
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

/* Who is killed by now cannot undo it: it stays, without a cgroup, for all to see. */
static void undo(struct nacc_domain *domain)
{
	int ret;

	nacc_cgroup_leave(domain);
	ret = nacc_unmark_domain(domain);
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
	/* Not success for one that is being let go. */
	if (READ_ONCE(domain->leaving) || READ_ONCE(domain->gone))
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
static bool join_sleeper(struct nacc_domain *domain, const struct found *found)
{
	int ret = nacc_take(domain, found->mm);

	if (!ret) {
		nacc_count(NACC_COUNT_ENTERED, 1);
		nacc_event_task(NACC_EVENT_JOIN, domain, found->task, 0);
	} else if (ret != -EEXIST && ret != -ECANCELED) {
		nacc_kill_unprotected(domain, found->task, ret);
	}
	return !ret;
}

/* Return: whether there is something new for the keeper. */
static bool sweep_sleepers(struct nacc_domain *domain)
{
	struct pass pass = { .domain = domain, .tries = true };
	bool joined = false;
	unsigned int i;

	/*
	 * Who is being let go is not waited for, and whoever cannot be protected is not
	 * ended as long as the mark may fail for it.
	 */
	if (READ_ONCE(domain->leaving) || !READ_ONCE(domain->announced))
		return false;
	WRITE_ONCE(domain->sweep, false);
	/* Pairs with the probes: what they have seen before is found. */
	smp_mb();
	look(&pass);
	for (i = 0; i < pass.nr; i++)
		joined |= join_sleeper(domain, &pass.found[i]);
	let_go(&pass);
	if ((pass.left || pass.nr == BATCH) && !READ_ONCE(domain->gone))
		WRITE_ONCE(domain->sweep, true);
	return joined;
}

static struct workqueue_struct *sweepers;

/*
 * Not the keeper itself: who joins may wait for it. And one for each domain: between
 * the look at a lock and its use somebody in there may take it, and hold it for as long
 * as his server of files likes.
 */
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
