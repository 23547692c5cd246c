// SPDX-License-Identifier: GPL-2.0
/* NACC_IOC_MARK: who is to be marked. */
#include <linux/cgroup.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "user/user.h"

#define KNOWN_FLAGS	(NACC_MARK_JOIN | NACC_MARK_CGROUP)

/* Of a v1 hierarchy? There no cgroup has all of a process. */
static bool is_old(int fd)
{
	struct file *file = fget_raw(fd);
	bool old;

	if (!file)
		return false;
	old = file_inode(file)->i_sb->s_magic == CGROUP_SUPER_MAGIC;
	fput(file);
	return old;
}

static long mark_cgroup(struct nacc_mark *mark)
{
	struct cgroup *cgroup;
	long ret;

	if (is_old(mark->fd))
		return -EOPNOTSUPP;
	cgroup = cgroup_get_from_fd(mark->fd);
	if (IS_ERR(cgroup))
		return PTR_ERR(cgroup);
	ret = nacc_mark_cgroup(cgroup, mark->name, &mark->domain);
	cgroup_put(cgroup);
	return ret;
}

static long mark_task(struct nacc_mark *mark)
{
	struct task_struct *task = nacc_pidfd_task(mark->pidfd);
	long ret;

	if (IS_ERR(task))
		return PTR_ERR(task);
	if (mark->flags & NACC_MARK_JOIN)
		ret = nacc_join_task(task, &mark->domain);
	else
		ret = nacc_mark_task(task, mark->name, &mark->domain);
	put_task_struct(task);
	return ret;
}

static bool is_sound(const struct nacc_mark *mark)
{
	/* What a cgroup joined would be two things at once. */
	return !(mark->flags & ~KNOWN_FLAGS) && mark->flags != KNOWN_FLAGS &&
	       strnlen(mark->name, NACC_NAME_LEN) < NACC_NAME_LEN;
}

/**
 * nacc_ioctl_mark() - NACC_IOC_MARK
 * @mark: the caller's structure, copied in; results are put into it
 *
 * Context: may sleep.
 */
long nacc_ioctl_mark(struct nacc_mark *mark)
{
	if (!is_sound(mark))
		return -EINVAL;
	return mark->flags & NACC_MARK_CGROUP ? mark_cgroup(mark) : mark_task(mark);
}

/**
 * nacc_ioctl_mark_self() - NACC_IOC_MARK by who is not an administrator
 * @mark: the caller's structure, copied in; results are put into it
 * @frames: most frames that he may use
 *
 * Context: may sleep.
 */
long nacc_ioctl_mark_self(struct nacc_mark *mark, unsigned int frames)
{
	struct task_struct *task;
	bool himself;

	if (!is_sound(mark))
		return -EINVAL;
	/* Not even where another one would have to be looked for. */
	if (mark->flags)
		return -EPERM;
	task = nacc_pidfd_task(mark->pidfd);
	if (IS_ERR(task))
		return PTR_ERR(task);
	himself = same_thread_group(task, current);
	put_task_struct(task);
	return himself ? nacc_mark_self(mark->name, frames, &mark->domain) : -EPERM;
}
