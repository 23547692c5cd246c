// SPDX-License-Identifier: GPL-2.0
/* Tests of hooks that die, and of replacements that sleep; hook.c includes this file. */
#include <linux/completion.h>
#include <linux/kthread.h>

#include "env.h"

/* --- ftrace and kprobes as a whole -------------------------------------------------- */

/*
 * As debugfs' kprobes/enabled, which these kernels lack: what is there goes and comes
 * back, and what is registered meanwhile is not armed.
 */
static int switch_kprobes(bool on)
{
	bool *off = (bool *)nacc_ksym.lookup("kprobes_all_disarmed");
	unsigned int i;
	int ret = off ? 0 : -ENOENT;

	mutex_lock(&nacc_hook_lock);
	if (off && on)
		*off = false;
	for (i = 0; i < nacc_nr_hooks; i++) {
		struct kprobe *kp = &nacc_hooks[i]->kp;

		if (!nacc_hooks[i]->by_kprobe)
			continue;
		ret = ret ?: disable_kprobe(kp);
		if (on)
			ret = ret ?: enable_kprobe(kp);
	}
	if (off && !on)
		*off = true;
	mutex_unlock(&nacc_hook_lock);
	return ret;
}

/* As kernel.ftrace_enabled, while nobody uses ftrace. */
static int switch_ftrace(bool on)
{
	int *enabled = (int *)nacc_ksym.lookup("ftrace_enabled");

	if (!enabled)
		return -ENOENT;
	*enabled = on;
	return 0;
}

static void expect_share(struct kunit *test, enum nacc_backend backend,
			 enum nacc_life life)
{
	KUNIT_EXPECT_EQ(test, nacc_hook_share.backend, backend);
	KUNIT_EXPECT_EQ(test, nacc_hook_share.life, life);
}

/* What is needed has both ways, so the end of one is no moment without it. */
static void alive_both_ways(struct kunit *test)
{
	struct test_mm t;

	TEST_NEEDS_MODULE(test);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	expect_share(test, NACC_BACKEND_FTRACE, NACC_LIFE_ALIVE);
	KUNIT_EXPECT_TRUE(test, nacc_hook_share.by_kprobe);
	KUNIT_EXPECT_EQ(test, switch_kprobes(false), 0);
	KUNIT_EXPECT_STREQ(test, nacc_hook_state(true), "armed");
	expect_share(test, NACC_BACKEND_FTRACE, NACC_LIFE_ALIVE);
	KUNIT_EXPECT_STREQ(test, nacc_hook_backends(), "ftrace");
	KUNIT_EXPECT_EQ(test, switch_kprobes(true), 0);
	mutex_lock(&nacc_hook_lock);
	nacc_unplace_ftrace(&nacc_hook_share);
	nacc_alive_check(false);
	mutex_unlock(&nacc_hook_lock);
	expect_share(test, NACC_BACKEND_KPROBE, NACC_LIFE_ALIVE);
	KUNIT_EXPECT_STREQ(test, nacc_hook_state(true), "armed");
	test_mm_end(&t);
}

