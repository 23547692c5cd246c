// SPDX-License-Identifier: GPL-2.0
/*
 * Stranded: an mm that names no root which a hart may have. One that is not marked though
 * all are (the system profile), or one in whose place another's root was named, so that
 * its own is not known any more. Its hart has the kernel's root.
 *
 * Whoever runs on it is killed (roots.c, system.c), and may be in the kernel then, in the
 * middle of a copy. The access faults, the kernel finds the entry in the tables that the mm
 * names, and the access faults again, for ever: a signal is looked at only where a fault is
 * to be retried, and without preemption nobody else gets the hart. So, from the interrupt
 * that kills it, the task has no faults any more, as between pagefault_disable() and
 * pagefault_enable(): what it copies ends with -EFAULT. Where it faults pages in itself
 * routes/stranded.c fails it; others would pay for that hook, so it is there only as long
 * as somebody has such an mm.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/smp.h>
#include <linux/task_work.h>
#include <asm/csr.h>

#include "domain/internal.h"

/* In a task's count of pagefault_disable(): more than it comes to by itself */
#define NO_FAULTS	(1 << 16)

static bool only_bound;	/* an ordinary root is none: written under system_lock */
static bool found;	/* set by who has found one, taken by the keeper */
static bool watching;	/* the keeper only */

/**
 * nacc_strand_ordinary() - from now on an mm with an ordinary root is stranded, or not
 * @on: is it?
 *
 * Context: under system_lock.
 */
void nacc_strand_ordinary(bool on)
{
	WRITE_ONCE(only_bound, on);
}

/**
 * nacc_stranded() - does an mm name no root that a hart may have?
 * @mm: the mm; it stays meanwhile, and nobody moves it
 *
 * Context: any, probes included.
 */
bool notrace nacc_stranded(const struct mm_struct *mm)
{
	const phys_addr_t root = __pa(READ_ONCE(mm->pgd));
	bool own;

	if (!nacc_in_pool(root))
		return READ_ONCE(only_bound);
	preempt_disable_notrace();
	own = nacc_mm_entry(mm, root);
	preempt_enable_notrace();
	return !own;
}

NOKPROBE_SYMBOL(nacc_stranded);

/**
 * nacc_stranded_found() - there may be a task with such an mm
 *
 * Context: any. The caller kicks the keeper.
 */
void nacc_stranded_found(void)
{
	WRITE_ONCE(found, true);
}

/*
 * The count is the task's own, and this is an interrupt of it. If that was in the middle of
 * counting this is lost, and comes again with its next switch or the next look.
 */
static void end_faults(void)
{
	if (current->pagefault_disabled < NO_FAULTS)
		current->pagefault_disabled += NO_FAULTS;
}

/* --- init, which goes on ---------------------------------------------------------- */

static struct callback_head init_work;	/* of a thread of init's, while init_holds */
static unsigned long init_holds;

/* A fault from user mode must not find faults disabled: that would be an oops. */
static void on_way_to_user(struct callback_head *work)
{
	/* Unless it was lost, see end_faults(). */
	if (current->pagefault_disabled >= NO_FAULTS)
		current->pagefault_disabled -= NO_FAULTS;
	clear_bit_unlock(0, &init_holds);
	/* Behind it: nacc_inherit_exit(). */
	module_put(THIS_MODULE);
}

/* One of its threads at a time. */
static void end_faults_of_init(void)
{
	if (test_and_set_bit_lock(0, &init_holds))
		return;
	init_task_work(&init_work, on_way_to_user);
	if (task_work_add(current, &init_work, TWA_RESUME)) {
		clear_bit_unlock(0, &init_holds);
		return;
	}
	__module_get(THIS_MODULE);
	end_faults();
}

/* --- whoever it is ---------------------------------------------------------------- */

/* Code that is no site may have loaded the kernel's, and is refused the way back. */
static bool has_own_root(const struct mm_struct *mm)
{
	return (csr_read(CSR_SATP) & SATP_PPN) == PFN_DOWN(__pa(READ_ONCE(mm->pgd)));
}

/**
 * nacc_strand_current() - if the current task has not its root, let it have no faults
 *
 * Context: an interrupt, or interrupts off: of a task that was killed for it if it can be.
 * On PREEMPT_RT this may be a thread instead, and so not the task: there all that faults can
 * be preempted, and the hook does it alone.
 */
void nacc_strand_current(void)
{
	const struct mm_struct *mm = current->mm;

	if (!mm || (has_own_root(mm) && !nacc_stranded(mm)))
		return;
	nacc_stranded_found();
	if (nacc_is_ending())
		end_faults();
	else if (is_global_init(current))
		end_faults_of_init();
}

/* In the middle of an exec it has not the root of its mm yet, and that is in order. */
static void strand_here(void *unused)
{
	if (current->mm && nacc_stranded(current->mm))
		nacc_strand_current();
}

/**
 * nacc_strand_running() - the same for all that run just now, who have not been switched to
 *
 * Context: may sleep. The caller kicks the keeper.
 */
void nacc_strand_running(void)
{
	on_each_cpu(strand_here, NULL, 1);
}

/* --- whom nobody switches ---------------------------------------------------------- */

/**
 * struct seen - what a CPU had when it looked
 * @mm: the mm that ran, only compared; NULL: its own root was there
 * @satp: the register
 * @at: since when (jiffies)
 */
