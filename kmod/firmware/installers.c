// SPDX-License-Identifier: GPL-2.0
/*
 * Is all code of this kernel that installs an entry of a page table known?
 *
 * By names alone (essential.c) a function is not missed that has come in beside one that is
 * there still, or was taken out of it. But set_ptes(), which is inline, calls a function for
 * each entry that can be executed, unless the compiler knows the entry: who calls that
 * installs entries, whatever its name. So the text of the kernel is searched for such calls,
 * and each has to be a known writer's, or from a function that fills the kernel's own half.
 * Who only clears, write-protects or links has no such mark.
 */
#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/kallsyms.h>
#include <linux/string.h>

#include "firmware/firmware.h"

#define CALLED	"flush_icache_pte"

/* Of 6.12 and 7.2, as Debian builds them, over 70: with fewer they are not found this way. */
#define CALLS_MIN	40

#define OPCODE(insn)	((insn) & 0x7f)
#define RD(insn)	((insn) >> 7 & 31)
#define RS1(insn)	((insn) >> 15 & 31)

/* vmalloc, vmemmap, BPF's arena; with those that a compiler may inline them into */
static const char * const own_half[] __initconst = {
	"__vmap_pages_range_noflush", "vmap_pages_range_noflush", "vmap_pages_pte_range",
	"vmap_pages_pmd_range", "vmap_small_pages_range_noflush", "vmap_range_noflush",
	"vmap_page_range", "vmap_pte_range", "vmap_pmd_range", "vmap_try_huge_pmd",
	"vmap_pfn_apply", "apply_range_set_cb",
	"vmemmap_pmd_entry", "vmemmap_populate_address", "vmemmap_populate_basepages",
	"vmemmap_populate_range", "vmemmap_populate_hvo", "vmemmap_pte_populate",
	"vmemmap_remap_pte", "vmemmap_restore_pte", "vmemmap_remap_range",
	"vmemmap_split_pmd", "vmemmap_set_pmd", "kasan_populate_vmalloc_pte",
};

/* Who is not known, each behind a comma; empty: nobody */
static char unlisted[1024] __ro_after_init;

static u32 __init insn_at(const u16 *half)
{
	return half[0] | (u32)half[1] << 16;
}

/* Where jal goes, in bytes from its own address (unprivileged spec, "J") */
static long __init jal_offset(u32 insn)
{
	return sign_extend32((insn >> 31) << 20 | (insn >> 12 & 0xff) << 12 |
			     (insn >> 20 & 1) << 11 | (insn >> 21 & 0x3ff) << 1, 20);
}

/* Is it jal, or auipc with jalr, that goes to @to? Calls, and jumps that end a function */
static bool __init calls(const u16 *half, unsigned long to)
{
	unsigned long at = (unsigned long)half;
	u32 insn = insn_at(half), next;

	if (OPCODE(insn) == 0x6f)
		return at + jal_offset(insn) == to;
	if (OPCODE(insn) != 0x17)
		return false;
	next = insn_at(half + 2);
	return (next & 0x707f) == 0x67 && RS1(next) == RD(insn) &&
	       at + (s32)(insn & 0xfffff000) + ((s32)next >> 20) == to;
}

/* Does an instruction begin there? What looks like a call may be two halves of others. */
static bool __init is_insn(unsigned long at)
{
	unsigned long size, off, pos;

	if (!nacc_ksym.lookup_size(at, &size, &off))
		return true;
	for (pos = at - off; pos < at; )
		pos += (*(const u16 *)pos & 3) == 3 ? 4 : 2;
	return pos == at;
}

static bool __init is_known(unsigned long at, const struct nacc_sbi_range *range,
			    unsigned int nr)
{
	while (nr--)
		if (at - range[nr].start < range[nr].end - range[nr].start)
			return true;
	return false;
}

static bool __init fills_own_half(const char *name, size_t len)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(own_half); i++)
		if (!strncmp(name, own_half[i], len) && !own_half[i][len])
			return true;
	return false;
}

static void __init note(unsigned long at)
{
	char name[KSYM_SYMBOL_LEN];
	size_t len;

	snprintf(name, sizeof(name), "%ps", (void *)at);
	/* Behind a dot is what a compiler has appended. */
	len = strcspn(name, ".");
	name[len] = '\0';
	if (fills_own_half(name, len) || nacc_listed(unlisted, name, len))
		return;
	/* Whoever has no room is named when these are known. */
	if (strlen(unlisted) + 1 + len >= sizeof(unlisted))
		return;
	if (unlisted[0])
		strlcat(unlisted, ",", sizeof(unlisted));
	strlcat(unlisted, name, sizeof(unlisted));
}

/**
 * nacc_installers_check() - look for code that installs entries and is no known writer
 * @range: those that are known
 * @nr: how many
 *
 * Context: module load.
 */
void __init nacc_installers_check(const struct nacc_sbi_range *range, unsigned int nr)
{
	unsigned long to = nacc_ksym.lookup(CALLED);
	const u16 *half = (const u16 *)nacc_ksym.lookup("_stext");
	const u16 *end = (const u16 *)nacc_ksym.lookup("_etext");
	unsigned int found = 0;

	unlisted[0] = '\0';
	for (; to && half && half + 4 <= end; half++) {
		if (!calls(half, to) || !is_insn((unsigned long)half))
			continue;
		found++;
		if (!is_known((unsigned long)half, range, nr))
			note((unsigned long)half);
	}
	/* It is inlined, or another is called: nothing is known of who installs entries. */
	if (found < CALLS_MIN)
		strscpy(unlisted, "installers", sizeof(unlisted));
}

/**
 * nacc_installers_unlisted() - who installs entries and is not known, by commas; empty: nobody
 */
const char *nacc_installers_unlisted(void)
{
	return unlisted;
}

#ifdef NACC_KUNIT
#include "installers_test.c"
#endif
