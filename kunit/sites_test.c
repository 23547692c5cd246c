// SPDX-License-Identifier: GPL-2.0
/* Tests of sites.c, which includes this file; they run before .init goes. */
#include "env.h"

#define S1	9
#define S2	18
#define A1	11
#define A2	12
#define A5	15
#define T3	28

#define LD_PGD(rd, base)	(PGD_OFFSET << 20 | (base) << 15 | 0x3003 | (rd) << 7)
#define CSRW(rs1)		(CSRW_SATP | (rs1) << 15)
#define LONG(opcode, rd)	((rd) << 7 | (opcode))
#define MV(rd)			LONG(0x13, rd)
#define NOP			MV(0)
#define COPY(rd, rs)		(LONG(0x13, rd) | (rs) << 15)
#define SHORT_COPY(rd, rs)	(0x8002 | (rd) << 7 | (rs) << 2)

/* Behind so many instructions of four bytes, itself among them; back by as many before it */
#define BEQZ(rs, nr)		(0x63 | (rs) << 15 | (4 * (nr) & 0x1e) << 7)
#define BACK_BEQZ(rs, nr)	(0x80000063 | (rs) << 15 | 0x7e000000 | BIT(7) | \
				 ((32 - 4 * (nr)) & 0x1e) << 7)
#define JUMP(nr)		(0x6f | (4 * (nr) & 0x7fe) << 20)

/**
 * struct code - some instructions
 * @at: them
 * @nr: how many halves of a word
 */
struct code {
	u16 at[64];
	unsigned int nr;
};

static void __init put(struct code *code, u32 insn)
{
	code->at[code->nr++] = insn;
	if ((insn & 3) == 3)
		code->at[code->nr++] = insn >> 16;
}

static int __init sites_of(const struct code *code, struct nacc_sbi_range *site)
{
	unsigned long at = (unsigned long)code->at;

	return find_in(at, at + 2 * code->nr, site, NACC_SBI_SITES_MAX);
}

/* Is the mm in this register, with that instruction between load and site? */
static bool __init holds(unsigned int base, u32 between)
{
	struct nacc_sbi_range site[NACC_SBI_SITES_MAX] = {};
	struct code code = {};

	put(&code, LD_PGD(A5, base));
	put(&code, between);
	put(&code, CSRW(A5));
	return sites_of(&code, site) == 1 && site[0].end == base &&
	       site[0].start == (unsigned long)&code.at[code.nr - 2];
}

static void __init sites_kept(struct kunit *test)
{
	static const u32 harmless[] = {
		NOP, MV(A0), LONG(0x23, S1), LONG(0x27, S1), LONG(0x63, S1), LONG(0x0f, S1),
		LONG(0x07, S1), LONG(0x6f, 0),
		0x0001,			/* c.nop */
		0xe002 | S1 << 2,	/* c.sdsp s1 */
		0xe084,			/* c.sd s1, (s1) */
		0xa001,			/* c.j */
		0xc081,			/* c.beqz s1 */
		0x8002 | S1 << 7,	/* c.jr s1 */
		0x9002,			/* c.ebreak */
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(harmless); i++)
		KUNIT_EXPECT_TRUE_MSG(test, holds(S1, harmless[i]), "%#x", harmless[i]);
	KUNIT_EXPECT_TRUE(test, holds(S1, LONG(0x6f, 1)));
	KUNIT_EXPECT_TRUE(test, holds(S1, LONG(0x67, 1)));
	KUNIT_EXPECT_TRUE(test, holds(S1, 0x9002 | A5 << 7));
	KUNIT_EXPECT_TRUE(test, holds(S1, 0x73));		/* ecall */
	KUNIT_EXPECT_TRUE(test, holds(A0, LONG(0x67, T0)));	/* of ftrace */
}

