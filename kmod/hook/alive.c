// SPDX-License-Identifier: GPL-2.0
/*
 * A hook is alive or it is not counted.
 *
 * That it is registered proves nothing: ftrace and kprobes can be switched off as a
 * whole, and another tracer on the same function can call the original after we have
 * chosen the replacement. Nobody is told of all that. So it is looked at with each
 * mark, by the keeper while something is marked, and whenever someone asks:
 *
 * - of each way to hook, a function of the module's own is hooked so, and called;
 * - of each hook, the call or breakpoint must be there, and no call may have been
 *   chosen and then not come to the replacement;
 * - where there is a call of the function that does nothing if it is not replaced,
 *   it is made: what is needed is believed for that only.
 *
 * A hook that is found dead is placed in the other way, if there is one.
 */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/percpu.h>

#include "base/base.h"
#include "hook/internal.h"

#define MEND_PERIOD	HZ

typedef int (*canary_fn)(int value);

static struct nacc_hook canary_ftrace, canary_kprobe;

static noinline __noclone int by_ftrace(int value)
{
	barrier();
	OPTIMIZER_HIDE_VAR(value);
	return value;
}

/* Without a patchable entry */
static noinline __noclone notrace int by_kprobe(int value)
{
	barrier();
	OPTIMIZER_HIDE_VAR(value);
	return value;
}

static noinline int replace_by_ftrace(int value)
{
	int ret;

	nacc_hook_enter(&canary_ftrace);
	ret = nacc_hook_original(&canary_ftrace, canary_fn)(value + 1);
	nacc_hook_leave();
	return ret;
}

static noinline int replace_by_kprobe(int value)
{
	int ret;

	nacc_hook_enter(&canary_kprobe);
	ret = nacc_hook_original(&canary_kprobe, canary_fn)(value + 1);
	nacc_hook_leave();
	return ret;
}

static unsigned long notrace pick_by_ftrace(const unsigned long *args)
{
	return args[0] == 40 ? (unsigned long)replace_by_ftrace : 0;
}

NOKPROBE_SYMBOL(pick_by_ftrace);

static unsigned long notrace pick_by_kprobe(const unsigned long *args)
{
	return args[0] == 40 ? (unsigned long)replace_by_kprobe : 0;
}

NOKPROBE_SYMBOL(pick_by_kprobe);

#define CANARY(way, backend) \
static struct nacc_hook canary_##way = { \
	.name = "selftest", \
	.purpose = "shows whether hooks by " #way " work now", \
	.pick = pick_by_##way, \
	.lost = "hooks by " #way " are not placed, or do not work", \
	.symbol = "by_" #way, \
	.symbols = { "by_" #way }, \
	.only = backend, \
	.from_here = true, \
}

CANARY(ftrace, NACC_BACKEND_FTRACE);
CANARY(kprobe, NACC_BACKEND_KPROBE);

struct nacc_hook * const nacc_canaries[NACC_CANARIES] = {
	&canary_ftrace, &canary_kprobe
};

/* Through a pointer that the compiler cannot see through. */
static bool is_replaced(const struct nacc_hook *canary)
{
	canary_fn fn = (canary_fn)canary->addr;

	OPTIMIZER_HIDE_VAR(fn);
	return fn(40) == 41 && fn(50) == 50;
}

/* --- ways ---------------------------------------------------------------------- */

#define WAYS	(NACC_BACKEND_KPROBE + 1)

static bool worked_at_load[WAYS];
static bool works[WAYS];		/* under nacc_hook_lock */
static const int *ftrace_is_on;		/* NULL where it cannot be known */
static const bool *kprobes_are_off;

static struct nacc_hook *canary_of(enum nacc_backend backend)
{
	return backend == NACC_BACKEND_FTRACE ? &canary_ftrace : &canary_kprobe;
}

static bool is_off(enum nacc_backend backend)
{
	if (backend == NACC_BACKEND_FTRACE)
		return ftrace_is_on && !READ_ONCE(*ftrace_is_on);
	return kprobes_are_off && READ_ONCE(*kprobes_are_off);
}

