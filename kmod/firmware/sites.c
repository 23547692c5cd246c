// SPDX-License-Identifier: GPL-2.0
/*
 * Where the running kernel loads the root of an mm (I14): the writes of satp in
 * switch_mm(), and the register that holds the mm there.
 *
 * The mm is the base of the load of mm->pgd that the value is made of. The code is gone
 * through from its beginning, instruction by instruction, so that no part of one is
 * taken for another. Where that register is written in between, another one is searched for:
 * the mm is an argument of the function, which may have been copied, so it is asked of each
 * place in which registers that still is, whatever way was taken to there. If it is in none
 * the code is one that is not understood; and with one write of satp that is not none is,
 * since the firmware would take it for one of somebody else's. Nor is any if there is one
 * elsewhere in the kernel's text.
 */
#include <linux/align.h>
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/mm_types.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <asm/csr.h>

#include "firmware/firmware.h"

#define PGD_OFFSET	offsetof(struct mm_struct, pgd)

/* csrw satp, rs1: csrrw with rd = x0. By any other write an mm is not understood to come. */
#define CSRW_SATP	(CSR_SATP << 20 | 0x1073)
#define CSRW_MASK	0xfff07fff
#define CSR_MASK	0xfff0007f
#define RS1(insn)	((insn) >> 15 & 31)
#define RD(insn)	((insn) >> 7 & 31)

#define A0		10
#define A7		17

/* Halves of a word of the longest function in which arguments are followed */
#define CODE_MAX	2048

/* Not reached, as far as is known: any register may hold anything. */
#define UNREACHED	U32_MAX

/* Of three bits, in a short instruction */
#define SHORT(bits)	(8 + ((bits) & 7))

/* What a function that is called may leave changed: ra, t0 to t6, a0 to a7 */
#define CALLEE_CHANGES	(BIT(1) | GENMASK(7, 5) | GENMASK(17, 10) | GENMASK(31, 28))

/* By t0 ftrace is called, before the function itself: it leaves arguments alone. */
#define T0		5
#define FTRACE_CHANGES	(CALLEE_CHANGES & ~GENMASK(A7, A0))

/* Base register of "ld rd, PGD_OFFSET(base)", or 0 */
static unsigned int __init base_of_pgd(u32 insn)
{
	if ((insn & 0x707f) != 0x3003 || insn >> 20 != PGD_OFFSET)
		return 0;
	return RS1(insn);
}

/* The same of c.ld (Zca): uimm[5:3] in bits 12..10, uimm[7:6] in bits 6..5 */
static unsigned int __init short_base_of_pgd(u16 insn)
{
	unsigned int offset = (insn >> 10 & 7) << 3 | (insn >> 5 & 3) << 6;

	if ((insn & 0xe003) != 0x6000 || offset != PGD_OFFSET)
		return 0;
	return SHORT(insn >> 7);
}

/* Registers that it writes, as a mask; perhaps more, never less */
static u32 __init written(u32 insn)
{
	switch (insn & 0x7f) {
	case 0x07: /* load to a floating-point register */
	case 0x0f: /* fence */
	case 0x23: /* store */
	case 0x27: /* store of a floating-point register */
	case 0x63: /* branch */
		return 0;
	case 0x2f: /* atomics: those of 16 bytes write two */
		return (insn >> 12 & 7) == 4 ? 3U << RD(insn) : BIT(RD(insn));
	case 0x67: /* jalr */
	case 0x6f: /* jal */
		if (RD(insn) == T0)
			return FTRACE_CHANGES;
		return RD(insn) ? BIT(RD(insn)) | CALLEE_CHANGES : 0;
	case 0x73: /* ecall, by which SBI answers in a0 and a1; CSRs and the rest */
		return insn == 0x73 ? 3 << A0 : BIT(RD(insn));
	default:
		return BIT(RD(insn));
	}
}

/* The same of c.jr, c.mv, c.ebreak, c.jalr, c.add */
static u32 __init short_jump_written(u16 insn)
{
	if (insn >> 2 & 31)
		return BIT(RD(insn));
	return insn & BIT(12) ? CALLEE_CHANGES : 0;
}

/* The same of any short instruction, by its quadrant and funct3 */
static u32 __init short_written(u16 insn)
{
	unsigned int funct3 = insn >> 13;

	switch (insn & 3) {
	case 0: /* c.addi4spn, loads, those of Zcb; stores are the rest */
		return funct3 <= 4 ? BIT(SHORT(insn >> 2)) : 0;
	case 1: /* c.addi, c.addiw, c.li, c.lui; arithmetic; jumps are the rest */
		if (funct3 == 4)
			return BIT(SHORT(insn >> 7));
		return funct3 < 4 ? BIT(RD(insn)) : 0;
	default: /* c.slli, loads from the stack; stores to it are the rest */
		if (funct3 == 4)
			return short_jump_written(insn);
		return funct3 < 4 ? BIT(RD(insn)) : 0;
	}
}

