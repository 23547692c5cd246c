// SPDX-License-Identifier: GPL-2.0
/* /proc/nacc/hooks: what is hooked, and how often it was called. */
#include <linux/percpu.h>

#include "hook/internal.h"

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
	if (hook->route && READ_ONCE(nacc_hook_mode) == NACC_HOOK_OFF)
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
	for (i = 0; i < nacc_nr_hooks; i++) {
		const struct nacc_hook *hook = nacc_hooks[i];
		struct nacc_hook_counts c = nacc_hook_sum(hook);

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
 * Something is marked.
 *
 * Return: "off", "armed", or "partly" if a function cannot be hooked.
 */
const char *nacc_hook_state(void)
{
	unsigned int i, armed = 0;

	if (READ_ONCE(nacc_hook_mode) == NACC_HOOK_OFF)
		return "off";
	for (i = 0; i < nacc_nr_hooks; i++)
		armed += nacc_hooks[i]->backend != NACC_BACKEND_NONE ||
			 (nacc_hooks[i]->on_demand && nacc_hooks[i]->addr);
	return armed == nacc_nr_hooks ? "armed" : "partly";
}
