// SPDX-License-Identifier: GPL-2.0
/* Containers that are ended, with all that runs in them or is on its way in. */
#include <linux/pid_namespace.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>

#include "domain/internal.h"

static void kill_one(const struct nacc_mm *entry, struct task_struct *task, void *arg)
{
	send_sig(SIGKILL, task, 1);
}

static void domain_kill(struct nacc_domain *domain)
{
	lockdep_assert_held(&nacc_domain_lock);
	if (!domain->condemned) {
		pr_warn("domain %u (%s) is ended\n", domain->id, domain->name);
		nacc_count(NACC_COUNT_CONDEMNED, 1);
		nacc_event_task(NACC_EVENT_CONDEMN, domain, NULL, 0);
	}
	WRITE_ONCE(domain->condemned, true);
	/* No more tables: whoever tries again and again to have one gets an error. */
	WRITE_ONCE(domain->kept, NACC_ROOM_NONE);
	nacc_who_each(domain, kill_one, NULL);
	nacc_inherit_kill(domain);
}

/**
 * nacc_mm_of() - the marked mm that a record of the firmware is about
 * @audit: the record
 *
 * Its tag is the ID of the domain that the mm was born in: of the system's it may have
 * gone to another since.
 *
 * Context: under nacc_domain_lock.
 * Return: the mm, or NULL: it is not known any more.
 */
struct nacc_mm *nacc_mm_of(const struct nacc_sbi_audit *audit)
{
	struct nacc_mm *entry = nacc_mm_find(audit->root);

	/* The frame may be the root of a later one by now. */
	if (!entry || entry->since > audit->time)
		return NULL;
	return entry->tag == audit->tag ? entry : NULL;
}

/* In place of the whole system */
static void end_process(const struct nacc_mm *entry)
{
	struct nacc_who who;

	if (!nacc_who_uses(entry->mm, &init_pid_ns, &who))
		return;
	nacc_end_users(entry->mm);
	nacc_event_who(NACC_EVENT_CONDEMN, entry->domain->id, entry->domain->name,
		       &who, 0);
}

/**
 * nacc_condemn() - end the container that a refusal was about
 * @audit: the record
 *
 * Of the system's domain only its processes: the rest has nothing to do with it. A tag is
 * as wide as what the firmware has on record, which whoever makes calls of it chooses:
 * none is cut short to that of another.
 *
 * Context: may sleep.
 */
void nacc_condemn(const struct nacc_sbi_audit *audit)
{
	struct nacc_mm *entry;
	struct nacc_domain *d;

	mutex_lock(&nacc_domain_lock);
	entry = nacc_mm_of(audit);
	if (entry && entry->domain->system)
		end_process(entry);
	else if (entry)
		domain_kill(entry->domain);
	else
		list_for_each_entry(d, &nacc_domains, node)
			if (d->id == audit->tag && !d->system)
				domain_kill(d);
	mutex_unlock(&nacc_domain_lock);
}