static void check_way(enum nacc_backend backend)
{
	struct nacc_hook *canary = canary_of(backend);

	works[backend] = nacc_is_placed(canary, backend) && is_replaced(canary);
}

/**
 * nacc_way_works() - can functions be hooked in this way now?
 * @backend: the way
 *
 * Context: under nacc_hook_lock. Where nothing is hooked so now, that it worked at
 * load and is not switched off has to do.
 */
bool nacc_way_works(enum nacc_backend backend)
{
	struct nacc_hook *canary = canary_of(backend);

	if (canary->ops || canary->by_kprobe)
		return works[backend];
	return worked_at_load[backend] && !is_off(backend);
}

static bool try_way(enum nacc_backend backend)
{
	struct nacc_hook *canary = canary_of(backend);

	if (backend == NACC_BACKEND_FTRACE)
		nacc_place_ftrace(&canary, 1, NACC_DEMAND_MARK);
	else
		nacc_place_kprobe(canary);
	check_way(backend);
	nacc_unplace(&canary, 1);
	return works[backend];
}

/**
 * nacc_alive_init() - try both ways to hook
 * @location: ftrace_location(), or NULL
 *
 * Context: module load, under nacc_hook_lock.
 */
void __init nacc_alive_init(unsigned long (*location)(unsigned long addr))
{
	ftrace_is_on = (void *)nacc_ksym.lookup("ftrace_enabled");
	kprobes_are_off = (void *)nacc_ksym.lookup("kprobes_all_disarmed");
	canary_ftrace.addr = (unsigned long)by_ftrace;
	canary_kprobe.addr = (unsigned long)by_kprobe;
	nacc_find_site(&canary_ftrace, location);
	worked_at_load[NACC_BACKEND_FTRACE] = try_way(NACC_BACKEND_FTRACE);
	worked_at_load[NACC_BACKEND_KPROBE] = try_way(NACC_BACKEND_KPROBE);
	if (!worked_at_load[NACC_BACKEND_FTRACE])
		pr_warn("self-test: hooks by ftrace do not work %s\n",
			is_off(NACC_BACKEND_FTRACE) ?
			"while kernel.ftrace_enabled is 0" : "on this kernel");
	if (!worked_at_load[NACC_BACKEND_KPROBE])
		pr_warn("self-test: hooks by kprobes do not work %s\n",
			is_off(NACC_BACKEND_KPROBE) ?
			"while they are switched off (debugfs, kprobes/enabled)" :
			"on this kernel");
}

/* --- hooks ---------------------------------------------------------------------- */

static const char *way_name(enum nacc_backend backend)
{
	return backend == NACC_BACKEND_FTRACE ? "ftrace" : "kprobe";
}

/*
 * Calls that were chosen and never came to the replacement? Who is on the way from
 * the one to the other is waited for, which is seldom anybody.
 */
static bool lost_calls(struct nacc_hook *hook)
{
	unsigned long chosen = nacc_hook_sum(hook).chosen;
	long lost = chosen - nacc_hook_sum(hook).routed - hook->lost_before;

	if (lost <= 0)
		return false;
	synchronize_rcu_tasks();
	lost = chosen - nacc_hook_sum(hook).routed - hook->lost_before;
	return lost > 0;
}

static bool acts(const struct nacc_hook *hook, enum nacc_backend backend)
{
	return works[backend] && nacc_is_placed(hook, backend);
}

static void give_up_ftrace(struct nacc_hook *hook)
{
	pr_warn("%s: another tracer calls the function all the same: not hooked by ftrace any more\n",
		hook->symbol);
	hook->bypassed = true;
	nacc_unplace_ftrace(hook);
}

static enum nacc_life life_of(struct nacc_hook *hook)
{
	enum nacc_backend way;
	enum nacc_life life;

