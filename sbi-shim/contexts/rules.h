/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules of the contract of turn.h, for turn.c. */
#ifndef NACC_RULES_H
#define NACC_RULES_H

#include "turn.h"

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
