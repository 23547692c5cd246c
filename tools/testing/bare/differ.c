// SPDX-License-Identifier: GPL-2.0
/*
 * Two threads that do the same, each on a root of its own: one goes to user mode by the trap
 * vector, where that takes it, the other behind a fence, by C. What comes of it must be the
 * same, whatever a kernel has changed meanwhile.
 */
#include "bare.h"

#define ROUNDS		1500
/* Their text, which ends with a way back; behind it the handlers that they register */
#define AREA		(USER_TEXT + 48 * PAGE)
#define AREA_END	(AREA + 8 * PAGE)
#define NR_HANDLERS	3UL
#define HANDLER(nr)	(AREA + (1 + (nr) % NR_HANDLERS) * PAGE)

#define NR_SIGACTION	134
#define NR_GETPID	172
#define NR_RSEQ		293
#define NR_CLONE3	435

#define LUI(rd, page)	(0x37U | (u32)(rd) << 7 | (u32)(page) << 12)
#define LOAD_AT_8	(0x03U | 3 << 12 | 8 << 20)
#define STORE_AT_8	(0x23U | 3 << 12 | 8 << 7)

/* What is compared of sstatus, and what a kernel may change of it beside */
#define SEEN		(STATUS_SIE | STATUS_SPIE | STATUS_SPP | STATUS_UXL | STATUS_SPELP | \
			 STATUS_SDT)
#define STATUS_UBE	0x40UL
#define STATUS_SUM	0x40000UL
#define STATUS_MXR	0x80000UL

enum kind { BEHIND, BEHIND_TOO, AGAIN, RESTARTED, REGISTER, STATUS, SIGNAL, NR_KINDS };

/* What a kernel does with a thread before it goes on; nr and bit are any numbers. */
struct change {
	u64 kind, nr, bit, result, bears, interrupted;
};

/* What the gate has counted: returns and calls that it has refused, and calls, weighed by number */
struct counts {
	u64 refused, refused_calls, calls, children;
};

static struct thread other, child;

static u64 any(void)
{
	static u64 state = 0x2545f4914f6cdd1dUL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> 16;
}

#define SIZE(list)	(sizeof(list) / sizeof((list)[0]))

static int inside(u64 pc)
{
	return pc >= AREA && pc < AREA_END && !(pc % 4);
}

static u32 jump(u64 by)
{
	return 0x6f | (by & 0x100000) << 11 | (by & 0x7fe) << 20 | (by & 0x800) << 9 |
	       (by & 0xff000);
}

/* Whoever slides on makes a call that is on each list. */
static void fill(void)
{
	u64 pc;

	for (pc = AREA; pc < AREA_END; pc += 8) {
		place(pc, LI(REG_A7, NR_GETPID));
		place(pc + 4, ECALL);
	}
	for (u64 i = 0; i < NR_HANDLERS; i++) {
		place(AREA_END + i * PAGE, HANDLER(i));
		place(AREA_END + i * PAGE + 4, 0);
	}
}

static void put_insns(u64 pc, const u32 *insns, u64 nr)
{
	if (!inside(pc))
		return;
	if (pc >= AREA_END - PAGE / 2) {
		place(pc, jump(AREA - pc));
		pc = AREA;
	}
	for (u64 i = 0; i < nr; i++)
		place(pc + 4 * i, insns[i]);
}

/* What they do next, wherever they are let go */
static void put_next(u64 natural, u64 changed)
{
	static const u32 odd[] = { EBREAK, NO_INSN, LOAD_AT_8, STORE_AT_8 };
	static const u64 calls[] = {
		NR_GETPID, NR_GETPID, NR_SIGACTION, NR_SIGACTION, NR_SIGRETURN, NR_CLONE, NR_CLONE,
		NR_CLONE3, NR_RSEQ, NR_RESTART, 63, 221, 511, 600,
	};
	static const u64 first[] = { 0, 1, 10, 64, 65, CLONE_VM, CLONE_VM };
	const u32 call[] = {
		LUI(REG_A1, (AREA_END >> 12) + any() % (NR_HANDLERS + 1)),
		LI(REG_A0, first[any() % SIZE(first)]),
		LI(REG_A7, calls[any() % SIZE(calls)]), ECALL,
		LI(REG_A7, NR_GETPID), ECALL,
	};
	u64 is_odd = !(any() % 4), nr = is_odd ? 1 : SIZE(call);
	const u32 *insns = is_odd ? &odd[any() % SIZE(odd)] : call;

	put_insns(changed, insns, nr);
	put_insns(natural, insns, nr);
}

static u64 natural_pc(const struct thread *t)
{
	return t->x[REG_PC] + (t->cause == USER_CALL ? 4 : 0);
}

static void apply(struct thread *t, const struct change *c)
{
	static const u64 bits[] = {
		STATUS_UXL, STATUS_UXL, STATUS_UBE, STATUS_SPIE, STATUS_SUM, STATUS_MXR, STATUS_FS,
		STATUS_VS, STATUS_SPELP, STATUS_FIRST(STATUS_FS),
	};

	t->status = STATUS_SPIE | STATUS_UXL_OF(64);
	if (c->kind == RESTARTED)
		t->x[REG_A7] = NR_RESTART;
	if (c->kind == AGAIN || c->kind == RESTARTED)
		return;
	t->x[REG_PC] = natural_pc(t);
	if (t->cause == USER_CALL)
		t->x[REG_A0] = c->result;
	if (c->kind == REGISTER)
		t->x[c->nr % 32] ^= c->nr % 32 ? 1UL << c->bit % 64 : 4UL << c->bit % 12;
	if (c->kind == STATUS)
		t->status ^= bits[c->nr % SIZE(bits)];
	if (c->kind == SIGNAL) {
		t->x[REG_PC] = HANDLER(c->nr);
		t->x[REG_A0] = 1 + c->bit % 64;
		t->x[REG_SP] = (t->x[REG_SP] - 1024) & -16UL;
	}
}

