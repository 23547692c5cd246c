// SPDX-License-Identifier: GPL-2.0
/*
 * Threads of gated address spaces, each of which has a context at the firmware.
 *
 * One that begins gets it before anybody has seen it, from a hook (routes/threads.c), and
 * with it what its maker had in his. Where threads were there before the gate, or their mm
 * before it joined a gated domain, all tasks are gone through, and what the firmware finds
 * in their registers at their next return is what they have. Somebody who forks may be
 * between the hook, which has not seen a gate yet, and the list of tasks: sched_process_fork
 * comes when he is in that, and looks again.
 *
 * Whether a child is watched as one, or its next return is taken as it is, the firmware says:
 * it knows what its maker has, and whether the gate is on. Nothing here is read for that.
 *
 * What keeps alive what is looked at: an entry of a marked mm stays while preemption is off
 * (domain.c), and so does its root: who retires one waits for a grace period before. The mm
 * of a task is compared and not followed, but for the calling task's and a child's that
 * nobody has seen. A task stays under RCU; to the firmware it is a name.
 */
#include <linux/kprobes.h>
#include <linux/pagemap.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>

#include "domain/internal.h"

/* An mm on its way into a gated domain is known by no entry yet. */
static DEFINE_RAW_SPINLOCK(joiners_lock);
static LIST_HEAD(joiners);		/* under joiners_lock */
static unsigned int nr_joiners;		/* written under joiners_lock */

/* With preemption off. Return: NULL: its threads have no contexts. */
static struct nacc_mm *notrace gated_entry(const struct mm_struct *mm)
{
	struct nacc_mm *entry = nacc_mm_entry(mm, __pa(READ_ONCE(mm->pgd)));

	/* Pairs with nacc_gate_mm(). */
	return entry && smp_load_acquire(&entry->gate) ? entry : NULL;
}

NOKPROBE_SYMBOL(gated_entry);

/**
 * nacc_gated() - has the firmware contexts of the threads of an mm?
 * @mm: the mm, or NULL
 *
 * Context: any, probes included.
 */
bool notrace nacc_gated(const struct mm_struct *mm)
{
	bool gated;

	if (!mm)
		return false;
	preempt_disable_notrace();
	gated = gated_entry(mm);
	preempt_enable_notrace();
	return gated;
}

NOKPROBE_SYMBOL(nacc_gated);

/* Return: 0, also if it is not gated any more, or an error of the shim. */
static int begin(struct task_struct *task)
{
	struct nacc_mm *entry;
	int ret = 0;

	preempt_disable();
	entry = gated_entry(task->mm);
	if (entry)
		ret = nacc_sbi_context(entry->root, task, NACC_CONTEXT_OF_CHILD, current);
	preempt_enable();
	return ret;
}

/* With so many contexts, and their vector registers */
static unsigned int frames_with(unsigned int places)
{
	return 1 + NACC_VECTOR_FRAMES(nacc_pool.vlenb, places);
}

static int begin_with_room(struct nacc_domain *domain, struct task_struct *task)
{
	/* A frame of contexts, if there is no place in those that it has. */
	const unsigned int nr = frames_with(NACC_CONTEXT_PER_FRAME);
	int ret;

	if (!nacc_share_take_domain(domain, nr, NACC_ROOM_WAIT))
		return -ENOMEM;
	ret = begin(task);
	nacc_share_give_domain(domain, nr, !ret);
	return ret;
}

/* Where the arguments of clone3(2) are, which the calling task is in: its first one */
static const char __user *clone_args(void)
{
	return (const char __user *)task_pt_regs(current)->orig_a0;
}

/*
 * The firmware reads the arguments of clone3(2) itself, which may be reclaimed again since the
 * kernel has read them: they are brought in, and it looks once more.
 */
