/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The signposts of tools/bench/guest/measure.c, HINT instructions that do nothing on a
 * hart, and where to write what was counted between them.
 */
#ifndef SIGNPOSTS_H
#define SIGNPOSTS_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "qemu-plugin.h"

/* slti x0, x0, NUMBER */
#define SIGNPOST(number)	(0x2013u | (number) << 20)
#define NR_SIGNPOSTS		4u	/* 0: stop; the others: start of a variant */

/* at_signposts(): call this with the number of each signpost in a block. */
static inline void at_signposts(struct qemu_plugin_tb *tb, vcpu_udata_cb callback)
{
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint32_t code;

		if (qemu_plugin_insn_size(insn) != sizeof(code))
			continue;
		memcpy(&code, qemu_plugin_insn_data(insn), sizeof(code));
		for (uintptr_t number = 0; number < NR_SIGNPOSTS; number++)
			if (code == SIGNPOST(number))
				qemu_plugin_register_vcpu_insn_exec_cb(insn, callback,
								       QEMU_PLUGIN_CB_NO_REGS,
								       (void *)number);
	}
}

/* open_out(): the file of the argument out=FILE, or NULL. */
static inline FILE *open_out(int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (!strncmp(argv[i], "out=", 4))
			return fopen(argv[i] + 4, "w");
	return NULL;
}

#endif
