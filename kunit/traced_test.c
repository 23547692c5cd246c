// SPDX-License-Identifier: GPL-2.0
/* Tests of traced.c, which includes this file, and of tally.c. */
#include "env.h"

static int ask_by(const struct file *file, const struct test_mm *t, u32 flags)
{
	struct nacc_traced traced = { .domain = t->id, .flags = flags };

	return nacc_domain_traced(&traced, file);
}

static int ask(const struct test_mm *t, u32 flags, struct nacc_traced *traced)
{
	*traced = (struct nacc_traced){ .domain = t->id, .flags = flags };
	return nacc_domain_traced(traced, NULL);
}

static void begin_marked(struct kunit *test, struct test_mm *t)
{
	KUNIT_ASSERT_EQ(test, test_mm_begin(t), 0);
	KUNIT_ASSERT_EQ(test, test_mark(t), 0);
}

/* As who makes a system call does. */
static void make_calls(long nr, unsigned int times)
{
	while (times--)
		probe_call(NULL, NULL, nr);
}

/* The keeper itself may be at it. */
static void keep(void)
{
	while (nacc_traced_keep())
		schedule_timeout_uninterruptible(1);
}

/* Nobody listens any more when the keeper has been through. */
static void expect_quiet(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, nacc_tallies(), 0);
	keep();
	KUNIT_EXPECT_FALSE(test, registered);
}

static void traced_counts(struct kunit *test)
{
	struct nacc_traced traced;
	u32 counts[2] = {};
	struct test_mm t;

	begin_marked(test, &t);
	KUNIT_EXPECT_EQ(test, ask(&t, 0, &traced), -ENODATA);
	KUNIT_EXPECT_EQ(test, ask(&t, NACC_TRACED_BEGIN, &traced), 0);
	KUNIT_EXPECT_TRUE(test, registered);
	KUNIT_EXPECT_EQ(test, nacc_tallies(), 1);
	make_calls(1, 3);
	make_calls(NACC_CALLS, 2);
	make_calls(-1, 1);
	/* What is counted already goes on. */
	KUNIT_EXPECT_EQ(test, ask(&t, NACC_TRACED_BEGIN, &traced), 0);
	KUNIT_EXPECT_EQ(test, nacc_tallies(), 1);
	traced.flags = NACC_TRACED_END;
	traced.count = ARRAY_SIZE(counts);
	traced.counts = t.area[0];
	KUNIT_EXPECT_EQ(test, nacc_domain_traced(&traced, NULL), 0);
	KUNIT_EXPECT_EQ(test, copy_from_user(counts, (void __user *)t.area[0], sizeof(counts)),
			0);
	KUNIT_EXPECT_EQ(test, counts[0], 0);
	KUNIT_EXPECT_EQ(test, counts[1], 3);
	KUNIT_EXPECT_EQ(test, traced.other_calls, 3);
	KUNIT_EXPECT_LE(test, traced.begun, traced.now);
	KUNIT_EXPECT_EQ(test, ask(&t, NACC_TRACED_END, &traced), -ENODATA);
	expect_quiet(test);
	test_mm_end(&t);
}

/* For who cannot be told nothing begins, and nothing ends. */
static void traced_nowhere(struct kunit *test)
{
	struct nacc_traced traced;
	struct test_mm t;

	begin_marked(test, &t);
	traced = (struct nacc_traced){
		.domain = t.id, .flags = NACC_TRACED_BEGIN, .count = 1, .counts = PAGE_OFFSET,
	};
	KUNIT_EXPECT_EQ(test, nacc_domain_traced(&traced, NULL), -EFAULT);
	expect_quiet(test);
	KUNIT_EXPECT_EQ(test, ask(&t, NACC_TRACED_BEGIN, &traced), 0);
	traced.flags = NACC_TRACED_END;
	traced.count = 1;
	traced.counts = PAGE_OFFSET;
	KUNIT_EXPECT_EQ(test, nacc_domain_traced(&traced, NULL), -EFAULT);
	KUNIT_EXPECT_EQ(test, nacc_tallies(), 1);
	KUNIT_EXPECT_EQ(test, ask(&t, NACC_TRACED_END, &traced), 0);
	expect_quiet(test);
	test_mm_end(&t);
}

/* The end of a domain is that of what is counted of it. */
static void traced_domain_ends(struct kunit *test)
{
	struct nacc_traced traced;
	struct test_mm t;

	begin_marked(test, &t);
	KUNIT_EXPECT_EQ(test, ask(&t, NACC_TRACED_BEGIN, &traced), 0);
	test_mm_end(&t);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	expect_quiet(test);
}

