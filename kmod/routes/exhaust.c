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
 * The functions are replaced (hook.c) only for marked processes and only when
 * the pool is short. Protection does not depend on this.
 */
#include <linux/fs.h>
#include <linux/kprobes.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <asm/csr.h>
#include <asm/ptrace.h>

#include "routes/internal.h"

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

/* What stands in for __pte_alloc(), __pmd_alloc(), __pud_alloc(), __p4d_alloc(). */
static int refuse_alloc(const struct nacc_hook *hook)
{
	nacc_hook_enter(hook);
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
	nacc_hook_leave();
	return -ENOMEM;
}

/* Stands in for kernel_clone(). */
static noinline pid_t stub_clone_enomem(void)
{
	nacc_hook_enter(&nacc_hook_clone);
	nacc_count(NACC_COUNT_ENOMEM, 1);
	nacc_hook_leave();
	return -ENOMEM;
}

static noinline pid_t stub_clone_eagain(void)
{
	nacc_hook_enter(&nacc_hook_clone);
	nacc_hook_leave();
	return -EAGAIN;
}

static __always_inline bool is_short(const unsigned long *args)
{
	return nacc_mm_marked((void *)args[0]) && armed_frames() <= reserve();
}

static unsigned long notrace pick_clone(const unsigned long *args)
{
	const struct kernel_clone_args *clone = (void *)args[0];
	struct mm_struct *mm = current->mm;
	unsigned long need;

	if (!nacc_mm_marked(mm) || clone->flags & CLONE_VM)
		return 0;
	need = mm_pgtables_bytes(mm) / PAGE_SIZE + NACC_MAX_LEVELS;
	if (armed_frames() <= need + reserve())
		return (unsigned long)stub_clone_enomem;
	return nacc_route_ops.may_fork() ? 0 : (unsigned long)stub_clone_eagain;
}

NOKPROBE_SYMBOL(pick_clone);

#define ALLOC_HOOK(level) \
static noinline int stub_##level##_alloc(void) \
{ \
	return refuse_alloc(&nacc_hook_##level##_alloc); \
} \
\
static unsigned long notrace pick_##level##_alloc(const unsigned long *args) \
{ \
	return is_short(args) ? (unsigned long)stub_##level##_alloc : 0; \
} \
\
NOKPROBE_SYMBOL(pick_##level##_alloc); \
\
struct nacc_hook nacc_hook_##level##_alloc = { \
	.name = "exhaust", \
	.purpose = "out of memory instead of a refused store", \
	.symbols = { "__" #level "_alloc" }, \
	.pick = pick_##level##_alloc, \
	.lost = "an exhausted pool is an oops of the process", \
}

ALLOC_HOOK(pte);
ALLOC_HOOK(pmd);
ALLOC_HOOK(pud);
ALLOC_HOOK(p4d);

struct nacc_hook nacc_hook_clone = {
	.name = "exhaust",
	.purpose = "a fork that does not fit fails",
	.symbols = { "kernel_clone" },
	.pick = pick_clone,
	.lost = "a fork that does not fit kills the child",
};

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
	pte_t *pte = NULL;

	nacc_hook_enter(&nacc_hook_share);
	if (!pud_none(*pud) || !nacc_ksym.pmd_alloc(mm, pud, addr))
		pte = (pte_t *)pmd_offset(pud, addr);
	nacc_hook_leave();
	return pte;
}

static unsigned long notrace pick_share(const unsigned long *args)
{
	return (unsigned long)stub_share;
}

NOKPROBE_SYMBOL(pick_share);

/*
 * A file that nobody else maps, and an entry that is not empty: there is nobody to
 * share with and nothing to allocate.
 */
static struct address_space nobodys_mapping = {
	.i_mmap_rwsem = __RWSEM_INITIALIZER(nobodys_mapping.i_mmap_rwsem),
	.i_mmap = RB_ROOT_CACHED,
};
static struct file nobodys_file = { .f_mapping = &nobodys_mapping };
static struct vm_area_struct nobodys_vma = { .vm_file = &nobodys_file };

typedef pte_t *(*share_fn)(struct mm_struct *mm, struct vm_area_struct *vma,
			   unsigned long addr, pud_t *pud);

static bool call_share(const struct nacc_hook *hook)
{
	pud_t pud = pfn_pud(page_to_pfn(ZERO_PAGE(0)), PAGE_TABLE);

	((share_fn)hook->addr)(nacc_ksym.init_mm, &nobodys_vma, 0, &pud);
	return true;
}

struct nacc_hook nacc_hook_share = {
	.name = "unshare",
	.purpose = "no huge-page table in two address spaces",
	.symbols = { "huge_pmd_share" },
	.pick = pick_share,
	.lost = "nothing can be marked",
	.needed = true,
	.call = call_share,
	.mark = &nobodys_vma,
	.mark_arg = 1,
};
#endif
