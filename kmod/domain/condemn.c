// SPDX-License-Identifier: GPL-2.0
/* Containers that are ended, with all that runs in them or is on its way in. */
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
	}
	domain->condemned = true;
	/* No more tables: whoever tries again and again to have one gets an error. */
	WRITE_ONCE(domain->kept, NACC_ROOM_NONE);
	nacc_who_each(domain, kill_one, NULL);
	nacc_inherit_kill(domain);
}

/**
 * nacc_domain_kill() - end a container
 * @id: its ID; unknown ones are ignored. As wide as what the firmware has on record,
 *	which whoever makes calls of it chooses: none is cut short to that of another
 *
 * Context: may sleep.
 */
void nacc_domain_kill(u64 id)
{
	struct nacc_domain *d;

	mutex_lock(&nacc_domain_lock);
	list_for_each_entry(d, &nacc_domains, node)
		if (d->id == id)
			domain_kill(d);
	mutex_unlock(&nacc_domain_lock);
}

/**
 * nacc_domain_check_roots() - does every marked mm still run on its root?
 *
 * Whoever can write kernel data can let mm->pgd name tables of his own, and
 * nothing traps then. This does not prevent it, it ends it: the container is
 * killed.
 *
 * Context: may sleep; the keeper only.
 */
void nacc_domain_check_roots(void)
{
	struct nacc_mm *entry;

	mutex_lock(&nacc_domain_lock);
	list_for_each_entry(entry, &nacc_mms, node) {
		/* Unmark moves the root itself. */
		if (entry->domain->leaving || entry->domain->gone ||
		    __pa(READ_ONCE(entry->mm->pgd)) == entry->root)
			continue;
		if (!entry->domain->condemned) {
			/* Under lockdown no address is told. */
			pr_alert("an mm of domain %u runs on tables at %#llx instead of %#llx\n",
				 entry->domain->id,
				 __pa(entry->mm->pgd) & nacc_physical_mask(),
				 entry->root & nacc_physical_mask());
			nacc_count(NACC_COUNT_ROOT_SWAPPED, 1);
		}
		domain_kill(entry->domain);
	}
	mutex_unlock(&nacc_domain_lock);
}