#define HOLD	(NACC_TRACED_BEGIN | NACC_TRACED_HOLD)

/* Each file holds it once, and the last one that is closed ends it. */
static void traced_holds(struct kunit *test)
{
	const struct file *files = kunit_kcalloc(test, 2, sizeof(*files), GFP_KERNEL);
	struct test_mm t;

	KUNIT_ASSERT_NOT_NULL(test, files);
	begin_marked(test, &t);
	KUNIT_EXPECT_EQ(test, ask_by(&files[0], &t, HOLD), 0);
	KUNIT_EXPECT_EQ(test, ask_by(&files[0], &t, HOLD), 0);
	KUNIT_EXPECT_EQ(test, ask_by(&files[1], &t, HOLD), 0);
	KUNIT_EXPECT_EQ(test, nacc_tallies(), 1);
	nacc_traced_close(&files[0]);
	nacc_traced_close(&files[0]);
	KUNIT_EXPECT_EQ(test, ask_by(&files[0], &t, 0), 0);
	nacc_traced_close(&files[1]);
	KUNIT_EXPECT_EQ(test, ask_by(&files[0], &t, 0), -ENODATA);
	expect_quiet(test);
	test_mm_end(&t);
}

/* Who has begun without a file goes on; whoever ends it ends it for all. */
static void traced_kept(struct kunit *test)
{
	const struct file *file = kunit_kzalloc(test, sizeof(*file), GFP_KERNEL);
	struct test_mm t;

	KUNIT_ASSERT_NOT_NULL(test, file);
	begin_marked(test, &t);
	KUNIT_EXPECT_EQ(test, ask_by(file, &t, HOLD), 0);
	KUNIT_EXPECT_EQ(test, ask_by(file, &t, NACC_TRACED_BEGIN), 0);
	nacc_traced_close(file);
	KUNIT_EXPECT_EQ(test, ask_by(file, &t, 0), 0);
	KUNIT_EXPECT_EQ(test, ask_by(file, &t, HOLD), 0);
	KUNIT_EXPECT_EQ(test, ask_by(file, &t, NACC_TRACED_END), 0);
	KUNIT_EXPECT_EQ(test, ask_by(file, &t, 0), -ENODATA);
	nacc_traced_close(file);
	expect_quiet(test);
	/* The domain ends first. */
	KUNIT_EXPECT_EQ(test, ask_by(file, &t, HOLD), 0);
	test_mm_end(&t);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	nacc_traced_close(file);
	expect_quiet(test);
}

/* The last question was so long ago. */
static void age(struct kunit *test, const struct test_mm *t, u64 ns)
{
	struct nacc_domain *domain = nacc_domain_get_by_mm(t->mm);

	KUNIT_ASSERT_NOT_NULL(test, domain);
	rcu_dereference_protected(domain->tally, true)->asked -= ns;
	nacc_domain_put(domain);
}

/* Whoever has forgotten it finds what there was, and nobody has paid for it meanwhile. */
static void traced_forgotten(struct kunit *test)
{
	struct nacc_traced traced;
	struct test_mm t;
	u64 ended;

	begin_marked(test, &t);
	KUNIT_EXPECT_EQ(test, ask(&t, NACC_TRACED_BEGIN, &traced), 0);
	make_calls(NACC_CALLS, 2);
	age(test, &t, UNASKED_NS / 2);
	keep();
	KUNIT_EXPECT_EQ(test, nacc_tallies(), 1);
	/* Who asks wants to know. */
	KUNIT_EXPECT_EQ(test, ask(&t, 0, &traced), 0);
	age(test, &t, UNASKED_NS / 2);
	keep();
	KUNIT_EXPECT_EQ(test, nacc_tallies(), 1);
	age(test, &t, UNASKED_NS);
	keep();
	expect_quiet(test);
	make_calls(NACC_CALLS, 1);
	KUNIT_EXPECT_EQ(test, ask(&t, 0, &traced), 0);
	KUNIT_EXPECT_EQ(test, traced.other_calls, 2);
	ended = traced.now;
	KUNIT_EXPECT_EQ(test, ask(&t, 0, &traced), 0);
	KUNIT_EXPECT_EQ(test, traced.now, ended);
	/* Anew */
	KUNIT_EXPECT_EQ(test, ask(&t, NACC_TRACED_BEGIN, &traced), 0);
	KUNIT_EXPECT_EQ(test, traced.other_calls, 0);
	KUNIT_EXPECT_GE(test, traced.begun, ended);
	KUNIT_EXPECT_EQ(test, nacc_tallies(), 1);
	age(test, &t, 2 * UNASKED_NS);
	keep();
	expect_quiet(test);
	KUNIT_EXPECT_EQ(test, ask(&t, NACC_TRACED_END, &traced), 0);
	KUNIT_EXPECT_EQ(test, ask(&t, NACC_TRACED_END, &traced), -ENODATA);
	expect_quiet(test);
	test_mm_end(&t);
}

