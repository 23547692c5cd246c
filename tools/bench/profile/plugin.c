// SPDX-License-Identifier: GPL-2.0
/*
 * A QEMU plugin that counts instructions by block of code, between the signposts of
 * tools/bench/guest/measure.c: HINT instructions that do nothing on a hart.
 *
 * Argument out=FILE. For each measurement a line "window VARIANT", then "ADDRESS
 * COUNT" for each block. One hart only.
 */
#include <stdlib.h>

#include "signposts.h"

int qemu_plugin_version = 1;

struct block {
	uint64_t address;
	uint64_t count;
};

/* Blocks never move: QEMU's code has their addresses. By address, open hashing. */
#define NR_BLOCKS	(1u << 21)
static struct block *blocks;
static FILE *out;

static struct block *block_at(uint64_t address)
{
	uint32_t i = (address >> 1) * 0x9e3779b97f4a7c15u >> 43;

	while (blocks[i].address && blocks[i].address != address)
		i = (i + 1) % NR_BLOCKS;
	blocks[i].address = address;
	return &blocks[i];
}

static void signpost(unsigned int cpu, void *data)
{
	static uintptr_t variant;

	(void)cpu;
	if (variant) {
		fprintf(out, "window %lu\n", (unsigned long)variant);
		for (uint32_t i = 0; i < NR_BLOCKS; i++)
			if (blocks[i].count)
				fprintf(out, "%lx %lu\n", (unsigned long)blocks[i].address,
					(unsigned long)blocks[i].count);
		fflush(out);
	}
	for (uint32_t i = 0; i < NR_BLOCKS; i++)
		blocks[i].count = 0;
	variant = (uintptr_t)data;
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	(void)id;
	qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64,
						 &block_at(qemu_plugin_tb_vaddr(tb))->count,
						 qemu_plugin_tb_n_insns(tb));
	at_signposts(tb, signpost);
}

int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv)
{
	(void)info;
	out = open_out(argc, argv);
	blocks = calloc(NR_BLOCKS, sizeof(*blocks));
	if (!out || !blocks)
		return 1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	return 0;
}
