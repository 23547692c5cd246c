/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules of the contract of turn.h, for turn.c. */
#ifndef NACC_RULES_H
#define NACC_RULES_H

#include "turn.h"

/**
 * nacc_words_read() - read words of a program's memory, in one page or two
 * @core: the core
 * @satp: what the hart has
 * @va: virtual address, a multiple of eight
 * @to: where to
 * @nr: how many
 * @missing: out: what is not mapped now, and the kernel can be asked for
 *
 * Return: 1, or 0.
 */
int nacc_words_read(const struct nacc_core *core, nacc_u64 satp, nacc_u64 va, nacc_u64 *to,
		    nacc_u32 nr, nacc_u64 *missing);

/**
 * nacc_bytes_read() - read so many bytes, of eight, at any address: nothing else need be there
 * @core: the core
 * @satp: what the hart has
 * @va: virtual address
 * @bytes: how many
 * @to: where to; those above are what is there, or zero
 * @missing: out: as above
 *
 * Return: 1, or 0.
 */
int nacc_bytes_read(const struct nacc_core *core, nacc_u64 satp, nacc_u64 va, nacc_u32 bytes,
		    nacc_u64 *to, nacc_u64 *missing);

/* Of the program that returns */
static inline int read_words(const struct nacc_core *core, struct nacc_turn *turn, nacc_u64 va,
			     nacc_u64 *to, nacc_u32 nr)
{
	return nacc_words_read(core, turn->satp, va, to, nr, &turn->missing);
}

static inline int read_code(const struct nacc_core *core, struct nacc_turn *turn, nacc_u64 va,
			    nacc_u32 bytes, nacc_u64 *code)
{
	return nacc_bytes_read(core, turn->satp, va, bytes, code, &turn->missing);
}

/**
 * nacc_clones() - does a thread have a child made?
 * @context: its context, while it is in the kernel
 */
int nacc_clones(const struct nacc_sbi_context *context);

/**
 * nacc_clone3_note() - what clone3(2) says that a child begins with
 * @core: the core
 * @satp: what the hart has
 * @context: of the calling thread, its hart's alone; out: @child_sp, @child_tp, NACC_CONTEXT_CLONE
 *	if it could be read
 */
void nacc_clone3_note(const struct nacc_core *core, nacc_u64 satp,
		      struct nacc_sbi_context *context);

/**
 * nacc_child_known() - is it known what a child begins with?
 * @core: the core
 * @satp: what the hart has
 * @parent: its parent, which nacc_clones(), and is claimed
 *
 * What was not mapped when the call was made the kernel has needed itself since: it is looked
 * at once more.
 *
 * Return: not 0, or 0.
 */
int nacc_child_known(const struct nacc_core *core, nacc_u64 satp,
		     struct nacc_sbi_context *parent);

/**
 * nacc_child_begin() - copy_thread() of riscv Linux
 * @child: out: the registers that it begins with
 * @parent: its parent, of which that is known
 */
void nacc_child_begin(struct nacc_sbi_context *child, const struct nacc_sbi_context *parent);

/**
 * nacc_handler_add() - a signal handler was registered
 * @threads: of the address space
 * @sig: its number
 * @handler: its address
 */
void nacc_handler_add(struct nacc_sbi_threads *threads, nacc_u64 sig, nacc_u64 handler);

/**
 * nacc_turn_note_handler() - what a call is about to register
 * @core: the core
 * @turn: who calls
 * @threads: of the address space
 * @x: the registers of the call
 *
 * Another thread may be sent to the handler before the call comes back.
 */
void nacc_turn_note_handler(const struct nacc_core *core, struct nacc_turn *turn,
			    struct nacc_sbi_threads *threads, const nacc_u64 *x);

/**
 * nacc_turn_judge() - does a return fit?
 * @core: the core
 * @turn: the return, with its context, which is claimed; out: @missing
 * @threads: of the address space
 * @want: out: what the thread would go on with instead
 *
 * Return: the registers that differ beyond what may, as a set; 0: it fits.
 */
unsigned int nacc_turn_judge(const struct nacc_core *core, struct nacc_turn *turn,
			     const struct nacc_sbi_threads *threads, nacc_u64 *want);

/**
 * nacc_turn_note() - what a call has registered, unless it has failed
 * @core: the core
 * @turn: its return; out: @missing
 * @threads: of the address space
 *
 * Before that is judged: it may be one to that handler, with its number for a result.
 */
void nacc_turn_note(const struct nacc_core *core, struct nacc_turn *turn,
		    struct nacc_sbi_threads *threads);

/**
 * nacc_turn_note_float() - what a return says of floating-point registers
 * @core: the core
 * @turn: the return; out: @missing
 * @fits: it does; where it does not rt_sigreturn(2) still has its frame
 */
void nacc_turn_note_float(const struct nacc_core *core, struct nacc_turn *turn, int fits);

/**
 * nacc_turn_note_vector() - what a return says of vector registers
 * @core: the core
 * @turn: the return; out: @missing
 * @mode: of the gate
 *
 * Behind a call nothing is kept, but behind rt_sigreturn(2) those of the frame, which are the
 * program's.
 */
void nacc_turn_note_vector(const struct nacc_core *core, struct nacc_turn *turn, nacc_u32 mode);

#endif /* NACC_RULES_H */
