// SPDX-License-Identifier: GPL-2.0
/* Tests of look.c, which includes this file, and of sweep.c. */
#include <linux/cgroup.h>
#include <linux/kthread.h>

#include "env.h"

#define CROWD	40

/**
 * test_first_in() - the first process of a cgroup
 * @cgroup: the cgroup
 *
 * Return: the process with a reference, or NULL.
 */
struct task_struct *test_first_in(const struct cgroup *cgroup)
{
	struct task_struct *process, *found = NULL;

	rcu_read_lock();
	for_each_process(process) {
		if (rcu_dereference(process->cgroups)->dfl_cgrp != cgroup ||
		    process->flags & (PF_KTHREAD | PF_EXITING))
			continue;
		found = get_task_struct(process);
		break;
	}
	rcu_read_unlock();
	return found;
}

static unsigned int count_in(const struct cgroup *cgroup, bool marked)
{
	struct task_struct *process;
	unsigned int n = 0;

	rcu_read_lock();
	for_each_process(process) {
		if (rcu_dereference(process->cgroups)->dfl_cgrp != cgroup)
			continue;
		task_lock(process);
		n += process->mm && nacc_mm_settled(process->mm) == marked;
		task_unlock(process);
	}
	rcu_read_unlock();
	return n;
}

/* Return: whether there are so many after a while. */
static bool come_to(const struct cgroup *cgroup, bool marked, unsigned int nr)
{
	unsigned int tries;

	for (tries = 0; tries < 1000 && count_in(cgroup, marked) != nr; tries++)
		schedule_timeout_idle(HZ / 50);
	return count_in(cgroup, marked) == nr;
}

/**
 * struct crowd - processes in a cgroup
 * @box: the cgroup above it
 * @inner: the cgroup
 * @first: one of them
 * @mm: its mm, with mm_users
 */
struct crowd {
	struct cgroup *box;
	struct cgroup *inner;
	struct task_struct *first;
	struct mm_struct *mm;
};

static void crowd_begin(struct kunit *test, struct crowd *c, const char *program)
{
	KUNIT_ASSERT_EQ(test, test_program("cgroup_make"), 0);
	KUNIT_ASSERT_EQ(test, test_program(program), 0);
	c->box = cgroup_get_from_path("/kunit-box");
	c->inner = cgroup_get_from_path("/kunit-box/inner");
	KUNIT_ASSERT_FALSE(test, IS_ERR(c->box) || IS_ERR(c->inner));
	c->first = test_first_in(c->inner);
	KUNIT_ASSERT_NOT_NULL(test, c->first);
	c->mm = get_task_mm(c->first);
	KUNIT_ASSERT_NOT_NULL(test, c->mm);
}

static void crowd_end(struct kunit *test, struct crowd *c)
{
	mmput(c->mm);
	put_task_struct(c->first);
	KUNIT_EXPECT_EQ(test, test_program("cgroup_empty"), 0);
	cgroup_put(c->inner);
	cgroup_put(c->box);
	KUNIT_EXPECT_EQ(test, test_program("cgroup_remove"), 0);
}

/* Of the one that is looked at last, with mm_users */
static struct mm_struct *last_mm(const struct cgroup *cgroup)
{
	struct task_struct *process, *last = NULL;
	struct mm_struct *mm = NULL;

	rcu_read_lock();
	for_each_process(process)
		if (rcu_dereference(process->cgroups)->dfl_cgrp == cgroup)
			last = process;
	if (last)
		mm = get_task_mm(last);
	rcu_read_unlock();
	return mm;
}

static unsigned int look_through(struct nacc_look *look)
{
	unsigned int n = 0;

	while (nacc_look_next(look))
		n++;
	return n;
}

/*
 * All that there were, once each, whoever has gone meanwhile, and nobody who comes later.
 * Who is locked is left, and nobody else.
 */
