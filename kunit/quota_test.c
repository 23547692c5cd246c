// SPDX-License-Identifier: GPL-2.0
/* Tests of quota.c, which includes this file. */
#include <linux/kthread.h>
#include <linux/sched/mm.h>
#include <linux/vmalloc.h>

#include "env.h"

/* What the firmware's records say, frame by frame. */
static unsigned int frames_by_record(const struct mm_struct *mm)
{
	struct nacc_sbi_frame *all = nacc_pool_snapshot_alloc();
	unsigned int i, n = 0;

	if (!all)
		return 0;
	nacc_pool_snapshot(all);
	for (i = 0; i < nacc_pool.nr; i++)
		n += (all[i].type == NACC_FRAME_ROOT || all[i].type == NACC_FRAME_TABLE) &&
		     all[i].owner == nacc_frame_index(__pa(mm->pgd));
	vfree(all);
	return n;
}

/**
 * test_quota() - NACC_IOC_QUOTA
 * @t: a marked address space
 * @frames: the quota, or NACC_QUOTA_ASK
 * @q: out: the answer
 *
 * Return: as nacc_domain_quota().
 */
int test_quota(const struct test_mm *t, u64 frames, struct nacc_quota *q)
{
	*q = (struct nacc_quota){ .domain = t->id, .frames = frames };
	return nacc_domain_quota(q);
}

/* As many as it has, and so many more. */
static void set_more(struct kunit *test, const struct test_mm *t, unsigned int more,
		     struct nacc_quota *q)
{
	KUNIT_EXPECT_EQ(test, test_quota(t, NACC_QUOTA_ASK, q), 0);
	KUNIT_EXPECT_EQ(test, test_quota(t, q->used + more, q), 0);
}

static bool takes(const struct mm_struct *mm, unsigned int nr,
		  enum nacc_patience how)
{
	if (!nacc_share_take(mm, nr, how))
		return false;
	nacc_share_give(mm, nr);
	return true;
}

/* Not one frame more than the quota, for this container only; and none is lost. */
static void quota_exact(struct kunit *test)
{
	struct nacc_quota q;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_guard_begin(), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, test_quota(&t, NACC_QUOTA_ASK, &q), 0);
	KUNIT_EXPECT_EQ(test, q.frames, 0);
	KUNIT_EXPECT_EQ(test, q.used, frames_by_record(t.mm));
	KUNIT_EXPECT_EQ(test, q.share, nacc_pool.nr / 6);
	set_more(test, &t, 2, &q);
	KUNIT_EXPECT_EQ(test, q.frames, q.used + 2);
	KUNIT_EXPECT_EQ(test, q.share, q.frames);
	KUNIT_EXPECT_FALSE(test, takes(t.mm, 3, NACC_ROOM_WAIT));
	KUNIT_EXPECT_TRUE(test, takes(t.mm, 2, NACC_ROOM_WAIT));
	/* They were not used, so it may have them again; but that takes a look. */
	KUNIT_EXPECT_FALSE(test, takes(t.mm, 2, NACC_ROOM_NOW));
	KUNIT_EXPECT_FALSE(test, nacc_share_fits(t.mm, 2, NACC_ROOM_NOW));
	KUNIT_EXPECT_TRUE(test, nacc_share_fits(t.mm, 2, NACC_ROOM_LOOK));
	KUNIT_EXPECT_TRUE(test, nacc_share_fits(t.mm, 2, NACC_ROOM_NOW));
	KUNIT_EXPECT_TRUE(test, takes(t.mm, 2, NACC_ROOM_NOW));
	KUNIT_EXPECT_TRUE(test, takes(t.mm, 2, NACC_ROOM_LOOK));
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), -EFAULT);
	KUNIT_EXPECT_EQ(test, test_quota(&t, NACC_QUOTA_ASK, &q), 0);
	KUNIT_EXPECT_LE(test, q.used, q.frames);
	KUNIT_EXPECT_EQ(test, q.used, frames_by_record(t.mm));
	/* Others do not notice. */
	KUNIT_EXPECT_TRUE(test, takes(test_guard_mm(), 3, NACC_ROOM_NOW));
	KUNIT_EXPECT_EQ(test, test_quota(&t, 0, &q), 0);
	KUNIT_EXPECT_EQ(test, q.frames, 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	test_mm_end(&t);
}

