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
 * A replacement may sleep, and so RCU tasks alone cannot tell when the last one
 * has returned: nr_inside counts them.
 */
#include <linux/delay.h>
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "hook/internal.h"

struct nacc_hook *nacc_hooks[NACC_HOOKS_MAX];
unsigned int nacc_nr_hooks;

/* --- nacc.hook= -------------------------------------------------------------- */

const char * const nacc_hook_mode_names[NACC_HOOK_MODES] = {
	"auto", "ftrace", "kprobe", "off"
};

enum nacc_hook_mode nacc_hook_mode;
static void (*settle)(void);

static bool armed;		/* something may be replaced; under the caller's lock */

static int mode_set(const char *val, const struct kernel_param *kp)
{
	int i = __sysfs_match_string(nacc_hook_mode_names, NACC_HOOK_MODES, val);

	if (i < 0) {
		pr_err("hook=%s: must be auto, ftrace, kprobe or off\n", val);
		return i;
	}
	/* What was marked may have gone a moment ago. */
	if (THIS_MODULE->state == MODULE_STATE_LIVE)
		settle();
	if (READ_ONCE(armed)) {
		pr_err("hook= can be changed only while nothing is marked\n");
		return -EBUSY;
	}
	WRITE_ONCE(nacc_hook_mode, i);
	return 0;
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

/* --- at the entry of a hooked function ----------------------------------------- */

/* By entry address; written before the entry is patched, read without a lock. */
#define SLOTS		64
static struct nacc_hook *by_ip[SLOTS];
static DEFINE_PER_CPU(long, nr_inside);

static __always_inline unsigned int slot_of(unsigned long ip)
{
	return (ip >> 1 ^ ip >> 7) % SLOTS;
}

static __always_inline struct nacc_hook *hook_at(unsigned long ip)
{
	unsigned int i = slot_of(ip);

	while (by_ip[i] && by_ip[i]->addr != ip)
		i = (i + 1) % SLOTS;
	return by_ip[i];
}

static __always_inline unsigned long target_of(struct nacc_hook *hook,
					       const unsigned long *args)
{
	unsigned long target;

	this_cpu_inc(hook->counts->hits);
	target = hook->pick(args);
	if (!target)
		return 0;
	this_cpu_inc(hook->counts->routed);
	this_cpu_inc(nr_inside);
	return target;
}

/**
 * nacc_hook_leave() - the replacement of a function is about to return
 *
 * Context: any.
 */
void nacc_hook_leave(void)
{
	this_cpu_dec(nr_inside);
}

static void notrace on_ftrace(unsigned long ip, unsigned long parent_ip,
			      struct ftrace_ops *op, struct ftrace_regs *fregs)
{
	struct nacc_hook *hook = hook_at(ip);
	unsigned long args[NACC_HOOK_ARGS], target;
	unsigned int i;

	if (!hook)
		return;
	for (i = 0; i < NACC_HOOK_ARGS; i++)
		args[i] = ftrace_regs_get_argument(fregs, i);
	target = target_of(hook, args);
	if (target)
		ftrace_regs_set_instruction_pointer(fregs, target);
}

NOKPROBE_SYMBOL(on_ftrace);

static int notrace on_kprobe(struct kprobe *kp, struct pt_regs *regs)
{
	struct nacc_hook *hook = container_of(kp, struct nacc_hook, kp);
	unsigned long args[NACC_HOOK_ARGS], target;
	unsigned int i;

	/* From a replacement: that is the call of the original. */
	if (!hook->from_here && within_module_core(regs->ra, THIS_MODULE))
		return 0;
	for (i = 0; i < NACC_HOOK_ARGS; i++)
		args[i] = regs_get_kernel_argument(regs, i);
	target = target_of(hook, args);
	if (!target)
		return 0;
	instruction_pointer_set(regs, target);
	return 1;
}

NOKPROBE_SYMBOL(on_kprobe);

/* --- arming ------------------------------------------------------------------- */

/* All functions in one record: with several, ftrace looks through each at each hit. */
static struct ftrace_ops ops = {
	.func = on_ftrace,
	/* on_ftrace() calls nothing that it is registered for. */
	.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_RECURSION,
};

static bool ops_registered;	/* under the caller's lock */

static int arm_ftrace(struct nacc_hook *hook)
{
	unsigned int i = slot_of(hook->addr);
	int ret;

	if (!hook->skip)
		return -EOPNOTSUPP;
	while (by_ip[i])
		i = (i + 1) % SLOTS;
	WRITE_ONCE(by_ip[i], hook);
	ret = ftrace_set_filter_ip(&ops, hook->addr, 0, !ops_registered);
	if (!ret && !ops_registered) {
		ret = register_ftrace_function(&ops);
		ops_registered = !ret;
	}
	/* Nothing is behind it: it is the last that was put there. */
	if (ret)
		WRITE_ONCE(by_ip[i], NULL);
	return ret;
}

static int arm_kprobe(struct nacc_hook *hook)
{
	memset(&hook->kp, 0, sizeof(hook->kp));
	hook->kp.addr = (void *)(hook->addr + hook->skip);
	hook->kp.pre_handler = on_kprobe;
	return register_kprobe(&hook->kp);
}

/**
 * nacc_hook_arm_backend() - replace one function in one way
 * @hook: the hook
 * @backend: the way
 *
 * Context: may sleep; the caller serialises. nacc_hook_disarm() undoes it.
 * Return: 0 or an error of ftrace or kprobes.
 */
int nacc_hook_arm_backend(struct nacc_hook *hook, enum nacc_backend backend)
{
	int ret;

	armed = true;
	if (backend == NACC_BACKEND_FTRACE)
		ret = arm_ftrace(hook);
	else
		ret = arm_kprobe(hook);
	hook->error = ret;
	if (!ret)
		hook->backend = backend;
	return ret;
}

static void arm_hook(struct nacc_hook *hook)
{
	hook->error = -ENOENT;
	if (!hook->addr)
		return;
	hook->error = 0;
	if (hook->route && nacc_hook_mode == NACC_HOOK_OFF)
		return;
	if (nacc_hook_mode != NACC_HOOK_KPROBE && !nacc_hook_arm_backend(hook, NACC_BACKEND_FTRACE))
		return;
	if (nacc_hook_mode != NACC_HOOK_FTRACE || hook->needed)
		nacc_hook_arm_backend(hook, NACC_BACKEND_KPROBE);
}

static bool any_inside(void)
{
	long sum = 0;
	int cpu;

	/*
	 * Nobody can enter any more. A task that enters on one CPU and leaves on
	 * another may be seen as inside when it is not, never the reverse: its
	 * leaving is looked at only after all entries have happened.
	 */
	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(nr_inside, cpu));
	return sum != 0;
}

