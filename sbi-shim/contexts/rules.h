/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules of the contract of turn.h, for turn.c. */
#ifndef NACC_RULES_H
#define NACC_RULES_H

#include "turn.h"

/**
 * struct nacc_user_load - a load
 * @va: from where
 * @rd: to which register
 * @bytes: how many; 0: it is none that a kernel performs for a program
 * @length: of the instruction
 * @is_float: to a floating-point register
 * @is_signed: with its sign
 *
 * Vector registers no kernel loads for a program.
 */
struct nacc_user_load {
	nacc_u64 va;
	nacc_u32 rd;
	nacc_u32 bytes;
	nacc_u32 length;
	int is_float;
	int is_signed;
};

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
int nacc_words_read(const struct nacc_core *core, nacc_u64 satp, nacc_u64 va,
		    nacc_u64 *to, nacc_u32 nr, nacc_u64 *missing);

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
 * nacc_child_is_told() - is it told of once more, and has not run?
 * @child: its context, on the root that it is to be on, which is locked; or NULL
 */
int nacc_child_is_told(const struct nacc_sbi_context *child);

/**
 * nacc_child_fits() - is a child to be on that root, by the call of its parent?
 * @core: the core
 * @rq: NACC_CONTEXT_OF_CHILD
 * @own: the root of its parent
 * @parent: its parent, of which nacc_child_known()
 * @child: its context there, or NULL
 *
 * CLONE_VM: with its parent, in whose memory and on whose stack it were else. Without: on one
 * that nobody was on yet, or where it was adopted just now itself.
 */
int nacc_child_fits(const struct nacc_core *core, const struct nacc_request *rq,
		    const struct nacc_frame *own, const struct nacc_sbi_context *parent,
		    const struct nacc_sbi_context *child);

/**
 * nacc_child_begin() - copy_thread() of riscv Linux
 * @child: out: the registers that it begins with
 * @parent: its parent, of which that is known
 */
void nacc_child_begin(struct nacc_sbi_context *child, const struct nacc_sbi_context *parent);

/**
 * nacc_handler_add() - a signal handler was registered
 * @threads: of the address space, locked
 * @sig: its number, there is such a one
 * @handler: its address
 */
void nacc_handler_add(struct nacc_sbi_threads *threads, nacc_u64 sig, nacc_u64 handler);

/**
 * nacc_handler_of_any() - one was registered, for a signal that nobody knows any more
 * @core: the core
 * @root: of the address space, not locked; gated, unless it ends just now
 * @handler: its address
 */
void nacc_handler_of_any(struct nacc_core *core, struct nacc_frame *root, nacc_u64 handler);

/**
 * nacc_handler_known() - is it one that was registered for a signal, or is just being?
 * @core: the core
 * @root: of the address space, not locked; gated, unless it ends just now
 * @sig: its number, there is such a one
 * @handler: its address, not 0
 *
 * The last NACC_GATE_HANDLERS: who is sent to the one before may be on his way, and of several
 * threads at once the kernel's last is not the one that comes back last. And those that threads
 * register just now, as the kernel has done so before these come back.
 */
int nacc_handler_known(struct nacc_core *core, struct nacc_frame *root, nacc_u64 sig,
		       nacc_u64 handler);

/**
 * nacc_handler_begin() - a thread is about to register a handler
 * @core: the core
 * @root: of the address space, gated, not locked
 * @context: its context
 * @sig: its number; 0: none
 * @handler: its address
 */
void nacc_handler_begin(struct nacc_core *core, struct nacc_frame *root,
			struct nacc_sbi_context *context, nacc_u64 sig, nacc_u64 handler);

/**
 * nacc_handler_end() - it has done so, or has not
 * @core: the core
 * @root: of the address space, as above
 * @context: its context
 * @succeeds: it has
 */
void nacc_handler_end(struct nacc_core *core, struct nacc_frame *root,
		      struct nacc_sbi_context *context, int succeeds);

/**
 * nacc_handlers_inherit() - a new process has the handlers of its maker
 * @core: the core
 * @to: out: its own, locked
 * @from: the root of that; it is not locked, and others of it register some meanwhile, or it ends
 * @threads: what its contexts began with, when it was gated
 */