static int begin_by_args(struct nacc_domain *domain, struct task_struct *task)
{
	unsigned int tries = 0;
	int ret;

	do {
		ret = begin_with_room(domain, task);
	} while (ret == -EFAULT && tries++ < NACC_TRIES_MAX &&
		 !fault_in_readable(clone_args(), CLONE_ARGS_SIZE_VER0));
	return ret;
}

/**
 * nacc_thread_begins() - a thread of a gated mm has been made
 * @task: it; nobody has seen it, and the calling task makes it
 *
 * Context: may sleep.
 * Return: 0; -EAGAIN: no frame for its context, or nowhere what clone3(2) was called with;
 * -EPERM: the firmware refuses it one.
 */
int nacc_thread_begins(struct task_struct *task)
{
	struct nacc_domain *domain = nacc_domain_get_by_mm(task->mm);
	int ret;

	if (!domain)
		return 0;
	ret = begin_by_args(domain, task);
	nacc_domain_put(domain);
	/* Another thread may have unmapped them: of clone3(2) no program knows -EPERM for that. */
	if (ret == -EFAULT)
		return -EAGAIN;
	if (ret != -ENOMEM)
		return ret ? -EPERM : 0;
	nacc_count(NACC_COUNT_ENOMEM, 1);
	return -EAGAIN;
}

/**
 * nacc_thread_ends() - a thread will not be in user mode any more on an mm
 * @task: the thread
 * @mm: the mm; it stays meanwhile
 *
 * Context: any.
 */
void nacc_thread_ends(struct task_struct *task, const struct mm_struct *mm)
{
	struct nacc_mm *entry;

	preempt_disable();
	entry = gated_entry(mm);
	if (entry)
		nacc_sbi_context(entry->root, task, NACC_CONTEXT_END, NULL);
	preempt_enable();
}

/* Can it be in user mode again? Threads that the kernel makes for a process never are. */
static bool notrace returns(const struct task_struct *task)
{
	return !(READ_ONCE(task->flags) & (PF_KTHREAD | PF_USER_WORKER | PF_EXITING));
}

NOKPROBE_SYMBOL(returns);

static phys_addr_t notrace joiner_root(const struct mm_struct *mm)
{
	const struct nacc_joiner *joiner;
	phys_addr_t root = 0;
	unsigned long flags;

	/* Pairs with nacc_joiner_ready(). */
	smp_mb();
	if (!READ_ONCE(nr_joiners))
		return 0;
	raw_spin_lock_irqsave(&joiners_lock, flags);
	list_for_each_entry(joiner, &joiners, node)
		if (joiner->mm == mm)
			root = joiner->root;
	raw_spin_unlock_irqrestore(&joiners_lock, flags);
	return root;
}

NOKPROBE_SYMBOL(joiner_root);

/* Not of one that was gated from its beginning: there the hook has seen all. */
static phys_addr_t notrace late_root(const struct mm_struct *mm)
{
	phys_addr_t root = joiner_root(mm);
	const struct nacc_mm *entry;

	preempt_disable_notrace();
	entry = gated_entry(mm);
	if (entry)
		root = entry->threaded ? entry->root : 0;
	preempt_enable_notrace();
	return root;
}

NOKPROBE_SYMBOL(late_root);

/**
 * nacc_thread_forked() - a task has been made, and is about to be woken
 * @task: the task
 *
 * Its context, if it was made while its mm came to be gated. Who has one gets it again: his
 * maker is in the same call still.
 *
 * Context: a probe of sched_process_fork; the calling task has made it.
 */
void nacc_thread_forked(struct task_struct *task)
{
	phys_addr_t root;

	if (!task->mm || !returns(task))
		return;
	root = late_root(task->mm);
	if (root && nacc_sbi_context(root, task, NACC_CONTEXT_OF_CHILD, current))
		nacc_doom(task);
}

NOKPROBE_SYMBOL(nacc_thread_forked);

