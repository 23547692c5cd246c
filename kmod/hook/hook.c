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

#include "hook.h"
#include "nacc.h"

static struct nacc_hook dummy_hook;

static struct nacc_hook * const hooks[] = {
	&dummy_hook,
	&nacc_hook_pte_alloc,
	&nacc_hook_pmd_alloc,
	&nacc_hook_pud_alloc,
	&nacc_hook_p4d_alloc,
	&nacc_hook_clone,
#ifdef CONFIG_HUGETLB_PMD_PAGE_TABLE_SHARING
	&nacc_hook_share,
#endif
	&nacc_hook_exit,
	&nacc_hook_zap,
	&nacc_hook_protect,
	&nacc_hook_fork,
	&nacc_hook_gup_fast,
	&nacc_hook_gup,
};

/* --- nacc.hook= -------------------------------------------------------------- */

enum mode { MODE_AUTO, MODE_FTRACE, MODE_KPROBE, MODE_OFF };

static const char * const mode_names[] = { "auto", "ftrace", "kprobe", "off" };
static unsigned int mode = MODE_AUTO;

static int mode_set(const char *val, const struct kernel_param *kp)
{
	int i = __sysfs_match_string(mode_names, ARRAY_SIZE(mode_names), val);

	if (i < 0) {
		pr_err("hook=%s: must be auto, ftrace, kprobe or off\n", val);
		return i;
	}
	/* What was marked may have gone a moment ago. */
	if (THIS_MODULE->state == MODULE_STATE_LIVE)
		nacc_disarm_if_unused();
	if (nacc_domain_count()) {
		pr_err("hook= can be changed only while nothing is marked\n");
		return -EBUSY;
	}
	WRITE_ONCE(mode, i);
	return 0;
}

static int mode_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", mode_names[READ_ONCE(mode)]);
}

static const struct kernel_param_ops mode_ops = {
	.set = mode_set,
	.get = mode_get,
};

module_param_cb(hook, &mode_ops, NULL, 0644);
MODULE_PARM_DESC(hook, "how functions are hooked: auto, ftrace, kprobe, or off (routes only)");

bool nacc_hook_eager;
module_param_named(eager, nacc_hook_eager, bool, 0644);
MODULE_PARM_DESC(eager, "take a route also where the traps that it saves are fewer instructions");

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
	if (hook != &dummy_hook && within_module_core(regs->ra, THIS_MODULE))
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

/* Both under the caller's lock. */
static bool ops_registered;
static bool armed;		/* something may be replaced */

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

static int arm_backend(struct nacc_hook *hook, enum nacc_backend backend)
{
	int ret;

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
	if (hook->route && mode == MODE_OFF)
		return;
	if (mode != MODE_KPROBE && !arm_backend(hook, NACC_BACKEND_FTRACE))
		return;
	if (mode != MODE_FTRACE || hook->needed)
		arm_backend(hook, NACC_BACKEND_KPROBE);
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
	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		if (hooks[i]->backend == NACC_BACKEND_KPROBE)
			unregister_kprobe(&hooks[i]->kp);
	if (ops_registered)
		unregister_ftrace_function(&ops);
	ops_registered = false;
	/* The filter is memory; so is what an attempt that failed left. */
	ftrace_set_filter(&ops, NULL, 0, 1);
	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		hooks[i]->backend = NACC_BACKEND_NONE;
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
	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		struct nacc_hook *hook = hooks[i];

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

	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		if (hooks[i]->on_demand &&
		    hooks[i]->backend == NACC_BACKEND_NONE)
			arm_hook(hooks[i]);
}

/* --- at load ------------------------------------------------------------------- */

static noinline __noclone int dummy(int value)
{
	barrier();
	OPTIMIZER_HIDE_VAR(value);
	return value;
}

typedef int (*dummy_fn)(int value);

static noinline int dummy_replacement(int value)
{
	int ret = nacc_hook_original(&dummy_hook, dummy_fn)(value + 1);

	nacc_hook_leave();
	return ret;
}

static unsigned long notrace pick_dummy(const unsigned long *args)
{
	return args[0] == 40 ? (unsigned long)dummy_replacement : 0;
}

NOKPROBE_SYMBOL(pick_dummy);

static struct nacc_hook dummy_hook = {
	.name = "selftest",
	.purpose = "self-test at load",
	.pick = pick_dummy,
	.lost = "hooks do not work on this kernel",
};

/* Through a pointer that the compiler cannot see through. */
static bool dummy_works(void)
{
	dummy_fn fn = dummy;

	OPTIMIZER_HIDE_VAR(fn);
	return fn(40) == 41 && fn(50) == 50;
}

static bool backend_works(enum nacc_backend backend)
{
	bool works;

	armed = true;
	works = !arm_backend(&dummy_hook, backend) && dummy_works();
	nacc_hook_disarm();
	return works;
}

static bool works_ftrace, works_kprobe;

