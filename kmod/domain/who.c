// SPDX-License-Identifier: GPL-2.0
/*
 * Who it was: the processes that a record of the firmware is about.
 *
 * A record names the task that stored by the address of its task_struct, and that
 * only says something while the task is there or has just gone: afterwards another
 * may get the same memory. So those that exit are remembered for a moment, and a
 * task that began after the store has not made it. An address is compared with those
 * of tasks that are known and never followed: whoever can make kernel code store can
 * choose it.
 */
#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/math64.h>
#include <linux/percpu.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sort.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>
#include <linux/timex.h>

#include "domain/internal.h"

/* More exits than this on one CPU between two looks of the keeper: not known. */
#define GONE_MAX	64

/**
 * struct gone - a task that has exited
 * @task: where its task_struct was
 * @begin: when it began, in ns of CLOCK_BOOTTIME
 * @end: when it exited
 * @who: what it was
 */
struct gone {
	u64 task;
	u64 begin;
	u64 end;
	struct nacc_who who;
};

/**
 * struct exits - the last tasks to exit on one CPU
 * @lock: for the rest; the probe and who looks
 * @next: number of the next in @gone
 * @gone: a ring
 */
struct exits {
	raw_spinlock_t lock;
	unsigned int next;
	struct gone gone[GONE_MAX];
};

static struct exits __percpu *exits;

/**
 * nacc_who_init() - remember who exits
 *
 * Return: 0 or -ENOMEM.
 */
int __init nacc_who_init(void)
{
	unsigned int cpu;

	exits = alloc_percpu(struct exits);
	if (!exits)
		return -ENOMEM;
	for_each_possible_cpu(cpu)
		raw_spin_lock_init(&per_cpu_ptr(exits, cpu)->lock);
	return 0;
}

/**
 * nacc_who_exit() - undo nacc_who_init(); no task calls nacc_who_exits() any more
 */
void nacc_who_exit(void)
{
	free_percpu(exits);
}

/**
 * nacc_who_exits() - the current task exits
 *
 * Context: a probe: no preemption.
 */
void nacc_who_exits(void)
{
	struct exits *e;
	unsigned long flags;
	struct gone *gone;

	if (!nacc_domain_count())
		return;
	e = this_cpu_ptr(exits);
	raw_spin_lock_irqsave(&e->lock, flags);
	gone = &e->gone[e->next++ % GONE_MAX];
	gone->task = (u64)current;
	gone->begin = current->start_boottime;
	gone->end = ktime_get_boottime_ns();
	gone->who.pid = task_tgid_nr(current);
	/* Its own name: nobody else's lock is needed to read it. */
	memcpy(gone->who.comm, current->comm, TASK_COMM_LEN);
	raw_spin_unlock_irqrestore(&e->lock, flags);
}

NOKPROBE_SYMBOL(nacc_who_exits);

/**
 * nacc_who_fill() - the process of a task
 * @who: out
 * @task: the task
 * @ns: whose number of it is asked for
 *
 * Context: under RCU.
 */
void nacc_who_fill(struct nacc_who *who, struct task_struct *task,
		   struct pid_namespace *ns)
{
	who->pid = task_tgid_nr_ns(task, ns);
	get_task_comm(who->comm, task);
}

/**
 * nacc_who_uses() - a process that runs on an address space
 * @mm: the address space
 * @ns: whose number of it is asked for
 * @who: out
 *
 * Context: may sleep.
 * Return: true if there is one.
 */
bool nacc_who_uses(const struct mm_struct *mm, struct pid_namespace *ns,
		   struct nacc_who *who)
{
	struct task_struct *process, *thread;

	rcu_read_lock();
	for_each_process_thread(process, thread) {
		if (READ_ONCE(thread->mm) != mm)
			continue;
		nacc_who_fill(who, thread, ns);
		rcu_read_unlock();
		return true;
	}
	rcu_read_unlock();
	return false;
}

/* Some marked mms, by their address: looked for among all tasks at once. */
#define SOUGHT_MAX	256
static const struct nacc_mm *sought[SOUGHT_MAX];	/* under nacc_domain_lock */

static int mm_cmp(const void *a, const void *b)
{
	const struct nacc_mm *x = *(const struct nacc_mm **)a;
	const struct nacc_mm *y = *(const struct nacc_mm **)b;

	return x->mm < y->mm ? -1 : x->mm > y->mm;
}

