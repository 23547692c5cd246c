// SPDX-License-Identifier: GPL-2.0
/* NACC_IOC_FORBID: a domain gets a rule. */
#include "domain/internal.h"
#include "hook/hook.h"
#include "routes/routes.h"

/**
 * nacc_domain_forbid() - add a rule to a domain
 * @forbid: the caller's structure
 *
 * Context: may sleep.
 * Return: as NACC_IOC_FORBID.
 */
int nacc_domain_forbid(const struct nacc_forbid *forbid)
{
	struct nacc_domain *domain;
	int ret = -ENOENT;

	/* Who forbids nothing does not pay for it. */
	nacc_hook_if_used(NACC_DEMAND_RULES);
	mutex_lock(&nacc_domain_lock);
	domain = nacc_domain_find(forbid->domain);
	if (domain && !domain->gone)
		ret = nacc_gup_hooked(forbid->forbid) ?
		      nacc_rules_add(&domain->rules, forbid) : -EOPNOTSUPP;
	mutex_unlock(&nacc_domain_lock);
	if (domain)
		nacc_domain_put(domain);
	return ret;
}
