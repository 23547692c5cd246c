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
 * Of a process in a threaded cgroup all threads get one, also those that are in none.
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
 * comes. The last half of them is shared evenly by the cgroups that are domains and one
 * that is to come; more are killed. What is in use of it when there are more of them cannot
 * be taken back: what is left is shared by those who have none.
 */
#define RECORDS		8192

/**
 * struct entry - a task on its way to be protected
 * @work: task work of the task
 * @task: that task; only compared, or under list_lock
 * @domain: the domain to join, by a reference once it is queued
 * @next: next record of the list it is in, under list_lock
 * @reserved: it is of the last half; under list_lock
 */
struct entry {
	struct callback_head work;
	struct task_struct *task;
	struct nacc_domain *domain;
	struct entry *next;
	bool reserved;
};

static DEFINE_RAW_SPINLOCK(list_lock);
static struct entry *free_list;		/* under list_lock */
static struct entry *ended_list;	/* under list_lock */
static unsigned int nr_free;		/* changed under list_lock */
static unsigned int nr_holders;		/* domains with a reserved one; under list_lock */
static struct entry *records;

/* One of the last half. As long as there are others nobody is told that he has too many. */
static bool may_have_reserved(const struct nacc_domain *domain, unsigned int cgroups)
{
	const bool has = domain->reserved;
	const int without = max((int)(cgroups - nr_holders) + has, 0) + 1;

	return domain->entering < RECORDS / 2 / (cgroups + 1) &&
	       domain->reserved < (nr_free + domain->reserved) / without;
}

NOKPROBE_SYMBOL(may_have_reserved);

static void entry_give(struct entry *e, struct nacc_domain *domain, bool reserved)
{
	free_list = e->next;
	WRITE_ONCE(nr_free, nr_free - 1);
	e->domain = domain;
	domain->entering++;
	e->reserved = reserved;
	if (reserved && !domain->reserved++)
		nr_holders++;
}

NOKPROBE_SYMBOL(entry_give);

/* The domain stays meanwhile. */
static struct entry *entry_get(struct nacc_domain *domain, unsigned int cgroups)
{
	struct entry *e = NULL;
	unsigned long flags;
	bool reserved;

	raw_spin_lock_irqsave(&list_lock, flags);
	reserved = nr_free <= RECORDS / 2;
	if (!reserved || may_have_reserved(domain, cgroups))
		e = free_list;
	if (e)
		entry_give(e, domain, reserved);
	raw_spin_unlock_irqrestore(&list_lock, flags);
	return e;
}

static void entry_take_back(struct entry *e)
{
	struct nacc_domain *domain = e->domain;

	if (!domain)
		return;
	domain->entering--;
	if (e->reserved && !--domain->reserved)
		nr_holders--;
	e->domain = NULL;
}

static void entry_put(struct entry *e)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&list_lock, flags);
	e->task = NULL;
	entry_take_back(e);
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

static int enter(struct nacc_domain *domain)
{
	struct mm_struct *mm = current->mm;
	int ret;

	if (!mm || current->flags & PF_EXITING || nacc_mm_settled(mm))
		return 0;
	if (nacc_borrows(current, mm)) {
		WRITE_ONCE(domain->sweep, true);
		nacc_kick_soon();
		return 0;
	}
	ret = nacc_take(domain, mm);
	if (ret)
		return ret;
	nacc_count(NACC_COUNT_ENTERED, 1);
	nacc_event_join(domain, current);
	return 0;
}

static void enter_work(struct callback_head *work)
{
	struct entry *e = container_of(work, struct entry, work);
	struct nacc_domain *domain = e->domain;
	int ret = enter(domain);

	if (ret == -ECANCELED)
		ret = nacc_join_next(domain, enter);
	/* Not an error: there is no domain any more, or another thread was first. */
	if (ret && ret != -ECANCELED && ret != -EEXIST)
		nacc_kill_unprotected(domain, current, ret);
	/* First the record: what it names must be there as long as it does. */
	entry_put(e);
	nacc_domain_put(domain);
}

static void entry_queue(struct entry *e, struct task_struct *task)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&list_lock, flags);
	e->task = task;
	raw_spin_unlock_irqrestore(&list_lock, flags);
	init_task_work(&e->work, enter_work);
	/* Fails only for a task that exits: it has no way to user mode. */
	if (task_work_add(task, &e->work, TWA_RESUME))
		entry_end(e);
}

NOKPROBE_SYMBOL(entry_queue);

/* What is to become of a task that has entered */
enum reception { LET_BE, WILL_JOIN, KILLED };

/*
 * A task is in a cgroup, and may not have been a moment ago. It is there, and in the
 * kernel, or is interrupted; or it sleeps.
 *
 * Context: under RCU, or with preemption off: the domain stays.
 */
static enum reception expect(struct task_struct *task, struct nacc_domain *domain)
{
	struct entry *e;

