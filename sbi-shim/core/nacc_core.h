/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The validator core: frame table, decode, rules, commit.
 *
 * Freestanding C11. It knows nothing of OpenSBI: the firmware glue, the host
 * tests, the fuzzers and the model checker compile the same files. Physical
 * memory is reached only through nacc_phys() (below); everything else comes in
 * as arguments.
 *
 * Concurrency: every function may run on several harts at once, in M-mode with
 * interrupts off, so a hart never interrupts itself here. Each address space has a
 * lock, and so has each pile that frames are dealt to; writes of leaf entries in
 * level-0 tables take none: see lock.h for all of it.
 */
#ifndef NACC_CORE_H
#define NACC_CORE_H

#include "decode.h"
#include "layout.h"
#include "nacc_sbi.h"

/* Bounds of the static tables below. */
#define NACC_AUDIT_RECORDS	256
#define NACC_PERCPU		64
/* Frames are dealt to so many piles, so many at a time. */
#define NACC_PILES		64
#define NACC_PILE_RUN		16
/* Records of SBI calls */
#define NACC_AUDIT_CALLS	64

/* So many address spaces can have secret pages, at most */
#define NACC_SECRETS_MAX	64

/* Of struct nacc_core.shared: bytes */
#define NACC_SHARED_SIZE	2048

/*
 * The end of the region, as a fraction of it, is for the records of frames, and S-mode
 * may not even read it: there are walkers that set A and D in whatever they can read,
 * if it looks like an entry.
 */
#define NACC_RECORDS_SHARE	64

/* Of an mm: a multiplier without pattern (the golden ratio) */
#define NACC_HASH		0x9e3779b1U

/* Bytes that harts fight for as one */
#define NACC_LINE		64

/**
 * struct nacc_links - neighbours in a list of frames
 * @next: frame index, or NACC_FRAME_NONE
 * @prev: likewise
 */
struct nacc_links {
	nacc_u32 next;
	nacc_u32 prev;
};

/**
 * struct nacc_frame - the shim's record of one pool page (I2)
 * @type: enum nacc_frame_type; written under the lock that is its own then (lock.h),
 *	read without it by the lockless store path
 * @level: level of a table or root; set before @type is published, constant
 *	until the frame is reclaimed
 * @flags: NACC_FRAME_FLAG_*; of a root under @lock, of a table under its pile's
 * @live: entries not zero (root: user half); atomic, no lock. While a store is
 *	between its swap and its count it may be off by that store, and while a call
 *	on many entries is under way by these
 * @owner: frame index of the root that owns it (a root owns itself), or
 *	NACC_FRAME_NONE; life cycle like @level. Of a frame that is ARMED and has one,
 *	that it is in no list, as someone is about to make it a table
 * @parent: frame that links it, or NACC_FRAME_NONE; under the lock of its owner. Means
 *	nothing once the address space is retiring. Of a root: its seals (seals.h)
 * @slot: entry of @parent; likewise. Of a root: enum nacc_bound; under @lock, read without
 * @list: armed: neighbours in the list of its pile; table: in that of its address
 *	space; root: next is the first table of it
 * @next_undrained: next adoption to drain, of its pile, or NACC_FRAME_NONE
 * @next_bound: bound root: the next one with the same hash; see roots.c
 * @tables: root only: tables owned by this address space; under @lock
 * @lock: root only: that of the address space
 * @epoch: released: fence epoch in which it was
 * @unlinked: unlinked table: neighbours in the list of its pile
 * @mm: root: whose it is, or 0; under @lock, read without
 * @original: page that an undrained twin replaced; under the lock of its pile
 * @tag: root: what AS_CREATE was given; life cycle like @level
 * @gate: all that a store to it depends on but its value and its writer: points
 *	to zero if this is a table of level 0 of an address space that is live,
 *	else to something else, also if it translates what is sealed. Written with @type,
 *	so that the firmware's trap vector can tell by two loads, of which the second depends
 *	on the first. Of a root it is part of the record of its page, if it has one
 */
struct nacc_frame {
	_Alignas(NACC_LINE) nacc_u8 type;
	nacc_u8 level;
	nacc_u16 flags;
	nacc_u32 live;
	nacc_u32 owner;
	nacc_u32 parent;
	nacc_u32 slot;
	struct nacc_links list;
	union {
		nacc_u32 next_undrained;
		nacc_u32 next_bound;
	};
	nacc_u32 tables;
	nacc_u32 lock;
	union {
		nacc_u64 epoch;
		nacc_u64 mm;
		struct nacc_links unlinked;
	};
	union {
		nacc_u64 original;
		nacc_u64 tag;
	};
	const nacc_u16 *gate;
};

