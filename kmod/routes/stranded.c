// SPDX-License-Identifier: GPL-2.0
/*
 * Stranded: a page is faulted in for a task whose mm has no root that a hart may have.
 *
 * The entry is found there in the tables that the mm names, which no hart walks, and
 * whoever faults in because an access has failed (futexes) tries again, for ever. So here
 * that fails, as for a process that the OOM reaper has emptied. The vma's lock stays as it
 * is, as with each error.
 *
 * Placed only once there is such a task, whose own accesses fault no more by then:
 * domain/stranded.c.
 */
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "routes/internal.h"

/* Long enough to be no load, short enough that nobody waits for the lock. */
#define PATIENCE	(HZ / 10)

/**
 * nacc_is_ending() - will the current task never be in user mode again?
 *
 * A thread of the kernel's is not killed, and who exits has had his signal.
 *
 * Context: any of the current task, interrupts included.
 */
bool nacc_is_ending(void)
{
	return fatal_signal_pending(current) ||
	       (current->flags & (PF_KTHREAD | PF_EXITING)) ||
	       (READ_ONCE(current->signal->flags) & SIGNAL_GROUP_EXIT);
}

/*
 * Who is not being ended will be in a moment; or it is init, which an error would end, and
 * with it the machine: that waits, and no hart with it. In user mode nothing is to be
 * done for whoever is about to find his signal.
 */
static noinline vm_fault_t route_stranded(struct vm_area_struct *vma, unsigned long addr,
					  unsigned int flags, struct pt_regs *regs)
{
	vm_fault_t ret;

	nacc_hook_enter(&nacc_hook_stranded);
	if (!nacc_is_ending())
		schedule_timeout_killable(PATIENCE);
	ret = !(flags & FAULT_FLAG_USER) && nacc_is_ending() ? VM_FAULT_SIGBUS : 0;
	nacc_hook_leave();
	return ret;
}

/* Who looks at another's memory finds it in the tables that it names, as ever. */
static unsigned long notrace pick_stranded(const unsigned long *args)
{
	/* Its lock, or that of its mm, is held by the caller. */
	const struct vm_area_struct *vma = (void *)args[0];

	return vma->vm_mm == current->mm && nacc_route_ops.stranded(vma->vm_mm) ?
	       (unsigned long)route_stranded : 0;
}

NOKPROBE_SYMBOL(pick_stranded);

struct nacc_hook nacc_hook_stranded = {
	.name = "stranded",
	.purpose = "no page is faulted in for a task that has no root any more",
	.symbols = { "handle_mm_fault" },
	.demand = NACC_DEMAND_STRANDED,
	.pick = pick_stranded,
	.lost = "who is killed for his root in the middle of a futex call may keep a hart busy",
};
