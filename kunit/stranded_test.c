// SPDX-License-Identifier: GPL-2.0
/* Tests of domain/stranded.c, which includes this file. */
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/uaccess.h>

#include "env.h"

typedef vm_fault_t (*handle_fn)(struct vm_area_struct *vma, unsigned long addr,
				unsigned int flags, struct pt_regs *regs);

/* Of the own, an ordinary one, and another's: what is a root for whom? */
static void stranded_judged(struct kunit *test)
{
	struct mm_struct *forged = kunit_kzalloc(test, sizeof(*forged), GFP_KERNEL);
	struct mm_struct *none = kunit_kzalloc(test, sizeof(*none), GFP_KERNEL);
	struct test_mm t;

	KUNIT_ASSERT_TRUE(test, forged && none);
	none->pgd = (pgd_t *)get_zeroed_page(GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, none->pgd);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_FALSE(test, nacc_stranded(t.mm));
	nacc_strand_ordinary(true);
	KUNIT_EXPECT_TRUE(test, nacc_stranded(t.mm));
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_FALSE(test, nacc_stranded(t.mm));
	KUNIT_EXPECT_TRUE(test, nacc_stranded(none));
	nacc_strand_ordinary(false);
	KUNIT_EXPECT_FALSE(test, nacc_stranded(t.mm));
	KUNIT_EXPECT_FALSE(test, nacc_stranded(none));
	/* Whatever the profile: that of somebody else, and a frame that is nobody's root. */
	forged->pgd = t.mm->pgd;
	KUNIT_EXPECT_TRUE(test, nacc_stranded(forged));
	forged->pgd = __va(nacc_pool.base);
	KUNIT_EXPECT_TRUE(test, nacc_stranded(forged));
	test_mm_end(&t);
	free_page((unsigned long)none->pgd);
}

/* Nobody but who runs on such an mm, and no mm but his own. */
static void stranded_picked(struct kunit *test)
{
	struct vm_area_struct vma = { }, other = { };
	const unsigned long own_fault[NACC_HOOK_ARGS] = { (unsigned long)&vma };
	const unsigned long other_fault[NACC_HOOK_ARGS] = { (unsigned long)&other };
	struct test_mm t;
	handle_fn route;

	KUNIT_ASSERT_EQ(test, test_guard_begin(), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	vma.vm_mm = t.mm;
	other.vm_mm = nacc_ksym.init_mm;
	KUNIT_EXPECT_EQ(test, nacc_hook_stranded.pick(own_fault), 0);
	nacc_strand_ordinary(true);
	route = (handle_fn)nacc_hook_stranded.pick(own_fault);
	KUNIT_EXPECT_EQ(test, nacc_hook_stranded.pick(other_fault), 0);
	nacc_strand_ordinary(false);
	KUNIT_ASSERT_NOT_NULL(test, route);
	/* A thread of the kernel's: nobody kills it. */
	KUNIT_EXPECT_TRUE(test, nacc_is_ending());
	KUNIT_EXPECT_EQ(test, route(&vma, t.area[0], FAULT_FLAG_WRITE, NULL),
			VM_FAULT_SIGBUS);
	KUNIT_EXPECT_EQ(test, route(&vma, t.area[0], FAULT_FLAG_USER, NULL), 0);
	test_mm_end(&t);
}

static bool is_hooked(void)
{
	return READ_ONCE(nacc_hook_stranded.life) > NACC_LIFE_DEAD;
}

static bool hooked_soon(bool hooked)
{
	unsigned int tries;

	for (tries = 0; tries < 200 && is_hooked() != hooked; tries++) {
		nacc_kick();
		msleep(20);
	}
	return is_hooked() == hooked;
}

static int fault_in(struct test_mm *t, unsigned int area)
{
	int ret;

	mmap_read_lock(t->mm);
	ret = fixup_user_fault(t->mm, t->area[area], FAULT_FLAG_WRITE, NULL);
	mmap_read_unlock(t->mm);
	return ret;
}

/* The hook is there while somebody is stranded, and fails what he faults in. */
static void stranded_hooked(struct kunit *test)
{
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_guard_begin(), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, fault_in(&t, 0), 0);
	KUNIT_EXPECT_TRUE(test, hooked_soon(false));
	nacc_strand_ordinary(true);
	nacc_stranded_found();
	KUNIT_EXPECT_TRUE(test, hooked_soon(true));
	KUNIT_EXPECT_EQ(test, fault_in(&t, 0), -EFAULT);
	KUNIT_EXPECT_EQ(test, fault_in(&t, 1), -EFAULT);
	nacc_strand_ordinary(false);
	KUNIT_EXPECT_EQ(test, fault_in(&t, 1), 0);
	KUNIT_EXPECT_TRUE(test, hooked_soon(false));
	KUNIT_EXPECT_EQ(test, nacc_hook_stranded.backend, NACC_BACKEND_NONE);
	KUNIT_EXPECT_NULL(test, nacc_hook_stranded.ops);
	KUNIT_EXPECT_FALSE(test, watching);
	test_mm_end(&t);
}

/* Told that there is one when there is none: nothing is hooked. */
static void stranded_nobody(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, test_guard_begin(), 0);
	nacc_stranded_found();
	nacc_kick();
	nacc_keeper_wait();
	KUNIT_EXPECT_FALSE(test, READ_ONCE(found));
	KUNIT_EXPECT_FALSE(test, is_hooked());
}