static void __init sites_changed(struct kunit *test)
{
	static const u32 harmful[] = {
		MV(S1), LONG(0x03, S1), LONG(0x17, S1), LONG(0x1b, S1), LONG(0x2f, S1),
		LONG(0x33, S1), LONG(0x37, S1), LONG(0x3b, S1), LONG(0x73, S1),
		LD_PGD(S1, S1),
		LONG(0x2f, S1 - 1) | 4 << 12,	/* amocas.q s0, which has s1 for its other half */
		0x0004,			/* c.addi4spn s1 */
		0x4084,			/* c.lw s1, (s1) */
		0x6004,			/* c.ld s1, (s0) */
		0x0001 | S1 << 7,	/* c.addi s1 */
		0x2001 | S1 << 7,	/* c.addiw s1 */
		0x4001 | S1 << 7,	/* c.li s1 */
		0x6001 | S1 << 7,	/* c.lui s1 */
		0x8c81,			/* c.sub s1, s0 */
		0x0002 | S1 << 7,	/* c.slli s1 */
		0x4002 | S1 << 7,	/* c.lwsp s1 */
		0x6002 | S1 << 7,	/* c.ldsp s1 */
		0x8002 | S1 << 7 | A0 << 2,	/* c.mv s1, a0 */
		0x9002 | S1 << 7 | A0 << 2,	/* c.add s1, a0 */
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(harmful); i++)
		KUNIT_EXPECT_FALSE_MSG(test, holds(S1, harmful[i]), "%#x", harmful[i]);
	/* A function that is called keeps the one, and need not keep the other. */
	KUNIT_EXPECT_TRUE(test, holds(A0, NOP));
	KUNIT_EXPECT_TRUE(test, holds(A0, LONG(0x6f, 0)));
	KUNIT_EXPECT_TRUE(test, holds(A0, 0x8002 | S1 << 7));
	KUNIT_EXPECT_FALSE(test, holds(A0, LONG(0x6f, 1)));
	KUNIT_EXPECT_FALSE(test, holds(A0, LONG(0x67, 1)));
	KUNIT_EXPECT_FALSE(test, holds(A0, 0x9002 | A5 << 7));
	KUNIT_EXPECT_FALSE(test, holds(A0, 0x73));
	KUNIT_EXPECT_FALSE(test, holds(A1, 0x73));
	KUNIT_EXPECT_FALSE(test, holds(T3, LONG(0x67, T0)));
}

/* The register at the only site of a function, or -1 */
static int __init register_of(const u32 *insn, unsigned int nr)
{
	struct nacc_sbi_range site[NACC_SBI_SITES_MAX] = {};
	struct code code = {};
	unsigned int i;

	for (i = 0; i < nr; i++)
		put(&code, insn[i]);
	return sites_of(&code, site) == 1 ? (int)site[0].end : -1;
}

#define REGISTER_OF(...) ({					\
	static const u32 insns[] = { __VA_ARGS__ };		\
								\
	register_of(insns, ARRAY_SIZE(insns));			\
})

/* A copy of the argument stands for it, if it is one whatever way was taken. */
static void __init sites_copied(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, S1, REGISTER_OF(COPY(S1, A1), LD_PGD(A5, A1), MV(A1), CSRW(A5)));
	KUNIT_EXPECT_EQ(test, S1,
			REGISTER_OF(SHORT_COPY(S1, A1), LD_PGD(A5, A1), MV(A1), CSRW(A5)));
	KUNIT_EXPECT_EQ(test, S2, REGISTER_OF(COPY(S1, A1), COPY(S2, S1), LD_PGD(A5, A1),
					      MV(A1), MV(S1), CSRW(A5)));
	KUNIT_EXPECT_EQ(test, S1, REGISTER_OF(COPY(S1, A1), MV(A1), LD_PGD(A5, S1),
					      CSRW(A5)));
	/* Not of the argument that is not loaded from, nor one that is overwritten */
	KUNIT_EXPECT_EQ(test, -1, REGISTER_OF(COPY(S1, A0), LD_PGD(A5, A1), MV(A1), CSRW(A5)));
	KUNIT_EXPECT_EQ(test, -1, REGISTER_OF(COPY(S1, A1), MV(S1), LD_PGD(A5, A1), MV(A1),
					      CSRW(A5)));
	KUNIT_EXPECT_EQ(test, -1, REGISTER_OF(LD_PGD(A5, A1), MV(A1), COPY(S1, A1), CSRW(A5)));
	KUNIT_EXPECT_EQ(test, -1, REGISTER_OF(COPY(0, A1), LD_PGD(A5, A1), MV(A1), CSRW(A5)));
	KUNIT_EXPECT_EQ(test, S1, REGISTER_OF(COPY(S1, A1), COPY(0, A1), LD_PGD(A5, A1), MV(A1),
					      CSRW(A5)));
	/* Added to something else it is none. */
	KUNIT_EXPECT_EQ(test, -1, REGISTER_OF(COPY(S1, A1) | 8 << 20, LD_PGD(A5, A1), MV(A1),
					      CSRW(A5)));
	/* A function that is called keeps the one. */
	KUNIT_EXPECT_EQ(test, S1, REGISTER_OF(COPY(S1, A1), COPY(A2, A1), LD_PGD(A5, A1),
					      LONG(0x6f, 1), CSRW(A5)));
	KUNIT_EXPECT_EQ(test, -1, REGISTER_OF(COPY(A2, A1), LD_PGD(A5, A1), LONG(0x6f, 1),
					      CSRW(A5)));
	KUNIT_EXPECT_EQ(test, -1, REGISTER_OF(MV(A1), COPY(S1, A1), LD_PGD(A5, A1), MV(A1),
					      CSRW(A5)));
	/* While switch_mm() is traced */
	KUNIT_EXPECT_EQ(test, S1, REGISTER_OF(LONG(0x17, T0), LONG(0x67, T0), COPY(S1, A1),
					      LD_PGD(A5, A1), MV(A1), CSRW(A5)));
	/* Of two arguments by which something is loaded from there it is not known which. */
	KUNIT_EXPECT_EQ(test, -1, REGISTER_OF(COPY(S1, A1), COPY(S2, A0), LD_PGD(A5, A0),
					      LD_PGD(A5, A1), MV(A1), CSRW(A5)));
	KUNIT_EXPECT_EQ(test, S1, REGISTER_OF(COPY(S1, A1), COPY(S2, A0), LD_PGD(A5, S1),
					      LD_PGD(A5, A1), MV(A1), CSRW(A5)));
}

