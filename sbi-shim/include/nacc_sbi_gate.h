/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR BSD-2-Clause */
/*
 * The NACC SBI extension: the gate, by which the threads of a domain come from user
 * mode and go back to it; part of nacc_sbi.h.
 *
 * While a thread of a gated address space is in user mode each trap of it comes to the
 * shim first, which keeps its registers in a context, and each return to user mode is
 * compared with that. What the kernel may change between the two is said at
 * sbi-shim/contexts/turn.h. Contexts lie in frames of type NACC_FRAME_CONTEXT, which
 * S-mode may read, as it may read tables, and which no store changes.
 *
 * Since 2.5 struct nacc_sbi_threads has three handlers of each signal, not two, and a row for
 * any signal; struct nacc_sbi_context has what a call is about to do (@child_sp to @handler, in
 * what was @pad), NACC_CONTEXT_BORE in @cause, and other flags: FREE_SP and FREE_TP are gone,
 * CLONE, UNREAD, SHARES and JOINED have come. What OF_CHILD is told is judged by that.
 */
#ifndef NACC_SBI_GATE_H
#define NACC_SBI_GATE_H

/**
 * enum nacc_gate_mode - what becomes of a return that does not fit; bits 0..1 of the mode
 *
 * @NACC_GATE_OFF: nothing is kept or compared
 * @NACC_GATE_AUDIT: it is counted and audited, and happens
 * @NACC_GATE_ENFORCE: it is counted and audited, and the thread goes on with what its
 *	context has; one that has none gets an illegal instruction instead
 */
enum nacc_gate_mode {
	NACC_GATE_OFF = 0,
	NACC_GATE_AUDIT = 1,
	NACC_GATE_ENFORCE = 2,
};

/** NACC_GATE_MODE - the bits of enum nacc_gate_mode */
#define NACC_GATE_MODE			3U
/** NACC_GATE_PTRACE - flag: whatever registers a thread has are let through (a debugger) */
#define NACC_GATE_PTRACE		(1U << 2)
/** NACC_GATE_LIST - flag: no system calls but those of the list (ALLOW); others are refused */
#define NACC_GATE_LIST			(1U << 3)
#define NACC_GATE_FLAGS			(NACC_GATE_MODE | NACC_GATE_PTRACE | NACC_GATE_LIST)

/** NACC_GATE_CALLS - system calls with a number below this are counted one by one */
#define NACC_GATE_CALLS			512
/** NACC_GATE_CALLS_MAX - and no further than to this: one that was made is never zero again */
#define NACC_GATE_CALLS_MAX		(1U << 31)
/** NACC_GATE_SIGNALS - signals that there are, 1 to this */
#define NACC_GATE_SIGNALS		64
/** NACC_GATE_HANDLERS - so many handlers of a signal are known, besides those just registered */
#define NACC_GATE_HANDLERS		3

/**
 * struct nacc_sbi_gate - the record of a gated domain: a frame of its own
 * @tag: tag of its address spaces
 * @mode: NACC_GATE_FLAGS
 * @roots: address spaces that have it
 * @refused: returns that did not fit
 * @refused_calls: system calls that were not in the list
 * @other_calls: system calls with a number of NACC_GATE_CALLS or above
 * @allowed: the list, one bit for each number, of all that are below NACC_GATE_CALLS
 * @calls: system calls by number
 *
 * S-mode may read it, and nobody but the shim write it.
 */
struct nacc_sbi_gate {
	nacc_u64 tag;
	nacc_u32 mode;
	nacc_u32 roots;
	nacc_u64 refused;
	nacc_u64 refused_calls;
	nacc_u64 other_calls;
	nacc_u64 allowed[NACC_GATE_CALLS / 64];
	nacc_u64 pad[3];
	nacc_u32 calls[NACC_GATE_CALLS];
};

/**
 * enum nacc_context_state - where a thread is
 *
 * @NACC_CONTEXT_FREE: it is none
 * @NACC_CONTEXT_ADOPT: its next return is taken as it is
 * @NACC_CONTEXT_CHILD: it has not run yet; @x is what it begins with
 * @NACC_CONTEXT_KERNEL: in the kernel; @x is what it came with
 * @NACC_CONTEXT_USER: in user mode; @x is what it came with before
 */
enum nacc_context_state {
	NACC_CONTEXT_FREE = 0,
	NACC_CONTEXT_ADOPT = 1,
	NACC_CONTEXT_CHILD = 2,
	NACC_CONTEXT_KERNEL = 3,
	NACC_CONTEXT_USER = 4,
};

/**
 * struct nacc_sbi_context - one thread
 * @x: its registers; @x[0] is its pc
 * @f: its floating-point registers
 * @fcsr: that CSR
 * @task: the kernel's name of it, what sscratch holds while it is in user mode
 * @root: physical address of the root that it runs on; bit 0 (NACC_CONTEXT_KEEPS): that has
 *	secret pages, so each of its turns is looked at
 * @gate: physical address of the record of its domain
 * @cause: mcause of its last trap; bit 32 (NACC_CONTEXT_BORE): of this call it has a child
 * @state: enum nacc_context_state
 * @hart: hart ID on which it was last in user mode
 * @flags: NACC_CONTEXT_*
 * @rseq_sig: what it has registered with rseq(2), if it has
 * @vstart: its vector CSRs, this and the next three
 * @vl: see above
 * @vtype: see above
 * @vcsr: see above
 * @child_sp: of clone3(2), as it was called last: stack pointer of its child
 * @child_tp: likewise, thread pointer
 * @signal: rt_sigaction(2) that it is in is about this one, and may succeed; 0: it is in none
 * @handler: the address that it registers
 * @pad: zero
 * @vlenb: bytes of each of its vector registers; 0: they are not kept. This and @vector belong
 *	to the place, whosever it is
 * @vector: physical address of v0 to v31, in a frame of the same type
 */
