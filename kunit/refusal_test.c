// SPDX-License-Identifier: GPL-2.0
/* Tests of refusal.c, who.c, the firmware's audit.c and selftest.c. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/pid_namespace.h>
#include <linux/timekeeping.h>
#include <linux/timex.h>
#include <linux/uaccess.h>

#include "env.h"

/*
 * A store to the pool that no code of the kernel's makes: refused, and it faults. Linux makes
 * an access again of which it has taken a fault if anything was mapped by vmalloc since this
 * CPU's last fault at a kernel address (new_vmalloc_check, entry.S): let that be another one's,
 * where nothing is ever mapped.
 */
static noinline bool store_refused(u64 *at, u64 value)
{
	u64 unused;

	get_kernel_nofault(unused, (u64 *)-PAGE_SIZE);
	__put_kernel_nofault(at, &value, u64, refused);
	return false;
refused:
	return true;
}

/**
 * struct seen - the records that a listing has shown
 * @nr: how many
 * @last: the last of them
 * @noted: there was a note about it
 * @refusal: the note
 */
struct seen {
	unsigned int nr;
	struct nacc_sbi_audit last;
	bool noted;
	struct nacc_refusal refusal;
};

static void see(const struct nacc_sbi_audit *audit,
		const struct nacc_refusal *refusal, void *arg)
{
	struct seen *seen = arg;

	seen->nr++;
	seen->last = *audit;
	seen->noted = refusal;
	if (refusal)
		seen->refusal = *refusal;
}

/* Stores that the test itself has refused are no reason for account.c to complain. */
static void forgive(struct kunit *test, u64 nr)
{
	struct account *account = test->priv;

	account->refused += nr;
}

static void refusal_whose(struct kunit *test)
{
	u64 refused = test_stat(NACC_STAT_REFUSED), now = ktime_get_real_ns();
	struct seen seen = { };
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_TRUE(test, store_refused((u64 *)t.mm->pgd, 0x1234));
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_REFUSED), refused + 1);
	forgive(test, 1);
	KUNIT_EXPECT_EQ(test, nacc_refusals_poll(), 0);
	KUNIT_EXPECT_EQ(test, nacc_refusals_each(see, &seen), 0);
	KUNIT_EXPECT_EQ(test, seen.last.tag, t.id);
	KUNIT_EXPECT_EQ(test, seen.last.root, __pa(t.mm->pgd));
	KUNIT_EXPECT_EQ(test, seen.last.val, 0x1234);
	KUNIT_EXPECT_EQ(test, seen.last.task, (u64)current);
	KUNIT_EXPECT_TRUE(test, seen.noted);
	KUNIT_EXPECT_EQ(test, seen.refusal.writer.pid, task_tgid_nr(current));
	KUNIT_EXPECT_STREQ(test, seen.refusal.writer.comm, current->comm);
	/* This thread runs on it, too. */
	KUNIT_EXPECT_EQ(test, seen.refusal.owner.pid, task_tgid_nr(current));
	KUNIT_EXPECT_STRNEQ(test, seen.refusal.name, "");
	KUNIT_EXPECT_GE(test, seen.refusal.when, now);
	KUNIT_EXPECT_LE(test, seen.refusal.when, ktime_get_real_ns());
	test_mm_end(&t);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	/* It is noted once, and what is noted stays. */
	KUNIT_EXPECT_EQ(test, nacc_refusals_poll(), 0);
	KUNIT_EXPECT_EQ(test, nacc_refusals_each(see, &seen), 0);
	KUNIT_EXPECT_EQ(test, seen.last.tag, t.id);
	KUNIT_EXPECT_STRNEQ(test, seen.refusal.name, "");
}

/* Of no address space: nobody is to blame but the one who stored. */
static void refusal_of_none(struct kunit *test)
{
	struct seen seen = { };

	KUNIT_EXPECT_TRUE(test, store_refused(__va(nacc_pool.base), 7));
	forgive(test, 1);
	KUNIT_EXPECT_EQ(test, nacc_refusals_poll(), 0);
	KUNIT_EXPECT_EQ(test, nacc_refusals_each(see, &seen), 0);
	KUNIT_EXPECT_EQ(test, seen.last.tag, 0);
	KUNIT_EXPECT_EQ(test, seen.refusal.owner.pid, 0);
	KUNIT_EXPECT_STREQ(test, seen.refusal.name, "");
	KUNIT_EXPECT_EQ(test, seen.refusal.writer.pid, task_tgid_nr(current));
	KUNIT_EXPECT_GE(test, seen.last.seq, nacc_audit_first());
}

static void count_record(const struct nacc_sbi_audit *audit, void *arg)
{
	++*(unsigned int *)arg;
}

