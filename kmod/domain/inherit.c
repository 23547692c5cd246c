// SPDX-License-Identifier: GPL-2.0
/*
 * Inheritance, the last resort: children and new programs of a marked process are
 * protected before their first instruction in user mode, also those that neither began
 * in the pool nor were moved there by their maker (routes/birth.c).
 *
 * Tracepoints of the scheduler see every new address space of a marked process:
 * sched_process_fork (the child exists, has not run) and the pair
 * sched_prepare_exec (the old mm is still there) and sched_process_exec (the new
 * one is). They only queue a task work; it runs in the task itself on its way to
 * user mode, where it may sleep, and promotes the new mm. A task that cannot be
 * protected is killed there.
 *
 * The work of an exec must not be queued before the new mm is there: exec may
 * run task works in between (io_uring_task_cancel()), and it would be spent on
 * the old one. An exec that fails between the two is fatal to the task, so
 * sched_process_exit ends its record.
 */
#include <linux/binfmts.h>
#include <linux/kprobes.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/task_work.h>
#include <linux/workqueue.h>

#include "domain/internal.h"

/*
 * Inheritances that can be under way at once. Probes must not allocate, so the
 * records come from a fixed store; fork(2) of a marked process fails with
 * -EAGAIN before the store runs dry (exhaust.c).
 */
#define INHERIT_RECORDS		1024
#define INHERIT_RESERVE		64

/**
 * struct inherit - a new address space on its way to be marked
 * @work: task work of the task that owns the address space
 * @task: that task; only compared
 * @domain: the domain to join, by a reference
 * @next: next record of the list it is in, under list_lock
 * @counter: what to count
 */
struct inherit {
	struct callback_head work;
	struct task_struct *task;
	struct nacc_domain *domain;
	struct inherit *next;
	enum nacc_count counter;
};

/*
 * A record is free, in an exec, ended without a use (its domain is put by the
 * keeper, since that may sleep), or queued as a task work and in no list.
 */
static DEFINE_RAW_SPINLOCK(list_lock);
static struct inherit *free_list;	/* under list_lock */
static struct inherit *exec_list;	/* changed under list_lock */
static struct inherit *ended_list;	/* changed under list_lock */
static unsigned int nr_free;		/* changed under list_lock */
static struct inherit *records;

static void push(struct inherit **list, struct inherit *r)
{
	lockdep_assert_held(&list_lock);
	r->next = *list;
	WRITE_ONCE(*list, r);
}

static struct inherit *record_get(void)
{
	struct inherit *r;
	unsigned long flags;

	raw_spin_lock_irqsave(&list_lock, flags);
	r = free_list;
	if (r) {
		free_list = r->next;
		WRITE_ONCE(nr_free, nr_free - 1);
	}
	raw_spin_unlock_irqrestore(&list_lock, flags);
	return r;
}

static void record_put(struct inherit *r)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&list_lock, flags);
	r->domain = NULL;
	push(&free_list, r);
	WRITE_ONCE(nr_free, nr_free + 1);
	raw_spin_unlock_irqrestore(&list_lock, flags);
}

static void record_move(struct inherit **list, struct inherit *r)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&list_lock, flags);
	/* Whoever has ended may be gone before his record is. */
	if (list == &ended_list)
		r->task = NULL;
	push(list, r);
	raw_spin_unlock_irqrestore(&list_lock, flags);
}

/* Take the record of the current task's exec off the list. */
static struct inherit *take_exec_record(void)
{
	struct inherit **at, *r = NULL;
	unsigned long flags;

	if (!READ_ONCE(exec_list))
		return NULL;
	raw_spin_lock_irqsave(&list_lock, flags);
	for (at = &exec_list; *at && (*at)->task != current; at = &(*at)->next)
		;
	r = *at;
	if (r)
		WRITE_ONCE(*at, r->next);
	raw_spin_unlock_irqrestore(&list_lock, flags);
	return r;
}