static void alive_ftrace_off(struct kunit *test)
{
	long dead, died;
	struct test_mm t;

	TEST_NEEDS_MODULE(test);
	nacc_disarm_if_unused();
	KUNIT_ASSERT_EQ(test, switch_ftrace(false), 0);
	KUNIT_EXPECT_STREQ(test, nacc_hook_backends(), "kprobe");
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	expect_share(test, NACC_BACKEND_KPROBE, NACC_LIFE_ALIVE);
	KUNIT_EXPECT_STREQ(test, nacc_hook_state(true), "armed");
	KUNIT_EXPECT_EQ(test, test_unmap(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, nacc_hook_zap.backend, NACC_BACKEND_KPROBE);
	/* Both: no further mark, and no way on from here. The keeper may see it first. */
	dead = test_count(NACC_COUNT_HOOKS_DEAD);
	KUNIT_EXPECT_EQ(test, switch_kprobes(false), 0);
	KUNIT_EXPECT_STREQ(test, nacc_hook_state(true), "dead");
	/* Each of them dies once, however often it is looked at. */
	died = test_count(NACC_COUNT_HOOKS_DEAD);
	KUNIT_EXPECT_GT(test, died, dead);
	KUNIT_EXPECT_LE(test, died, dead + nacc_nr_hooks);
	KUNIT_EXPECT_STREQ(test, nacc_hook_state(true), "dead");
	KUNIT_EXPECT_EQ(test, test_count(NACC_COUNT_HOOKS_DEAD), died);
	KUNIT_EXPECT_STREQ(test, nacc_hook_backends(), "none");
	KUNIT_EXPECT_EQ(test, nacc_hook_arm(), -EUNATCH);
	expect_share(test, NACC_BACKEND_KPROBE, NACC_LIFE_DEAD);
	KUNIT_EXPECT_EQ(test, test_map(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	/* And back: by the keeper, or whoever looks first. */
	KUNIT_EXPECT_EQ(test, switch_kprobes(true), 0);
	KUNIT_EXPECT_STREQ(test, nacc_hook_state(true), "armed");
	KUNIT_EXPECT_EQ(test, nacc_hook_arm(), 0);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	test_mm_end(&t);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	KUNIT_EXPECT_EQ(test, switch_ftrace(true), 0);
	KUNIT_EXPECT_STREQ(test, nacc_hook_backends(), "ftrace,kprobe");
}

static void alive_both_off(struct kunit *test)
{
	struct test_mm t;

	TEST_NEEDS_MODULE(test);
	nacc_disarm_if_unused();
	KUNIT_ASSERT_EQ(test, switch_ftrace(false), 0);
	KUNIT_EXPECT_EQ(test, switch_kprobes(false), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), -EUNATCH);
	KUNIT_EXPECT_EQ(test, nacc_domain_count(), 0);
	KUNIT_EXPECT_FALSE(test, armed);
	KUNIT_EXPECT_FALSE(test, pinned);
	KUNIT_EXPECT_EQ(test, test_check(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, switch_kprobes(true), 0);
	KUNIT_EXPECT_EQ(test, switch_ftrace(true), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	expect_share(test, NACC_BACKEND_FTRACE, NACC_LIFE_ALIVE);
	test_mm_end(&t);
}

/* hook=kprobe, and kprobes go: what is needed is hooked by ftrace all the same. */
static void alive_kprobes_off(struct kunit *test)
{
	struct test_mm t;

	TEST_NEEDS_MODULE(test);
	test_hook_mode("kprobe");
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	expect_share(test, NACC_BACKEND_KPROBE, NACC_LIFE_ALIVE);
	KUNIT_EXPECT_EQ(test, switch_kprobes(false), 0);
	KUNIT_EXPECT_STREQ(test, nacc_hook_state(true), "partly");
	expect_share(test, NACC_BACKEND_FTRACE, NACC_LIFE_ALIVE);
	KUNIT_EXPECT_EQ(test, nacc_hook_zap.life, NACC_LIFE_DEAD);
	KUNIT_EXPECT_EQ(test, nacc_hook_arm(), 0);
	KUNIT_EXPECT_EQ(test, test_unmap(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, switch_kprobes(true), 0);
	KUNIT_EXPECT_STREQ(test, nacc_hook_state(true), "armed");
	test_mm_end(&t);
}

/* --- another tracer that has its own way ---------------------------------------------- */

/* As a BPF program at a function's end: the function's body is run in any case. */
static void notrace to_original(unsigned long site, unsigned long parent,
				struct ftrace_ops *op, struct ftrace_regs *fregs)
{
	const struct nacc_hook *hook = op->private;

	ftrace_regs_set_instruction_pointer(fregs, nacc_hook_behind(hook));
}

/* Whoever is registered first is called last. */
static int other_begin(struct ftrace_ops *other, struct nacc_hook *hook)
{
	nacc_disarm_if_unused();
	*other = (struct ftrace_ops){
		.func = to_original,
		.private = hook,
		.flags = FTRACE_OPS_FL_RECURSION,
	};
	return ftrace_set_filter_ip(other, hook->site, 0, 1) ?:
	       register_ftrace_function(other);
}

static struct ftrace_ops other;

static void other_end(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, unregister_ftrace_function(&other), 0);
	ftrace_set_filter(&other, NULL, 0, 1);
}

/* A replacement that never ran is not waited for, and the way is not taken again. */
static void alive_bypassed(struct kunit *test)
{
	struct nacc_hook *hook = &nacc_hook_zap;
	struct nacc_hook_counts before = nacc_hook_sum(hook), now;
	struct test_mm t;

	TEST_NEEDS_MODULE(test);
	KUNIT_ASSERT_EQ(test, other_begin(&other, hook), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, hook->backend, NACC_BACKEND_FTRACE);
	KUNIT_EXPECT_EQ(test, test_unmap(&t, 0), 0);
	now = nacc_hook_sum(hook);
	KUNIT_EXPECT_GT(test, now.chosen, before.chosen);
	KUNIT_EXPECT_FALSE(test, nacc_entry_inside());
	/* The keeper looks now and then, who asks has it looked at now. */
	nacc_hook_state(true);
	KUNIT_EXPECT_TRUE(test, nacc_hook_keep());
	KUNIT_EXPECT_TRUE(test, hook->bypassed);
	KUNIT_EXPECT_EQ(test, hook->backend, NACC_BACKEND_KPROBE);
	KUNIT_EXPECT_EQ(test, nacc_hook_zap.life, NACC_LIFE_PLACED);
	now = nacc_hook_sum(hook);
	KUNIT_EXPECT_EQ(test, test_map(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
	KUNIT_EXPECT_EQ(test, test_unmap(&t, 0), 0);
	KUNIT_EXPECT_GT(test, nacc_hook_sum(hook).routed, now.routed);
	KUNIT_EXPECT_STREQ(test, nacc_hook_state(true), "armed");
	KUNIT_EXPECT_EQ(test, hook->life, NACC_LIFE_ALIVE);
	test_mm_end(&t);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	other_end(test);
}

static void alive_bypassed_needed(struct kunit *test)
{
	struct test_mm t;

	TEST_NEEDS_MODULE(test);
	KUNIT_ASSERT_EQ(test, other_begin(&other, &nacc_hook_share), 0);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, nacc_hook_share.life, NACC_LIFE_ALIVE);
	KUNIT_EXPECT_EQ(test, test_unmark(&t), 0);
	nacc_disarm_if_unused();
	/* Without the breakpoint nothing is left. */
	KUNIT_EXPECT_EQ(test, switch_kprobes(false), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), -EUNATCH);
	KUNIT_EXPECT_EQ(test, switch_kprobes(true), 0);
	test_mm_end(&t);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	other_end(test);
}

/* --- replacements that sleep ------------------------------------------------------------ */

/**
 * struct sleeper - a task inside a replacement, for as long as somebody likes
 * @task: the task
 * @inside: it is there
 * @go: it may leave
 */
struct sleeper {
	struct task_struct *task;
	struct completion inside;
	struct completion go;
};

static int sleeper_thread(void *arg)
{
	struct sleeper *s = arg;

	nacc_hook_enter(&nacc_hook_zap);
	complete(&s->inside);
	wait_for_completion(&s->go);
	nacc_hook_leave();
	return 0;
}

static int sleeper_begin(struct sleeper *s)
{
	init_completion(&s->inside);
	init_completion(&s->go);
	s->task = kthread_create(sleeper_thread, s, "sleeper");
	if (IS_ERR(s->task))
		return PTR_ERR(s->task);
	get_task_struct(s->task);
	wake_up_process(s->task);
	wait_for_completion(&s->inside);
	return 0;
}

static void sleeper_end(struct sleeper *s)
{
	complete(&s->go);
	kthread_stop_put(s->task);
}

static void alive_sleeping(struct kunit *test)
{
	struct sleeper s;
	struct test_mm t;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_ASSERT_EQ(test, sleeper_begin(&s), 0);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, test_unmark(&t), 0);
		/* Nobody waits: functions are restored, the module has to stay. */
		nacc_disarm_if_unused();
		KUNIT_EXPECT_FALSE(test, armed);
		KUNIT_EXPECT_TRUE(test, pinned);
		KUNIT_EXPECT_EQ(test, nacc_hook_share.backend, NACC_BACKEND_NONE);
		KUNIT_EXPECT_TRUE(test, nacc_hook_keep());
		KUNIT_EXPECT_STREQ(test, nacc_hook_state(false), "draining");
		/* The next mark neither. */
		KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
		KUNIT_EXPECT_STREQ(test, nacc_hook_state(true), "armed");
		KUNIT_EXPECT_EQ(test, test_fill(&t, 0), 0);
		KUNIT_EXPECT_EQ(test, test_unmap(&t, 0), 0);
		KUNIT_EXPECT_EQ(test, test_map(&t, 0), 0);
	}
	KUNIT_EXPECT_EQ(test, test_unmark(&t), 0);
	nacc_disarm_if_unused();
	KUNIT_EXPECT_TRUE(test, pinned);
	sleeper_end(&s);
	KUNIT_EXPECT_FALSE(test, nacc_hook_keep());
	KUNIT_EXPECT_FALSE(test, pinned);
	KUNIT_EXPECT_STREQ(test, nacc_hook_state(false), "idle");
	test_mm_end(&t);
}

/* A mark that fails behind the hooks leaves them to the keeper, and the module to us. */
static void alive_pool_fails(struct kunit *test)
{
	struct test_mm t;

	nacc_disarm_if_unused();
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	sbi_fault_set(NACC_SBI_ARM, 1);
	KUNIT_EXPECT_NE(test, test_mark(&t), 0);
	KUNIT_EXPECT_TRUE(test, sbi_fault_clear());
	test_mm_end(&t);
	KUNIT_EXPECT_EQ(test, test_settle(), 0);
	KUNIT_EXPECT_FALSE(test, armed);
	KUNIT_EXPECT_FALSE(test, pinned);
}

/* Of each hook that is lost it is said once what for, not of the first alone. */
static void alive_lost_told(struct kunit *test)
{
	struct nacc_hook *lost[] = { &nacc_hook_zap, &nacc_hook_protect };
	struct test_mm t;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	mutex_lock(&nacc_hook_lock);
	for (i = 0; i < ARRAY_SIZE(lost); i++) {
		lost[i]->told = false;
		lost[i]->error = -EBUSY;
	}
	nacc_hook_fork.told = false;
	nacc_hook_fork.error = 0;
	KUNIT_EXPECT_EQ(test, verdict(), 0);
	for (i = 0; i < ARRAY_SIZE(lost); i++) {
		KUNIT_EXPECT_TRUE(test, lost[i]->told);
		lost[i]->told = false;
		lost[i]->error = 0;
	}
	mutex_unlock(&nacc_hook_lock);
	KUNIT_EXPECT_FALSE(test, nacc_hook_fork.told);
	test_mm_end(&t);
}

static noinline notrace int never_hooked(int value)
{
	barrier();
	OPTIMIZER_HIDE_VAR(value);
	return value;
}

/* A hook is where the kernel's text has it, whatever was registered. */
static void alive_placed(struct kunit *test)
{
	struct nacc_hook elsewhere = {
		.addr = (unsigned long)never_hooked,
		.kp.addr = (void *)never_hooked,
		.by_kprobe = true,
	};
	struct test_mm t;

	TEST_NEEDS_MODULE(test);
	KUNIT_ASSERT_EQ(test, test_mm_begin(&t), 0);
	KUNIT_EXPECT_EQ(test, test_mark(&t), 0);
	KUNIT_EXPECT_EQ(test, never_hooked(3), 3);
	mutex_lock(&nacc_hook_lock);
	elsewhere.ops = nacc_hook_share.ops;
	KUNIT_EXPECT_TRUE(test, nacc_is_placed(&nacc_hook_share, NACC_BACKEND_FTRACE));
	KUNIT_EXPECT_TRUE(test, nacc_is_placed(&nacc_hook_share, NACC_BACKEND_KPROBE));
	KUNIT_EXPECT_FALSE(test, nacc_is_placed(&elsewhere, NACC_BACKEND_FTRACE));
	KUNIT_EXPECT_FALSE(test, nacc_is_placed(&elsewhere, NACC_BACKEND_KPROBE));
	mutex_unlock(&nacc_hook_lock);
	test_mm_end(&t);
}

static struct kunit_case alive_cases[] = {
	KUNIT_CASE(alive_lost_told),
	KUNIT_CASE(alive_both_ways),
	KUNIT_CASE_SLOW(alive_ftrace_off),
	KUNIT_CASE(alive_both_off),
	KUNIT_CASE_SLOW(alive_kprobes_off),
	KUNIT_CASE(alive_bypassed),
	KUNIT_CASE(alive_bypassed_needed),
	KUNIT_CASE(alive_sleeping),
	KUNIT_CASE(alive_pool_fails),
	KUNIT_CASE(alive_placed),
	{}
};

static struct kunit_suite alive_suite = {
	.name = "nacc_hook_alive",
	.init = account_init,
	.exit = account_exit,
	.test_cases = alive_cases,
};

kunit_test_suite(alive_suite);
