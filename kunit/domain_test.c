// SPDX-License-Identifier: GPL-2.0
/* Tests of domain.c and mark.c, which includes this file. */
#include <linux/kthread.h>
#include <linux/signal.h>

#include "env.h"

/**
 * test_mark_mm() - mark an mm that has no process
 * @mm: the mm; the caller holds mm_users
 * @id: out: its domain
 */
int test_mark_mm(struct mm_struct *mm, u32 *id)
{
	return mark_mm(current, mm, "kunit", id);
}

/**
 * test_condemn() - as if the firmware had on record a store that ends a container
 * @tag: what the record has in place of its ID
 */
void test_condemn(u64 tag)
{
	const struct nacc_sbi_audit audit = { .tag = tag };

	nacc_condemn(&audit);
}

static void domain_mark_twice(struct kunit *test)
{
	long marks = test_count(NACC_COUNT_MARKS);
	struct test_mm t;
	u32 id = 0;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, nacc_domain_count(), 1);
	KUNIT_EXPECT_EQ(test, test_mark_mm(t.mm, &id), -EEXIST);
	KUNIT_EXPECT_EQ(test, test_count(NACC_COUNT_MARKS), marks + 1);
	KUNIT_EXPECT_EQ(test, id, t.id);
	KUNIT_EXPECT_EQ(test, nacc_domain_of_root(__pa(t.mm->pgd)), t.id);
	KUNIT_EXPECT_EQ(test, test_unmark(&t), 0);
	KUNIT_EXPECT_EQ(test, nacc_domain_of_root(__pa(t.mm->pgd)), 0);
	test_mm_end(&t);
}

static void domain_ids(struct kunit *test)
{
	struct test_mm t;
	u32 first;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	first = t.id;
	KUNIT_EXPECT_NE(test, first, 0);
	KUNIT_EXPECT_EQ(test, test_unmark(&t), 0);
	KUNIT_EXPECT_EQ(test, nacc_unmark(first), -ENOENT);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_GT(test, t.id, first);
	test_mm_end(&t);
}

/* Before the load is through, and when the machine goes down */
static void domain_closed(struct kunit *test)
{
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	nacc_domain_close();
	KUNIT_EXPECT_EQ(test, test_mark(&t), -ESHUTDOWN);
	KUNIT_EXPECT_EQ(test, nacc_domain_count(), 0);
	nacc_domain_open();
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	test_mm_end(&t);
}

static void domain_no_such(struct kunit *test)
{
	u32 id;

	KUNIT_EXPECT_EQ(test, nacc_unmark(0), -ENOENT);
	KUNIT_EXPECT_EQ(test, nacc_unmark(~0U), -ENOENT);
	/* A kernel thread is no user process, whatever mm it runs on. */
	KUNIT_EXPECT_EQ(test, nacc_mark_task(current, "", &id), -EINVAL);
}

/* A second mm on its way into a domain, as a child is; NULL if it is gone. */
static int join(struct nacc_domain *domain, struct test_mm *second)
{
	int ret = test_mm_begin(second);

	if (ret)
		return ret;
	ret = test_fill(second, 0);
	if (!ret)
		ret = nacc_join(domain, second->mm);
	return ret;
}

static void domain_two_mms(struct kunit *test)
{
	struct nacc_domain *domain;
	struct test_mm t, second;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	domain = nacc_domain_get_by_mm(t.mm);
	kthread_unuse_mm(t.mm);
	KUNIT_EXPECT_EQ(test, join(domain, &second), 0);
	KUNIT_EXPECT_EQ(test, domain->mms, 2);
	KUNIT_EXPECT_EQ(test, nacc_join(domain, second.mm), -EEXIST);
	nacc_domain_put(domain);
	KUNIT_EXPECT_EQ(test, test_unmark(&t), 0);
	KUNIT_EXPECT_EQ(test, test_tables_outside(second.mm, NULL) > 0, true);
	KUNIT_EXPECT_FALSE(test, nacc_mm_marked(second.mm));
	KUNIT_EXPECT_EQ(test, test_check(&second, 0), 0);
	test_mm_end(&second);
	kthread_use_mm(t.mm);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	test_mm_end(&t);
}

static void domain_gone(struct kunit *test)
{
	struct nacc_domain *domain;
	struct test_mm t;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	domain = nacc_domain_get_by_mm(t.mm);
	KUNIT_EXPECT_EQ(test, test_unmark(&t), 0);
	KUNIT_EXPECT_EQ(test, nacc_join(domain, t.mm), -ECANCELED);
	KUNIT_EXPECT_FALSE(test, nacc_mm_marked(t.mm));
	nacc_domain_put(domain);
	test_mm_end(&t);
}

