// SPDX-License-Identifier: GPL-2.0
/* Placing hooks, by ftrace or by kprobes, and taking them away. */
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "hook/internal.h"

/* Two instructions: nops, or a call of ftrace. */
#define ENTRY_SIZE	8

/* "jalr t0, offset(t0)", the second instruction of a call at a patchable entry. */
#define CALL_MASK	0x000fffff
#define CALL		0x000282e7
#define EBREAK		0x00100073
#define C_EBREAK	0x9002

/*
 * IPMODIFY: of those who want to change where a function goes only one can have it.
 * ftrace sees to that when a record is registered, for BPF trampolines too, and not
 * when a function is added later: so that is never done. PERMANENT:
 * kernel.ftrace_enabled stays as it is, and if it is 0 nothing can be registered.
 *
 * Not RECURSION, which asks for protection against it: the handler calls nothing that
 * it is registered for. (A module's record is called from ftrace's list in any case,
 * for it is not the kernel's data; that protects whom it calls.)
 */
#define OPS_FLAGS	(FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT)

/*
 * Functions that are hooked together are in one record: with several, ftrace looks
 * through each of them at each call. One for each demand.
 */
static struct ftrace_ops shared[NACC_DEMANDS] = {
	[0 ... NACC_DEMANDS - 1] = { .func = nacc_on_ftrace, .flags = OPS_FLAGS },
};

static unsigned int nr_shared[NACC_DEMANDS];	/* under nacc_hook_lock */
static unsigned long (*direct_at)(unsigned long site);

/**
 * nacc_place_init() - how to know that ftrace calls something else from a site
 * @direct: ftrace_find_rec_direct(), or NULL where there is none
 *
 * Context: module load.
 */
void __init nacc_place_init(unsigned long (*direct)(unsigned long site))
{
	direct_at = direct;
}

/**
 * nacc_find_site() - has a function a patchable entry?
 * @hook: has the address
 * @location: ftrace_location(), or NULL
 *
 * ftrace knows the entry by its first instruction, or (Linux 6.16) by the second,
 * which is then the only one that it changes.
 */
void nacc_find_site(struct nacc_hook *hook,
		    unsigned long (*location)(unsigned long addr))
{
	unsigned long site = location ? location(hook->addr) : 0;

	hook->site = 0;
	hook->skip = 0;
	if (site - hook->addr >= ENTRY_SIZE)
		return;
	hook->site = site;
	hook->skip = ENTRY_SIZE;
}

/**
 * nacc_way_may() - may a hook be placed in this way?
 * @hook: the hook
 * @backend: the way
 *
 * Context: under nacc_hook_lock.
 * Return: whether nacc.hook= allows it.
 */
bool nacc_way_may(const struct nacc_hook *hook, enum nacc_backend backend)
{
	if (!hook->addr || (hook->only && hook->only != backend) ||
	    (hook->route && nacc_hook_mode == NACC_HOOK_OFF))
		return false;
	if (hook->forced)
		return true;
	if (backend == NACC_BACKEND_FTRACE)
		return nacc_hook_mode != NACC_HOOK_KPROBE;
	return nacc_hook_mode != NACC_HOOK_FTRACE || hook->needed || hook->only;
}

/* The filter is memory; so is what an attempt that failed left. */
static void free_filter(struct ftrace_ops *ops)
{
	ftrace_set_filter(ops, NULL, 0, 1);
}

static void begin(struct nacc_hook *hook)
{
	struct nacc_hook_counts c = nacc_hook_sum(hook);

	hook->backend = hook->ops ? NACC_BACKEND_FTRACE : NACC_BACKEND_KPROBE;
	hook->life = NACC_LIFE_PLACED;
	hook->routed_before = c.routed;
	hook->lost_before = c.chosen - c.routed;
}

static void took(struct nacc_hook *hook, struct ftrace_ops *ops)
{
	hook->ops = ops;
	hook->error = 0;
	begin(hook);
}

static bool wants(struct nacc_hook *hook, enum nacc_demand demand)
{
	if (hook->demand != demand || hook->ops ||
	    !nacc_way_may(hook, NACC_BACKEND_FTRACE))
		return false;
	if (!hook->site) {
		hook->error = -EOPNOTSUPP;
		return false;
	}
	/*
	 * A BPF trampoline. With a program at the function's end it would refuse us,
	 * and be left in a state in which it takes no other program.
	 */
	if (direct_at && direct_at(hook->site)) {
		hook->error = -EBUSY;
		return false;
	}
	return !hook->bypassed;
}

/* All of them by one record, or none. */
static bool place_together(struct nacc_hook * const *hooks, unsigned int nr,
			   enum nacc_demand demand)
{
	struct ftrace_ops *ops = &shared[demand];
	unsigned int i, n = 0;
	int ret = 0;

	if (nr_shared[demand])
		return false;
	for (i = 0; i < nr && !ret; i++) {
		if (!wants(hooks[i], demand))
			continue;
		nacc_entry_add(hooks[i]);
		ret = ftrace_set_filter_ip(ops, hooks[i]->site, 0, !n);
		n++;
	}
	if (!n)
		return true;
	if (!ret)
		ret = register_ftrace_function(ops);
	if (ret) {
		free_filter(ops);
		return false;
	}
	nr_shared[demand] = n;
	for (i = 0; i < nr; i++)
		if (wants(hooks[i], demand))
			took(hooks[i], ops);
	return true;
}

static void place_alone(struct nacc_hook *hook)
{
	hook->own.func = nacc_on_ftrace;
	hook->own.flags |= OPS_FLAGS;
	nacc_entry_add(hook);
	hook->error = ftrace_set_filter_ip(&hook->own, hook->site, 0, 1) ?:
		      register_ftrace_function(&hook->own);
	if (hook->error)
		free_filter(&hook->own);
	else
		took(hook, &hook->own);
}

