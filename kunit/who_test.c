// SPDX-License-Identifier: GPL-2.0
/* Tests of who.c, which includes this file. */
#include <linux/slab.h>
#include "env.h"

/* More than are looked for at once, thrice and a rest */
#define MMS	(3 * SOUGHT_MAX + 7)

/**
 * struct sighting - what was seen of the current thread
 * @entry: on which mm
 * @times: how often
 * @others: of others
 */
struct sighting {
	const struct nacc_mm *entry;
	unsigned int times;
	unsigned int others;
};

static void see(const struct nacc_mm *entry, struct task_struct *task, void *arg)
{
	struct sighting *s = arg;

	if (task == current) {
		s->entry = entry;
		s->times++;
	} else {
		s->others++;
	}
}

/* In no order; no mm lies there, but for the one. */
static void list_mms(struct nacc_mm *mms, unsigned int one, struct mm_struct *mm,
		     struct nacc_domain *domains)
{
	unsigned int i;

	for (i = 0; i < MMS; i++) {
		mms[i].mm = (void *)(unsigned long)((i * 7919 % MMS + 1) * 8);
		mms[i].domain = &domains[i == one];
		if (i == one)
			mms[i].mm = mm;
		list_add_tail(&mms[i].node, &nacc_mms);
	}
}

/*
 * Of many mms, at whose addresses nobody looks, the one that the current thread runs on
 * is found once, wherever it is in the list, and as one of its domain only.
 */
static void who_each(struct kunit *test)
{
	static const unsigned int at[] = {
		0, 1, SOUGHT_MAX - 1, SOUGHT_MAX, 2 * SOUGHT_MAX, MMS - 1,
	};
	struct nacc_domain *domains = kunit_kcalloc(test, 2, sizeof(*domains),
						    GFP_KERNEL);
	struct nacc_mm *mms = kunit_kcalloc(test, MMS, sizeof(*mms), GFP_KERNEL);
	unsigned int i, j;
	struct test_mm t;

	KUNIT_ASSERT_NOT_NULL(test, domains);
	KUNIT_ASSERT_NOT_NULL(test, mms);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	for (i = 0; i < ARRAY_SIZE(at); i++) {
		struct sighting mine = { }, other = { }, all = { };

		mutex_lock(&nacc_domain_lock);
		list_mms(mms, at[i], t.mm, domains);
		nacc_who_each(&domains[1], see, &mine);
		nacc_who_each(&domains[0], see, &other);
		nacc_who_each(NULL, see, &all);
		for (j = 0; j < MMS; j++)
			list_del(&mms[j].node);
		mutex_unlock(&nacc_domain_lock);
		KUNIT_EXPECT_PTR_EQ(test, mine.entry, &mms[at[i]]);
		KUNIT_EXPECT_EQ(test, mine.times, 1);
		KUNIT_EXPECT_EQ(test, mine.others, 0);
		KUNIT_EXPECT_EQ(test, all.times, 1);
		KUNIT_EXPECT_EQ(test, other.times, 0);
	}
	test_mm_end(&t);
}

static struct kunit_case who_cases[] = {
	KUNIT_CASE(who_each),
	{}
};

static struct kunit_suite who_suite = {
	.name = "nacc_who",
	.init = account_init,
	.exit = account_exit,
	.test_cases = who_cases,
};

kunit_test_suite(who_suite);
