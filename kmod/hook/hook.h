/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The door of the hook engine, which knows no route: functions of the kernel that
 * are replaced while something is marked.
 *
 * A hook is an accelerator, never the guard: without it the same work is done by
 * the kernel's own code, store by store, and each store is checked.
 */
#ifndef NACC_HOOK_H
#define NACC_HOOK_H

#include <linux/kprobes.h>
#include <linux/seq_file.h>

#include "tables/tables.h"

#define NACC_HOOK_ARGS		6
#define NACC_HOOK_SYMBOLS	3

/**
 * enum nacc_backend - how a function is replaced
 *
 * @NACC_BACKEND_NONE: it is not
 * @NACC_BACKEND_FTRACE: at its patchable entry: a call, no trap
 * @NACC_BACKEND_KPROBE: at a breakpoint behind the patchable entry, or at the
 *	first instruction where there is none
 */
enum nacc_backend {
	NACC_BACKEND_NONE,
	NACC_BACKEND_FTRACE,
	NACC_BACKEND_KPROBE,
};

/**
 * struct nacc_hook_counts - what became of the calls, per CPU
 * @hits: calls seen
 * @routed: calls replaced
 * @fallback: replaced calls that were left to the kernel's code after all, in
 *	whole or in part
 */
struct nacc_hook_counts {
	unsigned long hits;
	unsigned long routed;
	unsigned long fallback;
};

/**
 * struct nacc_hook - one function that may be replaced
 * @name: name of the route it belongs to
 * @purpose: what the replacement is for
 * @symbols: names that the function has had, in the order in which they are
 *	tried; all with the same arguments. Names that the compiler has given a
 *	suffix are not taken: their arguments may be others
 * @pick: called at the function's entry with its arguments; returns the address
 *	of a function of the same type to run instead, or 0. Runs in the context
 *	of the caller and may be in a breakpoint: takes no lock, does not sleep,
 *	allocate or print, calls nothing that can be probed
 * @lost: what is lost without it
 * @needed: nothing may be marked without it
 * @route: an accelerator: switched off by nacc.hook=off
 * @on_demand: replaced by nacc_hook_arm_on_demand() only
 * @from_here: called from this module, too, not only by replacements
 * @symbol: the one of @symbols that was found
 * @addr: its address
 * @skip: bytes of its patchable entry
 * @backend: how it is replaced now; under the caller's lock of arm and disarm
 * @error: why not
 * @suffixed: a suffixed name was seen where @symbol was not found
 * @kp: for NACC_BACKEND_KPROBE
 * @counts: see there
 *
 * A replacement ends with nacc_hook_leave(). It may call the function that it
 * replaces by nacc_hook_original().
 */
struct nacc_hook {
	const char *name;
	const char *purpose;
	const char *symbols[NACC_HOOK_SYMBOLS];
	unsigned long (*pick)(const unsigned long *args);
	const char *lost;
	bool needed;
	bool route;
	bool on_demand;
	bool from_here;

	const char *symbol;
	unsigned long addr;
	unsigned int skip;
	enum nacc_backend backend;
	int error;
	bool suffixed;
	struct kprobe kp;
	struct nacc_hook_counts __percpu *counts;
};

/**
 * nacc_hook_original() - the function that a hook replaces, to be called
 * @hook: the hook, armed
 * @type: pointer to a function of its type
 *
 * Behind the patchable entry, so that the call is not replaced again.
 */
#define nacc_hook_original(hook, type)	((type)nacc_hook_behind(hook))

static inline unsigned long nacc_hook_behind(const struct nacc_hook *hook)
{
	return hook->addr + hook->skip;
}

/**
 * nacc_hook_fallback() - count a call that the kernel's own code does
 * @hook: the hook
 *
 * Context: any.
 */
static inline void nacc_hook_fallback(const struct nacc_hook *hook)
{
	this_cpu_inc(hook->counts->fallback);
}

void nacc_hook_leave(void);
int nacc_hook_init(struct nacc_hook * const *table, unsigned int nr,
		   void (*settle)(void));
void nacc_hook_exit_all(void);
int nacc_hook_arm(void);
void nacc_hook_arm_on_demand(void);
void nacc_hook_disarm(void);
int nacc_hook_seq(struct seq_file *m);
const char *nacc_hook_state(void);
const char *nacc_hook_backends(void);

#endif /* NACC_HOOK_H */
