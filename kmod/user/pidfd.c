// SPDX-License-Identifier: GPL-2.0
/* Processes by pidfd. */
#include <linux/mm_types.h>
#include <linux/pid.h>
#include <linux/sched/task.h>

#include "user/user.h"

/**
 * nacc_pidfd_task() - thread group leader that a pidfd names
 * @pidfd: file descriptor of the caller
 *
 * Return: the task with a reference, or ERR_PTR(-EBADF) or ERR_PTR(-ESRCH).
 */
struct task_struct *nacc_pidfd_task(int pidfd)
{
	struct task_struct *task;
	unsigned int flags;
	struct pid *pid;

	if (pidfd < 0)
		return ERR_PTR(-EBADF);
	pid = nacc_ksym.pidfd_get_pid(pidfd, &flags);
	if (IS_ERR(pid))
		return ERR_CAST(pid);
	task = get_pid_task(pid, PIDTYPE_TGID);
	put_pid(pid);
	return task ? task : ERR_PTR(-ESRCH);
}

/**
 * nacc_pidfd_mm() - address space of the process that a pidfd names
 * @pidfd: file descriptor of the caller
 * @mm: out: it, with mm_users
 *
 * Context: may sleep.
 * Return: 0; as nacc_pidfd_task(), or nacc_task_mm().
 */
int nacc_pidfd_mm(int pidfd, struct mm_struct **mm)
{
	struct task_struct *task = nacc_pidfd_task(pidfd);
	int ret;

	if (IS_ERR(task))
		return PTR_ERR(task);
	ret = nacc_task_mm(task, mm);
	put_task_struct(task);
	return ret;
}