static void look_at_all(struct kunit *test)
{
	struct nacc_domain *domain = nacc_domain_create("box");
	struct nacc_look look = { .domain = domain, .tries = true };
	struct mm_struct *last;
	struct crowd c;
	u32 id;

	KUNIT_ASSERT_FALSE(test, IS_ERR(domain));
	crowd_begin(test, &c, "cgroup_crowd");
	last = last_mm(c.inner);
	KUNIT_ASSERT_NOT_NULL(test, last);
	KUNIT_EXPECT_EQ(test, nacc_look_begin(&look), 0);
	KUNIT_EXPECT_EQ(test, test_program("cgroup_late"), 0);
	send_sig(SIGKILL, c.first, 1);
	KUNIT_EXPECT_TRUE(test, come_to(c.inner, false, CROWD));
	cgroup_get(c.box);
	KUNIT_EXPECT_EQ(test, nacc_cgroup_publish(domain, c.box, &id), 0);
	mmap_read_lock(last);
	KUNIT_EXPECT_EQ(test, look_through(&look), CROWD - 2);
	KUNIT_EXPECT_TRUE(test, look.busy);
	KUNIT_EXPECT_TRUE(test, nacc_look_again(&look));
	KUNIT_EXPECT_EQ(test, look.crowd.nr, 1);
	KUNIT_EXPECT_EQ(test, look_through(&look), 0);
	mmap_read_unlock(last);
	KUNIT_EXPECT_TRUE(test, nacc_look_again(&look));
	KUNIT_EXPECT_TRUE(test, nacc_look_next(&look));
	KUNIT_EXPECT_PTR_EQ(test, look.mm, last);
	nacc_look_later(&look);
	KUNIT_EXPECT_FALSE(test, nacc_look_next(&look));
	KUNIT_EXPECT_TRUE(test, nacc_look_again(&look));
	KUNIT_EXPECT_EQ(test, look_through(&look), 1);
	KUNIT_EXPECT_FALSE(test, nacc_look_again(&look));
	KUNIT_EXPECT_FALSE(test, look.lent);
	nacc_look_end(&look);
	mmput(last);
	nacc_cgroup_leave(domain);
	nacc_domain_put(domain);
	crowd_end(test, &c);
}

/* A vfork child is let be, and not looked at again. */
static void look_lent(struct kunit *test)
{
	struct nacc_domain *domain = nacc_domain_create("box");
	struct nacc_look look = { .domain = domain, .tries = true };
	struct crowd c;
	u32 id;

	KUNIT_ASSERT_FALSE(test, IS_ERR(domain));
	crowd_begin(test, &c, "cgroup_lent");
	cgroup_get(c.box);
	KUNIT_EXPECT_EQ(test, nacc_cgroup_publish(domain, c.box, &id), 0);
	KUNIT_EXPECT_EQ(test, nacc_look_begin(&look), 0);
	KUNIT_EXPECT_FALSE(test, nacc_look_next(&look));
	KUNIT_EXPECT_TRUE(test, look.lent);
	KUNIT_EXPECT_FALSE(test, nacc_look_again(&look));
	nacc_look_end(&look);
	nacc_cgroup_leave(domain);
	nacc_domain_put(domain);
	crowd_end(test, &c);
}

/**
 * struct marker - a thread that marks a cgroup
 * @cgroup: the cgroup
 * @ret: what became of it
 * @id: the domain
 * @done: it is there
 */
struct marker {
	struct cgroup *cgroup;
	int ret;
	u32 id;
	struct completion done;
};

static int marker(void *arg)
{
	struct marker *m = arg;

	allow_kernel_signal(SIGKILL);
	m->ret = nacc_mark_cgroup(m->cgroup, "box", &m->id);
	complete(&m->done);
	return 0;
}

static struct task_struct *marker_begin(struct kunit *test, struct marker *m,
					struct cgroup *cgroup)
{
	struct task_struct *task;

	*m = (struct marker){ .cgroup = cgroup };
	init_completion(&m->done);
	task = kthread_create(marker, m, "nacc_marker");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	wake_up_process(task);
	return task;
}

static bool marker_ends(struct marker *m)
{
	return wait_for_completion_timeout(&m->done, 60 * HZ);
}

/* Return: whether it is the first that is told of a domain that it was made. */
static bool told_first(u64 seq, u32 domain)
{
	enum nacc_event_type type;

	return test_next_event(&seq, &type, domain) && type == NACC_EVENT_MARK;
}

