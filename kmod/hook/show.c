// SPDX-License-Identifier: GPL-2.0
/* /proc/nacc/hooks: what is hooked, and how often it was called. */
#include <linux/percpu.h>

#include "hook/internal.h"

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
	if (hook->route && READ_ONCE(nacc_hook_mode) == NACC_HOOK_OFF)
		return "off";
	return "idle";
}

static const char * const lives[] = {
	[NACC_LIFE_NONE] = "-",
	[NACC_LIFE_DEAD] = "dead",
	[NACC_LIFE_PLACED] = "placed",
	[NACC_LIFE_ALIVE] = "alive",
};

static void show_hook(struct seq_file *m, const struct nacc_hook *hook)
{
	struct nacc_hook_counts c = nacc_hook_sum(hook);
	long lost = c.chosen - c.routed;

	seq_printf(m, "%s %s %s %lu %lu %lu %lu ", hook->name,
		   hook->symbol ?: hook->symbols[0], backend_name(hook), c.hits,
		   c.routed, hook->kp.nmissed, c.fallback);
	seq_escape(m, hook->life > NACC_LIFE_DEAD ? hook->purpose : hook->lost,
		   " ");
	seq_printf(m, " %s %ld\n", lives[hook->life], max(lost, 0L));
}

/**
 * nacc_hook_seq() - print /proc/nacc/hooks
 * @m: where to
 */
int nacc_hook_seq(struct seq_file *m)
{
	unsigned int i;

	seq_puts(m, "name symbol backend hits routed missed fallback effect state lost\n");
	mutex_lock(&nacc_hook_lock);
	nacc_hook_look();
	for (i = 0; i < nacc_nr_hooks; i++)
		show_hook(m, nacc_hooks[i]);
	mutex_unlock(&nacc_hook_lock);
	return 0;
}

/**
 * nacc_hook_backends() - nacc_hook_ways(), for /proc/nacc/status
 *
 * Context: may sleep.
 */
const char *nacc_hook_backends(void)
{
	const char *ways;

	mutex_lock(&nacc_hook_lock);
	nacc_hook_look();
	ways = nacc_hook_ways();
	mutex_unlock(&nacc_hook_lock);
	return ways;
}
