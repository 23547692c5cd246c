// SPDX-License-Identifier: GPL-2.0
/* Address spaces of user memory that a test thread runs on. */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#include <asm/csr.h>

#include "env.h"
#include "test.h"

/* As MODULE_IMPORT_NS(), whose argument is a string in some kernels, and a word in others. */
MODULE_INFO(import_ns, "EXPORTED_FOR_KUNIT_TESTING");

/**
 * nacc_test_init() - what the tests need before the first function is hooked
 *
 * Lockdep must not stop at what is not ours. riscv's ftrace takes cpu_hotplug_lock
 * under text_mutex, register_kprobe() the other way around (6.12): a process that
 * uses both is told so whatever it is, and lockdep says only one thing before it
 * goes silent.
 *
 * Return: 0.
 */
int nacc_test_init(void)
{
#ifdef CONFIG_LOCKDEP
	struct mutex *text = (void *)nacc_ksym.lookup("text_mutex");

	/* Still known to be held or not, which the kernel asserts. */
	if (text)
		lockdep_set_class_and_name(text, &__lockdep_no_validate__, "text");
#endif
	alloc_fault_load();
	/* The routes themselves are tested, on address spaces that are small. */
	nacc_eager = true;
	return 0;
}

static void (*at_switch)(void *arg);
static void *at_switch_arg;

/**
 * test_at_switch() - be called when the tables of an mm are about to be left
 * @fn: called when mm->pgd names the new root and all CPUs still walk the old
 *	tables, with the locks of whoever switches; NULL: no more
 * @arg: for @fn
 */
void test_at_switch(void (*fn)(void *arg), void *arg)
{
	at_switch_arg = arg;
	at_switch = fn;
}

/**
 * nacc_test_switch() - see test_at_switch()
 */
void nacc_test_switch(void)
{
	if (at_switch)
		at_switch(at_switch_arg);
}

static void (*at_reclaim)(void *arg);
static void *at_reclaim_arg;

/**
 * test_at_reclaim() - be called when frames have come back, by the keeper
 * @fn: called before it does anything else; may sleep. NULL: no more
 * @arg: for @fn
 */
void test_at_reclaim(void (*fn)(void *arg), void *arg)
{
	WRITE_ONCE(at_reclaim_arg, arg);
	/* Pairs with nacc_test_reclaimed(). */
	smp_store_release(&at_reclaim, fn);
}

/**
 * nacc_test_reclaimed() - see test_at_reclaim()
 */
void nacc_test_reclaimed(void)
{
	/* Pairs with test_at_reclaim(). */
	void (*fn)(void *arg) = smp_load_acquire(&at_reclaim);

	if (fn)
		fn(READ_ONCE(at_reclaim_arg));
}

/**
 * test_thp() - does this boot have huge pages?
 */
bool test_thp(void)
{
	unsigned long *flags;

	flags = (void *)nacc_ksym.lookup("transparent_hugepage_flags");
	return flags && test_bit(TRANSPARENT_HUGEPAGE_FLAG, flags);
}

/**
 * test_map() - map an area, again after test_unmap()
 * @t: the address space
 * @area: which
 */
int test_map(struct test_mm *t, unsigned int area)
{
	unsigned long at = TASK_SIZE / 4 + area * 4 * PUD_SIZE;

	t->area[area] = vm_mmap(NULL, at, TEST_STRIDE, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0);
	return t->area[area] == at ? 0 : -ENOMEM;
}

/**
 * test_mm_begin() - a new address space with memory, for the current thread
 * @t: filled in
 *
 * Return: 0 or an error; then there is nothing to end.
 */
int test_mm_begin(struct test_mm *t)
{
	unsigned int i;

	*t = (struct test_mm){ .mm = mm_alloc() };
	if (!t->mm)
		return -ENOMEM;
	t->mm->task_size = TASK_SIZE;
#ifdef CONFIG_MEMCG
	/* The thread of a test ends before what it leaves to its clean-up. */
	t->mm->owner = NULL;
#endif
	/* Tables of the last level are what most tests are about. */
	test_mm_flag(t->mm, MMF_DISABLE_THP, true);
	arch_pick_mmap_layout(t->mm, &current->signal->rlim[RLIMIT_STACK]);
	kthread_use_mm(t->mm);
	for (i = 0; i < TEST_AREAS; i++) {
		int ret = test_map(t, i);

		if (ret) {
			test_mm_end(t);
			return ret;
		}
	}
	return 0;
}

