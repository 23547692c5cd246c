// SPDX-License-Identifier: GPL-2.0
/*
 * The hook engine: replaces functions of the kernel by functions of this module
 * while something is marked, by ftrace or by kprobes.
 *
 * Both do the same: at the entry of the function its arguments are looked at,
 * and if the call concerns a marked process, the instruction pointer is set to
 * the replacement, which then runs in the caller's context as if it had been
 * called. Nothing of this module stays on the stack, return probes are not used.
 *
 * A replacement may sleep, for as long as user space likes, and its code must stay.
 * So the hooks hold a reference to the module, from the first that is placed until
 * the last replacement has returned: that is seen by the keeper, and waited for by
 * nobody. Until then the module cannot be unloaded, and all else goes on; the next
 * mark places the hooks again.
 */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "hook/internal.h"

struct nacc_hook *nacc_hooks[NACC_HOOKS_MAX];
unsigned int nacc_nr_hooks;

/* See hook/internal.h. */
DEFINE_MUTEX(nacc_hook_lock);
static bool armed;		/* something may be replaced; under nacc_hook_lock */
static bool pinned;		/* the module, by us; under nacc_hook_lock */

/* A look calls functions and reads text: not each time that the keeper runs. */
#define LOOK_PERIOD	HZ
static unsigned long looked_at;	/* jiffies; under nacc_hook_lock */

/* --- nacc.hook= -------------------------------------------------------------- */

const char * const nacc_hook_mode_names[NACC_HOOK_MODES] = {
	"auto", "ftrace", "kprobe", "off"
};

enum nacc_hook_mode nacc_hook_mode;
static void (*settle)(void);

static int change_mode(enum nacc_hook_mode mode)
{
	int ret = 0;

	mutex_lock(&nacc_hook_lock);
	if (armed)
		ret = -EBUSY;
	else
		WRITE_ONCE(nacc_hook_mode, mode);
	mutex_unlock(&nacc_hook_lock);
	if (ret)
		pr_err("hook= can be changed only while nothing is marked\n");
	return ret;
}

static int mode_set(const char *val, const struct kernel_param *kp)
{
	int ret, i;

	i = __sysfs_match_string(nacc_hook_mode_names, NACC_HOOK_MODES, val);
	if (i < 0) {
		pr_err("hook=%s: must be auto, ftrace, kprobe or off\n", val);
		return i;
	}
	/* It is being unloaded: what settle() looks at may be gone. */
	if (!try_module_get(THIS_MODULE))
		return -ENODEV;
	/* What was marked may have gone a moment ago. */
	if (THIS_MODULE->state == MODULE_STATE_LIVE)
		settle();
	ret = change_mode(i);
	module_put(THIS_MODULE);
	return ret;
}

static int mode_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", nacc_hook_mode_names[READ_ONCE(nacc_hook_mode)]);
}

const struct kernel_param_ops nacc_hook_mode_ops = {
	.set = mode_set,
	.get = mode_get,
};

module_param_cb(hook, &nacc_hook_mode_ops, NULL, 0644);
MODULE_PARM_DESC(hook, "how functions are hooked: auto, ftrace, kprobe, or off (routes only)");

/* --- arming ------------------------------------------------------------------- */

/* What is needed has both ways: if one dies the other is there already. */
static bool wants_kprobe(const struct nacc_hook *hook)
{
	return nacc_way_may(hook, NACC_BACKEND_KPROBE) &&
	       (!hook->ops || hook->needed);
}

static void place(enum nacc_demand demand)
{
	unsigned int i;

	for (i = 0; i < nacc_nr_hooks; i++) {
		struct nacc_hook *hook = nacc_hooks[i];

		if (hook->demand != demand || hook->backend != NACC_BACKEND_NONE)
			continue;
		hook->error = hook->addr ? 0 : -ENOENT;
		hook->bypassed = false;
	}
	nacc_place_ftrace(nacc_hooks, nacc_nr_hooks, demand);
	for (i = 0; i < nacc_nr_hooks; i++)
		if (nacc_hooks[i]->demand == demand &&
		    wants_kprobe(nacc_hooks[i]))
			nacc_place_kprobe(nacc_hooks[i]);
	nacc_alive_check(true);
}

