// SPDX-License-Identifier: GPL-2.0
/*
 * Domains: marked containers and their address spaces.
 *
 * A domain lives as long as something refers to it: a marked mm, a child or a
 * new program on its way to be marked, a caller. Each domain pins the module.
 */
#include <linux/bitmap.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "nacc.h"
#include "trace.h"

static DEFINE_MUTEX(nacc_domain_lock);
static DECLARE_WAIT_QUEUE_HEAD(promotions_done);
static LIST_HEAD(domains);		/* under nacc_domain_lock */
static LIST_HEAD(marked_mms);		/* under nacc_domain_lock */
static LIST_HEAD(left_mms);		/* under nacc_domain_lock */
static unsigned int nr_domains;		/* written under nacc_domain_lock */
static u32 last_id;			/* under nacc_domain_lock */
static bool closing;			/* reboot: under nacc_domain_lock */

/* By frame of the root; written under nacc_domain_lock, read under RCU. */
static struct nacc_mm __rcu **mm_by_root;

/* Keeps "the first mark arms, after the last one disarms" in order. */
static DEFINE_MUTEX(arm_lock);

/**
 * nacc_domain_init() - prepare the tables of this file
 *
 * Return: 0 or -ENOMEM.
 */
int __init nacc_domain_init(void)
{
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

static struct nacc_domain *domain_create(const char *name)
{
	struct nacc_domain *d = kzalloc(sizeof(*d), GFP_KERNEL);

	if (!d)
		return NULL;
	refcount_set(&d->ref, 1);
	strscpy(d->name, name);
	mutex_lock(&nacc_domain_lock);
	/* A write to /proc/nacc/mark may race with rmmod. */
	if (closing || !try_module_get(THIS_MODULE)) {
		mutex_unlock(&nacc_domain_lock);
		kfree(d);
		return NULL;
	}
	d->id = ++last_id;
	list_add_tail(&d->node, &domains);
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
	mutex_unlock(&nacc_domain_lock);
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
struct nacc_domain *nacc_domain_get_by_mm(struct mm_struct *mm)
{
	struct nacc_domain *domain = NULL;
	struct nacc_mm *entry = NULL;
	phys_addr_t root;

	rcu_read_lock();
	root = __pa(READ_ONCE(mm->pgd));
	if (nacc_in_pool(root))
		entry = rcu_dereference(mm_by_root[nacc_frame_index(root)]);
	if (entry && refcount_inc_not_zero(&entry->domain->ref))
		domain = entry->domain;
	rcu_read_unlock();
	return domain;
}

/**
 * nacc_domain_rules() - rules of a marked mm's domain
 * @mm: the mm
 *
 * Context: any, with preemption off; the rules stay until it is on again.
 * Return: the rules, or NULL if it is not marked.
 */
notrace const struct nacc_rules *
nacc_domain_rules(const struct mm_struct *mm)
{
	phys_addr_t root = __pa(READ_ONCE(mm->pgd));
	struct nacc_mm *entry;

	if (!nacc_in_pool(root))
		return NULL;
	entry = rcu_dereference_sched(mm_by_root[nacc_frame_index(root)]);
	return entry ? &entry->domain->rules : NULL;
}

NOKPROBE_SYMBOL(nacc_domain_rules);

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

	if (!nacc_in_pool(root))
		return 0;
	mutex_lock(&nacc_domain_lock);
	entry = rcu_dereference_protected(mm_by_root[nacc_frame_index(root)],
					  lockdep_is_held(&nacc_domain_lock));
	if (entry)
		id = entry->domain->id;
	mutex_unlock(&nacc_domain_lock);
	return id;
}

/* Called by nacc_promote() with the mmap lock held, tables in force. */
static void publish_mm(phys_addr_t root, void *arg)
{
	struct nacc_mm *entry = arg;

	entry->root = root;
	mutex_lock(&nacc_domain_lock);
	list_add_tail(&entry->node, &marked_mms);
	entry->domain->mms++;
	rcu_assign_pointer(mm_by_root[nacc_frame_index(root)], entry);
	mutex_unlock(&nacc_domain_lock);
}

static void forget_mm(struct nacc_mm *entry)
{
	struct nacc_domain *domain = entry->domain;
	struct nacc_mm __rcu **slot;

	slot = &mm_by_root[nacc_frame_index(entry->root)];
	mutex_lock(&nacc_domain_lock);
	list_del(&entry->node);
	domain->mms--;
	/* After a demotion the frame may be the root of another mm already. */
	if (rcu_access_pointer(*slot) == entry)
		RCU_INIT_POINTER(*slot, NULL);
	mutex_unlock(&nacc_domain_lock);
	mmdrop(entry->mm);
	kfree_rcu(entry, rcu);
	nacc_domain_put(domain);
}

/**
 * struct unsignalled - a call made again where no signal can interrupt it
 * @work: runs in a kernel worker
 * @fn: the call
 * @arg: its argument
 * @ret: its result
 */
struct unsignalled {
	struct work_struct work;
	int (*fn)(void *arg);
	void *arg;
	int ret;
};

static void unsignalled_work(struct work_struct *work)
{
	struct unsignalled *u = container_of(work, struct unsignalled, work);

	u->ret = u->fn(u->arg);
}

/*
 * mm_take_all_locks() gives up when a signal is pending. A child on its way to
 * user mode often has one, and must not get there unprotected.
 */
static int run_unsignalled(int (*fn)(void *arg), void *arg)
{
	struct unsignalled u = { .fn = fn, .arg = arg };

	u.ret = fn(arg);
	if (u.ret != -EINTR || fatal_signal_pending(current))
		return u.ret;
	INIT_WORK_ONSTACK(&u.work, unsignalled_work);
	queue_work(system_unbound_wq, &u.work);
	flush_work(&u.work);
	destroy_work_on_stack(&u.work);
	return u.ret;
}

static int promote_entry(void *arg)
{
	struct nacc_mm *entry = arg;

	return nacc_promote(entry->mm, publish_mm, entry);
}

static bool is_leaving(struct nacc_domain *domain)
{
	bool leaving;

	mutex_lock(&nacc_domain_lock);
	leaving = domain->leaving;
	mutex_unlock(&nacc_domain_lock);
	return leaving;
}

/*
 * An unmark may fail half way, and then the domain is as it was: whoever wants
 * to join waits for the outcome, not to be left out for good.
 */
static int promotion_begin(struct nacc_domain *domain)
{
	bool ok;

	mutex_lock(&nacc_domain_lock);
	while (domain->leaving) {
		mutex_unlock(&nacc_domain_lock);
		wait_event(promotions_done, !is_leaving(domain));
		mutex_lock(&nacc_domain_lock);
	}
	/* The joiner is killed for the error, as all of the container are. */
	if (domain->condemned) {
		mutex_unlock(&nacc_domain_lock);
		return -EOWNERDEAD;
	}
	ok = !domain->gone && !closing;
	domain->promoting += ok;
	mutex_unlock(&nacc_domain_lock);
	return ok ? 0 : -ECANCELED;
}

static void promotion_end(struct nacc_domain *domain)
{
	mutex_lock(&nacc_domain_lock);
	domain->promoting--;
	mutex_unlock(&nacc_domain_lock);
	wake_up_all(&promotions_done);
}

/**
 * nacc_join() - protect an mm as part of a domain
 * @domain: the domain; the caller holds a reference
 * @mm: the mm; the caller holds mm_users
 *
 * Context: may sleep.
 * Return: 0 or an error of nacc_promote(); -ECANCELED if the domain has been
 * unmarked; -EOWNERDEAD if it is being killed.
 */
int nacc_join(struct nacc_domain *domain, struct mm_struct *mm)
{
	struct nacc_mm *entry;
	int ret = promotion_begin(domain);

	if (ret)
		return ret;
	ret = -ENOMEM;
	entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	if (!entry)
		goto end;
	mmgrab(mm);
	refcount_inc(&domain->ref);
	entry->mm = mm;
	entry->domain = domain;
	ret = run_unsignalled(promote_entry, entry);
	if (ret) {
		/* The caller has references to both. */
		mmdrop(mm);
		refcount_dec(&domain->ref);
		kfree(entry);
	}
end:
	promotion_end(domain);
	return ret;
}

/**
 * nacc_task_mm() - address space of a user process
 * @task: the process
 * @mm: out: its mm, to be dropped with mmput()
 *
 * Return: 0, -EINVAL (kernel thread), -ESRCH (has exited).
 */
int nacc_task_mm(struct task_struct *task, struct mm_struct **mm)
{
	struct task_struct *thread;

	if (task->flags & PF_KTHREAD)
		return -EINVAL;
	*mm = NULL;
	rcu_read_lock();
	/* The leader may have exited before the other threads. */
	for_each_thread(task, thread) {
		*mm = get_task_mm(thread);
		if (*mm)
			break;
	}
	rcu_read_unlock();
	return *mm ? 0 : -ESRCH;
}

static struct nacc_domain *domain_create_armed(const char *name)
{
	struct nacc_domain *domain;
	int ret;

	mutex_lock(&arm_lock);
	domain = domain_create(name);
	ret = domain ? nacc_hook_arm() : -ENOMEM;
	if (!ret)
		ret = nacc_pool_arm();
	if (ret && domain)
		nacc_domain_put(domain);
	mutex_unlock(&arm_lock);
	return ret ? ERR_PTR(ret) : domain;
}

static int mark_mm(struct task_struct *task, struct mm_struct *mm,
		   const char *name, u32 *id)
{
	char comm[TASK_COMM_LEN];
	struct nacc_domain *domain;
	int ret;

	domain = nacc_domain_get_by_mm(mm);
	if (domain) {
		*id = domain->id;
		nacc_domain_put(domain);
		return -EEXIST;
	}
	domain = domain_create_armed(name[0] ? name :
				     get_task_comm(comm, task));
	if (IS_ERR(domain))
		return PTR_ERR(domain);
	ret = nacc_join(domain, mm);
	if (!ret) {
		*id = domain->id;
		nacc_count(NACC_COUNT_MARKS, 1);
		trace_nacc_mark(domain->id, task_pid_nr(task), domain->name);
	}
	nacc_domain_put(domain);
	nacc_kick();
	return ret;
}

/**
 * nacc_mark_task() - mark a live process
 * @task: the process; the caller holds a reference
 * @name: label, empty for the process's comm
 * @id: out: the new domain; with -EEXIST the one it is in
 *
 * Context: may sleep.
 * Return: as NACC_IOC_MARK.
 */
int nacc_mark_task(struct task_struct *task, const char *name, u32 *id)
{
	struct mm_struct *mm;
	int ret;

	/* An exec under way would leave the mm that is being promoted. */
	if (mutex_lock_killable(&task->signal->cred_guard_mutex))
		return -EINTR;
	ret = nacc_task_mm(task, &mm);
	if (!ret) {
		ret = mark_mm(task, mm, name, id);
		mmput(mm);
	}
	mutex_unlock(&task->signal->cred_guard_mutex);
	return ret;
}

static void kill_users(const struct mm_struct *mm)
{
	struct task_struct *process, *thread;

	rcu_read_lock();
	for_each_process_thread(process, thread)
		if (READ_ONCE(thread->mm) == mm)
			send_sig(SIGKILL, thread, 1);
	rcu_read_unlock();
}

static void domain_kill(struct nacc_domain *domain)
{
	struct nacc_mm *entry;

	lockdep_assert_held(&nacc_domain_lock);
	if (!domain->condemned) {
		pr_warn("domain %u (%s) is ended\n", domain->id, domain->name);
		nacc_count(NACC_COUNT_CONDEMNED, 1);
	}
	domain->condemned = true;
	list_for_each_entry(entry, &marked_mms, node)
		if (entry->domain == domain)
			kill_users(entry->mm);
}

/**
 * nacc_domain_kill() - end the container that an address space belongs to
 * @root: physical address of the root; unknown ones are ignored
 *
 * Context: may sleep.
 */
void nacc_domain_kill(phys_addr_t root)
{
	struct nacc_mm *entry;

	mutex_lock(&nacc_domain_lock);
	list_for_each_entry(entry, &marked_mms, node) {
		if (entry->root == root) {
			domain_kill(entry->domain);
			break;
		}
	}
	mutex_unlock(&nacc_domain_lock);
}

/**
 * nacc_domain_check_roots() - does every marked mm still run on its root?
 *
 * Whoever can write kernel data can let mm->pgd name tables of his own, and
 * nothing traps then. This does not prevent it, it ends it: the container is
 * killed.
 *
 * Context: may sleep; the keeper only.
 */
void nacc_domain_check_roots(void)
{
	struct nacc_mm *entry;

	mutex_lock(&nacc_domain_lock);
	list_for_each_entry(entry, &marked_mms, node) {
		/* Unmark and exit move the root themselves. */
		if (entry->exiting || entry->domain->leaving ||
		    entry->domain->gone ||
		    __pa(READ_ONCE(entry->mm->pgd)) == entry->root)
			continue;
		if (!entry->domain->condemned) {
			pr_alert("an mm of domain %u runs on tables at %#llx instead of %#llx\n",
				 entry->domain->id,
				 (u64)__pa(entry->mm->pgd), (u64)entry->root);
			nacc_count(NACC_COUNT_ROOT_SWAPPED, 1);
		}
		domain_kill(entry->domain);
	}
	mutex_unlock(&nacc_domain_lock);
}

static struct nacc_domain *domain_find(u32 id)
{
	struct nacc_domain *d;

	lockdep_assert_held(&nacc_domain_lock);
	list_for_each_entry(d, &domains, node)
		if (d->id == id && refcount_inc_not_zero(&d->ref))
			return d;
	return NULL;
}

/* A marked mm of the domain that is still used, with mm_users taken. */
static struct nacc_mm *first_live_mm(struct nacc_domain *domain)
{
	struct nacc_mm *entry, *found = NULL;

	mutex_lock(&nacc_domain_lock);
	list_for_each_entry(entry, &marked_mms, node) {
		if (entry->domain == domain && mmget_not_zero(entry->mm)) {
			found = entry;
			break;
		}
	}
	mutex_unlock(&nacc_domain_lock);
	return found;
}

static int demote_mm(void *arg)
{
	return nacc_demote(arg);
}

static int domain_demote(struct nacc_domain *domain)
{
	struct nacc_mm *entry;

	while ((entry = first_live_mm(domain))) {
		struct mm_struct *mm = entry->mm;
		int ret = run_unsignalled(demote_mm, mm);

		if (!ret)
			forget_mm(entry);
		mmput(mm);
		if (ret)
			return ret;
	}
	return 0;
}

static bool no_promotion(struct nacc_domain *domain)
{
	bool none;

	mutex_lock(&nacc_domain_lock);
	none = !domain->promoting;
	mutex_unlock(&nacc_domain_lock);
	return none;
}

/**
 * nacc_unmark() - end the protection of a domain
 * @id: its ID
 *
 * Context: may sleep.
 * Return: as NACC_IOC_UNMARK; -EBUSY if someone else is unmarking it.
 */
int nacc_unmark(u32 id)
{
	struct nacc_domain *domain;
	int ret;

	mutex_lock(&nacc_domain_lock);
	domain = domain_find(id);
	if (domain && domain->leaving) {
		mutex_unlock(&nacc_domain_lock);
		nacc_domain_put(domain);
		return -EBUSY;
	}
	if (domain)
		domain->leaving = true;
	mutex_unlock(&nacc_domain_lock);
	if (!domain)
		return -ENOENT;

	wait_event(promotions_done, no_promotion(domain));
	ret = domain_demote(domain);
	mutex_lock(&nacc_domain_lock);
	domain->leaving = false;
	domain->gone = !ret;
	mutex_unlock(&nacc_domain_lock);
	wake_up_all(&promotions_done);
	nacc_domain_put(domain);
	nacc_kick();
	return ret;
}

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
	mutex_lock(&arm_lock);
	if (nacc_domain_count())
		nacc_hook_arm_on_demand();
	mutex_unlock(&arm_lock);
	mutex_lock(&nacc_domain_lock);
	domain = domain_find(forbid->domain);
	if (domain && !domain->gone)
		ret = nacc_gup_hooked(forbid->forbid) ?
		      nacc_rules_add(&domain->rules, forbid) : -EOPNOTSUPP;
	mutex_unlock(&nacc_domain_lock);
	if (domain)
		nacc_domain_put(domain);
	return ret;
}

