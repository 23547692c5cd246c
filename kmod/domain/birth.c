// SPDX-License-Identifier: GPL-2.0
/*
 * Birth: an address space that a marked process makes is marked from the beginning.
 *
 * fork and exec ask here before anyone has seen the new mm; it has its root from
 * the pool then, and every table that comes later is linked there. There is no
 * moment at which a part of its tree lies in ordinary memory.
 */
#include <linux/err.h>
#include <linux/mmap_lock.h>
#include <linux/sched/mm.h>

#include "domain/internal.h"

/* Whoever unmarks the domain may want a lock that the caller has. */
static int admit_now(struct nacc_domain *domain)
{
	mutex_lock(&nacc_domain_lock);
	return nacc_domain_ask(domain);
}

/* Its root, and contexts where it has a gate. */
static unsigned int frames_for(const struct nacc_domain *domain)
{
	return nacc_domain_record(domain) ? 1 + nacc_threads_frames(1) : 1;
}

/* Return: -ENOSPC: a gate was opened meanwhile, and @room is not enough. */
static int bear(struct nacc_domain *domain, struct nacc_mm *entry, unsigned int room,
		bool waits)
{
	struct mm_struct *mm = entry->mm;
	int ret = waits ? nacc_domain_admit(domain) : admit_now(domain);

	if (!ret && room < frames_for(domain))
		ret = -ENOSPC;
	entry->gate = nacc_domain_record(domain);
	if (!ret)
		ret = nacc_born(mm, nacc_domain_tag(domain), entry->gate);
	if (!ret)
		nacc_mm_publish_locked(__pa(mm->pgd), entry);
	mutex_unlock(&nacc_domain_lock);
	return ret;
}

static int bear_with_room(struct nacc_domain *domain, struct nacc_mm *entry,
			  enum nacc_birth birth, bool hurries)
{
	unsigned int room;
	int ret;

	do {
		room = frames_for(domain);
		if (!nacc_share_take_domain(domain, room, hurries ? NACC_ROOM_LOOK :
								    NACC_ROOM_WAIT)) {
			if (hurries)
				return -EAGAIN;
			nacc_count(NACC_COUNT_ENOMEM, 1);
			return -ENOMEM;
		}
		ret = bear(domain, entry, room, !hurries && birth != NACC_BIRTH_LOCKED);
		nacc_share_give_domain(domain, room, !ret);
	} while (ret == -ENOSPC);
	return ret;
}

/*
 * The domain of who makes it. A promotion under way has switched to the new root a
 * moment before it says whose that is: its mmap lock is the end of that.
 */
static struct nacc_domain *domain_of_current(enum nacc_birth birth)
{
	struct mm_struct *mm = current->mm;
	struct nacc_domain *domain = nacc_maker(mm);

	/* With the lock held by the caller there is none. */
	if (domain || birth == NACC_BIRTH_LOCKED || !nacc_mm_marked(mm))
		return domain;
	if (mmap_read_lock_killable(mm))
		return ERR_PTR(-EINTR);
	mmap_read_unlock(mm);
	return nacc_domain_get_by_mm(mm);
}

/*
 * That of the process; or else, and rather than the system's, that of its cgroup for a
 * new program: a child may be made to begin in another one.
 */
static struct nacc_domain *domain_for(enum nacc_birth birth, bool *by_cgroup)
{
	struct nacc_domain *domain = domain_of_current(birth), *nearer;

	*by_cgroup = false;
	if (birth != NACC_BIRTH_EXEC || IS_ERR(domain) || (domain && !domain->system))
		return domain;
	nearer = nacc_cgroup_domain(current, NULL);
	if (!nearer)
		return domain;
	*by_cgroup = true;
	if (domain)
		nacc_domain_put(domain);
	return nearer;
}

/* Not an error: the domain was unmarked meanwhile, and so is who would have joined. */
static int unless_unmarked(int ret)
{
	return ret == -ECANCELED || ret == -EEXIST ? 0 : ret;
}

static void count_born(int ret, enum nacc_birth birth)
{
	if (!ret)
		nacc_count(birth == NACC_BIRTH_EXEC ? NACC_COUNT_INHERITED_EXEC :
				  NACC_COUNT_INHERITED_FORK, 1);
}

