// SPDX-License-Identifier: GPL-2.0
/*
 * Refused roots: who named one is killed at once (I14).
 *
 * The firmware has given the CPU another root, in the middle of a switch, and then lets
 * it call nacc_roots_refused(). All that can be done there is to ask for an interrupt,
 * which comes when the switch is through: before the task that was switched to is in
 * user mode. It kills that one; whoever else uses its mm the keeper looks for, at once.
 */
#include <linux/io.h>
#include <linux/irq_work.h>
#include <linux/kprobes.h>
#include <linux/pid_namespace.h>
#include <linux/sched/coredump.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>

#include "compat.h"
#include "domain/internal.h"

/* Tasks that were killed for it and not noted yet; more than that are not known. */
#define NAMED_MAX	16

/**
 * struct named - a task that was killed for a root
 * @mm: its mm
 * @who: what it was
 */
struct named {
	u64 mm;
	struct nacc_who who;
};

static struct named named[NAMED_MAX];	/* under named_lock */
static unsigned int nr_named;		/* under named_lock */
static struct mm_struct *shared[NAMED_MAX];	/* whose users are to end; under named_lock */
static unsigned int nr_shared;		/* under named_lock */
static DEFINE_RAW_SPINLOCK(named_lock);

/*
 * For an mm whose own root nobody knows any more, since another's stood in its place:
 * empty ones. It keeps it, and all that it had, for ever: to take apart what it names
 * would be to take apart what is another's.
 */
static struct page *spare[4];		/* exchanged atomically */

/**
 * struct refused - NACC_INFO_REFUSED of this CPU
 * @reason: enum nacc_reason
 * @mm: the mm that named the root, or 0
 * @root: physical address of that root
 * @own: of the one bound to the mm, or 0
 */
struct refused {
	unsigned long reason;
	unsigned long mm;
	unsigned long root;
	unsigned long own;
};

static void get_refused(struct refused *r)
{
	nacc_sbi_call(NACC_SBI_GET_INFO, NACC_INFO_REFUSED, 0, 0, &r->reason);
	nacc_sbi_call(NACC_SBI_GET_INFO, NACC_INFO_REFUSED, 1, 0, &r->mm);
	nacc_sbi_call(NACC_SBI_GET_INFO, NACC_INFO_REFUSED, 2, 0, &r->root);
	nacc_sbi_call(NACC_SBI_GET_INFO, NACC_INFO_REFUSED, 3, 0, &r->own);
}

static bool uses(const struct task_struct *task, unsigned long mm)
{
	return !(task->flags & PF_KTHREAD) &&
	       (unsigned long)READ_ONCE(task->mm) == mm;
}

/* With an mm, that was switched to; without, the kernel's own threads are not ended. */
static bool is_to_end(unsigned long mm)
{
	return mm ? uses(current, mm) : !(current->flags & PF_KTHREAD);
}

/*
 * Others use it: processes (CLONE_VM), or all of them, if a kernel thread has borrowed it.
 * Those that find no room here get empty tables or their own, and are told of in the log.
 */
static void leave_to_keeper(struct mm_struct *mm)
{
	raw_spin_lock(&named_lock);
	if (nr_shared < ARRAY_SIZE(shared)) {
		mmgrab(mm);
		shared[nr_shared++] = mm;
	}
	raw_spin_unlock(&named_lock);
}

static void give_spare(struct mm_struct *mm)
{
	struct page *page = NULL;
	unsigned int i;

	/* Never given back: so its end, which would take apart what it names, never comes. */
	if (!mmget_not_zero(mm))
		return;
	for (i = 0; i < ARRAY_SIZE(spare) && !page; i++)
		page = xchg(&spare[i], NULL);
	if (!page)
		return;
	WRITE_ONCE(mm->pgd, page_address(page));
	/*
	 * This CPU has the kernel's root. What a system call finds in user memory from
	 * here on shall not be a fault that ends nowhere: nothing is mapped any more, as
	 * after the OOM reaper.
	 */
	nacc_mm_unstable(mm);
	nacc_sbi_call(NACC_SBI_SWITCH, (unsigned long)mm,
		      __pa_symbol(nacc_ksym.init_mm->pgd), page_to_phys(page), NULL);
}

/*
 * Its end works on the tables that the mm names: they had better be its own. Only of the
 * one that this CPU has switched to, which has a reference for that: another task's may
 * be gone by now.
 */
static void mend(const struct refused *r)
{
	struct mm_struct *mm = current->active_mm;

	if (!r->mm || (unsigned long)mm != r->mm)
		return;
	if (r->own)
		WRITE_ONCE(mm->pgd, __va(r->own));
	else if (nacc_in_pool(r->root) && __pa(READ_ONCE(mm->pgd)) == r->root)
		give_spare(mm);
}