/**
 * nacc_unmark_all() - before another kernel takes over: leave nothing behind
 *
 * Nothing can be marked afterwards.
 *
 * Context: may sleep.
 */
void nacc_unmark_all(void)
{
	struct nacc_domain *d;
	u32 id, last = 0;

	mutex_lock(&nacc_domain_lock);
	closing = true;
	mutex_unlock(&nacc_domain_lock);
	do {
		id = 0;
		mutex_lock(&nacc_domain_lock);
		list_for_each_entry(d, &domains, node) {
			if (d->id > last) {
				id = d->id;
				break;
			}
		}
		mutex_unlock(&nacc_domain_lock);
		if (id)
			nacc_unmark(id);
		last = id;
	} while (id);
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
		nacc_hook_disarm();
		nacc_pool_disarm();
	}
	mutex_unlock(&arm_lock);
}

/* Only our reference is left: exit_mmap() is through, no CPU is lazy on it. */
static bool mm_is_dead(struct mm_struct *mm)
{
	return !atomic_read(&mm->mm_users) && atomic_read(&mm->mm_count) == 1;
}

static struct nacc_mm *first_dead_mm(void)
{
	struct nacc_mm *entry, *found = NULL;

	mutex_lock(&nacc_domain_lock);
	list_for_each_entry(entry, &marked_mms, node) {
		if (mm_is_dead(entry->mm)) {
			found = entry;
			break;
		}
	}
	mutex_unlock(&nacc_domain_lock);
	return found;
}

