// SPDX-License-Identifier: GPL-2.0
/* Processes by pidfd. */
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