static void __init sites_ways(struct kunit *test)
{
	/* Past the copy, by a branch and by a jump that may be a static branch's */
	KUNIT_EXPECT_EQ(test, -1, REGISTER_OF(BEQZ(A2, 2), COPY(S1, A1), LD_PGD(A5, A1),
					      MV(A1), CSRW(A5)));
	KUNIT_EXPECT_EQ(test, -1, REGISTER_OF(0xc219 /* c.beqz a2, 6 */, 0x0001,
					      SHORT_COPY(S1, A1), LD_PGD(A5, A1), MV(A1),
					      CSRW(A5)));
	KUNIT_EXPECT_EQ(test, -1, REGISTER_OF(0xe219 /* c.bnez a2, 6 */, 0x0001,
					      SHORT_COPY(S1, A1), LD_PGD(A5, A1), MV(A1),
					      CSRW(A5)));
	KUNIT_EXPECT_EQ(test, S1, REGISTER_OF(0xc211 /* c.beqz a2, 4 */, 0x0001,
					      SHORT_COPY(S1, A1), LD_PGD(A5, A1), MV(A1),
					      CSRW(A5)));
	KUNIT_EXPECT_EQ(test, -1, REGISTER_OF(0xa011 /* c.j 4 */, SHORT_COPY(S1, A1),
					      LD_PGD(A5, A1), MV(A1), CSRW(A5)));
	KUNIT_EXPECT_EQ(test, -1, REGISTER_OF(JUMP(2), COPY(S1, A1), LD_PGD(A5, A1), MV(A1),
					      CSRW(A5)));
	KUNIT_EXPECT_EQ(test, -1, REGISTER_OF(COPY(S1, A1), LD_PGD(A5, A1), MV(A1), JUMP(2),
					      MV(S1), CSRW(A5)));
	KUNIT_EXPECT_EQ(test, S1, REGISTER_OF(COPY(S1, A1), LD_PGD(A5, A1), MV(A1),
					      0xa019 /* c.j 6 */, MV(S1), CSRW(A5)));
	/* Behind it, and where both ways have it */
	KUNIT_EXPECT_EQ(test, S1, REGISTER_OF(COPY(S1, A1), BEQZ(A2, 2), NOP, LD_PGD(A5, A1),
					      MV(A1), CSRW(A5)));
	KUNIT_EXPECT_EQ(test, S1, REGISTER_OF(COPY(S1, A1), LD_PGD(A5, A1), BEQZ(A2, 2),
					      MV(A1), CSRW(A5)));
	/* Back to before the copy is overwritten, and behind the load with it overwritten */
	KUNIT_EXPECT_EQ(test, S1, REGISTER_OF(COPY(S1, A1), NOP, LD_PGD(A5, A1), MV(A5),
					      BACK_BEQZ(A2, 3), MV(A1), CSRW(A5)));
	KUNIT_EXPECT_EQ(test, -1, REGISTER_OF(COPY(S1, A1), LD_PGD(A5, A1), MV(A1), CSRW(A5),
					      MV(S1), BACK_BEQZ(A2, 3)));
	/* What only comes behind the function's end does not count. */
	KUNIT_EXPECT_EQ(test, S1, REGISTER_OF(COPY(S1, A1), LD_PGD(A5, A1), MV(A1), BEQZ(A2, 4),
					      MV(S1), 0x8067 /* ret */, NOP, CSRW(A5)));
	KUNIT_EXPECT_EQ(test, S1, REGISTER_OF(COPY(S1, A1), LD_PGD(A5, A1), MV(A1), BEQZ(A2, 4),
					      MV(S1), 0x8082 /* c.jr ra */, 0x0001, NOP,
					      CSRW(A5)));
}