/** enum nacc_done - what was performed, and by what: the core or the trap vector */
enum nacc_done {
	NACC_DONE_STORE,
	NACC_DONE_AMO,
	NACC_DONE_FAST_STORE,
	NACC_DONE_FAST_AMO,
	NACC_DONE_MAX,
};

/**
 * struct nacc_percpu - what harts would otherwise fight for
 * @done: how many of each enum nacc_done; atomic, as harts may share one
 * @waits: how often it has found a lock held by another
 * @writer: writer range in which a PC was found last; any valid one will do
 * @pile: pile in which an armed frame was found last
 */
struct nacc_percpu {
	_Alignas(NACC_LINE) nacc_u64 done[NACC_DONE_MAX];
	nacc_u64 waits;
	nacc_u32 writer;
	nacc_u32 pile;
};

/**
 * struct nacc_pile - every NACC_PILES-th run of NACC_PILE_RUN frames
 *
 * Runs, so that the tables that a hart makes one after another lie together: calls
 * name ranges of frames.
 *
 * @lock: of what follows and of what these frames are (lock.h)
 * @armed: first armed frame, or NACC_FRAME_NONE
 * @unlinked: first unlinked table
 * @undrained: first adoption to drain
 */
struct nacc_pile {
	_Alignas(NACC_LINE) nacc_u32 lock;
	nacc_u32 armed;
	nacc_u32 unlinked;
	nacc_u32 undrained;
};

/**
 * struct nacc_secret - secret pages of one address space (page/secret.h)
 * @owner: frame index of its root, or NACC_FRAME_NONE
 * @forfeit: its gate has been less than enforced since: they are not opened any more
 * @fenced: each hart has been fenced since: nacc_secret_is_fenced()
 */
struct nacc_secret {
	nacc_u32 owner;
	nacc_u32 forfeit;
	nacc_u32 fenced;
};

/**
 * struct nacc_core - all state of the core
 *
 * The frame table lives at the end of the region, which S-mode may not read.
 */
struct nacc_core {
	/* Written by nacc_core_init() only, before S-mode runs. */
	struct nacc_layout layout;
	nacc_u64 frame_base;		/* physical address of frame 0 */
	nacc_u32 nr_frames;
	nacc_u32 lock;			/* until the set-up is locked */
	struct nacc_frame *frames;	/* nr_frames records, at the end of the region */

	/*
	 * Physical address of NACC_SHARED_SIZE bytes in the region that belong to
	 * no record and to no frame: a place that S-mode reads and M-mode writes,
	 * for the glue to pass to others. The first page of the region.
	 */
	nacc_u64 shared;

	/*
	 * The set-up: written under @lock until @locked, never after. So it is
	 * read under @lock, or by who has seen @locked, or by who has seen a
	 * frame of type ROOT or TABLE, as none comes to be before @locked.
	 */
	struct nacc_sbi_setup *setup;	/* copy, M-mode's alone; valid once set_up */
	struct nacc_sbi_setup *spare;	/* where the next one is put together */
	nacc_u64 setup_len;
	nacc_u32 set_up;		/* 0/1, release-published */
	nacc_u32 locked;		/* 0/1, release-published */
	nacc_u32 satp_mode;		/* 8, 9 or 10 */
	nacc_u32 top_level;		/* 2, 3 or 4 */

	struct nacc_percpu percpu[NACC_PERCPU];

	struct nacc_pile piles[NACC_PILES];

	/* Written under roots_lock; read without. */
	nacc_u32 roots_lock;
	nacc_u32 hash_shift;		/* constant */
	nacc_u32 *buckets;		/* first bound root with a hash; behind the records */
	nacc_u64 guard;			/* NACC_GUARD_*, above them how many are bound */
	nacc_u64 other_root;		/* may be loaded as the kernel's, or 0 */
	nacc_u64 upcall;		/* goes on there: who named another; or 0 */

	/* Become somebody's under secrets_lock: page/secret.h */
	nacc_u32 secrets_lock;
	nacc_u32 secrets_used;		/* atomic: how many are somebody's */
	struct nacc_secret secrets[NACC_SECRETS_MAX];

	/* Atomic; they only go up. */
	nacc_u64 last_tag;		/* highest that AS_CREATE was given */
	nacc_u64 epoch;			/* current fence epoch, from 1 */
	nacc_u64 fenced;		/* epochs up to this one are fenced */

	/* Atomic. Some are kept elsewhere: nacc_stat(). */
	nacc_u64 stats[NACC_STAT_MAX];
	nacc_u64 reasons[NACC_REASON_MAX];	/* atomic */

	/* No lock: a PC is set once, a count is atomic. See audit.c. */
	struct nacc_sbi_unknown unknown[NACC_SBI_LEARN_MAX];

