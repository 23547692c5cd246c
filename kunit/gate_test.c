// SPDX-License-Identifier: GPL-2.0
/* Tests of gate.c, which includes this file, and of thread.c. */
#include <linux/sched/mm.h>
#include <linux/vmalloc.h>

#include "env.h"

static int gate(const struct test_mm *t, u32 mode, u32 flags, struct nacc_gate *g)
{
	*g = (struct nacc_gate){ .domain = t->id, .mode = mode, .flags = flags };
	return nacc_domain_gate(g, INVALID_UID);
}

static int set_gate(const struct test_mm *t, u32 mode)
{
	struct nacc_gate g;

	return gate(t, mode, 0, &g);
}

static struct nacc_domain *domain_of(struct kunit *test, const struct test_mm *t)
{
	struct nacc_domain *domain = nacc_domain_get_by_mm(t->mm);

	KUNIT_ASSERT_NOT_NULL(test, domain);
	return domain;
}

static u64 contexts(void)
{
	return test_stat(NACC_STAT_FRAMES_CONTEXT);
}

/* Frames of an address space that hold contexts, by the firmware's records. */
static unsigned int contexts_of(const struct mm_struct *mm)
{
	struct nacc_sbi_frame *all = nacc_pool_snapshot_alloc();
	unsigned int i, n = 0;

	if (!all)
		return 0;
	nacc_pool_snapshot(all);
	for (i = 0; i < nacc_pool.nr; i++)
		n += all[i].type == NACC_FRAME_CONTEXT &&
		     all[i].owner == nacc_frame_index(__pa(mm->pgd));
	vfree(all);
	return n;
}

