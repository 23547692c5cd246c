// SPDX-License-Identifier: GPL-2.0
/* NACC_IOC_CONTEXTS: what the firmware has of the threads of a process. */
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "user/user.h"

/**
 * struct listing - contexts being collected
 * @mm: the address space; the caller holds mm_users
 * @root: physical address of its root
 * @gate: of the record of its gate
 * @contexts: where to
 * @max: room there
 * @nr: contexts seen
 * @frames: frames of them seen
 */
struct listing {
	const struct mm_struct *mm;
	phys_addr_t root;
	phys_addr_t gate;
	struct nacc_context *contexts;
	u32 max;
	u32 nr;
	u32 frames;
};

/* By its name at the firmware, which is only compared. */
static pid_t pid_of(const struct mm_struct *mm, u64 task)
{
	struct task_struct *process, *thread;
	pid_t pid = 0;

	rcu_read_lock();
	for_each_process_thread(process, thread)
		if ((u64)thread == task && READ_ONCE(thread->mm) == mm)
			pid = task_pid_nr(thread);
	rcu_read_unlock();
	return pid;
}

static void add_context(struct listing *l, phys_addr_t frame,
			const struct nacc_sbi_context *context)
{
	if (l->nr++ >= l->max)
		return;
	l->contexts[l->nr - 1] = (struct nacc_context){
		.frame = frame,
		.pc = READ_ONCE(context->x[0]),
		.cause = READ_ONCE(context->cause) & ~NACC_CONTEXT_BORE,
		.state = READ_ONCE(context->state),
		.hart = READ_ONCE(context->hart),
		.pid = pid_of(l->mm, READ_ONCE(context->task)),
	};
}

/*
 * In the first frame there is something else in the place of the first ones. There a context
 * names its root it has handlers, which are addresses of user space.
 */
static bool is_context(const struct listing *l, const struct nacc_sbi_context *context)
{
	return (READ_ONCE(context->root) & ~NACC_CONTEXT_KEEPS) == l->root &&
	       READ_ONCE(context->gate) == l->gate &&
	       READ_ONCE(context->state) != NACC_CONTEXT_FREE;
}

static void list_frame(struct listing *l, phys_addr_t frame)
{
	const struct nacc_sbi_context *context = __va(frame);
	unsigned int i;

	static_assert(sizeof(*context) * NACC_CONTEXT_PER_FRAME == PAGE_SIZE);
	l->frames++;
	for (i = 0; i < NACC_CONTEXT_PER_FRAME; i++)
		if (is_context(l, &context[i]))
			add_context(l, frame, &context[i]);
}

static int list_frames(struct listing *l)
{
	struct nacc_sbi_frame *all = nacc_pool_snapshot_alloc();
	const unsigned int root = nacc_frame_index(l->root);
	unsigned int i;

	if (!all)
		return -ENOMEM;
	nacc_pool_snapshot(all);
	for (i = 0; i < nacc_pool.nr; i++)
		if (all[i].type == NACC_FRAME_CONTEXT && all[i].owner == root &&
		    !(all[i].flags & NACC_FRAME_FLAG_SEALED) &&
		    all[i].parent == NACC_FRAME_NONE)
			list_frame(l, nacc_frame_pa(i));
	vfree(all);
	return 0;
}

static int list_mm(struct nacc_contexts *contexts, struct mm_struct *mm)
{
	struct listing l = {
		.mm = mm,
		.root = __pa(READ_ONCE(mm->pgd)),
		.gate = nacc_gate_of(mm),
		.max = contexts->count,
	};
	int ret = 0;

	contexts->count = 0;
	if (!l.gate)
		return 0;
	l.contexts = kvcalloc(l.max, sizeof(*l.contexts), GFP_KERNEL);
	if (!l.contexts)
		return -ENOMEM;
	ret = list_frames(&l);
	if (!ret && copy_to_user(u64_to_user_ptr(contexts->contexts), l.contexts,
				 min(l.nr, l.max) * sizeof(*l.contexts)))
		ret = -EFAULT;
	kvfree(l.contexts);
	contexts->gate = l.gate;
	contexts->count = l.nr;
	contexts->frames = l.frames;
	return ret;
}

/**
 * nacc_ioctl_contexts() - NACC_IOC_CONTEXTS
 * @contexts: the caller's structure, copied in; results are put into it
 *
 * Context: may sleep.
 */
long nacc_ioctl_contexts(struct nacc_contexts *contexts)
{
	struct mm_struct *mm;
	int ret;

	if (contexts->flags || contexts->pad || !contexts->count ||
	    contexts->count > NACC_CONTEXTS_MAX)
		return -EINVAL;
	if (!nacc_physical_mask())
		return -EPERM;
	ret = nacc_pidfd_mm(contexts->pidfd, &mm);
	if (ret)
		return ret;
	contexts->gate = 0;
	contexts->frames = 0;
	ret = list_mm(contexts, mm);
	mmput_async(mm);
	return ret;
}
