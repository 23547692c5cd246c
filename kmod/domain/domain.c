// SPDX-License-Identifier: GPL-2.0
/*
 * Domains: marked containers and their address spaces.
 *
 * A domain lives as long as something refers to it: a marked mm, a child or a
 * new program on its way to be marked, a caller. Each domain pins the module.
 */
#include <linux/jiffies.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/timex.h>

#include "domain/internal.h"
#include "hook/hook.h"
#include "routes/routes.h"

/* Domains and marked mms: both lists and what they hold; see nacc.h for its place. */
DEFINE_MUTEX(nacc_domain_lock);
LIST_HEAD(nacc_domains);
LIST_HEAD(nacc_mms);
static unsigned int nr_domains;		/* written under nacc_domain_lock */
static unsigned int nr_users;		/* of these, of users: likewise */
static u32 last_id;			/* under nacc_domain_lock */

/* By frame of the root; written under nacc_domain_lock, read under RCU. */
static struct nacc_mm __rcu **mm_by_root;

/* Keeps "the first mark arms, after the last one disarms" in order. */
static DEFINE_MUTEX(arm_lock);

/**
 * nacc_domain_init() - prepare the tables of this file
 *
 * IDs go on behind those that the firmware has seen in earlier loads: its records
 * keep them, and are about nobody else.
 *
 * Return: 0, -EIO after one sentence, -ENOMEM.
 */
int __init nacc_domain_init(void)
{
	unsigned long tag;

	if (nacc_sbi_call(NACC_SBI_GET_INFO, NACC_INFO_LAST_TAG, 0, 0, &tag)) {
		pr_err("the firmware does not say which IDs have been used\n");
		return -EIO;
	}
	last_id = min(tag, (unsigned long)U32_MAX);
	mm_by_root = kvcalloc(nacc_pool.nr, sizeof(*mm_by_root), GFP_KERNEL);
	return mm_by_root ? 0 : -ENOMEM;
}

/**
 * nacc_domain_exit() - undo nacc_domain_init(); no domain is left
 */
void nacc_domain_exit(void)
{
	kvfree(mm_by_root);
}

/**
 * nacc_domain_count() - number of domains now
 */
unsigned int nacc_domain_count(void)
{
	return READ_ONCE(nr_domains);
}

/**
 * nacc_domain_sharing() - number of domains that have a share of the pool
 *
 * Who marks himself takes nothing from the shares of others.
 */
unsigned int nacc_domain_sharing(void)
{
	return READ_ONCE(nr_domains) - READ_ONCE(nr_users);
}

/* Under nacc_domain_lock. A write to /proc/nacc/mark may race with rmmod. */
static int may_create(void)
{
	if (last_id == U32_MAX)
		return -ENOSPC;
	return nacc_domain_closed() || !try_module_get(THIS_MODULE) ? -ESHUTDOWN : 0;
}

static struct nacc_domain *domain_create(const char *name)
{
	struct nacc_domain *d = kzalloc(sizeof(*d), GFP_KERNEL);
	int ret;

	if (!d)
		return ERR_PTR(-ENOMEM);
	refcount_set(&d->ref, 1);
	mutex_init(&d->counting);
	INIT_LIST_HEAD(&d->members);
	d->user = INVALID_UID;
	d->exhaust_at = jiffies;
	strscpy(d->name, name);
	mutex_lock(&nacc_domain_lock);
	ret = may_create();
	if (ret) {
		mutex_unlock(&nacc_domain_lock);
		kfree(d);
		return ERR_PTR(ret);
	}
	d->id = ++last_id;
	list_add_tail(&d->node, &nacc_domains);
	nr_domains++;
	mutex_unlock(&nacc_domain_lock);
	return d;
}

/**
 * nacc_domain_put() - drop a reference; the last one ends the domain
 * @domain: the domain
 *
 * Context: may sleep.
 */
