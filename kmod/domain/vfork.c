// SPDX-License-Identifier: GPL-2.0
/*
 * Vfork children: they run on the address space of somebody else, until they execute
 * something or end.
 */
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "domain/internal.h"

/*
 * It is being ended, and its leader is further: he may have let his maker go, and the other
 * threads have his mm still. Where he has only left them they have it for good.
 */
static bool is_ending(const struct task_struct *leader)
{
	return leader->flags & PF_EXITING &&
	       READ_ONCE(leader->signal->flags) & SIGNAL_GROUP_EXIT;
}

/*
 * Could it be one? Between the moments at which a child can be found and at which it
 * is woken kernel_clone() says so. Exec lets go of the maker a moment before it leaves
 * his mm, and so does the end of a process. What a thread of one is, its leader knows.
 */
static bool may_borrow(const struct task_struct *task)
{
	const struct task_struct *leader = task->group_leader;

	if (task == leader && READ_ONCE(task->__state) == TASK_NEW)
		return true;
	/* Who is not new any more has vfork_done set. */
	smp_rmb();
	if (READ_ONCE(leader->vfork_done))
		return true;
	/* Who has let his maker go says first what for. */
	smp_rmb();
	return leader->in_execve || task->in_execve || is_ending(leader);
}

static bool process_has(struct task_struct *process, const struct mm_struct *mm)
{
	struct task_struct *thread;

	for_each_thread(process, thread)
		if (READ_ONCE(thread->mm) == mm && !(thread->flags & PF_KTHREAD))
			return true;
	return false;
}

/* Two that both may be one do not lend to each other. */
static const struct signal_struct *find_lender(const struct task_struct *task,
					       const struct mm_struct *mm)
{
	struct task_struct *process;

	for_each_process(process)
		if (process->signal != task->signal && !may_borrow(process) &&
		    process_has(process, mm))
			return process->signal;
	return NULL;
}

/*
 * Any number of them may run on one mm: who lends it is looked for once. Nobody lends to
 * himself; that there is no other is true for the rest only if he himself does not lend.
 */
static bool is_lent(const struct task_struct *task, const struct mm_struct *mm,
		    struct nacc_loan *loan)
{
	if (loan->mm == mm && loan->lender != task->signal)
		return loan->lender;
	loan->walks++;
	loan->lender = find_lender(task, mm);
	loan->mm = loan->lender || may_borrow(task->group_leader) ? mm : NULL;
	return loan->lender;
}

/**
 * nacc_is_vfork_child() - does a task run on the address space of another process?
 * @task: the task
 * @mm: its mm; it stays meanwhile
 * @loan: what was found out before, under the same rcu_read_lock(); all zero at first
 *
 * Its maker need not be its parent (CLONE_PARENT).
 *
 * Context: under RCU.
 * Return: true if so and it is for a while only; false for one that shares it for good.
 */
bool nacc_is_vfork_child(const struct task_struct *task, const struct mm_struct *mm,
			 struct nacc_loan *loan)
{
	/* One user, which is the task: there is none who lends. */
	if (!may_borrow(task) || atomic_read(&mm->mm_users) == 1)
		return false;
	if (READ_ONCE(rcu_dereference(task->group_leader->real_parent)->mm) == mm)
		return true;
	return is_lent(task, mm, loan);
}

/**
 * nacc_borrows() - the same for who asks once
 * @task: the task, by a reference
 * @mm: its mm; it stays meanwhile
 *
 * Context: any.
 */
bool nacc_borrows(const struct task_struct *task, const struct mm_struct *mm)
{
	struct nacc_loan loan = {};
	bool does;

	rcu_read_lock();
	/* Its leader stays as long as it is in the list of its threads. */
	does = pid_alive(task) && nacc_is_vfork_child(task, mm, &loan);
	rcu_read_unlock();
	return does;
}