/* With one that is not understood there is none. */
static void __init sites_all_or_none(struct kunit *test)
{
	struct nacc_sbi_range site[NACC_SBI_SITES_MAX + 1];
	struct code code = {};
	unsigned int i;

	KUNIT_EXPECT_EQ(test, sites_of(&code, site), 0);
	put(&code, LD_PGD(A5, S1));
	put(&code, CSRW(A5));
	KUNIT_EXPECT_EQ(test, sites_of(&code, site), 1);
	put(&code, 0x6000 | (PGD_OFFSET >> 3 & 7) << 10 | (PGD_OFFSET >> 6 & 3) << 5 | 2 << 7);
	put(&code, CSRW(A5));
	KUNIT_EXPECT_EQ(test, sites_of(&code, site), 2);
	KUNIT_EXPECT_EQ(test, site[1].end, A0);
	/* To turn translation off is no switch. */
	put(&code, CSRW(0));
	KUNIT_EXPECT_EQ(test, sites_of(&code, site), 2);
	put(&code, MV(A0));
	KUNIT_EXPECT_EQ(test, sites_of(&code, site), 2);
	put(&code, CSRW(A5));
	KUNIT_EXPECT_EQ(test, sites_of(&code, site), -1);
	code.nr = 0;
	put(&code, LD_PGD(A5, S1));
	for (i = 0; i < NACC_SBI_SITES_MAX; i++)
		put(&code, CSRW(A5));
	KUNIT_EXPECT_EQ(test, sites_of(&code, site), NACC_SBI_SITES_MAX);
	put(&code, CSRW(A5));
	KUNIT_EXPECT_EQ(test, sites_of(&code, site), -1);
}

/* satp is written in another way: the firmware would ask for an mm, and there is none. */
static void __init sites_odd(struct kunit *test)
{
	unsigned int op;

	for (op = 1; op <= 7; op++) {
		const u32 write = CSR_SATP << 20 | op << 12 | LONG(0x73, op == 1 ? A2 : 0);
		struct nacc_sbi_range site[NACC_SBI_SITES_MAX];
		struct code code = {};

		put(&code, LD_PGD(A5, S1));
		put(&code, CSRW(A5));
		/* Of x0 or 0: off, or no write */
		put(&code, write);
		KUNIT_EXPECT_EQ(test, sites_of(&code, site), 1);
		/* The immediate form of none is no access to a CSR. */
		put(&code, write | A5 << 15);
		KUNIT_EXPECT_EQ_MSG(test, sites_of(&code, site), op == 4 ? 1 : -1, "%u", op);
	}
}

/* One that is not handed over; not what begins in the middle of an instruction */
static void __init sites_elsewhere(struct kunit *test)
{
	struct nacc_sbi_range site[2];
	struct code code = {};
	unsigned long at = (unsigned long)code.at;

	put(&code, LONG(0x37, S1) | (u32)CSRW(A5) << 16);	/* lui */
	put(&code, CSRW(A5) >> 16);
	put(&code, CSRW(0));
	KUNIT_EXPECT_FALSE(test, is_written_elsewhere(at, at + 2 * code.nr, site, 0));
	site[0].start = at + 2 * code.nr;
	put(&code, CSRW(A5));
	KUNIT_EXPECT_TRUE(test, is_written_elsewhere(at, at + 2 * code.nr, site, 0));
	KUNIT_EXPECT_FALSE(test, is_written_elsewhere(at, at + 2 * code.nr, site, 1));
	site[1].start = at + 2 * code.nr;
	put(&code, CSRW(A5) | BIT(13));			/* csrrc */
	KUNIT_EXPECT_TRUE(test, is_written_elsewhere(at, at + 2 * code.nr, site, 1));
	KUNIT_EXPECT_FALSE(test, is_written_elsewhere(at, at + 2 * code.nr, site, 2));
	KUNIT_EXPECT_FALSE(test, is_written_elsewhere(at, at + 2 * code.nr - 2, site, 1));
}

/* In switch_mm() or in functions of their own, as the compiler liked. */
static void __init sites_here(struct kunit *test)
{
	struct nacc_sbi_range site[NACC_SBI_SITES_MAX];

	KUNIT_EXPECT_EQ(test, nacc_sites_find(site), 2);
}

static struct kunit_case __refdata sites_cases[] = {
	KUNIT_CASE(sites_kept),
	KUNIT_CASE(sites_changed),
	KUNIT_CASE(sites_copied),
	KUNIT_CASE(sites_ways),
	KUNIT_CASE(sites_all_or_none),
	KUNIT_CASE(sites_odd),
	KUNIT_CASE(sites_elsewhere),
	KUNIT_CASE(sites_here),
	{}
};

static struct kunit_suite __refdata sites_suite = {
	.name = "nacc_sites",
	.test_cases = sites_cases,
};

kunit_test_init_section_suite(sites_suite);