static u64 weight(u64 nr)
{
	return (nr < NACC_GATE_CALLS ? nr : NACC_GATE_CALLS) + 1;
}

static struct counts count(void)
{
	const struct nacc_sbi_gate *g = VA(record);
	u64 calls = 0;

	/* The firmware has written it. */
	__asm__ volatile("" : : : "memory");
	for (u64 nr = 0; nr < NACC_GATE_CALLS; nr++)
		calls += weight(nr) * g->calls[nr];
	calls += weight(NACC_GATE_CALLS) * g->other_calls;
	return (struct counts){ g->refused, g->refused_calls, calls, 0 };
}

/* A turn of one of them, with that change; what of it is counted */
static struct counts turn(struct thread *t, u64 of, const struct change *c)
{
	u64 nr = t->x[REG_A7], bears = 0;
	struct counts before = count(), now;

	if (c->bears && t->cause == USER_CALL && (nr == NR_CLONE || nr == NR_CLONE3))
		bears = !sbi_error(NACC_SBI_EID, NACC_SBI_CONTEXT, of, (u64)&child,
				   NACC_CONTEXT_OF_CHILD, (u64)t);
	apply(t, c);
	if (c->interrupted)
		__asm__ volatile("csrs sie, %0\n\tcsrs sip, %0" : : "r"(2UL));
	go(t);
	__asm__ volatile("csrc sip, %0\n\tcsrc sie, %0" : : "r"(2UL));
	if (bears)
		must4(NACC_SBI_CONTEXT, of, (u64)&child, NACC_CONTEXT_END, 0);
	now = count();
	return (struct counts){ now.refused - before.refused,
				now.refused_calls - before.refused_calls,
				now.calls - before.calls, bears };
}

static u64 same(u64 round, const struct change *c, const struct counts *a, const struct counts *b)
{
	u64 was = failed;

	for (u64 i = 0; i < 32; i++)
		is("a register, by the vector and by C", one.x[i], other.x[i]);
	is("scause", one.cause, other.cause);
	is("stval", one.value, other.value);
	is("sstatus", one.status & SEEN, other.status & SEEN);
	is("refused", a->refused, b->refused);
	is("refused calls", a->refused_calls, b->refused_calls);
	is("calls", a->calls, b->calls);
	is("children", a->children, b->children);
	/* They come by the same way, most by the vector: so this is not just the same of both. */
	if (!a->refused_calls)
		is("its call, by number, once", a->calls,
		   one.cause == USER_CALL ? weight(one.x[REG_A7]) : 0);
	is("they are where they can go on", inside(one.x[REG_PC]), 1);
	if (failed == was)
		return 1;
	say("kind", c->kind, 10);
	say("round", round, 10);
	return 0;
}

static void on(u64 its, u64 mm)
{
	static u64 registers[32];

	load_satp(satp_mode << 60 | its >> 12, mm, registers);
}

/* The one that goes by C makes it slow for both: once more, and the other is the vector's. */
static u64 round_of(u64 round, u64 *by_vector)
{
	static const u64 results[] = { 0, 7, -4UL, -11UL, -14UL, -22UL, -512UL };
	const struct change c = {
		any() % NR_KINDS, any(), any(), results[any() % SIZE(results)], any() % 2,
		!(any() % 8),
	}, none = { 0 };
	struct thread changed = one;
	struct counts a, b;
	u64 natural = natural_pc(&one), ok;

	apply(&changed, &c);
	put_next(natural, changed.x[REG_PC]);
	a = turn(&one, root, &c);
	*by_vector += took(&one) <= SHORT;
	on(other_root, OTHER_MM);
	must(NACC_SBI_FENCE, 0, 0, 0);
	b = turn(&other, other_root, &c);
	ok = same(round, &c, &a, &b);
	put_next(natural_pc(&one), natural_pc(&one));
	b = turn(&other, other_root, &none);
	on(root, MM);
	a = turn(&one, root, &none);
	return ok && same(round, &none, &a, &b);
}

static void in_mode(const char *name, u64 of)
{
	u64 by_vector = 0, round;

	begin(name);
	mode(of);
	for (round = 0; round < ROUNDS && round_of(round, &by_vector); round++)
		;
	say(name, by_vector, 10);
	is("many went by the vector", by_vector > ROUNDS / 16, 1);
}

void differ(void)
{
	if (vector_is_left())
		return;
	fill();
	mode(NACC_GATE_OFF);
	must4(NACC_SBI_CONTEXT, root, (u64)&one, NACC_CONTEXT_END, 0);
	make_thread(&one, root, AREA);
	make_thread(&other, other_root, AREA);
	for (u64 i = 0; i < 32; i++)
		other.x[i] = one.x[i];
	in_mode("the same by vector and C, in enforce", NACC_GATE_ENFORCE);
	in_mode("the same by vector and C, with a list", NACC_GATE_ENFORCE | NACC_GATE_LIST);
	in_mode("the same by vector and C, in audit", NACC_GATE_AUDIT);
	in_mode("the same by vector and C, for a debugger", NACC_GATE_ENFORCE | NACC_GATE_PTRACE);
}