/* What is promised is not forgotten when frames are counted. */
static void quota_promised(struct kunit *test)
{
	struct nacc_domain *domain;
	struct nacc_quota q;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	domain = nacc_domain_get_by_mm(t.mm);
	KUNIT_ASSERT_NOT_NULL(test, domain);
	set_more(test, &t, 3, &q);
	KUNIT_EXPECT_TRUE(test, nacc_share_take_domain(domain, 2,
						       NACC_ROOM_WAIT));
	nacc_quota_recount(domain);
	KUNIT_EXPECT_FALSE(test, nacc_quota_is_full(domain, 1));
	KUNIT_EXPECT_TRUE(test, nacc_quota_is_full(domain, 2));
	KUNIT_EXPECT_FALSE(test, takes(t.mm, 2, NACC_ROOM_WAIT));
	KUNIT_EXPECT_TRUE(test, takes(t.mm, 1, NACC_ROOM_LOOK));
	nacc_share_update();
	KUNIT_EXPECT_FALSE(test, takes(t.mm, 2, NACC_ROOM_LOOK));
	/* Not needed: it is there at once. Else after a look. */
	nacc_share_give_domain(domain, 2, false);
	KUNIT_EXPECT_TRUE(test, nacc_share_fits(t.mm, 3, NACC_ROOM_NOW));
	KUNIT_EXPECT_TRUE(test, nacc_share_take_domain(domain, 3,
						       NACC_ROOM_WAIT));
	nacc_share_give_domain(domain, 3, true);
	KUNIT_EXPECT_FALSE(test, nacc_share_fits(t.mm, 1, NACC_ROOM_NOW));
	nacc_quota_recount(domain);
	KUNIT_EXPECT_TRUE(test, nacc_share_fits(t.mm, 3, NACC_ROOM_NOW));
	KUNIT_EXPECT_EQ(test, atomic_read(&domain->promised), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&domain->taken), frames_by_record(t.mm));
	nacc_domain_put(domain);
	test_mm_end(&t);
}

/* New address spaces count: those that are born and those that join. */
static void quota_births(struct kunit *test)
{
	struct mm_struct *mm, *born, *late;
	struct nacc_domain *domain;
	struct nacc_quota q;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	late = mm_alloc();
	KUNIT_ASSERT_NOT_NULL(test, late);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	domain = nacc_domain_get_by_mm(t.mm);
	KUNIT_ASSERT_NOT_NULL(test, domain);
	set_more(test, &t, 0, &q);
	KUNIT_EXPECT_NULL(test, mm_alloc());
	KUNIT_EXPECT_EQ(test, nacc_join(domain, late), -ENOMEM);
	KUNIT_EXPECT_FALSE(test, nacc_mm_marked(late));
	set_more(test, &t, 1, &q);
	born = mm_alloc();
	KUNIT_ASSERT_NOT_NULL(test, born);
	KUNIT_EXPECT_TRUE(test, nacc_mm_marked(born));
	mm = mm_alloc();
	KUNIT_EXPECT_NULL(test, mm);
	KUNIT_EXPECT_EQ(test, test_quota(&t, NACC_QUOTA_ASK, &q), 0);
	KUNIT_EXPECT_EQ(test, q.used, q.frames);
	KUNIT_EXPECT_EQ(test, q.used, frames_by_record(t.mm) + frames_by_record(born));
	/* Its end makes room, which whoever asks waits for. */
	mmput(born);
	born = mm_alloc();
	KUNIT_EXPECT_NOT_NULL(test, born);
	if (born)
		mmput(born);
	KUNIT_EXPECT_EQ(test, test_quota(&t, 0, &q), 0);
	KUNIT_EXPECT_EQ(test, nacc_join(domain, late), 0);
	mmput(late);
	KUNIT_EXPECT_EQ(test, atomic_read(&domain->promised), 0);
	nacc_domain_put(domain);
	test_mm_end(&t);
}

/**
 * struct rush - threads that take what one quota leaves
 * @domain: the container
 * @more: how many frames there may be at once
 * @held: how many there are
 * @over: how often there were too many
 * @had: how often there was one
 */
struct rush {
	struct nacc_domain *domain;
	int more;
	atomic_t held;
	atomic_t over;
	atomic_t had;
};

static int rush_thread(void *arg)
{
	struct rush *r = arg;

	while (!kthread_should_stop()) {
		if (nacc_quota_promise(r->domain, 1)) {
			if (atomic_inc_return(&r->held) > r->more)
				atomic_inc(&r->over);
			atomic_inc(&r->had);
			cond_resched();
			atomic_dec(&r->held);
			nacc_quota_settle(r->domain, 1, true);
		}
		cond_resched();
	}
	return 0;
}

/* Many at once, while frames are counted again and again: never too many. */
static void quota_rush(struct kunit *test)
{
	struct task_struct *task[4];
	struct rush r = { .more = 2 };
	struct nacc_quota q;
	unsigned int i;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	r.domain = nacc_domain_get_by_mm(t.mm);
	KUNIT_ASSERT_NOT_NULL(test, r.domain);
	set_more(test, &t, r.more, &q);
	for (i = 0; i < ARRAY_SIZE(task); i++) {
		task[i] = kthread_create(rush_thread, &r, "nacc_rush/%u", i);
		KUNIT_ASSERT_FALSE(test, IS_ERR(task[i]));
		get_task_struct(task[i]);
		wake_up_process(task[i]);
	}
	for (i = 0; i < 3000; i++) {
		nacc_quota_recount(r.domain);
		cond_resched();
	}
	for (i = 0; i < ARRAY_SIZE(task); i++)
		KUNIT_EXPECT_EQ(test, kthread_stop_put(task[i]), 0);
	KUNIT_EXPECT_GT(test, atomic_read(&r.had), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&r.over), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&r.domain->promised), 0);
	nacc_quota_recount(r.domain);
	KUNIT_EXPECT_EQ(test, atomic_read(&r.domain->taken), q.used);
	nacc_domain_put(r.domain);
	test_mm_end(&t);
}

