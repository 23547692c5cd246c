// SPDX-License-Identifier: GPL-2.0
/*
 * Refusals: what the firmware has on record, and whom each is about.
 *
 * The record is the firmware's, which no store can forge; its tag is the ID of the
 * domain, for ever. What only the kernel can know (names, processes, the time of day)
 * is noted here when a record is first seen, because later it may not be known any
 * more. Records from before this load of the module have no note: they are history,
 * shown and acted upon by nobody.
 */
#include <linux/mutex.h>
#include <linux/pid_namespace.h>
#include <linux/slab.h>

#include "domain/internal.h"
#include "trace.h"

/* As many as the firmware keeps records of stores, and of calls */
#define STORES	256
#define CALLS	64
#define NOTES	(STORES + CALLS)

/**
 * struct note - what is known of a record
 * @next: number of the record behind it; 0: of none
 * @refusal: the rest
 */
struct note {
	u64 next;
	struct nacc_refusal refusal;
};

static DEFINE_MUTEX(lock);
static struct note *notes;	/* stores, then calls: their content: under lock */
static u64 noted[2];		/* notes that were taken of each: under lock */
static u64 next;		/* first record not seen yet: under lock */

/**
 * nacc_refusals_init() - make room; what is on record now is history
 *
 * Return: 0 or -ENOMEM.
 */
int __init nacc_refusals_init(void)
{
	notes = kvcalloc(NOTES, sizeof(*notes), GFP_KERNEL);
	if (!notes)
		return -ENOMEM;
	next = nacc_audit_first();
	if (!nacc_who_init())
		return 0;
	kvfree(notes);
	return -ENOMEM;
}

/**
 * nacc_refusals_again() - the firmware has been reset: its records are history
 *
 * Context: may sleep; nothing is marked and nothing can be.
 */
void nacc_refusals_again(void)
{
	u64 stats[NACC_STAT_MAX + NACC_REASON_MAX];

	nacc_sbi_stats(stats);
	mutex_lock(&lock);
	memset(notes, 0, NOTES * sizeof(*notes));
	memset(noted, 0, sizeof(noted));
	next = stats[NACC_STAT_AUDIT_NEXT];
	mutex_unlock(&lock);
}

/**
 * nacc_refusals_exit() - undo nacc_refusals_init()
 */
void nacc_refusals_exit(void)
{
	nacc_who_exit();
	kvfree(notes);
}

static void find_owner(const struct nacc_sbi_audit *audit,
		       struct nacc_refusal *refusal)
{
	struct nacc_domain *domain = NULL;
	struct nacc_mm *entry;

	refusal->domain = audit->tag;
	mutex_lock(&nacc_domain_lock);
	entry = nacc_mm_of(audit);
	if (entry) {
		refusal->domain = entry->domain->id;
		nacc_who_uses(entry->mm, &init_pid_ns, &refusal->owner);
	}
	if (refusal->domain && refusal->domain <= U32_MAX)
		domain = nacc_domain_find(refusal->domain);
	if (domain)
		strscpy(refusal->name, domain->name);
	mutex_unlock(&nacc_domain_lock);
	if (domain)
		nacc_domain_put(domain);
}

/* The one that the firmware has dropped by now, of the same kind, makes room. */
static struct note *oldest(const struct nacc_sbi_audit *audit)
{
	if (audit->flags & NACC_AUDIT_CALL)
		return &notes[STORES + noted[1]++ % CALLS];
	return &notes[noted[0]++ % STORES];
}

static const struct note *find(const struct nacc_sbi_audit *audit)
{
	const struct note *note;

	for (note = notes; note < notes + NOTES; note++)
		if (note->next == audit->seq + 1)
			return note;
	return NULL;
}

