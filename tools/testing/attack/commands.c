// SPDX-License-Identifier: GPL-2.0
/*
 * The commands, one per line, addresses in hex with 0x:
 *
 *   show PID VA                   the entries that translate VA
 *   swap VICTIM VA ATTACKER VA    the victim's PTE names the attacker's page
 *   text VICTIM VA                the victim's PTE names a page of kernel text
 *   forge VICTIM VA ATTACKER VA   the victim's PMD names a table of our making
 *   poke KIND PA VALUE            store VALUE to physical address PA
 *   page                          a page of our own; its physical address
 *   fill PA INDEX VALUE           write an entry of such a page
 *   ecall FID A0 A1 A2 A3 A4 A5   call the NACC extension
 *   kinds                         the stores that poke knows
 *   peek PA                       read memory
 *   look PA                       read memory by a mapping of its own, see search.c
 *   view PA, unview               have programs read it by a kernel address, see search.c
 *   search A B                    find the 16 bytes ~A, ~B in memory, wherever they lie
 *   sbi EID FID A0 A1 A2          any call of the SBI
 *   wide KIND PA                  a store to more than one entry, see wide.c
 *   pair                          two adjoining pages of our own, for "wide"
 *   spill, stale PID              use after free, see memory.c
 *   vmabit PID VA BIT             flip a bit in the rights of a VMA
 *   unseal PID VA                 Linux believes that a VMA is not sealed
 *   root PID, unroot PID PA       the mm names a copy of its root
 *   rootmap PID VA PA            ... copies of its tables, with another page at VA
 *   rootset PID PA, rootof PID    the mm names any page; what it names
 *   satp PA                       this CPU is given a root by code that is no site
 *   satpon CPU PA                 ... that CPU
 *   borrow PID VA                 a kernel thread with its mm reads there
 *   unbound PID VA                ... with a copy of its mm that nobody knows
 *   regs PID PC, reg PID N VALUE  what is saved of a thread that sleeps: its pc, xN
 *   freg PID N VALUE, vreg PID N VALUE  the same: fN (32: fcsr), the beginning of vN (32 to 35:
 *                                 vcsr, vl, vtype, vstart)
 *   vs PID VALUE, fs PID VALUE    the same: sstatus.VS, FS
 *   meddle EVENT PID N VALUE, met the same when that comes, and whether it has: see meddle.c
 *   mmset PID OTHER, mmback       it goes on in the address space of OTHER
 *   skip PID OTHER, skipback      OTHER does, in that of PID: the switch to it is skipped
 *   storm PA VALUE N, fences N    on all harts at once, see storm.c
 *   hold                          translations held on to, see hold.c
 *   flip N, adopters              races of harts that adopt, see adopt.c
 *   learnt SCHOOL PA VALUE        one of the kernel's writers as deputy: good
 *                                 stores to SCHOOL, then a bad one, see deputy.c
 *   seam KIND PA VALUE            sd from an ordinary page into page PA, see wide.c
 *   pin PID, unpin                the mm does not end
 *   ledger PA N, walker N         harts and walker on one entry, see walker.c
 *   alias PA                      the walker takes a page for a table, see alias.c
 *   shadow SLOT VALUE            stray stores into resting shadow tables
 *   exchange PID VA VALUE         EXCHANGE the entry that translates VA
 *   notify PID, notified          no attack: MMU notifiers are called so often
 *   takers                        SBI functions that take memory
 *   take FUNCTION PA COUNT HIGH   one of them, with that memory; see sbicall.c
 *   flood PA N                    the same, often
 *   match BASE MASK FLAGS EVENT   counters of the PMU extension
 *   triggers PA FID A0 A1         a function of the DBTR extension
 *   feed PA COUNT VALUE           what the firmware's console says, to PA
 *   shift FUNCTION N              memory that another hart changes, see shift.c
 *   births N                      another tracer has what births are seen by, see births.c
 *   nap TYPE, alarm SECONDS       sleep and wake up, see sleep.c
 *   naked KIND PA VALUE           as "poke", when the store kills its maker:
 *                                 nothing is remembered and no lock is held
 *   restore                       undo all stores and free our pages
 */
#include <linux/array_size.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <asm/pgtable.h>
#include <asm/sbi.h>

#include "attack.h"
#include "nacc_sbi.h"

#define MAX_ARGS	7
#define BLANKS		"\n "

