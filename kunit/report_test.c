// SPDX-License-Identifier: GPL-2.0
/* Tests of report.c, which includes this file. What is in a report the scenario checks. */
#include <kunit/test-bug.h>
#include <linux/gfp.h>

#include "env.h"

/* In the memory of the mm that the current thread runs on */
#define ROOM	3000

static struct nacc_report report_of(const struct test_mm *t)
{
	return (struct nacc_report){
		.nonce_len = 8,
		.nonce = { 0xde, 0xad, 0xbe, 0xef, 1, 2, 3, 4 },
		.report = t->area[0],
		.report_len = ROOM,
	};
}

/* The report in user memory, in a buffer of ROOM bytes that the caller frees. */
static u8 *report_in(struct kunit *test, const struct test_mm *t)
{
	u8 *seen = kunit_kzalloc(test, ROOM, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, seen);
	KUNIT_ASSERT_EQ(test, copy_from_user(seen, (void __user *)t->area[0], ROOM), 0);
	return seen;
}

static bool has(const u8 *bytes, size_t len, const void *what, size_t what_len)
{
	size_t i;

	for (i = 0; i + what_len <= len; i++)
		if (!memcmp(bytes + i, what, what_len))
			return true;
	return false;
}

/* What was asked for is in it: nonce and told, and nothing of the told where it is not. */
static void report_machine(struct kunit *test)
{
	static const char told[] = "who knows";
	struct nacc_report report;
	struct test_mm t;
	u8 *seen;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	report = report_of(&t);
	KUNIT_EXPECT_EQ(test, nacc_ioctl_report(&report), 0);
	KUNIT_EXPECT_GT(test, report.report_len, 200);
	KUNIT_EXPECT_LT(test, report.report_len, ROOM);
	seen = report_in(test, &t);
	/* A CWT, tag 61, that is a COSE_Sign1, tag 18, of four parts */
	KUNIT_EXPECT_TRUE(test, has(seen, 4, "\xd8\x3d\xd2\x84", 4));
	KUNIT_EXPECT_TRUE(test, has(seen, report.report_len, report.nonce, 8));
	KUNIT_EXPECT_FALSE(test, has(seen, report.report_len, told, 9));

	report = report_of(&t);
	KUNIT_ASSERT_EQ(test, copy_to_user((void __user *)t.area[0], told, 9), 0);
	report.told = t.area[0];
	report.told_len = 9;
	KUNIT_EXPECT_EQ(test, nacc_ioctl_report(&report), 0);
	KUNIT_EXPECT_TRUE(test, has(report_in(test, &t), report.report_len, told, 9));
	test_mm_end(&t);
}

static void report_domain(struct kunit *test)
{
	struct nacc_report report;
	u32 without, id;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	report = report_of(&t);
	KUNIT_EXPECT_EQ(test, nacc_ioctl_report(&report), 0);
	without = report.report_len;
	KUNIT_ASSERT_EQ(test, test_mark(&t), 0);
	report = report_of(&t);
	report.domain = t.id;
	KUNIT_EXPECT_EQ(test, nacc_ioctl_report(&report), 0);
	/* Key, map, and six numbers */
	KUNIT_EXPECT_GE(test, report.report_len, without + 18);
	id = t.id;
	report.domain = id + 1;
	KUNIT_EXPECT_EQ(test, nacc_ioctl_report(&report), -ENOENT);
	/* It holds on to no domain. */
	KUNIT_EXPECT_EQ(test, test_unmark(&t), 0);
	report.domain = id;
	KUNIT_EXPECT_EQ(test, nacc_ioctl_report(&report), -ENOENT);
	test_mm_end(&t);
}