/* Hooks that have only a name with a suffix */
static int note_suffixed(void *data, const char *name, unsigned long addr)
{
	unsigned int i;

	for (i = 1; i < ARRAY_SIZE(hooks); i++) {
		size_t len = strlen(hooks[i]->symbols[0]);

		if (!hooks[i]->addr && name[len] == '.' &&
		    !strncmp(name, hooks[i]->symbols[0], len))
			hooks[i]->suffixed = true;
	}
	return 0;
}

typedef unsigned long (*location_fn)(unsigned long addr);

static void find_symbol(struct nacc_hook *hook, location_fn location)
{
	unsigned int i;

	for (i = 0; i < NACC_HOOK_SYMBOLS && hook->symbols[i]; i++) {
		hook->addr = nacc_ksym.lookup(hook->symbols[i]);
		if (!hook->addr)
			continue;
		hook->symbol = hook->symbols[i];
		if (location && location(hook->addr) == hook->addr)
			hook->skip = MCOUNT_INSN_SIZE;
		return;
	}
}

/**
 * nacc_hook_init() - find the functions and try both ways to replace one
 *
 * Context: module load, may sleep.
 * Return: 0 or -ENOMEM.
 */
int __init nacc_hook_init(void)
{
	location_fn location = (void *)nacc_ksym.lookup("ftrace_location");
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		hooks[i]->counts = alloc_percpu(struct nacc_hook_counts);
		if (!hooks[i]->counts) {
			nacc_hook_exit_all();
			return -ENOMEM;
		}
		find_symbol(hooks[i], location);
	}
	dummy_hook.symbol = "dummy";
	dummy_hook.addr = (unsigned long)dummy;
	if (location && location(dummy_hook.addr) == dummy_hook.addr)
		dummy_hook.skip = MCOUNT_INSN_SIZE;
	nacc_ksym.on_each_symbol(note_suffixed, NULL);
	works_ftrace = backend_works(NACC_BACKEND_FTRACE);
	works_kprobe = backend_works(NACC_BACKEND_KPROBE);
	if (!works_ftrace)
		pr_warn("self-test: hooks by ftrace do not work on this kernel\n");
	if (!works_kprobe)
		pr_warn("self-test: hooks by kprobes do not work on this kernel\n");
	return 0;
}

/**
 * nacc_hook_exit_all() - undo nacc_hook_init(); nothing is armed
 */
void nacc_hook_exit_all(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		free_percpu(hooks[i]->counts);
}

/* --- /proc/nacc/hooks ------------------------------------------------------------ */

static struct nacc_hook_counts sum_counts(const struct nacc_hook *hook)
{
	struct nacc_hook_counts sum = { };
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct nacc_hook_counts *c = per_cpu_ptr(hook->counts, cpu);

		sum.hits += READ_ONCE(c->hits);
		sum.routed += READ_ONCE(c->routed);
		sum.fallback += READ_ONCE(c->fallback);
	}
	return sum;
}

static const char *backend_name(const struct nacc_hook *hook)
{
	static const char * const names[] = {
		[NACC_BACKEND_FTRACE] = "ftrace",
		[NACC_BACKEND_KPROBE] = "kprobe",
	};

	if (!hook->addr)
		return hook->suffixed ? "suffixed" : "absent";
	if (hook->backend != NACC_BACKEND_NONE)
		return names[hook->backend];
	if (hook->error)
		return "failed";
	if (hook->route && READ_ONCE(mode) == MODE_OFF)
		return "off";
	return "idle";
}

/**
 * nacc_hook_seq() - print /proc/nacc/hooks
 * @m: where to
 */
int nacc_hook_seq(struct seq_file *m)
{
	unsigned int i;

	seq_puts(m, "name symbol backend hits routed missed fallback effect\n");
	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		const struct nacc_hook *hook = hooks[i];
		struct nacc_hook_counts c = sum_counts(hook);

		seq_printf(m, "%s %s %s %lu %lu %lu %lu %s\n", hook->name,
			   hook->symbol ?: hook->symbols[0],
			   backend_name(hook), c.hits, c.routed,
			   hook->kp.nmissed, c.fallback,
			   hook->backend == NACC_BACKEND_NONE ? hook->lost :
								hook->purpose);
	}
	return 0;
}

/**
 * nacc_hook_state() - for /proc/nacc/status
 *
 * Return: "idle", "armed", or "partly" if a function cannot be hooked.
 */
const char *nacc_hook_state(void)
{
	unsigned int i, armed = 0;

	if (!nacc_domain_count())
		return "idle";
	if (READ_ONCE(mode) == MODE_OFF)
		return "off";
	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		armed += hooks[i]->backend != NACC_BACKEND_NONE ||
			 (hooks[i]->on_demand && hooks[i]->addr);
	return armed == ARRAY_SIZE(hooks) ? "armed" : "partly";
}

/**
 * nacc_hook_backends() - which ways passed the self-test at load
 */
const char *nacc_hook_backends(void)
{
	return works_ftrace ? (works_kprobe ? "ftrace,kprobe" : "ftrace") :
			      (works_kprobe ? "kprobe" : "none");
}

#ifdef NACC_KUNIT
#include "hook_test.c"
#endif
