// SPDX-License-Identifier: GPL-2.0
/* Floating-point and vector registers: a thread's own, whatever the kernel does with them. */
#include "bare.h"

#define FROM_A1		(0xf2000053U | 11 << 15 | 10 << 7)	/* fmv.d.x fa0, a1 */
#define TO_A1		(0xe2000053U | 10 << 15 | 11 << 7)	/* fmv.x.d a1, fa0 */
/* vsetivli zero, 2, e64, m1, ta, ma; vmv.v.x v8, a1; vmv.x.s a1, v8 */
#define V_SET		(3U << 30 | 0xd8 << 20 | 2 << 15 | 7 << 12 | 0x57)
#define V_FROM_A1	(0x17U << 26 | 1 << 25 | 11 << 15 | 4 << 12 | 8 << 7 | 0x57)
#define V_TO_A1		(0x10U << 26 | 1 << 25 | 8 << 20 | 2 << 12 | 11 << 7 | 0x57)

/* Instructions after which each register is as before, and the trap behind them */
static void runs(const char *what, u32 last, u64 cause, u32 nr, const u32 *insns)
{
	struct thread was = one;
	u32 i;

	for (i = 0; i < nr; i++)
		place(one.x[REG_PC] + 4 * i, insns[i]);
	place(one.x[REG_PC] + 4 * nr, last);
	go(&one);
	is(what, one.cause, cause);
	is("pc behind it", one.x[REG_PC], was.x[REG_PC] + 4 * nr);
	for (i = 1; i < 32; i++)
		is(what, one.x[i], was.x[i]);
	is("interrupts behind it", one.status & (STATUS_SIE | STATUS_SPIE | STATUS_SPP),
	   STATUS_SPIE);
	if (cause == USER_CALL)
		one.x[REG_PC] += 4;
}

static void clobber(u64 unit, void (*fill)(u64 value))
{
	__asm__ volatile("csrs sstatus, %0" : : "r"(unit));
	fill(0x5a5a5a5a5a5a5a5aUL);
}

static void floats(u64 status)
{
	static const u32 use[] = { FROM_A1 }, see[] = { TO_A1 };

	one.status = STATUS_SPIE | STATUS_FIRST(STATUS_FS);
	runs("floating point is used", ECALL, USER_CALL, 1, use);
	is("sstatus.FS", one.status & STATUS_FS, STATUS_FS);
	clobber(STATUS_FS, float_fill);
	one.status = STATUS_SPIE | status;
	runs("floating point is as it was", ECALL, USER_CALL, 1, see);
	/* For two turns nobody wants any. */
	for (int i = 0; i < 2; i++) {
		clobber(STATUS_FS, float_fill);
		one.status = STATUS_SPIE | status;
		call(&one, "without floating point", -1);
		is("sstatus.FS", (one.status & STATUS_FS) >= status, 1);
	}
	one.status = STATUS_SPIE | status;
	runs("floating point is as it was, later", ECALL, USER_CALL, 1, see);
	/* Not the kernel's to give, if it says that there is none. */
	one.status = STATUS_SPIE;
	runs("floating point that is off", TO_A1, ILLEGAL, 0, see);
	place(one.x[REG_PC], NOP);
	runs("it is not there", ECALL, USER_CALL, 0, see);
}

static void vectors(u64 status)
{
	static const u32 use[] = { V_SET, V_FROM_A1 }, see[] = { V_SET, V_TO_A1 };
	int i;

	/* Kept behind what is no call */
	one.status = STATUS_SPIE | STATUS_FIRST(STATUS_VS);
	runs("vector registers are used", EBREAK, BREAKPOINT, 2, use);
	is("sstatus.VS", one.status & STATUS_VS, STATUS_VS);
	for (i = 0; i < 3; i++) {
		clobber(STATUS_VS, vector_fill);
		one.status = STATUS_SPIE | status;
		runs("the same once more", EBREAK, BREAKPOINT, 0, use);
	}
	clobber(STATUS_VS, vector_fill);
	one.status = STATUS_SPIE | status;
	place(one.x[REG_PC], NOP);
	place(one.x[REG_PC] + 4, V_SET);
	place(one.x[REG_PC] + 8, V_TO_A1);
	place(one.x[REG_PC] + 12, ECALL);
	{
		struct thread was = one;

		go(&one);
		is("vector registers as they were, cause", one.cause, USER_CALL);
		is("vector registers as they were", one.x[REG_A1], was.x[REG_A1]);
		for (i = 1; i < 32; i++)
			is("register", one.x[i], was.x[i]);
	}
	one.x[REG_PC] += 4;
	/* Behind a call there is nothing of them. */
	one.status = STATUS_SPIE | status;
	call(&one, "without vector registers", -1);
	(void)see;
}

void units(void)
{
	u64 i;

	begin("units");
	for (i = 1; i < 4; i++)
		floats(STATUS_FIRST(STATUS_FS) * i);
	for (i = 1; i < 4 && has_v; i++)
		vectors(STATUS_FIRST(STATUS_VS) * i);
	__asm__ volatile("csrc sstatus, %0" : : "r"(STATUS_FS | STATUS_VS));
	one.status = STATUS_SPIE;
	call(&one, "without any", -1);
	call(&one, "without any", -1);
	call(&one, "without any, again", 1);
}