struct seen {
	const struct mm_struct *mm;
	unsigned long satp;
	unsigned long at;
};

static DEFINE_PER_CPU(struct seen, last_seen);

/* So long a root that is about to be loaded is not waited for. */
#define SEEN_LONG	(HZ / 8)

/* UEFI's runtime services have an mm of their own, which is nobody's. */
static bool is_in_firmware(unsigned long satp)
{
	const struct mm_struct *efi = nacc_ksym.efi_mm;

	return efi && efi->pgd && (satp & SATP_PPN) == PFN_DOWN(__pa(efi->pgd));
}

static struct seen see(const struct mm_struct *mm)
{
	struct seen now = { .satp = csr_read(CSR_SATP), .at = jiffies };

	if (nacc_guarded() && nacc_ksym.switch_mm && mm && !has_own_root(mm) &&
	    !is_in_firmware(now.satp))
		now.mm = mm;
	return now;
}

/*
 * An mm that has just been marked may still name another root for all the firmware knows, and
 * gets its own without a word, until each CPU has been through a grace period. Who faults for
 * ever is what such a period waits for. But the CPU has its own root, so all had it when that
 * became known, and what the mm names now was not read before: from here on it is refused.
 */
static void end_joining(struct mm_struct *mm)
{
	const phys_addr_t root = PFN_PHYS(csr_read(CSR_SATP) & SATP_PPN);

	if (nacc_mm_entry(mm, root))
		nacc_bind(root, mm, NACC_BOUND);
}

static void judge(struct mm_struct *mm)
{
	end_joining(mm);
	/* Without a task: what switch_to() would do for it is done here. */
	nacc_ksym.switch_mm(nacc_ksym.init_mm, mm, NULL);
}

/**
 * nacc_roots_look() - if the mm of this CPU names another root than it has, have it judged
 *
 * Nobody needs to switch to a task for its mm to be forged. In the middle of a copy the
 * kernel mends the fault in the tables that the mm names, the CPU walks others, and the
 * access faults again, for ever. So the switch is made here, as the kernel makes it, and the
 * firmware says what is to become of it.
 *
 * What is about to be switched to is that also: so only if it is the same as before. And
 * nothing is lost then, if the switch was right.
 *
 * Context: a timer's softirq, on the CPU. With PREEMPT_RT or threadirqs it is a thread of the
 * kernel's, which sees nobody: on the first whoever loops can be preempted.
 */
void nacc_roots_look(void)
{
	struct mm_struct *mm = current->mm;
	struct seen now, *seen;
	unsigned long flags;

	local_irq_save(flags);
	seen = this_cpu_ptr(&last_seen);
	/* The task's own, and it is this one that was interrupted. */
	now = see(mm);
	if (!now.mm || now.mm != seen->mm || now.satp != seen->satp)
		*seen = now;
	else if (time_after_eq(now.at, seen->at + SEEN_LONG))
		judge(mm);
	local_irq_restore(flags);
}

static bool runs_stranded(struct task_struct *task)
{
	bool stranded;

	/* Its mm stays meanwhile; of a kernel thread that is what it has borrowed. */
	task_lock(task);
	stranded = task->mm && nacc_stranded(task->mm);
	task_unlock(task);
	return stranded;
}

static bool is_on_cpu(const struct task_struct *task)
{
#ifdef CONFIG_SMP
	/* Behind it what the task has done there is seen: pairs with finish_task(). */
	return smp_load_acquire(&task->on_cpu);
#else
	return false;
#endif
}

/*
 * A thread of the kernel's lives on, and borrows others. Not while it may be counting
 * itself: it is asleep, and whoever wakes it up takes this lock.
 */
static bool may_fault_again(struct task_struct *task)
{
	unsigned int state;
	unsigned long flags;
	bool asleep;

	if (!(task->flags & PF_KTHREAD) || READ_ONCE(task->pagefault_disabled) < NO_FAULTS)
		return true;
	raw_spin_lock_irqsave(&task->pi_lock, flags);
	state = READ_ONCE(task->__state);
	asleep = !is_on_cpu(task) && !READ_ONCE(task->on_rq) && state &&
		 !(state & TASK_WAKING);
	if (asleep)
		task->pagefault_disabled -= NO_FAULTS;
	raw_spin_unlock_irqrestore(&task->pi_lock, flags);
	return asleep;
}

static bool is_anybody_stranded(void)
{
	struct task_struct *process, *thread;
	bool stranded = false;

	rcu_read_lock();
	for_each_process_thread(process, thread)
		stranded |= runs_stranded(thread) || !may_fault_again(thread);
	rcu_read_unlock();
	return stranded;
}

/**
 * nacc_stranded_keep() - have faults of stranded tasks end, while there are any
 *
 * Context: may sleep; the keeper only.
 * Return: whether there are.
 */
bool nacc_stranded_keep(void)
{
	const bool before = watching;

	/* Who sets it again meanwhile has kicked the keeper again. */
	if (!xchg(&found, false) && !before)
		return false;
	watching = is_anybody_stranded();
	/* Again each time: with the last mark all hooks go, and with the next not all come. */
	if (watching)
		nacc_hook_arm_on_demand(NACC_DEMAND_STRANDED);
	else if (before)
		nacc_hook_disarm_on_demand(NACC_DEMAND_STRANDED);
	return watching;
}

#ifdef NACC_KUNIT
#include "stranded_test.c"
#endif