static void begin_gated(struct kunit *test, struct test_mm *t, u32 mode)
{
	KUNIT_ASSERT_EQ(test, test_mm_begin(t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(t, 0), 0);
	KUNIT_ASSERT_EQ(test, test_mark(t), 0);
	KUNIT_ASSERT_EQ(test, set_gate(t, mode), 0);
}

/* Each mode, and what is told of it; unmarked, nothing of it is left. */
static void gate_modes(struct kunit *test)
{
	struct nacc_domain *domain;
	struct nacc_gate g;
	phys_addr_t record;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_ASSERT_EQ(test, test_mark(&t), 0);
	domain = domain_of(test, &t);
	KUNIT_EXPECT_EQ(test, gate(&t, NACC_GATE_ASK, 0, &g), 0);
	KUNIT_EXPECT_EQ(test, g.mode, NACC_GATE_OFF);
	KUNIT_EXPECT_EQ(test, set_gate(&t, NACC_GATE_OFF), 0);
	KUNIT_EXPECT_EQ(test, contexts(), 0);
	KUNIT_EXPECT_STREQ(test, nacc_gate_text(domain), "-");
	KUNIT_EXPECT_FALSE(test, nacc_gated(t.mm));
	KUNIT_EXPECT_EQ(test, gate(&t, NACC_GATE_ENFORCE, NACC_GATE_PTRACE, &g), 0);
	KUNIT_EXPECT_EQ(test, g.mode, NACC_GATE_ENFORCE);
	KUNIT_EXPECT_EQ(test, g.flags, NACC_GATE_PTRACE);
	KUNIT_EXPECT_STREQ(test, nacc_gate_text(domain), "enforce,ptrace");
	KUNIT_EXPECT_TRUE(test, nacc_gated(t.mm));
	record = nacc_domain_record(domain);
	KUNIT_EXPECT_EQ(test, nacc_gate_of(t.mm), record);
	KUNIT_EXPECT_EQ(test, nacc_domain_of_record(record), t.id);
	KUNIT_EXPECT_EQ(test, nacc_record(record)->tag, (u64)t.id);
	KUNIT_EXPECT_EQ(test, nacc_record(record)->roots, 1);
	KUNIT_EXPECT_EQ(test, contexts(), 2);
	KUNIT_EXPECT_EQ(test, contexts_of(t.mm), 1);
	/* Another mode, and off: it has the same. */
	KUNIT_EXPECT_EQ(test, gate(&t, NACC_GATE_AUDIT, NACC_GATE_LIST, &g), 0);
	KUNIT_EXPECT_STREQ(test, nacc_gate_text(domain), "audit,list");
	/* It has what it was given until that is taken from it. */
	KUNIT_EXPECT_EQ(test, gate(&t, NACC_GATE_ENFORCE, NACC_GATE_KEEP, &g), 0);
	KUNIT_EXPECT_STREQ(test, nacc_gate_text(domain), "enforce,list");
	KUNIT_EXPECT_EQ(test, gate(&t, NACC_GATE_OFF, NACC_GATE_KEEP, &g), 0);
	KUNIT_EXPECT_EQ(test, g.flags, NACC_GATE_LIST);
	KUNIT_EXPECT_STREQ(test, nacc_gate_text(domain), "off");
	KUNIT_EXPECT_EQ(test, gate(&t, NACC_GATE_AUDIT, NACC_GATE_KEEP | NACC_GATE_PTRACE, &g),
			0);
	KUNIT_EXPECT_STREQ(test, nacc_gate_text(domain), "audit,ptrace,list");
	KUNIT_EXPECT_EQ(test, gate(&t, NACC_GATE_ASK, NACC_GATE_KEEP, &g), -EINVAL);
	KUNIT_EXPECT_EQ(test, set_gate(&t, NACC_GATE_OFF), 0);
	KUNIT_EXPECT_STREQ(test, nacc_gate_text(domain), "off");
	KUNIT_EXPECT_EQ(test, set_gate(&t, NACC_GATE_ENFORCE), 0);
	KUNIT_EXPECT_EQ(test, nacc_domain_record(domain), record);
	KUNIT_EXPECT_EQ(test, contexts(), 2);
	KUNIT_EXPECT_FALSE(test, domain->gating);
	nacc_domain_put(domain);
	KUNIT_EXPECT_EQ(test, test_unmark(&t), 0);
	KUNIT_EXPECT_FALSE(test, nacc_gated(t.mm));
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	test_mm_end(&t);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	KUNIT_EXPECT_EQ(test, contexts(), 0);
	KUNIT_EXPECT_EQ(test, nacc_records(), 0);
}

/* The end of its last address space is the end of it, too. */
static void gate_exit(struct kunit *test)
{
	struct test_mm t;

	begin_gated(test, &t, NACC_GATE_ENFORCE);
	test_mm_end(&t);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	KUNIT_EXPECT_EQ(test, contexts(), 0);
	KUNIT_EXPECT_EQ(test, nacc_records(), 0);
}

static void gate_nonsense(struct kunit *test)
{
	struct nacc_gate g;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_ASSERT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, gate(&t, NACC_GATE_ENFORCE + 1, 0, &g), -EINVAL);
	KUNIT_EXPECT_EQ(test, gate(&t, NACC_GATE_ENFORCE, 1, &g), -EINVAL);
	KUNIT_EXPECT_EQ(test, gate(&t, NACC_GATE_ASK, NACC_GATE_LIST, &g), -EINVAL);
	g = (struct nacc_gate){ .domain = t.id + 1, .mode = NACC_GATE_AUDIT };
	KUNIT_EXPECT_EQ(test, nacc_domain_gate(&g, INVALID_UID), -ENOENT);
	/* Whose it is not. */
	g.domain = t.id;
	KUNIT_EXPECT_EQ(test, nacc_domain_gate(&g, KUIDT_INIT(1000)), -EPERM);
	g.domain = t.id + 1;
	KUNIT_EXPECT_EQ(test, nacc_domain_gate(&g, KUIDT_INIT(1000)), -EPERM);
	KUNIT_EXPECT_EQ(test, contexts(), 0);
	test_mm_end(&t);
}

