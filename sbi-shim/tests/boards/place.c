// SPDX-License-Identifier: BSD-2-Clause
/*
 * Where does the pool lie? ../../opensbi/place.c and fdt.c, as they are in the firmware, with
 * OpenSBI's libfdt, on machines with these banks of RAM.
 *
 *	place BASE END...
 *
 * Prints its first byte and the one behind it, and what the firmware says.
 */
#include <stdio.h>
#include <stdlib.h>

#include <libfdt.h>
#include <sbi/sbi_domain.h>
#include <sbi/sbi_scratch.h>

#include "../../opensbi/place.h"
#include "print.h"

static char tree[64 << 10];
static union {
	struct sbi_scratch scratch;
	char room[SBI_SCRATCH_SIZE];
} hart = { .scratch.next_addr = 0x80200000 };
static struct sbi_domain_memregion regions[] = {
	{ .base = 0x80000000, .order = 21 }, { .base = 0, .order = __riscv_xlen }, { 0 },
};

/** root - OpenSBI's root domain: firmware, and all the rest */
struct sbi_domain root = { .regions = regions };

unsigned long tests_csr(int csr)
{
	return csr == CSR_MSCRATCH ? (unsigned long)&hart : 0;
}

static int add_bank(unsigned long base, unsigned long end)
{
	char name[32];
	int node;

	snprintf(name, sizeof(name), "memory@%lx", base);
	node = fdt_add_subnode(tree, 0, name);
	return node < 0 || fdt_setprop_string(tree, node, "device_type", "memory") ||
	       fdt_appendprop_addrrange(tree, 0, node, "reg", base, end - base);
}

int main(int argc, char **argv)
{
	unsigned long base, end;
	u64 pos, size;
	int bad;

	bad = fdt_create_empty_tree(tree, sizeof(tree)) ||
	      fdt_setprop_u32(tree, 0, "#address-cells", 2) ||
	      fdt_setprop_u32(tree, 0, "#size-cells", 2);
	for (; argc > 2; argc -= 2, argv += 2) {
		base = strtoul(argv[1], NULL, 0);
		end = strtoul(argv[2], NULL, 0);
		bad |= add_bank(base, end);
	}
	if (bad)
		return 2;
	pos = nacc_place(tree, &size);
	printf("%#lx %#lx\n", (unsigned long)pos, (unsigned long)(pos ? pos + size : 0));
	return 0;
}
