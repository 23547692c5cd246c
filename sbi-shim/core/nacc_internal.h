/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the core's files share with each other and with nobody else.
 *
 * Functions documented as "under lock" want core->lock held by the caller.
 */
#ifndef NACC_INTERNAL_H
#define NACC_INTERNAL_H

#include "nacc_core.h"

/* Page-table entry (privileged spec, "Sv39: Virtual-Memory System") */
#define PTE_V			0x001ULL
#define PTE_R			0x002ULL
#define PTE_W			0x004ULL
#define PTE_X			0x008ULL
#define PTE_U			0x010ULL
#define PTE_G			0x020ULL
#define PTE_A			0x040ULL
#define PTE_D			0x080ULL
#define PTE_RWX			(PTE_R | PTE_W | PTE_X)
#define PTE_PPN_SHIFT		10
#define PTE_PPN			0x003ffffffffffc00ULL
#define PTE_RESERVED		0x1fc0000000000000ULL
#define PTE_PBMT		0x6000000000000000ULL
#define PTE_N			0x8000000000000000ULL
#define PTE_HIGH		(PTE_RESERVED | PTE_PBMT | PTE_N)
/* Svnapot defines one size, at level 0: bits 0..3 of the page number are 1000. */
#define NAPOT_SIZE		0x10000ULL
#define NAPOT_MASK		0x0000000000003c00ULL
#define NAPOT_64K		0x0000000000002000ULL

#define PAGE_SHIFT		12
#define PA_END			(1ULL << 56)
#define PAGE_SIZE		4096ULL
#define SATP_MODE_SHIFT		60
#define SATP_PPN		0x00000fffffffffffULL

/* Root entries from here on are the kernel half, in every satp mode. */
#define NACC_USER_ENTRIES	(NACC_SBI_ENTRIES / 2)

/*
 * A swap loses only to the walker, to another hart's store to the same entry,
 * or to nacc_set_ad(); beyond this many the instruction traps again instead of
 * keeping the hart in M-mode.
 */
#define NACC_SWAP_TRIES		8

/* For loops over entries, of which each user is to have its own. */
#ifdef __OPTIMIZE__
#define FLAT	__attribute__((always_inline))
#else
#define FLAT
#endif

/**
 * struct nacc_plan - what a new entry would do to the links
 * @child: table that it would link, or NULL
 * @dropped: table that it would unlink, or NULL
 * @adopt: 1 if the entry names a page outside the pool that needs a twin
 */
struct nacc_plan {
	struct nacc_frame *child;
	struct nacc_frame *dropped;
	int adopt;
};

static inline nacc_u64 pte_pa(nacc_u64 pte)
{
	return (pte & PTE_PPN) >> PTE_PPN_SHIFT << PAGE_SHIFT;
}

/**
 * struct nacc_store - a trapped store under way
 * @frame: table or root that it goes to
 * @entry: the entry
 * @slot: its number
 * @writer: its instruction is in a writer range (I6)
 * @old: what the entry holds
 * @val: what it would hold
 */
struct nacc_store {
	struct nacc_frame *frame;
	nacc_u64 *entry;
	nacc_u32 slot;
	nacc_u32 writer;
	nacc_u64 old;
	nacc_u64 val;
};

/**
 * struct nacc_request - a call whose arguments have been looked at
 * @arg: a0..a5, all hostile
 * @satp: satp of the calling hart
 * @frame: frame that it names, of a type and in a state that fit the function
 * @page: buffer that it names; nacc_buffer_ok()
 */
struct nacc_request {
	const nacc_u64 *arg;
	nacc_u64 satp;
	struct nacc_frame *frame;
	void *page;
};

/* Sets of frame types, and of address-space states by the flags of the root */
#define ROOT		(1U << NACC_FRAME_ROOT)
#define TABLE		(1U << NACC_FRAME_TABLE)
#define LIVE		(1U << 0)
#define BUILDING	(1U << NACC_FRAME_FLAG_BUILDING)
#define RETIRING	(1U << NACC_FRAME_FLAG_RETIRING)
#define ANY		(LIVE | BUILDING | RETIRING)

/**
 * struct nacc_handler - one function of the extension
 * @call: runs under lock; or
 * @step: runs under lock for each of the frames that the first two arguments
 *	name; the call returns the sum of what it returns
 * @max: how many frames @step may be asked for
 * @early: allowed before set-up
 * @types: frame types that argument 0 must name one of; 0: names no frame
 * @states: states that its address space may be in
 * @page: number of the argument that names a buffer, from 1; 0: none
 * @pages: how many pages the buffer has, if not one
 * @unlocked: @call runs without the lock; it may change level-0 entries only
 */
