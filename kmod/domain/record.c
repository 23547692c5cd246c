// SPDX-License-Identifier: GPL-2.0
/* Records of gates whose domain has ended, and that are to be closed (gate.c). */
#include <linux/list.h>

#include "domain/internal.h"

static LIST_HEAD(closing);		/* under nacc_domain_lock */

/**
 * nacc_record_leave() - a domain has ended: its record is to be closed
 * @domain: the domain
 *
 * Context: under nacc_domain_lock.
 */
void nacc_record_leave(struct nacc_domain *domain)
{
	lockdep_assert_held(&nacc_domain_lock);
	if (domain->gate)
		list_add_tail(&domain->gate->node, &closing);
}

/**
 * nacc_record_next() - one that is to be closed
 *
 * Context: may sleep.
 * Return: it, in no list; or NULL.
 */
struct nacc_record *nacc_record_next(void)
{
	struct nacc_record *record;

	mutex_lock(&nacc_domain_lock);
	record = list_first_entry_or_null(&closing, struct nacc_record, node);
	if (record)
		list_del_init(&record->node);
	mutex_unlock(&nacc_domain_lock);
	return record;
}

/**
 * nacc_records_later() - these could not be closed
 * @list: them; empty afterwards
 *
 * Context: may sleep.
 */
void nacc_records_later(struct list_head *list)
{
	mutex_lock(&nacc_domain_lock);
	list_splice_tail_init(list, &closing);
	mutex_unlock(&nacc_domain_lock);
}
