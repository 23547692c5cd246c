// SPDX-License-Identifier: GPL-2.0
/* One turn: to user mode and back, and what must be true of it, whatever it is. */
#include "bare.h"

/* What a trap says of who was interrupted, and keeps from happening in its handler */
#define LEFT_BY_TRAP	(STATUS_SIE | STATUS_SPIE | STATUS_SPP | STATUS_SPELP | STATUS_SDT)

static const char *part;
u64 tells_pc;
static u64 plain;	/* what a turn takes without a gate */

void begin(const char *name)
{
	part = name;
}

static void check(const char *what, const char *of, u64 got, u64 want)
{
	asserted++;
	if (got == want)
		return;
	failed++;
	put("FAIL ");
	put(part);
	put(", ");
	put(what);
	put(", ");
	put(of);
	put(": ");
	put_number(got, 16);
	say(" instead of", want, 16);
}

/* Instructions of the firmware, there and back */
u64 took(const struct thread *thread)
{
	return (thread->end - thread->begin - plain) * 100 / nop;
}

/* On such harts it leaves each turn to C. */
u64 vector_is_left(void)
{
	return has_pads || has_sdt;
}

/* It took no more than that, or that is not asked of it. */
u64 by_vector(const struct thread *thread, u64 most)
{
	return vector_is_left() || took(thread) <= most;
}

void calibrate(struct thread *thread)
{
	place(thread->x[REG_PC], ECALL);
	go(thread);
	plain = thread->end - thread->begin;
	place(thread->x[REG_PC], EBREAK);
	go(thread);
	tells_pc = thread->value != 0;
	thread->x[REG_PC] += 4;
	thread->status = STATUS_SPIE;
}

static u64 csr_sie(void)
{
	u64 value;

	__asm__ volatile("csrr %0, sie" : "=r"(value));
	return value;
}

static u64 csr_hie(void)
{
	u64 value = 0;

	if (has_h)
		__asm__ volatile("csrr %0, 0x604" : "=r"(value));
	return value;
}

/*
 * With what the thread has; it comes with the same, by this cause. All that S-mode has of
 * interrupts is as it was, and what sstatus says of them as a trap leaves it.
 */
void expect(struct thread *thread, const struct turn *turn)
{
	static const char *const names[] = {
		"pc", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2",
		"a3", "a4", "a5", "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9",
		"s10", "s11", "t3", "t4", "t5", "t6",
	};
	u64 sie = csr_sie(), hie = csr_hie(), i;
	struct thread was = *thread;

	go(thread);
	check(turn->what, "scause", thread->cause, turn->cause);
	check(turn->what, "stval", thread->value, turn->value);
	for (i = 0; i < 32; i++)
		check(turn->what, names[i], thread->x[i], was.x[i]);
	check(turn->what, "sstatus", thread->status & LEFT_BY_TRAP,
	      STATUS_SPIE | (has_sdt ? STATUS_SDT : 0) | turn->status);
	check(turn->what, "sie", csr_sie(), sie);
	check(turn->what, "hie", csr_hie(), hie);
	if (turn->is_short >= 0)
		check(turn->what, turn->is_short ? "by the vector alone" : "not by the vector",
		      took(thread) <= SHORT, turn->is_short && !vector_is_left());
	thread->status = STATUS_SPIE | (thread->status & (STATUS_FS | STATUS_VS));
}

/* One system call: the next instruction; the thread is behind it then. */
void call(struct thread *thread, const char *what, int is_short)
{
	const struct turn turn = { what, USER_CALL, 0, is_short, 0 };

	place(thread->x[REG_PC], ECALL);
	expect(thread, &turn);
	thread->x[REG_PC] += 4;
}