	/* Under audit_lock. */
	nacc_u32 audit_lock;
	nacc_u64 audit_next;		/* read without it for the statistics */
	nacc_u64 audit_stores;		/* how many there have been */
	nacc_u64 audit_calls;
	struct nacc_sbi_audit audit[NACC_AUDIT_RECORDS];
	struct nacc_sbi_audit calls[NACC_AUDIT_CALLS];
};

/**
 * nacc_phys() - pointer to physical memory
 * @pa: physical address, already checked to be RAM or a frame
 *
 * The firmware returns @pa itself; host tests map it to a buffer.
 */
void *nacc_phys(nacc_u64 pa);

/**
 * nacc_this_hart() - number of the hart that runs this
 *
 * Harts may share one: nothing but speed and the counts by hart depend on it.
 * Return: any number.
 */
nacc_u64 nacc_this_hart(void);

/**
 * nacc_root_is_loaded() - does a hart have a root, or is it about to?
 * @root: its physical address
 *
 * The firmware's; a hart announces a root before nacc_load_root() looks for it.
 * Return: 1 or 0.
 */
int nacc_root_is_loaded(nacc_u64 root);

/* policy.c: pure rules; no side effects ------------------------------------ */

/**
 * nacc_check_leaf() - may this leaf entry stand in the user half? (I4)
 * @core: the core, set up
 * @pte: the entry; V set and R, W or X set
 * @level: level of the table it is for
 *
 * Return: NACC_REASON_NONE or the rule it breaks.
 */
enum nacc_reason nacc_check_leaf(const struct nacc_core *core, nacc_u64 pte,
				 nacc_u32 level);

/**
 * nacc_find_plain() - memory that every user page may name, whatever it is for
 * @core: the core, set up
 * @plain: out: from the end of the kernel image to whatever comes next that no
 *	leaf may name, and if that is the region, what is behind it; may be empty.
 *	Not addresses, but entries that name them, with no other bit set
 *
 * The image is where forbidden memory is densest: most of what user pages lie in
 * is there.
 */
void nacc_find_plain(const struct nacc_core *core, struct nacc_span plain[2]);

/**
 * nacc_buffer_ok() - may M-mode read or write this S-mode buffer? (I9)
 * @core: the core
 * @pa: physical address
 * @len: length in bytes, not zero
 *
 * True if page aligned, wholly in one RAM span, and outside region, firmware
 * and (once set up) kernel image. Sums cannot overflow. Return: 1 or 0.
 */
int nacc_buffer_ok(const struct nacc_core *core, nacc_u64 pa, nacc_u64 len);

/**
 * nacc_deputy_ok() - may M-mode read or write this for its caller? (I16)
 * @core: the core
 * @pa: physical address, of any alignment
 * @len: length in bytes; nothing is always right
 * @write: 1 if M-mode writes there
 *
 * True if the range does not wrap, lies wholly in one RAM span, and outside region
 * and firmware. The caller could reach the same memory itself, so the kernel image
 * is its own affair, but for what the shim's judgement rests on: once the set-up is
 * locked M-mode writes neither the code of registered writers nor user-visible
 * pages. Any hart, without lock. Return: 1 or 0.
 */
int nacc_deputy_ok(const struct nacc_core *core, nacc_u64 pa, nacc_u64 len, int write);

/* store.c: the trap path ---------------------------------------------------- */

/**
 * struct nacc_access - a trapped store, decoded
 * @pc: address of the instruction
 * @va: address of the fault (mtval)
 * @pa: physical address in the region that it is
 * @base: value of rs1
 * @operand: value of rs2
 * @time: time CSR, for the audit record
 * @task: who stored, for the audit record
 * @insn: the instruction as fetched
 * @hart: hart ID
 * @supervisor: 1 if it came from S-mode
 * @again: 1 if this hart was refused this very store just now
 * @decoded: the decoded instruction; @decode_reason tells if it is valid
 * @decode_reason: result of nacc_decode()
 */
struct nacc_access {
	nacc_u64 pc;
	nacc_u64 va;
	nacc_u64 pa;
	nacc_u64 base;
	nacc_u64 operand;
	nacc_u64 time;
	nacc_u64 task;
	nacc_u32 insn;
	nacc_u32 hart;
	nacc_u32 supervisor;
	nacc_u32 again;
	nacc_u32 decode_reason;
	struct nacc_insn decoded;
};

/** NACC_STORE_RETRY - lost a race: return to the instruction, which traps again */
#define NACC_STORE_RETRY	NACC_REASON_MAX

/**
 * struct nacc_verdict - what the hart sees of a trapped store
 * @old: what memory held: for rd, and the audit
 * @skip: the store was refused, but the hart goes on behind it, as if it had
 *	been performed
 */
struct nacc_verdict {
	nacc_u64 old;
	nacc_u32 skip;
};

