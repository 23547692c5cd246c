// SPDX-License-Identifier: GPL-2.0
/* /proc/nacc: domains, rules, address spaces. */
#include <linux/pid_namespace.h>
#include <linux/seq_file.h>
#include <linux/vmalloc.h>

#include "domain/internal.h"

/* Frames that an address space owns, the root included. */
static unsigned int mm_tables(const struct nacc_mm *entry,
			      const struct nacc_sbi_frame *all)
{
	const unsigned int root = nacc_frame_index(entry->root);
	unsigned int i, n = 0;

	for (i = 0; i < nacc_pool.nr; i++)
		n += all[i].owner == root &&
		     (all[i].type == NACC_FRAME_ROOT ||
		      all[i].type == NACC_FRAME_TABLE);
	return n;
}

static unsigned int domain_tables(const struct nacc_domain *domain,
				  const struct nacc_sbi_frame *all)
{
	struct nacc_mm *entry;
	unsigned int n = 0;

	list_for_each_entry(entry, &nacc_mms, node)
		if (entry->domain == domain)
			n += mm_tables(entry, all);
	return n;
}

/**
 * nacc_domain_seq() - print /proc/nacc/domains
 * @m: where to
 */
int nacc_domain_seq(struct seq_file *m)
{
	struct nacc_sbi_frame *all = nacc_pool_snapshot_alloc();
	struct nacc_domain *d;

	if (!all)
		return -ENOMEM;
	nacc_pool_snapshot(all);
	seq_puts(m, "id state mms tables name\n");
	mutex_lock(&nacc_domain_lock);
	list_for_each_entry(d, &nacc_domains, node) {
		seq_printf(m, "%u %s %u %u ", d->id,
			   d->condemned ? "condemned" :
			   d->leaving ? "leaving" : "live", d->mms,
			   domain_tables(d, all));
		seq_escape(m, d->name, " \t\n\\");
		seq_putc(m, '\n');
	}
	mutex_unlock(&nacc_domain_lock);
	vfree(all);
	return 0;
}

/**
 * nacc_rules_seq() - print /proc/nacc/rules
 * @m: where to
 */
int nacc_rules_seq(struct seq_file *m)
{
	struct nacc_domain *d;

	seq_puts(m, "domain start end forbid\n");
	mutex_lock(&nacc_domain_lock);
	list_for_each_entry(d, &nacc_domains, node)
		nacc_rules_print(m, d->id, &d->rules);
	mutex_unlock(&nacc_domain_lock);
	return 0;
}

static void print_user_of(struct seq_file *m, const struct nacc_mm *entry,
			  const struct nacc_sbi_frame *all, u64 mask)
{
	struct nacc_who who = { .comm = "-" };

	nacc_who_uses(entry->mm, task_active_pid_ns(current), &who);
	seq_printf(m, "%u %d", entry->domain->id, who.pid);
	seq_printf(m, " %u %#llx ", mm_tables(entry, all), entry->root & mask);
	seq_escape(m, who.comm, " \t\n\\");
	seq_putc(m, '\n');
}

/**
 * nacc_mms_seq() - print /proc/nacc/mms
 * @m: where to
 */
int nacc_mms_seq(struct seq_file *m)
{
	struct nacc_sbi_frame *all = nacc_pool_snapshot_alloc();
	const u64 mask = nacc_physical_mask();
	struct nacc_mm *entry;

	if (!all)
		return -ENOMEM;
	nacc_pool_snapshot(all);
	seq_puts(m, "domain pid tables root comm\n");
	mutex_lock(&nacc_domain_lock);
	list_for_each_entry(entry, &nacc_mms, node)
		print_user_of(m, entry, all, mask);
	mutex_unlock(&nacc_domain_lock);
	vfree(all);
	return 0;
}