/**
 * test_mm_end() - leave the address space and tear it down
 * @t: the address space; the current thread runs on it
 */
void test_mm_end(struct test_mm *t)
{
	kthread_unuse_mm(t->mm);
	mmput(t->mm);
	t->mm = NULL;
}

/**
 * test_mm_unuse() - leave the address space, which stays as it is
 * @t: the address space; the current thread runs on it. To be ended by mmput()
 */
void test_mm_unuse(struct test_mm *t)
{
	kthread_unuse_mm(t->mm);
}

/**
 * test_mm_enter() - let another thread run on an address space, too
 * @t: the address space; someone holds mm_users
 */
void test_mm_enter(struct test_mm *t)
{
	mmget(t->mm);
	kthread_use_mm(t->mm);
}

/**
 * test_mm_leave() - undo test_mm_enter()
 * @t: the address space
 */
void test_mm_leave(struct test_mm *t)
{
	kthread_unuse_mm(t->mm);
	mmput(t->mm);
}

/* Two pages in each of the area's last-level tables. */
static unsigned long place(const struct test_mm *t, unsigned int area,
			   unsigned int i)
{
	return t->area[area] + (i / 2) * PMD_SIZE + (i & 1) * 7 * PAGE_SIZE;
}

#define PLACES	(2 * TEST_STRIDE / PMD_SIZE)

/**
 * test_fill() - write to memory: tables and pages come to be
 * @t: the address space
 * @area: which mapping
 */
int test_fill(struct test_mm *t, unsigned int area)
{
	unsigned int i;

	for (i = 0; i < PLACES; i++) {
		unsigned long at = place(t, area, i);

		if (put_user(at ^ 0x5a5a, (unsigned long __user *)at))
			return -EFAULT;
	}
	return 0;
}

/**
 * test_fill_huge() - the same with huge pages
 * @t: the address space
 * @area: which mapping; nothing is there yet
 *
 * Return: 0, -EFAULT, -ENOENT if the kernel took small pages.
 */
int test_fill_huge(struct test_mm *t, unsigned int area)
{
	u64 *pmd;
	int ret;

	test_mm_flag(t->mm, MMF_DISABLE_THP, false);
	ret = test_fill(t, area);
	test_mm_flag(t->mm, MMF_DISABLE_THP, true);
	if (ret)
		return ret;
	pmd = test_entry(t, t->area[area], 1);
	return pmd && !nacc_pte_link(*pmd) ? 0 : -ENOENT;
}

static int check_from(struct test_mm *t, unsigned int area, unsigned int i)
{
	unsigned long value;

	for (; i < PLACES; i++) {
		unsigned long at = place(t, area, i);

		if (get_user(value, (unsigned long __user *)at))
			return -EFAULT;
		if (value != (at ^ 0x5a5a))
			return -EILSEQ;
	}
	return 0;
}

/**
 * test_check() - is there still what test_fill() wrote?
 * @t: the address space
 * @area: which mapping
 */
int test_check(struct test_mm *t, unsigned int area)
{
	return check_from(t, area, 0);
}

/**
 * test_check_rest() - the same when the first page has been unmapped
 * @t: the address space
 * @area: which mapping
 */
int test_check_rest(struct test_mm *t, unsigned int area)
{
	return check_from(t, area, 1);
}

/**
 * test_unmap() - unmap a mapping, its tables with it
 * @t: the address space
 * @area: which mapping
 */
int test_unmap(struct test_mm *t, unsigned int area)
{
	return vm_munmap(t->area[area], TEST_STRIDE);
}

/**
 * test_mark() - mark the address space
 * @t: the address space
 */
int test_mark(struct test_mm *t)
{
	int ret = test_mark_mm(t->mm, &t->id);

	if (ret)
		t->id = 0;
	return ret;
}

/**
 * test_mm_marked() - an address space that is marked, and that the caller is not on
 * @t: out; to be ended by mmput()
 * @filled: with memory in area 0
 *
 * Return: 0 or an error.
 */
int test_mm_marked(struct test_mm *t, bool filled)
{
	int ret = test_mm_begin(t);

	if (ret)
		return ret;
	if (filled)
		ret = test_fill(t, 0);
	ret = ret ?: test_mark(t);
	test_mm_unuse(t);
	return ret;
}