void nacc_handlers_inherit(const struct nacc_core *core, struct nacc_sbi_threads *to,
			   const struct nacc_frame *from, const struct nacc_sbi_threads *threads);

/* mcause of its last trap */
static inline nacc_u64 nacc_cause_of(const struct nacc_sbi_context *context)
{
	return context->cause & ~NACC_CONTEXT_BORE;
}

/* Does the thread come back from a trap of this cause? */
static inline int is_from(const struct nacc_turn *turn, nacc_u64 cause)
{
	return turn->was == NACC_CONTEXT_KERNEL && nacc_cause_of(turn->context) == cause;
}

static inline int is_call(const struct nacc_turn *turn)
{
	return is_from(turn, NACC_CAUSE_ECALL);
}

/* Results of a system call from here on are errors. */
#define NACC_ERRORS	(-4095ULL)

/**
 * nacc_turn_note_call() - what a system call is about to register
 * @core: the core
 * @turn: who calls, in user mode
 * @root: of the address space, gated
 */
void nacc_turn_note_call(struct nacc_core *core, struct nacc_turn *turn, struct nacc_frame *root);

/**
 * nacc_turn_note() - what a call may have registered that was not to be seen when it was made
 * @core: the core
 * @turn: its return; out: @missing
 * @root: of the address space
 *
 * Before that is judged: it may be one to that handler, with its number for a result. The
 * kernel is asked for what it names only where the call has succeeded for sure: where it has
 * not that may be nowhere, and asking would be the program's end.
 */
void nacc_turn_note(struct nacc_core *core, struct nacc_turn *turn, struct nacc_frame *root);

/**
 * nacc_turn_note_first() - what the call has registered in which the gate has found a thread
 * @core: the core
 * @turn: its return, which is taken as it is
 * @root: of the address space
 *
 * Its maker may have looked at the handlers before. For which signal a0 has said, which is the
 * result by now. Only of who was there when its address space came in: who comes to be ADOPT
 * later is the kernel's word alone. What cannot be read now is left out.
 */
void nacc_turn_note_first(struct nacc_core *core, struct nacc_turn *turn,
			  struct nacc_frame *root);

/**
 * nacc_turn_note_result() - what a call has registered, unless it has failed
 * @core: the core
 * @turn: its return, with @on_pc and @on_a0
 * @root: of the address space
 */
void nacc_turn_note_result(struct nacc_core *core, struct nacc_turn *turn,
			   struct nacc_frame *root);

/**
 * nacc_turn_judge() - does a return fit?
 * @core: the core
 * @turn: the return, with its context, which is claimed; out: @missing; @on_pc and @on_a0 if
 *	it does
 * @root: of the address space
 * @want: out: what the thread would go on with instead
 *
 * Return: the registers that differ beyond what may, as a set; 0: it fits.
 */
unsigned int nacc_turn_judge(struct nacc_core *core, struct nacc_turn *turn,
			     struct nacc_frame *root, nacc_u64 *want);

/**
 * nacc_user_load_at() - what the instruction loads that a thread came from
 * @core: the core
 * @turn: its return, with its context; out: @missing
 * @load: out: the load
 *
 * Return: 1, or 0 if the instruction cannot be read.
 */
int nacc_user_load_at(const struct nacc_core *core, struct nacc_turn *turn,
		      struct nacc_user_load *load);

/**
 * nacc_user_load_value() - what a load has for its register
 * @core: the core
 * @turn: the return; out: @missing
 * @load: the load, of some bytes
 * @value: out: by the program's memory as it is now
 *
 * Return: 1, or 0 if that cannot be read.
 */
int nacc_user_load_value(const struct nacc_core *core, struct nacc_turn *turn,
			 const struct nacc_user_load *load, nacc_u64 *value);

/**
 * nacc_turn_note_float() - what a return says of floating-point registers
 * @core: the core
 * @turn: the return, with @on_pc; out: @missing
 *
 * Also where it does not fit: rt_sigreturn(2) has its frame all the same.
 */
void nacc_turn_note_float(const struct nacc_core *core, struct nacc_turn *turn);

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