/* What cannot be had changes nothing, and can be tried again. */
static void gate_fails(struct kunit *test)
{
	static const unsigned int fids[] = {
		NACC_SBI_GATE_OPEN, NACC_SBI_AS_GATE, NACC_SBI_GATE_SET,
	};
	struct nacc_domain *domain;
	struct nacc_gate g;
	struct test_mm t;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_ASSERT_EQ(test, test_mark(&t), 0);
	domain = domain_of(test, &t);
	for (i = 0; i < ARRAY_SIZE(fids); i++) {
		sbi_fault_set(fids[i], 1);
		KUNIT_EXPECT_EQ(test, gate(&t, NACC_GATE_ENFORCE, 0, &g), -EIO);
		KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
		KUNIT_EXPECT_EQ(test, g.mode, NACC_GATE_OFF);
		KUNIT_EXPECT_FALSE(test, domain->gating);
		KUNIT_EXPECT_EQ(test, atomic_read(&domain->promised), 0);
		KUNIT_EXPECT_EQ(test, nacc_records(), i ? 1 : 0);
	}
	KUNIT_EXPECT_EQ(test, set_gate(&t, NACC_GATE_ENFORCE), 0);
	nacc_domain_put(domain);
	/* The keeper tries again to close it. */
	sbi_fault_set(NACC_SBI_GATE_CLOSE, 1);
	test_mm_end(&t);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_EQ(test, nacc_records(), 0);
}

/* Who changes one keeps nobody from another's, and does not wait for ever himself. */
static void gate_alone(struct kunit *test)
{
	struct nacc_domain *domain;
	struct test_mm t, other;
	struct nacc_gate g;

	begin_gated(test, &t, NACC_GATE_AUDIT);
	domain = domain_of(test, &t);
	test_mm_unuse(&t);
	KUNIT_EXPECT_EQ(test, nacc_gate_begin(domain), 0);
	KUNIT_EXPECT_EQ(test, gate(&t, NACC_GATE_ENFORCE, 0, &g), -EBUSY);
	KUNIT_EXPECT_EQ(test, g.mode, NACC_GATE_AUDIT);
	KUNIT_EXPECT_EQ(test, nacc_unmark(t.id), -EBUSY);
	begin_gated(test, &other, NACC_GATE_ENFORCE);
	nacc_gate_end(domain);
	/* As if somebody on his way into it were held up. */
	KUNIT_EXPECT_EQ(test, nacc_promotion_begin(domain), 0);
	KUNIT_EXPECT_EQ(test, gate(&t, NACC_GATE_ENFORCE, 0, &g), -EBUSY);
	KUNIT_EXPECT_EQ(test, g.mode, NACC_GATE_AUDIT);
	KUNIT_EXPECT_FALSE(test, domain->gating);
	nacc_promotion_end(domain);
	KUNIT_EXPECT_EQ(test, set_gate(&t, NACC_GATE_ENFORCE), 0);
	nacc_domain_put(domain);
	test_mm_end(&other);
	mmput(t.mm);
}

/* Who begins in it, and who joins, is gated from the beginning. */
static void gate_births(struct kunit *test)
{
	struct nacc_domain *domain;
	struct mm_struct *mm;
	struct test_mm t;

	begin_gated(test, &t, NACC_GATE_AUDIT);
	domain = domain_of(test, &t);
	mm = mm_alloc();
	KUNIT_ASSERT_NOT_NULL(test, mm);
	KUNIT_EXPECT_TRUE(test, nacc_gated(mm));
	KUNIT_EXPECT_EQ(test, contexts_of(mm), 1);
	KUNIT_EXPECT_EQ(test, nacc_record(nacc_domain_record(domain))->roots, 2);
	nacc_quota_recount(domain);
	KUNIT_EXPECT_EQ(test, atomic_read(&domain->promised), 0);
	mmput(mm);
	sbi_fault_set(NACC_SBI_AS_GATE, 1);
	KUNIT_EXPECT_NULL(test, mm_alloc());
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	nacc_domain_put(domain);
	test_mm_end(&t);
}