/* Who runs on an mm of a domain that is ended is killed, and nobody else; it is told once. */
static void expect_killed(struct kunit *test, u64 tag, bool killed)
{
	const long times = test_count(NACC_COUNT_CONDEMNED);

	test_condemn(tag);
	KUNIT_EXPECT_EQ(test, signal_pending(current), killed);
	KUNIT_EXPECT_EQ(test, test_count(NACC_COUNT_CONDEMNED), times + killed);
	test_condemn(tag);
	KUNIT_EXPECT_EQ(test, test_count(NACC_COUNT_CONDEMNED), times + killed);
	flush_signals(current);
}

static void domain_condemned(struct kunit *test)
{
	struct nacc_domain *domain;
	struct test_mm t, second;

	KUNIT_ASSERT_EQ(test, test_guard_begin(), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	domain = nacc_domain_get_by_mm(t.mm);
	allow_signal(SIGKILL);
	expect_killed(test, 0, false);
	expect_killed(test, t.id + 1, false);
	KUNIT_EXPECT_FALSE(test, domain->condemned);
	expect_killed(test, t.id, true);
	KUNIT_EXPECT_TRUE(test, domain->condemned);
	/* Another one: its mm has no process. */
	test_condemn(nacc_domain_of_root(__pa(test_guard_mm()->pgd)));
	KUNIT_EXPECT_FALSE(test, signal_pending(current));
	disallow_signal(SIGKILL);
	kthread_unuse_mm(t.mm);
	KUNIT_EXPECT_EQ(test, join(domain, &second), -EOWNERDEAD);
	test_mm_end(&second);
	nacc_domain_put(domain);
	mmput(t.mm);
}

static void domain_print(struct kunit *test)
{
	struct seq_file m = { .size = PAGE_SIZE };
	struct nacc_domain *domain;
	unsigned int tables;
	char want[64];
	struct test_mm t;

	m.buf = kunit_kzalloc(test, m.size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m.buf);
	/* Whose tables are not those of the other. */
	KUNIT_ASSERT_EQ(test, test_guard_begin(), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	test_tables_outside(t.mm, &tables);
	KUNIT_EXPECT_EQ(test, nacc_domain_seq(&m), 0);
	scnprintf(want, sizeof(want), "\n%u live 1 %u kunit - - -\n", t.id, tables);
	KUNIT_EXPECT_NOT_NULL(test, strstr(m.buf, want));
	/* A process may have an empty name, and a domain after it. */
	domain = nacc_domain_get_by_mm(t.mm);
	domain->name[0] = '\0';
	nacc_domain_put(domain);
	m.count = 0;
	KUNIT_EXPECT_EQ(test, nacc_domain_seq(&m), 0);
	scnprintf(want, sizeof(want), "\n%u live 1 %u - - - -\n", t.id, tables);
	KUNIT_EXPECT_NOT_NULL(test, strstr(m.buf, want));
	m.count = 0;
	KUNIT_EXPECT_EQ(test, nacc_mms_seq(&m), 0);
	/* This thread runs on it. */
	scnprintf(want, sizeof(want), "\n%u %d %u %#llx ", t.id,
		  task_tgid_nr(current), tables, (u64)__pa(t.mm->pgd));
	KUNIT_EXPECT_NOT_NULL(test, strstr(m.buf, want));
	test_mm_end(&t);
}

/* References to an mm that nobody runs on, not even as a lazy one. */
static int references(struct test_mm *t)
{
	int n;

	test_mm_unuse(t);
	test_leave_lazy();
	n = atomic_read(&t->mm->mm_count);
	kthread_use_mm(t->mm);
	return n;
}

/* What was a root of a marked mm is nobody's any more, and the mm is let go. */
static void domain_forgotten(struct kunit *test)
{
	phys_addr_t root;
	struct test_mm t;
	int refs;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	refs = references(&t);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	root = __pa(t.mm->pgd);
	KUNIT_EXPECT_EQ(test, nacc_domain_of_root(root), t.id);
	KUNIT_EXPECT_EQ(test, references(&t), refs + 1);
	KUNIT_EXPECT_EQ(test, test_unmark(&t), 0);
	KUNIT_EXPECT_EQ(test, nacc_domain_of_root(root), 0);
	KUNIT_EXPECT_EQ(test, references(&t), refs);
	KUNIT_EXPECT_EQ(test, atomic_read(&t.mm->mm_users), 1);
	test_mm_end(&t);
}

/* A join that fails leaves nothing: neither to the mm nor to the domain. */
static void domain_join_fails(struct kunit *test)
{
	struct nacc_domain *domain;
	struct test_mm t;
	int refs, ref;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	domain = nacc_domain_get_by_mm(t.mm);
	refs = references(&t);
	ref = refcount_read(&domain->ref);
	KUNIT_EXPECT_EQ(test, nacc_join(domain, t.mm), -EEXIST);
	KUNIT_EXPECT_EQ(test, references(&t), refs);
	KUNIT_EXPECT_EQ(test, refcount_read(&domain->ref), ref);
	KUNIT_EXPECT_EQ(test, domain->promoting, 0);
	KUNIT_EXPECT_EQ(test, domain->mms, 1);
	nacc_domain_put(domain);
	test_mm_end(&t);
}

/* Of two domains each is found by its own ID and root; the mms of one are its own. */
static void domain_two(struct kunit *test)
{
	struct nacc_domain *one, *two;
	struct test_mm t, second;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	test_mm_unuse(&t);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&second), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&second), 0);
	KUNIT_EXPECT_EQ(test, nacc_domain_count(), 2);
	one = nacc_domain_get_by_mm(t.mm);
	two = nacc_domain_get_by_mm(second.mm);
	KUNIT_EXPECT_EQ(test, one->id, t.id);
	KUNIT_EXPECT_EQ(test, two->id, second.id);
	KUNIT_EXPECT_EQ(test, nacc_domain_of_root(__pa(t.mm->pgd)), t.id);
	KUNIT_EXPECT_EQ(test, nacc_domain_of_root(__pa(second.mm->pgd)),
			second.id);
	/* The one is unmarked, the other is not. */
	KUNIT_EXPECT_EQ(test, test_unmark(&second), 0);
	KUNIT_EXPECT_TRUE(test, two->gone);
	KUNIT_EXPECT_EQ(test, two->mms, 0);
	KUNIT_EXPECT_FALSE(test, nacc_mm_marked(second.mm));
	KUNIT_EXPECT_FALSE(test, one->gone);
	KUNIT_EXPECT_EQ(test, one->mms, 1);
	KUNIT_EXPECT_TRUE(test, nacc_mm_marked(t.mm));
	nacc_domain_put(one);
	nacc_domain_put(two);
	test_mm_end(&second);
	mmput(t.mm);
}