void nacc_domain_put(struct nacc_domain *domain)
{
	if (!refcount_dec_and_mutex_lock(&domain->ref, &nacc_domain_lock))
		return;
	list_del(&domain->node);
	nr_domains--;
	nr_users -= uid_valid(domain->user);
	nacc_record_leave(domain);
	nacc_tally_leave(domain);
	mutex_unlock(&nacc_domain_lock);
	if (domain->announced)
		nacc_event_task(NACC_EVENT_LEAVE, domain, NULL, 0);
	/* Whoever has been promised frames has a reference, or an mm that has. */
	WARN_ON_ONCE(atomic_read(&domain->promised));
	kfree_rcu(domain, rcu);
	nacc_kick();
	module_put(THIS_MODULE);
}

/**
 * nacc_domain_get_by_mm() - domain of a marked mm
 * @mm: the mm
 *
 * Context: any; takes no lock.
 * Return: the domain with a reference, or NULL.
 */
struct nacc_domain *nacc_domain_get_by_mm(const struct mm_struct *mm)
{
	struct nacc_domain *domain = NULL;
	struct nacc_mm *entry = NULL;
	phys_addr_t root;

	rcu_read_lock();
	root = __pa(READ_ONCE(mm->pgd));
	if (nacc_in_pool(root))
		entry = rcu_dereference(mm_by_root[nacc_frame_index(root)]);
	/* Until it is published a new root may still be known as that of another. */
	if (entry && entry->mm == mm && refcount_inc_not_zero(&entry->domain->ref))
		domain = entry->domain;
	rcu_read_unlock();
	return domain;
}

/**
 * nacc_mm_by_frame() - the marked mm with a root
 * @frame: frame of the root
 *
 * Context: any with preemption off, probes included; it stays as long as that.
 * Return: the mm, or NULL.
 */
notrace struct nacc_mm *nacc_mm_by_frame(unsigned int frame)
{
	return rcu_dereference_sched(mm_by_root[frame]);
}

NOKPROBE_SYMBOL(nacc_mm_by_frame);

/**
 * nacc_mm_entry() - what is known of an mm if it is marked
 * @mm: the mm, which is compared and not looked at
 * @root: physical address of what its pgd names, whatever that is
 *
 * Context: any with preemption off, probes included; it stays as long as that.
 * Return: the entry, or NULL, also if the root is still known as that of another.
 */
notrace struct nacc_mm *nacc_mm_entry(const struct mm_struct *mm, phys_addr_t root)
{
	struct nacc_mm *entry;

	if (!nacc_in_pool(root))
		return NULL;
	entry = nacc_mm_by_frame(nacc_frame_index(root));
	return entry && entry->mm == mm ? entry : NULL;
}

NOKPROBE_SYMBOL(nacc_mm_entry);

/**
 * nacc_domain_forbidden() - what others may not do to a range of a marked mm
 * @mm: the mm
 * @start: first address of the range
 * @end: address behind its last
 *
 * Context: any, probes included.
 * Return: NACC_FORBID_*; 0 if it is not marked.
 */
notrace u32 nacc_domain_forbidden(const struct mm_struct *mm,
				  unsigned long start, unsigned long end)
{
	phys_addr_t root = __pa(READ_ONCE(mm->pgd));
	struct nacc_mm *entry;
	u32 found = 0;

	if (!nacc_in_pool(root))
		return 0;
	/* The domain and its rules stay until preemption is on again. */
	preempt_disable_notrace();
	entry = nacc_mm_by_frame(nacc_frame_index(root));
	if (entry)
		found = nacc_rules_match(&entry->domain->rules, start, end);
	preempt_enable_notrace();
	return found;
}

NOKPROBE_SYMBOL(nacc_domain_forbidden);

/**
 * nacc_mm_find() - the marked mm with a root
 * @root: physical address of the root
 *
 * Context: under nacc_domain_lock.
 * Return: the mm, or NULL.
 */