struct nacc_sbi_context {
	nacc_u64 x[32];
	nacc_u64 f[32];
	nacc_u64 fcsr;
	nacc_u64 task;
	nacc_u64 root;
	nacc_u64 gate;
	nacc_u64 cause;
	nacc_u32 state;
	nacc_u32 hart;
	nacc_u32 flags;
	nacc_u32 rseq_sig;
	nacc_u64 vstart;
	nacc_u64 vl;
	nacc_u64 vtype;
	nacc_u64 vcsr;
	nacc_u64 child_sp;
	nacc_u64 child_tp;
	nacc_u64 signal;
	nacc_u64 handler;
	nacc_u64 pad[47];
	nacc_u64 vlenb;
	nacc_u64 vector;
};

/** NACC_CONTEXT_RSEQ - @rseq_sig is valid */
#define NACC_CONTEXT_RSEQ		(1U << 0)
/** NACC_CONTEXT_CLONE - @child_sp and @child_tp are valid, while it is in clone3(2) */
#define NACC_CONTEXT_CLONE		(1U << 1)
/** NACC_CONTEXT_UNREAD - what rt_sigaction(2) names was not mapped when that was called */
#define NACC_CONTEXT_UNREAD		(1U << 2)
/** NACC_CONTEXT_KEEPS - in @root */
#define NACC_CONTEXT_KEEPS		1ULL
/** NACC_CONTEXT_FLOAT - @f and @fcsr are valid */
#define NACC_CONTEXT_FLOAT		(1U << 3)
/** NACC_CONTEXT_FLOAT_USED - it used floating point when it was in user mode last */
#define NACC_CONTEXT_FLOAT_USED		(1U << 4)
/** NACC_CONTEXT_VECTOR - what it had in vector registers is there, and not in the hart's */
#define NACC_CONTEXT_VECTOR		(1U << 5)
/**
 * NACC_CONTEXT_SHARES - with NACC_CONTEXT_CLONE: its child is to share its address space. Not
 * bit 6 or 7, which a walker sets that takes the word for an entry (since 2.5)
 */
#define NACC_CONTEXT_SHARES		(1U << 8)
/** NACC_CONTEXT_JOINED - it was there when its address space came in: see @handlers (2.5) */
#define NACC_CONTEXT_JOINED		(1U << 9)
/** NACC_CONTEXT_BORE - in @cause */
#define NACC_CONTEXT_BORE		(1ULL << 32)

/**
 * struct nacc_sbi_threads - what the contexts of an address space begin with
 * @gate: physical address of the record of its domain
 * @entered: there has been a context
 * @pad1: zero
 * @handlers: of each signal the last handlers that were registered, by number - 1, the last
 *	first, in the order in which those calls came back; others that threads are just
 *	registering are in their contexts. Behind them those that were registered by calls in
 *	which the gate has found its threads: for any signal, as for which is not known
 *	(since 2.5; before 2.5 there were two of each signal)
 * @pad: zero
 *
 * In the first NACC_CONTEXT_FIRST places of the first context frame of an address
 * space; contexts follow, NACC_CONTEXT_PER_FRAME to a frame.
 */
struct nacc_sbi_threads {
	nacc_u64 gate;
	nacc_u32 entered;
	nacc_u32 pad1;
	nacc_u64 handlers[NACC_GATE_SIGNALS + 1][NACC_GATE_HANDLERS];
	nacc_u64 pad[59];
};

#define NACC_CONTEXT_PER_FRAME		4
#define NACC_CONTEXT_FIRST		2

/** NACC_VLENB_MAX - vector registers of more bytes than this are not kept */
#define NACC_VLENB_MAX			128
/**
 * NACC_VECTOR_FRAMES() - frames with vector registers that a frame with contexts has
 * @vlenb: NACC_INFO_VECTOR
 * @places: contexts in it
 *
 * They come and go with it, and are of the same type; it is their parent.
 */
#define NACC_VECTOR_FRAMES(vlenb, places) \
	(((places) * 32 * (vlenb) + NACC_SBI_PAGE_SIZE - 1) / NACC_SBI_PAGE_SIZE)

/**
 * enum nacc_context_call - what NACC_SBI_CONTEXT is about
 *
 * @NACC_CONTEXT_OF_CHILD: the task is about to be a child of the calling one. While its gate
 *	is enforced a call has one child, on the root of its parent if it says CLONE_VM, else on
 *	one that nobody was on yet; that the same is told of twice changes nothing
 * @NACC_CONTEXT_OF_OTHER: the task has begun without: its next return is taken as it is
 * @NACC_CONTEXT_END: the task does not go to user mode any more, not on this root
 */
enum nacc_context_call {
	NACC_CONTEXT_OF_CHILD = 0,
	NACC_CONTEXT_OF_OTHER = 1,
	NACC_CONTEXT_END = 2,
	NACC_CONTEXT_CALL_MAX,
};

#endif /* NACC_SBI_GATE_H */