/**
 * nacc_threads_frames() - how many frames the contexts of an address space take
 * @nr: of so many threads, one at least
 *
 * Context: any.
 */
unsigned int nacc_threads_frames(unsigned int nr)
{
	const unsigned int per = NACC_CONTEXT_PER_FRAME;

	return frames_with(per - NACC_CONTEXT_FIRST) +
	       (DIV_ROUND_UP(NACC_CONTEXT_FIRST + nr, per) - 1) * frames_with(per);
}

/**
 * nacc_threads_room() - how many frames the contexts of an mm will take
 * @mm: the mm; only compared
 *
 * Context: any but an interrupt.
 */
unsigned int nacc_threads_room(const struct mm_struct *mm)
{
	struct task_struct *process, *thread;
	unsigned int nr = 0;

	rcu_read_lock();
	for_each_process_thread(process, thread)
		nr += READ_ONCE(thread->mm) == mm && returns(thread);
	rcu_read_unlock();
	return nacc_threads_frames(nr);
}

static int adopt(const struct mm_struct *mm, phys_addr_t root, struct task_struct *thread)
{
	int ret = nacc_sbi_context(root, thread, NACC_CONTEXT_OF_OTHER, NULL);

	/* Who exits or executes may have told of it before: it has said so before that. */
	smp_mb();
	if (!ret && (!returns(thread) || READ_ONCE(thread->mm) != mm))
		nacc_sbi_context(root, thread, NACC_CONTEXT_END, NULL);
	return ret;
}

/* For each of them the firmware looks through those that it has: so many, and a rest. */
#define AT_ONCE		64

/* Under RCU, but for a moment. Return: false: one of them has left its list meanwhile. */
static bool rest(struct task_struct *process, struct task_struct *thread)
{
	bool are_there;

	get_task_struct(process);
	get_task_struct(thread);
	rcu_read_unlock();
	cond_resched();
	rcu_read_lock();
	are_there = pid_alive(process) && pid_alive(thread);
	put_task_struct(thread);
	put_task_struct(process);
	return are_there;
}

/* Under RCU. Return: as nacc_threads_adopt(); -EAGAIN: all of them again. */
static int adopt_all(const struct mm_struct *mm, phys_addr_t root, bool rests)
{
	struct task_struct *process, *thread;
	unsigned int nr = 0;

	for_each_process_thread(process, thread) {
		int ret;

		if (READ_ONCE(thread->mm) != mm || !returns(thread))
			continue;
		ret = adopt(mm, root, thread);
		if (ret)
			return ret;
		if (rests && !(++nr % AT_ONCE) && !rest(process, thread))
			return -EAGAIN;
	}
	return 0;
}

/**
 * nacc_threads_adopt() - contexts for the threads that an mm has
 * @mm: the mm; the caller holds mm_users
 * @root: physical address of its root, gated: who begins from now on has one
 *
 * Context: may sleep; no memory is allocated. nacc_threads_room() frames are there.
 * Return: 0 or an error of the shim; -ENOMEM: there are more of them by now.
 */
int nacc_threads_adopt(const struct mm_struct *mm, phys_addr_t root)
{
	unsigned int tries = 0;
	int ret;

	/* Pairs with nacc_thread_forked(): who is not in the list yet will look. */
	smp_mb();
	rcu_read_lock();
	do {
		ret = adopt_all(mm, root, tries < NACC_TRIES_MAX);
	} while (ret == -EAGAIN && tries++ < NACC_TRIES_MAX);
	rcu_read_unlock();
	return ret;
}

/**
 * struct handlers - the handlers of a process
 * @of: by signal - 1; NULL: the kernel's
 */
struct handlers {
	__sighandler_t of[_NSIG];
};