struct nacc_handler {
	struct nacc_ret (*call)(struct nacc_core *core, const struct nacc_request *rq);
	int (*step)(struct nacc_core *core, struct nacc_frame *frame);
	nacc_u16 max;
	nacc_u8 early;
	nacc_u8 types;
	nacc_u8 states;
	nacc_u8 page;
	nacc_u8 pages;
	nacc_u8 unlocked;
};

static inline int pte_is_link(nacc_u64 pte)
{
	return (pte & (PTE_V | PTE_RWX)) == PTE_V;
}

static inline int pte_is_leaf(nacc_u64 pte)
{
	return (pte & PTE_V) && (pte & PTE_RWX);
}

/*
 * All memory that another hart or the walker may change is reached through
 * these, never by a plain access: one load is one load (I9, no double fetch).
 */
static inline nacc_u64 load64(const nacc_u64 *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

static inline void store64(nacc_u64 *p, nacc_u64 val)
{
	__atomic_store_n(p, val, __ATOMIC_RELAXED);
}

static inline nacc_u32 load32(const nacc_u32 *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

/* Tests, fuzzers and proofs put here what another hart does just then. */
#ifndef NACC_RACE
#define NACC_RACE(entry)	((void)(entry))
#endif

/*
 * How every entry of a table changes (I7). The walker sets A and D by an atomic
 * update of its own, so either it or this fails and looks again. Release (sc.d.rl):
 * who walks by way of a new link finds the entries behind it, as after the smp_wmb()
 * of Linux. That the walker lets go of an old entry takes SFENCE.VMA: Linux's for
 * leaves, FENCE for tables.
 */
static inline int swap64(nacc_u64 *p, nacc_u64 old, nacc_u64 val)
{
	NACC_RACE(p);
	return __atomic_compare_exchange_n(p, &old, val, 0, __ATOMIC_ACQ_REL,
					   __ATOMIC_RELAXED);
}

/*
 * The words written here are read as structs later, which a compiler that goes
 * by types may think unrelated: hence the fences, which cost no instruction.
 */
static inline void zero64(nacc_u64 *p, nacc_u64 words)
{
#pragma GCC unroll 16
	for (nacc_u64 i = 0; i < words; i++)
		store64(&p[i], 0);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

static inline void copy64(nacc_u64 *to, const nacc_u64 *from, nacc_u64 words)
{
	for (nacc_u64 i = 0; i < words; i++)
		store64(&to[i], load64(&from[i]));
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

static inline void nacc_spin_lock(nacc_u32 *lock)
{
	while (__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE))
		while (__atomic_load_n(lock, __ATOMIC_RELAXED))
			;
}

static inline void nacc_spin_unlock(nacc_u32 *lock)
{
	__atomic_store_n(lock, 0, __ATOMIC_RELEASE);
}

static inline void nacc_count(nacc_u64 *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

static inline int nacc_is_set_up(const struct nacc_core *core)
{
	return __atomic_load_n(&core->set_up, __ATOMIC_ACQUIRE);
}

/* See struct nacc_core for what follows from it. */
static inline int nacc_is_locked(const struct nacc_core *core)
{
	return __atomic_load_n(&core->locked, __ATOMIC_ACQUIRE);
}

static inline struct nacc_ret ret_ok(nacc_u64 value)
{
	return (struct nacc_ret){ .error = NACC_SBI_SUCCESS, .value = value };
}

static inline struct nacc_ret ret_fail(long error, enum nacc_reason reason)
{
	return (struct nacc_ret){ .error = error, .value = reason };
}

static inline nacc_u8 frame_type(const struct nacc_frame *frame)
{
	return __atomic_load_n(&frame->type, __ATOMIC_ACQUIRE);
}

static inline int frame_is_table(const struct nacc_frame *frame)
{
	nacc_u8 type = frame_type(frame);

	return type == NACC_FRAME_TABLE || type == NACC_FRAME_ROOT;
}

static inline nacc_u16 frame_flags(const struct nacc_frame *frame)
{
	return __atomic_load_n(&frame->flags, __ATOMIC_RELAXED);
}

static inline nacc_u32 frame_live(const struct nacc_frame *frame)
{
	return load32(&frame->live);
}

static inline nacc_u32 frame_index(const struct nacc_core *core,
				   const struct nacc_frame *frame)
{
	return (nacc_u32)(frame - core->frames);
}

static inline nacc_u64 frame_pa(const struct nacc_core *core,
				const struct nacc_frame *frame)
{
	return core->frame_base +
	       ((nacc_u64)frame_index(core, frame) << PAGE_SHIFT);
}

static inline nacc_u64 *frame_entries(const struct nacc_core *core,
				      const struct nacc_frame *frame)
{
	return nacc_phys(frame_pa(core, frame));
}

/*
 * A readable user page with nothing forbidden near, by nacc_find_plain(), and no
 * bit set that wants a second look: a leaf that every level-0 table may hold. The
 * bits above the page number are zero in what lies within @plain.
 */
static inline int is_plain_leaf(const struct nacc_span plain[2], nacc_u64 pte)
{
	return (pte & (PTE_G | PTE_U | PTE_R | PTE_V)) == (PTE_U | PTE_R | PTE_V) &&
	       (pte - plain[0].start < plain[0].end - plain[0].start ||
		pte - plain[1].start < plain[1].end - plain[1].start);
}

/* The frame that a physical address lies in, or NULL. */
static inline struct nacc_frame *frame_at(const struct nacc_core *core,
					  nacc_u64 pa)
{
	nacc_u64 i = (pa - core->frame_base) >> PAGE_SHIFT;

	if (pa < core->frame_base || i >= core->nr_frames)
		return 0;
	return &core->frames[i];
}

/* Does an address lie in the R-only region? */
static inline int nacc_in_region(const struct nacc_core *core, nacc_u64 pa)
{
	return pa - core->layout.region_base < core->layout.region_size;
}

/* policy.c */
/**
 * nacc_is_firmware() - does a range touch the firmware?
 * @layout: the machine
 * @start: first byte
 * @end: first byte behind it
 *
 * Return: 1 or 0.
 */
int nacc_is_firmware(const struct nacc_layout *layout, nacc_u64 start,
		     nacc_u64 end);

/**
 * nacc_is_ram() - does a range lie wholly in one span of RAM?
 * @layout: the machine
 * @start: first byte
 * @end: first byte behind it
 *
 * Return: 1 or 0.
 */
int nacc_is_ram(const struct nacc_layout *layout, nacc_u64 start, nacc_u64 end);

/**
 * nacc_ram_ok() - is this S-mode RAM that is not the region?
 * @core: the core
 * @pa: physical address
 * @len: length in bytes
 *
 * Return: 1 if page aligned, not empty, in one RAM span, and outside region
 * and firmware.
 */
int nacc_ram_ok(const struct nacc_core *core, nacc_u64 pa, nacc_u64 len);

/**
 * nacc_is_writer() - does a PC lie in the registered writer ranges? (I6)
 * @core: the core, locked
 * @pc: program counter
 * @where: number of the range to look at first; out: of the one it lies in
 *
 * Binary search: O(log n). Return: 1 or 0.
 */
int nacc_is_writer(const struct nacc_core *core, nacc_u64 pc, nacc_u32 *where);

/* frame.c */
/**
 * nacc_frame_set_type() - change what a frame is, under lock
 * @core: the core
 * @frame: the frame; its other fields already fit @type
 * @type: new type
 */
void nacc_frame_set_type(struct nacc_core *core, struct nacc_frame *frame,
			 enum nacc_frame_type type);

/**
 * nacc_frame_set_flags() - change flags, under lock
 * @frame: the frame
 * @set: flags to set
 * @clear: flags to clear
 */
void nacc_frame_set_flags(struct nacc_frame *frame, nacc_u16 set,
			  nacc_u16 clear);

/**
 * nacc_frame_arm() - put a zeroed frame on the armed list, under lock
 * @core: the core
 * @frame: a free frame, or one that nacc_frame_disarm() has just taken off
 */
void nacc_frame_arm(struct nacc_core *core, struct nacc_frame *frame);

/**
 * nacc_frame_disarm() - take a frame off the armed list, under lock
 * @core: the core
 * @frame: an armed frame
 *
 * Its type stays: the caller gives it the new one.
 */
void nacc_frame_disarm(struct nacc_core *core, struct nacc_frame *frame);

/**
 * nacc_frame_own() - make a frame an unlinked table of its owner, under lock
 * @core: the core
 * @frame: the frame, @level, @owner and entries filled in, in no list
 */
void nacc_frame_own(struct nacc_core *core, struct nacc_frame *frame);

/**
 * nacc_frame_link() - record that an entry names this table, under lock
 * @core: the core
 * @child: an unlinked table
 * @parent: the frame that the entry is in
 * @slot: the entry
 */
void nacc_frame_link(struct nacc_core *core, struct nacc_frame *child,
		     const struct nacc_frame *parent, nacc_u32 slot);

/**
 * nacc_frame_unlink() - record that no entry names this table, under lock
 * @core: the core
 * @child: a linked table
 */
void nacc_frame_unlink(struct nacc_core *core, struct nacc_frame *child);

/**
 * nacc_frame_release() - a table or root ends; its content stays, under lock
 * @core: the core
 * @frame: the frame
 */
void nacc_frame_release(struct nacc_core *core, struct nacc_frame *frame);

/**
 * nacc_frame_reclaim() - zero and free a frame if a fence has covered it,
 *	under lock
 * @core: the core
 * @frame: any frame
 *
 * Return: 1 if it became free, 0 if it is not fit for that.
 */
int nacc_frame_reclaim(struct nacc_core *core, struct nacc_frame *frame);

/**
 * nacc_undrained_push() - record an adoption for NACC_SBI_DRAIN, under lock
 * @core: the core
 * @frame: the twin
 * @original: the page it replaced
 */
void nacc_undrained_push(struct nacc_core *core, struct nacc_frame *frame,
			 nacc_u64 original);

/**
 * nacc_undrained_pop() - take the oldest adoption record, under lock
 * @core: the core
 *
 * Return: the twin, its @original still set, or NULL.
 */
struct nacc_frame *nacc_undrained_pop(struct nacc_core *core);

/**
 * nacc_layout_ok() - is this a machine that the rules are made for?
 * @layout: the machine
 *
 * Return: 1 if the region is a power of two, aligned to it, in RAM, big enough and
 * not firmware, all RAM has addresses that an entry can name, and each firmware
 * span is one or more whole pages.
 */
int nacc_layout_ok(const struct nacc_layout *layout);

/* table.c */
/**
 * nacc_entry_child() - the table that an entry links
 * @core: the core
 * @frame: the frame that holds the entry
 * @slot: which entry
 * @pte: its value
 *
 * Return: the table, or NULL if the entry links none: it is a leaf or not
 * present, or retirement has already taken the table away.
 */
struct nacc_frame *nacc_entry_child(const struct nacc_core *core,
				    const struct nacc_frame *frame,
				    nacc_u32 slot, nacc_u64 pte);

/**
 * nacc_plan_entry() - may this value stand in this entry, and what follows?
 * @core: the core, set up
 * @frame: table or root, its level and owner filled in
 * @slot: which entry
 * @old: what it holds
 * @val: what it would hold
 * @plan: out: what happens to links; meaningless if refused
 *
 * Nothing is changed. Without the lock it may be called for level 0 only, where
 * no link can be.
 *
 * Return: NACC_REASON_NONE or the rule that @val breaks.
 */
enum nacc_reason nacc_plan_entry(const struct nacc_core *core,
				 const struct nacc_frame *frame, nacc_u32 slot,
				 nacc_u64 old, nacc_u64 val,
				 struct nacc_plan *plan);

/**
 * nacc_table_adopt() - make an armed frame the twin of an ordinary page
 * @core: the core, set up
 * @owner: root that will own it
 * @level: its level
 * @source: the page; readable
 * @nested: 1 if it may link unlinked tables of @owner, which become linked
 * @twin: out: an unlinked table
 *
 * The frame is a table only once all is validated: until then a store to it is
 * refused, so that on failure nothing can be in flight and it may stay armed.
 *
 * Return: NACC_REASON_NONE, or why nothing has changed.
 */
enum nacc_reason nacc_table_adopt(struct nacc_core *core, nacc_u32 owner,
				  nacc_u32 level, const nacc_u64 *source, int nested,
				  struct nacc_frame **twin);

/**
 * nacc_root_create() - make an armed frame a root that is being built
 * @core: the core, locked
 *
 * Return: the root, its user half empty, or NULL if no frame is armed.
 */
struct nacc_frame *nacc_root_create(struct nacc_core *core);

/**
 * nacc_root_fill() - fill the user half of a root and make it live
 * @core: the core, set up
 * @root: a root that is being built
 * @source: page to fill it from; nacc_buffer_ok()
 *
 * Return: NACC_REASON_NONE, or why nothing has changed.
 */
enum nacc_reason nacc_root_fill(struct nacc_core *core, struct nacc_frame *root,
				const nacc_u64 *source);

/**
 * nacc_table_orphan() - unlink the tables that a frame's entries link
 * @core: the core
 * @frame: the frame; its entries stay as they are
 * @nr: look at the first so many entries, a multiple of four
 */
void nacc_table_orphan(struct nacc_core *core, struct nacc_frame *frame,
		       nacc_u32 nr);

/**
 * nacc_table_merge_ad() - take over A and D bits set in the page it came from
 * @core: the core, set up
 * @frame: table or root
 * @source: that page; nacc_buffer_ok()
 *
 * Return: entries changed.
 */
nacc_u32 nacc_table_merge_ad(struct nacc_core *core, struct nacc_frame *frame,
			     const nacc_u64 *source);

/**
 * nacc_table_check() - validate every entry of a frame again
 * @core: the core, set up
 * @frame: table or root
 * @live: out: live entries of the user part
 *
 * Return: NACC_REASON_NONE or the first rule found broken.
 */
enum nacc_reason nacc_table_check(const struct nacc_core *core,
				  const struct nacc_frame *frame,
				  nacc_u32 *live);

/* batch.c */
/**
 * nacc_batch_take() - NACC_SBI_TAKE, without lock
 * @core: the core
 * @rq: the call
 *
 * Return: the SBI result, as for the next three.
 */
struct nacc_ret nacc_batch_take(struct nacc_core *core, const struct nacc_request *rq);

/**
 * nacc_batch_write_protect() - NACC_SBI_WRITE_PROTECT, without lock
 * @core: the core
 * @rq: the call
 */
struct nacc_ret nacc_batch_write_protect(struct nacc_core *core, const struct nacc_request *rq);

/**
 * nacc_batch_protect() - NACC_SBI_PROTECT, without lock
 * @core: the core
 * @rq: the call
 */
struct nacc_ret nacc_batch_protect(struct nacc_core *core, const struct nacc_request *rq);

/**
 * nacc_batch_exchange() - NACC_SBI_EXCHANGE, without lock
 * @core: the core
 * @rq: the call
 */
struct nacc_ret nacc_batch_exchange(struct nacc_core *core, const struct nacc_request *rq);

/* setup.c */
/**
 * nacc_setup() - NACC_SBI_SETUP, under lock
 * @core: the core
 * @rq: the call; only its first two arguments and satp are used
 *
 * Return: the SBI result.
 */
struct nacc_ret nacc_setup(struct nacc_core *core, const struct nacc_request *rq);

/* audit.c */
/**
 * nacc_audit_store() - record a store
 * @core: the core
 * @access: the store
 * @reason: what is wrong with it
 * @flags: NACC_AUDIT_*: what became of it
 * @old: what memory held
 * @val: what it would have written, or wrote
 */
void nacc_audit_store(struct nacc_core *core, const struct nacc_access *access,
		      enum nacc_reason reason, nacc_u16 flags, nacc_u64 old,
		      nacc_u64 val);

/**
 * nacc_audit_read() - copy records out
 * @core: the core
 * @seq: first sequence number wanted; older ones than the ring holds are gone
 * @out: where to
 * @max: how many fit
 *
 * Return: how many were written.
 */
nacc_u32 nacc_audit_read(struct nacc_core *core, nacc_u64 seq,
			 struct nacc_sbi_audit *out, nacc_u32 max);

/**
 * nacc_learn() - count a store of an unknown writer
 * @core: the core
 * @pc: its address
 *
 * Return: 1 if it is the first of that writer (or, once NACC_SBI_LEARN_MAX - 1
 * are known, of all that found no place), else 0.
 */
int nacc_learn(struct nacc_core *core, nacc_u64 pc);

/**
 * nacc_learn_read() - copy the unknown writers out
 * @core: the core
 * @out: room for NACC_SBI_LEARN_MAX
 *
 * Those that found no place come first, with a PC of 0.
 * Return: how many were written.
 */
nacc_u32 nacc_learn_read(const struct nacc_core *core,
			 struct nacc_sbi_unknown *out);

#endif /* NACC_INTERNAL_H */
