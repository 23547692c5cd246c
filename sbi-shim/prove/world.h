/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bounded world of the proofs: any frame table of a few frames, any memory
 * behind them, any set-up that SETUP would take, any arguments.
 *
 * Constants of the core that are bounds are smaller here: see small_core() in run.
 */
#ifndef WORLD_H
#define WORLD_H

#include "contexts.h"
#include "frame.h"
#include "mem.h"
#include "nacc_core.h"
#include "page.h"
#include "policy.h"
#include "pte.h"
#include "table.h"

#ifndef FRAMES
#define FRAMES		3
#endif
#define RANGES		4
/* Room for a page of S-mode */
#define SOURCE_WORDS	72

#define RAM		0x80000000ULL
#define RAM_END		0x90000000ULL
#define FIRMWARE_SIZE	0x00080000ULL
#define REGION		0x88000000ULL
#define REGION_SIZE	0x00100000ULL
#define FRAME_BASE	0x88008000ULL
#define KERNEL_ROOT	0x80200000ULL
#define IMAGE		0x80400000ULL
#define IMAGE_SIZE	0x00400000ULL
#define SOURCE		0x84000000ULL
#define AD		(PTE_A | PTE_D)

extern struct nacc_core core;
extern struct nacc_frame frames[FRAMES];
extern nacc_u64 memory[FRAMES * NACC_SBI_ENTRIES];
extern nacc_u64 kernel[SOURCE_WORDS];
/* What is in a frame of type CONTEXT: apart, as it is more than the entries of a small table */
union content {
	struct nacc_sbi_gate gate;
	struct nacc_sbi_threads threads;
	struct nacc_sbi_context context[NACC_CONTEXT_PER_FRAME];
	struct nacc_sbi_seals seals;
};

/*
 * Each is an object of its own, found by its number: an index that is no number, and a pointer
 * to one of an array, make the formula one of all bytes of all of them.
 */
union content *content_of(nacc_u32 f);
union content *old_content_of(nacc_u32 f);
/* What is in a frame of type PAGE */
struct nacc_sbi_page *page_content_of(nacc_u32 f);
/* May the step look at those? If not nothing is known of them, and nothing is claimed. */
extern int uses_contents;
/* May anything be sealed? Else nothing is: proofs that do not ask know of no seals. */
extern int uses_seals;
/* Is entry 1 of frame 0 sealed? Then the contracts "meet" and "forbid" say so: asks.c */
extern int sealed_entry;
/*
 * Is it known that the page in frame 0, if that is one, counts the address spaces that have
 * it? No proof keeps that count: test_page.c, check_page.c and the fuzzer's model count anew.
 */
extern int counts_page_0;
/*
 * Is what memory is asked for known by who asks? That it is such memory is claimed then, where
 * else it is looked at: a pointer that may be to anything makes the formula one of everything.
 */
extern int knows_kinds;
extern int raced;
/* Nobody changes entries between a load and a swap. */
extern int calm;
extern nacc_u32 held;
/* Of the buffer of S-mode: words that the core may touch, pages that it stands for */
extern nacc_u32 page_words, pages;

/* The state before a step, to compare with */
extern struct nacc_frame old_frames[FRAMES];
extern nacc_u64 old_memory[FRAMES * NACC_SBI_ENTRIES];

/* invariant.c */
void claim_core_roots(void);
void assume_core_roots(void);
/* world.c */
void any_roots(void);
/* calls.c */
void claim_unchanged(void);
void claim_state(nacc_u64 fid);
struct nacc_ret prove_call(nacc_u64 fid, nacc_u64 frame);
struct nacc_ret prove_on_frame_0(nacc_u64 fid);
/* What these have called */
extern struct nacc_call the_call;
/* Argument 1 of the next, where that is a number; 0: any */
extern nacc_u64 argument_1;

/* CBMC's: any value, and any function of its arguments */
nacc_u64 nondet_u64(void);
nacc_u32 nondet_u32(void);
int nondet_int(void);
nacc_u32 __CPROVER_uninterpreted_legal(nacc_u64 pte, nacc_u32 level);

nacc_u64 any64(void);
nacc_u32 any32(void);
int any(void);

#define assume(x)	__CPROVER_assume(x)

/*
 * A claim, or with REACH the claim that there is no way to get here, which must
 * be wrong.
 */
#ifdef REACH
#define claim(x, what)	((void)(x), (void)(what))
#define reached(what)	__CPROVER_assert(0, what)
#else
#define claim(x, what)	__CPROVER_assert(x, what)
#define reached(what)	((void)(what))
#endif

/* world.c */
int frame_number(nacc_u64 pa);
void any_layout(void);
void any_setup(void);
void any_world(void);
void any_domain(void);
void any_program(void);
int gated_ok(nacc_u32 i);
void remember(void);

/* secrets.c: who has secret pages; nobody, but where uses_secrets says so */
extern int uses_secrets;
void any_secrets(void);
int secrets_ok(void);
nacc_u64 secret_entry(nacc_u32 root, nacc_u32 slot);

/*
 * places.c: what each frame is, if that is to be known: a world with places has FRAMES of them.
 * @parent, @slot: of a table; such a link stands there.
 */
struct place {
	nacc_u8 type;
	nacc_u8 level;
	nacc_u32 owner;
	nacc_u32 parent;
	nacc_u32 slot;
};

extern const struct place *places;
void place_frames(void);

/* rules.c */
void any_machine(void);
int byte_ok(nacc_u64 x, int writable);

/* invariant.c */
int leaf_ok(nacc_u64 pte, nacc_u32 level);
int frame_ok(nacc_u32 f);
int entry_ok(nacc_u32 f, nacc_u32 s);
int record_at(nacc_u64 pa);
int place_ok(nacc_u32 root);
nacc_u32 page_of(nacc_u32 root);
int page_pair_ok(nacc_u32 i, nacc_u8 type);
void assume_invariant(void);
void claim_invariant(void);
void claim_invariant_anywhere(void);

#endif /* WORLD_H */