/**
 * struct insn - one instruction
 * @len: its length in bytes
 * @base: base register of a load of mm->pgd, or 0
 * @written: registers that it writes, as a mask
 * @from: the register that it copies to the one that it writes; 0: it does something else
 * @to: where it may jump, in bytes from its own address; 0: nowhere in its function
 * @ends: nor does it go on to the next
 * @site: it writes satp
 * @odd: that, and in another way than csrw
 */
struct insn {
	unsigned int len;
	unsigned int base;
	u32 written;
	unsigned int from;
	int to;
	bool ends;
	bool site;
	bool odd;
};

/* Bits @high to @low of an instruction, as bits of a number from @at on */
static int __init field(u32 insn, unsigned int high, unsigned int low, unsigned int at)
{
	return (insn >> low & GENMASK(high - low, 0)) << at;
}

/* Offsets of branches and of jal with rd = x0 (unprivileged spec, "B" and "J") */
static int __init jump(u32 insn)
{
	switch (insn & 0x7f) {
	case 0x63:
		return sign_extend32(field(insn, 31, 31, 12) | field(insn, 7, 7, 11) |
				     field(insn, 30, 25, 5) | field(insn, 11, 8, 1), 12);
	case 0x6f:
		return RD(insn) ? 0 :
		       sign_extend32(field(insn, 31, 31, 20) | field(insn, 19, 12, 12) |
				     field(insn, 20, 20, 11) | field(insn, 30, 21, 1), 20);
	default:
		return 0;
	}
}

/* The same of c.j, c.beqz, c.bnez ("CJ" and "CB") */
static int __init short_jump(u16 insn)
{
	switch (insn & 0xe003) {
	case 0xa001:
		return sign_extend32(field(insn, 12, 12, 11) | field(insn, 11, 11, 4) |
				     field(insn, 10, 9, 8) | field(insn, 8, 8, 10) |
				     field(insn, 7, 7, 6) | field(insn, 6, 6, 7) |
				     field(insn, 5, 3, 1) | field(insn, 2, 2, 5), 11);
	case 0xc001:
	case 0xe001:
		return sign_extend32(field(insn, 12, 12, 8) | field(insn, 11, 10, 3) |
				     field(insn, 6, 5, 6) | field(insn, 4, 3, 1) |
				     field(insn, 2, 2, 5), 8);
	default:
		return 0;
	}
}

/* csrrw, csrrs, csrrc and their immediate forms; of x0 or 0 they turn it off, or read */
static bool __init writes_satp(u32 insn)
{
	return (insn & CSR_MASK) == (CSRW_SATP & CSR_MASK) && (insn >> 12 & 3) && RS1(insn);
}

static struct insn __init decode_short(u16 insn)
{
	const bool mv = (insn & 0xf003) == 0x8002, j = (insn & 0xe003) == 0xa001;

	return (struct insn){
		.len = 2,
		.base = short_base_of_pgd(insn),
		.written = short_written(insn),
		.from = mv ? insn >> 2 & 31 : 0,
		.to = short_jump(insn),
		.ends = j || (mv && !(insn >> 2 & 31)),	/* c.jr */
	};
}

static struct insn __init decode(const u16 *at)
{
	u32 insn = at[0];

	if ((insn & 3) != 3)
		return decode_short(insn);
	insn |= (u32)at[1] << 16;
	return (struct insn){
		.len = 4,
		.base = base_of_pgd(insn),
		.written = written(insn),
		.from = (insn & 0xfff0707f) == 0x13 ? RS1(insn) : 0,	/* mv */
		.to = jump(insn),
		.ends = (insn & 0xfff) == 0x67,		/* jalr with rd = x0 */
		.site = writes_satp(insn),
		.odd = writes_satp(insn) && (insn & CSRW_MASK) != CSRW_SATP,
	};
}

/* By half of a word of a function's code: the registers that hold what is looked for there */
static u32 held[CODE_MAX] __initdata;

static bool __init meet(unsigned int nr, unsigned int at, u32 registers)
{
	u32 was;

	if (at >= nr)
		return false;
	was = held[at];
	held[at] &= registers;
	return held[at] != was;
}

/* One instruction more. Return: is less known of where it goes than was? */
static bool __init follow_one(unsigned int nr, unsigned int at, const struct insn *insn)
{
	u32 registers = held[at] & ~insn->written;
	bool less = false;

	if (held[at] == UNREACHED)
		return false;
	if (insn->from && held[at] & BIT(insn->from))
		registers |= insn->written & ~BIT(0);
	if (insn->to)
		less = meet(nr, at + insn->to / 2, registers);
	/* Also behind a jal: it may be what a static branch is just now. */
	if (!insn->ends)
		less |= meet(nr, at + insn->len / 2, registers);
	return less;
}

