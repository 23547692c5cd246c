/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The gate's contexts: what the firmware keeps of each thread of a gated address space.
 *
 * Frames of type CONTEXT belong to a root, as its tables do, and are released with
 * them. Which they are the root knows (list.prev), and each the next (slot). A context
 * comes and goes under the lock of its root; a thread that is in the kernel, or on its
 * way to user mode, finds its own without. So does one that looks through those of others:
 * a context is FREE before anything else of it changes, and all of it is there before it
 * is not. From the return to user mode that is about to happen to the trap that ends it a
 * context is USER, and its hart's alone: by nacc_context_claim(), after which nobody else
 * lets go of it. S-mode names any task at any time, on any hart.
 */
#ifndef NACC_CONTEXTS_H
#define NACC_CONTEXTS_H

#include "request.h"

/* Level of context frames, in records and in lists: no table has it. */
#define NACC_LEVEL_CONTEXT	7

/* Words at the end of a context that belong to the place: where its vector registers are */
#define NACC_CONTEXT_STAYS	2

/* Most frames with contexts that an address space may have: bounds each search */
#define NACC_CONTEXT_FRAMES_MAX	1024

/**
 * nacc_context_handler() - what performs a call that is about the gate
 * @fid: enum nacc_sbi_fid
 *
 * Return: it, or NULL for other functions.
 */
const struct nacc_handler *nacc_context_handler(nacc_u64 fid);

/* One more system call of a number. Where the count would begin anew it stays. */
static inline void nacc_count_call(nacc_u32 *calls)
{
	if (__atomic_fetch_add(calls, 1, __ATOMIC_RELAXED) >= NACC_GATE_CALLS_MAX)
		__atomic_store_n(calls, NACC_GATE_CALLS_MAX, __ATOMIC_RELAXED);
}

/* Is the contract kept, without exceptions, in this mode? */
static inline int nacc_gate_is_strict(nacc_u32 mode)
{
	return (mode & (NACC_GATE_MODE | NACC_GATE_PTRACE)) == NACC_GATE_ENFORCE;
}

/**
 * nacc_threads_of() - what the contexts of an address space begin with
 * @core: the core
 * @root: a root
 *
 * Return: it, or NULL if it is not gated. Stays there until the next fence.
 */
struct nacc_sbi_threads *nacc_threads_of(const struct nacc_core *core,
					 const struct nacc_frame *root);

/**
 * nacc_gate_of() - the record of the domain that a root belongs to
 * @core: the core
 * @root: a root
 *
 * Return: it, or NULL if it is not gated, or its gate is off.
 */
struct nacc_sbi_gate *nacc_gate_of(const struct nacc_core *core, const struct nacc_frame *root);

/**
 * nacc_record_of() - the frame of the record of a root
 * @core: the core
 * @root: a root
 *
 * Return: it, or NULL if it is not gated.
 */
struct nacc_frame *nacc_record_of(const struct nacc_core *core, const struct nacc_frame *root);

/**
 * nacc_context_of() - the context of a thread
 * @core: the core
 * @root: the root that it runs on
 * @task: its name
 *
 * Return: it, or NULL.
 */
struct nacc_sbi_context *nacc_context_of(const struct nacc_core *core,
					 const struct nacc_frame *root, nacc_u64 task);

/**
 * nacc_context_claim() - make a context USER, if it is still this thread's
 * @context: what nacc_context_of() has found
 * @task: of this thread
 * @was: out: its state before
 *
 * Return: 1, or 0 if it is not, or another hart has it.
 */
int nacc_context_claim(struct nacc_sbi_context *context, nacc_u64 task, nacc_u32 *was);

/**
 * nacc_context_set_state() - what its thread is from now on; all else of it is there before
 * @context: a context that was claimed, is in user mode on this hart, or was just added
 * @state: enum nacc_context_state
 */
void nacc_context_set_state(struct nacc_sbi_context *context, nacc_u32 state);

/**
 * nacc_contexts_keep() - threads of this root keep secrets from now on
 * @core: the core
 * @root: the root, locked
 *
 * The trap vector does not know the root of such a context, and leaves it to the glue.
 */
void nacc_contexts_keep(const struct nacc_core *core, const struct nacc_frame *root);

/**
 * nacc_contexts_adopted() - is there a thread whose next return is taken as it is?
 * @core: the core
 * @root: its root, locked
 *
 * Return: 1 or 0; 0 also while that is a parent that has a child made.
 */
int nacc_contexts_adopted(const struct nacc_core *core, const struct nacc_frame *root);

/**
 * nacc_context_first() - a context for the first thread of a new program
 * @core: the core
 * @root: the root, not locked
 * @task: its name
 *
 * Return: it, or NULL if that root has had a thread already, or there is no frame.
 */
struct nacc_sbi_context *nacc_context_first(struct nacc_core *core, struct nacc_frame *root,
					    nacc_u64 task);

/**
 * nacc_vector_add() - room for the vector registers of threads
 * @core: the core
 * @frame: of the contexts of these, just taken; its owner, the root, is locked
 * @first: first place in it that is a context's
 *
 * Frames of the same type, which have @frame for a parent and are in no chain. So they are
 * promised as that is, and there before the thread is.
 *
 * Return: 1, or 0 if there is no frame, and nothing has changed.
 */
int nacc_vector_add(struct nacc_core *core, const struct nacc_frame *frame, nacc_u32 first);

/**
 * nacc_gate_owed() - must a root that is about to be bound be gated before?
 * @core: the core
 * @rq: AS_BIND
 *
 * Return: 1 if who binds it is, and of the same domain, and it is not.
 */
int nacc_gate_owed(const struct nacc_core *core, const struct nacc_request *rq);

/**
 * nacc_gate_leave() - an address space ends
 * @core: the core
 * @root: its root, locked; its frames are released by the caller
 */
void nacc_gate_leave(struct nacc_core *core, struct nacc_frame *root);

#endif /* NACC_CONTEXTS_H */