/**
 * nacc_hook_covered() - do others do what this hook cannot?
 * @hook: the hook
 *
 * Context: under nacc_hook_lock.
 */
bool nacc_hook_covered(const struct nacc_hook *hook)
{
	unsigned int i;

	for (i = 0; i < NACC_HOOK_INSTEAD && hook->instead[i]; i++)
		if (hook->instead[i]->life <= NACC_LIFE_DEAD)
			return false;
	return i;
}

/* Once for each: what it does without is not the same for two of them. */
static void tell_lost(struct nacc_hook *hook)
{
	if (!hook->told)
		pr_warn("%s cannot be hooked (error %d): %s\n", hook->symbols[0],
			hook->error, hook->lost);
	hook->told = true;
}

/* Will the functions be replaced that must be? */
static int verdict(void)
{
	unsigned int i;

	for (i = 0; i < nacc_nr_hooks; i++) {
		struct nacc_hook *hook = nacc_hooks[i];

		if (hook->needed && hook->life != NACC_LIFE_ALIVE) {
			/* Of the moment, not of the kernel. */
			if (hook->error == -ENOMEM)
				return -ENOMEM;
			pr_err("%s %s (error %d; ways to hook that work now: %s): nothing can be marked\n",
			       hook->symbols[0],
			       hook->life == NACC_LIFE_DEAD ?
			       "is hooked, but its calls are not replaced" :
			       "cannot be hooked", hook->error,
			       nacc_hook_ways());
			return -EUNATCH;
		}
		if (!hook->demand && !hook->only && hook->error &&
		    !nacc_hook_covered(hook))
			tell_lost(hook);
	}
	return 0;
}

/* Return: whether the last replacement has returned. */
static bool drain(void)
{
	if (armed || !pinned)
		return !pinned;
	if (nacc_entry_inside())
		return false;
	/* The last instructions behind nacc_hook_leave() */
	synchronize_rcu_tasks();
	pinned = false;
	module_put(THIS_MODULE);
	return true;
}

static void disarm(void)
{
	if (!armed)
		return;
	nacc_unplace(nacc_hooks, nacc_nr_hooks);
	nacc_entry_clear();
	/* From here on nacc_entry_inside() knows of everybody: see there. */
	synchronize_rcu_tasks();
	armed = false;
}

/**
 * nacc_hook_disarm() - restore all functions
 *
 * Context: may sleep. Replacements may still run afterwards: nacc_hook_keep().
 */
void nacc_hook_disarm(void)
{
	mutex_lock(&nacc_hook_lock);
	disarm();
	drain();
	mutex_unlock(&nacc_hook_lock);
}

/**
 * nacc_hook_arm() - replace the functions, or see that they still are
 *
 * Context: may sleep; the caller holds a reference to the module.
 * Return: 0, -ENOMEM, or -EUNATCH if a function that must be replaced is not.
 * Where another is not, that is said once of each, and protection does not suffer.
 */
int nacc_hook_arm(void)
{
	bool first;
	int ret;

	mutex_lock(&nacc_hook_lock);
	first = !armed;
	if (first) {
		if (!pinned)
			__module_get(THIS_MODULE);
		pinned = true;
		armed = true;
		place(NACC_DEMAND_MARK);
	} else {
		nacc_alive_check(true);
	}
	ret = verdict();
	if (ret && first) {
		disarm();
		drain();
	}
	mutex_unlock(&nacc_hook_lock);
	return ret;
}

/**
 * nacc_hook_arm_on_demand() - replace the functions that are not with every mark
 * @demand: which of them
 *
 * Context: may sleep. Does nothing unless something is marked: nacc_hook_arm().
 */
void nacc_hook_arm_on_demand(enum nacc_demand demand)
{
	mutex_lock(&nacc_hook_lock);
	if (armed)
		place(demand);
	mutex_unlock(&nacc_hook_lock);
}

