/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the floor share with each other and with nobody else. */
#ifndef NACC_HOOK_INTERNAL_H
#define NACC_HOOK_INTERNAL_H

#include <linux/moduleparam.h>
#include <linux/mutex.h>

#include "hook/hook.h"

#define NACC_HOOKS_MAX	32

/* enum nacc_hook_mode - module parameter "hook" */
enum nacc_hook_mode {
	NACC_HOOK_AUTO,
	NACC_HOOK_FTRACE,
	NACC_HOOK_KPROBE,
	NACC_HOOK_OFF,
	NACC_HOOK_MODES,
};

/*
 * What is placed, and how. Its holder waits for ftrace, kprobes and RCU, which
 * come to an end whatever user space does as long as every task gets to run, and
 * never for a replacement, which may sleep for as long as user space likes.
 */
extern struct mutex nacc_hook_lock;

extern enum nacc_hook_mode nacc_hook_mode;	/* written under nacc_hook_lock */
extern const struct kernel_param_ops nacc_hook_mode_ops;
extern const char * const nacc_hook_mode_names[NACC_HOOK_MODES];

/* Constant after load */
extern struct nacc_hook *nacc_hooks[NACC_HOOKS_MAX];
extern unsigned int nacc_nr_hooks;

/* hook.c */
void nacc_hook_table(struct nacc_hook * const *table, unsigned int nr,
		     void (*when_unused)(void));
void nacc_hook_look(void);
bool nacc_hook_covered(const struct nacc_hook *hook);

/* entry.c */
void nacc_entry_add(struct nacc_hook *hook);
void nacc_entry_clear(void);
bool nacc_entry_inside(void);
struct nacc_hook_counts nacc_hook_sum(const struct nacc_hook *hook);
enum nacc_life nacc_hook_prove(const struct nacc_hook *hook,
			       enum nacc_backend *backend);
void nacc_on_ftrace(unsigned long site, unsigned long parent,
		    struct ftrace_ops *op, struct ftrace_regs *fregs);
int nacc_on_kprobe(struct kprobe *kp, struct pt_regs *regs);

/* place.c */
void nacc_find_site(struct nacc_hook *hook,
		    unsigned long (*location)(unsigned long addr));
bool nacc_way_may(const struct nacc_hook *hook, enum nacc_backend backend);
void nacc_place_init(unsigned long (*direct)(unsigned long site));
void nacc_place_ftrace(struct nacc_hook * const *hooks, unsigned int nr,
		       enum nacc_demand demand);
int nacc_place_kprobe(struct nacc_hook *hook);
void nacc_unplace_ftrace(struct nacc_hook *hook);
void nacc_unplace_one(struct nacc_hook *hook);
void nacc_unplace(struct nacc_hook * const *hooks, unsigned int nr);
bool nacc_is_placed(const struct nacc_hook *hook, enum nacc_backend backend);

/* alive.c */
#define NACC_CANARIES	2
extern struct nacc_hook * const nacc_canaries[NACC_CANARIES];

void nacc_alive_init(unsigned long (*location)(unsigned long addr));
void nacc_alive_check(bool at_once);
bool nacc_way_works(enum nacc_backend backend);
const char *nacc_hook_ways(void);

#endif /* NACC_HOOK_INTERNAL_H */