/* Of a birth, too: its root, and what holds contexts. */
static void gate_birth_quota(struct kunit *test)
{
	struct nacc_quota now;
	struct mm_struct *mm;
	struct test_mm t;

	begin_gated(test, &t, NACC_GATE_AUDIT);
	KUNIT_EXPECT_EQ(test, test_quota(&t, NACC_QUOTA_ASK, &now), 0);
	KUNIT_EXPECT_EQ(test, test_quota(&t, now.used + 1, &now), 0);
	KUNIT_EXPECT_NULL(test, mm_alloc());
	KUNIT_EXPECT_EQ(test, test_quota(&t, now.used + 2, &now), 0);
	mm = mm_alloc();
	KUNIT_EXPECT_NOT_NULL(test, mm);
	if (mm)
		mmput(mm);
	test_mm_end(&t);
}

static void gate_join(struct kunit *test)
{
	struct nacc_domain *domain;
	struct test_mm t, other;

	begin_gated(test, &t, NACC_GATE_ENFORCE);
	domain = domain_of(test, &t);
	test_mm_unuse(&t);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&other), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&other, 0), 0);
	sbi_fault_set(NACC_SBI_AS_GATE, 1);
	KUNIT_EXPECT_EQ(test, nacc_take(domain, other.mm), -EIO);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_FALSE(test, nacc_mm_marked(other.mm));
	KUNIT_EXPECT_EQ(test, nacc_take(domain, other.mm), 0);
	KUNIT_EXPECT_TRUE(test, nacc_gated(other.mm));
	KUNIT_EXPECT_EQ(test, contexts_of(other.mm), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&domain->promised), 0);
	KUNIT_EXPECT_EQ(test, test_check(&other, 0), 0);
	nacc_domain_put(domain);
	test_mm_end(&other);
	mmput(t.mm);
}

#define THREADS	8

/*
 * To the firmware a task is a name. Who makes them is not on a gated root, and has no context
 * that they could begin with: that there are several is for a gate that is off.
 */
static struct task_struct *make_threads(struct kunit *test, struct test_mm *t)
{
	struct task_struct *threads = kunit_kcalloc(test, 2 * THREADS, sizeof(*threads),
						    GFP_KERNEL);
	unsigned int i;

	test_mm_unuse(t);
	test_leave_lazy();
	KUNIT_ASSERT_NOT_NULL(test, threads);
	for (i = 0; i < 2 * THREADS; i++)
		threads[i].mm = t->mm;
	return threads;
}

/* Who has none himself cannot say what a child begins with. */
static void gate_no_maker(struct kunit *test)
{
	struct task_struct *task = kunit_kzalloc(test, sizeof(*task), GFP_KERNEL);
	struct test_mm t;

	KUNIT_ASSERT_NOT_NULL(test, task);
	begin_gated(test, &t, NACC_GATE_ENFORCE);
	task->mm = t.mm;
	KUNIT_EXPECT_EQ(test, nacc_thread_begins(task), -EPERM);
	KUNIT_EXPECT_EQ(test, contexts_of(t.mm), 1);
	KUNIT_EXPECT_EQ(test, set_gate(&t, NACC_GATE_OFF), 0);
	KUNIT_EXPECT_EQ(test, nacc_thread_begins(task), 0);
	nacc_thread_ends(task, t.mm);
	test_mm_end(&t);
}

/* One may begin a new address space from outside; who comes to it later is made by one in it. */
static void gate_outsider(struct kunit *test)
{
	struct task_struct *threads;
	struct test_mm t;

	begin_gated(test, &t, NACC_GATE_ENFORCE);
	threads = make_threads(test, &t);
	/* Until its root is in force on all harts who was there before may come to it. */
	nacc_promote_finish();
	KUNIT_EXPECT_EQ(test, nacc_thread_begins(&threads[0]), 0);
	KUNIT_EXPECT_EQ(test, nacc_thread_begins(&threads[1]), -EPERM);
	KUNIT_EXPECT_EQ(test, set_gate(&t, NACC_GATE_OFF), 0);
	KUNIT_EXPECT_EQ(test, nacc_thread_begins(&threads[1]), 0);
	mmput(t.mm);
}

