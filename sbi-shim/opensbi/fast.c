// SPDX-License-Identifier: BSD-2-Clause
/*
 * Which stores the trap vector may perform without asking the core: it is told
 * of each that the core has performed. See fast.h for what is remembered.
 *
 * Built with -DNACC_NO_FAST nothing is, so that the core does it all.
 */
#include <sbi/riscv_encoding.h>
#include <sbi/riscv_locks.h>
#include <sbi/sbi_heap.h>
#include <sbi/sbi_tlb.h>
#include "fast.h"
#include "generation.h"
#include "hart.h"
#include "state.h"
#include "user.h"

#define MSTATUS_MPV_BIT	39
#define PPN_SHIFT	10
/* No instruction is at an odd address. */
#define NO_PC		1
/* What OpenSBI takes for a hart when it first starts, but for a queue entry for each hart */
#define HART_TAKES	0xc00

#ifdef NACC_NO_FAST
#define IS_ON	false
#else
#define IS_ON	true
#endif

/* Harts that have started, each counted once */
static u32 seen;

#define SAME(type, member, offset) \
	_Static_assert(__builtin_offsetof(struct type, member) == (offset), #member)

SAME(nacc_fast_store, pc, NACC_STORE_PC);
SAME(nacc_fast_store, text_pa, NACC_STORE_TEXT_PA);
SAME(nacc_fast_store, text, NACC_STORE_TEXT);
SAME(nacc_fast_store, run, NACC_STORE_RUN);
SAME(nacc_fast_store, next, NACC_STORE_NEXT);
SAME(nacc_fast_store, end, NACC_STORE_END);
SAME(nacc_fast_store, base, NACC_STORE_BASE);
SAME(nacc_fast_store, text2, NACC_STORE_TEXT2);
SAME(nacc_fast_store, run2, NACC_STORE_RUN2);
_Static_assert(sizeof(struct nacc_fast_store) == NACC_STORE_SIZE &&
	       NACC_STORE_SIZE == 2 << NACC_FAST_PC_SHIFT, "pc to store");
SAME(nacc_fast, slow, NACC_FAST_SLOW);
SAME(nacc_fast, frames_va, NACC_FAST_FRAMES_VA);
SAME(nacc_fast, frames_size, NACC_FAST_FRAMES_SIZE);
SAME(nacc_fast, frames_pa, NACC_FAST_FRAMES_PA);
SAME(nacc_fast, status_mask, NACC_FAST_STATUS_MASK);
SAME(nacc_fast, status, NACC_FAST_STATUS);
SAME(nacc_fast, last, NACC_FAST_LAST);
SAME(nacc_fast, lives, NACC_FAST_LIVES);
SAME(nacc_fast, plain_lo, NACC_FAST_PLAIN_LO);
SAME(nacc_fast, plain_hi, NACC_FAST_PLAIN_HI);
SAME(nacc_fast, high_lo, NACC_FAST_HIGH_LO);
SAME(nacc_fast, high_hi, NACC_FAST_HIGH_HI);
SAME(nacc_fast, freed_lo, NACC_FAST_FREED_LO);
SAME(nacc_fast, freed_hi, NACC_FAST_FREED_HI);
SAME(nacc_fast, nr_stores, NACC_FAST_NR_STORES);
SAME(nacc_fast, nr_amos, NACC_FAST_NR_AMOS);
SAME(nacc_fast, pass, NACC_FAST_PASS);
SAME(nacc_fast, satp, NACC_FAST_SATP);
SAME(nacc_fast, site_insn, NACC_FAST_SITE_INSN);
SAME(nacc_fast, site_pc, NACC_FAST_SITE_PC);
SAME(nacc_fast, site_value, NACC_FAST_SITE_VALUE);
SAME(nacc_fast, site_mm, NACC_FAST_SITE_MM);
SAME(nacc_fast, mode, NACC_FAST_MODE);
SAME(nacc_fast, region, NACC_FAST_REGION);
SAME(nacc_fast, region_size, NACC_FAST_REGION_SIZE);
SAME(nacc_fast, buckets, NACC_FAST_BUCKETS);
SAME(nacc_fast, hash_shift, NACC_FAST_HASH_SHIFT);
SAME(nacc_fast, frames, NACC_FAST_FRAMES);
SAME(nacc_fast, ordinary, NACC_FAST_ORDINARY);
SAME(nacc_fast, user, NACC_FAST_USER);
SAME(nacc_fast, medeleg, NACC_FAST_MEDELEG);
SAME(nacc_fast, mideleg, NACC_FAST_MIDELEG);
SAME(nacc_fast, hidden, NACC_FAST_HIDDEN);
SAME(nacc_fast, vlenb, NACC_FAST_VLENB);
SAME(nacc_fast, known, NACC_FAST_KNOWN);
SAME(nacc_fast, go_mask, NACC_FAST_GO_MASK);
SAME(nacc_fast, go_status, NACC_FAST_GO_STATUS);
SAME(nacc_fast, sret, NACC_FAST_SRET);
SAME(nacc_fast, come_mask, NACC_FAST_COME_MASK);
SAME(nacc_frame, type, NACC_FRAME_TYPE);
SAME(nacc_frame, slot, NACC_FRAME_SLOT);
SAME(nacc_frame, list.prev, NACC_FRAME_CONTEXTS);
SAME(nacc_frame, next_bound, NACC_FRAME_NEXT_BOUND);
SAME(nacc_frame, mm, NACC_FRAME_MM);
_Static_assert(NACC_FAST_TYPE_ROOT == NACC_FRAME_ROOT && NACC_FAST_BOUND == NACC_BOUND &&
	       NACC_FAST_HASH == NACC_HASH, "entry.S looks for something else");
SAME(nacc_frame, gate, __builtin_offsetof(struct nacc_frame, live) +
		       NACC_FRAME_LIVE_TO_GATE);
_Static_assert(NACC_FAST_SRET_OF_C == (MSTATUS_SPELP | MSTATUS_SDT), "sret");
_Static_assert(sizeof(struct nacc_frame) == 1 << NACC_FRAME_SHIFT, "frame");
SAME(nacc_hart, fast, 0);
_Static_assert(NACC_HART_OFFSET + sizeof(struct nacc_fast) <= 2048, "reach of a load");

/* Does enough remain for the harts that have yet to start? Without it they would not. */
static bool has_room(u64 size)
{
	u64 harts = NACC_NR_HARTS(), left = harts - __atomic_load_n(&seen, __ATOMIC_RELAXED);

	return sbi_heap_free_space() >= 2 * size + left * (HART_TAKES + harts * SBI_TLB_INFO_SIZE);
}

/* Harts that start at once would each see the same left, and take more of it than there is. */
static struct nacc_fast_store *make_room(u64 size)
{
	static spinlock_t lock = SPIN_LOCK_INITIALIZER;
	struct nacc_fast_store *room = NULL;

	spin_lock(&lock);
	if (has_room(size))
		room = sbi_aligned_alloc(NACC_STORE_SIZE, size);
	spin_unlock(&lock);
	return room;
}

/**
 * nacc_fast_init() - make room for the current hart, at each of its starts
 * @fast: its state
 *
 * Without room all its stores go the long way: better than that OpenSBI runs out
 * of it.
 */
void nacc_fast_init(struct nacc_fast *fast)
{
	const u64 size = NACC_FAST_STORES * NACC_STORE_SIZE;
	u32 i;

	/* The first start of this hart? */
	if (!fast->sret)
		__atomic_fetch_add(&seen, 1, __ATOMIC_RELAXED);
	fast->status_mask = MSTATUS_MPP | 1UL << MSTATUS_MPV_BIT;
	fast->status = (unsigned long)PRV_S << MSTATUS_MPP_SHIFT;
	fast->come_mask = fast->status_mask | MSTATUS_SPP | MSTATUS_SPIE | MSTATUS_SIE;
	fast->go_mask = fast->come_mask | NACC_USER_LAYOUT;
	fast->go_status = fast->status | MSTATUS_SPIE | NACC_USER_LAYOUT_IS;
	fast->sret = NACC_INSN_SRET;
	if (!fast->last)
		fast->last = make_room(size);
	if (!fast->last)
		return;
	for (i = 0; i < NACC_FAST_STORES; i++)
		fast->last[i].pc = NO_PC;
}

/*
 * The largest of what the kernel has given back of its image: Linux hands these few
 * pages out again and again.
 */
static void find_freed(const struct nacc_sbi_setup *setup, struct nacc_fast *fast)
{
	const struct nacc_sbi_range *range;
	u64 size = 0;
	u32 i;

	range = &setup->ranges[setup->nr_writers + setup->nr_user_visible];
	for (i = 0; i < setup->nr_freed; i++, range++) {
		if (range->end - range->start <= size)
			continue;
		size = range->end - range->start;
		fast->freed_lo = range->start >> PAGE_SHIFT << PPN_SHIFT;
		fast->freed_hi = range->end >> PAGE_SHIFT << PPN_SHIFT;
	}
}

static void find_plain(const struct nacc_core *core, struct nacc_fast *fast)
{
	struct nacc_span plain[2];

	nacc_find_plain(core, plain);
	fast->plain_lo = plain[0].start;
	fast->plain_hi = plain[0].end;
	fast->high_lo = plain[1].start;
	fast->high_hi = plain[1].end;
}

/* Once is enough, as a locked set-up does not change; without room it is each time. */
static void take_setup(const struct nacc_core *core, struct nacc_fast *fast, u32 hart)
{
	const struct nacc_percpu *cpu = &core->percpu[hart % NACC_PERCPU];

	find_plain(core, fast);
	find_freed(core->setup, fast);
	fast->lives = (unsigned long)&core->frames->live -
		      (core->frame_base >> (PAGE_SHIFT - NACC_FRAME_SHIFT));
	fast->nr_stores = (u64 *)&cpu->done[NACC_DONE_FAST_STORE];
	fast->nr_amos = (u64 *)&cpu->done[NACC_DONE_FAST_AMO];
	fast->frames_va = core->setup->linear_base + core->frame_base;
	fast->frames_pa = core->frame_base;
	/* Without room the vector would look for stores of before at address 0. */
	fast->frames_size = fast->last ? (u64)core->nr_frames << PAGE_SHIFT : 0;
}

static bool is_writer(const struct nacc_core *core, const struct nacc_access *access)
{
	const struct nacc_percpu *cpu = &core->percpu[access->hart % NACC_PERCPU];
	/* Any range will do, as long as it is one: see struct nacc_percpu. */
	u32 nr = __atomic_load_n(&cpu->writer, __ATOMIC_RELAXED);
	const struct nacc_sbi_range *range = &core->setup->ranges[nr];

	return access->pc >= range->start && access->pc < range->end;
}

/* The text around the instruction, if that is what the core has judged. */
static bool take_text(const struct nacc_core *core, const struct nacc_access *access,
		      struct nacc_fast_store *store)
{
	const struct nacc_sbi_setup *setup = core->setup;
	u64 offset = access->pc - setup->image_va;
	u64 pa = setup->image_pa + offset;
	u32 insn, shift = pa % 8 * 8;
	const u64 *text;

	if (offset >= setup->image_size || setup->image_size - offset < 4 || pa & 1)
		return false;

	store->text_pa = pa & ~7ULL;
	text = nacc_phys(store->text_pa);
	store->text = __atomic_load_n(&text[0], __ATOMIC_RELAXED);
	insn = store->text >> shift;
	if (access->decoded.length == 2) {
		insn &= 0xffff;
	} else if (shift == 48) {
		store->text2 = __atomic_load_n(&text[1], __ATOMIC_RELAXED);
		insn |= (u32)store->text2 << 16;
		store->run2 = store->run;
		store->run = (unsigned long)nacc_fast_across;
	}
	return insn == access->insn;
}

static unsigned long row(void (*rows)(void), u32 nr)
{
	return (unsigned long)rows + nr * NACC_FAST_ROW;
}

/* What depends on the operation; false if it is none that is common. */
static bool take_insn(const struct nacc_core *core, const struct nacc_insn *insn,
		      struct nacc_fast_store *store)
{
	u32 nr = insn->rs1 * NACC_FAST_STORE_ROWS + insn->rs2;

	store->end = insn->rd ? row(nacc_rows_rd, insn->rd) : (unsigned long)nacc_fast_swapped;
	switch (insn->op) {
	case NACC_OP_STORE:
		store->run = (unsigned long)nacc_rows_store + nr * NACC_FAST_STORE_ROW;
		store->base = core->setup->linear_base - (u64)insn->imm;
		return true;
	case NACC_OP_SWAP:
		store->run = row(nacc_rows_swap, insn->rs2);
		return true;
	case NACC_OP_AND:
		store->run = row(nacc_rows_and, insn->rs2);
		return true;
	case NACC_OP_OR:
		store->run = row(nacc_rows_or, insn->rs2);
		return true;
	default:
		return false;
	}
}

/**
 * nacc_fast_guard() - what the vector needs to judge a write of satp
 * @core: the core, locked
 * @fast: state of the current hart
 *
 * The first write goes the long way.
 */
void nacc_fast_guard(const struct nacc_core *core, struct nacc_fast *fast)
{
	if (!fast->frames_size)
		take_setup(core, fast, current_hartid());
	fast->mode = core->satp_mode;
	fast->region = core->layout.region_base;
	fast->region_size = core->layout.region_size;
	fast->buckets = core->buckets;
	fast->hash_shift = core->hash_shift;
	fast->frames = core->frames;
	fast->ordinary = !(core->guard & NACC_GUARD_SYSTEM);
	fast->site_insn = 0;
}

/**
 * nacc_fast_site() - a site of the current hart has written satp the long way
 * @fast: its state
 * @pc: address of the instruction
 * @insn: csrw satp
 * @mm: number of the register that holds the mm there
 */
void nacc_fast_site(struct nacc_fast *fast, u64 pc, u32 insn, u32 mm)
{
	if (!IS_ON)
		return;
	fast->site_pc = pc;
	fast->site_value = row(nacc_rows_get, insn >> 15 & 31);
	fast->site_mm = row(nacc_rows_get, mm);
	fast->site_insn = insn;
}

/**
 * nacc_fast_learn() - the current hart has performed a store the long way
 * @core: the core
 * @access: the store, performed, of this hart
 */
void nacc_fast_learn(const struct nacc_core *core, const struct nacc_access *access)
{
	struct nacc_fast *fast = &nacc_hart_of(sbi_scratch_thishart_ptr())->fast;
	u64 frame = (access->pa - core->frame_base) >> PAGE_SHIFT;
	struct nacc_fast_store *store;

	/* What was performed was 8 bytes wide, in S-mode, in a frame. */
	if (!IS_ON || !fast->last || !nacc_is_locked(core) || core->frames[frame].level ||
	    !is_writer(core, access))
		return;
	if (!fast->frames_size)
		take_setup(core, fast, access->hart);

	/* The vector does not look at it meanwhile: this hart is not in there. */
	store = &fast->last[(access->pc & NACC_FAST_PC_MASK) >> 1];
	store->pc = NO_PC;
	store->next = access->pc + access->decoded.length;
	if (take_insn(core, &access->decoded, store) && take_text(core, access, store))
		store->pc = access->pc;
}