static struct nacc_mm *exiting_begin(struct mm_struct *mm)
{
	struct nacc_mm *entry = NULL;
	phys_addr_t root = __pa(mm->pgd);

	mutex_lock(&nacc_domain_lock);
	if (nacc_in_pool(root))
		entry = rcu_dereference_protected(mm_by_root[nacc_frame_index(root)],
						  lockdep_is_held(&nacc_domain_lock));
	if (entry)
		entry->exiting = true;
	mutex_unlock(&nacc_domain_lock);
	return entry;
}

/**
 * nacc_leave_exiting() - let an mm on its way into exit_mmap() leave the pool
 * @mm: a marked mm that nobody uses any more
 *
 * Its frames are retired later, by the keeper.
 *
 * Context: may sleep.
 * Return: true; false if it could not leave, and stays as it is.
 */
bool nacc_leave_exiting(struct mm_struct *mm)
{
	struct nacc_mm *entry = exiting_begin(mm);

	if (!entry || nacc_demote_exiting(mm, &entry->sw))
		return false;
	mutex_lock(&nacc_domain_lock);
	list_move_tail(&entry->node, &left_mms);
	mutex_unlock(&nacc_domain_lock);
	return true;
}

/* Mms that have left: out of use but for those who have not noticed yet. */
static void reap_left(unsigned long *roots)
{
	struct nacc_mm *entry, *next;
	LIST_HEAD(list);

	mutex_lock(&nacc_domain_lock);
	list_splice_init(&left_mms, &list);
	mutex_unlock(&nacc_domain_lock);
	if (list_empty(&list))
		return;
	synchronize_rcu();
	list_for_each_entry_safe(entry, next, &list, node) {
		nacc_switch_again(&entry->sw);
		__set_bit(nacc_frame_index(entry->root), roots);
		forget_mm(entry);
		nacc_count(NACC_COUNT_REAPED, 1);
	}
}