static void report_bad(struct kunit *test)
{
	struct nacc_report good, report;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	good = report_of(&t);
	report = good;
	report.nonce_len = 7;
	KUNIT_EXPECT_EQ(test, nacc_ioctl_report(&report), -EINVAL);
	report.nonce_len = NACC_NONCE_MAX + 1;
	KUNIT_EXPECT_EQ(test, nacc_ioctl_report(&report), -EINVAL);
	report.nonce_len = NACC_NONCE_MAX;
	KUNIT_EXPECT_EQ(test, nacc_ioctl_report(&report), 0);
	report = good;
	report.told = t.area[0];
	report.told_len = NACC_TOLD_MAX + 1;
	KUNIT_EXPECT_EQ(test, nacc_ioctl_report(&report), -EINVAL);
	report.told_len = NACC_TOLD_MAX;
	KUNIT_EXPECT_EQ(test, nacc_ioctl_report(&report), 0);
	report = good;
	report.told = t.area[0] - PAGE_SIZE;
	report.told_len = 1;
	KUNIT_EXPECT_EQ(test, nacc_ioctl_report(&report), -EFAULT);
	report = good;
	report.report = t.area[0] - PAGE_SIZE;
	KUNIT_EXPECT_EQ(test, nacc_ioctl_report(&report), -EFAULT);
	report = good;
	report.report_len = 100;
	KUNIT_EXPECT_EQ(test, nacc_ioctl_report(&report), -ENOSPC);
	KUNIT_EXPECT_GT(test, report.report_len, 200);
	test_mm_end(&t);
}

static void begin_another(void *page)
{
	KUNIT_EXPECT_EQ(kunit_get_current_test(),
			nacc_sbi_call(NACC_SBI_REPORT_BEGIN, 0, __pa(page), 0, NULL), 0);
}

static void end_another(void *page)
{
	unsigned long value = 0;

	while (!value && !nacc_sbi_call(NACC_SBI_REPORT, __pa(page), 0, 0, &value))
		;
	KUNIT_EXPECT_GT(kunit_get_current_test(), value, 200);
}

/* Errors of the firmware, and others that come between. */
static void report_firmware(struct kunit *test)
{
	struct nacc_sbi_report *other = (void *)get_zeroed_page(GFP_KERNEL);
	struct nacc_report report;
	struct test_mm t;

	KUNIT_ASSERT_NOT_NULL(test, other);
	other->nonce_len = 8;
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	report = report_of(&t);
	sbi_fault_set(NACC_SBI_REPORT_BEGIN, 1);
	KUNIT_EXPECT_EQ(test, nacc_ioctl_report(&report), -EIO);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	sbi_fault_set(NACC_SBI_REPORT, 2);
	KUNIT_EXPECT_EQ(test, nacc_ioctl_report(&report), -EIO);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	/* Theirs takes the place of ours, which has its nonce: the verifier will see that. */
	sbi_before(NACC_SBI_REPORT, begin_another, other);
	KUNIT_EXPECT_EQ(test, nacc_ioctl_report(&report), 0);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_FALSE(test, has(report_in(test, &t), report.report_len, report.nonce, 8));
	other->nonce_len = 8;
	report = report_of(&t);
	sbi_before(NACC_SBI_REPORT, end_another, other);
	KUNIT_EXPECT_EQ(test, nacc_ioctl_report(&report), -EBUSY);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	free_page((unsigned long)other);
	test_mm_end(&t);
}

static int report_init(struct kunit *test)
{
	if (nacc_sbi_info(NACC_INFO_EVIDENCE) == NACC_EVIDENCE_NONE)
		kunit_skip(test, "the firmware signs no reports");
	return account_init(test);
}

static struct kunit_case report_cases[] = {
	KUNIT_CASE(report_machine),
	KUNIT_CASE(report_domain),
	KUNIT_CASE(report_bad),
	KUNIT_CASE(report_firmware),
	{}
};

static struct kunit_suite report_suite = {
	.name = "nacc_report",
	.init = report_init,
	.exit = account_exit,
	.test_cases = report_cases,
};

kunit_test_suite(report_suite);