/* A frame for two threads, and for each four more; the places of those that end are free. */
static void gate_threads(struct kunit *test)
{
	struct task_struct *threads;
	struct test_mm t;
	unsigned int i;

	begin_gated(test, &t, NACC_GATE_ENFORCE);
	KUNIT_EXPECT_EQ(test, set_gate(&t, NACC_GATE_OFF), 0);
	threads = make_threads(test, &t);
	for (i = 0; i < THREADS; i++) {
		KUNIT_EXPECT_EQ(test, nacc_thread_begins(&threads[i]), 0);
		KUNIT_EXPECT_EQ(test, contexts_of(t.mm), DIV_ROUND_UP(i + 3, 4));
	}
	for (i = 0; i < THREADS; i++)
		nacc_thread_ends(&threads[i], t.mm);
	for (i = 0; i < THREADS; i++)
		KUNIT_EXPECT_EQ(test, nacc_thread_begins(&threads[THREADS + i]), 0);
	KUNIT_EXPECT_EQ(test, contexts_of(t.mm), DIV_ROUND_UP(THREADS + 2, 4));
	sbi_fault_set(NACC_SBI_CONTEXT, 1);
	KUNIT_EXPECT_EQ(test, nacc_thread_begins(&threads[0]), -EPERM);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	mmput(t.mm);
}

/* Without room a thread is not made, and nothing is left of it. */
static void gate_exhausted(struct kunit *test)
{
	long refused = test_count(NACC_COUNT_ENOMEM);
	struct task_struct *threads;
	unsigned int room;
	struct test_mm t;

	begin_gated(test, &t, NACC_GATE_ENFORCE);
	KUNIT_EXPECT_EQ(test, set_gate(&t, NACC_GATE_OFF), 0);
	threads = make_threads(test, &t);
	room = test_exhaust(t.mm);
	KUNIT_EXPECT_GT(test, room, 0);
	KUNIT_EXPECT_EQ(test, nacc_thread_begins(&threads[0]), -EAGAIN);
	KUNIT_EXPECT_EQ(test, test_count(NACC_COUNT_ENOMEM), refused + 1);
	KUNIT_EXPECT_EQ(test, contexts_of(t.mm), 1);
	nacc_room_give(room);
	KUNIT_EXPECT_EQ(test, nacc_thread_begins(&threads[0]), 0);
	mmput(t.mm);
}

/* A quota counts what holds contexts, and the record. */
static void gate_quota(struct kunit *test)
{
	struct nacc_quota before, now;
	struct task_struct *threads;
	struct test_mm t;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_ASSERT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, test_quota(&t, NACC_QUOTA_ASK, &before), 0);
	KUNIT_EXPECT_EQ(test, test_quota(&t, before.used + 1, &now), 0);
	KUNIT_EXPECT_EQ(test, set_gate(&t, NACC_GATE_AUDIT), -ENOMEM);
	KUNIT_EXPECT_EQ(test, test_quota(&t, before.used + 2, &now), 0);
	KUNIT_EXPECT_EQ(test, set_gate(&t, NACC_GATE_AUDIT), 0);
	KUNIT_EXPECT_EQ(test, test_quota(&t, NACC_QUOTA_ASK, &now), 0);
	KUNIT_EXPECT_EQ(test, now.used, before.used + 2);
	KUNIT_EXPECT_EQ(test, set_gate(&t, NACC_GATE_OFF), 0);
	threads = make_threads(test, &t);
	/* Whether one fits in is known before it is asked for: as if it took a frame. */
	KUNIT_EXPECT_EQ(test, nacc_thread_begins(&threads[0]), -EAGAIN);
	KUNIT_EXPECT_EQ(test, test_quota(&t, now.used + 1, &now), 0);
	for (i = 0; i < 6; i++)
		KUNIT_EXPECT_EQ(test, nacc_thread_begins(&threads[i]), i < 3 ? 0 : -EAGAIN);
	mmput(t.mm);
}

