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

#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/seq_file.h>

#include "tables/tables.h"

#define NACC_HOOK_ARGS		6
#define NACC_HOOK_SYMBOLS	3
#define NACC_HOOK_INSTEAD	2

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
 * enum nacc_life - what is known of a hook now
 *
 * @NACC_LIFE_NONE: it is not placed
 * @NACC_LIFE_DEAD: it is placed, and calls of the function are not replaced
 * @NACC_LIFE_PLACED: call or breakpoint are there, and a function of the module's
 *	own that is hooked in the same way was replaced just now; of this one no
 *	call had to be yet
 * @NACC_LIFE_ALIVE: that, and its replacement was seen to run since it was placed.
 *	A hook with &nacc_hook.call was called just now
 */
enum nacc_life {
	NACC_LIFE_NONE,
	NACC_LIFE_DEAD,
	NACC_LIFE_PLACED,
	NACC_LIFE_ALIVE,
};

/**
 * enum nacc_demand - when a function is replaced
 *
 * @NACC_DEMAND_MARK: while something is marked
 * @NACC_DEMAND_RULES: and somebody has forbidden something
 * @NACC_DEMAND_STRANDED: and there is a task without a root that a hart may have
 * @NACC_DEMAND_GATE: and somebody has opened a gate
 * @NACC_DEMANDS: how many there are
 *
 * All but the first: by nacc_hook_arm_on_demand() only.
 */
enum nacc_demand {
	NACC_DEMAND_MARK,
	NACC_DEMAND_RULES,
	NACC_DEMAND_STRANDED,
	NACC_DEMAND_GATE,
	NACC_DEMANDS,
};

/**
 * struct nacc_hook_counts - what became of the calls, per CPU
 * @hits: calls seen
 * @chosen: calls to be replaced
 * @routed: calls replaced: those that came to the replacement
 * @fallback: replaced calls that were left to the kernel's code after all, in
 *	whole or in part
 */
struct nacc_hook_counts {
	unsigned long hits;
	unsigned long chosen;
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
 * @call: calls the function so that nothing happens if it is not replaced, with
 *	@mark as an argument. May sleep. Returns false if there is no such call of
 *	@symbol. NULL where none is known
 * @mark: that argument, which no other caller has; or NULL
 * @mark_arg: its number
 * @needed: nothing may be marked without it; is placed in both ways
 * @route: an accelerator: switched off by nacc.hook=off
 * @demand: when it is replaced
 * @only: placed in this way or not at all; NACC_BACKEND_NONE: in any
 * @from_here: called from this module, too, not only by replacements
 * @instead: hooks that, all of them, do the same where this function cannot be
 *	replaced: nothing is lost then
 * @symbol: the one of @symbols that was found
 * @addr: its address
 * @site: where ftrace is called from, as ftrace knows it; 0 if it is not
 * @skip: bytes of its patchable entry
 * @backend: how it is replaced now; all from here on under nacc_hook_lock
 * @life: what was known of it when that was last looked at
 * @error: why it is not placed
 * @suffixed: a suffixed name was seen where @symbol was not found
 * @ops: it is placed by ftrace, in this record
 * @own: a record of its own, if it cannot be in one with others
 * @by_kprobe: it is placed by a kprobe
 * @forced: may be placed in any way, whatever nacc.hook= says
 * @bypassed: calls were chosen and came to the original all the same: not to be
 *	placed by ftrace
 * @routed_before: replaced calls before it was placed
 * @lost_before: chosen calls that are known to have come to nothing
 * @told: it was said that it cannot be placed
 * @mend_at: not to be placed in another way before (jiffies)
 * @kp: for NACC_BACKEND_KPROBE
 * @counts: see there
 *
 * A replacement begins with nacc_hook_enter() and ends with nacc_hook_leave(). It
 * may call the function that it replaces by nacc_hook_original().
 */
struct nacc_hook {
	const char *name;
	const char *purpose;
	const char *symbols[NACC_HOOK_SYMBOLS];
	unsigned long (*pick)(const unsigned long *args);
	const char *lost;
	bool (*call)(const struct nacc_hook *hook);
	const void *mark;
	unsigned int mark_arg;
	bool needed;
	bool route;
	enum nacc_demand demand;
	enum nacc_backend only;
	bool from_here;
	const struct nacc_hook *instead[NACC_HOOK_INSTEAD];

	const char *symbol;
	unsigned long addr;
	unsigned long site;
	unsigned int skip;
	enum nacc_backend backend;
	enum nacc_life life;
	int error;
	bool suffixed;
	struct ftrace_ops *ops;
	struct ftrace_ops own;
	bool by_kprobe;
	bool forced;
	bool bypassed;
	unsigned long routed_before;
	unsigned long lost_before;
	bool told;
	unsigned long mend_at;
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

void nacc_hook_enter(const struct nacc_hook *hook);
void nacc_hook_leave(void);
int nacc_hook_init(struct nacc_hook * const *table, unsigned int nr,
		   void (*settle)(void));
void nacc_hook_exit_all(void);
int nacc_hook_arm(void);
void nacc_hook_arm_on_demand(enum nacc_demand demand);
void nacc_hook_disarm_on_demand(enum nacc_demand demand);
void nacc_hook_disarm(void);
bool nacc_hook_keep(void);
int nacc_hook_seq(struct seq_file *m);
bool nacc_hook_acts(const struct nacc_hook *hook);
const char *nacc_hook_state(bool marked);
const char *nacc_hook_backends(void);

#endif /* NACC_HOOK_H */