/* The mm of a task can go at any time: it is compared, not looked at. */
static const struct nacc_mm *find_sought(const struct mm_struct *mm, unsigned int nr)
{
	unsigned int low = 0;

	while (low < nr) {
		unsigned int i = low + (nr - low) / 2;

		if (sought[i]->mm == mm)
			return sought[i];
		if (sought[i]->mm < mm)
			low = i + 1;
		else
			nr = i;
	}
	return NULL;
}

static void visit_sought(unsigned int nr,
			 void (*fn)(const struct nacc_mm *entry,
				    struct task_struct *task, void *arg), void *arg)
{
	struct task_struct *process, *thread;
	const struct nacc_mm *entry;

	sort(sought, nr, sizeof(*sought), mm_cmp, NULL);
	rcu_read_lock();
	for_each_process_thread(process, thread) {
		entry = find_sought(READ_ONCE(thread->mm), nr);
		if (entry)
			fn(entry, thread, arg);
	}
	rcu_read_unlock();
	cond_resched();
}

/**
 * nacc_who_each() - go through the tasks that run on marked mms
 * @domain: on those of this domain only; NULL: on any
 * @fn: called for each task, under RCU
 * @arg: for @fn
 *
 * Not mm by mm: a container can have as many as it can have processes, and all who
 * fork wait meanwhile.
 *
 * Context: under nacc_domain_lock.
 */
void nacc_who_each(const struct nacc_domain *domain,
		   void (*fn)(const struct nacc_mm *entry,
			      struct task_struct *task, void *arg), void *arg)
{
	struct nacc_mm *entry;
	unsigned int nr = 0;

	lockdep_assert_held(&nacc_domain_lock);
	list_for_each_entry(entry, &nacc_mms, node) {
		if (domain && entry->domain != domain)
			continue;
		sought[nr++] = entry;
		if (nr < SOUGHT_MAX)
			continue;
		visit_sought(nr, fn, arg);
		nr = 0;
	}
	if (nr)
		visit_sought(nr, fn, arg);
}

static bool is_running(u64 task, u64 latest, struct nacc_who *who)
{
	struct task_struct *process, *thread;

	rcu_read_lock();
	for_each_process_thread(process, thread) {
		if ((u64)thread != task || thread->start_boottime > latest)
			continue;
		nacc_who_fill(who, thread, &init_pid_ns);
		rcu_read_unlock();
		return true;
	}
	rcu_read_unlock();
	return false;
}

static bool is_gone(u64 task, u64 latest, u64 when, struct nacc_who *who)
{
	bool found = false;
	unsigned int cpu, i;

	for_each_possible_cpu(cpu) {
		struct exits *e = per_cpu_ptr(exits, cpu);

		raw_spin_lock_irq(&e->lock);
		for (i = 0; i < GONE_MAX && !found; i++) {
			const struct gone *g = &e->gone[i];

			found = g->task == task && g->begin <= latest &&
				g->end >= when;
			if (found)
				*who = g->who;
		}
		raw_spin_unlock_irq(&e->lock);
		if (found)
			break;
	}
	return found;
}

/* How long ago a value of the time CSR was, in ns. */
static u64 age_of(u64 time)
{
	u64 now = get_cycles64();

	return now > time ? mul_u64_u64_div_u64(now - time, NSEC_PER_SEC,
						riscv_timebase) : 0;
}

/**
 * nacc_who_was() - the task that a hart ran
 * @task: its task_struct, by the word of the firmware
 * @time: when, in ticks of the time CSR
 * @who: out
 *
 * An interrupt handler runs on whatever task there is.
 *
 * Context: may sleep.
 * Return: true if it is known.
 */
bool nacc_who_was(u64 task, u64 time, struct nacc_who *who)
{
	u64 age = age_of(time), when = ktime_get_boottime_ns() - age;
	/* CLOCK_BOOTTIME is steered, the CSR is not: rather not known than wrong. */
	u64 slack = age >> 10;

	return task && (is_running(task, when - slack, who) ||
			is_gone(task, when - slack, when - slack, who));
}

/**
 * nacc_who_when() - wall-clock time of a value of the time CSR
 * @time: in ticks
 *
 * Context: any.
 * Return: ns since 1970.
 */
u64 nacc_who_when(u64 time)
{
	return ktime_get_real_ns() - age_of(time);
}

#ifdef NACC_KUNIT
#include "who_test.c"
#endif