static int pte_of(u64 pid, u64 va, struct attack_walk *walk)
{
	int err = attack_walk(pid, va, walk);

	if (!err && (walk->lowest || !(walk->value[0] & _PAGE_PRESENT)))
		err = -ENXIO;
	return err;
}

static int do_show(const u64 *arg, struct seq_buf *out)
{
	struct attack_walk walk;
	int level, err = attack_walk(arg[0], arg[1], &walk);

	if (err)
		return err;
	for (level = walk.top; level >= walk.lowest; level--)
		seq_buf_printf(out, "level=%d slot=%#llx value=%#llx\n", level,
			       (u64)walk.slot[level], walk.value[level]);
	return 0;
}

static int do_swap(const u64 *arg, struct seq_buf *out)
{
	struct attack_walk victim, attacker;
	int err = pte_of(arg[0], arg[1], &victim) ?: pte_of(arg[2], arg[3], &attacker);

	if (err)
		return err;
	return attack_store("sd", victim.slot[0], (victim.value[0] & ~_PAGE_PFN_MASK) |
			    (attacker.value[0] & _PAGE_PFN_MASK), out);
}

static int do_text(const u64 *arg, struct seq_buf *out)
{
	phys_addr_t text = __pa(&_printk) & PAGE_MASK;
	struct attack_walk victim;
	int err = pte_of(arg[0], arg[1], &victim);

	if (err)
		return err;
	seq_buf_printf(out, "text=%*phN\n", 16, (void *)((unsigned long)&_printk & PAGE_MASK));
	return attack_store("sd", victim.slot[0], (text >> PAGE_SHIFT << _PAGE_PFN_SHIFT) |
			    _PAGE_PRESENT | _PAGE_READ | _PAGE_EXEC | _PAGE_USER |
			    _PAGE_ACCESSED, out);
}

static int do_forge(const u64 *arg, struct seq_buf *out)
{
	struct attack_walk victim, attacker;
	phys_addr_t table;
	u64 *entry;
	int err = pte_of(arg[0], arg[1], &victim) ?: pte_of(arg[2], arg[3], &attacker);

	if (err)
		return err;
	table = attack_page_alloc();
	if (!table)
		return -ENOMEM;
	entry = attack_page(table);
	memcpy(entry, __va(victim.slot[0] & PAGE_MASK), PAGE_SIZE);
	entry[(victim.slot[0] & ~PAGE_MASK) / sizeof(*entry)] = attacker.value[0];
	return attack_store("sd", victim.slot[1],
			    (table >> PAGE_SHIFT << _PAGE_PFN_SHIFT) | _PAGE_PRESENT, out);
}

static int do_page(const u64 *arg, struct seq_buf *out)
{
	phys_addr_t pa = attack_page_alloc();

	if (!pa)
		return -ENOMEM;
	seq_buf_printf(out, "page=%#llx\n", (u64)pa);
	return 0;
}

static int do_fill(const u64 *arg, struct seq_buf *out)
{
	u64 *page = attack_page(arg[0]);

	if (!page || arg[1] >= PAGE_SIZE / sizeof(*page))
		return -EINVAL;
	page[arg[1]] = arg[2];
	return 0;
}

static int do_ecall(const u64 *arg, struct seq_buf *out)
{
	struct sbiret ret = sbi_ecall(NACC_SBI_EID, arg[0], arg[1], arg[2], arg[3], arg[4],
				      arg[5], arg[6]);

	seq_buf_printf(out, "error=%ld value=%#lx\n", ret.error, ret.value);
	return 0;
}

static int do_kinds(const u64 *arg, struct seq_buf *out)
{
	attack_store_kinds(out);
	return 0;
}

static int do_restore(const u64 *arg, struct seq_buf *out)
{
	int err = attack_restore(out);

	attack_pair_free();
	if (!err)
		attack_pages_free();
	return err;
}

static int do_poke(const char *kind, const u64 *arg, struct seq_buf *out)
{
	return attack_store(kind, arg[0], arg[1], out);
}

static int do_wide(const char *kind, const u64 *arg, struct seq_buf *out)
{
	return attack_wide(kind, arg[0], out);
}

static int do_seam(const char *kind, const u64 *arg, struct seq_buf *out)
{
	return attack_seam(kind, arg[0], arg[1], out);
}

