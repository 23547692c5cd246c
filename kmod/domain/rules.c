// SPDX-License-Identifier: GPL-2.0
/*
 * Rules: what others may not do to the memory of a domain.
 *
 * They are looked at from hooks, in any context and without a lock. Since a rule
 * is never taken back, it is enough that a reader sees none that is half written.
 */
#include <linux/kprobes.h>

#include "domain/internal.h"

#define ALL_BITS	(NACC_FORBID_FORCE_WRITE | NACC_FORBID_PIN)

/**
 * nacc_rules_add() - add a rule
 * @rules: where to
 * @forbid: the caller's structure
 *
 * Context: the caller serialises.
 * Return: 0, also if the rule is there already; -EINVAL; -ENOSPC.
 */
int nacc_rules_add(struct nacc_rules *rules, const struct nacc_forbid *forbid)
{
	struct nacc_rule *rule;

	if (!forbid->forbid || forbid->forbid & ~ALL_BITS ||
	    forbid->start >= forbid->end)
		return -EINVAL;
	for (rule = rules->rule; rule < rules->rule + rules->nr; rule++) {
		if (rule->start == forbid->start && rule->end == forbid->end) {
			WRITE_ONCE(rule->forbid, rule->forbid | forbid->forbid);
			return 0;
		}
	}
	if (rules->nr == NACC_RULES_MAX)
		return -ENOSPC;
	rule->start = forbid->start;
	rule->end = forbid->end;
	rule->forbid = forbid->forbid;
	/* Pairs with nacc_rules_match(): what is counted is there. */
	smp_store_release(&rules->nr, rules->nr + 1);
	return 0;
}

/**
 * nacc_rules_match() - what is forbidden somewhere in a range
 * @rules: the rules
 * @start: first address of the range
 * @end: address behind its last
 *
 * Context: any.
 * Return: NACC_FORBID_*.
 */
u32 notrace nacc_rules_match(const struct nacc_rules *rules,
			     unsigned long start, unsigned long end)
{
	u32 found = 0;
	unsigned int i, nr;

	/* Pairs with nacc_rules_add(). */
	nr = smp_load_acquire(&rules->nr);
	for (i = 0; i < nr; i++)
		if (start < rules->rule[i].end && end > rules->rule[i].start)
			found |= READ_ONCE(rules->rule[i].forbid);
	return found;
}

NOKPROBE_SYMBOL(nacc_rules_match);

/**
 * nacc_rules_print() - print the rules of a domain, a line each
 * @m: where to
 * @domain: its ID
 * @rules: its rules
 *
 * Context: the caller keeps nacc_rules_add() out.
 */
void nacc_rules_print(struct seq_file *m, u32 domain,
		      const struct nacc_rules *rules)
{
	static const char * const names[] = {
		[NACC_FORBID_FORCE_WRITE] = "force-write",
		[NACC_FORBID_PIN] = "pin",
		[ALL_BITS] = "force-write,pin",
	};
	unsigned int i;

	for (i = 0; i < rules->nr; i++)
		seq_printf(m, "%u %#lx %#lx %s\n", domain,
			   rules->rule[i].start, rules->rule[i].end,
			   names[rules->rule[i].forbid]);
}
