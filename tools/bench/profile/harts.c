// SPDX-License-Identifier: GPL-2.0
/*
 * A QEMU plugin that counts the instructions of each hart between the signposts of
 * tools/bench/guest/measure.c.
 *
 * Argument out=FILE. For each measurement a line "window VARIANT", then "HART COUNT"
 * for each hart. Any number of harts, each on a thread of its own.
 */
#include "signposts.h"

int qemu_plugin_version = 1;

#define NR_HARTS		64u

/* Each is written by its own thread only, in cache lines of its own. */
static struct { uint64_t count, begin, pad[14]; } hart[NR_HARTS];
static FILE *out;

static void executed(unsigned int cpu, void *data)
{
	if (cpu < NR_HARTS)
		hart[cpu].count += (uintptr_t)data;
}

/* The others run on meanwhile: what they do at the border is little. */
static void signpost(unsigned int cpu, void *data)
{
	static uintptr_t variant;

	(void)cpu;
	if (variant) {
		fprintf(out, "window %lu\n", (unsigned long)variant);
		for (uint32_t i = 0; i < NR_HARTS; i++)
			if (hart[i].count)
				fprintf(out, "%u %lu\n", i,
					(unsigned long)(hart[i].count - hart[i].begin));
		fflush(out);
	}
	for (uint32_t i = 0; i < NR_HARTS; i++)
		hart[i].begin = hart[i].count;
	variant = (uintptr_t)data;
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t nr = qemu_plugin_tb_n_insns(tb);

	(void)id;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, executed, QEMU_PLUGIN_CB_NO_REGS,
					     (void *)(uintptr_t)nr);
	at_signposts(tb, signpost);
}

int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv)
{
	(void)info;
	out = open_out(argc, argv);
	if (!out)
		return 1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	return 0;
}