/* Which registers hold what was in register @arg at first? Return: is mm->pgd loaded by one? */
static bool __init follow(const u16 *code, unsigned int nr, unsigned int arg)
{
	bool less, loads = false;
	struct insn insn;
	unsigned int i;

	memset(held, 0xff, sizeof(held));
	held[0] = BIT(arg);
	do {
		less = false;
		for (i = 0; i < nr; i += insn.len / 2) {
			insn = decode(code + i);
			less |= follow_one(nr, i, &insn);
		}
	} while (less);
	for (i = 0; i < nr; i += insn.len / 2) {
		insn = decode(code + i);
		if (insn.base && held[i] != UNREACHED && held[i] & BIT(insn.base))
			loads = true;
	}
	return loads;
}

/*
 * Leaves in held[] where the argument is by which mm->pgd is loaded, or that none is. With
 * two of them something else lies as far into what one of them is: which is not known.
 */
static void __init follow_mm(const u16 *code, unsigned int nr)
{
	unsigned int arg, mm = 0, count = 0;

	for (arg = A0; arg <= A7 && nr <= CODE_MAX; arg++) {
		if (!follow(code, nr, arg))
			continue;
		mm = arg;
		count++;
	}
	if (count == 1)
		follow(code, nr, mm);
	else
		memset(held, 0, sizeof(held));
}

/* The lowest register that holds the mm at a place, or 0 */
static unsigned int __init held_at(unsigned int at)
{
	return at < CODE_MAX && held[at] && held[at] != UNREACHED ? __ffs(held[at]) : 0;
}

/* Return: how many there are; -1: there is one that is not understood. */
static int __init find_in(unsigned long start, unsigned long end,
			  struct nacc_sbi_range *site, unsigned int max)
{
	unsigned int base = 0, mm, nr = 0;
	bool loaded = false;
	struct insn insn;
	unsigned long at;

	follow_mm((const u16 *)start, (end - start) / 2);
	for (at = start; at + 2 <= end; at += insn.len) {
		insn = decode((const u16 *)at);
		if (insn.site) {
			mm = base || !loaded ? base : held_at((at - start) / 2);
			if (!mm || insn.odd || nr == max)
				return -1;
			site[nr++] = (struct nacc_sbi_range){ at, mm };
		}
		if (insn.base) {
			base = insn.base;
			loaded = true;
		}
		if (insn.written & BIT(base))
			base = 0;
	}
	return nr;
}

/* The compiler makes functions of their own of these, or parts of switch_mm(). */
static const char * const functions[] __initconst = {
	"switch_mm", "set_mm", "set_mm_asid", "set_mm_noasid",
};

/* Who else writes it: what it was before a suspend or hibernation, which the firmware knows. */
static const char * const others[] __initconst = {
	"suspend_restore_csrs", "__hibernate_cpu_resume", "hibernate_core_restore_code",
};

static bool __init is_others(unsigned long at)
{
	unsigned long size, offset;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		unsigned long start = nacc_ksym.lookup(others[i]);

		if (start && at >= start && nacc_ksym.lookup_size(start, &size, &offset) &&
		    at - start < size)
			return true;
	}
	return false;
}

static bool __init is_site(unsigned long at, const struct nacc_sbi_range *site, unsigned int nr)
{
	while (nr--)
		if (site[nr].start == at)
			return true;
	return false;
}

/*
 * A compiler that sees all of the kernel may have parts of switch_mm() in its callers, too:
 * to the firmware a write there would be somebody else's.
 */
static bool __init is_written_elsewhere(unsigned long start, unsigned long end,
					const struct nacc_sbi_range *site, unsigned int nr)
{
	unsigned long at;
	const u16 *half;

	for (at = start; at + 4 <= end; at += (*half & 3) == 3 ? 4 : 2) {
		half = (const u16 *)at;
		if (writes_satp(half[0] | (u32)half[1] << 16) && !is_site(at, site, nr) &&
		    !is_others(at))
			return true;
	}
	return false;
}

/* With ASIDs, and without */
#define WAYS	2

/**
 * nacc_sites_find() - where switch_mm() writes satp
 * @site: room for NACC_SBI_SITES_MAX
 *
 * Context: module load, may sleep.
 * Return: number of sites; 0 if this kernel's switch_mm() is not understood.
 */
unsigned int __init nacc_sites_find(struct nacc_sbi_range *site)
{
	unsigned int i, nr = 0;
	int found;

	for (i = 0; i < ARRAY_SIZE(functions); i++) {
		unsigned long at = nacc_ksym.lookup(functions[i]), size, offset;

		if (!at)
			continue;
		if (!nacc_ksym.lookup_size(at, &size, &offset) || offset)
			return 0;
		found = find_in(at, at + size, site + nr, NACC_SBI_SITES_MAX - nr);
		if (found < 0)
			return 0;
		nr += found;
	}
	if (nr < WAYS || is_written_elsewhere(nacc_ksym.lookup("_stext"),
					      nacc_ksym.lookup("_etext"), site, nr))
		return 0;
	return nr;
}

#ifdef NACC_KUNIT
#include "sites_test.c"
#endif
