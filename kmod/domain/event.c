// SPDX-License-Identifier: GPL-2.0
/*
 * Events: what an administrator wants to hear of without asking.
 *
 * A ring that the last events are kept in; whoever reads has a number of his own and is
 * never waited for. Who is slow loses events, and sees it by the numbers.
 */
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "domain/internal.h"
#include "trace.h"

#define EVENTS		512

static DEFINE_RAW_SPINLOCK(lock);
static struct nacc_event ring[EVENTS];	/* under lock */
static u64 next;			/* number of the next: changed under lock */
static void (*told)(void);

/**
 * nacc_events_init() - say who is to be told that there are events
 * @tell: called after each event, with any lock of this floor held; may sleep, and takes
 *	none of these
 *
 * Context: module load, before anything can be marked.
 */
void nacc_events_init(void (*tell)(void))
{
	WRITE_ONCE(told, tell);
}

static void add(struct nacc_event *event)
{
	void (*tell)(void);
	unsigned long flags;

	event->time = ktime_get_real_ns();
	raw_spin_lock_irqsave(&lock, flags);
	event->seq = next;
	ring[next % EVENTS] = *event;
	WRITE_ONCE(next, next + 1);
	raw_spin_unlock_irqrestore(&lock, flags);
	nacc_count(NACC_COUNT_EVENTS, 1);
	tell = READ_ONCE(told);
	if (tell)
		tell();
}

/**
 * nacc_event_who() - something has happened
 * @type: what
 * @id: ID of the domain, or 0
 * @name: its label
 * @who: the process, or NULL
 * @reason: see struct nacc_event
 *
 * Context: may sleep.
 */
void nacc_event_who(enum nacc_event_type type, u32 id, const char *name,
		    const struct nacc_who *who, u32 reason)
{
	struct nacc_event event = {
		.type = type,
		.domain = id,
		.reason = reason,
	};

	static_assert(NACC_COMM_LEN == TASK_COMM_LEN);
	strscpy(event.name, name);
	if (who) {
		event.pid = who->pid;
		strscpy(event.comm, who->comm);
	}
	add(&event);
}

/**
 * nacc_event_task() - something has happened to a process
 * @type: what
 * @domain: the domain, or NULL
 * @task: the process, or NULL; the caller sees to it that it is there
 * @reason: see struct nacc_event
 *
 * Context: may sleep.
 */
void nacc_event_task(enum nacc_event_type type, const struct nacc_domain *domain,
		     struct task_struct *task, u32 reason)
{
	struct nacc_who who = {};

	if (task) {
		who.pid = task_tgid_nr(task);
		get_task_comm(who.comm, task);
	}
	nacc_event_who(type, domain ? domain->id : 0, domain ? domain->name : "",
		       task ? &who : NULL, reason);
}

/**
 * nacc_event_mark() - a domain has been made
 * @domain: the domain
 * @task: its first process, or NULL: it is a cgroup
 *
 * Context: may sleep.
 */
void nacc_event_mark(struct nacc_domain *domain, struct task_struct *task)
{
	nacc_count(NACC_COUNT_MARKS, 1);
	trace_nacc_mark(domain->id, task ? task_pid_nr(task) : 0, domain->name);
	nacc_event_task(NACC_EVENT_MARK, domain, task, 0);
	/* Pairs with nacc_is_announced(): what is told then is told behind this. */
	smp_store_release(&domain->announced, true);
}

/**
 * nacc_is_announced() - has it been told that a domain was made?
 * @domain: the domain
 *
 * Until then whoever makes it may fail, and lets go whatever has joined.
 *
 * Context: any.
 */
bool nacc_is_announced(const struct nacc_domain *domain)
{
	/* Pairs with nacc_event_mark(). */
	return smp_load_acquire(&domain->announced);
}

/**
 * nacc_event_join() - a process has joined a domain
 * @domain: the domain
 * @task: the process; the caller sees to it that it is there
 *
 * Of who enters a cgroup that is just being marked nothing is told: he is a part of what
 * is told when that is done, as who was there before; and of nothing if it fails.
 *
 * Context: may sleep.
 */
void nacc_event_join(const struct nacc_domain *domain, struct task_struct *task)
{
	if (nacc_is_announced(domain))
		nacc_event_task(NACC_EVENT_JOIN, domain, task, 0);
}

/**
 * nacc_events_next() - number that the next event will have
 *
 * Context: any.
 */
u64 nacc_events_next(void)
{
	return READ_ONCE(next);
}

/**
 * nacc_events_get() - the first event from a number on that is still kept
 * @seq: in: the number; out: that of the one behind the event
 * @event: out: the event
 *
 * Context: any.
 * Return: false if there is none yet.
 */
bool nacc_events_get(u64 *seq, struct nacc_event *event)
{
	unsigned long flags;
	bool found;

	raw_spin_lock_irqsave(&lock, flags);
	if (next > EVENTS && *seq < next - EVENTS)
		*seq = next - EVENTS;
	found = *seq < next;
	if (found)
		*event = ring[(*seq)++ % EVENTS];
	raw_spin_unlock_irqrestore(&lock, flags);
	return found;
}

#ifdef NACC_KUNIT
#include "event_test.c"
#endif
