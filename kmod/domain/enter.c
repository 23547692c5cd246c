// SPDX-License-Identifier: GPL-2.0
/*
 * Who enters a cgroup that is a domain is protected before it next runs in user mode.
 *
 * Tracepoints tell of each way in: cgroup_attach_task (a write to cgroup.procs or
 * cgroup.threads), sched_process_fork (a child that begins in it: of one that is in it,
 * or by CLONE_INTO_CGROUP) and sched_process_exec (a new program of one that is in it
 * and had not to be protected: a vfork child). Each task gets a task work, which runs in
 * it on its way to user mode, where it may sleep, and moves the tables. Threads share
 * them, so each of them gets one: whichever comes first does it.
 *
 * A vfork child runs on its parent's address space, which may belong to somebody who is
 * not in the cgroup: it is let be until it executes something. If the parent is
 * killed meanwhile it goes on alone: the sweep (sweep.c) looks for that.
 *
 * A record is free, ended without a use (its domain is put by the keeper, since that may
 * sleep), or queued as a task work and in no list. What keeps alive what it names: the
 * domain a reference; the task is there, as it runs its work, or gives it back, before
 * it ends.
 */
#include <linux/cgroup.h>
#include <linux/kprobes.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/task_work.h>

#include "domain/internal.h"

/*
 * Tasks that can be on their way at once, those that sleep included until the keeper
 * comes. More are killed.
 */
#define RECORDS		4096

/**
 * struct entry - a task on its way to be protected
 * @work: task work of the task
 * @task: that task; only compared, or under list_lock
 * @domain: the domain to join, by a reference
 * @next: next record of the list it is in, under list_lock
 */
struct entry {
	struct callback_head work;
	struct task_struct *task;
	struct nacc_domain *domain;
	struct entry *next;
};

static DEFINE_RAW_SPINLOCK(list_lock);
static struct entry *free_list;		/* under list_lock */
static struct entry *ended_list;	/* under list_lock */
static unsigned int nr_free;		/* changed under list_lock */
static struct entry *records;

static struct entry *entry_get(void)
{
	unsigned long flags;
	struct entry *e;

	raw_spin_lock_irqsave(&list_lock, flags);
	e = free_list;
	if (e) {
		free_list = e->next;
		WRITE_ONCE(nr_free, nr_free - 1);
	}
	raw_spin_unlock_irqrestore(&list_lock, flags);
	return e;
}

static void entry_put(struct entry *e)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&list_lock, flags);
	e->task = NULL;
	e->domain = NULL;
	e->next = free_list;
	free_list = e;
	WRITE_ONCE(nr_free, nr_free + 1);
	raw_spin_unlock_irqrestore(&list_lock, flags);
}

static void entry_end(struct entry *e)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&list_lock, flags);
	/* Whoever has ended may be gone before his record is. */
	e->task = NULL;
	e->next = ended_list;
	ended_list = e;
	raw_spin_unlock_irqrestore(&list_lock, flags);
}

/* Does the current task run on the address space of a parent that waits for it? */
static bool is_vfork_child(void)
{
	bool is;

	if (!READ_ONCE(current->vfork_done))
		return false;
	rcu_read_lock();
	is = READ_ONCE(rcu_dereference(current->real_parent)->mm) == current->mm;
	rcu_read_unlock();
	return is;
}

static int enter(struct nacc_domain *domain)
{
	struct mm_struct *mm = current->mm;
	int ret;

	if (!mm || current->flags & PF_EXITING || nacc_mm_settled(mm))
		return 0;
	if (is_vfork_child()) {
		WRITE_ONCE(domain->sweep, true);
		nacc_kick_soon();
		return 0;
	}
	ret = nacc_take(domain, mm);
	if (ret)
		return ret;
	nacc_count(NACC_COUNT_ENTERED, 1);
	nacc_event_task(NACC_EVENT_JOIN, domain, current, 0);
	return 0;
}

static void enter_work(struct callback_head *work)
{
	struct entry *e = container_of(work, struct entry, work);
	struct nacc_domain *domain = e->domain;
	int ret = enter(domain);

	/* Not an error: the domain was unmarked meanwhile, or another thread was first. */
	if (ret && ret != -ECANCELED && ret != -EEXIST)
		nacc_kill_unprotected(domain, ret);
	/* First the record: what it names must be there as long as it does. */
	entry_put(e);
	nacc_domain_put(domain);
}

static void entry_queue(struct entry *e, struct task_struct *task,
			struct nacc_domain *domain)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&list_lock, flags);
	e->task = task;
	e->domain = domain;
	raw_spin_unlock_irqrestore(&list_lock, flags);
	init_task_work(&e->work, enter_work);
	/* Fails only for a task that exits: it has no way to user mode. */
	if (task_work_add(task, &e->work, TWA_RESUME))
		entry_end(e);
}

/* What is to become of a task that has entered */
enum reception { LET_BE, WILL_JOIN, KILLED };

/*
 * A task is in a cgroup, and may not have been a moment ago. It is there, and in the
 * kernel, or is interrupted. If it sleeps, as only one that is attached can, it is swept.
 */
static enum reception expect(struct task_struct *task, bool sleeps)
{
	struct nacc_domain *domain;
	struct entry *e;

