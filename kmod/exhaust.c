// SPDX-License-Identifier: GPL-2.0
/*
 * Exhaustion: a pool that is too small is -ENOMEM to the process, not an oops.
 *
 * A page-table store that finds no armed frame can only be refused, in a context
 * that does not expect it. So the kernel's allocators of page tables are turned
 * away before, while a reserve is left for the paths that do not pass them
 * (preallocated and deposited tables). A fork is turned away as a whole if the
 * parent's tables would not fit a second time.
 *
 * The functions are redirected by ftrace, only for marked processes and only
 * when the pool is short: the callback replaces the instruction pointer by a stub
 * of the same type, which runs in the caller's context. Protection does not
 * depend on this.
 */
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <asm/csr.h>
#include <asm/ptrace.h>

#include "nacc.h"

/* Frames kept for adoptions that cannot be turned away. */
#define RESERVE_MAX		128

static unsigned int reserve(void)
{
	return min(RESERVE_MAX, nacc_pool.nr / 8);
}

static unsigned long armed_frames(void)
{
	return nacc_sbi_info(NACC_INFO_ARMED);
}

/* Stands in for __pte_alloc(), __pmd_alloc(), __pud_alloc(), __p4d_alloc(). */
static noinline int stub_alloc(void)
{
	nacc_count(NACC_COUNT_ENOMEM, 1);
	/*
	 * A fault from user mode would be tried again for ever. This is what
	 * the kernel's own out-of-memory killer does with such a process. A
	 * system call gets the error, and so does a kernel thread.
	 */
	if (!(current->flags & (PF_KTHREAD | PF_USER_WORKER)) &&
	    task_pt_regs(current)->cause != EXC_SYSCALL) {
		pr_warn_ratelimited("%s[%d] needs a page table and the pool has none: killed\n",
				    current->comm, task_pid_nr(current));
		send_sig(SIGKILL, current, 1);
	}
	return -ENOMEM;
}

/* Stands in for kernel_clone(). */
static noinline pid_t stub_clone_enomem(void)
{
	nacc_count(NACC_COUNT_ENOMEM, 1);
	return -ENOMEM;
}

static noinline pid_t stub_clone_eagain(void)
{
	return -EAGAIN;
}

static __always_inline void redirect(struct ftrace_regs *fregs, void *stub)
{
	ftrace_regs_set_instruction_pointer(fregs, (unsigned long)stub);
}

static void notrace on_alloc(unsigned long ip, unsigned long parent_ip,
			     struct ftrace_ops *op, struct ftrace_regs *fregs)
{
	struct mm_struct *mm = (void *)ftrace_regs_get_argument(fregs, 0);

	if (nacc_mm_marked(mm) && armed_frames() <= reserve())
		redirect(fregs, stub_alloc);
}

NOKPROBE_SYMBOL(on_alloc);

static void notrace on_clone(unsigned long ip, unsigned long parent_ip,
			     struct ftrace_ops *op, struct ftrace_regs *fregs)
{
	const struct kernel_clone_args *args =
		(void *)ftrace_regs_get_argument(fregs, 0);
	struct mm_struct *mm = current->mm;
	unsigned long need;

	if (!nacc_mm_marked(mm) || args->flags & CLONE_VM)
		return;
	need = mm_pgtables_bytes(mm) / PAGE_SIZE + NACC_MAX_LEVELS;
	if (armed_frames() <= need + reserve())
		redirect(fregs, stub_clone_enomem);
	else if (!nacc_inherit_room())
		redirect(fregs, stub_clone_eagain);
}

NOKPROBE_SYMBOL(on_clone);

#ifdef CONFIG_HUGETLB_PMD_PAGE_TABLE_SHARING
/*
 * Stands in for huge_pmd_share(), for every process while something is marked.
 * It links one PMD page into several mms without a reference: a table with two
 * owners, which the shim must refuse, and whose end none of them announces.
 * Sharing is an optimisation; this is what it does when there is no partner.
 */
