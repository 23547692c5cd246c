// SPDX-License-Identifier: GPL-2.0
/* Tests of chardev.c, which includes this file. */
#include "env.h"

static void chardev_info(struct kunit *test)
{
	struct nacc_info info = { };
	struct test_mm t;
	unsigned int inside;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, ioctl_info(&info), 0);
	KUNIT_EXPECT_EQ(test, info.frames_used, 0);
	KUNIT_EXPECT_EQ(test, info.domains, 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	test_tables_outside(t.mm, &inside);
	KUNIT_EXPECT_EQ(test, ioctl_info(&info), 0);
	KUNIT_EXPECT_EQ(test, info.uapi_version, NACC_UAPI_VERSION);
	KUNIT_EXPECT_EQ(test, info.levels, nacc_top_level() + 1);
	KUNIT_EXPECT_EQ(test, info.region_base, nacc_pool.region_base);
	KUNIT_EXPECT_EQ(test, info.region_size, nacc_pool.region_size);
	KUNIT_EXPECT_EQ(test, info.frames, nacc_pool.nr);
	KUNIT_EXPECT_EQ(test, info.frames_used, inside);
	KUNIT_EXPECT_EQ(test, info.domains, 1);
	KUNIT_EXPECT_EQ(test, info.harts, num_online_cpus());
	KUNIT_EXPECT_EQ(test, info.harts_online, num_online_cpus());
	test_mm_end(&t);
}

/* Who asks for the lock and does not get it is told. */
static void chardev_lock(struct kunit *test)
{
	sbi_fault_set(NACC_SBI_LOCK, 1);
	KUNIT_EXPECT_EQ(test, ioctl_lock(), -EIO);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	/* The first mark does the same. */
	KUNIT_EXPECT_EQ(test, ioctl_lock(), 0);
	KUNIT_EXPECT_TRUE(test, nacc_sbi_info(NACC_INFO_STATE) &
				NACC_STATE_LOCKED);
}

/* From the memory of the mm that the current thread runs on, which is read back. */
static long call(struct test_mm *t, unsigned int cmd, void *arg, size_t size)
{
	void __user *at = (void __user *)t->area[0];
	long ret;

	if (copy_to_user(at, arg, size))
		return -EDOM;
	ret = nacc_ioctl(NULL, cmd, (unsigned long)at);
	return copy_from_user(arg, at, size) ? -EDOM : ret;
}

#define CALL(nr, size)	_IOC(_IOC_READ | _IOC_WRITE, NACC_IOC_MAGIC, nr, size)

static void chardev_sizes(struct kunit *test)
{
	struct {
		struct nacc_info info;
		u64 more;
	} arg = { .info.size = sizeof(arg.info) };
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, call(&t, NACC_IOC_INFO, &arg, sizeof(arg)), 0);
	KUNIT_EXPECT_EQ(test, arg.info.size, sizeof(arg.info));
	KUNIT_EXPECT_EQ(test, arg.info.frames, nacc_pool.nr);
	/* A structure of a later version, with nothing asked for that is new. */
	arg.info.size = sizeof(arg);
	arg.info.frames = 0;
	KUNIT_EXPECT_EQ(test, call(&t, CALL(0, sizeof(arg)), &arg,
				   sizeof(arg)), 0);
	KUNIT_EXPECT_EQ(test, arg.info.size, sizeof(arg));
	KUNIT_EXPECT_EQ(test, arg.info.frames, nacc_pool.nr);
	arg.more = 1;
	KUNIT_EXPECT_EQ(test, call(&t, CALL(0, sizeof(arg)), &arg,
				   sizeof(arg)), -E2BIG);
	arg.more = 0;
	/* The two sizes differ. */
	KUNIT_EXPECT_EQ(test, call(&t, NACC_IOC_INFO, &arg, sizeof(arg)),
			-EINVAL);
	/* Too small, too large. */
	arg.info.size = sizeof(arg.info) - 8;
	KUNIT_EXPECT_EQ(test, call(&t, CALL(0, sizeof(arg.info) - 8), &arg,
				   sizeof(arg)), -EINVAL);
	arg.info.size = PAGE_SIZE + 8;
	KUNIT_EXPECT_EQ(test, call(&t, CALL(0, PAGE_SIZE + 8), &arg,
				   sizeof(arg)), -EINVAL);
	test_mm_end(&t);
}

static void chardev_commands(struct kunit *test)
{
	struct nacc_info info = { .size = sizeof(info) };
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, call(&t, _IOWR('?', 0, struct nacc_info), &info,
				   sizeof(info)), -ENOTTY);
	KUNIT_EXPECT_EQ(test, call(&t, _IOR(NACC_IOC_MAGIC, 0, struct nacc_info),
				   &info, sizeof(info)), -ENOTTY);
	KUNIT_EXPECT_EQ(test, call(&t, _IOW(NACC_IOC_MAGIC, 0, struct nacc_info),
				   &info, sizeof(info)), -ENOTTY);
	KUNIT_EXPECT_EQ(test, call(&t, CALL(200, sizeof(info)), &info,
				   sizeof(info)), -ENOTTY);
	info.flags = 1;
	KUNIT_EXPECT_EQ(test, call(&t, NACC_IOC_INFO, &info, sizeof(info)),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, info.frames, 0);
	KUNIT_EXPECT_EQ(test, nacc_ioctl(NULL, NACC_IOC_INFO,
					 t.area[0] - PAGE_SIZE), -EFAULT);
	test_mm_end(&t);
}

static void chardev_mark(struct kunit *test)
{
	struct nacc_mark mark = { .size = sizeof(mark), .pidfd = -1 };
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	memset(mark.name, 'a', sizeof(mark.name));
	KUNIT_EXPECT_EQ(test, call(&t, NACC_IOC_MARK, &mark, sizeof(mark)),
			-EINVAL);
	mark.name[sizeof(mark.name) - 1] = '\0';
	KUNIT_EXPECT_EQ(test, call(&t, NACC_IOC_MARK, &mark, sizeof(mark)),
			-EBADF);
	test_mm_end(&t);
}

static void chardev_unmark(struct kunit *test)
{
	struct nacc_unmark unmark = { .size = sizeof(unmark) };
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 1), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	unmark.domain = t.id;
	unmark.pad = 1;
	KUNIT_EXPECT_EQ(test, call(&t, NACC_IOC_UNMARK, &unmark,
				   sizeof(unmark)), -EINVAL);
	KUNIT_EXPECT_TRUE(test, nacc_mm_marked(t.mm));
	unmark.pad = 0;
	KUNIT_EXPECT_EQ(test, call(&t, NACC_IOC_UNMARK, &unmark,
				   sizeof(unmark)), 0);
	KUNIT_EXPECT_FALSE(test, nacc_mm_marked(t.mm));
	KUNIT_EXPECT_EQ(test, call(&t, NACC_IOC_UNMARK, &unmark,
				   sizeof(unmark)), -ENOENT);
	KUNIT_EXPECT_EQ(test, test_check(&t, 1), 0);
	test_mm_end(&t);
}

static struct kunit_case chardev_cases[] = {
	KUNIT_CASE(chardev_info),
	KUNIT_CASE(chardev_lock),
	KUNIT_CASE(chardev_sizes),
	KUNIT_CASE(chardev_commands),
	KUNIT_CASE(chardev_mark),
	KUNIT_CASE(chardev_unmark),
	{}
};

static struct kunit_suite chardev_suite = {
	.name = "nacc_chardev",
	.init = account_init,
	.exit = account_exit,
	.test_cases = chardev_cases,
};

kunit_test_suite(chardev_suite);