/**
 * nacc_hook_disarm() - restore all functions; no replacement runs any more
 *
 * Context: may sleep, waits for the last replacement to return; the caller
 * serialises with nacc_hook_arm().
 */
void nacc_hook_disarm(void)
{
	unsigned int i;

	if (!armed)
		return;
	for (i = 0; i < nacc_nr_hooks; i++)
		if (nacc_hooks[i]->backend == NACC_BACKEND_KPROBE)
			unregister_kprobe(&nacc_hooks[i]->kp);
	if (ops_registered)
		unregister_ftrace_function(&ops);
	ops_registered = false;
	/* The filter is memory; so is what an attempt that failed left. */
	ftrace_set_filter(&ops, NULL, 0, 1);
	for (i = 0; i < nacc_nr_hooks; i++)
		nacc_hooks[i]->backend = NACC_BACKEND_NONE;
	memset(by_ip, 0, sizeof(by_ip));
	while (any_inside())
		msleep(20);
	/* The last instructions behind nacc_hook_leave() */
	synchronize_rcu_tasks();
	armed = false;
}

/**
 * nacc_hook_arm() - replace the functions
 *
 * Context: may sleep; the caller serialises.
 * Return: 0, -ENOMEM, or -EOPNOTSUPP if a function that must be replaced cannot be.
 * Where another cannot be, that is said once, and protection does not suffer.
 */
int nacc_hook_arm(void)
{
	unsigned int i;

	if (armed)
		return 0;
	armed = true;
	for (i = 0; i < nacc_nr_hooks; i++) {
		struct nacc_hook *hook = nacc_hooks[i];

		if (hook->on_demand)
			continue;
		arm_hook(hook);
		if (!hook->error)
			continue;
		if (hook->needed && hook->error == -ENOMEM) {
			/* Of the moment, not of the kernel. */
			nacc_hook_disarm();
			return -ENOMEM;
		}
		if (hook->needed) {
			pr_err("%s cannot be hooked (error %d): nothing can be marked on this kernel\n",
			       hook->symbols[0], hook->error);
			nacc_hook_disarm();
			return -EOPNOTSUPP;
		}
		pr_warn_once("%s cannot be hooked (error %d): %s\n",
			     hook->symbols[0], hook->error, hook->lost);
	}
	return 0;
}

/**
 * nacc_hook_arm_on_demand() - replace the functions that only few domains need
 *
 * Context: may sleep; the caller serialises. After nacc_hook_arm().
 */
void nacc_hook_arm_on_demand(void)
{
	unsigned int i;

	for (i = 0; i < nacc_nr_hooks; i++)
		if (nacc_hooks[i]->on_demand &&
		    nacc_hooks[i]->backend == NACC_BACKEND_NONE)
			arm_hook(nacc_hooks[i]);
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