/* An mm on the root of another has not its domain. */
static void domain_root_of_other(struct kunit *test)
{
	struct test_mm t, second;
	pgd_t *pgd;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	test_mm_unuse(&t);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&second), 0);
	pgd = second.mm->pgd;
	WRITE_ONCE(second.mm->pgd, t.mm->pgd);
	KUNIT_EXPECT_NULL(test, nacc_domain_get_by_mm(second.mm));
	WRITE_ONCE(second.mm->pgd, pgd);
	test_mm_end(&second);
	KUNIT_EXPECT_EQ(test, nacc_domain_of_root(__pa(t.mm->pgd)), t.id);
	kthread_use_mm(t.mm);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_unmark(&t), 0);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	test_mm_end(&t);
}

/**
 * struct waiter - someone who waits for what does not come, and is killed
 * @fn: waits
 * @domain: for @fn
 * @ret: what it returned
 * @begun: he can be killed
 * @done: it has returned
 */
struct waiter {
	int (*fn)(struct nacc_domain *domain);
	struct nacc_domain *domain;
	int ret;
	struct completion begun;
	struct completion done;
};

static int waiter(void *arg)
{
	struct waiter *w = arg;

	allow_signal(SIGKILL);
	complete(&w->begun);
	w->ret = w->fn(w->domain);
	complete(&w->done);
	return 0;
}

/* Return: what the one who was killed has returned; 0 if he waits on. */
static int wait_and_kill(struct nacc_domain *domain,
			 int (*fn)(struct nacc_domain *domain))
{
	struct waiter w = { .fn = fn, .domain = domain };
	struct task_struct *task = kthread_create(waiter, &w, "nacc_waiter");

	if (IS_ERR(task))
		return PTR_ERR(task);
	init_completion(&w.begun);
	init_completion(&w.done);
	get_task_struct(task);
	wake_up_process(task);
	wait_for_completion(&w.begun);
	send_sig(SIGKILL, task, 1);
	if (!wait_for_completion_timeout(&w.done, 60 * HZ)) {
		/* So that the test ends. */
		mutex_lock(&nacc_domain_lock);
		domain->promoting = 0;
		domain->leaving = false;
		mutex_unlock(&nacc_domain_lock);
		nacc_promotions_wake();
		wait_for_completion(&w.done);
		w.ret = 0;
	}
	kthread_stop_put(task);
	return w.ret;
}