/* More than the firmware hands over at once: none is left out. */
static void refusal_many(struct kunit *test)
{
	unsigned int nr = PAGE_SIZE / sizeof(struct nacc_sbi_audit) + 5;
	u64 seq = test_stat(NACC_STAT_AUDIT_NEXT), end = seq + nr;
	unsigned int i, seen = 0;

	for (i = 0; i < nr; i++)
		KUNIT_EXPECT_TRUE(test, store_refused(__va(nacc_pool.base), i));
	forgive(test, nr);
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_AUDIT_NEXT), end);
	KUNIT_EXPECT_EQ(test, nacc_audit_each(&seq, count_record, &seen), 0);
	KUNIT_EXPECT_EQ(test, seen, nr);
	KUNIT_EXPECT_EQ(test, seq, end);
}

static void refusal_print(struct kunit *test)
{
	struct seq_file m = { .size = 32 * PAGE_SIZE };
	struct test_mm t;
	char text[96];

	m.buf = kunit_kzalloc(test, m.size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m.buf);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_TRUE(test, store_refused((u64 *)t.mm->pgd, 1));
	forgive(test, 1);
	KUNIT_EXPECT_EQ(test, nacc_audit_seq(&m), 0);
	snprintf(text, sizeof(text), " %d %s %d %s ", task_tgid_nr(current),
		 current->comm, task_tgid_nr(current), current->comm);
	KUNIT_EXPECT_NOT_NULL(test, strstr(m.buf, text));
	snprintf(text, sizeof(text), " %u ", t.id);
	KUNIT_EXPECT_NOT_NULL(test, strstr(m.buf, text));
	KUNIT_EXPECT_NOT_NULL(test, strstr(m.buf, " faulted this "));
	memset(m.buf, 0, m.count);
	m.count = 0;
	sbi_fault_set(NACC_SBI_AUDIT, 1);
	KUNIT_EXPECT_EQ(test, nacc_audit_seq(&m), 0);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_NULL(test, strstr(m.buf, " faulted "));
	test_mm_end(&t);
}

static int short_life(void *arg)
{
	complete(arg);
	return 0;
}

/* Who has just gone is known, who came later into the same memory is not taken for it. */
static void who_was(struct kunit *test)
{
	DECLARE_COMPLETION_ONSTACK(done);
	struct task_struct *thread;
	u64 begin = get_cycles64(), middle, task;
	struct nacc_who who = { };
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	/* Exits are remembered while something is marked. */
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	thread = kthread_create(short_life, &done, "nacc-short");
	KUNIT_ASSERT_FALSE(test, IS_ERR(thread));
	task = (u64)thread;
	/* Behind its begin by more than clocks may differ */
	msleep(50);
	middle = get_cycles64();
	KUNIT_EXPECT_TRUE(test, nacc_who_was(task, middle, &who));
	KUNIT_EXPECT_EQ(test, who.pid, task_tgid_nr(thread));
	KUNIT_EXPECT_STREQ(test, who.comm, "nacc-short");
	KUNIT_EXPECT_FALSE(test, nacc_who_was(task, begin, &who));
	get_task_struct(thread);
	wake_up_process(thread);
	wait_for_completion(&done);
	kthread_stop_put(thread);
	who = (struct nacc_who){ };
	KUNIT_EXPECT_TRUE(test, nacc_who_was(task, middle, &who));
	KUNIT_EXPECT_STREQ(test, who.comm, "nacc-short");
	KUNIT_EXPECT_FALSE(test, nacc_who_was(task, begin, &who));
	msleep(50);
	/* Another may be there by now; it was not that one. */
	KUNIT_EXPECT_FALSE(test, nacc_who_was(task, get_cycles64(), &who) &&
			   !strcmp(who.comm, "nacc-short"));
	KUNIT_EXPECT_FALSE(test, nacc_who_was(0, middle, &who));
	KUNIT_EXPECT_FALSE(test, nacc_who_was(task + 1, middle, &who));
	test_mm_end(&t);
}

/* The self-test is refused, counted apart, and on nobody's record. */
static void selftest_apart(struct kunit *test)
{
	u64 tests = test_stat(NACC_STAT_SELFTESTS);
	u64 refused = test_stat(NACC_STAT_REFUSED);
	u64 records = test_stat(NACC_STAT_AUDIT_NEXT);
	phys_addr_t pa = nacc_sbi_info(NACC_INFO_SELFTEST);

	KUNIT_EXPECT_EQ(test, nacc_selftest_passed(), num_online_cpus());
	KUNIT_EXPECT_FALSE(test, nacc_in_pool(pa));
	KUNIT_EXPECT_TRUE(test, store_refused(__va(pa), 1));
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_SELFTESTS), tests + 1);
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_REFUSED), refused);
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_AUDIT_NEXT), records);
	KUNIT_EXPECT_EQ(test, *(u64 *)__va(pa), 0);
}

static struct kunit_case refusal_cases[] = {
	KUNIT_CASE(refusal_whose),
	KUNIT_CASE(refusal_of_none),
	KUNIT_CASE(refusal_many),
	KUNIT_CASE(refusal_print),
	KUNIT_CASE(who_was),
	KUNIT_CASE(selftest_apart),
	{}
};

static struct kunit_suite refusal_suite = {
	.name = "nacc_refusal",
	.init = account_init,
	.exit = account_exit,
	.test_cases = refusal_cases,
};

kunit_test_suite(refusal_suite);
