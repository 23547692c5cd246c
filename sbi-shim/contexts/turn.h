/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The turn at the gate: what a thread goes back to user mode with.
 *
 * The contract. A thread goes back to where it came from, with the registers that it
 * came with, but for
 *
 *  - a system call: behind the ecall, a0 being its result; or to the ecall again, with
 *    the same a0, and a7 unless it is restart_syscall(2) now (SA_RESTART and its kin), but
 *    not of one that has a child by now: behind that, with -EINTR, the thread goes on;
 *  - rt_sigreturn(2): what the frame has that sp points to, which is the program's own;
 *    floating-point and vector registers, too
 *  - a signal: to a handler that was registered for it by rt_sigaction(2), one of the last
 *    three, or that a thread is just registering, with its number, and a frame of it at sp
 *    (a1, a2), and ra at code that calls rt_sigreturn; other registers are those of the
 *    frame, and what that has is as above. Several at once are one within the other;
 *  - rseq(2): behind the signature that the thread has registered, all else the same; not
 *    from a system call;
 *  - a misaligned access that the kernel has performed: behind it; what a load has read is
 *    read here once more, in the program's memory, and is what its register has;
 *  - its first return: a child as copy_thread() of riscv Linux makes it, of clone3(2) by the
 *    arguments that were there when that was called; a new program
 *    with a0 = 0: its other registers mean nothing, and where it begins is the kernel's
 *    word, as its text is; and one that was there before the gate, whatever it has;
 *  - a debugger's leave (NACC_GATE_PTRACE).
 *
 * And it is on the root that its context is of, not in user mode already, of 64 bits, and
 * little-endian: the same code does something else of 32 bits (c.addiw is c.jal then).
 *
 * What does not fit is undone with ENFORCE: the thread goes on where it was. Behind an ecall it
 * has the result in a0; if pc is at the ecall the call is made again, and if it is a handler's,
 * or what has become of that, the thread goes on with what was saved for it, without the signal.
 *
 * Of the rest of mstatus and of other CSRs what the kernel says holds.
 *
 * Floating-point and vector registers are not compared: with ENFORCE the thread has those that
 * it came with, whatever the kernel has loaded, when it uses them (nacc_turn_has_float()).
 * Vector registers only behind an interrupt or a fault: of a system call Linux says that it
 * leaves nothing of them.
 */
#ifndef NACC_TURN_H
#define NACC_TURN_H

#include "contexts.h"

/* struct nacc_sbi_context.x: x0 has the place of pc */
#define NACC_REG_PC		0
#define NACC_REG_RA		1
#define NACC_REG_SP		2
#define NACC_REG_TP		4
#define NACC_REG_A0		10
#define NACC_REG_A1		11
#define NACC_REG_A2		12
#define NACC_REG_A3		13
#define NACC_REG_A7		17

/* mcause (privileged spec, "Machine Cause") */
#define NACC_CAUSE_LOAD_MISALIGNED	4
#define NACC_CAUSE_STORE_MISALIGNED	6
#define NACC_CAUSE_ECALL		8

#define NACC_ECALL_LENGTH	4

/* System calls (Linux, include/uapi/asm-generic/unistd.h) */
#define NACC_NR_RESTART_SYSCALL	128
#define NACC_NR_RT_SIGACTION	134
#define NACC_NR_RT_SIGRETURN	139
#define NACC_NR_CLONE		220
#define NACC_NR_RSEQ		293
#define NACC_NR_CLONE3		435

/**
 * enum nacc_turned - what becomes of a return
 *
 * @NACC_TURN_FREE: it happens, and the thread is not gated
 * @NACC_TURN_GO: it happens
 * @NACC_TURN_RESTORED: it happens, with what @x has now
 * @NACC_TURN_REFUSED: it must not happen
 * @NACC_TURN_MISSING: it cannot be judged before there is memory at @missing
 */
enum nacc_turned {
	NACC_TURN_FREE,
	NACC_TURN_GO,
	NACC_TURN_RESTORED,
	NACC_TURN_REFUSED,
	NACC_TURN_MISSING,
};

/**
 * struct nacc_turn - a return to user mode
 * @satp: what the hart has
 * @task: who: what sscratch has
 * @x: in, out: the registers, @x[0] being pc
 * @time: time CSR, for the audit record
 * @hart: hart ID
 * @is_odd: it would go on with registers of 32 bits, or big-endian
 * @was: out: enum nacc_context_state before
 * @context: out: whose it is
 * @missing: out: virtual address that the program has, and that is not mapped now
 * @on_pc: pc that it goes on with; if a handler is about to begin, when that is done
 * @on_a0: a0 likewise
 */
struct nacc_turn {
	nacc_u64 satp;
	nacc_u64 task;
	nacc_u64 x[32];
	nacc_u64 time;
	nacc_u32 hart;
	nacc_u32 is_odd;
	nacc_u32 was;
	struct nacc_sbi_context *context;
	nacc_u64 missing;
	nacc_u64 on_pc;
	nacc_u64 on_a0;
};

/**
 * nacc_turn_out() - may a thread go to user mode like this?
 * @core: the core, locked
 * @turn: the return; every value is hostile
 *
 * Any hart, without lock. What is refused or restored is counted and audited.
 */
enum nacc_turned nacc_turn_out(struct nacc_core *core, struct nacc_turn *turn);

/**
 * nacc_turn_has_float() - has a thread the floating-point registers that were kept?
 * @context: its context; it is on its way to user mode, or there, on this hart
 *
 * Return: 1, or 0 if they are what the kernel has loaded: nothing is kept, or that is not
 * enforced now.
 */
int nacc_turn_has_float(const struct nacc_sbi_context *context);

/**
 * nacc_turn_has_vector() - has a thread vector registers that were kept?
 * @context: its context; it is on its way to user mode, or there, on this hart
 *
 * Return: 1: they are to be in the hart's before it uses any; 0: it has what the hart has.
 */
int nacc_turn_has_vector(const struct nacc_sbi_context *context);

/**
 * nacc_turn_in() - a thread comes from user mode
 * @core: the core, locked
 * @turn: what it comes with
 * @cause: mcause
 *
 * Its context stays that of a thread in user mode, which nobody else touches, until the
 * caller knows who goes on: nacc_context_set_state().
 *
 * Return: 1, or 0 if it is a system call that its domain does not have.
 */
int nacc_turn_in(struct nacc_core *core, struct nacc_turn *turn, nacc_u64 cause);

/**
 * nacc_user_read() - read memory of the program that a hart runs
 * @core: the core
 * @satp: what the hart has
 * @va: virtual address, a multiple of eight
 * @to: where to
 * @words: how many of eight bytes, all in one page
 *
 * The firmware's. Return: 1; 0 if it is none of the program's; -1 if it is not mapped now.
 */
int nacc_user_read(const struct nacc_core *core, nacc_u64 satp, nacc_u64 va, nacc_u64 *to,
		   nacc_u32 words);

#endif /* NACC_TURN_H */
