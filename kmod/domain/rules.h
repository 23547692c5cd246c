/* SPDX-License-Identifier: GPL-2.0 */
/* Rules: what others may not do to the memory of a domain. */
#ifndef NACC_RULES_H
#define NACC_RULES_H

#include <linux/seq_file.h>
#include <linux/types.h>
#include <linux/nacc.h>

/**
 * struct nacc_rule - one range and what is forbidden there
 * @start: first address
 * @end: address behind the last
 * @forbid: NACC_FORBID_*; bits are only ever added
 */
struct nacc_rule {
	unsigned long start;
	unsigned long end;
	u32 forbid;
};

/**
 * struct nacc_rules - the rules of a domain, which only ever become more
 * @nr: number of rules that are complete; written under nacc_domain_lock, read
 *	without a lock
 * @rule: the rules
 */
struct nacc_rules {
	unsigned int nr;
	struct nacc_rule rule[NACC_RULES_MAX];
};

int nacc_rules_add(struct nacc_rules *rules, const struct nacc_forbid *forbid);
u32 nacc_rules_match(const struct nacc_rules *rules, unsigned long start,
		     unsigned long end);
void nacc_rules_print(struct seq_file *m, u32 domain,
		      const struct nacc_rules *rules);

#endif /* NACC_RULES_H */
