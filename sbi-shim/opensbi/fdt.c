// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the shim reads from and writes to the device tree.
 */
#include <libfdt.h>
#include <sbi/sbi_console.h>
#include <sbi/sbi_error.h>
#include <sbi/sbi_string.h>
#include <sbi_utils/fdt/fdt_helper.h>
#include "fdt.h"
#include "glue.h"

/* OpenSBI's own fix-ups make the blob grow in place, by about 2 KiB. */
#define FDT_HEADROOM	(64UL << 10)

/* Our node: name, three properties and their strings, generously. */
#define NODE_SPACE	512

/* An address that OpenSBI cannot translate: it says nothing, and writes none. */
#define NO_ADDRESS	(~0UL)

static bool get_reg(const void *fdt, int node, int i, u64 *addr, u64 *size)
{
	*addr = NO_ADDRESS;
	return !fdt_get_node_addr_size(fdt, node, i, addr, size);
}

/**
 * nacc_fdt_ram() - banks of RAM
 * @fdt: the device tree
 * @ram: out: the banks
 * @max: room in @ram; further banks are left out
 *
 * Return: number of banks.
 */
u32 nacc_fdt_ram(const void *fdt, struct nacc_span *ram, u32 max)
{
	u64 addr, size;
	u32 count = 0;
	int node, i;

	fdt_for_each_subnode(node, fdt, 0) {
		const char *type = fdt_getprop(fdt, node, "device_type", NULL);

		if (!type || sbi_strcmp(type, "memory") ||
		    !fdt_node_is_enabled(fdt, node))
			continue;

		for (i = 0; count < max && get_reg(fdt, node, i, &addr, &size); i++) {
			if (!size || addr + size < addr)
				continue;
			ram[count].start = addr;
			ram[count++].end = addr + size;
		}
	}
	return count;
}

/**
 * nacc_fdt_chosen() - a property of /chosen
 * @fdt: the device tree
 * @name: its name
 * @len: out: its length; may be NULL
 *
 * Return: it, or NULL.
 */
const void *nacc_fdt_chosen(const void *fdt, const char *name, int *len)
{
	int node = fdt_path_offset(fdt, "/chosen");

	return node < 0 ? NULL : fdt_getprop(fdt, node, name, len);
}

/**
 * nacc_fdt_bootarg() - a word of bootargs
 * @fdt: the device tree
 * @name: how it begins, "=" included
 *
 * Return: what is behind that, up to a blank or the end, or NULL.
 */
const char *nacc_fdt_bootarg(const void *fdt, const char *name)
{
	const char *s = nacc_fdt_chosen(fdt, "bootargs", NULL);
	u64 len = sbi_strlen(name);

	while (s && *s && sbi_strncmp(s, name, len)) {
		while (*s && *s != ' ')
			s++;
		while (*s == ' ')
			s++;
	}
	return s && *s ? s + len : NULL;
}

/* struct probe - a range to be kept free, and the lowest thing found in it */
struct probe {
	u64 start;
	u64 end;
	u64 low;
};

static void look_at(struct probe *probe, u64 base, u64 size)
{
	u64 end = base + size < base ? ~0UL : base + size;

	if (base < probe->low &&
	    nacc_overlap(probe->start, probe->end, base, end))
		probe->low = base;
}

/* "linux,initrd-start" and its like are one or two cells wide. */
static u64 chosen_number(const void *fdt, const char *name)
{
	int len;
	const fdt32_t *val = nacc_fdt_chosen(fdt, name, &len);

	if (!val)
		return 0;
	if (len == 8)
		return (u64)fdt32_to_cpu(val[0]) << 32 | fdt32_to_cpu(val[1]);
	return len == 4 ? fdt32_to_cpu(val[0]) : 0;
}

static void look_at_initrd(struct probe *probe, const void *fdt)
{
	u64 start = chosen_number(fdt, "linux,initrd-start");
	u64 end = chosen_number(fdt, "linux,initrd-end");

	if (start < end)
		look_at(probe, start, end - start);
}

/**
 * nacc_fdt_conflict() - what of the device tree is in the way of a range?
 * @fdt: the device tree
 * @start: first byte of the range
 * @end: first byte behind it
 *
 * Looks at the blob itself, the initrd, memory reservations and the children of
 * /reserved-memory.
 *
 * Return: the lowest start of those that overlap the range, or ~0.
 */
u64 nacc_fdt_conflict(const void *fdt, u64 start, u64 end)
{
	struct probe probe = { .start = start, .end = end, .low = ~0UL };
	u64 addr, size;
	int i, node, parent;

	look_at(&probe, (unsigned long)fdt, fdt_totalsize(fdt) + FDT_HEADROOM);
	look_at_initrd(&probe, fdt);

	for (i = 0; i < fdt_num_mem_rsv(fdt); i++) {
		if (!fdt_get_mem_rsv(fdt, i, &addr, &size))
			look_at(&probe, addr, size);
	}

	parent = fdt_path_offset(fdt, "/reserved-memory");
	if (parent < 0)
		return probe.low;

	fdt_for_each_subnode(node, fdt, parent) {
		for (i = 0; get_reg(fdt, node, i, &addr, &size); i++) {
			/* It may be anywhere. */
			if (addr == NO_ADDRESS)
				return 0;
			look_at(&probe, addr, size);
		}
	}
	return probe.low;
}