/* Under RCU. Return: false: it has none any more. */
static bool read_handlers(struct handlers *handlers, struct task_struct *task)
{
	struct sighand_struct *sighand = rcu_dereference(task->sighand);
	unsigned long flags;
	bool same;
	int i;

	if (!sighand)
		return false;
	/* It may have become another's, but not something else (SLAB_TYPESAFE_BY_RCU). */
	spin_lock_irqsave(&sighand->siglock, flags);
	same = sighand == rcu_access_pointer(task->sighand);
	for (i = 0; i < _NSIG; i++)
		handlers->of[i] = sighand->action[i].sa.sa_handler;
	spin_unlock_irqrestore(&sighand->siglock, flags);
	return same;
}

static int tell_handlers(const struct handlers *handlers, phys_addr_t root)
{
	int i, ret = 0;

	for (i = 0; i < _NSIG && !ret; i++)
		if (handlers->of[i] != SIG_DFL && handlers->of[i] != SIG_IGN)
			ret = nacc_sbi_call(NACC_SBI_HANDLER, root, i + 1,
					    (unsigned long)handlers->of[i], NULL);
	return ret;
}

/* All threads of a process have the same. */
static struct task_struct *thread_on(struct task_struct *process, const struct mm_struct *mm)
{
	struct task_struct *thread;

	for_each_thread(process, thread)
		if (READ_ONCE(thread->mm) == mm && returns(thread))
			return thread;
	return NULL;
}

/**
 * nacc_threads_handlers() - tell which handlers of signals an mm has
 * @mm: the mm; only compared
 * @root: physical address of its root, gated
 *
 * Context: any but an interrupt.
 * Return: 0 or an error of the shim.
 */
int nacc_threads_handlers(const struct mm_struct *mm, phys_addr_t root)
{
	struct task_struct *process, *thread;
	struct handlers handlers;
	int ret = 0;

	rcu_read_lock();
	for_each_process(process) {
		thread = thread_on(process, mm);
		if (thread && read_handlers(&handlers, thread))
			ret = tell_handlers(&handlers, root);
		if (ret)
			break;
	}
	rcu_read_unlock();
	return ret;
}

static void list_joiner(struct nacc_joiner *joiner)
{
	raw_spin_lock_irq(&joiners_lock);
	list_add(&joiner->node, &joiners);
	WRITE_ONCE(nr_joiners, nr_joiners + 1);
	raw_spin_unlock_irq(&joiners_lock);
}

/**
 * nacc_joiner_ready() - an mm is about to run on a root of a domain that may have a gate
 * @joiner: in no list
 * @entry: the mm; its domain's gate stays as it is
 * @root: physical address of the root, on which nobody runs yet
 *
 * Context: the locks of the mm are held, no memory is allocated.
 * Return: 0 or an error of the shim; nacc_joiner_end() is called in any case, when it is known
 * by its entry.
 */
int nacc_joiner_ready(struct nacc_joiner *joiner, struct nacc_mm *entry, phys_addr_t root)
{
	const phys_addr_t record = nacc_domain_record(entry->domain);
	int ret;

	if (!record)
		return 0;
	ret = nacc_sbi_call(NACC_SBI_AS_GATE, root, record, 0, NULL);
	if (ret)
		return ret;
	joiner->mm = entry->mm;
	joiner->root = root;
	list_joiner(joiner);
	ret = nacc_threads_adopt(entry->mm, root);
	if (!ret)
		ret = nacc_threads_handlers(entry->mm, root);
	/* Nobody finds it yet. */
	entry->threaded = true;
	entry->gate = record;
	return ret;
}

/**
 * nacc_joiner_end() - it is known by its entry now, or did not join
 * @joiner: what nacc_joiner_ready() was given
 *
 * Context: may sleep.
 */
void nacc_joiner_end(struct nacc_joiner *joiner)
{
	raw_spin_lock_irq(&joiners_lock);
	if (!list_empty(&joiner->node))
		WRITE_ONCE(nr_joiners, nr_joiners - 1);
	list_del_init(&joiner->node);
	raw_spin_unlock_irq(&joiners_lock);
}