struct nacc_mm *nacc_mm_find(phys_addr_t root)
{
	if (!nacc_in_pool(root))
		return NULL;
	return rcu_dereference_protected(mm_by_root[nacc_frame_index(root)],
					 lockdep_is_held(&nacc_domain_lock));
}

/**
 * nacc_domain_of_root() - ID of the domain that an address space belongs to
 * @root: physical address of a root
 *
 * Return: the ID or 0.
 */
u32 nacc_domain_of_root(phys_addr_t root)
{
	struct nacc_mm *entry;
	u32 id = 0;

	mutex_lock(&nacc_domain_lock);
	entry = nacc_mm_find(root);
	if (entry)
		id = entry->domain->id;
	mutex_unlock(&nacc_domain_lock);
	return id;
}

/**
 * nacc_mm_publish_locked() - an mm is marked from now on
 * @root: physical address of its root
 * @entry: the mm, with references to mm and domain
 *
 * Context: under nacc_domain_lock, with the tables in force.
 */
void nacc_mm_publish_locked(phys_addr_t root, struct nacc_mm *entry)
{
	lockdep_assert_held(&nacc_domain_lock);
	entry->root = root;
	entry->since = get_cycles64();
	entry->tag = nacc_domain_tag(entry->domain);
	list_add_tail(&entry->node, &nacc_mms);
	list_add_tail_rcu(&entry->member, &entry->domain->members);
	entry->domain->mms++;
	rcu_assign_pointer(mm_by_root[nacc_frame_index(root)], entry);
}

/**
 * nacc_mm_publish() - the same for nacc_promote()
 * @root: physical address of its root
 * @arg: its struct nacc_mm, with references to mm and domain
 *
 * Context: called by nacc_promote(), with the mmap lock held and the tables in
 * force.
 */
void nacc_mm_publish(phys_addr_t root, void *arg)
{
	mutex_lock(&nacc_domain_lock);
	nacc_mm_publish_locked(root, arg);
	mutex_unlock(&nacc_domain_lock);
}

/**
 * nacc_mm_new() - what stands for an mm that is to be marked
 * @domain: the domain that it is to be in; the caller holds a reference
 * @mm: the mm; likewise
 * @gfp: how to allocate it
 *
 * Context: as @gfp.
 * Return: it, with a reference to each, or NULL. nacc_mm_drop() ends it, or, when it has been
 * published, nacc_mm_forget().
 */
struct nacc_mm *nacc_mm_new(struct nacc_domain *domain, struct mm_struct *mm, gfp_t gfp)
{
	struct nacc_mm *entry = kzalloc(sizeof(*entry), gfp);

	if (!entry)
		return NULL;
	mmgrab(mm);
	refcount_inc(&domain->ref);
	entry->mm = mm;
	entry->domain = domain;
	return entry;
}

/**
 * nacc_mm_drop() - the end of one that was not published
 * @entry: it; gone afterwards. The caller holds a reference to its domain, and to its mm
 *
 * Context: any.
 */
void nacc_mm_drop(struct nacc_mm *entry)
{
	mmdrop(entry->mm);
	refcount_dec(&entry->domain->ref);
	kfree(entry);
}

/**
 * nacc_mm_forget() - an mm is not marked any more
 * @entry: the mm, found by the caller, who is the only one to forget it; gone
 *	afterwards, with its references
 *
 * Context: may sleep.
 */
void nacc_mm_forget(struct nacc_mm *entry)
{
	struct nacc_domain *domain = entry->domain;
	struct nacc_mm __rcu **slot;

	slot = &mm_by_root[nacc_frame_index(entry->root)];
	mutex_lock(&nacc_domain_lock);
	list_del(&entry->node);
	list_del_rcu(&entry->member);
	domain->mms--;
	/* After a demotion the frame may be the root of another mm already. */
	if (rcu_access_pointer(*slot) == entry)
		RCU_INIT_POINTER(*slot, NULL);
	mutex_unlock(&nacc_domain_lock);
	nacc_seals_end(entry);
	mmdrop(entry->mm);
	kfree_rcu(entry, rcu);
	nacc_domain_put(domain);
}