/**
 * nacc_store() - validate and perform a trapped store
 * @core: the core
 * @access: the store
 * @verdict: out
 *
 * Order of checks: decode, width, alignment, privilege, set-up, frame type,
 * then the value's rules, provenance last but before anything changes.
 * The commit is one compare-and-swap of 8 bytes, so A and D bits that the
 * hardware walker sets meanwhile are never lost: a plain store whose new entry
 * has the same physical page and both are leaves is still exactly what Linux
 * asked for (the swap only guarantees that @old is what was replaced).
 *
 * A refused store faults, with one exception: the kernel's own page-table code
 * may hold locks, which a fault would leave held for ever. So what a registered
 * writer does in S-mode is skipped, whatever is wrong with it, be it that the
 * frame is no table (any more). Not skipped is what could not be decoded, as
 * nobody knows what its registers should be then.
 *
 * Return: NACC_REASON_NONE (performed), NACC_STORE_RETRY, or the reason; a
 * refusal is counted and audited here, once: not if it is @again, and not if it
 * is a self-test.
 */
unsigned int nacc_store(struct nacc_core *core, const struct nacc_access *access,
			struct nacc_verdict *verdict);

/**
 * enum nacc_ad_result - what nacc_set_ad() did
 *
 * @NACC_AD_NONE: nothing: the fault is not about A and D, or others won every
 *	race for the entry
 * @NACC_AD_SET: set what the walker wanted: try the access again
 * @NACC_AD_SETTLED: all is set: another hart may have done it since the fault,
 *	or the fault has another cause: try again, but not for ever
 */
enum nacc_ad_result {
	NACC_AD_NONE = 0,
	NACC_AD_SET = 1,
	NACC_AD_SETTLED = 2,
};

/**
 * nacc_set_ad() - do what the walker may not: set A (and D) for an access
 * @core: the core
 * @satp: satp of the hart
 * @va: faulting virtual address
 * @is_store: the access was a store or AMO: D is wanted too
 * @is_fetch: the access was an instruction fetch
 *
 * Walks only frames of the pool. Return: see enum nacc_ad_result.
 */
enum nacc_ad_result nacc_set_ad(struct nacc_core *core, nacc_u64 satp, nacc_u64 va,
				int is_store, int is_fetch);

/* ecall.c ------------------------------------------------------------------- */

/** struct nacc_ret - what an SBI call returns */
struct nacc_ret {
	long error;
	nacc_u64 value;
};

/* SBI error codes the core uses (SBI specification, "Standard error codes") */
#define NACC_SBI_SUCCESS		0
#define NACC_SBI_ERR_FAILED		(-1)
#define NACC_SBI_ERR_NOT_SUPPORTED	(-2)
#define NACC_SBI_ERR_INVALID_PARAM	(-3)
#define NACC_SBI_ERR_DENIED		(-4)
#define NACC_SBI_ERR_INVALID_ADDRESS	(-5)
#define NACC_SBI_ERR_ALREADY_AVAILABLE	(-6)
#define NACC_SBI_ERR_NO_SHMEM		(-9)
#define NACC_SBI_ERR_INVALID_STATE	(-10)
#define NACC_SBI_ERR_BAD_RANGE		(-11)

/**
 * struct nacc_call - an SBI call
 * @fid: a6
 * @arg: a0..a5
 * @satp: satp of the calling hart
 */
struct nacc_call {
	nacc_u64 fid;
	nacc_u64 arg[6];
	nacc_u64 satp;
};

/**
 * nacc_ecall() - every function but FENCE and the hart-local GET_INFO items
 * @core: the core
 * @call: the call; every field is hostile
 *
 * Return: the SBI result; if an error, its value is the reason. The glue records
 * NACC_REASON_SEALED (nacc_audit_call()), and answers NACC_SBI_FENCE, NACC_INFO_AD, _HARTS,
 * _WALKER, _INVAL and _WITHHELD itself.
 */
struct nacc_ret nacc_ecall(struct nacc_core *core, const struct nacc_call *call);

/**
 * nacc_stat() - value of a counter
 * @core: the core
 * @stat: enum nacc_stat
 *
 * Return: the value.
 */
nacc_u64 nacc_stat(const struct nacc_core *core, nacc_u32 stat);

/* frame.c ------------------------------------------------------------------- */

/**
 * nacc_core_init() - lay out records and frames in the region
 * @core: zeroed
 * @layout: the machine
 *
 * Boot hart, before any S-mode code runs. Zeroes the region.
 * Return: 0, or -1 if the region is too small, too big, unaligned, not in RAM, or
 * overlaps the firmware, or if a span of @layout is not as described there.
 */
int nacc_core_init(struct nacc_core *core, const struct nacc_layout *layout);

#endif /* NACC_CORE_H */