/* One that is held keeps neither those that are there nor who comes from being protected. */
static void look_sweep(struct kunit *test)
{
	struct task_struct *task;
	struct mm_struct *last;
	u64 seq = nacc_events_next();
	struct marker m;
	struct crowd c;
	u32 id = 0;

	crowd_begin(test, &c, "cgroup_crowd");
	last = last_mm(c.inner);
	KUNIT_ASSERT_NOT_NULL(test, last);
	mmap_read_lock(c.mm);
	KUNIT_ASSERT_TRUE(test, mmap_read_trylock(last));
	task = marker_begin(test, &m, c.box);
	KUNIT_EXPECT_TRUE(test, come_to(c.inner, true, CROWD - 2));
	/* So that it is the first who is waited for */
	schedule_timeout_idle(HZ / 2);
	mmap_read_unlock(last);
	mmput(last);
	KUNIT_EXPECT_TRUE(test, come_to(c.inner, true, CROWD - 1));
	KUNIT_EXPECT_EQ(test, test_program("cgroup_late"), 0);
	KUNIT_EXPECT_TRUE(test, come_to(c.inner, true, CROWD));
	KUNIT_EXPECT_FALSE(test, completion_done(&m.done));
	/* Somebody else is at it, and may fail. */
	KUNIT_EXPECT_EQ(test, nacc_mark_cgroup(c.box, "", &id), -EBUSY);
	mmap_read_unlock(c.mm);
	KUNIT_EXPECT_TRUE(test, marker_ends(&m));
	kthread_stop_put(task);
	KUNIT_EXPECT_EQ(test, m.ret, 0);
	KUNIT_EXPECT_EQ(test, count_in(c.inner, true), CROWD + 1);
	KUNIT_EXPECT_TRUE(test, told_first(seq, m.id));
	KUNIT_EXPECT_EQ(test, nacc_mark_cgroup(c.box, "", &id), 0);
	KUNIT_EXPECT_EQ(test, id, m.id);
	KUNIT_EXPECT_EQ(test, nacc_unmark(m.id), 0);
	KUNIT_EXPECT_EQ(test, count_in(c.inner, true), 0);
	crowd_end(test, &c);
}

static struct task_struct *process_called(const char *name)
{
	struct task_struct *process, *found = NULL;

	rcu_read_lock();
	for_each_process(process)
		if (!strcmp(process->comm, name))
			found = process;
	if (found)
		get_task_struct(found);
	rcu_read_unlock();
	return found;
}

/* Return: the domain that is being made of a cgroup, when one in it is waited for. */
static struct nacc_domain *waiting_domain(const struct cgroup *cgroup)
{
	struct nacc_domain *domain = NULL;
	unsigned int tries;

	for (tries = 0; tries < 1000 && !domain; tries++) {
		schedule_timeout_idle(HZ / 50);
		domain = nacc_cgroup_same(cgroup);
		if (domain && !READ_ONCE(domain->promoting)) {
			nacc_domain_put(domain);
			domain = NULL;
		}
	}
	return domain;
}

/*
 * Who comes while a cgroup is marked is not waited for, whatever he does: the mark ends when
 * all that were there are protected. Nobody joins it by name before.
 */
