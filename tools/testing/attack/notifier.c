// SPDX-License-Identifier: GPL-2.0
/* Somebody who wants to be told of changes to an address space, as KVM does. No attack. */
#include <linux/mmu_notifier.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/pid.h>

#include "attack.h"

static atomic_t told;
static struct mm_struct *told_of;

static int on_change(struct mmu_notifier *mn, const struct mmu_notifier_range *range)
{
	atomic_inc(&told);
	return 0;
}

static const struct mmu_notifier_ops ops = {
	.invalidate_range_start = on_change,
};

static struct mmu_notifier notifier = { .ops = &ops };

/** attack_notify() - PID: from now on be told of its changes */
int attack_notify(const u64 *arg, struct seq_buf *out)
{
	struct pid *id = find_get_pid(arg[0]);
	struct task_struct *task = get_pid_task(id, PIDTYPE_PID);
	int err;

	put_pid(id);
	if (!task)
		return -ESRCH;
	if (told_of) {
		put_task_struct(task);
		return -EBUSY;
	}
	told_of = get_task_mm(task);
	put_task_struct(task);
	if (!told_of)
		return -EINVAL;
	atomic_set(&told, 0);
	err = mmu_notifier_register(&notifier, told_of);
	mmput(told_of);
	if (err)
		told_of = NULL;
	return err;
}

/** attack_notified() - how often that was; no more */
int attack_notified(const u64 *arg, struct seq_buf *out)
{
	if (!told_of)
		return -ENOENT;
	mmu_notifier_unregister(&notifier, told_of);
	told_of = NULL;
	seq_buf_printf(out, "told=%d\n", atomic_read(&told));
	return 0;
}