/**
 * nacc_hook_disarm_on_demand() - restore these functions again
 * @demand: which
 *
 * Context: may sleep. Replacements may still run afterwards.
 */
void nacc_hook_disarm_on_demand(enum nacc_demand demand)
{
	unsigned int i;

	mutex_lock(&nacc_hook_lock);
	for (i = 0; i < nacc_nr_hooks; i++)
		if (nacc_hooks[i]->demand == demand)
			nacc_unplace_one(nacc_hooks[i]);
	mutex_unlock(&nacc_hook_lock);
}

/**
 * nacc_hook_keep() - see that hooks are alive, and whether the last has been left
 *
 * Context: may sleep; the keeper.
 * Return: whether there will be more to see to.
 */
bool nacc_hook_keep(void)
{
	bool more;

	mutex_lock(&nacc_hook_lock);
	if (armed && time_after(jiffies, looked_at + LOOK_PERIOD)) {
		nacc_alive_check(false);
		looked_at = jiffies;
	}
	more = !drain();
	mutex_unlock(&nacc_hook_lock);
	return more;
}

/**
 * nacc_hook_state() - for /proc/nacc/status: how it is now
 * @marked: is something marked?
 *
 * Context: may sleep.
 * Return: see docs/proc.md.
 */
const char *nacc_hook_state(bool marked)
{
	unsigned int i, alive = 0;
	const char *state = NULL;

	mutex_lock(&nacc_hook_lock);
	if (armed)
		nacc_alive_check(false);
	if (!marked || !armed)
		state = pinned ? "draining" : "idle";
	for (i = 0; i < nacc_nr_hooks; i++) {
		const struct nacc_hook *hook = nacc_hooks[i];

		alive += hook->life > NACC_LIFE_DEAD || hook->only ||
			 nacc_hook_covered(hook) ||
			 (hook->demand && hook->life == NACC_LIFE_NONE &&
			  hook->addr);
		if (!state && hook->needed && hook->life != NACC_LIFE_ALIVE)
			state = "dead";
	}
	if (!state && nacc_hook_mode == NACC_HOOK_OFF)
		state = "off";
	mutex_unlock(&nacc_hook_lock);
	return state ?: alive == nacc_nr_hooks ? "armed" : "partly";
}

/**
 * nacc_hook_acts() - is a function replaced now, or would the next mark have it so?
 * @hook: its hook
 *
 * Context: may sleep.
 */
bool nacc_hook_acts(const struct nacc_hook *hook)
{
	bool acts;

	mutex_lock(&nacc_hook_lock);
	if (armed)
		acts = hook->life > NACC_LIFE_DEAD;
	else
		acts = (hook->site && nacc_way_may(hook, NACC_BACKEND_FTRACE) &&
			nacc_way_works(NACC_BACKEND_FTRACE)) ||
		       (nacc_way_may(hook, NACC_BACKEND_KPROBE) &&
			nacc_way_works(NACC_BACKEND_KPROBE));
	mutex_unlock(&nacc_hook_lock);
	return acts;
}

/**
 * nacc_hook_look() - see what is alive now, for a reader of /proc/nacc/hooks
 *
 * Context: may sleep; under nacc_hook_lock.
 */
void nacc_hook_look(void)
{
	if (armed)
		nacc_alive_check(false);
}

/**
 * nacc_hook_table() - which functions there are, and who lets go of them
 * @table: the hooks
 * @nr: how many
 * @when_unused: disarms if nothing is marked any more
 *
 * Context: module load; nothing is armed.
 */
void __init nacc_hook_table(struct nacc_hook * const *table, unsigned int nr,
			    void (*when_unused)(void))
{
	unsigned int i;

	settle = when_unused;
	for (i = 0; i < nr && nacc_nr_hooks < NACC_HOOKS_MAX; i++)
		nacc_hooks[nacc_nr_hooks++] = table[i];
}

#ifdef NACC_KUNIT
#include "hook_alive_test.c"
#endif
