// SPDX-License-Identifier: GPL-2.0
/*
 * Inheritance: children and new programs of a marked process are protected
 * before their first instruction in user mode.
 *
 * Two tracepoints of the scheduler see every new address space of a marked
 * process: sched_process_fork (the child exists, has not run) and
 * sched_prepare_exec (the old mm is still there). They only queue a task work;
 * it runs in the task itself on its way to user mode, where it may sleep, and
 * promotes the new mm. A task that cannot be protected is killed there.
 */
#include <linux/binfmts.h>
#include <linux/kprobes.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/task_work.h>
#include <linux/tracepoint.h>

#include "nacc.h"

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
 * @domain: the domain to join, by a reference
 * @next: next free record, under free_lock
 * @counter: what to count
 */
struct inherit {
	struct callback_head work;
	struct nacc_domain *domain;
	struct inherit *next;
	enum nacc_count counter;
};

static DEFINE_RAW_SPINLOCK(free_lock);
static struct inherit *free_list;	/* under free_lock */
static unsigned int nr_free;		/* written under free_lock */
static struct inherit *records;

/**
 * struct probe - a tracepoint and what is called there
 * @name: name of the tracepoint
 * @fn: the probe
 * @tp: the tracepoint, once found
 */
struct probe {
	const char *name;
	void *fn;
	struct tracepoint *tp;
};

static struct inherit *record_get(void)
{
	struct inherit *r;
	unsigned long flags;

	raw_spin_lock_irqsave(&free_lock, flags);
	r = free_list;
	if (r) {
		free_list = r->next;
		WRITE_ONCE(nr_free, nr_free - 1);
	}
	raw_spin_unlock_irqrestore(&free_lock, flags);
	return r;
}

static void record_put(struct inherit *r)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&free_lock, flags);
	r->next = free_list;
	free_list = r;
	WRITE_ONCE(nr_free, nr_free + 1);
	raw_spin_unlock_irqrestore(&free_lock, flags);
}

/**
 * nacc_inherit_room() - can another child be let in?
 *
 * Context: any.
 */
bool nacc_inherit_room(void)
{
	return READ_ONCE(nr_free) > INHERIT_RESERVE;
}

static void kill_unprotected(int error)
{
	nacc_count(NACC_COUNT_KILLED, 1);
	pr_warn_ratelimited("%s[%d] cannot be protected (error %d): killed\n",
			    current->comm, task_pid_nr(current), error);
	send_sig(SIGKILL, current, 1);
}

static void inherit_work(struct callback_head *work)
{
	struct inherit *r = container_of(work, struct inherit, work);
	struct mm_struct *mm = current->mm;
	int ret = 0;

	if (mm && !(current->flags & PF_EXITING) && !nacc_mm_marked(mm))
		ret = nacc_join(r->domain, mm);
	else
		mm = NULL;
	/* The domain was unmarked meanwhile: so is what it would have become. */
	if (ret && ret != -ECANCELED)
		kill_unprotected(ret);
	else if (mm && !ret)
		nacc_count(r->counter, 1);
	nacc_domain_put(r->domain);
	record_put(r);
}

static void queue_inherit(struct task_struct *task, struct mm_struct *mm,
			  enum nacc_count counter)
{
	struct nacc_domain *domain = nacc_domain_get_by_mm(mm);
	struct inherit *r;

	if (!domain)
		return;
	r = record_get();
	if (r) {
		r->domain = domain;
		r->counter = counter;
		init_task_work(&r->work, inherit_work);
		if (!task_work_add(task, &r->work, TWA_RESUME))
			return;
		record_put(r);
	}
	/* No record, or the task is exiting: it must not reach user mode. */
	send_sig(SIGKILL, task, 1);
	/* Cannot be the last: the mm holds one and is alive. */
	refcount_dec(&domain->ref);
}

static void probe_fork(void *data, struct task_struct *parent,
		       struct task_struct *child)
{
	if (nacc_mm_marked(current->mm) && child->mm &&
	    child->mm != current->mm)
		queue_inherit(child, current->mm, NACC_COUNT_INHERITED_FORK);
}
NOKPROBE_SYMBOL(probe_fork);

static void probe_prepare_exec(void *data, struct task_struct *task,
			       struct linux_binprm *bprm)
{
	if (nacc_mm_marked(current->mm))
		queue_inherit(current, current->mm, NACC_COUNT_INHERITED_EXEC);
}
NOKPROBE_SYMBOL(probe_prepare_exec);

static struct probe probes[] = {
	{ "sched_process_fork", probe_fork },
	{ "sched_prepare_exec", probe_prepare_exec },
};

static void find_tracepoint(struct tracepoint *tp, void *priv)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (!strcmp(tp->name, probes[i].name))
			probes[i].tp = tp;
}

static void unregister_probes(unsigned int n)
{
	while (n--)
		tracepoint_probe_unregister(probes[n].tp, probes[n].fn, NULL);
	tracepoint_synchronize_unregister();
}

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
	for_each_kernel_tracepoint(find_tracepoint, NULL);
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		ret = -ENOENT;
		if (probes[i].tp)
			ret = tracepoint_probe_register(probes[i].tp,
							probes[i].fn, NULL);
		if (ret) {
			pr_err("this kernel has no usable tracepoint %s: marks could not be inherited\n",
			       probes[i].name);
			unregister_probes(i);
			kvfree(records);
			return ret;
		}
	}
	return 0;
}

/**
 * nacc_inherit_exit() - stop watching; no inheritance is under way
 */
void nacc_inherit_exit(void)
{
	unregister_probes(ARRAY_SIZE(probes));
	/* A task work may still be in its last instructions. */
	synchronize_rcu_tasks();
	kvfree(records);
}
