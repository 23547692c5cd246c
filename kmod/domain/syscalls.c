// SPDX-License-Identifier: GPL-2.0
/* System calls of a gated domain: how often each was made, and which may be. */
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "domain/internal.h"

/* The firmware counts on meanwhile: each number is one that it was. */
static void read_counts(const struct nacc_sbi_gate *gate, struct nacc_syscalls *calls,
			u32 *counts)
{
	unsigned int i;

	calls->mode = READ_ONCE(gate->mode) & NACC_GATE_MODE;
	calls->flags = READ_ONCE(gate->mode) & ~NACC_GATE_MODE;
	calls->other_calls = READ_ONCE(gate->other_calls);
	calls->refused = READ_ONCE(gate->refused);
	calls->refused_calls = READ_ONCE(gate->refused_calls);
	for (i = 0; i < ARRAY_SIZE(calls->allowed); i++)
		calls->allowed[i] = READ_ONCE(gate->allowed[i]);
	for (i = 0; i < calls->count; i++)
		counts[i] = READ_ONCE(gate->calls[i]);
}

static int copy_counts(phys_addr_t record, struct nacc_syscalls *calls)
{
	u32 *counts;
	int ret = 0;

	if (!record)
		return -ENODATA;
	counts = kcalloc(calls->count, sizeof(*counts), GFP_KERNEL);
	if (!counts)
		return -ENOMEM;
	read_counts(nacc_record(record), calls, counts);
	if (copy_to_user(u64_to_user_ptr(calls->counts), counts,
			 calls->count * sizeof(*counts)))
		ret = -EFAULT;
	kfree(counts);
	return ret;
}

/**
 * nacc_domain_syscalls() - how often system calls were made in a domain
 * @calls: the caller's structure
 * @user: as for nacc_domain_gate()
 *
 * Context: may sleep.
 * Return: as NACC_IOC_SYSCALLS.
 */
int nacc_domain_syscalls(struct nacc_syscalls *calls, kuid_t user)
{
	struct nacc_domain *domain;
	int ret;

	static_assert(ARRAY_SIZE(calls->allowed) * 64 == NACC_GATE_CALLS);
	if (calls->flags || calls->count > NACC_GATE_CALLS || calls->pad)
		return -EINVAL;
	domain = nacc_gate_domain(calls->domain, user);
	if (IS_ERR(domain))
		return PTR_ERR(domain);
	ret = copy_counts(nacc_domain_record(domain), calls);
	nacc_domain_put(domain);
	return ret;
}

/**
 * nacc_calls_keep() - the firmware keeps to the list that a domain has from now on
 * @domain: the domain, between nacc_gate_begin() and nacc_gate_end(), with a record
 *
 * Context: may sleep.
 * Return: 0, also if it has none that the firmware does not know; an error of the shim.
 */
int nacc_calls_keep(struct nacc_domain *domain)
{
	unsigned int i;
	int ret = 0;

	if (!domain->listed)
		return 0;
	for (i = 0; i < NACC_GATE_CALLS / 64 && !ret; i++)
		ret = nacc_sbi_call(NACC_SBI_GATE_ALLOW, domain->gate->pa, i,
				    domain->calls[i], NULL);
	domain->listed = ret;
	return ret;
}

/* While no list is kept to, any is a shorter one. */
static bool is_shorter(phys_addr_t record, const u64 *words)
{
	const struct nacc_sbi_gate *gate;
	unsigned int i, mode;

	if (!record)
		return true;
	gate = nacc_record(record);
	mode = READ_ONCE(gate->mode);
	if (!(mode & NACC_GATE_LIST) || (mode & NACC_GATE_MODE) == NACC_GATE_OFF)
		return true;
	for (i = 0; i < NACC_GATE_CALLS / 64; i++)
		if (words[i] & ~READ_ONCE(gate->allowed[i]))
			return false;
	return true;
}

/* A domain without a record has it when its gate is switched on: none is opened for it. */
static int allow(struct nacc_domain *domain, const u64 *words, kuid_t user)
{
	if (uid_valid(user) && !is_shorter(nacc_domain_record(domain), words))
		return -EPERM;
	memcpy(domain->calls, words, sizeof(domain->calls));
	domain->listed = true;
	return domain->gate ? nacc_calls_keep(domain) : 0;
}

/**
 * nacc_domain_allow() - say which system calls there are in a domain
 * @list: the caller's structure
 * @user: as for nacc_domain_gate()
 *
 * Context: may sleep.
 * Return: as NACC_IOC_ALLOW.
 */
int nacc_domain_allow(const struct nacc_allow *list, kuid_t user)
{
	struct nacc_domain *domain;
	int ret;

	static_assert(sizeof(domain->calls) == sizeof(list->allowed));
	if (list->flags || list->pad)
		return -EINVAL;
	domain = nacc_gate_domain(list->domain, user);
	if (IS_ERR(domain))
		return PTR_ERR(domain);
	ret = nacc_gate_begin(domain);
	if (!ret) {
		ret = allow(domain, list->allowed, user);
		nacc_gate_end(domain);
	}
	nacc_domain_put(domain);
	return ret;
}