/**
 * nacc_inherit_clean() - put the domains of records that were not used
 *
 * Context: may sleep; the keeper only.
 */
void nacc_inherit_clean(void)
{
	struct inherit *r, *next;

	raw_spin_lock_irq(&list_lock);
	r = ended_list;
	WRITE_ONCE(ended_list, NULL);
	raw_spin_unlock_irq(&list_lock);
	for (; r; r = next) {
		struct nacc_domain *domain = r->domain;

		next = r->next;
		record_put(r);
		nacc_domain_put(domain);
	}
}

/* A task of a domain that is on its way to join it: with a reference, or NULL. */
static struct task_struct *joiner(const struct nacc_domain *domain, unsigned int i)
{
	struct task_struct *task = NULL;

	raw_spin_lock_irq(&list_lock);
	/* It gives its record back itself, so it is still there. */
	if (records[i].domain == domain && records[i].task)
		task = get_task_struct(records[i].task);
	raw_spin_unlock_irq(&list_lock);
	return task;
}

/**
 * nacc_inherit_kill() - kill the tasks that are on their way to join a domain
 * @domain: the domain, condemned
 *
 * They would be killed when they get there. But a child may wait on its way, for
 * as long as whoever handles its faults likes.
 *
 * Context: may sleep.
 */
void nacc_inherit_kill(const struct nacc_domain *domain)
{
	struct task_struct *task;
	unsigned int i;

	for (i = 0; i < INHERIT_RECORDS; i++) {
		task = joiner(domain, i);
		if (!task)
			continue;
		send_sig(SIGKILL, task, 1);
		put_task_struct(task);
	}
}

/**
 * nacc_inherit_room() - can another child be let in?
 *
 * Context: any, probes included.
 */
bool notrace nacc_inherit_room(void)
{
	return READ_ONCE(nr_free) > INHERIT_RESERVE;
}

NOKPROBE_SYMBOL(nacc_inherit_room);

static int join(struct nacc_domain *domain)
{
	return nacc_take(domain, current->mm);
}

/* Is it marked, and not just as everything is while it is to be in a domain of its own? */
static bool is_in_place(const struct nacc_domain *domain, const struct mm_struct *mm)
{
	return nacc_mm_marked(mm) && (domain->system || nacc_mm_settled(mm));
}

static void inherit_work(struct callback_head *work)
{
	struct inherit *r = container_of(work, struct inherit, work);
	struct nacc_domain *domain = r->domain;
	struct mm_struct *mm = current->mm;
	int ret = 0;

	if (mm && !(current->flags & PF_EXITING) && !is_in_place(domain, mm))
		ret = join(domain);
	else
		mm = NULL;
	if (ret == -ECANCELED)
		ret = nacc_join_next(domain, join);
	if (mm && !ret)
		nacc_count(r->counter, 1);
	/*
	 * Not an error: the domain was unmarked meanwhile, and so is what would
	 * have joined it; or someone has marked the new process already.
	 */
	else if (ret && ret != -ECANCELED && ret != -EEXIST)
		nacc_kill_unprotected(domain, current, ret);
	/* First the record: what it names must be there as long as it does. */
	record_put(r);
	nacc_domain_put(domain);
}

static struct inherit *record_begin(struct task_struct *task,
				    struct mm_struct *mm,
				    enum nacc_count counter)
{
	struct inherit *r = record_get();
	struct nacc_domain *domain;
	unsigned long flags;

	if (!r) {
		nacc_doom(task);
		return NULL;
	}
	domain = nacc_maker(mm);
	if (!domain) {
		record_put(r);
		return NULL;
	}
	r->counter = counter;
	raw_spin_lock_irqsave(&list_lock, flags);
	r->task = task;
	r->domain = domain;
	raw_spin_unlock_irqrestore(&list_lock, flags);
	return r;
}

static void record_queue(struct inherit *r)
{
	init_task_work(&r->work, inherit_work);
	/* Fails only for a task that exits: it has no way to user mode. */
	if (task_work_add(r->task, &r->work, TWA_RESUME))
		record_move(&ended_list, r);
}