/* The NTH allocation of a begin fails: it is said so, and nobody listens. Return: whether. */
static bool begin_fails(struct kunit *test, const struct test_mm *t, const struct file *file,
			unsigned int nth, bool *hit)
{
	struct nacc_traced traced = {
		.domain = t->id, .flags = HOLD, .count = 1, .counts = t->area[0],
	};
	int ret;

	alloc_fault_set(nth);
	ret = nacc_domain_traced(&traced, file);
	*hit = alloc_fault_clear();
	if (ret) {
		KUNIT_EXPECT_TRUE(test, *hit && ret == -ENOMEM);
		KUNIT_EXPECT_EQ(test, nacc_tallies(), 0);
	}
	nacc_traced_close(file);
	expect_quiet(test);
	/* What was freed is free: else it is not the same allocation that is the NTH next. */
	kvfree_rcu_barrier();
	rcu_barrier();
	return ret;
}

/*
 * Each allocation of a begin fails. Between them kmemleak takes notes, and that may fail without
 * a word; once in a while a slab is filled, and the NTH is another.
 */
static void traced_alloc_fails(struct kunit *test)
{
	const struct file *file = kunit_kzalloc(test, sizeof(*file), GFP_KERNEL);
	unsigned int nth, pass;
	struct test_mm t;
	u64 failed = 0;
	bool hit;

	KUNIT_ASSERT_NOT_NULL(test, file);
	KUNIT_ASSERT_EQ(test, alloc_fault_prepare(), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_ASSERT_EQ(test, test_mark(&t), 0);
	/* The copy, what is counted in, who holds it, and the tracepoint's own list */
	for (pass = 0; pass < 8 && hweight64(failed) < 4; pass++) {
		hit = true;
		for (nth = 1; hit && nth < 64; nth++)
			if (begin_fails(test, &t, file, nth, &hit))
				failed |= BIT_ULL(nth);
	}
	KUNIT_EXPECT_GE(test, hweight64(failed), 4);
	test_mm_end(&t);
}

static void traced_nonsense(struct kunit *test)
{
	static const u32 odd[] = {
		NACC_TRACED_HOLD, NACC_TRACED_HOLD | NACC_TRACED_END,
		NACC_TRACED_BEGIN | NACC_TRACED_END, HOLD | NACC_TRACED_END, HOLD | 8,
	};
	struct test_mm t;
	unsigned int i;

	begin_marked(test, &t);
	for (i = 0; i < ARRAY_SIZE(odd); i++)
		KUNIT_EXPECT_EQ(test, ask_by(NULL, &t, odd[i]), -EINVAL);
	KUNIT_EXPECT_EQ(test, ask_by(NULL, &t, 0), -ENODATA);
	test_mm_end(&t);
}

/* While somebody begins the keeper does not wait for him, and comes again. */
static void traced_keeper(struct kunit *test)
{
	mutex_lock(&traced_lock);
	KUNIT_EXPECT_TRUE(test, nacc_traced_keep());
	mutex_unlock(&traced_lock);
	keep();
}

static struct kunit_case traced_cases[] = {
	KUNIT_CASE(traced_counts),
	KUNIT_CASE(traced_nowhere),
	KUNIT_CASE(traced_domain_ends),
	KUNIT_CASE(traced_holds),
	KUNIT_CASE(traced_kept),
	KUNIT_CASE(traced_forgotten),
	KUNIT_CASE(traced_alloc_fails),
	KUNIT_CASE(traced_nonsense),
	KUNIT_CASE(traced_keeper),
	{}
};

static struct kunit_suite traced_suite = {
	.name = "nacc_traced",
	.init = account_init,
	.exit = account_exit,
	.test_cases = traced_cases,
};

kunit_test_suite(traced_suite);
