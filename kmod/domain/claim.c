// SPDX-License-Identifier: GPL-2.0
/*
 * Who may open a gate or change one, and the end of what was opened.
 *
 * Who changes the gate of a domain claims that domain (@gating), and nobody else's: he waits
 * for promotions, which others can hold up. What is held for all is held for a moment.
 */
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/uidgid.h>

#include "domain/internal.h"

static DEFINE_MUTEX(gate_lock);
static unsigned int nr_records;		/* written under gate_lock */
static unsigned int nr_changes;		/* under gate_lock */

/**
 * nacc_records() - how many records are open
 *
 * Context: any.
 */
unsigned int nacc_records(void)
{
	return READ_ONCE(nr_records);
}

/**
 * nacc_gate_domain() - a domain of which somebody wants to know or change something
 * @id: its ID
 * @user: who wants to; not valid: an administrator
 *
 * Context: may sleep.
 * Return: the domain with a reference; -ENOENT; -EPERM: it is not the user's.
 */
struct nacc_domain *nacc_gate_domain(u32 id, kuid_t user)
{
	struct nacc_domain *domain;

	mutex_lock(&nacc_domain_lock);
	domain = nacc_domain_find(id);
	mutex_unlock(&nacc_domain_lock);
	if (uid_valid(user) && !(domain && uid_eq(domain->user, user))) {
		if (domain)
			nacc_domain_put(domain);
		/* Nor whether there is one. */
		return ERR_PTR(-EPERM);
	}
	return domain ?: ERR_PTR(-ENOENT);
}

/* Return: 0, or an error after one sentence. */
static int check_able(void)
{
	const char *missing;

	if (!nacc_guarded()) {
		pr_err_ratelimited("no gate where the kernel chooses roots (strict=, see roots in /proc/nacc/status)\n");
		return -EOPNOTSUPP;
	}
	nacc_hook_if_used(NACC_DEMAND_GATE);
	missing = nacc_threads_unhooked(true);
	if (missing) {
		pr_err_ratelimited("%s cannot be hooked: no gate can be switched on\n", missing);
		return -EOPNOTSUPP;
	}
	return 0;
}

static void unhook_if_unused(void)
{
	lockdep_assert_held(&gate_lock);
	if (!nr_records && !nr_changes)
		nacc_hook_disarm_on_demand(NACC_DEMAND_GATE);
}

/* What a gate needs stays until let_go(). Return: as check_able(). */
static int take_hold(void)
{
	int ret;

	mutex_lock(&gate_lock);
	ret = check_able();
	if (!ret)
		nr_changes++;
	unhook_if_unused();
	mutex_unlock(&gate_lock);
	return ret;
}

static void let_go(void)
{
	mutex_lock(&gate_lock);
	nr_changes--;
	unhook_if_unused();
	mutex_unlock(&gate_lock);
}

static void count_record(int nr)
{
	mutex_lock(&gate_lock);
	WRITE_ONCE(nr_records, nr_records + nr);
	mutex_unlock(&gate_lock);
}

/* Return: 0, and nobody else does until release(); -EBUSY; -ENOENT; -EOWNERDEAD. */
static int claim(struct nacc_domain *domain)
{
	int ret;

	mutex_lock(&nacc_domain_lock);
	ret = nacc_domain_ask(domain);
	if (!ret)
		WRITE_ONCE(domain->gating, true);
	mutex_unlock(&nacc_domain_lock);
	return ret == -EAGAIN ? -EBUSY : ret == -ECANCELED ? -ENOENT : ret;
}

static void release(struct nacc_domain *domain)
{
	mutex_lock(&nacc_domain_lock);
	WRITE_ONCE(domain->gating, false);
	mutex_unlock(&nacc_domain_lock);
	nacc_promotions_wake();
}

static int claim_alone(struct nacc_domain *domain)
{
	int ret = claim(domain);

	if (ret)
		return ret;
	ret = nacc_promotions_wait_for(domain, NACC_PATIENCE);
	if (ret)
		release(domain);
	return ret;
}