/**
 * nacc_domain_find() - domain with an ID
 * @id: the ID
 *
 * Context: under nacc_domain_lock.
 * Return: the domain with a reference, or NULL.
 */
struct nacc_domain *nacc_domain_find(u32 id)
{
	struct nacc_domain *d;

	lockdep_assert_held(&nacc_domain_lock);
	list_for_each_entry(d, &nacc_domains, node)
		if (d->id == id && refcount_inc_not_zero(&d->ref))
			return d;
	return NULL;
}

/**
 * nacc_domain_next() - all domains, one after the other
 * @domain: the one before, with a reference that is dropped; NULL at the beginning
 *
 * No lock is held while the caller has one.
 *
 * Context: may sleep.
 * Return: the next with a reference, or NULL.
 */
struct nacc_domain *nacc_domain_next(struct nacc_domain *domain)
{
	struct nacc_domain *d, *next = NULL;

	mutex_lock(&nacc_domain_lock);
	d = list_prepare_entry(domain, &nacc_domains, node);
	list_for_each_entry_continue(d, &nacc_domains, node) {
		if (refcount_inc_not_zero(&d->ref)) {
			next = d;
			break;
		}
	}
	mutex_unlock(&nacc_domain_lock);
	if (domain)
		nacc_domain_put(domain);
	return next;
}

/**
 * nacc_domain_own() - a new domain is that of a user
 * @domain: the domain; nobody is in it yet
 * @user: the user
 * @frames: its quota
 *
 * Context: may sleep.
 */
void nacc_domain_own(struct nacc_domain *domain, kuid_t user, unsigned int frames)
{
	mutex_lock(&nacc_domain_lock);
	domain->user = user;
	nr_users++;
	WRITE_ONCE(domain->quota, frames);
	mutex_unlock(&nacc_domain_lock);
}

/**
 * nacc_domain_create() - make a domain, with hooks, frames and guarded roots ready for it
 * @name: label
 *
 * Context: may sleep.
 * Return: the domain with a reference; -ESHUTDOWN if nothing can be marked, -ENOSPC
 * without an ID, or an error of nacc_hook_arm(), nacc_pool_arm() or nacc_guard_on().
 */
struct nacc_domain *nacc_domain_create(const char *name)
{
	struct nacc_domain *domain;
	int ret;

	mutex_lock(&arm_lock);
	domain = domain_create(name);
	ret = PTR_ERR_OR_ZERO(domain);
	if (!ret)
		ret = nacc_hook_arm();
	if (!ret)
		ret = nacc_pool_arm(!nacc_tables_asked_for());
	if (!ret)
		ret = nacc_guard_on(nacc_roots_upcall);
	if (!ret)
		nacc_keeper_watch();
	if (ret && !IS_ERR(domain))
		nacc_domain_put(domain);
	mutex_unlock(&arm_lock);
	return ret ? ERR_PTR(ret) : domain;
}

/**
 * nacc_hook_if_used() - replace functions that are not with every mark, while there is one
 * @demand: which
 *
 * Context: may sleep.
 */
void nacc_hook_if_used(enum nacc_demand demand)
{
	mutex_lock(&arm_lock);
	if (nacc_domain_count())
		nacc_hook_arm_on_demand(demand);
	mutex_unlock(&arm_lock);
}

/**
 * nacc_disarm_if_unused() - after the last domain: no armed frame, no hook
 *
 * Context: may sleep.
 */
void nacc_disarm_if_unused(void)
{
	mutex_lock(&arm_lock);
	if (!nacc_domain_count()) {
		nacc_guard_off();
		nacc_keeper_unwatch();
		nacc_hook_disarm();
		nacc_pool_disarm();
	}
	mutex_unlock(&arm_lock);
}

#ifdef NACC_KUNIT
#include "domain_id_test.c"
#endif