static void note(struct task_struct *task, unsigned long mm)
{
	struct named *n;

	raw_spin_lock(&named_lock);
	n = &named[nr_named++ % NAMED_MAX];
	n->mm = mm;
	n->who.pid = task_tgid_nr(task);
	memcpy(n->who.comm, task->comm, TASK_COMM_LEN);
	raw_spin_unlock(&named_lock);
}

static void end_current(const struct refused *r)
{
	note(current, r->mm);
	send_sig(SIGKILL, current, 1);
	/* Under lockdown no address is told. */
	pr_alert_ratelimited("%s[%d] named the root at %#llx: %s (%s)\n",
			     current->comm, task_tgid_nr(current),
			     (u64)r->root & nacc_physical_mask(),
			     is_global_init(current) ? "init, and not ended" : "killed",
			     nacc_reason_name(r->reason));
}

static void end_task(struct irq_work *work)
{
	struct refused r = {};

	get_refused(&r);
	/*
	 * Before anybody is killed: on its way out each thread wakes who waits for its end,
	 * and the page for that is looked up, and faulted in, in the tables that the mm names.
	 */
	mend(&r);
	if (is_to_end(r.mm))
		end_current(&r);
	if (r.mm && (unsigned long)current->active_mm == r.mm)
		leave_to_keeper(current->active_mm);
	if (r.mm && !r.own)
		nacc_stranded_found();
	nacc_strand_current();
	nacc_count(NACC_COUNT_ROOTS_REFUSED, 1);
	nacc_kick();
}

/* A module's per-CPU variables cannot be initialised with addresses. */
static DEFINE_PER_CPU(struct irq_work, end_work);

/**
 * nacc_roots_refused() - the root that this CPU wanted was refused
 *
 * Context: by upcall.S, in the middle of a switch: interrupts off, any lock held.
 */
asmlinkage void notrace nacc_roots_refused(void)
{
	irq_work_queue(this_cpu_ptr(&end_work));
}

NOKPROBE_SYMBOL(nacc_roots_refused);

static struct mm_struct *take_shared(void)
{
	struct mm_struct *mm;

	raw_spin_lock_irq(&named_lock);
	mm = nr_shared ? shared[--nr_shared] : NULL;
	raw_spin_unlock_irq(&named_lock);
	return mm;
}

/**
 * nacc_roots_end_users() - end whoever shares an mm for which a root was refused
 *
 * Context: may sleep.
 */
void nacc_roots_end_users(void)
{
	struct mm_struct *mm;

	while ((mm = take_shared())) {
		nacc_end_users(mm);
		mmdrop(mm);
	}
}

/**
 * nacc_roots_who() - the task that was killed for the root of an mm
 * @mm: the mm
 * @who: out
 *
 * Context: any but an interrupt.
 * Return: true if it is known.
 */
bool nacc_roots_who(u64 mm, struct nacc_who *who)
{
	unsigned int i;
	bool found = false;

	raw_spin_lock_irq(&named_lock);
	for (i = 0; i < NAMED_MAX && !found; i++) {
		const struct named *n = &named[(nr_named - 1 - i) % NAMED_MAX];

		found = mm && n->mm == mm;
		if (found)
			*who = n->who;
	}
	raw_spin_unlock_irq(&named_lock);
	return found;
}

static int fill_spare(unsigned int i)
{
	const u64 *kernel = (const u64 *)nacc_ksym.init_mm->pgd;
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

	if (!page)
		return -ENOMEM;
	memcpy((u64 *)page_address(page) + NACC_USER_ROOT_ENTRIES,
	       kernel + NACC_USER_ROOT_ENTRIES, PAGE_SIZE / 2);
	if (cmpxchg(&spare[i], NULL, page))
		__free_page(page);
	return 0;
}

/**
 * nacc_roots_fill() - have spare roots ready
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int nacc_roots_fill(void)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < ARRAY_SIZE(spare) && !ret; i++)
		if (!READ_ONCE(spare[i]))
			ret = fill_spare(i);
	return ret;
}

/**
 * nacc_roots_exit() - nothing is bound any more
 *
 * Context: may sleep.
 */
void nacc_roots_exit(void)
{
	unsigned int i;
	int cpu;

	for_each_possible_cpu(cpu)
		irq_work_sync(per_cpu_ptr(&end_work, cpu));
	nacc_roots_end_users();
	for (i = 0; i < ARRAY_SIZE(spare); i++)
		if (spare[i])
			__free_page(spare[i]);
}

/**
 * nacc_roots_init() - be ready for the first refusal
 *
 * Context: module load, may sleep.
 * Return: 0 or -ENOMEM.
 */
int __init nacc_roots_init(void)
{
	int cpu, ret = nacc_roots_fill();

	for_each_possible_cpu(cpu)
		/* Signals take locks that sleep on PREEMPT_RT: there it is a thread's work. */
		per_cpu(end_work, cpu) = IS_ENABLED(CONFIG_PREEMPT_RT) ?
			IRQ_WORK_INIT(end_task) : IRQ_WORK_INIT_HARD(end_task);
	if (ret)
		nacc_roots_exit();
	return ret;
}
