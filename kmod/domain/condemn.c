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