/**
 * test_unmark() - end the protection of the address space
 * @t: the address space; marked
 */
int test_unmark(struct test_mm *t)
{
	int ret = nacc_unmark(t->id);

	if (!ret)
		t->id = 0;
	return ret;
}

/**
 * test_protect() - mprotect() of a mapping
 * @t: the address space; the current thread runs on it
 * @area: which mapping
 * @prot: PROT_*
 *
 * By the system call's entry: nothing below it has a name on all kernels.
 *
 * Return: as the system call.
 */
int test_protect(struct test_mm *t, unsigned int area, unsigned long prot)
{
	struct pt_regs regs = {
		.orig_a0 = t->area[area],
		.a1 = TEST_STRIDE,
		.a2 = prot,
	};
	long (*mprotect)(const struct pt_regs *regs);

	mprotect = (void *)nacc_ksym.lookup("__riscv_sys_mprotect");
	return mprotect ? mprotect(&regs) : -ENOENT;
}

static void count_tables(const u64 *table, unsigned int level,
			 unsigned int *inside, unsigned int *outside)
{
	unsigned int i;

	++*(nacc_in_pool(__pa(table)) ? inside : outside);
	for (i = 0; level && i < nacc_entries(level); i++)
		if (nacc_pte_link(table[i]))
			count_tables(__va(nacc_pte_pa(table[i])), level - 1,
				     inside, outside);
}

/**
 * test_tables_outside() - tables of an address space that are not frames
 * @mm: the address space; nobody changes it
 * @inside: how many are; may be NULL
 */
unsigned int test_tables_outside(struct mm_struct *mm, unsigned int *inside)
{
	unsigned int in = 0, out = 0;

	count_tables((u64 *)mm->pgd, nacc_top_level(), &in, &out);
	if (inside)
		*inside = in;
	return out;
}

/**
 * test_tables_locked() - test_tables_outside() while other threads run on it
 * @t: the address space
 */
unsigned int test_tables_locked(struct test_mm *t)
{
	unsigned int outside;

	mmap_write_lock(t->mm);
	outside = test_tables_outside(t->mm, NULL);
	mmap_write_unlock(t->mm);
	return outside;
}

/**
 * test_copy_root() - the same mappings by another root, in ordinary memory
 * @t: the address space; the tables below are shared
 *
 * Return: the page, to be freed by nacc_table_free(), or NULL.
 */
struct page *test_copy_root(struct test_mm *t)
{
	struct page *page = nacc_table_alloc(nacc_top_level(),
					     GFP_KERNEL | __GFP_ZERO);

	if (page)
		copy_page(page_address(page), t->mm->pgd);
	return page;
}

/**
 * test_late_satp() - write the old root to satp, as if it had been read before
 * @sw: a switch that is through
 */
void test_late_satp(const struct nacc_switch *sw)
{
	csr_write(CSR_SATP, (csr_read(CSR_SATP) & ~SATP_PPN) | sw->old_pfn);
}

/**
 * test_satp_pfn() - page frame of the root that this CPU walks
 */
unsigned long test_satp_pfn(void)
{
	return csr_read(CSR_SATP) & SATP_PPN;
}

/**
 * test_entry() - the entry that maps an address, or links the table that does
 * @t: the address space; nobody changes it
 * @va: the address
 * @level: of the table with the entry
 *
 * Return: the entry, or NULL if the tables end above it.
 */
u64 *test_entry(struct test_mm *t, unsigned long va, unsigned int level)
{
	u64 *table = (u64 *)t->mm->pgd;
	unsigned int at = nacc_top_level();

	for (;;) {
		u64 *pte = &table[va >> (PAGE_SHIFT + 9 * at) & 511];

		if (at == level)
			return pte;
		if (!nacc_pte_link(*pte))
			return NULL;
		table = __va(nacc_pte_pa(*pte));
		at--;
	}
}

/**
 * test_domain_is_ours() - is ours the last reference to a domain?
 * @domain: the domain
 *
 * The keeper has one for a moment when it goes through them.
 */
bool test_domain_is_ours(const struct nacc_domain *domain)
{
	unsigned int tries;

	for (tries = 0; tries < 500 && refcount_read(&domain->ref) != 1; tries++)
		msleep(20);
	return refcount_read(&domain->ref) == 1;
}