	/* These never run in user mode. */
	if (task->flags & (PF_KTHREAD | PF_USER_WORKER | PF_EXITING))
		return LET_BE;
	e = entry_get(domain, nacc_cgroups());
	if (!e) {
		nacc_doom(task);
		return KILLED;
	}
	if (!nacc_domain_tryget(domain)) {
		entry_put(e);
		return LET_BE;
	}
	entry_queue(e, task);
	return WILL_JOIN;
}

NOKPROBE_SYMBOL(expect);

/*
 * Threads have their tables in common: that one of them is in the cgroup is enough,
 * and none of them gets to user mode before. Who sleeps is protected without waiting
 * for him, and his record taken back.
 *
 * Context: under RCU.
 */
static void expect_threads(struct task_struct *task, struct nacc_domain *of_one)
{
	struct task_struct *thread;

	for_each_thread(task, thread) {
		struct nacc_domain *domain = of_one ?: nacc_cgroup_find(thread, NULL);

		if (!domain || nacc_task_settled(thread))
			continue;
		WRITE_ONCE(domain->sweep, true);
		nacc_kick_soon();
		/* The others are killed with it. */
		if (expect(thread, domain) == KILLED)
			return;
	}
}

NOKPROBE_SYMBOL(expect_threads);

/*
 * Of a process that is moved a leader that has exited is not: each thread is asked.
 *
 * Context: as the others without preemption; this one has interrupts off as well.
 */
static void probe_attach(void *data, struct cgroup *to, const char *path,
			 struct task_struct *task, bool threadgroup)
{
	struct nacc_domain *domain;

	if (!nacc_cgroups())
		return;
	rcu_read_lock();
	domain = threadgroup ? NULL : nacc_cgroup_find(task, NULL);
	if (threadgroup || domain)
		expect_threads(task, domain);
	rcu_read_unlock();
}

NOKPROBE_SYMBOL(probe_attach);

/*
 * The other probe of this fork may have been before its maker was marked, or find the domain
 * gone when it gets there: it is not the only one to see it.
 *
 * Context: under RCU.
 */
static void look_again(struct task_struct *child)
{
	struct nacc_domain *domain = nacc_cgroup_find(child, NULL);

	if (!domain)
		return;
	WRITE_ONCE(domain->sweep, true);
	nacc_kick_soon();
}

NOKPROBE_SYMBOL(look_again);

static void probe_fork(void *data, struct task_struct *parent,
		       struct task_struct *child)
{
	struct nacc_domain *domain;

	if (!nacc_cgroups() || !child->mm || nacc_mm_settled(child->mm))
		return;
	rcu_read_lock();
	/* A child of a marked process is in its domain: see inherit.c. */
	if (child->mm != current->mm && nacc_mm_settled(current->mm)) {
		look_again(child);
		rcu_read_unlock();
		return;
	}
	/* Outside, another one of its process may just have been moved in. */
	domain = child->signal == current->signal ? nacc_cgroup_find_any(child, NULL) :
						    nacc_cgroup_find(child, NULL);
	/* Where its maker is in it as well, his siblings know, or are swept. */
	if (domain && child->signal == current->signal &&
	    nacc_cgroup_find(current, NULL) != domain)
		expect_threads(child, domain);
	else if (domain)
		expect(child, domain);
	rcu_read_unlock();
}

NOKPROBE_SYMBOL(probe_fork);

static void probe_exec(void *data, struct task_struct *task, pid_t old_pid,
		       struct linux_binprm *bprm)
{
	struct nacc_domain *domain;

	if (!nacc_cgroups() || nacc_mm_settled(current->mm))
		return;
	rcu_read_lock();
	domain = nacc_cgroup_find(current, NULL);
	if (domain)
		expect(current, domain);
	rcu_read_unlock();
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
	if (nacc_task_settled(e->task))
		return NEEDLESS;
	/* The cgroup may be in that of another one, which he joins instead. */
	if (READ_ONCE(e->domain->gone))
		return nacc_cgroup_find_any(e->task, e->domain) ? WAITS : NEEDLESS;
	return READ_ONCE(e->domain->condemned) ? DOOMED : WAITS;
}

static void look_at(struct entry *e)
{
	struct callback_head *work = NULL;
	struct task_struct *task = NULL;
	enum fate fate;

	rcu_read_lock();
	raw_spin_lock_irq(&list_lock);
	fate = fate_of(e);
	if (fate != WAITS)
		task = get_task_struct(e->task);
	raw_spin_unlock_irq(&list_lock);
	rcu_read_unlock();
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

	for (i = 0; i < RECORDS && READ_ONCE(nr_free) != RECORDS; i++) {
		/* One that is taken just now has somebody who comes. */
		if (READ_ONCE(records[i].task))
			look_at(&records[i]);
		cond_resched();
	}
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