	/* These never run in user mode. */
	if (task->flags & (PF_KTHREAD | PF_USER_WORKER | PF_EXITING) ||
	    !nacc_cgroup_holds(task))
		return LET_BE;
	e = entry_get();
	if (!e) {
		nacc_doom(task);
		return KILLED;
	}
	domain = nacc_cgroup_domain(task);
	if (!domain) {
		entry_put(e);
		return LET_BE;
	}
	if (sleeps)
		WRITE_ONCE(domain->sweep, true);
	entry_queue(e, task, domain);
	return WILL_JOIN;
}

NOKPROBE_SYMBOL(expect);

/*
 * Who sleeps is protected without waiting for him, and his record taken back.
 *
 * Return: whether the other threads are to be looked at as well.
 */
static bool attach_one(struct task_struct *task)
{
	enum reception reception = LET_BE;

	if (!nacc_task_settled(task))
		reception = expect(task, true);
	if (reception == WILL_JOIN)
		nacc_kick_soon();
	/* They are killed with it. */
	return reception != KILLED;
}

/* Context: as the others without preemption; this one has interrupts off as well. */
static void probe_attach(void *data, struct cgroup *to, const char *path,
			 struct task_struct *leader, bool threadgroup)
{
	struct task_struct *thread;

	if (!nacc_cgroups())
		return;
	rcu_read_lock();
	if (!threadgroup)
		attach_one(leader);
	else
		for_each_thread(leader, thread)
			if (!attach_one(thread))
				break;
	rcu_read_unlock();
}

NOKPROBE_SYMBOL(probe_attach);

static void probe_fork(void *data, struct task_struct *parent,
		       struct task_struct *child)
{
	if (!nacc_cgroups() || !child->mm || nacc_mm_settled(child->mm))
		return;
	/* A child of a marked process is in its domain: see inherit.c. */
	if (child->mm == current->mm || !nacc_mm_settled(current->mm))
		expect(child, false);
}

NOKPROBE_SYMBOL(probe_fork);

static void probe_exec(void *data, struct task_struct *task, pid_t old_pid,
		       struct linux_binprm *bprm)
{
	if (nacc_cgroups() && !nacc_mm_settled(current->mm))
		expect(current, false);
}

NOKPROBE_SYMBOL(probe_exec);

static struct nacc_probe probes[] = {
	{ "cgroup_attach_task", probe_attach },
	{ "sched_process_fork", probe_fork },
	{ "sched_process_exec", probe_exec },
};

/* Fate of a record whose task has not come yet */
enum fate { WAITS, NEEDLESS, DOOMED };

static enum fate fate_of(const struct entry *e)
{
	lockdep_assert_held(&list_lock);
	if (!e->task)
		return WAITS;
	if (READ_ONCE(e->domain->gone) || nacc_task_settled(e->task))
		return NEEDLESS;
	return READ_ONCE(e->domain->condemned) ? DOOMED : WAITS;
}

static void look_at(struct entry *e)
{
	struct callback_head *work = NULL;
	struct task_struct *task = NULL;
	enum fate fate;

	raw_spin_lock_irq(&list_lock);
	fate = fate_of(e);
	if (fate != WAITS)
		task = get_task_struct(e->task);
	raw_spin_unlock_irq(&list_lock);
	if (fate == WAITS)
		return;
	if (fate == DOOMED)
		send_sig(SIGKILL, task, 1);
	else if (nacc_ksym.task_work_cancel_func)
		work = nacc_ksym.task_work_cancel_func(task, enter_work);
	/* Of those of a task any: the others are looked at in their turn. */
	if (work)
		entry_end(container_of(work, struct entry, work));
	put_task_struct(task);
}

static struct entry *take_ended(void)
{
	struct entry *e;

	raw_spin_lock_irq(&list_lock);
	e = ended_list;
	if (e)
		ended_list = e->next;
	raw_spin_unlock_irq(&list_lock);
	return e;
}

/**
 * nacc_enter_clean() - take back records that nobody needs any more
 *
 * A thread that sleeps would keep its record for as long, though another one has
 * moved the tables.
 *
 * Context: may sleep; the keeper only.
 */
void nacc_enter_clean(void)
{
	struct entry *e;
	unsigned int i;

	for (i = 0; i < RECORDS && READ_ONCE(nr_free) != RECORDS; i++)
		look_at(&records[i]);
	while ((e = take_ended())) {
		struct nacc_domain *domain = e->domain;

		entry_put(e);
		nacc_domain_put(domain);
	}
}

/**
 * nacc_enter_init() - watch who enters a cgroup
 *
 * Context: module load, may sleep.
 * Return: 0, -ENOENT after one sentence, -ENOMEM.
 */
int __init nacc_enter_init(void)
{
	unsigned int i;
	int ret;

	records = kvcalloc(RECORDS, sizeof(*records), GFP_KERNEL);
	if (!records)
		return -ENOMEM;
	for (i = 0; i < RECORDS; i++)
		entry_put(&records[i]);
	ret = nacc_probes_register(probes, ARRAY_SIZE(probes),
				   "who enters a cgroup would not be seen");
	if (ret)
		kvfree(records);
	return ret;
}

/**
 * nacc_enter_exit() - stop watching; nobody is on his way
 */
void nacc_enter_exit(void)
{
	nacc_probes_unregister(probes, ARRAY_SIZE(probes));
	/* A task work may still be in its last instructions. */
	synchronize_rcu_tasks();
	kvfree(records);
}

#ifdef NACC_KUNIT
#include "enter_test.c"
#endif
