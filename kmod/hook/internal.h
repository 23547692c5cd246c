/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the floor share with each other and with nobody else. */
#ifndef NACC_HOOK_INTERNAL_H
#define NACC_HOOK_INTERNAL_H

#include <linux/moduleparam.h>

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

extern enum nacc_hook_mode nacc_hook_mode;
extern const struct kernel_param_ops nacc_hook_mode_ops;
extern const char * const nacc_hook_mode_names[NACC_HOOK_MODES];

/* Constant after load */
extern struct nacc_hook *nacc_hooks[NACC_HOOKS_MAX];
extern unsigned int nacc_nr_hooks;

void nacc_hook_table(struct nacc_hook * const *table, unsigned int nr,
		     void (*when_unused)(void));
int nacc_hook_arm_backend(struct nacc_hook *hook, enum nacc_backend backend);
struct nacc_hook_counts nacc_hook_sum(const struct nacc_hook *hook);

#endif /* NACC_HOOK_INTERNAL_H */
