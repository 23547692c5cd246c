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
#include <sbi/sbi_console.h>
#include <sbi/sbi_string.h>
#include <sbi/sbi_types.h>
#include "board.h"
#include "fdt.h"

#define FORCE	"nacc.platform="
#define YES	"force"

/* That there is no PMP is not the same as that nothing is known of it. */
#define NO_PMP	0xff

/* The pool takes two entries, as often as S-mode has an address for DRAM. */
#define POOL_ENTRIES	2

/* The records of the smallest pool: their border is one of PMP's. */
#define RECORDS_BITS	14

/**
 * struct board - what is known of one; zero: nobody has said
 * @compatible: of the root of its device tree
 * @entries: PMP entries that a hart has, or NO_PMP
 * @left: of these, those that OpenSBI does not use itself
 * @granule: of the PMP: bits of an address that it does not look at
 * @aliases: addresses of DRAM beside the first
 * @cmo: S-mode has cache operations that are not Zicbom's, which menvcfg holds
 * @run: where it was seen to work
 */
struct board {
	const char *compatible;
	u8 entries;
	u8 left;
	u8 granule;
	u8 aliases;
	bool cmo;
	enum { NOWHERE, IN_QEMU, HERE } run;
};

/* docs/boards.md has where each of it is from, and a test that the two agree. */
static const struct board boards[] = {
	{ "riscv-virtio", .entries = 16, .granule = 2, .run = HERE },
	{ "sifive,hifive-unleashed-a00", .entries = 16, .granule = 2, .run = IN_QEMU },
	{ "microchip,mpfs", .entries = 16, .granule = 2, .aliases = 1, .run = IN_QEMU },
	{ "starfive,jh7110", .entries = 8, .left = 2, .granule = 12, .aliases = 1 },
	{ "spacemit,k1", .run = NOWHERE },
	{ "sophgo,sg2042", .cmo = true },
	{ "sophgo,sg2044", .cmo = true },
	{ "thead,th1520", .entries = NO_PMP, .cmo = true },
	{ "eswin,eic7700", .entries = 8, .left = 1, .aliases = 1 },
};

/* The first reason of those that there are, the one least to be got over */
static const char *lacks(const struct board *board)
{
	if (board->entries == NO_PMP)
		return "has no PMP that OpenSBI finds";
	if (board->granule > RECORDS_BITS)
		return "has a PMP that is too coarse for the pool's records";
	if (board->left && board->aliases && board->left < POOL_ENTRIES * (1 + board->aliases))
		return "has DRAM at a second address and too few PMP entries for it";
	if (board->left && board->left < POOL_ENTRIES)
		return "has too few PMP entries";
	if (board->cmo)
		return "has cache operations that firmware cannot hold";
	if (board->run == IN_QEMU)
		return "was tried in QEMU only";
	return board->run == NOWHERE ? "was never tried" : NULL;
}

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
 * Return: NULL if it may, else what nacc_board_say() is to say.
 */
const char *nacc_board_lacks(const void *fdt)
{
	const char *why = "is not known";
	u32 i;

	for (i = 0; i < array_size(boards); i++) {
		if (fdt_node_check_compatible(fdt, 0, boards[i].compatible))
			continue;
		why = lacks(&boards[i]);
		break;
	}
	return why && is_forced(fdt) ? NULL : why;
}

/**
 * nacc_board_say() - say why the shim stays off, in one line
 * @fdt: the device tree
 * @why: as nacc_board_lacks() has it
 */
void nacc_board_say(const void *fdt, const char *why)
{
	const char *name = fdt_getprop(fdt, 0, "compatible", NULL);

	sbi_printf("NACC: off: this board (%s) %s: docs/boards.md, or nacc.platform=force\n",
		   name ? name : "without a name", why);
}