static noinline pte_t *stub_share(struct mm_struct *mm,
				  struct vm_area_struct *vma,
				  unsigned long addr, pud_t *pud)
{
	if (pud_none(*pud) && nacc_ksym.pmd_alloc(mm, pud, addr))
		return NULL;
	return (pte_t *)pmd_offset(pud, addr);
}

static void notrace on_share(unsigned long ip, unsigned long parent_ip,
			     struct ftrace_ops *op, struct ftrace_regs *fregs)
{
	redirect(fregs, stub_share);
}

NOKPROBE_SYMBOL(on_share);
#endif

/**
 * struct redirect - functions replaced together
 * @ops: ftrace's record
 * @functions: their names
 * @lost: what is lost where they cannot be redirected; NULL: marking is refused
 * @armed: registered; under the caller's lock
 */
struct redirect {
	struct ftrace_ops ops;
	const char *functions[4];
	const char *lost;
	bool armed;
};

static struct redirect redirects[] = {
	{
		.ops = { .func = on_alloc, .flags = FTRACE_OPS_FL_IPMODIFY },
		.functions = { "__pte_alloc", "__pmd_alloc", "__pud_alloc",
			       "__p4d_alloc" },
		.lost = "an exhausted pool will be an oops of the process",
	}, {
		.ops = { .func = on_clone, .flags = FTRACE_OPS_FL_IPMODIFY },
		.functions = { "kernel_clone" },
		.lost = "a fork that does not fit will kill the child",
	},
#ifdef CONFIG_HUGETLB_PMD_PAGE_TABLE_SHARING
	{
		.ops = { .func = on_share, .flags = FTRACE_OPS_FL_IPMODIFY },
		.functions = { "huge_pmd_share" },
	},
#endif
};

static int redirect_arm(struct redirect *r)
{
	unsigned int i;
	int ret = -ENOENT;

	for (i = 0; i < ARRAY_SIZE(r->functions) && r->functions[i]; i++) {
		unsigned long ip = nacc_ksym.lookup(r->functions[i]);

		if (!ip)
			return -ENOENT;
		ret = ftrace_set_filter_ip(&r->ops, ip, 0, !i);
		if (ret)
			return ret;
	}
	ret = register_ftrace_function(&r->ops);
	r->armed = !ret;
	return ret;
}

/**
 * nacc_exhaust_arm() - begin to turn allocations away when the pool is short
 *
 * Context: may sleep; the caller serialises.
 * Return: 0, or -EOPNOTSUPP if tables could become shared. Where another
 * function cannot be redirected, the gentle error is lost, not the protection;
 * that is said once.
 */
int nacc_exhaust_arm(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(redirects); i++) {
		struct redirect *r = &redirects[i];
		int ret;

		if (r->armed)
			continue;
		ret = redirect_arm(r);
		if (!ret)
			continue;
		if (!r->lost) {
			pr_err("%s cannot be redirected (error %d): nothing can be marked on this kernel\n",
			       r->functions[0], ret);
			return -EOPNOTSUPP;
		}
		pr_warn_once("%s cannot be redirected (error %d): %s\n",
			     r->functions[0], ret, r->lost);
	}
	return 0;
}

/**
 * nacc_exhaust_disarm() - stop; no stub is running when this returns
 *
 * Context: may sleep; the caller serialises.
 */
void nacc_exhaust_disarm(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(redirects); i++) {
		if (!redirects[i].armed)
			continue;
		/* Waits for tasks that were preempted in a stub, too. */
		unregister_ftrace_function(&redirects[i].ops);
		redirects[i].armed = false;
	}
}

/**
 * nacc_exhaust_state() - for /proc/nacc/status
 */
const char *nacc_exhaust_state(void)
{
	unsigned int i, armed = 0;

	for (i = 0; i < ARRAY_SIZE(redirects); i++)
		armed += redirects[i].armed;
	if (!nacc_domain_count())
		return "idle";
	return armed == ARRAY_SIZE(redirects) ? "armed" : "off";
}
