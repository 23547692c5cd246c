// SPDX-License-Identifier: GPL-2.0
/*
 * Who marks himself, without being an administrator.
 *
 * All that a user has marked is one domain, so one quota bounds what he can use, however
 * often he does it. It has no share of the pool: it gets what others leave.
 */
#include <linux/cred.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/user_namespace.h>

#include "domain/internal.h"

/*
 * One domain for each user, and it is told once that it was made. Not held while tables are
 * moved: that waits for the mmap lock of the caller, who can keep it as long as he likes, and
 * others want to mark themselves.
 */
static DEFINE_MUTEX(making);

/* The domain of what a user has marked himself, with a reference, or NULL. */
static struct nacc_domain *domain_of_user(kuid_t user)
{
	struct nacc_domain *d, *found = NULL;

	mutex_lock(&nacc_domain_lock);
	list_for_each_entry(d, &nacc_domains, node) {
		if (!uid_eq(d->user, user) || d->gone ||
		    !refcount_inc_not_zero(&d->ref))
			continue;
		found = d;
		break;
	}
	mutex_unlock(&nacc_domain_lock);
	return found;
}

static struct nacc_domain *domain_for(kuid_t user, const char *name,
				      unsigned int frames)
{
	struct nacc_domain *domain = domain_of_user(user);
	char label[NACC_NAME_LEN];

	if (domain)
		return domain;
	snprintf(label, sizeof(label), "uid-%u",
		 from_kuid_munged(&init_user_ns, user));
	domain = nacc_domain_create(name[0] ? name : label);
	if (!IS_ERR(domain))
		nacc_domain_own(domain, user, frames);
	return domain;
}

/* Who was the first, which need not be who has made it: that one may have failed. */
static void tell(struct nacc_domain *domain)
{
	mutex_lock(&making);
	if (nacc_is_announced(domain))
		nacc_event_join(domain, current);
	else
		nacc_event_mark(domain, current);
	mutex_unlock(&making);
}

static int mark_self(kuid_t user, const char *name, unsigned int frames, u32 *id)
{
	struct nacc_domain *domain;
	int ret;

	if (mutex_lock_killable(&making))
		return -EINTR;
	domain = domain_for(user, name, frames);
	mutex_unlock(&making);
	if (IS_ERR(domain))
		return PTR_ERR(domain);
	nacc_share_update();
	ret = nacc_take(domain, current->mm);
	if (!ret)
		tell(domain);
	if (ret == -ECANCELED)
		ret = -ENOENT;
	/* Another thread of it was first. */
	if (ret == -EEXIST) {
		*id = nacc_domain_of_root(__pa(READ_ONCE(current->mm->pgd)));
		ret = *id == domain->id ? 0 : -EEXIST;
	}
	if (!ret)
		*id = domain->id;
	nacc_domain_put(domain);
	return ret;
}

/**
 * nacc_mark_self() - mark the calling process for an ordinary user
 * @name: label of his domain, if it is his first; may be empty
 * @frames: the most that all that he has marked may use
 * @id: out: his domain; with -EEXIST the one that he is in
 *
 * A user is a real UID of the initial user namespace: a namespace of his own gives
 * him many, and so many quotas. Who is marked there already may ask.
 *
 * Context: may sleep; of the process itself, so no exec of it is under way.
 * Return: as NACC_IOC_MARK.
 */
int nacc_mark_self(const char *name, unsigned int frames, u32 *id)
{
	struct nacc_domain *domain;
	int ret;

	domain = nacc_domain_get_by_mm(current->mm);
	if (domain && !domain->system) {
		*id = domain->id;
		ret = uid_eq(domain->user, current_uid()) ? 0 : -EEXIST;
		nacc_domain_put(domain);
		return ret;
	}
	if (domain)
		nacc_domain_put(domain);
	if (current_user_ns() != &init_user_ns)
		return -EPERM;
	/* Whose it is may be another user. */
	if (nacc_borrows(current, current->mm))
		return -EAGAIN;
	ret = mark_self(current_uid(), name, frames, id);
	nacc_kick();
	return ret;
}

#ifdef NACC_KUNIT
#include "self_test.c"
#endif