static int unmark_it(struct nacc_domain *domain)
{
	return nacc_unmark(domain->id);
}

/*
 * A promotion can take for ever, as its mmap lock may never come, and so can an unmark
 * that has begun. Who waits for one can be killed, and then all is as before.
 */
static void domain_waits_killable(struct kunit *test)
{
	struct nacc_domain *domain;
	struct test_mm t;
	int ret;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	domain = nacc_domain_get_by_mm(t.mm);
	KUNIT_EXPECT_EQ(test, nacc_promotion_begin(domain), 0);
	KUNIT_EXPECT_EQ(test, wait_and_kill(domain, unmark_it), -EINTR);
	KUNIT_EXPECT_FALSE(test, domain->leaving);
	KUNIT_EXPECT_FALSE(test, domain->gone);
	nacc_promotion_end(domain);
	mutex_lock(&nacc_domain_lock);
	domain->leaving = true;
	mutex_unlock(&nacc_domain_lock);
	ret = wait_and_kill(domain, nacc_promotion_begin);
	KUNIT_EXPECT_EQ(test, ret, -EINTR);
	if (!ret)
		nacc_promotion_end(domain);
	KUNIT_EXPECT_EQ(test, domain->promoting, 0);
	mutex_lock(&nacc_domain_lock);
	domain->leaving = false;
	mutex_unlock(&nacc_domain_lock);
	KUNIT_EXPECT_TRUE(test, nacc_mm_marked(t.mm));
	nacc_domain_put(domain);
	KUNIT_EXPECT_EQ(test, test_unmark(&t), 0);
	test_mm_end(&t);
}

static int own(struct task_struct *task)
{
	struct mm_struct *mm;
	const int ret = own_mm(task, &mm);

	if (!ret)
		mmput(mm);
	return ret;
}

/* Not what a vfork child has from its maker, and has still when it has let him go. */
static void domain_own_mm(struct kunit *test)
{
	struct task_struct *child = kunit_kzalloc(test, sizeof(*child), GFP_KERNEL);
	struct task_struct *thread = kunit_kzalloc(test, sizeof(*thread), GFP_KERNEL);
	struct task_struct *maker = kunit_kzalloc(test, sizeof(*maker), GFP_KERNEL);
	struct completion done;
	struct test_mm t;

	KUNIT_ASSERT_TRUE(test, child && thread && maker);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	mmget(t.mm);
	test_dress(maker, NULL, t.mm);
	test_dress(child, maker, t.mm);
	KUNIT_EXPECT_EQ(test, own(child), 0);
	child->vfork_done = &done;
	KUNIT_EXPECT_EQ(test, own(child), -EAGAIN);
	child->vfork_done = NULL;
	child->flags = PF_EXITING;
	KUNIT_EXPECT_EQ(test, own(child), -ESRCH);
	/* That of another thread, if the leader has only left it */
	*thread = *child;
	thread->flags = 0;
	thread->group_leader = child;
	list_add_tail(&thread->thread_node, &child->signal->thread_head);
	child->mm = NULL;
	KUNIT_EXPECT_EQ(test, own(child), 0);
	child->signal->flags = SIGNAL_GROUP_EXIT;
	KUNIT_EXPECT_EQ(test, own(child), -EAGAIN);
	/* If it is marked it is told where. */
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, own(child), 0);
	child->flags = PF_KTHREAD;
	KUNIT_EXPECT_EQ(test, own(child), -EINVAL);
	mmput(t.mm);
	test_mm_end(&t);
}

static struct kunit_case domain_cases[] = {
	KUNIT_CASE(domain_mark_twice),
	KUNIT_CASE(domain_ids),
	KUNIT_CASE(domain_closed),
	KUNIT_CASE(domain_no_such),
	KUNIT_CASE(domain_two_mms),
	KUNIT_CASE(domain_gone),
	KUNIT_CASE(domain_condemned),
	KUNIT_CASE(domain_print),
	KUNIT_CASE(domain_forgotten),
	KUNIT_CASE(domain_join_fails),
	KUNIT_CASE(domain_two),
	KUNIT_CASE(domain_root_of_other),
	KUNIT_CASE(domain_waits_killable),
	KUNIT_CASE(domain_own_mm),
	{}
};

static struct kunit_suite domain_suite = {
	.name = "nacc_domain",
	.init = account_init,
	.exit = account_exit,
	.test_cases = domain_cases,
};

kunit_test_suite(domain_suite);