/* Return: as nacc_bear(); -ECANCELED: the domain is gone. */
static int bear_in(struct nacc_domain *domain, struct mm_struct *mm,
		   enum nacc_birth birth, bool hurries)
{
	struct nacc_mm *entry = nacc_mm_new(domain, mm, GFP_KERNEL_ACCOUNT);
	int ret;

	if (!entry)
		return -ENOMEM;
	ret = bear_with_room(domain, entry, birth, hurries);
	if (ret)
		nacc_mm_drop(entry);
	return ret;
}

/* Return: as nacc_bear_late(); -ECANCELED: the domain is gone. */
static int bear_late_in(struct nacc_domain *domain, struct mm_struct *mm,
			enum nacc_birth birth, bool hurries)
{
	return hurries ? nacc_join_in_a_hurry(domain, mm) : nacc_join(domain, mm);
}

typedef int (*bear_fn)(struct nacc_domain *domain, struct mm_struct *mm,
		       enum nacc_birth birth, bool hurries);

static int bear_by_maker(bear_fn in, struct mm_struct *mm, enum nacc_birth birth)
{
	struct nacc_domain *domain = domain_of_current(birth);
	int ret;

	if (IS_ERR_OR_NULL(domain))
		return PTR_ERR_OR_ZERO(domain);
	ret = in(domain, mm, birth, false);
	count_born(ret, birth);
	nacc_domain_put(domain);
	return ret;
}

/*
 * In the domain of a cgroup only a vfork child begins something, and somebody outside waits
 * for it, who may be init: no process in there must be able to make that last. What would
 * have to be waited for is done on the way to user mode, when its maker has been let go
 * (enter.c); until then it is where that is.
 */
static int bear_once(bear_fn in, struct mm_struct *mm, enum nacc_birth birth)
{
	bool by_cgroup;
	struct nacc_domain *domain = domain_for(birth, &by_cgroup);
	int ret;

	if (IS_ERR_OR_NULL(domain))
		return PTR_ERR_OR_ZERO(domain);
	ret = in(domain, mm, birth, by_cgroup);
	count_born(ret, birth);
	nacc_domain_put(domain);
	if (by_cgroup && (ret == -EAGAIN || ret == -EBUSY))
		ret = bear_by_maker(in, mm, birth);
	return ret;
}

/*
 * The domain of the maker was unmarked meanwhile: he is in that of a cgroup instead, and
 * so is what he makes; or he is in none, which is no error.
 */
static int in_time(bear_fn in, struct mm_struct *mm, enum nacc_birth birth)
{
	int ret, tries = 0;

	do {
		ret = bear_once(in, mm, birth);
	} while (ret == -ECANCELED && ++tries < NACC_TRIES_MAX);
	return unless_unmarked(ret);
}

/**
 * nacc_bear() - mark an address space that the current process has just made
 * @mm: the mm, which nobody has seen; no table below its root
 * @birth: what it is for
 *
 * Context: may sleep; no lock of any mm is held, but for NACC_BIRTH_LOCKED.
 * Return: 0, also if the current process is not marked any more, or if it is to be marked on
 * its way to user mode; -ENOMEM; an error of the shim; -EINTR; -EOWNERDEAD if its domain is
 * being ended; -EAGAIN if the end of an unmark would have to be waited for
 * (NACC_BIRTH_LOCKED). On error the mm is not marked, and must not come to use.
 */
int nacc_bear(struct mm_struct *mm, enum nacc_birth birth)
{
	return in_time(bear_in, mm, birth);
}

/**
 * nacc_bear_late() - the same for an address space that has tables already
 * @mm: the mm, made by the current process; the caller sees to mm_users
 * @birth: what it is for
 *
 * It has not run yet.
 *
 * Context: may sleep; no lock of any mm is held.
 * Return: as nacc_bear(), or an error of nacc_promote().
 */
int nacc_bear_late(struct mm_struct *mm, enum nacc_birth birth)
{
	return in_time(bear_late_in, mm, birth);
}

#ifdef NACC_KUNIT
#include "birth_test.c"
#endif
