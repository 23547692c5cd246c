// SPDX-License-Identifier: GPL-2.0
/* Tracepoints of the kernel that the module listens to, by name. */
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "base/base.h"

/**
 * struct search - tracepoints that are looked for
 * @probes: the probes
 * @nr: number of @probes
 */
struct search {
	struct nacc_probe *probes;
	unsigned int nr;
};

static void find_tracepoint(struct tracepoint *tp, void *priv)
{
	const struct search *search = priv;
	unsigned int i;

	for (i = 0; i < search->nr; i++)
		if (!strcmp(tp->name, search->probes[i].name))
			search->probes[i].tp = tp;
}

/**
 * nacc_probes_unregister() - stop listening
 * @probes: the probes; none of them runs afterwards
 * @nr: number of @probes
 *
 * Context: may sleep.
 */
void nacc_probes_unregister(struct nacc_probe *probes, unsigned int nr)
{
	while (nr--)
		tracepoint_probe_unregister(probes[nr].tp, probes[nr].fn, NULL);
	tracepoint_synchronize_unregister();
}

/**
 * nacc_probes_register() - listen to tracepoints, to all of them or none
 * @probes: the probes
 * @nr: number of @probes
 * @lost: what could not be done without, for the kernel log
 *
 * Context: may sleep.
 * Return: 0, or an error after one sentence.
 */
int nacc_probes_register(struct nacc_probe *probes, unsigned int nr, const char *lost)
{
	struct search search = { .probes = probes, .nr = nr };
	unsigned int i;
	int ret;

	for_each_kernel_tracepoint(find_tracepoint, &search);
	for (i = 0; i < nr; i++) {
		ret = -ENOENT;
		if (probes[i].tp)
			ret = tracepoint_probe_register(probes[i].tp,
							probes[i].fn, NULL);
		if (ret) {
			pr_err("this kernel has no usable tracepoint %s: %s\n",
			       probes[i].name, lost);
			nacc_probes_unregister(probes, i);
			return ret;
		}
	}
	return 0;
}