static void strand(void)
{
	unsigned long flags;

	local_irq_save(flags);
	nacc_strand_current();
	local_irq_restore(flags);
}

static bool faults_again(void)
{
	unsigned int tries;

	/* The keeper may place a hook first, and then take it away. */
	for (tries = 0; tries < 1000 && READ_ONCE(current->pagefault_disabled); tries++) {
		nacc_kick();
		msleep(50);
	}
	return !READ_ONCE(current->pagefault_disabled);
}

/* A copy ends as it would between pagefault_disable() and pagefault_enable(). */
static void stranded_copies(struct kunit *test)
{
	unsigned long __user *at;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_guard_begin(), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	at = (unsigned long __user *)t.area[0];
	strand();
	KUNIT_EXPECT_EQ(test, put_user(1UL, at), 0);
	nacc_strand_ordinary(true);
	strand();
	KUNIT_EXPECT_EQ(test, current->pagefault_disabled, NO_FAULTS);
	at = (unsigned long __user *)t.area[1];
	KUNIT_EXPECT_EQ(test, put_user(1UL, at), -EFAULT);
	/* Again and again is once, also for who counts himself. */
	pagefault_disable();
	strand();
	pagefault_enable();
	KUNIT_EXPECT_EQ(test, current->pagefault_disabled, NO_FAULTS);
	/* As long as it is on such an mm; then it is given back to a kernel thread. */
	nacc_keeper_wait();
	KUNIT_EXPECT_EQ(test, put_user(1UL, at), -EFAULT);
	nacc_strand_ordinary(false);
	KUNIT_EXPECT_TRUE(test, faults_again());
	KUNIT_EXPECT_EQ(test, put_user(1UL, at), 0);
	KUNIT_EXPECT_TRUE(test, hooked_soon(false));
	test_mm_end(&t);
}

/* The CPU was given the kernel's root by somebody else than the switch. */
static void stranded_by_hand(struct kunit *test)
{
	unsigned long flags, satp;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	strand();
	KUNIT_EXPECT_EQ(test, current->pagefault_disabled, 0);
	local_irq_save(flags);
	satp = csr_read(CSR_SATP);
	csr_write(CSR_SATP, (satp & ~SATP_PPN) |
		  PFN_DOWN(__pa_symbol(nacc_ksym.init_mm->pgd)));
	nacc_strand_current();
	csr_write(CSR_SATP, satp);
	local_irq_restore(flags);
	KUNIT_EXPECT_EQ(test, current->pagefault_disabled, NO_FAULTS);
	KUNIT_EXPECT_TRUE(test, faults_again());
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	test_mm_end(&t);
}

/* Init goes on, and has its faults again before it is in user mode. */
static void stranded_init(struct kunit *test)
{
	const int before = current->pagefault_disabled;

	KUNIT_EXPECT_FALSE(test, test_and_set_bit_lock(0, &init_holds));
	end_faults_of_init();
	KUNIT_EXPECT_EQ(test, current->pagefault_disabled, before);
	__module_get(THIS_MODULE);
	end_faults();
	KUNIT_EXPECT_EQ(test, current->pagefault_disabled, before + NO_FAULTS);
	on_way_to_user(&init_work);
	KUNIT_EXPECT_EQ(test, current->pagefault_disabled, before);
	KUNIT_EXPECT_EQ(test, init_holds, 0);
}

/* Twice, as if there had been time in between. Behind it the interrupt has come. */
static void look_long(void)
{
	preempt_disable();
	nacc_roots_look();
	this_cpu_ptr(&last_seen)->at -= SEEN_LONG;
	nacc_roots_look();
	preempt_enable();
}

/*
 * Forged by somebody else while nobody switches, and no grace period ends: also what was
 * marked just before is judged, and not before it is forged.
 */
static void stranded_joining(struct kunit *test)
{
	const unsigned int forged = NACC_STAT_MAX + NACC_REASON_ROOT_FORGED;
	const u64 before = test_stat(forged);
	struct page *copy;
	struct test_mm t;
	pgd_t *own;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	test_promote_hold();
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	own = t.mm->pgd;
	copy = test_copy_root(&t);
	look_long();
	KUNIT_EXPECT_EQ(test, test_stat(forged), before);
	if (copy) {
		WRITE_ONCE(t.mm->pgd, page_address(copy));
		look_long();
		KUNIT_EXPECT_EQ(test, test_stat(forged), before + 1);
		KUNIT_EXPECT_EQ(test, test_satp_pfn(), virt_to_pfn(own));
		/* What it names is its own again: its end will be in order. */
		KUNIT_EXPECT_PTR_EQ(test, t.mm->pgd, own);
		WRITE_ONCE(t.mm->pgd, own);
	}
	test_promote_release();
	KUNIT_ASSERT_NOT_NULL(test, copy);
	nacc_table_free(copy, nacc_top_level());
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	test_mm_end(&t);
}

static struct kunit_case stranded_cases[] = {
	KUNIT_CASE(stranded_judged),
	KUNIT_CASE(stranded_picked),
	KUNIT_CASE(stranded_hooked),
	KUNIT_CASE(stranded_nobody),
	KUNIT_CASE(stranded_copies),
	KUNIT_CASE(stranded_by_hand),
	KUNIT_CASE(stranded_init),
	KUNIT_CASE(stranded_joining),
	{}
};

static struct kunit_suite stranded_suite = {
	.name = "nacc_stranded",
	.init = account_init,
	.exit = account_exit,
	.test_cases = stranded_cases,
};

kunit_test_suite(stranded_suite);