	if (hook->ops && lost_calls(hook))
		give_up_ftrace(hook);
	if (acts(hook, NACC_BACKEND_FTRACE))
		way = NACC_BACKEND_FTRACE;
	else if (acts(hook, NACC_BACKEND_KPROBE))
		way = NACC_BACKEND_KPROBE;
	else
		return NACC_LIFE_DEAD;
	life = nacc_hook_prove(hook, &way);
	if (life == NACC_LIFE_NONE)
		life = nacc_hook_sum(hook).routed != hook->routed_before ?
		       NACC_LIFE_ALIVE : NACC_LIFE_PLACED;
	else if (way == NACC_BACKEND_KPROBE && acts(hook, NACC_BACKEND_FTRACE))
		give_up_ftrace(hook);
	hook->backend = way;
	return life;
}

/* Return: whether it is dead now and was not before. */
static bool look_at(struct nacc_hook *hook)
{
	enum nacc_life before = hook->life;

	if (hook->backend == NACC_BACKEND_NONE)
		return false;
	hook->life = life_of(hook);
	return hook->life == NACC_LIFE_DEAD && before != NACC_LIFE_DEAD;
}

/* The old way stays: it may come to life again. */
static void mend(struct nacc_hook *hook)
{
	struct nacc_hook *both[] = { &canary_ftrace, hook };

	hook->mend_at = jiffies + MEND_PERIOD;
	/* Something that is needed, and so its canary, by whatever works. */
	hook->forced = hook->needed;
	canary_ftrace.forced = hook->needed;
	if (!hook->ops && nacc_way_may(hook, NACC_BACKEND_FTRACE)) {
		nacc_place_ftrace(both, ARRAY_SIZE(both), hook->demand);
		check_way(NACC_BACKEND_FTRACE);
	}
	if (!hook->by_kprobe && nacc_way_may(hook, NACC_BACKEND_KPROBE))
		nacc_place_kprobe(hook);
	hook->forced = false;
	canary_ftrace.forced = false;
	look_at(hook);
}

static void tell_needed(const struct nacc_hook *hook, enum nacc_backend was)
{
	if (hook->life == NACC_LIFE_DEAD)
		pr_err("%s: its hook by %s is dead, and there is no other way: nothing can be marked, and what is marked is at risk (docs/hooks.md)\n",
		       hook->symbol, way_name(was));
	else
		pr_warn("%s: its hook by %s was dead and is one by %s now\n",
			hook->symbol, way_name(was), way_name(hook->backend));
}

/* Return: whether it has died, and is not needed. */
static bool check_hook(struct nacc_hook *hook, bool at_once)
{
	enum nacc_backend was = hook->backend;
	bool died = look_at(hook);

	if (hook->only || hook->life != NACC_LIFE_DEAD)
		return false;
	if (died || at_once || time_after(jiffies, hook->mend_at))
		mend(hook);
	if (!died)
		return false;
	nacc_count(NACC_COUNT_HOOKS_DEAD, 1);
	if (hook->needed)
		tell_needed(hook, was);
	return !hook->needed;
}

/**
 * nacc_alive_check() - look at every hook that is placed, mend what is dead
 * @at_once: try to mend also what could not be a moment ago
 *
 * Context: may sleep; under nacc_hook_lock; something is armed.
 */
void nacc_alive_check(bool at_once)
{
	unsigned int i, died = 0, dead = 0;

	check_way(NACC_BACKEND_FTRACE);
	check_way(NACC_BACKEND_KPROBE);
	for (i = 0; i < nacc_nr_hooks; i++) {
		if (!check_hook(nacc_hooks[i], at_once))
			continue;
		died++;
		dead += nacc_hooks[i]->life == NACC_LIFE_DEAD;
	}
	if (died)
		pr_warn("%u hooks were dead: %u are placed in another way now, %u are not ('nacc stat --hooks' says what is lost)\n",
			died, died - dead, dead);
}

/**
 * nacc_hook_ways() - which ways to hook work now
 *
 * Context: under nacc_hook_lock.
 */
const char *nacc_hook_ways(void)
{
	bool kprobe = nacc_way_works(NACC_BACKEND_KPROBE);

	if (nacc_way_works(NACC_BACKEND_FTRACE))
		return kprobe ? "ftrace,kprobe" : "ftrace";
	return kprobe ? "kprobe" : "none";
}

#ifdef NACC_KUNIT
#include "hook_test.c"
#endif