/* Return: offset of /reserved-memory, made if need be, or an error. */
static int reserved_memory(void *fdt)
{
	int parent = fdt_path_offset(fdt, "/reserved-memory");

	if (parent >= 0)
		return parent;

	parent = fdt_add_subnode(fdt, 0, "reserved-memory");
	if (parent < 0)
		return parent;
	if (fdt_setprop_empty(fdt, parent, "ranges") ||
	    fdt_setprop_u32(fdt, parent, "#size-cells",
			    fdt_size_cells(fdt, 0)) ||
	    fdt_setprop_u32(fdt, parent, "#address-cells",
			    fdt_address_cells(fdt, 0)))
		return -FDT_ERR_NOSPACE;
	return parent;
}

/**
 * nacc_fdt_reserve() - tell the kernel that the region is not its to allocate
 * @fdt: the device tree
 * @base: physical base of the region
 * @size: its size
 *
 * With "no-map" the kernel has struct pages for it, reserved, and no mapping. So a
 * hibernation image does not hold it (resume would store to it), and firmware that
 * tells the kernel of memory by type (EFI) calls it reserved, not free. The module
 * maps it where it needs it.
 *
 * Return: 0 or an error.
 */
int nacc_fdt_reserve(void *fdt, u64 base, u64 size)
{
	char name[32];
	int parent, node;

	if (fdt_open_into(fdt, fdt, fdt_totalsize(fdt) + NODE_SPACE))
		return SBI_ENOSPC;

	parent = reserved_memory(fdt);
	if (parent < 0)
		return SBI_ENOSPC;

	sbi_snprintf(name, sizeof(name), "nacc-pool@%lx", base);
	node = fdt_add_subnode(fdt, parent, name);
	if (node < 0)
		return SBI_ENOSPC;

	if (fdt_setprop_string(fdt, node, "compatible", "nacc,pool") ||
	    fdt_setprop_empty(fdt, node, "no-map") ||
	    fdt_appendprop_addrrange(fdt, parent, node, "reg", base, size)) {
		fdt_del_node(fdt, node);
		return SBI_ENOSPC;
	}
	return 0;
}

/* Return: where @word stands as a whole word behind @from, or -1. */
static int find_word(const char *text, int len, const char *word, int from)
{
	int i, n = sbi_strlen(word);

	for (i = from + 1; i + n <= len; i++) {
		char next = i + n < len ? text[i + n] : 0;

		if ((!text[i - 1] || text[i - 1] == '_') && (!next || next == '_') &&
		    !sbi_strncmp(text + i, word, n))
			return i;
	}
	return -1;
}

/* Replace @from by @to, of the same length, where it stands as a whole word. */
static void replace_word(char *text, int len, const char *from, const char *to)
{
	int i = find_word(text, len, from, 0);

	for (; i > 0; i = find_word(text, len, from, i))
		sbi_memcpy(text + i, to, sbi_strlen(to));
}

/**
 * nacc_fdt_has_isa() - do all harts have an extension?
 * @fdt: the device tree
 * @name: of more than one letter
 */
bool nacc_fdt_has_isa(const void *fdt, const char *name)
{
	int cpus = fdt_path_offset(fdt, "/cpus");
	int cpu, len, found = 0;
	const char *text;

	if (cpus < 0)
		return false;

	fdt_for_each_subnode(cpu, fdt, cpus) {
		text = fdt_getprop(fdt, cpu, "device_type", NULL);
		if (!text || sbi_strcmp(text, "cpu"))
			continue;
		text = fdt_getprop(fdt, cpu, "riscv,isa", &len);
		if (fdt_stringlist_search(fdt, cpu, "riscv,isa-extensions", name) < 0 &&
		    (!text || find_word(text, len, name, 0) < 0))
			return false;
		found++;
	}
	return found;
}

/**
 * nacc_fdt_svade() - describe the harts as they are with ADUE held at zero
 * @fdt: the device tree
 *
 * A kernel that reads "svadu" alone may rely on the hardware to set A and D.
 * Both names are five letters long, so the property is changed in place. A hart
 * that lists both is left alone: there the kernel starts from Svade.
 */
void nacc_fdt_svade(void *fdt)
{
	static const char * const props[] = {
		"riscv,isa-extensions", "riscv,isa"
	};
	int cpus = fdt_path_offset(fdt, "/cpus");
	int cpu, len;
	char *text;
	u32 i;

	if (cpus < 0)
		return;

	fdt_for_each_subnode(cpu, fdt, cpus) {
		if (fdt_stringlist_search(fdt, cpu, props[0], "svade") >= 0)
			continue;
		for (i = 0; i < array_size(props); i++) {
			text = fdt_getprop_w(fdt, cpu, props[i], &len);
			if (text)
				replace_word(text, len, "svadu", "svade");
		}
	}
}