/**
 * nacc_inherit_done() - a child has been marked before it runs: no more is to be done
 * @task: the child
 *
 * A child that is held on its way to user mode must not keep a record for so long.
 *
 * Context: may sleep.
 */
void nacc_inherit_done(struct task_struct *task)
{
	struct callback_head *work = NULL;
	struct nacc_domain *domain;
	struct inherit *r;

	if (nacc_ksym.task_work_cancel_func)
		work = nacc_ksym.task_work_cancel_func(task, inherit_work);
	if (!work)
		return;
	r = container_of(work, struct inherit, work);
	domain = r->domain;
	record_put(r);
	nacc_domain_put(domain);
}

static void probe_fork(void *data, struct task_struct *parent,
		       struct task_struct *child)
{
	struct inherit *r;

	nacc_thread_forked(child);
	if (!nacc_heir(NULL) || !child->mm ||
	    child->mm == current->mm || nacc_mm_marked(child->mm))
		return;
	r = record_begin(child, current->mm, NACC_COUNT_INHERITED_FORK);
	if (r)
		record_queue(r);
}

NOKPROBE_SYMBOL(probe_fork);

/*
 * The new mm was born where the old one was then, which may have been the system's
 * domain: it has been marked since.
 */
static bool notrace is_left_behind(const struct mm_struct *mm)
{
	return !nacc_mm_marked(mm) ||
	       (nacc_mm_settled(current->mm) && !nacc_mm_settled(mm));
}

NOKPROBE_SYMBOL(is_left_behind);

static void probe_prepare_exec(void *data, struct task_struct *task,
			       struct linux_binprm *bprm)
{
	struct inherit *r;

	if (!nacc_heir(bprm->file) || !is_left_behind(bprm->mm))
		return;
	r = record_begin(current, current->mm, NACC_COUNT_INHERITED_EXEC);
	if (r)
		record_move(&exec_list, r);
}

NOKPROBE_SYMBOL(probe_prepare_exec);

static void probe_exec(void *data, struct task_struct *task, pid_t old_pid,
		       struct linux_binprm *bprm)
{
	struct inherit *r = take_exec_record();

	if (r)
		record_queue(r);
}

NOKPROBE_SYMBOL(probe_exec);

static void probe_exit(void *data, struct task_struct *task)
{
	struct inherit *r = take_exec_record();

	nacc_who_exits();
	if (r)
		record_move(&ended_list, r);
}

NOKPROBE_SYMBOL(probe_exit);

static struct nacc_probe probes[] = {
	{ "sched_process_fork", probe_fork },
	{ "sched_process_exit", probe_exit },
	{ "sched_process_exec", probe_exec },
	{ "sched_prepare_exec", probe_prepare_exec },
};

/**
 * nacc_inherit_init() - watch fork and exec
 *
 * Without these probes a mark would end at the first fork, so their absence is
 * an error.
 *
 * Context: module load, may sleep.
 * Return: 0, -ENOENT after one sentence, -ENOMEM.
 */
int __init nacc_inherit_init(void)
{
	unsigned int i;
	int ret;

	records = kvcalloc(INHERIT_RECORDS, sizeof(*records), GFP_KERNEL);
	if (!records)
		return -ENOMEM;
	for (i = 0; i < INHERIT_RECORDS; i++)
		record_put(&records[i]);
	ret = nacc_probes_register(probes, ARRAY_SIZE(probes),
				   "marks could not be inherited");
	if (ret)
		kvfree(records);
	return ret;
}

/**
 * nacc_inherit_exit() - stop watching; no inheritance is under way
 */
void nacc_inherit_exit(void)
{
	nacc_probes_unregister(probes, ARRAY_SIZE(probes));
	/* A task work may still be in its last instructions. */
	synchronize_rcu_tasks();
	nacc_doom_wait();
	kvfree(records);
}

#ifdef NACC_KUNIT
#include "inherit_test.c"
#endif