static void look_late(struct kunit *test)
{
	struct task_struct *task, *waiter;
	struct nacc_domain *domain;
	enum nacc_event_type type;
	struct mm_struct *held;
	struct marker m;
	struct crowd c;
	u32 id;
	u64 seq;

	crowd_begin(test, &c, "cgroup_late");
	KUNIT_ASSERT_EQ(test, test_program("cgroup_wait"), 0);
	waiter = process_called("kunit-waiter");
	KUNIT_ASSERT_NOT_NULL(test, waiter);
	held = get_task_mm(waiter);
	KUNIT_ASSERT_NOT_NULL(test, held);
	seq = nacc_events_next();
	/* In the place of somebody else: nobody who has it joins a process. */
	down_read_non_owner(&c.mm->mmap_lock);
	task = marker_begin(test, &m, c.box);
	domain = waiting_domain(c.box);
	KUNIT_ASSERT_NOT_NULL(test, domain);
	id = domain->id;
	KUNIT_EXPECT_EQ(test, nacc_join_task(waiter, &id), -EBUSY);
	KUNIT_ASSERT_TRUE(test, mmap_read_trylock(held));
	KUNIT_EXPECT_EQ(test, test_program("cgroup_bring"), 0);
	KUNIT_EXPECT_FALSE(test, completion_done(&m.done));
	up_read_non_owner(&c.mm->mmap_lock);
	KUNIT_EXPECT_TRUE(test, marker_ends(&m));
	KUNIT_EXPECT_EQ(test, m.ret, 0);
	KUNIT_EXPECT_EQ(test, count_in(c.inner, true), 1);
	KUNIT_EXPECT_EQ(test, count_in(c.inner, false), 1);
	KUNIT_EXPECT_TRUE(test, told_first(seq, m.id));
	mmap_read_unlock(held);
	kthread_stop_put(task);
	KUNIT_EXPECT_TRUE(test, come_to(c.inner, true, 2));
	/* Of who is protected later it is told. */
	while (test_next_event(&seq, &type, m.id))
		;
	KUNIT_EXPECT_EQ(test, type, NACC_EVENT_JOIN);
	KUNIT_EXPECT_EQ(test, nacc_join_task(waiter, &id), 0);
	nacc_domain_put(domain);
	KUNIT_EXPECT_EQ(test, nacc_unmark(m.id), 0);
	mmput(held);
	put_task_struct(waiter);
	crowd_end(test, &c);
}

/* Who marks it can be killed, and then nobody is marked. */
static void look_sweep_killed(struct kunit *test)
{
	struct task_struct *task;
	struct marker m;
	struct crowd c;

	crowd_begin(test, &c, "cgroup_late");
	mmap_read_lock(c.mm);
	task = marker_begin(test, &m, c.box);
	schedule_timeout_idle(HZ);
	KUNIT_EXPECT_FALSE(test, completion_done(&m.done));
	send_sig(SIGKILL, task, 1);
	KUNIT_EXPECT_TRUE(test, marker_ends(&m));
	mmap_read_unlock(c.mm);
	kthread_stop_put(task);
	KUNIT_EXPECT_EQ(test, m.ret, -EINTR);
	KUNIT_EXPECT_EQ(test, nacc_cgroups(), 0);
	KUNIT_EXPECT_EQ(test, count_in(c.inner, true), 0);
	crowd_end(test, &c);
}

static void condemn(void *arg)
{
	test_condemn(((struct nacc_domain *)arg)->id);
}

/* Condemned when its tables are in the pool, and before it is known whose they are. */
static void look_condemned(struct kunit *test)
{
	struct nacc_domain *domain = nacc_domain_create("kunit");
	struct nacc_domain *other = nacc_domain_create("other");
	struct crowd c;

	KUNIT_ASSERT_FALSE(test, IS_ERR(domain) || IS_ERR(other));
	nacc_share_update();
	crowd_begin(test, &c, "cgroup_late");
	KUNIT_EXPECT_EQ(test, nacc_join(other, c.mm), 0);
	KUNIT_EXPECT_EQ(test, count_in(c.inner, true), 1);
	KUNIT_EXPECT_EQ(test, nacc_unmark(other->id), 0);
	sbi_before(NACC_SBI_MERGE_AD, condemn, domain);
	KUNIT_EXPECT_EQ(test, nacc_join(domain, c.mm), 0);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	KUNIT_EXPECT_TRUE(test, come_to(c.inner, true, 0));
	nacc_domain_put(other);
	crowd_end(test, &c);
	nacc_domain_put(domain);
}

static struct kunit_case look_cases[] = {
	KUNIT_CASE(look_at_all),
	KUNIT_CASE(look_lent),
	KUNIT_CASE(look_sweep),
	KUNIT_CASE(look_late),
	KUNIT_CASE(look_sweep_killed),
	KUNIT_CASE(look_condemned),
	{}
};

static struct kunit_suite look_suite = {
	.name = "nacc_look",
	.init = account_init,
	.exit = account_exit,
	.test_cases = look_cases,
};

kunit_test_suite(look_suite);