/**
 * nacc_gate_begin() - keep everybody from joining a domain or beginning in it
 * @domain: the domain; the caller holds a reference
 *
 * Context: may sleep. Until nacc_gate_end() if it succeeds.
 * Return: 0; -EBUSY: it is being unmarked, somebody else changes its gate, or something that
 * is on its way into it has not come there for NACC_PATIENCE; -ENOENT: it has been unmarked;
 * -EOWNERDEAD: it is being ended; -EINTR; an error of check_able().
 */
int nacc_gate_begin(struct nacc_domain *domain)
{
	int ret = take_hold();

	if (ret)
		return ret;
	ret = claim_alone(domain);
	if (ret)
		let_go();
	return ret;
}

/**
 * nacc_gate_end() - who wants to join may again
 * @domain: the domain
 *
 * Context: may sleep.
 */
void nacc_gate_end(struct nacc_domain *domain)
{
	release(domain);
	let_go();
}

/*
 * Of what has come from the system's domain the firmware keeps the tag of that: then all of
 * it has come from there, or it cannot have one record.
 */
static u64 tag_of_members(const struct nacc_domain *domain)
{
	const struct nacc_mm *entry;

	lockdep_assert_held(&nacc_domain_lock);
	list_for_each_entry(entry, &domain->members, member)
		return entry->tag;
	return domain->id;
}

static int open_record(struct nacc_record *record)
{
	unsigned long pa;
	int ret = nacc_sbi_call(NACC_SBI_GATE_OPEN, record->tag, 0, 0, &pa);

	if (!ret)
		record->pa = pa;
	return ret;
}

/**
 * nacc_gate_open() - a domain has a record from now on, in mode off if it had none
 * @domain: the domain, between nacc_gate_begin() and nacc_gate_end()
 *
 * Context: may sleep.
 * Return: 0; -ENOMEM; an error of the shim.
 */
int nacc_gate_open(struct nacc_domain *domain)
{
	struct nacc_record *record;
	int ret;

	if (domain->gate)
		return 0;
	record = kzalloc(sizeof(*record), GFP_KERNEL_ACCOUNT);
	if (!record)
		return -ENOMEM;
	if (!nacc_share_take_domain(domain, 1, NACC_ROOM_WAIT)) {
		kfree(record);
		return -ENOMEM;
	}
	mutex_lock(&nacc_domain_lock);
	record->tag = tag_of_members(domain);
	ret = open_record(record);
	if (!ret)
		WRITE_ONCE(domain->gate, record);
	mutex_unlock(&nacc_domain_lock);
	nacc_share_give_domain(domain, 1, !ret);
	if (ret)
		kfree(record);
	else
		count_record(1);
	return ret;
}

/* Return: false: an address space still has it. */
static bool close_record(struct nacc_record *record)
{
	int ret = nacc_sbi_call(NACC_SBI_GATE_CLOSE, record->pa, 0, 0, NULL);

	/* It is none any more. */
	if (ret && ret != -EFAULT)
		return false;
	kfree(record);
	WRITE_ONCE(nr_records, nr_records - 1);
	return true;
}

/**
 * nacc_gate_keep() - close the records of domains that have ended
 *
 * Context: may sleep; the keeper.
 * Return: whether there is one that cannot be closed yet.
 */
bool nacc_gate_keep(void)
{
	struct nacc_record *record;
	LIST_HEAD(later);
	bool more;

	if (!nacc_records())
		return false;
	/* Its holder may wait for the keeper. */
	if (!mutex_trylock(&gate_lock))
		return true;
	while ((record = nacc_record_next()))
		if (!close_record(record))
			list_add_tail(&record->node, &later);
	more = !list_empty(&later);
	nacc_records_later(&later);
	unhook_if_unused();
	mutex_unlock(&gate_lock);
	return more;
}

#ifdef NACC_KUNIT
#include "gated_test.c"
#endif