/**
 * nacc_place_ftrace() - let ftrace call the handler where it can be had
 * @hooks: the hooks that may be placed so, by nacc_way_may()
 * @nr: how many
 * @demand: those that are placed then
 *
 * Context: may sleep; under nacc_hook_lock. What is placed already stays as it is.
 */
void nacc_place_ftrace(struct nacc_hook * const *hooks, unsigned int nr,
		       enum nacc_demand demand)
{
	unsigned int i;

	if (place_together(hooks, nr, demand))
		return;
	/* One of them cannot be had: which? */
	for (i = 0; i < nr; i++)
		if (wants(hooks[i], demand))
			place_alone(hooks[i]);
}

/**
 * nacc_place_kprobe() - put a breakpoint behind the patchable entry
 * @hook: the hook
 *
 * Context: may sleep; under nacc_hook_lock.
 * Return: 0 or an error of register_kprobe().
 */
int nacc_place_kprobe(struct nacc_hook *hook)
{
	int ret;

	if (hook->by_kprobe)
		return 0;
	memset(&hook->kp, 0, sizeof(hook->kp));
	hook->kp.addr = (void *)(hook->addr + hook->skip);
	hook->kp.pre_handler = nacc_on_kprobe;
	ret = register_kprobe(&hook->kp);
	/* One of two ways is enough. */
	if (!hook->ops)
		hook->error = ret;
	if (ret)
		return ret;
	hook->by_kprobe = true;
	if (!hook->ops)
		begin(hook);
	return 0;
}

/* ftrace has stopped after a fault of its own, and may look at the record for ever. */
static void unregister(struct ftrace_ops *ops)
{
	static bool told;

	if (!unregister_ftrace_function(ops)) {
		free_filter(ops);
		return;
	}
	if (!told)
		pr_err("ftrace keeps what was hooked by it: the module cannot be unloaded any more\n");
	told = true;
	__module_get(THIS_MODULE);
}

/**
 * nacc_unplace_ftrace() - take one hook from ftrace
 * @hook: the hook
 *
 * Context: may sleep; under nacc_hook_lock.
 */
void nacc_unplace_ftrace(struct nacc_hook *hook)
{
	struct ftrace_ops *ops = hook->ops;

	if (!ops)
		return;
	/* An empty filter would be one for all functions. */
	if (ops == &hook->own)
		unregister(ops);
	else if (--nr_shared[ops - shared])
		ftrace_set_filter_ip(ops, hook->site, 1, 0);
	else
		unregister(ops);
	hook->ops = NULL;
}

static void unplace_kprobes(struct nacc_hook * const *hooks, unsigned int nr)
{
	struct kprobe *kps[NACC_HOOKS_MAX];
	unsigned int i, n = 0;

	for (i = 0; i < nr; i++) {
		if (hooks[i]->by_kprobe)
			kps[n++] = &hooks[i]->kp;
		hooks[i]->by_kprobe = false;
	}
	if (n)
		unregister_kprobes(kps, n);
}

/**
 * nacc_unplace_one() - restore one function, while others stay hooked
 * @hook: its hook
 *
 * Context: as nacc_unplace().
 */
void nacc_unplace_one(struct nacc_hook *hook)
{
	nacc_unplace_ftrace(hook);
	unplace_kprobes(&hook, 1);
	hook->backend = NACC_BACKEND_NONE;
	hook->life = NACC_LIFE_NONE;
}

/**
 * nacc_unplace() - restore functions
 * @hooks: their hooks, NACC_HOOKS_MAX at most
 * @nr: how many
 *
 * Context: may sleep; under nacc_hook_lock. Handlers do not run any more then,
 * replacements may.
 */
void nacc_unplace(struct nacc_hook * const *hooks, unsigned int nr)
{
	unsigned int i;

	unplace_kprobes(hooks, nr);
	for (i = 0; i < nr; i++) {
		struct ftrace_ops *ops = hooks[i]->ops;

		if (ops == &hooks[i]->own)
			unregister(ops);
		hooks[i]->ops = NULL;
		hooks[i]->backend = NACC_BACKEND_NONE;
		hooks[i]->life = NACC_LIFE_NONE;
	}
	for (i = 0; i < ARRAY_SIZE(shared); i++) {
		if (nr_shared[i])
			unregister(&shared[i]);
		nr_shared[i] = 0;
	}
}

static bool calls_ftrace(const struct nacc_hook *hook)
{
	u32 insn;

	return !copy_from_kernel_nofault(&insn, (void *)(hook->addr + 4),
					 sizeof(insn)) &&
	       (insn & CALL_MASK) == CALL;
}

static bool has_breakpoint(const struct nacc_hook *hook)
{
	u16 insn[2];

	if (copy_from_kernel_nofault(insn, hook->kp.addr, sizeof(insn)))
		return false;
	return insn[0] == C_EBREAK || (insn[0] | (u32)insn[1] << 16) == EBREAK;
}

/**
 * nacc_is_placed() - is a hook there, as the kernel's text goes?
 * @hook: the hook
 * @backend: in this way
 *
 * Context: may sleep; under nacc_hook_lock.
 */
bool nacc_is_placed(const struct nacc_hook *hook, enum nacc_backend backend)
{
	switch (backend) {
	case NACC_BACKEND_FTRACE:
		return hook->ops && calls_ftrace(hook);
	case NACC_BACKEND_KPROBE:
		return hook->by_kprobe && has_breakpoint(hook);
	default:
		return false;
	}
}