static bool nothing_to_reap(void)
{
	bool nothing;

	mutex_lock(&nacc_domain_lock);
	nothing = list_empty(&marked_mms) && list_empty(&left_mms);
	mutex_unlock(&nacc_domain_lock);
	return nothing;
}

/**
 * nacc_reap_dead() - release the frames of address spaces that are gone
 *
 * They have left at exit, or the kernel's own code has torn them down to the
 * root.
 *
 * Context: may sleep; the keeper only.
 */
void nacc_reap_dead(void)
{
	unsigned long *roots;
	struct nacc_mm *entry;

	if (nothing_to_reap())
		return;
	roots = bitmap_zalloc(nacc_pool.nr, GFP_KERNEL);
	if (!roots)
		return;
	reap_left(roots);
	/* All at once: what has to be waited for is waited for once. */
	while ((entry = first_dead_mm())) {
		__set_bit(nacc_frame_index(entry->root), roots);
		trace_nacc_teardown(entry->domain->id, entry->root);
		/* Drops the mm, and with it the kernel's reference to the root. */
		forget_mm(entry);
		nacc_count(NACC_COUNT_REAPED, 1);
	}
	if (!bitmap_empty(roots, nacc_pool.nr))
		nacc_pool_retire_unfit(roots);
	bitmap_free(roots);
}

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

	list_for_each_entry(entry, &marked_mms, node)
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
	list_for_each_entry(d, &domains, node) {
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
	list_for_each_entry(d, &domains, node)
		nacc_rules_print(m, d->id, &d->rules);
	mutex_unlock(&nacc_domain_lock);
	return 0;
}