/* What makes no sense changes nothing. */
static void quota_bad(struct kunit *test)
{
	struct nacc_quota q, pad;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, test_quota(&t, nacc_pool.nr, &q), 0);
	KUNIT_EXPECT_EQ(test, test_quota(&t, nacc_pool.nr + 1UL, &q), -EINVAL);
	KUNIT_EXPECT_EQ(test, test_quota(&t, NACC_QUOTA_ASK - 1, &q), -EINVAL);
	KUNIT_EXPECT_EQ(test, test_quota(&t, 1UL << 32, &q), -EINVAL);
	pad = (struct nacc_quota){ .domain = t.id, .pad = 1 };
	KUNIT_EXPECT_EQ(test, nacc_domain_quota(&pad), -EINVAL);
	KUNIT_EXPECT_EQ(test, test_quota(&t, NACC_QUOTA_ASK, &q), 0);
	KUNIT_EXPECT_EQ(test, q.frames, nacc_pool.nr);
	test_mm_end(&t);
	KUNIT_ASSERT_EQ(test, test_settle(), 0);
	KUNIT_EXPECT_EQ(test, test_quota(&t, 0, &q), -ENOENT);
}

/**
 * struct watched - what is kept for others, each time that frames have come back
 * @mm: from whom
 * @times: how often they have
 * @late: how often it was too little
 */
struct watched {
	const struct mm_struct *mm;
	unsigned int times;
	unsigned int late;
};

static void look_at_kept(void *arg)
{
	struct watched *w = arg;
	unsigned int kept = test_kept(w->mm);

	nacc_share_update();
	w->times++;
	w->late += test_kept(w->mm) > kept;
}

/* What a container gives back is kept for it before another can take it. */
static void quota_keeps_first(struct kunit *test)
{
	struct test_mm other, t;
	struct nacc_quota q;
	struct watched w = { };
	unsigned int kept;

	KUNIT_ASSERT_EQ(test, test_mm_marked(&other, false), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	/* All of its share is in use. */
	set_more(test, &t, 0, &q);
	nacc_share_update();
	kept = test_kept(other.mm);
	w.mm = other.mm;
	test_at_reclaim(look_at_kept, &w);
	KUNIT_EXPECT_EQ(test, test_unmap(&t, 0), 0);
	rcu_barrier();
	nacc_kick();
	nacc_keeper_wait();
	nacc_kick();
	nacc_keeper_wait();
	test_at_reclaim(NULL, NULL);
	nacc_keeper_wait();
	KUNIT_EXPECT_GT(test, w.times, 0);
	KUNIT_EXPECT_EQ(test, w.late, 0);
	KUNIT_EXPECT_GE(test, test_kept(other.mm), kept + TEST_STRIDE / PMD_SIZE);
	test_mm_end(&t);
	mmput(other.mm);
}

/* A firmware that does not say how many there are: what is known stays. */
static void quota_not_told(struct kunit *test)
{
	struct nacc_domain *domain;
	struct test_mm t;
	int taken, used;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	domain = nacc_domain_get_by_mm(t.mm);
	KUNIT_ASSERT_NOT_NULL(test, domain);
	nacc_quota_recount(domain);
	used = domain->used;
	KUNIT_EXPECT_EQ(test, used, frames_by_record(t.mm));
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	taken = atomic_read(&domain->taken);
	KUNIT_EXPECT_GT(test, taken, used);
	sbi_fault_set(NACC_SBI_GET_INFO, 1);
	nacc_quota_recount(domain);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_EQ(test, domain->used, used);
	KUNIT_EXPECT_EQ(test, atomic_read(&domain->taken), taken);
	nacc_quota_recount(domain);
	KUNIT_EXPECT_EQ(test, domain->used, frames_by_record(t.mm));
	nacc_domain_put(domain);
	test_mm_end(&t);
}

static struct kunit_case quota_cases[] = {
	KUNIT_CASE_SLOW(quota_exact),
	KUNIT_CASE_SLOW(quota_promised),
	KUNIT_CASE_SLOW(quota_births),
	KUNIT_CASE_SLOW(quota_rush),
	KUNIT_CASE(quota_bad),
	KUNIT_CASE_SLOW(quota_keeps_first),
	KUNIT_CASE(quota_not_told),
	{}
};

static struct kunit_suite quota_suite = {
	.name = "nacc_quota",
	.init = account_init,
	.exit = account_exit,
	.test_cases = quota_cases,
};

kunit_test_suite(quota_suite);
