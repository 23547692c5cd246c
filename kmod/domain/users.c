// SPDX-License-Identifier: GPL-2.0
/* The end of who uses an address space. */
#include <linux/sched/signal.h>

#include "domain/internal.h"

static struct task_struct *user_in(struct task_struct *process, const struct mm_struct *mm)
{
	struct task_struct *thread;

	for_each_thread(process, thread)
		if (READ_ONCE(thread->mm) == mm && !(thread->flags & PF_KTHREAD))
			return thread;
	return NULL;
}

/**
 * nacc_end_users() - end the processes that use an mm
 * @mm: the mm; it stays meanwhile
 *
 * Any number of them may (CLONE_VM). Init is not ended, which the kernel lets nobody do.
 *
 * Context: any but an interrupt.
 */
void nacc_end_users(const struct mm_struct *mm)
{
	struct task_struct *process, *thread;

	rcu_read_lock();
	for_each_process(process) {
		thread = user_in(process, mm);
		if (!thread)
			continue;
		pr_warn("%s[%d] is %s\n", thread->comm, task_tgid_nr(thread),
			is_global_init(process) ? "init, and not ended" : "ended");
		send_sig(SIGKILL, thread, 1);
	}
	rcu_read_unlock();
}

/**
 * nacc_end_if_condemned() - an mm has joined a domain that may have been condemned meanwhile
 * @domain: the domain; the caller holds a reference
 * @mm: the mm; the caller holds mm_users
 *
 * Whoever condemns it ends what is in it, under nacc_domain_lock; under that the mm was put
 * there. One of both sees the other.
 *
 * Context: may sleep.
 */
void nacc_end_if_condemned(const struct nacc_domain *domain, const struct mm_struct *mm)
{
	if (READ_ONCE(domain->condemned))
		nacc_end_users(mm);
}