static void print_user_of(struct seq_file *m, const struct nacc_mm *entry,
			  const struct nacc_sbi_frame *all)
{
	struct task_struct *process, *thread;
	char comm[TASK_COMM_LEN] = "-";
	pid_t pid = 0;

	rcu_read_lock();
	for_each_process_thread(process, thread) {
		if (READ_ONCE(thread->mm) != entry->mm)
			continue;
		pid = task_tgid_vnr(thread);
		get_task_comm(comm, thread);
		goto found;
	}
found:
	rcu_read_unlock();
	seq_printf(m, "%u %d", entry->domain->id, pid);
	seq_printf(m, " %u %#llx ", mm_tables(entry, all), (u64)entry->root);
	seq_escape(m, comm, " \t\n\\");
	seq_putc(m, '\n');
}

/**
 * nacc_mms_seq() - print /proc/nacc/mms
 * @m: where to
 */
int nacc_mms_seq(struct seq_file *m)
{
	struct nacc_sbi_frame *all = nacc_pool_snapshot_alloc();
	struct nacc_mm *entry;

	if (!all)
		return -ENOMEM;
	nacc_pool_snapshot(all);
	seq_puts(m, "domain pid tables root comm\n");
	mutex_lock(&nacc_domain_lock);
	list_for_each_entry(entry, &marked_mms, node)
		print_user_of(m, entry, all);
	mutex_unlock(&nacc_domain_lock);
	vfree(all);
	return 0;
}

#ifdef NACC_KUNIT
#include "domain_test.c"
#endif
