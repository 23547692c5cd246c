// SPDX-License-Identifier: BSD-2-Clause
/*
 * Which boards are known. On others the shim stays off: what makes the pool read-only
 * on one may not on the next. A row says nothing is lacking when this is known of it
 * (docs/boards.md has how to find out, and what is known of these):
 *
 * - the PMP has two entries left, and its granule is no more than the records;
 * - DRAM has no second address, or entries for that as well;
 * - S-mode has no way to throw away cache lines but cbo.inval, which menvcfg holds;
 * - page-table walks are checked by the PMP, and not by a copy that it does not flush.
 */
#include <libfdt.h>
#include <sbi/sbi_string.h>
#include <sbi/sbi_types.h>
#include "board.h"
#include "fdt.h"

#define FORCE	"nacc.platform="
#define YES	"force"

/**
 * struct board - what is known of one
 * @compatible: of the root of its device tree
 * @lacks: why the shim stays off there, or NULL
 */
struct board {
	const char *compatible;
	const char *lacks;
};

static const struct board boards[] = {
	{ "riscv-virtio", NULL },
	{ "sifive,hifive-unleashed-a00", "was tried in QEMU only" },
	{ "microchip,mpfs", "was tried in QEMU only" },
	{ "starfive,jh7110", "was never tried" },
	{ "spacemit,k1", "was never tried" },
	{ "sophgo,sg2042", "has cache operations that firmware cannot hold" },
	{ "sophgo,sg2044", "has cache operations that firmware cannot hold" },
	{ "thead,th1520", "has cache operations that firmware cannot hold" },
	{ "eswin,eic7700", "has DRAM at a second address and too few PMP entries for it" },
};

/* Whoever knows better says so in /chosen: in bootargs, or in a property of ours. */
static bool is_forced(const void *fdt)
{
	const char *word = nacc_fdt_bootarg(fdt, FORCE);
	const char *prop = nacc_fdt_chosen(fdt, "nacc,platform", NULL);
	u64 len = sizeof(YES) - 1;

	return (prop && !sbi_strcmp(prop, YES)) ||
	       (word && !sbi_strncmp(word, YES, len) && (!word[len] || word[len] == ' '));
}

/**
 * nacc_board_lacks() - may the shim start on this board?
 * @fdt: the device tree
 *
 * Return: NULL if it may, else what to say behind "this board".
 */
const char *nacc_board_lacks(const void *fdt)
{
	const char *lacks = "is not known";
	u32 i;

	for (i = 0; i < array_size(boards); i++) {
		if (fdt_node_check_compatible(fdt, 0, boards[i].compatible))
			continue;
		lacks = boards[i].lacks;
		break;
	}
	return lacks && is_forced(fdt) ? NULL : lacks;
}