/* A return to user mode: what was to be otherwise; or a system call: its number. */
static void tell_turn(const struct nacc_sbi_audit *audit,
		      const struct nacc_refusal *refusal)
{
	char what[64] = "";

	if (audit->reason == NACC_REASON_SYSCALL)
		scnprintf(what, sizeof(what), " (%llu)", audit->val);
	else if (audit->reason == NACC_REASON_CONTEXT && audit->insn)
		scnprintf(what, sizeof(what), " (x%u %#llx, not %#llx)", audit->insn,
			  audit->val, audit->old);
	else if (audit->reason == NACC_REASON_CONTEXT)
		scnprintf(what, sizeof(what), " (not %#llx)", audit->old);
	pr_warn_ratelimited("%s %s of %s[%d] at %#llx: %s%s; domain %llu (%s)\n",
			    audit->flags & NACC_AUDIT_PERFORMED ? "performed" : "refused",
			    audit->reason == NACC_REASON_SYSCALL ? "system call" : "return",
			    refusal->writer.pid ? refusal->writer.comm : "-",
			    refusal->writer.pid, audit->pc, nacc_reason_name(audit->reason),
			    what, refusal->domain, refusal->name[0] ? refusal->name : "-");
}

/* Nobody has to look for it: the kernel's log has it, and who listens to events. */
static void tell(const struct nacc_sbi_audit *audit,
		 const struct nacc_refusal *refusal)
{
	const bool performed = audit->flags & NACC_AUDIT_PERFORMED;

	if (audit->flags & NACC_AUDIT_TURN) {
		tell_turn(audit, refusal);
		return;
	}
	pr_warn_ratelimited("%s %s of %pS (%s[%d]) at %#llx: %s; domain %llu (%s)\n",
			    performed ? "performed" : "refused",
			    audit->flags & NACC_AUDIT_CALL ? "call" : "store",
			    (void *)(unsigned long)audit->pc,
			    refusal->writer.pid ? refusal->writer.comm : "-",
			    refusal->writer.pid,
			    audit->addr & nacc_physical_mask(),
			    nacc_reason_name(audit->reason), refusal->domain,
			    refusal->name[0] ? refusal->name : "-");
}

static void tell_event(const struct nacc_sbi_audit *audit,
		       const struct nacc_refusal *refusal)
{
	nacc_event_who(NACC_EVENT_REFUSE, min_t(u64, refusal->domain, U32_MAX),
		       refusal->name, &refusal->writer, audit->reason);
}

static void take_note(const struct nacc_sbi_audit *audit, void *arg)
{
	struct note *note = oldest(audit);
	struct nacc_refusal *refusal = &note->refusal;

	*note = (struct note){ .next = audit->seq + 1 };
	refusal->when = nacc_who_when(audit->time);
	find_owner(audit, refusal);
	/* In a switch the task is still the one that is left. */
	if (!(audit->flags & NACC_AUDIT_ROOT) ||
	    !nacc_roots_who(audit->addr, &refusal->writer))
		nacc_who_was(audit->task, audit->time, &refusal->writer);
	trace_nacc_refuse(audit->seq, audit->pc, audit->addr, audit->old,
			  audit->val, nacc_reason_name(audit->reason),
			  audit->tag, refusal->writer.pid,
			  refusal->writer.comm);
	tell(audit, refusal);
	tell_event(audit, refusal);
	nacc_policy_refused(audit);
}

/**
 * nacc_refusals_poll() - note, trace and act on each refusal since the last call
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int nacc_refusals_poll(void)
{
	int ret;

	mutex_lock(&lock);
	ret = nacc_audit_each(&next, take_note, NULL);
	mutex_unlock(&lock);
	return ret;
}

/**
 * struct visit - who is to be told of each record
 * @fn: called for each
 * @arg: for @fn
 */
struct visit {
	void (*fn)(const struct nacc_sbi_audit *audit,
		   const struct nacc_refusal *refusal, void *arg);
	void *arg;
};

static void visit_one(const struct nacc_sbi_audit *audit, void *arg)
{
	const struct note *note = find(audit);
	const struct visit *visit = arg;

	visit->fn(audit, note ? &note->refusal : NULL, visit->arg);
}

/**
 * nacc_refusals_each() - go through all records that are kept
 * @fn: called for each, with what is known of it; NULL: it is of an earlier load, or
 *	has not been seen by nacc_refusals_poll()
 * @arg: for @fn
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int nacc_refusals_each(void (*fn)(const struct nacc_sbi_audit *audit,
				  const struct nacc_refusal *refusal, void *arg),
		       void *arg)
{
	struct visit visit = { .fn = fn, .arg = arg };
	u64 seq = 0;
	int ret;

	mutex_lock(&lock);
	ret = nacc_audit_each(&seq, visit_one, &visit);
	mutex_unlock(&lock);
	return ret;
}