static int do_naked(const char *kind, const u64 *arg, struct seq_buf *out)
{
	return attack_naked(kind, arg[0], arg[1]);
}

static const struct {
	const char *name;
	int nr_args;
	int (*run)(const u64 *arg, struct seq_buf *out);
} commands[] = {
	{ "show", 2, do_show }, { "swap", 4, do_swap }, { "text", 2, do_text },
	{ "forge", 4, do_forge }, { "page", 0, do_page }, { "fill", 3, do_fill },
	{ "ecall", 7, do_ecall }, { "kinds", 0, do_kinds }, { "restore", 0, do_restore },
	{ "peek", 1, attack_peek }, { "look", 1, attack_look },
	{ "view", 1, attack_view }, { "unview", 0, attack_unview }, { "search", 2, attack_search },
	 { "sbi", 5, attack_sbi }, { "spill", 0, attack_spill },
	{ "stale", 1, attack_stale }, { "vmabit", 3, attack_vmabit },
	{ "unseal", 2, attack_unseal },
	{ "root", 1, attack_root }, { "unroot", 2, attack_unroot }, { "pair", 0, attack_pair },
	{ "storm", 3, attack_storm }, { "fences", 1, attack_fences },
	{ "hold", 0, attack_hold }, { "flip", 1, attack_flip },
	{ "adopters", 0, attack_adopters }, { "learnt", 3, attack_learnt },
	{ "pin", 1, attack_pin }, { "unpin", 0, attack_unpin },
	{ "ledger", 2, attack_ledger }, { "walker", 1, attack_walker },
	{ "alias", 1, attack_alias },
	{ "mmset", 2, attack_mmset }, { "mmback", 0, attack_mmback },
	{ "skip", 2, attack_skip }, { "skipback", 0, attack_skipback },
	{ "rootmap", 3, attack_rootmap }, { "rootset", 2, attack_rootset },
	{ "rootof", 1, attack_rootof }, { "satp", 1, attack_satp },
	{ "satpon", 2, attack_satpon },
	{ "borrow", 2, attack_borrow }, { "unbound", 2, attack_unbound },
	{ "shadow", 2, attack_shadow }, { "exchange", 3, attack_exchange },
	{ "notify", 1, attack_notify }, { "notified", 0, attack_notified },
	{ "takers", 0, attack_takers }, { "flood", 2, attack_flood },
	{ "match", 4, attack_match }, { "triggers", 4, attack_triggers },
	{ "feed", 3, attack_feed },
	{ "births", 1, attack_births },
	{ "regs", 2, attack_regs }, { "reg", 3, attack_reg },
	{ "freg", 3, attack_freg }, { "vreg", 3, attack_vreg }, { "vs", 2, attack_vs },
	{ "fs", 2, attack_fs }, { "met", 0, attack_met },
	{ "nap", 1, attack_nap }, { "alarm", 1, attack_alarm },
};

/* Commands with a word before their numbers. */
static const struct {
	const char *name;
	int nr_args;
	int (*run)(const char *kind, const u64 *arg, struct seq_buf *out);
} kinds[] = {
	{ "poke", 2, do_poke }, { "wide", 1, do_wide }, { "seam", 2, do_seam },
	{ "naked", 2, do_naked }, { "take", 3, attack_take }, { "shift", 1, attack_shift },
	{ "meddle", 3, attack_meddle },
};

static int parse(char *rest, u64 *arg, int nr)
{
	char *word;
	int n = 0;

	while ((word = strsep(&rest, BLANKS))) {
		if (!*word)
			continue;
		if (n == nr || kstrtou64(word, 0, &arg[n]))
			return -EINVAL;
		n++;
	}
	return n == nr ? 0 : -EINVAL;
}

/**
 * attack_command() - run one command
 * @line: the command; is taken apart
 * @out: its report
 */
int attack_command(char *line, struct seq_buf *out)
{
	char *rest = line, *name = strsep(&rest, BLANKS);
	u64 arg[MAX_ARGS];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		char *kind;

		if (strcmp(name, kinds[i].name))
			continue;
		kind = strsep(&rest, BLANKS);
		if (!kind)
			return -EINVAL;
		return parse(rest, arg, kinds[i].nr_args) ?: kinds[i].run(kind, arg, out);
	}
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(name, commands[i].name))
			continue;
		return parse(rest, arg, commands[i].nr_args) ?: commands[i].run(arg, out);
	}
	return -EINVAL;
}
