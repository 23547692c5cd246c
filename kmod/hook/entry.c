// SPDX-License-Identifier: GPL-2.0
/*
 * At the entry of a hooked function, and who is inside a replacement.
 *
 * A call is *chosen* by the handler, and *replaced* once the replacement runs. The
 * one does not prove the other: a BPF trampoline on the same function, say, may
 * call the function's body all the same. So a replacement counts itself.
 *
 * Between the two a task does not sleep: there is the end of ftrace's or of the
 * kprobe's own path, perhaps a BPF program that may not sleep either (those that
 * may go only on functions of the error injection list, and none of that is hooked
 * here), and the first instructions of the replacement. A task that is preempted
 * there is waited for by synchronize_rcu_tasks(), and without preemption by
 * synchronize_rcu(), which is then the same. So after one of these who was chosen
 * before has been counted as inside, or never will be.
 */
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/percpu.h>

#include "hook/internal.h"

/* By site; written before the site is patched, read without a lock. */
#define SLOTS		64
static struct nacc_hook *by_site[SLOTS];
static DEFINE_PER_CPU(long, nr_inside);

static __always_inline unsigned int slot_of(unsigned long site)
{
	return (site >> 1 ^ site >> 7) % SLOTS;
}

static __always_inline struct nacc_hook *hook_at(unsigned long site)
{
	unsigned int i = slot_of(site);

	while (by_site[i] && by_site[i]->site != site)
		i = (i + 1) % SLOTS;
	return by_site[i];
}

/**
 * nacc_entry_add() - let the handler of ftrace find a hook
 * @hook: the hook; may be known already
 *
 * Context: under nacc_hook_lock, before it is placed.
 */
void nacc_entry_add(struct nacc_hook *hook)
{
	unsigned int i = slot_of(hook->site);

	while (by_site[i] && by_site[i] != hook)
		i = (i + 1) % SLOTS;
	WRITE_ONCE(by_site[i], hook);
}

/**
 * nacc_entry_clear() - forget all hooks
 *
 * Context: under nacc_hook_lock; none is placed by ftrace any more.
 */
void nacc_entry_clear(void)
{
	memset(by_site, 0, sizeof(by_site));
}

/* --- a call that proves something ------------------------------------------------ */

/* Under nacc_hook_lock: has it come to proof(), and who was the last to send it there? */
static bool proven;
static enum nacc_backend sent_by;

/* Stands in for any function that is called to see whether it is replaced. */
static noinline long proof(void)
{
	WRITE_ONCE(proven, true);
	return 0;
}

static __always_inline bool is_proof(const struct nacc_hook *hook,
				     const unsigned long *args,
				     enum nacc_backend backend)
{
	if (!hook->mark || args[hook->mark_arg] != (unsigned long)hook->mark)
		return false;
	WRITE_ONCE(sent_by, backend);
	return true;
}

/**
 * nacc_hook_prove() - call a hooked function and see whether it is replaced
 * @hook: the hook
 * @backend: out: if it is, in which way
 *
 * Context: may sleep; under nacc_hook_lock.
 * Return: ALIVE or DEAD; NONE if it cannot be called.
 */
enum nacc_life nacc_hook_prove(const struct nacc_hook *hook,
			       enum nacc_backend *backend)
{
	proven = false;
	if (!hook->call || !hook->call(hook))
		return NACC_LIFE_NONE;
	if (!READ_ONCE(proven))
		return NACC_LIFE_DEAD;
	*backend = READ_ONCE(sent_by);
	return NACC_LIFE_ALIVE;
}

/* --- at the entry ----------------------------------------------------------------- */

static __always_inline unsigned long target_of(struct nacc_hook *hook,
					       const unsigned long *args)
{
	unsigned long target;

	this_cpu_inc(hook->counts->hits);
	target = hook->pick(args);
	if (target)
		this_cpu_inc(hook->counts->chosen);
	return target;
}

/**
 * nacc_hook_enter() - the first thing that the replacement of a function does
 * @hook: the function's hook
 *
 * Context: any.
 */
void nacc_hook_enter(const struct nacc_hook *hook)
{
	this_cpu_inc(nr_inside);
	this_cpu_inc(hook->counts->routed);
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

/**
 * nacc_entry_inside() - is a replacement running?
 *
 * True also where one has begun or ended meanwhile; false is certain if no hook is
 * placed and synchronize_rcu_tasks() was called since: nobody can enter any more,
 * and a task that enters on one CPU and leaves on another may be seen as inside
 * when it is not, never the reverse, as its leaving is looked at only after all
 * entries have happened.
 *
 * Context: any.
 */
bool nacc_entry_inside(void)
{
	long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(nr_inside, cpu));
	return sum != 0;
}

/**
 * nacc_on_ftrace() - a hooked function is called: by ftrace
 * @site: where ftrace is called from
 * @parent: unused
 * @op: unused
 * @fregs: registers at the function's entry
 */
void notrace nacc_on_ftrace(unsigned long site, unsigned long parent,
			    struct ftrace_ops *op, struct ftrace_regs *fregs)
{
	struct nacc_hook *hook = hook_at(site);
	unsigned long args[NACC_HOOK_ARGS], target;
	unsigned int i;

	if (!hook)
		return;
	for (i = 0; i < NACC_HOOK_ARGS; i++)
		args[i] = ftrace_regs_get_argument(fregs, i);
	if (is_proof(hook, args, NACC_BACKEND_FTRACE))
		target = (unsigned long)proof;
	else
		target = target_of(hook, args);
	if (target)
		ftrace_regs_set_instruction_pointer(fregs, target);
}

NOKPROBE_SYMBOL(nacc_on_ftrace);

/* From a replacement: that is the call of the original. */
static __always_inline bool is_original(const struct nacc_hook *hook,
					const struct pt_regs *regs)
{
	return !hook->from_here && within_module_core(regs->ra, THIS_MODULE);
}

/**
 * nacc_on_kprobe() - a hooked function is called: by a breakpoint
 * @kp: in the hook
 * @regs: registers behind the function's patchable entry
 */
int notrace nacc_on_kprobe(struct kprobe *kp, struct pt_regs *regs)
{
	struct nacc_hook *hook = container_of(kp, struct nacc_hook, kp);
	unsigned long args[NACC_HOOK_ARGS], target;
	unsigned int i;

	for (i = 0; i < NACC_HOOK_ARGS; i++)
		args[i] = regs_get_kernel_argument(regs, i);
	if (is_proof(hook, args, NACC_BACKEND_KPROBE))
		target = (unsigned long)proof;
	else
		target = is_original(hook, regs) ? 0 : target_of(hook, args);
	if (!target)
		return 0;
	instruction_pointer_set(regs, target);
	return 1;
}

NOKPROBE_SYMBOL(nacc_on_kprobe);

/**
 * nacc_hook_sum() - what became of the calls, on all CPUs
 * @hook: the hook
 *
 * Context: any.
 */
struct nacc_hook_counts nacc_hook_sum(const struct nacc_hook *hook)
{
	struct nacc_hook_counts sum = { };
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct nacc_hook_counts *c = per_cpu_ptr(hook->counts, cpu);

		sum.hits += READ_ONCE(c->hits);
		sum.chosen += READ_ONCE(c->chosen);
		sum.routed += READ_ONCE(c->routed);
		sum.fallback += READ_ONCE(c->fallback);
	}
	return sum;
}