static int call_list(const struct test_mm *t, u64 first)
{
	struct nacc_allow list = { .domain = t->id, .allowed = { first } };

	return nacc_domain_allow(&list, INVALID_UID);
}

/* It may come before the gate is on. */
static void gate_list(struct kunit *test)
{
	struct nacc_syscalls calls;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_ASSERT_EQ(test, test_mark(&t), 0);
	calls = (struct nacc_syscalls){ .domain = t.id };
	KUNIT_EXPECT_EQ(test, nacc_domain_syscalls(&calls, INVALID_UID), -ENODATA);
	KUNIT_EXPECT_EQ(test, call_list(&t, 5), 0);
	/* No gate comes of it: others may still join as they are. */
	KUNIT_EXPECT_EQ(test, contexts(), 0);
	KUNIT_EXPECT_EQ(test, nacc_domain_syscalls(&calls, INVALID_UID), -ENODATA);
	sbi_fault_set(NACC_SBI_GATE_ALLOW, 2);
	KUNIT_EXPECT_EQ(test, set_gate(&t, NACC_GATE_AUDIT), -EIO);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_EQ(test, set_gate(&t, NACC_GATE_AUDIT), 0);
	KUNIT_EXPECT_EQ(test, nacc_domain_syscalls(&calls, INVALID_UID), 0);
	KUNIT_EXPECT_EQ(test, calls.allowed[0], 5);
	KUNIT_EXPECT_EQ(test, call_list(&t, 6), 0);
	KUNIT_EXPECT_EQ(test, nacc_domain_syscalls(&calls, INVALID_UID), 0);
	KUNIT_EXPECT_EQ(test, calls.mode, NACC_GATE_AUDIT);
	KUNIT_EXPECT_EQ(test, calls.allowed[0], 6);
	calls.count = NACC_CALLS + 1;
	KUNIT_EXPECT_EQ(test, nacc_domain_syscalls(&calls, INVALID_UID), -EINVAL);
	KUNIT_EXPECT_EQ(test, contexts(), 2);
	test_mm_end(&t);
}

/* A program whose processes and threads come and go, with handlers of signals. */
static void gate_program(struct kunit *test)
{
	const u64 refused = test_stat(NACC_STAT_MAX + NACC_REASON_CONTEXT) +
			    test_stat(NACC_STAT_MAX + NACC_REASON_THREAD);
	struct test_hooks before = test_hooks("gate");

	KUNIT_EXPECT_EQ(test, test_program("gate"), 0);
	KUNIT_EXPECT_GT(test, test_hooks("gate").routed, before.routed);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	KUNIT_EXPECT_EQ(test, contexts(), 0);
	KUNIT_EXPECT_EQ(test, test_stat(NACC_STAT_MAX + NACC_REASON_CONTEXT) +
			      test_stat(NACC_STAT_MAX + NACC_REASON_THREAD), refused);
}

static int gate_init(struct kunit *test)
{
	if (!nacc_guard_can())
		kunit_skip(test, "no gate in this boot");
	return account_init(test);
}

static struct kunit_case gate_cases[] = {
	KUNIT_CASE(gate_modes),
	KUNIT_CASE(gate_exit),
	KUNIT_CASE(gate_nonsense),
	KUNIT_CASE(gate_fails),
	KUNIT_CASE_SLOW(gate_alone),
	KUNIT_CASE(gate_births),
	KUNIT_CASE(gate_join),
	KUNIT_CASE(gate_no_maker),
	KUNIT_CASE(gate_outsider),
	KUNIT_CASE(gate_threads),
	KUNIT_CASE(gate_exhausted),
	KUNIT_CASE(gate_quota),
	KUNIT_CASE(gate_list),
	KUNIT_CASE_SLOW(gate_program),
	KUNIT_CASE(gate_birth_quota),
	{}
};

static struct kunit_suite gate_suite = {
	.name = "nacc_gate",
	.init = gate_init,
	.exit = account_exit,
	.test_cases = gate_cases,
};

kunit_test_suite(gate_suite);
